//! 処方箋 as a PDF, or a page that says why there is none.
use crate::components::{
    frame::document,
    notice::{Severity, notice},
};
use crate::{
    WebState,
    error::WebError,
    guard::Signed,
    input::{Asked, Visited},
    links,
    pages::issue::paper,
};
use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use karute_chart::clinic;
use karute_chart::prescription::on_paper;
use karute_eprescription::jobs::record::{self, Kept};
use karute_eprescription::wire::prescription::Prescription;
use karute_fhir::Id;
use karute_forms::mapping::{self, Clinic};
use karute_forms::{FormError, Paper};
use karute_ledger::Action;
use maud::{Markup, html};
use serde::Deserialize;

/// A PDF needs nothing and nothing may frame it. No sandbox: browsers show no PDF in one.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// On which paper.
#[derive(Deserialize)]
pub(crate) struct Ask {
    paper: Option<String>,
}

/// The prescription of a visit. What is not confirmed is marked 見本.
pub(crate) async fn show(
    State(state): State<WebState>,
    signed: Signed,
    Visited { patient, visit }: Visited,
    Asked(ask): Asked<Ask>,
) -> Result<Response, WebError> {
    let paper = match ask.paper.as_deref() {
        Some(code) => Paper::parse(code).ok_or(WebError::BadRequest)?,
        None => Paper::default(),
    };
    let access = state.access(&signed.caller);
    let contact = clinic::contact(&access).await?;
    let found = on_paper(&access, &state.masters(), &patient, &visit).await?;
    let clinic =
        Clinic { name: &signed.info.tenant_display, code: &signed.info.institution_code, contact: contact.as_ref() };
    let kept = issued(&state, &signed, &patient, &visit).await?;
    if kept.iter().any(|(kept, _)| kept.is_electronic_original()) {
        let words =
            ["電子処方箋が原本です。紙の処方箋を並べて出すことはできません。患者には処方内容（控え）を渡します。"];
        return Ok(refused(&patient, &visit, &words, false));
    }
    let said = paper::issued(&kept, state.office().profile());
    let form = mapping::prescription(&found, &clinic, said);
    let (forms, made) = (state.forms().clone(), state.now());
    // A few milliseconds of reckoning, and at first the reading of the fonts.
    let printed = tokio::task::spawn_blocking(move || forms.prescription(&form, paper, made)).await;
    match printed.map_err(|_| WebError::Internal)? {
        Ok(printed) => Ok(pdf(printed.pdf)),
        Err(FormError::Pdf(words)) => {
            tracing::error!(error = %words, "a prescription could not be written as PDF");
            Err(WebError::Internal)
        }
        Err(FormError::Unusable(words)) => {
            Ok(refused(&patient, &visit, &words, contact.is_none() && signed.rights.settings))
        }
        Err(other) => Ok(refused(&patient, &visit, &[other.to_string().as_str()], false)),
    }
}

/// What was issued in the visit, and what it says: an electronic original where one stands, else the last; of a divided
/// prescription all parts in order. Looked at
/// whether or not the clinic still issues electronically, for what was issued stays.
async fn issued(
    state: &WebState,
    signed: &Signed,
    patient: &Id,
    visit: &Id,
) -> Result<Vec<(Kept, Prescription)>, WebError> {
    let reader = state.access(&signed.caller).reader(Action::Read);
    reader.describe("発行した処方箋");
    let mut all = record::read_of_patient(&reader, patient).await?;
    all.retain(|kept| kept.visit == *visit && !kept.is_in_house());
    let standing = all.iter().position(Kept::is_electronic_original);
    let shown = standing.and_then(|at| all.get(at)).or(all.last());
    let mut found = Vec::new();
    for kept in shown.map(|kept| kept.with_parts(&all)).unwrap_or_default() {
        if let Some(document) = record::read_document(&reader, &kept, state.office().profile()).await? {
            found.push((kept, document.what));
        }
    }
    Ok(reader.release(found).await?)
}

pub(crate) fn pdf(bytes: Vec<u8>) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    // A name without anybody's name: it lies about in folders of downloads.
    headers
        .insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline; filename=\"karute-prescription.pdf\""));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

/// Why it cannot be printed, and what to do.
fn refused(patient: &Id, visit: &Id, words: &[&str], may_mend: bool) -> Response {
    let page: Markup = html! {
        main id="main" class="alone stack-3" {
            h1 class="vh" { "処方箋を印刷できません" }
            div role="alert" { (notice(Severity::Warn, "処方箋を印刷できません", words)) }
            div class="row row-w" {
                a class="btn btn-p" href=(links::visit(patient, visit)) { "カルテへ戻る" }
                @if may_mend { a class="btn" href="/settings/clinic" { "所在地を登録する" } }
            }
        }
    };
    document("処方箋", &page).into_response()
}
