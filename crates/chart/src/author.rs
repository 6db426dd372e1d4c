//! Who enters something, and for whom (代行入力: entry by a proxy waits for the doctor's approval).
use crate::ChartError;
use crate::query::{parse, search, within};
use crate::view::element::{extension, text};
use crate::view::{Encounter, STANDING};
use karute_fhir::Id;
use karute_japan::Date;
use karute_json::{Object, Value};
use karute_ledger::{Access, Action};

/// Tag system of how an entry came about.
pub const ENTRY_SYSTEM: &str = "urn:karute:entry";
/// The entry was made by a proxy and nobody approved it yet (承認待ち).
pub const AWAITING_APPROVAL: &str = "awaiting-approval";

/// Extension of what a proxy entered or changed: the doctor for whom (依頼医).
const ON_BEHALF: &str = "urn:karute:on-behalf-of";
/// Extension of what a proxy entered or changed: the proxy. The resource's own author may be who wrote it first.
const ENTERED_BY: &str = "urn:karute:entered-by";

/// In whose name a person writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// In their own, by their own profession.
    Own,
    /// 代行: for a doctor, who approves it later.
    Proxy,
}

/// The person who enters something. Both who entered and who approved are kept (security guideline §4, 真正性).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// `Practitioner` id.
    pub person: Id,
    /// Name as written.
    pub name: String,
    /// In whose name.
    pub standing: Standing,
}

impl Author {
    /// A reference to the person with the name as it was on the day.
    pub fn reference(&self) -> Value<'static> {
        Value::object([
            ("reference", Value::string(format!("Practitioner/{}", self.person))),
            ("display", Value::string(self.name.clone())),
        ])
    }

    /// A reference that also says whether the person entered it for somebody else (代行).
    pub fn hand(&self) -> Value<'static> {
        let mut reference = self.reference();
        if self.standing == Standing::Proxy
            && let Some(object) = reference.as_object_mut()
        {
            let mark = Value::object([("url", Value::string(STANDING)), ("valueCode", Value::string("proxy"))]);
            object.insert("extension", Value::Array(vec![mark]));
        }
        reference
    }

    /// Marks a resource as awaiting approval when a proxy enters it, and takes the mark away otherwise.
    pub fn mark(&self, body: &mut Value<'static>) {
        set_awaiting(body, self.standing == Standing::Proxy);
    }
}

/// The doctor of a visit: for whom a proxy enters there.
pub(crate) fn doctor_of(visit: &Encounter) -> Option<Value<'static>> {
    let doctor = visit.doctor.as_ref()?;
    let mut reference = Object::new().with("reference", Value::string(format!("Practitioner/{doctor}")));
    if let Some(name) = &visit.practitioner {
        reference.insert("display", Value::string(name.clone()));
    }
    Some(Value::Object(reference))
}

/// For whom a proxy enters something of a patient outside of a visit: the doctor of the visit of that day. Nothing for who
/// enters in their own name.
pub(crate) async fn principal(
    access: &Access,
    author: &Author,
    patient: &Id,
    day: Date,
) -> Result<Option<Value<'static>>, ChartError> {
    if author.standing == Standing::Own {
        return Ok(None);
    }
    let reader = access.reader(Action::Read);
    reader.describe("依頼医");
    let (from, to) = within(day);
    let pairs = [("patient", patient.as_str()), ("date", from.as_str()), ("date", to.as_str()), ("_count", "10")];
    let mut newest: Option<Encounter> = None;
    for version in search(&reader, "Encounter", &pairs).await?.matches {
        let visit = Encounter::read(version.id.clone(), version.version, &parse(&version)?);
        let here = visit.arrived.is_some_and(|at| at.day_in_japan() == day);
        if here && newest.as_ref().is_none_or(|other| other.arrived < visit.arrived) {
            newest = Some(visit);
        }
    }
    Ok(reader.release(newest.as_ref().and_then(doctor_of)).await?)
}

/// Says which proxy entered or changed a resource, and for whom. Without a doctor of the visit, the one who asked before
/// stays named. A resource written in one's own name says nothing of it.
pub(crate) fn set_principal(body: &mut Value<'static>, author: &Author, doctor: Option<Value<'static>>) {
    let Some(object) = body.as_object_mut() else { return };
    let mut extensions = match object.remove("extension") {
        Some(Value::Array(extensions)) => extensions,
        _ => Vec::new(),
    };
    let stays = author.standing == Standing::Proxy && doctor.is_none();
    extensions.retain(|e| match text(e, &["url"]).as_deref() {
        Some(ON_BEHALF) => stays,
        Some(ENTERED_BY) => false,
        _ => true,
    });
    if author.standing == Standing::Proxy {
        let named = |url, who| Value::object([("url", Value::string(url)), ("valueReference", who)]);
        extensions.extend(doctor.map(|doctor| named(ON_BEHALF, doctor)));
        extensions.push(named(ENTERED_BY, author.reference()));
    }
    if !extensions.is_empty() {
        object.insert("extension", Value::Array(extensions));
    }
}

