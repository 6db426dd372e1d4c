//! Whether the clinic looks like one.
use crate::{history, kind, text};
use karute_japan::{Date, age, identifier::check_insurer_number, search_key};
use karute_json::Value;
use std::collections::{BTreeMap, HashSet};

fn of_kind<'r>(resources: &'r [Value<'static>], wanted: &str) -> Vec<&'r Value<'static>> {
    resources.iter().filter(|resource| kind(resource) == wanted).collect()
}

#[test]
fn people_are_of_all_ages_with_names_of_their_generation() {
    let all = history();
    let patients = of_kind(all, "Patient");
    assert_eq!(patients.len(), 250);
    let today = Date::constant(2026, 11, 20);
    let mut bands = [0u32; 4];
    let (mut women, mut variants) = (0, 0);
    let mut numbers = HashSet::new();
    for patient in patients {
        let birth: Date = text(patient, &["birthDate"]).parse().unwrap();
        let years = age::years_on(birth, today).unwrap();
        bands[match years {
            0..=14 => 0,
            15..=64 => 1,
            65..=74 => 2,
            _ => 3,
        }] += 1;
        women += u32::from(text(patient, &["gender"]) == "female");
        assert!(numbers.insert(text(patient, &["identifier", "value"])));
        let scripts: Vec<String> =
            patient.get("name").unwrap().items().iter().map(|name| text(name, &["extension", "valueCode"])).collect();
        assert!(scripts.iter().any(|script| script == "SYL"), "{scripts:?}");
        let kana = patient
            .get("name")
            .unwrap()
            .items()
            .iter()
            .find(|name| text(name, &["extension", "valueCode"]) == "SYL")
            .unwrap();
        assert!(text(kana, &["text"]).chars().all(|c| c == ' ' || c == 'ー' || ('ァ'..='ヶ').contains(&c)));
        let family = text(patient, &["name", "family"]);
        variants += u32::from(
            family.contains(['邊', '邉', '髙', '﨑', '齋', '齊', '𠮷', '櫻', '濵', '廣', '國', '眞', '栁', '德']),
        );
        assert!(text(patient, &["telecom", "value"]).starts_with("09"));
        assert!(text(patient, &["telecom", "value"]).contains("-0"), "a number nobody has");
    }
    assert!(bands.iter().all(|band| *band > 15), "{bands:?}");
    assert!((115..175).contains(&women), "{women}");
    assert!((3..25).contains(&variants), "{variants}");
}

#[test]
fn everybody_is_insured_by_an_insurer_with_a_right_number() {
    let all = history();
    let coverages = of_kind(all, "Coverage");
    assert!(coverages.len() >= 250);
    let mut kinds: BTreeMap<String, u32> = BTreeMap::new();
    for coverage in coverages {
        let number = text(coverage, &["payor", "identifier", "value"]);
        assert_eq!(check_insurer_number(&number), Ok(()), "{number}");
        *kinds.entry(text(coverage, &["type", "text"])).or_default() += 1;
    }
    for wanted in ["協会けんぽ", "国民健康保険", "後期高齢者医療", "健康保険組合"] {
        assert!(kinds.get(wanted).is_some_and(|count| *count > 5), "{kinds:?}");
    }
}

#[test]
fn allergies_are_asked_and_some_have_them() {
    let all = history();
    let (mut none, mut some) = (0, 0);
    for allergy in of_kind(all, "AllergyIntolerance") {
        if text(allergy, &["code", "coding", "code"]) == "716186003" { none += 1 } else { some += 1 }
    }
    assert!((155..240).contains(&none), "{none}");
    assert!((8..60).contains(&some), "{some}");
}

#[test]
fn the_clinic_is_closed_on_sundays_and_visits_begin_in_its_hours() {
    for encounter in of_kind(history(), "Encounter") {
        let start = text(encounter, &["period", "start"]);
        let day: Date = start[..10].parse().unwrap();
        assert_ne!(day.weekday(), jiff::civil::Weekday::Sunday, "{start}");
        assert!(("08:45".."18:20").contains(&&start[11..16]), "{start}");
        assert!(start < text(encounter, &["period", "end"]));
        assert!(start.as_str() < "2026-11-20", "history ends yesterday");
    }
}

#[test]
fn some_patients_can_be_taken_for_one_another() {
    let all = history();
    let readings: Vec<String> = of_kind(all, "Patient")
        .iter()
        .flat_map(|patient| patient.get("name").unwrap().items().to_vec())
        .filter(|name| text(name, &["extension", "valueCode"]) == "SYL")
        .map(|name| search_key(&text(&name, &["text"])))
        .collect();
    let different: HashSet<&String> = readings.iter().collect();
    assert!(different.len() < readings.len(), "two people read alike");
}
