//! Reading a whole record.
use super::cover::{cover, disease, payer, visit_of};
use super::progress::act;
use super::{Act, Cover, Sheet};
use crate::ChartError;
use crate::note::compared;
use crate::query::{parse, resource_type, search_all};
use crate::view::element::{self, date, text};
use crate::view::{Allergy, Encounter, Flag, Measurement, Note, Person, VisitState};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use karute_ledger::{Access, Action, HistoryScope, Lookup, Reader};

/// The period printed; open ends mean from the first and to the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub to: Option<Date>,
}

impl Span {
    /// Whether a day lies in it.
    pub fn holds(self, day: Date) -> bool {
        self.from.is_none_or(|f| f <= day) && self.to.is_none_or(|t| day <= t)
    }
}

/// A medical record to print.
#[derive(Clone, Debug)]
pub struct LegalRecord {
    /// Who.
    pub person: Person,
    /// Front sheet.
    pub cover: Cover,
    /// Allergies in one of three states.
    pub allergy: Allergy,
    /// The period.
    pub span: Span,
    /// Progress, oldest first.
    pub sheets: Vec<Sheet>,
    /// Laboratory values by day, oldest first.
    pub labs: Vec<(Date, Vec<Measurement>)>,
    /// Letters and attachments by day.
    pub papers: Vec<(Date, String)>,
    /// Whether something was left out because there is more than one printing holds.
    pub cut: bool,
}

/// Resources of one type read at most for one printing.
const MOST: usize = 20_000;

/// The record of a patient over a period; `versions` brings every version of every note too. One audit event of
/// printing.
pub fn legal_record<'a>(
    access: &'a Access,
    patient: &'a Id,
    span: Span,
    versions: bool,
) -> BoxFuture<'a, Result<LegalRecord, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::Print);
        reader.describe(if versions { "診療録の印刷（版をすべて）" } else { "診療録の印刷" });
        let record = read(&reader, patient, span, versions).await?;
        Ok(reader.release(record).await?)
    })
}

async fn read(reader: &Reader, patient: &Id, span: Span, versions: bool) -> Result<LegalRecord, ChartError> {
    let Lookup::Found(found) = reader.read(resource_type("Patient")?, patient).await? else {
        return Err(ChartError::NotFound);
    };
    let (person, mut front) = {
        let body = parse(&found)?;
        (Person::read(patient.clone(), &body), cover(&body))
    };
    let allergy = crate::summary::allergies(reader, patient).await?;
    front.payers = payers(reader, patient, span).await?;
    front.diseases = diseases(reader, patient, span).await?;
    let mut record = LegalRecord {
        person,
        cover: front,
        allergy,
        span,
        sheets: Vec::new(),
        labs: Vec::new(),
        papers: Vec::new(),
        cut: false,
    };
    visits(reader, patient, &mut record).await?;
    notes(reader, patient, versions, &mut record).await?;
    acts(reader, patient, &mut record).await?;
    measured(reader, patient, &mut record).await?;
    papers(reader, patient, &mut record).await?;
    record.sheets.sort_by_key(|s| (s.date, s.visit.as_ref().and_then(|v| v.arrived)));
    Ok(record)
}

async fn all(
    reader: &Reader,
    target: &'static str,
    key: &'static str,
    patient: &Id,
    cut: &mut bool,
) -> Result<Vec<karute_ledger::Version>, ChartError> {
    let found = search_all(reader, target, &[(key, patient.as_str()), ("_count", "500")], MOST).await?;
    *cut |= found.len() >= MOST;
    Ok(found)
}

async fn payers(reader: &Reader, patient: &Id, span: Span) -> Result<Vec<super::Payer>, ChartError> {
    let mut found = Vec::new();
    for version in all(reader, "Coverage", "beneficiary", patient, &mut false).await? {
        found.extend(payer(&parse(&version)?));
    }
    // What ended before the period, or began after it, paid for nothing in it.
    found.retain(|(_, p)| p.until.is_none_or(|u| span.from.is_none_or(|f| f <= u)));
    found.retain(|(_, p)| p.from.is_none_or(|f| span.to.is_none_or(|t| f <= t)));
    found.sort_by_key(|(order, p)| (p.public, *order, std::cmp::Reverse(p.from)));
    Ok(found.into_iter().map(|(_, p)| p).collect())
}

async fn diseases(reader: &Reader, patient: &Id, span: Span) -> Result<Vec<super::Disease>, ChartError> {
    let mut found = Vec::new();
    for version in all(reader, "Condition", "patient", patient, &mut false).await? {
        found.extend(disease(&parse(&version)?));
    }
    found.retain(|d| d.start.is_none_or(|s| span.to.is_none_or(|t| s <= t)));
    found.sort_by_key(|d| (!d.main, d.start));
    Ok(found)
}

async fn visits(reader: &Reader, patient: &Id, record: &mut LegalRecord) -> Result<(), ChartError> {
    for version in all(reader, "Encounter", "patient", patient, &mut record.cut).await? {
        let visit = Encounter::read(version.id.clone(), version.version, &parse(&version)?);
        let Some(day) = visit.arrived.map(Timestamp::day_in_japan) else { continue };
        if record.span.holds(day) && visit.state != Some(VisitState::Cancelled) {
            record.sheets.push(Sheet {
                visit: Some(visit),
                date: day,
                note: None,
                measured: Vec::new(),
                acts: Vec::new(),
                versions: Vec::new(),
            });
        }
    }
    Ok(())
}

