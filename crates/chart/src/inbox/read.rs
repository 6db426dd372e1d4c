//! The list and one document.
use super::matching::{Matching, matching};
use super::resource::{CODE, Row, State, row};
use super::{Kind, compare};
use crate::ChartError;
use crate::letter::{Answers, Destination, TASK};
use crate::query::{parse, resource_type, search_all};
use crate::view::Person;
use karute_fhir::Id;
use karute_ledger::{Access, Action, Lookup, Reader, Version};

/// Lines read at most.
const MOST: usize = 300;

/// Which lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// Everything that somebody must still do: 要対応, 未確認, 患者を確認.
    #[default]
    Open,
    /// One state.
    Only(State),
    /// All, with those that are done.
    All,
}

/// A line with the patient as our record names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The line.
    pub row: Row,
    /// Whose it is.
    pub person: Option<Person>,
}

/// The inbox: 要対応 first, then 未確認 and 患者を確認 by the time they came, newest first.
pub async fn list(reader: &Reader, filter: Filter) -> Result<Vec<Listed>, ChartError> {
    let code = format!("{TASK}|{CODE}");
    let mut pairs = vec![("code", code.as_str()), ("_sort", "-authored-on"), ("_count", "100")];
    match filter {
        Filter::Open => pairs.push(("status", "requested,received,in-progress")),
        Filter::Only(state) => pairs.push(("status", state.status())),
        Filter::All => {}
    }
    let tasks = search_all(reader, "Task", &pairs, MOST).await?;
    let documents = resource_type("DocumentReference")?;
    let keys: Vec<_> = tasks.iter().map(|task| (documents, task.id.clone())).collect();
    let documents = reader.read_many(&keys).await?;
    let mut listed = assembled(reader, &tasks, &documents).await?;
    listed.sort_by_key(|each| {
        (each.row.state != State::ToDo, each.row.state == State::Reviewed, std::cmp::Reverse(each.row.came))
    });
    Ok(listed)
}

/// Lines of tasks and their documents, with the patients as our record names them.
pub(super) async fn assembled(
    reader: &Reader,
    tasks: &[Version],
    documents: &[Version],
) -> Result<Vec<Listed>, ChartError> {
    let mut rows = Vec::new();
    for task in tasks {
        let Some(document) = documents.iter().find(|document| document.id == task.id) else { continue };
        rows.extend(row(task.id.clone(), task.version, &parse(task)?, &parse(document)?));
    }
    let kind = resource_type("Patient")?;
    let mut keys: Vec<_> = rows.iter().filter_map(|row| Some((kind, row.patient.clone()?))).collect();
    keys.sort_by(|a, b| a.1.cmp(&b.1));
    keys.dedup();
    let patients = reader.read_many(&keys).await?;
    let mut listed = Vec::new();
    for row in rows {
        let person = match patients.iter().find(|patient| Some(&patient.id) == row.patient.as_ref()) {
            Some(version) => Some(Person::read(version.id.clone(), &parse(version)?)),
            None => None,
        };
        listed.push(Listed { row, person });
    }
    Ok(listed)
}

pub(super) async fn row_of(reader: &Reader, id: &Id) -> Result<Row, ChartError> {
    let Lookup::Found(task) = reader.read(resource_type("Task")?, id).await? else { return Err(ChartError::NotFound) };
    let Lookup::Found(document) = reader.read(resource_type("DocumentReference")?, id).await? else {
        return Err(ChartError::NotFound);
    };
    row(id.clone(), task.version, &parse(&task)?, &parse(&document)?).ok_or(ChartError::NotFound)
}

pub(super) async fn one(access: &Access, id: &Id) -> Result<Row, ChartError> {
    let reader = access.reader(Action::Read);
    reader.describe("届いた文書");
    match row_of(&reader, id).await {
        Ok(row) => Ok(reader.release(row).await?),
        Err(error) => {
            reader.release(()).await?;
            Err(error)
        }
    }
}

/// One document as a page shows it.
#[derive(Clone, Debug)]
pub struct Page {
    /// The line.
    pub row: Row,
    /// Whose it is.
    pub person: Option<Person>,
    /// Hash of the original, in hexadecimal, by which the ledger gives it out.
    pub original: String,
    /// Whose it may be, while nobody has said.
    pub candidates: Vec<super::Candidate>,
    /// Our record, to compare with.
    pub own: Option<compare::Own>,
}

/// Reads everything around a document; its content is read from the original by `sharing::document::received`, and its
/// items are compared by [`super::compare`] with `page.own`.
pub async fn page(reader: &Reader, id: &Id) -> Result<Page, ChartError> {
    let row = row_of(reader, id).await?;
    let binary = row.original.clone().ok_or(ChartError::NotFound)?;
    let original = crate::attachment::stored(reader, &binary).await?;
    let (mut person, mut own, mut candidates) = (None, None, Vec::new());
    match &row.patient {
        Some(patient) => {
            let Lookup::Found(version) = reader.read(resource_type("Patient")?, patient).await? else {
                return Err(ChartError::NotFound);
            };
            person = Some(Person::read(patient.clone(), &parse(&version)?));
            own = Some(compare::own(reader, patient).await?);
        }
        None => {
            if let Matching::Candidates(found) = matching(reader, &row.who).await? {
                candidates = found;
            }
        }
    }
    Ok(Page { row, person, original, candidates, own })
}

/// What a reply to a document begins with: the addressee and what it answers, for [`crate::letter::New::reply`].
pub fn reply_to(row: &Row) -> (Destination, Answers) {
    let sender = &row.sender;
    let to = Destination {
        code: sender.code.clone(),
        name: sender.institution.clone(),
        department: sender.department.clone(),
        doctor: sender.doctor.clone(),
        address: sender.address.clone(),
        phone: sender.phone.clone(),
        ..Destination::default()
    };
    let day = row.written.map(|day| format!("{}/{} ", day.month(), day.day())).unwrap_or_default();
    let words = format!("{} {day}{}", sender.institution, row.kind.word());
    (to, Answers { document: row.id.to_string(), words })
}

/// Whether a document of this kind is answered by a letter.
pub const fn is_answered(kind: Kind) -> bool {
    matches!(kind, Kind::Referral | Kind::Discharge)
}
