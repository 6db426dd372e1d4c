//! The search behind conditional interactions: none, one or several matches.
use crate::fhir::{scope, search};
use crate::http::query;
use crate::outcome::Failure;
use crate::request::Ctx;
use karute_fhir::ResourceType;
use karute_fhir::search::{Query, Summary, Total};
use karute_ledger::{Reader, Version};

/// What was found, with the query to guard the write with.
pub(crate) enum Found {
    None(Query),
    One(Query, Version),
    Many,
}

/// Looks for `criteria` (a query string without `?`).
pub(crate) async fn find(ctx: &Ctx, reader: &Reader, kind: ResourceType, criteria: &str) -> Result<Found, Failure> {
    let pairs = query::pairs(criteria)?;
    let mut query = search::parse(ctx, kind, &pairs)?;
    scope::restrict(ctx, &mut query)?;
    if query.filters.is_empty() {
        return Err(Failure::precondition("incomplete", "条件が広すぎます。identifier などで一つに絞ってください。"));
    }
    query.count = 2;
    query.sort.clear();
    query.includes.clear();
    query.elements.clear();
    query.summary = Summary::None;
    query.total = Total::None;
    let mut matches = reader.search(&query, None).await?.matches;
    Ok(match (matches.pop(), matches.is_empty()) {
        (None, _) => Found::None(query),
        (Some(only), true) => Found::One(query, only),
        _ => Found::Many,
    })
}

/// 412: more than one resource fits the condition.
pub(crate) fn several() -> Failure {
    Failure::precondition("multiple-matches", "条件に合うものが複数あります。一つに絞れる条件にしてください。")
}
