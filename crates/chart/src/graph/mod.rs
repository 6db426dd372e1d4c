//! Results over time: the table and the graphs beside it (ux §4.8).
//!
//! A row is one analyte in one material and one unit. Values measured by another method stay in the row and break its
//! line (SAFE-13); values in another unit are a row of their own, since they do not compare.

mod read;
mod row;
mod scale;
mod set;
mod target;
mod trend;

pub use read::{Ask, Band, Sheet, sheet};
pub use row::{Cell, Row};
pub use scale::{Grade, Scale, grade, ticks};
pub use set::{Set, Span};
pub use target::{Target, set_target, targets};
pub use trend::{Choice, choices, keep_choice};

pub(crate) use row::key;
pub use trend::chosen_keys;
