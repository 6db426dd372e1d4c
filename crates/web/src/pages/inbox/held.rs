//! What came and could not be laid into the inbox: what can be told of it safely, taking it in once more, or putting it
//! aside with a reason. What came stays in every case.
use super::source::given;
use super::{In, Spot, Tab, lines, rows};
use crate::components::{
    field::{hidden, key},
    frame::{Page, Place, head},
    icon::{Icon, small},
    notice::{Severity, alert, notice},
    tag::{Tone, tag},
};
use crate::{
    WebState,
    error::WebError,
    format,
    guard::Signed,
    input::{Filled, Named},
    pages::letter::size,
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use karute_ledger::{Action, LedgerError};
use karute_sharing::desk::DeskError;
use karute_sharing::desk::inbox::{self, Facts, is_stuck};
use karute_sharing::jobs::kept::{Inbox, InboxState};
use karute_sharing::jobs::record::Kept;
use maud::{Markup, html};
use serde::Deserialize;

/// Reasons that are offered.
const REASONS: [&str; 3] = ["サービスの窓口へ連絡した", "差出元に送り直しを頼んだ", "紙・FAXで受け取った"];

/// The list of what could not be taken, at a document.
fn spot() -> Spot {
    Spot::read(&In { tab: Tab::Failed.code().to_owned(), ..In::default() })
}

fn link(id: &Id, act: &str) -> String {
    let act = if act.is_empty() { String::new() } else { format!("/{act}") };
    format!("/inbox/held/{id}{act}")
}

/// One of them with what can be told; the audit event names it.
async fn read(state: &WebState, signed: &Signed, id: &Id) -> Result<(Kept<Inbox>, Option<Facts>), WebError> {
    let reader = state.access(&signed.caller).reader(Action::View);
    reader.describe("取り込めなかった文書");
    let Some(kept) = inbox::read(&reader, id).await? else {
        reader.release(()).await?;
        return Err(WebError::NotFound);
    };
    let profile = state.sharing().profile();
    let came = inbox::came(&reader, &kept, profile).await?;
    let facts = came.map(|came| came.facts(profile, &signed.info.institution_code));
    Ok(reader.release((kept, facts)).await?)
}

/// The page.
pub(crate) async fn show(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
) -> Result<Response, WebError> {
    drawn(&state, &signed, &id, None).await
}

async fn drawn(
    state: &WebState,
    signed: &Signed,
    id: &Id,
    wrong: Option<(StatusCode, &str)>,
) -> Result<Response, WebError> {
    let (kept, facts) = read(state, signed, id).await?;
    let lines = Box::pin(lines(state, signed, spot(), None)).await?;
    let (status, wrong) = wrong.map_or((StatusCode::OK, None), |(status, words)| (status, Some(words)));
    let body = html! {
        (rows::list(&lines, Some(id), signed, state.today()))
        (document(&kept, facts.as_ref(), state.today()))
        (acts(&kept, signed, wrong))
    };
    let header = head("受信箱", &rows::tabs(&lines, signed));
    let page = Page { title: "受信箱", place: Place::Inbox, header, class: "ib", body };
    Ok((status, page.draw(&signed.viewer())).into_response())
}

/// Whether the patient whom the service's list names may be told: not of a document for somebody else.
fn may_name(facts: Option<&Facts>) -> bool {
    facts.is_none_or(|facts| !facts.foreign)
}

/// Whether the document can be looked at as it came: its envelope could be opened and names nobody else.
fn may_read(facts: Option<&Facts>) -> bool {
    facts.is_some_and(|facts| facts.opened && !facts.foreign)
}

fn document(kept: &Kept<Inbox>, facts: Option<&Facts>, today: Date) -> Markup {
    let stored = &kept.stored;
    let since = Timestamp::parse(&stored.registered).map(|at| format::moment(at, today)).unwrap_or_default();
    html! {
        section class="ib-doc" aria-label="取り込めなかった文書" {
            div class="ib-dh" {
                div class="row row-w" {
                    (tag(Tone::Fuji, Some(Icon::Link), "電子カルテ情報共有サービス"))
                    @if !since.is_empty() { span class="t-12 t-mute" { "登録 " (since) } }
                }
                div class="row" {
                    h2 { (stored.kind.words()) }
                    @if may_read(facts) { a class="btn btn-sm end" href=(link(&kept.id, "original")) target="_blank" rel="noopener" { "原文" span class="vh" { "（届いたままの文書を新しいタブで開く）" } } }
                }
                p class="t-13" { b { (stored.sender_name) } "　" span class="t-mute" { "医療機関コード " (stored.sender) } }
            }
            div class="scroll" tabindex="0" role="region" aria-label="文書についてわかること" {
                (stands(&stored.state, today))
                article class="doc" {
                    section {
                        h3 { "わかること" }
                        dl class="dl" {
                            @if may_name(facts) && !stored.kana.is_empty() { dt { "患者" } dd { (stored.kana) "　" (sex(&stored.sex)) "　" (stored.birth.parse::<Date>().map_or_else(|_| "生年月日不明".to_owned(), format::era_short)) span class="t-mute" { "（一覧の記載）" } } }
                            @if let Some(facts) = facts {
                                dt { "届いたもの" } dd { (size(u64::try_from(facts.size).unwrap_or(u64::MAX))) @if !facts.opened { "　" span class="t-danger" { "封筒を開けません" } } }
                                @if let Some(to) = &facts.destination { dt { "宛先" } dd { (to) @if facts.foreign { "　" span class="t-danger" { "当院ではありません" } } @else { "　当院" } } }
                                @if let (Some(inner), false) = (facts.kind, facts.foreign) { dt { "中身の種類" } dd { (inner.words()) @if inner != stored.kind { "　" span class="t-danger" { "一覧と異なります" } } } }
                                @if !facts.identifier.is_empty() && !facts.foreign { dt { "Bundle-ID" } dd { (facts.identifier) } }
                            } @else { dt { "届いたもの" } dd { "まだありません" } }
                            dt { "添付" } dd { @if stored.files.is_empty() { (stored.attachments) "件（一覧の記載）" } @else { (stored.files.len()) "件" } }
                            @if stored.signed { dt { "署名" } dd { "付いています（検証していません）" } }
                        }
                    }
                    @if !stored.remarks.is_empty() { section { h3 { "指摘" } ul { @for remark in &stored.remarks { li { (remark) } } } } }
                    p class="t-12 t-mute" { "届いたものは、そのまま残しています。" }
                }
            }
        }
    }
}

const fn sex(code: &str) -> &'static str {
    match code.as_bytes() {
        b"1" => "男",
        b"2" => "女",
        _ => "性別不明",
    }
}

