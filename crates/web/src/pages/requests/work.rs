//! 検査・処置: what is to be done now, patient by patient, and that it was done.
use super::pane::details;
use crate::components::{
    banner::{caution, risk},
    field::hidden,
    frame::{Page, Place, head},
    icon::{Icon, small, tick},
    notice::{Severity, empty, notice, toast},
    tag::{Tone, tag},
};
use crate::{
    WebState,
    error::WebError,
    format,
    guard::{Fragment, Signed},
    input::{Asked, Filled, Named},
    links,
    pages::reception::{List, Since, until_changed},
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use karute_chart::ChartError;
use karute_chart::request::{self, Job, Kind, Outcome, REASONS, Request, Status, Work};
use karute_fhir::Id;
use karute_japan::Date;
use maud::{Markup, html};
use serde::Deserialize;

/// The list; for a script that follows it, its content alone.
pub(crate) async fn show(
    State(state): State<WebState>,
    signed: Signed,
    Fragment(fragment): Fragment,
) -> Result<Markup, WebError> {
    if fragment { listed(&state, &signed).await } else { drawn(&state, &signed, None).await }
}

/// Answers when something of today's work changed.
pub(crate) async fn changes(
    State(state): State<WebState>,
    signed: Signed,
    Asked(since): Asked<Since>,
) -> Result<Response, WebError> {
    until_changed(&state, &signed, &since, List::Work).await
}

/// Today's work, which the script puts in its place when it changed.
async fn listed(state: &WebState, signed: &Signed) -> Result<Markup, WebError> {
    let (access, today) = (state.access(&signed.caller), state.today());
    // The mark first: what changes after it is seen by the next look.
    let mark = request::work_mark(&access, today).await?;
    let found = request::work(&access, today).await?;
    let asked = karute_chart::errand::list(&access, today).await?;
    let open: usize = found.iter().map(Work::open).sum::<usize>() + super::errand::open(&asked);
    Ok(html! {
        div id="worklist" class="stack-3" data-live="/worklist/changes" data-mark=(mark) {
            p class="row t-13 t-mute" { b { "残り " (open) "件" } span data-live-words { (format::clock(state.now())) " 現在" } }
            (super::errand::panel(&asked, signed, today))
            @if found.is_empty() && asked.is_empty() {
                section class="panel" aria-label="検査・処置" {
                    (empty(Icon::Flask, "今日の検査・処置はありません", "医師が今日の指示を出すと、患者ごとにここに並びます。", None))
                }
            }
            @for work in &found { (patient(work, today)) }
        }
    })
}

async fn drawn(state: &WebState, signed: &Signed, told: Option<Markup>) -> Result<Markup, WebError> {
    let today = state.today();
    let rest = html! {
        div class="head-date" { b { (format::heading(today)) } }
        noscript { a class="btn end" href="/worklist" { (small(Icon::Sync)) "新しくする" } }
    };
    let body = html! {
        @if let Some(told) = told { (told) }
        (listed(state, signed).await?)
    };
    let page =
        Page {
            title: "検査・処置", place: Place::Work, header: head("検査・処置", &rest), class: "pane scroll", body
        };
    Ok(page.draw(&signed.viewer()))
}

fn patient(work: &Work, today: Date) -> Markup {
    let heading = format!("work-{}", work.visit.id);
    html! {
        section class="panel" aria-labelledby=(heading) {
            div class="panel-h wk-h" {
                @if let Some(number) = work.visit.queue_number { span class="t-13 t-mute nw" { "No." (number) } }
                h2 id=(heading) { small class="t-12 t-mute" { (work.person.kana.as_deref().unwrap_or_default()) } " " (work.person.name) }
                span class="t-13 nw" { (work.person.sex.word()) "　" (format::age(&work.person, today)) }
                @if let Some(birth) = work.person.birth { span class="t-13 t-sub nw" { (format::era_short(birth)) "（" (birth.year()) "）" } }
                span class="t-13 t-sub nw" { (work.person.number.as_deref().unwrap_or_default()) }
                @if let Some(state) = work.visit.state { (tag(Tone::Line, None, state.word())) }
                span class="wk-risk" { (risk(&work.allergy)) (caution(&work.person)) }
                a class="btn btn-sm end" href=(links::labels(&work.visit.id)) { "ラベル・指示票" }
            }
            table class="grid-t" {
                thead class="vh" { tr { th scope="col" { "区分" } th scope="col" { "内容" } th scope="col" { "状態" } th scope="col" { "操作" } } }
                tbody { @for job in &work.jobs { (row(job)) } }
            }
        }
    }
}

fn row(job: &Job) -> Markup {
    let request = &job.request;
    html! {
        tr {
            td class="nw" { (request.asked.kind.label()) }
            th scope="row" {
                @if request.asked.urgent { (tag(Tone::Danger, Some(Icon::Triangle), "至急")) " " }
                b { (format::half_width(&request.asked.display)) }
                (details(request))
            }
            td { (standing(job)) }
            td { div class="wk-acts" { (acts(job)) } }
        }
    }
}

/// Who did it and when; in part or not, with the reason.
fn standing(job: &Job) -> Markup {
    html! {
        @match &job.performed {
            None if job.request.awaiting => { (tag(Tone::Warn, None, "医師の承認待ち")) }
            None if job.request.status == Status::Completed => { span class="row" { (tick()) "済み" } }
            None => { span class="t-13 t-sub" { (job.request.principal.as_deref().or(job.request.by.as_deref()).unwrap_or_default()) "の指示" } }
            Some(done) => {
                @match &done.outcome {
                    Outcome::Done => { span class="row" { (tick()) "実施" } }
                    Outcome::Partly(words) => { (tag(Tone::Warn, Some(Icon::Triangle), "一部のみ")) " " (words) }
                    Outcome::NotDone(words) => { (tag(Tone::Warn, Some(Icon::Triangle), "実施できず")) " " (words) }
                }
                span class="t-13 t-mute nw" {
                    @if let Some(at) = done.at { (format::clock(at)) " " }
                    (done.by.as_deref().unwrap_or_default())
                }
            }
        }
    }
}

fn acts(job: &Job) -> Markup {
    let request = &job.request;
    html! {
        @if request.status == Status::Active && !request.awaiting {
            form method="post" action=(links::work_act(&request.id, "perform")) {
                (hidden("seen", &request.version.to_string()))
                button type="submit" class="btn btn-s btn-sm" name="outcome" value="done" { (small(Icon::Check)) (done_word(request)) span class="vh" { "：" (request.asked.display) } }
            }
            details class="wk-not" {
                summary class="btn btn-g btn-sm" { "できない・一部" span class="vh" { "：" (request.asked.display) } }
                form method="post" action=(links::work_act(&request.id, "perform")) class="rq-form" {
                    (hidden("seen", &request.version.to_string()))
                    div class="fld" {
                        label for=(format!("why-{}", request.id)) { "理由" }
                        input id=(format!("why-{}", request.id)) name="reason" maxlength="200" required autocomplete="off" list="wk-reasons";
                    }
                    div class="row" {
                        button type="submit" class="btn btn-sm" name="outcome" value="partly" { "一部だけ実施" }
                        button type="submit" class="btn btn-sm" name="outcome" value="not-done" { "実施できない" }
                    }
                    datalist id="wk-reasons" { @for reason in REASONS { option value=(reason) {} } }
                }
            }
        }
        @if request.asked.kind == Kind::Lab && matches!(request.status, Status::Active | Status::Completed) && !request.awaiting {
            a class="btn btn-sm" href=(links::work_act(&request.id, "result")) { "結果を入力" span class="vh" { "：" (request.asked.display) } }
        }
        @if let Some(done) = &job.performed { (undo_form(request, &done.id, "btn btn-g btn-sm", "取り消す")) }
    }
}

/// The act, by its own word.
fn done_word(request: &Request) -> &'static str {
    if request.asked.kind == Kind::Lab { "採取した" } else { "実施した" }
}

