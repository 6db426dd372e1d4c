//! The dialog: contents and settings on the left, what was found on the right, the signature and the press below.
use super::View;
use super::found::{Found, found};
use super::national::Asked;
use crate::components::{
    banner,
    field::{hidden, key},
    icon::{Icon, icon, small},
    medication::split,
    notice::{Severity, notice, skeleton},
    tag::{Tone, tag},
};
use crate::pages::signing::{self, ready_words};
use crate::{format, guard::Signed, links};
use karute_chart::check::{Exit, Level, REASONS, RuleId};
use karute_chart::prescription::{Group, groups};
use karute_eprescription::flow::Form;
use karute_eprescription::jobs::record::Kept;
use karute_eprescription::office::{Ready, SignerKind};
use karute_eprescription::precheck::Stand;
use karute_japan::Date;
use maud::{Markup, html};
use serde::Deserialize;

/// What was chosen in the form, as it was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    pub(crate) form: String,
    pub(crate) until: String,
    pub(crate) refill: String,
    pub(crate) parts: String,
    pub(crate) leftover: String,
    pub(crate) remark: String,
    pub(crate) licence: String,
}

/// What is said above the contents: title and words.
pub(crate) type Told<'t> = (Severity, &'t str, Vec<String>);

/// The whole part.
pub(crate) fn part(
    view: &View,
    signed: &Signed,
    asked: Option<&Asked>,
    typed: &Typed,
    told: Option<&Told<'_>>,
) -> Markup {
    let at = |what: &str| links::of_visit(&view.sheet.patient, &view.sheet.visit, what);
    let replaced = view.current().filter(|kept| !super::is_over(kept));
    html! {
        div id="issue" class="iss" {
            header class="iss-h" {
                h2 id="dialog-title" { "処方箋の発行" }
                b { (view.face.person.name) }
                span { (view.face.person.sex.word()) "　" (format::age(&view.face.person, view.today)) "　" (banner::born(&view.face.person)) "　" (view.face.person.number.as_deref().unwrap_or("")) }
                div class="iss-k" { (banner::risk(&view.face.allergy)) }
                @if view.reached.as_ref().is_some_and(|reached| reached.connection.sandbox) { (tag(Tone::Fuji, None, "模擬環境")) }
            }
            div class="iss-l scroll" {
                @if let Some((severity, title, words)) = told {
                    @let words: Vec<&str> = words.iter().map(String::as_str).collect();
                    div role="alert" tabindex="-1" autofocus { (notice(*severity, title, &words)) }
                }
                (contents(view, asked))
                @if view.awaiting() > 0 {
                    (notice(Severity::Info, &format!("代行入力の薬が{}剤あります", view.awaiting()), &["紙の記載と照らし合わせてください。署名して発行すると、承認も記録されます。"]))
                }
                (settings(view, typed, replaced, &at("issue")))
            }
            @match asked {
                Some(asked) => (right(view, asked)),
                None => section id="issue-check" class="iss-r scroll" aria-label="確認の結果" aria-busy="true" data-check=(at("issue/check")) {
                    div class="row" { h3 { "確認の結果" } span class="t-13 t-mute" { "照会しています…" } }
                    @if let Some(words) = ahead(view) { p class="t-13 t-mute" { (words) } }
                    (skeleton("電子処方箋管理サービスへ照会しています"))
                },
            }
            footer class="iss-f" { (signature(view, signed)) (waits(view, asked)) (press(view, replaced)) }
        }
    }
}

/// The parts that depend on the answer of the service.
pub(crate) fn checked(view: &View, asked: &Asked) -> Markup {
    html! { (contents(view, Some(asked))) (right(view, asked)) (waits(view, Some(asked))) }
}

/// 処方内容
fn contents(view: &View, asked: Option<&Asked>) -> Markup {
    let lines = view.paper.as_ref().map_or(&[][..], |paper| paper.lines.as_slice());
    let found = found(view, asked);
    html! {
        section id="issue-lines" aria-labelledby="issue-lines-h" {
            h3 id="issue-lines-h" { "処方内容　" (lines.len()) "剤" }
            @for group in groups(lines) { (rp(&group, &found)) }
            @if lines.is_empty() {
                (notice(Severity::Info, "院外処方の薬がありません", &["オーダー欄で薬を加えてから発行します。"]))
            }
        }
    }
}

