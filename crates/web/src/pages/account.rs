//! 自分: who is signed in, and the password.
use crate::components::{
    field::Field,
    frame::{Page, Place, head},
    notice::{Severity, alert, notice},
};
use crate::preferences::{self, Density, Preferences, SingleKeys};
use crate::{WebState, error::WebError, format, guard::Signed, input::Filled};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use karute_identity::IdentityError;
use maud::{Markup, html};
use serde::Deserialize;

/// The first screen of a person: the one their work begins with.
pub(crate) async fn home(signed: Signed) -> Redirect {
    let rights = signed.rights;
    Redirect::to(if rights.reception {
        "/reception"
    } else if rights.audit {
        "/audit"
    } else {
        "/me"
    })
}

enum Told<'a> {
    Nothing,
    Changed,
    Kept,
    Problem(&'a str),
}

fn page(state: &WebState, signed: &Signed, told: &Told<'_>) -> Markup {
    let info = &signed.info;
    let today = state.today();
    let field = |name, label, autocomplete, hint| Field {
        name,
        label,
        kind: "password",
        value: "",
        autocomplete,
        hint,
        error: None,
        max_length: 200,
        focus: false,
    };
    let shortest = state.identity().settings().password.min_length;
    let hint = format!("{shortest}文字以上。ほかのサービスと同じものは使わないでください。");
    let body = html! {
        @if info.must_change_password {
            (notice(Severity::Warn, "はじめにパスワードを変えてください", &["管理者が決めたパスワードのままでは、ほかの画面を開けません。"]))
        }
        section class="panel pn-card" aria-labelledby="who-h" {
            h2 id="who-h" { (info.name) }
            dl class="dl" {
                dt { "職種" } dd { (signed.viewer().role) }
                dt { "医療機関" } dd { (info.tenant_display) }
                dt { "ログイン名" } dd { (info.login) }
                dt { "サインイン" } dd { (format::moment(info.signed_in, today)) }
                dt { "自動ロック" } dd { (info.idle_ms / 60_000) "分間操作がないとき" }
                dt { "自動終了" } dd { (format::moment(info.ends, today)) }
            }
        }
        section class="panel pn-card" aria-labelledby="password-h" {
            h2 id="password-h" { "パスワードを変える" }
            @match told {
                Told::Nothing | Told::Kept => {}
                Told::Changed => { div role="status" { (notice(Severity::Ok, "パスワードを変えました", &["ほかの端末でのサインインは終了しました。"])) } }
                Told::Problem(words) => { (alert("変えられませんでした", &[words])) }
            }
            form method="post" action="/me/password" class="stack-3 pn-form" {
                (field("old", "今のパスワード", "current-password", None).draw())
                (field("new", "新しいパスワード", "new-password", Some(hint.as_str())).draw())
                (field("again", "新しいパスワード（もう一度）", "new-password", None).draw())
                button type="submit" class="btn btn-p" { "変える" }
            }
        }
        section class="panel pn-card" aria-labelledby="screen-h" {
            h2 id="screen-h" { "画面の好み" }
            @if matches!(told, Told::Kept) { div role="status" { (notice(Severity::Ok, "画面の好みを変えました", &[])) } }
            form method="post" action="/me/screen" class="stack-3 pn-form" {
                fieldset class="opts" {
                    legend { "文字と間隔" }
                    @for (each, code, word) in Density::ALL {
                        label class="radio" { input type="radio" name="density" value=(code) checked[each == signed.preferences.density]; (word) }
                    }
                }
                fieldset class="opts" {
                    legend { "1文字のキー（／ ？ N R など）" }
                    @for (each, code, word) in SingleKeys::ALL {
                        label class="radio" { input type="radio" name="keys" value=(code) checked[each == signed.preferences.keys]; (word) }
                    }
                }
                button type="submit" class="btn" { "変える" }
            }
        }
        @if signed.rights.confirms && signed.issues {
            section class="panel pn-card" aria-labelledby="signing-h" {
                h2 id="signing-h" { "電子署名" }
                p { a class="btn" href="/me/signing" { "署名の方法とサインイン" } }
            }
        }
        @if signed.rights.internal { p class="t-13" { a href="/internal/components" { "部品の見本" } } }
    };
    let header = head("自分", &html! {});
    Page { title: "自分", place: Place::Me, header, class: "pane scroll", body }.draw(&signed.viewer())
}

/// The screen.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed) -> Markup {
    page(&state, &signed, &Told::Nothing)
}

/// Sets the person's own preferences.
pub(crate) async fn change_screen(
    State(state): State<WebState>,
    mut signed: Signed,
    Filled(wanted): Filled<Preferences>,
) -> Result<Markup, WebError> {
    preferences::set(&state, &signed, wanted).await?;
    signed.preferences = wanted;
    Ok(page(&state, &signed, &Told::Kept))
}

/// A change of password.
#[derive(Deserialize)]
pub(crate) struct Change {
    old: String,
    new: String,
    again: String,
}

/// Changes it.
pub(crate) async fn change_password(
    State(state): State<WebState>,
    signed: Signed,
    Filled(form): Filled<Change>,
) -> Result<Response, WebError> {
    let refuse =
        |words: &str| (StatusCode::UNPROCESSABLE_ENTITY, page(&state, &signed, &Told::Problem(words))).into_response();
    if form.new != form.again {
        return Ok(refuse("新しいパスワードが2回で違います。同じものを入れてください。"));
    }
    match state.identity().change_password(&signed.caller, &form.old, &form.new).await {
        Ok(()) if signed.info.must_change_password => Ok(Redirect::to("/").into_response()),
        Ok(()) => Ok(page(&state, &signed, &Told::Changed).into_response()),
        Err(error @ (IdentityError::Password(_) | IdentityError::Invalid(_) | IdentityError::Forbidden)) => {
            Ok(refuse(&error.to_string()))
        }
        Err(error) => Err(error.into()),
    }
}
