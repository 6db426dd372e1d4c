//! The `DocumentReference` of an attachment, read.
use super::Category;
use crate::ChartError;
use crate::author::awaits_approval;
use crate::query::{parse, resource_type, search_all};
use crate::view::element::{date, display, number, reference, text};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Date;
use karute_json::Value;
use karute_ledger::{Lookup, Reader, Version};

/// System of the categories.
pub(super) const CATEGORY: &str = "urn:karute:document";
/// System of the formats of contents: `original`, `preview`, `strokes`.
pub(super) const FORMAT: &str = "urn:karute:document-content";
/// Documents listed at most.
const MOST: usize = 500;

/// What a content of a document is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// The file as it came.
    Original,
    /// What a browser may show.
    Preview,
    /// The lines of a drawing.
    Strokes,
}

impl Content {
    /// Code of the record and of addresses.
    pub const fn code(self) -> &'static str {
        match self {
            Content::Original => "original",
            Content::Preview => "preview",
            Content::Strokes => "strokes",
        }
    }
}

/// An attachment.
#[derive(Clone, Debug, PartialEq)]
pub struct Attached {
    /// Opaque id.
    pub id: Id,
    /// Version the reader saw.
    pub version: u32,
    /// What it is.
    pub category: Category,
    /// What it is called.
    pub title: String,
    /// When it was kept.
    pub date: Option<Date>,
    /// Who kept it.
    pub author: Option<String>,
    /// The visit it belongs to.
    pub visit: Option<Id>,
    /// 承認待ち
    pub awaiting: bool,
    /// Contents: what for, its Binary, media type, size in bytes.
    pub contents: Vec<(Content, Id, String, u64)>,
    /// Whose.
    patient: Option<Id>,
}

impl Attached {
    /// A content.
    pub fn content(&self, wanted: Content) -> Option<&(Content, Id, String, u64)> {
        self.contents.iter().find(|(content, ..)| *content == wanted)
    }
    /// Reads one; `None` for documents that hold no file of ours, and for what was entered in error.
    pub fn read(id: Id, version: u32, body: &Value<'_>) -> Option<Attached> {
        if text(body, &["status"]).as_deref() != Some("current") {
            return None;
        }
        let categories = body.get("category").map_or(&[][..], Value::items);
        let category = categories.iter().find_map(|c| crate::view::element::code(c, CATEGORY))?;
        let contents = body.get("content").map_or(&[][..], Value::items).iter().filter_map(|content| {
            let what = match text(content, &["format", "code"])?.as_str() {
                "original" => Content::Original,
                "preview" => Content::Preview,
                "strokes" => Content::Strokes,
                _ => return None,
            };
            let binary = reference(content, &["attachment", "url"], "Binary")?;
            let size = number(content, &["attachment", "size"]).and_then(|n| n.parse().ok()).unwrap_or(0);
            Some((what, binary, text(content, &["attachment", "contentType"])?, size))
        });
        Some(Attached {
            category: Category::parse(&category)?,
            title: text(body, &["description"]).or_else(|| body.get("type").and_then(display)).unwrap_or_default(),
            date: date(body, &["date"]),
            author: text(body, &["author", "0", "display"]),
            visit: reference(body, &["context", "encounter", "0", "reference"], "Encounter"),
            awaiting: awaits_approval(body),
            contents: contents.collect(),
            patient: reference(body, &["subject", "reference"], "Patient"),
            id,
            version,
        })
    }
}

/// The attachments of a patient, newest first.
pub fn list<'a>(reader: &'a Reader, patient: &'a Id) -> BoxFuture<'a, Result<Vec<Attached>, ChartError>> {
    Box::pin(async move {
        let pairs = [("patient", patient.as_str()), ("_sort", "-date"), ("_count", "200")];
        attached(&search_all(reader, "DocumentReference", &pairs, MOST).await?)
    })
}

/// Those of these versions that are attachments.
pub fn attached(versions: &[Version]) -> Result<Vec<Attached>, ChartError> {
    let mut found = Vec::new();
    for version in versions {
        found.extend(Attached::read(version.id.clone(), version.version, &parse(version)?));
    }
    Ok(found)
}

/// One attachment of this patient.
pub fn one<'a>(reader: &'a Reader, patient: &'a Id, id: &'a Id) -> BoxFuture<'a, Result<Attached, ChartError>> {
    Box::pin(async move {
        let Lookup::Found(version) = reader.read(resource_type("DocumentReference")?, id).await? else {
            return Err(ChartError::NotFound);
        };
        let found = Attached::read(id.clone(), version.version, &parse(&version)?);
        found.filter(|found| found.patient.as_ref() == Some(patient)).ok_or(ChartError::NotFound)
    })
}

/// The hash of a content, in hexadecimal, by which the ledger gives it out.
pub fn stored<'a>(reader: &'a Reader, binary: &'a Id) -> BoxFuture<'a, Result<String, ChartError>> {
    Box::pin(async move {
        let Lookup::Found(version) = reader.read(resource_type("Binary")?, binary).await? else {
            return Err(ChartError::NotFound);
        };
        let body = parse(&version)?;
        let tags = body.get("meta").and_then(|meta| meta.get("tag")).map_or(&[][..], Value::items);
        let tag = tags.iter().find(|tag| text(tag, &["system"]).as_deref() == Some(super::keep::HASH));
        tag.and_then(|tag| text(tag, &["code"])).ok_or(ChartError::NotFound)
    })
}
