//! Answers as FHIR `QuestionnaireResponse`: codes with their Japanese words, own words as they were written.
use super::answers::{Answer, Answers};
use super::definition::{About, QUESTIONS, Question, asked};
use super::language::Language;
use crate::view::element::text;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::{Object, Value};

/// Canonical address of the questions, with their edition.
pub(super) const QUESTIONNAIRE: &str = "urn:karute:questionnaire:intake|1";
/// System of the codes of a question, before its id.
const CODES: &str = "urn:karute:questionnaire:intake:";

/// The response.
pub(super) fn response(
    visit: &Id,
    patient: &Id,
    about: About,
    language: Language,
    answers: &Answers,
    now: Timestamp,
) -> Value<'static> {
    let reference = |kind: &str, id: &Id| Value::object([("reference", Value::string(format!("{kind}/{id}")))]);
    let mut object = Object::new().with("resourceType", Value::string("QuestionnaireResponse"));
    object.insert("language", Value::string(language.code()));
    object.insert("questionnaire", Value::string(QUESTIONNAIRE));
    object.insert("status", Value::string("completed"));
    object.insert("subject", reference("Patient", patient));
    object.insert("encounter", reference("Encounter", visit));
    object.insert("authored", Value::string(now.to_fhir()));
    object.insert("source", reference("Patient", patient));
    let items: Vec<Value<'static>> = asked(about).iter().filter_map(|q| Some(item(q, answers.get(q.id)?))).collect();
    if !items.is_empty() {
        object.insert("item", Value::Array(items));
    }
    Value::Object(object)
}

fn item(question: &Question, answer: &Answer) -> Value<'static> {
    let words = Language::Japanese.words();
    let coding = |code: &String| {
        let coding = Value::object([
            ("system", Value::string(format!("{CODES}{}", question.id))),
            ("code", Value::string(code.clone())),
            ("display", Value::string(words.option(question, code))),
        ]);
        Value::object([("valueCoding", coding)])
    };
    let mut all: Vec<Value<'static>> = answer.codes.iter().map(coding).collect();
    all.extend(answer.text.iter().map(|t| Value::object([("valueString", Value::string(t.clone()))])));
    Value::object([
        ("linkId", Value::string(question.id)),
        ("text", Value::string(words.ask(question))),
        ("answer", Value::Array(all)),
    ])
}

/// The answers and the language of a response.
pub(super) fn answers(response: &Value<'_>) -> (Answers, Language) {
    let mut found = Answers::default();
    for item in response.get("item").map_or(&[][..], Value::items) {
        let id = text(item, &["linkId"]);
        let Some(question) = QUESTIONS.iter().find(|q| Some(q.id) == id.as_deref()) else { continue };
        let mut answer = Answer::default();
        for each in item.get("answer").map_or(&[][..], Value::items) {
            answer
                .codes
                .extend(text(each, &["valueCoding", "code"]).filter(|c| question.options().contains(&c.as_str())));
            answer.text = answer.text.or_else(|| text(each, &["valueString"]));
        }
        found.set(question, answer);
    }
    let language = text(response, &["language"]).and_then(|l| Language::parse(&l));
    (found, language.unwrap_or(Language::Japanese))
}
