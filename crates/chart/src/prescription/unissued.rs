//! Prescriptions that were entered and not issued: what waits for a doctor's signature.
use super::{Dispensing, Line, Status};
use crate::ChartError;
use crate::author::{AWAITING_APPROVAL, ENTRY_SYSTEM, proxy_in};
use crate::query::{parse, search_all};
use crate::view::element::reference;
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Date;
use karute_ledger::Reader;

/// Lines looked at, at most: many times what a clinic writes in a day.
const MOST_READ: usize = 2_000;

/// What is dispensed outside and was written in a visit, and nobody signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unissued {
    /// Whose.
    pub patient: Id,
    /// The visit.
    pub visit: Id,
    /// The lines that are drafts or wait for approval, in the order of Rp.
    pub lines: Vec<Line>,
    /// The proxy who entered the newest of them (代行); none when a doctor did.
    pub entered_by: Option<String>,
}

/// All of them written since a day, the longest waiting first.
pub fn unissued(reader: &Reader, since: Date) -> BoxFuture<'_, Result<Vec<Unissued>, ChartError>> {
    Box::pin(async move {
        let from = format!("ge{since}");
        let mark = format!("{ENTRY_SYSTEM}|{AWAITING_APPROVAL}");
        let drafts = [("status", "draft"), ("authoredon", from.as_str()), ("_count", "200")];
        let marked = [("status", "active"), ("_tag", mark.as_str()), ("authoredon", from.as_str()), ("_count", "200")];
        let mut versions = search_all(reader, "MedicationRequest", &drafts, MOST_READ).await?;
        versions.extend(search_all(reader, "MedicationRequest", &marked, MOST_READ).await?);
        versions.sort_by_key(|version| version.seq);
        let mut all: Vec<Unissued> = Vec::new();
        for version in &versions {
            let body = parse(version)?;
            let patient = reference(&body, &["subject", "reference"], "Patient");
            let Some(line) = Line::read(version.id.clone(), version.version, &body) else { continue };
            let (Some(patient), Some(visit)) = (patient, line.visit.clone()) else { continue };
            let waits = line.status == Status::Draft || line.awaits_approval;
            if !waits || line.what.dispensing != Dispensing::Outside {
                continue;
            }
            let place = all.iter().position(|known| known.visit == visit).unwrap_or_else(|| {
                all.push(Unissued { patient, visit, lines: Vec::new(), entered_by: None });
                all.len() - 1
            });
            if let Some(known) = all.get_mut(place) {
                known.entered_by = proxy_in(&body).or(known.entered_by.take());
                known.lines.push(line);
            }
        }
        for known in &mut all {
            known.lines.sort_by(|one, other| one.place().cmp(&other.place()));
        }
        Ok(all)
    })
}
