//! The code systems that the masters carry, by the addresses FHIR knows them by.
//!
//! Addresses are those of the JP Core guide ("URL map") and of JP-CLINS; systems without a fixed one are named by their
//! OID, or by a `urn:karute:` name of ours. Older spellings (OIDs) are read and never written.

pub(crate) mod facet;

use std::borrow::Cow;

macro_rules! systems {
    ($($(#[$doc:meta])* $name:ident: $url:literal, $label:literal, [$($alias:literal),*], [$($set:literal),*];)*) => {
        /// A code system of the masters.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum CodeSystem {
            $($(#[$doc])* $name,)*
        }

        impl CodeSystem {
            /// All of them, in the order of the masters.
            pub const ALL: &[CodeSystem] = &[$(CodeSystem::$name,)*];

            /// The address that is written.
            pub const fn url(self) -> &'static str {
                match self { $(CodeSystem::$name => $url,)* }
            }

            /// What people call it.
            pub const fn label(self) -> &'static str {
                match self { $(CodeSystem::$name => $label,)* }
            }

            /// Further addresses that are read.
            pub const fn aliases(self) -> &'static [&'static str] {
                match self { $(CodeSystem::$name => &[$($alias),*],)* }
            }

            /// Published value sets that are the whole of this system.
            pub const fn value_sets(self) -> &'static [&'static str] {
                match self { $(CodeSystem::$name => &[$($set),*],)* }
            }
        }
    };
}

