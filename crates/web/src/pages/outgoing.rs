//! 送信: what has not reached the outside, and what to do about it.
use crate::components::{
    field::hidden,
    frame::{Page, Place, head},
    icon::Icon,
    notice::empty,
    tag::{Tone, tag},
};
use crate::{
    WebState,
    error::WebError,
    format,
    guard::Signed,
    input::{Filled, Numbered},
    links,
};
use axum::{extract::State, response::Redirect};
use karute_japan::{Date, Timestamp};
use karute_ledger::{JobFilter, JobState, JobView};
use maud::{Markup, html};
use serde::Deserialize;

/// Jobs shown at most.
const MOST: u32 = 200;
/// A job that has failed this often is shown before it gives up.
const FAILING_AFTER: u32 = 1;

/// Jobs that need a person (given up) and those that keep failing.
fn is_stuck(job: &JobView) -> bool {
    job.state == JobState::Dead || (job.state == JobState::Ready && job.attempts >= FAILING_AFTER)
}

/// The screen.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed) -> Result<Markup, WebError> {
    let access = state.access(&signed.caller);
    let filter = JobFilter { states: vec![JobState::Dead, JobState::Ready], limit: MOST, ..JobFilter::default() };
    let jobs: Vec<JobView> = access.jobs(filter).await?.into_iter().filter(is_stuck).collect();
    Ok(page(&jobs, state.now(), &signed))
}

fn page(jobs: &[JobView], now: Timestamp, signed: &Signed) -> Markup {
    let dead = jobs.iter().filter(|j| j.state == JobState::Dead).count();
    let words = html! { p class="t-13 t-mute" { "外部へ届いていないものだけを表示しています（" (format::clock(now)) " 現在）" } };
    let body = html! {
        @if jobs.is_empty() {
            section class="panel" aria-label="未送信" {
                (empty(Icon::Check, "未送信はありません", "外部へ送れなかったものがあると、ここに理由とともに出ます。", None))
            }
        } @else {
            section class="panel" aria-labelledby="stuck-h" {
                div class="panel-h" { h2 id="stuck-h" { "届いていないもの" } span class="t-13 t-mute" { (jobs.len()) "件・対応が必要 " (dead) "件" } }
                table class="grid-t" {
                    thead { tr {
                        th scope="col" { "番号" } th scope="col" { "種類" } th scope="col" { "状態" } th scope="col" { "回数" }
                        th scope="col" { "登録" } th scope="col" { "次の試行" } th scope="col" { "最後の失敗" } th scope="col" { span class="vh" { "操作" } }
                    } }
                    tbody { @for job in jobs { (row(job, now.day_in_japan())) } }
                }
            }
        }
    };
    Page { title: "送信", place: Place::Outgoing, header: head("送信", &words), class: "pane scroll", body }
        .draw(&signed.viewer())
}

fn row(job: &JobView, today: Date) -> Markup {
    let given_up = job.state == JobState::Dead;
    html! {
        tr {
            td { (job.id) }
            td { (kind(&job.kind)) }
            td { @if given_up { (tag(Tone::Danger, Some(Icon::Triangle), "止まっています")) } @else { (tag(Tone::Warn, Some(Icon::Sync), "再試行中")) } }
            td { (job.attempts) "／" (job.max_attempts) }
            td class="nw" { (format::moment(job.created, today)) }
            td class="nw" { @if given_up { "－" } @else { (format::moment(job.run_at, today)) } }
            td class="t-13" { (job.last_error.as_deref().unwrap_or("－")) }
            td {
                @if given_up {
                    div class="row" {
                        form method="post" action=(links::retry(job.id)) { button class="btn btn-s btn-sm" type="submit" { "もう一度送る" } }
                        form method="post" action=(links::discard(job.id)) {
                            (hidden("reason", "画面から取りやめ"))
                            button class="btn btn-sm" type="submit" { "取りやめる" }
                        }
                    }
                }
            }
        }
    }
}

/// Kinds in words.
fn kind(code: &str) -> &str {
    match code {
        "fhir.export" => "データの書き出し",
        "eprescription.send" => "電子処方箋の送信",
        "eprescription.settle" => "電子処方箋の照合",
        "eprescription.status" => "電子処方箋の状態",
        "eprescription.copy" => "処方内容（控え）",
        "eprescription.results" => "調剤結果",
        "eprescription.precheck" => "重複投薬等チェックの事前処理",
        "eprescription.in-house" => "院内処方の登録",
        "sharing.letter" => "診療情報提供書の送信",
        "sharing.status" => "診療情報提供書の状態",
        "sharing.settle" => "診療情報提供書の照合",
        "sharing.units" => "臨床情報の登録",
        "sharing.list" => "届いた文書の一覧",
        "sharing.fetch" => "届いた文書の取り寄せ",
        "sharing.hand-over" => "診療情報提供書の引き渡し",
        "sharing.follow" => "診療情報提供書の経過",
        "sharing.take-in" => "届いた文書の受信箱への取り込み",
        "sharing.view" => "他院の情報の照会",
        other => other,
    }
}

/// Puts a job back to work.
pub(crate) async fn retry(
    State(state): State<WebState>,
    signed: Signed,
    Numbered(id): Numbered,
) -> Result<Redirect, WebError> {
    state.access(&signed.caller).retry_job(id).await?;
    Ok(Redirect::to("/outgoing"))
}

/// Why a job is given up.
#[derive(Deserialize)]
pub(crate) struct Reason {
    reason: String,
}

/// Gives a job up for good.
pub(crate) async fn discard(
    State(state): State<WebState>,
    signed: Signed,
    Numbered(id): Numbered,
    Filled(form): Filled<Reason>,
) -> Result<Redirect, WebError> {
    let reason: String = form.reason.trim().chars().take(200).collect();
    state.access(&signed.caller).discard_job(id, &reason).await?;
    Ok(Redirect::to("/outgoing"))
}

#[cfg(test)]
mod tests {
    use super::kind;

    #[test]
    fn every_kind_of_job_has_words() {
        for code in karute_eprescription::jobs::KINDS.iter().chain(&karute_sharing::jobs::KINDS) {
            assert_ne!(kind(code), *code);
        }
    }
}