fn rp(group: &Group<'_>, found: &[Found]) -> Markup {
    let of = |id: &str| found.iter().find(|each| each.finding.line == id && each.finding.is_open());
    let warns = group.lines.iter().any(|line| of(line.id.as_str()).is_some());
    let Some(first) = group.lines.first() else { return html! {} };
    html! {
        div class=(if warns { "rx is-warn" } else { "rx" }) {
            span class="rx-no" { span class="vh" { "Rp" } (group.number) }
            div {
                @for line in &group.lines {
                    @let shown = format::half_width(&line.what.drug.name);
                    @let (name, strength) = split(&shown);
                    div class="rx-d" {
                        span class="rx-name" { (name) span class="str" { (strength) }
                            @for words in line.what.preparation.words() { " " (tag(Tone::Line, None, words)) }
                            @if line.awaits_approval { " " (tag(Tone::Line, None, "代行入力")) }
                            @if let Some(each) = of(line.id.as_str()) { " " (tag(Tone::Warn, Some(Icon::Triangle), each.finding.rule.label())) }
                        }
                        span class="rx-q" { (line.what.amounts()) }
                    }
                    @if let Some(comment) = &line.what.comment { span class="t-13 t-sub" { (comment) } }
                }
                div class="rx-sig" { (first.what.usage.text) "　" span class="days" { (first.what.supply()) } }
            }
        }
    }
}

/// 発行のしかた
fn settings(view: &View, typed: &Typed, replaced: Option<&Kept>, action: &str) -> Markup {
    let preset = replaced.map(|kept| kept.stored.life.form);
    let preset = preset.or(view.reached.as_ref().map(|reached| reached.connection.form)).unwrap_or(Form::Electronic);
    let paper = if typed.form.is_empty() { preset == Form::Paper } else { typed.form == "paper" };
    let usual = usual_last_day(view.today);
    let until = typed.until.parse::<Date>().ok().filter(|day| *day != usual);
    let days = |day: Date| day.since(view.today).map_or(0, |span| i64::from(span.get_days()) + 1);
    let refill = typed.refill.as_str();
    html! {
        form id="issue-form" class="iss-s" method="post" action=(action) {
            (hidden("intent", view.intent.as_str())) (hidden("lines", &view.seen().join(",")))
            @if let Some(kept) = replaced { (hidden("task", &format!("{}:{}", kept.id, kept.version))) }
            h3 { "発行のしかた" }
            div class="seg" role="radiogroup" aria-label="発行のしかた" {
                label class="grow" { input type="radio" name="form" value="electronic" checked[!paper]; "電子処方箋" }
                label class="grow" { input type="radio" name="form" value="paper" checked[paper]; "紙（引換番号つき）" }
            }
            details open[until.is_some()] {
                summary { span { "使用期間" } b { (format::near(until.unwrap_or(usual), view.today)) "（" (format::weekday(until.unwrap_or(usual))) "）まで・発行日を含め" (days(until.unwrap_or(usual))) "日" } u { "変える" } }
                label { "最後の日" input type="date" name="until" value=(until.map(|day| day.to_string()).unwrap_or_default()) min=(view.today); }
            }
            details open[!refill.is_empty()] {
                summary { span { "リフィル" } b { @if refill.is_empty() { "なし" } @else { "総使用回数 " (refill) "回" } } u { "変える" } }
                div class="row" {
                    @for (value, word) in [("", "なし"), ("2", "2回"), ("3", "3回")] {
                        label class="check" { input type="radio" name="refill" value=(value) checked[refill == value]; span { (word) } }
                    }
                }
            }
            // A change is of one prescription; parts are made when it is issued first.
            @if replaced.is_none() {
                details open[!typed.parts.is_empty()] {
                    summary { span { "分割" } b { @if typed.parts.is_empty() { "なし" } @else { (typed.parts) "回に分ける" } } u { "変える" } }
                    div class="row" {
                        @for (value, word) in [("", "分けない"), ("2", "2回に"), ("3", "3回に")] {
                            label class="check" { input type="radio" name="parts" value=(value) checked[typed.parts == value]; span { (word) } }
                        }
                    }
                    p class="t-13 t-mute" { "内服の日数を等しく分けます。頓服・外用は1回目に出します。引換番号は回ごとに付きます。" }
                }
            }
            details open[!typed.leftover.is_empty()] {
                summary { span { "残薬" } b { @match typed.leftover.as_str() { "1" => "疑義照会した上で調剤", "2" => "減量して調剤・情報提供", _ => "指示なし" } } u { "変える" } }
                select class="sel" name="leftover" aria-label="残薬への対応" {
                    @for (value, word) in [("", "指示なし"), ("1", "疑義照会した上で調剤"), ("2", "減量して調剤・情報提供")] {
                        option value=(value) selected[typed.leftover == value] { (word) }
                    }
                }
            }
            details open[!typed.remark.is_empty()] {
                summary { span { "備考" } b { @if typed.remark.is_empty() { "なし" } @else { (typed.remark) } } u { "書く" } }
                input type="text" name="remark" value=(typed.remark) maxlength="100" autocomplete="off" aria-label="備考（薬局へ）";
            }
            @if view.paper.as_ref().is_some_and(|paper| paper.has_narcotic) {
                label { "麻薬施用者免許番号" input type="text" name="licence" value=(typed.licence) maxlength="20" autocomplete="off" required; }
            }
        }
    }
}

