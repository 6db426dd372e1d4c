//! 処方箋 on paper, from the desk's and the doctor's screens.
use crate::clinic::{Browser, Clinic};
use karute_identity::Profession;
use serde_json::json;

const PDF: &str = "/p/pt-6/v/v-8/prescription.pdf";

/// A visit with a confirmed prescription, of a clinic that said where it is.
async fn confirmed() -> (Clinic, Browser) {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    prescribe(&clinic, "active").await;
    let admin = clinic.signed_in(Profession::Admin).await;
    let contact = [("postal", "1000000"), ("address", "東京都千代田区架空町１－２－３"), ("phone", "0300000001")];
    admin.post("/settings/clinic/contact", &contact).await.expect(200).holds(&["登録しました", "03-0000-0001"]);
    let doctor = clinic.signed_in(Profession::Doctor).await;
    (clinic, doctor)
}

async fn prescribe(clinic: &Clinic, status: &str) {
    let tablet = json!({"value": 1, "unit": "錠"});
    clinic
        .put(json!({"resourceType": "MedicationRequest", "id": "rx-paper", "status": status, "intent": "order",
            "identifier": [{"system": "urn:oid:1.2.392.100495.20.3.81", "value": "1"},
                           {"system": "urn:oid:1.2.392.100495.20.3.82", "value": "1"}],
            "subject": {"reference": "Patient/pt-6"}, "encounter": {"reference": "Encounter/v-8"},
            "requester": {"reference": "Practitioner/p-1", "display": "森 さやか"},
            "authoredOn": "2026-11-20T10:30:00+09:00",
            "medicationCodeableConcept": {"text": "【般】アムロジピン錠5mg"},
            "dosageInstruction": [{"text": "1日1回 朝食後", "doseAndRate": [{"doseQuantity": tablet}]}],
            "dispenseRequest": {"expectedSupplyDuration": {"value": 28, "unit": "日"}}}))
        .await;
}

#[tokio::test]
async fn a_confirmed_prescription_is_printed_and_the_reading_is_audited() {
    let (clinic, doctor) = confirmed().await;
    let orders = doctor.get("/p/pt-6/v/v-8/orders").await.expect(200);
    orders.holds(&["処方箋を印刷", PDF]);
    for path in [PDF.to_owned(), format!("{PDF}?paper=a4")] {
        let before = clinic.audit().await[0].0;
        let made = doctor.get(&path).await.expect(200);
        assert_eq!(made.header("content-type"), "application/pdf");
        assert_eq!(made.header("cache-control"), "no-store");
        assert!(made.header("content-disposition").starts_with("inline"));
        assert!(made.text.starts_with("%PDF-1.7") && made.text.contains("<pdfaid:part>2</pdfaid:part>"));
        let events = clinic.audit().await;
        let printed = |(seq, event): &&(u64, String)| *seq > before && event.contains("処方箋の印刷");
        assert_eq!(events.iter().filter(printed).count(), 1);
    }
    doctor.get(&format!("{PDF}?paper=b5")).await.expect(400);
    clinic.signed_in(Profession::Clerk).await.get(PDF).await.expect(200);
    clinic.signed_in(Profession::Technician).await.get(PDF).await.expect(403);
    doctor.get("/p/pt-7/v/v-8/prescription.pdf").await.expect(404);
}

#[tokio::test]
async fn what_is_still_being_written_offers_no_print() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    prescribe(&clinic, "draft").await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    doctor.get("/p/pt-6/v/v-8/orders").await.expect(200).lacks(&["処方箋を印刷"]);
}

#[tokio::test]
async fn what_is_missing_is_told_with_the_way_to_mend_it() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    prescribe(&clinic, "active").await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let told = doctor.get(PDF).await.expect(200);
    assert!(told.header("content-type").starts_with("text/html"));
    told.holds(&["処方箋を印刷できません", "医療機関の所在地がありません", "カルテへ戻る"])
        .lacks(&["所在地を登録する"]);
}

#[tokio::test]
async fn a_contact_that_cannot_be_kept_is_told_at_its_field() {
    let clinic = Clinic::open().await;
    let admin = clinic.signed_in(Profession::Admin).await;
    let wrong = [("postal", "1"), ("address", ""), ("phone", "12")];
    admin.post("/settings/clinic/contact", &wrong).await.expect(422).holds(&[
        "登録していません",
        "所在地を入力してください",
        "郵便番号は7桁",
        "電話番号は0から",
    ]);
    admin.get("/settings/clinic").await.expect(200).holds(&["所在地と連絡先"]).lacks(&["架空町"]);
}
