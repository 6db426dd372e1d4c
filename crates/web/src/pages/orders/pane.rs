//! The column as in the mock-up: Rp groups with their 用法 once, 1回量 at the right, what changed since the Do, findings
//! at the line they are about.
use super::change::coded;
use super::edit::{self, Open};
use super::{OrderPane, Told};
use crate::components::{
    banner,
    field::{hidden, key},
    icon::{Icon, small},
    medication::split,
    notice::{Severity, notice, toast},
    tag::{Tone, tag},
    terms::{choices, listbox},
};
use crate::format::{self, half_width};
use crate::links;
use karute_chart::check::{Exit, Finding, Level, REASONS};
use karute_chart::prescription::{
    self, Change, Diff, Dispensing, Entry, Form, Group, Line, Prescribed, Sheet, Status, groups,
};
use karute_fhir::Id;
use karute_terminology::{Answer, Domain};
use maud::{Markup, html};

/// The column. `sections` are what is ordered besides, under the prescription; `foot` stands at its bottom.
pub(crate) fn pane(view: &OrderPane, sections: &Markup, foot: &Markup) -> Markup {
    let sheet = &view.sheet;
    let diff = sheet.diff();
    let groups = groups(&sheet.lines);
    html! {
        section class="panel od" id="orders" aria-label="今日のオーダー" {
            div class="panel-h" {
                h2 { "オーダー" }
                div class="row end" {
                    @if view.may { (sets(view)) (do_button(view)) }
                }
            }
            div class="scroll od-b" tabindex="0" role="region" aria-label="オーダーの内容" {
                @for dispensing in Dispensing::ALL {
                    @let own: Vec<&Group<'_>> = groups.iter().filter(|g| g.lines.iter().any(|l| l.what.dispensing == dispensing)).collect();
                    @if !own.is_empty() || dispensing == Dispensing::Outside { (prescription(view, dispensing, &own, diff.as_ref())) }
                }
                (not_continued(view))
                @if let Some(open @ Open::New { .. }) = &view.open { (edit::new(view, open)) }
                @else if view.may { (entry_field(view)) }
                (told(view))
                div id="orders-more" { (sections) }
            }
            div id="orders-foot" { (foot) }
        }
    }
}

