//! How the clinic usually prescribes a drug: as it was prescribed here last, whoever it was for. Nothing of a patient is
//! kept with it.
use super::resource::{object, word, write};
use super::{Drug, Line, Prescribed, Status};
use crate::ChartError;
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_json::Limits;
use karute_ledger::{Access, Doc};

const SPACE: &str = "chart.usual-dose";

/// The document that keeps it; none for a drug without code.
pub(super) fn doc(what: &Prescribed) -> Option<Doc> {
    let key = what.drug.nine()?.to_owned();
    let own = Prescribed { comment: None, purpose: None, ..what.clone() };
    let nobody = Id::new("usual").ok()?;
    let line = Line {
        id: nobody.clone(),
        version: 0,
        status: Status::Draft,
        rp: 0,
        order: 0,
        what: own,
        written: None,
        prior: None,
        visit: None,
        by: None,
        awaits_approval: false,
    };
    let mut body = object([("resourceType", word("MedicationRequest"))]);
    write(&mut body, &line, &nobody);
    Some(Doc::Put { space: SPACE, key, value: body.to_json(), expires: None })
}

/// How the clinic prescribed a drug last.
pub fn usual<'a>(access: &'a Access, drug: &'a Drug) -> BoxFuture<'a, Result<Option<Prescribed>, ChartError>> {
    Box::pin(async move {
        let Some(nine) = drug.nine() else { return Ok(None) };
        let Some(text) = access.doc(SPACE, nine).await? else { return Ok(None) };
        let body = karute_json::parse(text.as_bytes(), &Limits::FHIR).ok();
        Ok(body.and_then(|body| Prescribed::read(&body)))
    })
}
