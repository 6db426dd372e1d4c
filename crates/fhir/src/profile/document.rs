//! Where references inside a document lead.
use super::read::{kind, list, text};
use crate::ResourceType;
use crate::path::{Target, target};
use karute_json::Value;
use std::collections::HashMap;

/// The resources of a Bundle (and of Bundles in it) by address.
pub(super) struct Document<'v> {
    by_address: HashMap<String, &'v Value<'v>>,
}

/// What is known of the target of a reference.
#[derive(Clone, Copy)]
pub(super) enum Resolved<'v> {
    /// The resource itself.
    Here(&'v Value<'v>),
    /// Its type.
    Elsewhere(ResourceType),
    /// Nothing.
    Unknown,
}

impl<'v> Document<'v> {
    /// Of a resource; empty unless it is a Bundle.
    pub(super) fn of(resource: &'v Value<'v>) -> Document<'v> {
        let mut document = Document { by_address: HashMap::new() };
        document.add(resource, 0);
        document
    }

    fn add(&mut self, bundle: &'v Value<'v>, depth: usize) {
        if depth > 4 || kind(bundle) != "Bundle" {
            return;
        }
        for entry in list(bundle, "entry") {
            let Some(resource) = entry.get("resource") else { continue };
            if let Some(url) = text(entry, "fullUrl") {
                self.by_address.entry(url.into_owned()).or_insert(resource);
            }
            if let Some(id) = text(resource, "id") {
                self.by_address.entry(format!("{}/{id}", kind(resource))).or_insert(resource);
            }
            self.add(resource, depth + 1);
        }
    }

    /// Resolves a Reference; `container` is the resource whose `contained` list counts.
    pub(super) fn resolve(&self, reference: &'v Value<'v>, container: &'v Value<'v>) -> Resolved<'v> {
        if let Some(address) = text(reference, "reference").filter(|address| !address.starts_with('#')) {
            let plain = address.split("/_history/").next().unwrap_or(&address);
            if let Some(found) = self.by_address.get(plain) {
                return Resolved::Here(found);
            }
        }
        match target(reference, container) {
            Some(Target::Contained(resource)) => Resolved::Here(resource),
            Some(Target::Elsewhere(kind)) => Resolved::Elsewhere(kind),
            None => Resolved::Unknown,
        }
    }
}
