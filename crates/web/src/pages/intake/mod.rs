//! 問診 on the patient's phone or the clinic's tablet: no sign-in, the address holds a secret that dies when the answers are
//! sent. The page names nobody and shows nothing but what was typed on it. One question a screen; works without script.
pub(crate) mod invite;
pub(crate) mod limit;
mod page;
mod reading;

pub(crate) use reading::{Offer, forms, reading};

use crate::{WebState, error::WebError, input::Asked, input::Filled};
use axum::{
    extract::{FromRequestParts, Path, State},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use karute_chart::questionnaire::{self as questionnaire, Language, Opened, Sheet, asked, check};
use karute_ledger::{Access, Action, Actor, ActorKind, Entity, Origin, Outcome, TenantId, TenantState};
use serde::Deserialize;

/// Characters of a secret: 32 bytes in URL-safe base64 without padding, as `karute_crypto::token` makes them.
const SECRET: usize = 43;

/// What the address names, and where the request comes from.
pub(crate) struct Knock {
    text: String,
    origin: Origin,
}

impl FromRequestParts<WebState> for Knock {
    type Rejection = WebError;
    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Knock, WebError> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| WebError::NotFound)?;
        Ok(Knock { text, origin: state.origin(parts) })
    }
}

/// `<tenant number>.<secret>`, exactly as [`invite`] writes it.
fn split(text: &str) -> Option<(TenantId, &str)> {
    let (number, secret) = text.split_once('.')?;
    let plain = |part: &str| part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let digits =
        (1..=10).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit()) && !number.starts_with('0');
    let number: u32 = number.parse().ok().filter(|n| *n <= i32::MAX.unsigned_abs())?;
    (digits && secret.len() == SECRET && plain(secret)).then_some((TenantId(number), secret))
}

/// An invitation that opened.
struct Door<'k> {
    access: Access,
    secret: &'k str,
    opened: Opened,
}

/// Opens what the address names, or answers with a page that says what to do and nothing else: the same for a secret that
/// never was, one that is over, and one of an institution that is suspended.
async fn knock<'k>(state: &WebState, knock: &'k Knock) -> Result<Door<'k>, Response> {
    let (now, address) = (state.now(), knock.origin.address);
    let knocks = state.knocks();
    if knocks.too_many(address, now) {
        return Err((StatusCode::TOO_MANY_REQUESTS, page::busy()).into_response());
    }
    let failed = |error: WebError| error.into_response();
    let found = async {
        let Some((tenant, secret)) = split(&knock.text) else { return Ok(None) };
        let known = state.ledger().tenant(tenant).await?;
        if known.is_none_or(|t| t.state != TenantState::Active) {
            return Ok(None);
        }
        let access = state.ledger().access(tenant, actor(None, &knock.origin));
        match questionnaire::open(&access, secret, now).await? {
            Opened::Nothing => Ok(None),
            opened => Ok(Some((tenant, secret, opened))),
        }
    };
    let Some((tenant, secret, opened)) = found.await.map_err(|e: karute_chart::ChartError| failed(e.into()))? else {
        knocks.wrong(address, now);
        return Err((StatusCode::NOT_FOUND, page::closed()).into_response());
    };
    let visit = match &opened {
        Opened::Sheet(sheet) => Some(sheet.visit.as_str()),
        _ => None,
    };
    Ok(Door { access: state.ledger().access(tenant, actor(visit, &knock.origin)), secret, opened })
}

/// The questionnaire of a visit, as audit events name it: whoever holds the link.
fn actor(visit: Option<&str>, origin: &Origin) -> Actor {
    Actor {
        kind: ActorKind::Person,
        id: format!("questionnaire:{}", visit.unwrap_or("sent")),
        name: "問診票（患者）".to_owned(),
        role: "patient".to_owned(),
        origin: Origin { method: "link", ..origin.clone() },
    }
}

/// Which screen.
#[derive(Deserialize)]
pub(crate) struct Step {
    q: Option<String>,
    from: Option<String>,
}

