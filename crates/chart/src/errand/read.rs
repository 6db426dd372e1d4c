//! Errands as they are kept, and the list of them.
use super::CODE;
use crate::ChartError;
use crate::letter::TASK;
use crate::query::{joined, parse, resource_type, search_all};
use crate::view::Person;
use crate::view::element::{instant, reference, text};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use karute_json::Value;
use karute_ledger::{Access, Action, Reader, Version};

/// Errands read at most.
const MOST: usize = 200;
/// Documents asked for at once.
const AT_ONCE: usize = 50;

/// Where an errand stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// 依頼中
    Open,
    /// 返事あり
    Answered,
    /// 取り下げ
    Withdrawn,
}

impl State {
    /// `Task.status`
    pub(super) const fn status(self) -> &'static str {
        match self {
            State::Open => "requested",
            State::Answered => "completed",
            State::Withdrawn => "cancelled",
        }
    }
    /// The word shown.
    pub const fn word(self) -> &'static str {
        match self {
            State::Open => "依頼中",
            State::Answered => "返事あり",
            State::Withdrawn => "取り下げ",
        }
    }
    fn parse(status: &str) -> Option<State> {
        [State::Open, State::Answered, State::Withdrawn].into_iter().find(|state| state.status() == status)
    }
}

/// Something that was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// `Task` id.
    pub id: Id,
    /// Its version, for what is done next.
    pub version: u32,
    /// Where it stands.
    pub state: State,
    /// The document: `DocumentReference` id.
    pub document: Id,
    /// About whom.
    pub patient: Id,
    /// The patient, where the list read who it is.
    pub person: Option<Person>,
    /// What is asked.
    pub words: String,
    /// Who asked.
    pub by: String,
    /// When it was asked.
    pub at: Option<Timestamp>,
    /// What was done: words, by whom, when.
    pub answer: Option<(String, String, Option<Timestamp>)>,
}

impl Errand {
    pub(super) fn read(version: &Version) -> Result<Option<Errand>, ChartError> {
        let body = parse(version)?;
        let codings = body.at(&["code", "coding"]).map_or(&[][..], Value::items);
        let is_errand = codings.iter().any(|c| text(c, &["code"]).as_deref() == Some(CODE));
        let state = text(&body, &["status"]).and_then(|status| State::parse(&status));
        let document = reference(&body, &["focus", "reference"], "DocumentReference");
        let patient = reference(&body, &["for", "reference"], "Patient");
        let (true, Some(state), Some(document), Some(patient)) = (is_errand, state, document, patient) else {
            return Ok(None);
        };
        let answer = body.get("note").and_then(|notes| notes.items().last()).and_then(|note| {
            let by = text(note, &["authorReference", "display"]).unwrap_or_default();
            Some((text(note, &["text"])?, by, instant(note, &["time"])))
        });
        Ok(Some(Errand {
            id: version.id.clone(),
            version: version.version,
            state,
            document,
            patient,
            person: None,
            words: text(&body, &["description"]).unwrap_or_default(),
            by: text(&body, &["requester", "display"]).unwrap_or_default(),
            at: instant(&body, &["authoredOn"]),
            answer,
        }))
    }
}

/// For the list of work: what is open, the oldest first, then what was answered on the day. One audit event.
pub fn list(access: &Access, day: Date) -> BoxFuture<'_, Result<Vec<Errand>, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::View);
        reader.describe("看護師への依頼の一覧");
        let found = read(&reader, day).await?;
        Ok(reader.release(found).await?)
    })
}

async fn read(reader: &Reader, day: Date) -> Result<Vec<Errand>, ChartError> {
    let (code, since) = (format!("{TASK}|{CODE}"), format!("ge{day}"));
    let open = [("code", code.as_str()), ("status", State::Open.status()), ("_count", "100")];
    let done = [
        ("code", code.as_str()),
        ("status", State::Answered.status()),
        ("modified", since.as_str()),
        ("_count", "100"),
    ];
    let mut found = Vec::new();
    for pairs in [open.as_slice(), done.as_slice()] {
        for version in search_all(reader, "Task", pairs, MOST).await? {
            found.extend(Errand::read(&version)?);
        }
    }
    let kind = resource_type("Patient")?;
    let mut keys: Vec<_> = found.iter().map(|errand| (kind, errand.patient.clone())).collect();
    keys.sort_by(|a, b| a.1.cmp(&b.1));
    keys.dedup();
    let patients = reader.read_many(&keys).await?;
    for errand in &mut found {
        if let Some(version) = patients.iter().find(|version| version.id == errand.patient) {
            errand.person = Some(Person::read(version.id.clone(), &parse(version)?));
        }
    }
    found.sort_by_key(|errand| (errand.state, errand.at));
    Ok(found)
}

/// What was asked about these documents, the newest first.
pub fn of_documents<'a>(reader: &'a Reader, documents: &'a [Id]) -> BoxFuture<'a, Result<Vec<Errand>, ChartError>> {
    Box::pin(async move {
        let code = format!("{TASK}|{CODE}");
        let mut found = Vec::new();
        for some in documents.chunks(AT_ONCE) {
            let focus = joined(some.iter());
            let pairs = [("code", code.as_str()), ("focus", focus.as_str()), ("_count", "200")];
            for version in search_all(reader, "Task", &pairs, MOST).await? {
                found.extend(Errand::read(&version)?);
            }
        }
        found.sort_by_key(|errand| std::cmp::Reverse(errand.at));
        Ok(found)
    })
}
