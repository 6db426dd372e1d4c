//! The display in the waiting room: numbers only. It follows the list by itself; without script it reads it again every
//! half minute.
use crate::components::frame::document;
use crate::{WebState, error::WebError, format, guard::Signed};
use axum::extract::State;
use karute_chart::reception::{board, change_mark};
use maud::{Markup, html};

/// Numbers shown of a group.
const SHOWN: usize = 24;

/// The display.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed) -> Result<Markup, WebError> {
    let access = state.access(&signed.caller);
    let mark = change_mark(&access, state.today()).await?;
    let board = board(&access, state.today()).await?;
    let group = |numbers: &[u32]| {
        html! {
            ol class="bd-l" { @for number in numbers.iter().take(SHOWN) { li { (number) } } }
            @if numbers.len() > SHOWN { p { "ほか" (numbers.len() - SHOWN) "名" } }
            @if numbers.is_empty() { p class="t-mute" { "いません" } }
        }
    };
    Ok(document(
        "お呼び出し",
        &html! {
            noscript { meta http-equiv="refresh" content="30"; }
            main id="main" class="bd" data-board=(mark) {
                h1 { (signed.info.tenant_display) " お呼び出し" span class="end" { (format::clock(state.now())) } }
                section class="panel bd-now" aria-label="診察中" aria-live="polite" {
                    h2 { "診察室へどうぞ" }
                    ol class="bd-l" {
                        @for (number, room) in board.called.iter().take(6) { li { b { (number) } @if let Some(room) = room { " " span { (room) } } } }
                    }
                    @if board.called.is_empty() { p class="t-mute" { "お呼びするまでお待ちください" } }
                }
                section class="panel" aria-label="会計" { h2 { "会計へどうぞ" } (group(&board.payment)) }
                section class="panel" aria-label="診察待ち" { h2 { "お待ちの方　" (board.waiting.len()) "名" } (group(&board.waiting)) }
            }
        },
    ))
}
