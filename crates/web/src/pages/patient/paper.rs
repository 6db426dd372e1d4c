//! 導入版モード: where the paper chart tells more (紙カルテ参照), and the press that signs what was entered from it.
use crate::pages::issue;
use crate::pages::orders::OrderPane;
use crate::{WebState, error::WebError, guard::Signed, input::Filled, input::Named, links};
use axum::{extract::State, response::Redirect};
use karute_chart::paper_note;
use karute_fhir::Id;
use maud::{Markup, html};
use serde::Deserialize;

/// The form under the course.
pub(super) fn form(patient: &Id) -> Markup {
    html! {
        form method="post" action=(format!("{}/paper-note", links::patient(patient))) class="paper-n row" {
            div class="fld grow" {
                label for="paper-text" { "紙カルテ参照" }
                input id="paper-text" name="text" type="text" maxlength=(paper_note::LONGEST) required autocomplete="off"
                    placeholder="例 診察の内容は紙カルテ 3冊目 12ページ";
            }
            button type="submit" class="btn btn-s" { "書き足す" }
        }
    }
}

/// Under the prescription: the doctor signs what stands there, whoever entered it.
pub(super) fn foot(prescribed: &OrderPane, signed: &Signed) -> Markup {
    let (patient, visit) = prescribed.place();
    html! {
        div class="od-f" {
            @if !signed.rights.confirms { p class="t-13 t-mute" { "医師が内容を確かめて署名します" } }
            @else if signed.issues { (issue::button(patient, visit)) }
        }
    }
}

/// What was written.
#[derive(Deserialize)]
pub(crate) struct Written {
    text: String,
}

/// Keeps it.
pub(crate) async fn write(
    State(state): State<WebState>,
    signed: Signed,
    Named(patient): Named,
    Filled(written): Filled<Written>,
) -> Result<Redirect, WebError> {
    let author = signed.author()?;
    let access = state.access(&signed.caller);
    paper_note::write(&access, &patient, &written.text, &author, state.new_id()?, state.now()).await?;
    Ok(Redirect::to(&links::patient(&patient)))
}