/// Four days with the day of issue.
fn usual_last_day(today: Date) -> Date {
    use jiff::ToSpan as _;
    today.saturating_add(3.days())
}

/// What was found, and what was looked for.
fn right(view: &View, asked: &Asked) -> Markup {
    let all = found(view, Some(asked));
    let open = all.iter().filter(|each| each.finding.is_open()).count();
    let notes = all.iter().filter(|each| each.finding.level == Level::Note).count();
    html! {
        section id="issue-check" class="iss-r scroll" aria-label="確認の結果" data-open=(open) tabindex="0" {
            div class="row row-w" {
                h3 { "確認の結果" }
                @if open > 0 { (tag(Tone::Warn, Some(Icon::Triangle), &format!("判断が必要 {open}"))) }
                @if notes > 0 { (tag(Tone::Line, Some(Icon::Info), &format!("注意 {notes}"))) }
                @if open == 0 && matches!(asked, Asked::Answered { .. }) { (tag(Tone::Ok, Some(Icon::Check), "発行できます")) }
                @if let Asked::Answered { at, took_ms, .. } = asked {
                    span class="end t-13 t-mute" { (format::clock(*at)) " 照会　" (took_ms / 1000) "." (took_ms % 1000 / 100) "秒" }
                }
            }
            @match asked {
                Asked::Answered { .. } => {}
                Asked::Away(words) => {
                    div role="alert" { (notice(Severity::Warn, "重複投薬等チェックができません", &[words, "内容を確かめたうえで、照会せずに発行できます。院内チェックの結果は下にあります。"])) }
                    label class="check" { input type="checkbox" name="unchecked" value="yes" form="issue-form"; span { "照会できないことを確かめて発行する" } }
                }
                Asked::Unwritable(missing) => {
                    @let words: Vec<&str> = missing.iter().map(String::as_str).collect();
                    div role="alert" { (notice(Severity::Danger, "電子処方箋に書けないところがあります", &words)) }
                }
            }
            @for (n, each) in all.iter().enumerate() { (card(view, each, n == 0)) }
            (looked(view, asked, &all))
        }
    }
}

/// One finding: what is prescribed and what it collides with, one above the other, and two exits, the safe one first.
fn card(view: &View, each: &Found, first: bool) -> Markup {
    let finding = &each.finding;
    let open = finding.is_open();
    let class = match (open, finding.level) {
        (true, Level::Stop) => "iss-c is-stop",
        (true, _) => "iss-c is-warn",
        _ => "iss-c",
    };
    let source = if each.national { "電子処方箋管理サービス" } else { "院内チェック" };
    html! {
        article class=(class) {
            header {
                (icon(if open && finding.level == Level::Stop { Icon::Octagon } else if open { Icon::Triangle } else { Icon::Info }))
                b { (finding.rule.label()) } span { (finding.message) } span class="end t-13 t-mute nw" { (source) }
            }
            @if open || finding.other.is_some() {
                dl {
                    div { dt { (finding.this.label) } dd { b { (format::half_width(&finding.this.what)) } " " (finding.this.detail) } }
                    @if let Some(other) = &finding.other {
                        div class="is-other" { dt { (other.label) } dd { b { (format::half_width(&other.what)) } " " (other.detail) } }
                    }
                    @if each.masked { div class="is-other" { dt { "他院" } dd { "他院の薬名は伏せられています。" (oral(view)) } } }
                }
            }
            @if let Some(answer) = &finding.answered { p class="t-13 t-mute" { "回答済み：" (answer.reason) } }
            @if open { (exits(view, each, first)) }
        }
    }
}

