//! Patient, doctor, institution, visit.
use super::json::{Json, coding, extension, identifier, items, list, meta, text, word, words};
use super::names;
use super::source::Department;
use super::{Lacking, MemberId, Source};
use karute_chart::letter::{Destination, is_code};
use karute_japan::Timestamp;
use karute_json::{Object, Value};

/// The patient as documents name one (digest jp-fhir 6.1).
pub(super) fn patient(source: &Source, member: &MemberId, at: Timestamp) -> Result<Json, Vec<Lacking>> {
    let body = &source.patient.body;
    let mut lacking = Vec::new();
    let mut identifiers = vec![identifier(member.system, &member.value)];
    let own = format!("{}{}", names::PATIENT_NUMBER, source.institution.code);
    let number = items(body, "identifier")
        .iter()
        .find(|i| text(i, &["system"]).is_some_and(|s| s.starts_with("urn:oid:1.2.392.100495.20.3.51.")));
    if let Some(number) = number.and_then(|i| text(i, &["value"])) {
        identifiers.push(identifier(&own, &number));
    }
    let names: Vec<Json> = items(body, "name").iter().filter_map(name).collect();
    if names.is_empty() {
        lacking.push(Lacking::Name);
    }
    let birth = text(body, &["birthDate"]).filter(|day| day.len() == 10);
    if birth.is_none() {
        lacking.push(Lacking::Birth);
    }
    let address = address(body);
    if address.is_none() {
        lacking.push(Lacking::PatientAddress);
    }
    let (Some(birth), Some(address), true) = (birth, address, lacking.is_empty()) else { return Err(lacking) };
    let mut made = Object::new()
        .with("resourceType", "Patient")
        .with("meta", meta(names::PATIENT, at))
        .with("identifier", list(identifiers))
        .with("name", list(names));
    let phones: Vec<Json> = items(body, "telecom").iter().filter_map(phone).collect();
    if !phones.is_empty() {
        made.insert("telecom", list(phones));
    }
    let gender = text(body, &["gender"]).filter(|g| matches!(g.as_str(), "male" | "female" | "other"));
    made.insert("gender", word(gender.unwrap_or_else(|| "unknown".to_owned())));
    made.insert("birthDate", word(birth));
    made.insert("address", list([address]));
    Ok(Value::Object(made))
}

fn phone(telecom: &Value<'_>) -> Option<Json> {
    let value = text(telecom, &["value"])?;
    let is_phone = text(telecom, &["system"]).as_deref() == Some("phone");
    is_phone.then(|| Value::object([("system", word("phone")), ("value", word(value))]))
}

