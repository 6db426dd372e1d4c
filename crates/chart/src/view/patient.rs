//! Who somebody is.
use super::element::{date, extension, text};
use karute_fhir::Id;
use karute_japan::Date;
use karute_json::Value;

/// Extension that tells kanji (`IDE`) from kana (`SYL`) names.
const REPRESENTATION: &str = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation";
/// Extension of the words 気をつけること.
pub(crate) const CAUTION: &str = "urn:karute:caution";
/// Systems of patient numbers start so; the institution code follows.
const NUMBER_SYSTEM: &str = "urn:oid:1.2.392.100495.20.3.51.";

/// Sex as recorded on the insurance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    /// 男
    Male,
    /// 女
    Female,
    /// 不明 and everything else.
    Unknown,
}

impl Sex {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            Sex::Male => "男",
            Sex::Female => "女",
            Sex::Unknown => "不明",
        }
    }
}

/// A patient as every screen names one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Opaque id.
    pub id: Id,
    /// Name as written (漢字, or as the person writes it).
    pub name: String,
    /// Reading in katakana.
    pub kana: Option<String>,
    /// Family name as written, for comparing.
    pub family: String,
    /// Sex.
    pub sex: Sex,
    /// Birth date, when the day is known.
    pub birth: Option<Date>,
    /// 患者番号.
    pub number: Option<String>,
    /// First telephone number.
    pub phone: Option<String>,
    /// Language other than Japanese that the person asked for.
    pub language: Option<String>,
    /// Date of death.
    pub died: Option<Date>,
    /// Whether the person is recorded as dead.
    pub dead: bool,
    /// 気をつけること, as the desk wrote it: shown wherever somebody meets the patient.
    pub caution: Option<String>,
}

impl Person {
    /// Reads a Patient.
    pub fn read(id: Id, patient: &Value<'_>) -> Person {
        let names = patient.get("name").map_or(&[][..], Value::items);
        let current = || names.iter().filter(|n| text(n, &["use"]).as_deref() != Some("old"));
        let by = |wanted: &str| current().find(|n| representation(n).as_deref() == Some(wanted));
        let written = by("IDE").or_else(|| by("ABC")).or_else(|| current().find(|n| representation(n).is_none()));
        let written = written.or_else(|| names.first());
        let kana = by("SYL").and_then(full_name);
        let name = written.and_then(full_name).or_else(|| kana.clone());
        Person {
            id,
            name: name.unwrap_or_else(|| "氏名なし".to_owned()),
            kana,
            family: written.and_then(|n| text(n, &["family"])).unwrap_or_default(),
            sex: match text(patient, &["gender"]).as_deref() {
                Some("male") => Sex::Male,
                Some("female") => Sex::Female,
                _ => Sex::Unknown,
            },
            birth: date(patient, &["birthDate"]),
            number: number(patient),
            phone: patient
                .get("telecom")
                .and_then(|t| t.items().iter().find(|p| text(p, &["system"]).as_deref() == Some("phone")))
                .and_then(|p| text(p, &["value"])),
            language: patient
                .at(&["communication", "language"])
                .and_then(super::display)
                .filter(|l| l != "ja" && l != "日本語"),
            died: date(patient, &["deceasedDateTime"]),
            dead: patient.get("deceasedDateTime").is_some()
                || patient.get("deceasedBoolean").and_then(Value::as_bool) == Some(true),
            caution: extension(patient, CAUTION).and_then(|e| text(e, &["valueString"])),
        }
    }
}

fn representation(name: &Value<'_>) -> Option<String> {
    let found = name.get("extension")?.items().iter().find(|e| text(e, &["url"]).as_deref() == Some(REPRESENTATION))?;
    text(found, &["valueCode"])
}

fn full_name(name: &Value<'_>) -> Option<String> {
    let given = name.get("given").map_or(&[][..], Value::items).iter().filter_map(Value::as_str);
    let parts: Vec<String> = text(name, &["family"]).into_iter().chain(given.map(|g| g.trim().to_owned())).collect();
    let joined = parts.join(" ");
    if joined.trim().is_empty() { text(name, &["text"]) } else { Some(joined) }
}

fn number(patient: &Value<'_>) -> Option<String> {
    let all = patient.get("identifier")?.items();
    all.iter()
        .find(|i| text(i, &["system"]).is_some_and(|s| s.starts_with(NUMBER_SYSTEM)))
        .and_then(|i| text(i, &["value"]))
}
