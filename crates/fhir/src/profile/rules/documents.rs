//! Documents: sections and what they refer to.
use super::{Case, Report, identity};
use crate::profile::names;
use crate::profile::read::{bare, codings, declared, is, is_digits, is_institution, kind, list, text};
use karute_json::Value;
use std::collections::HashSet;

/// Most references looked at in one document.
const MAX_REFERENCES: usize = 20_000;

/// `fullUrl`s, and that every reference to one leads somewhere.
pub(super) fn check(bundle: &Value<'_>, case: &Case<'_>, report: &mut Report<'_>) {
    if case.is(bundle, names::BUNDLE_CHECKUP) {
        return;
    }
    let entries = list(bundle, "entry");
    let mut known = HashSet::new();
    for (index, entry) in entries.iter().enumerate() {
        match text(entry, "fullUrl") {
            Some(url) if identity::is_urn_uuid(&url) => {
                known.insert(url);
            }
            _ => report.say("CLINS-FULLURL", &format!(".entry[{index}].fullUrl")),
        }
    }
    let mut left = MAX_REFERENCES;
    for (index, entry) in entries.iter().enumerate() {
        // A Bundle within has its own references.
        let Some(resource) = entry.get("resource").filter(|resource| kind(resource) != "Bundle") else { continue };
        let mut path = format!(".entry[{index}].resource");
        references(resource, &mut path, &mut left, &mut |reference, path| {
            if reference.starts_with("urn:uuid:") && !known.contains(reference) {
                report.say("CLINS-REFERENCE", path);
            }
        });
    }
}

/// Every `reference` below an element, with its place.
fn references(value: &Value<'_>, path: &mut String, left: &mut usize, found: &mut impl FnMut(&str, &str)) {
    let length = path.len();
    match value {
        Value::Object(object) => {
            for (key, member) in object.iter() {
                let key = key.decode();
                path.push('.');
                path.push_str(&key);
                if let (true, Some(reference)) = (key == "reference", member.as_str()) {
                    *left = left.saturating_sub(1);
                    found(&reference, path);
                } else if *left > 0 {
                    references(member, path, left, found);
                }
                path.truncate(length);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push_str(&format!("[{index}]"));
                references(item, path, left, found);
                path.truncate(length);
            }
        }
        _ => {}
    }
}

/// The sections of a Composition of the service.
pub(super) fn composition(composition: &Value<'_>, case: &Case<'_>, report: &mut Report<'_>) {
    let is_any = |names: &[&str]| {
        let one = |canonical: &str| names.contains(&canonical.rsplit('/').next().unwrap_or_default());
        declared(composition).any(|profile| one(bare(&profile))) || case.also.iter().any(|profile| one(profile))
    };
    let letter = is_any(&["JP_Composition_eReferral", "JP_Composition_eDischargeSummary"]);
    if !letter && !is_any(&["JP_Composition_ePCS"]) {
        return;
    }
    if letter {
        let has = |code: &str| list(composition, "section").iter().any(|section| has_code(section, code));
        if has("200") == has("300") {
            report.say("CLINS-SECTIONS", ".section");
        }
    }
    let id = composition.get("identifier").and_then(|identifier| text(identifier, "value"));
    if id.is_some_and(|id| !is_document_id(&id)) {
        report.say("CLINS-DOCUMENT-ID", ".identifier.value");
    }
    sections(composition, "", 0, report);
}

fn has_code(section: &Value<'_>, code: &str) -> bool {
    codings(section.get("code")).iter().any(|coding| is(coding, "system", names::SECTION) && is(coding, "code", code))
}

fn sections(parent: &Value<'_>, at: &str, depth: usize, report: &mut Report<'_>) {
    for (index, section) in list(parent, "section").iter().enumerate() {
        let at = format!("{at}.section[{index}]");
        let filled = ["text", "entry", "section", "emptyReason"].iter().any(|member| section.get(member).is_some());
        if !filled {
            report.say("CLINS-SECTION-EMPTY", &at);
        }
        for (index, entry) in list(section, "entry").iter().enumerate() {
            let reference = text(entry, "reference").unwrap_or_default();
            if is(entry, "type", "Binary") || reference.starts_with("Binary/") || reference.contains("/Binary/") {
                report.say("CLINS-BINARY", &format!("{at}.entry[{index}]"));
            }
        }
        if depth < 8 {
            sections(section, &at, depth + 1, report);
        }
    }
}

/// `institution ^ year ^ number`; some published samples join with hyphens.
fn is_document_id(id: &str) -> bool {
    let separator = if id.contains('^') { '^' } else { '-' };
    let mut parts = id.splitn(3, separator);
    let (institution, year, number) = (parts.next(), parts.next(), parts.next());
    institution.is_some_and(is_institution)
        && year.is_some_and(|year| is_digits(year, 4))
        && number.is_some_and(|number| (1..=32).contains(&number.chars().count()))
}