systems! {
    /// 個別医薬品コード (YJ), 12 characters.
    Yj: "http://capstandard.jp/iyaku.info/CodeSystem/YJ-code", "個別医薬品コード（YJ）",
        ["urn:oid:1.2.392.100495.20.2.73", "urn:oid:1.2.392.100495.20.1.73"],
        ["http://jpfhir.jp/fhir/core/ValueSet/JP_MedicationCodeYJ_VS"];
    /// 規格別薬剤成分: the first nine characters of YJ and `ZZZ`.
    Ingredient: "http://capstandard.jp/CodeSystem/KikakubetsuYakuzaiSeibun", "規格別薬剤成分コード",
        ["http://jpfhir.jp/fhir/core/mhlw/CodeSystem/YJ9ZZZ"],
        ["http://jpfhir.jp/fhir/core/ValueSet/JP_MedicationCodeKYS_VS"];
    /// 一般名処方マスタ, 12 characters.
    GenericName: "http://jpfhir.jp/fhir/core/mhlw/CodeSystem/MedicationGeneralOrderCode", "一般名コード",
        ["urn:oid:1.2.392.100495.20.2.81", "urn:oid:1.2.392.100495.20.1.81"], [];
    /// 薬価基準収載医薬品コード, 12 characters.
    NhiDrug: "urn:oid:1.2.392.100495.20.2.72", "薬価基準収載医薬品コード", [], [];
    /// レセプト電算処理システム用医薬品コード, 9 digits.
    ReceiptDrug: "urn:oid:1.2.392.100495.20.2.71", "レセプト電算処理システム用医薬品コード", [], [];
    /// HOT7: without the company.
    Hot7: "http://medis.or.jp/CodeSystem/master-HOT7", "HOT7", ["urn:oid:1.2.392.200119.4.403.2"], [];
    /// HOT9: a product of a company.
    Hot9: "http://medis.or.jp/CodeSystem/master-HOT9", "HOT9",
        ["urn:oid:1.2.392.200119.4.403.1", "urn:oid:1.2.392.100495.20.2.74"], [];
    /// HOT13: a package of a product.
    Hot13: "http://medis.or.jp/CodeSystem/master-HOT13", "HOT13", ["urn:oid:1.2.392.200119.4.402.1"], [];
    /// 病名管理番号, 8 digits.
    DiseaseKey: "http://medis.or.jp/CodeSystem/master-disease-keyNumber", "病名管理番号",
        ["urn:oid:1.2.392.200119.4.101.2"], ["http://medis.or.jp/ValueSet/master-disease-keyNumber"];
    /// 病名交換用コード, 4 characters.
    DiseaseExchange: "http://medis.or.jp/CodeSystem/master-disease-exCode", "病名交換用コード",
        ["urn:oid:1.2.392.200119.4.101.6"], ["http://medis.or.jp/ValueSet/master-disease-exCode"];
    /// レセプト電算処理システム用傷病名コード, 7 digits.
    ReceiptDisease: "http://jpfhir.jp/fhir/core/mhlw/CodeSystem/masterB-disease", "レセプト電算処理システム用傷病名コード",
        [], ["http://jpfhir.jp/fhir/core/mhlw/ValueSet/masterB-disease"];
    /// ICD-10 (2013), written without the point as JP Core does (`K358`).
    Icd10: "http://jpfhir.jp/fhir/core/mhlw/CodeSystem/ICD10-2013-full", "ICD-10（2013年版）",
        ["http://www.mhlw.go.jp/toukei/sippei/2013/ICD10-JP"],
        ["http://jpfhir.jp/fhir/core/mhlw/ValueSet/ICD10-2013-full"];
    /// The same codes by the address HL7 gives them, written with the point (`K35.8`).
    Icd10Who: "http://hl7.org/fhir/sid/icd-10", "ICD-10", [], [];
    /// 修飾語管理番号, 8 digits.
    ModifierKey: "http://medis.or.jp/CodeSystem/master-disease-modKeyNumber", "修飾語管理番号",
        ["urn:oid:1.2.392.200119.4.201.2"], ["http://medis.or.jp/ValueSet/master-disease-modKeyNumber"];
    /// 修飾語交換用コード.
    ModifierExchange: "http://medis.or.jp/CodeSystem/master-disease-modExCode", "修飾語交換用コード",
        ["urn:oid:1.2.392.200119.4.201.5"], ["http://medis.or.jp/ValueSet/master-disease-modExCode"];
    /// レセプト電算処理システム用修飾語コード, 4 digits.
    ReceiptModifier: "http://jpfhir.jp/fhir/core/mhlw/CodeSystem/masterZ-disease-modifier",
        "レセプト電算処理システム用修飾語コード", [],
        ["http://jpfhir.jp/fhir/core/mhlw/ValueSet/masterZ-disease-modifier"];
    /// JLAC10, 17 characters.
    Jlac10: "http://medis.or.jp/CodeSystem/master-JLAC10-17digits", "JLAC10", ["urn:oid:1.2.392.200119.4.504"], [];
    /// JLAC11, 17 characters. No address has been fixed for it yet; this one is ours.
    Jlac11: "urn:karute:codesystem:jlac11", "JLAC11", [], [];
    /// Item of the sharing service by its abbreviation. The service names items by display only; this name is ours.
    ClinsItem: "urn:karute:codesystem:clins-lab-item", "電子カルテ情報共有サービス 検査項目", [], [];
    /// JLAC10 of the 指定検査項目.
    ClinsCore10: "http://jpfhir.jp/fhir/clins/CodeSystem/JLAC10/JP_CLINS_ObsLabResult_CoreLabo_CS", "共有検査項目（JLAC10）",
        [], ["http://jpfhir.jp/fhir/clins/ValueSet/JLAC10/JP_CLINS_ObsLabResult_CoreLabo_VS"];
    /// JLAC11 of the 指定検査項目.
    ClinsCore11: "http://jpfhir.jp/fhir/clins/CodeSystem/JLAC11/JP_CLINS_ObsLabResult_CoreLabo_CS", "共有検査項目（JLAC11）",
        [], ["http://jpfhir.jp/fhir/clins/ValueSet/JLAC11/JP_CLINS_ObsLabResult_CoreLabo_VS"];
    /// JLAC10 of the 指定感染症.
    ClinsInfection10: "http://jpfhir.jp/fhir/clins/CodeSystem/JLAC10/JP_CLINS_ObsLabResult_InfectionLabo_CS",
        "共有感染症項目（JLAC10）", [], [];
    /// JLAC11 of the 指定感染症.
    ClinsInfection11: "http://jpfhir.jp/fhir/clins/CodeSystem/JLAC11/JP_CLINS_ObsLabResult_InfectionLabo_CS",
        "共有感染症項目（JLAC11）", [], [];
    /// The codes of a laboratory, which only the clinic knows.
    LocalLab: "http://jpfhir.jp/fhir/clins/CodeSystem/JP_CLINS_ObsLabResult_LocalCode_CS", "施設固有検査項目コード", [], [];
    /// JAMI 標準用法, 16 characters.
    Usage: "http://jami.jp/CodeSystem/MedicationUsage", "標準用法コード",
        ["urn:oid:1.2.392.200250.2.2.20", "urn:oid:1.2.392.200250.2.2.20.20"], [];
    /// JAMI 補足用法, 8 characters.
    UsageSupplement: "http://jami.jp/CodeSystem/MedicationUsageAdditional", "補足用法コード",
        ["urn:oid:1.2.392.200250.2.2.20.22"], [];
    /// 電子処方箋用法マスタ, 16 characters.
    EPrescriptionUsage: "http://jpfhir.jp/fhir/core/mhlw/CodeSystem/MedicationUsage_ePrescription", "電子処方箋用法コード",
        [], ["http://jpfhir.jp/fhir/core/mhlw/ValueSet/MedicationUsage_ePrescription"];
    /// 診療行為コード, 9 digits. No address is fixed; this one is ours.
    Act: "urn:karute:codesystem:ssk-act", "診療行為コード", [], [];
    /// 特定器材コード, 9 digits. No address is fixed; this one is ours.
    Material: "urn:karute:codesystem:ssk-material", "特定器材コード", [], [];
    /// コメントコード, 9 digits. No address is fixed; this one is ours.
    Comment: "urn:karute:codesystem:ssk-comment", "コメントコード", [], [];
    /// JFAGY, foods.
    FoodAllergen: "http://jpfhir.jp/fhir/core/CodeSystem/JP_JfagyFoodAllergen_CS", "アレルゲン（食品）", [], [];
    /// JFAGY, neither foods nor drugs.
    OtherAllergen: "http://jpfhir.jp/fhir/core/CodeSystem/JP_JfagyNonFoodNonMedicationAllergen_CS", "アレルゲン（環境ほか）",
        [], [];
    /// JFAGY, drugs: `YCM` and the YJ code.
    DrugAllergen: "http://jpfhir.jp/fhir/core/CodeSystem/YCM/JP_JfagyMedicationAllergen_CS", "アレルゲン（医薬品）", [], [];
    /// JFAGY, drugs without maker: `GCM`, the first nine characters of YJ and `ZZZ`.
    IngredientAllergen: "http://jpfhir.jp/fhir/core/CodeSystem/GCM/JP_JfagyMedicationAllergen_CS", "アレルゲン（薬剤成分）",
        [], [];
}

