//! One disease name: start, 疑い, other words, 転帰, deletion with its reason.
use super::block::Told;
use super::{Typed, codes};
use crate::components::{
    field::{hidden, line, radios},
    icon::{Icon, small},
    notice::alert,
    patient::{Part, screen},
    tag::{Tone, tag},
};
use crate::{
    WebState,
    error::WebError,
    format,
    guard::{Fragment, Signed},
    input::{Filled, NamedTwo},
    links,
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use karute_chart::ChartError;
use karute_chart::problem::{self, Entry, Named, New, Outcome};
use karute_chart::summary::{Face, face};
use karute_fhir::Id;
use karute_japan::{Date, era};
use karute_ledger::Action;
use maud::{Markup, html};
use serde::Deserialize;

/// What is done with it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Step {
    act: String,
    /// Version the person saw.
    seen: u32,
    start: String,
    suspected: String,
    outcome: String,
    end: String,
    reason: String,
    system: String,
    code: String,
    modifiers: String,
    /// Id of a name that follows an ended one.
    new: String,
}

/// A message under a field.
type Wrong = Option<(&'static str, &'static str)>;

/// The page.
pub(crate) async fn show(
    State(state): State<WebState>,
    signed: Signed,
    NamedTwo(patient, id): NamedTwo,
) -> Result<Markup, WebError> {
    drawn(&state, &signed, (&patient, &id), &Step::default(), None, html! {}).await
}

