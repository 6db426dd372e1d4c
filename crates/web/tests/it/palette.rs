//! The command palette and what people set for their own screens.
use crate::clinic::Clinic;
use karute_identity::Profession;

#[tokio::test]
async fn an_empty_palette_shows_who_is_in_the_building_and_the_screens() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    doctor.part("/palette", &[("q", "")]).await.expect(200).holds(&["院内の患者", "渡邊 真弓", "受付一覧"]);
}

#[tokio::test]
async fn a_verb_belongs_to_the_patient_whose_chart_is_open_and_to_nobody_else() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let form = [("q", "わた かる"), ("patient", "pt-1"), ("who", "ワタナベ マユミ 渡邊 真弓")];
    doctor.part("/palette", &form).await.expect(200).holds(&["この患者のカルテを開き直す", "/p/pt-1"]);
    let form = [("q", "さと かる"), ("patient", "pt-1"), ("who", "ワタナベ マユミ 渡邊 真弓")];
    doctor.part("/palette", &form).await.expect(200).lacks(&["開き直す"]);
    let form = [("q", "わた かる"), ("patient", ""), ("who", "")];
    doctor.part("/palette", &form).await.expect(200).lacks(&["開き直す"]);
}

#[tokio::test]
async fn nobody_is_offered_what_they_may_not_do() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let auditor = clinic.signed_in(Profession::Auditor).await;
    let reply = auditor.part("/palette", &[("q", "")]).await.expect(200);
    reply.holds(&["監査記録"]).lacks(&["渡邊", "受付一覧", "患者を探す"]);
    let reply = auditor.part("/palette", &[("q", "わたなべ")]).await.expect(200);
    reply.lacks(&["渡邊"]);
}

#[tokio::test]
async fn what_a_person_sets_for_the_screen_is_theirs_and_stays() {
    let clinic = Clinic::open().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let nurse = clinic.signed_in(Profession::Nurse).await;
    doctor.get("/me").await.expect(200).holds(&["data-single-keys=\"on\""]).lacks(&["data-density"]);
    let form = [("density", "large"), ("keys", "with-alt")];
    doctor.post("/me/screen", &form).await.expect(200).holds(&["画面の好みを変えました"]);
    doctor.get("/reception").await.holds(&["data-density=\"large\"", "data-single-keys=\"with-alt\""]);
    nurse.get("/reception").await.holds(&["data-single-keys=\"on\""]).lacks(&["data-density"]);
    doctor.post("/me/screen", &[("density", "huge"), ("keys", "on")]).await.expect(400);
}
