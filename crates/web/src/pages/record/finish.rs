//! 診察を終える.
use super::save::{Form, edits};
use crate::{
    WebState,
    error::WebError,
    guard::Signed,
    input::{Filled, Visited},
    links,
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use karute_chart::ChartError;
use karute_chart::author::{Author, Standing};
use karute_chart::finish::{self, Finish, Finished, IDS, OpenPoint};
use karute_chart::note::{self, Section, Seen};
use karute_eprescription::jobs::in_house_job;
use karute_eprescription::office::registers_in_house;
use karute_ledger::Commit;

/// Confirms the record and moves the visit on, or shows what is still open.
pub(crate) async fn finish(
    State(state): State<WebState>,
    signed: Signed,
    at: Visited,
    Filled(form): Filled<Form>,
) -> Result<Response, WebError> {
    let author = signed.author()?;
    end(&state, &signed, &at, &form, &author).await
}

/// 承認へ出す: by those who do not confirm. It waits for a doctor whoever wrote it.
pub(crate) async fn hand_in(
    State(state): State<WebState>,
    signed: Signed,
    at: Visited,
    Filled(form): Filled<Form>,
) -> Result<Response, WebError> {
    let author = signed.author()?;
    if signed.rights.confirms {
        return end(&state, &signed, &at, &form, &author).await;
    }
    let proxy = Author { standing: Standing::Proxy, ..author };
    end(&state, &signed, &at, &form, &proxy).await
}

async fn end(
    state: &WebState,
    signed: &Signed,
    at: &Visited,
    form: &Form,
    author: &Author,
) -> Result<Response, WebError> {
    let access = state.access(&signed.caller);
    let edits = edits(form, signed.rights)?;
    let own = signed.author()?;
    let saved = match note::save(&access, at.place(), &edits, &own, state.now()).await {
        Ok(saved) => saved,
        // Confirmed already: the second press shows the first result, unless it brought other words.
        Err(ChartError::Step) => note::Saved::default(),
        Err(error) => return Err(error.into()),
    };
    // Seen is what the page showed, and what it sent and stands there now just so.
    let mut seen = form.get("seen").cloned().unwrap_or_default();
    for (section, draft) in &saved.drafts {
        let sent = edits.iter().find(|e| e.section == *section).map(|e| note::clean(&e.text));
        if sent.as_deref() == Some(draft.text.as_str()) {
            seen.push_str(&format!(".{}{}", section.code(), draft.revision));
        }
    }
    let mut ids = Vec::with_capacity(IDS);
    for _ in 0..IDS {
        ids.push(state.new_id()?);
    }
    let asked = Finish { place: at.place(), seen: Seen::parse(&seen), author, ids, now: state.now() };
    let (now, whose) = (state.now(), at.place());
    // A damaged setting keeps nobody from finishing; what is dispensed in house is looked at again by the rounds.
    let registers = registers_in_house(&access).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "what is dispensed in house is not told to the service");
        false
    });
    let told = |commit: &mut Commit| {
        if registers {
            commit.jobs.push(in_house_job(whose.patient, whose.visit, now));
        }
    };
    match finish::finish_with(&access, asked, &told).await? {
        Finished::Done => {
            state.kept().awaiting_changed(signed.caller.tenant);
            state.tell(signed.caller.tenant);
            Ok(Redirect::to(&links::visit(&at.patient, &at.visit)).into_response())
        }
        Finished::Already if unsaved(&edits, &saved) => {
            let message = "この記録は確定済みで、書き足した文は入っていません。訂正から加えてください".to_owned();
            let link = links::of_visit(&at.patient, &at.visit, "correct");
            still_open(state, signed, at, &[OpenPoint { message, link }]).await
        }
        Finished::Already => Ok(at.page().into_response()),
        Finished::Open(points) => still_open(state, signed, at, &points).await,
    }
}

/// Whether something was sent that stands nowhere.
fn unsaved(edits: &[note::Edit], saved: &note::Saved) -> bool {
    saved.drafts.is_empty()
        && edits.iter().any(|e| e.section != Section::Vitals && note::clean(&e.text) != note::clean(&e.base))
}

async fn still_open(
    state: &WebState,
    signed: &Signed,
    at: &Visited,
    points: &[OpenPoint],
) -> Result<Response, WebError> {
    let page = crate::pages::patient::with_open(state, signed, at, points).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
