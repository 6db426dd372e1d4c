//! The paper itself as the editor: sections as text areas on the form of 別紙様式11, and the same paper to read.
use super::compose::{View, standings};
use crate::components::{
    field::hidden,
    icon::{Icon, small},
    notice::{Severity, alert, notice},
    tag::{Tone, tag},
};
use crate::format;
use crate::guard::Signed;
use crate::pages::record::{Sides, conflict_of};
use karute_chart::clinic::Contact;
use karute_chart::letter::{Clash, Destination, Kind, LONGEST, Section, Standing};
use karute_chart::view::Person;
use karute_japan::Date;
use maud::{Markup, html};

/// The editor. Its form is that of a record that is being written, so that the same script saves it.
pub(super) fn editor(view: &View, signed: &Signed, told: Option<&str>) -> Markup {
    let head = &view.page.draft.head;
    let others = || Section::ALL.into_iter().filter(|section| !Section::SHOWN.contains(section));
    let is_used = |section: Section| view.page.draft.part(section).is_some_and(|part| !part.text.is_empty());
    html! {
        section class="paper-bg scroll" id="note" data-note=(view.base) tabindex="0" aria-label="診療情報提供書の本文" {
            @if let Some(told) = told { (alert("していません", &[told])) }
            @if let Some((_, reason)) = &head.replaces {
                (notice(Severity::Info, &format!("確定した紹介状を直しています：{reason}"), &["確定すると新しい版になります。前の版も残ります。"]))
            }
            @if let Some(answers) = &head.answers { (notice(Severity::Info, &format!("返書：{}", answers.words), &[])) }
            form method="post" action=(format!("{}/note", view.base)) id="note-form" class="paper" autocomplete="off" {
                h2 { "診療情報提供書" }
                (heads(view, signed))
                dl class="fm" {
                    dt { "患者" } dd { (patient(&view.page.person, &view.page.address, view.face.date)) }
                    @for section in Section::ALL.into_iter().filter(|s| Section::SHOWN.contains(s) || is_used(*s)) { (row(view, section)) }
                }
                @if others().any(|section| !is_used(section)) {
                    details {
                        summary class="t-13" { "ほかの欄（感染症・身体所見・生活歴・手術など）" }
                        dl class="fm" { @for section in others().filter(|section| !is_used(*section)) { (row(view, section)) } }
                    }
                }
                p class="t-12 t-mute" { u class="from" { "下線" } "　カルテから入った内容。元の値が変わると知らせます" }
                (hidden("seen", &view.page.draft.seen()))
                noscript { button type="submit" class="btn" { "保存する" } }
            }
            div data-phrase-list {}
        }
    }
}

/// To whom, from whom, for what.
pub(super) fn heads(view: &View, signed: &Signed) -> Markup {
    let head = &view.page.draft.head;
    let act = format!("{}/act", view.base);
    html! {
        div class="paper-to" id="let-to" {
            div {
                @match &head.to {
                    Some(to) => { (addressee(to)) }
                    None => { "紹介先　" b class="t-warn" { "まだ選んでいません" } br; }
                }
                button type="submit" formaction=(act) name="act" value="to" class="btn btn-g btn-sm" data-leave { @if head.to.is_some() { "宛先を変える" } @else { "宛先を選ぶ" } }
            }
            div {
                (written(view.face.date)) br;
                (signed.info.tenant_display) "　" b { (signed.info.name) }
                @if let Some(contact) = &view.contact { br; (place(contact)) }
                div class="row" {
                    label class="row" { "種類" select name="kind" class="sel" data-change="kind" { @for kind in Kind::ALL { option value=(kind.code()) selected[kind == head.kind] { (kind.word()) } } } }
                    button type="submit" class="vh" formaction=(act) name="act" value="kind" data-act tabindex="-1" { "種類を変える" }
                }
            }
        }
    }
}

/// `紹介先　県立みどり野病院　循環器内科` and whom there.
pub(super) fn addressee(to: &Destination) -> Markup {
    html! {
        "紹介先　" b class="t-b" { (to.name) @if !to.department.is_empty() { "　" (to.department) } } br;
        @if to.doctor.is_empty() { "担当医　先生　御侍史" } @else { (to.doctor) "　先生　御侍史" }
        br;
    }
}

/// `2026年（令和8年）11月20日`
pub(super) fn written(day: Date) -> String {
    format!("{}年（{}）{}月{}日", day.year(), format::era_year(day), day.month(), day.day())
}

pub(super) fn place(contact: &Contact) -> Markup {
    html! { span class="t-12" { (contact.address) "　電話 " (contact.phone) } }
}

/// Who it is about, as the paper says it.
pub(super) fn patient(person: &Person, address: &str, on: Date) -> Markup {
    html! {
        b { (person.name) } "（" (person.kana.as_deref().unwrap_or_default()) "）　" (person.sex.word()) "　"
        @match person.birth {
            Some(birth) => { (written(birth)) "生　" (format::age(person, on)) }
            None => { "生年月日不明" }
        }
        br;
        @if address.is_empty() { "住所の登録なし" } @else { (address) } "　電話 " (person.phone.as_deref().unwrap_or("登録なし"))
    }
}

