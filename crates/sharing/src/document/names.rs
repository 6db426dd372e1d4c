//! Addresses of the national guide (digest jp-fhir §2, §3, §8). Profiles are written bare, without `|version` (§1 rule 3).

macro_rules! core {
    ($name:literal) => {
        concat!("http://jpfhir.jp/fhir/core/", $name)
    };
}
macro_rules! ecs {
    ($name:literal) => {
        concat!("http://jpfhir.jp/fhir/eCS/StructureDefinition/", $name)
    };
}

pub(super) const BUNDLE_CLINS: &str = "http://jpfhir.jp/fhir/clins/StructureDefinition/JP_Bundle_CLINS";
pub(super) const BUNDLE_REFERRAL: &str = "http://jpfhir.jp/fhir/clins/StructureDefinition/JP_Bundle_eReferral";
pub(super) const BUNDLE_PLAN: &str = "http://jpfhir.jp/fhir/clins/StructureDefinition/JP_Bundle_ePCS";
pub(super) const COMPOSITION_REFERRAL: &str =
    "http://jpfhir.jp/fhir/eReferral/StructureDefinition/JP_Composition_eReferral";
pub(super) const COMPOSITION_PLAN: &str = "http://jpfhir.jp/fhir/ePCS/StructureDefinition/JP_Composition_ePCS";
pub(super) const PATIENT: &str = ecs!("JP_Patient_eCS");
pub(super) const CONDITION: &str = ecs!("JP_Condition_eCS");
pub(super) const ALLERGY: &str = ecs!("JP_AllergyIntolerance_eCS");
pub(super) const LABORATORY: &str = ecs!("JP_Observation_LabResult_eCS");
pub(super) const OBSERVATION: &str = ecs!("JP_Observation_Common_eCS");
pub(super) const MEDICATION: &str = ecs!("JP_MedicationRequest_eCS");
pub(super) const ENCOUNTER: &str = ecs!("JP_Encounter_eCS");
pub(super) const PRACTITIONER: &str = ecs!("JP_Practitioner_eCS");
pub(super) const ORGANIZATION: &str = ecs!("JP_Organization_eCS");
pub(super) const DOCUMENT_REFERENCE: &str = ecs!("JP_DocumentReference_eCS");
pub(super) const CARE_PLAN: &str = ecs!("JP_CarePlan_ePCS");
/// Of contained resources, where the rules compare the whole text (R9013, R9019).
pub(super) const CORE_ENCOUNTER: &str = core!("StructureDefinition/JP_Encounter");
pub(super) const CORE_PRACTITIONER: &str = core!("StructureDefinition/JP_Practitioner");

pub(super) const INSTITUTION_EXTENSION: &str =
    "http://jpfhir.jp/fhir/clins/Extension/StructureDefinition/JP_eCS_InstitutionNumber";
pub(super) const DEPARTMENT_EXTENSION: &str =
    "http://jpfhir.jp/fhir/eCS/Extension/StructureDefinition/JP_eCS_Department";
pub(super) const DIAGNOSIS_EXTENSION: &str =
    "http://jpfhir.jp/fhir/eCS/Extension/StructureDefinition/JP_eCS_DiagnosisType";
pub(super) const PREFIX: &str = core!("Extension/StructureDefinition/JP_Condition_DiseasePrefixModifier");
pub(super) const POSTFIX: &str = core!("Extension/StructureDefinition/JP_Condition_DiseasePostfixModifier");
pub(super) const PERIOD_OF_USE: &str = core!("Extension/StructureDefinition/JP_MedicationDosage_PeriodOfUse");
pub(super) const REPEAT_COUNT: &str =
    core!("Extension/StructureDefinition/JP_MedicationRequest_DispenseRequest_ExpectedRepeatCount");
pub(super) const VERSION: &str = "http://hl7.org/fhir/StructureDefinition/composition-clinicaldocument-versionNumber";
pub(super) const REPRESENTATION: &str = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation";

pub(super) const BUNDLE_ID: &str = "http://jpfhir.jp/fhir/clins/bundle-identifier";
pub(super) const INSTANCE: &str = core!("IdSystem/resourceInstance-identifier");
pub(super) const INSTITUTION: &str = core!("IdSystem/insurance-medical-institution-no");
pub(super) const MEMBER: &str = "http://jpfhir.jp/fhir/clins/Idsystem/JP_Insurance_memberID";
pub(super) const WELFARE_MEMBER: &str = "http://jpfhir.jp/fhir/clins/Idsystem/JP_PublicPayer_memberID";
pub(super) const PATIENT_NUMBER: &str = "urn:oid:1.2.392.100495.20.3.51.1";
pub(super) const DOCTOR_NUMBER: &str = "urn:oid:1.2.392.100495.20.3.41.1";
pub(super) const RP: &str = core!("mhlw/IdSystem/Medication-RPGroupNumber");
pub(super) const RP_ORDER: &str = core!("mhlw/IdSystem/MedicationAdministrationIndex");

pub(super) const RESOURCE_TAG: &str = "http://jpfhir.jp/fhir/clins/CodeSystem/BundleResourceType_CS";
pub(super) const FLAGS: &str = "http://jpfhir.jp/fhir/clins/CodeSystem/JP_ehrshrs_indication";
pub(super) const DEPARTMENTS: &str = "http://jami.jp/SS-MIX2/CodeSystem/ClinicalDepartment";
pub(super) const DOCUMENT_TYPES: &str = "http://jpfhir.jp/fhir/Common/CodeSystem/doc-typecodes";
pub(super) const DOCUMENT_KINDS: &str = "http://jpfhir.jp/fhir/Common/CodeSystem/doc-subtypecodes";
pub(super) const SECTIONS: &str = "http://jpfhir.jp/fhir/clins/CodeSystem/document-section";
pub(super) const CATEGORY: &str = core!("CodeSystem/JP_SimpleObservationCategory_CS");
pub(super) const UNCODED_LAB: &str = "http://jpfhir.jp/fhir/clins/CodeSystem/JP_CLINS_ObsLabResult_Uncoded_CS";
pub(super) const UNCODED_DRUG: &str = "http://jpfhir.jp/fhir/eCS/CodeSystem/MedicationCodeNocoded_CS";
pub(super) const UNCODED_USAGE: &str = "http://jpfhir.jp/fhir/clins/CodeSystem/JP_CLINS_MedicationUsage_Uncoded_CS";
pub(super) const UNIT: &str = core!("mhlw/CodeSystem/MedicationUnitMERIT9Code");
pub(super) const STRENGTH: &str = core!("mhlw/CodeSystem/MedicationIngredientStrengthType");
pub(super) const UCUM: &str = "http://unitsofmeasure.org";
pub(super) const ACT: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
