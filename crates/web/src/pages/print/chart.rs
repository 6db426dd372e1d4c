//! 診療録 (様式第一号(一)の1, の2, の3) of a period.
use super::{cover, progress};
use crate::{
    WebState, assets,
    error::WebError,
    format,
    guard::Signed,
    input::{Asked, Named},
};
use axum::extract::State;
use karute_chart::legal::{LegalRecord, Span, legal_record};
use karute_japan::{Date, Timestamp};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde::Deserialize;

/// Which period, and whether with all versions.
#[derive(Deserialize)]
pub(crate) struct Ask {
    from: Option<String>,
    to: Option<String>,
    versions: Option<String>,
}

/// Who prints, where, when: at the foot of every sheet.
#[derive(Clone, Debug)]
pub struct Printed {
    /// The institution as it writes itself.
    pub institution: String,
    /// 医療機関コード
    pub code: String,
    /// Who prints.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// The page.
pub(crate) async fn show(
    State(state): State<WebState>,
    signed: Signed,
    Named(patient): Named,
    Asked(ask): Asked<Ask>,
) -> Result<Markup, WebError> {
    let span = Span { from: day(ask.from.as_deref())?, to: day(ask.to.as_deref())? };
    let versions = ask.versions.as_deref() == Some("1");
    let record = legal_record(&state.access(&signed.caller), &patient, span, versions).await?;
    let printed = Printed {
        institution: signed.info.tenant_display.clone(),
        code: signed.info.institution_code.clone(),
        by: signed.info.name.clone(),
        at: state.now(),
    };
    let head = html! {
        link rel="icon" href=(assets::url("mark.svg")) type="image/svg+xml";
        link rel="stylesheet" href=(assets::url("karute.css"));
        script type="module" src=(assets::url("app.js")) {}
    };
    Ok(document(&record, &printed, versions, &head, &bar(&record, versions)))
}

fn day(text: Option<&str>) -> Result<Option<Date>, WebError> {
    match text.map(str::trim).filter(|t| !t.is_empty()) {
        Some(text) => text.parse().map(Some).map_err(|_| WebError::BadRequest),
        None => Ok(None),
    }
}

/// The period and the press that prints; not on paper.
fn bar(record: &LegalRecord, versions: bool) -> Markup {
    let text = |day: Option<Date>| day.map(|d| d.to_string()).unwrap_or_default();
    html! {
        form method="get" class="pr-bar row row-w" {
            label class="row" { "期間 " input type="date" name="from" class="pr-in" value=(text(record.span.from)); }
            label class="row" { "〜 " input type="date" name="to" class="pr-in" value=(text(record.span.to)); }
            label class="row" { input type="checkbox" name="versions" value="1" checked[versions]; "訂正の履歴も印刷" }
            button type="submit" class="btn" { "この期間で表示" }
            button type="button" class="btn btn-p" data-print { "印刷する" }
            a class="end" href=(crate::links::patient(&record.person.id)) { "カルテへ戻る" }
        }
    }
}

/// The record as a document that needs nothing else: for printing from a copy of the data without the service.
pub fn chart_document(record: &LegalRecord, printed: &Printed, versions: bool) -> String {
    let style = PreEscaped(assets::STYLE.to_owned());
    let head = html! { style { (style) } };
    document(record, printed, versions, &head, &html! {}).into_string()
}

fn document(record: &LegalRecord, printed: &Printed, versions: bool, head: &Markup, bar: &Markup) -> Markup {
    let today = printed.at.day_in_japan();
    html! {
        (DOCTYPE)
        html lang="ja" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "診療録｜Karute" }
                (head)
            }
            body class="pr" {
                (bar)
                main id="main" {
                    @if record.cut { p class="pr-w" { "件数が多いため、一部を印刷していません。期間を分けて印刷してください。" } }
                    (sheet(record, printed, "様式第一号（一）の1", &cover::cover(record, today)))
                    (sheet(record, printed, "様式第一号（一）の2", &progress::progress(record, today, versions)))
                    (sheet(record, printed, "様式第一号（一）の3", &progress::points(record)))
                }
            }
        }
    }
}

/// A form of the record. The head of a table repeats on every sheet of paper, and the foot with it: so identity is on
/// each of them.
fn sheet(record: &LegalRecord, printed: &Printed, form: &str, body: &Markup) -> Markup {
    let person = &record.person;
    html! {
        table class="pr-s" {
            thead { tr { td {
                div class="pr-id" {
                    span { b { "診療録" } "　" (form) }
                    span { b { (person.name) } "（" (person.kana.as_deref().unwrap_or("よみ 未登録")) "）" }
                    span { (person.sex.word()) "　" @if let Some(birth) = person.birth { (format::era_long(birth)) "生" } @else { "生年月日 不明" } }
                    span { "患者番号 " (person.number.as_deref().unwrap_or("なし")) }
                }
            } } }
            tbody { tr { td { (body) } } }
            tfoot { tr { td {
                div class="pr-id pr-foot" {
                    span { (printed.institution) "（" (printed.code) "）" }
                    span { "患者番号 " (person.number.as_deref().unwrap_or("なし")) }
                    span { "印刷 " (format::full(printed.at.day_in_japan())) " " (format::clock(printed.at)) "　" (printed.by) }
                }
            } } }
        }
    }
}
