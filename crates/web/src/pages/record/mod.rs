//! 今日の記録: writing the record of a visit, ending it, correcting it.

pub(crate) mod correct;
mod editor;
pub(crate) mod finish;
pub(crate) mod history;
mod kept;
pub(crate) mod phrases;
pub(crate) mod save;

pub(crate) use editor::{Sides, conflict_of};

use crate::components::{
    icon::{Icon, small},
    notice::{Severity, notice},
};
use crate::pages::{
    appointments,
    intake::{self, Offer},
    issue,
};
use crate::{format, links, rights::Rights};
use karute_chart::finish::OpenPoint;
use karute_chart::note::{Past, Record, Section};
use karute_chart::questionnaire::Reading;
use karute_chart::view::Note;
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use maud::{Markup, html};

/// What the record of a visit is drawn from.
pub(crate) struct View<'a> {
    pub(crate) patient: &'a Id,
    pub(crate) record: &'a Record,
    /// The note before this visit's.
    pub(crate) previous: Option<&'a Note>,
    /// Versions, read when the record was corrected.
    pub(crate) past: &'a [Past],
    /// Last height known, for the BMI.
    pub(crate) height_cm: Option<f64>,
    /// Vital signs on record, in the words of their line.
    pub(crate) measured: &'a str,
    /// The proxy who entered them, and whether they wait for approval.
    pub(crate) measured_by: Option<&'a (String, bool)>,
    pub(crate) rights: Rights,
    pub(crate) today: Date,
    /// What keeps the visit from being finished.
    pub(crate) open: &'a [OpenPoint],
    /// What the patient answered before the visit.
    pub(crate) questionnaire: Option<&'a Reading>,
    /// Whether the clinic issues electronic prescriptions.
    pub(crate) issues: bool,
}

impl View<'_> {
    fn day(&self) -> Date {
        self.record.visit.arrived.map_or(self.today, Timestamp::day_in_japan)
    }
    fn link(&self, what: &str) -> String {
        links::of_visit(self.patient, &self.record.visit.id, what)
    }
    fn title(&self) -> &'static str {
        if self.day() == self.today { "今日の記録" } else { "この日の記録" }
    }
    /// What may be done with the questionnaire here.
    fn offer(&self) -> Offer {
        Offer { insert: self.writable() && self.rights.writes(Section::Subjective), allergies: self.rights.allergies }
    }
    /// Whether the person can write here now.
    pub(crate) fn writable(&self) -> bool {
        self.rights.writes && self.record.is_open()
    }
}

/// The panel: an editor while the record is open, else what is on record.
pub(crate) fn panel(view: &View<'_>) -> Markup {
    if view.writable() { editor::editor(view) } else { kept::kept(view) }
}

/// The foot of the page: the return visit, and ending the visit. The button belongs to the form of the record, so that what was typed last
/// goes with it.
pub(crate) fn foot(view: &View<'_>) -> Markup {
    let word = if view.record.reopened.is_some() { "訂正を確定する" } else { "診察を終える" };
    html! {
        @if !view.open.is_empty() { (points(view.open)) }
        @if view.issues { (issue::place(view.patient)) }
        @if view.rights.book && view.day() == view.today { (appointments::next_visit_place(view.patient)) }
        @if view.writable() {
            div class="od-f" {
                @if view.issues && view.rights.confirms && view.rights.orders { (issue::button(view.patient, &view.record.visit.id)) }
                @if view.rights.confirms {
                    button type="submit" form="note-form" formaction=(view.link("finish")) class="btn btn-p btn-lg" data-finish aria-keyshortcuts="Control+Enter" {
                        (word) " " (crate::components::field::key("Ctrl+Enter"))
                    }
                } @else {
                    button type="submit" form="note-form" formaction=(view.link("hand-in")) class="btn btn-p btn-lg" data-finish { "医師の承認へ出す" }
                }
            }
        } @else if view.record.note.as_ref().is_some_and(|n| n.confirmed.is_some()) && view.day() == view.today {
            div class="od-f" {
                @if view.issues && view.rights.confirms && view.rights.orders { (issue::button(view.patient, &view.record.visit.id)) }
                a class="btn btn-p btn-lg" href="/reception?status=waiting" { "次の患者へ " (small(Icon::Right)) } }
        }
    }
}

/// What is still open, each point with its own way to mend it.
fn points(open: &[OpenPoint]) -> Markup {
    html! {
        section class="od-open" role="alert" aria-labelledby="open-h" {
            h3 id="open-h" { "終える前に" }
            ul class="stack" {
                @for point in open {
                    li class="note note-warn" {
                        (crate::components::icon::icon(Icon::Triangle))
                        span { (point.message) }
                        a class="btn btn-sm" href=(point.link) { "直す" }
                    }
                }
            }
        }
    }
}

/// Two edits of the same lines, for the page of components.
pub(crate) fn conflict_sample() -> Markup {
    let (mine, theirs) = ("メトホルミンを増量。整形の鎮痛薬は継続。", "メトホルミンを増量。採血は 12/18 に予約済み。");
    editor::conflict_of(&editor::Sides {
        action: "/",
        code: karute_chart::note::Section::Plan.code(),
        title: karute_chart::note::Section::Plan.title(),
        mine,
        theirs,
        name: "井上 健",
        revision: 1,
    })
}

/// `11/20 10:43`, with the name.
fn hand(name: &str, at: Option<Timestamp>, today: Date) -> String {
    match at {
        Some(at) => format!("{name} {}", format::moment(at, today)),
        None => name.to_owned(),
    }
}

/// 問診, folded above S.
fn answers(view: &View<'_>) -> Markup {
    html! {
        @if let Some(reading) = view.questionnaire { div class="nt-n" { (intake::reading(reading, view.offer())) } }
    }
}

/// Why this version was made.
fn revision(note: &Note, today: Date) -> Markup {
    html! {
        @if let Some(revision) = &note.revision {
            @let word = if note.is_deleted() { "削除" } else { "訂正" };
            @let who = hand(revision.by.as_deref().unwrap_or("記録者不明"), revision.at, today);
            (notice(if note.is_deleted() { Severity::Warn } else { Severity::Info }, &format!("{word}：{}", revision.reason), &[&who]))
        }
    }
}

/// Text with its line breaks.
pub(crate) fn lines(text: &str) -> Markup {
    html! { @for (n, line) in text.lines().enumerate() { @if n > 0 { br; } (line) } }
}
