//! 緊急閲覧, and the mode in which the chart stays on paper.
use crate::clinic::Clinic;
use karute_identity::Profession;

const NOTE: &str = "動悸が減った";

#[tokio::test]
async fn the_desk_opens_the_notes_at_once_and_owes_the_reason_until_it_is_written() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    clerk.get("/p/pt-1").await.expect(200).holds(&["緊急閲覧"]).lacks(&[NOTE]);
    clerk.post("/p/pt-1/emergency", &[]).await.expect(303);
    clerk.get("/p/pt-1").await.expect(200).holds(&[NOTE, "緊急閲覧中", "理由を書く"]);
    clerk.get("/p/pt-2").await.expect(200).holds(&["理由を書く"]).lacks(&["緊急閲覧中"]);
    clerk.get("/reception").await.expect(200).holds(&["理由を書く"]);
    clinic.clock.advance_ms(9 * 60_000);
    clerk.get("/p/pt-1").await.expect(200).holds(&[NOTE]);
    clinic.clock.advance_ms(6 * 60_000);
    clerk.get("/p/pt-1").await.expect(200).lacks(&[NOTE, "緊急閲覧中"]).holds(&["理由を書く"]);
    clerk.post("/me/emergency", &[("patient", "pt-1"), ("reason", "  ")]).await.expect(422).holds(&["理由を書いて"]);
    clerk.post("/me/emergency", &[("patient", "pt-2"), ("reason", "x")]).await.expect(404);
    let reason = [("patient", "pt-1"), ("reason", "待合で意識を失った")];
    clerk.post("/me/emergency", &reason).await.expect(303);
    clerk.get("/reception").await.expect(200).lacks(&["理由を書く"]);
    let events = clinic.audit().await;
    for words in ["緊急閲覧を始めました: Patient/pt-1", "緊急閲覧の理由: Patient/pt-1: 待合で意識を失った"]
    {
        assert!(events.iter().any(|(_, event)| event.contains(words)), "{words}");
    }
}

#[tokio::test]
async fn who_reads_notes_anyway_needs_no_emergency_and_who_sees_no_chart_gets_none() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    for profession in [Profession::Doctor, Profession::Nurse, Profession::Admin] {
        clinic.signed_in(profession).await.post("/p/pt-1/emergency", &[]).await.expect(403);
    }
}

#[tokio::test]
async fn a_clinic_that_keeps_paper_notes_where_to_look_and_keeps_it_when_it_grows() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let admin = clinic.signed_in(Profession::Admin).await;
    doctor.get("/p/pt-1").await.expect(200).lacks(&["紙カルテ参照"]);
    admin.post("/settings/clinic", &[("mode", "paper-chart")]).await.expect(200).holds(&["導入版モードにしました"]);
    doctor.get("/p/pt-1").await.expect(200).holds(&["紙カルテ参照", "導入版"]);
    doctor.post("/p/pt-1/paper-note", &[("text", "紙カルテ 3冊目 <12>ページ")]).await.expect(303);
    doctor.get("/p/pt-1").await.expect(200).holds(&["紙カルテ 3冊目 &lt;12&gt;ページ"]);
    doctor.post("/p/pt-1/paper-note", &[("text", " ")]).await.expect(400);
    doctor.post("/p/unknown/paper-note", &[("text", "x")]).await.expect(404);
    admin.post("/settings/clinic", &[("mode", "full")]).await.expect(200);
    doctor.get("/p/pt-1").await.expect(200).lacks(&["paper-text"]).holds(&["3冊目"]);
    admin.post("/settings/clinic", &[("mode", "half")]).await.expect(400);
}
