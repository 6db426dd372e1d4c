//! 他院の情報: the six kinds of information from all institutions on one page, and the patient's consent to asking for them
//! (clins-service §8). What is shown is theirs: nothing of it is in our lists until somebody takes it in.
mod consent;
mod lines;

use crate::components::{
    icon::Icon,
    notice::{alert, empty},
    patient::{Part, screen},
};
use crate::{
    WebState,
    error::WebError,
    guard::Signed,
    input::{Filled, Named},
    links,
};
use axum::{
    extract::State,
    http::{HeaderValue, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use karute_chart::outside::{self, Section, Sheet};
use karute_chart::summary::{Face, face};
use karute_fhir::Id;
use karute_ledger::{Action, LedgerError};
use karute_sharing::desk::viewing::{self, ViewingError};
use karute_sharing::jobs::record::Kept;
use karute_sharing::jobs::viewing::Viewing;
use maud::html;
use serde::Deserialize;

/// While an answer is awaited, the page comes again after so many seconds, without script; not longer than this.
const AGAIN_S: &str = "2";
const WAITED_MS: i64 = 60_000;

/// What must not be given and what must be minded on the left; what the patient has and takes on the right.
const SIDES: [&[Section]; 2] =
    [&[Section::DrugAllergies, Section::OtherAllergies, Section::Infections], &[Section::Diseases, Section::Drugs]];

/// What the page is drawn from.
struct View {
    face: Face,
    sheet: Sheet,
    viewing: Option<Kept<Viewing>>,
}

/// The page.
pub(crate) async fn show(
    State(state): State<WebState>,
    signed: Signed,
    Named(patient): Named,
) -> Result<Response, WebError> {
    drawn(&state, &signed, &patient, None).await
}

/// What was pressed: the consent that is noted, asking again, the consent that is taken back.
#[derive(Deserialize)]
pub(crate) struct Pressed {
    act: String,
    #[serde(default)]
    consent: String,
}

/// Carries it out; the question itself is a job.
pub(crate) async fn act(
    State(state): State<WebState>,
    signed: Signed,
    Named(patient): Named,
    Filled(pressed): Filled<Pressed>,
) -> Result<Response, WebError> {
    let (access, author, now) = (state.access(&signed.caller), signed.author()?, state.now());
    let known = access.reader(Action::Read);
    let person = karute_chart::summary::person(&known, &patient).await?;
    known.release(person).await?;
    let done = match pressed.act.as_str() {
        // Unselected until somebody says so.
        "consent" if pressed.consent != "1" => {
            let wrong = "患者さんの同意を確かめて、欄に印を付けてください。";
            return drawn(&state, &signed, &patient, Some((StatusCode::UNPROCESSABLE_ENTITY, wrong.to_owned()))).await;
        }
        "consent" | "again" if !signed.shares => {
            let wrong = "電子カルテ情報共有サービスの接続が設定されていません。設定で接続してから照会してください。";
            return drawn(&state, &signed, &patient, Some((StatusCode::CONFLICT, wrong.to_owned()))).await;
        }
        "consent" => viewing::consented(&access, state.sharing().profile(), &patient, &author, now).await,
        "again" => viewing::ask(&access, &patient, now).await,
        "withdraw" => viewing::withdrawn(&access, &patient, &author, now).await,
        _ => return Err(WebError::BadRequest),
    };
    match done {
        Ok(()) => Ok(Redirect::to(&links::outside(&patient)).into_response()),
        // Somebody else pressed at the same moment: what stands now is shown.
        Err(ViewingError::Ledger(LedgerError::Conflict { .. } | LedgerError::Exists)) => {
            Ok(Redirect::to(&links::outside(&patient)).into_response())
        }
        Err(ViewingError::Ledger(error)) => Err(error.into()),
        Err(error @ ViewingError::NoConsent) => {
            drawn(&state, &signed, &patient, Some((StatusCode::CONFLICT, error.to_string()))).await
        }
    }
}

/// One round of reads, one audit event.
async fn drawn(
    state: &WebState,
    signed: &Signed,
    patient: &Id,
    wrong: Option<(StatusCode, String)>,
) -> Result<Response, WebError> {
    let reader = state.access(&signed.caller).reader(Action::View);
    reader.describe("他院の情報（6情報）");
    let face = face(&reader, patient, state.today()).await?;
    let batches = outside::read(&reader, patient).await?;
    let viewing = viewing::of_patient(&reader, patient).await?;
    let (face, batches, viewing) = reader.release((face, batches, viewing)).await?;
    let view = View { face, sheet: outside::sheet(batches), viewing };
    let now = state.now();
    let body = html! {
        @if let Some((_, words)) = &wrong { (alert("照会していません", &[words.as_str()])) }
        (consent::panel(&view, signed, now))
        @if view.sheet.is_empty() {
            section class="panel" aria-label="他院の情報" {
                (empty(Icon::Link, "他院の情報はまだありません", "同意を得て照会すると、ほかの医療機関が登録した傷病名・アレルギー・感染症・検査・処方がここに並びます。届いた紹介状の内容も並びます。", None))
            }
        } @else {
            div class="os" {
                @for side in SIDES { div class="stack-3" { @for section in side { (lines::section(&view.sheet, *section, &view.face)) } } }
                (lines::section(&view.sheet, Section::Results, &view.face))
            }
        }
    };
    let page = screen(signed, &view.face, Part::Outside, "", &body);
    let status = wrong.map_or(StatusCode::OK, |(status, _)| status);
    let mut response = (status, page).into_response();
    if consent::awaits(view.viewing.as_ref(), now, WAITED_MS) {
        response.headers_mut().insert("refresh", HeaderValue::from_static(AGAIN_S));
    }
    Ok(response)
}
