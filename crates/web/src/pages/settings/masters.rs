//! マスター: what is loaded, since when, and what is missing for which function.
use super::{Part, page};
use crate::components::{
    icon::Icon,
    notice::{Severity, notice},
    tag::{Tone, tag},
};
use crate::{WebState, error::WebError, format, guard::Signed};
use axum::extract::State;
use karute_chart::masters::{KindStatus, Lack, MappingCount, MastersStatus, mappings, status};
use karute_japan::{Date, Timestamp};
use karute_terminology::Kind;
use maud::{Markup, html};

/// How long the page waits for counts of the day.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(2);

/// The screen.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed) -> Result<Markup, WebError> {
    let (masters, today) = (state.masters(), state.today());
    let now = status(state.ledger(), &masters).await?;
    // Counting walks all codes once a day; who comes before it is done is told, and it goes on.
    let counting = tokio::task::spawn_blocking(move || mappings(&masters, today));
    let counted = match tokio::time::timeout(PATIENCE, counting).await {
        Ok(done) => Some(done.map_err(|_| WebError::Internal)?),
        Err(_) => None,
    };
    let body = html! {
        (problem(state.masters_problem().as_deref()))
        (functions(&now))
        (kinds(&now, today))
        (directions(counted.as_deref()))
        (notice(Severity::Info, "取り込みは運用担当者が行います", &[
            "公開されているファイルをそのまま指定します（例 karute masters import ssk-drug y_20261101.csv）。取り込みは全医療機関に共通で、サービスを止めずに数秒で切り替わります。",
        ]))
    };
    page(&state, &signed, Part::Masters, body).await
}

/// Why newer masters are not in place.
fn problem(found: Option<&str>) -> Markup {
    let Some(found) = found else { return html! {} };
    notice(
        Severity::Danger,
        "新しいマスターを読み込めていません",
        &[
            "読み込めたところまでの版で動いています。運用担当者に知らせ、karute verify で確かめて、同じファイルを取り込み直してください。",
            &format!("記録された理由：{found}"),
        ],
    )
}

/// How much of each system can be translated into each other.
fn directions(counted: Option<&[MappingCount]>) -> Markup {
    let (counting, counted) = (counted.is_none(), counted.unwrap_or_default());
    html! {
        section class="panel" aria-labelledby="mappings-h" {
            div class="panel-h" {
                h2 id="mappings-h" { "コードの対応" }
                span class="t-13 t-mute" { "今日使えるコードのうち、対応先がある数とない数" }
            }
            @if counting {
                p class="pop-n t-13 t-mute" { "数えています。10秒ほどしてから、このページを開き直してください。" }
            } @else if counted.is_empty() {
                p class="pop-n t-13 t-mute" { "対応を数えられるマスターはまだ入っていません。" }
            } @else {
                table class="grid-t" {
                    thead { tr {
                        th scope="col" { "元のコード" } th scope="col" { "対応先" }
                        th scope="col" class="num" { "対応あり" } th scope="col" class="num" { "対応なし" }
                    } }
                    tbody { @for each in counted { (direction(each)) } }
                }
            }
        }
    }
}

fn direction(each: &MappingCount) -> Markup {
    html! {
        tr {
            th scope="row" { (each.from_label) } td { "→ " (each.to_label) }
            td class="num" { (grouped(each.mapped)) } td class="num" { (grouped(each.unmapped)) }
        }
    }
}

fn functions(now: &MastersStatus) -> Markup {
    let incomplete = now.functions.iter().filter(|f| !f.missing.is_empty()).count();
    html! {
        section class="panel" aria-labelledby="functions-h" {
            div class="panel-h" {
                h2 id="functions-h" { "できること" }
                span class="t-13 t-mute" { @if incomplete == 0 { "必要なマスターはすべて入っています" } @else { "公式マスターが足りない機能 " (incomplete) "件" } }
            }
            table class="grid-t" {
                thead { tr { th scope="col" { "機能" } th scope="col" { "状態" } th scope="col" { "足りないマスター" } } }
                tbody { @for each in &now.functions { (function(each)) } }
            }
        }
    }
}

