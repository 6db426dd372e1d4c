//! Requests.
use super::outcome::MessageError;
use crate::profile::Profile;
use crate::wire::envelope::Envelope;
use crate::wire::prescription::{Insurance, Payer, date_text};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use karute_japan::Date;
use karute_transport::Call;
use karute_transport::message::{Taken, read_request, write_request};
use std::time::Duration;

/// A function of the service (digest section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Function {
    /// 重複投薬等チェック事前処理
    Precheck,
    /// 重複投薬等チェック
    Check,
    /// 処方箋登録
    Register,
    /// 処方箋取消
    Cancel,
    /// 処方箋変更
    Change,
    /// 取消UNDO
    UndoCancel,
    /// 変更UNDO
    UndoChange,
    /// 処方内容（控え）取得
    Copy,
    /// 処方箋状況及び調剤結果, list.
    List,
    /// 調剤結果 by 調剤結果ID.
    ByDispensing,
    /// 状況及び調剤結果 by 処方箋ID.
    Status,
    /// 処方箋ID検索
    Search,
    /// 院内処方等 登録
    InHouseRegister,
    /// 院内処方等 取消
    InHouseCancel,
    /// 院内処方等 変更
    InHouseChange,
    /// 院内処方等ID検索
    InHouseSearch,
}

impl Function {
    /// All.
    pub const ALL: [Function; 16] = [
        Function::Precheck,
        Function::Check,
        Function::Register,
        Function::Cancel,
        Function::Change,
        Function::UndoCancel,
        Function::UndoChange,
        Function::Copy,
        Function::List,
        Function::ByDispensing,
        Function::Status,
        Function::Search,
        Function::InHouseRegister,
        Function::InHouseCancel,
        Function::InHouseChange,
        Function::InHouseSearch,
    ];

    /// Its name in the profile.
    pub fn name(self) -> &'static str {
        match self {
            Function::Precheck => "precheck",
            Function::Check => "check",
            Function::Register => "register",
            Function::Cancel => "cancel",
            Function::Change => "change",
            Function::UndoCancel => "undo-cancel",
            Function::UndoChange => "undo-change",
            Function::Copy => "copy",
            Function::List => "list",
            Function::ByDispensing => "by-dispensing",
            Function::Status => "status",
            Function::Search => "search",
            Function::InHouseRegister => "in-house-register",
            Function::InHouseCancel => "in-house-cancel",
            Function::InHouseChange => "in-house-change",
            Function::InHouseSearch => "in-house-search",
        }
    }

    /// Whether a request changes something at the service: its answer must not be lost unnoticed.
    pub fn changes(self) -> bool {
        matches!(
            self,
            Function::Register
                | Function::Cancel
                | Function::Change
                | Function::UndoCancel
                | Function::UndoChange
                | Function::InHouseRegister
                | Function::InHouseCancel
                | Function::InHouseChange
        )
    }
}

/// The insured person as messages name one.
#[derive(Clone, PartialEq, Eq)]
pub struct Insured {
    /// 保険者番号, 6 or 8 digits.
    pub insurer: String,
    /// 記号; empty where the card has none.
    pub symbol: String,
    /// 番号
    pub number: String,
    /// 枝番; empty when not told.
    pub branch: String,
}

impl std::fmt::Debug for Insured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Insured(…)")
    }
}

/// What the patient consented to, for one check (digest 4.11).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Consent {
    /// Consent given at the card reader within 24 hours.
    pub online: bool,
    /// 口頭同意 for the details of this check.
    pub oral: bool,
}

