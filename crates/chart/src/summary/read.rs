//! Reading the summary.
use super::{
    Depth, Summary, chosen,
    course::{Parts, course},
    current, grouped, measures, results,
};
use crate::query::{parse, resource_type, search};
use crate::view::{
    Allergy, Document, Encounter, Immunization, Insurance, Measurement, Medication, Note, Person, Problem, VisitState,
};
use crate::{ChartError, asked};
use futures_util::future::BoxFuture;
use futures_util::future::try_join;
use karute_fhir::Id;
use karute_japan::Date;
use karute_ledger::{Access, Action, Lookup, Reader};

/// Entries of the course shown at most.
const COURSE: usize = 24;
/// Ended disease names shown at most.
const PAST: usize = 20;

/// The summary of a patient on a day. One audit event.
pub fn summary<'a>(
    access: &'a Access,
    id: &'a Id,
    date: Date,
    depth: Depth,
) -> BoxFuture<'a, Result<Summary, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::View);
        reader.describe("患者の要約");
        let own = crate::graph::chosen_keys(access, &access.actor().id).await?;
        let summary = read(&reader, id, date, depth, &own).await?;
        Ok(reader.release(summary).await?)
    })
}

/// What the banner of every screen of a patient shows.
#[derive(Clone, Debug)]
pub struct Face {
    /// Who.
    pub person: Person,
    /// The day.
    pub date: Date,
    /// Insurance valid on the day, main one first.
    pub insurance: Vec<Insurance>,
    /// Allergies in one of three states.
    pub allergy: Allergy,
    /// Infections to mind, pregnancy, breast-feeding.
    pub alerts: crate::allergy::Alerts,
    /// Today's visit: Encounter id, state, number called.
    pub today: Option<(Id, VisitState, Option<u32>)>,
}

/// Who a patient is. Read through the caller's reader.
pub fn person<'a>(reader: &'a Reader, id: &'a Id) -> BoxFuture<'a, Result<Person, ChartError>> {
    Box::pin(async move {
        let Lookup::Found(patient) = reader.read(resource_type("Patient")?, id).await? else {
            return Err(ChartError::NotFound);
        };
        Ok(Person::read(id.clone(), &parse(&patient)?))
    })
}

/// The banner of a patient, for screens that show less than the summary. Read through their reader.
pub fn face<'a>(reader: &'a Reader, id: &'a Id, date: Date) -> BoxFuture<'a, Result<Face, ChartError>> {
    Box::pin(async move {
        let Lookup::Found(patient) = reader.read(resource_type("Patient")?, id).await? else {
            return Err(ChartError::NotFound);
        };
        let body = parse(&patient)?;
        if let Some(kept) = crate::patients::replaced_by(&body) {
            return Err(ChartError::Merged(kept));
        }
        let person = Person::read(id.clone(), &body);
        let (from, to) = crate::query::within(date);
        let pairs = [("patient", id.as_str()), ("date", from.as_str()), ("date", to.as_str()), ("_count", "10")];
        let mut visits = Vec::new();
        for version in search(reader, "Encounter", &pairs).await?.matches {
            visits.push(Encounter::read(version.id.clone(), version.version, &parse(&version)?));
        }
        Ok(Face {
            person,
            date,
            allergy: allergies(reader, id).await?,
            alerts: crate::allergy::alerts(reader, id).await?,
            insurance: insurance(reader, id, date).await?,
            today: visit_of(&visits, date),
        })
    })
}

/// The visit of a day that was not called off; of somebody who comes twice a day the one that is still open.
fn visit_of(visits: &[Encounter], date: Date) -> Option<(Id, VisitState, Option<u32>)> {
    let of_day = || {
        visits
            .iter()
            .filter(|e| e.arrived.is_some_and(|a| a.day_in_japan() == date) && e.state != Some(VisitState::Cancelled))
    };
    of_day()
        .find(|e| e.state != Some(VisitState::Finished))
        .or_else(|| of_day().next())
        .and_then(|e| Some((e.id.clone(), e.state?, e.queue_number)))
}

