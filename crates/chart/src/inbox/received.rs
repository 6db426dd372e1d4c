//! What came, read: neutral of the wire. `sharing::document::received` makes it of a Bundle; a face shows it.
use crate::outside::Item;
use crate::view::Sex;
use karute_japan::{Date, Timestamp};

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 診療情報提供書
    Referral,
    /// 退院時サマリー
    Discharge,
    /// 健診結果報告書
    Checkup,
    /// 患者サマリー（療養計画書）
    Plan,
    /// 院外検査
    Laboratory,
    /// 5情報
    Information,
    /// その他の文書
    Other,
}

impl Kind {
    /// All.
    pub const ALL: [Kind; 7] =
        [Kind::Referral, Kind::Discharge, Kind::Checkup, Kind::Plan, Kind::Laboratory, Kind::Information, Kind::Other];

    /// Code of the record.
    pub const fn code(self) -> &'static str {
        match self {
            Kind::Referral => "referral",
            Kind::Discharge => "discharge",
            Kind::Checkup => "checkup",
            Kind::Plan => "plan",
            Kind::Laboratory => "laboratory",
            Kind::Information => "information",
            Kind::Other => "other",
        }
    }
    /// The word shown.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Referral => "診療情報提供書",
            Kind::Discharge => "退院時サマリー",
            Kind::Checkup => "健診結果報告書",
            Kind::Plan => "患者サマリー",
            Kind::Laboratory => "院外検査",
            Kind::Information => "5情報",
            Kind::Other => "文書",
        }
    }
    /// By its code.
    pub fn parse(code: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Who wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sender {
    /// Institution.
    pub institution: String,
    /// 医療機関コード; empty when it is not told.
    pub code: String,
    /// 科
    pub department: String,
    /// 医師
    pub doctor: String,
    /// 所在地
    pub address: String,
    /// Telephone.
    pub phone: String,
}

/// About whom, as the sender knows the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// Name as written.
    pub name: String,
    /// Reading; empty when it is not told.
    pub kana: String,
    /// Birth date.
    pub birth: Option<Date>,
    /// Sex.
    pub sex: Sex,
    /// 被保険者個人識別子, as it came; empty when it is not told.
    pub member: String,
    /// Address; empty when it is not told.
    pub address: String,
}

/// A piece of a section, made of words only: whatever markup came is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A paragraph; lines are separated by `\n`.
    Text(String),
    /// A list.
    List(Vec<String>),
    /// A table, row by row.
    Table(Vec<Vec<String>>),
}

/// A section in the sender's order and wording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Code; empty when it has none.
    pub code: String,
    /// Title as the sender wrote it.
    pub title: String,
    /// 0 at the top, 1 inside of 構造情報.
    pub depth: u8,
    /// What it says.
    pub blocks: Vec<Block>,
    /// Why it says nothing: 特になし, 未聴取, 情報なし.
    pub empty: Option<String>,
}

/// A file that came with it. Its content is shown only through [`crate::attachment::preview`] or offered as a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enclosed {
    /// What it is called.
    pub title: String,
    /// Media type as the sender says.
    pub media: String,
    /// Content.
    pub content: Vec<u8>,
}

/// A document.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    /// What it is.
    pub kind: Kind,
    /// Title as the sender wrote it.
    pub title: String,
    /// Bundle-ID; empty when it has none.
    pub identifier: String,
    /// Who wrote.
    pub sender: Sender,
    /// To which doctor or department, where it says so.
    pub addressee: String,
    /// When it was written.
    pub written: Option<Timestamp>,
    /// About whom.
    pub who: Who,
    /// Its sections.
    pub sections: Vec<Shown>,
    /// What it says as data.
    pub items: Vec<Item>,
    /// Files.
    pub files: Vec<Enclosed>,
    /// Whole documents inside: a 退院時サマリー in a letter.
    pub inside: Vec<Received>,
    /// What could not be read of it, for people; the original is kept.
    pub gaps: Vec<String>,
}

impl Received {
    /// All its items, those of documents inside too.
    pub fn all_items(&self) -> Vec<Item> {
        let inside = self.inside.iter().flat_map(Received::all_items);
        self.items.iter().cloned().chain(inside).collect()
    }

    /// One line for the list: the purpose, else the first words.
    pub fn summary(&self) -> String {
        let of = |code: &str| self.sections.iter().find(|section| section.code == code);
        let section = of("950").or_else(|| of("312")).or_else(|| self.sections.iter().find(|s| !s.blocks.is_empty()));
        let text = section.and_then(|section| section.blocks.first()).map(|block| match block {
            Block::Text(text) => text.clone(),
            Block::List(items) => items.join("、"),
            Block::Table(rows) => rows.first().map(|row| row.join(" ")).unwrap_or_default(),
        });
        let line = text.unwrap_or_default().replace('\n', " ");
        line.chars().take(60).collect()
    }
}
