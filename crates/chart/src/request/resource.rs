//! A request as a FHIR `ServiceRequest`.
use super::item::{Kind, NewRequest, Venue, When, specimen_of};
use crate::author::{Author, awaits_approval, principal_in};
use crate::check::Amount;
use crate::view::element::{code, date, display, number, reference, text};
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use karute_json::{Number, Object, Value};

/// System of `ServiceRequest.category`.
const CATEGORY: &str = "urn:karute:request";
/// System of `ServiceRequest.requisition`: what was asked for with one press.
const GROUP: &str = "urn:karute:request-group";
/// System of `ServiceRequest.locationCode`.
const VENUE: &str = "urn:karute:request-venue";
/// System of the codings of `ServiceRequest.orderDetail`: `set`, `specimen`, `route`.
const DETAIL: &str = "urn:karute:request-detail";
/// Words of `occurrenceTiming.code` for 次回.
const NEXT: &str = "次回受診時";

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Written, not yet in force.
    Draft,
    /// To be done.
    Active,
    /// 実施済み
    Completed,
    /// 取り消し, or it could not be done.
    Revoked,
}

impl Status {
    /// `ServiceRequest.status`.
    pub const fn code(self) -> &'static str {
        match self {
            Status::Draft => "draft",
            Status::Active => "active",
            Status::Completed => "completed",
            Status::Revoked => "revoked",
        }
    }
    fn parse(code: &str) -> Option<Status> {
        Some(match code {
            "draft" => Status::Draft,
            "active" | "on-hold" => Status::Active,
            "completed" => Status::Completed,
            "revoked" => Status::Revoked,
            _ => return None,
        })
    }
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Id.
    pub id: Id,
    /// Version.
    pub version: u32,
    /// Where it stands.
    pub status: Status,
    /// What is asked for.
    pub asked: NewRequest,
    /// What was asked for with one press shares this.
    pub group: Option<String>,
    /// 検体: 血清, 尿 …
    pub specimen: Option<String>,
    /// Whose.
    pub patient: Option<Id>,
    /// Visit in which it was written.
    pub visit: Option<Id>,
    /// Day it was written.
    pub written: Option<Date>,
    /// Who asked.
    pub by: Option<String>,
    /// For whom a proxy entered it (依頼医).
    pub principal: Option<String>,
    /// Entered by a proxy and not approved (承認待ち).
    pub awaiting: bool,
}

fn word(plain: impl Into<String>) -> Value<'static> {
    Value::string(plain.into())
}

fn coding(system: &str, code: &str) -> Value<'static> {
    Value::object([("system", word(system)), ("code", word(code))])
}

fn detail(kind: &str, words: &str) -> Value<'static> {
    Value::object([("coding", Value::Array(vec![coding(DETAIL, kind)])), ("text", word(words))])
}

pub(super) fn person(reference_to: &str, id: &Id) -> Value<'static> {
    Value::object([("reference", word(format!("{reference_to}/{id}")))])
}

pub(super) fn quantity(amount: &Amount) -> Value<'static> {
    let mut object = Object::new();
    if let Some(value) = Number::from_lexeme(&amount.value.normalize().to_string()) {
        object.insert("value", Value::Number(value));
    }
    object.insert("unit", word(&amount.unit));
    Value::Object(object)
}

/// The code of what is asked for.
pub(super) fn concept(asked: &NewRequest) -> Value<'static> {
    let mut concept = Object::new();
    if !asked.code.is_empty() {
        let mut one = Object::new();
        if !asked.system.is_empty() {
            one.insert("system", word(&asked.system));
        }
        one.insert("code", word(&asked.code));
        one.insert("display", word(&asked.display));
        concept.insert("coding", Value::Array(vec![Value::Object(one)]));
    }
    concept.insert("text", word(&asked.display));
    Value::Object(concept)
}

/// A new request. Proxy entries are marked and wait.
pub(super) fn new(
    asked: &NewRequest,
    status: Status,
    (patient, visit): (&Id, &Id),
    group: &Id,
    author: &Author,
    now: Timestamp,
) -> Value<'static> {
    let mut body = Object::new();
    body.insert("resourceType", word("ServiceRequest"));
    body.insert("requisition", Value::object([("system", word(GROUP)), ("value", word(group.as_str()))]));
    body.insert("status", word(status.code()));
    body.insert("intent", word("order"));
    let category = Value::object([("coding", Value::Array(vec![coding(CATEGORY, asked.kind.code())]))]);
    body.insert("category", Value::Array(vec![category]));
    body.insert("code", concept(asked));
    body.insert("subject", person("Patient", patient));
    body.insert("encounter", person("Encounter", visit));
    set_when(&mut body, asked.when);
    body.insert("authoredOn", word(now.to_fhir()));
    body.insert("requester", author.reference());
    let venue = Value::object([("coding", Value::Array(vec![coding(VENUE, asked.venue.code())]))]);
    body.insert("locationCode", Value::Array(vec![venue]));
    describe(&mut body, asked);
    let mut body = Value::Object(body);
    author.mark(&mut body);
    body
}

