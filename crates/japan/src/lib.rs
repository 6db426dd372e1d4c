//! The Japanese and temporal ground everything stands on: instants and partial dates, 和暦, ages, kana and
//! kanji-variant folding, postal codes, identifiers with check digits. Pure; the clock is an argument.

mod clock;
mod fold;
mod partial;
mod timestamp;

pub mod age;
pub mod era;
pub mod identifier;

pub use clock::{Clock, ManualClock, SystemClock};
pub use fold::search_key;
pub use partial::{PartialDateTime, PartialError, Precision};
pub use timestamp::Timestamp;
