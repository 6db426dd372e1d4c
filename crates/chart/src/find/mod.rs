//! Full-text search over charts: the notes, the documents' titles, the drugs, the disease names.
//!
//! What is typed is folded like everything searched here (kana, kanji variants, width, long marks); all words must occur,
//! in any order. Nothing is indexed besides: a patient's chart is small enough to be read, and the clinic's charts are
//! looked through from the newest, so much per press.

mod clinic;
mod excerpt;
mod patient;
mod words;

pub use clinic::{ClinicHit, ClinicPage, Place, clinic};
pub use excerpt::{Piece, excerpt};
pub use patient::{Hit, What, patient};
pub use words::Words;
