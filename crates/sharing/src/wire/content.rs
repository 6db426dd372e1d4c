//! What the connector itself must know of a FHIR document: whose it is, under which key it stands, of which kind it is,
//! and which entry a finding is about. What it says is the business of [`crate::document`].
use super::envelope::Kind;
use super::target::{BUNDLE_ID, MEMBER_ID, Target, TargetError};
use karute_crypto::{Digest, sha256};
use karute_json::{Limits, Value, parse};
use std::collections::BTreeMap;

/// Why a document is not taken. No text of it is told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContentError {
    /// Not JSON, or too deep.
    #[error("FHIR文書（JSON）として読めません。")]
    Json,
    /// Not a Bundle of a known kind.
    #[error("FHIR文書の種類がわかりません。")]
    Kind,
    /// No Patient, or more than one.
    #[error("FHIR文書に患者が1人だけ入っていません。")]
    Patient,
    /// The key.
    #[error(transparent)]
    Target(#[from] TargetError),
}

/// What a document is about, as far as the connector needs it.
#[derive(Clone, PartialEq, Eq)]
pub struct Content {
    /// Key.
    pub target: Target,
    /// Kind.
    pub kind: Kind,
    /// Resources beside the patient; 0 is a unit that deletes everything.
    pub others: usize,
    /// The patient's name as written, with kana; for matching by a person.
    pub names: Vec<String>,
    /// Day of birth, `yyyy-MM-dd`.
    pub birth: String,
    /// `male`, `female`, `other`, `unknown`.
    pub sex: String,
}

/// Content may be a patient's.
impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Content({:?}, {:?}, {} resources)", self.target, self.kind, self.others)
    }
}

fn text(value: Option<&Value<'_>>) -> String {
    value.and_then(Value::as_str).map(std::borrow::Cow::into_owned).unwrap_or_default()
}

fn kind(bundle: &Value<'_>, entries: &[Value<'_>]) -> Option<Kind> {
    if text(bundle.get("resourceType")) != "Bundle" {
        return None;
    }
    match text(bundle.get("type")).as_str() {
        "collection" => {
            let tags = bundle.at(&["meta", "tag"]).map_or(&[][..], Value::items);
            tags.iter().find_map(|tag| match text(tag.get("code")).as_str() {
                "Condition" => Some(Kind::Conditions),
                "AllergyIntolerance" => Some(Kind::Allergies),
                "Observation" => Some(Kind::Results),
                _ => None,
            })
        }
        "document" => {
            let composition = entries.first()?.get("resource")?;
            let codings = composition.at(&["type", "coding"]).map_or(&[][..], Value::items);
            codings.iter().find_map(|coding| match text(coding.get("code")).as_str() {
                "57133-1" => Some(Kind::Referral),
                "53576-5" => Some(Kind::Checkup),
                "56447-6" => Some(Kind::Summary),
                _ => None,
            })
        }
        _ => None,
    }
}

impl Content {
    /// Reads a document.
    ///
    /// # Errors
    /// See [`ContentError`]; a missing 枝番 is told apart by [`super::target::has_branch`] alone.
    pub fn read(bytes: &[u8]) -> Result<Content, ContentError> {
        let bundle = parse(bytes, &Limits::FHIR).map_err(|_| ContentError::Json)?;
        let entries = bundle.get("entry").map_or(&[][..], Value::items);
        let kind = kind(&bundle, entries).ok_or(ContentError::Kind)?;
        let is_patient = |resource: &&Value<'_>| text(resource.get("resourceType")) == "Patient";
        let resources = || entries.iter().filter_map(|entry| entry.get("resource"));
        let mut patients = resources().filter(is_patient);
        let (Some(patient), None) = (patients.next(), patients.next()) else { return Err(ContentError::Patient) };
        let identifiers = patient.get("identifier").map_or(&[][..], Value::items).iter();
        let mut insured = identifiers
            .filter(|identifier| text(identifier.get("system")) == MEMBER_ID)
            .map(|identifier| text(identifier.get("value")));
        let (Some(one), None) = (insured.next(), insured.next()) else { return Err(TargetError::Insured.into()) };
        let target = Target {
            insured: one,
            system: text(bundle.at(&["identifier", "system"])),
            value: text(bundle.at(&["identifier", "value"])),
        };
        target.check()?;
        Ok(Content {
            target,
            kind,
            others: resources().filter(|resource| !is_patient(resource)).count(),
            names: patient
                .get("name")
                .map_or(&[][..], Value::items)
                .iter()
                .map(|name| text(name.get("text")))
                .filter(|name| !name.is_empty())
                .collect(),
            birth: text(patient.get("birthDate")),
            sex: text(patient.get("gender")),
        })
    }

    /// Whether the key's institution is this one: nobody registers under another's key.
    pub fn is_of(&self, institution: &str) -> bool {
        self.target.system == BUNDLE_ID && self.target.institution() == institution
    }
}

/// The content of a document without what changes at every making: times of writing, and the numbers of entries, which
/// are counted in the order they appear. Two documents of the same shape say the same.
pub struct Shape(pub Digest);

impl Shape {
    /// Of a document.
    ///
    /// # Errors
    /// When it is no JSON.
    pub fn of(bytes: &[u8]) -> Result<Shape, ContentError> {
        let bundle = parse(bytes, &Limits::FHIR).map_err(|_| ContentError::Json)?;
        let mut out = String::new();
        let mut numbers = BTreeMap::new();
        write(&bundle, 0, &mut numbers, &mut out);
        Ok(Shape(sha256(out.as_bytes())))
    }
}

fn write(value: &Value<'_>, depth: usize, numbers: &mut BTreeMap<String, usize>, out: &mut String) {
    match value {
        Value::Object(object) => {
            out.push('{');
            for (name, member) in object.iter() {
                let name = name.decode();
                if name == "lastUpdated" || (depth == 0 && name == "timestamp") {
                    continue;
                }
                // The length keeps two texts from running into one another.
                out.push_str(&format!("{}:{name}=", name.len()));
                write(member, depth + 1, numbers, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for item in items {
                write(item, depth + 1, numbers, out);
                out.push(',');
            }
            out.push(']');
        }
        other => {
            let plain = text(Some(other));
            if plain.starts_with("urn:uuid:") {
                let next = numbers.len();
                let number = *numbers.entry(plain).or_insert(next);
                out.push_str(&format!("#{number}"));
            } else {
                out.push_str(&other.to_json());
            }
        }
    }
}

/// The entry that a FHIRPath location is about: `Bundle.entry[3].resource…` → type and id of that resource.
pub fn entry_of(location: &str, document: &[u8]) -> Option<String> {
    let (_, rest) = location.split_once("entry[")?;
    let at: usize = rest.split_once(']')?.0.parse().ok()?;
    let bundle = parse(document, &Limits::FHIR).ok()?;
    let resource = bundle.get("entry").map_or(&[][..], Value::items).get(at)?.get("resource")?;
    let (kind, id) = (text(resource.get("resourceType")), text(resource.get("id")));
    (!kind.is_empty() && kind.len() <= 64 && id.len() <= 64).then(|| format!("{kind}/{id}"))
}
