//! 問診 on the patient's phone.
use crate::clinic::{Browser, Clinic, HOST, INVITED, Reply};
use axum::body::Body;
use http::Request;
use karute_identity::Profession;

/// The address of a new invitation, as the desk shows it.
async fn invite(clinic: &Clinic) -> String {
    let clerk = clinic.signed_in(Profession::Clerk).await;
    again(&clerk).await
}

async fn again(desk: &Browser) -> String {
    let page = desk.post("/intake/new/v-1", &[]).await.expect(200);
    let page = page.holds(&[
        "渡邊 真弓",
        "<svg class=\"in-q\"",
        "この端末で答える",
        &format!("https://{HOST}/intake/").replace("https", "http"),
    ]);
    let path = page.text.split("href=\"/intake/").nth(1).unwrap().split('"').next().unwrap();
    assert!(path.len() > 44 && path.is_ascii(), "{path}");
    format!("/intake/{path}")
}

async fn tell(phone: &Browser, at: &str, question: &str, answer: &[(&str, &str)]) -> Reply {
    let mut form = vec![("question", question), ("go", "next")];
    form.extend(answer);
    phone.post(at, &form).await
}

const ANSWERS: [(&str, &[(&str, &str)]); 12] = [
    ("complaint", &[("text", "Ho nhiều về đêm <script>")]),
    ("since", &[("choice", "weeks")]),
    ("symptoms", &[("choice", "cough"), ("choice", "palpitations")]),
    ("fever", &[("choice", "none")]),
    ("drugs", &[("choice", "no")]),
    ("allergies", &[("choice", "yes"), ("text", "tôm: nổi mề đay")]),
    ("history", &[("choice", "none")]),
    ("pregnancy", &[("choice", "maybe")]),
    ("breastfeeding", &[("choice", "no")]),
    ("smoking", &[("choice", "never")]),
    ("alcohol", &[("choice", "never")]),
    ("message", &[]),
];

#[tokio::test]
async fn a_patient_answers_in_their_language_and_the_staff_reads_japanese() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let (at, phone) = (invite(&clinic).await, clinic.stranger());
    let first = phone.get(&at).await.expect(200).holds(&[
        "日本語",
        "やさしい日本語",
        "English",
        "简体中文",
        "Tiếng Việt",
        "Português",
    ]);
    first.lacks(&["渡邊", "ワタナベ", "003307", "1981"]);
    phone.post(&at, &[("language", "vi")]).await.expect(303);
    phone.get(&at).await.expect(200).holds(&["<html lang=\"vi\"", "Hôm nay bạn bị làm sao?", "1/12"]);
    for (n, (question, answer)) in ANSWERS.iter().enumerate() {
        let reply = tell(&phone, &at, question, answer).await.expect(303);
        let next = ANSWERS.get(n + 1).map_or("check", |(q, _)| *q);
        assert_eq!(reply.header("location"), format!("{at}?q={next}"));
    }
    // Interrupted: the bare link leads to where it was left.
    let check =
        phone.get(&at).await.expect(200).holds(&["Ho nhiều về đêm &lt;script&gt;", "tôm: nổi mề đay", "Gửi", "Sửa"]);
    check.lacks(&["渡邊", "003307"]);
    phone.post(&at, &[("send", "yes")]).await.expect(303);
    phone.get(&at).await.expect(200).holds(&["Xin cảm ơn"]).lacks(&["Ho nhiều", "tôm"]);
    let nurse = clinic.signed_in(Profession::Nurse).await;
    nurse.get("/reception?v=v-1").await.expect(200).holds(&[
        "問診",
        "動悸",
        "妊娠の可能性",
        "ベトナム語で回答",
        "せき、動悸（胸がどきどきする）",
        "Ho nhiều về đêm &lt;script&gt;",
        "lang=\"vi\"",
    ]);
    let events = clinic.audit().await;
    let sent = events.iter().find(|(_, e)| e.contains("問診票の送信")).unwrap();
    assert!(sent.1.contains("questionnaire:v-1") && sent.1.contains("Encounter"), "{}", sent.1);
    assert!(events.iter().all(|(_, e)| !e.contains(at.split('.').nth(1).unwrap())), "no event holds the secret");
}

#[tokio::test]
async fn a_secret_that_was_used_replaced_made_up_or_foreign_opens_nothing() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    let phone = clinic.stranger();
    let old = again(&clerk).await;
    let at = again(&clerk).await;
    let other = at.replacen(&format!("/{}.", clinic.tenant.id.0), &format!("/{}.", clinic.other.id.0), 1);
    let made_up = format!("/intake/{INVITED}");
    let nothing = phone.get(&made_up).await.expect(404).text;
    for wrong in [&old, &other, &at[..at.len() - 1].to_owned(), &"/intake/x".to_owned(), &"/intake/1.".to_owned()] {
        let reply = phone
            .get(wrong)
            .await
            .expect(404)
            .holds(&["受付の職員に声をかけてください", "Please ask the reception desk"]);
        assert_eq!(reply.text, nothing, "{wrong}: every wrong secret gets the same answer");
        phone.post(wrong, &[("language", "en")]).await.expect(404);
    }
    phone.post(&at, &[("language", "en")]).await.expect(303);
    for (question, answer) in ANSWERS {
        tell(&phone, &at, question, answer).await.expect(303);
    }
    phone.post(&at, &[("send", "yes")]).await.expect(303);
    // Replayed.
    phone.post(&at, &[("send", "yes")]).await.expect(303);
    tell(&phone, &at, "complaint", &[("text", "something else")]).await.expect(303);
    phone.get(&format!("{at}?q=complaint")).await.expect(200).holds(&["Thank you"]).lacks(&["Ho nhiều", "something"]);
    clinic.clock.advance_ms(12 * 3_600_000);
    assert_eq!(phone.get(&at).await.expect(404).text, nothing, "over");
}

