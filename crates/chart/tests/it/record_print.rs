//! The whole record of a period.
use crate::notes::{Consultation, doctor};
use karute_chart::legal::{Span, legal_record};
use karute_chart::note::{self, Amendment, Section};
use serde_json::json;

#[tokio::test]
async fn the_record_of_a_period_holds_everything_in_it_and_nothing_unconfirmed() {
    let v = Consultation::open().await;
    let (c, subject) = (&v.clinic, json!({"reference": format!("Patient/{}", v.patient)}));
    let encounter = json!({"reference": format!("Encounter/{}", v.visit)});
    for resource in [
        json!({"resourceType": "Coverage", "status": "active", "beneficiary": subject, "type": {"text": "国民健康保険"},
            "subscriberId": "12・345", "payor": [{"identifier": {"value": "138057"}, "display": "みどり市"}],
            "period": {"start": "2020-04-01"}}),
        json!({"resourceType": "Condition", "subject": subject, "code": {"text": "2型糖尿病"}, "onsetDateTime": "2012-04-09",
            "category": [{"text": "主病名"}]}),
        json!({"resourceType": "Condition", "subject": subject, "code": {"text": "急性胃腸炎"}, "onsetDateTime": "2026-06-01",
            "abatementDateTime": "2026-06-10", "clinicalStatus": {"coding": [{"code": "resolved"}]}}),
        json!({"resourceType": "MedicationRequest", "status": "active", "intent": "order", "subject": subject, "encounter": encounter,
            "authoredOn": "2026-11-20", "medicationCodeableConcept": {"text": "メトホルミン塩酸塩錠500mg:MT"}}),
        json!({"resourceType": "MedicationRequest", "status": "cancelled", "intent": "order", "subject": subject, "encounter": encounter,
            "authoredOn": "2026-11-20", "medicationCodeableConcept": {"text": "取り消した薬"}}),
        json!({"resourceType": "Observation", "status": "final", "subject": subject, "effectiveDateTime": "2026-11-13",
            "category": [{"coding": [{"code": "laboratory"}]}], "code": {"text": "HbA1c"}, "valueQuantity": {"value": 7.4, "unit": "%"}}),
    ] {
        c.put(resource).await;
    }
    v.write(&doctor(), Section::Subjective, "", "右膝痛").await;
    let drafts = legal_record(&c.access, &v.patient, Span::default(), false).await.unwrap();
    assert!(drafts.sheets.iter().all(|s| s.note.is_none()), "a draft is no record");
    v.write(&doctor(), Section::Vitals, "", "138/82 72").await;
    v.finish(&doctor()).await;
    let amendment =
        Amendment {
            seen: 1, sections: vec![(Section::Subjective, "左膝痛".to_owned())], reason: "左右".to_owned()
        };
    note::amend(&c.access, v.place(), &amendment, &doctor(), true, c.now()).await.unwrap();

    let record = legal_record(&c.access, &v.patient, Span::default(), false).await.unwrap();
    assert_eq!(record.cover.payers[0].number.as_deref(), Some("138057"));
    let names: Vec<_> = record.cover.diseases.iter().map(|d| (d.name.as_str(), d.outcome)).collect();
    assert_eq!(names, [("2型糖尿病", None), ("急性胃腸炎", Some("治ゆ"))]);
    let sheet = &record.sheets[0];
    assert_eq!(sheet.note.as_ref().unwrap().section("S"), Some("左膝痛"));
    assert!(sheet.versions.is_empty());
    let acts: Vec<_> = sheet.acts.iter().map(|a| a.line.as_str()).collect();
    assert_eq!(acts, ["メトホルミン塩酸塩錠500mg:MT"]);
    assert!(sheet.measured.iter().any(|m| m.contains("収縮期血圧 138mmHg")), "{:?}", sheet.measured);
    assert_eq!(record.labs.len(), 1);

    let all = legal_record(&c.access, &v.patient, Span::default(), true).await.unwrap();
    assert_eq!(all.sheets[0].versions.len(), 2);
    let day = |text: &str| Some(text.parse().unwrap());
    let before = Span { from: day("2026-01-01"), to: day("2026-11-19") };
    let earlier = legal_record(&c.access, &v.patient, before, false).await.unwrap();
    assert!(earlier.sheets.is_empty() && earlier.labs.len() == 1);
    assert!(c.audit().await.iter().any(|e| e.contains("\"print\"") && e.contains("診療録の印刷")));
}
