//! What other institutions say of a patient, kept apart from our own record: for the timeline and the one-page view.
//!
//! Each letter that came, and each institution whose 6情報 were viewed, is one FHIR `List` ([`Batch`]) that contains the
//! items as they came. Nothing of it is part of our lists of diseases, allergies, drugs and values until somebody imports
//! it ([`crate::inbox::import`]).
//!
//! Two commands write: [`crate::inbox::receive`] keeps what came by letters, the commit that takes [`viewed_change`] what came by viewing.
//! [`read`] brings all of a patient, newest first; [`sheet`] puts them together as one page: the six kinds of information
//! from all institutions.

mod item;
mod keep;
mod sheet;

pub use item::{Allergy, Disease, Drug, Item, Result, What};
pub use keep::{Batch, Origin, Viewed, read, viewed, viewed_change};
pub use sheet::{Line, Section, Sheet, Source, sheet};

pub(crate) use item::{marks, same_words};
pub(crate) use keep::{list, with_patient};
