//! How the life of a prescription is kept: a FHIR `Task` with every step as a version, its document and the results
//! beside it as `Binary`, to the byte.
use crate::flow::{Form, Life, Notice, State};
use crate::wire::message::Finding;
use crate::wire::prescription::Prescription;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use karute_fhir::search::{ParseContext, Query};
use karute_fhir::{Id, ResourceType};
use karute_japan::{Date, Timestamp};
use karute_json::{Limits, Object, Value, parse};
use karute_ledger::{Access, Action, Change, Expect, LedgerError, Lookup, Reader, Version};
use karute_signing::SigningRecord;

pub use super::beside::{Document, document, read_copy, read_document, read_result};

/// System of a task's own key.
pub const KEY: &str = "urn:karute:eprescription";
/// System of 処方箋ID.
pub const PRESCRIPTION_ID: &str = "urn:karute:prescription-id";
/// System of the group of a visit's lines, as the chart writes it.
const GROUP: &str = "urn:karute:prescription";
const LIFE: &str = "urn:karute:eprescription-life";
const CODE: &str = "urn:karute:task";
/// System of `Task.businessStatus`: where a prescription stands.
const STATE: &str = "urn:karute:eprescription-state";

/// Most prescriptions of one patient that are looked at for a search.
const MAX_FAMILY: usize = 500;

/// What is kept of a prescription.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// Id of the task; it is also the key of its sendings.
    pub id: Id,
    /// Version of the task; 0 while it has none.
    pub version: u32,
    /// The patient.
    pub patient: Id,
    /// The visit.
    pub visit: Id,
    /// What the flow knows and what a person must see.
    pub stored: Stored,
}

/// What travels in the task's extension.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Stored {
    /// Where it stands.
    pub life: Life,
    /// First sending, FHIR instant.
    pub first_sent: Option<String>,
    /// Sendings so far: part of the identifier of each.
    pub sends: u32,
    /// Last day of use, `yyyy-MM-dd`.
    pub last_day: String,
    /// Faults the service found, as it told them: code and words.
    pub faults: Vec<(String, String)>,
    /// What a person is to be told, oldest first; the screen takes them out.
    pub notices: Vec<String>,
    /// 調剤結果ID that are kept, oldest first.
    pub results: Vec<String>,
    /// The pharmacy that has it.
    pub pharmacy: Option<String>,
    /// 処方内容（控え） is kept.
    pub copy: bool,
    /// What the audit trail keeps of the signature; none on paper.
    #[serde(default)]
    pub signed: Option<SigningRecord>,
    /// Versions of the lines it was made of, `id:version`.
    #[serde(default)]
    pub lines: Vec<String>,
    /// Which part of a divided prescription this is.
    #[serde(default)]
    pub part: Option<Part>,
}

/// A part of a divided prescription (分割指示).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Part {
    /// Id of the first part's task: what they have in common.
    pub of: String,
    /// 総分割回数
    pub total: u8,
    /// 回
    pub this: u8,
}

impl Kept {
    /// A prescription that is ready to be sent.
    pub fn ready(id: Id, patient: Id, visit: Id, form: Form, what: &Prescription) -> Kept {
        Kept::of(id, patient, visit, Life { state: State::Signed, ..Life::new(form) }, what.last_day())
    }

    /// One that stands so and was never sent.
    pub(super) fn of(id: Id, patient: Id, visit: Id, life: Life, last_day: Date) -> Kept {
        let stored = Stored {
            life,
            first_sent: None,
            sends: 0,
            last_day: last_day.to_string(),
            faults: Vec::new(),
            notices: Vec::new(),
            results: Vec::new(),
            pharmacy: None,
            copy: false,
            signed: None,
            lines: Vec::new(),
            part: None,
        };
        Kept { id, version: 0, patient, visit, stored }
    }

    /// Whether it is 院内処方: nothing to give out, and followed by itself.
    pub fn is_in_house(&self) -> bool {
        self.stored.life.form == Form::InHouse
    }

    /// Whether the original is electronic and stands: then no paper form may be printed beside it.
    pub fn is_electronic_original(&self) -> bool {
        let gone = matches!(
            self.stored.life.state,
            State::Draft
                | State::Cancelled
                | State::Expired
                | State::OnPaper
                | State::Returned
                | State::Unregistered { .. }
        );
        self.stored.life.form == Form::Electronic && !gone
    }