impl CodeSystem {
    /// The system of an address.
    pub fn of_url(url: &str) -> Option<CodeSystem> {
        CodeSystem::ALL.iter().copied().find(|system| system.url() == url || system.aliases().contains(&url))
    }

    /// The system that a value set is the whole of: `[address]?fhir_vs`, or a published value set.
    pub fn of_value_set(url: &str) -> Option<CodeSystem> {
        if let Some(system) = url.strip_suffix("?fhir_vs") {
            return CodeSystem::of_url(system);
        }
        CodeSystem::ALL.iter().copied().find(|system| system.value_sets().contains(&url))
    }

    /// A code as the masters hold it; `None` where it does not have the form of this system.
    pub(crate) fn inner(self, code: &str) -> Option<Cow<'_, str>> {
        let nine = |code: &str| code.strip_suffix("ZZZ").filter(|head| head.len() == 9).map(str::to_owned);
        match self {
            CodeSystem::Ingredient => nine(code).map(Cow::Owned),
            CodeSystem::IngredientAllergen => nine(code.strip_prefix("GCM")?).map(Cow::Owned),
            CodeSystem::DrugAllergen => code.strip_prefix("YCM").map(Cow::Borrowed),
            CodeSystem::Icd10 | CodeSystem::Icd10Who => Some(without_point(code)),
            _ => Some(Cow::Borrowed(code)),
        }
    }

    /// The opposite of [`CodeSystem::inner`].
    pub(crate) fn outer(self, code: &str) -> String {
        match self {
            CodeSystem::Ingredient => format!("{code}ZZZ"),
            CodeSystem::IngredientAllergen => format!("GCM{code}ZZZ"),
            CodeSystem::DrugAllergen => format!("YCM{code}"),
            CodeSystem::Icd10Who => match (code.get(..3), code.get(3..)) {
                (Some(head), Some(rest)) if !rest.is_empty() => format!("{head}.{rest}"),
                _ => code.to_owned(),
            },
            _ => code.to_owned(),
        }
    }
}

/// An ICD-10 code without its point.
pub(crate) fn without_point(code: &str) -> Cow<'_, str> {
    if code.contains('.') { Cow::Owned(code.replacen('.', "", 1)) } else { Cow::Borrowed(code) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_address_leads_to_one_system() {
        let mut seen = HashSet::new();
        for system in CodeSystem::ALL {
            for url in std::iter::once(&system.url()).chain(system.aliases()) {
                assert!(seen.insert(*url), "{url} twice");
                assert_eq!(CodeSystem::of_url(url), Some(*system));
                assert_eq!(CodeSystem::of_value_set(&format!("{url}?fhir_vs")), Some(*system));
            }
            for url in system.value_sets() {
                assert!(seen.insert(*url), "{url} twice");
                assert_eq!(CodeSystem::of_value_set(url), Some(*system));
            }
        }
        assert_eq!(CodeSystem::of_url("http://snomed.info/sct"), None);
        assert_eq!(CodeSystem::of_value_set("http://capstandard.jp/iyaku.info/CodeSystem/YJ-code"), None);
    }

    #[test]
    fn codes_are_written_as_their_system_writes_them() {
        let cases = [
            (CodeSystem::Yj, "2171022F1029", Some("2171022F1029")),
            (CodeSystem::Ingredient, "2171022F1ZZZ", Some("2171022F1")),
            (CodeSystem::Ingredient, "2171022F1029", None),
            (CodeSystem::IngredientAllergen, "GCM2171022F1ZZZ", Some("2171022F1")),
            (CodeSystem::IngredientAllergen, "2171022F1ZZZ", None),
            (CodeSystem::DrugAllergen, "YCM2171022F1029", Some("2171022F1029")),
            (CodeSystem::Icd10, "K358", Some("K358")),
            (CodeSystem::Icd10Who, "K35.8", Some("K358")),
            (CodeSystem::Icd10Who, "I10", Some("I10")),
        ];
        for (system, code, inner) in cases {
            assert_eq!(system.inner(code).as_deref(), inner, "{code}");
            if let Some(inner) = inner {
                assert_eq!(system.outer(inner), code);
            }
        }
        assert_eq!(CodeSystem::Icd10.inner("K35.8").as_deref(), Some("K358"));
    }
}
