//! 処方箋の発行 (ux §4.3): contents, settings and findings in one dialog; one press signs and sends. The dialog paints at
//! once, the service is asked after it. Without script the same page asks while it is made.
mod dialog;
mod found;
pub(crate) mod list;
mod national;
pub(crate) mod paper;
mod press;
mod result;
pub(crate) mod state;
pub(crate) mod today;

use national::Fresh;
pub(crate) use national::{Asked as NationalAnswer, FRESH_MS};
pub(crate) use press::{answer, consent, issue, remove};

use crate::components::{
    banner,
    field::key,
    frame::{Page, Place},
};
use crate::{
    WebState,
    error::WebError,
    guard::{Fragment, Signed},
    input::{Asked, OfVisit},
    links,
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use karute_chart::ChartError;
use karute_chart::check::{self, Finding};
use karute_chart::clinic::{Contact, contact};
use karute_chart::prescription::{OnPaper, Sheet, read_on_paper, review};
use karute_chart::summary::{Face, face};
use karute_eprescription::consent::{self, Consented};
use karute_eprescription::flow::State as At;
use karute_eprescription::jobs::record::{Kept, read_of_patient};
use karute_eprescription::mapping::{self, Choices, Clinic};
use karute_eprescription::office::{OfficeError, Reached, Ready, Signing};
use karute_eprescription::precheck::{self, Precheck};
use karute_eprescription::profile::SplitRules;
use karute_eprescription::wire::prescription::Prescription;
use karute_fhir::Id;
use karute_japan::Date;
use karute_ledger::Action;
use maud::{Markup, html};
use serde::Deserialize;
use std::sync::Arc;

/// What the dialog is drawn from.
pub(crate) struct View {
    face: Face,
    sheet: Sheet,
    /// What is dispensed outside; none where nothing is.
    paper: Option<OnPaper>,
    /// What our own rules find.
    own: Vec<Finding>,
    /// Answers that were given to findings.
    answers: Vec<check::Answer>,
    /// Electronic prescriptions of this visit, oldest first.
    kept: Vec<Kept>,
    consent: Option<Consented>,
    /// What the service was told when the patient was received.
    precheck: Option<Precheck>,
    contact: Option<Contact>,
    /// How the service wants parts of a divided prescription said.
    split_rules: SplitRules,
    /// The service as this clinic reaches it.
    reached: Option<Arc<Reached>>,
    /// Why it cannot be reached, in words for the person.
    away: Option<String>,
    /// With what the person signs; none where what is kept cannot be opened.
    signing: Option<Signing>,
    today: Date,
    /// Id under which the next press appears: pressed twice it happens once (SAFE-14).
    intent: Id,
}

impl View {
    /// The prescription of this visit that a screen is about: the newest that is not over, else the newest.
    fn current(&self) -> Option<&Kept> {
        let newest = self.kept.iter().rev().find(|kept| !is_over(kept)).or(self.kept.last())?;
        // Of a divided prescription the first part that something may still happen to.
        let Some(part) = &newest.stored.part else { return Some(newest) };
        let of = |kept: &&Kept| kept.stored.part.as_ref().is_some_and(|other| other.of == part.of);
        self.kept.iter().filter(of).find(|kept| !is_over(kept)).or(Some(newest))
    }

    /// The prescription in the service's words, or everything that it lacks.
    fn drafted(&self, signed: &Signed, choices: &Choices) -> Result<Prescription, Vec<String>> {
        let Some(paper) = &self.paper else { return Err(vec!["院外処方の薬がありません。".to_owned()]) };
        let clinic = Clinic {
            name: &signed.info.tenant_display,
            code: &signed.info.institution_code,
            contact: self.contact.as_ref(),
        };
        mapping::prescription(paper, &clinic, &signed.info.name, self.today, choices).map_err(|missing| {
            let name =
                |id: &Id| paper.lines.iter().find(|line| line.id == *id).map(|line| line.what.drug.name.as_str());
            missing
                .iter()
                .map(|(line, lacking)| match line.as_ref().and_then(name) {
                    Some(name) => format!("{name}：{}", lacking.words()),
                    None => lacking.words().to_owned(),
                })
                .collect()
        })
    }

    /// Versions of the lines that are shown: what is pressed is about these.
    fn seen(&self) -> Vec<String> {
        let lines = self.paper.iter().flat_map(|paper| &paper.lines);
        lines.map(|line| format!("{}:{}", line.id, line.version)).collect()
    }

    /// Whether the person can sign now.
    fn may_sign(&self) -> bool {
        self.signing.as_ref().is_some_and(|signing| matches!(signing.ready, Ready::Now(_)))
    }

    /// Drugs that a proxy entered and nobody approved: who issues them approves them.
    fn awaiting(&self) -> usize {
        self.paper.iter().flat_map(|paper| &paper.lines).filter(|line| line.awaits_approval).count()
    }
}

/// Nothing more happens to it.
fn is_over(kept: &Kept) -> bool {
    matches!(
        kept.stored.life.state,
        At::Draft | At::Cancelled | At::Returned | At::Expired | At::OnPaper | At::Dispensed
    )
}

/// Reads it all; one audit event.
async fn read(state: &WebState, signed: &Signed, patient: &Id, visit: &Id) -> Result<View, WebError> {
    let access = state.access(&signed.caller);
    let (today, office) = (state.today(), state.office());
    let (reached, away) = match office.reach(&access).await {
        Ok(reached) => (reached, None),
        Err(OfficeError::Ledger(error)) => return Err(error.into()),
        Err(error) => (None, Some(error.to_string())),
    };
    let signing = match office.signing(&access, &signed.info.person).await {
        Ok(signing) => Some(signing),
        Err(OfficeError::Ledger(error)) => return Err(error.into()),
        // A key that cannot be opened is a missing one; the dialog says what to do.
        Err(error) => {
            tracing::warn!(%error, "a signing key cannot be used");
            None
        }
    };
    let contact = contact(&access).await?;
    let precheck = precheck::of_visit(&access, visit).await?;
    let reader = access.reader(Action::View);
    reader.describe("処方箋の発行");
    let face = face(&reader, patient, today).await?;
    let sheet = Sheet::read(&reader, patient, visit).await?;
    let paper = match read_on_paper(&reader, &state.masters(), patient, visit).await {
        Ok(paper) => Some(paper),
        Err(ChartError::NotFound) => None,
        Err(error) => return Err(error.into()),
    };
    let own = review(&reader, &sheet, today).await?;
    let answers = check::facts(&reader, patient, Some(visit), today).await?.answers;
    let mut kept = read_of_patient(&reader, patient).await?;
    kept.retain(|kept| kept.visit == *visit && !kept.is_in_house());
    let consent = consent::read(&reader, visit, today).await?;
    let intent = state.new_id()?;
    let split_rules = office.profile().split_rules();
    let view = View {
        face,
        sheet,
        paper,
        own,
        answers,
        kept,
        consent,
        precheck,
        contact,
        split_rules,
        reached,
        away,
        signing,
        today,
        intent,
    };
    Ok(reader.release(view).await?)
}

/// What is asked of the dialog.
#[derive(Deserialize)]
pub(crate) struct Again {
    /// The form again, for a prescription that was issued before: a change, a correction, another one.
    again: Option<String>,
}

/// The dialog: the form, or what became of the prescription of this visit.
pub(crate) async fn show(
    State(state): State<WebState>,
    signed: Signed,
    fragment: Fragment,
    at: OfVisit,
    Asked(Again { again }): Asked<Again>,
) -> Result<Response, WebError> {
    let view = read(&state, &signed, &at.patient, &at.visit).await?;
    let part = match view.current() {
        Some(kept) if again.is_none() => state::part(&view, &signed, kept, None),
        // Without script the service is asked while the page is made.
        _ if fragment.0 => dialog::part(&view, &signed, None, &dialog::Typed::default(), None),
        _ => {
            let asked = national::ask(&state, &signed, &view, Fresh::Asked).await;
            dialog::part(&view, &signed, Some(&asked), &dialog::Typed::default(), None)
        }
    };
    Ok(drawn(&signed, &view, fragment, StatusCode::OK, part))
}

/// What the checks found: the parts of the dialog that depend on it.
pub(crate) async fn checked(
    State(state): State<WebState>,
    signed: Signed,
    fragment: Fragment,
    at: OfVisit,
) -> Result<Response, WebError> {
    let view = read(&state, &signed, &at.patient, &at.visit).await?;
    let asked = national::ask(&state, &signed, &view, Fresh::Asked).await;
    if fragment.0 {
        return Ok(dialog::checked(&view, &asked).into_response());
    }
    let part = dialog::part(&view, &signed, Some(&asked), &dialog::Typed::default(), None);
    Ok(drawn(&signed, &view, fragment, StatusCode::OK, part))
}

/// The part alone, or in a page of its own.
fn drawn(signed: &Signed, view: &View, fragment: Fragment, status: StatusCode, part: Markup) -> Response {
    if fragment.0 {
        return (status, part).into_response();
    }
    let back = html! { div class="row pt-here" { a class="btn" href=(links::visit(&view.sheet.patient, &view.sheet.visit)) { "カルテへ" } } };
    let header = banner::full(&view.face, &back);
    let page =
        Page { title: "処方箋の発行", place: Place::Patient, header, class: "scroll iss-page", body: part };
    (status, page.draw(&signed.viewer())).into_response()
}

/// The button that opens the dialog from the chart.
pub(crate) fn button(patient: &Id, visit: &Id) -> Markup {
    html! {
        a class="btn btn-s btn-lg" href=(links::of_visit(patient, visit, "issue")) data-dialog data-key="F8" aria-keyshortcuts="F8" {
            "処方箋を発行 " (key("F8"))
        }
    }
}

/// Where the states of a patient's prescriptions stand on a chart: fetched when it is drawn.
pub(crate) fn place(patient: &Id) -> Markup {
    let url = links::about(patient, "prescriptions");
    html! {
        section id="rx-states" class="rx-states" aria-label="電子処方箋" data-fetch=(url) { a class="btn btn-g btn-sm" href=(url) { "電子処方箋の状態" } }
    }
}
