//! Drugs and what is said about them.
use super::head::coded;
use rust_decimal::Decimal;

coded! {
    /// 情報区分 of a drug record.
    DrugKind {
        /// 医薬品
        Drug = "1",
        /// 医療材料
        Material = "2",
    }
}
coded! {
    /// 薬品コード種別 (T11).
    CodeKind {
        /// レセプト電算処理コード, 9 digits.
        Receipt = "2",
        /// YJコード, 12 characters.
        Yj = "4",
        /// 一般名コード, 12 characters ending in ZZZ.
        General = "7",
    }
}
coded! {
    /// 薬品補足区分 (T12).
    DrugSupplementKind {
        /// 一包化
        OnePack = "1",
        /// 粉砕
        Crush = "2",
        /// 後発品変更不可（医療上必要）
        NoGeneric = "3",
        /// 剤形変更不可
        KeepForm = "4",
        /// 含量規格変更不可
        KeepStrength = "5",
        /// 剤形及び含量規格変更不可
        KeepBoth = "6",
        /// JAMI補足用法
        JamiUsage = "7",
        /// 先発医薬品患者希望
        PatientWantsBrand = "8",
    }
}
coded! {
    /// 用法補足区分 (T10).
    UsageSupplementKind {
        /// 漸減
        Tapering = "1",
        /// 一包化
        OnePack = "2",
        /// 隔日
        EveryOtherDay = "3",
        /// 粉砕
        Crush = "4",
        /// 用法の続き
        Continued = "5",
        /// 部位
        Site = "6",
        /// 1回使用量
        SingleAmount = "7",
        /// JAMI補足用法
        JamiUsage = "8",
        /// JAMI部位
        JamiSite = "9",
    }
}

/// An amount without sign, `9(6).9(5)`; written without zeros at the end of its fraction.
pub type Amount = Decimal;

/// One drug of an RP (record 201 and what follows it).
#[derive(Clone, PartialEq, Eq)]
pub struct Drug {
    /// Drug or material.
    pub kind: DrugKind,
    /// Which code.
    pub code_kind: CodeKind,
    /// Code.
    pub code: String,
    /// Name as the master has it; `【般】…` for general names.
    pub name: String,
    /// 用量
    pub amount: Amount,
    /// The amount is 力価, not 薬価単位.
    pub potency: bool,
    /// 単位
    pub unit: String,
    /// Record 211.
    pub conversion: Option<Amount>,
    /// Record 221.
    pub uneven: Option<Uneven>,
    /// Record 231.
    pub payers: Option<Payers>,
    /// Record 241.
    pub single: Option<Single>,
    /// Record 281.
    pub supplements: Vec<DrugSupplement>,
}

impl std::fmt::Debug for Drug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Drug(…)")
    }
}

/// 不均等 (record 221): one to five amounts with their codes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uneven {
    /// Amount and code of each time, in order; the code may be empty. At most five.
    pub times: Vec<(Amount, String)>,
}

/// 負担区分 (record 231): who pays for this drug; `None` = the item is blank.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Payers {
    /// 第一公費
    pub first: Option<bool>,
    /// 第二公費
    pub second: Option<bool>,
    /// 第三公費
    pub third: Option<bool>,
    /// 特殊公費
    pub special: Option<bool>,
}

/// 1回服用量 (record 241).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Single {
    /// Amount of one time.
    pub amount: Amount,
    /// Times a day.
    pub times: Option<u8>,
}

/// 薬品補足 (record 281).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrugSupplement {
    /// Kind.
    pub kind: Option<DrugSupplementKind>,
    /// Words.
    pub text: String,
    /// 補足用法コード; empty when there is none.
    pub code: String,
}

/// 用法補足 (record 181).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageSupplement {
    /// Kind.
    pub kind: Option<UsageSupplementKind>,
    /// Words.
    pub text: String,
    /// 補足用法コード; empty when there is none.
    pub code: String,
    /// 部位コード; empty when there is none.
    pub site: String,
}
