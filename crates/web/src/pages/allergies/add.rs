//! Adding one: first the substance, then what happened.
use super::{Told, answered};
use crate::components::{
    field::{hidden, line, radios},
    icon::Icon,
    tag::{Tone, tag},
    terms::{TermField, choices},
};
use crate::{
    WebState,
    error::WebError,
    guard::Signed,
    habits,
    input::{Filled, Named},
    links,
};
use axum::{extract::State, response::Response};
use karute_chart::ChartError;
use karute_chart::allergy::{self, Kind, New, Severity, Substance};
use karute_fhir::Id;
use karute_japan::era_partial;
use karute_terminology::Domain;
use maud::{Markup, html};
use serde::Deserialize;

const KINDS: [Domain; 2] = [Domain::Allergen, Domain::Drug];

/// What was typed, or the row that was chosen.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Chosen {
    kind: String,
    q: String,
    system: String,
    code: String,
    display: String,
    nhi: String,
}

/// The second step of a chosen row; the list of rows for what was typed without script.
pub(crate) async fn choose(
    State(state): State<WebState>,
    signed: Signed,
    Named(patient): Named,
    Filled(chosen): Filled<Chosen>,
) -> Result<Response, WebError> {
    let form = if chosen.code.is_empty() {
        let kind = Domain::parse(&chosen.kind).filter(|kind| KINDS.contains(kind)).unwrap_or(Domain::Allergen);
        let answer = habits::find(&state, &signed, kind, &chosen.q, Some(&patient), 30).await?;
        html! {
            (empty(&patient))
            section class="panel" aria-label="候補" {
                (choices(kind, answer.as_ref(), &format!("{}/choose", links::allergies(&patient)), "選ぶ", &html! {}))
            }
        }
    } else {
        let form = Form {
            system: chosen.system,
            code: chosen.code,
            display: chosen.display,
            nhi: chosen.nhi,
            ..Form::default()
        };
        details(&patient, &state.new_id()?, &form, None)
    };
    answered(&state, &signed, &patient, Told::Nothing, Some(form)).await
}

/// What is recorded.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    new: String,
    kind: String,
    system: String,
    code: String,
    display: String,
    nhi: String,
    words: String,
    reaction: String,
    severity: String,
    when: String,
}

/// Records it.
pub(crate) async fn add(
    State(state): State<WebState>,
    signed: Signed,
    Named(patient): Named,
    Filled(form): Filled<Form>,
) -> Result<Response, WebError> {
    let id = Id::new(&form.new).map_err(|_| WebError::BadRequest)?;
    let wrong = |name: &'static str, words: &'static str| Some((name, words));
    let when = match form.when.trim() {
        "" => Ok(None),
        typed => era_partial::parse_partial(typed).map(Some),
    };
    let substance = substance(&form);
    let mut error = None;
    if when.is_err() {
        error = wrong("when", "分かる範囲の年月日で入れてください（例 2019、H31.4、2019/4/1）。");
    }
    if substance.is_none() {
        error = wrong("words", "何に対するアレルギーかを入れてください。");
    }
    if let (None, Ok(when), Some(substance)) = (error, when, substance) {
        let new = New {
            id: id.clone(),
            patient: patient.clone(),
            kind: kind(&form),
            substance,
            reaction: Some(form.reaction.clone()),
            severity: Severity::parse(&form.severity),
            when,
        };
        match allergy::add(&state.access(&signed.caller), &signed.author()?, new, state.now()).await {
            Ok(()) => {
                let told = Told::Done(format!("{} を登録しました", shown(&form)), None);
                return answered(&state, &signed, &patient, told, None).await;
            }
            Err(ChartError::Invalid) => {
                error = wrong("when", "今日までの年月日で入れてください。長すぎる言葉は短くしてください。");
            }
            Err(other) => return Err(other.into()),
        }
    }
    let again = details(&patient, &id, &form, error);
    let told = Told::Refused(error.map_or("内容を確かめてください。", |(_, words)| words));
    answered(&state, &signed, &patient, told, Some(again)).await
}

fn shown(form: &Form) -> &str {
    if form.display.is_empty() { form.words.trim() } else { &form.display }
}

