//! 患者情報: what is kept of a patient, its insurance, to be changed. Every change is a new version.
use super::form::Draw;
use super::{insurance, page};
use crate::components::{
    banner,
    field::hidden,
    icon::Icon,
    notice::{Severity, alert, notice},
    tag::{Tone, tag},
};
use crate::{
    WebState,
    error::WebError,
    format,
    guard::Signed,
    input::{Filled, Named},
    links,
};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use karute_chart::ChartError;
use karute_chart::registration::{self, CardForm, Fault, File, Kept, KeptPublic, PersonForm, PublicForm};
use karute_chart::view::Insurance;
use karute_fhir::Id;
use karute_identity::Capability;
use karute_japan::Date;
use maud::{Markup, html};
use serde::Deserialize;

/// A form of the page that could not be kept: which one, what was typed, what is wrong.
#[derive(Default)]
struct Problem {
    person: Option<PersonForm>,
    card: Option<(Option<String>, CardForm)>,
    public: Option<(Option<String>, PublicForm)>,
    faults: Vec<Fault>,
    doubts: Vec<String>,
    overtaken: bool,
}

/// The page.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed, Named(id): Named) -> Result<Markup, WebError> {
    drawn(&state, &signed, &id, Problem::default()).await
}

async fn drawn(state: &WebState, signed: &Signed, id: &Id, problem: Problem) -> Result<Markup, WebError> {
    let today = state.today();
    let file = registration::file(&state.access(&signed.caller), id).await?;
    Ok(body(signed, id, &file, &problem, today))
}

fn body(signed: &Signed, id: &Id, file: &File, problem: &Problem, today: Date) -> Markup {
    let of_person = problem.person.is_some();
    let draw = Draw { faults: if of_person { &problem.faults } else { &[] }, prefix: "", start: "" };
    let form = problem.person.as_ref().unwrap_or(&file.form);
    let person = &file.person;
    let body = html! {
        @if problem.overtaken { (alert("ほかの端末で先に変わりました", &["何も変えていません。下の新しい内容を確かめて、もう一度入力してください。"])) }
        section class="panel who who-h" aria-label="患者" {
            span class="t-13 t-mute" { (person.kana.as_deref().unwrap_or("よみ 未登録")) }
            b { (person.name) }
            span { (person.sex.word()) "　" (format::age(person, today)) "　" (banner::born(person)) "　患者番号 " (person.number.as_deref().unwrap_or("なし")) }
            @if file.provisional { (tag(Tone::Warn, Some(Icon::Triangle), "仮登録")) }
        }
        @if file.provisional {
            (notice(Severity::Warn, "本人がわかったら", &["はじめての方なら、下に氏名・生年月日を登録してください（番号はこのまま使います）。以前の記録がある方なら、下の「同じ方の記録を1つにする」で統合してください。"]))
        }
        div class="reg-2" {
            form method="post" action=(links::about(id, "edit")) class="panel reg" data-register {
                (draw.summary())
                (hidden("version", &file.version.to_string()))
                (draw.person(form, today))
                div class="reg-f row" { button type="submit" class="btn btn-p btn-lg" { "変更を保存する" } }
            }
            section class="panel reg" aria-labelledby="ins-h" {
                h2 id="ins-h" { "保険・公費" }
                @if file.cards.is_empty() && file.publics.is_empty() { p class="t-13 t-mute" { "保険の記録はまだありません。" } }
                @for kept in &file.cards { (card_of(id, kept, problem, today)) }
                @for kept in &file.publics { (public_of(id, kept, problem, today)) }
                (new_card(id, problem, file.cards.is_empty()))
                (new_public(id, problem))
                @if signed.caller.may(Capability::MergePatients) {
                    h2 { "同じ方の記録が2つあるとき" }
                    div { a class="btn" href=(links::about(id, "merge")) { "同じ方の記録を1つにする" } }
                }
            }
        }
    };
    let aside = html! {
        span class="end row" {
            @if signed.rights.chart { a class="btn" href=(links::patient(id)) { "カルテを開く" } }
            @if signed.rights.move_visits { a class="btn" href=(links::about(id, "arrive")) { "受付する" } }
        }
    };
    page(signed, "患者情報", &aside, body)
}

fn holds(insurance: &Insurance, today: Date) -> Markup {
    html! {
        b { (insurance.short) }
        " " span class="t-13 t-sub" {
            @match (insurance.from, insurance.until) {
                (None, None) => { "期限の記載なし" }
                (from, until) => { (from.map(format::full).unwrap_or_default()) "〜" (until.map(format::full).unwrap_or_default()) }
            }
        }
        " "
        @if insurance.valid_on(today) { (tag(Tone::Ok, None, "有効")) } @else { (tag(Tone::Line, None, "期限外")) }
    }
}

