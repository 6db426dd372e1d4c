//! 訂正, reopening and deletion of what is on record; each asks why.
use super::View;
use crate::components::{
    banner::banner,
    field::{Field, hidden},
    frame::{Page, Place},
    notice::alert,
};
use crate::{
    WebState,
    error::WebError,
    guard::Signed,
    input::{Filled, Visited},
    links,
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use karute_chart::ChartError;
use karute_chart::note::{self, Amendment, LONGEST, Record, Section};
use karute_chart::summary::{self, Depth, Summary};
use karute_chart::view::Note;
use karute_ledger::Action;
use maud::{Markup, html};
use std::collections::HashMap;

/// What was typed, and what is wrong with it.
#[derive(Default)]
struct Typed {
    form: HashMap<String, String>,
    error: Option<&'static str>,
    reason: Option<&'static str>,
}

/// The form.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed, at: Visited) -> Result<Response, WebError> {
    drawn(&state, &signed, &at, &Typed::default()).await
}

async fn drawn(state: &WebState, signed: &Signed, at: &Visited, typed: &Typed) -> Result<Response, WebError> {
    let access = state.access(&signed.caller);
    let reader = access.reader(Action::View);
    reader.describe("記録の訂正");
    let depth = if signed.rights.notes { Depth::Notes } else { Depth::Outline };
    let summary = summary::read(&reader, &at.patient, state.today(), depth, &[]).await?;
    let record = note::record(&access, &reader, at.place(), &signed.author()?.person).await?;
    let (summary, record) = reader.release((summary, record)).await?;
    let Some(note) = record.note.as_ref().filter(|n| !n.is_deleted() && record.reopened.is_none()) else {
        // Nothing to correct: it is still being written.
        return Ok(at.page().into_response());
    };
    let page = page(&summary, &record, note, signed, at, typed);
    let status =
        if typed.error.is_some() || typed.reason.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, page.draw(&signed.viewer())).into_response())
}

fn page(
    summary: &Summary,
    record: &Record,
    note: &Note,
    signed: &Signed,
    at: &Visited,
    typed: &Typed,
) -> Page<'static> {
    let back = html! { div class="row pt-here" { a class="btn" href=(links::visit(&at.patient, &at.visit)) { "記録へ戻る" } } };
    let view = View {
        patient: &at.patient,
        record,
        previous: None,
        past: &[],
        height_cm: None,
        measured: "",
        measured_by: None,
        rights: signed.rights,
        today: summary.date,
        open: &[],
        questionnaire: None,
        issues: false,
    };
    let seen = typed.form.get("seen").cloned().unwrap_or_else(|| note.version.unwrap_or(0).to_string());
    let body = html! {
        @if let Some(words) = typed.error { (alert("訂正できませんでした", &[words])) }
        section class="panel pn-card" aria-labelledby="correct-h" {
            h1 id="correct-h" { "記録を訂正する" }
            p class="t-13 t-mute" { (super::kept::hands(&view, note)) }
            p class="t-13" { "もとの文は消えません。見え消しで残り、だれが・いつ・なぜ直したかが記録されます。" }
            form method="post" action=(view.link("correct")) class="stack-3" data-hold {
                (hidden("seen", &seen))
                @for section in Section::NOTE {
                    @if signed.rights.writes(section) {
                        @let now = note.section(section.title()).unwrap_or_default();
                        @let text = typed.form.get(section.code()).map_or(now, String::as_str);
                        div class="fld" {
                            label for=(section.code()) { (section.title()) @if section != Section::Nursing { "　" (section.about()) } }
                            textarea id=(section.code()) name=(section.code()) class="nt-x nt-box" rows=(text.lines().count().clamp(2, 12)) maxlength=(LONGEST) { "\n" (text) }
                        }
                    }
                }
                (reason(&typed.form, typed.reason))
                div class="row" { button type="submit" class="btn btn-p" { @if signed.rights.confirms { "訂正を確定する" } @else { "訂正を医師の承認へ出す" } } }
            }
        }
        @if signed.rights.confirms {
            details class="panel pn-card" {
                summary { "診察を続ける・記録を削除する" }
                form method="post" action=(view.link("reopen")) class="row row-w" {
                    (hidden("seen", &seen))
                    (why("開き直す理由（例 検査のあと再診察）"))
                    button type="submit" class="btn" { "記録を開き直す" }
                }
                form method="post" action=(view.link("delete")) class="row row-w" {
                    (hidden("seen", &seen))
                    (why("削除する理由（例 患者の取り違え）"))
                    button type="submit" class="btn t-danger" { "この記録を削除する" }
                }
                p class="t-13 t-mute" { "削除しても、文と理由は「すべての版」に残ります。" }
            }
        }
    };
    let header = banner(&summary.person, &summary.insurance, &summary.allergy, summary.date, &back);
    Page { title: "カルテ", place: Place::Patient, header, class: "pane scroll", body }
}

