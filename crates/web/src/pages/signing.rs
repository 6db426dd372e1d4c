//! 自分 › 署名: with what a doctor signs prescriptions, and the sign-in of the day.
use crate::components::{
    frame::{Page, Place, document, head},
    icon::{Icon, icon},
    notice::{Severity, alert, notice},
    tag::{Tone, tag},
};
use crate::{
    WebState,
    error::WebError,
    format,
    guard::Signed,
    input::{Asked, Filled},
};
use axum::{
    extract::{Multipart, State, multipart::Field},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use karute_eprescription::office::{LoginMethod, OfficeError, Ready, SignerKind, Signing, kind_code, parse_kind};
use karute_japan::{Date, Timestamp};
use maud::{Markup, html};
use serde::Deserialize;

/// Largest key file taken, in bytes.
const MOST_BYTES: usize = 64 << 10;
/// The ways to prove who one is, with their codes.
const METHODS: [(LoginMethod, &str); 3] =
    [(LoginMethod::Fido, "fido"), (LoginMethod::Jpki, "jpki"), (LoginMethod::Hpki, "hpki")];

/// What is said above the page.
enum Told {
    Nothing,
    Done(String),
    Refused(String),
}

/// Until when, in words: 本日 18:00 まで.
pub(crate) fn until(at: Timestamp, today: Date) -> String {
    if at.day_in_japan() == today {
        format!("本日 {} まで", format::clock(at))
    } else if at.day_in_japan() == today.tomorrow().unwrap_or(today) && format::clock(at) == "0:00" {
        "本日中".to_owned()
    } else {
        format!("{} {} まで", format::near(at.day_in_japan(), today), format::clock(at))
    }
}

/// Whether a signature can be made now, in words.
pub(crate) fn ready_words(signing: &Signing, today: Date) -> String {
    match signing.ready {
        Ready::Now(Some(at)) => format!("署名の準備ができています（{}）", until(at, today)),
        Ready::Now(None) => "署名の準備ができています".to_owned(),
        Ready::SignIn => "署名の認証が必要です".to_owned(),
        Ready::Refused => format!("署名用の証明書を使えません（{}）", signing.refused.as_deref().unwrap_or_default()),
        Ready::Nothing => "署名の方法がありません".to_owned(),
    }
}

/// The screen.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed) -> Result<Markup, WebError> {
    drawn(&state, &signed, &Told::Nothing).await
}

async fn drawn(state: &WebState, signed: &Signed, told: &Told) -> Result<Markup, WebError> {
    let access = state.access(&signed.caller);
    let (signing, broken) = match state.office().signing(&access, &signed.info.person).await {
        Ok(signing) => (Some(signing), None),
        Err(OfficeError::Ledger(error)) => return Err(error.into()),
        Err(error) => (None, Some(error.to_string())),
    };
    let body = html! {
        @if let Some(words) = &broken { (alert("署名を使えません", &[words])) }
        @match told {
            Told::Nothing => {}
            Told::Done(words) => { div role="status" { (notice(Severity::Ok, words, &[])) } }
            Told::Refused(words) => { (alert("できませんでした", &[words])) }
        }
        @if let Some(signing) = &signing { (now(signing, state.today())) (ways(signing)) }
    };
    let header = head("署名", &html! { a class="btn btn-g btn-sm" href="/me" { "自分へ戻る" } });
    Ok(Page { title: "署名", place: Place::Me, header, class: "pane scroll stack-3", body }.draw(&signed.viewer()))
}

/// Where it stands.
fn now(signing: &Signing, today: Date) -> Markup {
    let (tone, mark) = match signing.ready {
        Ready::Now(_) => (Tone::Ok, Icon::Check),
        Ready::SignIn | Ready::Refused => (Tone::Warn, Icon::Triangle),
        Ready::Nothing => (Tone::Line, Icon::Info),
    };
    html! {
        section class="panel pn-card" aria-labelledby="sign-now-h" {
            h2 id="sign-now-h" { "いまの状態" }
            p class="row row-w" { (tag(tone, Some(mark), &ready_words(signing, today))) @if let Some(kind) = signing.kind { span { (kind.name()) } } }
            @if signing.offered.len() > 1 {
                form method="post" action="/me/signing" class="row row-w" {
                    span id="sign-by" { "使う方法" }
                    div class="seg" role="radiogroup" aria-labelledby="sign-by" {
                        @for kind in &signing.offered {
                            label { input type="radio" name="by" value=(kind_code(*kind)) checked[signing.kind == Some(*kind)]; (kind.name()) }
                        }
                    }
                    button type="submit" class="btn" { "この方法にする" }
                }
            }
            @if matches!(signing.ready, Ready::Now(Some(_))) {
                form method="post" action="/me/signing/sign-out" { button type="submit" class="btn btn-g btn-sm" { "署名からサインアウト" } }
            }
        }
    }
}

