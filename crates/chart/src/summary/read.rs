//! Reading the summary.
use super::{
    Depth, Summary, chosen,
    course::{Parts, course},
    current, grouped, measures, results,
};
use crate::ChartError;
use crate::query::{parse, resource_type, search, search_all};
use crate::view::{
    Allergy, Document, Encounter, Immunization, Insurance, Measurement, Medication, Note, Person, Problem,
};
use karute_fhir::Id;
use karute_japan::Date;
use karute_ledger::{Access, Action, Lookup, Reader};

/// Entries of the course shown at most.
const COURSE: usize = 24;

/// The summary of a patient on a day. One audit event.
pub async fn summary(access: &Access, id: &Id, date: Date, depth: Depth) -> Result<Summary, ChartError> {
    let reader = access.reader(Action::View);
    reader.describe("患者の要約");
    let summary = read(&reader, id, date, depth).await?;
    Ok(reader.release(summary).await?)
}

async fn read(reader: &Reader, id: &Id, date: Date, depth: Depth) -> Result<Summary, ChartError> {
    let Lookup::Found(patient) = reader.read(resource_type("Patient")?, id).await? else {
        return Err(ChartError::NotFound);
    };
    let person = Person::read(id.clone(), &parse(&patient)?);
    // No chart without identity and allergy status (ux §6): both fail the whole page.
    let allergy = allergies(reader, id).await?;
    let insurance = insurance(reader, id, date).await?;
    let (problems, past_problems) = problems(reader, id).await?;
    let ordered = drugs(reader, id).await?;
    let labs = newest_labs(reader, id, 80).await?;
    let trends = trends(reader, id, &problems, &labs).await?;
    let encounters = encounters(reader, id).await?;
    let notes = match depth {
        Depth::Notes => notes(reader, id).await?,
        Depth::Outline => Vec::new(),
    };
    let documents = documents(reader, id).await?;

    let today = encounters
        .iter()
        .find(|e| e.arrived.is_some_and(|a| a.day_in_japan() == date))
        .and_then(|e| Some((e.id.clone(), e.state?, e.queue_number)));
    let drugs = grouped(current(ordered.clone(), date));
    let ordered = ordered.into_iter().filter(|m| !m.is_unconfirmed()).collect();
    let vaccines = vaccines(reader, id).await?;
    let results = results::table(&labs);
    let course = course(Parts { encounters, notes, drugs: ordered, vaccines, labs, documents }, COURSE);
    Ok(Summary { person, date, insurance, allergy, problems, past_problems, drugs, trends, results, course, today })
}

/// Allergies in one of three states.
pub(crate) async fn allergies(reader: &Reader, patient: &Id) -> Result<Allergy, ChartError> {
    let found =
        search_all(reader, "AllergyIntolerance", &[("patient", patient.as_str()), ("_count", "100")], 200).await?;
    let mut parsed = Vec::with_capacity(found.len());
    for version in &found {
        parsed.push(parse(version)?);
    }
    Ok(Allergy::read(parsed.iter()))
}

/// The newest laboratory values, newest first.
pub(crate) async fn newest_labs(reader: &Reader, patient: &Id, most: u32) -> Result<Vec<Measurement>, ChartError> {
    let count = most.to_string();
    let pairs =
        [("patient", patient.as_str()), ("category", "laboratory"), ("_sort", "-date"), ("_count", count.as_str())];
    measured(reader, &pairs).await
}

async fn measured(reader: &Reader, pairs: &[(&str, &str)]) -> Result<Vec<Measurement>, ChartError> {
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
    problems: &[Problem],
    labs: &[Measurement],
) -> Result<Vec<super::Series>, ChartError> {
    let wanted = chosen(problems);
    let mut codes: Vec<String> = Vec::new();
    for measure in &wanted {
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
    Ok(wanted.iter().filter_map(|m| m.series(&all)).take(measures::MOST).collect())
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

async fn problems(reader: &Reader, patient: &Id) -> Result<(Vec<Problem>, Vec<Problem>), ChartError> {
    let found = search_all(reader, "Condition", &[("patient", patient.as_str()), ("_count", "200")], 400).await?;
    let mut all = Vec::new();
    for version in found {
        all.extend(Problem::read(&parse(&version)?));
    }
    let (mut active, mut past): (Vec<_>, Vec<_>) = all.into_iter().partition(|p| p.active);
    active.sort_by_key(|p| (!p.main, p.start));
    past.sort_by_key(|p| std::cmp::Reverse(p.end.or(p.start)));
    past.truncate(20);
    Ok((active, past))
}

async fn drugs(reader: &Reader, patient: &Id) -> Result<Vec<Medication>, ChartError> {
    let pairs = [("patient", patient.as_str()), ("_sort", "-authoredon"), ("_count", "120")];
    let mut all = Vec::new();
    for version in search(reader, "MedicationRequest", &pairs).await?.matches {
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
    all.retain(|e| e.state != Some(crate::view::VisitState::Cancelled));
    Ok(all)
}

async fn notes(reader: &Reader, patient: &Id) -> Result<Vec<Note>, ChartError> {
    let pairs = [("patient", patient.as_str()), ("_sort", "-date"), ("_count", "16")];
    let mut all = Vec::new();
    for version in search(reader, "Composition", &pairs).await?.matches {
        all.extend(Note::read(&parse(&version)?));
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
