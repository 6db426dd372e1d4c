//! The prescription of a visit as it stands, and what the patient was given before.
use super::{Change, Diff, Drug, Line, Prescribed, Status, diff};
use crate::ChartError;
use crate::check;
use crate::query::{parse, resource_type, search_all};
use crate::view::{Encounter, VisitState};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use karute_json::Value;
use karute_ledger::{Lookup, Reader};

/// Lines of a visit at most; more are refused when they are written.
pub const MOST_LINES: usize = 40;
/// Lines read of a visit: those that were taken out count too.
const MOST_READ: usize = 400;

/// The prescription of an earlier visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// The visit.
    pub visit: Id,
    /// When it was written.
    pub date: Option<Date>,
    /// Its lines in order.
    pub lines: Vec<Line>,
}

/// The prescription of a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// The visit.
    pub visit: Id,
    /// Whose.
    pub patient: Id,
    /// Day of the visit.
    pub date: Date,
    /// Whether it can be written: until the patient goes to pay.
    pub is_open: bool,
    /// Lines that count, in the order of Rp and place in it.
    pub lines: Vec<Line>,
    /// The newest earlier visit with a prescription: what Do copies.
    pub previous: Option<Past>,
    /// The visit that lines were copied from, where any were.
    pub basis: Option<Past>,
    /// The newest lines of other visits, newest first.
    pub past: Vec<Line>,
    /// The lines that count, as the safety rules see them; their key is the line's id.
    pub(super) checked: Vec<check::Line>,
}

impl Sheet {
    /// Reads it. [`ChartError::NotFound`] when the visit is not this patient's.
    pub fn read<'a>(reader: &'a Reader, patient: &'a Id, visit: &'a Id) -> BoxFuture<'a, Result<Sheet, ChartError>> {
        Box::pin(async move { Ok(load(reader, Some(patient), visit).await?.sheet) })
    }

    /// How today differs from what was copied; nothing where nothing was.
    pub fn diff(&self) -> Option<Diff> {
        self.basis.as_ref().map(|basis| diff(&self.lines, &basis.lines))
    }

    /// How the patient took a drug the last time: from this visit's lines on to older ones.
    pub fn last(&self, drug: &Drug) -> Option<&Prescribed> {
        let counts = self.lines.iter().chain(&self.past).filter(|line| line.status != Status::Cancelled);
        counts.map(|line| &line.what).find(|what| what.drug.is_same(drug))
    }

    /// Lines that the copied prescription holds and today's does not.
    pub fn not_continued(&self) -> Vec<&Line> {
        let (Some(diff), Some(basis)) = (self.diff(), &self.basis) else { return Vec::new() };
        diff.stopped.iter().filter_map(|at| basis.lines.get(*at)).collect()
    }

    /// What changed at a line of today.
    pub fn changes(diff: Option<&Diff>, at: usize) -> &[Change] {
        diff.and_then(|diff| diff.lines.get(at)).map_or(&[][..], Vec::as_slice)
    }
}

/// A stored line and the resource it was read from.
pub(super) struct Stored {
    pub(super) line: Line,
    pub(super) body: Value<'static>,
}

/// The sheet with what writing needs.
pub(super) struct Loaded {
    pub(super) sheet: Sheet,
    /// Every line of the visit, those that were taken out too, in order.
    pub(super) all: Vec<Stored>,
    /// The doctor of the visit.
    pub(super) doctor: Option<Value<'static>>,
}

