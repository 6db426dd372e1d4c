//! What a search answers.
use super::shorthand::Sig;
use super::{Domain, SetPart};
use std::ops::Range;

/// Lines, best first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// At most as many as were asked for.
    pub items: Vec<Item>,
    /// How many there are in all.
    pub total: u32,
}

/// Under which heading a line stands, in the order of the headings (SRCH-11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// この患者に使った.
    Patient,
    /// 採用薬, the clinic's own list.
    Adopted,
    /// よく使う: not on the list, but this doctor uses it.
    Frequent,
    /// 名前が似ている: a similar name with another effect (SRCH-12).
    LookAlike,
    /// そのほか.
    Other,
}

impl Group {
    /// Stable word for programs.
    pub const fn name(self) -> &'static str {
        match self {
            Group::Patient => "patient",
            Group::Adopted => "adopted",
            Group::Frequent => "frequent",
            Group::LookAlike => "look-alike",
            Group::Other => "other",
        }
    }

    /// The heading over lines of a domain (SRCH-11, SRCH-21).
    pub const fn heading(self, domain: Domain) -> &'static str {
        match (self, domain) {
            (Group::Patient, Domain::Drug) => "この患者に使った薬",
            (Group::Patient, Domain::Disease) => "この患者の病名",
            (Group::Patient, _) => "この患者に使った",
            (Group::Adopted, Domain::Drug) => "採用薬",
            (Group::Adopted, _) => "登録済み",
            (Group::Frequent, _) => "よく使う",
            (Group::LookAlike, _) => "名前が似ています。薬効を確かめる",
            (Group::Other, _) => "そのほか",
        }
    }
}

/// A line that can be chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// FHIR system of the code.
    pub system: &'static str,
    /// The code; empty where a line has none (a composed usage that no list carries).
    pub code: String,
    /// The name as published, modifiers and all.
    pub display: String,
    /// Its reading, where the master has one.
    pub kana: String,
    /// What helps to tell it from others: ingredient and strength, ICD-10, specimen and unit, points.
    pub detail: String,
    /// The heading it stands under.
    pub group: Group,
    /// Of a class in which a mistake does great harm (drugs).
    pub high_risk: bool,
    /// 薬効の札, kind of the item; empty where there is none.
    pub class_tag: String,
    /// May be the default of Enter: it is the first line, matches from its beginning, and is no high-risk look-alike
    /// (SRCH-05, SRCH-13).
    pub selectable_by_enter: bool,
    /// Bytes of `display` to underline.
    pub matched: Vec<Range<usize>>,
    /// Bytes of `kana` to underline.
    pub kana_matched: Vec<Range<usize>>,
    /// Not offered for new orders on the day asked for; found because ended codes were asked for.
    pub is_ended: bool,
    /// What only this domain has.
    pub extra: Extra,
}

impl Item {
    /// 薬価基準収載医薬品コード of a drug, by which a clinic adopts it; nothing for what has none.
    pub fn nhi_code(&self) -> Option<&str> {
        match &self.extra {
            Extra::Drug(facts) => Some(facts.nhi_code.as_str()).filter(|code| !code.is_empty()),
            _ => None,
        }
    }
}

/// What only one domain has.
#[derive(Clone, Debug, PartialEq)]
pub enum Extra {
    /// Nothing more.
    None,
    /// Of a drug.
    Drug(Box<DrugFacts>),
    /// Of a disease.
    Disease(Box<DiseaseParts>),
    /// Of a usage written in shorthand.
    Usage(Box<Sig>),
    /// Of a laboratory item: unit, as published.
    Lab {
        /// Unit, empty where there is none.
        unit: String,
        /// JLAC10 and JLAC11 codes known for it.
        codes: Vec<String>,
    },
    /// Of a set of laboratory items: what is ordered with it.
    Set {
        /// In the order of the set.
        parts: Vec<SetPart>,
    },
    /// Of an act.
    Act {
        /// Points (or yen, percent) as published.
        points: String,
        /// 点数識別.
        points_kind: String,
        /// 点数表区分番号.
        table_number: String,
    },
}

/// Facts of a drug on the day asked for. Empty texts where no master tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DrugFacts {
    /// 薬価基準収載医薬品コード.
    pub nhi_code: String,
    /// 個別医薬品コード (YJ).
    pub yj_code: String,
    /// HOT9.
    pub hot9: String,
    /// レセプト電算処理システム用コード of 9 digits.
    pub receipt_code: String,
    /// 成分名.
    pub ingredient: String,
    /// 規格.
    pub strength: String,
    /// 内用, 外用, 注射, 歯科.
    pub form: &'static str,
    /// Unit of the dose: 錠, カプセル, g.
    pub unit: String,
    /// Price in yen per unit, as published.
    pub price: String,
    /// 製造販売業者.
    pub maker: String,
    /// 一般名コード.
    pub general_code: String,
    /// 【般】 name for prescriptions by general name.
    pub general_name: String,
    /// 後発医薬品.
    pub is_generic: bool,
    /// 先発医薬品 or 準先発品.
    pub is_brand: bool,
    /// 麻薬.
    pub is_narcotic: bool,
    /// 麻, 毒, 覚原, 向 by the receipt master; empty otherwise.
    pub controlled: &'static str,
    /// Names that are easily taken for this one and have another effect.
    pub look_alikes: Vec<String>,
}

/// A disease as base and modifiers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DiseaseParts {
    /// 傷病名コード of 7 digits.
    pub receipt_code: String,
    /// 病名管理番号.
    pub key_number: String,
    /// 病名交換用コード.
    pub exchange_code: String,
    /// ICD-10, without the point.
    pub icd10: String,
    /// Second ICD-10 code (星印).
    pub icd10_second: String,
    /// The base name, without modifiers.
    pub base_name: String,
    /// Modifiers in the order in which they are written: those before the base, then those after.
    pub modifiers: Vec<ModifierPart>,
    /// 単独使用禁止, and no modifier that says more than 疑い is there.
    pub lacks_modifier: bool,
    /// 保険請求外.
    pub is_not_claimable: bool,
    /// Characters of the receipt name: 傷病名省略名称 with its modifiers.
    pub receipt_length: usize,
    /// The receipt name has more than 20 characters; the parts go as codes.
    pub exceeds_receipt_name: bool,
}

/// A modifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModifierPart {
    /// 修飾語コード of 4 digits.
    pub code: String,
    /// 修飾語管理番号.
    pub key_number: String,
    /// 修飾語交換用コード.
    pub exchange_code: String,
    /// As written.
    pub name: String,
    /// Stands after the base (8000–8999).
    pub is_suffix: bool,
}
