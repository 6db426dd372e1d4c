//! FHIR systems of the codes in the masters (JP Core and JP-CLINS; `NamingSystem` and `CodeSystem` definitions there).

/// 個別医薬品コード (YJ).
pub const YJ: &str = "http://capstandard.jp/iyaku.info/CodeSystem/YJ-code";
/// 薬価基準収載医薬品コード.
pub const NHI_DRUG: &str = "urn:oid:1.2.392.100495.20.2.72";
/// レセプト電算処理システム用医薬品コード.
pub const RECEIPT_DRUG: &str = "urn:oid:1.2.392.100495.20.2.71";
/// 病名管理番号.
pub const DISEASE_KEY: &str = "http://medis.or.jp/CodeSystem/master-disease-keyNumber";
/// レセプト電算処理システム用傷病名コード.
pub const RECEIPT_DISEASE: &str = "http://jpfhir.jp/fhir/core/mhlw/CodeSystem/masterB-disease";
/// JLAC10 of 17 characters.
pub const JLAC10: &str = "http://medis.or.jp/CodeSystem/master-JLAC10-17digits";
/// JLAC11. The guides have not fixed a URL yet; this one is ours until they do.
pub const JLAC11: &str = "urn:x-karute:jlac11-17digits";
/// Core items of the sharing service by JLAC10.
pub const CLINS_CORE: &str = "http://jpfhir.jp/fhir/clins/CodeSystem/JLAC10/JP_CLINS_ObsLabResult_CoreLabo_CS";
/// Infection items of the sharing service by JLAC10.
pub const CLINS_INFECTION: &str =
    "http://jpfhir.jp/fhir/clins/CodeSystem/JLAC10/JP_CLINS_ObsLabResult_InfectionLabo_CS";
/// 医科診療行為.
pub const ACT: &str = "http://jpfhir.jp/fhir/core/CodeSystem/JP_ProcedureCodesMedical_CS";
/// JAMI 標準用法 of 16 characters.
pub const USAGE_JAMI: &str = "http://jami.jp/CodeSystem/MedicationUsage";
/// 電子処方箋用法.
pub const USAGE_EPRESCRIPTION: &str = "http://jpfhir.jp/fhir/core/mhlw/CodeSystem/MedicationUsage_ePrescription";
/// JFAGY, foods.
pub const JFAGY_FOOD: &str = "http://jpfhir.jp/fhir/core/CodeSystem/JP_JfagyFoodAllergen_CS";
/// JFAGY, neither food nor drug.
pub const JFAGY_OTHER: &str = "http://jpfhir.jp/fhir/core/CodeSystem/JP_JfagyNonFoodNonMedicationAllergen_CS";
/// JFAGY, drugs.
pub const JFAGY_DRUG: &str = "http://jpfhir.jp/fhir/core/CodeSystem/YCM/JP_JfagyMedicationAllergen_CS";
