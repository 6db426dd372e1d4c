//! 処方箋 (様式第二号, 様式第二号の二) and the 処方内容（控え）: what they say, checked before it is drawn.
//!
//! Sources: 保険医療機関及び保険医療養担当規則 23条 and 様式第二号, 医師法施行規則 21条, 診療報酬請求書等の記載要領 第5
//! (処方箋の記載上の注意事項); JAHIS 院外処方箋2次元シンボル for where the symbol stands.

mod aside;
mod body;
mod division;
mod frame;
mod header;
mod issue;
mod slip;
mod version;

pub use version::{Version, version, versions};

pub(crate) use issue::{prescription, slip};

use crate::FormError;
use karute_japan::Date;

/// Drugs on a prescription at most.
pub const MOST_DRUGS: usize = 40;
/// Longest text of a field, in characters.
const LONGEST: usize = 200;
/// Remarks at most.
const MOST_REMARKS: usize = 12;
/// 2-D symbols at most.
const MOST_SYMBOLS: usize = 6;

/// A prescription as it is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prescription {
    /// 交付年月日. Decides the version of the form.
    pub issued: Date,
    /// 処方箋の使用期間: its last day, only where it is not the usual four days.
    pub valid_until: Option<Date>,
    /// Who issues it.
    pub institution: Institution,
    /// 保険医
    pub prescriber: Prescriber,
    /// For whom.
    pub patient: Patient,
    /// Main insurance; none for 公費単独 and 自費.
    pub insurance: Option<Insurance>,
    /// 公費 in their order, four at most. The third and fourth stand among the remarks.
    pub public: Vec<PublicPayer>,
    /// Rp by Rp.
    pub groups: Vec<Group>,
    /// リフィル可: how often it may be used in all, 2 or 3.
    pub refill: Option<u8>,
    /// 分割指示: into how many parts, 2 or 3. One sheet for each part and the 別紙 are printed (様式第二号の二).
    pub parts: Option<u8>,
    /// What each part carries of its own, in order; empty where the parts have no numbers.
    pub each: Vec<OfPart>,
    /// 保険薬局が調剤時に残薬を確認した場合の対応
    pub residual: Option<Residual>,
    /// 備考, a line each: 「６歳」, 「高一」, reasons.
    pub remarks: Vec<String>,
    /// Of a prescription with 麻薬.
    pub narcotic: Option<Narcotic>,
    /// 引換番号 of the electronic prescription service, where it was registered there.
    pub exchange_number: Option<String>,
    /// What the 2-D symbols hold, one after another: the bytes of the JAHIS records, in Shift_JIS.
    pub symbols: Vec<Vec<u8>>,
    /// 見本, 再
    pub mark: Mark,
}

/// What one part of a divided prescription carries: each part is registered by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfPart {
    /// 引換番号
    pub exchange_number: Option<String>,
    /// What its 2-D symbols hold.
    pub symbols: Vec<Vec<u8>>,
}

/// What is printed over the form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mark {
    /// The original.
    #[default]
    None,
    /// 見本: a draft; no pharmacy takes it.
    Sample,
    /// 再: printed once more.
    Reprint,
}

/// 保険医療機関, as registered with 地方厚生局.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Institution {
    /// Name.
    pub name: String,
    /// 郵便番号, `100-0000`.
    pub postal: Option<String>,
    /// 所在地
    pub address: String,
    /// 電話番号
    pub phone: Option<String>,
    /// FAX
    pub fax: Option<String>,
    /// 都道府県番号, 2 digits.
    pub prefecture: String,
    /// 点数表番号, 1 digit: 1 医科, 3 歯科.
    pub table: String,
    /// 医療機関コード, 7 digits.
    pub code: String,
}

/// The doctor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prescriber {
    /// Name as written.
    pub name: String,
}

/// 性別, as the form offers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    /// 男
    Male,
    /// 女
    Female,
}

/// The patient.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patient {
    /// Name as written.
    pub name: String,
    /// Reading.
    pub kana: Option<String>,
    /// Birth date.
    pub birth: Option<Date>,
    /// 男, 女; none when unknown: nothing is circled.
    pub sex: Option<Sex>,
    /// 患者番号 of the institution.
    pub number: Option<String>,
}

/// 医療保険
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Insurance {
    /// 保険者番号, 6 or 8 digits.
    pub insurer: String,
    /// 記号
    pub symbol: Option<String>,
    /// 番号
    pub number: String,
    /// 枝番, 2 digits.
    pub branch: Option<String>,
    /// 被保険者 rather than 被扶養者; none where the insurance knows no such difference.
    pub own: Option<bool>,
}

