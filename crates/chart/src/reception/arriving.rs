//! 受付する, after somebody was chosen: what the desk must see before the visit is opened (ux §4.6).
use super::today::{insurance, people, valid};
use super::{Expected, Reception, similar, today};
use crate::query::{parse, resource_type, search};
use crate::view::element::{display, reference, text};
use crate::view::{Encounter, Insurance, Person, VisitState};
use crate::{ChartError, visit};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use karute_json::Value;
use karute_ledger::{Access, Action, Lookup};
use std::collections::BTreeSet;

/// Somebody who stands at the desk.
#[derive(Clone, Debug)]
pub struct Arriving {
    /// Who.
    pub person: Person,
    /// Insurance that holds on the day, main one first.
    pub insurance: Vec<Insurance>,
    /// Whether insurance is recorded but none holds on the day.
    pub insurance_lapsed: bool,
    /// 区分 that the record suggests.
    pub kind: String,
    /// The appointment of the day, when there is one.
    pub booked: Option<Expected>,
    /// Where today's visit stands, with its number, when the patient is in the building.
    pub here: Option<(VisitState, Option<u32>)>,
    /// Others here or expected today who could be taken for this patient, and where they are.
    pub similar: Vec<(Person, Option<VisitState>)>,
    /// The day of the last visit before today.
    pub last_visit: Option<Date>,
}

/// Reads it: the patient and the list of the day. One audit event for each. [`ChartError::Merged`] leads to the record
/// that is used instead.
pub fn arriving<'a>(
    access: &'a Access,
    patient: &'a Id,
    date: Date,
    now: Timestamp,
) -> BoxFuture<'a, Result<Arriving, ChartError>> {
    Box::pin(async move {
        let list = today(access, date, now).await?;
        let reader = access.reader(Action::View);
        reader.describe("受付する");
        let Lookup::Found(version) = reader.read(resource_type("Patient")?, patient).await? else {
            return Err(ChartError::NotFound);
        };
        let body = parse(&version)?;
        if let Some(kept) = crate::patients::replaced_by(&body) {
            return Err(ChartError::Merged(kept));
        }
        let person = Person::read(patient.clone(), &body);
        let recorded = insurance(&reader, &BTreeSet::from([patient])).await?.remove(patient).unwrap_or_default();
        let mut holding: Vec<Insurance> = recorded.iter().filter(|i| i.valid_on(date)).cloned().collect();
        holding.sort_by_key(|i| (i.order, std::cmp::Reverse(i.from)));
        let main = valid(Some(&recorded), date);
        let kind = visit::kind(&reader, patient, None).await?;
        let before = format!("lt{date}");
        let pairs = [("patient", patient.as_str()), ("date", &before), ("_sort", "-date"), ("_count", "1")];
        let page = search(&reader, "Encounter", &pairs).await?;
        let mut last_visit = None;
        if let Some(version) = page.matches.first() {
            let visit = Encounter::read(version.id.clone(), version.version, &parse(version)?);
            last_visit = visit.arrived.map(Timestamp::day_in_japan);
        }
        let arriving = Arriving {
            insurance_lapsed: main.is_none() && !recorded.is_empty(),
            insurance: holding,
            kind,
            booked: list.expected.iter().find(|e| e.person.id == *patient).cloned(),
            here: list
                .visits
                .iter()
                .find(|v| v.person.id == *patient && v.is_inside())
                .map(|v| (v.state, v.queue_number)),
            similar: alike(&list, &person),
            last_visit,
            person,
        };
        Ok(reader.release(arriving).await?)
    })
}

/// Everybody of the day who could be taken for this patient.
fn alike(list: &Reception, person: &Person) -> Vec<(Person, Option<VisitState>)> {
    let here = list.visits.iter().map(|v| (&v.person, Some(v.state)));
    let expected = list.expected.iter().map(|e| (&e.person, None));
    let mut found: Vec<(Person, Option<VisitState>)> =
        here.chain(expected).filter(|(p, _)| similar(p, person).is_some()).map(|(p, s)| (p.clone(), s)).collect();
    found.dedup_by(|a, b| a.0.id == b.0.id);
    found
}

/// The doctors of the institution: `Practitioner` id and name, by name. One audit event.
pub fn doctors(access: &Access) -> BoxFuture<'_, Result<Vec<(Id, String)>, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::Read);
        reader.describe("担当医の一覧");
        let mut ids = BTreeSet::new();
        for version in search(&reader, "PractitionerRole", &[("_count", "200")]).await?.matches {
            let role = parse(&version)?;
            let active = role.get("active").and_then(Value::as_bool) != Some(false);
            let codes = role.get("code").map_or(&[][..], Value::items);
            let is_doctor = codes.iter().any(|c| {
                display(c).is_some_and(|word| word == "医師")
                    || c.get("coding")
                        .is_some_and(|all| all.items().iter().any(|c| text(c, &["code"]).as_deref() == Some("doctor")))
            });
            let person = reference(&role, &["practitioner", "reference"], "Practitioner");
            if let (true, true, Some(person)) = (active, is_doctor, person) {
                ids.insert(person);
            }
        }
        let practitioner = resource_type("Practitioner")?;
        let wanted: Vec<_> = ids.into_iter().map(|id| (practitioner, id)).collect();
        let mut found = Vec::new();
        for version in reader.read_many(&wanted).await? {
            let person = Person::read(version.id.clone(), &parse(&version)?);
            found.push((person.id, person.name));
        }
        found.sort_by(|a, b| a.1.cmp(&b.1));
        Ok(reader.release(found).await?)
    })
}

/// The name of a patient, for words about them.
pub fn name_of<'a>(access: &'a Access, patient: &'a Id) -> BoxFuture<'a, Result<Person, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::Read);
        reader.describe("患者の氏名");
        let found = people(&reader, &BTreeSet::from([patient])).await?.remove(patient);
        reader.release(found).await?.ok_or(ChartError::NotFound)
    })
}
