//! Saving while typing, and what belongs to it: copying the last note, settling a conflict, who else is here.
use super::editor;
use crate::{
    WebState,
    error::WebError,
    guard::{Fragment, Signed},
    input::{Filled, Visited},
    links,
    rights::Rights,
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use karute_chart::ChartError;
use karute_chart::note::{self, Choice, Copied, Edit, Place, Saved, Section};
use karute_ledger::Action;
use maud::{Markup, html};
use std::collections::HashMap;

/// The form of a record: for each section its text and the text it began with.
pub(crate) type Form = HashMap<String, String>;

/// What was written in the sections this person may write.
pub(super) fn edits(form: &Form, rights: Rights) -> Result<Vec<Edit>, WebError> {
    let mut all = Vec::new();
    for section in Section::ALL {
        let Some(text) = form.get(section.code()) else { continue };
        if !rights.writes(section) {
            return Err(WebError::Forbidden);
        }
        let base = form.get(&format!("{}_base", section.code())).cloned().unwrap_or_default();
        all.push(Edit { section, text: text.clone(), base, copied: Copied::No });
    }
    Ok(all)
}

impl Visited {
    pub(super) fn place(&self) -> Place<'_> {
        Place { patient: &self.patient, visit: &self.visit }
    }
    pub(super) fn page(&self) -> Redirect {
        Redirect::to(&links::visit(&self.patient, &self.visit))
    }
}

/// Saves.
pub(crate) async fn save(
    State(state): State<WebState>,
    signed: Signed,
    Fragment(fragment): Fragment,
    at: Visited,
    Filled(form): Filled<Form>,
) -> Result<Response, WebError> {
    let edits = edits(&form, signed.rights)?;
    let author = signed.author()?;
    match note::save(&state.access(&signed.caller), at.place(), &edits, &author, state.now()).await {
        Ok(saved) if fragment => Ok(answer(&state, &signed, &at, &saved).await?.into_response()),
        Ok(_) => Ok(at.page().into_response()),
        Err(error) => refused(error, fragment, &at),
    }
}

/// Why something was not saved, so that the screen can say it beside the text, which stays.
fn refused(error: ChartError, fragment: bool, at: &Visited) -> Result<Response, WebError> {
    let words = match error {
        ChartError::Step => {
            "この記録はすでに確定されています。書いた文は画面に残っています。写しを取って「訂正する」から加えてください"
        }
        ChartError::TooMany => "1つの欄は4,000文字までです。短くすると保存されます",
        ChartError::Conflict => "ほかの端末と重なりました。もう一度保存します",
        other => return Err(other.into()),
    };
    if !fragment && matches!(error, ChartError::Step) {
        return Ok(at.page().into_response());
    }
    let body = html! { p class="nt-s t-12 t-danger" id="note-saved" { span { (words) } } };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, body).into_response())
}

/// What the script needs after saving: the sign, the sections as they stand, conflicts, vital signs.
async fn answer(state: &WebState, signed: &Signed, at: &Visited, saved: &Saved) -> Result<Markup, WebError> {
    let (today, now) = (state.today(), state.now());
    let line = saved.draft(Section::Vitals).map_or("", |d| d.text.as_str());
    let height_cm = height(state, signed, at, line).await?;
    let action = links::of_visit(&at.patient, &at.visit, "note/choose");
    Ok(html! {
        (editor::saved(&saved.drafts, today, Some(now)))
        (editor::sections(&saved.drafts))
        (editor::chips(line, height_cm))
        @for (section, clash) in &saved.clashes { (editor::conflict(&action, *section, clash, saved.draft(*section))) }
    })
}

/// The height matters only beside a weight.
async fn height(state: &WebState, signed: &Signed, at: &Visited, line: &str) -> Result<Option<f64>, WebError> {
    if !wants_height(line) {
        return Ok(None);
    }
    let reader = state.access(&signed.caller).reader(Action::Read);
    reader.describe("BMI のための身長");
    let found = karute_chart::vitals::last_height(&reader, &at.patient).await?;
    Ok(reader.release(found).await?)
}

