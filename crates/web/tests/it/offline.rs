//! What the server does for text that a browser keeps while it cannot be reached.
use crate::clinic::{Browser, Clinic, Reply, encoded, filled};
use axum::body::Body;
use karute_identity::Profession;

/// What a page gives to the script: owner, period, two keys.
async fn given(browser: &Browser, path: &str) -> Vec<String> {
    let page = browser.get(path).await.expect(200).text;
    let kept = page.split("data-keep=\"").nth(1).expect("a page of a signed-in person brings keys");
    kept.split('"').next().unwrap().split(':').map(str::to_owned).collect()
}

async fn save(browser: &Browser, owner: Option<&str>, text: &str) -> Reply {
    let mut request = filled("/p/pt-1/v/v-1/note").header("x-fragment", "1");
    if let Some(owner) = owner {
        request = request.header("x-owner", owner);
    }
    let form = [("S", text), ("S_base", "")];
    browser.send(request.body(Body::from(encoded(&form))).unwrap()).await
}

#[tokio::test]
async fn every_page_of_a_signed_in_person_brings_that_persons_keys_and_no_other_page_does() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let nurse = clinic.signed_in(Profession::Nurse).await;
    let [owner, period, now, before] = given(&doctor, "/p/pt-1").await.try_into().unwrap();
    assert_eq!((owner.len(), now.len(), before.len()), (16, 64, 64));
    assert!(period.parse::<i64>().is_ok() && now != before);
    assert_eq!(given(&doctor, "/reception").await[0], owner);
    assert_ne!(given(&nurse, "/reception").await[0], owner);
    clinic.stranger().get("/sign-in").await.expect(200).lacks(&["data-keep"]);
    doctor.post("/lock", &[]).await.expect(303);
    doctor.get("/locked").await.expect(200).lacks(&["data-keep"]);
}

#[tokio::test]
async fn what_a_page_of_another_person_sends_is_not_done_in_the_name_of_who_signed_in_since() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let nurse = clinic.signed_in(Profession::Nurse).await;
    let owner = given(&doctor, "/reception").await.swap_remove(0);
    let refused = save(&nurse, Some(&owner), "医師の文").await.expect(409);
    assert_eq!(refused.header("x-somebody-else"), "1");
    save(&doctor, Some("x"), "医師の文").await.expect(409);
    doctor.get("/p/pt-1/v/v-1").await.expect(200).lacks(&["医師の文"]);
    save(&doctor, Some(&owner), "医師の文").await.expect(200).holds(&["医師の文"]);
    save(&doctor, None, "医師の文。続き").await.expect(200);
}

#[tokio::test]
async fn text_sent_twice_because_its_answer_was_lost_is_there_once() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    for _ in 0..2 {
        save(&doctor, None, "咳が出る").await.expect(200).holds(&["咳が出る"]).lacks(&["data-clash"]);
    }
}

#[tokio::test]
async fn signing_out_leaves_the_sealed_text_of_others_in_the_browser() {
    let clinic = Clinic::open().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let reply = doctor.post("/sign-out", &[]).await.expect(303);
    assert_eq!(reply.header("clear-site-data"), "\"cache\"");
}
