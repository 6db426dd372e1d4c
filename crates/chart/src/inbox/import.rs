//! 取り込み: chosen items become part of our record, with where they came from; and whose a document is.
use super::receive::derived;
use super::resource::{Row, State, moved};
use super::{read, review};
use crate::ChartError;
use crate::allergy::{self, Substance};
use crate::author::{Author, Standing};
use crate::outside::{Item, What, marks, with_patient};
use crate::parts::{concept, reference, words};
use crate::query::{parse, resource_type, search_all};
use crate::view::element::text;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_japan::era_partial::{PartialDate, parse_partial};
use karute_json::{Object, Value};
use karute_ledger::{Access, Action, Change, Commit, Expect, LedgerError, Lookup};

/// Items imported at once at most.
const MOST: usize = 300;
/// Tag of what was imported.
const IMPORTED: &str = "urn:karute:imported";

/// What to import.
#[derive(Clone, Copy, Debug)]
pub struct Import<'a> {
    /// The document and the version of its line that was seen.
    pub document: (&'a Id, u32),
    /// Its items, in the order in which they were compared.
    pub items: &'a [Item],
    /// Places of the chosen ones.
    pub chosen: &'a [usize],
    /// Who chose. Only clinical staff review; a proxy's imports await approval.
    pub author: &'a Author,
    /// Whether it is marked as reviewed in the same write.
    pub review: Review<'a>,
    /// When.
    pub now: Timestamp,
}

/// Whether a document is marked as reviewed with what is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Review<'a> {
    /// Later.
    #[default]
    Later,
    /// Now.
    Now,
    /// Now, and this was done about its critical values.
    Done(&'a str),
}

/// What was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// New in our record.
    pub made: usize,
    /// Imported from this document before.
    pub already: usize,
    /// The line as it stands now.
    pub row: Row,
}

/// Imports chosen items in one write with a `Provenance` that names the document: diseases and allergies onto our lists,
/// drugs as 他院の薬 (`MedicationStatement`, never a prescription of ours), values with their institution. What was
/// imported from this document before is not made twice.
///
/// [`ChartError::Step`] while nobody has said whose it is.
pub async fn import(access: &Access, asked: Import<'_>) -> Result<Imported, ChartError> {
    let (id, seen) = asked.document;
    let row = read::one(access, id).await?;
    let patient = row.patient.clone().ok_or(ChartError::Step)?;
    if row.version != seen {
        return Err(ChartError::Conflict);
    }
    if asked.chosen.len() > MOST {
        return Err(ChartError::TooMany);
    }
    let mut commit = Commit::new(Action::Create);
    let (mut made, mut already, mut targets) = (0, 0, Vec::new());
    let mut has_allergy = false;
    for at in asked.chosen {
        let item = asked.items.get(*at).ok_or(ChartError::Invalid)?;
        let (kind, body) = resource(item, &patient, &row, asked.author, asked.now);
        let new = derived("im", &format!("{id}|{}", item.key))?;
        let resource_type = resource_type(kind)?;
        let known = matches!(access.read(resource_type, &new).await?, Lookup::Found(_) | Lookup::Gone(_));
        if known || targets.iter().any(|(_, each)| *each == new) {
            already += 1;
            continue;
        }
        has_allergy |= kind == "AllergyIntolerance";
        made += 1;
        targets.push((kind, new.clone()));
        commit.changes.push(Change::Put { resource_type, id: new, body, expect: Expect::Absent });
    }
    if has_allergy {
        commit.changes.extend(no_longer_none(access, &patient).await?);
    }
    if !targets.is_empty() {
        let named = targets.iter().map(|(kind, id)| format!("{kind}/{id}")).collect::<Vec<_>>().join(" ");
        commit.changes.push(Change::Put {
            resource_type: resource_type("Provenance")?,
            id: derived("pv", &format!("{id}|{named}"))?,
            body: provenance(&targets, id, asked.author, asked.now),
            expect: Expect::Absent,
        });
    }
    let done = match asked.review {
        Review::Later => None,
        Review::Now => Some(None),
        Review::Done(words) => Some(Some(words)),
    };
    if let Some(done) = done {
        commit.changes.push(review::reviewed(access, (id, seen), done, asked.author, asked.now).await?);
    }
    if !commit.changes.is_empty() {
        commit.detail = Some(format!("{}から{made}件を取り込み", row.kind.word()));
        access.commit(commit).await.map_err(|error| match error {
            // Somebody else imported the same at the same moment.
            LedgerError::Exists => ChartError::Conflict,
            other => other.into(),
        })?;
    }
    Ok(Imported { made, already, row: read::one(access, id).await? })
}

