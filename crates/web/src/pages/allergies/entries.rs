//! The lists: allergies and contraindications, infections to mind; ending, deleting, taking back.
use super::{Told, answered, drawn};
use crate::components::{
    banner,
    field::{hidden, radios},
    icon::{Icon, small},
    tag::{Tone, tag},
};
use crate::{
    WebState,
    error::WebError,
    format,
    guard::Signed,
    input::{Filled, Named, NamedTwo},
    links,
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use karute_chart::ChartError;
use karute_chart::allergy::{self, Entry, Kind, Record, Severity};
use karute_chart::summary::Face;
use karute_fhir::Id;
use karute_japan::era_partial;
use maud::{Markup, html};
use serde::Deserialize;

/// What is done with an entry.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Step {
    act: String,
    seen: u32,
    reason: String,
    kind: String,
    words: String,
    reaction: String,
    severity: String,
    when: String,
}

/// What is wrong with an entry that was changed: of which, as it was filled in, and the words.
pub(super) struct Wrong {
    entry: Id,
    typed: Step,
    words: &'static str,
}

/// Does it.
pub(crate) async fn act_on(
    State(state): State<WebState>,
    signed: Signed,
    NamedTwo(patient, id): NamedTwo,
    Filled(form): Filled<Step>,
) -> Result<Response, WebError> {
    let (access, author, now) = (state.access(&signed.caller), signed.author()?, state.now());
    if form.act == "edit" {
        return edit(&state, &signed, (&patient, id), form).await;
    }
    let target = (&patient, &id, form.seen);
    let (done, words) = match form.act.as_str() {
        "end" => (allergy::end(&access, &author, target, &form.reason, now).await, "終了にしました。記録には残ります"),
        "delete" => (
            allergy::delete(&access, &author, target, &form.reason, now).await,
            "削除しました。記録には理由とともに残ります",
        ),
        "restore" => (allergy::restore(&access, &author, target, now).await, "有効に戻しました"),
        "withdraw" => (allergy::withdraw_infection(&access, &author, target, now).await, "感染症の注意を外しました"),
        "mind" => (allergy::mind_again(&access, &author, target, now).await, "感染症の注意を戻しました"),
        _ => return Err(WebError::BadRequest),
    };
    match done {
        Ok(version) => {
            let back = match form.act.as_str() {
                "end" | "delete" => Some("restore"),
                "withdraw" => Some("mind"),
                _ => None,
            };
            let undo = back.map(|act| button(&patient, &id, version, act, "元に戻す", ""));
            answered(&state, &signed, &patient, Told::Done(words.to_owned(), undo), None).await
        }
        Err(ChartError::Invalid) => {
            answered(&state, &signed, &patient, Told::Refused("理由を入れてください。記録に残ります。"), None).await
        }
        Err(other) => Err(other.into()),
    }
}

/// Says something else of an entry, in its row.
async fn edit(state: &WebState, signed: &Signed, (patient, id): (&Id, Id), form: Step) -> Result<Response, WebError> {
    const WHEN: &str = "今日までの年月日を、分かる範囲で入れてください（例 2019、H31.4、2019/4/1）。";
    let when = match form.when.trim() {
        "" => Ok(None),
        typed => era_partial::parse_partial(typed).map(Some),
    };
    let Ok(when) = when else {
        return wrong(state, signed, patient, Wrong { entry: id, typed: form, words: WHEN }).await;
    };
    let said = allergy::Edit {
        kind: Kind::parse(&form.kind),
        words: Some(form.words.clone()).filter(|words| !words.trim().is_empty()),
        reaction: Some(form.reaction.clone()),
        severity: Severity::parse(&form.severity),
        when,
    };
    let target = (patient, &id, form.seen);
    match allergy::edit(&state.access(&signed.caller), &signed.author()?, target, &said, state.now()).await {
        Ok(_) => {
            answered(state, signed, patient, Told::Done("変えました。前の内容は記録に残ります".to_owned(), None), None)
                .await
        }
        Err(ChartError::Invalid) => wrong(state, signed, patient, Wrong { entry: id, typed: form, words: WHEN }).await,
        Err(other) => Err(other.into()),
    }
}

