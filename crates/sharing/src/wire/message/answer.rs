//! Results.
use super::outcome::{Outcome, outcome};
use super::{Function, Group, MessageError, Request, Told, view};
use crate::profile::{ItemError, Profile};
use crate::wire::envelope::Kind;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use karute_japan::{Date, Timestamp};
use karute_transport::message::{entries, item, needed};
use karute_transport::profile::day;
use karute_transport::xml::{Element, read};

/// A result: how it went, and what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// How it went.
    pub outcome: Outcome,
    /// What was asked for; none unless it was done.
    pub answer: Option<Answer>,
}

/// Institutions.
pub type Facilities = Vec<Participant>;

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing but that it was done.
    Done,
    /// Taken; 受付番号, empty where the result is final.
    Accepted(String),
    /// State of a document; none when the service does not know it.
    State(ServiceState),
    /// Documents addressed to us, and how many pages there are.
    Rows(Vec<Row>, u32),
    /// The envelope of a document.
    Document(Vec<u8>),
    /// A file.
    File(File),
    /// A master file: its version, and its content where there is a newer one.
    Master(String, Option<Vec<u8>>),
    /// Institutions.
    Facilities(Facilities),
    /// What institutions registered of a person.
    Viewed(Vec<Told>),
}

/// State of a document at the service (digest 7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceState {
    /// 受付
    Accepted,
    /// 検証中
    Checking,
    /// 登録済
    Registered,
    /// エラー
    Failed,
    /// 受領済
    Received,
    /// 取消済
    Cancelled,
    /// 期限切れ
    Expired,
}

impl ServiceState {
    /// All.
    pub const ALL: [ServiceState; 7] = [
        ServiceState::Accepted,
        ServiceState::Checking,
        ServiceState::Registered,
        ServiceState::Failed,
        ServiceState::Received,
        ServiceState::Cancelled,
        ServiceState::Expired,
    ];

    /// Its name in the profile.
    pub fn name(self) -> &'static str {
        match self {
            ServiceState::Accepted => "accepted",
            ServiceState::Checking => "checking",
            ServiceState::Registered => "registered",
            ServiceState::Failed => "failed",
            ServiceState::Received => "received",
            ServiceState::Cancelled => "cancelled",
            ServiceState::Expired => "expired",
        }
    }
}

/// A file beside a letter.
#[derive(Clone, PartialEq, Eq)]
pub struct File {
    /// `application/pdf`, `image/jpeg`, `image/png`.
    pub content_type: String,
    /// Name.
    pub name: String,
    /// Content.
    pub data: Vec<u8>,
}

/// Content may be a patient's.
impl std::fmt::Debug for File {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "File({}, {} bytes)", self.content_type, self.data.len())
    }
}

/// An institution and whether it takes part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participant {
    /// 医療機関コード
    pub code: String,
    /// Name.
    pub name: String,
    /// It uses the service: letters can be addressed to it.
    pub takes_part: bool,
}

/// A document addressed to us, as the list tells of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// `DocumentKey`
    pub key: String,
    /// 医療機関コード of the sender.
    pub sender: String,
    /// Its name.
    pub sender_name: String,
    /// Name of the patient in kana.
    pub kana: String,
    /// Day of birth.
    pub birth: Option<Date>,
    /// `1` male, `2` female.
    pub sex: String,
    /// 被保険者個人識別子
    pub insured: String,
    /// Kind.
    pub kind: Kind,
    /// When it was registered.
    pub at: Option<Timestamp>,
    /// The patient consented: it can be fetched.
    pub consent: bool,
    /// It was fetched.
    pub received: bool,
    /// Files beside it.
    pub attachments: u32,
    /// Bytes.
    pub size: u64,
}

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Row({}, from {}, {:?})", self.key, self.sender, self.kind)
    }
}

impl Reply {
    /// Reads the answer to a request.
    ///
    /// # Errors
    /// When it is no such message, is not the answer to this request, or lacks what a done request must bring.
    pub fn read(request: &Request, body: &[u8], profile: &Profile) -> Result<Reply, MessageError> {
        let root = read(body, &profile.bounds())?;
        if request.function == Function::View {
            return view::read(&root, &request.file_id, profile);
        }
        let (outcome, body) = outcome(&root, &request.file_id, profile)?;
        let answer = match body {
            Some(body) if outcome.done => Some(answer(request.function, body, profile)?),
            _ => None,
        };
        Ok(Reply { outcome, answer })
    }
}