/// Says how it is to be done: amount, route, site, words, urgency; what is not said is taken away.
pub(super) fn describe(body: &mut Object<'static>, asked: &NewRequest) {
    let mut put = |name: &'static str, value: Option<Value<'static>>| match value {
        Some(value) => body.insert(name, value),
        None => drop(body.remove(name)),
    };
    let said = |told: &String| Value::Array(vec![Value::object([("text", word(told))])]);
    put("priority", Some(word(if asked.urgent { "urgent" } else { "routine" })));
    let mut details = Vec::new();
    details.extend(asked.set.as_deref().map(|set| detail("set", set)));
    details.extend(specimen_of(&asked.system, &asked.code).map(|specimen| detail("specimen", specimen)));
    details.extend(asked.route.as_deref().map(|route| detail("route", route)));
    put("orderDetail", (!details.is_empty()).then_some(Value::Array(details)));
    put("quantityQuantity", asked.amount.as_ref().map(quantity));
    put("bodySite", asked.site.as_ref().map(said));
    put("note", asked.note.as_ref().map(said));
}

/// Says when; one of the two forms takes the place of the other.
pub(super) fn set_when(body: &mut Object<'static>, when: When) {
    body.remove("occurrenceTiming");
    body.remove("occurrenceDateTime");
    match when {
        When::On(day) => body.insert("occurrenceDateTime", word(day.to_string())),
        When::NextVisit => {
            let code = Value::object([("text", word(NEXT))]);
            body.insert("occurrenceTiming", Value::object([("code", code)]));
        }
    }
}

impl Request {
    /// Reads a ServiceRequest of ours; `None` for others and for what was entered in error.
    pub fn read(id: Id, version: u32, body: &Value<'_>) -> Option<Request> {
        let status = Status::parse(&text(body, &["status"])?)?;
        let kind = body.at(&["category", "0"]).and_then(|c| code(c, CATEGORY)).and_then(|c| Kind::parse(&c))?;
        let concept = body.get("code")?;
        let first = |name| text(concept, &["coding", name]).unwrap_or_default();
        let details = body.get("orderDetail").map_or(&[][..], Value::items);
        let said = |wanted: &str| {
            let found = details.iter().find(|d| code(d, DETAIL).as_deref() == Some(wanted))?;
            text(found, &["text"])
        };
        let amount = body
            .get("quantityQuantity")
            .and_then(|q| Amount::new(&number(q, &["value"])?, &text(q, &["unit"]).unwrap_or_default()));
        let venue = body.at(&["locationCode", "0"]).and_then(|c| code(c, VENUE)).and_then(|c| Venue::parse(&c));
        Some(Request {
            status,
            asked: NewRequest {
                kind,
                system: first("system"),
                code: first("code"),
                display: display(concept)?,
                set: said("set"),
                when: date(body, &["occurrenceDateTime"]).map_or(When::NextVisit, When::On),
                venue: venue.unwrap_or(Venue::InHouse),
                urgent: matches!(text(body, &["priority"]).as_deref(), Some("urgent" | "asap" | "stat")),
                amount,
                route: said("route"),
                site: body.at(&["bodySite", "0"]).and_then(display),
                note: text(body, &["note", "0", "text"]),
            },
            group: text(body, &["requisition", "value"]),
            specimen: said("specimen"),
            patient: reference(body, &["subject", "reference"], "Patient"),
            visit: reference(body, &["encounter", "reference"], "Encounter"),
            written: date(body, &["authoredOn"]),
            by: text(body, &["requester", "display"]),
            principal: principal_in(body),
            awaiting: awaits_approval(body),
            id,
            version,
        })
    }
    /// Whether two ask for the same thing.
    pub fn same_thing(&self, other: &NewRequest) -> bool {
        self.asked.kind == other.kind
            && if self.asked.code.is_empty() {
                self.asked.display == other.display
            } else {
                self.asked.code == other.code && self.asked.system == other.system
            }
    }
}