async fn wrong(state: &WebState, signed: &Signed, patient: &Id, wrong: Wrong) -> Result<Response, WebError> {
    let told = Told::Refused("変えていません。下の欄を直してください。");
    let page = drawn(state, signed, patient, &told, None, Some(&wrong)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// An infection to mind.
#[derive(Deserialize)]
pub(crate) struct Noted {
    new: String,
    words: String,
}

/// Notes it.
pub(crate) async fn infection(
    State(state): State<WebState>,
    signed: Signed,
    Named(patient): Named,
    Filled(noted): Filled<Noted>,
) -> Result<Response, WebError> {
    let id = Id::new(&noted.new).map_err(|_| WebError::BadRequest)?;
    let access = state.access(&signed.caller);
    let told =
        match allergy::note_infection(&access, &signed.author()?, (&patient, &id), &noted.words, state.now()).await {
            Ok(()) => Told::Done("感染症の注意を登録しました".to_owned(), None),
            Err(ChartError::Invalid) => Told::Refused("感染症の名前を入れてください（例 HBs抗原 陽性）。"),
            Err(other) => return Err(other.into()),
        };
    answered(&state, &signed, &patient, told, None).await
}

/// What stands and what ended.
pub(super) fn lists(record: &Record, face: &Face, may: bool, wrong: Option<&Wrong>) -> Markup {
    html! {
        @if !record.entries.is_empty() {
            section class="panel" aria-labelledby="allergies-h" {
                div class="panel-h" { h2 id="allergies-h" { "アレルギー・禁忌" } span class="t-13 t-mute" { (record.entries.len()) "件" } }
                ul class="al" { @for entry in &record.entries { (row(entry, face, may, wrong.filter(|w| w.entry == entry.id))) } }
            }
        }
        @if !record.ended.is_empty() {
            section class="panel" aria-labelledby="ended-h" {
                div class="panel-h" { h2 id="ended-h" { "終了したもの" } span class="t-13 t-mute" { "警告には使いません" } }
                ul class="al" {
                    @for entry in &record.ended {
                        li { div { b { (entry.shown.substance) } p class="t-13 t-mute" { (banner::detail(&entry.shown)) } }
                            @if may { (button(&face.person.id, &entry.id, entry.version, "restore", "有効に戻す", &entry.shown.substance)) } }
                    }
                }
            }
        }
    }
}

fn row(entry: &Entry, face: &Face, may: bool, wrong: Option<&Wrong>) -> Markup {
    let patient = &face.person.id;
    html! {
        li class=[entry.awaiting.then_some("is-wait")] {
            div {
                b class="t-danger" { (entry.shown.substance) } " "
                (tag(if entry.kind == Kind::Contraindication { Tone::Danger } else { Tone::Line }, None, entry.kind.word()))
                @if let Some(severity) = entry.severity { " " (tag(Tone::Line, None, severity.word())) }
                @if !entry.shown.coded { " " (tag(Tone::Warn, Some(Icon::Triangle), "自動チェック対象外")) }
                @if entry.awaiting { " " (tag(Tone::Line, None, "承認待ち")) }
                p class="t-13" { (entry.shown.reaction.as_deref().unwrap_or("症状の記録なし")) @if let Some(year) = &entry.shown.year { "（" (year) "年）" } }
                p class="t-12 t-mute" { "記載 " (entry.recorder.as_deref().unwrap_or("記録なし")) @if let Some(day) = entry.recorded { " " (format::near(day, face.date)) } @if let Some(doctor) = &entry.principal { "　依頼医 " (doctor) } }
            }
            @if may {
                (edit_form(entry, patient, wrong))
                details class="al-act" {
                    summary { "終了・削除" span class="vh" { "：" (entry.shown.substance) } }
                    form method="post" action=(links::allergy(patient, &entry.id)) class="stack" {
                        (hidden("seen", &entry.version.to_string()))
                        div class="field" { input type="text" name="reason" maxlength="120" required aria-label=(format!("理由：{}", entry.shown.substance)) placeholder="理由（例 再投与で問題なし）"; }
                        div class="row" {
                            button type="submit" class="btn btn-sm" name="act" value="end" { "終了にする" }
                            button type="submit" class="btn btn-sm" name="act" value="delete" { "誤りとして削除" }
                        }
                    }
                }
            }
        }
    }
}

/// 変える: the same fields as when it was recorded, filled with what stands.
fn edit_form(entry: &Entry, patient: &Id, wrong: Option<&Wrong>) -> Markup {
    let now = Step {
        seen: entry.version,
        kind: entry.kind.code().to_owned(),
        words: entry.shown.substance.clone(),
        reaction: entry.shown.reaction.clone().unwrap_or_default(),
        severity: entry.severity.map_or("", Severity::code).to_owned(),
        when: entry.when.as_deref().unwrap_or_default().replace('-', "/"),
        ..Step::default()
    };
    let typed = wrong.map_or(&now, |w| &w.typed);
    let field = |name: &str| format!("{name}-{}", entry.id);
    html! {
        details class="al-act" open[wrong.is_some()] {
            summary { "変える" span class="vh" { "：" (entry.shown.substance) } }
            form method="post" action=(links::allergy(patient, &entry.id)) class="stack-3" {
                (hidden("act", "edit")) (hidden("seen", &typed.seen.to_string()))
                @if !entry.shown.coded {
                    div class="fld" { label for=(field("words")) { "何に" } input id=(field("words")) name="words" type="text" maxlength="120" required autocomplete="off" value=(typed.words); }
                }
                (radios("kind", "種類", Kind::ALL.iter().map(|k| (k.code(), k.word(), k.code() == typed.kind))))
                div class="fld" { label for=(field("reaction")) { "症状" } input id=(field("reaction")) name="reaction" type="text" maxlength="120" autocomplete="off" placeholder="例 皮疹、呼吸困難" value=(typed.reaction); }
                (radios("severity", "重さ", Severity::ALL.iter().map(|s| (s.code(), s.word(), s.code() == typed.severity))))
                div class="fld" {
                    label for=(field("when")) { "いつ（分かる範囲）" }
                    input id=(field("when")) name="when" type="text" maxlength="40" autocomplete="off" placeholder="例 2019、H31.4、2019/4/1" value=(typed.when)
                        aria-invalid=[wrong.map(|_| "true")] aria-describedby=[wrong.map(|_| field("when-told"))] autofocus[wrong.is_some()];
                    @if let Some(wrong) = wrong { p class="t-13 t-danger" id=(field("when-told")) { (wrong.words) } }
                }
                div { button type="submit" class="btn btn-sm" { "この内容に変える" } }
            }
        }
    }
}

fn button(patient: &Id, id: &Id, seen: u32, act: &str, word: &str, of: &str) -> Markup {
    html! {
        form method="post" action=(links::allergy(patient, id)) {
            (hidden("act", act)) (hidden("seen", &seen.to_string()))
            button type="submit" class="btn btn-sm" {
                @if word == "元に戻す" { (small(Icon::Undo)) }
                (word) @if !of.is_empty() { span class="vh" { "：" (of) } }
            }
        }
    }
}

/// Infections to mind, and the form that adds one.
pub(super) fn infections(record: &Record, face: &Face, may: bool, new: &Id) -> Markup {
    let patient = &face.person.id;
    html! {
        section class="panel" aria-labelledby="infections-h" {
            div class="panel-h" { h2 id="infections-h" { "感染症" } span class="t-13 t-mute" { "採血・処置の前に見るもの" } }
            @if record.alerts.infections.is_empty() { p class="pn-p t-13 t-mute" { "登録はありません。検査をしていないことと陰性は同じではありません。" } }
            ul class="al" {
                @for infection in &record.alerts.infections {
                    li {
                        div { b { (infection.words) } @if let Some(since) = infection.since { p class="t-12 t-mute" { (format::near(since, face.date)) " 登録" } } }
                        @if may { (button(patient, &infection.id, infection.version, "withdraw", "外す", &infection.words)) }
                    }
                }
            }
            @if may {
                form method="post" action=(format!("{}/infections", links::allergies(patient))) class="row pn-p" {
                    (hidden("new", new.as_str()))
                    div class="field grow" { input type="text" name="words" maxlength="120" required autocomplete="off" aria-label="感染症の名前" placeholder="例 HBs抗原 陽性"; }
                    button type="submit" class="btn" { "登録" }
                }
            }
        }
    }
}