/// Whether a line says a weight and no height.
pub(crate) fn wants_height(line: &str) -> bool {
    use karute_chart::vitals::Sign;
    karute_chart::vitals::parse(line).is_ok_and(|v| v.get(Sign::Weight).is_some() && v.get(Sign::Height).is_none())
}

/// 前回を写す: the last note into the sections that are still empty, tinted until somebody looked at it (SAFE-11).
pub(crate) async fn copy(
    State(state): State<WebState>,
    signed: Signed,
    Fragment(fragment): Fragment,
    at: Visited,
    Filled(form): Filled<Form>,
) -> Result<Response, WebError> {
    let mut edits = edits(&form, signed.rights)?;
    let author = signed.author()?;
    let access = state.access(&signed.caller);
    let reader = access.reader(Action::View);
    reader.describe("前回の記録を写す");
    let previous = note::previous(&reader, at.place()).await?;
    let record = note::record(&access, &reader, at.place(), &author.person).await?;
    reader.release(()).await?;
    let previous = previous.unwrap_or_default();
    for section in Section::NOTE {
        let Some(text) = previous.section(section.title()).filter(|_| signed.rights.writes(section)) else { continue };
        let typed = edits.iter().find(|e| e.section == section).map(|e| e.text.trim().to_owned());
        let empty = typed.unwrap_or_else(|| record.text(section).to_owned()).is_empty();
        if empty {
            edits.retain(|e| e.section != section);
            let base = record.text(section).to_owned();
            edits.push(Edit { section, text: text.to_owned(), base, copied: Copied::Yes });
        }
    }
    match note::save(&access, at.place(), &edits, &author, state.now()).await {
        Ok(saved) if fragment => Ok(answer(&state, &signed, &at, &saved).await?.into_response()),
        Ok(_) => Ok(at.page().into_response()),
        Err(error) => refused(error, fragment, &at),
    }
}

/// Settles a conflict; what else was typed is saved first.
pub(crate) async fn choose(
    State(state): State<WebState>,
    signed: Signed,
    Fragment(fragment): Fragment,
    at: Visited,
    Filled(form): Filled<Form>,
) -> Result<Response, WebError> {
    let (section, choice, revision) = form.get("choice").and_then(|c| chosen(c)).ok_or(WebError::BadRequest)?;
    if !signed.rights.writes(section) {
        return Err(WebError::Forbidden);
    }
    let author = signed.author()?;
    let access = state.access(&signed.caller);
    let others: Vec<Edit> = edits(&form, signed.rights)?.into_iter().filter(|edit| edit.section != section).collect();
    let kept = match note::save(&access, at.place(), &others, &author, state.now()).await {
        Ok(_) => note::resolve(&access, at.place(), section, choice, revision, &author, state.now()).await,
        Err(error) => Err(error),
    };
    match kept {
        Ok(saved) if fragment => Ok(answer(&state, &signed, &at, &saved).await?.into_response()),
        // The other text moved on since it was shown: the page shows both as they are now.
        Ok(_) | Err(ChartError::Conflict) if !fragment => Ok(at.page().into_response()),
        Ok(_) => Ok(at.page().into_response()),
        Err(error) => refused(error, fragment, &at),
    }
}

/// `P.1.4`: section, number on the screen, revision of the other text.
fn chosen(text: &str) -> Option<(Section, Choice, u32)> {
    let mut parts = text.split('.');
    let chosen = (Section::parse(parts.next()?)?, Choice::parse(parts.next()?)?, parts.next()?.parse().ok()?);
    parts.next().is_none().then_some(chosen)
}

/// Says that this person has the record open; answers who else has, and the sections as they stand.
pub(crate) async fn here(State(state): State<WebState>, signed: Signed, at: Visited) -> Result<Markup, WebError> {
    let author = signed.author()?;
    let access = state.access(&signed.caller);
    let reader = access.reader(Action::View);
    reader.describe("記録を開いている");
    let record = note::record(&access, &reader, at.place(), &author.person).await?;
    let record = reader.release(record).await?;
    let others = note::here(&access, at.place(), &author, state.now()).await?;
    Ok(html! {
        (editor::present(&others))
        (editor::sections(&record.drafts))
        p id="note-seen" data-seen=(note::seen(&record.drafts)) {}
    })
}