/// The screen: the language, a question, the answers together, or that it was sent.
pub(crate) async fn show(
    State(state): State<WebState>,
    at: Knock,
    Asked(step): Asked<Step>,
) -> Result<Response, WebError> {
    let door = match knock(&state, &at).await {
        Ok(door) => door,
        Err(response) => return Ok(response),
    };
    let sheet = match &door.opened {
        Opened::Sheet(sheet) => sheet,
        Opened::Sent(language) => return Ok(page::sent(language.unwrap_or(Language::Japanese)).into_response()),
        Opened::Nothing => return Ok((StatusCode::NOT_FOUND, page::closed()).into_response()),
    };
    // What was typed so far is shown again: that is seen by whoever holds the link.
    let visit = karute_fhir::ResourceType::parse("Encounter").map(|resource_type| Entity {
        resource_type,
        id: sheet.visit.clone(),
        version: None,
    });
    door.access.note(Action::View, Outcome::Success, "問診票を開く", visit.into_iter().collect()).await?;
    let Some(language) = sheet.language else { return Ok(page::languages(&at.text).into_response()) };
    let questions = asked(sheet.about);
    Ok(match step.q.as_deref() {
        Some("language") => page::languages(&at.text),
        Some("check") => page::check(&at.text, language, sheet),
        Some(id) if questions.iter().any(|q| q.id == id) => {
            page::question(&at.text, language, sheet, id, step.from.as_deref() == Some("check"), None)
        }
        _ => match sheet.first_open().and_then(|n| questions.get(n)) {
            Some(open) => page::question(&at.text, language, sheet, open.id, false, None),
            None => page::check(&at.text, language, sheet),
        },
    }
    .into_response())
}

fn to(text: &str, q: &str) -> Response {
    Redirect::to(&format!("/intake/{text}?q={q}")).into_response()
}

/// Takes the language, an answer, or the sending of all.
pub(crate) async fn answer(
    State(state): State<WebState>,
    at: Knock,
    Filled(form): Filled<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let door = match knock(&state, &at).await {
        Ok(door) => door,
        Err(response) => return Ok(response),
    };
    let field = |name: &str| form.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    let now = state.now();
    let Opened::Sheet(sheet) = &door.opened else {
        return Ok(Redirect::to(&format!("/intake/{}", at.text)).into_response());
    };
    if let Some(code) = field("language") {
        let language = Language::parse(code).ok_or(WebError::BadRequest)?;
        questionnaire::choose_language(&door.access, door.secret, language, now).await?;
        return Ok(Redirect::to(&format!("/intake/{}", at.text)).into_response());
    }
    let Some(language) = sheet.language else { return Ok(to(&at.text, "language")) };
    if field("send").is_some() {
        let opened = questionnaire::submit(&door.access, door.secret, &state.new_id()?, now).await?;
        if let Opened::Sent(_) = opened {
            state.tell(door.access.tenant());
        }
        return Ok(Redirect::to(&format!("/intake/{}", at.text)).into_response());
    }
    taken(&door, &at.text, language, sheet, &form, now).await
}

/// Takes the answer to one question.
async fn taken(
    door: &Door<'_>,
    text: &str,
    language: Language,
    sheet: &Sheet,
    form: &[(String, String)],
    now: karute_japan::Timestamp,
) -> Result<Response, WebError> {
    let field = |name: &str| form.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str());
    let questions = asked(sheet.about);
    let place = questions.iter().position(|q| q.id == field("question")).ok_or(WebError::BadRequest)?;
    let question = questions.get(place).ok_or(WebError::BadRequest)?;
    let chosen: Vec<String> = form.iter().filter(|(n, _)| n == "choice").map(|(_, v)| v.clone()).collect();
    let (back, correcting) = (field("go") == "back", field("from") == "check");
    match check(question, &chosen, field("text")) {
        Ok(answer) => {
            questionnaire::save(&door.access, door.secret, question, &answer, now).await?;
        }
        // Going back, what cannot be kept is left behind.
        Err(_) if back => {}
        Err(fault) => {
            let given = page::Given { chosen, text: field("text").to_owned(), fault };
            let shown = page::question(text, language, sheet, question.id, correcting, Some(&given));
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response());
        }
    }
    if correcting {
        return Ok(to(text, "check"));
    }
    let next = if back { place.checked_sub(1) } else { Some(place + 1) };
    Ok(match next {
        None => to(text, "language"),
        Some(next) => to(text, questions.get(next).map_or("check", |q| q.id)),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_our_own_spelling_of_a_secret_is_read() {
        let secret = "A".repeat(SECRET);
        assert_eq!(split(&format!("7.{secret}")), Some((TenantId(7), secret.as_str())));
        for bad in [
            String::new(),
            secret.clone(),
            format!("07.{secret}"),
            format!("-7.{secret}"),
            format!("７.{secret}"),
            format!("7.{secret}A"),
            format!("7.{}", &secret[1..]),
            format!("7.{}/", &secret[1..]),
            format!("2147483648.{secret}"),
            format!("99999999999.{secret}"),
            format!("7.{}", "あ".repeat(SECRET / 3)),
        ] {
            assert_eq!(split(&bad), None, "{bad}");
        }
    }
}
