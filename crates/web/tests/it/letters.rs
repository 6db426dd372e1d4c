//! The letter composer as doctors, nurses and the desk meet it.
use crate::clinic::{Browser, Clinic, Reply};
use http::StatusCode;
use karute_identity::Profession;
use serde_json::json;

const AT: &str = "/p/pt-1/letters/lt-1";

async fn clinic() -> (Clinic, Browser) {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    (clinic, doctor)
}

/// Presses 確定 on a composer as it stands.
async fn sign(browser: &Browser, page: &Reply, at: &str, more: &[(&str, &str)]) -> Reply {
    let seen = page.hidden("seen");
    let mut form = vec![("seen", seen.as_str())];
    form.extend(more);
    browser.post(&format!("{at}/sign"), &form).await
}

#[tokio::test]
async fn a_letter_opens_filled_from_the_chart_to_a_known_addressee_and_is_signed_for_paper() {
    let (clinic, doctor) = clinic().await;
    let page = doctor.get("/p/pt-1").await.expect(200).holds(&["/p/pt-1/letters/new?visit=v-1"]);
    assert!(page.text.contains("紹介状"));
    let new = doctor.get("/p/pt-1/letters/new?visit=v-1").await.expect(200).holds(&["新しい宛先", "宛先帳"]);
    let (id, visit) = (new.hidden("id"), new.hidden("visit"));
    assert_eq!(visit, "v-1");
    let form = [("id", id.as_str()), ("visit", "v-1"), ("act", "typed"), ("name", "さくら耳鼻咽喉科"), ("keep", "1")];
    let opened = doctor.post("/p/pt-1/letters", &form).await.expect(303);
    let at = opened.header("location").to_owned();
    let again = doctor.post("/p/pt-1/letters", &form).await.expect(303);
    assert_eq!(again.header("location"), at, "the same press twice is one letter");
    let page = doctor.get(&at).await.expect(200);
    let page = page.holds(&["さくら耳鼻咽喉科", "甲状腺機能亢進症", "チアマゾール錠5mg", "ペニシリン系", "記載済"]);
    // Nobody has chosen a consent for the patient.
    let page = page.lacks(&["aria-pressed=\"true\" data-key=\"Alt+1\""]);
    // What is missing is told at its line, and nothing is signed.
    sign(&doctor, &page, &at, &[]).await.expect(422).holds(&["まだ確定していません", "href=\"#s-950\""]);
    let page = doctor.get(&at).await.expect(200);
    let words = [("950", "耳鳴の精査をお願いいたします。"), ("950_base", "")];
    let done = sign(&doctor, &page, &at, &words).await.expect(303);
    assert_eq!(done.header("location"), at);
    let kept = doctor.get(&at).await.expect(200).holds(&["紙で発行", "耳鳴の精査をお願いいたします。", "訂正する"]);
    assert!(!kept.text.contains("note-form"), "what is signed is no editor");
    doctor.get("/p/pt-1/letters").await.expect(200).holds(&["さくら耳鼻咽喉科", "紙で発行", "下書き"]);
    // The second press shows the first result.
    sign(&doctor, &page, &at, &words).await.expect(200).holds(&["紙で発行"]);
    // Now it is a known destination, one press away, and in the address book.
    doctor.get("/p/pt-2/letters/new").await.expect(200).holds(&["よく使う宛先", "data-key=\"1\""]);
    let events = clinic.audit().await;
    assert!(events.iter().any(|(_, event)| event.contains("診療情報提供書を確定")));
}

