//! 結果とグラフ: the table with the newest column at the left, the graphs beside it (ux §4.8).
mod strip;
mod table;
mod target;

use crate::components::{
    graph::{self, Days},
    icon::{Icon, small},
    notice::{empty, toast},
    patient::{Part, screen},
};
use crate::{
    WebState,
    error::WebError,
    guard::Signed,
    input::{Asked, Named},
    links,
};
use axum::extract::State;
use karute_chart::graph::{Ask, Row, Set, Sheet, Span, sheet};
use karute_chart::problem;
use karute_chart::summary::{Face, face};
use karute_fhir::Id;
use karute_ledger::Action;
use maud::{Markup, html};
use serde::Deserialize;

pub(crate) use strip::form as strip_form;
pub(crate) use strip::keep as keep_strip;
pub(crate) use target::set as set_target;

/// Graphs one above the other at most.
const STACKED: usize = 3;

/// What is asked for, by the words of the address.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    set: String,
    span: String,
    view: String,
    outside: String,
    drugs: String,
    /// Keys of rows to draw, separated by spaces or commas.
    m: String,
}

impl Wanted {
    fn keys(&self) -> Vec<&str> {
        self.m.split([',', ' ']).filter(|key| !key.is_empty()).take(STACKED).collect()
    }
    /// The address of the same page with one thing otherwise.
    fn url(&self, patient: &Id, set: Set, name: &str, value: &str) -> String {
        let own = |field: &str, given: &str| if field == name { value.to_owned() } else { given.to_owned() };
        let pairs = [
            ("set", own("set", set.code())),
            ("span", own("span", Span::parse(&self.span).code())),
            ("view", own("view", &self.view)),
            ("outside", own("outside", &self.outside)),
            ("drugs", own("drugs", &self.drugs)),
            ("m", own("m", &self.keys().join(","))),
        ];
        // Words of ours and codes of tests only: nothing that needs to be encoded survives `plain`.
        let plain =
            |text: &str| text.chars().filter(|c| c.is_ascii_alphanumeric() || ",-._".contains(*c)).collect::<String>();
        let asked: Vec<String> =
            pairs.iter().filter(|(_, v)| !v.is_empty()).map(|(n, v)| format!("{n}={}", plain(v))).collect();
        format!("{}?{}", links::results(patient), asked.join("&"))
    }
}

/// The page.
pub(crate) async fn show(
    State(state): State<WebState>,
    signed: Signed,
    Named(patient): Named,
    Asked(wanted): Asked<Wanted>,
) -> Result<Markup, WebError> {
    drawn(&state, &signed, &patient, &wanted, None).await
}

async fn drawn(
    state: &WebState,
    signed: &Signed,
    patient: &Id,
    wanted: &Wanted,
    told: Option<Result<&str, (&str, &target::Form)>>,
) -> Result<Markup, WebError> {
    let today = state.today();
    let reader = state.access(&signed.caller).reader(Action::View);
    reader.describe("結果とグラフ");
    let face = face(&reader, patient, today).await?;
    let list = problem::list(&reader, patient).await?;
    let set = if wanted.set.is_empty() {
        Set::for_problems(list.active.iter().map(|entry| entry.problem.name.as_str()))
    } else {
        Set::parse(&wanted.set)
    };
    let ask = Ask { set, span: Span::parse(&wanted.span), outside: wanted.outside != "0", drugs: wanted.drugs == "1" };
    let read = sheet(&reader, patient, ask, today).await?;
    let (face, sheet) = reader.release((face, read)).await?;
    let chosen = chosen(&sheet, wanted);
    let view = wanted.view.as_str();
    let body = html! {
        (bar(&sheet, set, patient, wanted))
        @match told {
            Some(Ok(words)) => { (toast(words, None)) }
            Some(Err((words, _))) => { (crate::components::notice::alert("目標を変えていません", &[words])) }
            None => {}
        }
        @if sheet.rows.is_empty() {
            section class="panel" {
                (empty(Icon::Flask, "この期間の結果はありません", "期間を長くするか、別の項目の組を選んでください。", None))
            }
        } @else {
            div class=(if view == "table" || view == "graph" { "stack-3" } else { "rs" }) {
                @if view != "graph" { (table::table(&sheet, set, patient, wanted, &chosen)) }
                @if view != "table" { (graphs(&sheet, &chosen, &face, signed, wanted, told.and_then(Result::err))) }
            }
        }
    };
    Ok(screen(signed, &face, Part::Results, "", &body))
}

