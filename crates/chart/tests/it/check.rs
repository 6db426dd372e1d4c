use crate::clinic::{Clinic, KAZUO, MAYUMI};
use karute_chart::check::{self, Line, Pregnancy, RuleId};
use karute_chart::view::VisitState;
use karute_ledger::Action;
use serde_json::json;

#[tokio::test]
async fn the_facts_of_a_patient_come_from_the_record_and_meet_the_lines() {
    let clinic = Clinic::open().await;
    let pt = clinic.patient(&MAYUMI, "1981-05-02", "03-1234-5678").await;
    let other = clinic.patient(&KAZUO, "1958-03-14", "03-0000-0000").await;
    let visit = clinic.visit(&pt, VisitState::InConsultation, "2026-11-20T10:00:00+09:00", 14).await;
    let of = |p: &karute_fhir::Id| json!({"reference": format!("Patient/{p}")});
    let observation = |code: &str, value: f64, day: &str| {
        let category = if code == "29463-7" { "vital-signs" } else { "laboratory" };
        json!({"resourceType": "Observation", "status": "final", "subject": of(&pt), "effectiveDateTime": day,
            "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": category}]}],
            "code": {"coding": [{"code": code}]}, "valueQuantity": {"value": value}})
    };
    clinic.put(observation("29463-7", 52.5, "2026-11-01")).await;
    clinic.put(observation("8A065000002391901", 61.0, "2026-05-01")).await;
    clinic.put(observation("8A065000002391901", 44.0, "2026-11-13")).await;
    clinic.put(observation("3C015000002327101", 1.1, "2026-11-13")).await;
    for (patient, name, icd10) in [(&pt, "妊娠12週", "Z34.9"), (&other, "胃潰瘍", "K25.9")] {
        clinic
            .put(json!({"resourceType": "Condition", "subject": of(patient),
                "clinicalStatus": {"coding": [{"code": "active"}]},
                "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": icd10}], "text": name}}))
            .await;
    }
    clinic
        .put(json!({"resourceType": "AllergyIntolerance", "patient": of(&pt), "category": ["medication"],
            "code": {"coding": [{"system": "http://jpfhir.jp/fhir/core/CodeSystem/GCM/JP_JfagyMedicationAllergen_CS",
                "code": "GCM6131001F2ZZZ"}], "text": "アモキシシリン"}}))
        .await;
    let request = |status: &str, code: &str, name: &str, encounter: &str, written: &str| {
        json!({"resourceType": "MedicationRequest", "status": status, "intent": "order", "subject": of(&pt),
            "authoredOn": written, "encounter": {"reference": format!("Encounter/{encounter}")},
            "medicationCodeableConcept": {"coding": [{"code": code}], "text": name},
            "dosageInstruction": [{"doseAndRate": [{"doseQuantity": {"value": 1, "unit": "錠"}}]}],
            "dispenseRequest": {"expectedSupplyDuration": {"value": 28}}})
    };
    let (before, now) = ("2026-11-10T10:00:00+09:00", "2026-11-20T10:30:00+09:00");
    clinic.put(request("active", "2171022F2ZZZ", "アムロジピン錠5mg", "e-1", before)).await;
    clinic.put(request("cancelled", "2149044F6ZZZ", "オルメサルタン錠20mg", "e-1", before)).await;
    clinic.put(request("active", "2329030F1ZZZ", "ボノプラザン錠10mg", visit.as_str(), now)).await;
    clinic.put(request("draft", "2149041F2ZZZ", "バルサルタン錠40mg", "e-2", now)).await;
    clinic
        .put(json!({"resourceType": "DetectedIssue", "status": "final", "patient": of(&pt),
            "identifier": [{"system": "urn:karute:finding", "value": "allergy-class:6132016:アモキシシリン"}],
            "mitigation": [{"action": {"text": "治療上の必要がある"}, "date": now, "author": {"display": "森 さやか"}}]}))
        .await;

    let reader = clinic.access.reader(Action::View);
    let facts = check::facts(&reader, &pt, Some(&visit), clinic.today()).await.unwrap();
    let facts = reader.release(facts).await.unwrap();
    assert_eq!(facts.running.iter().map(|l| l.name.as_str()).collect::<Vec<_>>(), ["アムロジピン錠5mg"]);
    assert_eq!(facts.egfr.as_ref().unwrap().value.to_string(), "44.0", "the newest");
    assert!(facts.weight.is_some() && facts.creatinine.is_some());
    assert_eq!(facts.pregnancy, Pregnancy::Pregnant);
    assert_eq!((facts.allergies.len(), facts.problems.len(), facts.answers.len()), (1, 1, 1));

    let line = |name: &str, code: &str| Line::new(name, name, Some(code));
    let lines = [
        line("ニフェジピンCR錠20mg", "2171014G4029"),
        line("フロモックス錠100mg", "6132016F2020"),
        line("サワシリン錠250", "6131001F2026"),
        line("ロキソニン錠60mg", "1149019F1560"),
        line("クレストール錠2.5mg", "2189017F1022"),
    ];
    let found = check::findings(&facts, &lines);
    let told = |rule: RuleId, line: &str| found.iter().find(|f| f.rule == rule && f.line == line);
    assert!(told(RuleId::DuplicateClass, "ニフェジピンCR錠20mg").is_some());
    assert!(told(RuleId::AllergyIngredient, "サワシリン錠250").unwrap().is_open());
    assert!(told(RuleId::KidneyReduce, "ロキソニン錠60mg").is_some());
    assert!(told(RuleId::PregnancyForbidden, "クレストール錠2.5mg").unwrap().is_open());
    let answered = told(RuleId::AllergyClass, "フロモックス錠100mg").unwrap();
    assert_eq!(answered.answered.as_ref().unwrap().by.as_deref(), Some("森 さやか"));
    assert!(!answered.is_open(), "answered today: not asked again");
    assert!(found.is_sorted_by_key(|f| f.level), "gravest first");
    assert!(clinic.audit().await.iter().any(|event| event.contains(pt.as_str())));
}
