//! 統合: two records of one person become one, and can become two again, without losing a version.
//!
//! Everything that speaks of the record given up is written again, in one commit, to speak of the one that stays; each
//! such new version carries a tag of where it came from, with the places that were changed. The record given up is
//! inactive, points to the other one, and keeps all its versions. Its number becomes an old number of the one that
//! stays, so that old papers still find the person. Undoing the merge gives back exactly what is tagged; what was
//! written after the merge stays with the record it was written for, and is listed.

mod compare;
mod join;
mod part;
mod repoint;

pub use compare::{Count, Pair, Side, pair};
pub use join::{Joined, merge};
pub use part::{Later, MergedFrom, merged_from, unmerge};

use crate::ChartError;
use crate::query::search_all;
use karute_fhir::Id;
use karute_ledger::{Reader, Version};

/// Tag system of resources that came from another record: the code is that record's id, the display the places.
const MERGED_FROM: &str = "urn:karute:merged-from";
/// Extension of `Patient.link`: when, by whom, why.
const MERGE: &str = "urn:karute:merge";
/// Resources of one record moved at most in one commit: ten years of a patient who comes every week.
const MOST: usize = 20_000;

/// Everything in a patient's compartment but the patient, and the tasks for the patient, which FHIR leaves out of it.
async fn compartment(reader: &Reader, patient: &Id) -> Result<Vec<Version>, ChartError> {
    let mut found = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = reader.compartment(patient, &[], None, 500, after.as_deref()).await?;
        found.extend(page.matches.into_iter().filter(|v| !matches!(v.resource_type.name(), "Patient" | "Task")));
        after = page.next;
        if found.len() > MOST {
            return Err(ChartError::TooMany);
        }
        if after.is_none() {
            break;
        }
    }
    found.extend(search_all(reader, "Task", &[("patient", patient.as_str()), ("_count", "500")], MOST).await?);
    Ok(found)
}