fn answer(function: Function, body: &Element, profile: &Profile) -> Result<Answer, MessageError> {
    let message = profile.message(function.name()).ok_or(MessageError::Unknown)?;
    let text = |key: &str| item(body, &message.result, key);
    let must = |key: &str| needed(text(key)?, &message.result, key);
    let wrong = |key: &str| MessageError::Item { element: key.to_owned(), error: ItemError::Code };
    Ok(match function {
        Function::Cancel(_) | Function::Attach => Answer::Done,
        // A document is checked later and has a number until then; of others the result is final.
        Function::Register(Group::Document) | Function::Change(Group::Document) => Answer::Accepted(must("receipt")?),
        Function::Register(_) | Function::Change(_) => Answer::Accepted(text("receipt")?),
        Function::Status => {
            let told = must("state")?;
            let named =
                ServiceState::ALL.into_iter().find(|state| profile.text(&format!("states.{}", state.name())) == told);
            Answer::State(named.ok_or_else(|| wrong("State"))?)
        }
        Function::List => {
            let pages = text("pages")?.parse().unwrap_or(1);
            Answer::Rows(rows(body, profile)?, pages)
        }
        Function::Get => Answer::Document(decode(&must("info")?)?),
        Function::Attachment => {
            Answer::File(File { content_type: must("type")?, name: text("name")?, data: decode(&must("data")?)? })
        }
        Function::Masters => {
            let file = Some(text("file")?).filter(|file| !file.is_empty());
            Answer::Master(text("version")?, file.map(|file| decode(&file)).transpose()?)
        }
        Function::Participation => {
            let list = profile.list("facilities").ok_or(MessageError::Unknown)?;
            let mut found = Vec::new();
            for entry in entries(body, list, profile.limits().max_list_entries)? {
                found.push(Participant {
                    code: needed(item(entry, &list.items, "code")?, &list.items, "code")?,
                    name: item(entry, &list.items, "name")?,
                    takes_part: item(entry, &list.items, "takes-part")? == "1",
                });
            }
            Answer::Facilities(found)
        }
        // It has an ending of its own.
        Function::View => return Err(MessageError::Unknown),
    })
}

pub(super) fn decode(base64: &str) -> Result<Vec<u8>, MessageError> {
    STANDARD.decode(base64).map_err(|_| MessageError::Base64)
}

fn rows(body: &Element, profile: &Profile) -> Result<Vec<Row>, MessageError> {
    let list = profile.list("documents").ok_or(MessageError::Unknown)?;
    entries(body, list, profile.limits().max_list_entries)?
        .into_iter()
        .map(|entry| {
            let text = |key: &str| item(entry, &list.items, key);
            let kind = text("kind")?;
            Ok(Row {
                key: text("key")?,
                sender: text("sender-code")?,
                sender_name: text("sender-name")?,
                kana: text("kana")?,
                birth: day(&text("birth")?),
                sex: text("sex")?,
                insured: text("insured")?,
                kind: Kind::by_code(&kind, profile).ok_or_else(|| MessageError::Item {
                    element: "InformationType".to_owned(),
                    error: ItemError::Code,
                })?,
                at: moment(&text("at")?),
                consent: text("consent")? == "1",
                received: text("received")? == "1",
                attachments: text("attachments")?.parse().unwrap_or_default(),
                size: text("size")?.parse().unwrap_or_default(),
            })
        })
        .collect()
}

/// `yyyyMMddHHmmss`, Japan time.
fn moment(text: &str) -> Option<Timestamp> {
    let part = |range: std::ops::Range<usize>| text.get(range)?.parse::<i64>().ok();
    let date = day(text.get(..8)?)?;
    (text.len() == 14).then(|| Some(Timestamp::in_japan(date, part(8..10)?, part(10..12)?, part(12..14)?))).flatten()
}
