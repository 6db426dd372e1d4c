//! 看護師へ依頼: something about a document that arrived, handed to whoever carries things out, and answered back.
//!
//! An errand is a FHIR `Task` about the document (`focus`) and its patient. It stands on the list of work until somebody
//! says what was done, or whoever asked takes it back; the answer is shown at the document.
//!
//! | For | Call |
//! |---|---|
//! | the button at the document | [`ask`] |
//! | the list of work | [`list`]; then [`answer`] |
//! | at the document, and on its line | [`of_documents`]; [`withdraw`] |

mod act;
mod read;

pub use act::{answer, ask, withdraw};
pub use read::{Errand, State, list, of_documents};

/// Longest words of what is asked or answered, in characters.
pub const LONGEST: usize = 200;

/// Code of the tasks.
const CODE: &str = "errand";
