//! From the chart's words to the service's: lines of a prescription, cards, people.
mod division;
mod lines;
mod people;
mod whole;
mod width;

pub use division::Division;
pub use lines::{Mapped, groups};
pub use people::{insurance, patient, payer};
pub use whole::{Choices, Clinic, Missing, in_house, insured_person, prescription};
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
    /// 所在地 or 電話番号 of the institution.
    Contact,
    /// 分割: no oral drug has as many days as there are parts.
    NotDivisible,
    /// 麻薬: the licence of the doctor, or address and telephone of the patient.
    Narcotic,
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
            Lacking::Contact => "医療機関の所在地と電話番号が登録されていません（設定：院内）。",
            Lacking::Narcotic => "麻薬の処方箋には、麻薬施用者免許番号と、患者の住所・電話番号が必要です。",
            Lacking::NotDivisible => "分割できる内服薬がありません（日数が分割の回数より多い内服薬が必要です）。",
            Lacking::NotInsured => "労災・自賠責・自費の処方箋は電子処方箋の対象ではありません。紙で発行してください。",
        }
    }
}