#[tokio::test]
async fn typing_is_saved_part_by_part_and_two_people_lose_nothing() {
    let (clinic, doctor) = clinic().await;
    let nurse = clinic.signed_in(Profession::Nurse).await;
    let save = format!("{AT}/note");
    doctor
        .part(&save, &[("220", "来週の予約を希望"), ("220_base", "")])
        .await
        .expect(200)
        .holds(&["自動保存", "data-stands=\"220\""]);
    // Another section by another person: both stand.
    nurse
        .part(&save, &[("640", "喫煙なし"), ("640_base", "")])
        .await
        .expect(200)
        .holds(&["来週の予約を希望", "喫煙なし"]);
    // The same line: both are kept until somebody chooses, and nothing is signed so.
    let clash = nurse.part(&save, &[("220", "午前を希望"), ("220_base", "")]).await.expect(200);
    clash.holds(&["data-clash=\"220\"", "午前を希望", "来週の予約を希望"]);
    nurse.part(&format!("{AT}/note/choose"), &[("choice", "220.3.1")]).await.expect(200).lacks(&["data-clash"]);
    doctor.get(AT).await.expect(200).holds(&["午前を希望", "来週の予約を希望"]);
    // Too long: refused in words, and what stood stays.
    let long = "あ".repeat(6_001);
    doctor.part(&save, &[("220", &long), ("220_base", "")]).await.expect(422).holds(&["上限を超えています"]);
    // Without script the same form answers with the page.
    let reply = doctor.post(&save, &[("370", "2010年 虫垂炎"), ("370_base", "")]).await.expect(303);
    assert_eq!(reply.header("location"), AT);
    doctor.get(AT).await.expect(200).holds(&["2010年 虫垂炎"]);
    doctor.part(&format!("{AT}/note/here"), &[]).await.expect(200).holds(&["data-seen"]);
}

#[tokio::test]
async fn nothing_is_signed_unseen() {
    let (clinic, doctor) = clinic().await;
    let nurse = clinic.signed_in(Profession::Nurse).await;
    let page = doctor.get(AT).await.expect(200);
    nurse.part(&format!("{AT}/note"), &[("640", "飲酒は機会時"), ("640_base", "")]).await.expect(200);
    let words = [("950", "精査をお願いいたします。"), ("950_base", "")];
    sign(&doctor, &page, AT, &words).await.expect(409).holds(&["表示したあとで内容が変わりました", "飲酒は機会時"]);
    doctor.get("/p/pt-1/letters").await.expect(200).holds(&["下書き"]);
}

#[tokio::test]
async fn what_the_chart_has_is_put_in_and_a_changed_source_is_flagged() {
    let (clinic, doctor) = clinic().await;
    // A result recorded after the letter was opened is offered, and put in by a press.
    clinic.put(json!({"resourceType": "Condition", "id": "pb-9", "subject": {"reference": "Patient/pt-1"}, "code": {"text": "脂質異常症"},
        "clinicalStatus": {"coding": [{"code": "active"}]}, "onsetDateTime": "2026-11-20"})).await;
    let page = doctor.get(AT).await.expect(200);
    page.holds(&["value=\"insert.Condition/pb-9\"", "書き始めた後に記録されました"]);
    let reply = doctor.part(&format!("{AT}/act"), &[("act", "insert.Condition/pb-9")]).await.expect(200);
    reply
        .holds(&["甲状腺機能亢進症、脂質異常症", "<u class=\"from\">脂質異常症</u>"])
        .lacks(&["value=\"insert.Condition/pb-9\""]);
    // By script: the words are typed in, the key of what was pressed goes with them.
    clinic.put(json!({"resourceType": "Condition", "id": "pb-9", "subject": {"reference": "Patient/pt-1"}, "code": {"text": "高脂血症"},
        "clinicalStatus": {"coding": [{"code": "active"}]}, "onsetDateTime": "2026-11-20"})).await;
    let page = doctor.get(AT).await.expect(200).holds(&["元の記録が変わりました。今は「高脂血症」", "from is-old"]);
    assert!(page.text.contains("value=\"renew.340.Condition/pb-9\""));
    let reply = doctor.part(&format!("{AT}/act"), &[("act", "renew.340.Condition/pb-9")]).await.expect(200);
    reply.holds(&["甲状腺機能亢進症、高脂血症"]).lacks(&["is-old"]);
    let form = [("620", "TSH 0.02"), ("620_base", ""), ("620_taken", "no-such-key\n")];
    doctor.part(&format!("{AT}/note"), &form).await.expect(200).holds(&["TSH 0.02"]).lacks(&["<u class=\"from\">TSH"]);
}

