//! The form of a line: a new one to complete, or one to change.
use super::OrderPane;
use crate::components::{
    field::hidden,
    icon::{Icon, small},
    notice::{Severity, notice},
};
use crate::format::half_width;
use crate::links;
use karute_chart::prescription::{Choice, Dispensing, Fault, Field, Filled, Form, Line, Substitution};
use karute_fhir::Id;
use maud::{Markup, html};
use serde::Deserialize;

/// Which form stands open.
pub(crate) enum Open {
    /// A drug that was chosen and is not prescribed yet.
    New {
        /// Its code.
        code: String,
        choice: Box<Choice>,
        filled: Box<Filled>,
        faults: Vec<Fault>,
        /// Whether its purpose is asked for.
        asks: bool,
        /// What was doubtful in the typed line.
        doubt: Option<&'static str>,
    },
    /// A line; as filled in where that could not be kept.
    Line { id: Id, filled: Option<Box<Filled>>, faults: Vec<Fault> },
}

/// The fields as a browser sends them.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    form: String,
    dose: String,
    unit: String,
    usage: String,
    days: String,
    count: String,
    total: String,
    site: String,
    uneven: String,
    one_pack: Option<String>,
    crushed: Option<String>,
    substitution: String,
    comment: String,
    purpose: String,
    dispensing: String,
}

impl Fields {
    pub(super) fn filled(self) -> Filled {
        Filled {
            form: self.form,
            dose: self.dose,
            unit: self.unit,
            usage: self.usage,
            days: self.days,
            count: self.count,
            total: self.total,
            site: self.site,
            uneven: self.uneven,
            one_pack: self.one_pack.is_some(),
            crushed: self.crushed.is_some(),
            substitution: self.substitution,
            comment: self.comment,
            purpose: self.purpose,
            dispensing: self.dispensing,
        }
    }
}

/// The form of a drug that was chosen. The caret stands where something is still to be said: on the days (SRCH-15).
pub(super) fn new(pane: &OrderPane, open: &Open) -> Markup {
    let Open::New { code, choice, filled, faults, asks, doubt } = open else { return html! {} };
    let sheet = &pane.sheet;
    html! {
        form class="od-e" method="post" action=(links::order(&sheet.patient, &sheet.visit, "drugs")) aria-label="薬を加える" {
            (hidden("intent", pane.intent.as_str())) (hidden("code", code)) (hidden("filled", "1"))
            p class="rx-name" { (half_width(&choice.drug.name)) @if !choice.class.is_empty() { " " span class="tag tag-line" { (choice.class) } } }
            @if let Some(doubt) = doubt { (notice(Severity::Warn, doubt, &[])) }
            @if *asks {
                (notice(Severity::Warn, "名前の似た薬があります", &[&format!("{}。薬効を確かめ、何のための薬かを書いてください。", choice.look_alikes.join("、"))]))
                (text(Field::Purpose, "使う目的・病名", &filled.purpose, faults, true))
            }
            (fields(filled, faults, !*asks))
            div class="row" {
                button type="submit" class="btn btn-p" { "加える" }
                a class="btn" data-part href=(links::order(&sheet.patient, &sheet.visit, "")) { "やめる" }
            }
        }
    }
}

/// The form of a line that is there.
pub(super) fn line(pane: &OrderPane, line: &Line, kept: Option<&Filled>, faults: &[Fault]) -> Markup {
    let own = Filled::of(&line.what);
    let filled = kept.unwrap_or(&own);
    let at = |act: &str| links::order_line(&pane.sheet.patient, &pane.sheet.visit, &line.id, act);
    html! {
        form class="od-e" method="post" action=(at("")) aria-label=(format!("{}を変える", half_width(&line.what.drug.name))) {
            (hidden("seen", &line.version.to_string()))
            (fields(filled, faults, true))
            div class="row row-w" {
                button type="submit" class="btn btn-p" { "変える" }
                a class="btn" data-part href=(links::order(&pane.sheet.patient, &pane.sheet.visit, "")) { "やめる" }
                span class="row end" {
                    button type="submit" class="btn btn-sm" name="earlier" value="1" formaction=(at("move")) formnovalidate { "上へ" }
                    button type="submit" class="btn btn-sm" formaction=(at("move")) formnovalidate { "下へ" }
                    button type="submit" class="btn btn-sm" formaction=(at("remove")) formnovalidate { (small(Icon::Out)) "外す" }
                }
            }
        }
    }
}

