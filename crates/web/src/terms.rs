//! The one place where the screens meet the search over the masters. What searches is given from outside
//! ([`FindTerms`]), so that the screens know rows to draw and nothing of indexes.
use karute_japan::Date;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

/// What is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TermKind {
    /// 薬
    Drug,
    /// 病名
    Disease,
    /// 検査項目
    Lab,
    /// 用法
    Usage,
    /// 診療行為
    Act,
    /// アレルゲン
    Allergen,
}

impl TermKind {
    /// All, in the order shown.
    pub const ALL: [TermKind; 6] =
        [TermKind::Lab, TermKind::Act, TermKind::Drug, TermKind::Disease, TermKind::Usage, TermKind::Allergen];

    /// The word of forms and of the product's API.
    pub const fn code(self) -> &'static str {
        match self {
            TermKind::Drug => "drug",
            TermKind::Disease => "disease",
            TermKind::Lab => "lab",
            TermKind::Usage => "usage",
            TermKind::Act => "act",
            TermKind::Allergen => "allergen",
        }
    }

    /// What people call it.
    pub const fn label(self) -> &'static str {
        match self {
            TermKind::Drug => "薬",
            TermKind::Disease => "病名",
            TermKind::Lab => "検査",
            TermKind::Usage => "用法",
            TermKind::Act => "診療行為",
            TermKind::Allergen => "アレルゲン",
        }
    }

    /// By its word.
    pub fn parse(code: &str) -> Option<TermKind> {
        TermKind::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// What was typed, by whom, when.
#[derive(Clone, Copy, Debug)]
pub struct TermQuestion<'a> {
    /// What is searched.
    pub kind: TermKind,
    /// As typed, kana still being composed included; at most 100 characters.
    pub text: &'a str,
    /// The day for which something is to be chosen.
    pub day: Date,
    /// Rows wanted at most.
    pub limit: usize,
    /// 薬価基準収載医薬品コード of the clinic's adopted drugs.
    pub adopted: &'a HashSet<String>,
    /// How often the doctor who asks used each code.
    pub by_doctor: &'a HashMap<String, u32>,
}

/// What was found, best first.
#[derive(Clone, Debug, Default)]
pub struct TermAnswer {
    /// Rows.
    pub lines: Vec<TermLine>,
    /// How many there are in all.
    pub total: u32,
}

/// A row.
#[derive(Clone, Debug, Default)]
pub struct TermLine {
    /// Address of the code system.
    pub system: String,
    /// Code.
    pub code: String,
    /// Name, with strength where it is a drug; never shortened.
    pub display: String,
    /// Second line: ingredient, ICD-10, specimen and so on.
    pub detail: String,
    /// Heading of the group it belongs to; empty for none. Rows of a group follow each other.
    pub group: String,
    /// The group holds names that resemble what was meant and are something else (SRCH-12).
    pub look_alike: bool,
    /// 薬効の札 or another short word.
    pub class_tag: String,
    /// The class is one of those that do great harm when mixed up.
    pub high_risk: bool,
    /// Whether Enter may choose it while it stands first (SRCH-05, SRCH-13).
    pub enter: bool,
    /// Bytes of `display` that were typed.
    pub matched: Vec<Range<usize>>,
    /// 薬価基準収載医薬品コード of a drug, by which it is adopted.
    pub nhi_code: Option<String>,
    /// 修飾語コード of a composed disease name, in the order written.
    pub modifiers: Vec<String>,
}

/// Searches the masters in memory: a few milliseconds, no waiting. `None`: they are not loaded yet.
pub type FindTerms = Arc<dyn Fn(&TermQuestion<'_>) -> Option<TermAnswer> + Send + Sync>;
