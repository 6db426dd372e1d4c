//! The envelope around a FHIR document (digest section 7; assumed, names are the profile's).
//!
//! The FHIR document travels as Base64 of its own bytes, so that what was signed and hashed is what arrives.
use super::target::{Target, TargetError};
use crate::profile::Profile;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use karute_transport::xml::{Element, XmlError, escaped, read};
use serde::{Deserialize, Serialize};

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// What is registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// 診療情報提供書
    Referral,
    /// 健診結果報告書
    Checkup,
    /// 患者サマリー
    Summary,
    /// 傷病名
    Conditions,
    /// 薬剤アレルギー等・その他アレルギー等
    Allergies,
    /// 検査・感染症
    Results,
}

impl Kind {
    /// All.
    pub const ALL: [Kind; 6] =
        [Kind::Referral, Kind::Checkup, Kind::Summary, Kind::Conditions, Kind::Allergies, Kind::Results];

    /// Its name in the profile.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Referral => "referral",
            Kind::Checkup => "checkup",
            Kind::Summary => "summary",
            Kind::Conditions => "conditions",
            Kind::Allergies => "allergies",
            Kind::Results => "results",
        }
    }

    /// What people call it.
    pub fn words(self) -> &'static str {
        match self {
            Kind::Referral => "診療情報提供書",
            Kind::Checkup => "健診結果報告書",
            Kind::Summary => "患者サマリー",
            Kind::Conditions => "傷病名",
            Kind::Allergies => "アレルギー等",
            Kind::Results => "検査・感染症",
        }
    }

    /// By its code on the wire.
    pub fn by_code(code: &str, profile: &Profile) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.code(profile) == code)
    }

    /// Its code on the wire.
    pub fn code(self, profile: &Profile) -> &str {
        profile.text(match self {
            Kind::Referral => "kinds.referral",
            Kind::Checkup => "kinds.checkup",
            Kind::Summary => "kinds.summary",
            Kind::Conditions => "kinds.conditions",
            Kind::Allergies => "kinds.allergies",
            Kind::Results => "kinds.results",
        })
    }
}

/// The patient's consent to a letter, as the sender heard it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// It was given; else the receiver asks (同意保留).
    pub given: bool,
    /// When, `yyyyMMddHHmmss` in Japan; empty while it is pending.
    pub at: String,
}

/// Why an envelope is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// The XML.
    #[error(transparent)]
    Xml(#[from] XmlError),
    /// An element or attribute is not as the profile has it.
    #[error("送受信ファイルの構造が正しくありません。")]
    Structure,
    /// Another version than the profile's.
    #[error("送受信ファイルのバージョンが異なります。")]
    Version,
    /// The Base64 has line breaks or is damaged.
    #[error("Base64の形式が正しくありません。")]
    Base64,
    /// A key.
    #[error(transparent)]
    Target(#[from] TargetError),
}

/// An envelope.
#[derive(Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Kind.
    pub kind: Kind,
    /// Key.
    pub target: Target,
    /// The addressee, 10 digits; a letter's alone.
    pub destination: Option<String>,
    /// The patient's consent; a letter's alone.
    pub consent: Option<Consent>,
    /// The key of what this replaces; of a change alone.
    pub supersedes: Option<Target>,
    /// The FHIR document, to the byte.
    pub document: Vec<u8>,
    /// A signature is there. It is judged on the bytes of the envelope, not here.
    pub signed: bool,
}

/// Content may be a patient's.
impl std::fmt::Debug for Envelope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Envelope({:?}, {:?}, {} bytes)", self.kind, self.target, self.document.len())
    }
}