/// The draft of a form of an existing or new card, when it is the one with the problem.
fn draft<'a, T>(slot: Option<&'a (Option<String>, T)>, coverage: Option<&str>) -> Option<&'a T> {
    slot.filter(|(id, _)| id.as_deref() == coverage).map(|(_, form)| form)
}

fn card_of(id: &Id, kept: &Kept, problem: &Problem, today: Date) -> Markup {
    let draft = draft(problem.card.as_ref(), Some(kept.id.as_str()));
    let prefix = format!("{}-", kept.id);
    let draw = Draw { faults: if draft.is_some() { &problem.faults } else { &[] }, prefix: &prefix, start: "" };
    html! {
        details class="fs-d" open[draft.is_some()] {
            summary {
                (holds(&kept.insurance, today))
                @if let Some(ceiling) = &kept.ceiling { " " (tag(Tone::Line, None, &format!("限度額 {}", ceiling.word()))) }
            }
            form method="post" action=(links::about(id, "insurance")) class="stack-3" {
                (hidden("coverage", kept.id.as_str()))
                (hidden("version", &kept.version.to_string()))
                (draw.summary())
                @if draft.is_some() && !problem.doubts.is_empty() { (insurance::confirm(&problem.doubts, "1")) }
                (insurance::card(&draw, draft.unwrap_or(&kept.form)))
                div { button type="submit" class="btn" { "保険の変更を保存する" } }
            }
        }
    }
}

fn new_card(id: &Id, problem: &Problem, first: bool) -> Markup {
    let draft = draft(problem.card.as_ref(), None);
    let draw = Draw { faults: if draft.is_some() { &problem.faults } else { &[] }, prefix: "new-", start: "" };
    let empty = CardForm::default();
    html! {
        details class="fs-d" open[draft.is_some() || first] {
            summary { "保険を追加" }
            form method="post" action=(links::about(id, "insurance")) class="stack-3" {
                (draw.summary())
                @if draft.is_some() && !problem.doubts.is_empty() { (insurance::confirm(&problem.doubts, "1")) }
                (insurance::card(&draw, draft.unwrap_or(&empty)))
                div { button type="submit" class="btn" { "この保険を追加する" } }
            }
        }
    }
}

fn public_of(id: &Id, kept: &KeptPublic, problem: &Problem, today: Date) -> Markup {
    let draft = draft(problem.public.as_ref(), Some(kept.id.as_str()));
    let prefix = format!("{}-", kept.id);
    let draw = Draw { faults: if draft.is_some() { &problem.faults } else { &[] }, prefix: &prefix, start: "" };
    html! {
        details class="fs-d" open[draft.is_some()] {
            summary { (holds(&kept.insurance, today)) }
            form method="post" action=(links::about(id, "public")) class="stack-3" {
                (hidden("coverage", kept.id.as_str()))
                (hidden("version", &kept.version.to_string()))
                (draw.summary())
                @if draft.is_some() && !problem.doubts.is_empty() { (insurance::confirm(&problem.doubts, "1")) }
                (insurance::public(&draw, draft.unwrap_or(&kept.form)))
                div { button type="submit" class="btn" { "公費の変更を保存する" } }
            }
        }
    }
}

fn new_public(id: &Id, problem: &Problem) -> Markup {
    let draft = draft(problem.public.as_ref(), None);
    let draw = Draw { faults: if draft.is_some() { &problem.faults } else { &[] }, prefix: "newp-", start: "" };
    let empty = PublicForm::default();
    html! {
        details class="fs-d" open[draft.is_some()] {
            summary { "公費を追加" }
            form method="post" action=(links::about(id, "public")) class="stack-3" {
                (draw.summary())
                @if draft.is_some() && !problem.doubts.is_empty() { (insurance::confirm(&problem.doubts, "1")) }
                (insurance::public(&draw, draft.unwrap_or(&empty)))
                div { button type="submit" class="btn" { "この公費を追加する" } }
            }
        }
    }
}

/// The person's form.
#[derive(Deserialize)]
pub(crate) struct Amend {
    #[serde(flatten)]
    person: PersonForm,
    version: String,
    #[serde(default)]
    act: String,
}

async fn again(state: &WebState, signed: &Signed, id: &Id, problem: Problem) -> Result<Response, WebError> {
    let status = if problem.overtaken { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, drawn(state, signed, id, problem).await?).into_response())
}

