//! Institution, prescriber, patient, insurance, management.
use karute_japan::Date;

pub(super) fn code_of<T: Copy + PartialEq>(table: &[(T, &'static str)], value: T) -> &'static str {
    table.iter().find(|(known, _)| *known == value).map_or("", |(_, code)| code)
}

pub(super) fn by_code<T: Copy>(table: &[(T, &'static str)], code: &str) -> Option<T> {
    table.iter().find(|(_, known)| *known == code).map(|(value, _)| *value)
}

macro_rules! coded {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl $name {
            /// All, with their codes.
            pub const CODES: &'static [($name, &'static str)] = &[$(($name::$variant, $code)),+];

            /// Its code.
            pub fn code(self) -> &'static str {
                $crate::wire::prescription::head::code_of($name::CODES, self)
            }

            /// By its code.
            pub fn parse(code: &str) -> Option<$name> {
                $crate::wire::prescription::head::by_code($name::CODES, code)
            }
        }
    };
}
pub(super) use coded;

coded! {
    /// 性別 (record 12).
    Sex {
        /// 男
        Male = "1",
        /// 女
        Female = "2",
    }
}
coded! {
    /// 保険種別 (T6).
    InsuranceKind {
        /// 医保
        Employees = "1",
        /// 国保
        National = "2",
        /// 後期高齢者
        Elderly = "7",
    }
}
coded! {
    /// 職務上の事由 (record 25, seamen).
    Duty {
        /// 職務上
        OnDuty = "1",
        /// 下船後3月以内
        AfterLeaving = "2",
        /// 通勤災害
        Commuting = "3",
    }
}
coded! {
    /// 残薬確認欄 (record 62).
    Leftover {
        /// 医療機関へ疑義照会した上で調剤
        Ask = "1",
        /// 医療機関へ情報提供; since 2026-06: dispense reduced and report.
        Report = "2",
    }
}
coded! {
    /// 備考の種別 (record 81).
    RemarkKind {
        /// 一包化
        OnePack = "1",
        /// 粉砕
        Crush = "2",
        /// 分割
        Split = "3",
    }
}

/// The institution (records 1, 2, 3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Institution {
    /// 点数表: 1 medical, 3 dental.
    pub table: String,
    /// The 7 digits of its code inside the prefecture.
    pub code: String,
    /// 都道府県番号, 2 digits.
    pub prefecture: String,
    /// 名称
    pub name: String,
    /// 郵便番号 `123-4567`; empty when not told.
    pub postal: String,
    /// 所在地
    pub address: String,
    /// 電話
    pub phone: String,
    /// FAX; empty when there is none.
    pub fax: String,
    /// その他連絡先; empty when there is none.
    pub other: String,
}

impl Institution {
    /// The 10 digits that messages carry: 都道府県, 点数表, code.
    pub fn ten_digits(&self) -> String {
        format!("{}{}{}", self.prefecture, self.table, self.code)
    }
}

/// 診療科 (record 4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Department {
    /// 診療科コード (T4); none when only the name is told.
    pub code: Option<String>,
    /// Name.
    pub name: String,
}

/// The prescriber (record 5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doctor {
    /// 医師コード; empty when there is none.
    pub code: String,
    /// Half-width kana with a half-width blank; empty when not told.
    pub kana: String,
    /// Name with a full-width blank.
    pub name: String,
}

/// The patient (records 11 to 14).
#[derive(Clone, PartialEq, Eq)]
pub struct Patient {
    /// 患者コード of the institution; empty when not told.
    pub code: String,
    /// Name with a full-width blank.
    pub name: String,
    /// Half-width kana with a half-width blank.
    pub kana: String,
    /// 性別
    pub sex: Sex,
    /// 生年月日
    pub birth: Date,
    /// 一部負担区分 (T5); none where the record is left out.
    pub share: Option<String>,
}

/// Insurance (records 21 to 25).
#[derive(Clone, PartialEq, Eq)]
pub struct Insurance {
    /// 保険種別
    pub kind: InsuranceKind,
    /// 保険者番号, 6 or 8 digits.
    pub insurer: String,
    /// 記号; empty where the card has none.
    pub symbol: String,
    /// 番号
    pub number: String,
    /// A dependant (被扶養者), not the insured.
    pub dependant: bool,
    /// 枝番; empty when not told.
    pub branch: String,
    /// 患者負担率 and 保険給付率 in percent.
    pub rates: Option<(u8, u8)>,
    /// 職務上の事由
    pub duty: Option<Duty>,
}

/// A public payer (records 27 to 30).
#[derive(Clone, PartialEq, Eq)]
pub struct Payer {
    /// 負担者番号
    pub number: String,
    /// 受給者番号; empty when there is none.
    pub beneficiary: String,
}

/// 麻薬施用 (record 61).
#[derive(Clone, PartialEq, Eq)]
pub struct Narcotic {
    /// 免許番号
    pub licence: String,
    /// The patient's address.
    pub address: String,
    /// The patient's telephone.
    pub phone: String,
}

/// 分割指示 (record 63).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    /// 総分割回数
    pub total: u8,
    /// Which of them this is.
    pub this: u8,
}

/// 備考 (record 81).
#[derive(Clone, PartialEq, Eq)]
pub struct Remark {
    /// Kind.
    pub kind: Option<RemarkKind>,
    /// Words.
    pub text: String,
}

/// 提供診療情報 (record 301).
#[derive(Clone, PartialEq, Eq)]
pub struct Note {
    /// About this drug; empty when it is about the whole.
    pub drug: String,
    /// Comment.
    pub comment: String,
}

/// Patient data are never told by `Debug`.
macro_rules! silent {
    ($($name:ident),+) => { $(impl std::fmt::Debug for $name {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(concat!(stringify!($name), "(…)"))
        }
    })+ };
}
silent!(Patient, Insurance, Payer, Narcotic, Remark, Note);