/// Does it.
pub(crate) async fn act_on(
    State(state): State<WebState>,
    signed: Signed,
    Fragment(fragment): Fragment,
    NamedTwo(patient, id): NamedTwo,
    Filled(form): Filled<Step>,
) -> Result<Response, WebError> {
    let (access, author, now) = (state.access(&signed.caller), signed.author()?, state.now());
    let target = (&patient, &id, form.seen);
    let done = match form.act.as_str() {
        "change" => change(&state, &signed, target, &form).await,
        "rename" => rename(&state, &signed, target, &form).await,
        "end" => end(&state, &signed, target, &form).await,
        "reopen" => problem::reopen(&access, &author, target, now)
            .await
            .map(|e| Told::Done(format!("{} を有効に戻しました", e.problem.label()), None))
            .map_err(Failed::from),
        "delete" => match problem::delete(&access, &author, target, &form.reason, now).await {
            Ok(version) => {
                let undo = act(&patient, &id, version, "restore", "元に戻す", "");
                Ok(Told::Done("病名を削除しました。記録には理由とともに残ります".to_owned(), Some(undo)))
            }
            Err(ChartError::Invalid) => Err(Failed::Field("reason", "削除の理由を入れてください。記録に残ります。")),
            Err(other) => Err(other.into()),
        },
        "restore" => problem::restore(&access, &author, target, now)
            .await
            .map(|e| Told::Done(format!("{} を元に戻しました", e.problem.label()), None))
            .map_err(Failed::from),
        _ => return Err(WebError::BadRequest),
    };
    match done {
        Ok(told) => super::answered(&state, &signed, &patient, fragment, told, StatusCode::OK).await,
        Err(Failed::Field(name, words)) => {
            let page = drawn(&state, &signed, (&patient, &id), &form, Some((name, words)), html! {}).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(Failed::Other(error)) => Err(error),
    }
}

enum Failed {
    /// A field and what is wrong with it.
    Field(&'static str, &'static str),
    Other(WebError),
}

impl From<ChartError> for Failed {
    fn from(error: ChartError) -> Failed {
        Failed::Other(error.into())
    }
}

impl From<WebError> for Failed {
    fn from(error: WebError) -> Failed {
        Failed::Other(error)
    }
}

const START: Failed = Failed::Field("start", "開始日を今日までの日付で入れてください（例 2026/4/1、R8.4.1）。");

async fn change(state: &WebState, signed: &Signed, target: (&Id, &Id, u32), form: &Step) -> Result<Told, Failed> {
    let today = state.today();
    let start = era::parse(form.start.trim()).ok().filter(|day| *day <= today).ok_or(START)?;
    let before = one(state, signed, target.0, target.1).await?;
    let named = before.named.clone().suspected(&state.masters(), !form.suspected.is_empty(), today);
    let access = state.access(&signed.caller);
    let entry = problem::edit(&access, &signed.author()?, target, (&named, start), state.now()).await?;
    let undo = before.problem.start.map(|start| {
        let suspected = if before.named.is_suspected() { "1" } else { "" };
        let as_before = html! { (hidden("start", &start.to_string())) (hidden("suspected", suspected)) };
        act_with(target.0, target.1, entry.version, "change", &as_before)
    });
    Ok(Told::Done(format!("{} を変更しました", entry.problem.label()), undo))
}

async fn rename(state: &WebState, signed: &Signed, target: (&Id, &Id, u32), form: &Step) -> Result<Told, Failed> {
    let named = chosen(state, form).ok_or(Failed::Field("code", "病名を選び直してください。"))?;
    let before = one(state, signed, target.0, target.1).await?;
    let start = before.problem.start.unwrap_or_else(|| state.today());
    let access = state.access(&signed.caller);
    let entry = problem::edit(&access, &signed.author()?, target, (&named, start), state.now()).await?;
    // A name without code cannot be chosen again.
    let undo = (!before.named.is_uncoded())
        .then(|| act_with(target.0, target.1, entry.version, "rename", &super::codes(&before.named)));
    Ok(Told::Done(format!("{} に変更しました", entry.problem.label()), undo))
}

async fn end(state: &WebState, signed: &Signed, target: (&Id, &Id, u32), form: &Step) -> Result<Told, Failed> {
    let outcome = Outcome::parse(&form.outcome).ok_or(Failed::Field("outcome", "転帰を選んでください。"))?;
    let on = match form.end.trim() {
        "" => Some(state.today()),
        typed => era::parse(typed).ok(),
    };
    let wrong = Failed::Field("end", "転帰日は、開始日から今日までの日付で入れてください。");
    let Some(on) = on else { return Err(wrong) };
    let (access, author) = (state.access(&signed.caller), signed.author()?);
    let entry = match problem::end(&access, &author, target, (outcome, on), state.now()).await {
        Ok(entry) => entry,
        Err(ChartError::Invalid) => return Err(wrong),
        Err(other) => return Err(other.into()),
    };
    // 終えて新しく: the name that was to be added follows.
    if let (Ok(id), Some(named)) = (Id::new(&form.new), chosen(state, form)) {
        let new = New { id, patient: target.0.clone(), visit: None, named, start: state.today(), main: false };
        problem::add(&access, &author, new, state.now()).await?;
    }
    let undo = act(target.0, target.1, entry.version, "reopen", "元に戻す", "");
    Ok(Told::Done(format!("{} を{}にしました", entry.problem.label(), outcome.word()), Some(undo)))
}

fn chosen(state: &WebState, form: &Step) -> Option<Named> {
    let modifiers: Vec<&str> = form.modifiers.split(',').filter(|code| !code.is_empty()).collect();
    Named::of(&state.masters(), &form.system, &form.code, &modifiers, state.today())
}

/// The entry as it is now.
async fn one(state: &WebState, signed: &Signed, patient: &Id, id: &Id) -> Result<Entry, WebError> {
    let reader = state.access(&signed.caller).reader(Action::Read);
    reader.describe("病名");
    let list = problem::list(&reader, patient).await?;
    let list = reader.release(list).await?;
    list.active.into_iter().chain(list.past).find(|entry| entry.id == *id).ok_or(WebError::NotFound)
}

/// Searches other words without script.
pub(crate) async fn search(
    State(state): State<WebState>,
    signed: Signed,
    NamedTwo(patient, id): NamedTwo,
    Filled(typed): Filled<Typed>,
) -> Result<Markup, WebError> {
    let entry = one(&state, &signed, &patient, &id).await?;
    let answer =
        crate::habits::find(&state, &signed, karute_terminology::Domain::Disease, &typed.q, Some(&patient), 30).await?;
    let more = html! { (hidden("act", "rename")) (hidden("seen", &entry.version.to_string())) };
    let found = html! {
        section class="panel" aria-label="候補" {
            (crate::components::terms::choices(karute_terminology::Domain::Disease, answer.as_ref(), &links::problem(&patient, &id), "この病名にする", &more))
        }
    };
    drawn(&state, &signed, (&patient, &id), &Step::default(), None, found).await
}

async fn drawn(
    state: &WebState,
    signed: &Signed,
    (patient, id): (&Id, &Id),
    form: &Step,
    wrong: Wrong,
    found: Markup,
) -> Result<Markup, WebError> {
    let reader = state.access(&signed.caller).reader(Action::View);
    reader.describe("病名");
    let read = (face(&reader, patient, state.today()).await?, problem::list(&reader, patient).await?);
    let (face, list) = reader.release(read).await?;
    let entry = list.active.into_iter().chain(list.past).find(|entry| entry.id == *id).ok_or(WebError::NotFound)?;
    let body = html! {
        @if let Some((_, words)) = wrong { (alert("変更していません", &[words])) }
        (facts(&entry, &face))
        @if signed.rights.problems { (found) (forms(&entry, &face, form, wrong)) }
    };
    Ok(screen(signed, &face, Part::Problems, "", &body))
}

fn facts(entry: &Entry, face: &Face) -> Markup {
    html! {
        section class="panel pn-card" aria-labelledby="name-h" {
            h2 id="name-h" { (entry.problem.label())
                @if entry.problem.main { " " (tag(Tone::Ai, None, "主病名")) }
                @if entry.awaiting { " " (tag(Tone::Line, None, "承認待ち")) }
            }
            dl class="dl" {
                dt { "開始" } dd { (entry.problem.start.map(both).unwrap_or_default()) }
                @if let Some(outcome) = entry.outcome { dt { "転帰" } dd { (outcome.word()) "　" (entry.problem.end.map(both).unwrap_or_default()) } }
                dt { "コード" } dd {
                    @if entry.named.is_uncoded() { "未コード化（自動チェック・情報共有の対象外）" }
                    @else { (entry.named.receipt_code) "　ICD-10 " (entry.named.icd10) }
                }
                @if !entry.named.modifiers.is_empty() {
                    dt { "修飾語" } dd { @for m in &entry.named.modifiers { (tag(Tone::Line, None, &format!("{} {}", m.name, m.code))) " " } }
                }
                dt { "記載" } dd { (entry.recorder.as_deref().unwrap_or("記録なし")) @if let Some(doctor) = &entry.principal { "　依頼医 " (doctor) } }
            }
            a href=(links::problems(&face.person.id)) { "病名の一覧へ" }
        }
    }
}

fn both(day: Date) -> String {
    format!("{}（{}）", format::full(day), format::era_short(day))
}

fn forms(entry: &Entry, face: &Face, form: &Step, wrong: Wrong) -> Markup {
    let action = links::problem(&face.person.id, &entry.id);
    let seen = entry.version.to_string();
    let error = |name: &str| wrong.filter(|(field, _)| *field == name).map(|(_, words)| words);
    let typed =
        |value: &str, default: String| if form.act.is_empty() || value.is_empty() { default } else { value.to_owned() };
    let start = typed(&form.start, entry.problem.start.map(format::full).unwrap_or_default());
    let end = typed(&form.end, format::full(face.date));
    html! {
        div class="cards" {
            form method="post" action=(action) class="panel pn-card" {
                h2 { "開始日・疑い" }
                (hidden("act", "change")) (hidden("seen", &seen))
                (line("start", "開始日", &start, "2026/4/1、R8.4.1", error("start")))
                label class="check" { input type="checkbox" name="suspected" value="1" checked[entry.problem.suspected]; "疑い" }
                button type="submit" class="btn" { "変更する" }
            }
            @if entry.problem.active {
                form method="post" action=(action) class="panel pn-card" id="end" {
                    h2 { "転帰" }
                    (hidden("act", "end")) (hidden("seen", &seen))
                    (radios("outcome", "どうなりましたか", Outcome::ALL.iter().map(|o| (o.code(), o.word(), o.code() == form.outcome))))
                    @if let Some(words) = error("outcome") { p class="t-13 t-danger" { (words) } }
                    (line("end", "転帰日", &end, "", error("end")))
                    button type="submit" class="btn btn-p" { "転帰をつける" }
                }
            } @else {
                div class="panel pn-card" { h2 { "もう一度" } (act(&face.person.id, &entry.id, entry.version, "reopen", "有効に戻す", "")) }
            }
            div class="panel pn-card" {
                h2 { "別の病名にする" }
                (rename_field(&face.person.id, entry))
            }
            form method="post" action=(action) class="panel pn-card" {
                h2 { "削除" }
                (hidden("act", "delete")) (hidden("seen", &seen))
                p class="t-13 t-mute" { "誤って登録したときだけ使います。記録には理由とともに残ります。" }
                (line("reason", "理由", &form.reason, "例 別の患者の病名を入れた", error("reason")))
                button type="submit" class="btn" { "削除する" }
            }
        }
    }
}

/// Chooses other words for the same entry.
fn rename_field(patient: &Id, entry: &Entry) -> Markup {
    let action = format!("{}/search", links::problem(patient, &entry.id));
    let field = crate::components::terms::TermField {
        action: &action,
        kinds: &[karute_terminology::Domain::Disease],
        kind: karute_terminology::Domain::Disease,
        typed: "",
        example: "病名を探す（例 ひだり ひざ へんけい）",
        take: "rename-take",
        patient: Some(patient),
    };
    html! {
        (field.draw())
        form id="rename-take" method="post" action=(links::problem(patient, &entry.id)) hidden {
            (hidden("act", "rename")) (hidden("seen", &entry.version.to_string()))
            (hidden("system", "")) (hidden("code", "")) (hidden("modifiers", ""))
        }
    }
}

/// A form of one button.
pub(super) fn act(patient: &Id, id: &Id, seen: u32, act: &str, word: &str, of: &str) -> Markup {
    html! {
        form method="post" action=(links::problem(patient, id)) data-part {
            (hidden("act", act)) (hidden("seen", &seen.to_string()))
            button type="submit" class="btn btn-sm" {
                @if word == "元に戻す" { (small(Icon::Undo)) }
                (word) @if !of.is_empty() { span class="vh" { "：" (of) } }
            }
        }
    }
}

/// A form that takes a change back: the same act with what was there before.
fn act_with(patient: &Id, id: &Id, seen: u32, act: &str, as_before: &Markup) -> Markup {
    html! {
        form method="post" action=(links::problem(patient, id)) data-part {
            (hidden("act", act)) (hidden("seen", &seen.to_string())) (as_before)
            button type="submit" class="btn btn-sm" { (small(Icon::Undo)) "元に戻す" }
        }
    }
}

/// Ends the active entry as cured today and begins the wanted one.
pub(super) fn end_and_add(patient: &Id, entry: &Entry, wanted: &Named, new: &Id) -> Markup {
    html! {
        form method="post" action=(links::problem(patient, &entry.id)) data-part {
            (hidden("act", "end")) (hidden("seen", &entry.version.to_string())) (hidden("outcome", Outcome::Cured.code()))
            (hidden("new", new.as_str())) (codes(wanted))
            button type="submit" class="btn btn-sm" { "前回を治癒にして今日から始める" }
        }
    }
}
