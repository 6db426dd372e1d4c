//! 患者の登録と変更.
use crate::clinic::{Browser, Clinic};
use karute_identity::Profession;

const FILLED: [(&str, &str); 8] = [
    ("family", "森"),
    ("given", "愛"),
    ("family_kana", "もり"),
    ("given_kana", "ｱｲ"),
    ("birth", "4020401"),
    ("sex", "female"),
    ("phone", "09012345678"),
    ("postal", "100-0005"),
];

fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut form: Vec<(&str, &str)> = FILLED.into_iter().filter(|(n, _)| !more.iter().any(|(m, _)| m == n)).collect();
    form.extend(more);
    form
}

async fn registered(clerk: &Browser) -> String {
    let reply = clerk.post("/patients", &with(&[])).await.expect(303);
    reply.header("location").strip_suffix("/arrive").unwrap().to_owned()
}

#[tokio::test]
async fn a_new_patient_is_registered_with_insurance_and_stands_at_the_desk() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    clerk.get("/patients/new").await.expect(200).holds(&["S33.3.14・3330314", "郵便番号", "仮登録"]);
    let begun = clerk.post("/patients/new/begin", &[("q", "もり S62.1.2 09011112222")]).await.expect(200);
    begun.holds(&["value=\"モリ\"", "value=\"S62.1.2\"", "value=\"090-1111-2222\"", "昭和62年1月2日", "（1987年）"]);
    let card = [("card_insurer", "138057"), ("card_number", "77"), ("sure", "138057||")];
    let reply = clerk.post("/patients", &with(&card)).await.expect(303);
    assert!(reply.header("location").ends_with("/arrive"), "{}", reply.header("location"));
    let page = clerk.get(reply.header("location")).await.expect(200);
    page.holds(&["森 愛", "モリ アイ", "H2.4.1", "009002", "国保 3割", "初診"]);
    clerk.post("/patients/search", &[("q", "5678")]).await.holds(&["森 愛"]);
}

#[tokio::test]
async fn every_fault_stands_under_its_field_and_nothing_typed_is_lost() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    let bad = with(&[("birth", "S64.1.8"), ("phone", "12"), ("card_insurer", "123"), ("given", "<b>愛</b>")]);
    let page = clerk.post("/patients", &bad).await.expect(422);
    let page = page.holds(&[
        "登録していません",
        "昭和にその日はありません。平成元年1月8日ではありませんか。",
        "電話番号は0から始まる10桁か11桁の数字です",
        "保険者番号は8桁（国保は6桁）の数字です。",
        "value=\"S64.1.8\"",
        "value=\"123\"",
        "&lt;b&gt;愛&lt;/b&gt;",
        "href=\"#birth\"",
    ]);
    assert_eq!(page.text.matches("aria-invalid").count(), 4, "birth, phone, insurer, kind");
    assert_eq!(page.text.matches("autofocus").count(), 1, "the first of them has the focus");
    clerk.post("/patients/search", &[("q", "もり")]).await.lacks(&["森 愛"]);
    for empty in [vec![], vec![("family", "\u{202E}\u{0}")]] {
        clerk.post("/patients", &empty).await.expect(422).holds(&["姓を入力してください"]);
    }
}

#[tokio::test]
async fn a_postal_code_fills_the_address_in_without_registering() {
    let clinic = Clinic::open().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    let page = clerk.post("/patients", &with(&[("act", "postal")])).await.expect(200);
    page.holds(&["value=\"東京都\"", "value=\"千代田区丸の内\"", "value=\"もり\""]);
    let none = clerk.post("/patients", &with(&[("act", "postal"), ("postal", "999-9999")])).await.expect(200);
    none.holds(&["郵便番号のマスターにありません"]);
    let part = clerk.part("/patients/read", &with(&[])).await.expect(200);
    part.holds(&[
        "平成2年4月1日",
        "（1990年）",
        "data-city=\"千代田区丸の内\"",
        "data-family=\"モリ\"",
        "data-given=\"アイ\"",
    ]);
    clerk.post("/patients/search", &[("q", "もり")]).await.lacks(&["森 愛"]);
}

#[tokio::test]
async fn a_check_digit_that_does_not_fit_is_asked_about_and_then_kept() {
    let clinic = Clinic::open().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    let patient = registered(&clerk).await;
    let mut asked = 0;
    for digit in 0..10 {
        let number = format!("0613999{digit}");
        let form = [("card_insurer", number.as_str()), ("card_number", "1")];
        let reply = clerk.post(&format!("{patient}/insurance"), &form).await;
        if reply.status.as_u16() == 422 {
            asked += 1;
            reply.holds(&["検証番号（最後の1桁）が合いません", "券面のとおりです", &format!("value=\"{number}\"")]);
            let sure = [("card_insurer", number.as_str()), ("card_number", "1"), ("sure", "1")];
            clerk.post(&format!("{patient}/insurance"), &sure).await.expect(303);
        }
    }
    assert_eq!(asked, 9, "one digit fits");
    clerk.get(&format!("{patient}/edit")).await.expect(200).holds(&["社保 本人 3割"]);
}

