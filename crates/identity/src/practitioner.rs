//! People as FHIR: one `Practitioner` and one `PractitionerRole` of the same id. Names follow JP Core (the written
//! form is marked `IDE`, the katakana form `SYL`).
use crate::{IdentityError, LOGIN_SYSTEM, NewPerson, PROFESSION_SYSTEM, Profession};
use karute_fhir::ResourceType;
use karute_json::{Limits, Object, Value, parse};

/// Which form of a Japanese name a `HumanName` is.
const REPRESENTATION: &str = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation";
/// JP Core: identifier system of 医療機関コード (10 digits).
const INSTITUTION_SYSTEM: &str = "http://jpfhir.jp/fhir/core/IdSystem/insurance-medical-institution-no";

/// A person as the two resources say it.
#[derive(Clone, Debug)]
pub(crate) struct Described {
    pub login: String,
    pub name: String,
    pub kana: String,
    pub active: bool,
    pub professions: Vec<Profession>,
}

pub(crate) fn practitioner_type() -> Result<ResourceType, IdentityError> {
    ResourceType::parse("Practitioner").ok_or(IdentityError::Internal("no resource type Practitioner"))
}

pub(crate) fn role_type() -> Result<ResourceType, IdentityError> {
    ResourceType::parse("PractitionerRole").ok_or(IdentityError::Internal("no resource type PractitionerRole"))
}

pub(crate) fn practitioner(new: &NewPerson) -> Value<'static> {
    let login = Object::new().with("system", LOGIN_SYSTEM).with("value", new.login.clone());
    Object::new()
        .with("resourceType", "Practitioner")
        .with("identifier", vec![login.into()])
        .with("active", true)
        .with("name", vec![human_name("IDE", &new.name), human_name("SYL", &new.kana)])
        .into()
}

pub(crate) fn role(person: &str, professions: &[Profession], institution: (&str, &str)) -> Value<'static> {
    let (code, display) = institution;
    let identifier = Object::new().with("system", INSTITUTION_SYSTEM).with("value", code.to_owned());
    let organization = Object::new().with("identifier", Value::from(identifier)).with("display", display.to_owned());
    Object::new()
        .with("resourceType", "PractitionerRole")
        .with("active", true)
        .with("practitioner", Value::from(Object::new().with("reference", format!("Practitioner/{person}"))))
        .with("organization", Value::from(organization))
        .with("code", profession_codes(professions))
        .into()
}

/// `PractitionerRole.code`.
pub(crate) fn profession_codes(professions: &[Profession]) -> Value<'static> {
    let concept = |p: &Profession| {
        let coding = Object::new().with("system", PROFESSION_SYSTEM).with("code", p.code()).with("display", p.label());
        Value::from(Object::new().with("coding", vec![coding.into()]))
    };
    Value::Array(professions.iter().map(concept).collect())
}

fn human_name(form: &'static str, text: &str) -> Value<'static> {
    let extension = Object::new().with("url", REPRESENTATION).with("valueCode", form);
    let name =
        Object::new().with("extension", vec![extension.into()]).with("use", "official").with("text", text.to_owned());
    let (family, given) = text.split_once([' ', '　']).unwrap_or((text, ""));
    let name = name.with("family", family.to_owned());
    if given.is_empty() { name.into() } else { name.with("given", vec![given.trim().to_owned().into()]).into() }
}

/// Reads a stored resource.
pub(crate) fn read_body(body: &str) -> Result<Value<'_>, IdentityError> {
    parse(body.as_bytes(), &Limits::FHIR).map_err(|_| IdentityError::Internal("a stored practitioner is unreadable"))
}

/// What the `Practitioner` says.
pub(crate) fn describe(practitioner: &Value<'_>) -> Described {
    let text_of = |form: &str| {
        practitioner
            .get("name")
            .map(Value::items)
            .unwrap_or_default()
            .iter()
            .find(|name| {
                name.get("extension")
                    .map(Value::items)
                    .unwrap_or_default()
                    .iter()
                    .any(|e| is(e.get("url"), REPRESENTATION) && is(e.get("valueCode"), form))
            })
            .and_then(|name| name.get("text")?.as_str().map(std::borrow::Cow::into_owned))
            .unwrap_or_default()
    };
    let login = practitioner
        .get("identifier")
        .map(Value::items)
        .unwrap_or_default()
        .iter()
        .find(|i| is(i.get("system"), LOGIN_SYSTEM))
        .and_then(|i| i.get("value")?.as_str().map(std::borrow::Cow::into_owned))
        .unwrap_or_default();
    Described {
        login,
        name: text_of("IDE"),
        kana: text_of("SYL"),
        active: practitioner.get("active").and_then(Value::as_bool).unwrap_or(true),
        professions: Vec::new(),
    }
}

/// What the `PractitionerRole` says; codes this version does not know grant nothing.
pub(crate) fn professions(role: &Value<'_>) -> Vec<Profession> {
    role.get("code")
        .map(Value::items)
        .unwrap_or_default()
        .iter()
        .flat_map(|concept| concept.get("coding").map(Value::items).unwrap_or_default())
        .filter(|coding| is(coding.get("system"), PROFESSION_SYSTEM))
        .filter_map(|coding| Profession::parse(&coding.get("code")?.as_str()?))
        .collect()
}

fn is(value: Option<&Value<'_>>, text: &str) -> bool {
    value.and_then(Value::as_str).is_some_and(|v| v == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn somebody() -> NewPerson {
        NewPerson {
            login: "h.yamamoto".into(),
            name: "山本 花子".into(),
            kana: "ヤマモト ハナコ".into(),
            professions: vec![Profession::Doctor, Profession::Admin],
            password: String::new(),
            must_change_password: false,
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let described = describe(&practitioner(&somebody()));
        assert_eq!(described.login, "h.yamamoto");
        assert_eq!(described.name, "山本 花子");
        assert_eq!(described.kana, "ヤマモト ハナコ");
        assert!(described.active);
        let role = role("p1", &somebody().professions, ("1310000001", "みどり内科クリニック"));
        assert_eq!(professions(&role), somebody().professions);
    }

    #[test]
    fn names_are_split_at_the_space_and_the_rest_is_jp_core() {
        assert_eq!(
            human_name("IDE", "山本　花子").to_json(),
            concat!(
                r#"{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation","#,
                r#""valueCode":"IDE"}],"use":"official","text":"山本　花子","family":"山本","given":["花子"]}"#
            )
        );
        assert!(!human_name("IDE", "山本").to_json().contains("given"));
    }

    #[test]
    fn both_resources_are_structurally_valid() {
        for resource in [practitioner(&somebody()), role("p1", &[Profession::Clerk], ("1310000001", "医院"))] {
            assert_eq!(karute_fhir::validate::validate(&resource), []);
        }
    }
}
