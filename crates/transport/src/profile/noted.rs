//! A value with the note that it is assumed.
use super::Assumption;
use serde::Deserialize;

/// A value of the profile; assumed ones name their number in the register of assumptions.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Noted<T> {
    /// Known from a public text, a sample or a working implementation.
    Known(T),
    /// Ours, until the official text is at hand.
    Assumed {
        /// The value.
        value: T,
        /// Number in the register.
        assumed: String,
    },
}

impl<T> Noted<T> {
    /// The value, assumed or not.
    pub fn value(&self) -> &T {
        match self {
            Noted::Known(value) | Noted::Assumed { value, .. } => value,
        }
    }

    /// Notes the assumption under this place.
    pub fn note(&self, place: &str, assumed: &mut Vec<Assumption>) {
        if let Noted::Assumed { assumed: register, .. } = self {
            assumed.push(Assumption { place: place.to_owned(), register: register.clone() });
        }
    }
}