#[tokio::test]
async fn the_same_reading_and_birth_date_is_shown_side_by_side_and_one_has_to_be_chosen() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    let twin = [
        ("family", "渡辺"),
        ("given", "真弓"),
        ("family_kana", "わたなべ"),
        ("given_kana", "まゆみ"),
        ("birth", "S56.5.2"),
    ];
    let asked = clerk.post("/patients", &with(&twin)).await.expect(422);
    asked.holds(&["すでに登録されています", "渡邊 真弓", "003307", "/p/pt-1/arrive", "別の方として登録する"]);
    let mut sure = with(&twin);
    // The answer is about these people; for another reading or birth date it is asked anew.
    sure.push(("different", "わたなべ|まゆみ|S56.5.3"));
    clerk.post("/patients", &sure).await.expect(422).holds(&["すでに登録されています"]);
    sure.pop();
    sure.push(("different", "わたなべ|まゆみ|S56.5.2"));
    // Another question meanwhile does not make it forgotten.
    sure.push(("phone2", "1"));
    let asked = clerk.post("/patients", &sure).await.expect(422).lacks(&["すでに登録されています"]);
    assert_eq!(asked.hidden("different"), "わたなべ|まゆみ|S56.5.2");
    sure.pop();
    clerk.post("/patients", &sure).await.expect(303);
}

#[tokio::test]
async fn what_is_kept_is_changed_as_a_new_version_and_the_slower_desk_keeps_what_it_typed() {
    let clinic = Clinic::open().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    let patient = registered(&clerk).await;
    let edit = format!("{patient}/edit");
    clerk.get(&edit).await.expect(200).holds(&["value=\"モリ\"", "value=\"H2.4.1\"", "name=\"version\" value=\"1\""]);
    clerk.post(&edit, &with(&[("version", "1"), ("family", "佐藤"), ("family_kana", "さとう")])).await.expect(303);
    let late = clerk.post(&edit, &with(&[("version", "1"), ("family", "鈴木")])).await.expect(409);
    late.holds(&["ほかの端末で先に変わりました", "value=\"鈴木\"", "佐藤 愛", "name=\"version\" value=\"2\""]);
    clerk
        .post(&edit, &with(&[("version", "2"), ("birth", "")]))
        .await
        .expect(422)
        .holds(&["生年月日を入力してください"]);
    let public = [("public_payer", "8013"), ("public_recipient", "A1")];
    let asked = clerk.post(&format!("{patient}/public"), &public).await.expect(422);
    asked.holds(&["法律で決まった桁数ではありません"]);
    let sure = [("public_payer", "8013"), ("public_recipient", "A1"), ("sure", "1")];
    clerk.post(&format!("{patient}/public"), &sure).await.expect(303);
    clerk.get(&edit).await.holds(&["公費 地方"]);
    clerk.get("/p/nobody/edit").await.expect(404);
}

#[tokio::test]
async fn somebody_unknown_is_received_at_once_and_identified_later() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    let reply = clerk.post("/patients/unknown", &[("sex", "male"), ("words", "推定40代")]).await.expect(303);
    let page = clerk.get(reply.header("location")).await.expect(200).holds(&["不明 推定40代", "救急（仮登録）"]);
    let patient = page
        .text
        .split("href=\"/p/")
        .skip(1)
        .filter_map(|p| p.split('"').next())
        .find(|p| !p.starts_with("pt-"))
        .unwrap();
    let edit = format!("/p/{patient}/edit");
    clerk.get(&edit).await.expect(200).holds(&["仮登録", "本人がわかったら"]);
    clerk.post(&edit, &with(&[("version", "1")])).await.expect(303);
    clerk.get(&edit).await.lacks(&["本人がわかったら"]).holds(&["森 愛", "009002"]);
}

#[tokio::test]
async fn another_institution_neither_sees_nor_changes_it() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let foreign = clinic.signed_in_at(&clinic.other, Profession::Clerk).await;
    for path in [
        "/p/pt-1/edit",
        "/p/pt-1/arrive",
        "/p/pt-1/merge",
        "/p/pt-1/merge/pt-8",
        "/reception/visits/v-1/change",
        "/print/slip/v-1",
    ] {
        foreign.get(path).await.expect(404).lacks(&["渡邊"]);
    }
    foreign.post("/p/pt-1/edit", &with(&[("version", "1")])).await.expect(404);
    foreign.post("/p/pt-1/insurance", &[("card_kind", "self-pay")]).await.expect(404);
    foreign.post("/reception/visits/v-1/tag", &[("version", "1"), ("tag", "fever"), ("on", "1")]).await.expect(404);
}

#[tokio::test]
async fn the_administrator_chooses_the_digits_of_patient_numbers() {
    let clinic = Clinic::open().await;
    let admin = clinic.signed_in(Profession::Admin).await;
    admin.get("/settings/patients").await.expect(200).holds(&["<option value=\"6\" selected>"]);
    admin.post("/settings/patients", &[("digits", "8")]).await.expect(200).holds(&["患者番号を8桁にしました"]);
    admin.post("/settings/patients", &[("digits", "3")]).await.expect(422).holds(&["4桁から10桁"]);
    let clerk = clinic.signed_in(Profession::Clerk).await;
    let patient = registered(&clerk).await;
    clerk.get(&format!("{patient}/edit")).await.holds(&["患者番号 00000001"]);
    clerk.post("/settings/patients", &[("digits", "4")]).await.expect(403);
}