    /// All parts of the divided prescription that this one belongs to, in order, itself among them; itself alone where it
    /// is not divided. `all`: the prescriptions of the patient.
    pub fn with_parts(&self, all: &[Kept]) -> Vec<Kept> {
        let Some(part) = &self.stored.part else { return vec![self.clone()] };
        let of = |kept: &&Kept| kept.stored.part.as_ref().is_some_and(|other| other.of == part.of);
        let mut parts: Vec<Kept> = all.iter().filter(of).cloned().collect();
        parts.sort_by_key(|kept| kept.stored.part.as_ref().map(|part| part.this));
        if parts.is_empty() { vec![self.clone()] } else { parts }
    }

    pub(super) fn told(&mut self, notice: Notice) {
        let word = notice.code().to_owned();
        if !self.stored.notices.contains(&word) {
            self.stored.notices.push(word);
        }
    }

    pub(super) fn faults(&mut self, findings: &[Finding]) {
        self.stored.faults = findings.iter().map(|f| (f.code.clone(), f.message.clone())).collect();
    }

    /// The task as a change; its version must still be the one that was read.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn change(&self, now: Timestamp) -> Result<Change, LedgerError> {
        let body = self.body(now).ok_or_else(|| LedgerError::Integrity("a prescription cannot be written".into()))?;
        let expect = if self.version == 0 { Expect::Absent } else { Expect::Version(self.version) };
        Ok(Change::Put { resource_type: kind("Task")?, id: self.id.clone(), body, expect })
    }

    fn body(&self, now: Timestamp) -> Option<Value<'static>> {
        let life = &self.stored.life;
        let numbers = [life.id.as_deref(), life.before.as_ref().map(|(id, _)| id.as_str())];
        let identifiers = std::iter::once((KEY, self.id.as_str()))
            .chain(numbers.into_iter().flatten().map(|id| (PRESCRIPTION_ID, id)))
            .map(|(system, value)| Value::object([("system", text(system)), ("value", text(value))]))
            .collect();
        let coding = Value::object([("system", text(CODE)), ("code", text("eprescription"))]);
        let reference = |to: String| Value::object([("reference", Value::string(to))]);
        let extension = Value::object([
            ("url", text(LIFE)),
            ("valueString", Value::string(serde_json::to_string(&self.stored).ok()?)),
        ]);
        let results = self.stored.results.iter().map(|id| {
            let kind = Value::object([("text", text("調剤結果"))]);
            Value::object([("type", kind), ("valueReference", reference(format!("Binary/{id}")))])
        });
        let (place, name) =
            if self.is_in_house() { ("in-house", "院内処方") } else { ("outside", "電子処方箋") };
        let group =
            Value::object([("system", text(GROUP)), ("value", Value::string(format!("{}-{place}", self.visit)))]);
        let mut task = Object::new();
        task.insert("resourceType", text("Task"));
        task.insert("extension", Value::Array(vec![extension]));
        task.insert("identifier", Value::Array(identifiers));
        task.insert("groupIdentifier", group);
        task.insert("status", text(status(life.state)));
        let stands = Value::object([("system", text(STATE)), ("code", text(code(life.state)))]);
        let business = [("coding", Value::Array(vec![stands])), ("text", text(words(life.state)))];
        task.insert("businessStatus", Value::object(business));
        task.insert("intent", text("order"));
        let concept = Value::object([("coding", Value::Array(vec![coding])), ("text", text(name))]);
        task.insert("code", concept);
        task.insert("focus", reference(format!("Binary/{}", self.id)));
        task.insert("for", reference(format!("Patient/{}", self.patient)));
        task.insert("encounter", reference(format!("Encounter/{}", self.visit)));
        task.insert("lastModified", Value::string(now.to_fhir()));
        let results: Vec<Value<'static>> = results.collect();
        if !results.is_empty() {
            task.insert("output", Value::Array(results));
        }
        Some(Value::Object(task))
    }

    fn read(version: &Version) -> Result<Kept, LedgerError> {
        let damaged = || LedgerError::Integrity(format!("Task/{} is no prescription", version.id));
        let body = parse(version.body.as_bytes(), &Limits::FHIR).map_err(|_| damaged())?;
        let referred = |name: &str, kind: &str| {
            let text = body.at(&[name, "reference"]).and_then(Value::as_str)?;
            Id::new(text.strip_prefix(kind)?.strip_prefix('/')?).ok()
        };
        let life = body.get("extension").map_or(&[][..], Value::items).iter().find_map(|extension| {
            let ours = extension.get("url").and_then(Value::as_str).is_some_and(|url| url == LIFE);
            ours.then(|| extension.get("valueString").and_then(Value::as_str).map(std::borrow::Cow::into_owned))
                .flatten()
        });
        Ok(Kept {
            id: version.id.clone(),
            version: version.version,
            patient: referred("for", "Patient").ok_or_else(damaged)?,
            visit: referred("encounter", "Encounter").ok_or_else(damaged)?,
            stored: serde_json::from_str(&life.ok_or_else(damaged)?).map_err(|_| damaged())?,
        })
    }
}

