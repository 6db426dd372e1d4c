//! FHIR R4 (4.0.1) as tables and pure functions: resource types, element definitions, structural validation,
//! profiles, FHIRPath, search parameters, extraction of index values. Does no I/O and knows no tenants.

mod generated;
mod id;
mod model;
mod reference;
mod resource_type;

pub mod bundle;
pub mod path;
pub mod profile;
pub mod search;
pub mod validate;
pub mod view;

pub use id::{Id, IdError};
pub use reference::{Reference, ReferenceError};
pub use resource_type::ResourceType;