/// Days of issue, both inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateRange {
    /// From.
    pub from: Date,
    /// To.
    pub to: Date,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// EPSsiDMP01
    Precheck {
        /// Whose drugs.
        insured: Insured,
        /// The day of prescribing.
        date: Date,
    },
    /// EPS-IF-219
    Check {
        /// CSV of the draft.
        csv: Vec<u8>,
        /// Count the own institution's prescriptions, too.
        own_too: bool,
        /// Consent.
        consent: Consent,
    },
    /// EPSsiPIR01; of 院内処方 EPSsiHIR01.
    Register(Envelope),
    /// EPSsiPIR03; of 院内処方 EPSsiHIR03.
    Change {
        /// 処方箋ID of the old one.
        id: String,
        /// The new one.
        envelope: Envelope,
    },
    /// EPSsiPIR02
    Cancel(String),
    /// EPSsiPIR04, by the id of the cancelled one.
    UndoCancel(String),
    /// EPSsiPIR05, by the id of the new one.
    UndoChange(String),
    /// EPSsiPIR06
    Copy(String),
    /// EPSsiPIR07
    List(DateRange),
    /// EPSsiPIR08, by 調剤結果ID.
    ByDispensing(String),
    /// EPSsiPIR09
    Status(String),
    /// EPSsiPIR10
    Search {
        /// Whose.
        insured: Insured,
        /// Days of issue.
        range: Option<DateRange>,
    },
    /// EPSsiHIR02, by 院内処方等ID.
    CancelInHouse(String),
    /// EPSsiHIR04
    SearchInHouse {
        /// Whose.
        insured: Insured,
        /// Days of prescribing.
        range: Option<DateRange>,
    },
}

impl Question {
    /// Which function.
    pub fn function(&self) -> Function {
        match self {
            Question::Precheck { .. } => Function::Precheck,
            Question::Check { .. } => Function::Check,
            Question::Register(Envelope::InHouse(_)) => Function::InHouseRegister,
            Question::Register(_) => Function::Register,
            Question::Change { envelope: Envelope::InHouse(_), .. } => Function::InHouseChange,
            Question::Change { .. } => Function::Change,
            Question::Cancel(_) => Function::Cancel,
            Question::UndoCancel(_) => Function::UndoCancel,
            Question::UndoChange(_) => Function::UndoChange,
            Question::Copy(_) => Function::Copy,
            Question::List(_) => Function::List,
            Question::ByDispensing(_) => Function::ByDispensing,
            Question::Status(_) => Function::Status,
            Question::Search { .. } => Function::Search,
            Question::CancelInHouse(_) => Function::InHouseCancel,
            Question::SearchInHouse { .. } => Function::InHouseSearch,
        }
    }

    /// Items of the body by their names in the profile.
    fn items(&self) -> Vec<(&'static str, String)> {
        let flag = |yes: bool| if yes { "1" } else { "0" }.to_owned();
        let envelope = |envelope: &Envelope| {
            let issue = envelope.issue_type().map(|kind| ("issue", kind.to_owned()));
            std::iter::once(("prescription", STANDARD.encode(envelope.bytes()))).chain(issue)
        };
        match self {
            Question::Precheck { insured, date } => {
                let mut items = insured.items();
                items.push(("date", date_text(*date)));
                items
            }
            Question::Check { csv, own_too, consent } => vec![
                ("prescription", STANDARD.encode(csv)),
                ("own", if *own_too { "2" } else { "1" }.to_owned()),
                ("online", flag(consent.online)),
                ("oral", flag(consent.oral)),
            ],
            Question::Register(given) => envelope(given).collect(),
            Question::Change { id, envelope: given } => {
                std::iter::once(("id", id.clone())).chain(envelope(given)).collect()
            }
            Question::Cancel(id)
            | Question::UndoCancel(id)
            | Question::UndoChange(id)
            | Question::Copy(id)
            | Question::CancelInHouse(id)
            | Question::Status(id) => vec![("id", id.clone())],
            Question::ByDispensing(id) => vec![("dispensing", id.clone())],
            Question::List(range) => vec![("from", date_text(range.from)), ("to", date_text(range.to))],
            Question::Search { insured, range } | Question::SearchInHouse { insured, range } => {
                let mut items = insured.items();
                if let Some(range) = range {
                    items.extend([("from", date_text(range.from)), ("to", date_text(range.to))]);
                }
                items
            }
        }
    }
}

