//! 診察を終える: everything of a visit is looked at again; what is still open is listed with its own fix, and when
//! nothing is, one commit confirms the note, puts the orders in force and moves the visit on (ux §4.2).
mod end;

pub use end::{Finish, Finished, IDS, finish, finish_with};

use karute_ledger::Change;

/// Something that keeps a visit from being finished, and where it is mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPoint {
    /// What is open, in a sentence for the doctor: `処方箋が発行されていません`.
    pub message: String,
    /// Address where it is mended (a page of ours or `#id` on the chart); never holds patient data.
    pub link: String,
}

/// What one part of the visit (note, prescriptions, requests) has to say and to do when the visit is finished.
///
/// Made by `finishing(reader, visit)` of each part: whatever it read is part of the caller's audit event, and its
/// changes carry the versions it read (`Expect::Version`), so that the one commit fails when they moved.
#[derive(Debug, Default)]
pub struct Finishing {
    /// Points that are still open; while there are any, nothing is changed.
    pub open: Vec<OpenPoint>,
    /// Versions that put this part in force, for example drafts of orders becoming active.
    pub changes: Vec<Change>,
}

impl Finishing {
    /// Adds what another part has to say and to do.
    pub fn join(&mut self, other: Finishing) {
        self.open.extend(other.open);
        self.changes.extend(other.changes);
    }
}
