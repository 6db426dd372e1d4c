//! 分割指示: one press makes every part, each with its own number; they are cancelled and printed together.
use crate::eprescription::{ISSUE, clinic, kept, press, work};
use karute_eprescription::flow::State;
use karute_eprescription::jobs::record::Kept;

fn numbers(all: &[Kept]) -> Vec<String> {
    all.iter().filter_map(|kept| kept.stored.life.access_code.clone()).collect()
}

fn states(all: &[Kept]) -> Vec<State> {
    all.iter().map(|kept| kept.stored.life.state).collect()
}

#[tokio::test]
async fn one_press_registers_every_part_and_they_stand_and_fall_together() {
    let (clinic, doctor) = clinic().await;
    let both = press(&doctor, &[("parts", "3"), ("refill", "2")]).await.expect(422);
    both.holds(&["リフィルと分割は一緒に使えません"]);
    assert!(kept(&clinic).await.is_empty());
    press(&doctor, &[("parts", "3")]).await.expect(200).holds(&["分割 1/3", "分割 3/3", "送信待ち", "data-again"]);
    work(&clinic).await;
    let all = kept(&clinic).await;
    assert_eq!(states(&all), [State::Registered; 3]);
    let mut codes = numbers(&all);
    codes.dedup();
    assert_eq!((codes.len(), clinic.sandbox.eprescription().standing()), (3, 3));
    // The last part may be used until the days of the whole are over, the first one four days.
    let days: Vec<&str> = all.iter().map(|kept| kept.stored.last_day.as_str()).collect();
    assert_eq!(days, ["2026-11-23", "2026-12-18", "2026-12-18"]);
    let page = doctor.part_of(ISSUE).await.expect(200);
    page.holds(&[&codes[0], &codes[1], &codes[2], "分割 2/3の控え", "すべての回を取り消す"]).lacks(&["変更する"]);
    doctor.get("/prescriptions").await.expect(200).holds(&["分割 1/3", "分割 2/3", "分割 3/3"]);
    // To change it is to issue it anew.
    let again = doctor.part_of(&format!("{ISSUE}?again=1")).await.expect(200).lacks(&["name=\"parts\""]);
    let (task, intent, lines) = (again.hidden("task"), again.hidden("intent"), again.hidden("lines"));
    let form = [("intent", intent.as_str()), ("lines", &lines), ("task", &task), ("form", "electronic")];
    doctor.part(ISSUE, &form).await.expect(409).holds(&["分割した処方箋は変更できません"]);
    let first = &all[0];
    let act = format!("/p/pt-6/rx/{}/act", first.id);
    doctor.part(&act, &[("act", "cancel"), ("seen", &first.version.to_string())]).await.expect(200);
    work(&clinic).await;
    let all = kept(&clinic).await;
    assert_eq!((states(&all), clinic.sandbox.eprescription().standing()), (vec![State::Cancelled; 3], 0));
    // What was taken back can be had again, all of it.
    let seen = all[0].version.to_string();
    doctor.part(&act, &[("act", "undo"), ("seen", &seen)]).await.expect(200);
    work(&clinic).await;
    assert_eq!(clinic.sandbox.eprescription().standing(), 3);
}

#[tokio::test]
async fn on_paper_every_sheet_is_printed_with_its_own_number() {
    let (clinic, doctor) = clinic().await;
    press(&doctor, &[("parts", "2"), ("form", "paper")]).await.expect(200);
    work(&clinic).await;
    let all = kept(&clinic).await;
    assert_eq!((states(&all), numbers(&all).len()), (vec![State::Registered; 2], 2));
    doctor.part_of(ISSUE).await.expect(200).holds(&["処方箋を印刷", "分割 1/2", "分割 2/2"]);
    let pdf = doctor.get("/p/pt-6/v/v-8/prescription.pdf").await.expect(200);
    assert_eq!(pdf.header("content-type"), "application/pdf");
    // A prescription of which nothing can be divided is not issued.
    let (clinic, doctor) = clinic_with_two_days().await;
    press(&doctor, &[("parts", "3")]).await.expect(422).holds(&["分割できる内服薬がありません"]);
    assert!(kept(&clinic).await.is_empty());
}

/// The same clinic, its drug given for two days.
async fn clinic_with_two_days() -> (crate::clinic::Clinic, crate::clinic::Browser) {
    let (clinic, doctor) = clinic().await;
    clinic
        .alter("MedicationRequest", "rx-a", |body| {
            body["dispenseRequest"]["expectedSupplyDuration"]["value"] = serde_json::json!(2);
        })
        .await;
    (clinic, doctor)
}
