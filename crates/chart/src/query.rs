//! Searches in the words of FHIR, turned into ledger queries, and their answers parsed.
use crate::ChartError;
use karute_fhir::{
    Id, ResourceType,
    search::{ParseContext, Query},
};
use karute_japan::{Date, Timestamp};
use karute_json::{Limits, Value};
use karute_ledger::{LedgerError, Page, Reader, Version};

/// A resource type this room works with.
pub(crate) fn resource_type(name: &'static str) -> Result<ResourceType, ChartError> {
    ResourceType::parse(name).ok_or_else(|| ChartError::Ledger(LedgerError::Unsupported(name.to_owned())))
}

/// A query from name/value pairs.
pub(crate) fn query(target: &'static str, pairs: &[(&str, &str)]) -> Result<Query, ChartError> {
    let owned: Vec<(String, String)> = pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    // Our own searches hold no absolute references and no `ap`, so address and present do not matter.
    let context = ParseContext { base: "", now: Timestamp::default() };
    karute_fhir::search::parse(resource_type(target)?, &owned, &context)
        .map_err(|e| ChartError::Ledger(LedgerError::Unsupported(format!("{target}.{}", e.parameter))))
}

/// One page of a search.
pub(crate) async fn search(reader: &Reader, target: &'static str, pairs: &[(&str, &str)]) -> Result<Page, ChartError> {
    Ok(reader.search(&query(target, pairs)?, None).await?)
}

/// All pages of a search, at most `limit` matches.
pub(crate) async fn search_all(
    reader: &Reader,
    target: &'static str,
    pairs: &[(&str, &str)],
    limit: usize,
) -> Result<Vec<Version>, ChartError> {
    let query = query(target, pairs)?;
    let mut found = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = reader.search(&query, after.as_deref()).await?;
        found.extend(page.matches);
        after = page.next;
        if after.is_none() || found.len() >= limit {
            found.truncate(limit);
            return Ok(found);
        }
    }
}

/// The tree of a stored version. What the ledger stored was parsed once already, so this fails only when the store
/// is damaged.
pub(crate) fn parse(version: &Version) -> Result<Value<'_>, ChartError> {
    karute_json::parse(version.body.as_bytes(), &Limits::FHIR).map_err(|e| {
        ChartError::Ledger(LedgerError::Integrity(format!(
            "{}/{} version {}: line {} column {}",
            version.resource_type, version.id, version.version, e.line, e.column
        )))
    })
}

/// `a,b,c` for a token or reference parameter.
pub(crate) fn joined<'i>(ids: impl Iterator<Item = &'i Id>) -> String {
    ids.map(Id::as_str).collect::<Vec<_>>().join(",")
}

/// The two conditions `ge` and `lt` that a date parameter must meet to reach into a day.
pub(crate) fn within(date: Date) -> (String, String) {
    (format!("ge{date}"), format!("lt{}", date.tomorrow().unwrap_or(date)))
}
