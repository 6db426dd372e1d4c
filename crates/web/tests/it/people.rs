//! 職員 in the settings.
use crate::clinic::Clinic;
use karute_identity::Profession;

const NEW: [(&str, &str); 5] = [
    ("name", "井上 はるか"),
    ("kana", "ｲﾉｳｴ ﾊﾙｶ"),
    ("login", "inoue"),
    ("profession", "nurse"),
    ("profession", "admin"),
];

#[tokio::test]
async fn an_administrator_adds_a_person_who_then_signs_in_and_must_change_the_password() {
    let clinic = Clinic::open().await;
    let admin = clinic.signed_in(Profession::Admin).await;
    let made = admin.post("/settings/people", &NEW).await.expect(200).holds(&["井上 はるか さんに渡すもの"]);
    let secrets: Vec<&str> =
        made.text.split("<code>").skip(1).filter_map(|rest| rest.split("</code>").next()).collect();
    let begun = clinic.identity.begin("midori", "inoue", secrets[0], karute_ledger::Origin::default()).await;
    assert!(begun.is_ok(), "the password that was shown is the one");
    admin.get("/settings/people").await.expect(200).holds(&["イノウエ ハルカ", "看護師・管理者"]);
    admin.post("/settings/people", &NEW).await.expect(422).holds(&["既に使われています", "井上 はるか"]);
    admin.get("/settings/people").await.expect(200).lacks(&[secrets[0]]);
}

#[tokio::test]
async fn a_form_with_something_wrong_keeps_what_was_typed_and_says_what() {
    let clinic = Clinic::open().await;
    let admin = clinic.signed_in(Profession::Admin).await;
    let cases: [(&[(&str, &str)], &str); 3] = [
        (&[("name", "井上"), ("kana", "イノウエ"), ("login", "INOUE"), ("profession", "nurse")], "英小文字"),
        (&[("name", ""), ("kana", "イノウエ"), ("login", "inoue"), ("profession", "nurse")], "氏名を"),
        (&[("name", "井上"), ("kana", "イノウエ"), ("login", "inoue")], "職種"),
    ];
    for (form, words) in cases {
        admin.post("/settings/people", form).await.expect(422).holds(&[words, "イノウエ"]);
    }
}

#[tokio::test]
async fn professions_access_and_sessions_of_a_person_are_changed_but_never_ones_own() {
    let clinic = Clinic::open().await;
    let admin = clinic.signed_in(Profession::Admin).await;
    let nurse = clinic.signed_in(Profession::Nurse).await;
    let people = clinic.identity.people(&clinic.system(&clinic.tenant)).await.unwrap();
    let of = |profession: Profession| people.iter().find(|p| p.professions.contains(&profession)).unwrap();
    let path = format!("/settings/people/{}", of(Profession::Nurse).id);
    nurse.get("/reception").await.expect(200);
    admin.post(&path, &[("act", "professions"), ("profession", "clerk")]).await.expect(200).holds(&["受付"]);
    nurse.get("/reception").await.expect(303);
    admin.post(&path, &[("act", "professions")]).await.expect(422).holds(&["職種"]);
    admin.post(&path, &[("act", "disable")]).await.expect(200).holds(&["利用を再開する"]);
    admin.post(&path, &[("act", "enable")]).await.expect(200).holds(&["利用を止める"]);
    admin.post(&path, &[("act", "password")]).await.expect(200).holds(&["次のサインインで変えるパスワード"]);
    admin.post(&path, &[("act", "totp")]).await.expect(200).holds(&["新しい鍵"]);
    admin.post(&path, &[("act", "dance")]).await.expect(400);
    let own = format!("/settings/people/{}", of(Profession::Admin).id);
    for act in ["disable", "professions"] {
        admin.post(&own, &[("act", act), ("profession", "nurse")]).await.expect(422).holds(&["ほかの管理者"]);
    }
    nurse.get("/settings/people").await.expect(303);
    admin.get("/settings/people/nobody").await.expect(404);
}
