//! With what each doctor signs (digest 7.3, 7.4): a key file, a card in the reader of this machine, or cardless signing
//! with one sign-in a day. The doctor chooses; what an institution offers is its setting.
use super::network::Posting;
use super::revocation::{Judged, speaks_against};
use super::{Office, OfficeError, Tls};
use crate::signature::{Hpki, Signer, rules};
use karute_crypto::Entropy;
use karute_japan::Timestamp;
use karute_ledger::{Access, Action, Commit, Doc, LedgerError, TenantId};
use karute_signing::signer::pkcs11::TokenLibrary;
use karute_signing::signer::remote::{Http, LoginAttempt, RemoteProfile, RemoteSession};
use karute_signing::{KeySigner, RemoteSigner, SignError, SignerKind};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;

pub use karute_signing::signer::remote::LoginMethod;

const SPACE: &str = "eprescription";
const SETTING: &str = "signing";
/// Space of the choices of people.
const CHOICE: &str = "eprescription.signing";
/// Space of sign-ins that have begun, and purpose of their seal.
const ATTEMPT: &str = "eprescription.sign-in";
/// Space of sessions, and purpose of their seal.
const SESSION: &str = "eprescription.session";
/// How long a sign-in that has begun is kept, in milliseconds.
const ATTEMPT_MS: i64 = 10 * 60_000;

/// What an institution offers its doctors beside key files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningSetting {
    /// Cardless signing.
    #[serde(default)]
    pub remote: Option<RemoteSetting>,
    /// The PKCS#11 library of the card's maker, on this machine.
    #[serde(default)]
    pub card: Option<PathBuf>,
    /// By what certificates are judged before a signature leaves.
    #[serde(default)]
    pub revocation: Option<RevocationSetting>,
}

/// The authorities of doctors' certificates and their revocation lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevocationSetting {
    /// Root and authorities below it (PEM).
    pub authorities: PathBuf,
    /// Addresses of the lists (DER). A list is signed: it may come over plain HTTP.
    pub lists: Vec<String>,
}

/// A remote signing service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteSetting {
    /// Its profile (TOML of `signing`'s `RemoteProfile`).
    pub profile: String,
    /// It is the simulated one: assumed entries are permitted.
    pub sandbox: bool,
    /// Roots that are trusted (PEM); needed for https.
    pub trust: Option<PathBuf>,
}

/// Whether a person can sign now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ready {
    /// Yes; until then, where it ends.
    Now(Option<Timestamp>),
    /// After signing in with the service, or opening the card.
    SignIn,
    /// No: the certificate's time is over, or it was revoked.
    Refused,
    /// Nothing is there to sign with.
    Nothing,
}

/// With what a person signs.
pub struct Signing {
    /// What is chosen, or follows from what is there.
    pub kind: Option<SignerKind>,
    /// What can be chosen.
    pub offered: Vec<SignerKind>,
    /// Whether a signature can be made now.
    pub ready: Ready,
    /// The signer, when it can.
    pub signer: Option<Arc<dyn Signer>>,
    /// Why the certificate does not serve, for the person.
    pub refused: Option<String>,
}

impl std::fmt::Debug for Signing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signing").field("kind", &self.kind).field("ready", &self.ready).finish_non_exhaustive()
    }
}

/// A signer that this process holds.
#[derive(Clone)]
pub(super) struct Lent {
    pub(super) signer: Arc<dyn Signer>,
    /// Until then; for ever where it is none.
    pub(super) until: Option<Timestamp>,
}

/// The setting of an institution.
///
/// # Errors
/// When the ledger cannot be read, or what is kept is damaged.
pub async fn signing_setting(access: &Access) -> Result<SigningSetting, LedgerError> {
    let Some(text) = access.doc(SPACE, SETTING).await? else { return Ok(SigningSetting::default()) };
    serde_json::from_str(&text).map_err(|_| LedgerError::Integrity("the setting of signing is damaged".to_owned()))
}

