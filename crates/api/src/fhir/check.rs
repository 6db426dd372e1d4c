//! What every resource must pass before it is stored.
use crate::fhir::binary;
use crate::http::body;
use crate::outcome::Failure;
use karute_fhir::{Id, ResourceType, validate::validate};
use karute_json::Value;

/// Parses a body and checks that it is a valid resource of `kind`.
pub(crate) fn resource(bytes: &[u8], kind: ResourceType) -> Result<Value<'_>, Failure> {
    let resource = body::parse(bytes)?;
    self::kind(&resource, kind)?;
    content(&resource)?;
    Ok(resource)
}

/// 400 unless `resourceType` is the one of the address.
pub(crate) fn kind(resource: &Value<'_>, expected: ResourceType) -> Result<(), Failure> {
    let Some(object) = resource.as_object() else {
        return Err(Failure::new(
            http::StatusCode::BAD_REQUEST,
            "structure",
            "FHIR のリソース (JSON のオブジェクト) ではありません。",
        ));
    };
    match object.get("resourceType").and_then(Value::as_str) {
        Some(name) if name == expected.name() => Ok(()),
        Some(_) => {
            Err(Failure::invalid(format!("resourceType が送り先の種類 ({expected}) と違います。")).at("resourceType"))
        }
        None => Err(Failure::invalid("resourceType がありません。").at("resourceType")),
    }
}

/// 422 with all findings unless the content is valid.
pub(crate) fn content(resource: &Value<'_>) -> Result<(), Failure> {
    if let Some(failure) = Failure::of_findings(&validate(resource)) {
        return Err(failure);
    }
    binary::refuse_reserved_tag(resource)
}

/// 400 unless the resource carries exactly this id.
pub(crate) fn same_id(resource: &Value<'_>, kind: ResourceType, id: &Id) -> Result<(), Failure> {
    match resource.get("id").and_then(Value::as_str) {
        Some(found) if found == id.as_str() => Ok(()),
        Some(_) => Err(Failure::invalid("本文の id が送り先の id と違います。").at(format!("{kind}.id"))),
        None => {
            Err(Failure::invalid("本文に id がありません。送り先と同じ id を書いてください。").at(format!("{kind}.id")))
        }
    }
}
