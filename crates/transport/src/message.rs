//! The frame of all messages: `XmlMsg` with header and body (transport digest section 5), items by their description in
//! a profile, repeated parts.
use crate::profile::{Item, ItemError, List};
use crate::xml::{Bounds, Element, XmlError, escaped, read};

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

/// Longest `ArbitraryFileIdentifier` (transport digest section 5).
const MAX_FILE_ID: usize = 50;

fn wrong(element: &str, error: ItemError) -> MessageError {
    MessageError::Item { element: element.to_owned(), error }
}

/// Writes a request. Items whose key is in `padded` may begin with blanks, which are no part of their text.
///
/// # Errors
/// When institution, identifier or an item do not fit their types, or the whole is larger than `max_bytes`.
pub fn write_request(
    ids: (&str, &str),
    specs: &[Item],
    values: &[(&str, String)],
    padded: &[&str],
    max_bytes: usize,
) -> Result<Vec<u8>, MessageError> {
    write_request_about(ids, (&[], specs), values, padded, max_bytes)
}

/// The same with items in the header, before the identifier: requests about an insured person name them there
/// (transport digest 7.8).
///
/// # Errors
/// See [`write_request`].
pub fn write_request_about(
    (institution, file_id): (&str, &str),
    (header, specs): (&[Item], &[Item]),
    values: &[(&str, String)],
    padded: &[&str],
    max_bytes: usize,
) -> Result<Vec<u8>, MessageError> {
    if institution.len() != 10 || !institution.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong("MedicalInstitutionCode", ItemError::Characters));
    }
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    if file_id.is_empty() || file_id.len() > MAX_FILE_ID || !file_id.bytes().all(plain) {
        return Err(wrong("ArbitraryFileIdentifier", ItemError::Characters));
    }
    let mut body = format!("<XmlMsg><MessageHeader><MedicalInstitutionCode>{institution}</MedicalInstitutionCode>");
    let put = |body: &mut String, specs: &[Item]| {
        for item in specs {
            let text = values.iter().find(|(key, _)| *key == item.key).map_or("", |(_, text)| text.as_str());
            item.check(unpadded(&item.key, text, padded), false).map_err(|error| wrong(&item.label, error))?;
            body.push_str(&element(&item.label, text));
        }
        Ok::<(), MessageError>(())
    };
    put(&mut body, header)?;
    body.push_str(&element("ArbitraryFileIdentifier", file_id));
    body.push_str("</MessageHeader><MessageBody>");
    put(&mut body, specs)?;
    body.push_str("</MessageBody></XmlMsg>");
    if body.len() > max_bytes { Err(XmlError::TooLarge.into()) } else { Ok(body.into_bytes()) }
}

fn unpadded<'t>(key: &str, text: &'t str, padded: &[&str]) -> &'t str {
    if padded.contains(&key) { text.trim_start_matches(' ') } else { text }
}

/// A request as a service reads it.
#[derive(Clone, PartialEq, Eq)]
pub struct Taken {
    /// 医療機関コード
    pub institution: String,
    /// `ArbitraryFileIdentifier`, to be echoed.
    pub file_id: String,
    /// Items that are there, by their names in the profile.
    pub items: Vec<(String, String)>,
}

/// Content may be a patient's.
impl std::fmt::Debug for Taken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Taken({}, {} items)", self.file_id, self.items.len())
    }
}

/// Reads a request, as the service does.
///
/// # Errors
/// When the XML or an item is not as described, or an unknown element stands in the body.
pub fn read_request(body: &[u8], specs: &[Item], padded: &[&str], bounds: &Bounds) -> Result<Taken, MessageError> {
    read_request_about(body, (&[], specs), padded, bounds)
}

/// The same with items in the header.
///
/// # Errors
/// See [`read_request`].
pub fn read_request_about(
    body: &[u8],
    (above, specs): (&[Item], &[Item]),
    padded: &[&str],
    bounds: &Bounds,
) -> Result<Taken, MessageError> {
    let root = read(body, bounds)?;
    if root.name != "XmlMsg" {
        return Err(XmlError::Structure.into());
    }
    let (header, content) = (root.only("MessageHeader")?, root.only("MessageBody")?);
    let text = |name: &str| header.text_of(name).map(|text| text.unwrap_or_default().to_owned());
    let mut items = Vec::new();
    let places = above.iter().map(|item| (header, item)).chain(specs.iter().map(|item| (content, item)));
    for (place, item) in places {
        let text = unpadded(&item.key, place.text_of(&item.label)?.unwrap_or_default(), padded);
        item.check(text, false).map_err(|error| wrong(&item.label, error))?;
        if !text.is_empty() {
            items.push((item.key.clone(), text.to_owned()));
        }
    }
    if content.children.iter().any(|child| !specs.iter().any(|item| item.label == child.name)) {
        return Err(XmlError::Structure.into());
    }
    Ok(Taken { institution: text("MedicalInstitutionCode")?, file_id: text("ArbitraryFileIdentifier")?, items })
}

/// How a service dealt with a request, as every result says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// It was done (`SegmentOfResult` 1 and `ProcessingResultStatus` 1).
    pub done: bool,
    /// The service is still at it (`SegmentOfResult` 2).
    pub in_progress: bool,
    /// `ProcessingResultCode`, or `ErrorCode` of the header; empty when there is none.
    pub code: String,
    /// Words that belong to the code.
    pub message: String,
}

