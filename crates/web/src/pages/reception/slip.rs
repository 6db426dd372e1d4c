//! 受付票: the number a patient is called by, on paper.
use crate::components::frame::document;
use crate::components::icon::{Icon, small};
use crate::{WebState, error::WebError, format, guard::Signed, input::Named};
use axum::extract::State;
use karute_chart::reception;
use maud::{Markup, html};

/// The slip of a visit of today.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed, Named(id): Named) -> Result<Markup, WebError> {
    let today = state.today();
    let list = reception::today(&state.access(&signed.caller), today, state.now()).await?;
    let visit = list.visit(&id).ok_or(WebError::NotFound)?;
    let person = &visit.person;
    Ok(document(
        "受付票",
        &html! {
            main id="main" class="slip" {
                h1 { "受付票" }
                p class="slip-n" { span class="t-13" { "受付番号" } b { (visit.queue_number.map_or_else(|| "－".to_owned(), |n| n.to_string())) } }
                p class="slip-who" { (person.kana.as_deref().unwrap_or(&person.name)) " 様" }
                dl class="dl" {
                    dt { "患者番号" } dd { (person.number.as_deref().unwrap_or("なし")) }
                    dt { "受付" } dd { (format::heading(today)) " " (visit.arrived.map(format::clock).unwrap_or_default()) }
                    @if let Some(kind) = &visit.kind { dt { "区分" } dd { (kind) } }
                    @if let Some(at) = visit.booked { dt { "予約" } dd { (format::clock(at)) } }
                    @if let Some(name) = &visit.doctor_name { dt { "担当" } dd { (name) } }
                    @if let Some(room) = &visit.room { dt { "部屋" } dd { (room) } }
                }
                p class="t-13" { "番号でお呼びします。お待ちの間に具合が悪くなったときは、すぐに受付へお知らせください。" }
                p class="t-13" { (signed.info.tenant_display) }
                p class="row row-w np" {
                    button type="button" class="btn btn-p" data-print-now { "印刷する" }
                    a class="btn" href=(crate::links::ReceptionPlace { date: None, tab: crate::links::Tab::Inside, visit: Some(id.clone()) }.url()) { (small(Icon::Left)) "受付一覧へ" }
                }
            }
        },
    ))
}