/// Keeps the setting of an institution.
///
/// # Errors
/// When the profile is none, or it cannot be written.
pub async fn set_signing(access: &Access, wanted: &SigningSetting) -> Result<(), OfficeError> {
    if let Some(remote) = &wanted.remote {
        permitted(remote)?;
    }
    let mut commit = Commit::new(Action::Administer);
    let offers = [wanted.remote.as_ref().map(|_| "カードレス署名"), wanted.card.as_ref().map(|_| "HPKIカード")];
    let words: Vec<&str> = offers.into_iter().flatten().collect();
    commit.detail =
        Some(format!("電子署名の設定: 証明書ファイル{}", words.iter().map(|w| format!("、{w}")).collect::<String>()));
    let value = serde_json::to_string(wanted).map_err(|_| OfficeError::Damaged)?;
    commit.docs.push(Doc::Put { space: SPACE, key: SETTING.to_owned(), value, expires: None });
    Ok(access.commit(commit).await.map(drop)?)
}

/// The profile of a setting; assumed entries are the sandbox's alone.
fn permitted(remote: &RemoteSetting) -> Result<RemoteProfile, OfficeError> {
    let profile = RemoteProfile::parse(&remote.profile).map_err(|error| OfficeError::Remote(error.to_string()))?;
    if !remote.sandbox && !profile.assumed.is_empty() {
        let count = profile.assumed.len();
        return Err(OfficeError::Remote(format!("未確認の項目が{count}件あるため、実際のサービスには接続しません")));
    }
    Ok(profile)
}

fn code(kind: SignerKind) -> &'static str {
    match kind {
        SignerKind::LocalKey => "file",
        SignerKind::Token => "card",
        SignerKind::Remote => "remote",
    }
}

/// By the code of a choice.
pub fn parse_kind(text: &str) -> Option<SignerKind> {
    [SignerKind::LocalKey, SignerKind::Token, SignerKind::Remote].into_iter().find(|kind| code(*kind) == text)
}

/// The code of a choice.
pub fn kind_code(kind: SignerKind) -> &'static str {
    code(kind)
}

/// The address of the service and the way to it.
struct Remote {
    profile: Arc<RemoteProfile>,
    http: Arc<dyn Http>,
}

impl Office {
    /// With what a person signs, and whether they can now.
    ///
    /// # Errors
    /// When the ledger cannot be read, or what is kept cannot be opened.
    pub async fn signing(&self, access: &Access, person: &str) -> Result<Signing, OfficeError> {
        let (tenant, now) = (access.tenant(), self.parts.clock.now());
        let setting = signing_setting(access).await?;
        let lent = self.held(tenant, person, now);
        let has_file = self.has_key(access, person).await?;
        let mut offered = Vec::new();
        let held = lent.as_ref().map(|lent| lent.signer.kind());
        let there = [
            (SignerKind::Remote, setting.remote.is_some() || held == Some(SignerKind::Remote)),
            (SignerKind::Token, setting.card.is_some() || held == Some(SignerKind::Token)),
            (SignerKind::LocalKey, has_file || held == Some(SignerKind::LocalKey)),
        ];
        offered.extend(there.into_iter().filter(|(_, there)| *there).map(|(kind, _)| kind));
        let chosen = access.doc(CHOICE, person).await?.and_then(|text| parse_kind(&text));
        let chosen = chosen.filter(|kind| offered.contains(kind));
        // What is at hand without another step goes first.
        let usual = || held.or(has_file.then_some(SignerKind::LocalKey)).or(offered.first().copied());
        let kind = chosen.or_else(usual);
        let none = |ready| Signing { kind, offered: offered.clone(), ready, signer: None, refused: None };
        let trust = self.trust(access, setting.revocation.as_ref()).await?;
        let judged = |signer: Arc<dyn Signer>| -> Arc<dyn Signer> {
            match &trust {
                Some(trust) => Arc::new(Judged { signer, trust: Arc::clone(trust) }),
                None => signer,
            }
        };
        let Some(wanted) = kind else { return Ok(none(Ready::Nothing)) };
        if let Some(lent) = lent.filter(|lent| lent.signer.kind() == wanted) {
            let ready = Ready::Now(lent.until);
            return Ok(Signing { kind, offered, ready, signer: Some(judged(lent.signer)), refused: None });
        }
        match wanted {
            SignerKind::LocalKey => {
                let Some((signer, certificate)) = self.signer_of_file(access, person).await? else {
                    return Ok(none(Ready::Nothing));
                };
                let refused = speaks_against(&certificate, trust.as_deref(), now).map(|refusal| refusal.to_string());
                let ready = if refused.is_some() { Ready::Refused } else { Ready::Now(None) };
                Ok(Signing { kind, offered, ready, signer: Some(judged(signer)), refused })
            }
            SignerKind::Token => Ok(none(Ready::SignIn)),
            SignerKind::Remote => {
                let Some(session) = self.session(access, person).await?.filter(|session| session.is_open(now)) else {
                    return Ok(none(Ready::SignIn));
                };
                let Remote { profile, http } = self.remote(&setting)?;
                let until = session.ends_at();
                let signer = RemoteSigner::new(profile, http, session, rules());
                let signer = Hpki::new(Arc::new(signer), Arc::clone(self.profile()));
                let (ready, signer) = (Ready::Now(Some(until)), judged(Arc::new(signer)));
                Ok(Signing { kind, offered, ready, signer: Some(signer), refused: None })
            }
        }
    }

