//! 病名: the list of a patient's disease names, and what can be done with them.
//!
//! A disease name is a FHIR `Condition` in the shape of JP_Condition_Diagnosis: the base of the name as codes of the
//! masters, modifiers as extensions of `code`, the whole name in `code.text` (JP-CLINS 1.12, §6.6).

mod change;
mod list;
mod name;
mod outcome;
mod resource;

pub use change::{Added, New, add, billing, delete, edit, end, reopen, restore};
pub use list::{Entry, List, list};
pub use name::{Modifier, Named, same, uncoded};
pub use outcome::Outcome;

pub(crate) use resource::{named as named_in, new as condition};

/// Disease names of a patient read at most.
pub const MOST: usize = 400;

/// What the desk may do with a list (レセプト用の整理): it never changes what the doctor said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Billing {
    /// One place up among the active names.
    Up,
    /// One place down.
    Down,
    /// 主病名, or no longer.
    Main(bool),
}
