//! 監査: who did what, when, with whose record.
use crate::components::{
    frame::{Page, Place},
    icon::{Icon, small},
    notice::{Severity, empty, notice},
    tag::{Tone, tag},
};
use crate::{
    WebState,
    error::WebError,
    format,
    guard::Signed,
    input::{Asked, Filled, Typed},
    links,
};
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use karute_chart::patients;
use karute_fhir::Id;
use karute_japan::Date;
use karute_ledger::{AuditFilter, AuditRecord};
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Events on a page.
const PAGE: u32 = 100;
/// Patients named in a row; the rest is counted.
const NAMED: usize = 3;

/// What the address says.
#[derive(Deserialize)]
pub(crate) struct Ask {
    patient: Option<String>,
    before: Option<u64>,
}

/// An event as the ledger wrote it.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Event {
    actor: Actor,
    origin: Origin,
    action: String,
    outcome: String,
    entities: Vec<String>,
    records: Vec<String>,
    patients: Vec<String>,
    detail: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Actor {
    name: String,
    role: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Origin {
    address: String,
    method: String,
}

/// The screen.
pub(crate) async fn show(
    State(state): State<WebState>,
    signed: Signed,
    Asked(ask): Asked<Ask>,
) -> Result<Markup, WebError> {
    let patient = match ask.patient.as_deref() {
        Some(text) => Some(Id::new(text).map_err(|_| WebError::BadRequest)?),
        None => None,
    };
    let filter = AuditFilter {
        before_seq: ask.before,
        limit: PAGE,
        entity: patient.as_ref().map(|id| format!("Patient/{id}")),
        actor: None,
    };
    let records = state.access(&signed.caller).audit_events(filter).await?;
    Ok(page(&records, patient.as_ref(), state.today(), &signed))
}

fn page(records: &[AuditRecord], patient: Option<&Id>, today: Date, signed: &Signed) -> Markup {
    let header = html! {
        header class="head" {
            h1 { "監査" }
            form method="post" action="/audit/find" class="field grow" {
                (small(Icon::Search))
                input type="text" name="q" maxlength="60" required autocomplete="off" placeholder="患者番号（または氏名・カナ・生年月日）で絞る" aria-label="患者で絞る";
            }
            @if patient.is_some() { a class="btn" href=(links::audit(None, None)) { "絞り込みをやめる" } }
        }
    };
    let next = records.last().filter(|_| records.len() == PAGE as usize).map(|r| r.seq);
    let body = html! {
        section class="panel" aria-labelledby="audit-h" {
            div class="panel-h" {
                h2 id="audit-h" { @if patient.is_some() { "この患者の記録に触れた操作" } @else { "すべての操作" } }
                span class="t-13 t-mute" { "新しい順・この画面を開いたことも記録されます" }
            }
            @if records.is_empty() {
                (empty(Icon::Eye, "該当する操作はありません", "記録は削除も変更もできません。", None))
            } @else {
                table class="grid-t" {
                    thead { tr {
                        th scope="col" { "番号" } th scope="col" { "日時" } th scope="col" { "誰が" } th scope="col" { "何を" }
                        th scope="col" { "対象" } th scope="col" { "どこから" }
                    } }
                    tbody { @for record in records { (row(record, today)) } }
                }
                @if let Some(before) = next { p class="pn-p" { a href=(links::audit(patient, Some(before))) { "さらに前の" (PAGE) "件" } } }
            }
        }
    };
    Page { title: "監査", place: Place::Audit, header, class: "pane scroll", body }.draw(&signed.viewer())
}

fn row(record: &AuditRecord, today: Date) -> Markup {
    let event: Event = serde_json::from_str(&record.body).unwrap_or_default();
    html! {
        tr {
            td class="t-mute nw" { (record.seq) }
            td class="nw" { (format::moment(record.at, today)) }
            td { b { (event.actor.name) } br; span class="t-12 t-mute" { (role(&event.actor.role)) } }
            td {
                (action(&event.action)) " "
                @match event.outcome.as_str() {
                    "refused" => { (tag(Tone::Warn, Some(Icon::Triangle), "拒否")) }
                    "failed" => { (tag(Tone::Danger, Some(Icon::Triangle), "失敗")) }
                    _ => {}
                }
                @if !event.detail.is_empty() { br; span class="t-12 t-mute" { (event.detail) } }
            }
            td class="t-13" { (touched(&event)) }
            td class="t-13" { (event.origin.address) br; span class="t-12 t-mute" { (method(&event.origin.method)) } }
        }
    }
}

/// Whose record first, then how many of what else.
fn touched(event: &Event) -> Markup {
    let entities = event.entities.iter().chain(&event.records).filter_map(|e| e.split_once('/'));
    let own = entities.clone().filter(|(kind, _)| *kind == "Patient").filter_map(|(_, rest)| rest.split('/').next());
    let patients: BTreeSet<Id> = own.chain(event.patients.iter().map(String::as_str)).flat_map(Id::new).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (kind, _) in entities.filter(|(kind, _)| *kind != "Patient") {
        *counts.entry(kind).or_default() += 1;
    }
    html! {
        @for id in patients.iter().take(NAMED) { a class="ent" href=(links::audit(Some(id), None)) { "患者 " (id) } }
        @if patients.len() > NAMED { span class="ent t-mute" { "ほか患者 " (patients.len() - NAMED) "名" } }
        @if !counts.is_empty() {
            span class="ent t-mute" { @for (i, (kind, count)) in counts.iter().enumerate() { @if i > 0 { "・" } (kind) " " (count) } }
        }
        @if patients.is_empty() && counts.is_empty() { span class="t-mute" { "－" } }
    }
}

fn action(code: &str) -> &str {
    match code {
        "read" => "読む",
        "search" => "検索",
        "history" => "履歴を読む",
        "view" => "画面で見る",
        "create" => "登録",
        "update" => "変更",
        "delete" => "削除",
        "transaction" => "まとめて登録",
        "export" => "書き出し",
        "print" => "印刷",
        "sign-in" => "サインイン",
        "sign-in-failed" => "サインイン失敗",
        "sign-out" => "サインアウト",
        "administer" => "管理",
        "job" => "自動処理",
        other => other,
    }
}

fn role(code: &str) -> String {
    let words = code.split([',', ' ']).map(|c| match (karute_identity::Profession::parse(c), c) {
        (Some(profession), _) => profession.label(),
        (None, "client") => "連携プログラム",
        (None, "system") => "システム",
        (None, other) => other,
    });
    words.collect::<Vec<_>>().join("・")
}

fn method(code: &str) -> &str {
    match code {
        "password+totp" => "パスワードと認証コード",
        "token" => "トークン",
        "link" => "体験用リンク",
        "cli" => "コマンド",
        other => other,
    }
}

/// Finds the patient and shows the events of their record; the address then holds the opaque id only.
pub(crate) async fn find(
    State(state): State<WebState>,
    signed: Signed,
    Filled(typed): Filled<Typed>,
) -> Result<Response, WebError> {
    let today = state.today();
    let found = patients::search(&state.access(&signed.caller), &typed.q, today).await?;
    if let [only] = found.hits.as_slice() {
        return Ok(Redirect::to(&links::audit(Some(&only.person.id), None)).into_response());
    }
    let body = html! {
        section class="panel pn-card" aria-label="患者を選ぶ" {
            @if found.hits.is_empty() {
                (notice(Severity::Info, "見つかりません", &["患者番号か氏名を確かめて、もう一度お試しください。"]))
                form method="get" action="/audit" { button class="btn" type="submit" { "監査に戻る" } }
            } @else {
                h2 { "どの患者ですか" }
                ul class="stack" {
                    @for hit in &found.hits {
                        li { a href=(links::audit(Some(&hit.person.id), None)) {
                            (hit.person.name) "　" (hit.person.birth.map(format::era_short).unwrap_or_default()) "　" (hit.person.number.as_deref().unwrap_or_default())
                        } }
                    }
                }
            }
        }
    };
    let header = crate::components::frame::head("監査", &html! {});
    let page = Page { title: "監査", place: Place::Audit, header, class: "pane scroll", body };
    Ok(page.draw(&signed.viewer()).into_response())
}
