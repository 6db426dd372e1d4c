//! Results.
use super::check::CheckResult;
use super::outcome::{MessageError, Outcome, entries, entry_item, item, outcome};
use super::request::{Function, Request};
use crate::profile::{ItemError, Profile, item_day};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use karute_japan::{Date, Timestamp};
use karute_transport::message::needed;
use karute_transport::xml::{Element, read};

/// A result: how it went, and what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// How it went.
    pub outcome: Outcome,
    /// What was asked for; none unless it was done.
    pub answer: Option<Answer>,
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing but that it was done (事前処理, 取消).
    Done,
    /// 処方箋ID and 引換番号 (登録, 変更, both UNDOs).
    Ids(Ids),
    /// The PDF of 処方内容（控え）.
    Copy(Vec<u8>),
    /// Status of one prescription.
    Status(StatusReport),
    /// A dispensing result: its envelope and whether the pharmacy left a message.
    Dispensing(Vec<u8>, bool),
    /// Rows of the list.
    Rows(Vec<Row>),
    /// 処方箋ID検索
    Found(Vec<Found>),
    /// 重複投薬等チェック
    Check(CheckResult),
}

/// 処方箋ID and 引換番号.
#[derive(Clone, PartialEq, Eq)]
pub struct Ids {
    /// 処方箋ID, a UUID.
    pub id: String,
    /// 引換番号: digits, at most 16; its length is never assumed.
    pub access_code: String,
}

/// Whoever knows the number and the insured number can fetch the prescription.
impl std::fmt::Debug for Ids {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ids({}, …)", self.id)
    }
}

/// State of a prescription at the service (digest 4.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceStatus {
    /// 取消されています
    Cancelled,
    /// 受付されていません
    Issued,
    /// 調剤中
    InDispensing,
    /// 調剤済
    Dispensed,
    /// 回収済
    Returned,
}

impl ServiceStatus {
    /// All, with the name of the word by which each is recognised.
    const WORDS: [(ServiceStatus, &'static str); 5] = [
        (ServiceStatus::Cancelled, "cancelled"),
        (ServiceStatus::Issued, "issued"),
        (ServiceStatus::InDispensing, "in_dispensing"),
        (ServiceStatus::Dispensed, "dispensed"),
        (ServiceStatus::Returned, "returned"),
    ];

    /// By the word in the service's text; `None` when none or several are in it.
    pub fn recognise(text: &str, profile: &Profile) -> Option<ServiceStatus> {
        let mut found = ServiceStatus::WORDS.iter().filter(|(_, word)| text.contains(profile.status_word(word)));
        match (found.next(), found.next()) {
            (Some((status, _)), None) => Some(*status),
            _ => None,
        }
    }

    /// The service's text.
    pub fn text(self) -> &'static str {
        match self {
            ServiceStatus::Cancelled => "当該処方箋は処方箋取消されています。",
            ServiceStatus::Issued => "薬局にて受付されていません。",
            ServiceStatus::InDispensing => "薬局にて調剤中です。",
            ServiceStatus::Dispensed => "薬局にて調剤済です。",
            ServiceStatus::Returned => "薬局にて回収済です。",
        }
    }
}

/// Status of one prescription (digest 4.6).
#[derive(Clone, PartialEq, Eq)]
pub struct StatusReport {
    /// State.
    pub status: ServiceStatus,
    /// 医療機関コード of the pharmacy that accepted it; empty before.
    pub pharmacy_code: String,
    /// Its name.
    pub pharmacy_name: String,
    /// The pharmacy left a message.
    pub message: bool,
    /// The dispensing result's envelope, where there is one.
    pub dispensing: Option<Vec<u8>>,
}

impl std::fmt::Debug for StatusReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StatusReport({:?}, dispensing: {})", self.status, self.dispensing.is_some())
    }
}

/// A row of the list (digest 4.7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// 処方箋ID
    pub id: String,
    /// 調剤結果ID, where there is one.
    pub dispensing: Option<String>,
    /// State.
    pub status: ServiceStatus,
    /// Day of dispensing.
    pub date: Option<Date>,
    /// Code of the pharmacy; empty before it accepted.
    pub pharmacy_code: String,
    /// Name of the pharmacy.
    pub pharmacy_name: String,
    /// The pharmacy left a message.
    pub message: bool,
    /// Last change, where it is told.
    pub updated: Option<Timestamp>,
}

