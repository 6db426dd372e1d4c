//! The card beside the list: what the desk needs to know of the selected patient.
use super::{
    Visit,
    today::{insurance, people, valid},
};
use crate::query::{parse, search};
use crate::questionnaire::{self, Reading};
use crate::view::{Allergy, Encounter, Insurance, Measurement, Medication, Person, Tag};
use crate::{ChartError, summary};
use futures_util::future::BoxFuture;
use futures_util::future::try_join;
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use karute_ledger::{Access, Action, Reader};
use std::collections::BTreeSet;

/// What the desk needs to know of a selected patient.
#[derive(Clone, Debug)]
pub struct Card {
    /// Who.
    pub person: Person,
    /// Insurance valid on the day.
    pub insurance: Option<Insurance>,
    /// Allergies in one of three states.
    pub allergy: Allergy,
    /// Others in the building who could be taken for this patient.
    pub similar: Vec<Person>,
    /// The last visit before the day.
    pub previous: Option<PreviousVisit>,
    /// What the patient answered before the visit.
    pub questionnaire: Option<Reading>,
    /// Out-of-range values of the newest laboratory report not older than 60 days, with its date.
    pub abnormal: Option<(Date, Vec<Measurement>)>,
}

/// The last visit.
#[derive(Clone, Debug)]
pub struct PreviousVisit {
    /// When.
    pub date: Date,
    /// Why.
    pub reason: Option<String>,
    /// What was prescribed then.
    pub drugs: Vec<Medication>,
}

/// How old a laboratory report may be to be worth showing at the desk.
const FRESH_DAYS: i32 = 60;

/// Reads the card of a visit. One audit event.
pub fn card<'a>(access: &'a Access, visit: &'a Visit, date: Date) -> BoxFuture<'a, Result<Card, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::View);
        reader.describe("受付カード");
        let card = read(&reader, visit, date).await?;
        Ok(reader.release(card).await?)
    })
}

async fn read(reader: &Reader, visit: &Visit, date: Date) -> Result<Card, ChartError> {
    let own = &visit.person.id;
    let ids: BTreeSet<&Id> = visit.similar.iter().chain([own]).collect();
    let alone = BTreeSet::from([own]);
    let who = async {
        let people = people(reader, &ids).await?;
        let insurance = insurance(reader, &alone).await?;
        Ok::<_, ChartError>((people, insurance, summary::allergies(reader, own).await?))
    };
    let before = async {
        // Who was not asked has no answers: the mark of the visit spares the search.
        let questionnaire = if visit.tags.contains(&Tag::QuestionnaireDone) {
            questionnaire::reading(reader, &visit.id).await?
        } else {
            None
        };
        let previous = previous(reader, own, date).await?;
        Ok::<_, ChartError>((questionnaire, previous, abnormal(reader, own, date).await?))
    };
    let ((mut people, insurance, allergy), (questionnaire, previous, abnormal)) =
        try_join(Box::pin(who), Box::pin(before)).await?;
    let person = people.remove(own).ok_or(ChartError::NotFound)?;
    Ok(Card {
        insurance: valid(insurance.get(own), date),
        allergy,
        similar: people.into_values().collect(),
        previous,
        questionnaire,
        abnormal,
        person,
    })
}

async fn previous(reader: &Reader, patient: &Id, date: Date) -> Result<Option<PreviousVisit>, ChartError> {
    let before = format!("lt{date}");
    let pairs = [("patient", patient.as_str()), ("date", &before), ("_sort", "-date"), ("_count", "1")];
    let page = search(reader, "Encounter", &pairs).await?;
    let Some(version) = page.matches.first() else { return Ok(None) };
    let encounter = Encounter::read(version.id.clone(), version.version, &parse(version)?);
    let Some(day) = encounter.arrived.map(Timestamp::day_in_japan) else { return Ok(None) };
    let pairs = [("encounter", encounter.id.as_str()), ("_count", "20")];
    let mut drugs = Vec::new();
    for version in search(reader, "MedicationRequest", &pairs).await?.matches {
        drugs.extend(Medication::read(&parse(&version)?).filter(|drug| !drug.is_unconfirmed()));
    }
    Ok(Some(PreviousVisit { date: day, reason: encounter.reason, drugs }))
}

async fn abnormal(reader: &Reader, patient: &Id, date: Date) -> Result<Option<(Date, Vec<Measurement>)>, ChartError> {
    let newest = [("patient", patient.as_str()), ("category", "laboratory"), ("_sort", "-date"), ("_count", "40")];
    let measured = summary::measured(reader, &newest).await?;
    let Some(newest) = measured.iter().filter_map(|m| m.date).max() else { return Ok(None) };
    let age = date.since(newest).map_or(i32::MAX, |s| s.get_days());
    if age > FRESH_DAYS {
        return Ok(None);
    }
    let out: Vec<Measurement> =
        measured.into_iter().filter(|m| m.date == Some(newest) && m.flag != crate::view::Flag::None).collect();
    Ok(if out.is_empty() { None } else { Some((newest, out)) })
}
