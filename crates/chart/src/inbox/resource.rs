//! What came, on record: a `DocumentReference` that names the untouched original, and a `Task` that says what is still to
//! be done with it. Both carry the same id.
use super::{Kind, Received, Sender, Who};
use crate::attachment::HASH;
use crate::author::Author;
use crate::letter::TASK;
use crate::parts::{concept, reference, words};
use crate::view::Sex;
use crate::view::element::{code, date, extension, instant, reference as id_of, text};
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use karute_json::{Number, Object, Value};
use karute_ledger::BlobInfo;

/// System of the kinds of documents that came.
pub(super) const CATEGORY: &str = "urn:karute:inbox";
const STATE: &str = "urn:karute:inbox-state";
pub(super) const CODE: &str = "inbox";
const BUNDLE: &str = "http://jpfhir.jp/fhir/clins/bundle-identifier";
const SENDER: &str = "urn:karute:sender";
const WHO: &str = "urn:karute:about";

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// 要対応: somebody must record what was done.
    ToDo,
    /// 未確認
    Unread,
    /// 患者を確認
    Unmatched,
    /// 確認済
    Reviewed,
    /// 差し替え済: a newer version came.
    Replaced,
}

impl State {
    /// All.
    pub const ALL: [State; 5] = [State::ToDo, State::Unread, State::Unmatched, State::Reviewed, State::Replaced];

    /// Code of `Task.businessStatus`.
    pub const fn code(self) -> &'static str {
        match self {
            State::ToDo => "to-do",
            State::Unread => "unread",
            State::Unmatched => "unmatched",
            State::Reviewed => "reviewed",
            State::Replaced => "replaced",
        }
    }
    /// The word shown.
    pub const fn word(self) -> &'static str {
        match self {
            State::ToDo => "要対応",
            State::Unread => "未確認",
            State::Unmatched => "患者を確認",
            State::Reviewed => "確認済",
            State::Replaced => "差し替え済",
        }
    }
    /// `Task.status`
    pub(super) const fn status(self) -> &'static str {
        match self {
            State::Unmatched => "requested",
            State::Unread => "received",
            State::ToDo => "in-progress",
            State::Reviewed => "completed",
            State::Replaced => "cancelled",
        }
    }
    /// By its code.
    pub fn parse(code: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.code() == code)
    }
}

fn string(plain: impl Into<String>) -> Value<'static> {
    Value::string(plain.into())
}

fn parts(url: &'static str, all: &[(&'static str, &str)]) -> Value<'static> {
    let filled = all.iter().filter(|(_, value)| !value.is_empty());
    let part =
        |(name, value): &(&'static str, &str)| Value::object([("url", string(*name)), ("valueString", string(*value))]);
    Value::object([("url", string(url)), ("extension", Value::Array(filled.map(part).collect()))])
}

fn part(body: &Value<'_>, url: &str, name: &str) -> String {
    extension(body, url).and_then(|e| extension(e, name)).and_then(|e| text(e, &["valueString"])).unwrap_or_default()
}

/// The `Binary` of the original.
pub(super) fn binary(media: &str, info: &BlobInfo) -> Value<'static> {
    let tag = Value::object([("system", string(HASH)), ("code", string(info.hash.to_hex()))]);
    Value::object([
        ("resourceType", string("Binary")),
        ("meta", Value::object([("tag", Value::Array(vec![tag]))])),
        ("contentType", string(media)),
    ])
}

