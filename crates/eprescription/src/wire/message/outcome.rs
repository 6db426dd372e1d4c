//! What all requests and results share: header, status, codes, lists.
use crate::profile::Profile;
pub(super) use karute_transport::message::item;
use karute_transport::message::{Ending, read_ending};
pub use karute_transport::message::{Finding, MessageError};
use karute_transport::xml::Element;

/// What the service says about a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// Status.
    pub status: String,
    /// Words.
    pub message: String,
    /// Which signature.
    pub sign: String,
    /// Why it failed.
    pub failures: Vec<VerificationFailure>,
}

/// Why a signature failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerificationFailure {
    /// Key.
    pub key: String,
    /// Code.
    pub code: String,
    /// Words.
    pub message: String,
}

/// How the service dealt with a request, the part common to all results.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// It was done (`SegmentOfResult` 1 and `ProcessingResultStatus` 1).
    pub done: bool,
    /// The service is still at it (`SegmentOfResult` 2).
    pub in_progress: bool,
    /// `ProcessingResultCode`, or `ErrorCode` of the header; empty when there is none.
    pub code: String,
    /// Words that belong to the code.
    pub message: String,
    /// Faults of the envelope.
    pub xml: Vec<Finding>,
    /// Faults of the CSV.
    pub csv: Vec<Finding>,
    /// Faults of the signature.
    pub signatures: Vec<Verification>,
}

/// The entries of a repeated part.
pub(super) fn entries<'e>(body: &'e Element, name: &str, profile: &Profile) -> Result<Vec<&'e Element>, MessageError> {
    let list = profile.list(name).ok_or(MessageError::Unknown)?;
    karute_transport::message::entries(body, list, profile.limits().max_list_entries)
}

/// An item of an entry of a repeated part.
pub(super) fn entry_item(entry: &Element, list: &str, key: &str, profile: &Profile) -> Result<String, MessageError> {
    item(entry, &profile.list(list).ok_or(MessageError::Unknown)?.items, key)
}

fn findings(body: &Element, name: &str, profile: &Profile) -> Result<Vec<Finding>, MessageError> {
    entries(body, name, profile)?
        .into_iter()
        .map(|entry| {
            Ok(Finding {
                code: entry_item(entry, name, "code", profile)?,
                message: entry_item(entry, name, "message", profile)?,
            })
        })
        .collect()
}

fn verifications(body: &Element, profile: &Profile) -> Result<Vec<Verification>, MessageError> {
    let mut made = Vec::new();
    for entry in entries(body, "verify", profile)? {
        let mut failures = Vec::new();
        for failure in entries(entry, "failure", profile)? {
            failures.push(VerificationFailure {
                key: entry_item(failure, "failure", "key", profile)?,
                code: entry_item(failure, "failure", "code", profile)?,
                message: entry_item(failure, "failure", "message", profile)?,
            });
        }
        made.push(Verification {
            status: entry_item(entry, "verify", "status", profile)?,
            message: entry_item(entry, "verify", "message", profile)?,
            sign: entry_item(entry, "verify", "sign", profile)?,
            failures,
        });
    }
    Ok(made)
}

/// Reads header and common part; the answer must echo the request's identifier.
pub(super) fn outcome<'e>(
    root: &'e Element,
    file_id: &str,
    profile: &Profile,
) -> Result<(Outcome, Option<&'e Element>), MessageError> {
    let (ending, body) = read_ending(root, file_id)?;
    let Ending { done, in_progress, code, message } = ending;
    let mut outcome = Outcome { done, in_progress, code, message, ..Outcome::default() };
    let Some(body) = body else { return Ok((outcome, None)) };
    outcome.xml = findings(body, "xml", profile)?;
    outcome.csv = findings(body, "csv", profile)?;
    outcome.signatures = verifications(body, profile)?;
    Ok((outcome, Some(body)))
}
