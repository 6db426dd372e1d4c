//! References inside of a Bundle: by fullUrl first, then contained, then `Type/id` (digest jp-fhir §9).
use crate::document::json::{items, text};
use karute_json::Value;
use std::collections::HashMap;

/// The entries of a Bundle.
pub(super) struct Entries<'b, 'a> {
    all: Vec<&'b Value<'a>>,
    by_address: HashMap<String, &'b Value<'a>>,
}

impl<'b, 'a> Entries<'b, 'a> {
    pub(super) fn new(entries: &'b [Value<'a>]) -> Entries<'b, 'a> {
        let mut found = Entries { all: Vec::new(), by_address: HashMap::new() };
        for entry in entries {
            let Some(resource) = entry.get("resource") else { continue };
            found.all.push(resource);
            if let Some(address) = text(entry, &["fullUrl"]) {
                // Old samples leave `urn:uuid:` away in one place and write it in another.
                let bare = address.trim_start_matches("urn:uuid:").to_owned();
                found.by_address.entry(bare).or_insert(resource);
                found.by_address.entry(address).or_insert(resource);
            }
            if let (Some(kind), Some(id)) = (text(resource, &["resourceType"]), text(resource, &["id"])) {
                found.by_address.entry(format!("{kind}/{id}")).or_insert(resource);
            }
        }
        found
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &'b Value<'a>> + '_ {
        self.all.iter().copied()
    }

    pub(super) fn of(&self, kind: &'static str) -> impl Iterator<Item = &'b Value<'a>> + '_ {
        self.all().filter(move |resource| text(resource, &["resourceType"]).as_deref() == Some(kind))
    }

    /// What a Reference leads to.
    pub(super) fn resolve(&self, holder: &'b Value<'a>, reference: &'b Value<'a>) -> Option<&'b Value<'a>> {
        let told = text(reference, &["reference"])?;
        if let Some(found) = self.by_address.get(&told) {
            return Some(found);
        }
        if let Some(id) = told.strip_prefix('#') {
            return items(holder, "contained").iter().find(|each| text(each, &["id"]).as_deref() == Some(id));
        }
        let bare = told.trim_start_matches("urn:uuid:");
        self.by_address.get(bare).copied().or_else(|| {
            // An absolute address ends in Type/id.
            let mut parts = told.rsplit('/');
            let (id, kind) = (parts.next()?, parts.next()?);
            self.by_address.get(&format!("{kind}/{id}")).copied()
        })
    }
}
