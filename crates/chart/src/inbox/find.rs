//! Looking for words in what arrived: who wrote, about whom, what it is and says in a line, its items by name. The program
//! looks through all of it; the audit event names only what is shown.
use super::read::{Listed, assembled};
use super::resource::CATEGORY;
use crate::ChartError;
use crate::find::Words;
use crate::outside::{Batch, Item, Origin};
use crate::query::{parse, query, resource_type};
use crate::view::element::text;
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::search_key;
use karute_json::Value;
use karute_ledger::{Reader, Version};
use std::collections::HashMap;

/// Resources of one question.
const PAGE: &str = "200";
/// Documents and lists looked through at most, newest first.
const MOST: usize = 4_000;
/// Lines shown at most.
const SHOWN: usize = 100;

/// What holds all the words, newest first.
pub fn find<'a>(reader: &'a Reader, words: &'a Words) -> BoxFuture<'a, Result<Vec<Listed>, ChartError>> {
    Box::pin(looked_through(reader, words))
}

async fn looked_through(reader: &Reader, words: &Words) -> Result<Vec<Listed>, ChartError> {
    let code = Origin::Letter.token();
    let mut items: HashMap<Id, String> = HashMap::new();
    let lists = [("code", code.as_str()), ("_sort", "-date"), ("_count", PAGE)];
    through(reader, "List", (&lists, MOST), |version| {
        let batch = Batch::read(version.id.clone(), &parse(version)?);
        let names = batch.map(|batch| batch.items.iter().map(Item::name).collect::<Vec<_>>().join(" "));
        items.extend(names.map(|names| (version.id.clone(), names)));
        Ok(true)
    })
    .await?;
    let category = format!("{CATEGORY}|");
    let documents = [("category", category.as_str()), ("_sort", "-date"), ("_count", PAGE)];
    let mut found: Vec<Version> = Vec::new();
    through(reader, "DocumentReference", (&documents, MOST), |version| {
        let body = parse(version)?;
        let names = items.get(&version.id).map_or("", String::as_str);
        if words.occur_in(&search_key(&format!("{} {names}", said(&body)))) {
            reader.shows(version);
            found.push(version.clone());
        }
        Ok(found.len() < SHOWN)
    })
    .await?;
    let kind = resource_type("Task")?;
    let keys: Vec<_> = found.iter().map(|version| (kind, version.id.clone())).collect();
    let tasks = reader.read_many(&keys).await?;
    let mut listed = assembled(reader, &tasks, &found).await?;
    listed.sort_by_key(|each| std::cmp::Reverse(each.row.came));
    Ok(listed)
}

/// Looks at every resource until it is told to stop, at most so many.
pub(super) async fn through(
    reader: &Reader,
    kind: &'static str,
    (pairs, most): (&[(&str, &str)], usize),
    mut look: impl FnMut(&Version) -> Result<bool, ChartError>,
) -> Result<(), ChartError> {
    let query = query(kind, pairs)?;
    let (mut after, mut looked) = (None::<String>, 0);
    loop {
        let page = reader.look_through(&query, after.as_deref()).await?;
        for version in &page.matches {
            looked += 1;
            if !look(version)? {
                return Ok(());
            }
        }
        after = page.next;
        if after.is_none() || looked >= most {
            return Ok(());
        }
    }
}

/// What a document says on its line: kind, title, and the words of its extensions (sender, person, summary).
fn said(body: &Value<'_>) -> String {
    let mut all: Vec<String> = [&["type", "text"][..], &["description"]].iter().filter_map(|p| text(body, p)).collect();
    for told in body.get("extension").map_or(&[][..], Value::items) {
        let parts = told.get("extension").map_or(&[][..], Value::items);
        all.extend(parts.iter().filter_map(|part| text(part, &["valueString"])));
    }
    all.join(" ")
}
