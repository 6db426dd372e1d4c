//! Forms of identifiers, in whatever resource they stand.
use super::Report;
use crate::profile::names;
use crate::profile::read::{extensions, is_institution, kind, list, text};
use karute_json::Value;

/// `urn:uuid:` and a UUID in lower case (RFC 4122, section 3).
pub(super) fn is_urn_uuid(url: &str) -> bool {
    let Some(uuid) = url.strip_prefix("urn:uuid:") else { return false };
    uuid.len() == 36
        && uuid.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        })
}

/// R1021 and R1090.
pub(super) fn check(resource: &Value<'_>, report: &mut Report<'_>) {
    for (index, extension) in extensions(resource, names::INSTITUTION_EXTENSION) {
        let value = extension.get("valueIdentifier").and_then(|id| text(id, "value"));
        if value.is_some_and(|value| !is_institution(&value)) {
            report.say("R1021", &format!(".extension[{index}].value.value"));
        }
    }
    let kind = kind(resource);
    if kind != "Organization" && kind != "Practitioner" {
        return;
    }
    for (index, identifier) in list(resource, "identifier").iter().enumerate() {
        let system = text(identifier, "system").unwrap_or_default();
        let value = text(identifier, "value").unwrap_or_default();
        if kind == "Organization" && system == names::INSTITUTION_ID && !is_institution(&value) {
            report.say("R1021", &format!(".identifier[{index}].value"));
        }
        let doctor = system.strip_prefix(names::DOCTOR_OID);
        if doctor.is_some_and(|rest| !rest.strip_prefix('1').is_some_and(is_institution)) {
            report.say("R1090", &format!(".identifier[{index}].system"));
        }
    }
}
