//! The FHIR R4 RESTful face: a file for each interaction.

pub(crate) mod audit_event;
pub(crate) mod binary;
pub(crate) mod bundle;
pub(crate) mod check;
pub(crate) mod create;
pub(crate) mod cursor;
pub(crate) mod delete;
pub(crate) mod everything;
pub(crate) mod export;
pub(crate) mod find;
pub(crate) mod history;
pub(crate) mod metadata;
pub(crate) mod patch;
pub(crate) mod read;
pub(crate) mod scope;
pub(crate) mod search;
pub(crate) mod shape;
pub(crate) mod terminology;
pub(crate) mod update;
pub(crate) mod validate;
pub(crate) mod write_bundle;

/// Times a write is tried again when what it searched for changed meanwhile.
pub(crate) const TRIES: usize = 5;