fn undo_form(request: &Request, record: &Id, class: &str, word: &str) -> Markup {
    html! {
        form method="post" action=(links::work_act(&request.id, "undo")) {
            (hidden("seen", &request.version.to_string())) (hidden("record", record.as_str()))
            button type="submit" class=(class) { (word) span class="vh" { "：" (request.asked.display) } }
        }
    }
}

/// How it went.
#[derive(Deserialize)]
pub(crate) struct How {
    seen: u32,
    outcome: String,
    #[serde(default)]
    reason: String,
}

/// Records that it was done, in part, or not.
pub(crate) async fn perform(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(how): Filled<How>,
) -> Result<Response, WebError> {
    let Ok(outcome) = Outcome::parse(&how.outcome, &how.reason) else {
        let told =
            notice(Severity::Warn, "理由を入れてください", &["一部だけ、または実施できないときは、理由を残します。"]);
        return answer(&state, &signed, StatusCode::UNPROCESSABLE_ENTITY, html! { div role="alert" { (told) } }).await;
    };
    let new = state.new_id()?;
    let (access, author) = (state.access(&signed.caller), signed.author()?);
    match request::perform(&access, &id, how.seen, &outcome, &author, &new, state.now()).await {
        Ok(done) => {
            state.tell(signed.caller.tenant);
            let words = format!("{} を記録しました", format::half_width(&done.asked.display));
            let told = html! { div class="toasts" id="done" { (toast(&words, Some(undo_form(&done, &new, "btn btn-sm", "元に戻す")))) } };
            answer(&state, &signed, StatusCode::OK, told).await
        }
        Err(error) => failed(&state, &signed, error).await,
    }
}

/// What is taken back.
#[derive(Deserialize)]
pub(crate) struct Back {
    seen: u32,
    record: String,
}

/// Takes it back.
pub(crate) async fn undo(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(back): Filled<Back>,
) -> Result<Response, WebError> {
    let record = Id::new(&back.record).map_err(|_| WebError::BadRequest)?;
    match request::undo(&state.access(&signed.caller), &id, back.seen, &record, state.now()).await {
        Ok(open) => {
            state.tell(signed.caller.tenant);
            let words = format!("{} の記録を取り消しました", format::half_width(&open.asked.display));
            answer(&state, &signed, StatusCode::OK, html! { div class="toasts" id="done" { (toast(&words, None)) } })
                .await
        }
        Err(error) => failed(&state, &signed, error).await,
    }
}

pub(super) async fn failed(state: &WebState, signed: &Signed, error: ChartError) -> Result<Response, WebError> {
    let words = match error {
        ChartError::Conflict => ["ほかの端末で先に変わりました", "何も変えていません。下の一覧は今の状態です。"],
        ChartError::Step => {
            ["今の状態からはできません", "すでに記録されたか、取り消されたか、医師の承認を待っています。"]
        }
        other => return Err(other.into()),
    };
    let told = html! { div role="alert" { (notice(Severity::Warn, words[0], &[words[1]])) } };
    answer(state, signed, StatusCode::CONFLICT, told).await
}

pub(super) async fn answer(
    state: &WebState,
    signed: &Signed,
    status: StatusCode,
    told: Markup,
) -> Result<Response, WebError> {
    Ok((status, drawn(state, signed, Some(told)).await?).into_response())
}
