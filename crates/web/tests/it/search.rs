use crate::clinic::Clinic;
use karute_identity::Profession;

#[tokio::test]
async fn a_search_shows_two_identifiers_beside_the_name_and_the_way_on() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    let found = clerk.post("/patients/search", &[("q", "たかはし")]).await.expect(200);
    found.holds(&["高橋 和夫", "タカハシ カズオ", "S33.3.14", "004821", "受付する", "href=\"/p/pt-2\""]);
    // Who is here already is not accepted again.
    clerk
        .post("/patients/search", &[("q", "003307")])
        .await
        .expect(200)
        .holds(&["診察待ち No.17"])
        .lacks(&["受付する"]);
}

#[tokio::test]
async fn a_script_gets_the_part_and_a_browser_the_page() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    clerk.post("/patients/search", &[("q", "わたなべ")]).await.holds(&["<html"]);
    let part = clerk.part("/patients/search", &[("q", "watanabe")]).await.expect(200);
    part.lacks(&["<html"]).holds(&["渡邊 真弓", "find-pop"]);
}

#[tokio::test]
async fn what_was_typed_never_reaches_an_address_and_cannot_become_markup() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    clerk.post("/patients/search", &[("q", "<script>alert(1)</script>")]).await.expect(200).lacks(&["<script>alert"]);
    clerk.get("/patients/search?q=x").await.expect(404);
    let long = "あ".repeat(20_000);
    clerk.post("/patients/search", &[("q", &long)]).await.expect(400);
    clerk.post("/patients/search", &[]).await.expect(400);
}

#[tokio::test]
async fn names_from_outside_cannot_become_markup_either() {
    let clinic = Clinic::open().await;
    clinic
        .put(serde_json::json!({"resourceType": "Patient", "id": "evil", "gender": "male", "birthDate": "2000-01-01",
            "name": [{"family": "<img src=x onerror=alert(1)>", "given": ["\"><script>"]}]}))
        .await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    clerk.get("/p/evil").await.expect(200).lacks(&["<img", "\"><script>"]).holds(&["&lt;img"]);
}
