//! What the pharmacy did: prescribed and dispensed one above the other, and its words to the doctor.
use crate::components::tag::{Tone, tag};
use crate::format::half_width;
use karute_eprescription::wire::dispensing::{Dispensed, Dispensing};
use karute_eprescription::wire::prescription::{Group, Prescription};
use maud::{Markup, html};

/// How a dispensed RP differs from the prescribed one.
fn differs(given: Option<&Group>, made: &Dispensed) -> Vec<&'static str> {
    let Some(given) = given else { return vec!["処方にない"] };
    let mut words = Vec::new();
    let bare = |name: &str| name.trim_start_matches("【般】").to_owned();
    let same = given.drugs.len() == made.drugs.len()
        && given.drugs.iter().zip(&made.drugs).all(|(given, made)| bare(&given.name) == bare(&made.name));
    if !same {
        words.push("薬を変更");
    }
    if given.quantity != made.quantity {
        words.push("日数・回数を変更");
    }
    words
}

/// One result.
pub(crate) fn result(given: Option<&Prescription>, made: &Dispensing) -> Markup {
    html! {
        section class="iss-p" aria-label="調剤結果" {
            p { b { (made.pharmacy.name) } "　" (made.date.month()) "/" (made.date.day()) " 調剤"
                @if !made.pharmacy.phone.is_empty() { "　" (made.pharmacy.phone) }
                @if let Some(refill) = made.refill { "　リフィル" (refill.count) "回目" @if refill.over { "（終了）" } } }
            table class="grid-t" {
                thead { tr { th scope="col" { "Rp" } th scope="col" { "処方" } th scope="col" { "調剤" } } }
                tbody {
                    @for group in &made.groups {
                        @let own = given.and_then(|given| given.groups.get(usize::from(group.rp).saturating_sub(1)));
                        tr {
                            td { (group.rp) }
                            td { @if let Some(own) = own { @for drug in &own.drugs { div { (half_width(&drug.name)) } } span class="t-13 t-mute" { (half_width(&own.usage_name)) "　" (own.quantity) } } }
                            td {
                                @for drug in &group.drugs { div { (half_width(&drug.name)) } }
                                span class="t-13 t-mute" { (half_width(&group.usage)) "　" (group.quantity) (group.unit) } " "
                                @for word in differs(own, group) { (tag(Tone::Fuji, None, word)) " " }
                            }
                        }
                    }
                }
            }
            @for (words, _) in &made.messages { p class="iss-m" { b { "薬局から：" } (words) } }
            @for (_, words) in &made.inquiries { p class="iss-m" { b { "疑義照会の結果：" } (words) } }
            @for words in made.leftovers.iter().chain(&made.remarks) { p class="iss-m" { (words) } }
        }
    }
}

/// In one line, for the chart: what was changed.
pub(crate) fn short(given: Option<&Prescription>, made: &Dispensing) -> Vec<String> {
    let mut words = Vec::new();
    for group in &made.groups {
        let own = given.and_then(|given| given.groups.get(usize::from(group.rp).saturating_sub(1)));
        if differs(own, group).is_empty() {
            continue;
        }
        let names = |drugs: Vec<&str>| drugs.iter().map(|name| half_width(name)).collect::<Vec<_>>().join("、");
        let before = own.map(|own| names(own.drugs.iter().map(|drug| drug.name.as_str()).collect()));
        let after = names(group.drugs.iter().map(|drug| drug.name.as_str()).collect());
        match before {
            Some(before) if before == after => words.push(format!("{after}　{}{}", group.quantity, group.unit)),
            Some(before) => words.push(format!("{before} → {after}")),
            None => words.push(after),
        }
    }
    words.extend(made.messages.iter().map(|(words, _)| format!("薬局から：{words}")));
    words.extend(made.inquiries.iter().map(|(_, words)| format!("疑義照会：{words}")));
    words
}
