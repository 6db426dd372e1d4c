//! Registering a patient and changing what is kept.
use super::card::{Card, Public};
use super::card_resource::{self, Kept, KeptPublic};
use super::person::{Details, PersonForm};
use super::{number, resource, unknown};
use crate::ChartError;
use crate::patients::replaced_by;
use crate::query::{parse, resource_type, search_all};
use crate::view::Person;
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_json::{Object, Value};
use karute_ledger::{Access, Action, Change, Commit, Expect, LedgerError, Lookup, Reader};

/// How often somebody else may take the number first before we give up.
const TRIES: u64 = 50;
/// Cards of one patient read at most.
const CARDS: usize = 100;

/// Somebody who is registered for the first time. The ids are those of the new resources.
#[derive(Clone, Debug)]
pub struct NewPatient {
    /// Patient id.
    pub id: Id,
    /// Who.
    pub details: Details,
    /// The main insurance and its Coverage id.
    pub card: Option<(Id, Card)>,
    /// 公費 and its Coverage id.
    pub public: Option<(Id, Public)>,
}

/// What is kept of a patient's identity and insurance, to be changed.
#[derive(Clone, Debug)]
pub struct File {
    /// Patient version.
    pub version: u32,
    /// Who.
    pub person: Person,
    /// As the form shows it.
    pub form: PersonForm,
    /// Main insurances, newest first.
    pub cards: Vec<Kept>,
    /// 公費, in their order.
    pub publics: Vec<KeptPublic>,
    /// 仮登録: the person has not been identified.
    pub provisional: bool,
}

/// Reads what is kept. One audit event. [`ChartError::Merged`] leads to the record that is used instead.
pub fn file<'a>(access: &'a Access, id: &'a Id) -> BoxFuture<'a, Result<File, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::View);
        reader.describe("患者情報");
        let file = read(&reader, id).await?;
        Ok(reader.release(file).await?)
    })
}

/// The same as a part of what a caller reads.
pub(crate) async fn read(reader: &Reader, id: &Id) -> Result<File, ChartError> {
    let (version, body) = stored(reader, id).await?;
    let mut cards = Vec::new();
    let mut publics = Vec::new();
    let pairs = [("beneficiary", id.as_str()), ("_count", "100")];
    for found in search_all(reader, "Coverage", &pairs, CARDS).await? {
        let coverage = parse(&found)?;
        if card_resource::is_public(&coverage) {
            publics.push(card_resource::kept_public(found.id.clone(), found.version, &coverage));
        } else {
            cards.push(card_resource::kept(found.id.clone(), found.version, &coverage));
        }
    }
    cards.sort_by_key(|c| std::cmp::Reverse((c.insurance.from, c.id.clone())));
    publics.sort_by_key(|p| (p.insurance.order, p.id.clone()));
    Ok(File {
        version,
        person: Person::read(id.clone(), &body),
        form: PersonForm::of(&body),
        cards,
        publics,
        provisional: unknown::is_provisional(&body),
    })
}

/// The patient's version and body. Records that were merged into another are not changed any more.
async fn stored(reader: &Reader, id: &Id) -> Result<(u32, Value<'static>), ChartError> {
    let Lookup::Found(version) = reader.read(resource_type("Patient")?, id).await? else {
        return Err(ChartError::NotFound);
    };
    let body = parse(&version)?.into_owned();
    match replaced_by(&body) {
        Some(kept) => Err(ChartError::Merged(kept)),
        None => Ok((version.version, body)),
    }
}

/// Registers a patient with the next free number; answers the number.
pub fn register<'a>(
    access: &'a Access,
    new: &'a NewPatient,
    system: &'a str,
) -> BoxFuture<'a, Result<String, ChartError>> {
    Box::pin(async move {
        let body = resource::with(None, &new.details);
        create(access, &new.id, &body, insurances(new), system, "患者の登録").await
    })
}

fn insurances(new: &NewPatient) -> Vec<(Id, Value<'static>)> {
    let mut made = Vec::new();
    if let Some((id, card)) = &new.card {
        made.push((id.clone(), card_resource::with_card(None, &new.id, card)));
    }
    if let Some((id, public)) = &new.public {
        made.push((id.clone(), card_resource::with_public(None, &new.id, public, 2)));
    }
    made
}

