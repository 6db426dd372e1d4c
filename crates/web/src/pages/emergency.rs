//! 緊急閲覧: opening the notes at once, and writing the reason afterwards (ux §2.3).
use crate::components::{
    field::hidden,
    frame::{Page, Place, head},
    icon::Icon,
    notice::{alert, empty},
};
use crate::{WebState, error::WebError, format, guard::Signed, input::Filled, input::Named, links};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use karute_fhir::Id;
use karute_identity::{IdentityError, Owed};
use maud::{Markup, html};
use serde::Deserialize;

/// Address of the page where the reasons are written.
pub(crate) const PATH: &str = "/me/emergency";

/// Opens the notes of a patient and leads back to the chart.
pub(crate) async fn open(
    State(state): State<WebState>,
    signed: Signed,
    Named(patient): Named,
) -> Result<Redirect, WebError> {
    state.identity().open_in_emergency(&signed.caller, &patient).await?;
    state.kept().keep_owed((signed.caller.tenant, signed.info.person.clone()), true, state.now());
    Ok(Redirect::to(&links::patient(&patient)))
}

/// The page of owed reasons.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed) -> Result<Markup, WebError> {
    let owed = state.identity().owed_reasons(&signed.caller).await?;
    Ok(page(&state, &signed, &owed, None))
}

/// A reason.
#[derive(Deserialize)]
pub(crate) struct Reason {
    patient: String,
    reason: String,
}

/// Writes it down.
pub(crate) async fn explain(
    State(state): State<WebState>,
    signed: Signed,
    Filled(form): Filled<Reason>,
) -> Result<Response, WebError> {
    let patient = Id::new(&form.patient).map_err(|_| WebError::NotFound)?;
    match state.identity().explain_emergency(&signed.caller, &patient, &form.reason).await {
        Ok(()) => {
            let left = state.identity().owed_reasons(&signed.caller).await?;
            state.kept().keep_owed((signed.caller.tenant, signed.info.person.clone()), !left.is_empty(), state.now());
            Ok(Redirect::to(PATH).into_response())
        }
        Err(IdentityError::Invalid(words)) => {
            let owed = state.identity().owed_reasons(&signed.caller).await?;
            let body = page(&state, &signed, &owed, Some(&words));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, body).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn page(state: &WebState, signed: &Signed, owed: &[Owed], problem: Option<&str>) -> Markup {
    let today = state.today();
    let body = html! {
        @if let Some(words) = problem { (alert("理由を保存できませんでした", &[words])) }
        @if owed.is_empty() {
            section class="panel" { (empty(Icon::Check, "書くべき理由はありません", "緊急閲覧をしたあと、ここに理由を書きます。", None)) }
        }
        @for (n, each) in owed.iter().enumerate() {
            section class="panel pn-card" aria-labelledby=(format!("owed-{n}")) {
                h2 id=(format!("owed-{n}")) { (format::moment(each.at, today)) " の緊急閲覧" }
                p class="t-13" { a href=(links::patient(&each.patient)) { "患者を確かめる" } @if each.open { "　まだ開いています（開いてから15分まで）" } }
                form method="post" action=(PATH) class="stack-3 pn-form" {
                    (hidden("patient", each.patient.as_str()))
                    div class="fld" {
                        label for=(format!("reason-{n}")) { "理由" }
                        p class="t-12 t-mute" { "例：待合で意識を失い、服薬と既往を救急隊に伝えるため" }
                        input id=(format!("reason-{n}")) name="reason" type="text" maxlength="500" required autocomplete="off";
                    }
                    div { button type="submit" class="btn btn-p" { "理由を残す" } }
                }
            }
        }
    };
    Page {
        title: "緊急閲覧の理由",
        place: Place::Me,
        header: head("緊急閲覧の理由", &html! {}),
        class: "pane scroll",
        body,
    }
    .draw(&signed.viewer())
}
