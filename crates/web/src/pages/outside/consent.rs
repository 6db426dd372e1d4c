//! The consent and the question: what stands, since when, what can be done.
use super::View;
use crate::components::{
    icon::{Icon, small},
    notice::{Severity, notice},
    tag::{Tone, tag},
};
use crate::{format, guard::Signed, links};
use karute_japan::{Date, Timestamp};
use karute_sharing::jobs::record::Kept;
use karute_sharing::jobs::viewing::{ViewState, Viewing};
use maud::{Markup, html};

/// Whether the page is to come again by itself: an answer is awaited and was not awaited for long.
pub(super) fn awaits(viewing: Option<&Kept<Viewing>>, now: Timestamp, most_ms: i64) -> bool {
    viewing.is_some_and(|kept| {
        let asked = Timestamp::parse(&kept.stored.asked);
        kept.stored.state == ViewState::Asked && asked.is_some_and(|asked| now < asked.plus_ms(most_ms))
    })
}

fn when(instant: &str, today: Date) -> String {
    Timestamp::parse(instant).map(|at| format::moment(at, today)).unwrap_or_default()
}

/// Above the page.
pub(super) fn panel(view: &View, signed: &Signed, now: Timestamp) -> Markup {
    let today = view.face.date;
    let kept = view.viewing.as_ref().map(|kept| &kept.stored);
    let counts = kept.is_some_and(|viewing| viewing.may_ask(now));
    let url = links::outside(&view.face.person.id);
    let may = signed.rights.reviews && signed.shares;
    let names = view.sheet.institutions();
    html! {
        section class="panel os-c" aria-labelledby="outside-h" {
            div class="panel-h" {
                h2 id="outside-h" { "他院の情報（6情報）" }
                @if !view.sheet.is_empty() {
                    (tag(Tone::Fuji, Some(Icon::Link), &format!("{}施設", names.len())))
                    span class="t-13 t-mute" { (names.join("・")) "　" (view.sheet.len()) "件・当院の記録には入っていません" }
                }
            }
            div class="pn-p stack-3" {
                @if let Some(viewing) = kept { (standing(viewing, today, now)) }
                @if !signed.shares {
                    (notice(Severity::Info, "電子カルテ情報共有サービスの接続が設定されていません", &["届いた紹介状の内容だけを表示しています。"]))
                }
                div class="row row-w" {
                    @if let Some(viewing) = kept.filter(|_| counts) {
                        span class="t-13" {
                            "閲覧の同意 " b { (when(&viewing.consent.at, today)) } "（" (viewing.consent.name) " が記録・" (when(&viewing.consent.until, today)) " まで）"
                        }
                        @if may {
                            form method="post" action=(url) { input type="hidden" name="act" value="again"; button type="submit" class="btn btn-s btn-sm" { (small(Icon::Sync)) "他院の情報を再照会" } }
                        }
                        @if signed.rights.reviews {
                            form method="post" action=(url) { input type="hidden" name="act" value="withdraw"; button type="submit" class="btn btn-sm" { "閲覧の同意を取り消す" } }
                        }
                    } @else if may {
                        form method="post" action=(url) class="row row-w" {
                            input type="hidden" name="act" value="consent";
                            label class="check" { input type="checkbox" name="consent" value="1"; "患者さんが顔認証付きカードリーダーで、診療情報の閲覧に同意した" }
                            button type="submit" class="btn btn-p" { "同意を記録して照会" }
                        }
                        span class="t-12 t-mute" { "同意は24時間有効です。有資格者だけが照会できます。" }
                    } @else if kept.is_none() {
                        span class="t-13 t-mute" { "照会は、患者さんの同意を得て医師・看護師が行います。" }
                    }
                }
            }
        }
    }
}

/// Where the question stands, with the time of what is shown.
fn standing(viewing: &Viewing, today: Date, now: Timestamp) -> Markup {
    let shown = when(&viewing.shown, today);
    let last = if shown.is_empty() {
        "まだ一度も照会できていません。".to_owned()
    } else {
        format!("{shown} に照会した内容を表示しています。")
    };
    match &viewing.state {
        ViewState::Asked => {
            html! { p class="t-13" role="status" { (tag(Tone::Line, Some(Icon::Sync), "照会中")) " サービスに照会しています。答えが届くとこの画面に出ます。" } }
        }
        ViewState::Shown => html! {
            p class="t-13" role="status" {
                (tag(Tone::Ok, Some(Icon::Check), "照会済")) " " b { (shown) } " に照会：" (viewing.institutions) "施設・" (viewing.items) "件"
                @if !viewing.may_ask(now) && viewing.withdrawn.is_none() { "　" (tag(Tone::Line, None, "同意の期限切れ")) }
            }
            @if viewing.unreadable > 0 {
                (notice(Severity::Warn, &format!("読み取れない部分が{}件あります", viewing.unreadable), &["届いたままの内容は保存されています。必要なら相手の医療機関に確かめてください。"]))
            }
        },
        ViewState::Refused { why } => notice(Severity::Warn, "照会できませんでした", &[why, &last]),
        ViewState::Away { why } => notice(
            Severity::Warn,
            "サービスが応答していません",
            &[why, &last, "少し待って、もう一度照会してください。"],
        ),
        ViewState::Withdrawn => {
            let at = viewing
                .withdrawn
                .as_ref()
                .map(|(at, name)| format!("{} に取り消し（{name} が記録）。", when(at, today)));
            notice(
                Severity::Info,
                "閲覧の同意は取り消されています",
                &[
                    &at.unwrap_or_default(),
                    "これから先は照会しません。それまでに閲覧した内容は、出所とともにカルテに残ります。",
                ],
            )
        }
    }
}
