//! すべての版: every version of the record of a visit, with what changed.
use super::{View, hand, kept, revision};
use crate::components::{
    banner::banner,
    frame::{Page, Place},
    icon::Icon,
    notice::empty,
    tag::{Tone, tag},
};
use crate::{WebState, error::WebError, format, guard::Signed, input::Visited, links};
use axum::extract::State;
use karute_chart::note::{self, Past};
use karute_chart::summary::{self, Depth};
use karute_ledger::Action;
use maud::{Markup, html};

/// The page.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed, at: Visited) -> Result<Markup, WebError> {
    let access = state.access(&signed.caller);
    let reader = access.reader(Action::History);
    reader.describe("記録のすべての版");
    let summary = summary::read(&reader, &at.patient, state.today(), Depth::Outline, &[]).await?;
    let record = note::record(&access, &reader, at.place(), &signed.author()?.person).await?;
    let past = note::history(&reader, at.place()).await?;
    let (summary, record, past) = reader.release((summary, record, past)).await?;
    let view = View {
        patient: &at.patient,
        record: &record,
        previous: None,
        past: &past,
        height_cm: None,
        measured: "",
        measured_by: None,
        rights: signed.rights,
        today: summary.date,
        open: &[],
        questionnaire: None,
        issues: false,
    };
    let back = html! { div class="row pt-here" { a class="btn" href=(links::visit(&at.patient, &at.visit)) { "記録へ戻る" } } };
    let body = html! {
        h1 class="vh" { "すべての版" }
        @if past.is_empty() {
            div class="panel" { (empty(Icon::List, "確定した記録はありません", "確定すると、その版と、あとからの訂正がすべてここに残ります。", None)) }
        }
        @for each in &past { (version(&view, each)) }
    };
    let header = banner(&summary.person, &summary.insurance, &summary.allergy, summary.date, &back);
    Ok(Page { title: "カルテ", place: Place::Patient, header, class: "pane scroll", body }.draw(&signed.viewer()))
}

fn version(view: &View<'_>, past: &Past) -> Markup {
    let note = &past.note;
    html! {
        section class="panel nt-v" {
            div class="panel-h" {
                h2 { "第" (note.version.unwrap_or(0)) "版" }
                span class="t-13 t-mute" { (format::moment(past.at, view.today)) }
                @if note.is_deleted() { (tag(Tone::Danger, None, "削除")) }
                @else if note.awaiting { (tag(Tone::Warn, None, "承認待ち")) }
                @else if note.confirmed.is_some() { (tag(Tone::Ok, Some(Icon::Check), "確定")) }
                span class="end t-13 t-mute" {
                    "入力 " (note.author.as_deref().unwrap_or("不明"))
                    @if let Some(confirmed) = &note.confirmed { "　確定 " (hand(&confirmed.name, confirmed.at, view.today)) }
                }
            }
            @if note.revision.is_some() { div class="nt-n" { (revision(note, view.today)) } }
            (kept::compared(past))
        }
    }
}
