//! The letters of a patient: drafts, and what is on record with its state.
use super::kept::chip;
use crate::components::{
    icon::{Icon, small},
    notice::empty,
    patient::{Part, screen},
    tag::{Tone, tag},
};
use crate::{WebState, error::WebError, format, guard::Signed, input::Named, links};
use axum::extract::State;
use karute_chart::letter::{self, Head, OnRecord, Section};
use karute_chart::summary::{Face, face};
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_ledger::Action;
use maud::{Markup, html};

/// The page.
pub(crate) async fn show(
    State(state): State<WebState>,
    signed: Signed,
    Named(patient): Named,
) -> Result<Markup, WebError> {
    let access = state.access(&signed.caller);
    let reader = access.reader(Action::View);
    reader.describe("紹介状の一覧");
    let face = face(&reader, &patient, state.today()).await?;
    let (drafts, letters) = letter::list(&access, &reader, &patient).await?;
    let (face, letters) = reader.release((face, letters)).await?;
    // What is being written is nobody's business who does not write.
    let drafts: &[Head] = if signed.rights.writes { &drafts } else { &[] };
    let body = html! {
        section class="panel" aria-labelledby="letters-h" {
            div class="panel-h" {
                h2 id="letters-h" { "紹介状・返書" } span class="t-13 t-mute" { (drafts.len() + letters.len()) "件・新しい順" }
                @if signed.rights.writes { a class="btn btn-p end" href=(links::new_letter(&patient, None)) data-key="l" { (small(Icon::Plus)) "新しい紹介状" } }
            }
            @if drafts.is_empty() && letters.is_empty() { (empty(Icon::Letter, "紹介状はまだありません", "診療情報提供書と返書がここに並びます。", None)) }
            ul {
                @for head in drafts { (draft(head, &face)) }
                @for found in &letters { (kept(found, &face)) }
            }
        }
    };
    Ok(screen(&signed, &face, Part::Letters, "", &body))
}

fn draft(head: &Head, face: &Face) -> Markup {
    let Ok(id) = Id::new(&head.letter) else { return html! {} };
    let opened = format::moment(Timestamp::from_micros(head.opened), face.date);
    html! {
        li class="hit" {
            (small(Icon::Pen))
            div class="grow" {
                span class="row row-w" {
                    a class="hit-n" href=(links::letter(&face.person.id, &id)) { @match &head.to { Some(to) => { (to.name) @if !to.department.is_empty() { "　" (to.department) } } None => "宛先 未定" } }
                    (tag(Tone::Warn, None, "下書き")) span class="t-13" { (head.kind.word()) }
                }
                span class="t-13 t-mute" { (head.name) "　" (opened) " から" @if let Some((_, reason)) = &head.replaces { "　訂正：" (reason) } }
            }
            a class="btn btn-s btn-sm" href=(links::letter(&face.person.id, &id)) { "続きを書く" }
        }
    }
}

fn kept(found: &OnRecord, face: &Face) -> Markup {
    let letter = &found.letter;
    let purpose: String = letter.text(Section::Purpose).replace('\n', " ").chars().take(60).collect();
    html! {
        li class="hit" {
            (small(Icon::Letter))
            div class="grow" {
                span class="row row-w" {
                    a class="hit-n" href=(links::letter(&letter.patient, &letter.id)) { (letter.to.name) @if !letter.to.department.is_empty() { "　" (letter.to.department) } }
                    (chip(found.delivery.as_ref())) span class="t-13" { (letter.kind.word()) @if letter.issue > 1 { "　第" (letter.issue) "版" } }
                }
                span class="t-13 t-mute" { @if let Some(at) = letter.signed { (format::moment(at, face.date)) "　" } (letter.doctor) "　" (purpose) }
            }
        }
    }
}
