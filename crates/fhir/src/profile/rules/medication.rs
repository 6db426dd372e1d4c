//! 処方 in documents: codes of drugs and usages.
use super::Report;
use crate::profile::read::{codings, is, list, of_system};
use crate::profile::{Severity, names};
use karute_json::Value;

/// R3010, R5020, R5021.
pub(super) fn check(request: &Value<'_>, report: &mut Report<'_>) {
    drug(request, report);
    for (index, dosage) in list(request, "dosageInstruction").iter().enumerate() {
        let codings = codings(dosage.get("timing").and_then(|timing| timing.get("code")));
        let usage = of_system(codings, |system| system == names::USAGE).next().is_some();
        let dummy = of_system(codings, |system| system == names::USAGE_UNCODED)
            .any(|(_, coding)| is(coding, "code", "0X0XXXXXXXXX0000"));
        let at = format!(".dosageInstruction[{index}].timing.code");
        match (usage, dummy) {
            (false, false) => report.say("R5020", &at),
            (true, true) => report.say("R5021", &at),
            _ => {}
        }
    }
}

/// The guide warns when there is not exactly one code of a kind; a drug with no code that it knows, not even the dummy,
/// is what it calls an error.
fn drug(request: &Value<'_>, report: &mut Report<'_>) {
    let Some(concept) = request.get("medicationCodeableConcept") else { return };
    let count = |wanted: &str| of_system(codings(Some(concept)), |system| system == wanted).count();
    let (product, maker_unknown, dummy) = (count(names::DRUG_YJ), count(names::DRUG_KYS), count(names::DRUG_UNCODED));
    if product == 0 && maker_unknown == 0 && dummy == 0 {
        report.say_as("R3010", Severity::Error, ".medication");
    } else if product != 1 && maker_unknown != 1 {
        report.say("R3010", ".medication");
    }
}