#[tokio::test]
async fn a_suspended_institution_answers_like_a_wrong_secret() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let (at, phone) = (invite(&clinic).await, clinic.stranger());
    clinic.ledger.set_tenant_state(clinic.tenant.id, karute_ledger::TenantState::Suspended).await.unwrap();
    phone.get(&at).await.expect(404).holds(&["受付の職員に声をかけてください"]);
}

#[tokio::test]
async fn hostile_and_unfinished_answers_are_refused_with_words_and_keep_what_was_typed() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let (at, phone) = (invite(&clinic).await, clinic.stranger());
    phone.post(&at, &[("question", "complaint"), ("text", "x")]).await.expect(303);
    phone.post(&at, &[("language", "klingon")]).await.expect(400);
    phone.post(&at, &[("language", "en")]).await.expect(303);
    let long = "x".repeat(501);
    let huge = "x".repeat(20_000);
    tell(&phone, &at, "complaint", &[("text", "  ")])
        .await
        .expect(422)
        .holds(&["Please give an answer.", "role=\"alert\""]);
    tell(&phone, &at, "complaint", &[("text", &long)]).await.expect(422).holds(&["This is too long", &long]);
    tell(&phone, &at, "complaint", &[("text", &huge)]).await.expect(400);
    tell(&phone, &at, "since", &[("choice", "never")]).await.expect(422).holds(&["Please choose again."]);
    let both = [("choice", "none"), ("choice", "cough")];
    tell(&phone, &at, "symptoms", &both).await.expect(422).holds(&["cannot be combined", "value=\"cough\" checked"]);
    tell(&phone, &at, "weight", &[("text", "20")]).await.expect(400);
    tell(&phone, &at, "password", &[("text", "20")]).await.expect(400);
    let turned = "\u{202E}evil\u{202C}\u{0}";
    tell(&phone, &at, "complaint", &[("text", turned)]).await.expect(303);
    let page = phone.get(&format!("{at}?q=complaint")).await.expect(200).holds(&["evil"]);
    assert!(!page.text.contains('\u{202E}'));
    // Nothing is sent while something is open, and the summary says what.
    phone.post(&at, &[("send", "yes")]).await.expect(303);
    phone.get(&format!("{at}?q=check")).await.expect(200).holds(&["Please give an answer."]).lacks(&["name=\"send\""]);
    phone.get(&format!("{at}?q=weight")).await.expect(200).lacks(&["body weight"]);
    // What is corrected from the summary leads back to it.
    phone.get(&format!("{at}?q=check")).await.expect(200).holds(&["?q=since&amp;from=check"]);
    let form = [("question", "since"), ("go", "next"), ("from", "check"), ("choice", "week")];
    assert_eq!(phone.post(&at, &form).await.expect(303).header("location"), format!("{at}?q=check"));
    // Back keeps what can be kept.
    let form = [("question", "since"), ("go", "back"), ("choice", "days")];
    assert_eq!(phone.post(&at, &form).await.expect(303).header("location"), format!("{at}?q=complaint"));
    phone.get(&format!("{at}?q=since")).await.expect(200).holds(&["value=\"days\" checked"]);
}

#[tokio::test]
async fn who_knocks_too_often_with_wrong_secrets_waits() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let at = invite(&clinic).await;
    let phone = clinic.stranger();
    for n in 0..30 {
        phone.get(&format!("/intake/{INVITED}{n}")).await.expect(404);
    }
    phone.get(&format!("/intake/{INVITED}")).await.expect(429).holds(&["混み合っています"]);
    phone.get(&at).await.expect(429);
    clinic.clock.advance_ms(10 * 60_000);
    phone.get(&at).await.expect(200);
}

#[tokio::test]
async fn only_a_post_of_our_own_page_answers_and_the_page_is_never_kept() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let (at, phone) = (invite(&clinic).await, clinic.stranger());
    let foreign = Request::post(&at)
        .header("origin", "https://evil.example")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("language=en"))
        .unwrap();
    phone.send(foreign).await.expect(403);
    let page = phone.get(&at).await.expect(200);
    assert_eq!((page.header("cache-control"), page.header("x-frame-options")), ("no-store", "DENY"));
    for inline in [" style=", " onclick=", "<style", "<script>"] {
        assert!(!page.text.contains(inline), "{inline}");
    }
}
