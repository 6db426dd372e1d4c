//! Where a signed letter stands on its way: a FHIR `Task` with the letter's own id, whose steps follow the service's
//! (clins-service §10.4). Jobs move it on inside their own write ([`stepped`]).
use super::head::{Head, Route};
use crate::ChartError;
use crate::author::Author;
use crate::parts::{clean, concept, reference, words};
use crate::query::{parse, resource_type};
use crate::view::element::{instant, text};
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::{Object, Value};
use karute_ledger::{Access, Action, Change, Commit, Expect, Lookup, Version};

/// System of the states.
const STATE: &str = "urn:karute:letter-state";
/// System of the kinds of tasks of the product.
pub(crate) const TASK: &str = "urn:karute:task";
/// Kind of a letter's delivery.
pub(super) const CODE: &str = "letter";
/// Longest words of a failure, in characters.
const WORDS: usize = 400;

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// 送信待ち: signed; for ten seconds it can be undone.
    Ready,
    /// 送信中
    Sending,
    /// 確認中: the service has it and checks it.
    Checking,
    /// 登録済: the addressee can see that it is there.
    Registered,
    /// 受領済
    Received,
    /// 取消の依頼中
    Cancelling,
    /// 取消済
    Cancelled,
    /// 期限切れ: nobody fetched it.
    Expired,
    /// 送信できていません
    Failed,
    /// 紙で発行
    Printed,
}

impl State {
    /// All.
    pub const ALL: [State; 10] = [
        State::Ready,
        State::Sending,
        State::Checking,
        State::Registered,
        State::Received,
        State::Cancelling,
        State::Cancelled,
        State::Expired,
        State::Failed,
        State::Printed,
    ];

    /// Code of `Task.businessStatus`.
    pub const fn code(self) -> &'static str {
        match self {
            State::Ready => "ready",
            State::Sending => "sending",
            State::Checking => "checking",
            State::Registered => "registered",
            State::Received => "received",
            State::Cancelling => "cancelling",
            State::Cancelled => "cancelled",
            State::Expired => "expired",
            State::Failed => "failed",
            State::Printed => "printed",
        }
    }

    /// The word shown.
    pub const fn word(self) -> &'static str {
        match self {
            State::Ready => "送信待ち",
            State::Sending => "送信中",
            State::Checking => "確認中",
            State::Registered => "登録済",
            State::Received => "受領済",
            State::Cancelling => "取消の依頼中",
            State::Cancelled => "取消済",
            State::Expired => "期限切れ",
            State::Failed => "送信できていません",
            State::Printed => "紙で発行",
        }
    }

    /// `Task.status`
    const fn status(self) -> &'static str {
        match self {
            State::Ready => "ready",
            State::Sending | State::Checking | State::Registered | State::Cancelling => "in-progress",
            State::Received | State::Printed => "completed",
            State::Cancelled => "cancelled",
            State::Expired => "rejected",
            State::Failed => "failed",
        }
    }

    /// By its code.
    pub fn parse(code: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether a step may follow. A state may be told again.
    pub fn leads_to(self, next: State) -> bool {
        use State as S;
        self == next
            || match self {
                S::Ready => matches!(next, S::Sending | S::Cancelled | S::Failed | S::Printed),
                S::Sending => matches!(next, S::Checking | S::Registered | S::Failed | S::Ready),
                S::Checking => matches!(next, S::Registered | S::Failed | S::Received),
                S::Registered => matches!(next, S::Received | S::Cancelling | S::Expired | S::Ready | S::Failed),
                S::Cancelling => matches!(next, S::Cancelled | S::Registered | S::Received | S::Expired),
                S::Failed => matches!(next, S::Ready | S::Cancelled | S::Printed),
                S::Cancelled | S::Expired | S::Printed => matches!(next, S::Ready | S::Printed),
                S::Received => false,
            }
    }

    /// Whether it can still be taken back or replaced by the service.
    pub const fn is_open(self) -> bool {
        matches!(self, State::Ready | State::Registered | State::Failed)
    }
}

/// A step.
#[derive(Clone, Debug)]
pub struct Step {
    /// To where.
    pub to: State,
    /// What the service said, or why; without patient data.
    pub words: Option<String>,
    /// What came out of it, by name: `bundle-id`, `reception-number`, `document` ….
    pub outputs: Vec<(String, String)>,
}

impl Step {
    /// Without words.
    pub fn to(state: State) -> Step {
        Step { to: state, words: None, outputs: Vec::new() }
    }
}

/// A delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its version.
    pub version: u32,
    /// Where it stands.
    pub state: State,
    /// Since when.
    pub since: Option<Timestamp>,
    /// What the service said.
    pub words: Option<String>,
    /// What came out of it.
    pub outputs: Vec<(String, String)>,
}