fn kind(form: &Form) -> Kind {
    Kind::parse(&form.kind).unwrap_or_else(|| default_kind(form))
}

/// The kind that a code belongs to.
fn default_kind(form: &Form) -> Kind {
    if !form.nhi.is_empty() || form.system.contains("Medication") && !form.system.contains("NonMedication") {
        Kind::Drug
    } else if form.system.contains("FoodAllergen") && !form.system.contains("NonFood") {
        Kind::Food
    } else if form.code.is_empty() {
        Kind::Drug
    } else {
        Kind::Other
    }
}

fn substance(form: &Form) -> Option<Substance> {
    if let Some(drug) = Substance::of_drug(&form.nhi, &form.display) {
        return Some(drug);
    }
    if form.code.is_empty() {
        let words = form.words.trim();
        return (!words.is_empty()).then(|| Substance::Words(words.to_owned()));
    }
    Some(Substance::Coded { system: form.system.clone(), code: form.code.clone(), display: form.display.clone() })
}

/// The field that begins.
pub(super) fn empty(patient: &Id) -> Markup {
    let action = format!("{}/choose", links::allergies(patient));
    let field = TermField {
        action: &action,
        kinds: &KINDS,
        kind: Domain::Allergen,
        typed: "",
        example: "アレルゲン・薬を探す（例 そば、ぺにしりん、すぎ）",
        take: "allergy-take",
        patient: Some(patient),
    };
    html! {
        section class="panel pn-card" aria-labelledby="add-h" {
            h2 id="add-h" { "アレルギー・禁忌を登録" }
            (field.draw())
            form id="allergy-take" method="post" action=(action) hidden {
                (hidden("system", "")) (hidden("code", "")) (hidden("display", "")) (hidden("nhi", ""))
            }
            form method="post" action=(format!("{}/words", links::allergies(patient))) class="stack" {
                p class="t-13 t-mute" { "一覧に無いときは、言葉で登録できます（自動チェックの対象外になります）。" }
                div class="row" {
                    div class="field grow" { input type="text" name="words" maxlength="120" aria-label="一覧に無い物質" placeholder="例 湿布のかぶれ（品名不明）"; }
                    button type="submit" class="btn" { "言葉で登録へ" }
                }
            }
        }
    }
}

/// Words only: the same second step.
pub(crate) async fn words(
    State(state): State<WebState>,
    signed: Signed,
    Named(patient): Named,
    Filled(form): Filled<Form>,
) -> Result<Response, WebError> {
    let form = details(&patient, &state.new_id()?, &form, None);
    answered(&state, &signed, &patient, Told::Nothing, Some(form)).await
}

/// The second step: what happened, how bad, when.
fn details(patient: &Id, new: &Id, form: &Form, wrong: Option<(&'static str, &'static str)>) -> Markup {
    let error = |name: &str| wrong.filter(|(field, _)| *field == name).map(|(_, words)| words);
    let chosen = kind(form);
    html! {
        form method="post" action=(links::allergies(patient)) class="panel pn-card" {
            h2 { @if shown(form).is_empty() { "アレルギーを登録" } @else { "「" (shown(form)) "」を登録" } }
            (hidden("new", new.as_str())) (hidden("system", &form.system)) (hidden("code", &form.code)) (hidden("display", &form.display)) (hidden("nhi", &form.nhi))
            @if form.code.is_empty() {
                p { (tag(Tone::Warn, Some(Icon::Triangle), "自動チェック対象外")) }
                (line("words", "何に", &form.words, "", error("words")))
            }
            (radios("kind", "種類", Kind::ALL.iter().map(|k| (k.code(), k.word(), *k == chosen))))
            (line("reaction", "症状", &form.reaction, "例 皮疹、呼吸困難", error("reaction")))
            (radios("severity", "重さ", Severity::ALL.iter().map(|s| (s.code(), s.word(), s.code() == form.severity))))
            (line("when", "いつ（分かる範囲）", &form.when, "例 2019、H31.4、2019/4/1", error("when")))
            div class="row" {
                button type="submit" class="btn btn-p" { "登録する" }
                a class="btn btn-g" href=(links::allergies(patient)) { "やめる" }
            }
        }
    }
}
