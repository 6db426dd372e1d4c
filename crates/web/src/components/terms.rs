//! Searching the masters: the field, and the list under it (ux §8).
use crate::components::{
    field::hidden,
    icon::{Icon, small},
    notice::{Severity, empty, notice},
    tag::{Tone, tag},
};
use crate::format::half_width;
use karute_fhir::Id;
use karute_terminology::{Answer, Domain, Extra, Group, Item};
use maud::{Markup, html};

/// Rows without scrolling (SRCH-04).
pub(crate) const ROWS: usize = 9;

/// A search field whose chosen row fills the form `take` of the same page.
pub(crate) struct TermField<'a> {
    /// Where the form goes without script.
    pub(crate) action: &'a str,
    /// Kinds to choose from; one: no choice is shown.
    pub(crate) kinds: &'a [Domain],
    /// The kind chosen.
    pub(crate) kind: Domain,
    /// What was typed.
    pub(crate) typed: &'a str,
    /// Example of what to type.
    pub(crate) example: &'a str,
    /// Id of the form that takes the chosen row.
    pub(crate) take: &'a str,
    /// For whom something is chosen: what was used for this patient comes first.
    pub(crate) patient: Option<&'a Id>,
}

impl TermField<'_> {
    /// Draws it.
    pub(crate) fn draw(&self) -> Markup {
        html! {
            search class="term" {
                form method="post" action=(self.action) class="row row-w" data-terms data-take=(self.take) {
                    @if let Some(patient) = self.patient { (hidden("patient", patient.as_str())) }
                    @if let [only] = self.kinds {
                        (hidden("kind", only.name()))
                    } @else {
                        select name="kind" class="sel" aria-label="探すもの" {
                            @for kind in self.kinds { option value=(kind.name()) selected[*kind == self.kind] { (kind.label()) } }
                        }
                    }
                    div class="field grow" {
                        (small(Icon::Search))
                        input type="text" name="q" value=(self.typed) maxlength="100" autocomplete="off" spellcheck="false" autocapitalize="none"
                            required placeholder=(self.example) aria-label="名前の一部で探す：ひらがな、カナ、ローマ字、漢字、コード";
                    }
                    button type="submit" class="btn" { "探す" }
                }
                div class="term-pop" data-answer {}
                p class="vh" role="status" data-told {}
            }
        }
    }
}

/// The list that opens under a field: a listbox for the script.
pub(crate) fn listbox(kind: Domain, answer: Option<&Answer>) -> Markup {
    let Some(answer) = answer else { return html! { div class="pop" data-count="0" { (loading()) } } };
    html! {
        div class="pop" data-count=(answer.total) {
            @if answer.items.is_empty() {
                p class="pop-n t-13 t-mute" { "見つかりません。読みの一部か、別の言い方でお試しください。" }
            } @else {
                ul role="listbox" aria-label=(format!("{}の候補", kind.label())) {
                    @for (n, line) in answer.items.iter().take(ROWS).enumerate() {
                        @if heads(kind, &answer.items, n) { (heading(kind, line, "presentation")) }
                        li class="pop-i" role="option" id=(format!("term-{n}")) aria-selected="false" data-system=(line.system) data-code=(line.code)
                            data-display=(line.display) data-nhi=(line.nhi_code().unwrap_or_default())
                            data-modifiers=(modifiers(line)) data-enter[line.selectable_by_enter] {
                            span class="kbd" aria-hidden="true" { (n + 1) }
                            (name(line))
                            (mark(line))
                        }
                    }
                }
                p class="pop-f" aria-hidden="true" { span { "↑↓ 選ぶ" } span { "Enter 決定" } span { "Alt+1〜9 すぐ選ぶ" } span class="end" { "全件 " (answer.total) } }
            }
        }
    }
}

/// The same as rows with a button each, for a page without script. `more` are hidden fields that go with every button.
pub(crate) fn choices(kind: Domain, answer: Option<&Answer>, action: &str, word: &str, more: &Markup) -> Markup {
    let Some(answer) = answer else { return loading() };
    html! {
        @if answer.items.is_empty() {
            (empty(Icon::Search, "見つかりません", "読みの一部か、別の言い方でもう一度お試しください。", None))
        } @else {
            h3 class="pop-g" role="status" { "候補 " (answer.items.len()) "件（全件 " (answer.total) "）" }
            ul {
                @for (n, line) in answer.items.iter().enumerate() {
                    @if heads(kind, &answer.items, n) { (heading(kind, line, "none")) }
                    li class="pop-i" {
                        span class="kbd" aria-hidden="true" { (n + 1) }
                        (name(line))
                        form method="post" action=(action) class="row" {
                            (mark(line)) (more)
                            (hidden("system", line.system)) (hidden("code", &line.code)) (hidden("display", &line.display))
                            (hidden("nhi", line.nhi_code().unwrap_or_default()))
                            @if !modifiers(line).is_empty() { (hidden("modifiers", &modifiers(line))) }
                            button type="submit" class="btn btn-s btn-sm" { (word) span class="vh" { "：" (half_width(&line.display)) } }
                        }
                    }
                }
            }
        }
    }
}