/// The summary through the caller's reader: part of its page and of its audit event. `own` are the measures that the
/// person chose for the strip.
pub fn read<'a>(
    reader: &'a Reader,
    id: &'a Id,
    date: Date,
    depth: Depth,
    own: &'a [&'static str],
) -> BoxFuture<'a, Result<Summary, ChartError>> {
    Box::pin(async move {
        let Lookup::Found(patient) = reader.read(resource_type("Patient")?, id).await? else {
            return Err(ChartError::NotFound);
        };
        let body = parse(&patient)?;
        if let Some(kept) = crate::patients::replaced_by(&body) {
            return Err(ChartError::Merged(kept));
        }
        let person = Person::read(id.clone(), &body);
        // No chart without identity and allergy status (ux §6): both fail the whole page.
        let who = async {
            let allergy = allergies(reader, id).await?;
            let insurance = insurance(reader, id, date).await?;
            let alerts = crate::allergy::alerts(reader, id).await?;
            let list = crate::problem::list(reader, id).await?;
            Ok::<_, ChartError>((allergy, insurance, alerts, list, drugs(reader, id).await?))
        };
        let happened = async {
            let labs = newest_labs(reader, id).await?;
            let encounters = encounters(reader, id).await?;
            let notes = match depth {
                Depth::Notes => notes(reader, id).await?,
                Depth::Outline => Vec::new(),
            };
            let documents = documents(reader, id).await?;
            let outside = match depth {
                Depth::Notes => crate::outside::viewed(reader, id).await?,
                Depth::Outline => Vec::new(),
            };
            Ok::<_, ChartError>((labs, encounters, notes, documents, (vaccines(reader, id).await?, outside)))
        };
        // Beside each other: the page waits for the longer half only.
        let ((allergy, insurance, alerts, list, ordered), (labs, encounters, notes, documents, (vaccines, outside))) =
            try_join(Box::pin(who), Box::pin(happened)).await?;
        let problems: Vec<Problem> = list.active.iter().map(|entry| entry.problem.clone()).collect();
        let past_problems: Vec<Problem> = list.past.iter().take(PAST).map(|entry| entry.problem.clone()).collect();
        let wanted = if own.is_empty() {
            chosen(&problems)
        } else {
            own.iter().map(|code| super::Measure::of_code(code)).chain(chosen(&problems)).collect()
        };
        let trends = trends(reader, id, &wanted, &labs).await?;

        let today = visit_of(&encounters, date);
        let drugs = grouped(current(ordered.clone(), date));
        let ordered = ordered.into_iter().filter(|m| !m.is_unconfirmed()).collect();
        let results = results::table(&labs);
        let course = course(Parts { encounters, notes, drugs: ordered, vaccines, labs, documents, outside }, COURSE);
        Ok(Summary {
            person,
            date,
            insurance,
            allergy,
            problems,
            list,
            alerts,
            past_problems,
            drugs,
            trends,
            results,
            course,
            today,
        })
    })
}

/// Allergies in one of three states.
pub(crate) async fn allergies(reader: &Reader, patient: &Id) -> Result<Allergy, ChartError> {
    let found = asked::allergies(reader, patient).await?;
    let mut parsed = Vec::with_capacity(found.len());
    for version in &found {
        parsed.push(parse(version)?);
    }
    Ok(Allergy::read(parsed.iter()))
}

/// The newest laboratory values, newest first.
pub(crate) async fn newest_labs(reader: &Reader, patient: &Id) -> Result<Vec<Measurement>, ChartError> {
    let mut found = Vec::new();
    for version in asked::labs(reader, patient).await? {
        found.extend(Measurement::read(&parse(&version)?));
    }
    Ok(found)
}

/// What a search for observations brings.
pub(crate) async fn measured(reader: &Reader, pairs: &[(&str, &str)]) -> Result<Vec<Measurement>, ChartError> {
    let mut found = Vec::new();
    for version in search(reader, "Observation", pairs).await?.matches {
        found.extend(Measurement::read(&parse(&version)?));
    }
    Ok(found)
}

