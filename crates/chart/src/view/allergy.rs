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
            let Some(code) = resource.get("code") else { continue };
            let codings = code.get("coding").map_or(&[][..], Value::items);
            let is_none = codings.iter().any(|c| text(c, &["code"]).is_some_and(|c| NONE_KNOWN.contains(&c.as_str())));
            if is_none {
                none = Some(Allergy::NoneKnown {
                    confirmed: date(resource, &["recordedDate"]),
                    by: text(resource, &["recorder", "display"]).or_else(|| text(resource, &["asserter", "display"])),
                });
            } else if let Some(substance) = display(code) {
                let reactions = resource.at(&["reaction", "0", "manifestation"]).map_or(&[][..], Value::items);
                let words: Vec<String> = reactions.iter().filter_map(display).collect();
                let onset = text(resource, &["onsetDateTime"]).or_else(|| text(resource, &["onsetString"]));
                entries.push(AllergyEntry {
                    substance,
                    reaction: (!words.is_empty())
                        .then(|| words.join("、"))
                        .or_else(|| text(resource, &["reaction", "0", "description"])),
                    when: date(resource, &["onsetDateTime"]),
                    year: onset.map(|o| o.chars().take(4).collect()),
                    coded: !codings.is_empty(),
                });
            }
        }
        // A recorded allergy outweighs an older "none known": the safe reading.
        if entries.is_empty() { none.unwrap_or(Allergy::Unconfirmed) } else { Allergy::Present(entries) }
    }
}