/// `Task.status` for a state.
fn status(state: State) -> &'static str {
    match state {
        State::Draft | State::Checked => "draft",
        State::Signed => "ready",
        State::Dispensed | State::OnPaper => "completed",
        State::Cancelled => "cancelled",
        State::Returned | State::Expired | State::Unregistered { .. } => "failed",
        _ => "in-progress",
    }
}

/// The state as a code, for searches.
fn code(state: State) -> &'static str {
    match state {
        State::Draft => "draft",
        State::Checked => "checked",
        State::Signed => "signed",
        State::Registering => "registering",
        State::Unsure => "unsure",
        State::Registered => "registered",
        State::Received => "received",
        State::Dispensed => "dispensed",
        State::Returned => "returned",
        State::Changing => "changing",
        State::ChangeUnsure => "change-unsure",
        State::Cancelling => "cancelling",
        State::Cancelled => "cancelled",
        State::UndoingCancel => "undoing-cancel",
        State::UndoingChange => "undoing-change",
        State::Expired => "expired",
        State::Unregistered { .. } => "unregistered",
        State::OnPaper => "on-paper",
    }
}

/// What people call a state.
pub fn words(state: State) -> &'static str {
    match state {
        State::Draft => "下書き",
        State::Checked => "チェック済",
        State::Signed => "送信待ち",
        State::Registering => "登録中",
        State::Unsure => "登録結果を確認中",
        State::Registered => "登録済",
        State::Received => "薬局で受付済",
        State::Dispensed => "調剤済",
        State::Returned => "回収済",
        State::Changing => "変更中",
        State::ChangeUnsure => "変更結果を確認中",
        State::Cancelling => "取消中",
        State::Cancelled => "取消済",
        State::UndoingCancel | State::UndoingChange => "取消・変更を戻しています",
        State::Expired => "使用期限切れ",
        State::Unregistered { .. } => "未登録",
        State::OnPaper => "紙で発行（引換番号なし）",
    }
}

fn text(plain: &str) -> Value<'static> {
    Value::string(plain.to_owned())
}

pub(super) fn kind(name: &str) -> Result<ResourceType, LedgerError> {
    ResourceType::parse(name).ok_or_else(|| LedgerError::Unsupported(name.to_owned()))
}

/// A document beside the task, to the byte.
///
/// # Errors
/// When the resource type is not known.
pub fn binary(id: &Id, patient: &Id, content_type: &str, bytes: &[u8], expect: Expect) -> Result<Change, LedgerError> {
    let whose = Value::object([("reference", Value::string(format!("Patient/{patient}")))]);
    let body = Value::object([
        ("resourceType", text("Binary")),
        ("contentType", text(content_type)),
        ("securityContext", whose),
        ("data", Value::string(STANDARD.encode(bytes))),
    ]);
    Ok(Change::Put { resource_type: kind("Binary")?, id: id.clone(), body, expect })
}

fn query(target: &str, pairs: &[(&str, &str)]) -> Result<Query, LedgerError> {
    let owned: Vec<(String, String)> = pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    let context = ParseContext { base: "", now: Timestamp::default() };
    karute_fhir::search::parse(kind(target)?, &owned, &context)
        .map_err(|error| LedgerError::Unsupported(format!("{target}.{}", error.parameter)))
}

