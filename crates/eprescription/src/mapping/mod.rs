//! From the chart's words to the service's: lines of a prescription, cards, people.
mod lines;
mod people;
mod width;

pub use lines::{Mapped, groups};
pub use people::{insurance, patient, payer};
pub use width::{half_width_kana, unwritable, wide};

/// What the chart does not say and the service needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lacking {
    /// A code of the drug: receipt code, YJ or general name.
    DrugCode,
    /// 用量
    Amount,
    /// 調剤数量: days, times.
    Quantity,
    /// 用法
    Usage,
    /// 生年月日
    Birth,
    /// 性別
    Sex,
    /// The reading of the name.
    Kana,
    /// 保険者番号 or 番号.
    InsuredNumber,
    /// The service holds prescriptions of medical insurance and public assistance only: 労災, 自賠責 and 自費 go on
    /// paper (digest 9.3).
    NotInsured,
}

impl Lacking {
    /// For the person.
    pub fn words(self) -> &'static str {
        match self {
            Lacking::DrugCode => "薬品コードがありません。薬品を検索から選び直してください。",
            Lacking::Amount => "用量がありません。",
            Lacking::Quantity => "日数または回数がありません。",
            Lacking::Usage => "用法がありません。",
            Lacking::Birth => "生年月日がありません。",
            Lacking::Sex => "性別（男・女）がありません。",
            Lacking::Kana => "患者氏名のカナがありません。",
            Lacking::InsuredNumber => "保険者番号または番号がありません。",
            Lacking::NotInsured => "労災・自賠責・自費の処方箋は電子処方箋の対象ではありません。紙で発行してください。",
        }
    }
}
