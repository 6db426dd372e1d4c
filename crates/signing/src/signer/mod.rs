//! Who makes signatures: a key in a file, a card or token, a remote service. The caller holds one [`Signer`] and does
//! not know which. Each signature comes with a record for the audit trail.

pub mod local;
#[cfg(feature = "pkcs11")]
pub mod pkcs11;
pub mod pkcs12;
pub mod remote;

use crate::bes::prepare;
use crate::certificate::Certificate;
use crate::{Layout, Refusal, Role, Rules, algorithm};
use karute_crypto::{Digest, sha256};
use karute_japan::Timestamp;
use std::future::Future;
use std::pin::Pin;

/// Where the key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignerKind {
    /// In a PKCS#12 file.
    LocalKey,
    /// On a card or token (HPKI card).
    Token,
    /// With a remote service (cardless: HPKIセカンド電子証明書).
    Remote,
}

impl SignerKind {
    /// As it is called on screens.
    pub const fn name(self) -> &'static str {
        match self {
            SignerKind::LocalKey => "証明書ファイル",
            SignerKind::Token => "HPKIカード",
            SignerKind::Remote => "カードレス署名",
        }
    }
}

/// A signature could not be made. The text is for the person who signs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The document or the certificate is not fit.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The signature does not belong to the certificate.
    #[error("署名鍵と証明書が一致しません。証明書の設定を確認してください。")]
    KeyMismatch,
    /// The key file cannot be read: not PKCS#12, or protected by a scheme outside RFC 8018's PBES2.
    #[error("証明書ファイルを読み込めません（{what}）。")]
    KeyFile {
        /// What is wrong.
        what: &'static str,
    },
    /// The password of the key file is wrong.
    #[error("証明書ファイルのパスワードが違います。")]
    Password,
    /// The library of the card's maker cannot be loaded.
    #[error("カードドライバー（PKCS#11ライブラリー）を読み込めません。")]
    TokenLibrary,
    /// No card, or not the one asked for.
    #[error("HPKIカードが見つかりません。カードリーダーにカードを置いてください。")]
    TokenMissing,
    /// The card carries no key for signing with its certificate.
    #[error("カードに署名用の鍵と証明書がありません。")]
    TokenEmpty,
    /// The PIN is wrong; `last` when the next wrong one locks the card.
    #[error("PINが違います。{}", if *last { "次に間違えるとカードがロックされます。" } else { "" })]
    Pin {
        /// One try is left.
        last: bool,
    },
    /// The card is locked.
    #[error("PINがロックされています。カードの発行元に連絡してください。")]
    PinLocked,
    /// The card failed otherwise.
    #[error("カードでの署名に失敗しました（{code}）。")]
    Token {
        /// The name that PKCS#11 gives it.
        code: String,
    },
    /// Nobody is signed in with the remote service, or the session has run out.
    #[error("カードレス署名にサインインしてください。")]
    SignInNeeded,
    /// The sign-in was not the one begun here, or took too long.
    #[error("カードレス署名のサインインを確認できませんでした。もう一度サインインしてください。")]
    SignIn,
    /// The remote service cannot be reached or answers with an error.
    #[error("カードレス署名サービスに接続できません。時間をおいて再度お試しください。")]
    Unreachable,
    /// The remote service's answer is not the signature that was asked for.
    #[error("カードレス署名サービスの応答が正しくありません（{what}）。")]
    Answer {
        /// What is wrong.
        what: String,
    },
}

/// A signature that is being made.
pub type Signing<'a> = Pin<Box<dyn Future<Output = Result<Signed, SignError>> + Send + 'a>>;

/// Somebody who can sign.
pub trait Signer: Send + Sync {
    /// Where the key is.
    fn kind(&self) -> SignerKind;
    /// Signs a document at level ES. `at` becomes the signing time (a remote service may state its own).
    fn sign<'a>(&'a self, document: &'a [u8], layout: &'a Layout, at: Timestamp) -> Signing<'a>;
}

