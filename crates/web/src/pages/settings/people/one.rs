//! One person: professions, access, second factor, open sessions.
use super::{address, chosen, handed_over, labels, professions, state_of, value};
use crate::components::field::hidden;
use crate::pages::settings::{Part, Told, page};
use crate::{WebState, error::WebError, format, guard::Signed, input::Filled, input::Named};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use karute_identity::{IdentityError, Person, SessionView};
use maud::{Markup, html};

/// The screen.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed, Named(id): Named) -> Result<Markup, WebError> {
    let person = found(&state, &signed, id.as_str()).await?;
    drawn(&state, &signed, &person, html! {}).await
}

/// Does what the pressed button says.
pub(crate) async fn act(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(fields): Filled<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let person = found(&state, &signed, id.as_str()).await?;
    let (identity, access, login) = (state.identity(), state.access(&signed.caller), person.login.as_str());
    let own = person.id == signed.info.person;
    let done = match value(&fields, "act") {
        // Whoever shuts themselves out cannot open the door again.
        "disable" | "professions" if own => {
            Err(IdentityError::Invalid("自分自身の職種や利用の停止は、ほかの管理者に頼んでください。".to_owned()))
        }
        "professions" => identity
            .set_professions(&access, login, chosen(&fields))
            .await
            .map(|()| done("職種を変えました。開いていた画面は終わりました")),
        "disable" => identity.set_enabled(&access, login, false).await.map(|()| done("利用を止めました")),
        "enable" => identity.set_enabled(&access, login, true).await.map(|()| done("利用を再開しました")),
        "unlock" => identity.unlock(&access, login).await.map(|()| done("ロックを解きました")),
        "totp" => identity
            .reset_totp(&access, login)
            .await
            .map(|secret| handed_over(&person.name, &[("認証アプリの新しい鍵", &secret)])),
        "password" => new_password(&state, &signed, &person).await,
        "end-session" => {
            identity.revoke_session(&access, value(&fields, "session")).await.map(|()| done("その画面を終わらせました"))
        }
        _ => return Err(WebError::BadRequest),
    };
    let (status, told) = match done {
        Ok(told) => (StatusCode::OK, told),
        Err(IdentityError::Invalid(words)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, crate::components::notice::alert("変えられませんでした", &[&words]))
        }
        Err(error) => return Err(error.into()),
    };
    let person = found(&state, &signed, id.as_str()).await?;
    Ok((status, drawn(&state, &signed, &person, told).await?).into_response())
}

fn done(words: &str) -> Markup {
    Told::Done(words.to_owned(), None).draw()
}

async fn new_password(state: &WebState, signed: &Signed, person: &Person) -> Result<Markup, IdentityError> {
    let password = state.identity().first_password();
    state.identity().reset_password(&state.access(&signed.caller), &person.login, &password).await?;
    Ok(handed_over(&person.name, &[("次のサインインで変えるパスワード", &password)]))
}

async fn found(state: &WebState, signed: &Signed, id: &str) -> Result<Person, WebError> {
    let people = state.identity().people(&state.access(&signed.caller)).await?;
    people.into_iter().find(|person| person.id == id).ok_or(WebError::NotFound)
}

async fn drawn(state: &WebState, signed: &Signed, person: &Person, told: Markup) -> Result<Markup, WebError> {
    let sessions = state.identity().sessions(&state.access(&signed.caller), Some(&person.login)).await?;
    let action = address(&person.id);
    let button = |act: &str, word: &str| {
        html! {
            form method="post" action=(action) { (hidden("act", act)) button type="submit" class="btn" { (word) } }
        }
    };
    let body = html! {
        (told)
        section class="panel pn-card" aria-labelledby="one-h" {
            h2 id="one-h" { (person.name) "　" (state_of(person)) }
            dl class="dl" {
                dt { "フリガナ" } dd { (person.kana) }
                dt { "ログイン名" } dd { (person.login) }
                dt { "職種" } dd { (labels(&person.professions)) }
            }
        }
        section class="panel pn-card" aria-labelledby="prof-h" {
            h2 id="prof-h" { "職種" }
            form method="post" action=(action) class="stack-3" {
                (hidden("act", "professions"))
                (professions(&person.professions))
                p class="t-13 t-mute" { "職種によって、見られる画面とできる操作が決まります。変えると、開いている画面は終わります。" }
                div { button type="submit" class="btn" { "職種を変える" } }
            }
        }
        section class="panel pn-card" aria-labelledby="access-h" {
            h2 id="access-h" { "サインイン" }
            div class="row row-w" {
                @if person.locked { (button("unlock", "ロックを解く")) }
                (button("password", "パスワードを作り直す"))
                (button("totp", "認証アプリの鍵を作り直す"))
                @if person.enabled { (button("disable", "利用を止める")) } @else { (button("enable", "利用を再開する")) }
            }
        }
        (open_sessions(state, &sessions, &action))
        p { a href="/settings/people" { "職員の一覧へ戻る" } }
    };
    page(state, signed, Part::People, body).await
}

fn open_sessions(state: &WebState, sessions: &[SessionView], action: &str) -> Markup {
    let today = state.today();
    html! {
        section class="panel" aria-labelledby="sessions-h" {
            div class="panel-h" { h2 id="sessions-h" { "開いている画面" } span class="t-13 t-mute" { (sessions.len()) "件" } }
            @if !sessions.is_empty() {
                table class="grid-t" {
                    thead { tr { th scope="col" { "サインイン" } th scope="col" { "最後の操作" } th scope="col" { "端末の住所" } th scope="col" { span class="vh" { "操作" } } } }
                    tbody {
                        @for session in sessions {
                            tr {
                                td { (format::moment(session.signed_in, today)) }
                                td { (format::moment(session.seen, today)) }
                                td { (session.address.as_deref().unwrap_or("不明")) }
                                td class="num" {
                                    form method="post" action=(action) {
                                        (hidden("act", "end-session")) (hidden("session", &session.handle))
                                        button type="submit" class="btn btn-sm" { "終わらせる" }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
