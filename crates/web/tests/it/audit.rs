use crate::clinic::Clinic;
use karute_identity::Profession;

#[tokio::test]
async fn the_auditor_sees_who_opened_whose_record_and_can_follow_one_patient() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    doctor.get("/p/pt-1").await.expect(200);
    doctor.get("/p/pt-2").await.expect(200);
    let auditor = clinic.signed_in(Profession::Auditor).await;
    assert_eq!(auditor.get("/").await.expect(303).header("location"), "/audit");
    auditor.get("/audit").await.expect(200).holds(&[
        "画面で見る",
        "患者の要約",
        "森 さやか",
        "医師",
        "/audit?patient=pt-1",
    ]);
    // A number alone leads to the events of that patient; the address holds the opaque id.
    let found = auditor.post("/audit/find", &[("q", "003307")]).await.expect(303);
    assert_eq!(found.header("location"), "/audit?patient=pt-1");
    auditor
        .get("/audit?patient=pt-1")
        .await
        .expect(200)
        .holds(&["患者の要約", "この患者の記録に触れた操作"])
        .lacks(&["Patient/pt-2"]);
    auditor.post("/audit/find", &[("q", "だれか")]).await.expect(200).holds(&["見つかりません"]);
    auditor.get("/audit?patient=no+id").await.expect(400);
    auditor.get("/audit?before=1").await.expect(200).holds(&["該当する操作はありません"]);
}
