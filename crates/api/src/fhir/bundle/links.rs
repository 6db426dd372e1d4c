//! References between the entries of a transaction: what is replaced by what.
use crate::fhir::find::{Found, find, several};
use crate::outcome::Failure;
use crate::request::Ctx;
use karute_fhir::{Reference, ResourceType, bundle::rewrite_references};
use karute_json::Value;
use karute_ledger::{Guard, Reader};
use std::collections::HashMap;

/// What stands in references now, and what will.
#[derive(Default)]
pub(super) struct Links {
    replaced: HashMap<String, String>,
    /// Conditional references that were resolved, as guards of the commit.
    pub(super) guards: Vec<Guard>,
}

impl Links {
    /// References to the entry with this `fullUrl` will point to `target` (`Patient/…`). When `renamed`, the server
    /// gave the id, and references by the sender's own id change too.
    pub(super) fn add(&mut self, full_url: Option<&str>, target: String, renamed: bool) {
        let Some(full_url) = full_url else { return };
        if renamed
            && !full_url.starts_with("urn:")
            && let Some((head, id)) = full_url.rsplit_once('/')
        {
            let kind = head.rsplit('/').next().unwrap_or_default();
            if ResourceType::parse(kind).is_some() {
                self.replaced.insert(format!("{kind}/{id}"), target.clone());
            }
        }
        if full_url != target {
            self.replaced.insert(full_url.to_owned(), target);
        }
    }

    /// Resolves what must be searched for, and refuses what points to no entry. `index` is the entry's place.
    pub(super) async fn resolve(
        &mut self,
        ctx: &Ctx,
        reader: &Reader,
        resource: &Value<'_>,
        index: usize,
    ) -> Result<(), Failure> {
        let mut wanted = Vec::new();
        let mut dangling = false;
        walk(resource, &mut |reference| {
            if self.replaced.contains_key(reference) {
                return;
            }
            if reference.starts_with("urn:uuid:") {
                dangling = true;
            } else if reference.contains('?')
                && let Ok(Reference::Conditional { resource_type, query }) =
                    Reference::parse(reference, ctx.base.fhir())
            {
                wanted.push((reference.to_owned(), resource_type, query.to_owned()));
            }
        });
        let place = format!("Bundle.entry[{index}]");
        if dangling {
            let text = "urn:uuid: の参照先が、この Bundle の fullUrl にありません。";
            return Err(Failure::new(http::StatusCode::BAD_REQUEST, "not-found", text).at(place));
        }
        for (reference, kind, query) in wanted {
            if self.replaced.contains_key(&reference) {
                continue;
            }
            match find(ctx, reader, kind, &query).await.map_err(|failure| failure.at(place.clone()))? {
                Found::One(query, version) => {
                    self.replaced.insert(reference, format!("{kind}/{}", version.id));
                    self.guards.push(Guard::OnlyMatch(query, version.id));
                }
                Found::None(_) => {
                    let text = "条件で書かれた参照に合うものがありません。先に登録するか、条件を確かめてください。";
                    return Err(Failure::precondition("not-found", text).at(place));
                }
                Found::Many => return Err(several().at(place)),
            }
        }
        Ok(())
    }

    /// Puts the new references in.
    pub(super) fn rewrite(&self, resource: &mut Value<'_>) {
        if !self.replaced.is_empty() {
            rewrite_references(resource, &|old| self.replaced.get(old).cloned());
        }
    }
}

/// Every `reference` string.
fn walk(value: &Value<'_>, seen: &mut dyn FnMut(&str)) {
    match value {
        Value::Object(object) => {
            for (key, value) in object.iter() {
                match value {
                    Value::String(text) if key.decode() == "reference" => seen(&text.decode()),
                    Value::Object(_) | Value::Array(_) => walk(value, seen),
                    _ => {}
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, seen)),
        _ => {}
    }
}
