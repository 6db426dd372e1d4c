//! The page of a patient: identity, trends, course; and today the record being written beside the orders, otherwise
//! drugs, disease names and results.

mod course;
mod drugs;
pub(crate) mod paper;
mod problems;
mod results;
mod trends;

use course::Shown;

use super::issue;
use super::letter;
use super::orders::{self, OrderPane};
use super::record::{self, View};
use super::requests;
use crate::components::{
    banner::{mistakable, of_summary},
    frame::{Page, Place},
};
use crate::{
    WebState,
    error::WebError,
    guard::Signed,
    input::{Named, Visited},
    links,
    rights::Rights,
};
use axum::extract::State;
use futures_util::future::try_join;
use karute_chart::clinic::Mode;
use karute_chart::finish::OpenPoint;
use karute_chart::graph;
use karute_chart::note::{self, Past, Record, Section};
use karute_chart::opened;
use karute_chart::questionnaire::{self, Reading};
use karute_chart::request::{self, RequestPane};
use karute_chart::summary::{self, Depth, EntryKind, Summary};
use karute_chart::view::{Note, Person, Tag, VisitState};
use karute_chart::vitals::{self, OnRecord};
use karute_fhir::Id;
use karute_ledger::{Action, Reader};
use maud::{Markup, html};

/// The page; of the visit of today when the patient is here.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed, Named(id): Named) -> Result<Markup, WebError> {
    drawn(&state, &signed, &id, None, &Above::default()).await
}

/// The page of one visit.
pub(crate) async fn visit(State(state): State<WebState>, signed: Signed, at: Visited) -> Result<Markup, WebError> {
    drawn(&state, &signed, &at.patient, Some(&at.visit), &Above::default()).await
}

/// The page of a visit with what keeps it from being finished.
pub(crate) async fn with_open(
    state: &WebState,
    signed: &Signed,
    at: &Visited,
    open: &[OpenPoint],
) -> Result<Markup, WebError> {
    drawn(state, signed, &at.patient, Some(&at.visit), &Above { open, ..Above::default() }).await
}

/// The page of a visit with what is said of the order that was just given or refused.
pub(crate) async fn with_orders(
    state: &WebState,
    signed: &Signed,
    at: &Visited,
    orders: &requests::Said,
) -> Result<Markup, WebError> {
    drawn(state, signed, &at.patient, Some(&at.visit), &Above { orders: Some(orders), ..Above::default() }).await
}

/// What a page says beside what it shows.
#[derive(Default)]
struct Above<'a> {
    /// What keeps the visit from being finished.
    open: &'a [OpenPoint],
    /// What is said of an order.
    orders: Option<&'a requests::Said>,
}

/// What is read of a visit for its page.
struct OfVisit {
    record: Record,
    past: Vec<Past>,
    height_cm: Option<f64>,
    measured: String,
    /// The proxy who entered the vital signs, and whether they wait for approval.
    measured_by: Option<(String, bool)>,
    /// What the patient answered before the visit.
    questionnaire: Option<Reading>,
    /// What is prescribed and what else is ordered, while the visit is open.
    column: Option<(OrderPane, RequestPane)>,
}

