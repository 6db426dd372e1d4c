//! 院内: how much of the product the clinic uses, and how its prescriptions name drugs.
use super::{Part, Told, page};
use crate::{WebState, error::WebError, guard::Signed, input::Filled};
use axum::extract::State;
use karute_chart::clinic::{self, Mode};
use karute_chart::prescription::{self, Naming};
use maud::{Markup, html};
use serde::Deserialize;

/// The screen.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed) -> Result<Markup, WebError> {
    drawn(&state, &signed, &Told::Nothing).await
}

/// What was chosen.
#[derive(Deserialize)]
pub(crate) struct Chosen {
    mode: String,
}

/// Sets it.
pub(crate) async fn set(
    State(state): State<WebState>,
    mut signed: Signed,
    Filled(chosen): Filled<Chosen>,
) -> Result<Markup, WebError> {
    let mode = Mode::parse(&chosen.mode).ok_or(WebError::BadRequest)?;
    clinic::set_mode(&state.access(&signed.caller), mode).await?;
    state.kept().keep_mode(signed.caller.tenant, mode, state.now());
    signed.mode = mode;
    drawn(&state, &signed, &Told::Done(format!("{}にしました", label(mode)), None)).await
}

/// How drugs are named.
#[derive(Deserialize)]
pub(crate) struct Named {
    naming: String,
}

/// Sets how prescriptions name drugs.
pub(crate) async fn set_naming(
    State(state): State<WebState>,
    signed: Signed,
    Filled(named): Filled<Named>,
) -> Result<Markup, WebError> {
    let naming = Naming::parse(&named.naming).ok_or(WebError::BadRequest)?;
    prescription::set_naming(&state.access(&signed.caller), naming).await?;
    let told = Told::Done(format!("これから書く処方は「{}」にします", naming_label(naming)), None);
    drawn(&state, &signed, &told).await
}

fn naming_label(naming: Naming) -> &'static str {
    match naming {
        Naming::General => "一般名で書く",
        Naming::Product => "販売名で書く",
    }
}

fn naming_words(naming: Naming) -> &'static str {
    match naming {
        Naming::General => "一般名処方マスターにある薬は【般】の名前で処方します。ない薬は販売名のままです。",
        Naming::Product => "選んだ薬を、そのまま販売名で処方します。",
    }
}

fn label(mode: Mode) -> &'static str {
    match mode {
        Mode::Full => "フルモード",
        Mode::PaperChart => "導入版モード",
    }
}

fn words(mode: Mode) -> &'static str {
    match mode {
        Mode::Full => "診療録をここで書きます。受付・予約・カルテ・オーダー・会計まで、すべての画面を使います。",
        Mode::PaperChart => {
            "診療録は紙のまま続けます。受付、患者の要約、届いた文書と検査結果、診療情報提供書、処方箋だけを使います。"
        }
    }
}

async fn drawn(state: &WebState, signed: &Signed, told: &Told) -> Result<Markup, WebError> {
    let naming = prescription::naming(&state.access(&signed.caller)).await?;
    let body = html! {
        (told.draw())
        section class="panel pn-card" aria-labelledby="mode-h" {
            h2 id="mode-h" { "使い方" }
            form method="post" action="/settings/clinic" class="stack-3" {
                fieldset class="opts opts-col" {
                    legend { "いつでも切り替えられます。記録は移し替えずにそのまま両方の画面に出ます。" }
                    @for (mode, code) in Mode::ALL {
                        label class="opt" {
                            input type="radio" name="mode" value=(code) checked[mode == signed.mode];
                            span { b { (label(mode)) } br; span class="t-13 t-sub" { (words(mode)) } }
                        }
                    }
                }
                div { button type="submit" class="btn btn-p" { "変える" } }
            }
        }
        section class="panel pn-card" aria-labelledby="naming-h" {
            h2 id="naming-h" { "処方の薬の名前" }
            form method="post" action="/settings/clinic/naming" class="stack-3" {
                fieldset class="opts opts-col" {
                    legend { "これから書く処方に使います。書いてある処方は変わりません。" }
                    @for (each, code) in Naming::ALL {
                        label class="opt" {
                            input type="radio" name="naming" value=(code) checked[each == naming];
                            span { b { (naming_label(each)) } br; span class="t-13 t-sub" { (naming_words(each)) } }
                        }
                    }
                }
                div { button type="submit" class="btn" { "名前の書き方を変える" } }
            }
        }
    };
    page(state, signed, Part::Clinic, body).await
}