#[tokio::test]
async fn consent_files_and_way_are_pressed_and_what_was_typed_goes_with_the_press() {
    let (_clinic, doctor) = clinic().await;
    let act = format!("{AT}/act");
    let reply = doctor.part(&act, &[("act", "consent.oral"), ("220", "一言"), ("220_base", "")]).await.expect(200);
    reply.holds(&["aria-pressed=\"true\" data-key=\"Alt+1\"", "が記録（", "一言"]);
    doctor.part(&act, &[("act", "consent.none")]).await.expect(200).lacks(&["が記録（"]);
    doctor.part(&act, &[("act", "attach.doc-1")]).await.expect(200).holds(&["添付済", "detach.doc-1", "合計"]);
    doctor.part(&act, &[("act", "detach.doc-1")]).await.expect(200).lacks(&["detach.doc-1"]);
    // What is not there, not ours, or not offered.
    doctor.part(&act, &[("act", "attach.doc-none")]).await.expect(404);
    doctor.part(&act, &[("act", "attach.no id")]).await.expect(400);
    doctor.part(&act, &[("act", "route.service")]).await.expect(400);
    doctor.part(&act, &[("act", "route.pigeon")]).await.expect(400);
    doctor.part(&act, &[("act", "nonsense")]).await.expect(400);
    doctor.part(&act, &[]).await.expect(400);
    doctor.part(&act, &[("act", "insert.nothing")]).await.expect(422);
    let reply = doctor.post(&act, &[("act", "kind"), ("kind", "second-opinion")]).await.expect(303);
    assert_eq!(reply.header("location"), AT);
    doctor.get(AT).await.expect(200).holds(&["value=\"second-opinion\" selected"]);
    let reply = doctor.post(&act, &[("act", "discard")]).await.expect(303);
    assert_eq!(reply.header("location"), "/p/pt-1/letters");
    doctor.get(AT).await.expect(404);
}

#[tokio::test]
async fn addressees_are_searched_kept_starred_and_refused_in_words() {
    let (_clinic, doctor) = clinic().await;
    let to = format!("{AT}/to");
    doctor.post(&to, &[("act", "typed"), ("name", "")]).await.expect(422).holds(&["名称を入れてください"]);
    doctor.post(&to, &[("act", "typed"), ("name", "病院"), ("code", "12345")]).await.expect(422).holds(&["10桁"]);
    doctor.post(&to, &[("to", "{broken")]).await.expect(400);
    let typed = [("act", "typed"), ("name", "ひばり病院 <b>"), ("department", "整形外科"), ("keep", "1")];
    doctor.post(&to, &typed).await.expect(303);
    doctor.get(AT).await.expect(200).holds(&["ひばり病院 &lt;b&gt;", "整形外科"]).lacks(&["ひばり病院 <b>"]);
    let found =
        doctor.post(&to, &[("act", "find"), ("q", "ひばり")]).await.expect(200).holds(&["ひばり病院 &lt;b&gt;"]);
    assert!(!found.text.contains("見つかりません"));
    doctor.post(&to, &[("act", "find"), ("q", "どこにもない")]).await.expect(200).holds(&["見つかりません"]);
    let json = r#"{"name":"ひばり病院"}"#;
    doctor.post(&to, &[("act", "star"), ("to", json)]).await.expect(200).holds(&["★"]);
    doctor.post(&to, &[("act", "unstar"), ("to", json)]).await.expect(200).lacks(&["★"]);
    doctor.post(&to, &[("to", json)]).await.expect(303);
}