/// 漢字 (IDE) or カナ (SYL); written names in Latin letters go as IDE. Names of the past are left out.
fn name(name: &Value<'_>) -> Option<Json> {
    if matches!(text(name, &["use"]).as_deref(), Some("old" | "nickname" | "anonymous")) {
        return None;
    }
    let script = items(name, "extension")
        .iter()
        .find(|e| text(e, &["url"]).as_deref() == Some(names::REPRESENTATION))
        .and_then(|e| text(e, &["valueCode"]));
    let script = if script.as_deref() == Some("SYL") { "SYL" } else { "IDE" };
    let plain = |part: String| part.replace('\u{3000}', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    let family = text(name, &["family"]).map(plain);
    let given: Vec<String> = items(name, "given")
        .iter()
        .filter_map(|g| g.as_str().map(|g| plain(g.into_owned())))
        .filter(|g| !g.is_empty())
        .collect();
    let (family, given) = match (family, given.is_empty()) {
        (Some(family), false) => (family, given),
        // Somebody with one name only: levels before 1.12 ask for both.
        (Some(only), true) => (only.clone(), vec![only]),
        (None, _) => {
            let whole = plain(text(name, &["text"])?);
            let (family, given) =
                whole.split_once(' ').map_or((whole.clone(), whole.clone()), |(f, g)| (f.to_owned(), g.to_owned()));
            (family, vec![given])
        }
    };
    let whole = if given.first() == Some(&family) && given.len() == 1 {
        family.clone()
    } else {
        format!("{family} {}", given.join(" "))
    };
    Some(Value::object([
        ("extension", list([extension(names::REPRESENTATION, "valueCode", word(script))])),
        ("use", word("official")),
        ("text", word(whole)),
        ("family", word(family)),
        ("given", list(given.into_iter().map(word))),
    ]))
}

fn address(body: &Value<'_>) -> Option<Json> {
    let address = items(body, "address").first()?;
    let of = |name| text(address, &[name]);
    let line: String =
        items(address, "line").iter().filter_map(|l| l.as_str().map(std::borrow::Cow::into_owned)).collect();
    let joined = [of("state"), of("city"), Some(line)].into_iter().flatten().collect::<String>();
    let whole = of("text").or(Some(joined)).filter(|text| !text.is_empty())?;
    let mut made = Object::new().with("text", word(whole));
    for name in ["city", "state", "postalCode"] {
        if let Some(value) = of(name) {
            made.insert(name, word(value));
        }
    }
    made.insert("country", word("JP"));
    Some(Value::Object(made))
}

/// Name of a doctor as written, and their id at this institution.
pub(super) fn doctor(source: &Source, id: &str, shown: &str) -> (String, String) {
    let body = source.practitioners.get(id);
    let own = format!("{}{}", names::DOCTOR_NUMBER, source.institution.code);
    let number = body.and_then(|body| {
        items(body, "identifier")
            .iter()
            .find(|i| text(i, &["system"]).as_deref() == Some(own.as_str()))
            .and_then(|i| text(i, &["value"]))
    });
    let written = body.and_then(|body| {
        let names = items(body, "name");
        let found = names.iter().find(|n| text(n, &["extension", "0", "valueCode"]).as_deref() != Some("SYL"));
        found.and_then(|n| {
            text(n, &["text"])
                .or_else(|| Some(format!("{} {}", text(n, &["family"])?, text(n, &["given", "0"]).unwrap_or_default())))
        })
    });
    let name = if shown.is_empty() { written.unwrap_or_default() } else { shown.to_owned() };
    (name.trim().to_owned(), number.unwrap_or_else(|| id.to_owned()))
}

/// A doctor as an entry of a document.
pub(super) fn practitioner(source: &Source, (name, number): &(String, String), at: Timestamp) -> Json {
    let own = format!("{}{}", names::DOCTOR_NUMBER, source.institution.code);
    Value::object([
        ("resourceType", word("Practitioner")),
        ("meta", meta(names::PRACTITIONER, at)),
        ("identifier", list([identifier(&own, number)])),
        ("name", list([written(name)])),
    ])
}

fn written(name: &str) -> Json {
    Value::object([
        ("extension", list([extension(names::REPRESENTATION, "valueCode", word("IDE"))])),
        ("use", word("official")),
        ("text", word(name.replace('\u{3000}', " "))),
    ])
}

/// A doctor of another institution.
pub(super) fn outside_practitioner(name: &str, at: Timestamp) -> Json {
    Value::object([
        ("resourceType", word("Practitioner")),
        ("meta", meta(names::PRACTITIONER, at)),
        ("name", list([written(name)])),
    ])
}

/// A doctor inside of a resource; the profile without version (R9019).
pub(super) fn contained_practitioner(source: &Source, id: &str, (name, number): &(String, String)) -> Json {
    let own = format!("{}{}", names::DOCTOR_NUMBER, source.institution.code);
    Value::object([
        ("resourceType", word("Practitioner")),
        ("id", word(id)),
        ("meta", Value::object([("profile", list([word(names::CORE_PRACTITIONER)]))])),
        ("identifier", list([identifier(&own, number)])),
        ("name", list([words(name)])),
    ])
}

/// A visit inside of a resource: 外来 or 入院 (R9013).
pub(super) fn contained_encounter(id: &str, class: (&str, &str)) -> Json {
    Value::object([
        ("resourceType", word("Encounter")),
        ("id", word(id)),
        ("meta", Value::object([("profile", list([word(names::CORE_ENCOUNTER)]))])),
        ("status", word("finished")),
        ("class", coding(names::ACT, class.0, class.1)),
    ])
}

/// 外来 or 入院 of a stored visit.
pub(super) fn class(source: &Source, encounter: Option<&str>) -> (&'static str, &'static str) {
    let body = encounter.and_then(|id| source.encounters.get(id));
    match body.and_then(|body| text(body, &["class", "code"])).as_deref() {
        Some("IMP" | "ACUTE" | "NONAC") => ("IMP", "入院"),
        Some("EMER") => ("EMER", "救急"),
        Some("HH") => ("HH", "在宅"),
        _ => ("AMB", "外来"),
    }
}

/// Institution and department of a resource.
pub(super) fn ours(source: &Source) -> Vec<Json> {
    let mut all = vec![extension(
        names::INSTITUTION_EXTENSION,
        "valueIdentifier",
        identifier(names::INSTITUTION, &source.institution.code),
    )];
    all.extend(source.institution.department.as_ref().map(department));
    all
}

pub(super) fn department(department: &Department) -> Json {
    let mut value = Object::new();
    if let Some((code, name)) = &department.code {
        value.insert("coding", list([coding(names::DEPARTMENTS, code, name)]));
    }
    value.insert("text", word(department.name.clone()));
    extension(names::DEPARTMENT_EXTENSION, "valueCodeableConcept", Value::Object(value))
}

/// What the institution must have told before anything can be sent.
pub(super) fn institution_lacking(source: &Source, needs_department: bool) -> Vec<Lacking> {
    let mut lacking = Vec::new();
    if !is_code(&source.institution.code) {
        lacking.push(Lacking::InstitutionCode);
    }
    if needs_department && source.institution.department.as_ref().is_none_or(|d| d.name.trim().is_empty()) {
        lacking.push(Lacking::Department);
    }
    lacking
}

/// This institution as an entry of a document.
pub(super) fn organization(source: &Source, at: Timestamp) -> Json {
    let institution = &source.institution;
    let mut made = Object::new().with("resourceType", "Organization").with("meta", meta(names::ORGANIZATION, at));
    if let Some(own) = &institution.department {
        made.insert("extension", list([department(own)]));
    }
    made.insert("identifier", list([identifier(names::INSTITUTION, &institution.code)]));
    made.insert("type", list([provider()]));
    made.insert("name", word(institution.name.clone()));
    if let Some(contact) = &institution.contact {
        reached(&mut made, &contact.phone, &contact.fax, &contact.address, &contact.postal);
    }
    Value::Object(made)
}

fn provider() -> Json {
    super::json::concept("http://terminology.hl7.org/CodeSystem/organization-type", "prov", "Healthcare Provider")
}

fn reached(made: &mut Object<'static>, phone: &str, fax: &str, address: &str, postal: &str) {
    let point = |system: &str, value: &str| {
        (!value.is_empty()).then(|| Value::object([("system", word(system)), ("value", word(value))]))
    };
    let all: Vec<Json> = point("phone", phone).into_iter().chain(point("fax", fax)).collect();
    if !all.is_empty() {
        made.insert("telecom", list(all));
    }
    if !address.is_empty() {
        let mut place = Object::new().with("text", word(address));
        if !postal.is_empty() {
            place.insert("postalCode", word(postal));
        }
        place.insert("country", word("JP"));
        made.insert("address", list([Value::Object(place)]));
    }
}

/// The addressee as an entry of a document.
pub(super) fn addressee(to: &Destination, at: Timestamp) -> Json {
    let mut made = Object::new().with("resourceType", "Organization").with("meta", meta(names::ORGANIZATION, at));
    if !to.department.is_empty() {
        made.insert("extension", list([department(&Department { name: to.department.clone(), code: None })]));
    }
    made.insert("identifier", list([identifier(names::INSTITUTION, &to.code)]));
    made.insert("type", list([provider()]));
    made.insert("name", word(to.name.clone()));
    reached(&mut made, &to.phone, &to.fax, &to.address, "");
    Value::Object(made)
}