/// The three ways, each with its step.
fn ways(signing: &Signing) -> Markup {
    let offers = |kind| signing.offered.contains(&kind);
    html! {
        @if offers(SignerKind::Remote) {
            section class="panel pn-card" aria-labelledby="sign-remote-h" {
                h2 id="sign-remote-h" { "カードレス署名（HPKIセカンド電子証明書）" }
                p class="t-sub" { "一日に一度サインインすると、その日の処方箋に続けて署名できます。サインインの方法を選んでください。" }
                div class="row row-w" { (sign_in_links("btn")) }
            }
        }
        @if offers(SignerKind::Token) {
            section class="panel pn-card" aria-labelledby="sign-card-h" {
                h2 id="sign-card-h" { "HPKIカード" }
                p class="t-sub" { "カードリーダーにカードを置いてPINを入れると、今日のあいだ署名できます。PINは保存しません。" }
                form method="post" action="/me/signing/card" class="stack-3 pn-form" {
                    div class="fld" { label for="sign-pin" { "PIN" } input id="sign-pin" type="password" name="pin" required maxlength="64" autocomplete="off" inputmode="numeric"; }
                    button type="submit" class="btn" { "カードを使う" }
                }
            }
        }
        section class="panel pn-card" aria-labelledby="sign-file-h" {
            h2 id="sign-file-h" { "証明書ファイル（PKCS#12）" }
            p class="t-sub" { "医師の署名用証明書と鍵のファイルを登録します。ファイルとパスワードは暗号化して保存します。" }
            form method="post" action="/me/signing/file" enctype="multipart/form-data" class="stack-3 pn-form" {
                div class="fld" { label for="sign-file" { "ファイル（.p12 .pfx）" } input id="sign-file" type="file" name="file" required accept=".p12,.pfx,application/x-pkcs12"; }
                div class="fld" { label for="sign-password" { "ファイルのパスワード" } input id="sign-password" type="password" name="password" maxlength="200" autocomplete="off"; }
                button type="submit" class="btn" { @if offers(SignerKind::LocalKey) { "別のファイルに替える" } @else { "登録する" } }
            }
        }
    }
}

/// A link for each way to prove who one is. They open a tab of their own, so that nothing that was entered is lost.
pub(crate) fn sign_in_links(class: &str) -> Markup {
    html! {
        @for (method, code) in METHODS {
            a class=(class) href={ "/me/signing/sign-in?method=" (code) } target="_blank" rel="noopener" { (method.name()) span class="vh" { "でサインイン（新しいタブで開く）" } } " "
        }
    }
}

/// What is chosen.
#[derive(Deserialize)]
pub(crate) struct Chosen {
    by: String,
}

/// Chooses what is signed with.
pub(crate) async fn choose(
    State(state): State<WebState>,
    signed: Signed,
    Filled(chosen): Filled<Chosen>,
) -> Result<Markup, WebError> {
    let kind = parse_kind(&chosen.by).ok_or(WebError::BadRequest)?;
    let access = state.access(&signed.caller);
    let done = state.office().choose_signing(&access, &signed.info.person, kind).await;
    told(&state, &signed, done, &format!("署名は{}で行います", kind.name())).await.map(|(_, page)| page)
}

/// The page with how it went.
async fn told(
    state: &WebState,
    signed: &Signed,
    done: Result<(), OfficeError>,
    words: &str,
) -> Result<(StatusCode, Markup), WebError> {
    let (status, told) = match done {
        Ok(()) => (StatusCode::OK, Told::Done(words.to_owned())),
        Err(OfficeError::Ledger(error)) => return Err(error.into()),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, Told::Refused(error.to_string())),
    };
    Ok((status, drawn(state, signed, &told).await?))
}

/// Which way to prove who one is.
#[derive(Deserialize)]
pub(crate) struct Begun {
    method: String,
}

/// Sends the browser to the service.
pub(crate) async fn sign_in(
    State(state): State<WebState>,
    signed: Signed,
    Asked(begun): Asked<Begun>,
) -> Result<Response, WebError> {
    let method = METHODS.into_iter().find(|(_, code)| *code == begun.method).ok_or(WebError::BadRequest)?.0;
    let access = state.access(&signed.caller);
    match state.office().begin_sign_in(&access, &signed.info.person, method, state.entropy()).await {
        Ok(url) => Ok(Redirect::to(&url).into_response()),
        Err(error) => Ok(told(&state, &signed, Err(error), "").await?.into_response()),
    }
}

