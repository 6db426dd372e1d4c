//! The entries of a 5情報 Bundle.
use super::bundle::tagged_kind;
use super::{Report, identity};
use crate::profile::names;
use crate::profile::read::{declared, declares, extensions, is_institution, kind, list, of_system, text};
use karute_json::Value;

/// R9011 to R9019O, R6021, R6081, and what the text of the guide asks of entries.
pub(super) fn check(bundle: &Value<'_>, report: &mut Report<'_>) {
    let entries = list(bundle, "entry");
    let tagged = tagged_kind(bundle);
    let patient = entries.first().and_then(|entry| text(entry, "fullUrl"));
    for (index, entry) in entries.iter().enumerate() {
        let at = format!(".entry[{index}]");
        if !text(entry, "fullUrl").is_some_and(|url| identity::is_urn_uuid(&url)) {
            report.say("CLINS-FULLURL", &format!("{at}.fullUrl"));
        }
        let Some(resource) = entry.get("resource").filter(|_| index > 0) else { continue };
        let at = format!("{at}.resource");
        let kind = kind(resource);
        if kind == "Patient" {
            report.say("CLINS-PATIENT-ONE", &at);
            continue;
        }
        institution(resource, &at, report);
        if tagged.as_ref().is_some_and(|tagged| *tagged != kind) {
            report.say("CLINS-MIXED", &at);
        }
        let profile = match &*kind {
            "Condition" => "JP_Condition_eCS",
            "AllergyIntolerance" => "JP_AllergyIntolerance_eCS",
            "Observation" => "JP_Observation_LabResult_eCS",
            _ => continue,
        };
        if !declares(resource, &format!("{}{profile}", names::ECS)) {
            report.say("CLINS-ENTRY-PROFILE", &format!("{at}.meta.profile"));
        }
        let subject = if kind == "AllergyIntolerance" { "patient" } else { "subject" };
        let reference = resource.get(subject).and_then(|subject| text(subject, "reference"));
        if reference.is_some() && reference != patient {
            report.say("CLINS-SUBJECT", &format!("{at}.{subject}.reference"));
        }
        match &*kind {
            "Condition" => condition(resource, &at, report),
            "Observation" => observation(resource, &at, report),
            _ => {}
        }
    }
}

fn institution(resource: &Value<'_>, at: &str, report: &mut Report<'_>) {
    let Some((index, extension)) = extensions(resource, names::INSTITUTION_EXTENSION).next() else {
        return report.say("R9011", &format!("{at}.extension"));
    };
    let value = extension.get("valueIdentifier").and_then(|id| text(id, "value"));
    if !value.is_some_and(|value| is_institution(&value)) {
        report.say("R9012", &format!("{at}.extension[{index}].value.value"));
    }
}

fn condition(condition: &Value<'_>, at: &str, report: &mut Report<'_>) {
    if !contains(condition, "Encounter") {
        report.say("R9013C", &format!("{at}.contained"));
    }
    if extensions(condition, names::DEPARTMENT_EXTENSION).next().is_none() {
        report.say("R9014C", &format!("{at}.extension"));
    }
    if text(condition, "onsetDateTime").is_none() {
        report.say("R9015C", &format!("{at}.onset"));
    }
}

fn observation(observation: &Value<'_>, at: &str, report: &mut Report<'_>) {
    if !contains(observation, "Encounter") {
        report.say("R9013O", &format!("{at}.contained"));
    }
    if extensions(observation, names::DEPARTMENT_EXTENSION).next().is_none() {
        report.say("R9014O", &format!("{at}.extension"));
    }
    if observation.get("encounter").is_none() {
        report.say("R9016O", &format!("{at}.encounter"));
    }
    if list(observation, "performer").is_empty() {
        report.say("R9017O", &format!("{at}.performer"));
    }
    if !contains(observation, "Practitioner") {
        report.say("R9019O", &format!("{at}.contained"));
    }
    if observation.get("hasMember").is_some() {
        report.say("R6081", &format!("{at}.hasMember"));
    }
    let codings = crate::profile::read::codings(observation.get("code"));
    if of_system(codings, |system| system == names::LAB_LOCAL).next().is_none() {
        report.say("R6021", &format!("{at}.code"));
    }
}

/// Whether a resource of a type is contained that declares JP_type or JP_type_eCS, without a version: the service
/// compares the whole text.
fn contains(resource: &Value<'_>, wanted: &str) -> bool {
    list(resource, "contained").iter().filter(|contained| kind(contained) == wanted).any(|contained| {
        declared(contained).any(|profile| {
            let core = profile.strip_prefix(names::CORE).and_then(|name| name.strip_prefix("JP_"));
            let ecs = profile.strip_prefix(names::ECS).and_then(|name| name.strip_prefix("JP_"));
            core == Some(wanted) || ecs.and_then(|name| name.strip_suffix("_eCS")) == Some(wanted)
        })
    })
}
