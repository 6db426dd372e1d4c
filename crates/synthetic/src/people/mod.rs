//! People: who they are, where they live, how they are insured.
mod allergy;
mod cast;
mod insurance;
mod names;
mod person;
mod place;

pub(crate) use allergy::{Allergen, Allergy};
pub(crate) use cast::{CAST, Mark, Role};
pub(crate) use insurance::Insurance;
pub(crate) use person::{Person, Written, later};
pub(crate) use place::Address;
