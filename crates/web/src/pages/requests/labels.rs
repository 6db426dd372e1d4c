//! 検体ラベルと指示票, to print (ux §13).
use super::pane::details;
use crate::components::{
    frame::document,
    tag::{Tone, tag},
};
use crate::{WebState, error::WebError, format, guard::Signed, input::Named};
use axum::extract::State;
use barcoders::sym::code128::Code128;
use karute_chart::request::{self, Label, Labels};
use maud::{Markup, html};

/// Width of the thinnest bar and height of all, in units of the drawing.
const BAR: usize = 2;
const HEIGHT: usize = 60;
/// Quiet zone on both sides, in bars (JIS X 0504: ten at least).
const QUIET: usize = 10;

/// The sheet.
pub(crate) async fn show(
    State(state): State<WebState>,
    signed: Signed,
    Named(visit): Named,
) -> Result<Markup, WebError> {
    let found = request::labels(&state.access(&signed.caller), &visit, state.today()).await?;
    let person = &found.person;
    let body = html! {
        main id="main" class="lb-page" {
            p class="no-print t-13" { "ブラウザの印刷（Ctrl+P）で印刷します。 " a href="/worklist" { "検査・処置の一覧へ" } }
            h1 { "検体ラベル・指示票" }
            @if found.labels.is_empty() { p { "今日採る検体はありません。" } }
            div class="lb-all" { @for label in &found.labels { (one(&found, label)) } }
            section aria-labelledby="slip-h" {
                h2 id="slip-h" { "検査・処置の指示" }
                p { (person.kana.as_deref().unwrap_or_default()) "　" b { (person.name) } "　" (person.sex.word()) "　" (format::age(person, found.day))
                    @if let Some(birth) = person.birth { "　" (format::era_short(birth)) "（" (birth.year()) "）" }
                    "　患者番号 " (person.number.as_deref().unwrap_or("なし")) }
                table class="lb-slip" {
                    thead { tr { th scope="col" { "区分" } th scope="col" { "内容" } th scope="col" { "指示" } th scope="col" { "実施" } } }
                    tbody {
                        @for request in &found.requests {
                            tr {
                                td { (request.asked.kind.label()) }
                                th scope="row" { @if request.asked.urgent { "【至急】" } (format::half_width(&request.asked.display)) (details(request)) }
                                td { (request.by.as_deref().unwrap_or_default()) }
                                td { "□" }
                            }
                        }
                    }
                }
                p class="lb-foot" { (signed.info.tenant_display) "　印刷 " (format::moment(state.now(), state.today())) "　" (signed.info.name) }
            }
        }
    };
    Ok(document("検体ラベル", &body))
}

fn one(found: &Labels, label: &Label) -> Markup {
    let person = &found.person;
    html! {
        article class="lb" aria-label=(format!("{}のラベル", label.specimen)) {
            p class="lb-n" { b { (person.kana.as_deref().unwrap_or(&person.name)) } @if label.urgent { " " (tag(Tone::Danger, None, "至急")) } }
            p { @if let Some(birth) = person.birth { (format::era_short(birth)) "（" (birth.year()) "）" } "　" (person.sex.word()) "　" (person.number.as_deref().unwrap_or_default()) }
            p { b { (label.specimen) } "　採血日 " (format::full(found.day)) }
            (barcode(&label.number))
            p class="lb-c" { (label.number) }
            p class="lb-t" { (label.tests.iter().map(|t| format::half_width(t)).collect::<Vec<_>>().join("・")) }
        }
    }
}

/// Code 128, character set C: two digits a sign. Nothing for what cannot be encoded: the digits stand under it.
fn barcode(digits: &str) -> Markup {
    let Ok(code) = Code128::new(format!("\u{0106}{digits}")) else { return html! {} };
    let modules: Vec<u8> = code.encode();
    let width = (modules.len() + 2 * QUIET) * BAR;
    html! {
        svg class="lb-bar" viewBox=(format!("0 0 {width} {HEIGHT}")) preserveAspectRatio="none" role="img" aria-label=(format!("バーコード {digits}")) shape-rendering="crispEdges" {
            @for (at, length) in bars(&modules) {
                rect x=((at + QUIET) * BAR) y="0" width=(length * BAR) height=(HEIGHT) {}
            }
        }
    }
}

/// Runs of dark modules: where they begin and how many.
fn bars(modules: &[u8]) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (at, _) in modules.iter().enumerate().filter(|(_, dark)| **dark == 1) {
        match found.last_mut() {
            Some((begin, length)) if *begin + *length == at => *length += 1,
            _ => found.push((at, 1)),
        }
    }
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn dark_runs_are_bars() {
        assert_eq!(bars(&[1, 1, 0, 1, 0, 0, 1]), [(0, 2), (3, 1), (6, 1)]);
        assert!(bars(&[0, 0]).is_empty());
    }

    /// Start C is 11010011100 and the stop sign 1100011101011 (ISO/IEC 15417); twelve digits are six signs and a check.
    #[test]
    fn a_number_is_code_128_c() {
        let modules = Code128::new("\u{0106}261120001401").unwrap().encode();
        let text: String = modules.iter().map(|m| if *m == 1 { '1' } else { '0' }).collect();
        assert!(text.starts_with("11010011100") && text.ends_with("1100011101011"), "{text}");
        assert_eq!(modules.len(), 11 * 8 + 13);
        let drawn = barcode("261120001401").into_string();
        assert!(drawn.contains("バーコード 261120001401") && drawn.contains("<rect"), "{drawn}");
        assert_eq!(barcode("x").into_string(), "");
    }
}
