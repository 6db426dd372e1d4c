//! `$validate-code` of code systems and value sets (`http://hl7.org/fhir/R4/codesystem-operation-validate-code.html`,
//! `http://hl7.org/fhir/R4/valueset-operation-validate-code.html`).
use super::codes::{Codes, Word};
use super::input::{Coding, Input, at};
use super::set::Set;
use super::{Parameters, stored};
use crate::outcome::Failure;
use crate::reply;
use crate::request::{Call, Ctx};
use axum::response::Response;
use http::StatusCode;
use karute_identity::Interaction;
use std::sync::Arc;

const OF_SYSTEM: &[&str] = &["url", "code", "display", "coding", "codeableConcept", "date"];
const OF_SET: &[&str] = &["url", "valueSet", "code", "system", "display", "coding", "codeableConcept", "date"];

/// `GET` and `POST /fhir/CodeSystem/$validate-code`, `/fhir/CodeSystem/{id}/$validate-code`
pub(crate) async fn of_system(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    ctx.require(stored::of("CodeSystem")?, Interaction::Read)?;
    let input = Input::of(&ctx, &call, OF_SYSTEM).await?;
    let codings = input.codings()?;
    let day = input.day(&ctx)?;
    let masters = ctx.state.masters();
    let codes = if let Some(id) = &call.id {
        Codes::Stored(Arc::new(stored::by_id(&ctx, "CodeSystem", id).await?))
    } else {
        let given = codings.iter().find_map(|c| c.system.as_deref());
        let url = match input.get("url").or(given) {
            Some(url) => url,
            None => input.require("url")?,
        };
        Codes::of_url(&ctx, &masters, url, "url").await?
    };
    let of_another = |coding: &Coding| {
        let system = coding.system.as_deref().unwrap_or_default();
        let same = karute_terminology::CodeSystem::of_url(system).is_some_and(|s| s.url() == codes.url());
        !system.is_empty() && system != codes.url() && !same
    };
    let mut last = None;
    for coding in &codings {
        if of_another(coding) {
            last = Some((false, "コードの system が、確かめるコード体系と違います。".to_owned(), None));
            continue;
        }
        let word = codes.word(&masters, &coding.code, day);
        let verdict = judge(word, coding, &format!("{}に、このコードはありません。", codes.name()));
        let done = verdict.0;
        last = Some(verdict);
        if done {
            break;
        }
    }
    Ok(answer(&call, last))
}

/// `GET` and `POST /fhir/ValueSet/$validate-code`, `/fhir/ValueSet/{id}/$validate-code`
pub(crate) async fn of_set(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    ctx.require(stored::of("ValueSet")?, Interaction::Read)?;
    let input = Input::of(&ctx, &call, OF_SET).await?;
    let codings = input.codings()?;
    if codings.iter().any(|c| c.system.as_deref().unwrap_or_default().is_empty()) {
        return Err(at(Failure::invalid("code には system を付けてください。"), "system"));
    }
    let day = input.day(&ctx)?;
    let masters = ctx.state.masters();
    let set = Set::asked(&ctx, &masters, &call, &input).await?;
    let mut last = None;
    for coding in &codings {
        let word = set.word(&masters, coding.system.as_deref().unwrap_or_default(), &coding.code, day);
        let verdict = judge(word, coding, "この値セットに、このコードはありません。");
        let done = verdict.0;
        last = Some(verdict);
        if done {
            break;
        }
    }
    Ok(answer(&call, last))
}

/// Result, message, display.
type Verdict = (bool, String, Option<String>);

fn judge(word: Option<Word>, coding: &Coding, absent: &str) -> Verdict {
    match word {
        None => (false, absent.to_owned(), None),
        Some(word) => match word.complaint(coding) {
            Some(complaint) => (false, complaint, Some(word.display)),
            None => (true, word.note().unwrap_or_default(), Some(word.display)),
        },
    }
}

fn answer(call: &Call, verdict: Option<Verdict>) -> Response {
    let (result, message, display) = verdict.unwrap_or_default();
    let mut answer = Parameters::default().with("result", "Boolean", result);
    if !message.is_empty() {
        answer = answer.with("message", "String", message);
    }
    if let Some(display) = display {
        answer = answer.with("display", "String", display);
    }
    reply::json(StatusCode::OK, call.format, answer.finish())
}
