//! A patient as FHIR (JP Core Patient), and back into the form. What the form does not know stays as it is.
use super::person::{Contact, Details, LANGUAGES, PersonForm};
use crate::view::element::{extension, text};
use crate::view::{CAUTION, Sex, TAG_SYSTEM, Tag};
use karute_japan::{Date, era};
use karute_json::{Object, Value};

const REPRESENTATION: &str = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation";
const LANGUAGE: &str = "urn:ietf:bcp:47";
/// Tag system of the last four digits of a telephone number, by which the desk finds a patient.
pub(crate) const PHONE_END: &str = "urn:karute:phone-end";

/// System of the patient numbers of an institution (10 digits of 医療機関コード).
pub fn system(institution_code: &str) -> String {
    format!("urn:oid:1.2.392.100495.20.3.51.1{institution_code}")
}

fn string(plain: impl Into<String>) -> Value<'static> {
    Value::string(plain.into())
}

/// A `HumanName` in one script: `IDE` as written in kanji, `ABC` in Latin letters, `SYL` in katakana.
fn human_name(usage: &'static str, script: &'static str, family: &str, given: Option<&str>) -> Value<'static> {
    let mark = Object::new().with("url", REPRESENTATION).with("valueCode", script);
    let full = given.map_or_else(|| family.to_owned(), |given| format!("{family} {given}"));
    let name = Object::new()
        .with("extension", vec![mark.into()])
        .with("use", usage)
        .with("text", full)
        .with("family", family.to_owned());
    match given {
        Some(given) => name.with("given", vec![string(given)]).into(),
        None => name.into(),
    }
}

/// What names are made anew: current ones, the former one, the one the person wishes to be called by.
fn is_ours(name: &Value<'_>) -> bool {
    matches!(text(name, &["use"]).as_deref(), None | Some("official" | "usual" | "old" | "nickname"))
}

fn names(details: &Details, before: &[Value<'static>]) -> Value<'static> {
    let latin = details.family.is_ascii() && details.given.as_deref().is_none_or(str::is_ascii);
    let script = if latin { "ABC" } else { "IDE" };
    let mut names = vec![
        human_name("official", script, &details.family, details.given.as_deref()),
        human_name("official", "SYL", &details.family_kana, details.given_kana.as_deref()),
    ];
    if let Some(former) = &details.former {
        let (family, given) = former.split_once(' ').map_or((former.as_str(), None), |(f, g)| (f, Some(g)));
        names.push(human_name("old", "IDE", family, given));
    }
    if let Some(called) = &details.called {
        names.push(Object::new().with("use", "nickname").with("text", called.clone()).into());
    }
    names.extend(before.iter().filter(|name| !is_ours(name)).cloned());
    Value::Array(names)
}

/// Puts a list in the place of one; an empty one is left out, since FHIR has no empty lists.
fn set(object: &mut Object<'static>, key: &str, items: Vec<Value<'static>>) {
    if items.is_empty() {
        object.remove(key);
    } else {
        object.insert(key, Value::Array(items));
    }
}

fn list(object: &Object<'static>, key: &str) -> Vec<Value<'static>> {
    object.get(key).map_or(&[][..], Value::items).to_vec()
}

/// The patient with these details; `body` is what is kept so far.
pub(super) fn with(body: Option<Value<'static>>, details: &Details) -> Value<'static> {
    let mut object = match body {
        Some(Value::Object(object)) => object,
        _ => Object::new().with("resourceType", "Patient").with("active", true),
    };
    let before = list(&object, "name");
    object.insert("name", names(details, &before));
    let others = list(&object, "telecom").into_iter().filter(|t| !is_phone(t));
    let phones: Vec<Value<'static>> = details.phones.iter().map(|p| phone(p)).chain(others).collect();
    set(&mut object, "telecom", phones);
    object.insert("gender", Value::string(gender(details.sex)));
    match details.birth {
        Some(birth) => object.insert("birthDate", string(birth.to_string())),
        None => drop(object.remove("birthDate")),
    }
    let mut addresses = list(&object, "address");
    addresses.drain(..addresses.len().min(1));
    addresses.splice(0..0, address(details));
    set(&mut object, "address", addresses);
    let mut contacts = list(&object, "contact");
    contacts.drain(..contacts.len().min(1));
    contacts.splice(0..0, details.contact.as_ref().map(contact));
    set(&mut object, "contact", contacts);
    set(&mut object, "communication", details.language.as_deref().map(language).into_iter().collect());
    let mut extensions = list(&object, "extension");
    extensions.retain(|e| text(e, &["url"]).as_deref() != Some(CAUTION));
    extensions.extend(
        details.caution.as_ref().map(|c| Object::new().with("url", CAUTION).with("valueString", c.clone()).into()),
    );
    set(&mut object, "extension", extensions);
    tags(&mut object, details);
    Value::Object(object)
}

fn gender(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "male",
        Sex::Female => "female",
        Sex::Unknown => "unknown",
    }
}

fn is_phone(telecom: &Value<'_>) -> bool {
    text(telecom, &["system"]).as_deref() == Some("phone")
}

fn is_mobile(number: &str) -> bool {
    ["060", "070", "080", "090"].iter().any(|front| number.starts_with(front))
}

fn phone(number: &str) -> Value<'static> {
    let usage = if is_mobile(number) { "mobile" } else { "home" };
    Object::new().with("system", "phone").with("value", number.to_owned()).with("use", usage).into()
}

fn address(details: &Details) -> Option<Value<'static>> {
    let parts = [&details.state, &details.city, &details.line];
    if parts.iter().all(|p| p.is_none()) && details.postal.is_none() {
        return None;
    }
    let whole: String = parts.into_iter().flatten().map(String::as_str).collect();
    let mut object = Object::new().with("use", "home");
    if !whole.is_empty() {
        object.insert("text", string(whole));
    }
    if let Some(line) = &details.line {
        object.insert("line", Value::Array(vec![string(line.clone())]));
    }
    for (key, value) in [("city", &details.city), ("state", &details.state), ("postalCode", &details.postal)] {
        if let Some(value) = value {
            object.insert(key, string(value.clone()));
        }
    }
    Some(object.with("country", "JP").into())
}

fn contact(contact: &Contact) -> Value<'static> {
    let mut object = Object::new();
    if let Some(relation) = &contact.relation {
        let words = Object::new().with("text", relation.clone());
        object.insert("relationship", Value::Array(vec![words.into()]));
    }
    object.insert("name", Object::new().with("text", contact.name.clone()).into());
    if let Some(number) = &contact.phone {
        object.insert("telecom", Value::Array(vec![phone(number)]));
    }
    object.into()
}

