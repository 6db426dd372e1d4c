//! 問診, from the invitation to its reading.
use crate::clinic::{Clinic, MAYUMI};
use karute_chart::ChartError;
use karute_chart::questionnaire::{self as q, Answer, Language, Opened, Question, asked, check};
use karute_chart::view::{Encounter, Tag, VisitState};
use karute_fhir::{Id, ResourceType};
use karute_json::{Limits, parse};
use karute_ledger::{Access, Action, Lookup};

const SECRET: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const ANOTHER: &str = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB";

async fn visit(clinic: &Clinic) -> Id {
    let mayumi = clinic.patient(&MAYUMI, "1981-05-02", "").await;
    clinic.visit(&mayumi, VisitState::Waiting, "2026-11-20T10:06:00+09:00", 17).await
}

fn answer(id: &str, codes: &[&str], text: &str) -> (&'static Question, Answer) {
    let question = Question::by_id(id).unwrap();
    let codes: Vec<String> = codes.iter().map(|c| (*c).to_owned()).collect();
    (question, check(question, &codes, text).unwrap())
}

fn usual() -> Vec<(&'static Question, Answer)> {
    vec![
        answer("complaint", &[], "Cough at night"),
        answer("since", &["weeks"], ""),
        answer("symptoms", &["palpitations"], ""),
        answer("fever", &["none"], ""),
        answer("drugs", &["no"], ""),
        answer("allergies", &["yes"], "shrimp: hives"),
        answer("history", &["none"], ""),
        answer("pregnancy", &["no"], ""),
        answer("breastfeeding", &["no"], ""),
        answer("smoking", &["never"], ""),
        answer("alcohol", &["never"], ""),
    ]
}

async fn fill(clinic: &Clinic, access: &Access, secret: &str) {
    q::choose_language(access, secret, Language::English, clinic.now()).await.unwrap();
    for (question, answer) in usual() {
        q::save(access, secret, question, &answer, clinic.now()).await.unwrap();
    }
}

fn is_nothing(opened: &Opened) -> bool {
    matches!(opened, Opened::Nothing)
}

async fn stored_visit(clinic: &Clinic, id: &Id) -> Encounter {
    let encounter = ResourceType::parse("Encounter").unwrap();
    let Lookup::Found(version) = clinic.access.read(encounter, id).await.unwrap() else { panic!() };
    Encounter::read(id.clone(), version.version, &parse(version.body.as_bytes(), &Limits::FHIR).unwrap())
}

#[tokio::test]
async fn answers_become_a_response_and_the_visit_is_marked_in_one_write() {
    let clinic = Clinic::open().await;
    let visit = visit(&clinic).await;
    let person = q::invite(&clinic.access, &visit, SECRET, clinic.now()).await.unwrap();
    assert_eq!(person.name, "渡邊 真弓");
    fill(&clinic, &clinic.access, SECRET).await;
    let sent = q::submit(&clinic.access, SECRET, &clinic.id(), clinic.now()).await.unwrap();
    assert!(matches!(sent, Opened::Sent(Some(Language::English))), "{sent:?}");
    let stored = stored_visit(&clinic, &visit).await;
    assert!(stored.has(Tag::QuestionnaireDone) && !stored.has(Tag::QuestionnaireMissing));
    let reader = clinic.access.reader(Action::View);
    let reading = q::reading(&reader, &visit).await.unwrap().unwrap();
    reader.release(()).await.unwrap();
    assert_eq!(reading.allergies.len(), 1);
    assert!(reading.summary.starts_with("「Cough at night」（英語）（1〜2週間前から）"), "{}", reading.summary);
    let event = clinic.audit().await.into_iter().find(|e| e.contains("問診票の送信")).unwrap();
    assert!(event.contains("QuestionnaireResponse") && event.contains(visit.as_str()), "{event}");
}

