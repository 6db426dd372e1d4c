//! The command palette: patients in the building, acts possible here, screens, then all patients (ux §7).
use crate::acts::{Act, Go, fitting};
use crate::components::{
    banner,
    frame::{Page, Place, head},
    icon::{Icon, small},
};
use crate::guard::{self, Fragment, Signed};
use crate::{WebState, error::WebError, format, input::Filled, links};
use axum::extract::State;
use karute_chart::patients::{self, Hit};
use karute_chart::{reception, view::VisitState};
use karute_fhir::Id;
use karute_japan::Date;
use maud::{Markup, html};
use serde::Deserialize;

/// Patients of the building shown while nothing is typed.
const INSIDE: usize = 6;

/// What was typed, and which chart is open.
#[derive(Deserialize)]
pub(crate) struct Typed {
    q: String,
    /// Id of the patient whose chart is open.
    #[serde(default)]
    patient: String,
    /// Name and reading of that patient as the banner shows them, for `たか しょ`.
    #[serde(default)]
    who: String,
}

/// One patient of the list.
struct Line {
    id: Id,
    name: String,
    kana: String,
    detail: Markup,
}

/// Answers with the list.
pub(crate) async fn find(
    State(state): State<WebState>,
    signed: Signed,
    Fragment(fragment): Fragment,
    Filled(typed): Filled<Typed>,
) -> Result<Markup, WebError> {
    let open = Id::new(&typed.patient).ok();
    let mode = guard::mode(&state, &signed).await?;
    let who: String = typed.who.chars().take(100).collect();
    let acts: Vec<&Act> = fitting(&typed.q, &who, &signed.caller, signed.rights, mode)
        .into_iter()
        .filter(|act| open.is_some() || !matches!(act.go, Go::OfPatient(_)))
        .collect();
    let (acts, screens): (Vec<&Act>, Vec<&Act>) = acts.into_iter().partition(|act| !matches!(act.go, Go::Open(_)));
    let today = state.today();
    let (inside, all) = if typed.q.trim().is_empty() {
        (inside(&state, &signed, today).await?, Vec::new())
    } else {
        found(&state, &signed, &typed.q, today).await?
    };
    let list = html! {
        div class="pal-list" id="pal-list" role="listbox" aria-label="候補" {
            (people("院内の患者", &inside))
            (commands("この画面でできること", &acts, open.as_ref()))
            (commands("画面", &screens, open.as_ref()))
            (people("患者", &all))
            @if inside.is_empty() && all.is_empty() && acts.is_empty() && screens.is_empty() {
                p class="pop-n t-13 t-mute" { "見つかりません。読みの一部でお試しください。" }
            }
        }
    };
    if fragment {
        return Ok(list);
    }
    let header = head("コマンド", &html! {});
    Ok(Page { title: "コマンド", place: Place::Elsewhere, header, class: "pane scroll", body: list }
        .draw(&signed.viewer()))
}

/// Who is in the building; nobody for those who may not see the list.
async fn inside(state: &WebState, signed: &Signed, today: Date) -> Result<Vec<Line>, WebError> {
    if !signed.rights.reception || !signed.rights.chart {
        return Ok(Vec::new());
    }
    let list = reception::today(&state.access(&signed.caller), today, state.now()).await?;
    let order = |visit: &reception::Visit| match visit.state {
        VisitState::InConsultation => 0,
        VisitState::Waiting => 1,
        _ => 2,
    };
    let mut visits: Vec<&reception::Visit> = list.visits.iter().filter(|v| v.is_inside()).collect();
    visits.sort_by_key(|visit| order(visit));
    Ok(visits
        .into_iter()
        .take(INSIDE)
        .map(|visit| Line {
            id: visit.person.id.clone(),
            name: visit.person.name.clone(),
            kana: visit.person.kana.clone().unwrap_or_default(),
            detail: html! {
                (visit.state.word()) @if let Some(number) = visit.queue_number { " No." (number) }
                "　" (visit.person.sex.word()) " " (format::age(&visit.person, today)) "　" (banner::born(&visit.person))
            },
        })
        .collect())
}

/// Patients by what was typed, those in the building apart. With several words the first that finds somebody counts:
/// the rest may be a verb.
async fn found(
    state: &WebState,
    signed: &Signed,
    typed: &str,
    today: Date,
) -> Result<(Vec<Line>, Vec<Line>), WebError> {
    if !signed.rights.search || !signed.rights.chart {
        return Ok((Vec::new(), Vec::new()));
    }
    let found = patients::search(&state.access(&signed.caller), typed, today).await?;
    let (inside, all): (Vec<&Hit>, Vec<&Hit>) = found
        .hits
        .iter()
        .partition(|hit| hit.today.is_some_and(|(s, _)| !matches!(s, VisitState::Finished | VisitState::Cancelled)));
    let line = |hit: &&Hit| Line {
        id: hit.person.id.clone(),
        name: hit.person.name.clone(),
        kana: hit.person.kana.clone().unwrap_or_default(),
        detail: html! {
            @if let Some((state, number)) = hit.today { (state.word()) @if let Some(number) = number { " No." (number) } "　" }
            (hit.person.sex.word()) " " (format::age(&hit.person, today)) "　" (banner::born(&hit.person))
            "　患者番号 " (hit.person.number.as_deref().unwrap_or("なし"))
        },
    };
    Ok((inside.iter().map(line).collect(), all.iter().map(line).collect()))
}

fn people(title: &str, lines: &[Line]) -> Markup {
    html! {
        @if !lines.is_empty() {
            p class="pop-g" role="presentation" { (title) }
            @for line in lines {
                a class="pal-i" role="option" aria-selected="false" href=(links::patient(&line.id)) {
                    (small(Icon::User))
                    span { b { (line.name) } " " span class="t-12 t-mute" { (line.kana) } br; span class="t-12 t-sub" { (line.detail) } }
                    span class="t-12 t-mute end" { "カルテを開く" }
                }
            }
        }
    }
}

fn commands(title: &str, acts: &[&Act], open: Option<&Id>) -> Markup {
    html! {
        @if !acts.is_empty() {
            p class="pop-g" role="presentation" { (title) }
            @for act in acts {
                @match act.address(open) {
                    Some(path) => a class="pal-i" role="option" aria-selected="false" data-act href=(path) { (entry(act)) },
                    None => button type="button" class="pal-i" role="option" aria-selected="false" data-press=(act.key) { (entry(act)) },
                }
            }
        }
    }
}

/// Each entry shows its own key, so that the palette teaches itself out of use (PAL-03).
fn entry(act: &Act) -> Markup {
    html! {
        (small(Icon::Right)) span { (act.word) }
        @if !act.key.is_empty() { span class="kbd end" aria-hidden="true" { (act.key) } }
    }
}