impl Delivery {
    /// An output by its name.
    pub fn output(&self, name: &str) -> Option<&str> {
        self.outputs.iter().find(|(each, _)| each == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn read(version: u32, body: &Value<'_>) -> Option<Delivery> {
        let state = body.get("businessStatus").and_then(|s| crate::view::element::code(s, STATE))?;
        let outputs = body.get("output").map_or(&[][..], Value::items).iter();
        Some(Delivery {
            version,
            state: State::parse(&state)?,
            since: instant(body, &["lastModified"]),
            words: text(body, &["statusReason", "text"]),
            outputs: outputs
                .filter_map(|output| Some((text(output, &["type", "text"])?, text(output, &["valueString"])?)))
                .collect(),
        })
    }
}

/// The task of a letter that was signed just now.
pub(super) fn task(head: &Head, letter: &Id, patient: &Id, author: &Author, now: Timestamp) -> Value<'static> {
    let state = if head.route == Route::Paper { State::Printed } else { State::Ready };
    let mut body = Object::new()
        .with("resourceType", "Task")
        .with("status", state.status())
        .with("businessStatus", concept(STATE, state.code(), state.word()))
        .with("intent", "order")
        .with("code", concept(TASK, CODE, "診療情報提供書の提供"))
        .with("focus", reference("Composition", letter))
        .with("for", reference("Patient", patient))
        .with("authoredOn", now.to_fhir())
        .with("lastModified", now.to_fhir())
        .with("requester", author.reference());
    if let Some(to) = &head.to {
        body.insert("owner", Value::object([("display", Value::string(to.name.clone()))]));
    }
    if head.consent.is_some() {
        let input = Value::object([("type", words("患者の同意")), ("valueReference", reference("Consent", letter))]);
        body.insert("input", Value::Array(vec![input]));
    }
    Value::Object(body)
}

/// The next version of a delivery, for the write of a job that moved it on.
///
/// # Errors
/// [`ChartError::Step`] when the step does not follow from where it stands.
pub fn stepped(task: &Version, step: &Step, now: Timestamp) -> Result<Change, ChartError> {
    let whole = parse(task)?.into_owned();
    let before = Delivery::read(task.version, &whole).ok_or(ChartError::NotFound)?;
    if !before.state.leads_to(step.to) {
        return Err(ChartError::Step);
    }
    let Value::Object(mut body) = whole else { return Err(ChartError::NotFound) };
    body.insert("status", Value::string(step.to.status()));
    body.insert("businessStatus", concept(STATE, step.to.code(), step.to.word()));
    body.insert("lastModified", Value::string(now.to_fhir()));
    match step.words.as_deref().and_then(|told| clean(told, WORDS)) {
        Some(told) => body.insert("statusReason", words(&told)),
        None => drop(body.remove("statusReason")),
    }
    let mut outputs = before.outputs;
    for (name, value) in &step.outputs {
        outputs.retain(|(each, _)| each != name);
        outputs.push((name.clone(), value.clone()));
    }
    if !outputs.is_empty() {
        let output = |(name, value): (String, String)| {
            Value::object([("type", words(&name)), ("valueString", Value::string(value))])
        };
        body.insert("output", Value::Array(outputs.into_iter().map(output).collect()));
    }
    Ok(Change::Put {
        resource_type: resource_type("Task")?,
        id: task.id.clone(),
        body: Value::Object(body),
        expect: Expect::Version(task.version),
    })
}

/// The task of a letter.
pub async fn task_of(access: &Access, letter: &Id) -> Result<Version, ChartError> {
    match access.read(resource_type("Task")?, letter).await? {
        Lookup::Found(version) => Ok(version),
        _ => Err(ChartError::NotFound),
    }
}

/// Moves a delivery on, in a write of its own.
pub async fn step(access: &Access, letter: &Id, step: &Step, now: Timestamp) -> Result<Delivery, ChartError> {
    let task = task_of(access, letter).await?;
    let mut commit = Commit::new(Action::Update);
    commit.detail = Some(format!("診療情報提供書：{}", step.to.word()));
    commit.changes.push(stepped(&task, step, now)?);
    let made = access.commit(commit).await?;
    let version = made.versions.first().ok_or(ChartError::NotFound)?;
    Delivery::read(version.version, &parse(version)?).ok_or(ChartError::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_follow_the_service_and_what_was_received_stays_received() {
        for (from, to, follows) in [
            (State::Ready, State::Sending, true),
            (State::Ready, State::Received, false),
            (State::Sending, State::Failed, true),
            (State::Failed, State::Ready, true),
            (State::Registered, State::Cancelling, true),
            (State::Registered, State::Ready, true),
            (State::Received, State::Cancelled, false),
            (State::Received, State::Ready, false),
            (State::Cancelled, State::Registered, false),
        ] {
            assert_eq!(from.leads_to(to), follows, "{from:?} {to:?}");
        }
        for state in State::ALL {
            assert_eq!(State::parse(state.code()), Some(state));
            assert!(state.leads_to(state));
        }
    }
}
