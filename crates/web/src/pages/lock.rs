//! The locked screen (ux §6, SEC-A10): what was typed stays in the page behind it, and one factor opens it again.
use crate::components::{
    field::{Field, hidden},
    frame::{document, mark},
    notice::alert,
};
use crate::guard::{Fragment, Signed};
use crate::{WebState, error::WebError, input::Filled, session};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use karute_identity::SignInError;
use karute_ledger::Origin;
use maud::{Markup, html};
use serde::Deserialize;

/// Address of the page.
pub(crate) const PATH: &str = "/locked";

/// Where to go on afterwards.
#[derive(Deserialize)]
pub(crate) struct Unlocking {
    #[serde(default)]
    proof: String,
    #[serde(default)]
    next: String,
}

/// Locks the screen: pressed by the person, or by the screen after the idle time.
pub(crate) async fn lock(
    State(state): State<WebState>,
    signed: Signed,
    Fragment(part): Fragment,
) -> Result<Response, WebError> {
    if !signed.info.locked {
        state.identity().lock_screen(&signed.caller).await?;
    }
    Ok(if part { StatusCode::NO_CONTENT.into_response() } else { Redirect::to(PATH).into_response() })
}

/// The page where scripts do not run, or where a locked session opens another page.
pub(crate) async fn show(signed: Signed) -> Markup {
    page(&signed, "/", None)
}

/// Opens it again.
pub(crate) async fn unlock(
    State(state): State<WebState>,
    signed: Signed,
    Fragment(part): Fragment,
    headers: HeaderMap,
    Filled(form): Filled<Unlocking>,
) -> Result<Response, WebError> {
    let next = if local(&form.next) { form.next.as_str() } else { "/" };
    let refuse = |status: StatusCode, words: &str| {
        if part {
            (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], words.to_owned()).into_response()
        } else {
            (status, page(&signed, next, Some(words))).into_response()
        }
    };
    let Some(cookie) = session::cookie(&state, &headers) else { return Err(WebError::SignIn) };
    let origin = Origin { session: Some(signed.info.handle.clone()), ..signed.caller.actor.origin.clone() };
    match state.identity().unlock_screen(cookie, &form.proof, origin).await {
        Ok(_) if part => Ok(StatusCode::NO_CONTENT.into_response()),
        Ok(_) => Ok(Redirect::to(next).into_response()),
        Err(SignInError::Refused) => Ok(refuse(
            StatusCode::UNPROCESSABLE_ENTITY,
            "パスワードか確認コードが違います。もう一度入れてください。確認コードは一度使うと次の番号に変わります。",
        )),
        Err(SignInError::Wait { seconds }) => Ok(refuse(
            StatusCode::TOO_MANY_REQUESTS,
            &format!("続けて間違えたため、{seconds}秒のあいだ受け付けません。入力中の内容はそのまま残っています。"),
        )),
        Err(error) => {
            tracing::error!(%error, "a locked screen could not be opened");
            Err(WebError::Unavailable)
        }
    }
}

/// The answer of every other route while the session is locked: the page for a person following a link, a plain
/// refusal for a script (which then locks its own screen) and for a form, whose text the browser still holds.
pub(crate) fn refusal(parts: &Parts, fragment: bool) -> Response {
    if parts.method == axum::http::Method::GET && !fragment {
        return Redirect::to(PATH).into_response();
    }
    let body = html! {
        main id="main" class="alone" {
            div class="panel alone-p" {
                h1 { "画面がロックされています" }
                p { "今の操作はまだ保存していません。ロックを解除してから、ブラウザーの「戻る」で入力した画面に戻ってください。" }
                a class="btn btn-p" href=(PATH) { "ロックを解除する" }
            }
        }
    };
    (StatusCode::LOCKED, document("ロック中", &body)).into_response()
}

/// Whether an address lies on this server.
fn local(address: &str) -> bool {
    address.starts_with('/')
        && !address.starts_with("//")
        && !address.contains(['\\', '\n', '\r'])
        && address.len() < 300
}

/// The form, on its own page or inside the dialog of every screen.
pub(crate) fn form(name: &str, next: &str, focus: bool) -> Markup {
    let proof = Field {
        name: "proof",
        label: "パスワードまたは確認コード",
        kind: "password",
        value: "",
        autocomplete: "current-password",
        hint: Some("確認コードは認証アプリの6桁の数字です。"),
        error: None,
        max_length: 200,
        focus,
    };
    html! {
        p class="t-13" { (name) " さんの画面です。入力中の内容はそのまま残っています。" }
        form method="post" action="/unlock" class="stack-3" data-unlock {
            (hidden("next", next))
            (proof.draw())
            p class="t-13 t-danger" role="alert" data-unlock-problem {}
            button type="submit" class="btn btn-p btn-lg" { "解除する" }
        }
        form method="post" action="/sign-out" { button type="submit" class="btn btn-g" { "ほかの人がサインインする" } }
    }
}

fn page(signed: &Signed, next: &str, problem: Option<&str>) -> Markup {
    document(
        "ロック中",
        &html! {
            main id="main" class="alone" {
                div class="panel alone-p" {
                    div class="alone-h" { span class="alone-mark" { (mark()) } h1 { "画面をロックしています" } }
                    @if let Some(words) = problem { (alert("解除できませんでした", &[words])) }
                    (form(&signed.info.name, next, true))
                }
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn only_addresses_of_this_server_are_gone_on_to() {
        for good in ["/", "/reception", "/p/abc/results?set=dm&span=2y"] {
            assert!(local(good), "{good}");
        }
        for bad in ["", "reception", "//evil.example", "https://evil.example", "/\\evil.example", "/a\nb"] {
            assert!(!local(bad), "{bad:?}");
        }
    }
}
