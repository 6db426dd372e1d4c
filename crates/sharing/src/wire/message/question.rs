//! Requests.
use super::{File, MessageError, ViewQuery};
use crate::profile::Profile;
use crate::wire::envelope::{Envelope, Kind};
use crate::wire::target::Target;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use karute_japan::Date;
use karute_transport::Call;
use karute_transport::message::{Taken, read_request_about, write_request_about};
use std::time::Duration;

/// What belongs together: each group has a register, a cancel and a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// 文書情報: letters.
    Document,
    /// 健診文書
    Checkup,
    /// 患者サマリー
    Summary,
    /// 臨床情報: the information units.
    Unit,
}

impl Group {
    /// Of a kind of document.
    pub fn of(kind: Kind) -> Group {
        match kind {
            Kind::Referral => Group::Document,
            Kind::Checkup => Group::Checkup,
            Kind::Summary => Group::Summary,
            Kind::Conditions | Kind::Allergies | Kind::Results => Group::Unit,
        }
    }

    /// Whether the service checks it later, so that its state is asked for (digest 7.1); else the result is final.
    pub fn is_checked_later(self) -> bool {
        self == Group::Document
    }
}

/// A function of the service (digest section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Function {
    /// 登録
    Register(Group),
    /// 取消
    Cancel(Group),
    /// 変更
    Change(Group),
    /// 文書情報状況照会
    Status,
    /// 自施設宛文書情報一覧取得
    List,
    /// 文書情報取得
    Get,
    /// 添付情報登録
    Attach,
    /// 添付情報取得
    Attachment,
    /// マスタファイル取得
    Masters,
    /// 施設利用状況
    Participation,
    /// 臨床情報の閲覧
    View,
}

impl Function {
    /// All.
    pub const ALL: [Function; 20] = {
        use Function::{Attach, Attachment, Cancel, Change, Get, List, Masters, Participation, Register, Status, View};
        use Group::{Checkup, Document, Summary, Unit};
        [
            Register(Document),
            Cancel(Document),
            Change(Document),
            Register(Checkup),
            Cancel(Checkup),
            Change(Checkup),
            Register(Summary),
            Cancel(Summary),
            Change(Summary),
            Register(Unit),
            Cancel(Unit),
            Change(Unit),
            Status,
            List,
            Get,
            Attach,
            Attachment,
            Masters,
            Participation,
            View,
        ]
    };

    /// Its name in the profile.
    pub fn name(self) -> &'static str {
        match self {
            Function::Register(Group::Document) => "document-register",
            Function::Cancel(Group::Document) => "document-cancel",
            Function::Change(Group::Document) => "document-change",
            Function::Register(Group::Checkup) => "checkup-register",
            Function::Cancel(Group::Checkup) => "checkup-cancel",
            Function::Change(Group::Checkup) => "checkup-change",
            Function::Register(Group::Summary) => "summary-register",
            Function::Cancel(Group::Summary) => "summary-cancel",
            Function::Change(Group::Summary) => "summary-change",
            Function::Register(Group::Unit) => "unit-register",
            Function::Cancel(Group::Unit) => "unit-cancel",
            Function::Change(Group::Unit) => "unit-change",
            Function::Status => "status",
            Function::List => "list",
            Function::Get => "get",
            Function::Attach => "attach",
            Function::Attachment => "attachment",
            Function::Masters => "masters",
            Function::Participation => "participation",
            Function::View => "view",
        }
    }

    /// By the API識別ID of its request, `CISsiDOC01req`.
    pub fn by_api(api: &str, profile: &Profile) -> Option<Function> {
        let id = api.strip_suffix("req")?;
        Function::ALL.into_iter().find(|function| profile.message(function.name()).is_some_and(|m| m.id == id))
    }

    /// Whether a request changes something at the service: its answer must not be lost unnoticed. Fetching a document
    /// sets it to 受領, which fetching again does not undo or double.
    pub fn changes(self) -> bool {
        matches!(self, Function::Register(_) | Function::Cancel(_) | Function::Change(_) | Function::Attach)
    }
}

/// Which documents addressed to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListQuery {
    /// Registered from.
    pub from: Date,
    /// Registered to.
    pub to: Date,
    /// Page, from 1.
    pub page: u32,
}

/// What is asked.
#[derive(Clone, PartialEq, Eq)]
pub enum Question {
    /// 登録
    Register(Envelope),
    /// 変更; the envelope names what it replaces.
    Change(Envelope),
    /// 取消
    Cancel(Group, Target),
    /// State of a document by its key.
    Status(Target),
    /// Documents addressed to us.
    List(ListQuery),
    /// A document addressed to us, by its `DocumentKey`.
    Get(String),
    /// A file beside a letter.
    Attach(Target, File, u32),
    /// A file beside a document addressed to us.
    Attachment(String, u32),
    /// A master file, where it is newer than a version.
    Masters(String, String),
    /// Whether an institution takes part, by code (10 digits).
    Participation(String),
    /// Institutions by a part of their name.
    Find(String),
    /// What institutions registered of a person who consented.
    View(ViewQuery),
}