fn stands(state: &InboxState, today: Date) -> Markup {
    match state {
        InboxState::Quarantined { why } => notice(Severity::Danger, "受信箱へ取り込めませんでした", &[why]),
        InboxState::Gone => notice(
            Severity::Warn,
            "サービスに文書がありません",
            &["差出元が取り消したか、期限が過ぎました。差出元に確認してください。"],
        ),
        InboxState::AwaitingConsent => {
            notice(Severity::Info, "患者の同意を待っています", &["同意のあと、自動で届きます。"])
        }
        InboxState::Listed => notice(Severity::Info, "サービスから受け取っています", &["まもなく届きます。"]),
        InboxState::Arrived => notice(Severity::Info, "受信箱へ取り込んでいます", &["まもなく一覧に並びます。"]),
        InboxState::TakenIn { .. } | InboxState::Duplicate { .. } => {
            notice(Severity::Info, "受信箱にあります", &["取り込みは済んでいます。"])
        }
        InboxState::Reviewed { name, at, reason, .. } => {
            let when = Timestamp::parse(at).map(|at| format::moment(at, today)).unwrap_or_default();
            html! { p class="row t-13 t-ok" { (small(Icon::Check)) "確認済み　" (reason) "　" (name) "　" (when) } }
        }
    }
}

