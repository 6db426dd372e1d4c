use crate::{clinic, kind, text};
use karute_japan::Timestamp;
use karute_json::Value;
use karute_synthetic::{QUEUE_SYSTEM, VISIT_TAG_SYSTEM};
use std::collections::{BTreeMap, BTreeSet, HashSet};

fn states(today: &[Value<'static>]) -> BTreeMap<String, u32> {
    let mut found = BTreeMap::new();
    for encounter in today.iter().filter(|resource| kind(resource) == "Encounter") {
        *found.entry(text(encounter, &["status"])).or_default() += 1;
    }
    found
}

#[test]
fn the_list_has_people_in_every_state() {
    let today = clinic(1, 100).today();
    let states = states(&today);
    for state in ["arrived", "in-progress", "triaged", "onleave", "finished"] {
        assert!(states.contains_key(state), "{states:?}");
    }
    assert_eq!(states["in-progress"], 1);
    assert!(states["arrived"] >= 5);
    let booked = today
        .iter()
        .filter(|resource| kind(resource) == "Appointment" && text(resource, &["status"]) == "booked")
        .count();
    assert!(booked >= 4);
}

#[test]
fn numbers_are_given_in_the_order_of_arrival() {
    let today = clinic(1, 100).today();
    let mut seen: Vec<(u32, Timestamp)> = today
        .iter()
        .filter(|resource| kind(resource) == "Encounter")
        .map(|encounter| {
            assert_eq!(text(encounter, &["identifier", "system"]), QUEUE_SYSTEM);
            let number = text(encounter, &["identifier", "value"]).parse().unwrap();
            (number, Timestamp::parse(&text(encounter, &["period", "start"])).unwrap())
        })
        .collect();
    seen.sort_unstable();
    assert!(seen.windows(2).all(|pair| pair[0].1 <= pair[1].1), "{seen:?}");
    assert_eq!(seen.first().map(|one| one.0), Some(1));
    assert_eq!(seen.last().map(|one| one.0), u32::try_from(seen.len()).ok());
}

#[test]
fn every_tag_occurs_under_its_system() {
    let mut codes = BTreeSet::new();
    for encounter in clinic(1, 100).today().iter().filter(|resource| kind(resource) == "Encounter") {
        for tag in encounter.at(&["meta", "tag"]).unwrap().items() {
            assert_eq!(text(tag, &["system"]), VISIT_TAG_SYSTEM);
            codes.insert(text(tag, &["code"]));
        }
    }
    let all = ["fever", "interpreter", "questionnaire-done", "questionnaire-missing", "wheelchair"];
    assert_eq!(codes, all.map(str::to_owned).into());
}

#[test]
fn no_time_leaves_the_day_at_whatever_hour_it_is_asked() {
    let clinic = clinic(1, 100);
    for now in ["2026-11-20T00:00:00+09:00", "2026-11-20T03:10:00+09:00", "2026-11-20T23:59:59+09:00"] {
        let today = clinic.today_at(Timestamp::parse(now).unwrap());
        for resource in today.iter().filter(|resource| matches!(kind(resource).as_str(), "Encounter" | "Appointment")) {
            let path: &[&str] = if kind(resource) == "Encounter" { &["period", "start"] } else { &["start"] };
            assert!(text(resource, path).starts_with("2026-11-20T"), "{now} {}", text(resource, path));
        }
    }
}

#[test]
fn another_day_brings_new_visits_of_the_same_people() {
    let clinic = clinic(1, 100);
    let ids = |today: &[Value<'static>], name: &str| -> HashSet<String> {
        today.iter().filter(|resource| kind(resource) == name).map(|resource| text(resource, &["id"])).collect()
    };
    let people = |today: &[Value<'static>]| -> HashSet<String> {
        today
            .iter()
            .map(|resource| text(resource, &["subject", "reference"]))
            .filter(|target| !target.is_empty())
            .collect()
    };
    let first = clinic.today();
    let next = clinic.today_at(Timestamp::parse("2026-11-21T09:30:00+09:00").unwrap());
    for name in ["Encounter", "Observation", "Appointment", "Composition"] {
        assert!(ids(&first, name).is_disjoint(&ids(&next, name)), "{name}");
    }
    assert_eq!(people(&first), people(&next));
    let known: HashSet<String> = clinic
        .resources()
        .filter(|resource| kind(resource) == "Patient")
        .map(|patient| format!("Patient/{}", text(&patient, &["id"])))
        .collect();
    assert!(people(&next).is_subset(&known));
}