/// Content may be a patient's.
impl std::fmt::Debug for Question {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Question({})", self.function().name())
    }
}

impl Question {
    /// Which function.
    pub fn function(&self) -> Function {
        match self {
            Question::Register(envelope) => Function::Register(Group::of(envelope.kind)),
            Question::Change(envelope) => Function::Change(Group::of(envelope.kind)),
            Question::Cancel(group, _) => Function::Cancel(*group),
            Question::Status(_) => Function::Status,
            Question::List(_) => Function::List,
            Question::Get(_) => Function::Get,
            Question::Attach(..) => Function::Attach,
            Question::Attachment(..) => Function::Attachment,
            Question::Masters(..) => Function::Masters,
            Question::Participation(_) | Question::Find(_) => Function::Participation,
            Question::View(_) => Function::View,
        }
    }

    /// Items of the body by their names in the profile.
    fn items(&self, profile: &Profile) -> Vec<(&'static str, String)> {
        let whose = |target: &Target| {
            vec![
                ("insured", target.insured.clone()),
                ("system", target.system.clone()),
                ("value", target.value.clone()),
            ]
        };
        match self {
            Question::Register(envelope) | Question::Change(envelope) => {
                vec![("info", STANDARD.encode(envelope.write(profile)))]
            }
            Question::Cancel(_, target) | Question::Status(target) => whose(target),
            Question::List(query) => {
                vec![("from", day(query.from)), ("to", day(query.to)), ("page", query.page.to_string())]
            }
            Question::Get(key) => vec![("key", key.clone())],
            Question::Attach(target, file, number) => {
                let mut items = whose(target);
                items.extend([
                    ("number", number.to_string()),
                    ("type", file.content_type.clone()),
                    ("name", file.name.clone()),
                    ("data", STANDARD.encode(&file.data)),
                ]);
                items
            }
            Question::Attachment(key, number) => vec![("key", key.clone()), ("number", number.to_string())],
            Question::Masters(kind, version) => vec![("kind", kind.clone()), ("version", version.clone())],
            Question::Participation(code) => vec![("code", code.clone())],
            Question::Find(name) => vec![("name", name.clone())],
            Question::View(query) => query.items(),
        }
    }
}

fn day(date: Date) -> String {
    date.to_string().replace('-', "")
}

/// A request as it is sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// Which function.
    pub function: Function,
    /// API識別ID of the request.
    pub api: String,
    /// 医療機関コード, 10 digits.
    pub institution: String,
    /// `ArbitraryFileIdentifier`: by it the answer is known to be its answer.
    pub file_id: String,
    /// The XML.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Request({}, {}, {} bytes)", self.api, self.file_id, self.body.len())
    }
}

impl Request {
    /// Writes a request.
    ///
    /// # Errors
    /// When an item does not fit its type, or the whole is larger than the profile allows.
    pub fn new(
        question: &Question,
        institution: &str,
        file_id: &str,
        profile: &Profile,
    ) -> Result<Request, MessageError> {
        let function = question.function();
        let message = profile.message(function.name()).ok_or(MessageError::Unknown)?;
        let most = profile.limits().max_message_bytes;
        let body = write_request_about(
            (institution, file_id),
            (&message.header, &message.request),
            &question.items(profile),
            &[],
            most,
        )?;
        Ok(Request {
            function,
            api: format!("{}req", message.id),
            institution: institution.to_owned(),
            file_id: file_id.to_owned(),
            body,
        })
    }

    /// The request as a transport needs to know it.
    pub fn call(&self, profile: &Profile) -> Call<'_> {
        Call {
            api: &self.api,
            institution: &self.institution,
            file_id: &self.file_id,
            body: &self.body,
            patience: Duration::from_millis(profile.timing("answer_timeout_ms")),
        }
    }

    /// Reads a request, as the service does: `api` is `CISsiDOC01req`.
    ///
    /// # Errors
    /// When the function is not known, or the message is not as the profile has it.
    pub fn read(api: &str, body: &[u8], profile: &Profile) -> Result<Received, MessageError> {
        let function = Function::by_api(api, profile).ok_or(MessageError::Unknown)?;
        let message = profile.message(function.name()).ok_or(MessageError::Unknown)?;
        let taken = read_request_about(body, (&message.header, &message.request), &[], &profile.bounds())?;
        Ok(Received { function, taken })
    }
}

/// A request as the service reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Which function.
    pub function: Function,
    /// Header and items.
    pub taken: Taken,
}

impl Received {
    /// An item by its name in the profile; empty when it is not there.
    pub fn get(&self, key: &str) -> &str {
        self.taken.items.iter().find(|(known, _)| known == key).map_or("", |(_, text)| text.as_str())
    }

    /// The Base64 of an item, decoded.
    ///
    /// # Errors
    /// When it is damaged.
    pub fn decoded(&self, key: &str) -> Result<Vec<u8>, MessageError> {
        STANDARD.decode(self.get(key)).map_err(|_| MessageError::Base64)
    }

    /// The key in the body.
    pub fn target(&self) -> Target {
        let text = |key: &str| self.get(key).to_owned();
        Target { insured: text("insured"), system: text("system"), value: text("value") }
    }
}
