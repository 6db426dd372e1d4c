//! What a list, a pane or a form says of itself (ux §6), and what stands over a screen.
use super::Sample;
use crate::acts::ACTS;
use crate::components::{
    field::key,
    frame::head,
    icon::{Icon, small},
    notice::{Severity, alert, empty, notice, skeleton, toast},
};
use crate::pages::record::conflict_sample;
use maud::{Markup, html};

pub(super) fn samples() -> Vec<Sample> {
    let undo = html! { button type="button" class="btn btn-sm" { (small(Icon::Undo)) "元に戻す " (key("Ctrl+Z")) } };
    let letters = html! { div class="panel" { (empty(Icon::Letter, "未送信はありません", "外部へ送れなかったものがあると、ここに出ます。", None)) } };
    vec![
        Sample { title: "画面の枠", wide: true, of: &["frame"], body: frames() },
        Sample { title: "知らせの強さ", wide: false, of: &["notice"], body: notices() },
        Sample {
            title: "フォームの誤り（上にまとめ、欄の下に直し方）",
            wide: false,
            of: &["notice"],
            body: alert("登録できませんでした", &["生年月日を確かめてください。入れた内容はそのまま残っています。"]),
        },
        Sample { title: "空", wide: false, of: &["notice"], body: letters },
        Sample {
            title: "読み込み中（0.2秒を超えたときだけ）",
            wide: false,
            of: &["notice"],
            body: html! { div class="panel" { (skeleton("検査結果を読み込んでいます")) } },
        },
        Sample { title: "通信が切れた・送れなかった", wide: true, of: &[], body: cut() },
        Sample { title: "同時に書き換わった", wide: true, of: &[], body: conflict_sample() },
        Sample {
            title: "元に戻す（確認の代わり）",
            wide: false,
            of: &["notice"],
            body: toast("渡邊 真弓さんを呼び出しました", Some(undo)),
        },
        Sample { title: "コマンド（Ctrl+K）", wide: false, of: &[], body: palette() },
        Sample { title: "印刷（黒一色、どの紙にも氏名）", wide: true, of: &[], body: printed() },
    ]
}

fn frames() -> Markup {
    html! {
        div class="panel bx-f" { (head_sample()) }
        p class="t-13 t-mute" { "左の帯と見出しは動きません。今いる画面は白地。帯の数字は自分の役割で待っているものだけです。" }
    }
}

/// A header as any screen has it, without being the header of this page.
fn head_sample() -> Markup {
    let rest = html! { span class="t-13 t-mute" { "11月20日（金）" } button type="button" class="btn btn-p end" { (small(Icon::Plus)) "受付する " (key("N")) } };
    // The landmark and the heading of first order belong to the page itself.
    maud::PreEscaped(
        head("受付", &rest).0.replacen("<header", "<div", 1).replace("</header>", "</div>").replace("h1>", "b>"),
    )
}

fn notices() -> Markup {
    html! {
        div class="stack" {
            (notice(Severity::Danger, "禁止", &["このままでは進めません。理由と、できることをここに書きます。"]))
            (notice(Severity::Warn, "判断が必要", &["似た氏名の方が院内にいます。"]))
            (notice(Severity::Info, "注意", &["その場に出すだけで、手は止めません。"]))
            (notice(Severity::Ok, "できました", &["確認済みの内容です。"]))
        }
    }
}

/// As the script draws them (`bar.js`).
fn cut() -> Markup {
    html! {
        div class="stack" {
            div class="off" { (small(Icon::Sync)) b { "通信が切れています" } span { "書いた内容はこの端末に残っています（2件）。つながると自動で送ります" } span class="end nw" { "10:51 から" } }
            div class="off off-w" { (small(Icon::Sync)) b { "送れなかった文があります" } span { "1件。内容を確かめて、カルテに書き写してください" } button type="button" class="btn btn-sm" { "見る" } }
        }
    }
}

fn palette() -> Markup {
    html! {
        div class="pop" {
            @for (n, act) in ACTS.iter().filter(|act| !act.key.is_empty()).take(4).enumerate() {
                div class=(if n == 0 { "pal-i is-hover" } else { "pal-i" }) { (small(Icon::Right)) span { (act.word) } span class="kbd end" { (act.key) } }
            }
        }
    }
}

fn printed() -> Markup {
    html! {
        div class="pr" {
            p class="pr-id" { span { b { "渡邊 真弓" } "（ワタナベ マユミ）　女　1981年（昭和56年）5月2日生" } span { "患者番号 003307" } }
            table class="pr-t" {
                thead { tr { th scope="col" { "月日" } th scope="col" { "既往症・原因・主要症状・経過等" } th scope="col" { "処方・手術・処置等" } } }
                tbody { tr { td { "11/20" } td { "S　動悸が減った" br; "P　" del { "6週後" } " " ins { "4週後" } "に採血" } td { "チアマゾール錠5mg　1回1錠 1日2回 朝夕食後　28日分" } } }
            }
        }
    }
}