/// Rows to draw: the chosen ones, else the first that can be drawn.
fn chosen<'s>(sheet: &'s Sheet, wanted: &Wanted) -> Vec<&'s Row> {
    let keys = wanted.keys();
    let can = |row: &&Row| !row.points().is_empty();
    if keys.is_empty() {
        return sheet.rows.iter().filter(can).take(STACKED).collect();
    }
    let beginning = |row: &&Row| keys.iter().position(|key| row.key.starts_with(key));
    let mut rows: Vec<&Row> = sheet.rows.iter().filter(can).filter(|row| beginning(row).is_some()).collect();
    rows.sort_by_key(beginning);
    rows.truncate(STACKED);
    rows
}

/// Which tests, how far back, what beside them.
fn bar(sheet: &Sheet, set: Set, patient: &Id, wanted: &Wanted) -> Markup {
    let view = if wanted.view.is_empty() { "both" } else { wanted.view.as_str() };
    let outside = wanted.outside != "0";
    html! {
        div class="row row-w rs-bar" {
            form method="get" action=(links::results(patient)) class="row" data-auto {
                select name="set" class="sel" aria-label="項目の組" { @for each in Set::ALL { option value=(each.code()) selected[each == set] { (each.word()) } } }
                select name="span" class="sel" aria-label="期間" { @for each in Span::ALL { option value=(each.code()) selected[each == Span::parse(&wanted.span)] { (each.word()) } } }
                input type="hidden" name="view" value=(wanted.view); input type="hidden" name="outside" value=(wanted.outside); input type="hidden" name="drugs" value=(wanted.drugs);
                button type="submit" class="btn" { "表示" }
            }
            div class="seg" role="group" aria-label="見せ方" {
                @for (code, word) in [("table", "表"), ("graph", "グラフ"), ("both", "両方")] {
                    a href=(wanted.url(patient, set, "view", code)) aria-current=[(view == code).then_some("true")] { (word) }
                }
            }
            @if sheet.outside > 0 {
                a class="btn" aria-pressed=(outside) role="button" href=(wanted.url(patient, set, "outside", if outside { "0" } else { "1" })) {
                    @if outside { (small(Icon::Check)) } "他院の値も（" (sheet.outside) "）"
                }
            }
            @let drugs = wanted.drugs == "1";
            a class="btn" aria-pressed=(drugs) role="button" href=(wanted.url(patient, set, "drugs", if drugs { "0" } else { "1" })) { @if drugs { (small(Icon::Check)) } "薬の帯を重ねる" }
            span class="end t-12 t-mute" { "印刷は Ctrl+P：表とグラフだけが出ます" }
        }
    }
}

fn graphs(
    sheet: &Sheet,
    chosen: &[&Row],
    face: &Face,
    signed: &Signed,
    wanted: &Wanted,
    failed: Option<(&str, &target::Form)>,
) -> Markup {
    let days = Days { from: sheet.from, until: sheet.until };
    html! {
        section class="panel rs-g" aria-label="グラフ" {
            @if chosen.is_empty() { p class="pn-p t-13 t-mute" { "グラフにできる値がありません。表をご覧ください。" } }
            @if !sheet.bands.is_empty() { (graph::bands(&sheet.bands, days)) }
            @for row in chosen {
                @let target = sheet.targets.iter().find(|t| t.key == row.key);
                (graph::measure(row, target, &sheet.visits, days))
                @if signed.rights.targets { (target::form(&face.person.id, row, target, wanted, failed)) }
            }
            p class="gr-k t-12 t-mute" {
                "▲ 高い　▼ 低い　● 基準内　" span class="gr-kf" { "◇ 他院の値" } "　緑の帯 基準範囲　縦線 受診" @if chosen.iter().any(|r| r.method_changed()) { "　// 測定法の変更" }
            }
        }
    }
}