fn prescription(view: &OrderPane, dispensing: Dispensing, own: &[&Group<'_>], diff: Option<&Diff>) -> Markup {
    let sheet = &view.sheet;
    let count: usize = own.iter().map(|group| group.lines.len()).sum();
    let by_days: Vec<&Line> =
        own.iter().flat_map(|g| &g.lines).copied().filter(|l| l.what.form == Form::Internal).collect();
    let until = prescription::supplied_until(&sheet.lines, sheet.date);
    html! {
        div class="od-h" {
            (small(Icon::Pill)) h3 { "処方（" (dispensing.word()) "）" }
            span class="t-12 t-mute" {
                @if count == 0 { "まだありません" } @else { (count) "剤" }
                @if let (Some(diff), Some(basis), Dispensing::Outside) = (diff, &sheet.basis, dispensing) {
                    "・" @if let Some(date) = basis.date { (format::near(date, view.today)) } " の Do から " (diff.places()) "か所変更"
                }
                @if let (Some(until), Dispensing::Outside) = (until, dispensing) { "・" (format::near(until, view.today)) "まで" }
            }
            @if view.prints && dispensing == Dispensing::Outside && is_confirmed(own) {
                a class="btn btn-sm end" href=(links::of_visit(&sheet.patient, &sheet.visit, "prescription.pdf")) target="_blank" rel="noopener" { "処方箋を印刷" span class="vh" { "（新しいタブで PDF を開く）" } }
            }
            @if view.may && by_days.len() > 1 {
                form class="rx-f end" method="post" action=(links::order(&sheet.patient, &sheet.visit, "days")) {
                    (hidden("lines", &seen(&by_days)))
                    label class="t-12" { "全部 " input class="rx-n" type="text" inputmode="numeric" name="days" value="" maxlength="5" autocomplete="off" aria-label="全部の日数"; "日分" }
                    button type="submit" class="vh" { "全部の日数を変える" }
                }
            }
        }
        @for group in own { (rp(view, group, diff)) }
    }
}

/// Whether a prescription may leave the clinic: all of it confirmed and approved.
fn is_confirmed(own: &[&Group<'_>]) -> bool {
    let mut lines = own.iter().flat_map(|group| &group.lines).peekable();
    lines.peek().is_some() && lines.all(|line| line.status != Status::Draft && !line.awaits_approval)
}

fn seen(lines: &[&Line]) -> String {
    lines.iter().map(|line| format!("{}:{}", line.id, line.version)).collect::<Vec<_>>().join(",")
}

fn rp(view: &OrderPane, group: &Group<'_>, diff: Option<&Diff>) -> Markup {
    let sheet = &view.sheet;
    let warns = view.findings.iter().any(|f| f.is_open() && group.lines.iter().any(|l| l.id.as_str() == f.line));
    let Some(first) = group.lines.first() else { return html! {} };
    html! {
        div class=(if warns { "rx is-warn" } else { "rx" }) {
            span class="rx-no" { span class="vh" { "Rp" } (group.number) }
            div {
                ul { @for line in &group.lines { (drug(view, line, diff)) } }
                div class="rx-sig" {
                    (first.what.usage.text) @if let Some(site) = &first.what.usage.site { "　" (site) }
                    "　" (supply(view, group, &first.what))
                }
            }
        }
        @for line in &group.lines {
            @if let Some(Open::Line { id, filled, faults }) = &view.open {
                @if *id == line.id && view.may { (edit::line(view, line, filled.as_deref(), faults)) }
            }
            @for finding in view.findings.iter().filter(|f| f.line == line.id.as_str() && f.level != Level::Record) { (found(view, line, finding)) }
        }
        @if sheet.lines.is_empty() { "" }
    }
}

fn supply(view: &OrderPane, group: &Group<'_>, what: &Prescribed) -> Markup {
    let sheet = &view.sheet;
    html! {
        @if let (Form::Internal, Some(days), true) = (what.form, what.days, view.may) {
            form class="rx-f" method="post" action=(links::order(&sheet.patient, &sheet.visit, "days")) {
                (hidden("lines", &seen(&group.lines)))
                label class="days" { input class="rx-n" type="text" inputmode="numeric" name="days" value=(days) maxlength="5" autocomplete="off" aria-label=(format!("Rp{}の日数", group.number)); "日分" }
                button type="submit" class="vh" { "日数を変える" }
            }
        } @else {
            span class="days" { (what.supply()) }
        }
    }
}

fn drug(view: &OrderPane, line: &Line, diff: Option<&Diff>) -> Markup {
    let sheet = &view.sheet;
    let shown = half_width(&line.what.drug.name);
    let (name, strength) = split(&shown);
    let at = sheet.lines.iter().position(|each| each.id == line.id).unwrap_or(usize::MAX);
    let act = |act: &str| links::order_line(&sheet.patient, &sheet.visit, &line.id, act);
    let of_day = line.what.daily().filter(|daily| Some(*daily) != line.what.dose);
    html! {
        li class="rx-d" {
            span class="rx-name" { (name) span class="str" { (strength) }
                @for change in Sheet::changes(diff, at) { " " (changed(*change)) }
                @for words in line.what.preparation.words() { " " (tag(Tone::Line, None, words)) }
                @if line.awaits_approval { " " (tag(Tone::Warn, None, "承認待ち")) }
            }
            span class="rx-q" {
                @if let (Some(dose), true) = (line.what.dose, view.may) {
                    form class="rx-f" method="post" action=(act("dose")) {
                        (hidden("seen", &line.version.to_string()))
                        label { "1回" input class="rx-n" type="text" inputmode="decimal" name="dose" value=(dose.plain()) maxlength="12" autocomplete="off" aria-label=(format!("{shown}の1回量")); (line.what.unit) }
                        button type="submit" class="vh" { "1回量を変える" }
                    }
                    @if let Some(daily) = of_day { "（1日" (daily) (line.what.unit) "）" }
                } @else { (line.what.amounts()) }
                @if view.may { a class="btn btn-g btn-sm" data-part href=(act("")) { "編集" span class="vh" { "：" (shown) } } }
            }
            @if let Some(comment) = &line.what.comment { span class="t-13 t-sub od-c" { (comment) } }
        }
    }
}

fn changed(change: Change) -> Markup {
    let tone = match change {
        Change::New | Change::More | Change::Less | Change::Strength => Tone::Ai,
        Change::Usage | Change::Supply | Change::Stopped => Tone::Line,
    };
    tag(tone, None, change.word())
}

/// A finding under its line: a note, an amber one with two exits, a red one; the safe exit first (SAFE-07).
fn found(view: &OrderPane, line: &Line, finding: &Finding) -> Markup {
    let severity = match (finding.is_open(), finding.level) {
        (true, Level::Stop) => Severity::Danger,
        (true, _) => Severity::Warn,
        (false, _) => Severity::Info,
    };
    let sheet = &view.sheet;
    let may_override = finding.exits.iter().any(|exit| matches!(exit, Exit::Override { .. }));
    let title = format!("{}　{}", finding.level.word(), finding.message);
    let compared =
        finding.other.as_ref().map(|side| format!("{}　{}　{}", side.label, half_width(&side.what), side.detail));
    let answered = finding.answered.as_ref().map(|answer| format!("回答済み：{}", answer.reason));
    let lines: Vec<&str> = [compared.as_deref(), answered.as_deref()].into_iter().flatten().collect();
    html! {
        div class="od-note" id=(format!("f-{}", line.id)) role=[(severity == Severity::Danger).then_some("alert")] {
            (notice(severity, &title, &lines))
            @if finding.is_open() && view.may {
                div class="row row-w od-x" {
                    form method="post" action=(links::order_line(&sheet.patient, &sheet.visit, &line.id, "remove")) {
                        (hidden("seen", &line.version.to_string()))
                        button type="submit" class="btn btn-sm" data-safe { "外す" span class="vh" { "：" (half_width(&line.what.drug.name)) } }
                    }
                    @if may_override { (overridden(view, finding)) }
                }
            }
        }
    }
}

/// The second exit: one-tap reasons and free words; at a stop only after the prescriber said once more whom it is for.
fn overridden(view: &OrderPane, finding: &Finding) -> Markup {
    let sheet = &view.sheet;
    let given = view.answering.as_ref().filter(|(key, _)| *key == finding.key).map(|(_, words)| words.as_str());
    html! {
        details class="od-why" open[given.is_some()] {
            summary class="btn btn-sm" { "理由を書いて処方する" }
            form method="post" action=(links::order(&sheet.patient, &sheet.visit, "answer")) class="stack-3" {
                (hidden("intent", view.intent.as_str())) (hidden("key", &finding.key))
                @if let (Level::Stop, Some(person)) = (finding.level, &view.person) {
                    label class="check od-sure" {
                        input type="checkbox" name="confirmed" value="yes" required autofocus[given.is_some()];
                        span { b { (person.name) "さん（" (banner::born(person)) "）" } "に処方することを、処方する本人がもう一度確かめました" }
                    }
                }
                div class="row" {
                    label class="od-w grow" { "ほかの理由" input type="text" name="words" maxlength="100" autocomplete="off" value=(given.unwrap_or_default()); }
                    button type="submit" class="btn btn-sm" { "この理由で処方する" }
                }
                div class="row row-w" {
                    @for reason in REASONS { button type="submit" class="btn btn-sm" name="reason" value=(reason) { (reason) } }
                }
            }
        }
    }
}

/// What the copied prescription held and today's does not.
fn not_continued(view: &OrderPane) -> Markup {
    let sheet = &view.sheet;
    html! {
        @for line in sheet.not_continued() {
            div class="rx is-out" {
                span class="rx-no" {}
                div class="rx-d" {
                    span class="rx-name" { (half_width(&line.what.drug.name)) " " (changed(Change::Stopped)) }
                    @if view.may && line.status.counts() {
                        form class="rx-q" method="post" action=(links::order_line(&sheet.patient, &sheet.visit, &line.id, "stop")) {
                            (hidden("seen", &line.version.to_string()))
                            button type="submit" class="btn btn-sm" { "残りも飲まない" span class="vh" { "：" (half_width(&line.what.drug.name)) } }
                        }
                    }
                }
            }
        }
    }
}

fn do_button(view: &OrderPane) -> Markup {
    let sheet = &view.sheet;
    html! {
        @if let Some(previous) = &sheet.previous {
            (repeat_form(&sheet.patient, &previous.visit, &sheet.visit, Some(&view.intent)))
        }
    }
}

/// Copies the prescription of a visit into the open one. With an intent it is 「前回Do」 of the column, without the button
/// of that visit in the timeline.
pub(crate) fn repeat_form(patient: &Id, from: &Id, into: &Id, intent: Option<&Id>) -> Markup {
    html! {
        form method="post" action=(links::order_do(patient, from)) class="end" data-orders {
            (hidden("into", into.as_str()))
            @match intent {
                Some(intent) => {
                    (hidden("intent", intent.as_str()))
                    button type="submit" class="btn btn-s btn-sm" data-key="Alt+y" { (small(Icon::Sync)) "前回Do " (key("Alt+Y")) }
                }
                None => button type="submit" class="btn btn-s btn-sm" { (small(Icon::Sync)) "この回をDo" },
            }
        }
    }
}

fn sets(view: &OrderPane) -> Markup {
    let sheet = &view.sheet;
    html! {
        @if !view.sets.is_empty() {
            details class="od-set" {
                summary class="btn btn-sm" data-key="Alt+s" { "セット " (key("Alt+S")) }
                div class="pop" {
                    @for set in &view.sets {
                        form method="post" action=(links::order(&sheet.patient, &sheet.visit, "set")) {
                            (hidden("set", set.id.as_str())) (hidden("intent", view.intent.as_str()))
                            button type="submit" class="btn btn-g" { (set.title) @if set.owner.is_some() { " " (tag(Tone::Line, None, "自分")) } }
                        }
                    }
                }
            }
        }
    }
}

/// One field for everything: the drug, and behind it how it is taken.
fn entry_field(view: &OrderPane) -> Markup {
    let sheet = &view.sheet;
    let typed = view.found.as_ref().map_or("", |(typed, _)| typed.as_str());
    let add = links::order(&sheet.patient, &sheet.visit, "drugs");
    let more = html! { (hidden("intent", view.intent.as_str())) (hidden("q", typed)) };
    html! {
        search class="term od-add" {
            form method="post" action=(links::order(&sheet.patient, &sheet.visit, "find")) class="row" data-terms data-find data-take="od-take" {
                div class="field grow" {
                    (small(Icon::Plus))
                    input type="text" name="q" value=(typed) maxlength="100" autocomplete="off" spellcheck="false" autocapitalize="none" required data-key="r"
                        placeholder="薬を追加（例 あむろ／あむ5 1T 朝 28）" aria-label="薬を追加：名前の一部、続けて量・用法・日数";
                    (key("R"))
                }
                button type="submit" class="btn" { "探す" }
            }
            div class="term-pop" data-answer {}
            p class="vh" role="status" data-told {}
        }
        form id="od-take" method="post" action=(add) hidden {
            (hidden("intent", view.intent.as_str())) (hidden("code", "")) (hidden("nhi", "")) (hidden("q", ""))
        }
        @if let Some((_, answer)) = &view.found { (choices(Domain::Drug, answer.as_ref(), &add, "選ぶ", &more)) }
    }
}

/// The list under the field: what was understood of the line, then the drugs.
pub(super) fn candidates(entry: &Entry, answer: Option<&Answer>) -> Markup {
    let echo = entry.written.echo();
    html! {
        @if !echo.is_empty() {
            p class="od-echo" data-echo { b { (half_width(&echo)) } @if let Some(doubt) = entry.written.doubt() { " " (tag(Tone::Warn, Some(Icon::Triangle), doubt)) } }
        }
        (listbox(Domain::Drug, answer))
    }
}

fn told(view: &OrderPane) -> Markup {
    let sheet = &view.sheet;
    match &view.told {
        Told::Nothing => html! {},
        Told::Wrong(title, words) => {
            html! { div role="alert" class="od-note" { (notice(Severity::Warn, title, &[words])) } }
        }
        Told::Done(words, steps, left_out) => html! {
            div class="toasts" data-toast {
                (toast(words, (!steps.is_empty()).then(|| html! {
                    form method="post" action=(links::order(&sheet.patient, &sheet.visit, "undo")) data-orders {
                        (hidden("steps", &coded(steps)))
                        button type="submit" class="btn btn-sm" { (small(Icon::Undo)) "元に戻す" }
                    }
                })))
            }
            @for left in left_out {
                div class="od-note" role="status" {
                    (notice(Severity::Warn, &format!("{} は写していません", half_width(&left.name)), &[left.why.words()]))
                    form method="post" action=(links::order(&sheet.patient, &sheet.visit, "find")) data-replace {
                        (hidden("q", &left.query))
                        button type="submit" class="btn btn-sm" { "代わりの薬を探す" }
                    }
                }
            }
        },
    }
}
