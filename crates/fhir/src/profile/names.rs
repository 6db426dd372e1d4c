//! Canonical names and systems of JP-CLINS that the code itself has to know. Facts of the public guide (release 1.12
//! and before); everything else stands in the data files.

/// 5情報.
pub(super) const BUNDLE_CLINS: &str = "http://jpfhir.jp/fhir/clins/StructureDefinition/JP_Bundle_CLINS";
/// 診療情報提供書.
pub(super) const BUNDLE_REFERRAL: &str = "http://jpfhir.jp/fhir/clins/StructureDefinition/JP_Bundle_eReferral";
/// 退院時サマリー.
pub(super) const BUNDLE_DISCHARGE: &str = "http://jpfhir.jp/fhir/clins/StructureDefinition/JP_Bundle_eDischargeSummary";
/// 患者サマリー.
pub(super) const BUNDLE_PCS: &str = "http://jpfhir.jp/fhir/clins/StructureDefinition/JP_Bundle_ePCS";
/// 健診結果報告書.
pub(super) const BUNDLE_CHECKUP: &str = "http://jpfhir.jp/fhir/clins/StructureDefinition/JP_Bundle_eCheckupGeneral";

/// Start of the 5情報 and helper profiles.
pub(super) const ECS: &str = "http://jpfhir.jp/fhir/eCS/StructureDefinition/";
/// Start of JP Core profiles.
pub(super) const CORE: &str = "http://jpfhir.jp/fhir/core/StructureDefinition/";
/// Patient of the check-up report.
pub(super) const CHECKUP_PATIENTS: [&str; 2] = [
    "http://jpfhir.jp/fhir/clins/StructureDefinition/JP_Patient_eCheckupGeneral",
    "http://jpfhir.jp/fhir/eCheckup/StructureDefinition/JP_Patient_eCheckupGeneral",
];

/// Institution number of ten digits, as an extension.
pub(super) const INSTITUTION_EXTENSION: &str =
    "http://jpfhir.jp/fhir/clins/Extension/StructureDefinition/JP_eCS_InstitutionNumber";
/// Department.
pub(super) const DEPARTMENT_EXTENSION: &str =
    "http://jpfhir.jp/fhir/eCS/Extension/StructureDefinition/JP_eCS_Department";
/// Which writing a name is in: `IDE`, `SYL`.
pub(super) const NAME_REPRESENTATION: &str = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation";

/// Bundle-ID.
pub(super) const BUNDLE_ID: &str = "http://jpfhir.jp/fhir/clins/bundle-identifier";
/// Institution number as an identifier.
pub(super) const INSTITUTION_ID: &str = "http://jpfhir.jp/fhir/core/IdSystem/insurance-medical-institution-no";
/// 被保険者個人識別子.
pub(super) const INSURED_ID: &str = "http://jpfhir.jp/fhir/clins/Idsystem/JP_Insurance_memberID";
/// 生活保護受給者識別子 (since 1.11).
pub(super) const PUBLIC_PAYER_ID: &str = "http://jpfhir.jp/fhir/clins/Idsystem/JP_PublicPayer_memberID";
/// Start of the systems of facility patient numbers.
pub(super) const PATIENT_OID: &str = "urn:oid:1.2.392.100495.20.3.51.";
/// Start of the systems of facility doctor ids.
pub(super) const DOCTOR_OID: &str = "urn:oid:1.2.392.100495.20.3.41.";

/// Which of the 5情報 a Bundle carries.
pub(super) const RESOURCE_TYPE_TAG: &str = "http://jpfhir.jp/fhir/clins/CodeSystem/BundleResourceType_CS";
/// 長期保存, 未告知, 未提供.
pub(super) const INDICATION_TAG: &str = "http://jpfhir.jp/fhir/clins/CodeSystem/JP_ehrshrs_indication";

/// Codes of lab items of the institution.
pub(super) const LAB_LOCAL: &str = "http://jpfhir.jp/fhir/clins/CodeSystem/JP_CLINS_ObsLabResult_LocalCode_CS";
/// Dummy for lab items without a code.
pub(super) const LAB_UNCODED: &str = "http://jpfhir.jp/fhir/clins/CodeSystem/JP_CLINS_ObsLabResult_Uncoded_CS";
/// JLAC10, 17 characters.
pub(super) const LAB_JLAC10: &str = "http://medis.or.jp/CodeSystem/master-JLAC10-17digits";
/// 共有項目, by JLAC10 and JLAC11.
pub(super) const LAB_CORE: [&str; 2] = [
    "http://jpfhir.jp/fhir/clins/CodeSystem/JLAC10/JP_CLINS_ObsLabResult_CoreLabo_CS",
    "http://jpfhir.jp/fhir/clins/CodeSystem/JLAC11/JP_CLINS_ObsLabResult_CoreLabo_CS",
];
/// 感染症, by JLAC10 and JLAC11.
pub(super) const LAB_INFECTION: [&str; 2] = [
    "http://jpfhir.jp/fhir/clins/CodeSystem/JLAC10/JP_CLINS_ObsLabResult_InfectionLabo_CS",
    "http://jpfhir.jp/fhir/clins/CodeSystem/JLAC11/JP_CLINS_ObsLabResult_InfectionLabo_CS",
];

/// YJ code.
pub(super) const DRUG_YJ: &str = "http://capstandard.jp/iyaku.info/CodeSystem/YJ-code";
/// 規格別薬剤成分.
pub(super) const DRUG_KYS: &str = "http://capstandard.jp/CodeSystem/KikakubetsuYakuzaiSeibun";
/// Dummy for drugs without a code.
pub(super) const DRUG_UNCODED: &str = "http://jpfhir.jp/fhir/eCS/CodeSystem/MedicationCodeNocoded_CS";
/// 電子処方箋用法.
pub(super) const USAGE: &str = "http://jpfhir.jp/fhir/core/mhlw/CodeSystem/MedicationUsage_ePrescription";
/// Dummy for usages without a code.
pub(super) const USAGE_UNCODED: &str = "http://jpfhir.jp/fhir/clins/CodeSystem/JP_CLINS_MedicationUsage_Uncoded_CS";

/// Sections of documents.
pub(super) const SECTION: &str = "http://jpfhir.jp/fhir/clins/CodeSystem/document-section";
