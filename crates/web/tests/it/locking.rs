//! The locked screen.
use crate::clinic::{Clinic, PASSWORD};
use karute_identity::Profession;

#[tokio::test]
async fn an_idle_screen_shows_nothing_until_the_person_proves_who_they_are() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    doctor.get("/p/pt-1").await.expect(200);
    clinic.clock.advance_ms(10 * 60_000);
    let refused = doctor.get("/p/pt-1").await.expect(303).lacks(&["渡邊"]);
    assert_eq!(refused.header("location"), "/locked");
    doctor.part("/patients/search", &[("q", "わたなべ")]).await.expect(423).lacks(&["渡邊"]);
    doctor.post("/patients/search", &[("q", "わたなべ")]).await.expect(423).holds(&["まだ保存していません"]);
    doctor.get("/locked").await.expect(200).holds(&["画面をロックしています", "解除する"]);
    let wrong = doctor.post("/unlock", &[("proof", "wrong-password"), ("next", "/p/pt-1")]).await;
    wrong.expect(422).holds(&["違います"]);
    let right = doctor.post("/unlock", &[("proof", PASSWORD), ("next", "/p/pt-1")]).await.expect(303);
    assert_eq!(right.header("location"), "/p/pt-1");
    doctor.get("/p/pt-1").await.expect(200).holds(&["渡邊"]);
}

#[tokio::test]
async fn a_person_locks_the_screen_and_opens_it_from_the_script() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let nurse = clinic.signed_in(Profession::Nurse).await;
    nurse.part("/lock", &[]).await.expect(204);
    nurse.get("/reception").await.expect(303);
    nurse.part("/unlock", &[("proof", "wrong-password")]).await.expect(422).holds(&["違います"]).lacks(&["<html"]);
    nurse.part("/unlock", &[("proof", PASSWORD)]).await.expect(204);
    nurse.get("/reception").await.expect(200);
}

#[tokio::test]
async fn unlocking_leads_nowhere_else() {
    let clinic = Clinic::open().await;
    let nurse = clinic.signed_in(Profession::Nurse).await;
    nurse.post("/lock", &[]).await.expect(303);
    let reply = nurse.post("/unlock", &[("proof", PASSWORD), ("next", "//evil.example/")]).await.expect(303);
    assert_eq!(reply.header("location"), "/");
}
