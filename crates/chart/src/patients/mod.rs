//! Finding a patient: by kana, kanji in any variant, ローマ字, patient number, birth date in any form, or telephone
//! number (ux §4.6, §8).

mod question;
mod search;

pub use question::{Question, parse};
pub use search::{Found, Hit, search};
