//! 統合の画面.
use crate::clinic::Clinic;
use karute_identity::Profession;

#[tokio::test]
async fn two_records_are_compared_made_one_and_made_two_again() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    clerk.get("/p/pt-8/merge").await.expect(200).holds(&["渡邊 真弓", "/p/pt-8/merge/pt-1"]);
    let found = clerk.post("/p/pt-8/merge/find", &[("q", "003307")]).await.expect(200);
    found.holds(&["渡邊 真弓"]).lacks(&["/p/pt-8/merge/pt-8"]);
    let page = clerk.get("/p/pt-8/merge/pt-1").await.expect(200);
    // The record with a past is the one that stays unless chosen otherwise; identity stands beside the button (SAFE-08).
    page.holds(&[
        "ちがう",
        "受診 2",
        "value=\"right\" checked",
        "003307",
        "009001",
        "渡辺 真弓さんの2つの記録を統合する",
        "S56.5.2",
    ]);
    let form = [("other", "pt-1"), ("version", "1"), ("other_version", "1"), ("keep", "right"), ("reason", " ")];
    clerk.post("/p/pt-8/merge", &form).await.expect(422).holds(&["統合する理由を入力してください。"]);
    let stale = [("other", "pt-1"), ("version", "1"), ("other_version", "9"), ("keep", "right"), ("reason", "同じ方")];
    clerk.post("/p/pt-8/merge", &stale).await.expect(422).holds(&["先に変わりました", "value=\"同じ方\""]);
    let form = [("other", "pt-1"), ("version", "1"), ("other_version", "1"), ("keep", "right"), ("reason", "同じ方")];
    let reply = clerk.post("/p/pt-8/merge", &form).await.expect(303);
    assert_eq!(reply.header("location"), "/p/pt-1/edit");
    clerk.get("/p/pt-8").await.expect(410).holds(&["別の記録に統合されました", "href=\"/p/pt-1\""]).lacks(&["渡辺"]);
    clerk.get("/p/pt-8/edit").await.expect(410);
    clerk.get("/p/pt-8/arrive").await.expect(410);
    clerk.post("/patients/search", &[("q", "009001")]).await.holds(&["渡邊 真弓", "003307"]).lacks(&["渡辺 真弓"]);
    let page = clerk.get("/p/pt-8/merge").await.expect(200);
    page.holds(&["この記録は統合されています", "同じ方", "統合先に残ります", "009001）の統合を取り消す"]);
    clerk.post("/p/pt-8/unmerge", &[("version", "2"), ("reason", "")]).await.expect(422);
    clerk.post("/p/pt-8/unmerge", &[("version", "2"), ("reason", "別の方")]).await.expect(303);
    clerk.get("/p/pt-8").await.expect(200).holds(&["渡辺 真弓"]);
}

#[tokio::test]
async fn nurses_do_not_merge() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let nurse = clinic.signed_in(Profession::Nurse).await;
    nurse.get("/p/pt-1/merge").await.expect(403);
    nurse.get("/p/pt-1/edit").await.expect(200).lacks(&["1つにする"]);
}
