//! Searches that several parts of a page make. They ask in the same words, so that a reader that remembers
//! ([`Reader::remembering`]) answers them once.
use crate::ChartError;
use crate::query::{search, search_all};
use karute_fhir::Id;
use karute_ledger::{Reader, Version};

/// Allergies and statements about them read at most.
const ALLERGIES: usize = 200;

/// All allergies, and statements that there are none.
pub(crate) async fn allergies(reader: &Reader, patient: &Id) -> Result<Vec<Version>, ChartError> {
    let pairs = [("patient", patient.as_str()), ("_count", "100")];
    search_all(reader, "AllergyIntolerance", &pairs, ALLERGIES).await
}

/// All disease names.
pub(crate) async fn problems(reader: &Reader, patient: &Id) -> Result<Vec<Version>, ChartError> {
    let pairs = [("patient", patient.as_str()), ("_count", "200")];
    search_all(reader, "Condition", &pairs, crate::problem::MOST).await
}

/// The newest 120 lines of prescriptions, newest first.
pub(crate) async fn drugs(reader: &Reader, patient: &Id) -> Result<Vec<Version>, ChartError> {
    let pairs = [("patient", patient.as_str()), ("_sort", "-authoredon"), ("_count", "120")];
    Ok(search(reader, "MedicationRequest", &pairs).await?.matches)
}

/// The newest 100 laboratory values, newest first.
pub(crate) async fn labs(reader: &Reader, patient: &Id) -> Result<Vec<Version>, ChartError> {
    let pairs = [("patient", patient.as_str()), ("category", "laboratory"), ("_sort", "-date"), ("_count", "100")];
    Ok(search(reader, "Observation", &pairs).await?.matches)
}
