//! Which measures the strip of the chart shows: a doctor's own choice.
use crate::components::field::hidden;
use crate::{WebState, error::WebError, guard::Signed, links};
use axum::{
    extract::{RawForm, State},
    response::Redirect,
};
use karute_chart::graph::{choices, keep_choice};
use karute_chart::summary::Summary;
use karute_fhir::Id;
use maud::{Markup, html};

/// Keeps the choice and goes back to the chart it was made on.
pub(crate) async fn keep(
    State(state): State<WebState>,
    signed: Signed,
    RawForm(form): RawForm,
) -> Result<Redirect, WebError> {
    // Names of ours and codes of ASCII: nothing in this form is encoded.
    let text = std::str::from_utf8(&form).map_err(|_| WebError::BadRequest)?;
    let pairs: Vec<(&str, &str)> = text.split('&').filter_map(|pair| pair.split_once('=')).collect();
    let codes: Vec<String> = pairs.iter().filter(|(name, _)| *name == "code").map(|(_, v)| (*v).to_owned()).collect();
    let back = pairs.iter().find(|(name, _)| *name == "back").and_then(|(_, v)| Id::new(v).ok());
    let codes: Vec<String> = codes.into_iter().filter(|code| !code.is_empty()).take(5).collect();
    keep_choice(&state.access(&signed.caller), &signed.info.person, &codes).await?;
    Ok(Redirect::to(&back.map_or_else(|| "/".to_owned(), |id| links::patient(&id))))
}

/// The form, in the strip.
pub(crate) fn form(summary: &Summary) -> Markup {
    let shown: Vec<String> = summary.trends.iter().map(karute_chart::summary::Series::key).collect();
    html! {
        form method="post" action="/me/trend" class="stack" {
            p class="t-12 t-mute" { "5つまで。どれも選ばないと病名に合わせて出ます。" }
            (hidden("back", summary.person.id.as_str()))
            div class="tr-pick" {
                @for choice in choices() {
                    label class="check" {
                        input type="checkbox" name="code" value=(choice.code) checked[shown.iter().any(|key| key.starts_with(choice.code))];
                        (choice.word)
                    }
                }
            }
            button type="submit" class="btn btn-sm" { "この並びにする" }
        }
    }
}
