//! The inbox: what arrived is shown as words, taken in by one press, and nobody reads what is not theirs.
use crate::clinic::{Browser, Clinic};
use crate::samples::received::{document, id};
use karute_identity::Profession;
use serde_json::json;

async fn clinic() -> (Clinic, Browser) {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    (clinic, doctor)
}

fn at(name: &str) -> String {
    format!("/inbox/{}", id(name))
}

#[tokio::test]
async fn a_letter_is_compared_and_taken_in_by_one_press() {
    let (clinic, doctor) = clinic().await;
    let page = doctor.get("/inbox").await.expect(200);
    page.holds(&["未確認", "患者を確認", "来院中", "県立みどり野病院", "class=\"rail-n\">4<"]);
    let page = doctor.get(&at("taken")).await.expect(200);
    let page = page.holds(&[
        "当院に未登録",
        "新規",
        "検査値　2項目",
        "アレルギー　ヨード造影剤",
        "4件を取り込み、確認済みに",
        "大野 健",
    ]);
    let seen = page.hidden("seen");
    // Allergy, disease, drug, and both values under one tick.
    let form = [("seen", seen.as_str()), ("item", "0"), ("item", "1"), ("item", "2"), ("item", "3,4")];
    let done = doctor.post(&format!("{}/import", at("taken")), &form).await.expect(303);
    let next = done.header("location").to_owned();
    doctor.get(&next).await.expect(200).holds(&["確認済みにしました", "class=\"rail-n\">3<"]);
    doctor.get("/p/pt-1").await.expect(200).holds(&["ヨード造影剤", "発作性心房細動"]);
    doctor.get(&at("taken")).await.expect(200).holds(&["当院と同じ", "森 さやか"]).lacks(&["data-key=\"a\""]);
    // The second press of the same page changes nothing.
    doctor.post(&format!("{}/import", at("taken")), &form).await.expect(409).holds(&["先に進めました"]);
    let events = clinic.audit().await;
    assert!(events.iter().any(|(_, event)| event.contains("件を取り込み")));
}

#[tokio::test]
async fn what_is_hostile_is_shown_as_words_and_given_out_as_nothing_that_runs() {
    let (_clinic, doctor) = clinic().await;
    let page = doctor.get(&at("received")).await.expect(200);
    page.holds(&["術後経過良好です。", "抗凝固薬の継続をお願いします。"]).lacks(&[
        "<script>alert",
        "onclick",
        "alert(1)",
    ]);
    let original = doctor.get(&format!("{}/original", at("received"))).await.expect(200);
    assert!(original.header("content-type").starts_with("text/plain"));
    assert!(original.header("content-security-policy").contains("sandbox"));
    assert!(original.text.contains("<script>alert(1)"), "to the byte");
    let file = doctor.get(&format!("{}/files/0.0", at("received"))).await.expect(200);
    assert_eq!(file.header("content-type"), "application/octet-stream");
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"karute-document.bin\"");
    for none in ["files/0.1", "files/1.0", "files/x", "files/0"] {
        doctor.get(&format!("{}/{none}", at("received"))).await.expect(404);
    }
    doctor
        .get(&format!("/print/inbox/{}", id("received")))
        .await
        .expect(200)
        .holds(&["診療情報提供書（逆紹介）", "大野 健"])
        .lacks(&["alert(1)"]);
}

#[tokio::test]
async fn a_document_is_reviewed_without_taking_anything_and_is_answered() {
    let (clinic, doctor) = clinic().await;
    let page = doctor.get(&at("looked")).await.expect(200);
    let seen = page.hidden("seen");
    doctor.post(&format!("{}/review", at("looked")), &[("seen", "99")]).await.expect(409);
    doctor.post(&format!("{}/review", at("looked")), &[("seen", &seen)]).await.expect(303);
    doctor.get("/p/pt-1").await.expect(200).lacks(&["ヨード造影剤"]);
    doctor.get("/inbox?box=all").await.expect(200).holds(&["森 さやか 確認済"]);
    let answer =
        doctor.post(&format!("{}/reply", at("received")), &[("seen", "2"), ("new", "lt-answer")]).await.expect(303);
    assert_eq!(answer.header("location"), "/p/pt-1/letters/lt-answer");
    doctor.get("/p/pt-1/letters/lt-answer").await.expect(200).holds(&[
        "返書",
        "県立みどり野病院",
        "大野 健",
        "ご紹介いただき",
    ]);
    let nurse = clinic.signed_in(Profession::Nurse).await;
    let seen = nurse.get(&at("received")).await.expect(200).hidden("seen");
    nurse.post(&format!("{}/review", at("received")), &[("seen", &seen)]).await.expect(303);
}

