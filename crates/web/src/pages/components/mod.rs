//! 部品と状態: every component once, with all its states, for those who work on the screens. States that a pointer or a
//! key makes are shown by classes of the same name (`is-hover`, `is-active`, `is-focus`). A test compares this page with
//! the folder of components.
mod clinical;
mod controls;
mod states;

use crate::components::frame::{Page, Place, head};
use crate::guard::Signed;
use maud::{Markup, html};

/// One part of the page.
struct Sample {
    title: &'static str,
    /// Whether it takes the whole width.
    wide: bool,
    /// Components it shows, by the names of their files.
    of: &'static [&'static str],
    body: Markup,
}

/// The page. Everything on it is made up here; it reads nothing.
pub(crate) async fn show(signed: Signed) -> Markup {
    let samples = [foundations(), controls::samples(), clinical::samples(), states::samples()];
    let body = html! {
        div class="sh" {
            @for sample in samples.iter().flatten() {
                section class=[sample.wide.then_some("w2")] data-component=[(!sample.of.is_empty()).then(|| sample.of.join(" "))] {
                    h2 { (sample.title) }
                    (sample.body)
                }
            }
        }
    };
    let header = head("部品と状態", &html! { p class="t-13 t-mute" { "患者・医療機関の名前と値は架空です。" } });
    Page { title: "部品", place: Place::Elsewhere, header, class: "pane scroll", body }.draw(&signed.viewer())
}

/// Colours and letters, which everything else is made of.
fn foundations() -> Vec<Sample> {
    const COLOURS: [(&str, &str, &str); 8] = [
        ("sw-ai", "藍 700", "操作・選択"),
        ("sw-ai1", "藍 100", "選択の面"),
        ("sw-ink", "墨 900", "本文"),
        ("sw-mute", "墨 500", "補助の文字"),
        ("sw-fuji", "藤", "院外から来た情報"),
        ("sw-ok", "若竹", "確認済み・正常"),
        ("sw-warn", "山吹", "判断が必要"),
        ("sw-danger", "朱", "禁止・異常高値"),
    ];
    let colours = html! {
        ul class="sws" { @for (class, name, use_) in COLOURS { li { i class=(class) {} b { (name) } span class="t-12 t-mute" { (use_) } } } }
        p class="t-13 t-mute" { "文字は背景との比 4.5:1 以上、枠とアイコンは 3:1 以上。色だけで意味を伝えません。" }
    };
    let letters = html! {
        div class="stack" {
            p class="t-24" { "24 太字　引換番号・数値の強調" }
            p class="t-20" { "20 太字　画面名・患者名（一覧の横）" }
            p class="t-16" { "16 太字　氏名、S O A P" }
            p { "14 標準　診療記録、薬、操作（基準）" }
            p class="t-13" { "13 標準　用法、補足、表の中" }
            p class="t-12 t-mute" { "12 標準　見出しの札、単位、時刻（最小）" }
        }
    };
    vec![
        Sample { title: "色", wide: false, of: &[], body: colours },
        Sample { title: "文字", wide: false, of: &[], body: letters },
    ]
}
