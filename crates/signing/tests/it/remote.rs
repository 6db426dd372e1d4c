//! Signing with a remote service that keeps to the profile, and with ones that do not.
use crate::setting::{DOCUMENT, LAYOUT, day, doctor_rules, life, now, poll, signer, trust, world};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use karute_crypto::{MasterKey, SeededEntropy};
use karute_japan::Timestamp;
use karute_signing::authority::Holder;
use karute_signing::signer::remote::{
    Http, HttpAnswer, HttpRequest, LoginAttempt, LoginMethod, NoAnswer, Posting, RemoteProfile, RemoteSession,
};
use karute_signing::{KeySigner, Refusal, RemoteSigner, Role, Rules, SignError, Signer as _, SignerKind, verify};
use std::sync::{Arc, Mutex};
use zeroize::Zeroizing;

/// Address, bearer and body of a request.
type Asked = (String, Option<String>, Vec<u8>);

/// A service that answers with what a closure says, and remembers what it was asked.
struct Service<F> {
    answer: F,
    asked: Mutex<Vec<Asked>>,
}

impl<F: Fn(&[u8]) -> Result<(u16, Vec<u8>), NoAnswer> + Send + Sync> Service<F> {
    fn new(answer: F) -> Arc<Service<F>> {
        Arc::new(Service { answer, asked: Mutex::default() })
    }
}

impl<F: Fn(&[u8]) -> Result<(u16, Vec<u8>), NoAnswer> + Send + Sync> Http for Service<F> {
    fn post(&self, request: HttpRequest) -> Posting<'_> {
        let bearer = request.bearer.as_ref().map(|bearer| bearer.to_string());
        assert!(!format!("{request:?}").contains("secret-token"));
        let answer = (self.answer)(&request.body);
        self.asked.lock().unwrap().push((request.url, bearer, request.body.to_vec()));
        Box::pin(async move {
            let (status, body) = answer?;
            Ok(HttpAnswer { status, body: Zeroizing::new(body) })
        })
    }
}

fn profile() -> RemoteProfile {
    RemoteProfile::shipped().unwrap()
}

fn query(url: &str) -> Vec<(String, String)> {
    let (_, query) = url.split_once('?').unwrap();
    query.split('&').map(|pair| pair.split_once('=').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap()).collect()
}

fn value(pairs: &[(String, String)], name: &str) -> String {
    pairs.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone()).unwrap()
}

fn tokens(nonce: &str, change: impl FnOnce(&mut serde_json::Value)) -> Vec<u8> {
    let mut claims = serde_json::json!({
        "iss": profile().login.issuer, "aud": "FIDO", "nonce": nonce, "exp": now().as_millis() / 1000 + 60, "sub": "x",
    });
    change(&mut claims);
    let payload = URL_SAFE_NO_PAD.encode(claims.to_string());
    serde_json::json!({
        "access_token": "secret-token", "token_type": "Bearer", "expires_in": 36_000,
        "id_token": format!("e30.{payload}.c2ln"),
    })
    .to_string()
    .into_bytes()
}

fn begin() -> (LoginAttempt, Vec<(String, String)>) {
    let (attempt, url) = LoginAttempt::begin(&profile(), LoginMethod::Fido, &SeededEntropy::new(1), now());
    assert!(url.starts_with("https://mahpki-auth.2nds.medis.or.jp/"));
    (attempt, query(&url))
}

fn session() -> RemoteSession {
    let (attempt, pairs) = begin();
    let (state, nonce) = (value(&pairs, "state"), value(&pairs, "nonce"));
    let service = Service::new(move |_: &[u8]| Ok((200, tokens(&nonce, |_| ()))));
    poll(attempt.finish(&profile(), service.as_ref(), &state, "the-code", now())).unwrap()
}

#[test]
fn a_sign_in_by_code_and_pkce_gives_a_session_for_the_day() {
    let (attempt, pairs) = begin();
    assert_eq!(value(&pairs, "code_challenge_method"), "S256");
    assert_eq!((value(&pairs, "client_id").as_str(), value(&pairs, "prompt").as_str()), ("FIDO", "login"));
    let (state, nonce) = (value(&pairs, "state"), value(&pairs, "nonce"));
    // Another instance goes on with what was stored.
    let sealer = MasterKey::from_bytes([7; 32]).sealer("remote signing", 1);
    let sealed = attempt.seal(&sealer, "user 1");
    assert!(LoginAttempt::open(&sealed, &sealer, "user 2").is_none());
    let attempt = LoginAttempt::open(&sealed, &sealer, "user 1").unwrap();
    let service = Service::new(move |_: &[u8]| Ok((200, tokens(&nonce, |_| ()))));
    let session = poll(attempt.finish(&profile(), service.as_ref(), &state, "the-code", now())).unwrap();
    let asked = service.asked.lock().unwrap();
    let body = String::from_utf8(asked[0].2.clone()).unwrap();
    let verifier = body.split("code_verifier=").nth(1).unwrap();
    let challenge = URL_SAFE_NO_PAD.encode(karute_crypto::sha256(verifier.as_bytes()).0);
    assert_eq!(challenge, value(&pairs, "code_challenge"));
    assert!(session.is_open(now().plus_ms(9 * 3_600_000)) && !session.is_open(now().plus_ms(10 * 3_600_000)));
    let sealed = session.seal(&sealer, "user 1");
    assert!(!sealed.contains("secret-token") && !format!("{session:?}").contains("secret-token"));
    assert_eq!(RemoteSession::open(&sealed, &sealer, "user 1").unwrap().ends_at(), session.ends_at());
}

