//! サインイン: institution, login and password first, then the code of the second factor. The first step alone opens
//! nothing.
use crate::components::{
    field::{Field, hidden},
    frame::{document, mark},
    notice::alert,
};
use crate::{
    WebState,
    error::WebError,
    guard::Signed,
    input::{Asked, Filled},
    session,
};
use axum::{
    extract::{FromRequestParts, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use karute_identity::{NewSession, SignInError};
use karute_ledger::Origin;
use maud::{Markup, html};
use serde::Deserialize;

/// Where the request comes from.
pub(crate) struct From(Origin);

impl FromRequestParts<WebState> for From {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<From, Self::Rejection> {
        Ok(From(state.origin(parts)))
    }
}

fn frame(title: &str, step: &str, body: &Markup) -> Markup {
    document(
        title,
        &html! {
            main id="main" class="alone" {
                div class="panel alone-p" {
                    div class="alone-h" { span class="alone-mark" { (mark()) } h1 { (title) } span class="end t-13 t-mute" { (step) } }
                    (body)
                }
            }
        },
    )
}

fn first(tenant: &str, login: &str, problem: Option<&str>) -> Markup {
    let field = |name, label, kind, value, autocomplete, focus| Field {
        name,
        label,
        kind,
        value,
        autocomplete,
        hint: None,
        error: None,
        max_length: 200,
        focus,
    };
    let body = html! {
        @if let Some(problem) = problem { (alert("サインインできませんでした", &[problem])) }
        form method="post" action="/sign-in" class="stack-3" {
            (field("tenant", "施設名（英数字の短い名前）", "text", tenant, "organization", tenant.is_empty()).draw())
            (field("login", "ログイン名", "text", login, "username", false).draw())
            (field("password", "パスワード", "password", "", "current-password", !tenant.is_empty()).draw())
            button type="submit" class="btn btn-p btn-lg" { "次へ" }
        }
    };
    frame("Karute にサインイン", "1／2", &body)
}

fn second(pending: &str, problem: Option<&str>) -> Markup {
    let code = Field {
        name: "code",
        label: "認証コード（6桁）",
        kind: "text",
        value: "",
        autocomplete: "one-time-code",
        hint: Some("認証アプリに表示されている数字を入れてください。30秒ごとに変わります。"),
        error: None,
        max_length: 12,
        focus: true,
    };
    let body = html! {
        @if let Some(problem) = problem { (alert("サインインできませんでした", &[problem])) }
        form method="post" action="/sign-in/code" class="stack-3" {
            (hidden("pending", pending))
            (code.draw())
            button type="submit" class="btn btn-p btn-lg" { "サインイン" }
            a href="/sign-in" class="t-13" { "はじめからやり直す" }
        }
    };
    frame("認証コード", "2／2", &body)
}

/// The first step.
pub(crate) async fn show() -> Markup {
    first("", "", None)
}

/// What one knows.
#[derive(Deserialize)]
pub(crate) struct Known {
    tenant: String,
    login: String,
    password: String,
}

/// Checks it and asks for the code.
pub(crate) async fn first_step(
    State(state): State<WebState>,
    From(origin): From,
    Filled(form): Filled<Known>,
) -> Response {
    let (tenant, login) = (form.tenant.trim(), form.login.trim());
    match state.identity().begin(tenant, login, &form.password, origin).await {
        Ok(pending) => second(&pending.token, None).into_response(),
        Err(error) => refused(&error, |words| first(tenant, login, Some(words))),
    }
}

/// What one has.
#[derive(Deserialize)]
pub(crate) struct Owned {
    pending: String,
    code: String,
}

/// Checks the code and begins the session.
pub(crate) async fn second_step(
    State(state): State<WebState>,
    From(origin): From,
    Filled(form): Filled<Owned>,
) -> Response {
    let code: String = form.code.chars().filter(|c| !c.is_whitespace()).collect();
    match state.identity().finish(&form.pending, &code, origin).await {
        Ok(made) => begin(&state, &made),
        Err(error) => refused(&error, |words| second(&form.pending, Some(words))),
    }
}

fn refused(error: &SignInError, page: impl Fn(&str) -> Markup) -> Response {
    let words = error.to_string();
    match error {
        SignInError::Wait { seconds } => {
            let mut response = (StatusCode::TOO_MANY_REQUESTS, page(&words)).into_response();
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
            response
        }
        SignInError::Unavailable(cause) => {
            tracing::error!(%cause, "sign-in failed on our side");
            (StatusCode::SERVICE_UNAVAILABLE, page(&words)).into_response()
        }
        _ => (StatusCode::UNPROCESSABLE_ENTITY, page(&words)).into_response(),
    }
}

fn begin(state: &WebState, made: &NewSession) -> Response {
    let mut response = Redirect::to("/").into_response();
    match session::begin(state, &made.cookie) {
        Some(cookie) => {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
            response
        }
        None => WebError::Internal.into_response(),
    }
}

/// The token of a demonstration link.
#[derive(Deserialize)]
pub(crate) struct Link {
    token: String,
}

/// Signs in by a demonstration link. Does not exist unless the installation is a demonstration.
pub(crate) async fn demo(State(state): State<WebState>, From(origin): From, Asked(link): Asked<Link>) -> Response {
    if !state.demo() {
        return WebError::NotFound.into_response();
    }
    match state.identity().redeem_link(&link.token, origin).await {
        Ok(made) => begin(&state, &made),
        Err(error) => refused(&error, |words| first("", "", Some(words))),
    }
}

/// Ends the session.
pub(crate) async fn sign_out(State(state): State<WebState>, signed: Signed) -> Result<Response, WebError> {
    state.identity().sign_out(&signed.caller).await?;
    let mut response = Redirect::to("/sign-in").into_response();
    if let Some(cookie) = session::end(&state) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    // The browser forgets pages it kept for "back" as well. Its storage is cleared by the screen before it signs out
    // (`leave.js`), and only of this person: what another person typed and could not send waits there for them, sealed.
    response
        .headers_mut()
        .insert(header::HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\""));
    Ok(response)
}
