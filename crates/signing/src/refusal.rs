//! Why a document or signature is refused: one name for each reason, and a sentence for the person who has to act.
use karute_japan::Timestamp;

/// A part of the signature that a digest protects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The element that carries the content.
    Document,
    /// The certificate in `KeyInfo`.
    KeyInfo,
    /// Signing time and certificate digest in `SignedProperties`.
    Properties,
}

impl Part {
    /// As it is called in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Part::Document => "本文",
            Part::KeyInfo => "証明書欄（KeyInfo）",
            Part::Properties => "署名属性（SignedProperties）",
        }
    }
}

/// Why a document is not accepted. The text is for the person at the screen; it never quotes the document's content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// More bytes than are looked at.
    #[error("文書が大きすぎます（上限{limit}バイト）。")]
    TooLarge {
        /// Largest size in bytes.
        limit: usize,
    },
    /// Not UTF-8, or declared to be something else.
    #[error("文書の文字コードがUTF-8ではありません。")]
    NotUtf8,
    /// A document type declaration: entities and external files are never resolved.
    #[error("文書にDTD（実体宣言や外部参照）が含まれています。安全のため読み込みません。")]
    Doctype,
    /// A processing instruction.
    #[error("文書に処理命令が含まれています。安全のため読み込みません。")]
    ProcessingInstruction,
    /// More elements, depth, attributes or namespaces than are looked at.
    #[error("文書の構造が上限を超えています（{what}）。")]
    Bounds {
        /// Which bound.
        what: &'static str,
    },
    /// Not well-formed XML.
    #[error("XMLとして読めません（{line}行{column}文字目）。")]
    Malformed {
        /// Line, from 1.
        line: u32,
        /// Column in characters, from 1.
        column: u32,
    },
    /// The element that should be signed is not where it belongs, or is there twice.
    #[error("署名の対象となる要素{element}が、あるべき位置に一つだけ存在する状態になっていません。")]
    TargetMissing {
        /// Its name.
        element: String,
    },
    /// No signature where it belongs.
    #[error("電子署名がありません。")]
    SignatureMissing,
    /// More than one signature in the place of one.
    #[error("電子署名が複数あり、どれが有効か判断できません。")]
    SignatureAmbiguous,
    /// The signature stands inside what it signs, or a document to sign is signed already.
    #[error("署名欄の位置が正しくありません（{what}）。")]
    Placement {
        /// What is wrong.
        what: &'static str,
    },
    /// A part of the signature is missing, doubled, or not allowed there.
    #[error("電子署名の構造が規格どおりではありません（{what}）。")]
    Structure {
        /// Which part.
        what: &'static str,
    },
    /// An algorithm outside the profile.
    #[error("電子署名に使用できない方式が指定されています（{what}：{uri}）。")]
    UnknownAlgorithm {
        /// What it was given for.
        what: &'static str,
        /// The identifier, cut to 100 characters.
        uri: String,
    },
    /// A transform that is not one of the two canonicalisations: XPath, XSLT, enveloped and others.
    #[error("電子署名に使用できない変換が指定されています（{uri}）。")]
    UnknownTransform {
        /// The identifier, cut to 100 characters.
        uri: String,
    },
    /// A reference to something else than the three parts of the profile, or to another place.
    #[error("電子署名が指しているものが正しくありません（{uri}）。署名対象のすり替えの疑いがあります。")]
    WrongReference {
        /// The URI, cut to 100 characters.
        uri: String,
    },
    /// One of the three parts is not referred to.
    #[error("電子署名が{}を保護していません。", part.name())]
    NotSigned {
        /// Which part.
        part: Part,
    },
    /// Two elements carry the id that a reference names.
    #[error("同じID（{id}）の要素が複数あります。署名対象のすり替えの疑いがあります。")]
    DuplicateId {
        /// The id, cut to 100 characters.
        id: String,
    },
    /// A part was changed after signing.
    #[error("{}が署名後に変更されています。", part.name())]
    DigestMismatch {
        /// Which part.
        part: Part,
    },
    /// The signature value is not this certificate's over this `SignedInfo`.
    #[error("電子署名の値が正しくありません。改ざん、または別の鍵による署名です。")]
    SignatureWrong,
    /// Base64 or DER that cannot be read.
    #[error("{what}を読み取れません。")]
    Unreadable {
        /// Which item.
        what: &'static str,
    },
    /// The signed properties name another certificate than the one enclosed.
    #[error("署名属性に記録された証明書と、添付された証明書が一致しません。")]
    CertificateMismatch,
    /// The signing time is missing or not a date and time with zone.
    #[error("署名日時が記録されていないか、正しい形式ではありません。")]
    SigningTime,
    /// The signing time lies after the time of looking at it.
    #[error("署名日時が未来の日時です。")]
    SigningTimeInFuture,
    /// The certificate may not be used for signing documents.
    #[error("この証明書は署名用（否認防止）ではありません。認証用の証明書で署名された可能性があります。")]
    KeyUsage,
    /// The certificate was not issued under the policy asked for.
    #[error("この証明書はHPKI署名用証明書のポリシーで発行されたものではありません。")]
    Policy,
    /// The certificate states no national qualification.
    #[error("証明書に保健医療福祉分野の国家資格（hcRole）が記載されていません。")]
    RoleMissing,
    /// The certificate states another qualification than the one asked for.
    #[error("証明書の資格は「{found}」です。この文書には「{wanted}」の署名が必要です。")]
    Role {
        /// The qualification in the certificate.
        found: String,
        /// The ones that would do.
        wanted: String,
    },
    /// The issuer of a certificate in the chain is not known.
    #[error("証明書の発行元（{issuer}）を確認できません。信頼する認証局の証明書が登録されていないか、偽の証明書です。")]
    Untrusted {
        /// The issuer's name.
        issuer: String,
    },
    /// A certificate of the chain breaks a rule of RFC 5280.
    #[error("証明書のつながりが規則に合いません（{what}）。")]
    Chain {
        /// Which rule.
        what: &'static str,
    },
    /// A certificate had run out at the time that counts.
    #[error("証明書（{subject}）の有効期限は{}まででした。", until.date_in_japan())]
    Expired {
        /// Whose certificate.
        subject: String,
        /// Last moment of its life.
        until: Timestamp,
    },
    /// A certificate was not yet valid at the time that counts.
    #[error("証明書（{subject}）は{}から有効です。", from.date_in_japan())]
    NotYetValid {
        /// Whose certificate.
        subject: String,
        /// First moment of its life.
        from: Timestamp,
    },
    /// A certificate had been revoked at the time that counts.
    #[error("証明書（{subject}）は{}に失効しています。", at.date_in_japan())]
    Revoked {
        /// Whose certificate.
        subject: String,
        /// When.
        at: Timestamp,
    },
    /// No usable revocation list, though the rules demand one.
    #[error("証明書（{subject}）の失効情報を確認できません。")]
    RevocationUnknown {
        /// Whose certificate.
        subject: String,
    },
    /// A time stamp is not over this signature.
    #[error("タイムスタンプがこの署名に対するものではありません。")]
    StampImprint,
    /// A time stamp's own signature is wrong.
    #[error("タイムスタンプの署名が正しくありません。")]
    StampSignature,
    /// A time stamp from an authority that is not trusted.
    #[error("タイムスタンプ局（{authority}）を確認できません。")]
    StampUntrusted {
        /// The authority's name.
        authority: String,
    },
    /// The signature carries no time stamp, though the rules demand one.
    #[error("署名にタイムスタンプがありません。")]
    StampMissing,
}

impl Refusal {
    /// Text from outside, cut so that a message stays a message.
    pub(crate) fn quote(text: &str) -> String {
        text.chars().filter(|c| !c.is_control()).take(100).collect()
    }
    pub(crate) const fn unreadable(what: &'static str) -> Refusal {
        Refusal::Unreadable { what }
    }
    pub(crate) const fn structure(what: &'static str) -> Refusal {
        Refusal::Structure { what }
    }
}
