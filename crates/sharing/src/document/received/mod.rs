//! What came, read: a Bundle of ours or of anybody else becomes sections in the sender's order and wording, items, files.
//!
//! Nothing of it is trusted. Narratives become words, lists and tables of words; links, pictures, styles and scripts are
//! dropped, so that no markup of others ever reaches a browser ([`narrative`]). Files are handed over as bytes with the
//! sender's claim of what they are; `chart::attachment` looks what they really are. Importers are liberal (digest jp-fhir
//! §9): old addresses of code systems, profiles with any version, unknown sections, documents within documents.

mod about;
mod document;
mod narrative;
mod resolve;

pub use narrative::blocks;

use super::json::{has_tag, items, text};
use super::names;
use karute_chart::inbox::{Kind, Received};
use karute_chart::outside::Item;
use karute_japan::Timestamp;
use karute_json::{Limits, Value};
use resolve::Entries;

/// Entries of a Bundle read at most.
const MOST_ENTRIES: usize = 4_000;
/// Items of a document at most.
const MOST_ITEMS: usize = 3_000;
/// Documents within documents read at most.
const DEEPEST: usize = 2;

/// Why nothing can be read of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Larger than anything the service delivers.
    #[error("too large")]
    TooLarge,
    /// No JSON.
    #[error("not JSON")]
    NotJson,
    /// No FHIR Bundle.
    #[error("not a FHIR Bundle")]
    NotABundle,
    /// A Bundle without a patient.
    #[error("a Bundle without a patient")]
    NoPatient,
}

impl Unreadable {
    /// For people.
    pub const fn words(self) -> &'static str {
        match self {
            Unreadable::TooLarge => "文書が大きすぎるため開けません。",
            Unreadable::NotJson => "文書の形式（JSON）が正しくありません。原文を確認してください。",
            Unreadable::NotABundle => "共有サービスの文書ではありません。原文を確認してください。",
            Unreadable::NoPatient => "患者の情報がない文書です。送信元に確認してください。",
        }
    }
}

/// Reads a document or a unit of information.
///
/// # Errors
/// When there is nothing to show; what is merely strange is told in [`Received::gaps`].
pub fn read(bytes: &[u8]) -> Result<Received, Unreadable> {
    if bytes.len() > 2 * super::MAX_BYTES {
        return Err(Unreadable::TooLarge);
    }
    let limits = Limits { max_bytes: 2 * super::MAX_BYTES, ..Limits::FHIR };
    let bundle = karute_json::parse(bytes, &limits).map_err(|_| Unreadable::NotJson)?;
    bundle_of(&bundle, 0)
}

fn bundle_of(bundle: &Value<'_>, depth: usize) -> Result<Received, Unreadable> {
    if text(bundle, &["resourceType"]).as_deref() != Some("Bundle") {
        return Err(Unreadable::NotABundle);
    }
    let all = items(bundle, "entry");
    let all = all.get(..all.len().min(MOST_ENTRIES)).unwrap_or(all);
    let entries = Entries::new(all);
    let composition = entries.of("Composition").next();
    let patient = composition
        .and_then(|c| entries.resolve(c, c.get("subject")?))
        .or_else(|| entries.of("Patient").next())
        .ok_or(Unreadable::NoPatient)?;
    let mut gaps = Vec::new();
    let kind = kind(bundle, composition);
    let mut received = Received {
        kind,
        title: composition.and_then(|c| text(c, &["title"])).unwrap_or_else(|| kind.word().to_owned()),
        identifier: text(bundle, &["identifier", "value"]).unwrap_or_default(),
        sender: about::sender(&entries, composition),
        addressee: String::new(),
        written: composition
            .and_then(|c| text(c, &["date"]))
            .or_else(|| text(bundle, &["timestamp"]))
            .and_then(|at| moment(&at)),
        who: about::who(patient),
        sections: Vec::new(),
        items: Vec::new(),
        files: Vec::new(),
        inside: Vec::new(),
        gaps: Vec::new(),
    };
    let mut left_out: Vec<usize> = Vec::new();
    if let Some(composition) = composition {
        let read = document::document(&entries, composition, &mut gaps);
        received.sections = read.sections;
        received.files = read.files;
        received.addressee = read.addressee;
        left_out = read.findings;
        for inner in read.bundles {
            if depth >= DEEPEST {
                gaps.push("中の文書が深すぎるため開けません。".to_owned());
            } else if let Ok(inside) = bundle_of(inner, depth + 1) {
                received.inside.push(inside);
            } else {
                gaps.push("添付された文書を読めませんでした。".to_owned());
            }
        }
    }
    for resource in entries.all() {
        if left_out.contains(&std::ptr::from_ref(resource).addr()) {
            continue;
        }
        received.items.extend(Item::read(resource));
        if received.items.len() > MOST_ITEMS {
            received.items.truncate(MOST_ITEMS);
            gaps.push(format!("項目が多すぎます。{MOST_ITEMS}件まで表示します。"));
            break;
        }
    }
    if items(bundle, "entry").len() > MOST_ENTRIES {
        gaps.push("文書の一部だけを表示しています。".to_owned());
    }
    gaps.dedup();
    received.gaps = gaps;
    Ok(received)
}

fn kind(bundle: &Value<'_>, composition: Option<&Value<'_>>) -> Kind {
    let codings = composition.and_then(|c| c.get("type")).map_or(&[][..], |t| items(t, "coding"));
    let of = |code: &str| codings.iter().any(|c| text(c, &["code"]).as_deref() == Some(code));
    match composition {
        Some(_) if of("57133-1") => Kind::Referral,
        Some(_) if of("18842-5") => Kind::Discharge,
        Some(_) if of("53576-5") => Kind::Checkup,
        Some(_) if of("56447-6") => Kind::Plan,
        Some(_) => Kind::Other,
        None if has_tag(bundle, names::RESOURCE_TAG, Some("Observation")) => Kind::Laboratory,
        None => Kind::Information,
    }
}

/// A moment; of a day alone its noon, so that it stays that day everywhere.
fn moment(told: &str) -> Option<Timestamp> {
    Timestamp::parse(told).or_else(|| {
        let day = told.get(..10)?.parse().ok()?;
        Some(Timestamp::in_japan(day, 12, 0, 0))
    })
}