/// One commit of the patient under the next free number and of the insurances.
pub(super) async fn create(
    access: &Access,
    id: &Id,
    body: &Value<'static>,
    insurances: Vec<(Id, Value<'static>)>,
    system: &str,
    words: &str,
) -> Result<String, ChartError> {
    for tried in 0..TRIES {
        let free = number::next(access, system, tried).await?;
        let mut commit = Commit::new(Action::Create);
        commit.detail = Some(words.to_owned());
        commit.guards.push(free.guard);
        commit.docs.push(free.doc);
        commit.changes.push(Change::Put {
            resource_type: resource_type("Patient")?,
            id: id.clone(),
            body: numbered(body.clone(), system, &free.number),
            expect: Expect::Absent,
        });
        for (id, body) in &insurances {
            let (resource_type, id, body) = (resource_type("Coverage")?, id.clone(), body.clone());
            commit.changes.push(Change::Put { resource_type, id, body, expect: Expect::Absent });
        }
        match access.commit(commit).await {
            Ok(_) => return Ok(free.number),
            // Somebody else was given the number at the same moment.
            Err(LedgerError::Guard(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(ChartError::Conflict)
}

fn numbered(body: Value<'static>, system: &str, number: &str) -> Value<'static> {
    let mut body = body;
    if let Some(object) = body.as_object_mut() {
        let identifier = Object::new().with("system", system.to_owned()).with("value", number.to_owned());
        object.insert_at(1, "identifier", Value::Array(vec![identifier.into()]));
    }
    body
}

/// Keeps changed details of a patient as a new version. Who was 仮登録 is identified by it.
pub fn amend<'a>(
    access: &'a Access,
    id: &'a Id,
    seen: u32,
    details: &'a Details,
) -> BoxFuture<'a, Result<(), ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::Read);
        let (version, body) = stored(&reader, id).await?;
        reader.release(()).await?;
        if version != seen {
            return Err(ChartError::Conflict);
        }
        let known = unknown::is_provisional(&body);
        let mut changed = resource::with(Some(body.clone()), details);
        unknown::set_provisional(&mut changed, false);
        if changed.same_value(&body) {
            return Ok(());
        }
        let words = if known { "仮登録の本人確認" } else { "患者情報の変更" };
        put(access, "Patient", id, changed, Expect::Version(version), words).await
    })
}

/// Adds a card or changes one (`seen`: its version). The card must be the patient's own.
pub fn put_card<'a>(
    access: &'a Access,
    patient: &'a Id,
    coverage: &'a Id,
    seen: Option<u32>,
    card: &'a Card,
) -> BoxFuture<'a, Result<(), ChartError>> {
    Box::pin(async move {
        let body = coverage_of(access, patient, coverage, seen).await?;
        let words = if seen.is_some() { "保険の変更" } else { "保険の追加" };
        let expect = seen.map_or(Expect::Absent, Expect::Version);
        put(access, "Coverage", coverage, card_resource::with_card(body, patient, card), expect, words).await
    })
}

/// Adds 公費 or changes one (`seen`: its version); new ones come after those that are there.
pub fn put_public<'a>(
    access: &'a Access,
    patient: &'a Id,
    coverage: &'a Id,
    seen: Option<u32>,
    public: &'a Public,
) -> BoxFuture<'a, Result<(), ChartError>> {
    Box::pin(async move {
        let body = coverage_of(access, patient, coverage, seen).await?;
        let kept = body.as_ref().map(|b| card_resource::kept_public(coverage.clone(), 0, b).insurance.order);
        let order = match kept {
            Some(order) => order,
            None => file(access, patient).await?.publics.iter().map(|p| p.insurance.order).max().unwrap_or(1) + 1,
        };
        let words = if seen.is_some() { "公費の変更" } else { "公費の追加" };
        let expect = seen.map_or(Expect::Absent, Expect::Version);
        put(access, "Coverage", coverage, card_resource::with_public(body, patient, public, order), expect, words).await
    })
}

/// The coverage to change, or nothing for a new one of a patient who is there.
async fn coverage_of(
    access: &Access,
    patient: &Id,
    coverage: &Id,
    seen: Option<u32>,
) -> Result<Option<Value<'static>>, ChartError> {
    let reader = access.reader(Action::Read);
    stored(&reader, patient).await?;
    let Some(seen) = seen else {
        return Ok(reader.release(None).await?);
    };
    let Lookup::Found(version) = reader.read(resource_type("Coverage")?, coverage).await? else {
        return Err(ChartError::NotFound);
    };
    let body = parse(&version)?.into_owned();
    reader.release(()).await?;
    if card_resource::kept(coverage.clone(), 0, &body).insurance.patient.as_ref() != Some(patient) {
        return Err(ChartError::NotFound);
    }
    if version.version != seen {
        return Err(ChartError::Conflict);
    }
    Ok(Some(body))
}

async fn put(
    access: &Access,
    kind: &'static str,
    id: &Id,
    body: Value<'static>,
    expect: Expect,
    words: &str,
) -> Result<(), ChartError> {
    let mut commit = Commit::new(if expect == Expect::Absent { Action::Create } else { Action::Update });
    commit.detail = Some(words.to_owned());
    commit.changes.push(Change::Put { resource_type: resource_type(kind)?, id: id.clone(), body, expect });
    access.commit(commit).await?;
    Ok(())
}