/// What the browser brings back.
#[derive(Deserialize)]
pub(crate) struct Back {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

impl Back {
    /// Only what the service makes: nothing of it is shown or kept.
    fn is_plain(&self) -> bool {
        let plain = |text: &str| {
            text.len() <= 4_096 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b))
        };
        plain(&self.code) && plain(&self.state)
    }
}

/// Coming back from another site our cookie does not come along: this page, which is ours, leads on to the one that
/// finishes.
pub(crate) async fn callback(Asked(back): Asked<Back>) -> Result<Response, WebError> {
    if !back.is_plain() {
        return Err(WebError::BadRequest);
    }
    let encoded = |text: &str| text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let on = format!("/me/signing/finish?code={}&state={}", encoded(&back.code), encoded(&back.state));
    let body = html! {
        meta http-equiv="refresh" content={ "0;url=" (on) };
        main id="main" class="alone stack-3" {
            h1 { "署名のサインイン" }
            p { a class="btn btn-p" href=(on) { "続ける" } }
        }
    };
    Ok(document("署名のサインイン", &body).into_response())
}

/// Ends the sign-in.
pub(crate) async fn finish(
    State(state): State<WebState>,
    signed: Signed,
    Asked(back): Asked<Back>,
) -> Result<Response, WebError> {
    let access = state.access(&signed.caller);
    match state.office().finish_sign_in(&access, &signed.info.person, &back.state, &back.code).await {
        // An address without the code, for whoever reads the page again.
        Ok(_) => Ok(Redirect::to("/me/signing/ready").into_response()),
        Err(error) => Ok(told(&state, &signed, Err(error), "").await?.into_response()),
    }
}

/// Signed in: back to the tab in which the prescription waits.
pub(crate) async fn ready(State(state): State<WebState>, signed: Signed) -> Result<Markup, WebError> {
    let access = state.access(&signed.caller);
    let signing = match state.office().signing(&access, &signed.info.person).await {
        Ok(signing) => signing,
        Err(OfficeError::Ledger(error)) => return Err(error.into()),
        Err(_) => return drawn(&state, &signed, &Told::Nothing).await,
    };
    if !matches!(signing.ready, Ready::Now(_)) {
        return drawn(&state, &signed, &Told::Nothing).await;
    }
    Ok(document(
        "署名の準備",
        &html! {
            main id="main" class="alone stack-3" {
                h1 { (icon(Icon::Check)) (ready_words(&signing, state.today())) }
                p { "このタブを閉じて、処方箋の画面に戻ってください。入力した内容はそのまま残っています。" }
                p { a class="btn" href="/me/signing" { "署名の設定を開く" } }
            }
        },
    ))
}

/// A PIN. It is shown to nobody.
#[derive(Deserialize)]
pub(crate) struct Pin {
    pin: String,
}

/// Opens the card for the day.
pub(crate) async fn card(
    State(state): State<WebState>,
    signed: Signed,
    Filled(given): Filled<Pin>,
) -> Result<Response, WebError> {
    let access = state.access(&signed.caller);
    let done = state.office().open_card(&access, &signed.info.person, given.pin).await;
    Ok(told(&state, &signed, done, "HPKIカードで署名できます").await?.into_response())
}

/// Keeps a key file.
pub(crate) async fn file(
    State(state): State<WebState>,
    signed: Signed,
    mut form: Multipart,
) -> Result<Response, WebError> {
    let (mut file, mut password) = (Vec::new(), Vec::new());
    while let Some(field) = form.next_field().await.map_err(|_| WebError::BadRequest)? {
        match field.name().unwrap_or_default().to_owned().as_str() {
            "file" => file = whole(field, MOST_BYTES).await?,
            "password" => password = whole(field, 1_024).await?,
            _ => return Err(WebError::BadRequest),
        }
    }
    let password = String::from_utf8(password).map_err(|_| WebError::BadRequest)?;
    let access = state.access(&signed.caller);
    let person = &signed.info.person;
    let done = match state.office().keep_key(&access, person, file, password).await {
        Ok(()) => state.office().choose_signing(&access, person, SignerKind::LocalKey).await,
        Err(error) => Err(error),
    };
    Ok(told(&state, &signed, done, "証明書ファイルで署名できます").await?.into_response())
}

/// A field of at most so many bytes.
async fn whole(mut field: Field<'_>, most: usize) -> Result<Vec<u8>, WebError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|_| WebError::BadRequest)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > most {
            return Err(WebError::BadRequest);
        }
    }
    Ok(bytes)
}

/// Ends what was signed in.
pub(crate) async fn sign_out(State(state): State<WebState>, signed: Signed) -> Result<Response, WebError> {
    let access = state.access(&signed.caller);
    let done = state.office().sign_out(&access, &signed.info.person).await;
    Ok(told(&state, &signed, done, "署名からサインアウトしました").await?.into_response())
}
