//! 診療情報提供書 as a PDF (別紙様式11); a draft is marked 見本.
use crate::components::{
    frame::document,
    notice::{Severity, notice},
};
use crate::{WebState, error::WebError, guard::Signed, input::NamedTwo, pages::print::prescription::pdf};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use karute_chart::ChartError;
use karute_chart::letter::{self, Draft, OnRecord};
use karute_chart::summary::person;
use karute_chart::{clinic, registration};
use karute_forms::FormError;
use karute_forms::mapping::{self, About, Clinic};
use karute_ledger::Action;
use maud::html;

/// The PDF.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed, named: NamedTwo) -> Result<Response, WebError> {
    let access = state.access(&signed.caller);
    let contact = clinic::contact(&access).await?;
    let draft = drafted(&state, &signed, &named).await?;
    let file = registration::file(&access, &named.0).await?;
    let reader = access.reader(Action::Print);
    reader.describe("診療情報提供書の印刷");
    person(&reader, &named.0).await?;
    let found: Option<OnRecord> = if draft.is_none() { Some(letter::read(&reader, named.of()).await?) } else { None };
    let found = reader.release(found).await?;
    let address = [&file.form.state, &file.form.city, &file.form.line].map(String::as_str).concat();
    let about = About { person: &file.person, address: &address, occupation: None };
    let clinic =
        Clinic { name: &signed.info.tenant_display, code: &signed.info.institution_code, contact: contact.as_ref() };
    let form = match (&draft, &found) {
        (Some(draft), _) => mapping::letter_draft(draft, &about, &clinic, &signed.info.name, state.today()),
        (None, Some(found)) => mapping::letter(&found.letter, &about, &clinic, false, state.now()),
        (None, None) => return Err(WebError::NotFound),
    };
    let (forms, made) = (state.forms().clone(), state.now());
    // A few milliseconds of reckoning, and at first the reading of the fonts.
    let printed = tokio::task::spawn_blocking(move || forms.letter(&form, made)).await;
    match printed.map_err(|_| WebError::Internal)? {
        Ok(printed) => Ok(pdf(printed.pdf)),
        Err(FormError::Pdf(words)) => {
            tracing::error!(error = %words, "a letter could not be written as PDF");
            Err(WebError::Internal)
        }
        Err(FormError::Unusable(words)) => Ok(refused(&named, &words, contact.is_none() && signed.rights.settings)),
        Err(other) => Ok(refused(&named, &[other.to_string().as_str()], false)),
    }
}

/// The draft, for who writes letters.
async fn drafted(state: &WebState, signed: &Signed, named: &NamedTwo) -> Result<Option<Draft>, WebError> {
    if !signed.rights.writes {
        return Ok(None);
    }
    match letter::draft(&state.access(&signed.caller), named.of(), &signed.author()?.person).await {
        Ok(draft) => Ok(Some(draft)),
        Err(ChartError::NotFound) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

/// Why it cannot be printed, and what to do.
fn refused(named: &NamedTwo, words: &[&str], may_mend: bool) -> Response {
    let page = html! {
        main id="main" class="alone stack-3" {
            h1 class="vh" { "診療情報提供書を印刷できません" }
            div role="alert" { (notice(Severity::Warn, "診療情報提供書を印刷できません", words)) }
            div class="row row-w" {
                a class="btn btn-p" href=(named.base()) { "紹介状へ戻る" }
                @if may_mend { a class="btn" href="/settings/clinic" { "所在地を登録する" } }
            }
        }
    };
    document("診療情報提供書", &page).into_response()
}
