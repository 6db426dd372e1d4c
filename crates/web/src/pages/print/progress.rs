//! 様式第一号(一)の2 and の3.
use crate::format;
use karute_chart::legal::{Act, LegalRecord, Sheet};
use karute_chart::note::{Change, Past};
use karute_chart::view::{Flag, Measurement, Note};
use karute_japan::Date;
use maud::{Markup, html};

/// The progress sheet: on the left what was found, on the right what was done.
pub(super) fn progress(record: &LegalRecord, today: Date, versions: bool) -> Markup {
    html! {
        table class="pr-t pr-p" {
            thead { tr { th { "月日" } th { "既往症・原因・主要症状・経過等" } th { "処方・手術・処置等" } } }
            tbody {
                @for sheet in &record.sheets { (day(sheet, today, versions)) }
                @if record.sheets.is_empty() { tr { td colspan="3" { "この期間に受診の記録はありません" } } }
                tr { td colspan="3" class="pr-end" { "以下余白" } }
            }
        }
        @if !record.labs.is_empty() {
            h2 { "検査結果" }
            table class="pr-t" {
                thead { tr { th { "採取日" } th { "項目・値" } } }
                tbody { @for (date, values) in &record.labs { tr { td { (format::full(*date)) } td { (values.iter().map(value).collect::<Vec<_>>().join("、")) } } } }
            }
        }
        @if !record.papers.is_empty() {
            h2 { "文書・添付" }
            table class="pr-t" { tbody { @for (date, words) in &record.papers { tr { td { (format::full(*date)) } td { (words) } } } } }
        }
    }
}

fn day(sheet: &Sheet, today: Date, versions: bool) -> Markup {
    let arrived = sheet.visit.as_ref().and_then(|v| v.arrived);
    html! {
        tr {
            td class="nw" {
                (format::full(sheet.date))
                @if let Some(at) = arrived { br; (format::clock(at)) }
                @if let Some(kind) = sheet.visit.as_ref().and_then(|v| v.kind.as_deref()) { br; (kind) }
            }
            td {
                @match &sheet.note {
                    Some(note) => { (text(note, today)) }
                    None => {
                        @if let Some(reason) = sheet.visit.as_ref().and_then(|v| v.reason.as_deref()) { p { "来院理由 " (reason) } }
                        p { "（確定した記録なし）" }
                    }
                }
                @if !sheet.measured.is_empty() { p { "バイタル　" (sheet.measured.join("　")) } }
                @if versions { @for past in &sheet.versions { (version(past, today)) } }
            }
            td {
                @for act in &sheet.acts { (done(act)) }
            }
        }
    }
}

fn text(note: &Note, today: Date) -> Markup {
    html! {
        @for (title, body) in &note.sections { p { b { (title) } "　" (crate::pages::record::lines(body)) } }
        p class="pr-h" {
            "入力 " (names(note))
            @if let Some(confirmed) = &note.confirmed {
                "　確定 " (confirmed.name)
                @if let Some(at) = confirmed.at { " " (format::full(at.day_in_japan())) " " (format::clock(at)) }
            }
            @if note.awaiting { "　［代行・承認待ち］" }
            @if let Some(version) = note.version { "　第" (version) "版" }
            @if note.is_amended() { "（訂正" @if let Some(r) = &note.revision { "：" (r.reason) @if let Some(at) = r.at { "　" (format::moment(at, today)) } } "）" }
        }
    }
}

/// Everybody who entered something, 代行 marked.
fn names(note: &Note) -> String {
    let mut all: Vec<String> = Vec::new();
    let first = note.author.clone().map(|name| (name, false));
    let hands = note.hands.iter().flatten().cloned();
    for (name, proxy) in hands.chain(first.filter(|_| note.hands.iter().all(Option::is_none))) {
        let shown = if proxy { format!("{name}［代行］") } else { name };
        if !all.contains(&shown) {
            all.push(shown);
        }
    }
    all.join("・")
}

/// One version: what it took out is struck through.
fn version(past: &Past, today: Date) -> Markup {
    let note = &past.note;
    html! {
        div class="pr-v" {
            p class="pr-h" {
                "第" (note.version.unwrap_or(0)) "版　" (format::full(past.at.day_in_japan())) " " (format::clock(past.at))
                "　入力 " (names(note))
                @if let Some(confirmed) = &note.confirmed { "　確定 " (confirmed.name) }
                @if note.is_deleted() { "　［削除］" }
                @if note.awaiting { "　［承認待ち］" }
                @if let Some(revision) = &note.revision {
                    "　理由：" (revision.reason)
                    @if let Some(by) = &revision.by { "（" (by) @if let Some(at) = revision.at { " " (format::moment(at, today)) } "）" }
                }
            }
            @for (title, lines) in &past.sections {
                p {
                    b { (title) } "　"
                    @for line in lines {
                        @match line.change {
                            _ if note.is_deleted() => { del { (line.text) } br; }
                            Change::Same => { (line.text) br; }
                            Change::Out => { del { (line.text) } br; }
                            Change::In => { ins { (line.text) } br; }
                        }
                    }
                }
            }
        }
    }
}

fn done(act: &Act) -> Markup {
    html! {
        p {
            @if act.cancelled { del { "［" (act.kind) "］" (act.line) } "（取消・中止）" } @else { "［" (act.kind) "］" (act.line) }
            @if act.awaiting { "［代行・承認待ち］" }
        }
    }
}

fn value(value: &Measurement) -> String {
    let flag = match value.flag {
        Flag::High => " H",
        Flag::Low => " L",
        Flag::None => "",
    };
    format!("{} {}{}{flag}", value.name, value.value, value.unit.as_deref().unwrap_or_default())
}

/// Kinds of the points sheet, in the order of the form.
const KINDS: [&str; 12] =
    ["初診", "再診", "医学管理", "在宅", "投薬", "注射", "処置", "手術・麻酔", "検査・病理", "画像", "その他", "合計"];

/// The points sheet. Points are the receipt computer's; the sheet lists the days and leaves the rest to it.
pub(super) fn points(record: &LegalRecord) -> Markup {
    let mut days: Vec<Date> = record.sheets.iter().filter(|s| s.visit.is_some()).map(|s| s.date).collect();
    days.dedup();
    html! {
        p { "点数と負担金は会計（レセコン）の記録にあります。ここには受診した日だけを示します。" }
        table class="pr-t pr-k" {
            thead { tr { th { "月日" } @for kind in KINDS { th { (kind) } } th { "負担金徴収額" } th { "備考" } } }
            tbody {
                @for day in &days { tr { td class="nw" { (format::full(*day)) } @for _ in KINDS { td {} } td {} td {} } }
                tr { td colspan="15" class="pr-end" { "以下余白" } }
            }
        }
    }
}
