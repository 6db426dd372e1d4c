//! What is kept of a letter, of a unit, and of a document addressed to us.
use super::record::Stored;
use crate::flow::letter::{self, Notice};
use crate::flow::unit;
use crate::wire::envelope::{Consent, Kind};
use crate::wire::message::Finding;
use crate::wire::target::{BUNDLE_ID, Target};
use serde::{Deserialize, Serialize};

/// System of `DocumentKey`.
pub const DOCUMENT_KEY: &str = "urn:karute:sharing-document-key";
/// System of the number of a unit's kind.
pub const UNIT: &str = "urn:karute:sharing-unit";

/// A document of ours with its files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    /// `Binary` of the FHIR document.
    pub binary: String,
    /// Its key.
    pub target: Target,
    /// Files beside it, in order.
    pub files: Vec<FileKept>,
}

/// A file beside a letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileKept {
    /// `Binary` of its content.
    pub binary: String,
    /// Its type.
    pub content_type: String,
    /// Its name.
    pub name: String,
}

/// A letter to another institution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// Where it stands.
    pub life: letter::Life,
    /// The document that is sent or stands.
    pub sheet: Sheet,
    /// What stood before, while it is being replaced.
    pub before: Option<Sheet>,
    /// Keys of which a sending was never accounted for and that are not to stand.
    #[serde(default)]
    pub doomed: Vec<Target>,
    /// Documents made for it so far.
    pub sheets: u32,
    /// Sendings so far: part of the identifier of each.
    pub sends: u32,
    /// The addressee, 10 digits.
    pub addressee: String,
    /// Its name.
    pub addressee_name: String,
    /// The patient's consent.
    pub consent: Consent,
    /// The document addressed to us that it answers.
    pub reply_to: Option<String>,
    /// When the button was pressed last, FHIR instant.
    pub pressed: String,
    /// 受付番号
    pub receipt: String,
    /// What the service found.
    pub faults: Vec<Finding>,
    /// What a person is to be told, oldest first; the screen takes them out.
    pub notices: Vec<String>,
}

impl Letter {
    pub(super) fn told(&mut self, notice: Notice) {
        let word = notice.code().to_owned();
        if !self.notices.contains(&word) {
            self.notices.push(word);
        }
    }
}

impl Stored for Letter {
    const CODE: &'static str = "sharing-letter";
    const WORDS: &'static str = "紹介状の送付";

    fn state(&self) -> &'static str {
        match self.life.state {
            letter::State::Draft => "draft",
            letter::State::Ready => "ready",
            letter::State::Sent => "sent",
            letter::State::Checking => "checking",
            letter::State::Registered => "registered",
            letter::State::Received => "received",
            letter::State::Cancelling => "cancelling",
            letter::State::Cancelled => "cancelled",
            letter::State::Expired => "expired",
            letter::State::Error { .. } => "error",
            letter::State::Withdrawn => "withdrawn",
        }
    }

    fn words(&self) -> &'static str {
        match self.life.state {
            letter::State::Draft => "下書き",
            letter::State::Ready => "送信待ち",
            letter::State::Sent => "送信中",
            letter::State::Checking => "検証中",
            letter::State::Registered => "登録済",
            letter::State::Received => "受領済",
            letter::State::Cancelling => "取消中",
            letter::State::Cancelled => "取消済",
            letter::State::Expired => "期限切れ",
            letter::State::Error { .. } => "未送信（要確認）",
            letter::State::Withdrawn => "紙に切替",
        }
    }

    fn status(&self) -> &'static str {
        match self.life.state {
            letter::State::Draft => "draft",
            letter::State::Ready => "ready",
            letter::State::Received | letter::State::Withdrawn => "completed",
            letter::State::Cancelled => "cancelled",
            letter::State::Expired | letter::State::Error { .. } => "failed",
            _ => "in-progress",
        }
    }

    fn numbers(&self) -> Vec<(&'static str, String)> {
        vec![(BUNDLE_ID, self.sheet.target.value.clone())]
    }

    fn focus(&self) -> Option<&str> {
        Some(&self.sheet.binary)
    }
}

/// An information unit of a patient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Where it stands.
    pub life: unit::Life,
    /// Kind.
    pub kind: Kind,
    /// The result report (order) of a results unit.
    pub report: Option<String>,
    /// Bundle-ID, from its first sending on.
    pub identifier: String,
    /// Key that stands at the service.
    pub target: Option<Target>,
    /// Keys of earlier insurances; they stay at the service until their time is over (digest 5.3).
    #[serde(default)]
    pub former: Vec<Target>,
    /// Shape of what the service took last, SHA-256.
    pub shape: String,
    /// Shape of what was made last, SHA-256: what its state and faults are about.
    #[serde(default)]
    pub tried: String,
    /// Sendings so far.
    pub sends: u32,
    /// When the service took it last, FHIR instant.
    pub at: String,
    /// Why it was not sent or not taken, by the entry that is meant.
    pub faults: Vec<Finding>,
}

impl Stored for Unit {
    const CODE: &'static str = "sharing-unit";
    const WORDS: &'static str = "臨床情報の登録";

