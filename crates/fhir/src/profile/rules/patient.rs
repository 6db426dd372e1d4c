//! The patient: numbers and names.
use super::{Case, Report};
use crate::profile::level::Level;
use crate::profile::names;
use crate::profile::read::{bare, declared, extensions, is_digits, is_institution, list, of_system, text};
use karute_json::Value;

/// R1010 to R1013, R1112, R1113.
pub(super) fn check(patient: &Value<'_>, case: &Case<'_>, report: &mut Report<'_>) {
    let ecs = case.is_ecs(patient, "JP_Patient_eCS");
    let is_checkup = |canonical: &str| names::CHECKUP_PATIENTS.contains(&canonical);
    let checkup =
        declared(patient).any(|profile| is_checkup(bare(&profile))) || case.also.iter().any(|profile| is_checkup(profile));
    if !ecs && !checkup {
        return;
    }
    local_number(patient, report);
    if ecs {
        insured(patient, report);
    }
    names_of(patient, report);
}

fn local_number(patient: &Value<'_>, report: &mut Report<'_>) {
    let mut local = of_system(list(patient, "identifier"), |system| system.starts_with(names::PATIENT_OID));
    let Some((index, identifier)) = local.next() else { return };
    if let Some((second, _)) = local.next() {
        return report.say("R1010", &format!(".identifier[{second}].system"));
    }
    let system = text(identifier, "system").unwrap_or_default();
    let institution = system.strip_prefix(names::PATIENT_OID).and_then(|rest| rest.strip_prefix('1'));
    let Some(institution) = institution.filter(|institution| is_institution(institution)) else {
        return report.say("R1010", &format!(".identifier[{index}].system"));
    };
    let stated = extensions(patient, names::INSTITUTION_EXTENSION).next();
    let stated = stated.and_then(|(_, extension)| text(extension.get("valueIdentifier")?, "value"));
    if stated.is_some_and(|stated| stated != institution) {
        report.say("R1011", &format!(".identifier[{index}].system"));
    }
}

fn insured(patient: &Value<'_>, report: &mut Report<'_>) {
    let public_counts = report.level >= Level::V1_11;
    let identifiers = list(patient, "identifier");
    let insured: Vec<usize> = of_system(identifiers, |system| {
        system == names::INSURED_ID || (public_counts && system == names::PUBLIC_PAYER_ID)
    })
    .map(|(index, _)| index)
    .collect();
    match insured.as_slice() {
        [] => report.say("R1012", ".identifier"),
        [_] => {}
        [_, second, ..] => report.say("R1012", &format!(".identifier[{second}]")),
    }
    for index in insured {
        let Some(identifier) = identifiers.get(index) else { continue };
        let value = text(identifier, "value").unwrap_or_default();
        let public = text(identifier, "system").is_some_and(|system| system == names::PUBLIC_PAYER_ID);
        if !(if public { is_public_payer_id(&value) } else { is_insured_id(&value) }) {
            report.say("R1013", &format!(".identifier[{index}].value"));
        }
    }
}

/// `insurer(8):symbol:number:branch`.
fn is_insured_id(value: &str) -> bool {
    let parts: Vec<&str> = value.split(':').collect();
    let [insurer, symbol, number, branch] = parts.as_slice() else { return false };
    let no_space = |part: &str| !part.contains(char::is_whitespace);
    is_digits(insurer, 8)
        && no_space(symbol)
        && no_space(number)
        && (branch.is_empty() || is_digits(branch, 2))
}

/// `payer(8)::recipient(7):`.
fn is_public_payer_id(value: &str) -> bool {
    let parts: Vec<&str> = value.split(':').collect();
    matches!(parts.as_slice(), [payer, "", recipient, ""]
        if is_digits(payer, 8) && recipient.chars().count() == 7 && !recipient.contains(char::is_whitespace))
}

fn names_of(patient: &Value<'_>, report: &mut Report<'_>) {
    let mut marked = false;
    for (index, name) in list(patient, "name").iter().enumerate() {
        let mut writings = extensions(name, names::NAME_REPRESENTATION).filter_map(|(_, e)| text(e, "valueCode"));
        let is_marked = writings.any(|code| code == "IDE" || code == "SYL");
        marked |= is_marked;
        if is_marked && text(name, "text").is_some_and(|text| text.contains('\u{3000}')) {
            report.say("R1113", &format!(".name[{index}].text"));
        }
    }
    if !marked {
        report.say("R1112", ".name");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn insured_ids_have_four_parts() {
        for right in ["00012345:あいう:１８７:05", "00012345::１８７:", "01139997:1:2:01"] {
            assert!(is_insured_id(right), "{right}");
        }
        for wrong in ["0012345:1:2:01", "00012345:1:2", "00012345:1 2:3:01", "00012345:1:２　３:", "00012345:1:2:1"] {
            assert!(!is_insured_id(wrong), "{wrong}");
        }
        assert!(is_public_payer_id("12345678::1234567:"));
        assert!(!is_public_payer_id("12345678:1:1234567:") && !is_public_payer_id("12345678::123456:"));
    }
}