fn reason(form: &HashMap<String, String>, error: Option<&str>) -> Markup {
    Field {
        name: "reason",
        label: "訂正の理由",
        kind: "text",
        value: form.get("reason").map_or("", String::as_str),
        autocomplete: "off",
        hint: Some("例 左右の書き誤り、検査結果の追記"),
        error,
        max_length: 300,
        focus: error.is_some(),
    }
    .draw()
}

fn why(words: &str) -> Markup {
    html! { div class="field grow" { input type="text" name="reason" maxlength="300" required autocomplete="off" aria-label=(words) placeholder=(words); } }
}

/// Corrects.
pub(crate) async fn correct(
    State(state): State<WebState>,
    signed: Signed,
    at: Visited,
    Filled(form): Filled<HashMap<String, String>>,
) -> Result<Response, WebError> {
    let mut sections = Vec::new();
    for section in Section::NOTE {
        if let Some(text) = form.get(section.code()) {
            if !signed.rights.writes(section) {
                return Err(WebError::Forbidden);
            }
            sections.push((section, text.clone()));
        }
    }
    let given = form.get("reason").cloned().unwrap_or_default();
    if given.trim().is_empty() {
        let typed = Typed { form, reason: Some("訂正の理由を書いてください"), error: None };
        return drawn(&state, &signed, &at, &typed).await;
    }
    let amendment = Amendment { seen: seen(&form)?, sections, reason: given };
    let author = signed.author()?;
    let made = note::amend(
        &state.access(&signed.caller),
        at.place(),
        &amendment,
        &author,
        signed.rights.confirms,
        state.now(),
    )
    .await;
    let error = match made {
        Ok(()) => return Ok(at.page().into_response()),
        Err(ChartError::Step) => "もとの文と同じです。直した所がありません。",
        Err(ChartError::Invalid) => "記録がすべて空になります。取り消すときは「この記録を削除する」を使ってください。",
        Err(ChartError::TooMany) => "1つの欄は4,000文字までです。",
        Err(ChartError::Conflict) => {
            "ほかの人が先に訂正しました。書いた文は下に残っています。「記録へ戻る」で新しい版を確かめてください。"
        }
        Err(other) => return Err(other.into()),
    };
    drawn(&state, &signed, &at, &Typed { form, error: Some(error), reason: None }).await
}

fn seen(form: &HashMap<String, String>) -> Result<u32, WebError> {
    form.get("seen").and_then(|s| s.parse().ok()).ok_or(WebError::BadRequest)
}

/// Opens a confirmed record again.
pub(crate) async fn reopen(
    State(state): State<WebState>,
    signed: Signed,
    at: Visited,
    Filled(form): Filled<HashMap<String, String>>,
) -> Result<Response, WebError> {
    let why = form.get("reason").cloned().unwrap_or_default();
    let (author, access) = (signed.author()?, state.access(&signed.caller));
    let done = note::reopen(&access, at.place(), seen(&form)?, &why, &author, state.now()).await;
    if done.is_ok() {
        state.tell(signed.caller.tenant);
    }
    with_reason(&state, &signed, &at, form, done, "開き直す理由を書いてください。").await
}

/// Deletes a record.
pub(crate) async fn delete(
    State(state): State<WebState>,
    signed: Signed,
    at: Visited,
    Filled(form): Filled<HashMap<String, String>>,
) -> Result<Response, WebError> {
    let why = form.get("reason").cloned().unwrap_or_default();
    let (author, access) = (signed.author()?, state.access(&signed.caller));
    let done = note::delete(&access, at.place(), seen(&form)?, &why, &author, state.now()).await;
    with_reason(&state, &signed, &at, form, done, "削除する理由を書いてください。").await
}

/// The answer to an act that asks why: without a reason the form comes back, saying so.
async fn with_reason(
    state: &WebState,
    signed: &Signed,
    at: &Visited,
    form: HashMap<String, String>,
    done: Result<(), ChartError>,
    missing: &'static str,
) -> Result<Response, WebError> {
    match done {
        Ok(()) => Ok(at.page().into_response()),
        Err(ChartError::Invalid) => drawn(state, signed, at, &Typed { form, error: Some(missing), reason: None }).await,
        Err(other) => Err(other.into()),
    }
}
