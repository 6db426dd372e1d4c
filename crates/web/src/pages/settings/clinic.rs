//! 院内: how much of the product the clinic uses, where it is, and how its prescriptions name drugs.
use super::{Part, Told, department, page};
use crate::{WebState, error::WebError, guard::Signed, input::Filled};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use karute_chart::clinic::{self, Contact, Mode};
use karute_chart::prescription::{self, Naming};
use karute_chart::registration::Fault;
use maud::{Markup, html};
use serde::Deserialize;

/// The screen.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed) -> Result<Markup, WebError> {
    let contact = clinic::contact(&state.access(&signed.caller)).await?.unwrap_or_default();
    drawn(&state, &signed, &Told::Nothing, &contact, &[]).await
}

/// The screen as it is now, with what was done.
pub(super) async fn redrawn(state: &WebState, signed: &Signed, told: &Told) -> Result<Markup, WebError> {
    let contact = clinic::contact(&state.access(&signed.caller)).await?.unwrap_or_default();
    drawn(state, signed, told, &contact, &[]).await
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
    let access = state.access(&signed.caller);
    clinic::set_mode(&access, mode).await?;
    state.kept().keep_mode(signed.caller.tenant, mode, state.now());
    signed.mode = mode;
    let contact = clinic::contact(&access).await?.unwrap_or_default();
    drawn(&state, &signed, &Told::Done(format!("{}にしました", label(mode)), None), &contact, &[]).await
}

/// Keeps address and telephone, or shows what is wrong with them beside what was typed.
pub(crate) async fn set_contact(
    State(state): State<WebState>,
    signed: Signed,
    Filled(typed): Filled<Contact>,
) -> Result<Response, WebError> {
    match typed.read() {
        Ok(contact) => {
            clinic::set_contact(&state.access(&signed.caller), &contact).await?;
            let told = Told::Done("所在地と連絡先を登録しました".to_owned(), None);
            Ok(drawn(&state, &signed, &told, &contact, &[]).await?.into_response())
        }
        Err(faults) => {
            let told =
                Told::Refused("登録していません", "赤字のところを直して、もう一度「登録する」を押してください。");
            let page = drawn(&state, &signed, &told, &typed, &faults).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
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
    let access = state.access(&signed.caller);
    prescription::set_naming(&access, naming).await?;
    let contact = clinic::contact(&access).await?.unwrap_or_default();
    let told = Told::Done(format!("これから書く処方は「{}」にします", naming_label(naming)), None);
    drawn(&state, &signed, &told, &contact, &[]).await
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

async fn drawn(
    state: &WebState,
    signed: &Signed,
    told: &Told,
    contact: &Contact,
    faults: &[Fault],
) -> Result<Markup, WebError> {
    let naming = prescription::naming(&state.access(&signed.caller)).await?;
    let department = department::part(state, signed).await?;
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
        (address(signed, contact, faults))
        (department)
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

/// What stands on prescriptions and letters beside the name of the institution.
fn address(signed: &Signed, contact: &Contact, faults: &[Fault]) -> Markup {
    let fields = [
        ("postal", "郵便番号", &contact.postal, 8_u32, false),
        ("address", "所在地", &contact.address, 80, true),
        ("phone", "電話番号", &contact.phone, 16, true),
        ("fax", "FAX番号", &contact.fax, 16, false),
    ];
    html! {
        section class="panel pn-card" aria-labelledby="contact-h" {
            h2 id="contact-h" { "所在地と連絡先" }
            p class="t-13" { "処方箋などの書類に「" (signed.info.tenant_display) "」とともに印刷します。地方厚生局に届け出た所在地を入力してください。" }
            form method="post" action="/settings/clinic/contact" class="stack-3" novalidate {
                @for (name, label, value, most, required) in fields {
                    @let fault = faults.iter().find(|fault| fault.field == name);
                    div class="fld" {
                        label for=(name) { (label) @if required { " " span class="need" { "必須" } } }
                        input id=(name) name=(name) value=(value) maxlength=(most) autocomplete="off" spellcheck="false"
                            aria-required=[required.then_some("true")] aria-invalid=[fault.map(|_| "true")]
                            aria-describedby=[fault.map(|_| format!("{name}-error"))]
                            autofocus[faults.first().is_some_and(|first| first.field == name)];
                        @if let Some(fault) = fault { p class="t-13 t-danger" id=(format!("{name}-error")) { (fault.words) } }
                    }
                }
                div { button type="submit" class="btn btn-p" { "登録する" } }
            }
        }
    }
}