#[test]
fn a_sign_in_that_is_not_the_one_begun_is_refused() {
    type Change = fn(&mut serde_json::Value);
    let changes: [Change; 5] = [
        |claims| claims["nonce"] = "other".into(),
        |claims| claims["aud"] = serde_json::json!(["JPKI"]),
        |claims| claims["iss"] = "https://elsewhere".into(),
        |claims| claims["exp"] = 1.into(),
        |claims| claims["nonce"] = serde_json::Value::Null,
    ];
    for change in changes {
        let (attempt, pairs) = begin();
        let (state, nonce) = (value(&pairs, "state"), value(&pairs, "nonce"));
        let service = Service::new(move |_: &[u8]| Ok((200, tokens(&nonce, change))));
        let refused = poll(attempt.finish(&profile(), service.as_ref(), &state, "the-code", now()));
        assert_eq!(refused.err(), Some(SignError::SignIn));
    }
    let finish = |state: Option<&str>, code: &str, at: Timestamp, status: u16| {
        let (attempt, pairs) = begin();
        let (own, nonce) = (value(&pairs, "state"), value(&pairs, "nonce"));
        let service = Service::new(move |_: &[u8]| Ok((status, tokens(&nonce, |_| ()))));
        let state = state.unwrap_or(&own);
        poll(attempt.finish(&profile(), service.as_ref(), state, code, at)).err()
    };
    assert_eq!(finish(None, "code", now(), 200), None);
    assert_eq!(finish(Some("other"), "code", now(), 200), Some(SignError::SignIn));
    assert_eq!(finish(None, "", now(), 200), Some(SignError::SignIn));
    assert_eq!(finish(None, "code", now().plus_ms(11 * 60_000), 200), Some(SignError::SignIn));
    assert_eq!(finish(None, "code", now(), 400), Some(SignError::SignIn));
    assert_eq!(finish(None, "code", now(), 503), Some(SignError::Unreachable));
}

/// What the service gives back when it signs a document: the container alone.
fn container_of(signed: &[u8]) -> String {
    let text = std::str::from_utf8(signed).unwrap();
    let inner = text.split_once("<PrescriptionSign>").unwrap().1.split_once("</PrescriptionSign>").unwrap().0;
    format!("<PrescriptionSign>{inner}</PrescriptionSign>")
}

/// Signs as the service does: the document comes in Base64.
fn service_signature(body: &[u8], at: Timestamp) -> String {
    let asked: serde_json::Value = serde_json::from_slice(body).unwrap();
    let document = STANDARD.decode(asked["document"].as_str().unwrap()).unwrap();
    container_of(&signer().sign_now(&document, &LAYOUT, at).unwrap().document)
}

type Answered = Result<(u16, Vec<u8>), NoAnswer>;

fn answer(container: &str) -> Vec<u8> {
    serde_json::json!({ "signature": STANDARD.encode(container) }).to_string().into_bytes()
}

fn sign_with<F>(answer: F, at: Timestamp, rules: Rules) -> Result<karute_signing::Signed, SignError>
where
    F: Fn(&[u8]) -> Result<(u16, Vec<u8>), NoAnswer> + Send + Sync + 'static,
{
    let signer = RemoteSigner::new(Arc::new(profile()), Service::new(answer), session(), rules);
    assert!(!format!("{signer:?}").contains("secret-token"));
    poll(signer.sign(DOCUMENT.as_bytes(), &LAYOUT, at))
}

