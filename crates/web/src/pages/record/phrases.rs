//! 定型文 for a section of this record, with the patient's values filled in.
use crate::components::{
    banner::banner,
    field::hidden,
    frame::{Page, Place},
    icon::Icon,
    notice::empty,
};
use crate::{
    WebState,
    error::WebError,
    format,
    guard::{Fragment, Signed},
    input::{Asked, Filled, Visited},
    links,
};
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use karute_chart::note::{self, Copied, Edit, Facts, Phrase, Section};
use karute_chart::summary::{self, Depth, Summary};
use karute_ledger::Action;
use maud::{Markup, html};
use serde::Deserialize;

/// Which section.
#[derive(Deserialize)]
pub(crate) struct Where {
    section: Option<String>,
}

/// The list, filled for this patient.
pub(crate) async fn show(
    State(state): State<WebState>,
    signed: Signed,
    Fragment(fragment): Fragment,
    at: Visited,
    Asked(asked): Asked<Where>,
) -> Result<Response, WebError> {
    let section = asked.section.as_deref().and_then(Section::parse).filter(|s| signed.rights.writes(*s));
    let access = state.access(&signed.caller);
    let reader = access.reader(Action::View);
    reader.describe("定型文");
    let summary = summary::read(&reader, &at.patient, state.today(), Depth::Outline, &[]).await?;
    let summary = reader.release(summary).await?;
    let facts = facts(&summary);
    let all = note::phrases(&access, &signed.author()?.person).await?;
    if fragment {
        return Ok(list(&all, &facts).into_response());
    }
    let back = html! { div class="row pt-here" { a class="btn" href=(links::visit(&at.patient, &at.visit)) { "記録へ戻る" } } };
    let body = html! {
        section class="panel" aria-labelledby="phrases-h" {
            div class="panel-h" { h1 id="phrases-h" { "定型文" } a class="end t-13" href="/settings/phrases" { "定型文を作る・消す" } }
            @if all.is_empty() { (none()) }
            @for phrase in &all {
                form method="post" action=(links::of_visit(&at.patient, &at.visit, "phrases")) class="hit" {
                    (hidden("id", &phrase.id))
                    div class="grow" { b { (phrase.title) } p class="t-13 nt-pre" { (note::fill(&phrase.text, &facts)) } }
                    @for into in Section::NOTE {
                        @if signed.rights.writes(into) {
                            button type="submit" name="section" value=(into.code()) class=(if section == Some(into) { "btn btn-s" } else { "btn" }) { (into.title()) "に入れる" }
                        }
                    }
                }
            }
        }
    };
    let header = banner(&summary.person, &summary.insurance, &summary.allergy, summary.date, &back);
    let page = Page { title: "カルテ", place: Place::Patient, header, class: "pane scroll", body };
    Ok(page.draw(&signed.viewer()).into_response())
}

fn none() -> Markup {
    let forward = html! { a class="btn" href="/settings/phrases" { "定型文を作る" } };
    empty(Icon::List, "定型文はまだありません", "よく書く文に名前をつけておくと、ここから入れられます。", Some(forward))
}

/// The list for the script: chosen with the mouse or Alt+1…9.
fn list(all: &[Phrase], facts: &Facts) -> Markup {
    html! {
        div class="pop nt-ph" role="listbox" aria-label="定型文" {
            @if all.is_empty() { (none()) }
            @for (n, phrase) in all.iter().enumerate() {
                @let text = note::fill(&phrase.text, facts);
                button type="button" class="nt-pi" role="option" data-text=(text) {
                    b { (phrase.title) @if n < 9 { " " (crate::components::field::key(&format!("Alt+{}", n + 1))) } }
                    span class="t-13 t-mute" { (text) }
                }
            }
        }
    }
}

/// What places are filled from: the newest results and signs.
fn facts(summary: &Summary) -> Facts {
    let mut values = Vec::new();
    for row in &summary.results.rows {
        if let Some(found) = row.cells.iter().flatten().next() {
            values.push((row.name.clone(), format!("{}{}", found.value, row.unit.as_deref().unwrap_or_default())));
        }
    }
    for series in &summary.trends {
        if let Some(last) = series.last() {
            let unit = series.unit.as_deref().unwrap_or_default();
            values.push((series.name.clone(), format!("{}{unit}", series.shown(last))));
        }
    }
    Facts { today: format::near(summary.date, summary.date), age: format::age(&summary.person, summary.date), values }
}

/// A phrase into a section, without script: below what stands there.
#[derive(Deserialize)]
pub(crate) struct Insert {
    id: String,
    section: String,
}

/// Puts it in.
pub(crate) async fn insert(
    State(state): State<WebState>,
    signed: Signed,
    at: Visited,
    Filled(form): Filled<Insert>,
) -> Result<Redirect, WebError> {
    let section = Section::parse(&form.section).ok_or(WebError::BadRequest)?;
    if !signed.rights.writes(section) {
        return Err(WebError::Forbidden);
    }
    let author = signed.author()?;
    let access = state.access(&signed.caller);
    let reader = access.reader(Action::View);
    reader.describe("定型文を入れる");
    let summary = summary::read(&reader, &at.patient, state.today(), Depth::Outline, &[]).await?;
    let record = note::record(&access, &reader, at.place(), &author.person).await?;
    let (summary, record) = reader.release((summary, record)).await?;
    let all = note::phrases(&access, &author.person).await?;
    if let Some(phrase) = all.iter().find(|p| p.id == form.id) {
        let base = record.text(section).to_owned();
        let filled = note::fill(&phrase.text, &facts(&summary));
        let text = if base.is_empty() { filled } else { format!("{base}\n{filled}") };
        let edit = Edit { section, text, base, copied: Copied::No };
        note::save(&access, at.place(), &[edit], &author, state.now()).await?;
    }
    Ok(Redirect::to(&format!("{}#{}", links::visit(&at.patient, &at.visit), section.code())))
}
