//! The untouched original, files that came with it, and the page for paper.
use super::{detail, opened};
use crate::components::frame::document;
use crate::{WebState, error::WebError, format, guard::Signed, input::Named};
use axum::{
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use karute_chart::attachment::{FileKind, sniff};
use karute_chart::inbox::Received;
use karute_fhir::Id;
use maud::{Markup, html};

/// Nothing may run, load or be framed.
const NOTHING: &str = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

pub(super) fn given(bytes: Vec<u8>, kind: &'static str, disposition: &str) -> Result<Response, WebError> {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(NOTHING));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(disposition).map_err(|_| WebError::Internal)?);
    Ok(response)
}

/// 原文: to the byte, as plain text that nothing interprets.
pub(crate) async fn original(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
) -> Result<Response, WebError> {
    let document = Box::pin(opened(&state, &signed, &id)).await?;
    let bytes = super::original(&state.access(&signed.caller), &document.page.original).await?;
    given(bytes.to_vec(), "text/plain; charset=utf-8", "inline; filename=\"karute-original.txt\"")
}

/// A file that came with a document: a download under what it really is, whatever its sender says.
pub(crate) async fn file(
    State(state): State<WebState>,
    signed: Signed,
    Path((id, at)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let id = Id::new(&id).map_err(|_| WebError::NotFound)?;
    let (within, at) = at.split_once('.').ok_or(WebError::NotFound)?;
    let place = |text: &str| text.parse::<usize>().map_err(|_| WebError::NotFound);
    let (within, at) = (place(within)?, place(at)?);
    let document = Box::pin(opened(&state, &signed, &id)).await?;
    let received = document.received.map_err(|_| WebError::NotFound)?;
    let holder: Option<&Received> = match within.checked_sub(1) {
        None => Some(&received),
        Some(inside) => received.inside.get(inside),
    };
    let file = holder.and_then(|holder| holder.files.get(at)).ok_or(WebError::NotFound)?;
    let ending = sniff(&file.content).map_or("bin", FileKind::ending);
    let name = format!("attachment; filename=\"karute-document.{ending}\"");
    given(file.content.clone(), "application/octet-stream", &name)
}

/// The document for paper.
pub(crate) async fn print(State(state): State<WebState>, signed: Signed, Named(id): Named) -> Result<Markup, WebError> {
    let opened = Box::pin(opened(&state, &signed, &id)).await?;
    let row = &opened.page.row;
    let received = opened.received.as_ref().map_err(|_| WebError::NotFound)?;
    let today = state.today();
    let page = html! {
        main id="main" class="pane" {
            div class="row" { button type="button" class="btn btn-p" data-print-now { "印刷する" } }
            article class="doc" {
                h1 class="t-20" { (received.title) }
                p { b { (row.sender.institution) " " (row.sender.department) } "　" (row.sender.doctor) @if let Some(day) = row.written { "　作成 " (format::full(day)) } }
                p { b { (row.who.name) } "　" (detail::facts(&row.who)) @if let Some(number) = opened.page.person.as_ref().and_then(|person| person.number.as_deref()) { "　患者番号 " (number) } }
                (detail::content(received, id.as_str(), 0))
                @for (n, inside) in received.inside.iter().enumerate() { h2 { (inside.title) } (detail::content(inside, id.as_str(), n + 1)) }
                p class="t-12 t-mute" { (signed.info.tenant_display) "　印刷 " (format::moment(state.now(), today)) "　" (signed.info.name) }
            }
        }
    };
    Ok(document("届いた文書", &page))
}