/// One round of reads, one audit event.
async fn drawn(
    state: &WebState,
    signed: &Signed,
    patient: &Id,
    visit: Option<&Id>,
    above: &Above<'_>,
) -> Result<Markup, WebError> {
    let access = state.access(&signed.caller);
    let emergency = signed.owes_reason
        && state
            .identity()
            .owed_reasons(&signed.caller)
            .await?
            .iter()
            .any(|owed| owed.open && owed.patient == *patient);
    let depth = if emergency { Depth::Notes } else { signed.rights.depth() };
    let own = graph::chosen_keys(&access, &signed.info.person).await?;
    let reader = access.reader(Action::View).remembering();
    reader.describe(if visit.is_some() { "受診の記録" } else { "患者の要約" });
    let writes = signed.rights.notes && signed.mode == Mode::Full;
    let of_summary = async { Ok(summary::read(&reader, patient, state.today(), depth, &own).await?) };
    let of_visit = async {
        match visit.filter(|_| writes) {
            Some(visit) => Ok(Some(read(state, &reader, note::Place { patient, visit }, signed).await?)),
            None => Ok::<_, WebError>(None),
        }
    };
    // Which visit it is says the address, or else what is here today: then one has to come after the other.
    let (summary, mut of_visit) = try_join(Box::pin(of_summary), Box::pin(of_visit)).await?;
    let here = summary.today.as_ref().filter(|(_, state, _)| *state != VisitState::Finished).map(|(id, ..)| id);
    if let (None, Some(here)) = (visit, here.filter(|_| writes)) {
        of_visit = Some(read(state, &reader, note::Place { patient, visit: here }, signed).await?);
    }
    let beside = match visit.or(here).filter(|_| signed.mode == Mode::PaperChart && signed.rights.orders) {
        Some(visit) => Some(orders::read(&reader, state, signed, patient, visit).await?),
        None => None,
    };
    let confused = confusable(state, signed, &reader, &summary.person).await?;
    let (summary, of_visit, beside) = reader.release((summary, of_visit, beside)).await?;
    let page = match &of_visit {
        Some(of_visit) => {
            let view = View {
                patient,
                record: &of_visit.record,
                previous: previous(&summary, &of_visit.record.visit.id),
                past: &of_visit.past,
                height_cm: of_visit.height_cm,
                measured: &of_visit.measured,
                measured_by: of_visit.measured_by.as_ref(),
                rights: signed.rights,
                today: summary.date,
                open: above.open,
                questionnaire: of_visit.questionnaire.as_ref(),
                issues: signed.issues,
            };
            let said = (above.orders, signed.past_first, signed.shares);
            visit_page(&summary, &confused, &view, of_visit.column.as_ref(), said, &state.new_id()?)
        }
        None => summary_page(&summary, &confused, signed, (emergency, beside.as_ref()), &state.new_id()?),
    };
    Ok(page.draw(&signed.viewer()))
}

async fn read(state: &WebState, reader: &Reader, place: note::Place<'_>, signed: &Signed) -> Result<OfVisit, WebError> {
    let person = signed.author()?.person;
    let record = note::record(&state.access(&signed.caller), reader, place, &person).await?;
    let amended = !record.is_open() && record.note.as_ref().is_some_and(Note::is_amended);
    let past = if amended { note::history(reader, place).await? } else { Vec::new() };
    let signs = if record.is_open() { OnRecord::default() } else { vitals::of_visit(reader, place.visit).await? };
    let measured = vitals::line_of(&signs.measured);
    let measured_by = signs.proxy.map(|name| (name, signs.awaiting));
    let line = if record.is_open() { record.text(Section::Vitals) } else { &measured };
    let wanted = super::record::save::wants_height(line);
    let height_cm = if wanted { vitals::last_height(reader, place.patient).await? } else { None };
    let column = if record.is_open() {
        let orders = orders::read(reader, state, signed, place.patient, place.visit).await?;
        Some((orders, request::read(reader, place.patient, place.visit, &person, state.today()).await?))
    } else {
        None
    };
    // Who was not asked has no answers: the mark of the visit spares the search.
    let questionnaire = if record.visit.has(Tag::QuestionnaireDone) {
        questionnaire::reading(reader, place.visit).await?
    } else {
        None
    };
    Ok(OfVisit { record, past, height_cm, measured, measured_by, questionnaire, column })
}

/// The newest note of another visit.
fn previous<'s>(summary: &'s Summary, visit: &Id) -> Option<&'s Note> {
    summary.course.iter().find_map(|entry| match &entry.kind {
        EntryKind::Visit { visit: of, record: Some(note), .. } if of.as_ref() != Some(visit) && !note.is_deleted() => {
            Some(&**note)
        }
        _ => None,
    })
}