    /// Keeps what a person signs with.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn choose_signing(&self, access: &Access, person: &str, kind: SignerKind) -> Result<(), OfficeError> {
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some(format!("電子署名の方法: {}", kind.name()));
        let (key, value) = (person.to_owned(), code(kind).to_owned());
        commit.docs.push(Doc::Put { space: CHOICE, key, value, expires: None });
        Ok(access.commit(commit).await.map(drop)?)
    }

    /// Begins a sign-in with the remote service: the address to send the browser to.
    ///
    /// # Errors
    /// When the institution has no such service, or it cannot be written.
    pub async fn begin_sign_in(
        &self,
        access: &Access,
        person: &str,
        method: LoginMethod,
        entropy: &dyn Entropy,
    ) -> Result<String, OfficeError> {
        let setting = signing_setting(access).await?;
        let Remote { profile, .. } = self.remote(&setting)?;
        let now = self.parts.clock.now();
        let (attempt, url) = LoginAttempt::begin(&profile, method, entropy, now);
        let value = attempt.seal(&self.sealer(ATTEMPT, access.tenant()), person);
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some(format!("カードレス署名へのサインインを開始（{}）", method.name()));
        let expires = Some(now.plus_ms(ATTEMPT_MS));
        commit.docs.push(Doc::Put { space: ATTEMPT, key: person.to_owned(), value, expires });
        access.commit(commit).await?;
        Ok(url)
    }

    /// Ends a sign-in with what the browser brought back; answers until when the session serves. From here on the person
    /// signs so.
    ///
    /// # Errors
    /// [`OfficeError::Key`] with [`SignError::SignIn`] when it is not the sign-in that was begun.
    pub async fn finish_sign_in(
        &self,
        access: &Access,
        person: &str,
        state: &str,
        code: &str,
    ) -> Result<Timestamp, OfficeError> {
        let setting = signing_setting(access).await?;
        let Remote { profile, http } = self.remote(&setting)?;
        let foreign = || OfficeError::Key(SignError::SignIn);
        let sealed = access.doc(ATTEMPT, person).await?.ok_or_else(foreign)?;
        let attempt = LoginAttempt::open(&sealed, &self.sealer(ATTEMPT, access.tenant()), person);
        let now = self.parts.clock.now();
        let session = attempt.ok_or_else(foreign)?.finish(&profile, http.as_ref(), state, code, now).await?;
        let ends = session.ends_at();
        let value = session.seal(&self.sealer(SESSION, access.tenant()), person);
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some("カードレス署名にサインイン".to_owned());
        // A code serves once, whatever becomes of this press.
        commit.docs.push(Doc::Delete { space: ATTEMPT, key: person.to_owned() });
        commit.docs.push(Doc::Put { space: SESSION, key: person.to_owned(), value, expires: Some(ends) });
        let chosen = self::code(SignerKind::Remote).to_owned();
        commit.docs.push(Doc::Put { space: CHOICE, key: person.to_owned(), value: chosen, expires: None });
        access.commit(commit).await?;
        Ok(ends)
    }

    /// Ends what was signed in: the session, and the card in this process.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn sign_out(&self, access: &Access, person: &str) -> Result<(), OfficeError> {
        self.close_card(access.tenant(), person);
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some("電子署名からサインアウト".to_owned());
        commit.docs.push(Doc::Delete { space: SESSION, key: person.to_owned() });
        Ok(access.commit(commit).await.map(drop)?)
    }

    /// Opens the card in this machine's reader with its PIN, until the day is over. The PIN is kept nowhere.
    ///
    /// # Errors
    /// When there is no reader, no card, or the PIN is not taken; when its certificate is no doctor's.
    pub async fn open_card(&self, access: &Access, person: &str, pin: String) -> Result<(), OfficeError> {
        let library = signing_setting(access).await?.card.ok_or(OfficeError::Key(SignError::TokenLibrary))?;
        let pin = zeroize::Zeroizing::new(pin);
        // Cards take their time.
        let opened = tokio::task::spawn_blocking(move || {
            let library = TokenLibrary::load(&library)?;
            let token = library.tokens()?.into_iter().next().ok_or(SignError::TokenMissing)?;
            let key = library.open(&token, &pin)?;
            KeySigner::new(key, rules()).map_err(SignError::from)
        });
        let signer = opened.await.map_err(|_| OfficeError::Damaged)??;
        let signer: Arc<dyn Signer> = Arc::new(Hpki::new(Arc::new(signer), Arc::clone(self.profile())));
        let now = self.parts.clock.now();
        let midnight = now.day_in_japan().tomorrow().map_or(now, |day| Timestamp::in_japan(day, 0, 0, 0));
        self.choose_signing(access, person, SignerKind::Token).await?;
        self.lent().insert((access.tenant(), person.to_owned()), Lent { signer, until: Some(midnight) });
        Ok(())
    }

    fn close_card(&self, tenant: TenantId, person: &str) {
        let (mut lent, of) = (self.lent(), (tenant, person.to_owned()));
        if lent.get(&of).is_some_and(|lent| lent.until.is_some()) {
            lent.remove(&of);
        }
    }

    /// A session that the service does not take any longer is not kept.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn session_refused(&self, access: &Access, person: &str) -> Result<(), OfficeError> {
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some("カードレス署名のセッションが終わりました".to_owned());
        commit.docs.push(Doc::Delete { space: SESSION, key: person.to_owned() });
        Ok(access.commit(commit).await.map(drop)?)
    }

    /// What this process holds for a person, while it serves.
    pub(super) fn held(&self, tenant: TenantId, person: &str, now: Timestamp) -> Option<Lent> {
        let mut all = self.lent();
        let of = (tenant, person.to_owned());
        if all.get(&of).is_some_and(|lent| lent.until.is_some_and(|until| now >= until)) {
            all.remove(&of);
        }
        all.get(&of).cloned()
    }

    async fn session(&self, access: &Access, person: &str) -> Result<Option<RemoteSession>, OfficeError> {
        let Some(sealed) = access.doc(SESSION, person).await? else { return Ok(None) };
        Ok(RemoteSession::open(&sealed, &self.sealer(SESSION, access.tenant()), person))
    }

    fn remote(&self, setting: &SigningSetting) -> Result<Remote, OfficeError> {
        let none = || OfficeError::Remote("この医療機関では使う設定になっていません".to_owned());
        let remote = setting.remote.as_ref().ok_or_else(none)?;
        let profile = Arc::new(permitted(remote)?);
        let roots = karute_transport::way::roots(remote.trust.as_deref())?;
        let network = (self.parts.dial)(Tls { roots, own: None })?;
        Ok(Remote { profile, http: Arc::new(Posting::over(network)) })
    }
}
