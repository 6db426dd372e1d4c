//! Incremental search over the masters: what is typed so far, and the lines that can be meant.
//!
//! A question goes through four steps: [`query`] reads the words (kana, ローマ字, abbreviations, numbers), [`index`]
//! gives candidates by pairs of characters, each candidate is judged by its text, and the domain ranks and dresses the
//! best. Nothing depends on the size of the answer beyond the judging; text of any length and script is cut to a bound.

mod abbreviations;
mod answer;
mod compose;
mod disease;
mod drug;
pub(crate) mod fold;
mod habit;
pub(crate) mod index;
mod latin;
mod order;
pub(crate) mod query;
mod sets;
pub mod shorthand;
mod simple;
mod usage;
mod whole;

pub use answer::{Answer, DiseaseParts, DrugFacts, Extra, Group, Item, ModifierPart};
pub(crate) use index::Face;
pub(crate) use sets::PANEL_TABLE;
pub use sets::{LabSet, LabSets, OWN_SET, PANEL, SetPart};

use crate::Catalogue;
use karute_japan::Date;
use std::collections::{HashMap, HashSet};

/// What is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Domain {
    /// 医薬品.
    Drug,
    /// 傷病名, with modifiers composed.
    Disease,
    /// 検査項目.
    Lab,
    /// 用法, in shorthand too.
    Usage,
    /// 診療行為.
    Act,
    /// アレルゲン.
    Allergen,
}

impl Domain {
    /// All domains.
    pub const ALL: [Domain; 6] =
        [Domain::Drug, Domain::Disease, Domain::Lab, Domain::Usage, Domain::Act, Domain::Allergen];

    /// The word of the API: `drug`, `disease`, `lab`, `usage`, `act`, `allergen`.
    pub const fn name(self) -> &'static str {
        match self {
            Domain::Drug => "drug",
            Domain::Disease => "disease",
            Domain::Lab => "lab",
            Domain::Usage => "usage",
            Domain::Act => "act",
            Domain::Allergen => "allergen",
        }
    }

    /// What people call it.
    pub const fn label(self) -> &'static str {
        match self {
            Domain::Drug => "薬",
            Domain::Disease => "病名",
            Domain::Lab => "検査",
            Domain::Usage => "用法",
            Domain::Act => "診療行為",
            Domain::Allergen => "アレルゲン",
        }
    }

    /// The domain of a name.
    pub fn parse(name: &str) -> Option<Domain> {
        Domain::ALL.into_iter().find(|domain| domain.name() == name)
    }
}

/// Largest number of lines answered.
pub const MAX_LIMIT: usize = 100;

/// A question as it is typed.
#[derive(Clone, Copy, Debug)]
pub struct Question<'q> {
    /// What is searched.
    pub domain: Domain,
    /// Everything typed so far, kana of an unfinished conversion included. Any text; only its beginning counts.
    pub text: &'q str,
    /// The day for which is ordered or written: decides names, prices and which codes are offered.
    pub day: Date,
    /// Most lines wanted, up to [`MAX_LIMIT`].
    pub limit: usize,
    /// What this clinic, doctor and patient use.
    pub habits: Habits<'q>,
    /// Codes that ended before the day, or begin after it, are found too (for old records).
    pub include_ended: bool,
}

/// What is known of the one who asks. Codes are those of [`Item::code`]; for drugs, those of 薬価基準 (12 characters) and
/// 一般名コード count as well.
#[derive(Clone, Copy, Debug, Default)]
pub struct Habits<'h> {
    /// The clinic's own list: 採用薬, usual items.
    pub adopted: Option<&'h HashSet<String>>,
    /// How often each code was used for this patient.
    pub used_by_patient: Option<&'h HashMap<String, u32>>,
    /// How often this doctor used each code.
    pub used_by_doctor: Option<&'h HashMap<String, u32>>,
    /// The clinic's own sets, found among laboratory items.
    pub lab_sets: Option<&'h LabSets>,
}

impl Catalogue {
    /// The lines that can be meant, best first.
    pub fn search(&self, question: &Question<'_>) -> Answer {
        let limited = Question { limit: question.limit.min(MAX_LIMIT), ..*question };
        match question.domain {
            Domain::Drug => drug::search(self, &limited),
            Domain::Disease => disease::search(self, &limited),
            Domain::Usage => usage::search(self, &limited),
            Domain::Lab | Domain::Act | Domain::Allergen => simple::search(self, &limited),
        }
    }
}