fn row(view: &View, section: Section) -> Markup {
    let draft = &view.page.draft;
    let part = draft.part(section);
    let clash = draft.clashes.iter().find(|(each, _)| *each == section).map(|(_, clash)| clash);
    let code = section.code();
    html! {
        dt id=(format!("s-{code}")) { (section.word()) }
        dd {
            @if let Some(clash) = clash {
                (conflict(view, section, clash))
            } @else {
                div class="lt" {
                    (mirror(view, section))
                    textarea name=(code) class="nt-x" data-section=(code) rows="1" maxlength=(LONGEST) aria-label=(section.word()) aria-describedby=(format!("f-{code}")) {
                        // A leading line break would be swallowed by the parser.
                        "\n" (draft.text(section))
                    }
                }
                (hidden(&format!("{code}_base"), draft.text(section)))
            }
            (flags(view, section))
            @if let Some(part) = part.filter(|part| part.proxy) { p class="t-12 t-mute" { (tag(Tone::Line, None, "代行")) " " (part.name) } }
        }
    }
}

/// The text once more under the field, seen only where it came from the chart.
pub(super) fn mirror(view: &View, section: Section) -> Markup {
    let all = standings(view, section);
    html! {
        div class="lt-m" id=(format!("m-{}", section.code())) aria-hidden="true" {
            @for (text, mark) in pieces(view.page.draft.text(section), &all) {
                @match mark {
                    None => { (text) }
                    Some(Standing::Same) => { u class="from" { (text) } }
                    Some(_) => { u class="from is-old" { (text) } }
                }
            }
        }
    }
}

/// What no longer is as the chart says, under the field.
pub(super) fn flags(view: &View, section: Section) -> Markup {
    let code = section.code();
    let draft = &view.page.draft;
    let marks = draft.part(section).map_or(&[][..], |part| part.marks.as_slice());
    html! {
        div id=(format!("f-{code}")) {
            @for (mark, (_, standing)) in marks.iter().zip(standings(view, section)) {
                @match standing {
                    Standing::Same => {}
                    Standing::Changed(now) => {
                        p class="row row-w t-12 t-warn" {
                            (small(Icon::Triangle)) span { "元の記録が変わりました。今は「" (now) "」" }
                            button type="submit" form="note-form" formaction=(format!("{}/act", view.base)) name="act" value=(format!("renew.{code}.{}", mark.key)) class="btn btn-sm" data-act { "今の内容にする" }
                        }
                    }
                    Standing::Gone => { p class="row t-12 t-warn" { (small(Icon::Triangle)) span { "「" (mark.text) "」は元の記録からなくなりました" } } }
                }
            }
        }
    }
}

/// A text, cut where something of it came from the chart.
pub(super) fn pieces<'t>(text: &'t str, marks: &'t [(String, Standing)]) -> Vec<(&'t str, Option<&'t Standing>)> {
    let mut found: Vec<(usize, usize, &Standing)> = Vec::new();
    for (words, standing) in marks.iter().filter(|(words, _)| !words.is_empty()) {
        let free = |from: usize| found.iter().all(|(start, end, _)| from + words.len() <= *start || from >= *end);
        let at = text.match_indices(words.as_str()).map(|(from, _)| from).find(|from| free(*from));
        if let Some(from) = at {
            found.push((from, from + words.len(), standing));
        }
    }
    found.sort_by_key(|(from, ..)| *from);
    let (mut all, mut last) = (Vec::new(), 0);
    for (from, to, standing) in found {
        all.push((text.get(last..from).unwrap_or_default(), None));
        all.push((text.get(from..to).unwrap_or_default(), Some(standing)));
        last = to;
    }
    all.push((text.get(last..).unwrap_or_default(), None));
    all.retain(|(piece, _)| !piece.is_empty());
    all
}

/// The sections as they stand, hidden, with their layers and flags: the script puts them where nobody is typing.
pub(super) fn stands(view: &View) -> Markup {
    html! {
        div id="note-sections" hidden {
            @for (section, part) in &view.page.draft.parts {
                pre data-stands=(section.code()) { "\n" (part.text) }
                (mirror(view, *section)) (flags(view, *section))
            }
        }
        @for (section, clash) in &view.page.draft.clashes { (conflict(view, *section, clash)) }
    }
}

/// Two edits of the same lines.
fn conflict(view: &View, section: Section, clash: &Clash) -> Markup {
    let part = view.page.draft.part(section);
    conflict_of(&Sides {
        action: &format!("{}/note/choose", view.base),
        code: section.code(),
        title: section.word(),
        mine: &clash.mine,
        theirs: view.page.draft.text(section),
        name: part.map_or("ほかの人", |part| part.name.as_str()),
        revision: part.map_or(0, |part| part.revision),
    })
}

/// The one sign of saving.
pub(super) fn saved(view: &View) -> Markup {
    let last = view.page.draft.parts.iter().map(|(_, part)| part.at).max().unwrap_or_default();
    html! {
        p class="t-12 t-mute row" id="note-saved" data-seen=(view.page.draft.seen()) {
            @if last > 0 { (small(Icon::Check)) span { (format::moment(karute_japan::Timestamp::from_micros(last), view.face.date)) " 自動保存" } }
            @else { span { "書いたものは自動で保存されます" } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_from_the_chart_is_found_once_and_never_twice_at_one_place() {
        let marks = [
            ("高血圧症".to_owned(), Standing::Same),
            ("血圧".to_owned(), Standing::Gone),
            (String::new(), Standing::Same),
            ("ここにない".to_owned(), Standing::Same),
        ];
        let shown: Vec<(&str, bool)> =
            pieces("高血圧症、血圧は高い", &marks).iter().map(|(text, mark)| (*text, mark.is_some())).collect();
        assert_eq!(shown, [("高血圧症", true), ("、", false), ("血圧", true), ("は高い", false)]);
        assert_eq!(pieces("", &marks), []);
    }
}