/// One prescription.
///
/// # Errors
/// When it is not there, is no prescription, or the ledger cannot be read.
pub async fn load(access: &Access, id: &Id) -> Result<Kept, LedgerError> {
    let reader = access.reader(Action::Read);
    match read(&reader, id).await? {
        Some(kept) => reader.release(kept).await,
        None => Err(LedgerError::NotFound),
    }
}

/// One prescription, through the caller's reader; `None` when it is not there.
///
/// # Errors
/// When it is no prescription, or the ledger cannot be read.
pub async fn read(reader: &Reader, id: &Id) -> Result<Option<Kept>, LedgerError> {
    match reader.read(kind("Task")?, id).await? {
        Lookup::Found(version) => Kept::read(&version).map(Some),
        _ => Ok(None),
    }
}

async fn all(reader: &Reader, query: &Query) -> Result<Vec<Kept>, LedgerError> {
    let mut found = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = reader.search(query, after.as_deref()).await?;
        for version in &page.matches {
            found.push(Kept::read(version)?);
        }
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
        if found.len() > MAX_FAMILY {
            return Err(LedgerError::Limit("prescriptions of one patient"));
        }
    }
}

/// All prescriptions of a patient.
///
/// # Errors
/// When the ledger cannot be read, or there are more than 500.
pub async fn of_patient(access: &Access, patient: &Id) -> Result<Vec<Kept>, LedgerError> {
    let reader = access.reader(Action::Search);
    let found = read_of_patient(&reader, patient).await?;
    reader.release(found).await
}

/// The same through the caller's reader, in the order of their ids.
///
/// # Errors
/// See [`of_patient`].
pub async fn read_of_patient(reader: &Reader, patient: &Id) -> Result<Vec<Kept>, LedgerError> {
    let code = format!("{CODE}|eprescription");
    let mut found = all(reader, &query("Task", &[("patient", patient.as_str()), ("code", &code)])?).await?;
    found.sort_by(|one, other| one.id.as_str().cmp(other.id.as_str()));
    Ok(found)
}

/// The prescription with a 処方箋ID.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn by_number(access: &Access, prescription_id: &str) -> Result<Option<Kept>, LedgerError> {
    let reader = access.reader(Action::Search);
    let identifier = format!("{PRESCRIPTION_ID}|{prescription_id}");
    let found = all(&reader, &query("Task", &[("identifier", &identifier)])?).await?;
    reader.release(found.into_iter().next()).await
}

/// Where a prescription stands that the service does not have, and a person must look.
const UNREGISTERED: [&str; 4] = ["signed", "registering", "unsure", "unregistered"];

/// Prescriptions that the service does not have, oldest first; at most 500 are looked at. One given out on paper is
/// settled.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn read_unregistered(reader: &Reader) -> Result<Vec<Kept>, LedgerError> {
    let mut found = all(reader, &query("Task", &[("business-status", &unregistered())])?).await?;
    found.sort_by(|one, other| one.id.as_str().cmp(other.id.as_str()));
    Ok(found)
}

/// Prescriptions that something happened to since an instant, the newest first.
///
/// # Errors
/// When the ledger cannot be read, or there are more than 500.
pub async fn read_since(reader: &Reader, since: Timestamp) -> Result<Vec<Kept>, LedgerError> {
    let (code, since) = (format!("{CODE}|eprescription"), format!("ge{}", since.to_fhir()));
    let mut found = all(reader, &query("Task", &[("code", &code), ("_lastUpdated", &since)])?).await?;
    found.reverse();
    Ok(found)
}

/// How many they are. Nothing of them is told, so that no event names them.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn count_unregistered(access: &Access) -> Result<u64, LedgerError> {
    let reader = access.reader(Action::View);
    reader.describe("未登録の処方箋の数");
    let found = reader.search(&query("Task", &[("business-status", &unregistered()), ("_count", "0")])?, None).await?;
    reader.release(found.total.unwrap_or_default()).await
}

fn unregistered() -> String {
    UNREGISTERED.map(|state| format!("{STATE}|{state}")).join(",")
}
