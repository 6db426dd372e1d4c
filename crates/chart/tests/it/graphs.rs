//! Results over time, targets, the doctor's own strip.
use crate::clinic::{Clinic, KAZUO};
use karute_chart::ChartError;
use karute_chart::author::{Author, Standing};
use karute_chart::graph::{self, Ask, Set, Sheet, Span};
use karute_chart::summary::{Depth, summary};
use karute_fhir::Id;
use karute_ledger::Action;
use serde_json::json;

fn doctor() -> Author {
    Author { person: Id::new("dr-1").unwrap(), name: "森 さやか".to_owned(), standing: Standing::Own }
}

async fn lab(clinic: &Clinic, patient: &Id, (code, name): (&str, &str), date: &str, value: &str, from: Option<&str>) {
    let category = json!([{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}]);
    let mut body = json!({"resourceType": "Observation", "status": "final", "category": category,
        "subject": {"reference": format!("Patient/{patient}")}, "effectiveDateTime": format!("{date}T09:00:00+09:00"),
        "code": {"coding": [{"system": "http://medis.or.jp/CodeSystem/master-JLAC10-17digits", "code": code}], "text": name}});
    match value.parse::<f64>() {
        Ok(number) => body["valueQuantity"] = json!({"value": number, "unit": "%"}),
        Err(_) => body["valueString"] = json!(value),
    }
    if let Some(from) = from {
        body["performer"] = json!([{"display": from}]);
    }
    clinic.put(body).await;
}

async fn sheet(clinic: &Clinic, patient: &Id, ask: Ask) -> Sheet {
    let reader = clinic.access.reader(Action::View);
    let found = graph::sheet(&reader, patient, ask, clinic.today()).await.unwrap();
    reader.release(found).await.unwrap()
}

const HBA1C: (&str, &str) = ("3D046000001927101", "HbA1c");

#[tokio::test]
async fn the_sheet_holds_the_span_newest_first_and_outside_values_only_when_asked_for() {
    let clinic = Clinic::open().await;
    let patient = clinic.patient(&KAZUO, "1958-03-14", "").await;
    for (date, value, from) in [
        ("2023-01-10", "6.8", None),
        ("2025-06-01", "7.0", None),
        ("2026-08-21", "7.9", Some("みどり市健診センター")),
        ("2026-11-13", "7.4", None),
    ] {
        lab(&clinic, &patient, HBA1C, date, value, from).await;
    }
    lab(&clinic, &patient, ("1A010000000190111", "尿蛋白"), "2026-11-13", "1+", None).await;
    let two_years = Ask { set: Set::All, span: Span::TwoYears, outside: true, drugs: true };
    let found = sheet(&clinic, &patient, two_years).await;
    assert_eq!((found.dates.len(), found.outside, found.rows.len()), (3, 1, 2));
    let hba1c = found.rows.iter().find(|row| row.name == "HbA1c").unwrap();
    let values: Vec<&str> = hba1c.cells.iter().map(|c| c.measured.value.as_str()).collect();
    assert_eq!(values, ["7.4", "7.9", "7.0"]);
    assert!(hba1c.cells[1].is_outside());
    assert!(found.rows.iter().find(|row| row.name == "尿蛋白").unwrap().is_graded());
    let own = sheet(&clinic, &patient, Ask { outside: false, span: Span::TenYears, ..two_years }).await;
    assert_eq!(own.rows.iter().find(|row| row.name == "HbA1c").unwrap().cells.len(), 3);
    let of_set = sheet(&clinic, &patient, Ask { set: Set::Diabetes, ..two_years }).await;
    assert_eq!(of_set.rows.len(), 1);
}

#[tokio::test]
async fn a_target_is_set_changed_and_taken_away_and_stands_in_the_strip() {
    let clinic = Clinic::open().await;
    let patient = clinic.patient(&KAZUO, "1958-03-14", "").await;
    lab(&clinic, &patient, HBA1C, "2026-11-13", "7.4", None).await;
    clinic.put(json!({"resourceType": "Condition", "code": {"text": "２型糖尿病"}, "subject": {"reference": format!("Patient/{patient}")},
        "clinicalStatus": {"coding": [{"code": "active"}]}})).await;
    let set = |low: &'static str, high: &'static str| {
        let (access, patient, id, now) = (clinic.access.clone(), patient.clone(), clinic.id(), clinic.now());
        async move {
            let measure = (HBA1C.0, "HbA1c", Some("%"));
            graph::set_target(&access, &doctor(), &patient, &id, measure, (Some(low), Some(high)), now).await
        }
    };
    for (low, high, expected) in [("", "７．０", Some("7.0 以下")), ("6.5", "7.5", Some("6.5〜7.5")), ("", "", None)]
    {
        set(low, high).await.unwrap();
        let found = summary(&clinic.access, &patient, clinic.today(), Depth::Notes).await.unwrap();
        assert_eq!(found.trends[0].target.as_ref().map(graph::Target::words).as_deref(), expected, "{low} {high}");
    }
    for (low, high) in [("x", ""), ("8", "7"), ("1e5", ""), ("-1", "")] {
        assert!(matches!(set(low, high).await, Err(ChartError::Invalid)), "{low} {high}");
    }
}

#[tokio::test]
async fn a_doctors_own_strip_comes_first() {
    let clinic = Clinic::open().await;
    let patient = clinic.patient(&KAZUO, "1958-03-14", "").await;
    lab(&clinic, &patient, HBA1C, "2026-11-13", "7.4", None).await;
    lab(&clinic, &patient, ("5C070000002306201", "CRP"), "2026-11-13", "0.1", None).await;
    let names = || async {
        let found = summary(&clinic.access, &patient, clinic.today(), Depth::Notes).await.unwrap();
        found.trends.iter().map(|series| series.name.clone()).collect::<Vec<_>>()
    };
    assert!(names().await.is_empty(), "no disease name calls for a test");
    let codes = ["5C070".to_owned(), "3D046".to_owned()];
    graph::keep_choice(&clinic.access, "person-1", &codes).await.unwrap();
    assert_eq!(names().await, ["CRP", "HbA1c"]);
    graph::keep_choice(&clinic.access, "person-1", &[]).await.unwrap();
    assert!(names().await.is_empty());
    let unknown = graph::keep_choice(&clinic.access, "person-1", &["99999".to_owned()]).await;
    assert!(matches!(unknown, Err(ChartError::Invalid)));
}