/// A signed document and what the audit trail keeps of it.
#[derive(Clone)]
pub struct Signed {
    /// The document with its signature. Treat it as bytes from here on.
    pub document: Vec<u8>,
    /// For the audit trail.
    pub record: SigningRecord,
}

impl std::fmt::Debug for Signed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signed").field("record", &self.record).finish_non_exhaustive()
    }
}

/// What the audit trail keeps of a signature: who, with what, when, and digests. Nothing of the content.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SigningRecord {
    /// Where the key was.
    pub kind: SignerKind,
    /// The signing time, FHIR `instant`.
    pub signed_at: String,
    /// The signer's name.
    pub holder: String,
    /// The signer's qualifications, as the certificate words them.
    pub roles: Vec<String>,
    /// Distinguished name of the certificate's issuer.
    pub issuer: String,
    /// The certificate's serial number in hexadecimal.
    pub serial: String,
    /// SHA-256 of the certificate in hexadecimal.
    pub certificate_sha256: String,
    /// The `id` of the signed element.
    pub signed_id: String,
    /// SHA-256 of the canonical octets of the signed element, in hexadecimal.
    pub content_sha256: String,
    /// SHA-256 of the whole signed document, in hexadecimal.
    pub document_sha256: String,
}

impl SigningRecord {
    pub(crate) fn new(
        kind: SignerKind,
        certificate: &Certificate,
        layout: &Layout,
        at: Timestamp,
        content: Digest,
        document: &[u8],
    ) -> SigningRecord {
        SigningRecord {
            kind,
            signed_at: at.to_fhir(),
            holder: certificate.holder(),
            roles: certificate.roles().iter().map(Role::text).map(str::to_owned).collect(),
            issuer: certificate.issuer(),
            serial: certificate.serial(),
            certificate_sha256: certificate.fingerprint().to_hex(),
            signed_id: layout.signed_id.to_owned(),
            content_sha256: content.to_hex(),
            document_sha256: sha256(document).to_hex(),
        }
    }
}

/// A private key at hand, with its certificate.
pub trait SigningKey: Send + Sync {
    /// Where it is.
    fn kind(&self) -> SignerKind;
    /// Its certificate.
    fn certificate(&self) -> &Certificate;
    /// RSASSA-PKCS1-v1_5 with SHA-256 over `message`. May block while a card works.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError>;
}

/// Signs with a key at hand.
#[derive(Clone, Debug)]
pub struct KeySigner<K> {
    key: K,
    rules: Rules,
}

impl<K: SigningKey> KeySigner<K> {
    /// Signs with `key` when its certificate keeps the rules.
    ///
    /// # Errors
    /// When it does not.
    pub fn new(key: K, rules: Rules) -> Result<KeySigner<K>, Refusal> {
        rules.check(key.certificate())?;
        Ok(KeySigner { key, rules })
    }
    /// The key.
    pub fn key(&self) -> &K {
        &self.key
    }
    /// Signs at once. Blocks while a card works.
    pub fn sign_now(&self, document: &[u8], layout: &Layout, at: Timestamp) -> Result<Signed, SignError> {
        let certificate = self.key.certificate();
        self.rules.check(certificate)?;
        certificate.check_validity(at)?;
        let unsigned = prepare(document, layout, certificate, at)?;
        let signature = self.key.sign(unsigned.to_sign())?;
        // A card may hold several keys, and a file may have been put together wrongly.
        if !algorithm::verify_document(certificate.public_key(), unsigned.to_sign(), &signature) {
            return Err(SignError::KeyMismatch);
        }
        let document = unsigned.finish(&signature);
        let content = unsigned.document_digest();
        let record = SigningRecord::new(self.key.kind(), certificate, layout, at, content, &document);
        Ok(Signed { document, record })
    }
}

impl<K: SigningKey> Signer for KeySigner<K> {
    fn kind(&self) -> SignerKind {
        self.key.kind()
    }
    fn sign<'a>(&'a self, document: &'a [u8], layout: &'a Layout, at: Timestamp) -> Signing<'a> {
        Box::pin(async move { self.sign_now(document, layout, at) })
    }
}
