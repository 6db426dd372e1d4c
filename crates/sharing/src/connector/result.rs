//! The file beside a document that says what became of it, for the other system and for a person.
use crate::wire::envelope::Kind;
use crate::wire::message::Finding;
use karute_japan::Timestamp;
use serde::Serialize;

/// Why something was not registered: for programs by its code and place, for people in Japanese.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// `R9015C`, `CISB9020E`, or ours: `KARUTE-…`.
    pub code: String,
    /// In Japanese.
    pub message: String,
    /// Place in the document as FHIRPath; empty where none is told.
    pub location: String,
}

impl Reason {
    /// One of ours.
    pub(super) fn own(code: &str, message: impl std::fmt::Display) -> Reason {
        Reason { code: format!("KARUTE-{code}"), message: message.to_string(), location: String::new() }
    }
}

impl From<&Finding> for Reason {
    fn from(finding: &Finding) -> Reason {
        let Finding { code, message, location, .. } = finding;
        Reason { code: code.clone(), message: message.clone(), location: location.clone() }
    }
}

/// What became of a file.
#[derive(Serialize)]
pub(super) struct Outcome<'o> {
    /// `accepted`, `rejected`, `superseded`.
    pub(super) state: &'o str,
    /// Its name as it was laid there.
    pub(super) file: &'o str,
    /// SHA-256 of its content.
    pub(super) sha256: &'o str,
    pub(super) kind: Option<Kind>,
    pub(super) bundle_id: Option<&'o str>,
    /// FHIR instant.
    pub(super) at: String,
    /// 受付番号 of a letter.
    pub(super) receipt: Option<&'o str>,
    pub(super) reasons: &'o [Reason],
}

impl Outcome<'_> {
    pub(super) fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).unwrap_or_default()
    }

    /// The name of the file for a document of this hash.
    pub(super) fn name(hash: &str) -> String {
        format!("{}.result.json", short(hash))
    }
}

/// The name of a document of this hash: forty characters of it.
pub(super) fn document_name(hash: &str) -> String {
    format!("{}.json", short(hash))
}

fn short(hash: &str) -> &str {
    hash.get(..40).unwrap_or(hash)
}

/// What came for the institution, beside the document.
#[derive(Serialize)]
pub(super) struct Receipt<'r> {
    pub(super) document_key: &'r str,
    pub(super) sender: &'r str,
    pub(super) sender_name: &'r str,
    pub(super) kind: Kind,
    pub(super) registered: &'r str,
    pub(super) received: String,
    /// Of the envelope as it came, and of the document in it.
    pub(super) envelope_sha256: &'r str,
    pub(super) document_sha256: &'r str,
    /// Files in `out/` that belong to it.
    pub(super) files: Vec<String>,
    /// Nothing, or why a person must look before it is used.
    pub(super) quarantined: Option<&'r str>,
    pub(super) remarks: &'r [String],
}

/// An instant as results have it.
pub(super) fn at(now: Timestamp) -> String {
    now.to_fhir()
}
