//! 問診を渡す: the link of one visit as a QR code for the patient's phone, on the screen and on paper, and the same page on this
//! device. The link is shown once; making another ends the one before.
use crate::components::{
    banner,
    frame::{Page, Place, head},
    notice::{Severity, notice},
};
use crate::{
    WebState,
    error::WebError,
    format,
    guard::Signed,
    input::Named,
    links::{ReceptionPlace, Tab},
};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use karute_chart::questionnaire;
use maud::{Markup, html};
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write as _;

/// Makes an invitation and shows it.
pub(crate) async fn make(
    State(state): State<WebState>,
    signed: Signed,
    Named(visit): Named,
    headers: HeaderMap,
) -> Result<Markup, WebError> {
    let secret = state.new_secret();
    let access = state.access(&signed.caller);
    let person = questionnaire::invite(&access, &visit, &secret, state.now()).await?;
    let path = format!("/intake/{}.{secret}", signed.caller.tenant.0);
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok()).ok_or(WebError::BadRequest)?;
    let link = format!("{}://{host}{path}", if state.secure() { "https" } else { "http" });
    let back = ReceptionPlace { date: None, tab: Tab::Inside, visit: Some(visit) };
    let body = html! {
        section class="panel in-i" aria-label="問診票" {
            div class="stack-3" {
                p class="row row-w" { b class="hit-n" { (person.name) } span class="t-13" { (person.sex.word()) " " (format::age(&person, state.today())) "　" (banner::born(&person)) } }
                p { "スマートフォンで読み取ると、問診票が開きます。5つの言語から選べます。" }
                p lang="en" class="t-13 t-sub" { "Scan this code with your phone to answer the questionnaire (日本語・English・中文・Tiếng Việt・Português)." }
            }
            @match qr(&link) { Some(code) => { (code) } None => { (notice(Severity::Warn, "QRコードを作れませんでした", &["下の住所を開いてください。"])) } }
            p class="t-12 in-u" { (link) }
            div class="row row-w" {
                a class="btn btn-p" href=(path) { "この端末で答える" }
                button type="button" class="btn" data-print hidden { "印刷する" }
                a class="btn btn-g" href=(back.url()) { "受付一覧へ" }
            }
            p class="t-13 t-mute" { "12時間、または送信されるまで使えます。もう一度「問診を渡す」を押すと、前のものは使えなくなります。患者に渡す前に、この端末の画面を患者だけに向けてください。" }
        }
    };
    let header = head("問診を渡す", &html! {});
    Ok(Page { title: "問診を渡す", place: Place::Reception, header, class: "pane scroll", body }.draw(&signed.viewer()))
}

/// A QR code as SVG: dark squares of each row joined into runs, with the quiet zone of four modules the standard asks for.
fn qr(text: &str) -> Option<Markup> {
    const QUIET: usize = 4;
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).ok()?;
    let width = code.width();
    let colors = code.to_colors();
    let mut path = String::new();
    for (y, row) in colors.chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run.first() == Some(&Color::Dark) {
                let _ = write!(path, "M{} {}h{}v1h-{}z", x + QUIET, y + QUIET, run.len(), run.len());
            }
            x += run.len();
        }
    }
    let side = width + 2 * QUIET;
    Some(html! {
        svg class="in-q" viewBox={ "0 0 " (side) " " (side) } role="img" aria-label="問診票のQRコード" shape-rendering="crispEdges" {
            rect width=(side) height=(side) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_code_is_a_square_with_its_quiet_zone_and_three_finders() {
        let text = format!("https://karute.example/intake/1.{}", "A".repeat(43));
        let drawn = qr(&text).unwrap().into_string();
        let width = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).unwrap().width();
        assert!(drawn.contains(&format!("viewBox=\"0 0 {0} {0}\"", width + 8)), "{drawn}");
        // Each finder pattern begins with a run of seven.
        assert!(drawn.contains("M4 4h7v1h-7z") && drawn.contains(&format!("M{} 4h7v1h-7z", width - 3)));
        assert!(drawn.contains(&format!("M4 {}h7v1h-7z", width + 3)));
        assert!(qr(&"x".repeat(5_000)).is_none());
    }
}
