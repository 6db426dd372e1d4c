//! 診療情報提供書: a letter's life in the chart, from an empty press to its answer.
//!
//! A letter being written is a set of documents of the ledger ([`Draft`]), one a section, saved while typing as
//! [`crate::note`] does. Signed, it is a FHIR `Composition` (LOINC 57133-1, sections coded as JP-CLINS), with the
//! patient's `Consent` and a `Task` that says where it stands on its way; all three carry the letter's own id. What the
//! chart filled in keeps its source ([`Mark`]): the line is flagged when the source changes, and only what still stands
//! in the text is sent as data.
//!
//! # What a screen calls
//!
//! | For | Call |
//! |---|---|
//! | new letter, already filled | [`open`] with [`New`] (`New::reply` for 返書) |
//! | the composer | [`page`]; left side = `page.material`, middle = `page.draft.parts`, right = `page.draft.head` |
//! | typing, inserting material | [`save`] with [`Edit`]s (`taken` = [`Material::mark`] of what was pressed); [`resolve`] |
//! | addressee | [`known`] (favourite, recent), [`find`], [`put`], [`set_favourite`]; then [`change`] with [`HeadChange::To`] |
//! | kind, route, consent, files | [`change`] with [`HeadChange`] |
//! | 送る前の確認 | [`check`] with [`Known`]; `known.lacking` from `sharing::document::referral` of a [`preview`]; [`standings`] for underlines and flags |
//! | 送る / 印刷して確定 | [`sign`] with `draft.seen()` and the jobs that send; the jobs run after 10 s and do nothing unless the [`Delivery`] is still [`State::Ready`] |
//! | 取り消す (10 s) | [`undo`] |
//! | 差し替え, 取消 | [`reopen`] then the composer again, [`cancel`] |
//! | list, one letter, history | [`list`], [`one`] / [`read`], [`history`]; [`failed`] for the inbox |
//! | a job moves it on | [`stepped`] inside its own commit, or [`step`] |

mod book;
mod check;
mod delivery;
mod draft;
mod head;
mod kind;
mod material;
mod moved;
mod open;
mod read;
mod resource;
mod section;
mod sign;

pub use book::{Entry, Used, drop_entry, find, known, put, set_favourite};
pub use check::{At, Finding, Known, Level, Standing, check, standings};
pub use delivery::{Delivery, State, Step, delivery_of, step, stepped, task_of};
pub use draft::{Clash, Draft, Edit, Of, Part, Seen, change, discard, draft, drafts, resolve, save};
pub use head::{
    Answers, Change as HeadChange, Choice, Consent, Destination, File, Head, MAX_BYTES, Route, fits, is_code,
};
pub use kind::Kind;
pub use material::{Group, Mark, Material, material, source_id};
pub use open::{New, open};
pub use read::{Event, OnRecord, Page, Stuck, failed, history, list, one, page, read};
pub use resource::{Body, Letter, preview};
pub use section::{Box as PaperBox, LONGEST, SYSTEM as SECTION_SYSTEM, Section};
pub use sign::{Sign, Signed, cancel, reopen, sign, undo};

pub(crate) use delivery::TASK;
pub(crate) use moved::{given_back, with_other_patient};

use karute_fhir::Id;

/// LOINC code of the documents.
pub const LOINC_LETTER: &str = "57133-1";

/// Where a letter is written.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Patient.
    pub patient: &'a Id,
    /// The visit, when it is written in one.
    pub visit: Option<&'a Id>,
}
