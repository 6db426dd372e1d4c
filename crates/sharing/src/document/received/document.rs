//! Sections of a document, its files and the documents inside of it.
use super::narrative::blocks;
use super::resolve::Entries;
use crate::document::json::{items, text};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use karute_chart::inbox::{Block, Enclosed, Shown};
use karute_chart::outside::Item;
use karute_json::Value;

/// Sections of a document at most.
const MOST: usize = 200;
/// Bytes of all files at most.
const MOST_BYTES: usize = 20_000_000;

/// What a document holds.
#[derive(Default)]
pub(super) struct Read<'b, 'a> {
    pub(super) sections: Vec<Shown>,
    pub(super) files: Vec<Enclosed>,
    pub(super) bundles: Vec<&'b Value<'a>>,
    pub(super) addressee: String,
    /// Observations that are findings in words, not results.
    pub(super) findings: Vec<usize>,
}

pub(super) fn document<'b, 'a>(
    entries: &Entries<'b, 'a>,
    composition: &'b Value<'a>,
    gaps: &mut Vec<String>,
) -> Read<'b, 'a> {
    let mut read = Read::default();
    for section in items(composition, "section") {
        walk(entries, composition, section, 0, &mut read, gaps);
    }
    read
}

fn walk<'b, 'a>(
    entries: &Entries<'b, 'a>,
    holder: &'b Value<'a>,
    section: &'b Value<'a>,
    depth: u8,
    read: &mut Read<'b, 'a>,
    gaps: &mut Vec<String>,
) {
    if read.sections.len() >= MOST || depth > 3 {
        gaps.push("文書の一部だけを表示しています。".to_owned());
        return;
    }
    let code = text(section, &["code", "coding", "0", "code"]).unwrap_or_default();
    let title = text(section, &["title"]).or_else(|| text(section, &["code", "coding", "0", "display"]));
    let title: String = title.unwrap_or_else(|| "（見出しなし）".to_owned()).chars().take(80).collect();
    let mut found: Vec<&'b Value<'a>> = Vec::new();
    for entry in items(section, "entry") {
        match entries.resolve(holder, entry) {
            Some(resource) => found.push(resource),
            None => gaps.push(format!("「{title}」の参照先が文書の中にありません。")),
        }
    }
    if matches!(code.as_str(), "610" | "612" | "614" | "640") {
        read.findings.extend(found.iter().map(|resource| std::ptr::from_ref(*resource).addr()));
    }
    if code == "910" {
        read.addressee = addressee(&found);
    }
    let mut shown = text(section, &["text", "div"]).map(|div| blocks(&div)).unwrap_or_default();
    if shown.is_empty() {
        shown = told(&found);
    }
    for resource in &found {
        match text(resource, &["resourceType"]).as_deref() {
            Some("Bundle") => read.bundles.push(resource),
            Some("DocumentReference") if matches!(code.as_str(), "200" | "210" | "220" | "230" | "01995") => {
                file(resource, read, gaps);
            }
            _ => {}
        }
    }
    let empty = text(section, &["emptyReason", "coding", "0", "code"]).map(|reason| match reason.as_str() {
        "nilknown" => "特になし".to_owned(),
        "notasked" => "未聴取".to_owned(),
        "withheld" => "記載なし（開示しない）".to_owned(),
        _ => "情報なし".to_owned(),
    });
    let children = items(section, "section");
    // 構造情報 itself says nothing: its parts do.
    if !(shown.is_empty() && empty.is_none() && !children.is_empty()) {
        read.sections.push(Shown { code, title, depth: depth.min(1), blocks: shown, empty });
    }
    for child in children {
        walk(entries, holder, child, depth + 1, read, gaps);
    }
}

/// Without a narrative: what the data say.
fn told(found: &[&Value<'_>]) -> Vec<Block> {
    let lines: Vec<String> = found
        .iter()
        .flat_map(|resource| match text(resource, &["resourceType"]).as_deref() {
            Some("DocumentReference" | "CarePlan") => text(resource, &["description"]).into_iter().collect::<Vec<_>>(),
            Some("Encounter") => items(resource, "reasonCode").iter().filter_map(|r| text(r, &["text"])).collect(),
            Some("Organization" | "Practitioner") => {
                text(resource, &["name"]).or_else(|| text(resource, &["name", "0", "text"])).into_iter().collect()
            }
            _ => Item::read(resource)
                .iter()
                .map(|item| format!("{} {}", item.name(), item.words()).trim_end().to_owned())
                .collect(),
        })
        .map(|line| super::narrative::safe(&line))
        .collect();
    if lines.is_empty() { Vec::new() } else { vec![Block::List(lines)] }
}

fn addressee(found: &[&Value<'_>]) -> String {
    let of = |kind: &str| found.iter().find(|r| text(r, &["resourceType"]).as_deref() == Some(kind));
    let doctor = of("Practitioner").and_then(|r| text(r, &["name", "0", "text"]));
    let name = doctor.or_else(|| of("Organization").and_then(|r| text(r, &["name"]))).unwrap_or_default();
    super::narrative::safe(&name)
}

fn file<'b, 'a>(document: &'b Value<'a>, read: &mut Read<'b, 'a>, gaps: &mut Vec<String>) {
    for content in items(document, "content") {
        let Some(attachment) = content.get("attachment") else { continue };
        let title = text(attachment, &["title"]).or_else(|| text(document, &["description"]));
        let title: String =
            super::narrative::safe(&title.unwrap_or_else(|| "添付".to_owned())).chars().take(120).collect();
        let Some(data) = attachment.get("data").and_then(Value::as_str) else {
            gaps.push(format!("「{title}」は文書の外にあり、ここでは開けません。"));
            continue;
        };
        let plain: String = data.chars().filter(|c| !c.is_whitespace()).collect();
        let Ok(bytes) = STANDARD.decode(plain) else {
            gaps.push(format!("「{title}」を読めませんでした。"));
            continue;
        };
        let held: usize = read.files.iter().map(|file| file.content.len()).sum();
        if held + bytes.len() > MOST_BYTES {
            gaps.push(format!("「{title}」は大きすぎるため開けません。"));
            continue;
        }
        let media = text(attachment, &["contentType"]).unwrap_or_else(|| "application/octet-stream".to_owned());
        read.files.push(Enclosed { title, media: media.chars().take(80).collect(), content: bytes });
    }
}
