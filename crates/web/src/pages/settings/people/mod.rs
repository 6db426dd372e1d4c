//! 職員: who works here, with which professions, and their access.
mod new;
mod one;

pub(crate) use new::{create, form as new_form};
pub(crate) use one::{act, show as one};

use super::{Part, page};
use crate::components::{
    icon::{Icon, small},
    tag::{Tone, tag},
};
use crate::{WebState, error::WebError, guard::Signed};
use axum::extract::State;
use karute_identity::{Person, Profession};
use maud::{Markup, html};

/// The list.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed) -> Result<Markup, WebError> {
    let people = state.identity().people(&state.access(&signed.caller)).await?;
    let body = html! {
        section class="panel" aria-labelledby="people-h" {
            div class="panel-h" {
                h2 id="people-h" { "職員" }
                span class="t-13 t-mute" { (people.iter().filter(|p| p.enabled).count()) "名" }
                a class="btn btn-p end" href="/settings/people/new" data-key="a" { (small(Icon::Plus)) "職員を加える" }
            }
            table class="grid-t" {
                thead { tr {
                    th scope="col" { "氏名" } th scope="col" { "職種" } th scope="col" { "ログイン名" } th scope="col" { "状態" }
                    th scope="col" { span class="vh" { "操作" } }
                } }
                tbody { @for person in &people { (row(person)) } }
            }
        }
    };
    page(&state, &signed, Part::People, body).await
}

fn row(person: &Person) -> Markup {
    html! {
        tr {
            th scope="row" { b { (person.name) } " " span class="t-12 t-mute" { (person.kana) } }
            td { (labels(&person.professions)) }
            td class="nw" { (person.login) }
            td class="nw" { (state_of(person)) }
            td class="num" { a class="btn btn-sm" href=(address(&person.id)) { "変える" span class="vh" { "：" (person.name) } } }
        }
    }
}

fn state_of(person: &Person) -> Markup {
    html! {
        @if !person.enabled { (tag(Tone::Line, None, "停止中")) }
        @else if person.locked { (tag(Tone::Warn, Some(Icon::Lock), "ロック中")) }
    }
}

fn labels(professions: &[Profession]) -> String {
    professions.iter().map(|p| p.label()).collect::<Vec<_>>().join("・")
}

fn address(id: &str) -> String {
    format!("/settings/people/{id}")
}

/// The choice of professions.
fn professions(chosen: &[Profession]) -> Markup {
    html! {
        fieldset class="opts" {
            legend { "職種（いくつでも）" }
            @for profession in Profession::ALL {
                label class="radio" {
                    input type="checkbox" name="profession" value=(profession.code()) checked[chosen.contains(&profession)];
                    (profession.label())
                }
            }
        }
    }
}

/// Professions from the repeated fields of a form.
fn chosen(fields: &[(String, String)]) -> Vec<Profession> {
    fields.iter().filter(|(name, _)| name == "profession").filter_map(|(_, code)| Profession::parse(code)).collect()
}

/// The first value of a field.
fn value<'f>(fields: &'f [(String, String)], name: &str) -> &'f str {
    fields.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.as_str())
}

/// Secrets that are shown once: to be handed over, then forgotten.
fn handed_over(name: &str, secrets: &[(&str, &str)]) -> Markup {
    html! {
        section class="panel pn-card" aria-labelledby="secret-h" {
            h2 id="secret-h" { (name) " さんに渡すもの" }
            p class="t-13" { "この画面を閉じると二度と表示できません。本人に直接渡してください。" }
            dl class="dl secrets" { @for (what, secret) in secrets { dt { (what) } dd { code { (secret) } } } }
        }
    }
}
