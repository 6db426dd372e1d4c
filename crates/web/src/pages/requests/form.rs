//! The form that asks for something, and the one that says something else of what was asked for. What was typed stays when
//! it is refused, with the words at the field.
use super::pane::next;
use crate::components::{
    field::hidden,
    icon::{Icon, small},
};
use crate::format::half_width;
use crate::links;
use karute_chart::check::Amount;
use karute_chart::request::{Details, NewRequest, Request, RequestPane, Venue, When};
use karute_fhir::Id;
use karute_japan::Date;
use maud::{Markup, html};
use serde::Deserialize;

/// A field that can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// 日を決める
    Day,
    /// 用量
    Amount,
}

/// A form that was refused.
pub(crate) struct Refused {
    /// As it was filled in.
    pub(super) typed: Wanted,
    /// What is wrong.
    pub(super) field: Option<Field>,
    /// The request it was about; none where something was asked for.
    pub(super) of: Option<Id>,
}

impl Refused {
    /// Whether the form must show the fields that are folded away.
    pub(super) fn wants_details(&self) -> bool {
        self.of.is_none() && self.field == Some(Field::Amount)
    }
}

/// What was pressed or chosen, with when and where.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    pub(super) when: String,
    pub(super) day: String,
    pub(super) venue: String,
    pub(super) urgent: Option<String>,
    pub(super) set: Option<String>,
    pub(super) repeat: Option<String>,
    pub(super) system: String,
    pub(super) code: String,
    pub(super) display: String,
    pub(super) amount: String,
    pub(super) unit: String,
    pub(super) route: String,
    pub(super) site: String,
    pub(super) note: String,
    pub(super) back: Option<String>,
    pub(super) seen: u32,
}

