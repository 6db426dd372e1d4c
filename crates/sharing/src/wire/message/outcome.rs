//! How the service dealt with a request, and what its checks found.
use super::MessageError;
use crate::profile::Profile;
use karute_transport::message::{Ending, entries, item, read_ending};
use karute_transport::xml::Element;
use serde::{Deserialize, Serialize};

/// One thing that a check of the service found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// Code, a rule number (`R9015C`) where the check is of FHIR.
    pub code: String,
    /// Words of the service.
    pub message: String,
    /// Place in the document as FHIRPath; empty where none is told.
    #[serde(default)]
    pub location: String,
    /// The entry that is meant, `Condition/c1`; empty where it is not known.
    #[serde(default)]
    pub entry: String,
}

/// How the service dealt with a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// It was done.
    pub done: bool,
    /// The service is still at it.
    pub in_progress: bool,
    /// Result code; empty when there is none.
    pub code: String,
    /// Words that belong to the code.
    pub message: String,
    /// What checks of the envelope and the document found.
    pub findings: Vec<Finding>,
}

/// Reads header, common part and findings; the answer must echo the request's identifier.
pub(super) fn outcome<'e>(
    root: &'e Element,
    file_id: &str,
    profile: &Profile,
) -> Result<(Outcome, Option<&'e Element>), MessageError> {
    let (ending, body) = read_ending(root, file_id)?;
    let Ending { done, in_progress, code, message } = ending;
    let mut outcome = Outcome { done, in_progress, code, message, findings: Vec::new() };
    let Some(body) = body else { return Ok((outcome, None)) };
    let limits = profile.limits();
    for name in ["xml", "fhir"] {
        let list = profile.list(name).ok_or(MessageError::Unknown)?;
        for entry in entries(body, list, limits.max_list_entries)? {
            let location = if name == "fhir" { item(entry, &list.items, "location")? } else { String::new() };
            outcome.findings.push(Finding {
                code: item(entry, &list.items, "code")?,
                message: item(entry, &list.items, "message")?,
                location,
                entry: String::new(),
            });
        }
    }
    outcome.findings.truncate(limits.max_findings);
    Ok((outcome, Some(body)))
}