/// Reads header and common part of a result; the answer must echo the request's identifier.
///
/// # Errors
/// When it is no result, or another request's.
pub fn read_ending<'e>(root: &'e Element, file_id: &str) -> Result<(Ending, Option<&'e Element>), MessageError> {
    if root.name != "XmlMsg" {
        return Err(XmlError::Structure.into());
    }
    let header = root.only("MessageHeader")?;
    let text = |element: &'e Element, name: &str| element.text_of(name).map(|text| text.unwrap_or_default().trim());
    if text(header, "ArbitraryFileIdentifier")? != file_id {
        return Err(MessageError::Foreign);
    }
    let segment = text(header, "SegmentOfResult")?;
    let mut ending = Ending {
        in_progress: segment == "2",
        code: bounded(text(header, "ErrorCode")?, 20),
        message: bounded(text(header, "ErrorMessage")?, 400),
        ..Ending::default()
    };
    if !matches!(segment, "1" | "2" | "9") {
        return Err(wrong("SegmentOfResult", ItemError::Code));
    }
    let Some(body) = root.child("MessageBody") else {
        // An abnormal end may have no body; a normal one has.
        return if segment == "1" { Err(XmlError::Structure.into()) } else { Ok((ending, None)) };
    };
    let status = text(body, "ProcessingResultStatus")?;
    if segment == "1" && !matches!(status, "1" | "2") {
        return Err(wrong("ProcessingResultStatus", ItemError::Code));
    }
    ending.done = segment == "1" && status == "1";
    let code = text(body, "ProcessingResultCode")?;
    if !code.is_empty() {
        ending.code = bounded(code, 20);
        ending.message = bounded(text(body, "ProcessingResultMessage")?, 400);
    }
    Ok((ending, Some(body)))
}

/// Text from outside for a person: without control characters, at most so many characters.
pub fn bounded(text: &str, characters: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(characters).collect()
}

/// Writes a result up to its own part; [`END`] ends it.
pub fn begin_result(file_id: &str, ending: &Ending) -> String {
    let mut out = format!(
        "<XmlMsg><MessageHeader>{}<SegmentOfResult>{}</SegmentOfResult>\
         <CharacterCodeIdentifier>0</CharacterCodeIdentifier></MessageHeader><MessageBody>",
        element("ArbitraryFileIdentifier", file_id),
        if ending.in_progress { "2" } else { "1" },
    );
    out.push_str(&element("ProcessingResultStatus", if ending.done { "1" } else { "2" }));
    out.push_str(&element("ProcessingResultCode", &ending.code));
    out.push_str(&element("ProcessingResultMessage", &ending.message));
    out
}

/// End of every message.
pub const END: &str = "</MessageBody></XmlMsg>";

/// An element with text; nothing for an empty text.
pub fn element(name: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("<{name}>{}</{name}>", escaped(text)) }
}

/// Items in the order of the profile.
pub fn items(specs: &[Item], values: &[(&str, String)]) -> String {
    specs
        .iter()
        .map(|spec| {
            let text = values.iter().find(|(key, _)| *key == spec.key).map_or("", |(_, text)| text.as_str());
            element(&spec.label, text)
        })
        .collect()
}

/// A repeated part: its container with an element for each of these contents; nothing when there are none.
pub fn list(list: &List, contents: &[String]) -> String {
    if contents.is_empty() {
        return String::new();
    }
    let inner: String = contents.iter().map(|content| format!("<{0}>{content}</{0}>", list.child)).collect();
    format!("<{0}>{inner}</{0}>", list.container)
}

/// The text of an element checked against its item; empty when it is not there.
///
/// # Errors
/// When the item is not described, or the text does not fit.
pub fn item(element: &Element, specs: &[Item], key: &str) -> Result<String, MessageError> {
    let item = specs.iter().find(|item| item.key == key).ok_or(MessageError::Unknown)?;
    let text = element.text_of(&item.label)?.unwrap_or_default().trim_matches([' ', '\n', '\r', '\t']);
    match item.check(text, false) {
        Ok(()) => Ok(text.to_owned()),
        Err(error) => Err(wrong(&item.label, error)),
    }
}

/// A text that must be there.
///
/// # Errors
/// When it is empty.
pub fn needed(text: String, specs: &[Item], key: &str) -> Result<String, MessageError> {
    if !text.is_empty() {
        return Ok(text);
    }
    let element = specs.iter().find(|item| item.key == key).map_or("", |item| item.label.as_str());
    Err(wrong(element, ItemError::Missing))
}

/// The entries of a repeated part: children of its container, or the container itself repeated.
///
/// # Errors
/// When there are more than `most`.
pub fn entries<'e>(body: &'e Element, list: &List, most: usize) -> Result<Vec<&'e Element>, MessageError> {
    let mut found = Vec::new();
    for container in body.children.iter().filter(|child| child.name == list.container) {
        let inner: Vec<&Element> = container.children.iter().filter(|child| child.name == list.child).collect();
        if inner.is_empty() && !container.children.is_empty() {
            found.push(container);
        } else {
            found.extend(inner);
        }
    }
    if found.len() > most { Err(MessageError::TooMany) } else { Ok(found) }
}