/// 口頭同意: names are asked for again once the patient agreed.
fn oral(view: &View) -> Markup {
    html! {
        form method="post" action=(links::of_visit(&view.sheet.patient, &view.sheet.visit, "issue/consent")) class="rx-f" {
            button type="submit" class="btn btn-sm" { "口頭で同意を得た" }
        }
    }
}

fn exits(view: &View, each: &Found, first: bool) -> Markup {
    let finding = &each.finding;
    let at = |what: &str| links::of_visit(&view.sheet.patient, &view.sheet.visit, what);
    let removes = finding.exits.iter().any(|exit| matches!(exit, Exit::Remove));
    let lines = view.paper.iter().flat_map(|paper| &paper.lines);
    let line = lines.into_iter().find(|line| removes && line.id.as_str() == finding.line);
    let may = finding.exits.iter().any(|exit| matches!(exit, Exit::Override { .. }));
    html! {
        div class="row row-w iss-x" {
            @if let Some(line) = line {
                form method="post" action=(at("issue/remove")) {
                    (hidden("line", &format!("{}:{}", line.id, line.version)))
                    button type="submit" class="btn btn-p" data-safe[first] data-key=[first.then_some("1")] { "今回の処方から外す " @if first { (key("1")) } span class="vh" { "：" (format::half_width(&line.what.drug.name)) } }
                }
            }
            @if may {
                details class="od-why" {
                    summary class="btn" data-key=[first.then_some("2")] { "理由を書いて処方する… " @if first { (key("2")) } }
                    form method="post" action=(at("issue/answer")) class="stack-3" {
                        (hidden("intent", &format!("a-{}", view.intent))) (hidden("key", &finding.key))
                        @if finding.level == Level::Stop {
                            label class="check od-sure" {
                                input type="checkbox" name="confirmed" value="yes" required;
                                span { b { (view.face.person.name) "さん（" (banner::born(&view.face.person)) "）" } "に処方することを、処方する本人がもう一度確かめました" }
                            }
                        }
                        div class="row row-w" { @for reason in REASONS { button type="submit" class="btn btn-sm" name="reason" value=(reason) { (reason) } } }
                        div class="row" {
                            label class="od-w grow" { "ほかの理由" input type="text" name="words" maxlength="100" autocomplete="off"; }
                            button type="submit" class="btn btn-sm" { "この理由で処方する" }
                        }
                    }
                }
            }
            @if first { span class="t-13 t-mute" { @if removes { "外すと自動でもう一度照会します。" } "理由は薬局へ伝えます" } }
        }
    }
}

/// What was looked for, with what came of it.
fn looked(view: &View, asked: &Asked, all: &[Found]) -> Markup {
    let has = |rules: &[RuleId]| all.iter().any(|each| rules.contains(&each.finding.rule));
    let row = |word: &str, hit: bool, none: &str| {
        html! { li { @if hit { (small(Icon::Triangle)) } @else { (small(Icon::Check)) } b { (word) } span { @if hit { "上を確認" } @else { (none) } } } }
    };
    let outside = matches!(asked, Asked::Answered { .. });
    html! {
        ul class="iss-o" {
            (row("重複投薬", has(&[RuleId::DuplicateIngredient, RuleId::DuplicateClass]), if outside { "なし（他院の薬を含む）" } else { "院内にはなし" }))
            (row("アレルギー", has(&[RuleId::AllergyIngredient, RuleId::AllergyClass, RuleId::AllergyUnreadable]), "該当なし"))
            (row("併用禁忌", has(&[RuleId::InteractionForbidden]), if outside { "なし（他院の薬を含む）" } else { "院内にはなし" }))
            (row("投与日数の制限", has(&[RuleId::DaysLimit]), "範囲内"))
            (row("1日最高量", has(&[RuleId::DoseMaximum, RuleId::DoseExcessive, RuleId::DoseUnusual]), "範囲内"))
            @if let Some(words) = ahead(view) {
                @let lacks = view.precheck.as_ref().is_some_and(|known| matches!(known.stand, Stand::Failed { .. }));
                li { (small(if lacks { Icon::Triangle } else { Icon::Sync })) b { "事前処理" } span { (words) } }
            }
            li { (small(Icon::User)) b { "薬剤情報の閲覧" } span {
                @match &view.consent { Some(consent) => { "口頭同意 " (format::clock(consent.at)) "　" (consent.by) } None => "同意なし（薬名は伏せられます）" }
            } }
        }
    }
}