/// A prescription found by insured person (digest 4.9).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// 処方箋ID and 引換番号.
    pub ids: Ids,
    /// When it was registered, where it is told.
    pub created: Option<Timestamp>,
}

impl Reply {
    /// Reads the answer to a request.
    ///
    /// # Errors
    /// When it is no such message, is not the answer to this request, or lacks what a done request must bring.
    pub fn read(request: &Request, body: &[u8], profile: &Profile) -> Result<Reply, MessageError> {
        let root = read(body, &profile.bounds())?;
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
    Ok(match function {
        Function::Precheck | Function::Cancel | Function::InHouseCancel => Answer::Done,
        // Nobody fetches it by a number.
        Function::InHouseRegister | Function::InHouseChange => {
            Answer::Ids(Ids { id: must("id")?, access_code: String::new() })
        }
        Function::Register | Function::Change | Function::UndoCancel | Function::UndoChange => {
            Answer::Ids(Ids { id: must("id")?, access_code: must("code")? })
        }
        Function::Copy => Answer::Copy(decode(&must("file")?)?),
        Function::Status => Answer::Status(StatusReport {
            status: status(&must("status")?, profile)?,
            pharmacy_code: text("pharmacy-code")?,
            pharmacy_name: text("pharmacy-name")?,
            message: text("message")? == "2",
            dispensing: Some(text("result")?).filter(|text| !text.is_empty()).map(|text| decode(&text)).transpose()?,
        }),
        Function::ByDispensing => Answer::Dispensing(decode(&must("result")?)?, text("message")? == "2"),
        Function::List => Answer::Rows(rows(body, profile)?),
        Function::Search => Answer::Found(found(body, profile)?),
        Function::InHouseSearch => Answer::Found(found_in_house(body, profile)?),
        Function::Check => {
            let outcome = must("outcome")?;
            Answer::Check(CheckResult::read(&outcome, body, profile)?)
        }
    })
}

fn status(text: &str, profile: &Profile) -> Result<ServiceStatus, MessageError> {
    ServiceStatus::recognise(text, profile)
        .ok_or_else(|| MessageError::Item { element: "PrescriptionStatus".to_owned(), error: ItemError::Code })
}

fn decode(base64: &str) -> Result<Vec<u8>, MessageError> {
    STANDARD.decode(base64).map_err(|_| MessageError::Base64)
}

fn rows(body: &Element, profile: &Profile) -> Result<Vec<Row>, MessageError> {
    entries(body, "rows", profile)?
        .into_iter()
        .map(|entry| {
            let text = |key: &str| entry_item(entry, "rows", key, profile);
            Ok(Row {
                id: text("id")?,
                dispensing: Some(text("dispensing")?).filter(|id| !id.is_empty()),
                status: status(&text("status")?, profile)?,
                date: item_day(&text("date")?),
                pharmacy_code: text("pharmacy-code")?,
                pharmacy_name: text("pharmacy-name")?,
                message: text("message")? == "2",
                updated: moment(&text("updated")?),
            })
        })
        .collect()
}

fn found(body: &Element, profile: &Profile) -> Result<Vec<Found>, MessageError> {
    entries(body, "found", profile)?
        .into_iter()
        .map(|entry| {
            let text = |key: &str| entry_item(entry, "found", key, profile);
            Ok(Found { ids: Ids { id: text("id")?, access_code: text("code")? }, created: moment(&text("created")?) })
        })
        .collect()
}

fn found_in_house(body: &Element, profile: &Profile) -> Result<Vec<Found>, MessageError> {
    entries(body, "in-house-found", profile)?
        .into_iter()
        .map(|entry| {
            let text = |key: &str| entry_item(entry, "in-house-found", key, profile);
            let ids = Ids { id: text("id")?, access_code: String::new() };
            Ok(Found { ids, created: moment(&text("created")?) })
        })
        .collect()
}

/// `yyyyMMddHHmmss`, Japan time.
fn moment(text: &str) -> Option<Timestamp> {
    let part = |range: std::ops::Range<usize>| text.get(range)?.parse::<i64>().ok();
    let date = item_day(text.get(..8)?)?;
    (text.len() == 14).then(|| Some(Timestamp::in_japan(date, part(8..10)?, part(10..12)?, part(12..14)?))).flatten()
}