#[tokio::test]
async fn a_printed_letter_is_a_pdf_and_is_corrected_with_a_reason() {
    let (clinic, doctor) = clinic().await;
    let at = "/p/pt-1/letters/lt-2";
    // Without the clinic's address there is no paper, and the page says so.
    doctor.get(&format!("{at}/print.pdf")).await.expect(200).holds(&["印刷できません"]);
    let admin = clinic.signed_in(Profession::Admin).await;
    let contact = [("postal", "1000000"), ("address", "東京都千代田区架空町１－２－３"), ("phone", "0300000001")];
    admin.post("/settings/clinic/contact", &contact).await.expect(200);
    let clerk = clinic.signed_in(Profession::Clerk).await;
    for browser in [&doctor, &clerk] {
        let paper = browser.get(&format!("{at}/print.pdf")).await.expect(200);
        assert_eq!(paper.header("content-type"), "application/pdf");
    }
    assert_eq!(doctor.get(&format!("{AT}/print.pdf")).await.status, StatusCode::OK, "a draft is a 見本");
    doctor
        .post(&format!("{at}/after"), &[("act", "reopen"), ("reason", " ")])
        .await
        .expect(409)
        .holds(&["理由を書いてください"]);
    doctor.post(&format!("{at}/after"), &[("act", "burn"), ("reason", "x")]).await.expect(400);
    doctor.post(&format!("{at}/after"), &[("act", "reopen"), ("reason", "検査値の追加")]).await.expect(303);
    let page = doctor.get(at).await.expect(200).holds(&["確定した紹介状を直しています", "精査をお願いいたします。"]);
    sign(&doctor, &page, at, &[]).await.expect(303);
    doctor.get(at).await.expect(200).holds(&["第2版", "理由：検査値の追加"]);
}

#[tokio::test]
async fn nurses_and_scribes_write_the_desk_reads_what_is_signed_and_others_see_nothing() {
    let (clinic, _) = clinic().await;
    let words = [("220", "一言"), ("220_base", "")];
    for profession in [Profession::Nurse, Profession::Scribe] {
        let writer = clinic.signed_in(profession).await;
        writer.get(AT).await.expect(200).holds(&["確定は医師が行います"]).lacks(&["data-finish"]);
        writer.part(&format!("{AT}/note"), &words).await.expect(200);
        writer.post(&format!("{AT}/sign"), &[("seen", "")]).await.expect(403);
    }
    let clerk = clinic.signed_in(Profession::Clerk).await;
    clerk.get(AT).await.expect(404);
    clerk.get("/p/pt-1/letters").await.expect(200).holds(&["紙で発行"]).lacks(&["下書き", "新しい紹介状"]);
    clerk.get("/p/pt-1/letters/lt-2").await.expect(200).holds(&["精査をお願いいたします。"]).lacks(&["訂正する"]);
    clerk.post(&format!("{AT}/note"), &words).await.expect(403);
    let foreign = clinic.signed_in_at(&clinic.other, Profession::Doctor).await;
    for path in [
        AT,
        "/p/pt-1/letters",
        "/p/pt-1/letters/new",
        "/p/pt-1/letters/lt-2",
        &format!("{AT}/to"),
        &format!("{AT}/print.pdf"),
    ] {
        foreign.get(path).await.expect(404).lacks(&["渡邊"]);
    }
    for path in [format!("{AT}/note"), format!("{AT}/note/here")] {
        foreign.part(&path, &words).await.expect(404);
    }
    foreign.post(&format!("{AT}/act"), &[("act", "discard")]).await.expect(404);
    foreign.post("/p/pt-1/letters", &[("id", "lt-x"), ("act", "open")]).await.expect(404);
}

#[tokio::test]
async fn the_letter_of_one_patient_is_not_found_under_another() {
    let (_clinic, doctor) = clinic().await;
    for path in
        ["/p/pt-2/letters/lt-1", "/p/pt-2/letters/lt-2", "/p/pt-2/letters/lt-2/print.pdf", "/p/pt-1/letters/none"]
    {
        doctor.get(path).await.expect(404);
    }
    doctor.part("/p/pt-2/letters/lt-1/note", &[("220", "x"), ("220_base", "")]).await.expect(404);
}
