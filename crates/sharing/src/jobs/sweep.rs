//! Whose record changed: the net under everything that changes a chart. Whoever changes one may ask for a look at once
//! ([`crate::desk::units::touch`]); what nobody asked for is found here.
use super::record::kind;
use super::units_job;
use karute_fhir::Id;
use karute_fhir::search::ParseContext;
use karute_japan::Timestamp;
use karute_json::{Limits, Value, parse};
use karute_ledger::{Access, Action, Commit, Doc, LedgerError, Version};
use std::collections::BTreeSet;

const SPACE: &str = "sharing";
const LOOKED: &str = "looked";
/// What a first look goes back, in milliseconds.
const FIRST_MS: i64 = 86_400_000;
/// Looks overlap by so much, in milliseconds: clocks of several workers differ a little.
const OVERLAP_MS: i64 = 60_000;
/// Changes of one look; more are found by the next.
const MAX_CHANGES: usize = 20_000;

/// Types that units are made of, and where each names its patient.
const TYPES: [(&str, &str); 5] = [
    ("Condition", "subject"),
    ("AllergyIntolerance", "patient"),
    ("Observation", "subject"),
    ("Coverage", "beneficiary"),
    ("Patient", ""),
];

/// The looks that follow from what changed since the last time, and that it was looked until now.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn changed(access: &Access, rest_ms: i64, now: Timestamp) -> Result<Commit, LedgerError> {
    let last = access.doc(SPACE, LOOKED).await?.and_then(|text| Timestamp::parse(&text));
    let since = last.map_or_else(|| now.plus_ms(-FIRST_MS), |at| at.plus_ms(-OVERLAP_MS));
    let reader = access.reader(Action::Search);
    reader.describe("電子カルテ情報共有: 変更のあった患者");
    let mut patients = BTreeSet::new();
    let mut seen = 0usize;
    for (name, member) in TYPES {
        let context = ParseContext { base: "", now };
        let pairs = [("_lastUpdated".to_owned(), format!("ge{}", since.to_fhir()))];
        let query = karute_fhir::search::parse(kind(name)?, &pairs, &context)
            .map_err(|error| LedgerError::Unsupported(format!("{name}.{}", error.parameter)))?;
        let mut after: Option<String> = None;
        loop {
            let page = reader.look_through(&query, after.as_deref()).await?;
            seen += page.matches.len();
            patients.extend(page.matches.iter().filter_map(|version| patient(version, member)));
            after = page.next;
            if after.is_none() || seen > MAX_CHANGES {
                break;
            }
        }
    }
    let patients = reader.release(patients).await?;
    let mut commit = Commit::new(Action::Update);
    commit.detail = Some("電子カルテ情報共有: 変更の確認".to_owned());
    // With too many to see them all, the next look begins where this one did.
    if seen <= MAX_CHANGES {
        let value = now.to_fhir();
        commit.docs.push(Doc::Put { space: SPACE, key: LOOKED.to_owned(), value, expires: None });
    }
    commit.jobs.extend(patients.iter().map(|patient| units_job(patient, now.plus_ms(rest_ms))));
    Ok(commit)
}

fn patient(version: &Version, member: &str) -> Option<Id> {
    if member.is_empty() {
        return Some(version.id.clone());
    }
    let body = parse(version.body.as_bytes(), &Limits::FHIR).ok()?;
    let reference = body.at(&[member, "reference"]).and_then(Value::as_str)?;
    Id::new(reference.strip_prefix("Patient/")?).ok()
}
