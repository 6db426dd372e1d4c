//! 実施: that something was done, by whom and when; in part, or not at all, with the reason.
use super::change::{one, put, words};
use super::item::{Kind, When};
use super::resource::{Request, Status, concept, person, quantity, set_when};
use crate::ChartError;
use crate::author::Author;
use crate::query::{parse, resource_type};
use crate::view::element::{display, instant, reference, text};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::{Object, Value};
use karute_ledger::{Access, Action, Change, Commit, Expect, Reader};

/// One-tap reasons why something was not done.
pub const REASONS: [&str; 4] = ["本人の希望", "体調がすぐれない", "採取できない", "準備が足りない"];

/// How it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// 実施した
    Done,
    /// 一部のみ, with what was left and why.
    Partly(String),
    /// 実施できない, with the reason.
    NotDone(String),
}

impl Outcome {
    /// From a form: `done`, `partly`, `not-done`; the latter two need a reason.
    pub fn parse(code: &str, reason: &str) -> Result<Outcome, ChartError> {
        let reason = words(reason);
        match (code, reason) {
            ("done", _) => Ok(Outcome::Done),
            ("partly", Some(reason)) => Ok(Outcome::Partly(reason)),
            ("not-done", Some(reason)) => Ok(Outcome::NotDone(reason)),
            _ => Err(ChartError::Invalid),
        }
    }
}

/// That a request was done, or why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Performed {
    /// Id of the Procedure or MedicationAdministration.
    pub id: Id,
    /// Its version.
    pub version: u32,
    /// The request.
    pub request: Id,
    /// How it went.
    pub outcome: Outcome,
    /// By whom.
    pub by: Option<String>,
    /// When.
    pub at: Option<Timestamp>,
}

/// Records that a request was carried out, in one commit with its new state: done (also in part) it is completed, not
/// done it is revoked. `new` is the id of the record of it.
///
/// [`ChartError::Step`] when it is not to be done: done already, taken back, or a proxy's entry that nobody approved.
pub fn perform<'a>(
    access: &'a Access,
    id: &'a Id,
    seen: u32,
    outcome: &'a Outcome,
    author: &'a Author,
    new: &'a Id,
    now: Timestamp,
) -> BoxFuture<'a, Result<Request, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::View);
        reader.describe("実施入力");
        let (version, before) = one(&reader, id).await?;
        reader.release(()).await?;
        if version.version != seen {
            return Err(ChartError::Conflict);
        }
        // A draft of the next visit may be done today: the patient is here. It is in force once the doctor confirmed.
        if before.status != Status::Active || before.awaiting {
            return Err(ChartError::Step);
        }
        let mut body = parse(&version)?.into_owned();
        let status = if matches!(outcome, Outcome::NotDone(_)) { Status::Revoked } else { Status::Completed };
        if let Some(object) = body.as_object_mut() {
            object.insert("status", Value::string(status.code()));
            if before.asked.when == When::NextVisit {
                set_when(object, When::On(now.day_in_japan()));
            }
        }
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some("実施入力".to_owned());
        commit.changes.push(put(id.clone(), body, seen)?);
        commit.docs.push(super::work::changed(id, now));
        let record = if before.asked.kind == Kind::Injection {
            ("MedicationAdministration", injection(&before, outcome, author, now))
        } else {
            ("Procedure", procedure(&before, outcome, author, now))
        };
        commit.changes.push(Change::Put {
            resource_type: resource_type(record.0)?,
            id: new.clone(),
            body: record.1,
            expect: Expect::Absent,
        });
        let made = access.commit(commit).await?;
        let made = made.versions.iter().find(|v| v.id == *id).ok_or(ChartError::NotFound)?;
        super::change::read(made)?.ok_or(ChartError::NotFound)
    })
}

/// Takes the record of it back, in one commit: it becomes entered in error, the request is to be done again.
pub fn undo<'a>(
    access: &'a Access,
    id: &'a Id,
    seen: u32,
    record: &'a Id,
    now: Timestamp,
) -> BoxFuture<'a, Result<Request, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::View);
        reader.describe("実施の取り消し");
        let (version, before) = one(&reader, id).await?;
        let name = if before.asked.kind == Kind::Injection { "MedicationAdministration" } else { "Procedure" };
        let karute_ledger::Lookup::Found(stored) = reader.read(resource_type(name)?, record).await? else {
            return Err(ChartError::NotFound);
        };
        reader.release(()).await?;
        let mut body = parse(&stored)?.into_owned();
        let found = Performed::read(record.clone(), stored.version, &body).filter(|p| p.request == *id);
        if found.is_none() || !matches!(before.status, Status::Completed | Status::Revoked) {
            return Err(ChartError::Step);
        }
        if version.version != seen {
            return Err(ChartError::Conflict);
        }
        if let Some(object) = body.as_object_mut() {
            object.insert("status", Value::string("entered-in-error"));
        }
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some("実施の取り消し".to_owned());
        commit.changes.push(super::change::with_status(&version, Status::Active, seen)?);
        commit.docs.push(super::work::changed(id, now));
        commit.changes.push(Change::Put {
            resource_type: resource_type(name)?,
            id: record.clone(),
            body,
            expect: Expect::Version(stored.version),
        });
        let made = access.commit(commit).await?;
        let made = made.versions.iter().find(|v| v.id == *id).ok_or(ChartError::NotFound)?;
        super::change::read(made)?.ok_or(ChartError::NotFound)
    })
}

