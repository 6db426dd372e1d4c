//! Parts of wire profiles: what a newer volume of a specification may change and what is not public, as data. Each
//! connector has its own profile made of these.
mod item;
mod noted;
mod part;

pub use item::{Codes, Format, Item, ItemError, day, jis_x_0208};
pub use noted::Noted;
pub use part::{List, Message, WrittenList, WrittenMessage};

use std::collections::BTreeMap;

/// The largest profile that is read, in bytes.
pub const MAX_PROFILE_BYTES: usize = 1 << 20;

/// What a connection leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The sandbox: our own simulated service, which makes the same assumptions.
    Sandbox,
    /// The real service, or its connection test environment.
    Service,
}

/// One detail that is assumed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Assumption {
    /// Place in the profile: `message.check.id`, `prescription.201.name`.
    pub place: String,
    /// Its number in the register of assumptions of the service's digest.
    pub register: String,
}

/// Why a profile is not used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// It cannot be read.
    #[error("wire profile: {0}")]
    Form(String),
    /// Assumed entries are left, and the connection leads to the real service.
    #[error("wire profile: {count} assumed entries are left (first: {first}); the real service may not be called")]
    Assumed {
        /// How many.
        count: usize,
        /// Place of the first.
        first: String,
    },
}

/// Whether a connection may be made with a profile of which these entries are assumed: the real service is only called
/// when nothing is assumed.
///
/// # Errors
/// When assumed entries are left and `target` is the real service.
pub fn permits(assumed: &[Assumption], target: Target) -> Result<(), ProfileError> {
    match (target, assumed.first()) {
        (Target::Service, Some(first)) => {
            Err(ProfileError::Assumed { count: assumed.len(), first: first.place.clone() })
        }
        _ => Ok(()),
    }
}

/// An item that cannot be read, with its place.
pub fn form(place: &str) -> impl Fn(ItemError) -> ProfileError {
    let place = place.to_owned();
    move |error| ProfileError::Form(format!("{place}: {error}"))
}

/// A table of values, their assumptions noted.
pub fn plain<T: Clone>(
    table: &str,
    written: BTreeMap<String, Noted<T>>,
    assumed: &mut Vec<Assumption>,
) -> BTreeMap<String, T> {
    for (name, noted) in &written {
        noted.note(&format!("{table}.{name}"), assumed);
    }
    written.into_iter().map(|(name, noted)| (name, noted.value().clone())).collect()
}
