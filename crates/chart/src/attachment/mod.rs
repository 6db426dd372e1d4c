//! Attachments: scans, pictures, consent forms, letters on paper, drawings (シェーマ).
//!
//! The file itself is kept to the byte in the ledger's attachments under a `Binary` that names its hash; beside it a
//! preview that we made ourselves: decoded within bounds and written anew, so that nothing active and nothing hidden
//! (position, device, previous pictures) reaches a browser. A `DocumentReference` says what it is.

mod document;
mod keep;
mod picture;
pub mod schema;
mod sniff;

pub use document::{Attached, Content, attached, list, one, stored};
pub use keep::{Kept, New, delete, keep, restore};
pub use picture::{Preview, Unreadable, preview};
pub use sniff::{FileKind, Refusal, sniff};

pub(crate) use keep::HASH;

/// Largest file accepted, in bytes.
pub const MAX_BYTES: usize = 20 << 20;

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    /// スキャン
    Scan,
    /// 画像
    Picture,
    /// 同意書
    Consent,
    /// 紹介状
    Referral,
    /// 検査報告書
    Report,
    /// 問診票・紙カルテ
    Paper,
    /// シェーマ
    Schema,
    /// その他
    Other,
}

impl Category {
    /// All that can be chosen for a file, in the order shown.
    pub const FILES: [Category; 7] = [
        Category::Scan,
        Category::Picture,
        Category::Consent,
        Category::Referral,
        Category::Report,
        Category::Paper,
        Category::Other,
    ];

    /// Code of forms and of the record.
    pub const fn code(self) -> &'static str {
        match self {
            Category::Scan => "scan",
            Category::Picture => "picture",
            Category::Consent => "consent",
            Category::Referral => "referral",
            Category::Report => "report",
            Category::Paper => "paper",
            Category::Schema => "schema",
            Category::Other => "other",
        }
    }

    /// The word shown.
    pub const fn word(self) -> &'static str {
        match self {
            Category::Scan => "スキャン",
            Category::Picture => "画像",
            Category::Consent => "同意書",
            Category::Referral => "紹介状",
            Category::Report => "検査報告書",
            Category::Paper => "紙の記録",
            Category::Schema => "シェーマ",
            Category::Other => "そのほか",
        }
    }

    /// By its code.
    pub fn parse(code: &str) -> Option<Category> {
        Category::FILES.into_iter().chain([Category::Schema]).find(|category| category.code() == code)
    }
}
