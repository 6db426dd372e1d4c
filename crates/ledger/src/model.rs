//! Versions of resources.
use karute_fhir::{Id, ResourceType};
use karute_japan::Timestamp;
use std::sync::Arc;

/// What made a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// First version.
    Created,
    /// A later version.
    Updated,
    /// Deletion; such a version has no body.
    Deleted,
}

/// One immutable version of a resource.
#[derive(Clone, Debug)]
pub struct Version {
    /// Resource type.
    pub resource_type: ResourceType,
    /// Logical id.
    pub id: Id,
    /// Version number of this resource, from 1; `meta.versionId`.
    pub version: u32,
    /// Position in the tenant's chain.
    pub seq: u64,
    /// When it was committed; `meta.lastUpdated`. Never decreases along the chain.
    pub updated: Timestamp,
    /// What made it.
    pub operation: Operation,
    /// The exact JSON text with `id` and `meta` in place; empty for a deletion.
    pub body: Arc<str>,
}

/// Answer to a read.
#[derive(Clone, Debug)]
pub enum Lookup {
    /// Here it is.
    Found(Version),
    /// It was deleted; this is the deleting version.
    Gone(Version),
    /// Never existed for this tenant.
    Missing,
}
