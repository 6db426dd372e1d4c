//! 患者の登録: what the desk asks a patient, read from the words of a form, and kept as FHIR. Every version stays.
//!
//! Forms are read whole: every field that cannot be kept has its own [`Fault`]. What is merely doubtful (a check digit
//! that does not fit, somebody of the same reading and birth date) is told and confirmed, never refused.

mod card;
mod card_form;
mod card_resource;
mod change;
mod duplicate;
mod number;
mod person;
mod resource;
mod text;
mod unknown;

pub use card::{CEILINGS, Card, Ceiling, Kind, Public, kind_of};
pub use card_form::{CardForm, PublicForm};
pub use card_resource::{Kept, KeptPublic};
pub(crate) use change::read as read_file;
pub use change::{File, NewPatient, amend, file, put_card, put_public, register};
pub use duplicate::{Alike, alike};
pub use number::{DIGITS, Numbering, numbering, set_digits};
pub use person::{Details, LANGUAGES, PersonForm};
pub(crate) use resource::PHONE_END;
pub use resource::system;
pub use text::fold_kana;
pub use unknown::{is_provisional, register_unknown};

/// A field that cannot be kept as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Name of the field.
    pub field: &'static str,
    /// What is wrong and how to mend it.
    pub words: String,
}

impl Fault {
    fn new(field: &'static str, words: impl Into<String>) -> Fault {
        Fault { field, words: words.into() }
    }
}