fn function(lack: &Lack) -> Markup {
    let missing = lack.missing.iter().filter_map(|name| Kind::parse(name));
    html! {
        tr {
            th scope="row" class="t-b nw" { (lack.label) }
            td class="nw" {
                @if lack.missing.is_empty() { (tag(Tone::Ok, Some(Icon::Check), "そろっています")) }
                @else { (tag(Tone::Warn, Some(Icon::Triangle), "不足")) }
            }
            td { @for (n, kind) in missing.enumerate() { @if n > 0 { "、" } a href=(anchor(kind)) { (kind.label()) } } }
        }
    }
}

/// The row of a kind on this page.
fn anchor(kind: Kind) -> String {
    format!("#{}", kind.name())
}

fn kinds(now: &MastersStatus, today: Date) -> Markup {
    html! {
        section class="panel" aria-labelledby="kinds-h" {
            div class="panel-h" {
                h2 id="kinds-h" { "入っているマスター" } span class="t-13 t-mute" { "全医療機関に共通" }
                a class="end t-13" href="#functions-h" { "できることへ" }
            }
            table class="grid-t" {
                thead { tr {
                    th scope="col" { "種類" } th scope="col" { "版" } th scope="col" class="num" { "件数" } th scope="col" { "ファイル" }
                    th scope="col" { "取り込み" } th scope="col" { "最後の報告" }
                } }
                tbody { @for kind in &now.kinds { (row(kind, today)) } }
            }
        }
    }
}

fn row(kind: &KindStatus, today: Date) -> Markup {
    let edition = kind.edition.as_deref().and_then(|day| day.parse::<Date>().ok());
    let at = kind.imported_at.as_deref().and_then(Timestamp::parse);
    html! {
        tr id=(kind.kind) {
            th scope="row" { b { (kind.label) } br; span class="t-12 t-mute" { (kind.kind) } }
            td class="nw" {
                @match (kind.number, edition) {
                    (Some(number), day) => {
                        @if let Some(day) = day { (format::full(day)) }
                        br; span class="t-12 t-mute" { "第" (number) "版" }
                    }
                    (None, _) if kind.rows > 0 => { (tag(Tone::Warn, Some(Icon::Triangle), "お試し用")) }
                    (None, _) => { span class="t-mute" { "なし" } }
                }
            }
            td class="num" { (grouped(kind.rows)) }
            td class="t-13" { (kind.file.as_deref().unwrap_or("－")) }
            td class="t-13 nw" {
                @if let Some(at) = at { (format::moment(at, today)) } @else { "－" }
                @if let Some(by) = &kind.imported_by { br; span class="t-12 t-mute" { (by) } }
            }
            td class="t-13" { (report(kind)) }
        }
    }
}

/// The counts of the last report, in one line; what is nought is left out.
fn report(kind: &KindStatus) -> Markup {
    const WORDS: [(&str, &str); 7] = [
        ("read", "読込"),
        ("added", "新規"),
        ("changed", "変更"),
        ("ended", "終了"),
        ("vanished", "消滅"),
        ("unchanged", "変更なし"),
        ("rejected", "除外"),
    ];
    let Some(report) = &kind.report else { return html! { "－" } };
    let count = |name: &str| {
        let value = report.get(name)?;
        let count = value.as_u64().or_else(|| value.as_array().map(|list| list.len() as u64))?;
        usize::try_from(count).ok().filter(|count| *count > 0)
    };
    let shown: Vec<_> = WORDS.iter().filter_map(|(name, word)| Some((*word, count(name)?))).collect();
    html! { @for (word, count) in shown { span class="nw" { (word) " " (grouped(count)) } " " } }
}

/// `25,013`
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + 4);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (number, shown) in [(0, "0"), (999, "999"), (1_000, "1,000"), (25_013, "25,013"), (1_234_567, "1,234,567")]
        {
            assert_eq!(grouped(number), shown);
        }
    }
}
