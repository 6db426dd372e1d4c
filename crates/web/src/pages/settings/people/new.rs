//! Adding a person.
use super::{chosen, handed_over, professions, value};
use crate::components::{field::Field, notice::alert};
use crate::pages::settings::{Part, page};
use crate::{WebState, error::WebError, guard::Signed, input::Filled};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use karute_identity::{IdentityError, NewPerson, Profession};
use maud::{Markup, html};

/// Tries for a password that holds no part of the person's name.
const TRIES: usize = 5;

type Fields = Vec<(String, String)>;

/// The empty form.
pub(crate) async fn form(State(state): State<WebState>, signed: Signed) -> Result<Markup, WebError> {
    page(&state, &signed, Part::People, drawn(&Fields::new(), None)).await
}

/// Creates the person.
pub(crate) async fn create(
    State(state): State<WebState>,
    signed: Signed,
    Filled(fields): Filled<Fields>,
) -> Result<Response, WebError> {
    let made = attempt(&state, &signed, &fields).await;
    match made {
        Ok((password, totp)) => {
            let secrets = [("はじめのパスワード", password.as_str()), ("認証アプリの鍵", totp.as_str())];
            let body = html! {
                (handed_over(value(&fields, "name"), &secrets))
                p { a class="btn" href="/settings/people" { "職員の一覧へ" } }
            };
            Ok(page(&state, &signed, Part::People, body).await?.into_response())
        }
        Err(
            error @ (IdentityError::LoginTaken(_)
            | IdentityError::LoginMalformed
            | IdentityError::Invalid(_)
            | IdentityError::Password(_)),
        ) => {
            let body = drawn(&fields, Some(&error));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&state, &signed, Part::People, body).await?).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

async fn attempt(state: &WebState, signed: &Signed, fields: &Fields) -> Result<(String, String), IdentityError> {
    let access = state.access(&signed.caller);
    let mut last = IdentityError::Busy;
    for _ in 0..TRIES {
        let password = state.identity().first_password();
        let new = NewPerson {
            login: value(fields, "login").trim().to_owned(),
            name: value(fields, "name").trim().to_owned(),
            kana: karute_japan::full_width_kana(value(fields, "kana").trim()).into_owned(),
            professions: chosen(fields),
            password: password.clone(),
            must_change_password: true,
        };
        match state.identity().create_person(&access, new).await {
            Ok((_, totp)) => return Ok((password, totp)),
            Err(error @ IdentityError::Password(_)) => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

fn drawn(fields: &Fields, problem: Option<&IdentityError>) -> Markup {
    let words = problem.map(ToString::to_string);
    let of_login = matches!(problem, Some(IdentityError::LoginTaken(_) | IdentityError::LoginMalformed));
    let field = |name: &'static str, label, hint, max_length, focus| {
        let error = words.as_deref().filter(|_| of_login && name == "login");
        Field {
            name,
            label,
            kind: "text",
            value: value(fields, name),
            autocomplete: "off",
            hint: Some(hint),
            error,
            max_length,
            focus,
        }
        .draw()
    };
    let kept: Vec<Profession> = chosen(fields);
    html! {
        section class="panel pn-card" aria-labelledby="new-h" {
            h2 id="new-h" { "職員を加える" }
            @if let Some(words) = words.as_deref().filter(|_| !of_login) { (alert("加えられませんでした", &[words])) }
            form method="post" action="/settings/people" class="stack-3 pn-form" {
                (field("name", "氏名", "姓と名のあいだを1文字あけます（例 森 さやか）", 100, !of_login))
                (field("kana", "フリガナ", "例 モリ サヤカ", 100, false))
                (field("login", "ログイン名", "英小文字・数字・「. _ -」の2〜40文字。あとから変えられません。", 40, of_login))
                (professions(&kept))
                div class="row" {
                    button type="submit" class="btn btn-p" { "加える" }
                    a class="btn btn-g" href="/settings/people" { "やめる" }
                }
            }
        }
    }
}