#[tokio::test]
async fn a_critical_value_leaves_the_list_only_with_what_was_done() {
    let (clinic, doctor) = clinic().await;
    let mut bundle =
        document("critical", &json!({"text": "渡邊 真弓", "kana": "ワタナベ マユミ", "birth": "1981-05-02"}));
    let potassium = json!({"resourceType": "Observation", "status": "final", "effectiveDateTime": "2026-11-19",
        "code": {"coding": [{"system": "http://medis.or.jp/CodeSystem/master-JLAC10-17digits", "code": "3H015000002326101"}], "text": "カリウム"},
        "valueQuantity": {"value": 6.1, "unit": "mmol/L"}});
    bundle["entry"].as_array_mut().unwrap().push(json!({"fullUrl": "urn:uuid:k", "resource": potassium}));
    let taken = clinic.take(&bundle.to_string()).await;
    let url = format!("/inbox/{taken}");
    doctor.post(&format!("{url}/link"), &[("seen", "1"), ("patient", "pt-1")]).await.expect(303);
    let page =
        doctor.get("/inbox?box=to-do").await.expect(200).holds(&["要対応の値があります", "カリウム 6.1", "何をしたか"]);
    let seen = page.hidden("seen");
    let refused = doctor.post(&format!("{url}/review"), &[("seen", &seen)]).await.expect(422);
    refused.holds(&["何をしたかを選ぶか、書いてください"]);
    let form = [("seen", seen.as_str()), ("done", "電話した"), ("words", "受診を勧めた")];
    doctor.post(&format!("{url}/import"), &form).await.expect(303);
    doctor.get(&url).await.expect(200).holds(&["電話した：受診を勧めた"]);
    doctor.get("/inbox?box=to-do").await.expect(200).lacks(&["カリウム 6.1"]);
}

#[tokio::test]
async fn a_document_is_handed_to_a_nurse_and_answered_back() {
    let (clinic, doctor) = clinic().await;
    let url = at("looked");
    let page = doctor.get(&url).await.expect(200).holds(&["看護師へ依頼", "してほしいこと"]);
    let seen = page.hidden("seen");
    let form = [("seen", seen.as_str()), ("errand", " "), ("new", "er-3")];
    doctor.post(&format!("{url}/errand"), &form).await.expect(422).holds(&["看護師にしてほしいことを書いてください"]);
    let form = [("seen", seen.as_str()), ("errand", "電話で受診を勧めて\nください"), ("new", "er-3")];
    // Pressed twice it is asked once.
    for _ in 0..2 {
        doctor.post(&format!("{url}/errand"), &form).await.expect(303);
    }
    doctor.get(&url).await.expect(200).holds(&["依頼中", "電話で受診を勧めて ください", "取り下げる"]);
    doctor.get("/inbox").await.expect(200).holds(&["依頼中"]);
    let nurse = clinic.signed_in(Profession::Nurse).await;
    let list = nurse.get("/worklist").await.expect(200);
    let asked = "電話で受診を勧めて ください";
    let list = list.holds(&["看護師への依頼", asked, "渡邊 真弓", "文書を見る", "返事する"]);
    assert_eq!(list.text.matches(&format!("<b>{asked}</b>")).count(), 1);
    let answer = "/worklist/errands/er-3/answer";
    nurse.post(answer, &[("seen", "1"), ("words", "")]).await.expect(422).holds(&["したことを書いてください"]);
    nurse.post(answer, &[("seen", "7"), ("words", "電話しました")]).await.expect(409);
    nurse
        .post(answer, &[("seen", "1"), ("words", "電話しました")])
        .await
        .expect(200)
        .holds(&["返事しました", "返事あり"]);
    nurse.post(answer, &[("seen", "2"), ("words", "もう一度")]).await.expect(409);
    doctor.get(&url).await.expect(200).holds(&["返事あり", "電話しました"]);
    doctor.get("/inbox").await.expect(200).holds(&["返事あり"]);
    // What is open can be taken back by who reviews, once.
    let back = [("version", "1"), ("document", url.trim_start_matches("/inbox/"))];
    doctor.post("/inbox/errands/er-1/withdraw", &back).await.expect(303);
    doctor.post("/inbox/errands/er-1/withdraw", &back).await.expect(409);
    nurse.post("/worklist/errands/er-1/answer", &[("seen", "2"), ("words", "電話しました")]).await.expect(409);
    let clerk = clinic.signed_in(Profession::Clerk).await;
    clerk.post(&format!("{url}/errand"), &form).await.expect(403);
    clerk.post("/inbox/errands/er-2/withdraw", &back).await.expect(403);
    clerk.post("/worklist/errands/er-2/answer", &[("seen", "1"), ("words", "x")]).await.expect(403);
    // A document of which nobody has said whose it is can be handed to nobody.
    doctor.post(&format!("{}/errand", at("unmatched")), &[("errand", "電話"), ("new", "er-4")]).await.expect(409);
    let events = clinic.audit().await;
    assert!(events.iter().any(|(_, event)| event.contains("届いた文書について看護師へ依頼")));
}

