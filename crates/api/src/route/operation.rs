//! The operations, with their canonical definitions.
use super::{On, Role};

/// `CodeSystem/$lookup`.
pub(super) const LOOKUP: Role = Role::Operation {
    name: "lookup",
    definition: "http://hl7.org/fhir/OperationDefinition/CodeSystem-lookup",
    on: On::OneType("CodeSystem"),
};
/// `CodeSystem/$validate-code`.
pub(super) const VALIDATE_SYSTEM_CODE: Role = Role::Operation {
    name: "validate-code",
    definition: "http://hl7.org/fhir/OperationDefinition/CodeSystem-validate-code",
    on: On::OneType("CodeSystem"),
};
/// `ValueSet/$expand`.
pub(super) const EXPAND: Role = Role::Operation {
    name: "expand",
    definition: "http://hl7.org/fhir/OperationDefinition/ValueSet-expand",
    on: On::OneType("ValueSet"),
};
/// `ValueSet/$validate-code`.
pub(super) const VALIDATE_SET_CODE: Role = Role::Operation {
    name: "validate-code",
    definition: "http://hl7.org/fhir/OperationDefinition/ValueSet-validate-code",
    on: On::OneType("ValueSet"),
};
/// `ConceptMap/$translate`.
pub(super) const TRANSLATE: Role = Role::Operation {
    name: "translate",
    definition: "http://hl7.org/fhir/OperationDefinition/ConceptMap-translate",
    on: On::OneType("ConceptMap"),
};
/// `$validate` of every type.
pub(super) const VALIDATE: Role = Role::Operation {
    name: "validate",
    definition: "http://hl7.org/fhir/OperationDefinition/Resource-validate",
    on: On::EveryType,
};
/// `Patient/$everything`.
pub(super) const EVERYTHING: Role = Role::Operation {
    name: "everything",
    definition: "http://hl7.org/fhir/OperationDefinition/Patient-everything",
    on: On::OneType("Patient"),
};
/// `$export` of the institution.
pub(super) const EXPORT: Role = Role::Operation {
    name: "export",
    definition: "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/export",
    on: On::System,
};
/// `Patient/$export`.
pub(super) const EXPORT_PATIENT: Role = Role::Operation {
    name: "export",
    definition: "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/patient-export",
    on: On::OneType("Patient"),
};