/// The `DocumentReference`.
pub(super) fn document(
    received: &Received,
    patient: Option<&Id>,
    (binary, media, info): (&Id, &str, &BlobInfo),
    replaces: Option<&Id>,
    now: Timestamp,
) -> Value<'static> {
    let sender = &received.sender;
    let who = &received.who;
    let birth = who.birth.map(|day| day.to_string()).unwrap_or_default();
    let sex = match who.sex {
        Sex::Male => "male",
        Sex::Female => "female",
        Sex::Unknown => "",
    };
    let mut body = Object::new().with("resourceType", "DocumentReference");
    body.insert(
        "extension",
        Value::Array(vec![
            parts(
                SENDER,
                &[
                    ("institution", &sender.institution),
                    ("code", &sender.code),
                    ("department", &sender.department),
                    ("doctor", &sender.doctor),
                    ("address", &sender.address),
                    ("phone", &sender.phone),
                    ("summary", &received.summary()),
                ],
            ),
            parts(
                WHO,
                &[
                    ("name", &who.name),
                    ("kana", &who.kana),
                    ("birth", &birth),
                    ("sex", sex),
                    ("member", &who.member),
                    ("address", &who.address),
                ],
            ),
        ]),
    );
    if !received.identifier.is_empty() {
        let own = Value::object([("system", string(BUNDLE)), ("value", string(received.identifier.clone()))]);
        body.insert("identifier", Value::Array(vec![own]));
    }
    body.insert("status", string("current"));
    body.insert("type", words(received.kind.word()));
    body.insert("category", Value::Array(vec![concept(CATEGORY, received.kind.code(), received.kind.word())]));
    if let Some(patient) = patient {
        body.insert("subject", reference("Patient", patient));
    }
    body.insert("date", string(received.written.unwrap_or(now).to_fhir()));
    let author = [sender.institution.as_str(), sender.department.as_str(), sender.doctor.as_str()];
    let author = author.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    body.insert("author", Value::Array(vec![Value::object([("display", string(author))])]));
    // A custodian without a reference is somebody else than this clinic.
    body.insert("custodian", Value::object([("display", string(sender.institution.clone()))]));
    if let Some(replaced) = replaces {
        let related = [("code", string("replaces")), ("target", reference("DocumentReference", replaced))];
        body.insert("relatesTo", Value::Array(vec![Value::object(related)]));
    }
    body.insert("description", string(received.title.clone()));
    let attachment = Value::object([
        ("contentType", string(media)),
        ("url", string(format!("Binary/{binary}"))),
        ("size", Value::Number(Number::from_i64(i64::try_from(info.size).unwrap_or(i64::MAX)))),
        ("title", string("原文")),
    ]);
    body.insert("content", Value::Array(vec![Value::object([("attachment", attachment)])]));
    Value::Object(body)
}

/// Something that was done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// What: 電話した, 再検, 経過をみる, or words.
    pub words: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Option<Timestamp>,
}

/// The `Task`.
pub(super) fn task(
    document: &Id,
    patient: Option<&Id>,
    state: State,
    (received, critical): (&Received, &[String]),
    now: Timestamp,
) -> Value<'static> {
    let mut body = Object::new()
        .with("resourceType", "Task")
        .with("status", state.status())
        .with("businessStatus", concept(STATE, state.code(), state.word()))
        .with("intent", "order")
        .with("priority", if critical.is_empty() { "routine" } else { "urgent" })
        .with("code", concept(TASK, CODE, "届いた文書の確認"))
        .with("focus", reference("DocumentReference", document));
    if let Some(patient) = patient {
        body.insert("for", reference("Patient", patient));
    }
    body.insert("authoredOn", string(now.to_fhir()));
    body.insert("lastModified", string(now.to_fhir()));
    body.insert("requester", Value::object([("display", string(received.sender.institution.clone()))]));
    let of = |name: &str, value: String| Value::object([("type", words(name)), ("valueString", string(value))]);
    let mut inputs: Vec<Value<'static>> = super::review::abnormal(received).into_iter().map(|v| of("値", v)).collect();
    inputs.extend(critical.iter().map(|value| of("要対応", value.clone())));
    if !inputs.is_empty() {
        body.insert("input", Value::Array(inputs));
    }
    Value::Object(body)
}