/// Series for the strip: the laboratory codes wanted are known from the newest results, so that one search brings
/// their past.
async fn trends(
    reader: &Reader,
    patient: &Id,
    wanted: &[super::Measure],
    labs: &[Measurement],
) -> Result<Vec<super::Series>, ChartError> {
    let mut codes: Vec<String> = Vec::new();
    for measure in wanted {
        if let Some(found) = measure.series(labs).and_then(|s| s.last().map(|p| p.code.clone()))
            && matches!(measure, super::Measure::Lab(_))
            && !codes.contains(&found)
        {
            codes.push(found);
        }
    }
    let mut all = Vec::new();
    if !codes.is_empty() {
        let count = (codes.len() * measures::POINTS).to_string();
        let list = codes.iter().map(|c| c.replace([',', '$', '|', '\\'], "")).collect::<Vec<_>>().join(",");
        let pairs =
            [("patient", patient.as_str()), ("code", list.as_str()), ("_sort", "-date"), ("_count", count.as_str())];
        all.extend(measured(reader, &pairs).await?);
    }
    let vital = [("patient", patient.as_str()), ("category", "vital-signs"), ("_sort", "-date"), ("_count", "40")];
    all.extend(measured(reader, &vital).await?);
    let targets = crate::graph::targets(reader, patient).await?;
    let mut found: Vec<super::Series> = Vec::new();
    for series in wanted.iter().filter_map(|m| m.series(&all)) {
        if found.len() < measures::MOST && found.iter().all(|f| f.key() != series.key()) {
            let target = targets.iter().find(|t| t.key == series.key()).cloned();
            found.push(super::Series { target, ..series });
        }
    }
    Ok(found)
}

async fn insurance(reader: &Reader, patient: &Id, date: Date) -> Result<Vec<Insurance>, ChartError> {
    let mut all = Vec::new();
    for version in search(reader, "Coverage", &[("beneficiary", patient.as_str()), ("_count", "40")]).await?.matches {
        all.push(Insurance::read(&parse(&version)?));
    }
    all.retain(|i| i.valid_on(date));
    all.sort_by_key(|i| i.order);
    Ok(all)
}

async fn drugs(reader: &Reader, patient: &Id) -> Result<Vec<Medication>, ChartError> {
    let mut all = Vec::new();
    for version in asked::drugs(reader, patient).await? {
        all.extend(Medication::read(&parse(&version)?));
    }
    Ok(all)
}

async fn encounters(reader: &Reader, patient: &Id) -> Result<Vec<Encounter>, ChartError> {
    let pairs = [("patient", patient.as_str()), ("_sort", "-date"), ("_count", "16")];
    let mut all = Vec::new();
    for version in search(reader, "Encounter", &pairs).await?.matches {
        all.push(Encounter::read(version.id.clone(), version.version, &parse(&version)?));
    }
    all.retain(|e| e.state != Some(VisitState::Cancelled));
    Ok(all)
}

async fn notes(reader: &Reader, patient: &Id) -> Result<Vec<Note>, ChartError> {
    let pairs = [("patient", patient.as_str()), ("_sort", "-date"), ("_count", "16")];
    let mut all = Vec::new();
    for version in search(reader, "Composition", &pairs).await?.matches {
        all.extend(Note::of(&parse(&version)?).filter(|n| n.is_deleted() || !n.sections.is_empty()));
    }
    Ok(all)
}

async fn documents(reader: &Reader, patient: &Id) -> Result<Vec<Document>, ChartError> {
    let pairs = [("patient", patient.as_str()), ("_sort", "-date"), ("_count", "10")];
    let mut all = Vec::new();
    for version in search(reader, "DocumentReference", &pairs).await?.matches {
        all.extend(Document::read(&parse(&version)?));
    }
    Ok(all)
}

async fn vaccines(reader: &Reader, patient: &Id) -> Result<Vec<Immunization>, ChartError> {
    let pairs = [("patient", patient.as_str()), ("_sort", "-date"), ("_count", "16")];
    let mut all = Vec::new();
    for version in search(reader, "Immunization", &pairs).await?.matches {
        all.extend(Immunization::read(&parse(&version)?));
    }
    Ok(all)
}