fn filled(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

impl Wanted {
    pub(super) fn when(&self, today: Date) -> Result<When, Field> {
        match self.when.as_str() {
            "today" => Ok(When::On(today)),
            "day" => self.day.parse().ok().filter(|day| *day >= today).map(When::On).ok_or(Field::Day),
            _ => Ok(When::NextVisit),
        }
    }
    /// What the form says of every item.
    pub(super) fn dressed(&self, mut item: NewRequest, set: Option<&str>, note: Option<&str>) -> NewRequest {
        item.venue = Venue::parse(&self.venue).unwrap_or(Venue::InHouse);
        item.urgent = self.urgent.is_some();
        item.set = set.map(str::to_owned);
        item.note = note.map(str::to_owned);
        item
    }
    /// Amount, route, site, words, urgency.
    pub(super) fn details(&self) -> Result<Details, Field> {
        let amount = match filled(&self.amount) {
            Some(typed) => Some(Amount::new(&half_width(&typed), &self.unit).ok_or(Field::Amount)?),
            None => None,
        };
        Ok(Details {
            amount,
            route: filled(&self.route),
            site: filled(&self.site),
            note: filled(&self.note),
            urgent: self.urgent.is_some(),
        })
    }
    /// What was chosen by its code; `None` for what is not asked for in this way.
    pub(super) fn chosen(&self, when: When) -> Result<Option<NewRequest>, Field> {
        let said = self.details()?;
        let item = NewRequest::coded(&self.system, &self.code, &self.display, when);
        Ok(item.map(|item| NewRequest {
            amount: said.amount,
            route: said.route,
            site: said.site,
            ..self.dressed(item, None, said.note.as_deref())
        }))
    }
    /// As a request says it now.
    fn of(request: &Request) -> Wanted {
        let asked = &request.asked;
        Wanted {
            amount: asked.amount.as_ref().map(|a| a.value.normalize().to_string()).unwrap_or_default(),
            unit: asked.amount.as_ref().map(|a| a.unit.clone()).unwrap_or_default(),
            route: asked.route.clone().unwrap_or_default(),
            site: asked.site.clone().unwrap_or_default(),
            note: asked.note.clone().unwrap_or_default(),
            urgent: asked.urgent.then(|| "yes".to_owned()),
            seen: request.version,
            ..Wanted::default()
        }
    }
}

/// When and where, then what: sets and 前回 with one press each. Hidden fields take what the search chose.
pub(super) fn choice(pane: &RequestPane, details: bool, refused: Option<&Refused>) -> Markup {
    let fresh = Wanted { when: "next".to_owned(), venue: Venue::InHouse.code().to_owned(), ..Wanted::default() };
    let typed = refused.map_or(&fresh, |r| &r.typed);
    let wrong = refused.and_then(|r| r.field);
    let is = |when: &str| typed.when == when || (when == "next" && !["today", "day"].contains(&typed.when.as_str()));
    html! {
        (hidden("system", &typed.system)) (hidden("code", &typed.code)) (hidden("display", &typed.display))
        @if !details || typed.back.is_some() { (hidden("back", "chart")) }
        div class="row row-w" {
            @for set in &pane.sets {
                button type="submit" class="btn btn-s btn-sm" name="set" value=(set.id) { (set.title) span class="t-12" { " " (set.items.len()) } }
            }
            @if let Some((visit, before)) = &pane.previous {
                button type="submit" class="btn btn-sm" name="repeat" value=(visit) { (small(Icon::Sync)) "前回と同じ " (before.len()) "項目" }
            }
            @if pane.sets.is_empty() && pane.previous.is_none() {
                p class="t-13 t-mute" { "よく使う組み合わせは、設定の「セット」で作るとここに並びます。" }
            }
        }
        div class="row row-w" {
            div class="rq-o" role="radiogroup" aria-label="いつ" {
                label { input type="radio" name="when" value="next" checked[is("next")]; (next(pane)) }
                label { input type="radio" name="when" value="today" checked[is("today")]; "今日" }
                label { input type="radio" name="when" value="day" checked[is("day")]; "日を決める" }
                input type="date" name="day" class="sel" min=(pane.day) value=(typed.day) aria-label="日を決めるときの日付"
                    aria-invalid=[(wrong == Some(Field::Day)).then_some("true")] aria-describedby=[(wrong == Some(Field::Day)).then_some("rq-day-told")] autofocus[wrong == Some(Field::Day)];
            }
            @if wrong == Some(Field::Day) { p class="t-13 t-danger" id="rq-day-told" role="alert" { "日付を選んでください。「日を決める」のときは、今日から後の日付を入れます。" } }
            div class="rq-o" role="radiogroup" aria-label="どこで" {
                @for venue in [Venue::InHouse, Venue::Outside] {
                    label { input type="radio" name="venue" value=(venue.code()) checked[Venue::parse(&typed.venue).unwrap_or(Venue::InHouse) == venue]; (venue.label()) }
                }
            }
            div class="rq-o" { label { input type="checkbox" name="urgent" value="yes" checked[typed.urgent.is_some()]; "至急" } }
        }
        @if details {
            details open[wrong == Some(Field::Amount)] {
                summary class="t-13" { "用量・経路・部位・伝えること" }
                (fields("rq", typed, wrong))
            }
        }
        @if !typed.code.is_empty() {
            div class="row row-w" {
                b { (half_width(&typed.display)) }
                button type="submit" class="btn btn-p btn-sm" { "この内容で加える" }
            }
        }
    }
}

/// Amount, unit, route, site, words. `prefix` keeps the ids of several forms apart.
fn fields(prefix: &str, typed: &Wanted, wrong: Option<Field>) -> Markup {
    let id = |name: &str| format!("{prefix}-{name}");
    let bad = wrong == Some(Field::Amount);
    html! {
        div class="row row-w rq-more" {
            div class="fld" {
                label for=(id("amount")) { "用量" }
                input id=(id("amount")) name="amount" maxlength="12" inputmode="decimal" autocomplete="off" value=(typed.amount)
                    aria-invalid=[bad.then_some("true")] aria-describedby=[bad.then(|| id("amount-told"))] autofocus[bad];
            }
            div class="fld" { label for=(id("unit")) { "単位" } input id=(id("unit")) name="unit" maxlength="12" autocomplete="off" placeholder="管、mL" value=(typed.unit); }
            div class="fld" { label for=(id("route")) { "経路" } input id=(id("route")) name="route" maxlength="20" autocomplete="off" list=(id("routes")) placeholder="筋注" value=(typed.route); }
            datalist id=(id("routes")) { @for word in ["静注", "点滴静注", "筋注", "皮下注", "皮内注", "関節内注"] { option value=(word) {} } }
            div class="fld" { label for=(id("site")) { "部位" } input id=(id("site")) name="site" maxlength="40" autocomplete="off" value=(typed.site); }
            div class="fld grow" { label for=(id("note")) { "伝えること" } input id=(id("note")) name="note" maxlength="200" autocomplete="off" value=(typed.note); }
        }
        @if bad { p class="t-13 t-danger" id=(id("amount-told")) role="alert" { "用量を数字で入れてください。例 1、0.5。単位は隣の欄に入れます。" } }
    }
}

/// Says something else of a request that is still to be done.
pub(super) fn alter(request: &Request, pane: &RequestPane, refused: Option<&Refused>) -> Markup {
    let refused = refused.filter(|r| r.of.as_ref() == Some(&request.id));
    let now = Wanted::of(request);
    let typed = refused.map_or(&now, |r| &r.typed);
    html! {
        details class="rq-alter" open[refused.is_some()] {
            summary class="t-13" { "変える" span class="vh" { "：" (half_width(&request.asked.display)) } }
            form method="post" action=(links::request_act(&pane.patient, &pane.visit, &request.id, "alter")) class="rq-form" {
                (hidden("seen", &typed.seen.to_string()))
                (fields(&format!("rq-{}", request.id), typed, refused.and_then(|r| r.field)))
                div class="row" {
                    label class="check" { input type="checkbox" name="urgent" value="yes" checked[typed.urgent.is_some()]; "至急" }
                    button type="submit" class="btn btn-sm" { "この内容に変える" }
                }
            }
        }
    }
}
