//! What this patient and this doctor used before, counted, so that searches show it first. Bounded by the newest
//! records; a caller that asks for every key keeps the answer for a while instead of reading it again.
use crate::ChartError;
use crate::query::{parse, search_all};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_json::Value;
use karute_ledger::{Access, Action, Reader};
use std::collections::HashMap;

/// Records of each type that are looked at, newest first.
const NEWEST: usize = 400;
/// States of what was never used.
const UNUSED: [&str; 3] = ["entered-in-error", "draft", "cancelled"];

/// How often each code was used. A code counts once for each record that holds it, whatever its system.
pub type Counts = HashMap<String, u32>;

/// What was prescribed to a patient and diagnosed with them. One audit event.
pub fn of_patient<'a>(access: &'a Access, patient: &'a Id) -> BoxFuture<'a, Result<Counts, ChartError>> {
    Box::pin(async move {
        let who = [("patient", patient.as_str())];
        counted(access, &who, &who, "この患者に使った薬と病名").await
    })
}

/// What a doctor prescribes and diagnoses. One audit event.
pub fn of_doctor<'a>(access: &'a Access, practitioner: &'a Id) -> BoxFuture<'a, Result<Counts, ChartError>> {
    Box::pin(async move {
        let name = format!("Practitioner/{practitioner}");
        counted(access, &[("requester", &name)], &[("asserter", &name)], "この医師がよく使う薬と病名").await
    })
}

async fn counted(
    access: &Access,
    orders: &[(&str, &str)],
    problems: &[(&str, &str)],
    words: &str,
) -> Result<Counts, ChartError> {
    let reader = access.reader(Action::Search);
    reader.describe(words);
    let mut counts = Counts::new();
    count(&reader, "MedicationRequest", orders, "-authoredon", &mut counts).await?;
    count(&reader, "Condition", problems, "-recorded-date", &mut counts).await?;
    Ok(reader.release(counts).await?)
}

async fn count(
    reader: &Reader,
    target: &'static str,
    who: &[(&str, &str)],
    order: &str,
    counts: &mut Counts,
) -> Result<(), ChartError> {
    let mut pairs = who.to_vec();
    pairs.extend([("_sort", order), ("_count", "200")]);
    for version in search_all(reader, target, &pairs, NEWEST).await? {
        let body = parse(&version)?;
        let status = body.get("status").and_then(Value::as_str);
        let verification = body.at(&["verificationStatus", "coding", "code"]).and_then(Value::as_str);
        if [status, verification].iter().flatten().any(|word| UNUSED.contains(&word.as_ref())) {
            continue;
        }
        let concept = body.get("medicationCodeableConcept").or_else(|| body.get("code"));
        let codings = concept.and_then(|c| c.get("coding")).map_or(&[][..], Value::items);
        let mut codes: Vec<_> = codings.iter().filter_map(|c| c.get("code").and_then(Value::as_str)).collect();
        codes.sort_unstable();
        codes.dedup();
        for code in codes {
            *counts.entry(code.into_owned()).or_default() += 1;
        }
    }
    Ok(())
}
