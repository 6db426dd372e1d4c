//! 6情報の閲覧: what institutions registered of a person, to who may see it (digest clins-service §8, §14): with the consent of
//! the last 24 hours, without what is 未提供, within five years (longer with LTS), results of a year or the last three.
use super::accept::Refusal;
use super::world::{Unit, World, stands};
use jiff::ToSpan as _;
use karute_japan::{Date, Timestamp};
use karute_sharing::wire::envelope::Kind;
use karute_sharing::wire::message::{Answer, Received, ServiceState, Told, ViewKind};
use karute_sharing::wire::target::Target;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Years that diseases, allergies and infections stay (longer with LTS).
const YEARS: i64 = 5;
/// Reports of results that are shown however old they are.
const LAST_REPORTS: usize = 3;

/// The answer to a question of an institution.
pub(super) fn told(world: &mut World, asked: &Received, now: Timestamp) -> Result<Answer, Refusal> {
    let insured = ["insurer", "symbol", "number", "branch"].map(|key| asked.get(key)).join(":");
    consent(world, (&asked.taken.institution, &insured), now)?;
    let today = now.day_in_japan();
    let mut found: BTreeMap<(String, ViewKind), (Vec<Value>, Date)> = BTreeMap::new();
    let mut put = |code: &str, kind: ViewKind, resource: Value, day: Date| {
        let (all, newest) = found.entry((code.to_owned(), kind)).or_insert_with(|| (Vec::new(), day));
        *newest = (*newest).max(day);
        all.push(resource);
    };
    let of_person: Vec<(&Target, &Unit)> = world.units.iter().filter(|(target, _)| target.insured == insured).collect();
    let reports = last_reports(&of_person);
    for (target, unit) in &of_person {
        let day = unit.registered.day_in_japan();
        for resource in resources(&unit.document).into_iter().skip(1) {
            let Some(kind) = kind(&resource) else { continue };
            let old = day < years_before(today, YEARS) && !tagged(&resource, "LTS");
            if old || tagged(&resource, "UNDELIVERED") {
                continue;
            }
            let taken = resource["effectiveDateTime"].as_str().and_then(|at| at.get(..10)?.parse::<Date>().ok());
            let late = taken.is_some_and(|taken| taken < years_before(today, 1));
            if kind == ViewKind::Results && late && !reports.contains(&target.value) {
                continue;
            }
            put(target.institution(), kind, resource, day);
        }
    }
    // 処方 is what documents hold.
    for (target, held) in world.documents.iter().filter(|(target, _)| target.insured == insured) {
        if !(stands(held.state) || held.state == ServiceState::Received) || held.kind != Kind::Referral {
            continue;
        }
        for resource in resources(&held.document) {
            if kind(&resource) == Some(ViewKind::Prescriptions) {
                put(target.institution(), ViewKind::Prescriptions, resource, held.registered.day_in_japan());
            }
        }
    }
    let name = |code: &str| world.participants.get(code).cloned().unwrap_or_default();
    let all = found.into_iter().map(|((code, kind), (resources, day))| Told {
        kind,
        name: name(&code),
        code,
        department: String::new(),
        registered: Some(day),
        bundle: bundle(&resources),
    });
    Ok(Answer::Viewed(all.collect()))
}

fn consent(world: &mut World, (institution, insured): (&str, &str), now: Timestamp) -> Result<(), Refusal> {
    let key = (institution.to_owned(), insured.to_owned());
    if world.viewers.get(&key).is_some_and(|until| now < *until) || world.reader_says_yes {
        return Ok(());
    }
    Err(Refusal::new("view_consent", "閲覧の同意がないか、閲覧可能な時間を過ぎています。"))
}

/// Bundle-IDs of the last reports of each institution.
fn last_reports(units: &[(&Target, &Unit)]) -> Vec<String> {
    let mut reports: Vec<_> = units.iter().filter(|(_, unit)| unit.kind == Kind::Results).collect();
    reports.sort_by_key(|(_, unit)| std::cmp::Reverse(unit.registered));
    let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
    let mut kept = Vec::new();
    for (target, _) in reports {
        let count = shown.entry(target.institution()).or_default();
        if *count < LAST_REPORTS {
            *count += 1;
            kept.push(target.value.clone());
        }
    }
    kept
}

fn resources(document: &[u8]) -> Vec<Value> {
    let bundle: Value = serde_json::from_slice(document).unwrap_or_default();
    let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
    entries.into_iter().map(|mut entry| entry["resource"].take()).collect()
}

fn kind(resource: &Value) -> Option<ViewKind> {
    let codings = resource["code"]["coding"].as_array().map_or(&[][..], Vec::as_slice);
    let infection = codings.iter().any(|c| c["system"].as_str().is_some_and(|s| s.ends_with("InfectionLabo_CS")));
    let categories = resource["category"].as_array().map_or(&[][..], Vec::as_slice);
    Some(match resource["resourceType"].as_str()? {
        "Condition" => ViewKind::Diseases,
        "Observation" if infection => ViewKind::Infections,
        "Observation" => ViewKind::Results,
        "AllergyIntolerance" if categories.iter().any(|c| c == "medication") => ViewKind::DrugAllergies,
        "AllergyIntolerance" => ViewKind::OtherAllergies,
        "MedicationRequest" => ViewKind::Prescriptions,
        _ => return None,
    })
}

fn tagged(resource: &Value, code: &str) -> bool {
    resource["meta"]["tag"].as_array().is_some_and(|tags| tags.iter().any(|tag| tag["code"] == code))
}

fn years_before(day: Date, years: i64) -> Date {
    day.saturating_sub(years.years())
}

fn bundle(resources: &[Value]) -> Vec<u8> {
    let entries: Vec<Value> = resources.iter().map(|resource| json!({ "resource": resource })).collect();
    json!({ "resourceType": "Bundle", "type": "collection", "entry": entries }).to_string().into_bytes()
}
