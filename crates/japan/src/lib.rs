//! The Japanese and temporal ground everything stands on: instants and partial dates, 和暦, ages, kana and
//! kanji-variant folding, postal codes, identifiers with check digits. Pure; the clock is an argument.

mod clock;
mod fold;
mod holiday;
mod kanji_variants;
mod partial;
mod romaji;
mod timestamp;
mod width;

pub mod age;
pub mod contact;
pub mod era;
pub mod era_partial;
pub mod identifier;
pub mod insured;

pub use clock::{Clock, ManualClock, SystemClock};
pub use fold::search_key;
pub use holiday::holiday;
pub use partial::{PartialDateTime, PartialError, Precision};
pub use romaji::romaji_to_hiragana;
pub use timestamp::Timestamp;
pub use width::{full_width_kana, half_width_code};

/// A day of the calendar without zone: birth dates, days of visits.
pub use jiff::civil::Date;
