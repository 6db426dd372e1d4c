//! The kinds of master files, and the columns that are kept of each.

pub mod column;

/// A kind of master file; the name is the word of `karute masters import`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// 薬価基準収載品目リスト (MHLW).
    NhiPrice,
    /// 後発医薬品に関する情報 (MHLW).
    NhiGeneric,
    /// 傷病名マスター b (支払基金).
    SskDisease,
    /// 修飾語マスター z (支払基金).
    SskModifier,
    /// 医薬品マスター y (支払基金).
    SskDrug,
    /// 医科診療行為マスター s (支払基金).
    SskAct,
    /// 特定器材マスター t (支払基金).
    SskMaterial,
    /// コメントマスター c (支払基金).
    SskComment,
    /// ICD10対応標準病名マスター (MEDIS): basic table, modifiers, index of synonyms.
    MedisDisease,
    /// 医薬品HOTコードマスター (MEDIS), HOT9 or HOT13.
    Hot,
    /// 一般名処方マスタ (MHLW).
    GenericName,
    /// 臨床検査マスター, JLAC10.
    Jlac10,
    /// JLAC11.
    Jlac11,
    /// 電子カルテ情報共有サービスの検査項目 (救急・生活習慣病・感染症).
    ClinsLab,
    /// JAMI 標準用法 and 電子処方箋用法マスタ.
    Usage,
    /// JFAGY allergens.
    Allergen,
    /// 郵便番号データ (KEN_ALL / UTF_KEN_ALL).
    Postal,
}

/// Position of a value within a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column(pub(crate) usize);

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 17] = [
        Kind::NhiPrice,
        Kind::NhiGeneric,
        Kind::SskDisease,
        Kind::SskModifier,
        Kind::SskDrug,
        Kind::SskAct,
        Kind::SskMaterial,
        Kind::SskComment,
        Kind::MedisDisease,
        Kind::Hot,
        Kind::GenericName,
        Kind::Jlac10,
        Kind::Jlac11,
        Kind::ClinsLab,
        Kind::Usage,
        Kind::Allergen,
        Kind::Postal,
    ];

    /// The word of the command line, for example `ssk-drug`.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::NhiPrice => "nhi-price",
            Kind::NhiGeneric => "nhi-generic",
            Kind::SskDisease => "ssk-disease",
            Kind::SskModifier => "ssk-modifier",
            Kind::SskDrug => "ssk-drug",
            Kind::SskAct => "ssk-act",
            Kind::SskMaterial => "ssk-material",
            Kind::SskComment => "ssk-comment",
            Kind::MedisDisease => "medis-disease",
            Kind::Hot => "hot",
            Kind::GenericName => "generic-name",
            Kind::Jlac10 => "jlac10",
            Kind::Jlac11 => "jlac11",
            Kind::ClinsLab => "clins-lab",
            Kind::Usage => "usage",
            Kind::Allergen => "allergen",
            Kind::Postal => "postal",
        }
    }

    /// The kind of a name.
    pub fn parse(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What people call it.
    pub const fn label(self) -> &'static str {
        match self {
            Kind::NhiPrice => "薬価基準収載品目リスト",
            Kind::NhiGeneric => "後発医薬品に関する情報",
            Kind::SskDisease => "傷病名マスター",
            Kind::SskModifier => "修飾語マスター",
            Kind::SskDrug => "医薬品マスター",
            Kind::SskAct => "医科診療行為マスター",
            Kind::SskMaterial => "特定器材マスター",
            Kind::SskComment => "コメントマスター",
            Kind::MedisDisease => "ICD10対応標準病名マスター",
            Kind::Hot => "HOTコードマスター",
            Kind::GenericName => "一般名処方マスタ",
            Kind::Jlac10 => "臨床検査マスター（JLAC10）",
            Kind::Jlac11 => "臨床検査マスター（JLAC11）",
            Kind::ClinsLab => "電子カルテ情報共有サービス 検査項目",
            Kind::Usage => "用法マスター",
            Kind::Allergen => "アレルゲン（JFAGY）",
            Kind::Postal => "郵便番号",
        }
    }

    /// Names of the columns kept, in order; see [`column`].
    pub const fn columns(self) -> &'static [&'static str] {
        match self {
            Kind::NhiPrice => column::nhi_price::ALL,
            Kind::NhiGeneric => column::nhi_generic::ALL,
            Kind::SskDisease => column::ssk_disease::ALL,
            Kind::SskModifier => column::ssk_modifier::ALL,
            Kind::SskDrug => column::ssk_drug::ALL,
            Kind::SskAct => column::ssk_act::ALL,
            Kind::SskMaterial => column::ssk_material::ALL,
            Kind::SskComment => column::ssk_comment::ALL,
            Kind::MedisDisease => column::medis_disease::ALL,
            Kind::Hot => column::hot::ALL,
            Kind::GenericName => column::generic_name::ALL,
            Kind::Jlac10 => column::jlac10::ALL,
            Kind::Jlac11 => column::jlac11::ALL,
            Kind::ClinsLab => column::clins_lab::ALL,
            Kind::Usage => column::usage::ALL,
            Kind::Allergen => column::allergen::ALL,
            Kind::Postal => column::postal::ALL,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_kinds() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.name()), Some(kind));
            assert!(!kind.columns().is_empty());
        }
        assert_eq!(Kind::parse("NHI-PRICE"), None);
        assert_eq!(column::ssk_drug::SELECTIVE.0, Kind::SskDrug.columns().len() - 1);
    }
}
