//! 病名 and アレルギー.
use super::Report;
use crate::profile::level::Level;
use crate::profile::read::{codings, is, list, text};
use karute_json::{Object, Value};

/// An end of the disease means that it is over.
pub(super) fn condition(condition: &Value<'_>, report: &mut Report<'_>) {
    if report.level < Level::V1_10 {
        return;
    }
    let members = condition.as_object().into_iter().flat_map(Object::iter);
    let ended = members.into_iter().any(|(key, _)| key.decode().starts_with("abatement"));
    let over = |coding: &Value<'_>| is(coding, "code", "resolved") || is(coding, "code", "remission");
    if ended && condition.get("clinicalStatus").is_some_and(|s| !codings(Some(s)).iter().any(over)) {
        report.say("CLINS-ABATEMENT", ".clinicalStatus");
    }
}

/// R2011 and the forms of allergen codes.
pub(super) fn allergy(allergy: &Value<'_>, report: &mut Report<'_>) {
    let drug = list(allergy, "category").iter().any(|c| c.as_str().as_deref() == Some("medication"));
    if drug && !is(allergy, "criticality", "high") {
        report.say("R2011", ".criticality");
    }
    for (index, coding) in codings(allergy.get("code")).iter().enumerate() {
        let (Some(system), Some(code)) = (text(coding, "system"), text(coding, "code")) else { continue };
        if is_allergen(&system, &code) == Some(false) {
            report.say("CLINS-ALLERGEN", &format!(".code.coding[{index}].code"));
        }
    }
}

/// Whether a code has the form of its system; `None` for other systems.
fn is_allergen(system: &str, code: &str) -> Option<bool> {
    let name = system.strip_prefix("http://jpfhir.jp/fhir/core/CodeSystem/")?;
    let after = |prefix: &str, length: usize| {
        code.strip_prefix(prefix)
            .is_some_and(|rest| rest.len() == length && rest.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()))
    };
    Some(match name {
        "YCM/JP_JfagyMedicationAllergen_CS" => after("YCM", 12) || code == "D9M000000000",
        "GCM/JP_JfagyMedicationAllergen_CS" => after("GCM", 12) && code.ends_with("ZZZ"),
        "JP_JfagyFoodAllergen_CS" => after("J9F", 9) || code == "D9F000000000",
        "JP_JfagyNonFoodNonMedicationAllergen_CS" => after("J9N", 9) || code == "D9N000000000",
        _ => return None,
    })
}
