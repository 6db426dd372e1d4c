//! 次回: the return visit in one press, for the end of a visit in the chart.
use super::place::{BookPlace, Did, at, local};
use super::words::told;
use super::{new, when};
use crate::components::{
    field::{hidden, key},
    icon::{Icon, small},
    notice::{Severity, notice, toast},
};
use crate::{
    WebState,
    error::WebError,
    guard::{Fragment, Signed},
    input::{Filled, Named},
    links,
};
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use karute_chart::booking::{self, NewBooking, NextVisit, Place, Why};
use karute_fhir::Id;
use karute_japan::Date;
use karute_ledger::Action;
use maud::{Markup, html};
use serde::Deserialize;

/// The key of the first suggestion.
const KEY: &str = "Alt+N";

/// The panel: what is booked already, two suggestions of one press each, the calendar for everything else.
pub(crate) fn next_visit(view: &NextVisit, patient: &Id, today: Date) -> Markup {
    html! {
        section class="bk-next" id="next-visit" aria-labelledby="next-visit-h" {
            h3 class="sec-t" id="next-visit-h" { "次回" @if view.booked.is_empty() && !view.suggestions.is_empty() { " " (key(KEY)) } }
            @for one in view.booked.iter().take(3) {
                @if let Some(start) = one.start {
                    p class="row row-w" {
                        (small(Icon::Calendar)) b { (when(start, today)) }
                        span class="t-13 t-sub" { (one.kind.as_deref().unwrap_or_default()) " " (one.reason.as_deref().unwrap_or_default()) }
                        a class="t-13" href=(BookPlace::day(start.day_in_japan()).select(Some(&one.id)).url()) { "変える" }
                    }
                }
            }
            div class="row row-w" {
                @if view.booked.is_empty() {
                    @if let Some(schedule) = &view.schedule {
                        @for (n, each) in view.suggestions.iter().enumerate() {
                            form method="post" action={ "/p/" (patient) "/next-visit" } data-next {
                                (hidden("schedule", schedule.id.as_str())) (hidden("at", &local(each.slot.start)))
                                button type="submit" class="btn" data-key=[(n == 0).then_some(KEY)] aria-keyshortcuts=[(n == 0).then_some(KEY)] {
                                    b { (each.words()) } span { (when(each.slot.start, today)) }
                                    @if each.why == Why::Supply { span class="t-12" { "薬が続く日まで" } }
                                }
                            }
                        }
                    }
                }
                a class="btn btn-g" href={ (new::url(view.schedule.as_ref().map(|s| &s.id), None, None)) (if view.schedule.is_some() { "&" } else { "?" }) "patient=" (patient) } {
                    (if view.booked.is_empty() { "カレンダーから選ぶ" } else { "もう1件予約する" })
                }
            }
            @if view.schedule.is_none() { p class="t-13 t-mute" { "予約枠がまだないので、候補を出せません。" } }
        }
    }
}

/// The panel alone as a fragment, or as a page of its own.
pub(crate) async fn show(
    State(state): State<WebState>,
    signed: Signed,
    Fragment(fragment): Fragment,
    Named(patient): Named,
) -> Result<Markup, WebError> {
    let panel = panel(&state, &signed, &patient).await?;
    if fragment {
        return Ok(panel);
    }
    let person = booking::patient(&state.access(&signed.caller), &patient).await?;
    Ok(super::alone(&signed, &person, state.today(), &panel))
}

async fn panel(state: &WebState, signed: &Signed, patient: &Id) -> Result<Markup, WebError> {
    let access = state.access(&signed.caller);
    let reader = access.reader(Action::View);
    reader.describe("次回の予約");
    let view = booking::next_visit(&access, &reader, patient, state.now()).await?;
    let view = reader.release(view).await?;
    Ok(super::next_visit(&view, patient, state.today()))
}

/// A suggestion that was pressed.
#[derive(Deserialize)]
pub(crate) struct Pressed {
    schedule: String,
    at: String,
    kind: Option<String>,
}

/// Books it. With script the panel as it is then, with 元に戻す; without, the appointment in the book.
pub(crate) async fn book(
    State(state): State<WebState>,
    signed: Signed,
    Fragment(fragment): Fragment,
    Named(patient): Named,
    Filled(pressed): Filled<Pressed>,
) -> Result<Response, WebError> {
    let schedule = Id::new(&pressed.schedule).map_err(|_| WebError::BadRequest)?;
    let start = at(&pressed.at).ok_or(WebError::BadRequest)?;
    let new = NewBooking {
        patient: patient.clone(),
        place: Place { schedule, start },
        kind: Some(pressed.kind.unwrap_or_else(|| "再診".to_owned())),
        reason: None,
        comment: None,
    };
    let access = state.access(&signed.caller);
    let made = booking::book(&access, state.new_id()?, &new, state.now()).await;
    if made.is_ok() {
        state.tell(signed.caller.tenant);
    }
    if let (Ok(made), false) = (&made, fragment) {
        let place = BookPlace::day(start.day_in_japan()).after(Did::Booked, &made.id, made.start);
        return Ok(Redirect::to(&place.url()).into_response());
    }
    let panel = panel(&state, &signed, &patient).await?;
    match made {
        Ok(made) => {
            let undo = html! {
                form method="post" action={ "/appointments/" (made.id) "/cancel" } data-undo {
                    (hidden("version", &made.version.to_string())) (hidden("reason", "mistake")) (hidden("date", &start.day_in_japan().to_string()))
                    button type="submit" class="btn btn-sm" { (small(Icon::Undo)) "元に戻す" }
                }
            };
            let words = format!("次回 {} を予約しました", when(start, state.today()));
            Ok(html! { (panel) div class="toasts" id="done" { (toast(&words, Some(undo))) } }.into_response())
        }
        Err(error) => {
            let (status, title, words) = told(error)?;
            let body = html! { (notice(Severity::Warn, title, &[words])) (panel) };
            if fragment {
                return Ok((status, body).into_response());
            }
            let person = booking::patient(&access, &patient).await?;
            let page = super::alone(
                &signed,
                &person,
                state.today(),
                &html! {
                    (body) p { a href=(links::patient(&patient)) { "カルテへ戻る" } }
                },
            );
            Ok((status, page).into_response())
        }
    }
}