#[test]
fn one_session_signs_several_documents() {
    let service = Service::new(|body: &[u8]| Ok((200, answer(&service_signature(body, now())))));
    let signer = RemoteSigner::new(Arc::new(profile()), service.clone(), session(), doctor_rules());
    assert_eq!(signer.kind(), SignerKind::Remote);
    for content in ["U0oxCg==", "U0oyCg=="] {
        let document = DOCUMENT.replace("U0oxCjEsMSwxMjM0NTY2LDEzLOaetuepuuWGheenkeOCr+ODquODi+ODg+OCrw==", content);
        let signed = poll(signer.sign(document.as_bytes(), &LAYOUT, now())).unwrap();
        assert_eq!(signed.record.kind, SignerKind::Remote);
        let verified = verify(&signed.document, &LAYOUT, &trust(), &doctor_rules(), now()).unwrap();
        assert_eq!(verified.text, content);
        assert_eq!(signed.record.content_sha256, karute_crypto::sha256(&verified.octets).to_hex());
    }
    let asked = service.asked.lock().unwrap();
    assert!(asked.iter().all(|(_, bearer, _)| bearer.as_deref() == Some("secret-token")));
    let digest = serde_json::from_slice::<serde_json::Value>(&asked[0].2).unwrap()["documentDigest"].clone();
    let octets = b"<PrescriptionDocument id=\"PrescriptionDocument\">U0oxCg==</PrescriptionDocument>";
    assert_eq!(digest, STANDARD.encode(karute_crypto::sha256(octets).0));
}

#[test]
fn an_answer_is_believed_only_after_it_was_checked() {
    let good = || |body: &[u8]| -> Answered { Ok((200, answer(&service_signature(body, now())))) };
    assert!(sign_with(good(), now(), doctor_rules()).is_ok());
    // Of another document.
    let other = DOCUMENT.replace("U0oxCjEs", "U0oxCjEt");
    let other = container_of(&signer().sign_now(other.as_bytes(), &LAYOUT, now()).unwrap().document);
    let wrong = sign_with(move |_| Ok((200, answer(&other))), now(), doctor_rules()).unwrap_err();
    assert!(matches!(&wrong, SignError::Answer { what } if what.contains("本文")), "{wrong}");
    // Of another time.
    let late =
        sign_with(|body| Ok((200, answer(&service_signature(body, now().plus_ms(3_600_000))))), now(), doctor_rules());
    assert!(matches!(late, Err(SignError::Answer { .. })));
    // By somebody who is no doctor.
    let nurses = Rules::hpki(&[Role::Nurse]);
    assert!(matches!(sign_with(good(), now(), nurses), Err(SignError::Refused(Refusal::Role { .. }))));
    // Rubble of many kinds.
    for body in [
        &b""[..],
        b"{}",
        b"[]",
        b"{\"signature\":1}",
        b"{\"signature\":\"!\"}",
        b"{\"signature\":\"PGEvPg==\"}",
        &vec![b' '; 2 << 20],
    ] {
        let body = body.to_vec();
        let wrong = sign_with(move |_| Ok((200, body.clone())), now(), doctor_rules());
        assert!(matches!(wrong, Err(SignError::Answer { .. })), "{wrong:?}");
    }
    // More than the container, which would bring other elements into the document.
    let more = |body: &[u8]| -> Answered {
        let container = service_signature(body, now());
        Ok((200, answer(&format!("{container}<PrescriptionDocument>x</PrescriptionDocument>"))))
    };
    assert!(matches!(sign_with(more, now(), doctor_rules()), Err(SignError::Answer { .. })));
}

#[test]
fn a_session_that_ended_asks_for_a_sign_in_and_a_silent_service_for_patience() {
    let status = |status: u16| sign_with(move |_| Ok((status, b"{}".to_vec())), now(), doctor_rules()).unwrap_err();
    assert_eq!(status(401), SignError::SignInNeeded);
    assert_eq!(status(403), SignError::SignInNeeded);
    assert_eq!(status(500), SignError::Unreachable);
    assert_eq!(status(302), SignError::Unreachable);
    assert_eq!(sign_with(|_| Err(NoAnswer), now(), doctor_rules()).unwrap_err(), SignError::Unreachable);
    let never = |_: &[u8]| -> Answered { panic!("asked without a session") };
    let late = sign_with(never, now().plus_ms(11 * 3_600_000), doctor_rules());
    assert_eq!(late.unwrap_err(), SignError::SignInNeeded);
}

#[test]
fn the_shipped_profile_says_what_is_assumed() {
    let profile = profile();
    for entry in &profile.assumed {
        let (table, key) = entry.split_once('.').unwrap();
        let text = include_str!("../../profile/remote.toml");
        let section = text.split_once(&format!("[{table}]")).unwrap().1;
        assert!(section.contains(&format!("\n{key} = ")), "{entry}");
    }
    assert!(RemoteProfile::parse("assumed = []").is_err());
    // Certificates whose life ended are refused on signing, whatever the service says.
    let short = Holder::doctor("SHIKEN JIRO", "試験　次郎", (life().0, day(2026, 1, 1)));
    let key = world().authority.issue(&short).unwrap().local_key().unwrap();
    let expired = KeySigner::new(key, doctor_rules()).unwrap().sign_now(DOCUMENT.as_bytes(), &LAYOUT, now());
    assert!(matches!(expired, Err(SignError::Refused(Refusal::Expired { .. }))));
}
