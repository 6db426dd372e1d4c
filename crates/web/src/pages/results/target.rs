//! 目標: an individual target of a measure, set by the doctor.
use super::{Wanted, drawn};
use crate::components::field::hidden;
use crate::{
    WebState,
    error::WebError,
    guard::Signed,
    input::{Filled, Named},
    links,
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use karute_chart::ChartError;
use karute_chart::graph::{self, Row, Target};
use karute_fhir::Id;
use maud::{Markup, html};
use serde::Deserialize;

/// A target, and where the page stood.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    measure: String,
    name: String,
    unit: String,
    low: String,
    high: String,
    set: String,
    span: String,
    m: String,
}

/// Sets it.
pub(crate) async fn set(
    State(state): State<WebState>,
    signed: Signed,
    Named(patient): Named,
    Filled(form): Filled<Form>,
) -> Result<Response, WebError> {
    let wanted = Wanted { set: form.set.clone(), span: form.span.clone(), m: form.m.clone(), ..Wanted::default() };
    let unit = Some(form.unit.as_str()).filter(|unit| !unit.is_empty());
    let done = graph::set_target(
        &state.access(&signed.caller),
        &signed.author()?,
        &patient,
        &state.new_id()?,
        (&form.measure, &form.name, unit),
        (Some(&form.low), Some(&form.high)),
        state.now(),
    )
    .await;
    match done {
        Ok(()) => Ok(drawn(&state, &signed, &patient, &wanted, Some(Ok("目標を記録しました"))).await?.into_response()),
        Err(ChartError::Invalid) => {
            let words = "目標は数字で、下限は上限より小さくしてください（例 7.0）。";
            let page = drawn(&state, &signed, &patient, &wanted, Some(Err((words, &form)))).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

/// The form under a graph; what was typed stays when it was refused.
pub(super) fn form(
    patient: &Id,
    row: &Row,
    target: Option<&Target>,
    wanted: &Wanted,
    failed: Option<(&str, &Form)>,
) -> Markup {
    let failed = failed.filter(|(_, form)| form.measure == row.key).map(|(_, form)| form);
    let stands = |of: fn(&Target) -> &Option<String>| target.and_then(|t| of(t).clone()).unwrap_or_default();
    let low = failed.map_or_else(|| stands(|t| &t.low), |f| f.low.clone());
    let high = failed.map_or_else(|| stands(|t| &t.high), |f| f.high.clone());
    let field = |name: &str, value: &str, label: &str| {
        html! {
            div class="field" {
                input type="text" name=(name) value=(value) inputmode="decimal" size="6" maxlength="10" autocomplete="off"
                    aria-label=(format!("{}の目標の{label}", row.name)) placeholder=(label) aria-invalid=[failed.map(|_| "true")];
            }
        }
    };
    html! {
        details class="gr-aim" open[failed.is_some()] {
            summary { @if target.is_some() { "目標を変える" } @else { "目標を決める" } span class="vh" { "：" (row.name) } }
            form method="post" action=(format!("{}/target", links::results(patient))) class="row row-w" {
                (hidden("measure", &row.key)) (hidden("name", &row.name)) (hidden("unit", row.unit.as_deref().unwrap_or_default()))
                (hidden("set", &wanted.set)) (hidden("span", &wanted.span)) (hidden("m", &wanted.m))
                (field("low", &low, "下限")) "〜" (field("high", &high, "上限"))
                button type="submit" class="btn btn-sm" { "記録" }
                span class="t-12 t-mute" { "両方を空にすると目標なし" }
            }
        }
    }
}
