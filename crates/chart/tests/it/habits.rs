use crate::clinic::{Clinic, KAZUO, MAYUMI};
use karute_chart::habits::{of_doctor, of_patient};
use karute_fhir::Id;
use serde_json::json;

#[tokio::test]
async fn what_was_used_before_is_counted_for_its_patient_and_its_doctor() {
    let clinic = Clinic::open().await;
    let kazuo = clinic.patient(&KAZUO, "1958-03-14", "03-1111-3333").await;
    let mayumi = clinic.patient(&MAYUMI, "1981-05-02", "090-1111-2222").await;
    let order = |patient: &Id, doctor: &str, code: &str, status: &str| {
        json!({"resourceType": "MedicationRequest", "status": status, "intent": "order", "authoredOn": "2026-11-01",
               "subject": {"reference": format!("Patient/{patient}")},
               "requester": {"reference": format!("Practitioner/{doctor}")},
               "medicationCodeableConcept": {"coding": [{"system": "a", "code": code}, {"system": "b", "code": code}]}})
    };
    for (patient, doctor, code, status) in [
        (&kazuo, "mori", "A", "active"),
        (&kazuo, "mori", "A", "completed"),
        (&kazuo, "sato", "B", "active"),
        (&kazuo, "mori", "B", "entered-in-error"),
        (&mayumi, "mori", "A", "active"),
    ] {
        clinic.put(order(patient, doctor, code, status)).await;
    }
    clinic
        .put(json!({"resourceType": "Condition", "subject": {"reference": format!("Patient/{kazuo}")},
            "asserter": {"reference": "Practitioner/mori"}, "code": {"coding": [{"code": "D"}]}}))
        .await;
    let counts = |pairs: &[(&str, u32)]| pairs.iter().map(|(code, n)| ((*code).to_owned(), *n)).collect();
    assert_eq!(of_patient(&clinic.access, &kazuo).await.unwrap(), counts(&[("A", 2), ("B", 1), ("D", 1)]));
    let mori = Id::new("mori").unwrap();
    assert_eq!(of_doctor(&clinic.access, &mori).await.unwrap(), counts(&[("A", 3), ("D", 1)]));
    assert!(of_patient(&clinic.other, &kazuo).await.unwrap().is_empty());
    assert!(clinic.audit().await.iter().any(|e| e.contains("この患者に使った薬と病名")));
}