/// 修飾語コード of a composed disease name, in the order written.
fn modifiers(item: &Item) -> String {
    match &item.extra {
        Extra::Disease(parts) => {
            parts.modifiers.iter().map(|modifier| modifier.code.as_str()).collect::<Vec<_>>().join(",")
        }
        _ => String::new(),
    }
}

/// Before the first tables are in place.
pub(crate) fn loading() -> Markup {
    notice(
        Severity::Info,
        "マスターを読み込んでいます",
        &["数秒後にもう一度お試しください。続くときは管理者に知らせてください。"],
    )
}

/// Whether a heading stands over a row: where the group changes. What has no habits at all needs none, except among
/// drugs, where "そのほか" says that these are not the clinic's (SRCH-11).
fn heads(kind: Domain, items: &[Item], at: usize) -> bool {
    let group = |n: usize| items.get(n).map(|item| item.group);
    match at.checked_sub(1) {
        Some(before) => group(before) != group(at),
        None => kind == Domain::Drug || group(at) != Some(Group::Other),
    }
}

fn heading(kind: Domain, item: &Item, role: &str) -> Markup {
    let alike = item.group == Group::LookAlike;
    html! {
        li class=(if alike { "pop-g pop-look" } else { "pop-g" }) role=[(role != "none").then_some(role)] {
            @if alike { (small(Icon::Triangle)) } (item.group.heading(kind))
        }
    }
}

fn mark(line: &Item) -> Markup {
    html! {
        span class="row" {
            @if !line.class_tag.is_empty() {
                (tag(if line.high_risk { Tone::Danger } else { Tone::Line }, None, &line.class_tag))
            }
        }
    }
}

/// The name with what was typed underlined.
fn name(line: &Item) -> Markup {
    html! {
        span {
            b {
                @for (text, typed) in pieces(&line.display, &line.matched) {
                    @if typed { mark { (half_width(text)) } } @else { (half_width(text)) }
                }
            }
            @if !line.detail.is_empty() { br; span class="t-12 t-mute" { (half_width(&line.detail)) } }
        }
    }
}

/// A text cut at ranges of bytes. Ranges that do not fit the text are left out.
fn pieces<'t>(text: &'t str, matched: &[std::ops::Range<usize>]) -> Vec<(&'t str, bool)> {
    let mut out = Vec::new();
    let mut at = 0;
    for range in matched {
        let (Some(before), Some(inside)) = (text.get(at..range.start), text.get(range.clone())) else { continue };
        if !before.is_empty() {
            out.push((before, false));
        }
        if !inside.is_empty() {
            out.push((inside, true));
        }
        at = range.end;
    }
    out.extend(text.get(at..).filter(|rest| !rest.is_empty()).map(|rest| (rest, false)));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_cut_out_and_ranges_that_do_not_fit_do_no_harm() {
        let text = "ノルバスク錠5mg";
        // Ranges by begin and end; what is marked stands in brackets.
        let cases: [(&[(usize, usize)], &str); 5] = [
            (&[], "ノルバスク錠5mg"),
            (&[(0, 9)], "[ノルバ]スク錠5mg"),
            (&[(0, 9), (18, 19)], "[ノルバ]スク錠[5]mg"),
            (&[(1, 9), (0, 99)], "ノルバスク錠5mg"),
            (&[(0, 9), (3, 6)], "[ノルバ]スク錠5mg"),
        ];
        for (ranges, expected) in cases {
            let matched: Vec<_> = ranges.iter().map(|(from, to)| *from..*to).collect();
            let shown: String = pieces(text, &matched)
                .into_iter()
                .map(|(piece, typed)| if typed { format!("[{piece}]") } else { piece.to_owned() })
                .collect();
            assert_eq!(shown, expected, "{ranges:?}");
        }
    }
}