fn word(plain: impl Into<String>) -> Value<'static> {
    Value::string(plain.into())
}

fn said(words: &str) -> Value<'static> {
    Value::object([("text", word(words))])
}

/// The members both records share: status with reason, subject, who.
fn common(
    object: &mut Object<'static>,
    request: &Request,
    outcome: &Outcome,
    based_on: (&str, Value<'static>),
    author: &Author,
    reason: &str,
) {
    let status = if matches!(outcome, Outcome::NotDone(_)) { "not-done" } else { "completed" };
    object.insert(based_on.0, Value::Array(vec![based_on.1]));
    object.insert("status", word(status));
    if let Outcome::NotDone(words) = outcome {
        let value = if reason == "statusReasons" { Value::Array(vec![said(words)]) } else { said(words) };
        object.insert("statusReason", value);
    }
    if let Some(patient) = &request.patient {
        object.insert("subject", person("Patient", patient));
    }
    let actor = Value::object([("actor", author.reference())]);
    object.insert("performer", Value::Array(vec![actor]));
    if let Outcome::Partly(words) = outcome {
        object.insert("note", Value::Array(vec![said(&format!("一部のみ: {words}"))]));
    }
}

fn procedure(request: &Request, outcome: &Outcome, author: &Author, now: Timestamp) -> Value<'static> {
    let mut object = Object::new();
    object.insert("resourceType", word("Procedure"));
    common(&mut object, request, outcome, ("basedOn", person("ServiceRequest", &request.id)), author, "statusReason");
    object.insert("code", concept(&request.asked));
    if let Some(visit) = &request.visit {
        object.insert("encounter", person("Encounter", visit));
    }
    object.insert("performedDateTime", word(now.to_fhir()));
    if let Some(site) = &request.asked.site {
        object.insert("bodySite", Value::Array(vec![said(site)]));
    }
    Value::Object(object)
}

fn injection(request: &Request, outcome: &Outcome, author: &Author, now: Timestamp) -> Value<'static> {
    let mut object = Object::new();
    object.insert("resourceType", word("MedicationAdministration"));
    let basis = ("supportingInformation", person("ServiceRequest", &request.id));
    common(&mut object, request, outcome, basis, author, "statusReasons");
    object.insert("medicationCodeableConcept", concept(&request.asked));
    if let Some(visit) = &request.visit {
        object.insert("context", person("Encounter", visit));
    }
    object.insert("effectiveDateTime", word(now.to_fhir()));
    let mut dosage = Object::new();
    if let Some(route) = &request.asked.route {
        dosage.insert("route", said(route));
    }
    if let Some(site) = &request.asked.site {
        dosage.insert("site", said(site));
    }
    if let Some(amount) = &request.asked.amount {
        dosage.insert("dose", quantity(amount));
        object.insert("dosage", Value::Object(dosage));
    } else if !dosage.is_empty() {
        // A dosage needs an amount (FHIR mad-1); without one the rest is said in words.
        dosage.insert("text", word("用量は指示のとおり"));
        object.insert("dosage", Value::Object(dosage));
    }
    Value::Object(object)
}

impl Performed {
    /// Reads a Procedure or MedicationAdministration of ours; `None` for others and what was taken back.
    pub fn read(id: Id, version: u32, body: &Value<'_>) -> Option<Performed> {
        let request = reference(body, &["basedOn", "0", "reference"], "ServiceRequest")
            .or_else(|| reference(body, &["supportingInformation", "0", "reference"], "ServiceRequest"))?;
        let reason =
            body.get("statusReason").and_then(display).or_else(|| body.at(&["statusReason", "0"]).and_then(display));
        let note = text(body, &["note", "0", "text"]);
        let part = note.as_deref().and_then(|n| n.strip_prefix("一部のみ: "));
        let outcome = match text(body, &["status"])?.as_str() {
            "not-done" => Outcome::NotDone(reason.unwrap_or_default()),
            "completed" => part.map_or(Outcome::Done, |words| Outcome::Partly(words.to_owned())),
            _ => return None,
        };
        Some(Performed {
            id,
            version,
            request,
            outcome,
            by: text(body, &["performer", "actor", "display"])
                .or_else(|| text(body, &["performer", "0", "actor", "display"])),
            at: instant(body, &["performedDateTime"]).or_else(|| instant(body, &["effectiveDateTime"])),
        })
    }
}

/// What was done (or not) in some visits.
pub(super) async fn of_visits(reader: &Reader, visits: &str) -> Result<Vec<Performed>, ChartError> {
    let mut found = Vec::new();
    if visits.is_empty() {
        return Ok(found);
    }
    for (name, parameter) in [("Procedure", "encounter"), ("MedicationAdministration", "context")] {
        let pairs = [(parameter, visits), ("_count", "200")];
        for version in crate::query::search_all(reader, name, &pairs, 600).await? {
            found.extend(Performed::read(version.id.clone(), version.version, &parse(&version)?));
        }
    }
    Ok(found)
}