fn resource(item: &Item, patient: &Id, row: &Row, author: &Author, now: Timestamp) -> (&'static str, Value<'static>) {
    let source = source(row);
    let mut made = match &item.what {
        What::Disease(disease) => {
            let today = now.day_in_japan();
            let start = if disease.problem.active { today } else { disease.problem.start.unwrap_or(today) };
            let mut body = crate::problem::condition(patient, None, &disease.named, start, author, now);
            if disease.problem.suspected {
                body.insert("verificationStatus", concept(VERIFICATION, "unconfirmed", "Unconfirmed"));
            }
            if !disease.problem.active {
                body.insert("clinicalStatus", concept(CONDITION_CLINICAL, "resolved", "Resolved"));
                if let Some(end) = disease.problem.end {
                    body.insert("abatementDateTime", Value::string(end.to_string()));
                }
            }
            let since = disease.problem.start.map(|day| format!("、発症・開始 {day}")).unwrap_or_default();
            body.insert("note", Value::Array(vec![words(&format!("{source}より取り込み{since}"))]));
            ("Condition", Value::Object(body))
        }
        What::Allergy(allergy) => {
            let substance = match &allergy.code {
                Some((system, code)) => Substance::Coded {
                    system: system.clone(),
                    code: code.clone(),
                    display: allergy.entry.substance.clone(),
                },
                None => Substance::Words(allergy.entry.substance.clone()),
            };
            let new = allergy::New {
                id: patient.clone(),
                patient: patient.clone(),
                kind: allergy.kind,
                substance,
                reaction: allergy.entry.reaction.clone(),
                severity: None,
                when: allergy.when.as_deref().and_then(partial),
            };
            let mut body = allergy::intolerance(&new, author, now);
            if let Some(object) = body.as_object_mut() {
                object.insert("note", Value::Array(vec![words(&format!("{source}より取り込み"))]));
            }
            ("AllergyIntolerance", body)
        }
        What::Result(_) => ("Observation", value(item, patient, row)),
        What::Drug(drug) => ("MedicationStatement", statement(item, drug, patient, row, now)),
    };
    tag(&mut made.1, item);
    author.mark(&mut made.1);
    made
}

const VERIFICATION: &str = "http://terminology.hl7.org/CodeSystem/condition-ver-status";
const CONDITION_CLINICAL: &str = "http://terminology.hl7.org/CodeSystem/condition-clinical";
const ALLERGY_CLINICAL: &str = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical";

fn partial(text: &str) -> Option<PartialDate> {
    parse_partial(text).ok()
}

/// Who said it: institution and day.
fn source(row: &Row) -> String {
    let day = row.written.map(|day| format!(" {day}")).unwrap_or_default();
    format!("{}{day}", row.sender.institution)
}

/// Says that it was imported; what must not be shown to the patient stays so.
fn tag(body: &mut Value<'static>, item: &Item) {
    let Some(object) = body.as_object_mut() else { return };
    let mut tags = vec![Value::object([("system", Value::string(IMPORTED)), ("code", Value::string("document"))])];
    tags.extend(marks(item.body()));
    object.insert("meta", Value::object([("tag", Value::Array(tags))]));
}

/// A value of another institution: as it came, with who measured it.
fn value(item: &Item, patient: &Id, row: &Row) -> Value<'static> {
    let mut body = item.body().clone();
    if let Some(object) = body.as_object_mut() {
        object.insert("subject", reference("Patient", patient));
        let performer = Value::object([("display", Value::string(row.sender.institution.clone()))]);
        object.insert("performer", Value::Array(vec![performer]));
        if object.get("status").is_none() {
            object.insert("status", Value::string("final"));
        }
        let system = "http://terminology.hl7.org/CodeSystem/observation-category";
        let mut categories = match object.remove("category") {
            Some(Value::Array(categories)) => categories,
            _ => Vec::new(),
        };
        let has = categories.iter().any(|c| {
            c.get("coding")
                .is_some_and(|c| c.items().iter().any(|c| text(c, &["code"]).as_deref() == Some("laboratory")))
        });
        if !has {
            categories.push(concept(system, "laboratory", "Laboratory"));
        }
        object.insert("category", Value::Array(categories));
    }
    body
}

/// 他院の薬
fn statement(item: &Item, drug: &crate::outside::Drug, patient: &Id, row: &Row, now: Timestamp) -> Value<'static> {
    let mut body = Object::new().with("resourceType", "MedicationStatement").with("status", "active");
    let medication = item.body().get("medicationCodeableConcept").cloned();
    body.insert("medicationCodeableConcept", medication.unwrap_or_else(|| words(&drug.medication.name)));
    body.insert("subject", reference("Patient", patient));
    if let Some(from) = drug.medication.written {
        let mut period = Object::new().with("start", from.to_string());
        if let Some(until) = drug.medication.until {
            period.insert("end", Value::string(until.to_string()));
        }
        body.insert("effectivePeriod", Value::Object(period));
    }
    body.insert("dateAsserted", Value::string(now.to_fhir()));
    body.insert("informationSource", Value::object([("display", Value::string(row.sender.institution.clone()))]));
    body.insert("derivedFrom", Value::Array(vec![reference("DocumentReference", &row.id)]));
    let dosage = item.words();
    if !dosage.is_empty() {
        body.insert("dosage", Value::Array(vec![words(&dosage)]));
    }
    Value::Object(body)
}

