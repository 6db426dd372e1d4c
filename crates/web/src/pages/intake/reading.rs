//! The questionnaire as the staff reads it: folded above S in the chart, and in the card at reception.
use crate::components::{
    field::hidden,
    icon::{Icon, small},
    tag::{Tone, tag},
};
use crate::format;
use karute_chart::questionnaire::Reading;
use maud::{Markup, html};

/// What the reader may do with it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offer {
    /// [S に入れる], where a note is open.
    pub(crate) insert: bool,
    /// [登録する] for reported allergies.
    pub(crate) allergies: bool,
}

fn form_id(at: usize) -> String {
    format!("in-allergy-{at}")
}

/// The forms of the reported allergies' buttons. They stand apart, because the block may stand inside the form of the
/// record and forms do not nest.
pub(crate) fn forms(reading: &Reading, offer: Offer) -> Markup {
    html! {
        @if let (true, Some(patient)) = (offer.allergies, &reading.patient) {
            @for (at, allergy) in reading.allergies.iter().enumerate() {
                form id=(form_id(at)) method="post" action={ "/p/" (patient) "/allergies/words" } hidden { (hidden("words", &allergy.text)) }
            }
        }
    }
}

/// The folded block. `data-insert` holds the summary for the draft of S; the form of an allergy carries the words of the
/// patient (`words`) to the form in which somebody of the staff records and confirms it; nothing is recorded by itself.
pub(crate) fn reading(reading: &Reading, offer: Offer) -> Markup {
    let original = (!reading.language.is_japanese()).then(|| reading.language.words());
    html! {
        details class="in-r" id="questionnaire" {
            summary {
                b { "問診" } @if let Some(at) = reading.at { " " (format::clock(at)) }
                @for warning in &reading.warnings { " " (tag(Tone::Warn, Some(Icon::Triangle), warning.words)) }
                @if original.is_some() { " " (tag(Tone::Line, None, &format!("{}で回答", reading.language.japanese_name()))) }
            }
            dl class="dl" {
                @for line in &reading.lines {
                    dt { (line.label) }
                    dd {
                        @if let Some(chosen) = &line.chosen { (chosen) }
                        @if let (Some(_), Some(_)) = (&line.chosen, &line.written) { "　" }
                        @if let Some(written) = &line.written { span class="in-t" lang=[original.map(|w| w.html.as_str())] { (written) } }
                    }
                }
            }
            @if offer.allergies {
                @if reading.patient.is_some() {
                    @for (at, allergy) in reading.allergies.iter().enumerate() {
                        div class="row row-w" {
                            span class="t-13" { "患者の申告：" b lang=[original.map(|w| w.html.as_str())] { (allergy.text) } }
                            button type="submit" form=(form_id(at)) class="btn btn-sm" { "登録する" span class="vh" { "：" (allergy.text) } }
                        }
                    }
                }
            }
            @if offer.insert && !reading.summary.is_empty() {
                button type="button" class="btn btn-sm" data-insert=(reading.summary) data-into="S" { (small(Icon::Plus)) "S に入れる" }
            }
        }
    }
}
