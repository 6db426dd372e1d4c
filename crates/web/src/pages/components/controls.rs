//! What people press and fill in.
use super::Sample;
use crate::components::{
    field::{Field, key, line, radios},
    icon::{Icon, icon, small},
    tag::{Tone, tag},
    terms::{TermField, choices, listbox, loading},
};
use karute_terminology::{Answer, Domain, Extra, Group, Item};
use maud::{Markup, html};

pub(super) fn samples() -> Vec<Sample> {
    vec![
        Sample { title: "ボタン", wide: true, of: &[], body: buttons() },
        Sample { title: "切り替え・絞り込み・札の列", wide: true, of: &[], body: switches() },
        Sample { title: "入力", wide: false, of: &["field"], body: fields() },
        Sample { title: "選ぶ", wide: false, of: &["field"], body: picking() },
        Sample { title: "薬の検索（似た名前）", wide: false, of: &["terms"], body: searching() },
        Sample {
            title: "検索：見つからない・準備中・スクリプトなし", wide: false, of: &["terms"], body: searched()
        },
        Sample { title: "札", wide: false, of: &["tag"], body: tags() },
        Sample { title: "アイコン（言葉と並べて使う）", wide: false, of: &["icon"], body: icons() },
    ]
}

/// Each kind of button in each state. Read-only and printed there is no button at all.
fn buttons() -> Markup {
    const KINDS: [(&str, &str, &str); 4] = [
        ("btn btn-p", "主な操作", "画面にひとつ"),
        ("btn btn-s", "次の操作", "一覧の行にひとつ"),
        ("btn", "ほかの操作", "標準"),
        ("btn btn-g", "文字だけ", "補助"),
    ];
    const STATES: [(&str, &str); 4] =
        [("", "ふつう"), ("is-hover", "指す"), ("is-focus", "フォーカス"), ("is-active", "押す")];
    html! {
        div class="rs-x" { table class="grid-t" {
            thead { tr {
                th scope="col" { "種類" }
                @for (_, word) in STATES { th scope="col" { (word) } }
                th scope="col" { "処理中" } th scope="col" { "まだ押せない（理由を添える）" } th scope="col" { "大・小" }
            } }
            tbody {
                @for (class, word, what) in KINDS {
                    tr {
                        th scope="row" { (what) }
                        @for (state, _) in STATES { td { button type="button" class=(format!("{class} {state}")) { (word) } } }
                        td { button type="button" class=(class) aria-busy="true" { (word) } }
                        td { button type="button" class=(class) aria-disabled="true" aria-describedby=(format!("why-{}", class.len())) { (word) } " " span class="t-12 t-mute" id=(format!("why-{}", class.len())) { "署名の認証が必要です" } }
                        td { div class="row" { button type="button" class=(format!("{class} btn-lg")) { (word) " " (key("F8")) } button type="button" class=(format!("{class} btn-sm")) { (word) } } }
                    }
                }
            }
        } }
        p class="t-13 t-mute" { "役割としてできない操作は出しません。読むだけの画面と印刷にボタンは出ません。" }
    }
}

fn switches() -> Markup {
    html! {
        div class="row row-w" {
            div class="seg" role="group" aria-label="期間" {
                button type="button" aria-pressed="true" { "日" }
                button type="button" aria-pressed="false" { "週" }
                button type="button" class="is-focus" aria-pressed="false" { "フォーカス" }
            }
            nav class="tabs" aria-label="札の列の見本" {
                a href="#" aria-current="page" { "院内 " span class="cnt" { "12" } }
                a href="#" { "診察待ち " span class="cnt" { "6" } }
                a href="#" class="is-hover" { "指す" }
                a href="#" class="is-focus" { "フォーカス" }
            }
            @for (word, chosen) in [("すべて", true), ("診察", false), ("検査", false)] {
                label class="fil" { input type="radio" class="vh" name="example-filter" checked[chosen]; (word) }
            }
            button type="button" class="btn btn-sm" aria-pressed="true" { "選択中" }
            button type="button" class="btn btn-sm" aria-pressed="false" { "選べる" }
        }
    }
}

