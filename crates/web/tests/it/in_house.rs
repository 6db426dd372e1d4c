//! 院内処方: the service is told when a visit is confirmed, and follows the chart.
use crate::clinic::{Browser, Clinic};
use crate::eprescription::{clinic, kept, work};
use karute_eprescription::flow::{State, Why};
use karute_eprescription::jobs::record::Kept;
use karute_eprescription::jobs::{in_house_job, record};
use karute_eprescription::office::set_in_house;
use karute_fhir::Id;
use karute_japan::Clock as _;
use karute_ledger::{Action, Commit};
use karute_sandbox::eprescription::EpsFaults;
use serde_json::json;

/// The clinic's drug is given in house.
async fn handing_out() -> (Clinic, Browser) {
    let (clinic, doctor) = clinic().await;
    set_in_house(&clinic.system(&clinic.tenant), true).await.unwrap();
    clinic.alter("MedicationRequest", "rx-a", in_house).await;
    (clinic, doctor)
}

fn in_house(body: &mut serde_json::Value) {
    body["category"] = json!([{"coding": [{"system": "http://jpfhir.jp/fhir/core/CodeSystem/JP_MedicationCategoryMERIT9_CS", "code": "OHI"}], "text": "院内"}]);
}

async fn finish(doctor: &Browser) {
    let form = [("S", "変わりない"), ("S_base", ""), ("seen", "")];
    doctor.post("/p/pt-6/v/v-8/finish", &form).await.expect(303);
}

/// The look that the rounds begin.
async fn look(clinic: &Clinic) {
    let mut commit = Commit::new(Action::Update);
    let id = |text: &str| Id::new(text).unwrap();
    clinic.clock.advance_ms(1_000);
    commit.jobs.push(in_house_job(&id("pt-6"), &id("v-8"), clinic.clock.now()));
    clinic.system(&clinic.tenant).commit(commit).await.unwrap();
    work(clinic).await;
}

async fn one(clinic: &Clinic) -> Kept {
    let all = kept(clinic).await;
    assert_eq!(all.len(), 1);
    all.into_iter().next().unwrap()
}

#[tokio::test]
async fn what_is_handed_out_is_registered_changed_and_cancelled_as_the_chart_has_it() {
    let (clinic, doctor) = handing_out().await;
    finish(&doctor).await;
    work(&clinic).await;
    let first = one(&clinic).await;
    assert_eq!((first.stored.life.state, clinic.sandbox.eprescription().standing_in_house()), (State::Registered, 1));
    assert_eq!(clinic.sandbox.eprescription().standing(), 0, "it is no prescription that a pharmacy could have");
    // Seen in the chart and on its page; there is nothing to print, cancel or give out.
    doctor.part_of("/p/pt-6/prescriptions").await.expect(200).holds(&["登録済", "院内"]).lacks(&["引換番号"]);
    let page = format!("/p/pt-6/rx/{}", first.id);
    doctor.part_of(&page).await.expect(200).holds(&["院内処方の登録", "登録済"]).lacks(&[
        "取り消す",
        "控え",
        "紙で出す",
    ]);
    doctor.get("/prescriptions").await.expect(200).holds(&["院内"]);
    for act in ["cancel", "paper", "undo"] {
        let form = [("act", act), ("seen", &first.version.to_string())];
        doctor.part(&format!("{page}/act"), &form).await.expect(400);
    }
    // Looked at again with nothing new, nothing is sent.
    let asked = clinic.sandbox.journal().len();
    look(&clinic).await;
    assert_eq!((clinic.sandbox.journal().len(), one(&clinic).await.version), (asked, first.version));
    // Another number of days: the registration is changed. Taken out: it is cancelled.
    clinic
        .alter("MedicationRequest", "rx-a", |body| {
            body["dispenseRequest"]["expectedSupplyDuration"]["value"] = json!(7);
        })
        .await;
    look(&clinic).await;
    let changed = one(&clinic).await;
    assert_eq!((changed.stored.life.state, clinic.sandbox.eprescription().standing_in_house()), (State::Registered, 1));
    assert_ne!(changed.stored.life.id, first.stored.life.id);
    clinic.alter("MedicationRequest", "rx-a", |body| body["status"] = json!("cancelled")).await;
    look(&clinic).await;
    assert_eq!(
        (one(&clinic).await.stored.life.state, clinic.sandbox.eprescription().standing_in_house()),
        (State::Cancelled, 0)
    );
    // Given again, it is a registration of its own.
    clinic.alter("MedicationRequest", "rx-a", |body| body["status"] = json!("active")).await;
    look(&clinic).await;
    assert_eq!((kept(&clinic).await.len(), clinic.sandbox.eprescription().standing_in_house()), (2, 1));
}

#[tokio::test]
async fn a_lost_answer_registers_once_and_what_cannot_be_registered_is_seen() {
    let (clinic, doctor) = handing_out().await;
    finish(&doctor).await;
    let faults = EpsFaults { lose_answer_next: 1, ..EpsFaults::default() };
    clinic.sandbox.eprescription().set_faults(faults);
    work(&clinic).await;
    assert_eq!(
        (one(&clinic).await.stored.life.state, clinic.sandbox.eprescription().standing_in_house()),
        (State::Registered, 1)
    );

    // A drug without a code: nothing is sent, and the list says why.
    let (clinic, doctor) = handing_out().await;
    clinic.alter("MedicationRequest", "rx-a", |body| body["medicationCodeableConcept"]["coding"] = json!([])).await;
    finish(&doctor).await;
    work(&clinic).await;
    let lacking = one(&clinic).await;
    assert_eq!(lacking.stored.life.state, State::Unregistered { why: Why::Declined });
    let list = doctor.get("/unregistered").await.expect(200);
    list.holds(&["院内", "登録に必要な項目がカルテにありません", "薬品コードがありません"]);
    assert_eq!(record::count_unregistered(&clinic.system(&clinic.tenant)).await.unwrap(), 1);
    let page = format!("/p/pt-6/rx/{}", lacking.id);
    doctor.part_of(&page).await.expect(200).holds(&["登録し直す", "登録をやめる", "登録に必要な項目がありません"]);
    // Mended in the chart, one press registers it.
    let coding = json!([{"system": karute_terminology::CodeSystem::GenericName.url(), "code": "2171022F2ZZZ"}]);
    clinic.alter("MedicationRequest", "rx-a", |body| body["medicationCodeableConcept"]["coding"] = coding).await;
    let form = [("act", "retry"), ("seen", &lacking.version.to_string())];
    doctor.part(&format!("{page}/act"), &form).await.expect(200);
    work(&clinic).await;
    assert_eq!(
        (one(&clinic).await.stored.life.state, clinic.sandbox.eprescription().standing_in_house()),
        (State::Registered, 1)
    );
}

#[tokio::test]
async fn a_clinic_that_does_not_register_in_house_sends_nothing() {
    let (clinic, doctor) = handing_out().await;
    set_in_house(&clinic.system(&clinic.tenant), false).await.unwrap();
    finish(&doctor).await;
    work(&clinic).await;
    assert!(kept(&clinic).await.is_empty() && clinic.sandbox.journal().is_empty());
}
