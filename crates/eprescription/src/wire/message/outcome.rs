//! What all requests and results share: header, status, codes, lists.
use crate::profile::{ItemError, Profile};
use crate::wire::xml::{Element, XmlError};

/// Why a message is not written or not understood. No text of the message is told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// The XML.
    #[error(transparent)]
    Xml(#[from] XmlError),
    /// An item.
    #[error("{element}: {error}")]
    Item {
        /// Element.
        element: String,
        /// What is wrong with it.
        error: ItemError,
    },
    /// The answer belongs to another request.
    #[error("応答の識別子が要求と一致しません。")]
    Foreign,
    /// The larger part is not Base64.
    #[error("Base64の形式が正しくありません。")]
    Base64,
    /// More entries than allowed.
    #[error("応答の件数が上限を超えています。")]
    TooMany,
    /// The profile does not know this message.
    #[error("この機能の電文が定義されていません。")]
    Unknown,
}

/// One thing that a check of the service found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Code.
    pub code: String,
    /// Words of the service.
    pub message: String,
}

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

/// The text of an element checked against its item in the profile; empty when it is not there.
pub(super) fn item(element: &Element, items: &[crate::profile::Item], key: &str) -> Result<String, MessageError> {
    let item = items.iter().find(|item| item.key == key).ok_or(MessageError::Unknown)?;
    let text = element.text_of(&item.label)?.unwrap_or_default().trim_matches([' ', '\n', '\r', '\t']);
    match item.check(text, false) {
        Ok(()) => Ok(text.to_owned()),
        Err(error) => Err(MessageError::Item { element: item.label.clone(), error }),
    }
}

/// The entries of a repeated part: children of its container, or the container itself repeated.
pub(super) fn entries<'e>(body: &'e Element, name: &str, profile: &Profile) -> Result<Vec<&'e Element>, MessageError> {
    let list = profile.list(name).ok_or(MessageError::Unknown)?;
    let mut found = Vec::new();
    for container in body.children.iter().filter(|child| child.name == list.container) {
        let inner: Vec<&Element> = container.children.iter().filter(|child| child.name == list.child).collect();
        if inner.is_empty() && !container.children.is_empty() {
            found.push(container);
        } else {
            found.extend(inner);
        }
    }
    if found.len() > profile.limits().max_list_entries { Err(MessageError::TooMany) } else { Ok(found) }
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
    if root.name != "XmlMsg" {
        return Err(MessageError::Xml(XmlError::Structure));
    }
    let header = root.only("MessageHeader")?;
    let text = |element: &'e Element, name: &str| element.text_of(name).map(|text| text.unwrap_or_default().trim());
    if text(header, "ArbitraryFileIdentifier")? != file_id {
        return Err(MessageError::Foreign);
    }
    let segment = text(header, "SegmentOfResult")?;
    let mut outcome = Outcome {
        in_progress: segment == "2",
        code: bounded(text(header, "ErrorCode")?, 20),
        message: bounded(text(header, "ErrorMessage")?, 400),
        ..Outcome::default()
    };
    if !matches!(segment, "1" | "2" | "9") {
        return Err(MessageError::Item { element: "SegmentOfResult".to_owned(), error: ItemError::Code });
    }
    let Some(body) = root.child("MessageBody") else {
        // An abnormal end may have no body; a normal one has.
        return if segment == "1" { Err(MessageError::Xml(XmlError::Structure)) } else { Ok((outcome, None)) };
    };
    let status = text(body, "ProcessingResultStatus")?;
    if segment == "1" && !matches!(status, "1" | "2") {
        return Err(MessageError::Item { element: "ProcessingResultStatus".to_owned(), error: ItemError::Code });
    }
    outcome.done = segment == "1" && status == "1";
    let code = text(body, "ProcessingResultCode")?;
    if !code.is_empty() {
        outcome.code = bounded(code, 20);
        outcome.message = bounded(text(body, "ProcessingResultMessage")?, 400);
    }
    outcome.xml = findings(body, "xml", profile)?;
    outcome.csv = findings(body, "csv", profile)?;
    outcome.signatures = verifications(body, profile)?;
    Ok((outcome, Some(body)))
}

fn bounded(text: &str, characters: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(characters).collect()
}
