//! The rules that the sharing service and the guide publish by number, as functions. They apply whichever definitions
//! are loaded; the same rule of a loaded definition is left to them (see [`catalogue::is_ours`]).
//!
//! Sources: JP-CLINS guide 1.5.3 to 1.12 and the list of the service as far as it is public (`R….`); `CLINS-…` are
//! demands of the guide's text that no definition states by number. What the guide itself calls out of date (R2012,
//! R2013, R3011) or states wrongly (R9018C) is not here; `CLINS-ABATEMENT` and `CLINS-ALLERGEN` stand for what they mean.

mod bundle;
mod catalogue;
mod clinical;
mod documents;
mod entries;
mod identity;
mod lab;
mod medication;
mod patient;

use super::findings::Findings;
use super::level::Level;
use super::read::{declares, kind};
use super::{Finding, Severity, names};
use crate::validate::Location;
use karute_json::Value;

pub(super) use catalogue::is_ours;

/// In what a resource stands: some rules are stricter there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inside {
    /// In nothing: judged for itself.
    Nothing,
    /// In a Bundle of 5情報.
    FiveInfo,
    /// In a document.
    Document,
    /// In some other Bundle.
    Other,
}

/// A numbered rule.
pub(super) struct Rule {
    /// Its number.
    pub(super) number: &'static str,
    /// Key of the same rule in the guide's definitions.
    pub(super) keys: &'static [&'static str],
    /// How bad it is to break it.
    pub(super) severity: Severity,
    /// What is wrong.
    pub(super) message: &'static str,
    /// How to mend it.
    pub(super) remedy: &'static str,
}

/// Where findings of a resource go.
pub(super) struct Report<'w> {
    pub(super) findings: &'w mut Findings,
    pub(super) at: &'w Location<'w>,
    pub(super) level: Level,
}

impl Report<'_> {
    /// Reports a broken rule at a place below the resource: `""` or `.identifier[1].value`.
    fn say(&mut self, number: &'static str, tail: &str) {
        let severity = catalogue::by_number(number).map_or(Severity::Error, |rule| rule.severity);
        self.say_as(number, severity, tail);
    }

    fn say_as(&mut self, number: &'static str, severity: Severity, tail: &str) {
        let Some(rule) = catalogue::by_number(number) else { return };
        self.findings.add(Finding {
            rule: number.to_owned(),
            severity,
            location: format!("{}{tail}", self.at),
            message: rule.message.to_owned(),
            remedy: rule.remedy.to_owned(),
        });
    }
}

/// What a resource is treated as, beyond what it declares.
#[derive(Clone, Copy)]
pub(super) struct Case<'c> {
    /// Where it stands.
    pub(super) inside: Inside,
    /// Profiles that the caller named or that its container demands.
    pub(super) also: &'c [&'c str],
}

impl Case<'_> {
    /// Whether a resource is to be judged as one of a profile.
    fn is(&self, resource: &Value<'_>, canonical: &str) -> bool {
        declares(resource, canonical) || self.also.contains(&canonical)
    }
    /// The same for a profile of the 5情報.
    fn is_ecs(&self, resource: &Value<'_>, name: &str) -> bool {
        let ecs = |canonical: &str| canonical.strip_prefix(names::ECS) == Some(name);
        super::read::declared(resource).any(|profile| ecs(super::read::bare(&profile)))
            || self.also.iter().any(|profile| ecs(profile))
    }
}

/// What a Bundle is.
pub(super) fn inside_of(bundle: &Value<'_>, case: &Case<'_>) -> Inside {
    if case.is(bundle, names::BUNDLE_CLINS) || bundle::looks_like_five_info(bundle) {
        return Inside::FiveInfo;
    }
    let documents = [names::BUNDLE_REFERRAL, names::BUNDLE_DISCHARGE, names::BUNDLE_PCS, names::BUNDLE_CHECKUP];
    if documents.into_iter().any(|canonical| case.is(bundle, canonical)) { Inside::Document } else { Inside::Other }
}

/// Applies the rules to one resource; those below it get their own call.
pub(super) fn check(resource: &Value<'_>, case: &Case<'_>, report: &mut Report<'_>) {
    match &*kind(resource) {
        "Bundle" => {
            bundle::check(resource, case, report);
            match inside_of(resource, case) {
                Inside::FiveInfo => entries::check(resource, report),
                Inside::Document => documents::check(resource, case, report),
                Inside::Nothing | Inside::Other => {}
            }
        }
        "Composition" => documents::composition(resource, case, report),
        "Patient" => patient::check(resource, case, report),
        "Condition" if case.is_ecs(resource, "JP_Condition_eCS") => clinical::condition(resource, report),
        "AllergyIntolerance" if case.is_ecs(resource, "JP_AllergyIntolerance_eCS") => {
            clinical::allergy(resource, report);
        }
        "Observation" if case.is_ecs(resource, "JP_Observation_LabResult_eCS") => lab::check(resource, case, report),
        "MedicationRequest" if case.is_ecs(resource, "JP_MedicationRequest_eCS") => medication::check(resource, report),
        _ => {}
    }
    identity::check(resource, report);
}
