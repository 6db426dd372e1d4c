//! Everything ordered besides drugs to take home: laboratory tests, imaging, physiological tests, treatments,
//! injections, guidance and management (検査・画像・生理・処置・注射・指導). And that it was done: 実施.
//!
//! A request is a FHIR `ServiceRequest`. What is for today is in force at once, because the nurse begins while the
//! consultation still runs; what is for the next visit is a draft until 診察を終える. That it was done is a `Procedure`
//! based on it, or a `MedicationAdministration` for an injection.

mod change;
mod finish;
mod item;
mod label;
mod pane;
mod perform;
mod resource;
mod result;
mod work;

pub use change::{Details, Place, add, alter, remove, remove_all, repeat, restore};
pub use finish::finishing;
pub use item::{Kind, MOST_AT_ONCE, NewRequest, Venue, When, kind_of, specimen_of};
pub use label::{Label, Labels, labels};
pub use pane::{AGAIN_WITHIN_DAYS, Again, RequestPane, again, is_due, read};
pub use perform::{Outcome, Performed, REASONS, perform, undo};
pub use resource::{Request, Status};
pub use result::{Bound, InHouseTest, NewResult, ResultForm, enter, flag, form};
pub(crate) use work::changed as work_changed;
pub use work::{Job, Work, work, work_mark};