/// Loads the prescription of a visit; of this patient, where one is named.
pub(super) async fn load(reader: &Reader, patient: Option<&Id>, visit: &Id) -> Result<Loaded, ChartError> {
    let Lookup::Found(version) = reader.read(resource_type("Encounter")?, visit).await? else {
        return Err(ChartError::NotFound);
    };
    let body = parse(&version)?;
    let encounter = Encounter::read(visit.clone(), version.version, &body);
    let of = encounter.patient.as_ref().ok_or(ChartError::NotFound)?;
    if patient.is_some_and(|patient| patient != of) {
        return Err(ChartError::NotFound);
    }
    let patient = of;
    let doctor = body.at(&["participant", "individual"]).cloned().map(Value::into_owned);
    let mut all = Vec::new();
    let of_visit = [("encounter", visit.as_str()), ("_count", "200")];
    for version in search_all(reader, "MedicationRequest", &of_visit, MOST_READ).await? {
        let body = parse(&version)?.into_owned();
        all.extend(Line::read(version.id.clone(), version.version, &body).map(|line| Stored { line, body }));
    }
    all.sort_by(|a, b| a.line.place().cmp(&b.line.place()));
    let past: Vec<Line> =
        newest(reader, patient).await?.into_iter().filter(|l| l.visit.as_ref() != Some(visit)).collect();
    let lines: Vec<Line> = all.iter().map(|s| &s.line).filter(|l| l.status.counts()).cloned().collect();
    let checked = all.iter().filter(|s| s.line.status.counts());
    let checked = checked.filter_map(|s| check::Line::read(s.line.id.as_str(), &s.body)).collect();
    let basis = match lines.iter().find_map(|line| line.prior.as_ref()) {
        None => None,
        Some(prior) => match past.iter().find(|line| line.id == *prior).and_then(|line| line.visit.as_ref()) {
            Some(visit) => Some(at(visit, &past)),
            None => older(reader, patient, prior).await?,
        },
    };
    let states = [VisitState::Waiting, VisitState::InConsultation, VisitState::InTreatment];
    let date = encounter.arrived.map_or_else(Date::default, Timestamp::day_in_japan);
    let previous = past.iter().find(|line| line.status.counts() && line.visit.is_some());
    let previous = previous.and_then(|line| line.visit.as_ref()).map(|visit| at(visit, &past));
    let sheet = Sheet {
        visit: visit.clone(),
        patient: patient.clone(),
        date,
        is_open: encounter.state.is_some_and(|state| states.contains(&state)),
        lines,
        previous,
        basis,
        past,
        checked,
    };
    Ok(Loaded { sheet, all, doctor })
}

/// The newest lines of a patient, newest first.
pub(super) async fn newest(reader: &Reader, patient: &Id) -> Result<Vec<Line>, ChartError> {
    let mut found = Vec::new();
    for version in crate::asked::drugs(reader, patient).await? {
        found.extend(Line::read(version.id.clone(), version.version, &parse(&version)?));
    }
    Ok(found)
}

/// The prescription of a visit among lines.
fn at(visit: &Id, lines: &[Line]) -> Past {
    let mut own: Vec<Line> =
        lines.iter().filter(|l| l.visit.as_ref() == Some(visit) && l.status != Status::Cancelled).cloned().collect();
    own.sort_by(|a, b| a.place().cmp(&b.place()));
    Past { visit: visit.clone(), date: own.first().and_then(|line| line.written), lines: own }
}

/// The prescription that holds a line older than those that were read.
async fn older(reader: &Reader, patient: &Id, line: &Id) -> Result<Option<Past>, ChartError> {
    let Lookup::Found(version) = reader.read(resource_type("MedicationRequest")?, line).await? else { return Ok(None) };
    let found = Line::read(version.id.clone(), version.version, &parse(&version)?);
    let Some(visit) = found.and_then(|line| line.visit) else { return Ok(None) };
    past(reader, patient, &visit).await
}

/// The prescription of an earlier visit; `None` when it has none, or is not this patient's.
pub(super) async fn past(reader: &Reader, patient: &Id, visit: &Id) -> Result<Option<Past>, ChartError> {
    let pairs = [("encounter", visit.as_str()), ("patient", patient.as_str()), ("_count", "200")];
    let mut lines = Vec::new();
    for version in search_all(reader, "MedicationRequest", &pairs, MOST_READ).await? {
        lines.extend(Line::read(version.id.clone(), version.version, &parse(&version)?));
    }
    Ok(Some(at(visit, &lines)).filter(|past| !past.lines.is_empty()))
}