fn provenance(targets: &[(&'static str, Id)], document: &Id, author: &Author, now: Timestamp) -> Value<'static> {
    let target = |(kind, id): &(&'static str, Id)| reference(kind, id);
    let what = Value::object([("role", Value::string("source")), ("what", reference("DocumentReference", document))]);
    Value::object([
        ("resourceType", Value::string("Provenance")),
        ("target", Value::Array(targets.iter().map(target).collect())),
        ("recorded", Value::string(now.to_fhir())),
        ("activity", words("届いた文書からの取り込み")),
        ("agent", Value::Array(vec![Value::object([("who", author.reference())])])),
        ("entity", Value::Array(vec![what])),
    ])
}

/// A statement that there is no allergy ends when one is imported.
async fn no_longer_none(access: &Access, patient: &Id) -> Result<Vec<Change>, ChartError> {
    let reader = access.reader(Action::Read);
    reader.describe("アレルギー");
    let pairs = [("patient", patient.as_str()), ("_count", "100")];
    let all = search_all(&reader, "AllergyIntolerance", &pairs, 200).await?;
    let all = reader.release(all).await?;
    let mut changes = Vec::new();
    for version in &all {
        let body = parse(version)?;
        let active = text(&body, &["clinicalStatus", "coding", "0", "code"]).as_deref() == Some("active");
        if active && crate::view::is_none_known(&body) {
            let Value::Object(mut body) = body.into_owned() else { continue };
            body.insert("clinicalStatus", concept(ALLERGY_CLINICAL, "inactive", "Inactive"));
            changes.push(Change::Put {
                resource_type: version.resource_type,
                id: version.id.clone(),
                body: Value::Object(body),
                expect: Expect::Version(version.version),
            });
        }
    }
    Ok(changes)
}

/// Says whose a document is (患者を確認): reception may, everybody sees who did. Its items go to the patient's outside
/// information in the same write. [`ChartError::Step`] once something was imported or it was reviewed.
pub async fn link(
    access: &Access,
    (id, seen): (&Id, u32),
    patient: &Id,
    author: &Author,
    now: Timestamp,
) -> Result<Row, ChartError> {
    let row = read::one(access, id).await?;
    if row.version != seen {
        return Err(ChartError::Conflict);
    }
    let free = match row.state {
        State::Unmatched => true,
        // Linked to the wrong person: can be mended until somebody acted on it.
        State::Unread | State::ToDo => !has_imports(access, id).await?,
        State::Reviewed | State::Replaced => false,
    };
    if !free {
        return Err(ChartError::Step);
    }
    let kind = resource_type("Patient")?;
    let Lookup::Found(version) = access.read(kind, patient).await? else { return Err(ChartError::NotFound) };
    if let Some(kept) = crate::patients::replaced_by(&parse(&version)?) {
        return Err(ChartError::Merged(kept));
    }
    let mut commit = Commit::new(Action::Update);
    commit.detail = Some("届いた文書の患者を確認".to_owned());
    for kind in ["DocumentReference", "List"] {
        let kind = resource_type(kind)?;
        let Lookup::Found(version) = access.read(kind, id).await? else { return Err(ChartError::NotFound) };
        let body = with_patient(parse(&version)?.into_owned(), Some(patient));
        let expect = Expect::Version(version.version);
        commit.changes.push(Change::Put { resource_type: kind, id: id.clone(), body, expect });
    }
    let kind = resource_type("Task")?;
    let Lookup::Found(task) = access.read(kind, id).await? else { return Err(ChartError::NotFound) };
    let Value::Object(mut body) = parse(&task)?.into_owned() else { return Err(ChartError::NotFound) };
    let state = if row.critical.is_empty() { State::Unread } else { State::ToDo };
    moved(&mut body, state, Some(("患者を確認しました", author)), now);
    body.remove("owner");
    body.insert("for", reference("Patient", patient));
    let expect = Expect::Version(seen);
    commit.changes.push(Change::Put { resource_type: kind, id: id.clone(), body: Value::Object(body), expect });
    access.commit(commit).await?;
    read::one(access, id).await
}

async fn has_imports(access: &Access, document: &Id) -> Result<bool, ChartError> {
    let reader = access.reader(Action::Read);
    reader.describe("取り込みの記録");
    let entity = format!("DocumentReference/{document}");
    let found = search_all(&reader, "Provenance", &[("entity", entity.as_str()), ("_count", "1")], 1).await?;
    Ok(!reader.release(found).await?.is_empty())
}

/// Whether a person may review: nobody does for somebody else.
pub fn may_review(author: &Author) -> bool {
    author.standing == Standing::Own
}
