//! Prescriptions: what is prescribed in a visit, line by line, grouped as on paper (Rp), copied from earlier visits with
//! the differences shown, dispensed outside (院外) or in house (院内).
//!
//! A line is a FHIR `MedicationRequest`, `draft` while the visit is open and `active` from 確定 on. All rules are pure:
//! amounts are exact ([`Amount`]), what follows from a line is reckoned from it ([`Margin`], [`supplied_until`]), acts
//! are applied to lines ([`Act`]) and carried out as one write ([`carry_out`]).

mod act;
mod amount;
mod carry;
mod choice;
mod diff;
mod division;
mod entry;
mod finish;
mod form;
mod from_set;
mod group;
mod issuing;
mod line;
mod naming;
mod on_paper;
mod parse;
mod reckon;
mod resource;
mod review;
#[cfg(test)]
mod sample;
mod sheet;
mod unissued;
mod usage;
mod usual;

pub use act::{Act, Seen};
pub use amount::Amount;
pub use carry::{Desk, Done, LeftOut, Step, carry_out, repeat, stop, undo};
pub use choice::{Choice, Naming, Today, choice, replacement_query, today};
pub use diff::{Change, Diff, diff};
pub use division::divided;
pub use entry::{Entry, Written, entry};
pub use finish::finishing;
pub use form::{Fault, Field, Filled, days, is_complete};
pub use from_set::{apply_set, is_drug};
pub use group::{Group, groups};
pub use issuing::issuing;
pub use line::{Coding, Dispensing, Drug, Form, Line, Preparation, Prescribed, Status, Substitution, Usage};
pub use naming::{naming, set_naming};
pub use on_paper::{OnPaper, newest_on_paper, on_paper, read_in_house, read_on_paper};
pub use reckon::{Margin, Rhythm, margin, rhythm, supplied_until};
pub use review::{Reason, answer, review};
pub use sheet::{MOST_LINES, Past, Sheet};
pub use unissued::{Unissued, unissued};
pub use usage::{Worded, worded};
pub use usual::usual;