fn fields() -> Markup {
    let field = |name, hint, error, value| Field {
        name,
        label: "認証コード（6桁）",
        kind: "text",
        value,
        autocomplete: "off",
        hint,
        error,
        max_length: 12,
        focus: false,
    };
    html! {
        div class="stack-3" {
            (field("example-hint", Some("認証アプリに表示されている数字"), None, "").draw())
            (field("example-error", None, Some("6桁の数字を入れてください。"), "12345").draw())
            (line("example-line", "枠の名前", "内科", "例 内科", None))
            div class="fld" { label for="example-read" { "患者番号（読むだけ）" } input id="example-read" type="text" value="003307" readonly; }
            div class="field" { (small(Icon::Search)) input type="text" placeholder="氏名・カナ・患者番号" aria-label="探す（見本）"; (key("/")) }
            div class="field is-focus" { (small(Icon::Search)) input type="text" value="わたなべ" aria-label="探す（見本・フォーカス）"; }
        }
    }
}

fn picking() -> Markup {
    html! {
        div class="stack-3" {
            (radios("example-radio", "区分", [("a", "再診", true), ("b", "初診", false), ("c", "予防接種", false)].into_iter()))
            div class="row row-w" {
                label class="check" { input type="checkbox" checked; "受付票も印刷" }
                label class="check" { input type="checkbox"; "家族の方が記入" }
                label class="check" { input type="checkbox" disabled; "電子処方箋（接続の設定が必要です）" }
            }
            div class="row" { label for="example-select" { "担当" } select class="sel" id="example-select" { option { "森 さやか" } option { "井上 健" } } }
            fieldset class="opts opts-col" {
                legend { "使い方" }
                label class="opt" { input type="radio" name="example-option" checked; span { b { "フルモード" } br; span class="t-13 t-sub" { "診療録をここで書きます。" } } }
                label class="opt" { input type="radio" name="example-option"; span { b { "導入版モード" } br; span class="t-13 t-sub" { "診療録は紙のまま続けます。" } } }
            }
        }
    }
}

/// The list stands open here; on a screen it is under the field.
fn searching() -> Markup {
    let line = |display: &str, detail: &str, group: Group, class_tag: &str| Item {
        system: "",
        code: String::new(),
        display: display.to_owned(),
        kana: String::new(),
        detail: detail.to_owned(),
        group,
        high_risk: group == Group::LookAlike,
        class_tag: class_tag.to_owned(),
        selectable_by_enter: false,
        matched: std::iter::once(0..9).collect(),
        kana_matched: Vec::new(),
        is_ended: false,
        extra: Extra::None,
    };
    let amlodipine = "アムロジピンベシル酸塩";
    let items = vec![
        line("ノルバスク錠2.5mg", amlodipine, Group::Patient, "降圧薬"),
        line("ノルバスク錠5mg", amlodipine, Group::Adopted, "降圧薬"),
        line("ノルバスクOD錠5mg", amlodipine, Group::Adopted, "降圧薬"),
        line("ノルバデックス錠10mg", "タモキシフェンクエン酸塩", Group::LookAlike, "抗がん薬"),
    ];
    let field = TermField {
        action: "/terminology/search",
        kinds: &[Domain::Drug],
        kind: Domain::Drug,
        typed: "のるば",
        example: "薬を探す",
        take: "none",
        patient: None,
    };
    html! { (field.draw()) (listbox(Domain::Drug, Some(&Answer { items, total: 7 }))) }
}

fn searched() -> Markup {
    let nothing = Answer { items: Vec::new(), total: 0 };
    html! {
        div class="stack" {
            (listbox(Domain::Disease, Some(&nothing)))
            (loading())
            div class="panel" { (choices(Domain::Disease, Some(&nothing), "/terminology/search", "選ぶ", &html! {})) }
        }
    }
}

fn tags() -> Markup {
    html! {
        div class="row row-w" {
            (tag(Tone::Line, None, "札")) (tag(Tone::Ai, None, "選択"))
            (tag(Tone::Ok, Some(Icon::Check), "確認済")) (tag(Tone::Warn, Some(Icon::Triangle), "判断が必要"))
            (tag(Tone::Danger, Some(Icon::Triangle), "異常")) (tag(Tone::Fuji, Some(Icon::Link), "院外"))
        }
    }
}

fn icons() -> Markup {
    html! { div class="row row-w" { @for mark in Icon::ALL { (icon(mark)) } } }
}