/// What became of the pre-processing that the reception began; nothing where none was asked.
fn ahead(view: &View) -> Option<String> {
    let known = view.precheck.as_ref()?;
    let at = known.since().map(format::clock).unwrap_or_default();
    match &known.stand {
        Stand::Ready => Some(format!("{at} 済（サービスの準備ができています）")),
        Stand::Asked => Some("サービスが準備しています（照会はできます）".to_owned()),
        Stand::Failed { code } if code.is_empty() => Some(format!("{at} サービスに届きませんでした（照会はできます）")),
        Stand::Failed { code } => Some(format!("{at} 受け付けられませんでした（{code}。照会はできます）")),
        Stand::NotInsured => None,
    }
}

/// 署名: always visible.
fn signature(view: &View, signed: &Signed) -> Markup {
    html! {
        div class=(if view.may_sign() { "iss-g" } else { "iss-g is-not" }) {
            (icon(Icon::Lock))
            div {
                b { "電子署名　" @match &view.signing { Some(signing) => (ready_words(signing, view.today)) None => "署名の方法がありません" } }
                span class="t-13 t-mute" {
                    @if view.may_sign() { (signed.info.name) @if let Some(kind) = view.signing.as_ref().and_then(|signing| signing.kind) { "　" (kind.name()) } }
                    @else { (sign_in(view)) }
                }
            }
        }
    }
}

/// The step to be able to sign; it opens a tab of its own, so that nothing that was chosen here is lost.
fn sign_in(view: &View) -> Markup {
    let by = view.signing.as_ref().filter(|signing| signing.ready == Ready::SignIn).and_then(|signing| signing.kind);
    html! {
        @match by {
            Some(SignerKind::Remote) => { "サインイン：" (signing::sign_in_links("nw")) },
            _ => { a href="/me/signing" target="_blank" rel="noopener" { "署名の準備をする" span class="vh" { "（新しいタブで開く）" } } },
        }
        br;
        "紙（引換番号つき）なら署名なしで発行できます"
    }
}

/// What still waits for a decision, in words beside the press.
fn waits(view: &View, asked: Option<&Asked>) -> Markup {
    let all = found(view, asked);
    let open: Vec<&Found> = all.iter().filter(|each| each.finding.is_open()).collect();
    html! {
        p id="issue-wait" class="iss-w" role="status" {
            @if let Some(first) = open.first() {
                (icon(Icon::Triangle)) (first.finding.rule.label()) @if open.len() > 1 { "など" } " " (open.len()) "件の判断が必要です"
            }
        }
    }
}

fn press(view: &View, replaced: Option<&Kept>) -> Markup {
    let word = match replaced.map(|kept| kept.stored.life.state) {
        Some(karute_eprescription::flow::State::Registered) => "署名して変更を送る",
        _ if view.signing.as_ref().is_some_and(|signing| signing.ready == Ready::SignIn) => "認証して発行",
        _ => "署名して発行",
    };
    let chart = links::visit(&view.sheet.patient, &view.sheet.visit);
    html! {
        a class="btn btn-lg" href=(chart) data-close { "カルテへ戻る " (key("Esc")) }
        button type="submit" form="issue-form" class="btn btn-p btn-lg" data-key="F8" autofocus[view.paper.is_some()] { (word) " " (key("F8")) }
    }
}