/// 公費負担医療
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublicPayer {
    /// 負担者番号, 8 digits.
    pub payer: String,
    /// 受給者番号, 7 digits.
    pub recipient: Option<String>,
}

/// 麻薬処方箋 (麻薬及び向精神薬取締法 27条): what is added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narcotic {
    /// 麻薬施用者免許番号
    pub licence: String,
    /// Address of the patient.
    pub address: String,
    /// Telephone of the patient.
    pub phone: Option<String>,
}

/// Rp: drugs that share usage and supply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// 用法, with the site of an external drug: `1日3回 毎食後`.
    pub usage: String,
    /// How much of it.
    pub supply: Supply,
    /// Of a divided prescription: the days of each part. Empty where the whole is dispensed with the first.
    pub parts: Vec<u16>,
    /// Drugs in order, at least one.
    pub drugs: Vec<Drug>,
}

/// 調剤数量
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Supply {
    /// 内服: so many 日分.
    Days(u16),
    /// 頓服: so many 回分.
    Times(u16),
    /// 外用, 注射, 材料: each drug says its total.
    #[default]
    Total,
}

/// A drug.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drug {
    /// 薬名 with form and strength; `【般】…` for a general name.
    pub name: String,
    /// 分量: `1回1錠（1日3錠）`, or the total of an external drug, `50g`.
    pub amount: String,
    /// 変更不可, 患者希望
    pub substitution: Substitution,
    /// What else is said of it, a line each: 一包化, comments.
    pub notes: Vec<String>,
}

/// Whether the pharmacy may choose another product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Substitution {
    /// It may.
    #[default]
    Allowed,
    /// 変更不可（医療上必要）
    Refused,
    /// 患者希望
    Wished,
}

/// 保険薬局が調剤時に残薬を確認した場合の対応. The words belong to the version of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Residual {
    /// 疑義照会した上で調剤 (記録 62: 1)
    Inquire,
    /// 情報提供; from June 2026 減量した上で情報提供 (記録 62: 2)
    Inform,
}

impl Prescription {
    /// Whether it holds what the law asks for and nothing that contradicts itself.
    ///
    /// # Errors
    ///
    /// [`FormError::Unusable`] with everything that is wrong, for people.
    pub fn check(&self) -> Result<(), FormError> {
        let drugs = || self.groups.iter().flat_map(|group| &group.drugs);
        let refused = drugs().any(|drug| drug.substitution == Substitution::Refused);
        let has_parts = self.groups.iter().any(|group| !group.parts.is_empty());
        let digits =
            |text: &str, allowed: &[usize]| text.bytes().all(|b| b.is_ascii_digit()) && allowed.contains(&text.len());
        let parts_are_whole = |group: &Group| match (self.parts, group.supply) {
            (Some(parts), Supply::Days(days)) if !group.parts.is_empty() => {
                group.parts.len() == usize::from(parts)
                    && group.parts.iter().map(|each| u32::from(*each)).sum::<u32>() == u32::from(days)
            }
            _ => group.parts.is_empty(),
        };
        let rules = [
            (self.institution.name.trim().is_empty(), "医療機関の名称がありません。"),
            (self.institution.address.trim().is_empty(), "医療機関の所在地がありません。"),
            (self.prescriber.name.trim().is_empty(), "保険医の氏名がありません。"),
            (self.patient.name.trim().is_empty(), "患者の氏名がありません。"),
            (self.patient.birth.is_none(), "患者の生年月日がありません。"),
            (drugs().next().is_none() || self.groups.iter().any(|g| g.drugs.is_empty()), "処方された薬がありません。"),
            (self.groups.iter().any(|g| g.usage.trim().is_empty()), "用法のない薬があります。"),
            (drugs().any(|d| d.name.trim().is_empty() || d.amount.trim().is_empty()), "薬名か分量のない薬があります。"),
            (drugs().count() > MOST_DRUGS, "一枚の処方箋に書ける薬は 40 までです。"),
            (
                !digits(&self.institution.prefecture, &[2])
                    || !digits(&self.institution.table, &[1])
                    || !digits(&self.institution.code, &[7]),
                "医療機関コードは都道府県番号2桁・点数表番号1桁・コード7桁です。",
            ),
            (self.insurance.as_ref().is_some_and(|i| !digits(&i.insurer, &[6, 8])), "保険者番号は6桁か8桁の数字です。"),
            (
                self.public.iter().any(|p| !digits(&p.payer, &[8]))
                    || self.public.iter().filter_map(|p| p.recipient.as_deref()).any(|r| !digits(r, &[7])),
                "公費の負担者番号は8桁、受給者番号は7桁の数字です。",
            ),
            (self.public.len() > 4, "公費は4つまでです。"),
            (self.refill.is_some_and(|n| !(2..=3).contains(&n)), "リフィルの総使用回数は2回か3回です。"),
            (self.parts.is_some_and(|n| !(2..=3).contains(&n)), "分割は2回か3回です。"),
            (self.refill.is_some() && self.parts.is_some(), "リフィルと分割指示は同時に使えません。"),
            (has_parts && self.parts.is_none(), "分割指示のない処方箋に、分割ごとの日数があります。"),
            (self.parts.is_some() && !self.groups.iter().all(parts_are_whole), "分割ごとの日数の合計が合いません。"),
            (self.valid_until.is_some_and(|day| day < self.issued), "使用期間の終わりが交付日より前です。"),
            (refused && self.prescriber.name.trim().is_empty(), "変更不可には保険医の署名が必要です。"),
            (
                self.narcotic.as_ref().is_some_and(|n| n.licence.trim().is_empty() || n.address.trim().is_empty()),
                "麻薬処方箋には免許番号と患者の住所が必要です。",
            ),
            (self.numbers().any(|n| !is_exchange_number(n)), "引換番号は16桁までの数字です。"),
            (
                !self.each.is_empty() && self.parts.map(usize::from) != Some(self.each.len()),
                "分割の回ごとの番号が、分割の回数と合いません。",
            ),
            (
                self.remarks.len() > MOST_REMARKS
                    || self.symbols.len() > MOST_SYMBOLS
                    || self.each.iter().any(|part| part.symbols.len() > MOST_SYMBOLS),
                "備考か2次元シンボルが多すぎます。",
            ),
            (self.texts().any(|text| text.chars().count() > LONGEST), "200文字を超える項目があります。"),
        ];
        let wrong: Vec<&'static str> =
            rules.into_iter().filter(|(broken, _)| *broken).map(|(_, words)| words).collect();
        if wrong.is_empty() { Ok(()) } else { Err(FormError::Unusable(wrong)) }
    }