/// The sheet of a visit, else that of the day; made when there is none.
fn sheet<'r>(record: &'r mut LegalRecord, visit: Option<&Id>, day: Option<Date>) -> Option<&'r mut Sheet> {
    let by_visit = visit.and_then(|v| record.sheets.iter().position(|s| s.visit.as_ref().is_some_and(|e| &e.id == v)));
    let day = day.filter(|d| record.span.holds(*d));
    let at = by_visit.or_else(|| day.and_then(|d| record.sheets.iter().position(|s| s.date == d)));
    let at = match (at, day) {
        (Some(at), _) => at,
        (None, Some(date)) => {
            record.sheets.push(Sheet {
                visit: None,
                date,
                note: None,
                measured: Vec::new(),
                acts: Vec::new(),
                versions: Vec::new(),
            });
            record.sheets.len() - 1
        }
        (None, None) => return None,
    };
    record.sheets.get_mut(at)
}

async fn notes(reader: &Reader, patient: &Id, versions: bool, record: &mut LegalRecord) -> Result<(), ChartError> {
    let composition = resource_type("Composition")?;
    for current in all(reader, "Composition", "patient", patient, &mut record.cut).await? {
        let Some(note) = Note::of(&parse(&current)?) else { continue };
        let past = if versions {
            let scope = HistoryScope::Instance(composition, current.id.clone());
            let mut found = Vec::new();
            for version in reader.history(scope, 200, None, None).await?.matches {
                found.extend(Note::of(&parse(&version)?).map(|n| (n, version.updated)));
            }
            compared(found)
        } else {
            Vec::new()
        };
        let Some(sheet) = sheet(record, note.encounter.as_ref(), note.date) else { continue };
        // Neither deleted nor unconfirmed text is printed as the record; both are among the versions.
        if sheet.note.is_none() && matches!(note.status.as_str(), "final" | "amended") {
            sheet.note = Some(note);
        }
        if past.len() > 1 || past.iter().any(|p| p.note.is_deleted()) {
            sheet.versions.extend(past);
        }
    }
    Ok(())
}

async fn acts(reader: &Reader, patient: &Id, record: &mut LegalRecord) -> Result<(), ChartError> {
    for (target, key) in [
        ("MedicationRequest", "patient"),
        ("ServiceRequest", "patient"),
        ("Procedure", "patient"),
        ("MedicationAdministration", "patient"),
        ("Immunization", "patient"),
    ] {
        let mut found: Vec<(Option<Id>, Option<Date>, Act)> = Vec::new();
        for version in all(reader, target, key, patient, &mut record.cut).await? {
            found.extend(act(&parse(&version)?));
        }
        found.sort_by(|a, b| (a.1, &a.2.line).cmp(&(b.1, &b.2.line)));
        for (visit, day, act) in found {
            if let Some(sheet) = sheet(record, visit.as_ref(), day) {
                sheet.acts.push(act);
            }
        }
    }
    Ok(())
}

async fn measured(reader: &Reader, patient: &Id, record: &mut LegalRecord) -> Result<(), ChartError> {
    let mut labs: std::collections::BTreeMap<Date, Vec<Measurement>> = std::collections::BTreeMap::new();
    for version in all(reader, "Observation", "patient", patient, &mut record.cut).await? {
        let body = parse(&version)?;
        let vital = body.get("category").is_some_and(|c| {
            c.items().iter().any(|c| {
                element::code(c, "http://terminology.hl7.org/CodeSystem/observation-category").as_deref()
                    == Some("vital-signs")
            })
        });
        let values = Measurement::read(&body);
        if vital {
            let day = date(&body, &["effectiveDateTime"]);
            if let Some(sheet) = sheet(record, visit_of(&body).as_ref(), day) {
                sheet.measured.extend(values.iter().map(line));
            }
            continue;
        }
        for value in values {
            if let Some(day) = value.date.filter(|d| record.span.holds(*d)) {
                labs.entry(day).or_default().push(value);
            }
        }
    }
    record.labs = labs.into_iter().collect();
    Ok(())
}

/// `体重 71.2kg`
fn line(value: &Measurement) -> String {
    let flag = match value.flag {
        Flag::High => " H",
        Flag::Low => " L",
        Flag::None => "",
    };
    format!("{} {}{}{flag}", value.name, value.value, value.unit.as_deref().unwrap_or_default())
}

async fn papers(reader: &Reader, patient: &Id, record: &mut LegalRecord) -> Result<(), ChartError> {
    for version in all(reader, "DocumentReference", "patient", patient, &mut record.cut).await? {
        let body = parse(&version)?;
        let Some(document) = crate::view::Document::read(&body) else { continue };
        let Some(day) = document.date.filter(|d| record.span.holds(*d)) else { continue };
        let parts = [Some(document.title), document.source, document.summary, text(&body, &["description"])];
        let mut words: Vec<String> = parts.into_iter().flatten().collect();
        words.dedup();
        record.papers.push((day, words.join("　")));
    }
    record.papers.sort();
    Ok(())
}

/// The patient meant by a text: the id of the record, else the 患者番号. One audit event.
pub fn find_patient<'a>(access: &'a Access, text: &'a str) -> BoxFuture<'a, Result<Id, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::Search);
        reader.describe("患者番号または ID で探す");
        let patient = resource_type("Patient")?;
        let mut found = None;
        if let Ok(id) = Id::new(text)
            && let Lookup::Found(_) = reader.read(patient, &id).await?
        {
            found = Some(id);
        }
        if found.is_none() && !text.is_empty() && !text.contains([',', '|', '$', '\\']) {
            for version in search_all(&reader, "Patient", &[("identifier", text), ("_count", "5")], 5).await? {
                let person = Person::read(version.id.clone(), &parse(&version)?);
                if person.number.as_deref() == Some(text) {
                    found = Some(person.id);
                }
            }
        }
        reader.release(()).await?;
        found.ok_or(ChartError::NotFound)
    })
}