/// The proxy who entered or changed it last (代行): the name as it was on the day.
pub(crate) fn proxy_in(body: &Value<'_>) -> Option<String> {
    extension(body, ENTERED_BY).and_then(|e| text(e, &["valueReference", "display"]))
}

/// For whom a proxy entered it (依頼医): the name as it was on the day.
pub(crate) fn principal_in(body: &Value<'_>) -> Option<String> {
    extension(body, ON_BEHALF).and_then(|e| text(e, &["valueReference", "display"]))
}

/// Sets or removes the mark of an entry that awaits approval.
pub fn set_awaiting(body: &mut Value<'static>, awaiting: bool) {
    let Some(resource) = body.as_object_mut() else { return };
    if resource.get("meta").is_none() {
        if !awaiting {
            return;
        }
        resource.insert("meta", Value::Object(Object::new()));
    }
    let Some(meta) = resource.get_mut("meta").and_then(Value::as_object_mut) else { return };
    let mut tags: Vec<Value<'static>> = match meta.remove("tag") {
        Some(Value::Array(tags)) => tags,
        _ => Vec::new(),
    };
    tags.retain(|tag| !is_mark(tag));
    if awaiting {
        tags.push(Value::object([
            ("system", Value::string(ENTRY_SYSTEM)),
            ("code", Value::string(AWAITING_APPROVAL)),
            ("display", Value::string("承認待ち")),
        ]));
    }
    if !tags.is_empty() {
        meta.insert("tag", Value::Array(tags));
    }
}

/// Whether a resource awaits approval.
pub fn awaits_approval(body: &Value<'_>) -> bool {
    body.get("meta").and_then(|meta| meta.get("tag")).is_some_and(|tags| tags.items().iter().any(is_mark))
}

fn is_mark(tag: &Value<'_>) -> bool {
    let has = |name, wanted: &str| tag.get(name).and_then(Value::as_str).is_some_and(|v| v == wanted);
    has("system", ENTRY_SYSTEM) && has("code", AWAITING_APPROVAL)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn author(standing: Standing) -> Author {
        Author { person: Id::new("dr-1").unwrap(), name: "森 一郎".to_owned(), standing }
    }

    #[test]
    fn a_proxy_entry_is_marked_and_approval_leaves_other_tags_alone() {
        let text = r#"{"resourceType":"Condition","meta":{"tag":[{"system":"x","code":"y"}]}}"#;
        let mut body = karute_json::parse(text.as_bytes(), &karute_json::Limits::FHIR).unwrap().into_owned();
        author(Standing::Proxy).mark(&mut body);
        author(Standing::Proxy).mark(&mut body);
        assert!(awaits_approval(&body));
        assert_eq!(body.at(&["meta", "tag"]).unwrap().items().len(), 2, "marked once");
        author(Standing::Own).mark(&mut body);
        assert!(!awaits_approval(&body));
        assert_eq!(body.at(&["meta", "tag"]).unwrap().items().len(), 1, "the other tag stays");
    }

    #[test]
    fn a_proxys_entry_says_for_whom_and_a_doctors_own_does_not() {
        let mut body = Value::object([("resourceType", Value::string("Condition"))]);
        let doctor = || Some(author(Standing::Own).reference());
        set_principal(&mut body, &author(Standing::Proxy), doctor());
        set_principal(&mut body, &author(Standing::Proxy), doctor());
        assert_eq!((principal_in(&body).as_deref(), proxy_in(&body).as_deref()), (Some("森 一郎"), Some("森 一郎")));
        assert_eq!(body.get("extension").unwrap().items().len(), 2, "each said once");
        set_principal(&mut body, &author(Standing::Proxy), None);
        assert_eq!(principal_in(&body).as_deref(), Some("森 一郎"), "who asked before stays named");
        set_principal(&mut body, &author(Standing::Own), doctor());
        assert!(body.get("extension").is_none(), "the doctor made it their own");
    }

    #[test]
    fn an_entry_in_ones_own_name_gets_no_empty_meta() {
        let mut body = Value::object([("resourceType", Value::string("Condition"))]);
        author(Standing::Own).mark(&mut body);
        assert!(body.get("meta").is_none());
    }
}