/// Moves a task to a state; `done` is what somebody did about it.
pub(super) fn moved(body: &mut Object<'static>, state: State, done: Option<(&str, &Author)>, now: Timestamp) {
    body.insert("status", string(state.status()));
    body.insert("businessStatus", concept(STATE, state.code(), state.word()));
    body.insert("lastModified", string(now.to_fhir()));
    if let Some((told, author)) = done {
        let note = Value::object([
            ("authorReference", author.reference()),
            ("time", string(now.to_fhir())),
            ("text", string(told)),
        ]);
        let mut notes = match body.remove("note") {
            Some(Value::Array(notes)) => notes,
            _ => Vec::new(),
        };
        notes.push(note);
        body.insert("note", Value::Array(notes));
        body.insert("owner", author.reference());
    }
}

/// A line of the inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// `DocumentReference` id, which is the `Task`'s too.
    pub id: Id,
    /// Version of the `Task`, for what is done next.
    pub version: u32,
    /// Where it stands.
    pub state: State,
    /// What it is.
    pub kind: Kind,
    /// Title as the sender wrote it.
    pub title: String,
    /// Who wrote.
    pub sender: Sender,
    /// One line of it.
    pub summary: String,
    /// About whom, as the sender knows the person.
    pub who: Who,
    /// Whose it is.
    pub patient: Option<Id>,
    /// When it was written.
    pub written: Option<Date>,
    /// When it came.
    pub came: Option<Timestamp>,
    /// Abnormal values: `K 5.6`.
    pub values: Vec<String>,
    /// Values beyond the clinic's limits.
    pub critical: Vec<String>,
    /// What was done, newest last.
    pub done: Vec<Done>,
    /// `Binary` id of the original.
    pub original: Option<Id>,
    /// Bundle-ID.
    pub identifier: String,
}

/// Reads a line of both resources.
pub(super) fn row(id: Id, version: u32, task: &Value<'_>, document: &Value<'_>) -> Option<Row> {
    let state = task.get("businessStatus").and_then(|s| code(s, STATE)).and_then(|s| State::parse(&s))?;
    let kind = document.get("category").map_or(&[][..], Value::items).iter().find_map(|c| code(c, CATEGORY))?;
    let inputs = task.get("input").map_or(&[][..], Value::items);
    let input = |wanted: &str| -> Vec<String> {
        let of = inputs.iter().filter(|i| text(i, &["type", "text"]).as_deref() == Some(wanted));
        of.filter_map(|i| text(i, &["valueString"])).collect()
    };
    let sender = |name: &str| part(document, SENDER, name);
    let about = |name: &str| part(document, WHO, name);
    let notes = task.get("note").map_or(&[][..], Value::items);
    let done = notes.iter().filter_map(|note| {
        Some(Done {
            words: text(note, &["text"])?,
            by: text(note, &["authorReference", "display"]).unwrap_or_default(),
            at: instant(note, &["time"]),
        })
    });
    Some(Row {
        state,
        kind: Kind::parse(&kind)?,
        title: text(document, &["description"]).unwrap_or_default(),
        sender: Sender {
            institution: sender("institution"),
            code: sender("code"),
            department: sender("department"),
            doctor: sender("doctor"),
            address: sender("address"),
            phone: sender("phone"),
        },
        summary: sender("summary"),
        who: Who {
            name: about("name"),
            kana: about("kana"),
            birth: about("birth").parse().ok(),
            sex: match about("sex").as_str() {
                "male" => Sex::Male,
                "female" => Sex::Female,
                _ => Sex::Unknown,
            },
            member: about("member"),
            address: about("address"),
        },
        patient: id_of(document, &["subject", "reference"], "Patient"),
        written: date(document, &["date"]),
        came: instant(task, &["authoredOn"]),
        values: input("値"),
        critical: input("要対応"),
        done: done.collect(),
        original: id_of(document, &["content", "0", "attachment", "url"], "Binary"),
        identifier: text(document, &["identifier", "0", "value"]).unwrap_or_default(),
        id,
        version,
    })
}
