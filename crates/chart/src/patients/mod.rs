//! Finding a patient: by kana, kanji in any variant, ローマ字, patient number, birth date in any form, or telephone
//! number (ux §4.6, §8).

pub mod merge;
mod merged;
mod question;
mod search;

pub use merged::replaced_by;
pub use question::{Question, parse};
pub use search::{Found, Hit, search};