    /// Every 引換番号.
    fn numbers(&self) -> impl Iterator<Item = &str> {
        let each = self.each.iter().filter_map(|part| part.exchange_number.as_deref());
        self.exchange_number.as_deref().into_iter().chain(each)
    }

    /// The form as a sheet of part `n` (from 1) carries it.
    pub(crate) fn of_part(&self, n: usize) -> Prescription {
        let mut own = self.clone();
        if let Some(part) = n.checked_sub(1).and_then(|n| self.each.get(n)) {
            own.exchange_number.clone_from(&part.exchange_number);
            own.symbols.clone_from(&part.symbols);
        }
        own
    }

    /// Every free text.
    fn texts(&self) -> impl Iterator<Item = &str> {
        let fixed = [&self.institution.name, &self.institution.address, &self.prescriber.name, &self.patient.name];
        let narcotic = self.narcotic.iter().flat_map(|n| [n.licence.as_str(), &n.address]);
        let insurance = self.insurance.iter().flat_map(|i| [i.symbol.as_deref().unwrap_or(""), &i.number]);
        fixed
            .into_iter()
            .map(String::as_str)
            .chain(self.remarks.iter().map(String::as_str))
            .chain(narcotic)
            .chain(insurance)
            .chain(self.groups.iter().flat_map(Group::texts))
    }

    /// The last day on which a pharmacy takes it: the one that is said, else the fourth with the day of issue
    /// (療担規則 20条3号イ).
    pub(crate) fn last_day(&self) -> Date {
        let usual = (0..3).try_fold(self.issued, |day, _| day.tomorrow());
        self.valid_until.or_else(|| usual.ok()).unwrap_or(self.issued)
    }

    /// Whether the doctor signs among the remarks.
    pub(crate) fn is_refused(&self) -> bool {
        self.groups.iter().flat_map(|group| &group.drugs).any(|drug| drug.substitution == Substitution::Refused)
    }
}

impl Group {
    /// Every free text.
    fn texts(&self) -> impl Iterator<Item = &str> {
        let drugs = self.drugs.iter().flat_map(|drug| {
            [drug.name.as_str(), &drug.amount].into_iter().chain(drug.notes.iter().map(String::as_str))
        });
        std::iter::once(self.usage.as_str()).chain(drugs)
    }
}

fn is_exchange_number(text: &str) -> bool {
    (1..=16).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}
