//! アレルギー・禁忌・感染症・妊娠と授乳: what every screen shows, recorded here.
mod add;
mod entries;
mod states;

use crate::components::{
    field::hidden,
    icon::{Icon, small, tick},
    notice::{Severity, alert, notice, toast},
    patient::{Part, screen},
};
use crate::{WebState, error::WebError, format, guard::Signed, input::Named, links};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use entries::Wrong;
use karute_chart::allergy::{self, Record};
use karute_chart::summary::{Face, face};
use karute_chart::view::Allergy;
use karute_fhir::Id;
use karute_ledger::Action;
use maud::{Markup, html};

pub(crate) use add::{add, choose, words};
pub(crate) use entries::{act_on, infection};
pub(crate) use states::{confirm_none, set};

/// What is said above the page.
enum Told {
    Nothing,
    Done(String, Option<Markup>),
    Refused(&'static str),
}

/// The page.
pub(crate) async fn show(
    State(state): State<WebState>,
    signed: Signed,
    Named(patient): Named,
) -> Result<Markup, WebError> {
    drawn(&state, &signed, &patient, &Told::Nothing, None, None).await
}

async fn answered(
    state: &WebState,
    signed: &Signed,
    patient: &Id,
    told: Told,
    form: Option<Markup>,
) -> Result<Response, WebError> {
    let status = if matches!(told, Told::Refused(_)) { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, drawn(state, signed, patient, &told, form, None).await?).into_response())
}

/// `form` takes the place of the empty form that adds; `wrong` is an entry that could not be changed as it was filled in.
async fn drawn(
    state: &WebState,
    signed: &Signed,
    patient: &Id,
    told: &Told,
    form: Option<Markup>,
    wrong: Option<&Wrong>,
) -> Result<Markup, WebError> {
    let reader = state.access(&signed.caller).reader(Action::View);
    reader.describe("アレルギー・注意");
    let read = (face(&reader, patient, state.today()).await?, allergy::record(&reader, patient).await?);
    let (face, record) = reader.release(read).await?;
    let may = signed.rights.allergies;
    let fresh = [state.new_id()?, state.new_id()?];
    let body = html! {
        @match told {
            Told::Nothing => {}
            Told::Done(words, undo) => { (toast(words, undo.clone())) }
            Told::Refused(words) => { (alert("登録していません", &[words])) }
        }
        div class="cols" {
            div class="stack-3" {
                (standing(&record, &face, may, &fresh[0]))
                (entries::lists(&record, &face, may, wrong))
                @if may { @match form { Some(form) => { (form) } None => { (add::empty(patient)) } } }
            }
            div class="stack-3" {
                (entries::infections(&record, &face, may, &fresh[0]))
                (states::forms(&record, &face, may, [&fresh[0], &fresh[1]]))
            }
        }
    };
    Ok(screen(signed, &face, Part::Allergies, "", &body))
}

/// Which of the three states, never blank (SAFE-02).
fn standing(record: &Record, face: &Face, may: bool, new: &Id) -> Markup {
    let confirm = |word: &str, class: &str| {
        html! {
            form method="post" action=(format!("{}/none", links::allergies(&face.person.id))) {
                (hidden("new", new.as_str()))
                button type="submit" class=(class) { (small(Icon::Check)) (word) }
            }
        }
    };
    html! {
        @match &record.state {
            Allergy::Present(_) => {}
            Allergy::NoneKnown { confirmed, by } => {
                div class="note note-ok" {
                    (tick())
                    div { b { "アレルギー なし" } p { (confirmed.map(format::full).unwrap_or_default()) " " (by.as_deref().unwrap_or("記録なし")) " が確認" } }
                    @if may { (confirm("今日も確認した", "btn btn-sm")) }
                }
            }
            Allergy::Unconfirmed => {
                (notice(Severity::Warn, "アレルギー 未確認", &["まだ聞き取りの記録がありません。本人か家族に確かめて、下に登録するか「なし」を記録してください。"]))
                @if may { (confirm("聞き取って、アレルギーは無い", "btn btn-p")) }
            }
        }
    }
}
