use crate::clinic::{Clinic, KAZUO};
use karute_chart::ChartError;
use karute_chart::summary::{Depth, EntryKind, summary};
use karute_chart::view::{Allergy, Flag, VisitState};
use karute_fhir::Id;
use serde_json::{Value, json};

async fn recorded(clinic: &Clinic) -> Id {
    let id = clinic.patient(&KAZUO, "1958-03-14", "03-1111-3333").await;
    let visit = clinic.visit(&id, VisitState::Finished, "2026-10-23T09:30:00+09:00", 3).await;
    clinic.visit(&id, VisitState::InConsultation, "2026-11-20T09:58:00+09:00", 14).await;
    let subject = json!({"reference": format!("Patient/{id}")});
    let encounter = json!({"reference": format!("Encounter/{visit}")});
    let lab = |code: &str, name: &str, date: &str, value: &str, flag: &str| -> Value {
        let number: Value = serde_json::from_str(value).unwrap();
        json!({"resourceType": "Observation", "status": "final", "subject": subject,
               "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}],
               "code": {"coding": [{"system": "urn:jlac", "code": code}], "text": name}, "effectiveDateTime": date,
               "valueQuantity": {"value": number, "unit": "%"},
               "interpretation": [{"coding": [{"code": flag}]}],
               "referenceRange": [{"low": {"value": 4.9}, "high": {"value": 6.0}}]})
    };
    for (date, value) in [("2026-08-21", "7.9"), ("2026-10-23", "7.6"), ("2026-11-13", "7.4")] {
        clinic.put(lab("3D046000001927101", "HbA1c", date, value, "H")).await;
    }
    let component = |code: &str, value: i64| json!({"code": {"coding": [{"system": "http://loinc.org", "code": code}], "text": code}, "valueQuantity": {"value": value, "unit": "mmHg"}});
    clinic
        .put(json!({"resourceType": "Observation", "status": "final", "subject": subject, "effectiveDateTime": "2026-10-23T09:40:00+09:00",
               "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}]}],
               "code": {"text": "血圧"}, "component": [component("8480-6", 142), component("8462-4", 84)]}))
        .await;
    clinic
        .put(json!({"resourceType": "Condition", "subject": subject, "code": {"text": "２型糖尿病"}, "onsetDateTime": "2012-04-09",
               "clinicalStatus": {"coding": [{"code": "active"}]}}))
        .await;
    clinic
        .put(json!({"resourceType": "MedicationRequest", "status": "active", "intent": "order", "subject": subject, "encounter": encounter,
               "authoredOn": "2026-10-23T09:50:00+09:00", "medicationCodeableConcept": {"text": "【般】アムロジピンOD錠5mg"},
               "dosageInstruction": [{"text": "1日1回 朝食後", "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "錠"}}]}],
               "dispenseRequest": {"expectedSupplyDuration": {"value": 28, "unit": "日"}}}))
        .await;
    let section = |title: &str, text: &str| json!({"title": title, "text": {"status": "generated", "div": format!("<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>{text}</p></div>")}});
    clinic
        .put(json!({"resourceType": "Composition", "status": "final", "type": {"text": "診療録"}, "subject": subject, "encounter": encounter,
               "date": "2026-10-23T09:50:00+09:00", "author": [{"display": "森 さやか"}], "title": "診療録",
               "section": [section("S", "食事は気をつけている。BP &lt; 150"), section("P", "運動を再開<br/>4週後に採血")]}))
        .await;
    id
}

#[tokio::test]
async fn the_summary_of_a_patient_is_whole() {
    let clinic = Clinic::open().await;
    let id = recorded(&clinic).await;
    let found = summary(&clinic.access, &id, clinic.today(), Depth::Notes).await.unwrap();
    assert_eq!((found.person.name.as_str(), found.person.kana.as_deref()), ("高橋 和夫", Some("タカハシ カズオ")));
    assert_eq!(found.allergy, Allergy::Unconfirmed);
    assert_eq!(found.problems[0].name, "２型糖尿病");
    assert_eq!(found.drugs[0].drugs[0].dose.as_deref(), Some("1錠"));
    assert_eq!(found.drugs[0].supply.as_deref(), Some("28日分"));
    let hba1c = &found.trends[0];
    assert_eq!(hba1c.name, "HbA1c");
    assert_eq!(hba1c.points.iter().map(|p| p.value.as_str()).collect::<Vec<_>>(), ["7.9", "7.6", "7.4"]);
    assert_eq!(hba1c.flag(), Flag::High);
    let pressure = &found.trends[1];
    assert_eq!(pressure.shown(pressure.last().unwrap()), "142/84");
    assert_eq!(found.results.rows[0].cells[0].as_ref().unwrap().value, "7.4");
    assert_eq!(found.today.as_ref().map(|t| (t.1, t.2)), Some((VisitState::InConsultation, Some(14))));
    let october =
        found.course.iter().find(|e| e.date.month() == 10 && matches!(e.kind, EntryKind::Visit { .. })).unwrap();
    let EntryKind::Visit { note, drugs, author, .. } = &october.kind else { panic!() };
    assert_eq!(note[0], ("S".to_owned(), "食事は気をつけている。BP < 150".to_owned()));
    assert_eq!(note[1], ("P".to_owned(), "運動を再開\n4週後に採血".to_owned()));
    assert_eq!((drugs.len(), author.as_deref()), (1, Some("森 さやか")));
    assert!(found.course.windows(2).all(|w| w[0].date >= w[1].date));
}

#[tokio::test]
async fn the_outline_holds_no_note() {
    let clinic = Clinic::open().await;
    let id = recorded(&clinic).await;
    let found = summary(&clinic.access, &id, clinic.today(), Depth::Outline).await.unwrap();
    for entry in &found.course {
        if let EntryKind::Visit { note, .. } = &entry.kind {
            assert!(note.is_empty());
        }
    }
    let event = clinic.audit().await.into_iter().find(|e| e.contains("患者の要約")).unwrap();
    assert!(!event.contains("Composition/"), "what is not shown is not read: {event}");
}

#[tokio::test]
async fn a_summary_is_one_audit_event_about_the_patient() {
    let clinic = Clinic::open().await;
    let id = recorded(&clinic).await;
    summary(&clinic.access, &id, clinic.today(), Depth::Notes).await.unwrap();
    let events = clinic.audit().await;
    let views: Vec<_> = events.iter().filter(|e| e.contains("患者の要約")).collect();
    assert_eq!(views.len(), 1);
    assert!(views[0].contains(&format!("Patient/{id}")) && views[0].contains("\"action\":\"view\""));
}

#[tokio::test]
async fn a_patient_of_another_institution_does_not_exist() {
    let clinic = Clinic::open().await;
    let id = recorded(&clinic).await;
    let foreign = summary(&clinic.other, &id, clinic.today(), Depth::Notes).await;
    assert!(matches!(foreign, Err(ChartError::NotFound)));
}

#[tokio::test]
async fn oddly_shaped_records_are_shown_as_far_as_they_can_be_read() {
    let clinic = Clinic::open().await;
    let id = clinic.put(json!({"resourceType": "Patient", "name": [{"text": "山田"}], "birthDate": "1950"})).await;
    let subject = json!({"reference": format!("Patient/{id}")});
    clinic.put(json!({"resourceType": "Observation", "status": "final", "subject": subject, "code": {"text": "x"},
        "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}]})).await;
    clinic.put(json!({"resourceType": "Condition", "subject": subject})).await;
    clinic
        .put(json!({"resourceType": "Encounter", "status": "planned", "class": {"code": "AMB"}, "subject": subject}))
        .await;
    clinic.put(json!({"resourceType": "MedicationRequest", "status": "active", "intent": "order", "subject": subject, "medicationReference": {"reference": "Medication/1"}})).await;
    let found = summary(&clinic.access, &id, clinic.today(), Depth::Notes).await.unwrap();
    assert_eq!((found.person.name.as_str(), found.person.birth), ("山田", None));
    assert!(found.problems.is_empty() && found.drugs.is_empty() && found.trends.is_empty());
}