fn back_to(id: &Id) -> Response {
    Redirect::to(&links::about(id, "edit")).into_response()
}

/// Keeps the person's changed details.
pub(crate) async fn amend(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(mut form): Filled<Amend>,
) -> Result<Response, WebError> {
    let seen = form.version.parse().map_err(|_| WebError::BadRequest)?;
    if form.act == "postal" {
        super::new::fill_address(&state, &mut form.person);
        let problem = Problem { person: Some(form.person), ..Problem::default() };
        return Ok(drawn(&state, &signed, &id, problem).await?.into_response());
    }
    let details = match form.person.read(state.today()) {
        Ok(details) => details,
        Err(faults) => {
            let problem = Problem { person: Some(form.person), faults, ..Problem::default() };
            return again(&state, &signed, &id, problem).await;
        }
    };
    match registration::amend(&state.access(&signed.caller), &id, seen, &details).await {
        Err(ChartError::Conflict) => {
            again(&state, &signed, &id, Problem { person: Some(form.person), overtaken: true, ..Problem::default() })
                .await
        }
        other => {
            other?;
            state.tell(signed.caller.tenant);
            Ok(back_to(&id))
        }
    }
}

/// Which card a form is about.
#[derive(Deserialize)]
struct Which {
    coverage: Option<String>,
    version: Option<String>,
    sure: Option<String>,
}

impl Which {
    fn id(&self, state: &WebState) -> Result<(Id, Option<u32>), WebError> {
        match (&self.coverage, &self.version) {
            (Some(id), Some(version)) => Ok((
                Id::new(id).map_err(|_| WebError::BadRequest)?,
                Some(version.parse().map_err(|_| WebError::BadRequest)?),
            )),
            _ => Ok((state.new_id()?, None)),
        }
    }
    fn is_sure(&self) -> bool {
        self.sure.as_deref() == Some("1")
    }
}

#[derive(Deserialize)]
pub(crate) struct CardOf {
    #[serde(flatten)]
    which: Which,
    #[serde(flatten)]
    form: CardForm,
}

/// Adds or changes a card.
pub(crate) async fn card(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(CardOf { which, form }): Filled<CardOf>,
) -> Result<Response, WebError> {
    let access = state.access(&signed.caller);
    let today = state.today();
    let birth = registration::file(&access, &id).await?.person.birth;
    let problem = |faults, doubts, overtaken| Problem {
        card: Some((which.coverage.clone(), form.clone())),
        faults,
        doubts,
        overtaken,
        ..Problem::default()
    };
    let card = match form.read(birth, today) {
        Ok(card) => card,
        Err(faults) => return again(&state, &signed, &id, problem(faults, Vec::new(), false)).await,
    };
    let doubts = insurance::doubts(Some(&card), None);
    if !doubts.is_empty() && !which.is_sure() {
        return again(&state, &signed, &id, problem(Vec::new(), doubts, false)).await;
    }
    let (coverage, seen) = which.id(&state)?;
    match registration::put_card(&access, &id, &coverage, seen, &card).await {
        Err(ChartError::Conflict) => again(&state, &signed, &id, problem(Vec::new(), Vec::new(), true)).await,
        other => {
            other?;
            Ok(back_to(&id))
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct PublicOf {
    #[serde(flatten)]
    which: Which,
    #[serde(flatten)]
    form: PublicForm,
}

/// Adds or changes 公費.
pub(crate) async fn public(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(PublicOf { which, form }): Filled<PublicOf>,
) -> Result<Response, WebError> {
    let problem = |faults, doubts, overtaken| Problem {
        public: Some((which.coverage.clone(), form.clone())),
        faults,
        doubts,
        overtaken,
        ..Problem::default()
    };
    let public = match form.read() {
        Ok(public) => public,
        Err(faults) => return again(&state, &signed, &id, problem(faults, Vec::new(), false)).await,
    };
    let doubts = insurance::doubts(None, Some(&public));
    if !doubts.is_empty() && !which.is_sure() {
        return again(&state, &signed, &id, problem(Vec::new(), doubts, false)).await;
    }
    let (coverage, seen) = which.id(&state)?;
    match registration::put_public(&state.access(&signed.caller), &id, &coverage, seen, &public).await {
        Err(ChartError::Conflict) => again(&state, &signed, &id, problem(Vec::new(), Vec::new(), true)).await,
        other => {
            other?;
            Ok(back_to(&id))
        }
    }
}
