//! Whether values, drugs, diagnoses and notes belong together.
use crate::{history, kind, text};
use karute_json::Value;
use std::collections::{BTreeMap, HashMap};

fn number(value: &Value<'_>, path: &[&str]) -> f64 {
    value.at(path).and_then(Value::as_number).map_or(f64::NAN, |number| number.as_str().parse().unwrap())
}

/// Values of one test by patient, oldest first.
fn series(resources: &[Value<'static>], prefix: &str) -> HashMap<String, Vec<(String, f64)>> {
    let mut found: HashMap<String, Vec<(String, f64)>> = HashMap::new();
    for resource in resources.iter().filter(|resource| text(resource, &["code", "coding", "code"]).starts_with(prefix))
    {
        let patient = text(resource, &["subject", "reference"]);
        let value = number(resource, &["valueQuantity", "value"]);
        found.entry(patient).or_default().push((text(resource, &["effectiveDateTime"]), value));
    }
    for values in found.values_mut() {
        values.sort_by(|a, b| a.0.cmp(&b.0));
    }
    found
}

#[test]
fn sugar_follows_treatment_and_wanders_slowly() {
    let all = history();
    let diabetics: Vec<String> = all
        .iter()
        .filter(|resource| text(resource, &["code", "text"]) == "２型糖尿病")
        .map(|resource| text(resource, &["subject", "reference"]))
        .collect();
    assert!(diabetics.len() > 10);
    let sugar = series(all, "3D046");
    assert!(sugar.keys().all(|patient| diabetics.contains(patient)), "HbA1c is measured where there is diabetes");
    let mut steps = Vec::new();
    for values in sugar.values() {
        for pair in values.windows(2) {
            steps.push((pair[1].1 - pair[0].1).abs());
        }
        assert!(values.iter().all(|(_, value)| (4.8..11.0).contains(value)), "{values:?}");
    }
    let mean = steps.iter().sum::<f64>() / steps.len() as f64;
    assert!((0.02..0.4).contains(&mean), "mean step {mean}");
    let last: Vec<f64> = sugar.values().filter_map(|values| values.last()).map(|(_, value)| *value).collect();
    let controlled = last.iter().filter(|value| **value < 7.5).count();
    assert!(controlled * 2 > last.len(), "treatment works for most: {last:?}");
}

#[test]
fn egfr_is_that_of_its_creatinine() {
    let all = history();
    let mut people: HashMap<String, (bool, i32)> = HashMap::new();
    let mut creatinine: HashMap<(String, String), f64> = HashMap::new();
    let mut checked = 0;
    for resource in all {
        if kind(resource) == "Patient" {
            let born: i32 = text(resource, &["birthDate"])[..4].parse().unwrap();
            people
                .insert(format!("Patient/{}", text(resource, &["id"])), (text(resource, &["gender"]) == "male", born));
        }
        let code = text(resource, &["code", "coding", "code"]);
        let key = (text(resource, &["subject", "reference"]), text(resource, &["effectiveDateTime"]));
        if code == "3C015000002327101" {
            creatinine.insert(key, number(resource, &["valueQuantity", "value"]));
        } else if code.starts_with("8A065") {
            let (male, born) = people[&key.0];
            let years: i32 = key.1[..4].parse::<i32>().unwrap() - born;
            let equation = |years: i32| {
                194.0
                    * creatinine[&key].powf(-1.094)
                    * f64::from(years.max(18)).powf(-0.287)
                    * if male { 1.0 } else { 0.739 }
            };
            let found = number(resource, &["valueQuantity", "value"]);
            assert!(
                found <= equation(years - 1) + 0.6 && found >= equation(years) - 0.6,
                "{found} {}",
                equation(years)
            );
            checked += 1;
        }
    }
    assert!(checked > 50);
}

#[test]
fn flags_agree_with_the_reference_range() {
    let mut flags: BTreeMap<String, u32> = BTreeMap::new();
    for resource in history().iter().filter(|resource| text(resource, &["category", "coding", "code"]) == "laboratory")
    {
        let value = number(resource, &["valueQuantity", "value"]);
        let low = number(resource, &["referenceRange", "low", "value"]);
        let high = number(resource, &["referenceRange", "high", "value"]);
        let flag = text(resource, &["interpretation", "coding", "code"]);
        let expected = if value > high {
            "H"
        } else if value < low {
            "L"
        } else {
            "N"
        };
        assert_eq!(flag, expected, "{}", resource.to_json());
        *flags.entry(flag).or_default() += 1;
    }
    assert!(["H", "L", "N"].iter().all(|flag| flags.get(*flag).is_some_and(|count| *count > 20)), "{flags:?}");
}

#[test]
fn every_prescription_belongs_to_a_visit_and_has_a_reason() {
    let all = history();
    let mut diseases: HashMap<String, Vec<String>> = HashMap::new();
    for condition in all.iter().filter(|resource| kind(resource) == "Condition") {
        diseases
            .entry(text(condition, &["subject", "reference"]))
            .or_default()
            .push(text(condition, &["code", "text"]));
    }
    let needs = [
        ("アムロジピン", "高血圧症"),
        ("メトホルミン", "２型糖尿病"),
        ("ロスバスタチン", "脂質異常症"),
        ("レボチロキシン", "甲状腺機能低下症"),
    ];
    let mut seen = 0;
    for request in all.iter().filter(|resource| kind(resource) == "MedicationRequest") {
        assert!(text(request, &["encounter", "reference"]).starts_with("Encounter/"));
        let name = text(request, &["medicationCodeableConcept", "text"]);
        for (drug, disease) in needs {
            if name.contains(drug) {
                let patient = text(request, &["subject", "reference"]);
                assert!(diseases[&patient].iter().any(|have| have == disease), "{name} without {disease}");
                seen += 1;
            }
        }
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn notes_say_what_was_measured() {
    let all = history();
    let mut pressure: HashMap<String, (f64, f64)> = HashMap::new();
    for resource in all.iter().filter(|resource| text(resource, &["code", "coding", "code"]) == "85354-9") {
        let both = (
            number(resource, &["component", "0", "valueQuantity", "value"]),
            number(resource, &["component", "1", "valueQuantity", "value"]),
        );
        assert!(both.0 > both.1, "{both:?}");
        pressure.insert(text(resource, &["encounter", "reference"]), both);
    }
    let mut compared = 0;
    for note in all.iter().filter(|resource| kind(resource) == "Composition") {
        let objective = text(note, &["section", "1", "text", "div"]);
        if objective.contains("血圧") {
            let (systolic, diastolic) = pressure[&text(note, &["encounter", "reference"])];
            assert!(objective.contains(&format!("血圧 {systolic}/{diastolic}")), "{objective}");
            compared += 1;
        }
    }
    assert!(compared > 100, "{compared}");
}

#[test]
fn nobody_is_prescribed_what_they_do_not_bear() {
    let all = history();
    let mut allergies: HashMap<String, Vec<String>> = HashMap::new();
    for allergy in all.iter().filter(|resource| kind(resource) == "AllergyIntolerance") {
        let code = text(allergy, &["code", "coding", "code"]);
        if code.starts_with("GCM") {
            allergies
                .entry(text(allergy, &["patient", "reference"]))
                .or_default()
                .push(text(allergy, &["code", "text"]));
        }
    }
    assert!(!allergies.is_empty());
    for request in all.iter().filter(|resource| kind(resource) == "MedicationRequest") {
        let name = text(request, &["medicationCodeableConcept", "text"]);
        let known = allergies.get(&text(request, &["subject", "reference"]));
        assert!(known.into_iter().flatten().all(|drug| !name.contains(drug.as_str())), "{name}");
    }
}

#[test]
fn treatment_of_a_problem_begins_when_it_is_known() {
    let all = history();
    let mut onset: HashMap<(String, String), String> = HashMap::new();
    for problem in all.iter().filter(|resource| kind(resource) == "Condition") {
        let key = (text(problem, &["subject", "reference"]), text(problem, &["code", "text"]));
        onset.entry(key).or_insert_with(|| text(problem, &["onsetDateTime"]));
    }
    let mut later = 0;
    for request in all.iter().filter(|resource| kind(resource) == "MedicationRequest") {
        if text(request, &["medicationCodeableConcept", "text"]).contains("メトホルミン") {
            let begun = &onset[&(text(request, &["subject", "reference"]), "２型糖尿病".to_owned())];
            assert!(*begun <= text(request, &["authoredOn"]));
            later += 1;
        }
    }
    assert!(later > 50, "{later}");
}
