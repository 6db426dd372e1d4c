//! 院内検査の結果入力
use crate::components::{
    field::hidden,
    frame::{Page, Place, head},
    notice::alert,
};
use crate::{
    WebState,
    error::WebError,
    format::{self, half_width},
    guard::Signed,
    input::{Filled, Named},
    links,
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use karute_chart::ChartError;
use karute_chart::request::{self, InHouseTest, NewResult, ResultForm};
use karute_fhir::Id;
use maud::{Markup, html};
use serde::Deserialize;

/// What was typed, kept when it is refused.
#[derive(Clone, Default, Deserialize)]
pub(crate) struct Typed {
    seen: u32,
    #[serde(default)]
    value: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    low: String,
    #[serde(default)]
    high: String,
}

/// The form.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed, Named(id): Named) -> Result<Markup, WebError> {
    let found = request::form(&state.access(&signed.caller), &id).await?;
    let shown = |bound: Option<_>| bound.map_or_else(String::new, |b: karute_chart::request::Bound| b.to_string());
    let typed = Typed {
        seen: found.request.version,
        value: String::new(),
        unit: found.test.unit.clone(),
        low: shown(found.test.low),
        high: shown(found.test.high),
    };
    Ok(page(&state, &signed, &found, &typed, None))
}

/// Which field is wrong, and how to mend it.
type Fault = (&'static str, &'static str);

fn read(typed: &Typed) -> Result<NewResult, Fault> {
    let value = half_width(typed.value.trim());
    if value.is_empty() {
        return Err(("value", "結果を入れてください。例 7.4、陰性、1+"));
    }
    let bound = |text: &str, name: &'static str| {
        let text = half_width(text.trim());
        if text.is_empty() {
            Ok(None)
        } else {
            text.parse().map(Some).map_err(|_| (name, "数字で入れてください。例 4.9"))
        }
    };
    let (low, high) = (bound(&typed.low, "low")?, bound(&typed.high, "high")?);
    if low.zip(high).is_some_and(|(low, high)| low > high) {
        return Err(("high", "上限は下限より大きくしてください。"));
    }
    Ok(NewResult { value, test: InHouseTest { unit: typed.unit.trim().to_owned(), low, high } })
}

/// Records it.
pub(crate) async fn enter(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(typed): Filled<Typed>,
) -> Result<Response, WebError> {
    let access = state.access(&signed.caller);
    let result = match read(&typed) {
        Ok(result) => result,
        Err(fault) => return again(&state, &signed, &id, &typed, fault).await,
    };
    let new = state.new_id()?;
    match request::enter(&access, &id, typed.seen, &result, &signed.author()?, &new, state.now()).await {
        Ok(_) => {
            state.tell(signed.caller.tenant);
            Ok(Redirect::to("/worklist").into_response())
        }
        Err(ChartError::Invalid) => again(&state, &signed, &id, &typed, ("value", "読み取れない結果です。")).await,
        Err(other) => Err(other.into()),
    }
}

async fn again(state: &WebState, signed: &Signed, id: &Id, typed: &Typed, fault: Fault) -> Result<Response, WebError> {
    let found = request::form(&state.access(&signed.caller), id).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(state, signed, &found, typed, Some(fault))).into_response())
}

fn page(state: &WebState, signed: &Signed, found: &ResultForm, typed: &Typed, fault: Option<Fault>) -> Markup {
    let person = &found.person;
    let field = |name: &'static str, label: &str, value: &str, numeric: bool| {
        let wrong = fault.filter(|(at, _)| *at == name).map(|(_, words)| words);
        let focus = wrong.is_some() || (fault.is_none() && name == "value");
        let error = format!("{name}-error");
        html! {
            div class="fld" {
                label for=(name) { (label) }
                input id=(name) name=(name) value=(value) maxlength="40" autocomplete="off" inputmode=[numeric.then_some("decimal")]
                    aria-invalid=[wrong.map(|_| "true")] aria-describedby=[wrong.map(|_| error.clone())] autofocus[focus];
                @if let Some(words) = wrong { p class="t-13 t-danger" id=(error) { (words) } }
            }
        }
    };
    let body = html! {
        section class="panel pn-card" aria-labelledby="res-h" {
            p { span class="t-12 t-mute" { (person.kana.as_deref().unwrap_or_default()) } br; b { (person.name) }
                "　" (person.sex.word()) "　" (format::age(person, state.today())) "　" (person.number.as_deref().unwrap_or_default()) }
            h2 id="res-h" { (half_width(&found.request.asked.display)) }
            @if fault.is_some() { (alert("結果を保存していません", &["赤い欄を直して、もう一度保存してください。"])) }
            form method="post" action=(links::work_act(&found.request.id, "result")) class="rq-form pn-form" {
                (hidden("seen", &typed.seen.to_string()))
                (field("value", "結果", &typed.value, false))
                (field("unit", "単位", &typed.unit, false))
                div class="row" { (field("low", "基準 下限", &typed.low, true)) (field("high", "基準 上限", &typed.high, true)) }
                p class="t-12 t-mute" { "単位と基準は当院の表として残り、次から入ります。上限を超えると H、下限を下回ると L がつきます。" }
                button type="submit" class="btn btn-p" { "保存する" }
            }
            p { a href="/worklist" { "一覧へ戻る" } }
        }
    };
    let header = head("検査結果の入力", &html! {});
    Page { title: "検査結果の入力", place: Place::Work, header, class: "pane scroll", body }.draw(&signed.viewer())
}
