//! Taking in what came: the original untouched, its items apart, its patient where everything agrees; in one write.
use super::matching::{Matching, matching};
use super::resource::{State, binary, document, moved, task};
use super::review::{critical, limits};
use super::{Received, read};
use crate::ChartError;
use crate::outside::{self, Origin};
use crate::query::{parse, resource_type, search};
use karute_crypto::sha256;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::Value;
use karute_ledger::{Access, Action, BlobInfo, Change, Commit, Expect, LedgerError, Lookup, NewJob, Reader};

const BUNDLE: &str = "http://jpfhir.jp/fhir/clins/bundle-identifier";

/// Something that came.
#[derive(Clone, Debug)]
pub struct Receipt<'a> {
    /// The original, already in the ledger's attachments to the byte.
    pub original: BlobInfo,
    /// Its media type: `application/fhir+json`.
    pub media: &'a str,
    /// The same, read.
    pub received: &'a Received,
    /// Outgoing jobs of the same write: the confirmation of receipt.
    pub jobs: Vec<NewJob>,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// `DocumentReference` id.
    pub id: Id,
    /// Where it stands.
    pub state: State,
    /// Whose it is, where that is known.
    pub patient: Option<Id>,
    /// It had been taken in before; nothing was written.
    pub already: bool,
}

/// Takes a document in. The same bytes twice are the same document; another version of it (同じ Bundle-ID) replaces the
/// first in the list, which stays readable.
pub async fn receive(access: &Access, receipt: Receipt<'_>, now: Timestamp) -> Result<Taken, ChartError> {
    let Receipt { original, media, received, jobs } = receipt;
    let named = format!("{}|{}|{}", received.sender.code, received.identifier, original.hash.to_hex());
    let id = derived("rx", &named)?;
    let kind = resource_type("DocumentReference")?;
    if let Lookup::Found(_) | Lookup::Gone(_) = access.read(kind, &id).await? {
        return standing(access, id).await;
    }
    let reader = access.reader(Action::Search);
    reader.describe("届いた文書の患者を探す");
    let found = matching(&reader, &received.who).await?;
    let earlier = earlier(&reader, received).await?;
    reader.release(()).await?;
    let patient = match found {
        Matching::Exact(patient) => Some(patient),
        Matching::Candidates(_) => None,
    };
    let critical = critical(received, &limits(access).await?);
    let state = match (&patient, critical.is_empty()) {
        (None, _) => State::Unmatched,
        (Some(_), false) => State::ToDo,
        (Some(_), true) => State::Unread,
    };
    let content = derived("rb", &named)?;
    let mut commit = Commit::new(Action::Create);
    commit.detail = Some(format!("{}を受信", received.kind.word()));
    let replaces = earlier.as_ref().map(|(id, ..)| id);
    let mut put = |kind, id: &Id, body| {
        let (resource_type, id) = (resource_type(kind)?, id.clone());
        commit.changes.push(Change::Put { resource_type, id, body, expect: Expect::Absent });
        Ok::<_, ChartError>(())
    };
    put("Binary", &content, binary(media, &original))?;
    let body = document(received, patient.as_ref(), (&content, media, &original), replaces, now);
    put("DocumentReference", &id, body)?;
    let from = (received.sender.institution.as_str(), received.sender.code.as_str());
    let day = received.written.unwrap_or(now).day_in_japan();
    let items = received.all_items();
    put("List", &id, outside::list(Origin::Letter, from, day, patient.as_ref(), Some(&id), &items))?;
    put("Task", &id, task(&id, patient.as_ref(), state, (received, &critical), now))?;
    if let Some((earlier, version, body)) = earlier {
        let Value::Object(mut body) = body else { return Err(ChartError::NotFound) };
        moved(&mut body, State::Replaced, None, now);
        commit.changes.push(Change::Put {
            resource_type: resource_type("Task")?,
            id: earlier,
            body: Value::Object(body),
            expect: Expect::Version(version),
        });
    }
    commit.jobs = jobs;
    match access.commit(commit).await {
        Ok(_) => Ok(Taken { id, state, patient, already: false }),
        Err(LedgerError::Exists) => standing(access, id).await,
        Err(other) => Err(other.into()),
    }
}

async fn standing(access: &Access, id: Id) -> Result<Taken, ChartError> {
    let reader = access.reader(Action::Read);
    reader.describe("届いた文書");
    let row = read::row_of(&reader, &id).await?;
    let row = reader.release(row).await?;
    Ok(Taken { state: row.state, patient: row.patient, already: true, id })
}

/// The version of the same document that came before, when somebody has not acted on it yet.
async fn earlier(reader: &Reader, received: &Received) -> Result<Option<(Id, u32, Value<'static>)>, ChartError> {
    if received.identifier.is_empty() {
        return Ok(None);
    }
    let token = format!("{BUNDLE}|{}", received.identifier);
    let pairs = [("identifier", token.as_str()), ("_sort", "-date"), ("_count", "20")];
    for version in search(reader, "DocumentReference", &pairs).await?.matches {
        let Lookup::Found(task) = reader.read(resource_type("Task")?, &version.id).await? else { continue };
        let body = parse(&task)?.into_owned();
        let row = super::resource::row(version.id.clone(), task.version, &body, &parse(&version)?);
        // What a sender says of itself decides: another institution cannot replace it.
        let own = |row: &super::Row| row.sender.code == received.sender.code && row.state != State::Replaced;
        if row.is_some_and(|row| own(&row)) {
            return Ok(Some((version.id.clone(), task.version, body)));
        }
    }
    Ok(None)
}

/// An id that the same thing always gets.
pub(super) fn derived(prefix: &str, named: &str) -> Result<Id, ChartError> {
    let hash = sha256(named.as_bytes()).to_hex();
    Id::new(&format!("{prefix}-{}", hash.get(..40).unwrap_or_default())).map_err(|_| ChartError::Invalid)
}
