//! How FHIR documents are checked.
use karute_fhir::profile::{self, ProfileSet, Severity};
use karute_json::Limits;
use karute_sharing::wire::envelope::Kind;
use karute_sharing::wire::message::Finding;
use serde_json::Value;

/// Checks a document.
pub trait Judge: Send + Sync + 'static {
    /// What is wrong with it; empty when nothing is.
    fn findings(&self, kind: Kind, document: &[u8]) -> Vec<Finding>;
}

/// The basic rules (digest 6.1, 6.4): shape of the Bundle, one type in a unit, what every resource must have. Profiles
/// in full are another judge's.
pub struct Rules;

/// The basic rules and the guide's profiles with its numbered rules, as `fhir` has them.
pub struct Profiles;

impl Judge for Profiles {
    fn findings(&self, kind: Kind, document: &[u8]) -> Vec<Finding> {
        let mut found = Rules.findings(kind, document);
        let limits = Limits { max_bytes: 16 << 20, ..Limits::FHIR };
        let Ok(bundle) = karute_json::parse(document, &limits) else { return found };
        let errors = profile::validate(&bundle, ProfileSet::own()).into_iter();
        let errors = errors.filter(|finding| finding.severity == Severity::Error);
        found.extend(errors.map(|error| finding(&error.message, &error.location, &error.rule)));
        found
    }
}

pub(super) fn finding(message: &str, location: &str, code: &str) -> Finding {
    Finding { code: code.to_owned(), message: message.to_owned(), location: location.to_owned(), entry: String::new() }
}

impl Judge for Rules {
    fn findings(&self, kind: Kind, document: &[u8]) -> Vec<Finding> {
        let Ok(bundle) = serde_json::from_slice::<Value>(document) else {
            return vec![finding("JSONとして読めません。", "Bundle", "CISB9002E")];
        };
        let mut found = Vec::new();
        let entries = bundle["entry"].as_array().map_or(&[][..], Vec::as_slice);
        let kind_of = |at: usize| entries.get(at).and_then(|entry| entry["resource"]["resourceType"].as_str());
        if bundle["timestamp"].as_str().is_none() || bundle["meta"]["lastUpdated"].as_str().is_none() {
            found.push(finding("Bundleに作成日時がありません。", "Bundle.timestamp", "R0213"));
        }
        let mut urls = std::collections::BTreeSet::new();
        for (at, entry) in entries.iter().enumerate() {
            if !entry["fullUrl"].as_str().is_some_and(|url| urls.insert(url)) {
                found.push(finding("fullUrlがないか重複しています。", &format!("Bundle.entry[{at}].fullUrl"), "R0213"));
            }
        }
        let wanted = match kind {
            Kind::Conditions => "Condition",
            Kind::Allergies => "AllergyIntolerance",
            Kind::Results => "Observation",
            Kind::Referral | Kind::Checkup | Kind::Summary => {
                letter(entries, &mut found);
                return found;
            }
        };
        if kind_of(0) != Some("Patient") {
            found.push(finding("最初のentryがPatientではありません。", "Bundle.entry[0].resource", "R0211"));
        }
        let profiles = bundle["meta"]["profile"].as_array().map_or(&[][..], Vec::as_slice);
        // The version behind the bar comes and goes with the levels of the guide.
        let named = |text: &str| text.split('|').next().is_some_and(|url| url.ends_with("/JP_Bundle_CLINS"));
        if !profiles.iter().any(|profile| profile.as_str().is_some_and(named)) {
            found.push(finding("Bundleのプロファイルがありません。", "Bundle.meta.profile", "R0213"));
        }
        for (at, entry) in entries.iter().enumerate().skip(1) {
            let place = format!("Bundle.entry[{at}].resource");
            match kind_of(at) {
                Some(known) if known == wanted => resource(&entry["resource"], known, &place, &mut found),
                Some("MedicationRequest") => {}
                _ => found.push(finding("種類の異なるリソースが混在しています。", &place, "CISB9012E")),
            }
        }
        found
    }
}

fn resource(resource: &Value, kind: &str, place: &str, found: &mut Vec<Finding>) {
    let extended = |name: &str| {
        let all = resource["extension"].as_array().map_or(&[][..], Vec::as_slice);
        all.iter().any(|extension| extension["url"].as_str().is_some_and(|url| url.ends_with(name)))
    };
    if resource["code"]["text"].as_str().is_none_or(|text| text.trim().is_empty()) {
        found.push(finding("名称がありません。", &format!("{place}.code.text"), "R2012"));
    }
    if !extended("JP_eCS_InstitutionNumber") {
        found.push(finding("医療機関番号の拡張がありません。", &format!("{place}.extension"), "R9011"));
    }
    if kind == "Condition" && resource["onsetDateTime"].as_str().is_none() {
        found.push(finding("開始日がありません。", &format!("{place}.onsetDateTime"), "R9015C"));
    }
}

fn letter(entries: &[Value], found: &mut Vec<Finding>) {
    let composition = entries.first().map_or(&Value::Null, |entry| &entry["resource"]);
    if composition["resourceType"].as_str() != Some("Composition") {
        found.push(finding("最初のentryがCompositionではありません。", "Bundle.entry[0].resource", "R0211"));
        return;
    }
    if composition["status"].as_str() != Some("final") {
        found.push(finding("文書が確定していません。", "Bundle.entry[0].resource.status", "R0213"));
    }
    if composition["section"].as_array().is_none_or(Vec::is_empty) {
        found.push(finding("セクションがありません。", "Bundle.entry[0].resource.section", "R0213"));
    }
}