fn language(code: &str) -> Value<'static> {
    let word = LANGUAGES.iter().find(|(known, _)| *known == code).map_or("", |(_, word)| *word);
    let coding = Object::new().with("system", LANGUAGE).with("code", code.to_owned());
    let language = Object::new().with("coding", vec![coding.into()]).with("text", word.to_owned());
    Object::new().with("language", Value::from(language)).with("preferred", true).into()
}

/// Tags of a system we own are made anew.
fn tags(object: &mut Object<'static>, details: &Details) {
    let mut meta = match object.remove("meta") {
        Some(Value::Object(meta)) => meta,
        _ => Object::new(),
    };
    let mut tags = list(&meta, "tag");
    tags.retain(|t| !matches!(text(t, &["system"]).as_deref(), Some(TAG_SYSTEM | PHONE_END)));
    let tag = |system: &'static str, code: String| Object::new().with("system", system).with("code", code).into();
    tags.extend(details.tags.iter().map(|t| tag(TAG_SYSTEM, t.code().to_owned())));
    let mut ends: Vec<String> = details.phones.iter().filter_map(|p| phone_end(p)).collect();
    ends.dedup();
    tags.extend(ends.into_iter().map(|end| tag(PHONE_END, end)));
    set(&mut meta, "tag", tags);
    if !meta.is_empty() {
        object.insert("meta", Value::Object(meta));
    }
}

/// The last four digits of a telephone number.
fn phone_end(number: &str) -> Option<String> {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    digits.get(digits.len().checked_sub(4)?..).map(|end| end.iter().collect())
}

