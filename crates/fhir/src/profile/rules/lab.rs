//! 検査: how items are coded and named.
use super::{Case, Inside, Report};
use crate::profile::level::Level;
use crate::profile::read::{codings, is, list, of_system, text};
use crate::profile::{Severity, items, names};
use karute_json::{Object, Value};

/// R6021 and R9017O as far as a single result goes, R6031, item names, units of ranges.
pub(super) fn check(observation: &Value<'_>, case: &Case<'_>, report: &mut Report<'_>) {
    let codings = codings(observation.get("code"));
    if case.inside != Inside::FiveInfo {
        // In 5情報 the Bundle says it. A result for itself is judged as one that is to be sent; in documents the guide
        // only warns.
        if of_system(codings, |system| system == names::LAB_LOCAL).next().is_none() {
            let severity = if case.inside == Inside::Nothing { Severity::Error } else { Severity::Warning };
            report.say_as("R6021", severity, ".code");
        }
        if list(observation, "performer").is_empty() {
            report.say_as("R9017O", Severity::Warning, ".performer");
        }
    }
    indication(observation, codings, report);
    for (index, coding) in codings.iter().enumerate() {
        let system = text(coding, "system").unwrap_or_default();
        let code = text(coding, "code").unwrap_or_default();
        let display = text(coding, "display");
        let at = |member: &str| format!(".code.coding[{index}].{member}");
        let jlac10 = |code: &str| code.len() == 17 && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        let (core, infection) = (names::LAB_CORE.contains(&&*system), names::LAB_INFECTION.contains(&&*system));
        if report.level >= Level::V1_7 && (core || infection) && !display.as_deref().is_some_and(|name| items::is_item(name, infection)) {
            report.say("CLINS-LAB-NAME", &at("display"));
        }
        let shared10 = system == names::LAB_CORE[0] || system == names::LAB_INFECTION[0];
        if (shared10 || system == names::LAB_JLAC10) && !jlac10(&code) {
            report.say("CLINS-LAB-CODE", &at("code"));
        }
        if system == names::LAB_UNCODED && code != "9".repeat(17) {
            report.say("CLINS-LAB-CODE", &at("code"));
        }
        if display.is_some_and(|name| !is_item_text(&name)) {
            report.say("CLINS-LAB-TEXT", &at("display"));
        }
    }
    if observation.get("code").and_then(|code| text(code, "text")).is_some_and(|name| !is_item_text(&name)) {
        report.say("CLINS-LAB-TEXT", ".code.text");
    }
    let has_result = |observation: &Value<'_>| {
        let mut members = observation.as_object().into_iter().flat_map(Object::iter);
        members.any(|(key, _)| key.decode().starts_with("value"))
    };
    let finished = text(observation, "status").is_some_and(|status| matches!(&*status, "final" | "corrected"));
    let grouped = observation.get("hasMember").is_some() || observation.get("component").is_some();
    if finished && !grouped && !has_result(observation) && observation.get("dataAbsentReason").is_none() {
        report.say("CLINS-LAB-RESULT", ".value");
    }
    ranges(observation, report);
}

/// 長期保存 is for infections only (since 1.6).
fn indication(observation: &Value<'_>, codings: &[Value<'_>], report: &mut Report<'_>) {
    let tags = observation.get("meta").map_or(&[] as &[_], |meta| list(meta, "tag"));
    let infection = of_system(codings, |system| names::LAB_INFECTION.contains(&system)).next().is_some();
    let indication = of_system(tags, |system| system == names::INDICATION_TAG).next();
    if let Some((index, _)) = indication.filter(|(_, tag)| !infection || !is(tag, "code", "LTS"))
        && report.level >= Level::V1_7
    {
        report.say("R6031", &format!(".meta.tag[{index}]"));
    }
}

/// No half-width kana, full-width space or control character.
fn is_item_text(name: &str) -> bool {
    !name.chars().any(|c| ('\u{FF61}'..='\u{FF9F}').contains(&c) || c == '\u{3000}' || c.is_control())
}

fn ranges(observation: &Value<'_>, report: &mut Report<'_>) {
    let result = observation.get("valueQuantity");
    for (index, range) in list(observation, "referenceRange").iter().enumerate() {
        for end in ["low", "high"] {
            let Some(limit) = range.get(end) else { continue };
            for member in ["unit", "code"] {
                let own = text(limit, member);
                if own.is_some() && own != result.and_then(|result| text(result, member)) {
                    report.say("CLINS-RANGE-UNIT", &format!(".referenceRange[{index}].{end}.{member}"));
                }
            }
        }
    }
}