fn fields(filled: &Filled, faults: &[Fault], focus: bool) -> Markup {
    let form = Form::parse(&filled.form).unwrap_or(Form::Internal);
    let supply = match form {
        Form::Internal => Field::Days,
        Form::AsNeeded => Field::Count,
        Form::External | Form::Injection => Field::Total,
    };
    let by_total = supply == Field::Total;
    let first = faults.first().map(|fault| fault.field);
    let more = filled.one_pack
        || filled.crushed
        || !filled.substitution.is_empty()
        || !filled.uneven.is_empty()
        || !filled.comment.is_empty();
    let focused = |field: Field, default: bool| first.map_or(focus && default, |wrong| wrong == field);
    html! {
        div class="od-g" {
            @if !by_total { (short(Field::Dose, "1回量", &filled.dose, faults, focused(Field::Dose, false))) }
            (short(Field::Unit, "単位", &filled.unit, faults, focused(Field::Unit, false)))
            @match supply {
                Field::Days => (short(Field::Days, "日数", &filled.days, faults, focused(Field::Days, !filled.usage.is_empty()))),
                Field::Count => (short(Field::Count, "回数", &filled.count, faults, focused(Field::Count, !filled.usage.is_empty()))),
                _ => (short(Field::Total, "全量", &filled.total, faults, focused(Field::Total, !filled.usage.is_empty()))),
            }
            (text(Field::Usage, "用法", &filled.usage, faults, focused(Field::Usage, filled.usage.is_empty())))
        }
        details open[more || by_total || faults.iter().any(|f| f.field == Field::Uneven)] {
            summary class="t-13" { "くわしく（部位・不均等・一包化・変更不可・院内・コメント）" }
            div class="od-g" {
                label { "剤形" select class="sel" name="form" { @for each in Form::ALL { option value=(each.code()) selected[each == form] { (each.word()) } } } }
                label { "処方" select class="sel" name="dispensing" {
                    @for each in Dispensing::ALL { option value=(each.code()) selected[each.code() == filled.dispensing] { (each.word()) } } } }
                label { "後発品への変更" select class="sel" name="substitution" {
                    @for each in [Substitution::Allowed, Substitution::Refused, Substitution::Wished] {
                        option value=(each.code()) selected[each.code() == filled.substitution] { @if each == Substitution::Allowed { "変更してよい" } @else { (each.word()) } } } } }
                @if by_total { (short(Field::Days, "日数（分かれば）", &filled.days, faults, false)) }
                @if by_total { label { "部位" input type="text" name="site" value=(filled.site) maxlength="60" autocomplete="off"; } }
                @if !by_total { (short(Field::Uneven, "不均等（例 2-1-1）", &filled.uneven, faults, first == Some(Field::Uneven))) }
                label class="row" { input type="checkbox" name="one_pack" value="1" checked[filled.one_pack]; "一包化" }
                label class="row" { input type="checkbox" name="crushed" value="1" checked[filled.crushed]; "粉砕" }
                label class="od-w" { "薬局へのコメント" input type="text" name="comment" value=(filled.comment) maxlength="100" autocomplete="off"; }
            }
        }
    }
}

fn short(field: Field, label: &str, value: &str, faults: &[Fault], focus: bool) -> Markup {
    control(field, label, value, faults, focus, "od-s")
}

fn text(field: Field, label: &str, value: &str, faults: &[Fault], focus: bool) -> Markup {
    control(field, label, value, faults, focus, "od-w")
}

fn control(field: Field, label: &str, value: &str, faults: &[Fault], focus: bool, class: &str) -> Markup {
    let wrong = faults.iter().find(|fault| fault.field == field);
    let told = format!("od-{}-error", field.name());
    html! {
        label class=(class) { (label)
            input type="text" name=(field.name()) value=(value) maxlength="100" autocomplete="off" autofocus[focus]
                aria-invalid=[wrong.map(|_| "true")] aria-describedby=[wrong.map(|_| told.as_str())];
            @if let Some(fault) = wrong { span class="t-13 t-danger" id=(told) { (fault.words) } }
        }
    }
}
