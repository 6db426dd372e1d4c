//! Allergies: one of three states, never blank (SAFE-02).
use super::element::{date, display, text};
use karute_japan::Date;
use karute_json::Value;

/// One recorded allergy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllergyEntry {
    /// Substance as recorded.
    pub substance: String,
    /// Reactions as recorded.
    pub reaction: Option<String>,
    /// Since or when.
    pub when: Option<Date>,
    /// Year, when only that is known.
    pub year: Option<String>,
    /// Whether the substance carries a code, so that it can be checked by machine.
    pub coded: bool,
}

impl AllergyEntry {
    /// Reads an AllergyIntolerance; `None` when it names nothing or says that there is no allergy.
    pub fn read(resource: &Value<'_>) -> Option<AllergyEntry> {
        if is_none_known(resource) {
            return None;
        }
        let code = resource.get("code")?;
        let codings = code.get("coding").map_or(&[][..], Value::items);
        let reactions = resource.at(&["reaction", "0", "manifestation"]).map_or(&[][..], Value::items);
        let words: Vec<String> = reactions.iter().filter_map(display).collect();
        let onset = text(resource, &["onsetDateTime"]).or_else(|| text(resource, &["onsetString"]));
        Some(AllergyEntry {
            substance: display(code)?,
            reaction: (!words.is_empty())
                .then(|| words.join("、"))
                .or_else(|| text(resource, &["reaction", "0", "description"])),
            when: date(resource, &["onsetDateTime"]),
            year: onset.map(|o| o.chars().take(4).collect()),
            // A code that stands for "no code" can be checked no more than words can.
            coded: codings.iter().filter_map(|c| text(c, &["code"])).any(|c| !PLACEHOLDERS.contains(&c.as_str())),
        })
    }
}

/// Whether a resource says that somebody asked and there is no allergy.
pub(crate) fn is_none_known(resource: &Value<'_>) -> bool {
    let codings = resource.get("code").and_then(|c| c.get("coding")).map_or(&[][..], Value::items);
    codings.iter().any(|c| text(c, &["code"]).is_some_and(|c| NONE_KNOWN.contains(&c.as_str())))
}

/// What is known of a patient's allergies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allergy {
    /// あり
    Present(Vec<AllergyEntry>),
    /// なし: somebody asked and recorded that there is none.
    NoneKnown {
        /// When it was confirmed.
        confirmed: Option<Date>,
        /// By whom.
        by: Option<String>,
    },
    /// 未確認: nobody recorded anything.
    Unconfirmed,
}

/// SNOMED CT codes of "no known allergy" statements, as FHIR prescribes for `AllergyIntolerance.code`.
const NONE_KNOWN: [&str; 3] = ["716186003", "409137002", "429625007"];

/// Codes of JFAGY that stand for "no code" (JP-CLINS 8.4).
const PLACEHOLDERS: [&str; 3] = ["D9M000000000", "D9F000000000", "D9N000000000"];

impl Allergy {
    /// From all AllergyIntolerance resources of a patient.
    pub fn read<'v, 'a: 'v>(resources: impl Iterator<Item = &'v Value<'a>>) -> Allergy {
        let mut entries = Vec::new();
        let mut none = None;
        for resource in resources {
            let wrong = resource.at(&["verificationStatus", "coding", "code"]).and_then(Value::as_str);
            let status = resource.at(&["clinicalStatus", "coding", "code"]).and_then(Value::as_str);
            if matches!(wrong.as_deref(), Some("entered-in-error" | "refuted"))
                || matches!(status.as_deref(), Some("inactive" | "resolved"))
            {
                continue;
            }
            if is_none_known(resource) {
                none = Some(Allergy::NoneKnown {
                    confirmed: date(resource, &["recordedDate"]),
                    by: text(resource, &["recorder", "display"]).or_else(|| text(resource, &["asserter", "display"])),
                });
            } else {
                entries.extend(AllergyEntry::read(resource));
            }
        }
        // A recorded allergy outweighs an older "none known": the safe reading.
        if entries.is_empty() { none.unwrap_or(Allergy::Unconfirmed) } else { Allergy::Present(entries) }
    }
}
