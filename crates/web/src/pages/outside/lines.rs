//! The six sections: on every line what, who says it, of which day; critical ones first, then the newest.
use crate::components::{
    icon::Icon,
    lab,
    tag::{Tone, tag},
};
use crate::format;
use karute_chart::outside::{Line, Section, Sheet, What};
use karute_chart::summary::Face;
use karute_japan::Date;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Lines of a section that stand open; the rest is one press away.
const OPEN: usize = 30;

/// Values of one day and one institution together.
struct Day<'s> {
    day: Option<Date>,
    lines: Vec<&'s Line>,
}

/// One section.
pub(super) fn section(sheet: &Sheet, section: Section, face: &Face) -> Markup {
    let lines = sheet.of(section);
    let drawn: Vec<Markup> = if section == Section::Results {
        days(lines).iter().map(|day| values(sheet, day, face)).collect()
    } else {
        lines.iter().map(|each| line(sheet, each, face)).collect()
    };
    let (open, folded) = drawn.split_at(drawn.len().min(OPEN));
    let id = format!("os-{section:?}");
    html! {
        section class=(if section == Section::Results { "panel os-w" } else { "panel" }) aria-labelledby=(id) {
            div class="panel-h" { h2 id=(id) { (section.word()) } span class="t-13 t-mute" { (lines.len()) "件" } }
            @if lines.is_empty() { p class="t-13 t-mute pn-p" { "登録された情報はありません" } }
            ul class="os-l" { @for each in open { (each) } }
            @if !folded.is_empty() {
                details { summary class="t-13" { "ほか" (folded.len()) "行を表示" } ul class="os-l" { @for each in folded { (each) } } }
            }
        }
    }
}

fn day_of(day: Option<Date>, reached: bool, face: &Face) -> Markup {
    html! {
        @match day {
            Some(day) => time datetime=(day) title=[reached.then_some("日付の記載なし。当院が受け取った日")] { (format::near(day, face.date)) @if reached { "受" } },
            None => span { "日付なし" },
        }
    }
}

fn source(sheet: &Sheet, line: &Line) -> Markup {
    let Some(source) = sheet.source(line) else { return html! {} };
    html! {
        span class="os-s" {
            (tag(Tone::Fuji, None, &source.institution))
            @if let Some(document) = &source.document { a href=(format!("/inbox/{document}")) { "取り込み" } }
        }
    }
}

fn line(sheet: &Sheet, line: &Line, face: &Face) -> Markup {
    let over = match &line.item.what {
        What::Disease(disease) if !disease.problem.active => Some("終了"),
        What::Allergy(allergy) if !allergy.active => Some("解消"),
        _ => None,
    };
    // The day stands in front already.
    let words = match &line.item.what {
        What::Disease(_) => String::new(),
        What::Allergy(allergy) => allergy.entry.reaction.clone().unwrap_or_default(),
        _ => line.item.words(),
    };
    html! {
        li class=[line.critical.then_some("is-crit")] {
            (day_of(line.day, line.reached, face))
            span {
                @if line.critical { (tag(Tone::Danger, Some(Icon::Triangle), "注意")) " " }
                b { (line.item.name()) }
                @if let What::Result(result) = &line.item.what { " " (lab::value(&words, result.measured.flag)) } @else if !words.is_empty() { " " (words) }
                @if let Some(over) = over { " " (tag(Tone::Line, None, over)) }
                @if line.item.is_untold() { " " (tag(Tone::Warn, None, "患者へ未告知")) }
            }
            (source(sheet, line))
        }
    }
}

/// By day and institution, the newest day first; within a day abnormal values first.
fn days(lines: &[Line]) -> Vec<Day<'_>> {
    let mut found: BTreeMap<(std::cmp::Reverse<Option<Date>>, usize), Vec<&Line>> = BTreeMap::new();
    for line in lines {
        found.entry((std::cmp::Reverse(line.day), line.batch)).or_default().push(line);
    }
    found
        .into_iter()
        .map(|((day, _), mut lines)| {
            lines.sort_by_key(|line| match &line.item.what {
                What::Result(result) => result.measured.flag == karute_chart::view::Flag::None,
                _ => true,
            });
            Day { day: day.0, lines }
        })
        .collect()
}

fn values(sheet: &Sheet, day: &Day<'_>, face: &Face) -> Markup {
    let reached = day.lines.iter().any(|line| line.reached);
    html! {
        li {
            (day_of(day.day, reached, face))
            span class="lvs" {
                @for line in &day.lines {
                    @if let What::Result(result) = &line.item.what {
                        span class="lv" { (result.measured.name) " " (lab::value(&line.item.words(), result.measured.flag)) }
                    }
                }
            }
            @if let Some(first) = day.lines.first() { (source(sheet, first)) }
        }
    }
}