/// Who could be taken for this patient among those whose charts this person opened within the hour (SAFE-03); they are
/// named in the audit event. And from now on this chart is one of them.
async fn confusable(
    state: &WebState,
    signed: &Signed,
    reader: &Reader,
    person: &Person,
) -> Result<Vec<Person>, WebError> {
    let by = signed.author()?.person;
    let mut found = Vec::new();
    for other in opened::confusable(&state.access(&signed.caller), &by, person, state.now()).await? {
        found.push(summary::person(reader, &other.id).await?);
    }
    opened::opens(reader, &by, person, state.now());
    Ok(found)
}

fn header(summary: &Summary, confused: &[Person], rights: Rights) -> Markup {
    let patient = &summary.person.id;
    let aside = html! {
        div class="row pt-here" {
            @if let Some((_, state, number)) = &summary.today {
                span class="t-12 t-mute nw" { @if let Some(number) = number { "No." (number) br; } (state.word()) }
            }
            @if rights.writes { (letter::button(patient, summary.today.as_ref().map(|(visit, ..)| visit))) }
            @if rights.prints { a class="btn" href=(links::print_chart(patient)) target="_blank" { "診療録を印刷" } }
            @if rights.reception { a class="btn" href="/reception" { "受付一覧へ" } }
        }
    };
    html! { (of_summary(summary, &aside)) (mistakable(confused)) }
}

/// The two-way switch of a chart that is held upright (ux §3): one half at a time, without a way to the server.
fn sides(past: bool) -> Markup {
    html! {
        fieldset class="seg ch-side" {
            legend class="vh" { "表示するもの" }
            @for (value, word, is) in [("past", "経過", past), ("today", "記録・オーダー", !past)] {
                label class="grow" { input type="radio" name="side" class="vh" value=(value) checked[is] autocomplete="off"; (word) }
            }
        }
    }
}

/// Past on the left, today in the middle, orders on the right.
fn visit_page(
    summary: &Summary,
    confused: &[Person],
    view: &View<'_>,
    column: Option<&(OrderPane, RequestPane)>,
    (said, past, shares): (Option<&requests::Said>, bool, bool),
    new: &Id,
) -> Page<'static> {
    let into = view.writable().then_some(&view.record.visit.id);
    let body = html! {
        h1 class="vh" { "カルテ" }
        (sides(past))
        (trends::trends(summary))
        (course::course(summary, view.rights, Shown { mode: Mode::Full, emergency: false, shares }, into))
        div class="ch-rec" { (record::panel(view)) (problems::problems(summary, view.rights, new)) }
        @if let Some((prescribed, requested)) = column {
            (orders::pane(prescribed, &requests::sections(requested, view.rights.orders, said.unwrap_or(&requests::Said::default())), &record::foot(view)))
        } @else {
            section class="panel od" aria-label="薬と検査結果" {
                div class="od-b scroll" tabindex="0" role="region" aria-label="薬と検査結果" { (drugs::drugs(summary)) (results::results(summary)) }
                (record::foot(view))
            }
        }
    };
    Page {
        title: "カルテ",
        place: Place::Patient,
        header: header(summary, confused, view.rights),
        class: "ch ch-open",
        body,
    }
}

/// The summary, when nobody is writing. In a clinic that keeps paper charts the prescription of the visit stands beside it:
/// whoever enters it from the paper, a doctor signs it.
fn summary_page(
    summary: &Summary,
    confused: &[Person],
    signed: &Signed,
    (emergency, beside): (bool, Option<&OrderPane>),
    new: &Id,
) -> Page<'static> {
    let (rights, mode) = (signed.rights, signed.mode);
    let body = html! {
        h1 class="vh" { "患者の要約" }
        (trends::trends(summary))
        (course::course(summary, rights, Shown { mode, emergency, shares: signed.shares }, None))
        div class="ch-mid" { @if signed.issues { (issue::place(&summary.person.id)) } (drugs::drugs(summary)) (problems::problems(summary, rights, new)) }
        @if let Some(prescribed) = beside {
            (orders::pane(prescribed, &results::results(summary), &paper::foot(prescribed, signed)))
        } @else { (results::results(summary)) }
    };
    // The tab's title names nobody: a projected tab bar leaks nothing (ux §2.2).
    Page { title: "カルテ", place: Place::Patient, header: header(summary, confused, rights), class: "ch", body }
}