impl Insured {
    /// The insured person of a prescription; public assistance alone is its payer and beneficiary (transport digest 7.1).
    pub fn of(insurance: Option<&Insurance>, payers: &[Payer]) -> Option<Insured> {
        let plain = |insurer: &str, symbol: &str, number: &str, branch: &str| Insured {
            insurer: insurer.to_owned(),
            symbol: symbol.to_owned(),
            number: number.to_owned(),
            branch: branch.to_owned(),
        };
        let card = |card: &Insurance| plain(&card.insurer, &card.symbol, &card.number, &card.branch);
        let alone = || payers.first().map(|payer| plain(&payer.number, "", &payer.beneficiary, ""));
        insurance.map(card).or_else(alone)
    }

    fn items(&self) -> Vec<(&'static str, String)> {
        vec![
            // Six digits are padded with blanks on the left (transport digest 3.5).
            ("insurer", format!("{:>8}", self.insurer)),
            ("symbol", self.symbol.clone()),
            ("number", self.number.clone()),
            ("branch", self.branch.clone()),
        ]
    }
}

/// A request as it is sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// Which function.
    pub function: Function,
    /// API識別ID of the request, `EPSsiPIR01req`.
    pub api: String,
    /// 医療機関コード, 10 digits.
    pub institution: String,
    /// `ArbitraryFileIdentifier`: the key by which the answer is known to be its answer.
    pub file_id: String,
    /// The XML.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Request({}, {}, {} bytes)", self.api, self.file_id, self.body.len())
    }
}

/// The blanks before a 6-digit insurer number are padding, not its text.
const PADDED: &[&str] = &["insurer"];

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
        let body = write_request((institution, file_id), &message.request, &question.items(), PADDED, most)?;
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
        // A check in front of the patient waits shorter than a registration.
        let timing = if self.function == Function::Check { "check_timeout_ms" } else { "answer_timeout_ms" };
        Call {
            api: &self.api,
            institution: &self.institution,
            file_id: &self.file_id,
            body: &self.body,
            patience: Duration::from_millis(profile.timing(timing)),
        }
    }

    /// Reads a request, as the service does: `api` is `EPSsiPIR01req`.
    ///
    /// # Errors
    /// When the function is not known, the XML or an item is not as the profile has it, or an unknown element stands
    /// in the body.
    pub fn read(api: &str, body: &[u8], profile: &Profile) -> Result<Received, MessageError> {
        let function = Function::ALL
            .into_iter()
            .find(|function| {
                let id = profile.message(function.name()).map(|message| message.id.as_str());
                api.strip_suffix("req").is_some_and(|api| Some(api) == id)
            })
            .ok_or(MessageError::Unknown)?;
        let message = profile.message(function.name()).ok_or(MessageError::Unknown)?;
        let Taken { institution, file_id, items } = read_request(body, &message.request, PADDED, &profile.bounds())?;
        Ok(Received { function, institution, file_id, items })
    }
}

/// A request as the service reads it.
#[derive(Clone, PartialEq, Eq)]
pub struct Received {
    /// Which function.
    pub function: Function,
    /// 医療機関コード
    pub institution: String,
    /// `ArbitraryFileIdentifier`, to be echoed.
    pub file_id: String,
    items: Vec<(String, String)>,
}

impl std::fmt::Debug for Received {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Received({:?}, {} items)", self.function, self.items.len())
    }
}

impl Received {
    /// An item by its name in the profile; empty when it is not there.
    pub fn get(&self, key: &str) -> &str {
        self.items.iter().find(|(known, _)| known == key).map_or("", |(_, text)| text.as_str())
    }

    /// The Base64 of an item, decoded.
    ///
    /// # Errors
    /// When it is damaged.
    pub fn decoded(&self, key: &str) -> Result<Vec<u8>, MessageError> {
        STANDARD.decode(self.get(key)).map_err(|_| MessageError::Base64)
    }

    /// The insured person of the request.
    pub fn insured(&self) -> Insured {
        let text = |key: &str| self.get(key).to_owned();
        Insured { insurer: text("insurer"), symbol: text("symbol"), number: text("number"), branch: text("branch") }
    }
}