fn acts(kept: &Kept<Inbox>, signed: &Signed, wrong: Option<&str>) -> Markup {
    let seen = kept.version.to_string();
    html! {
        aside class="rl-side" aria-label="取り込めなかった文書の扱い" {
            div class="ib-form" {
                div class="panel-h" { h2 { "どうするか" } }
                div class="rl-sb scroll" tabindex="0" role="region" aria-label="できること" {
                    @if let Some(wrong) = wrong { (alert("していません", &[wrong])) }
                    @match &kept.stored.state {
                        InboxState::TakenIn { document } => { a class="btn" href=(format!("/inbox/{document}")) { "受信箱で開く" } }
                        _ if !is_stuck(kept) => { p class="t-13 t-mute" { "今は、することはありません。" } }
                        _ if !signed.rights.reviews => { p class="t-13" { "扱いは、医師・看護師が決めます。" } }
                        _ => {
                            form method="post" action=(link(&kept.id, "again")) class="stack" {
                                (hidden("seen", &seen))
                                button type="submit" class="btn btn-p" data-key="r" { (small(Icon::Sync)) "もう一度取り込む " (key("R")) }
                                p class="t-12 t-mute" { "届いたものを確かめ直し、だめならサービスから受け取り直します。設定を直したあとや、差出元が送り直したあとに押してください。" }
                            }
                            form method="post" action=(link(&kept.id, "review")) class="stack" {
                                (hidden("seen", &seen))
                                div class="fld" {
                                    label for="held-why" { "取り込まない理由" }
                                    input id="held-why" name="reason" type="text" maxlength="200" required autocomplete="off" list="held-reasons" placeholder="例 サービスの窓口へ連絡した";
                                    datalist id="held-reasons" { @for reason in REASONS { option value=(reason) {} } }
                                }
                                button type="submit" class="btn" { "確認済みにする" }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What is done with it: its version as it was seen, and why.
#[derive(Deserialize)]
pub(crate) struct Form {
    seen: u32,
    #[serde(default)]
    reason: String,
}

/// Takes it in once more.
pub(crate) async fn again(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(form): Filled<Form>,
) -> Result<Response, WebError> {
    let kept = seen(&state, &signed, &id, form.seen).await?;
    let done = match kept {
        Ok(kept) => {
            let way = (state.sharing().profile().as_ref(), signed.info.institution_code.as_str());
            inbox::again(&state.access(&signed.caller), kept, way, state.now()).await.map(drop)
        }
        Err(error) => Err(error),
    };
    answered(&state, &signed, &id, done).await
}

/// Puts it aside with a reason.
pub(crate) async fn review(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(form): Filled<Form>,
) -> Result<Response, WebError> {
    let author = signed.author()?;
    let done = match seen(&state, &signed, &id, form.seen).await? {
        Ok(kept) => {
            let who = (&author.person, author.name.as_str());
            inbox::reviewed(&state.access(&signed.caller), kept, who, &form.reason, state.now()).await.map(drop)
        }
        Err(error) => Err(error),
    };
    answered(&state, &signed, &id, done).await
}

/// The document as the page showed it.
async fn seen(
    state: &WebState,
    signed: &Signed,
    id: &Id,
    version: u32,
) -> Result<Result<Kept<Inbox>, DeskError>, WebError> {
    let (kept, _) = read(state, signed, id).await?;
    Ok(if kept.version == version { Ok(kept) } else { Err(DeskError::Settled) })
}

async fn answered(
    state: &WebState,
    signed: &Signed,
    id: &Id,
    done: Result<(), DeskError>,
) -> Result<Response, WebError> {
    state.kept().waiting_changed(signed.caller.tenant);
    let (status, words) = match done {
        Ok(()) => return Ok(Redirect::to(&link(id, "")).into_response()),
        Err(DeskError::Reason) => (StatusCode::UNPROCESSABLE_ENTITY, "取り込まない理由を書いてください"),
        Err(DeskError::Settled | DeskError::Ledger(LedgerError::Conflict { .. })) => {
            (StatusCode::CONFLICT, "表示したあとで状態が変わりました。今の状態を確かめてください")
        }
        Err(DeskError::Ledger(error)) => return Err(error.into()),
        Err(_) => return Err(WebError::Step),
    };
    drawn(state, signed, id, Some((status, words))).await
}

/// 原文: the FHIR document to the byte, as plain text that nothing interprets; not of what is for somebody else.
pub(crate) async fn original(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
) -> Result<Response, WebError> {
    let (kept, facts) = read(&state, &signed, &id).await?;
    if !may_read(facts.as_ref()) {
        return Err(WebError::NotFound);
    }
    let reader = state.access(&signed.caller).reader(Action::View);
    reader.describe("取り込めなかった文書の原文");
    let came = inbox::came(&reader, &kept, state.sharing().profile()).await?;
    let document = reader.release(came.and_then(|came| came.document)).await?.ok_or(WebError::NotFound)?;
    given(document, "text/plain; charset=utf-8", "inline; filename=\"karute-original.txt\"")
}
