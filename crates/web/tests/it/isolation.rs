use crate::clinic::Clinic;
use karute_identity::Profession;

#[tokio::test]
async fn another_institutions_patients_and_visits_do_not_exist() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let foreign = clinic.signed_in_at(&clinic.other, Profession::Doctor).await;
    foreign.get("/p/pt-1").await.expect(404).lacks(&["渡邊"]);
    foreign.get("/reception").await.expect(200).lacks(&["渡邊", "高橋"]);
    foreign.get("/reception?v=v-1").await.expect(200).lacks(&["渡邊"]);
    foreign.get("/reception?status=expected").await.expect(200).lacks(&["高橋"]);
    foreign
        .post("/patients/search", &[("q", "わたなべ")])
        .await
        .expect(200)
        .lacks(&["渡邊"])
        .holds(&["見つかりません"]);
    foreign.post("/reception/visits/v-1/step", &[("step", "call"), ("version", "1")]).await.expect(404);
    foreign.post("/reception/arrivals", &[("patient", "pt-2")]).await.expect(404);
    foreign.post("/reception/arrivals", &[("appointment", "ap-2"), ("version", "1")]).await.expect(404);
    let auditor = clinic.signed_in_at(&clinic.other, Profession::Auditor).await;
    auditor.get("/audit?patient=pt-1").await.expect(200).lacks(&["test"]);
    // What is not there and what is another's are the same answer.
    let missing = foreign.get("/p/pt-9").await.text;
    assert_eq!(foreign.get("/p/pt-1").await.text, missing);
}

#[tokio::test]
async fn a_session_of_one_institution_is_nothing_in_another() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let mut doctor = clinic.signed_in_at(&clinic.other, Profession::Doctor).await;
    let secret = doctor.cookie.clone().unwrap().split_once('.').unwrap().1.to_owned();
    doctor.cookie = Some(format!("{}.{secret}", clinic.tenant.id.0));
    let reply = doctor.get("/reception").await.expect(303);
    assert_eq!(reply.header("location"), "/sign-in");
}
