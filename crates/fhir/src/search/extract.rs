//! From a resource to its index entries.
use crate::search::IndexEntry;
use karute_json::Value;

/// Every index entry of a resource, without duplicates, including its patient compartments. References are local
/// when they are `Type/id` or `Type/id/_history/n`.
pub fn extract(resource: &Value<'_>) -> Vec<IndexEntry> {
    let _ = resource;
    todo!()
}