    fn state(&self) -> &'static str {
        match self.life.state {
            unit::State::Clean => "clean",
            unit::State::Dirty => "dirty",
            unit::State::Sent => "sent",
            unit::State::Registered => "registered",
            unit::State::Invalid => "invalid",
            unit::State::Rejected { .. } => "rejected",
        }
    }

    fn words(&self) -> &'static str {
        match self.life.state {
            unit::State::Clean => "登録なし",
            unit::State::Dirty => "登録待ち",
            unit::State::Sent => "登録中",
            unit::State::Registered => "登録済",
            unit::State::Invalid => "登録できない項目あり",
            unit::State::Rejected { .. } => "未登録（要確認）",
        }
    }

    fn status(&self) -> &'static str {
        match self.life.state {
            unit::State::Clean | unit::State::Dirty => "ready",
            unit::State::Sent => "in-progress",
            unit::State::Registered => "completed",
            unit::State::Invalid | unit::State::Rejected { .. } => "failed",
        }
    }

    fn numbers(&self) -> Vec<(&'static str, String)> {
        vec![(UNIT, self.kind.name().to_owned()), (BUNDLE_ID, self.identifier.clone())]
    }

    fn focus(&self) -> Option<&str> {
        None
    }
}

/// Where a document addressed to us stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum InboxState {
    /// 同意保留: the patient has not consented; only its existence is known.
    AwaitingConsent,
    /// To be fetched.
    Listed,
    /// Here and whole, nobody looked at it yet.
    Arrived,
    /// Here, but it cannot be taken as it is; a person must look. What came is kept.
    Quarantined {
        /// For the person.
        why: String,
    },
    /// It came before, to the byte.
    Duplicate {
        /// Task of the first.
        of: String,
    },
    /// Laid into the chart's inbox: what people do with it stands there.
    TakenIn {
        /// `DocumentReference` id.
        document: String,
    },
    /// It could not be fetched and is not there any longer.
    Gone,
    /// Somebody looked and is done with it.
    Reviewed {
        /// `Practitioner` id.
        by: String,
        /// Name as written.
        name: String,
        /// FHIR instant.
        at: String,
        /// Why nothing more is to be done with it.
        #[serde(default)]
        reason: String,
    },
}

/// A document addressed to us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inbox {
    /// Where it stands.
    pub state: InboxState,
    /// `DocumentKey`
    pub key: String,
    /// 医療機関コード of the sender.
    pub sender: String,
    /// Its name.
    pub sender_name: String,
    /// The patient's name in kana, as the list tells it.
    pub kana: String,
    /// Day of birth, `yyyy-MM-dd`; empty where it is not told.
    pub birth: String,
    /// `1` male, `2` female.
    pub sex: String,
    /// 被保険者個人識別子
    pub insured: String,
    /// Kind.
    pub kind: Kind,
    /// When it was registered, FHIR instant; empty where it is not told.
    pub registered: String,
    /// Files beside it, as the list tells it.
    pub attachments: u32,
    /// `Binary` of the envelope as it came; empty before.
    pub binary: String,
    /// SHA-256 of the envelope as it came.
    pub sha256: String,
    /// SHA-256 of the FHIR document in it.
    pub document_sha256: String,
    /// Key in it.
    pub target: Option<Target>,
    /// Files.
    pub files: Vec<FileKept>,
    /// The sender's signature is there (it is judged when the document is opened).
    pub signed: bool,
    /// What the sender replaced by it: the key of a document that came before.
    pub supersedes: Option<Target>,
    /// What must be known of it.
    pub remarks: Vec<String>,
    /// How often it was fetched: what came stays, also when something else comes the next time.
    #[serde(default)]
    pub fetches: u32,
}

impl Stored for Inbox {
    const CODE: &'static str = "sharing-inbox";
    const WORDS: &'static str = "受け取った文書";

    fn state(&self) -> &'static str {
        match self.state {
            InboxState::AwaitingConsent => "awaiting-consent",
            InboxState::Listed => "listed",
            InboxState::Arrived => "arrived",
            InboxState::Quarantined { .. } => "quarantined",
            InboxState::Duplicate { .. } => "duplicate",
            InboxState::TakenIn { .. } => "taken-in",
            InboxState::Gone => "gone",
            InboxState::Reviewed { .. } => "reviewed",
        }
    }

    fn words(&self) -> &'static str {
        match self.state {
            InboxState::AwaitingConsent => "同意待ち",
            InboxState::Listed => "取得待ち",
            InboxState::Arrived => "未確認",
            InboxState::Quarantined { .. } => "隔離（要確認）",
            InboxState::Duplicate { .. } => "重複",
            InboxState::TakenIn { .. } => "受信箱へ",
            InboxState::Gone => "取得できず",
            InboxState::Reviewed { .. } => "確認済",
        }
    }

    fn status(&self) -> &'static str {
        match self.state {
            InboxState::AwaitingConsent => "on-hold",
            InboxState::Listed => "accepted",
            InboxState::Arrived => "ready",
            InboxState::Quarantined { .. } | InboxState::Gone => "failed",
            InboxState::Duplicate { .. } => "cancelled",
            InboxState::TakenIn { .. } | InboxState::Reviewed { .. } => "completed",
        }
    }

    fn numbers(&self) -> Vec<(&'static str, String)> {
        let mut numbers = vec![(DOCUMENT_KEY, self.key.clone())];
        numbers.extend(self.target.as_ref().map(|target| (BUNDLE_ID, target.value.clone())));
        numbers
    }

    fn focus(&self) -> Option<&str> {
        Some(self.binary.as_str()).filter(|binary| !binary.is_empty())
    }
}