#[tokio::test]
async fn words_are_searched_for_and_only_what_is_shown_is_named() {
    let (clinic, doctor) = clinic().await;
    // By an item's name, by the sender, by the kana of who it is about.
    for words in ["えどきさばん", "みどり野病院", "ワタナベ"] {
        doctor.post("/inbox/find", &[("q", words)]).await.expect(200).holds(&[
            "件",
            "県立みどり野病院",
            "検索をやめる",
        ]);
    }
    let last = clinic.audit().await.iter().map(|(seq, _)| *seq).max().unwrap();
    let none = doctor.post("/inbox/find", &[("q", "どこにもない言葉")]).await.expect(200);
    none.holds(&["0件", "もう一度お試しください"]).lacks(&["県立みどり野病院 "]);
    let events = clinic.audit().await;
    let looked: Vec<_> = events.iter().filter(|(seq, event)| *seq > last && event.contains("受信箱の検索")).collect();
    assert!(!looked.is_empty() && looked.iter().all(|(_, event)| !event.contains("DocumentReference/")), "{looked:?}");
    doctor.post("/inbox/find", &[("q", " ")]).await.expect(200).holds(&["逆紹介"]);
    let clerk = clinic.signed_in(Profession::Clerk).await;
    clerk.post("/inbox/find", &[("q", "みどり野病院")]).await.expect(403);
}

#[tokio::test]
async fn reception_says_whose_it_is_and_reads_nothing() {
    let (clinic, doctor) = clinic().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    let page =
        clerk.get("/inbox").await.expect(200).holds(&["ワタナベ マユミ", "この人にする", "医師・看護師が確認します"]);
    page.lacks(&["術後経過良好", "カルテへ取り込む", "発作性心房細動"]);
    clerk.get(&at("received")).await.expect(404).lacks(&["術後経過良好"]);
    clerk.get(&format!("{}/original", at("unmatched"))).await.expect(403);
    clerk.post(&format!("{}/import", at("received")), &[("seen", "2")]).await.expect(403);
    clerk.post(&format!("{}/review", at("received")), &[("seen", "2")]).await.expect(403);
    let link = format!("{}/link", at("unmatched"));
    clerk.post(&link, &[("seen", "1"), ("patient", "no id")]).await.expect(400);
    clerk.post(&link, &[("seen", "7"), ("patient", "pt-1")]).await.expect(409).holds(&["先に進めました"]);
    clerk
        .post(&format!("{}/search", at("unmatched")), &[("q", "おがわ")])
        .await
        .expect(200)
        .holds(&["小川 清", "この人にする"]);
    clerk
        .post(&format!("{}/search", at("unmatched")), &[("q", "どこにもいない")])
        .await
        .expect(200)
        .holds(&["見つかりません"]);
    let done = clerk.post(&link, &[("seen", "1"), ("patient", "pt-1")]).await.expect(303);
    assert_eq!(done.header("location"), "/inbox?box=unmatched");
    clerk.get("/inbox").await.expect(200).lacks(&["この人にする"]);
    doctor.get(&at("unmatched")).await.expect(200).holds(&["患者を確認しました", "カルテへ取り込む"]);
}

#[tokio::test]
async fn candidates_stand_side_by_side_with_what_differs_in_bold() {
    let (clinic, doctor) = clinic().await;
    let other = document("other", &json!({"text": "高橋 和男", "kana": "タカハシ カズオ", "birth": "1958-03-15"}));
    let taken = clinic.take(&other.to_string()).await;
    let page = doctor.get(&format!("/inbox/{taken}")).await.expect(200);
    page.holds(&["高橋 和夫", "生年月日が違います", "<b>S33.3.14"]);
}

#[tokio::test]
async fn tabs_chips_and_addresses_hold_fixed_words_only() {
    let (clinic, doctor) = clinic().await;
    for path in [
        "/inbox?box=unmatched",
        "/inbox?box=failed",
        "/inbox?type=letters",
        "/inbox?type=laboratory",
        "/inbox?box=x&type=y",
    ] {
        let page = doctor.get(path).await.expect(200).text;
        for address in page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(address.is_ascii() && !address.contains("1981"), "{address}");
        }
    }
    doctor.get("/inbox?type=laboratory").await.expect(200).lacks(&["逆紹介"]);
    doctor.get("/inbox/none").await.expect(404);
    let foreign = clinic.signed_in_at(&clinic.other, Profession::Doctor).await;
    for path in [
        at("received"),
        format!("{}/original", at("received")),
        format!("{}/files/0.0", at("received")),
        format!("/print/inbox/{}", id("received")),
    ] {
        foreign.get(&path).await.expect(404).lacks(&["渡邊", "術後"]);
    }
    for act in ["import", "review", "reply"] {
        foreign.post(&format!("{}/{act}", at("received")), &[("seen", "2"), ("new", "lt-x")]).await.expect(404);
    }
    foreign.post(&format!("{}/link", at("unmatched")), &[("seen", "1"), ("patient", "pt-1")]).await.expect(404);
    foreign.get("/inbox").await.expect(200).lacks(&["渡邊", "みどり野病院"]);
}
