//! 今日の記録 and what becomes of it: drafts that are saved while typing, 確定, 訂正, deletion, history.
//!
//! A draft is a document of the ledger, not a version: typing does not grow the legal record. 確定 makes the
//! `Composition`; from then on every change is a new version that keeps the old text (security guideline §4, SEC-I5).

mod amend;
mod draft;
mod history;
mod merge;
mod phrase;
mod presence;
mod read;
mod resource;
mod section;

pub use amend::{Amendment, amend, delete, reopen};
pub use draft::{Choice, Clash, Copied, Draft, Edit, Place, Reopened, Saved, Seen, resolve, save, seen};
pub use history::{Change, Line, Past, history};
pub use merge::{Merged, both, merge};
pub use phrase::{Facts, Owner, Phrase, add_phrase, drop_phrase, fill, phrases, unfilled};
pub use presence::{PRESENCE_MS, here};
pub use read::{Record, Unconfirmed, previous, record, unconfirmed};
pub use section::{LONGEST, Section, clean};

pub(crate) use amend::reason;
pub(crate) use draft::{Kept, SPACE, confirmed, drafts_in, without};
pub(crate) use history::compared;
pub(crate) use read::{composition_of, visit as visit_of};
pub(crate) use resource::{Written, approve as approve_note, because, compose, narrative, revise};