#[tokio::test]
async fn a_secret_works_once_and_everything_else_opens_nothing() {
    let clinic = Clinic::open().await;
    let visit = visit(&clinic).await;
    let access = &clinic.access;
    let now = clinic.now();
    q::invite(access, &visit, SECRET, now).await.unwrap();
    for wrong in ["", ANOTHER, &SECRET[1..], &SECRET.to_lowercase()] {
        assert!(is_nothing(&q::open(access, wrong, now).await.unwrap()), "{wrong}");
    }
    // What is stored is no secret that opens anything.
    assert!(is_nothing(&q::open(access, &q::of_secret(SECRET), now).await.unwrap()));
    assert!(is_nothing(&q::open(&clinic.other, SECRET, now).await.unwrap()), "another institution");
    assert!(is_nothing(&q::submit(&clinic.other, SECRET, &clinic.id(), now).await.unwrap()));
    fill(&clinic, access, SECRET).await;
    q::submit(access, SECRET, &clinic.id(), now).await.unwrap();
    let twice = q::submit(access, SECRET, &clinic.id(), now).await.unwrap();
    assert!(matches!(twice, Opened::Sent(_)));
    let (question, answer) = answer("complaint", &[], "something else");
    assert!(matches!(q::save(access, SECRET, question, &answer, now).await.unwrap(), Opened::Sent(_)));
    let reader = access.reader(Action::View);
    let patient = stored_visit(&clinic, &visit).await.patient.unwrap();
    assert_eq!(q::readings(&reader, &patient, 10).await.unwrap().len(), 1, "sent once");
    reader.release(()).await.unwrap();
}

#[tokio::test]
async fn an_invitation_ends_after_twelve_hours_and_when_a_new_one_is_made() {
    let clinic = Clinic::open().await;
    let visit = visit(&clinic).await;
    let access = &clinic.access;
    q::invite(access, &visit, SECRET, clinic.now()).await.unwrap();
    q::invite(access, &visit, ANOTHER, clinic.now()).await.unwrap();
    assert!(is_nothing(&q::open(access, SECRET, clinic.now()).await.unwrap()), "replaced");
    clinic.clock.advance_ms(12 * 3_600_000 - 1);
    assert!(!is_nothing(&q::open(access, ANOTHER, clinic.now()).await.unwrap()));
    clinic.clock.advance_ms(1);
    assert!(is_nothing(&q::open(access, ANOTHER, clinic.now()).await.unwrap()), "over");
}

#[tokio::test]
async fn nothing_is_sent_while_something_required_is_open_and_an_interruption_loses_nothing() {
    let clinic = Clinic::open().await;
    let visit = visit(&clinic).await;
    let access = &clinic.access;
    q::invite(access, &visit, SECRET, clinic.now()).await.unwrap();
    q::choose_language(access, SECRET, Language::Chinese, clinic.now()).await.unwrap();
    let (question, answer) = answer("complaint", &[], "咳嗽");
    q::save(access, SECRET, question, &answer, clinic.now()).await.unwrap();
    let Opened::Sheet(sheet) = q::submit(access, SECRET, &clinic.id(), clinic.now()).await.unwrap() else { panic!() };
    assert_eq!(sheet.first_open(), Some(1));
    assert_eq!(sheet.language, Some(Language::Chinese));
    assert_eq!(sheet.answers.get("complaint").unwrap().text.as_deref(), Some("咳嗽"));
    assert!(!stored_visit(&clinic, &visit).await.has(Tag::QuestionnaireDone));
    assert!(asked(sheet.about).iter().any(|q| q.id == "pregnancy"), "a woman of 45");
}

#[tokio::test]
async fn a_visit_that_is_over_takes_no_questionnaire() {
    let clinic = Clinic::open().await;
    let mayumi = clinic.patient(&MAYUMI, "1981-05-02", "").await;
    let over = clinic.visit(&mayumi, VisitState::Finished, "2026-11-20T09:00:00+09:00", 1).await;
    let refused = q::invite(&clinic.access, &over, SECRET, clinic.now()).await;
    assert!(matches!(refused, Err(ChartError::Step)));
    let missing = q::invite(&clinic.other, &over, SECRET, clinic.now()).await;
    assert!(matches!(missing, Err(ChartError::NotFound)));
    let open = clinic.visit(&mayumi, VisitState::Waiting, "2026-11-20T10:00:00+09:00", 2).await;
    q::invite(&clinic.access, &open, SECRET, clinic.now()).await.unwrap();
    fill(&clinic, &clinic.access, SECRET).await;
    let body = serde_json::json!({"resourceType": "Encounter", "id": open.as_str(), "status": "cancelled",
        "class": {"code": "AMB"}, "subject": {"reference": format!("Patient/{mayumi}")},
        "period": {"start": "2026-11-20T10:00:00+09:00"}});
    clinic.put(body).await;
    assert!(is_nothing(&q::submit(&clinic.access, SECRET, &clinic.id(), clinic.now()).await.unwrap()));
}