impl Envelope {
    /// Writes it, without signature.
    pub fn write(&self, profile: &Profile) -> Vec<u8> {
        let name = |key: &str| profile.text(&format!("envelope.{key}")).to_owned();
        let valued = |key: &str, value: &str| format!("<{} Value=\"{}\"/>", name(key), quoted(value));
        let whose = |key: &str, target: &Target| {
            let parts =
                [valued("insured", &target.insured), valued("system", &target.system), valued("value", &target.value)];
            format!("<{0}>{1}</{0}>", name(key), parts.concat())
        };
        let management = name("management");
        let mut inner = valued("version_element", &name("version"));
        inner.push_str(&valued("kind", self.kind.code(profile)));
        inner.push_str(&whose("target", &self.target));
        if let Some(code) = &self.destination {
            inner.push_str(&format!("<{0}>{1}</{0}>", name("destination"), valued("destination_code", code)));
        }
        if let Some(consent) = &self.consent {
            let mut parts = valued("consent_flag", if consent.given { "1" } else { "0" });
            if consent.given {
                parts.push_str(&valued("consent_time", &consent.at));
                // 1: oral, at the sender.
                parts.push_str(&valued("consent_method", "1"));
            }
            inner.push_str(&format!("<{0}>{parts}</{0}>", name("consent")));
        }
        if let Some(target) = &self.supersedes {
            inner.push_str(&whose("supersedes", target));
        }
        let (root, document) = (name("root"), name("document"));
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns:xsi=\"{XSI}\" id=\"Document\" \
             xsi:noNamespaceSchemaLocation=\"{}\"><{root}><{management} id=\"{management}\">{inner}</{management}>\
             <{document} id=\"{document}\">{}</{document}></{root}></Document>",
            name("schema"),
            STANDARD.encode(&self.document),
        )
        .into_bytes()
    }

    /// Opens an envelope and checks its structure; what the document says is not looked at.
    ///
    /// # Errors
    /// See [`EnvelopeError`].
    pub fn read(bytes: &[u8], profile: &Profile) -> Result<Envelope, EnvelopeError> {
        let name = |key: &str| profile.text(&format!("envelope.{key}")).to_owned();
        let root = read(bytes, &profile.bounds())?;
        let fits = root.name == "Document"
            && root.attribute("id") == Some("Document")
            && root.attribute("xsi:noNamespaceSchemaLocation") == Some(name("schema").as_str());
        if !fits {
            return Err(EnvelopeError::Structure);
        }
        only_known(&root, &[name("root")])?;
        let clinical = root.only(&name("root"))?;
        only_known(clinical, &[name("management"), name("document"), name("sign")])?;
        let management = clinical.only(&name("management"))?;
        only_known(
            management,
            &["version_element", "kind", "target", "destination", "consent", "supersedes"].map(name),
        )?;
        if value(management, &name("version_element"))? != name("version") {
            return Err(EnvelopeError::Version);
        }
        let kind = Kind::by_code(&value(management, &name("kind"))?, profile).ok_or(EnvelopeError::Structure)?;
        let whose = |element: &Element| -> Result<Target, EnvelopeError> {
            only_known(element, &["insured", "system", "value"].map(name))?;
            let target = Target {
                insured: value(element, &name("insured"))?,
                system: value(element, &name("system"))?,
                value: value(element, &name("value"))?,
            };
            target.check()?;
            Ok(target)
        };
        let target = whose(management.only(&name("target"))?)?;
        let supersedes = management.at_most_one(&name("supersedes"))?.map(whose).transpose()?;
        let destination = match management.at_most_one(&name("destination"))? {
            Some(element) => Some(value(element, &name("destination_code"))?),
            None => None,
        };
        if destination.as_ref().is_some_and(|code| code.len() != 10 || !code.bytes().all(|b| b.is_ascii_digit())) {
            return Err(EnvelopeError::Structure);
        }
        let consent = match management.at_most_one(&name("consent"))? {
            Some(element) => Some(consent(element, &name)?),
            None => None,
        };
        let document = clinical.only(&name("document"))?;
        if document.attribute("id") != Some(name("document").as_str()) || !document.children.is_empty() {
            return Err(EnvelopeError::Structure);
        }
        let signed = clinical.at_most_one(&name("sign"))?.is_some();
        if !root.ids_are_unique() {
            return Err(EnvelopeError::Structure);
        }
        let document = STANDARD.decode(&document.text).map_err(|_| EnvelopeError::Base64)?;
        Ok(Envelope { kind, target, destination, consent, supersedes, document, signed })
    }
}

fn consent(element: &Element, name: &dyn Fn(&str) -> String) -> Result<Consent, EnvelopeError> {
    let given = match value(element, &name("consent_flag"))?.as_str() {
        "1" => true,
        "0" => false,
        _ => return Err(EnvelopeError::Structure),
    };
    let at = match element.at_most_one(&name("consent_time"))? {
        Some(_) => value(element, &name("consent_time"))?,
        None => String::new(),
    };
    let moment = at.len() == 14 && at.bytes().all(|b| b.is_ascii_digit());
    if given == moment { Ok(Consent { given, at }) } else { Err(EnvelopeError::Structure) }
}

/// Text of an attribute.
fn quoted(text: &str) -> String {
    escaped(text).replace('"', "&quot;")
}

/// `Value` of the one element of this name.
fn value(holder: &Element, name: &str) -> Result<String, EnvelopeError> {
    let element = holder.only(name)?;
    let text = element.attribute("Value").ok_or(EnvelopeError::Structure)?;
    if text.len() > 1_000 || !element.children.is_empty() || !element.text.trim().is_empty() {
        return Err(EnvelopeError::Structure);
    }
    Ok(text.to_owned())
}

fn only_known(element: &Element, known: &[String]) -> Result<(), EnvelopeError> {
    if element.holds_only(known) { Ok(()) } else { Err(EnvelopeError::Structure) }
}