/// The form filled with what is kept.
pub(super) fn form(patient: &Value<'_>) -> PersonForm {
    let names = patient.get("name").map_or(&[][..], Value::items);
    let script = |n: &Value<'_>| extension(n, REPRESENTATION).and_then(|e| text(e, &["valueCode"]));
    let usage = |n: &Value<'_>| text(n, &["use"]).unwrap_or_default();
    let current = |wanted: &str| {
        names.iter().find(|n| !matches!(usage(n).as_str(), "old" | "nickname") && script(n).as_deref() == Some(wanted))
    };
    let written = current("IDE").or_else(|| current("ABC"));
    let written = written.or_else(|| names.iter().find(|n| script(n).is_none() && usage(n) != "nickname"));
    let kana = current("SYL");
    let family = |n: Option<&Value<'_>>| n.and_then(|n| text(n, &["family"])).unwrap_or_default();
    let given = |n: Option<&Value<'_>>| {
        let all = n.and_then(|n| n.get("given")).map_or(&[][..], Value::items);
        all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
    };
    let phones: Vec<String> = patient
        .get("telecom")
        .map_or(&[][..], Value::items)
        .iter()
        .filter(|t| is_phone(t))
        .filter_map(|t| text(t, &["value"]))
        .collect();
    let of = |path: &[&str]| text(patient, path).unwrap_or_default();
    let tags = Tag::read(patient);
    let on = |tag: Tag| if tags.contains(&tag) { "1".to_owned() } else { String::new() };
    let named = |wanted: &str| names.iter().find(|n| usage(n) == wanted);
    let full = |n: &Value<'_>| text(n, &["text"]).unwrap_or_else(|| [family(Some(n)), given(Some(n))].join(" "));
    PersonForm {
        family: family(written),
        given: given(written),
        family_kana: family(kana),
        given_kana: given(kana),
        former: named("old").map(full).unwrap_or_default(),
        called: named("nickname").map(full).unwrap_or_default(),
        birth: birth(&of(&["birthDate"])),
        sex: match of(&["gender"]).as_str() {
            sex @ ("male" | "female") => sex.to_owned(),
            "" => String::new(),
            _ => "unknown".to_owned(),
        },
        postal: of(&["address", "0", "postalCode"]),
        state: of(&["address", "0", "state"]),
        city: of(&["address", "0", "city"]),
        line: patient
            .at(&["address", "0", "line"])
            .map(|l| l.items().iter().filter_map(Value::as_str).collect::<String>())
            .unwrap_or_default(),
        phone: phones.first().cloned().unwrap_or_default(),
        phone2: phones.get(1).cloned().unwrap_or_default(),
        contact_name: of(&["contact", "0", "name", "text"]),
        contact_relation: of(&["contact", "0", "relationship", "0", "text"]),
        contact_phone: of(&["contact", "0", "telecom", "0", "value"]),
        language: of(&["communication", "0", "language", "coding", "0", "code"]),
        interpreter: on(Tag::Interpreter),
        wheelchair: on(Tag::Wheelchair),
        isolation: on(Tag::Isolation),
        caution: extension(patient, CAUTION).and_then(|e| text(e, &["valueString"])).unwrap_or_default(),
    }
}

/// `S56.5.2`; what is no whole date stays as it is kept.
fn birth(kept: &str) -> String {
    kept.parse::<Date>().map_or_else(|_| kept.to_owned(), era::short)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn parse(text: &str) -> Value<'static> {
        karute_json::parse(text.as_bytes(), &karute_json::Limits::FHIR).unwrap().into_owned()
    }

    fn filled() -> PersonForm {
        let text = str::to_owned;
        PersonForm {
            family: text("渡邊"),
            given: text("真弓"),
            family_kana: text("ワタナベ"),
            given_kana: text("マユミ"),
            former: text("田中 真弓"),
            called: text("まゆみさん"),
            birth: text("S56.5.2"),
            sex: text("female"),
            postal: text("123-4567"),
            state: text("東京都"),
            city: text("千代田区丸の内"),
            line: text("1-2-3"),
            phone: text("090-1234-5678"),
            phone2: text("03-1111-2222"),
            contact_name: text("渡邊 太郎"),
            contact_relation: text("夫"),
            contact_phone: text("080-1111-2222"),
            language: text("en"),
            interpreter: text("1"),
            wheelchair: String::new(),
            isolation: text("1"),
            caution: text("MRSA"),
        }
    }

    #[test]
    fn what_was_filled_in_comes_back_from_the_record_and_is_valid_fhir() {
        let details = filled().read(Date::constant(2026, 11, 20)).unwrap();
        let body = with(None, &details);
        assert_eq!(form(&body), filled());
        assert!(karute_fhir::validate::validate(&body).is_empty(), "{:?}", karute_fhir::validate::validate(&body));
        let again = with(Some(body.clone()), &details);
        assert!(again.same_value(&body), "saving twice changes nothing");
    }

    #[test]
    fn what_the_form_does_not_know_stays() {
        let kept = parse(
            r#"{"resourceType":"Patient","id":"p","meta":{"tag":[{"system":"x","code":"y"}]},"extension":[{"url":"urn:z","valueString":"z"}],
                "identifier":[{"system":"a","value":"1"}],"maritalStatus":{"text":"既婚"},
                "name":[{"use":"maiden","text":"旧"},{"family":"A"}],"telecom":[{"system":"email","value":"a@b"},{"system":"phone","value":"1"}],
                "address":[{"text":"古"},{"text":"別荘"}]}"#,
        );
        let body = with(Some(kept), &filled().read(Date::constant(2026, 11, 20)).unwrap()).to_json();
        for stays in ["\"x\"", "urn:z", "\"a\"", "既婚", "maiden", "a@b", "別荘"] {
            assert!(body.contains(stays), "{stays} {body}");
        }
        for goes in ["古", "\"A\""] {
            assert!(!body.contains(goes), "{goes} {body}");
        }
    }
}
