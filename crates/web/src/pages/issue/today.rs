//! 処方箋: what was entered and waits for a signature, and what was issued today. Where a clinic keeps paper charts, this is
//! where the doctor signs what the staff entered from them.
use super::state::chip;
use crate::components::{
    frame::{Page, Place, head},
    icon::Icon,
    notice::empty,
    tag::{Tone, tag},
};
use crate::{WebState, error::WebError, format, guard::Signed, links};
use axum::extract::State;
use jiff::ToSpan as _;
use karute_chart::prescription::{Unissued, groups, unissued};
use karute_chart::summary::person;
use karute_chart::view::Person;
use karute_eprescription::jobs::record::{self, Kept};
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use karute_ledger::{Action, Reader};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Days back that an entered prescription is still expected to be signed: 使用期間 is four days.
const DAYS: i64 = 3;

/// What the screen shows.
struct Shown {
    waiting: Vec<Unissued>,
    issued: Vec<Kept>,
    people: BTreeMap<Id, Person>,
}

/// The screen.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed) -> Result<Markup, WebError> {
    let reader = state.access(&signed.caller).reader(Action::View);
    reader.describe("今日の処方箋");
    let shown = read(&reader, state.today()).await?;
    let shown = reader.release(shown).await?;
    let words = html! { p class="t-13 t-mute" { (format::clock(state.now())) " 現在" } };
    let body = html! { (waiting(&shown, &signed)) (issued(&shown, &signed)) };
    let header = head("処方箋", &words);
    let page = Page { title: "処方箋", place: Place::Prescriptions, header, class: "pane scroll stack-3", body };
    Ok(page.draw(&signed.viewer()))
}

async fn read(reader: &Reader, today: Date) -> Result<Shown, WebError> {
    let mut waiting = unissued(reader, today.saturating_sub(DAYS.days())).await?;
    let issued = record::read_since(reader, Timestamp::in_japan(today, 0, 0, 0)).await?;
    // What was issued and is changed in the visit still shows its own state.
    waiting.retain(|each| {
        !issued.iter().any(|kept| kept.visit == each.visit && !kept.is_in_house() && !super::is_over(kept))
    });
    let mut people = BTreeMap::new();
    let patients = waiting.iter().map(|each| &each.patient).chain(issued.iter().map(|kept| &kept.patient));
    for patient in patients {
        if !people.contains_key(patient) {
            people.insert(patient.clone(), person(reader, patient).await?);
        }
    }
    Ok(Shown { waiting, issued, people })
}

/// 署名待ち
fn waiting(shown: &Shown, signed: &Signed) -> Markup {
    html! {
        section class="panel" aria-labelledby="rx-wait-h" {
            div class="panel-h" { h2 id="rx-wait-h" { "署名を待っている処方" } span class="t-13 t-mute" { (shown.waiting.len()) "件" } }
            @if shown.waiting.is_empty() {
                (empty(Icon::Check, "署名を待っている処方はありません", "処方を入力すると、ここに出ます。", None))
            } @else {
                table class="grid-t rx-wait" {
                    thead { tr { th scope="col" { "患者" } th scope="col" { "処方" } th scope="col" { "入力" } th scope="col" { span class="vh" { "操作" } } } }
                    tbody { @for each in &shown.waiting { (unsigned(each, shown.people.get(&each.patient), signed)) } }
                }
            }
        }
    }
}

fn unsigned(each: &Unissued, person: Option<&Person>, signed: &Signed) -> Markup {
    let name = person.map_or("", |person| person.name.as_str());
    html! {
        tr {
            th scope="row" { (who(person)) }
            td {
                ol class="stack" {
                    @for group in groups(&each.lines) {
                        @if let Some(first) = group.lines.first() {
                            li class="t-13" {
                                @for line in &group.lines { b { (format::half_width(&line.what.drug.name)) } " " (line.what.amounts()) "　" }
                                (first.what.usage.text) "　" (first.what.supply())
                            }
                        }
                    }
                }
            }
            td class="t-13" {
                @if let Some(by) = &each.entered_by { (tag(Tone::Line, None, "代行入力")) " " (by) }
                @else if let Some(by) = each.lines.last().and_then(|line| line.by.as_deref()) { (by) }
            }
            td class="end" {
                @if signed.issues && signed.rights.confirms {
                    a class="btn btn-p btn-sm" href=(links::of_visit(&each.patient, &each.visit, "issue")) data-dialog { "確かめて署名" span class="vh" { "：" (name) "さん" } }
                } @else {
                    a class="btn btn-sm" href=(links::visit(&each.patient, &each.visit)) { "開く" span class="vh" { "：" (name) "さん" } }
                }
            }
        }
    }
}

fn who(person: Option<&Person>) -> Markup {
    html! { @if let Some(person) = person { (person.name) "さん" span class="t-13 t-mute" { "　" (person.number.as_deref().unwrap_or("")) } } }
}

/// 今日発行したもの
fn issued(shown: &Shown, signed: &Signed) -> Markup {
    html! {
        section class="panel" aria-labelledby="rx-today-h" {
            div class="panel-h" { h2 id="rx-today-h" { "今日の電子処方箋" } span class="t-13 t-mute" { (shown.issued.len()) "件" } }
            @if shown.issued.is_empty() {
                (empty(Icon::Info, "今日の電子処方箋はまだありません", "発行した処方箋と、調剤の進みがここに出ます。", None))
            } @else {
                table class="grid-t" {
                    thead { tr { th scope="col" { "患者" } th scope="col" { "状態" } th scope="col" { "引換番号" } th scope="col" { "薬局" } th scope="col" { span class="vh" { "操作" } } } }
                    tbody { @for kept in &shown.issued {
                        @let person = shown.people.get(&kept.patient);
                        tr {
                            th scope="row" { (who(person)) }
                            td { (chip(kept)) @if kept.is_in_house() { " " (tag(Tone::Line, None, "院内")) } @if let Some(part) = &kept.stored.part { " " (tag(Tone::Line, None, &format!("分割 {}/{}", part.this, part.total))) } }
                            td class="num" { (kept.stored.life.access_code.as_deref().unwrap_or("")) }
                            td class="t-13" { (kept.stored.pharmacy.as_deref().unwrap_or("")) }
                            td class="end" { @if signed.rights.chart { a class="btn btn-sm" href=(links::about(&kept.patient, &format!("rx/{}", kept.id))) data-dialog { "開く" span class="vh" { "：" (person.map_or("", |person| person.name.as_str())) "さん" } } } }
                        }
                    } }
                }
            }
        }
    }
}
