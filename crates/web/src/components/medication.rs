//! Drugs: name and strength never broken or shortened, 用法 once for a group, 1回量 at the right.
use crate::format;
use karute_chart::summary::DrugGroup;
use karute_chart::view::Medication;
use karute_japan::Date;
use maud::{Markup, html};

/// A group of drugs sharing one 用法.
pub(crate) fn group(number: usize, group: &DrugGroup, today: Date) -> Markup {
    let over = group.until.is_some_and(|u| u < today);
    html! {
        li class="rx" {
            span class="rx-no" { (number) }
            div {
                ul { @for drug in &group.drugs { (line(drug)) } }
                p class="rx-sig" {
                    @if let Some(sig) = &group.sig { (sig) "　" }
                    @if let Some(supply) = &group.supply { span class="days" { (supply) } }
                    @if let Some(written) = group.written {
                        "　" span class="t-mute nw" { (format::near(written, today)) "処方"
                            @if over { @if let Some(until) = group.until { "・" (format::near(until, today)) "まで" } } }
                    }
                }
            }
        }
    }
}

fn line(drug: &Medication) -> Markup {
    let (name, strength) = split(&drug.name);
    html! {
        li class="rx-d" {
            span class="rx-name" { (name) span class="str" { (strength) } }
            @if let Some(dose) = &drug.dose { span class="rx-q" { "1回" (dose) } }
        }
    }
}

/// Drugs of a past visit, in one line each.
pub(crate) fn past(drugs: &[Medication]) -> Markup {
    html! {
        ul class="tl-rx" {
            @for drug in drugs {
                @let (name, strength) = split(&drug.name);
                li {
                    span { (name) span class="nw" { (strength) } }
                    span { (drug.sig.as_deref().unwrap_or_default()) "　" (drug.supply.as_deref().unwrap_or_default()) }
                }
            }
        }
    }
}

/// Where the strength begins: the first digit after the name, so that `5mg` never breaks.
pub(crate) fn split(name: &str) -> (&str, &str) {
    let digit = name.char_indices().skip(1).find(|(_, c)| c.is_ascii_digit() || ('０'..='９').contains(c));
    name.split_at(digit.map_or(name.len(), |(at, _)| at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strength_is_kept_in_one_piece() {
        let cases = [
            ("【般】アムロジピンOD錠5mg", ("【般】アムロジピンOD錠", "5mg")),
            ("ロスバスタチン錠２．５ｍｇ", ("ロスバスタチン錠", "２．５ｍｇ")),
            ("メトホルミン塩酸塩錠500mg:MT", ("メトホルミン塩酸塩錠", "500mg:MT")),
            ("白色ワセリン", ("白色ワセリン", "")),
            ("5-FU軟膏5%", ("5-FU軟膏", "5%")),
            ("", ("", "")),
        ];
        for (name, expected) in cases {
            assert_eq!(split(name), expected);
        }
    }
}
