//! The life of one prescription between chart, service and pharmacy, as a pure state machine (digest section 9).
//!
//! [`step`] takes what is known and what happened, and answers what is known now and what is to be done next. It has no
//! clock, no network and no randomness. What it keeps to, whatever fails: a prescription ends registered exactly once,
//! or is visibly unregistered with its way on paper.
//!
//! How: a sending whose fate is unknown is counted ([`Life::unsure`]) until a search of the service that is later than
//! any late effect ([`Event::Searched`] with `settled`) has shown what became of it. While one is counted, whatever a
//! search finds beside the prescription's own registration is doomed ([`Life::doomed`]) and cancelled; what is doomed is
//! never taken for a prescription again, so that a cancel that is still on its way cannot hit one that is in use.
mod change;
mod register;
mod seen;

use crate::wire::message::ServiceStatus;

/// 発行形態
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// 電子処方箋
    Electronic,
    /// 紙の処方箋（引換番号付き）
    Paper,
    /// 院内処方: nothing leaves the house but what is told to the service. It has no number, no pharmacy and no paper.
    InHouse,
}

/// Why a prescription is not registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The service found faults in it; they are kept beside it.
    Declined,
    /// The service could not be reached long enough.
    Away,
    /// The institution's connection is refused; a person must mend it.
    Refused,
    /// It cannot be told which registration at the service is this one; all doubtful ones are cancelled.
    Ambiguous,
}

/// Where a prescription stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", tag = "at")]
pub enum State {
    /// Being written.
    Draft,
    /// Checked; every finding is answered.
    Checked,
    /// Signed (or the paper's envelope is made): ready to be sent.
    Signed,
    /// On its way: the mark was made durable before the sending.
    Registering,
    /// Sent, the answer is lost: the service is searched before anything is sent again.
    Unsure,
    /// Registered, has its 引換番号, waits for a pharmacy.
    Registered,
    /// A pharmacy has it (調剤中).
    Received,
    /// Dispensed.
    Dispensed,
    /// A pharmacy returned it undispensed (回収).
    Returned,
    /// A change is on its way.
    Changing,
    /// The answer to a change is lost.
    ChangeUnsure,
    /// A cancel is on its way, or its answer is lost.
    Cancelling,
    /// Cancelled.
    Cancelled,
    /// The undo of a cancel is on its way.
    UndoingCancel,
    /// The undo of a change is on its way.
    UndoingChange,
    /// Its days are over.
    Expired,
    /// Not registered; stands in the list nobody can miss.
    Unregistered {
        /// Why.
        why: Why,
    },
    /// Given out on paper without a number; never registered afterwards.
    OnPaper,
}

/// What is known of a prescription.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Life {
    /// Where it stands.
    pub state: State,
    /// Electronic or paper.
    pub form: Form,
    /// 処方箋ID, once registered.
    pub id: Option<String>,
    /// 引換番号, once registered.
    pub access_code: Option<String>,
    /// 処方箋ID and 引換番号 before a change, for its undo.
    pub before: Option<(String, String)>,
    /// Sendings whose fate is unknown.
    pub unsure: u32,
    /// Sendings of unknown fate are of different documents (it was changed or its form switched meanwhile): none of
    /// them is taken for this prescription.
    pub mixed: bool,
    /// Registrations that are not to be: they are cancelled, and never taken for this prescription whatever a later
    /// search finds. Made durable before the cancel is sent.
    #[serde(default)]
    pub doomed: Vec<String>,
    /// The mark of a change that was made durable before its sending.
    pub sent: bool,
}

impl Life {
    /// A new draft.
    pub fn new(form: Form) -> Life {
        Life {
            state: State::Draft,
            form,
            id: None,
            access_code: None,
            before: None,
            unsure: 0,
            mixed: false,
            doomed: Vec::new(),
            sent: false,
        }
    }

    /// Whether the list of unregistered prescriptions shows it.
    pub fn is_visibly_unregistered(&self) -> bool {
        matches!(
            self.state,
            State::Signed | State::Registering | State::Unsure | State::Unregistered { .. } | State::OnPaper
        )
    }

    /// What the job of this prescription does next: derived from where it stands, so that a job that was killed at any
    /// point goes on rightly. `None` = nothing.
    pub fn job(&self) -> Option<Act> {
        let id = self.id.clone().unwrap_or_default();
        match self.state {
            State::Signed | State::Registering => Some(Act::Register),
            State::Unsure | State::ChangeUnsure => Some(Act::Search),
            State::Changing => Some(Act::Change(id)),
            State::Cancelling => Some(Act::Cancel(id)),
            State::UndoingCancel => Some(Act::UndoCancel(id)),
            State::UndoingChange => Some(Act::UndoChange(id)),
            _ => None,
        }
    }

    fn doom<'k>(&self, registrations: impl IntoIterator<Item = &'k Known>) -> Life {
        let mut life = self.clone();
        for known in registrations {
            if !life.doomed.contains(&known.id) {
                life.doomed.push(known.id.clone());
            }
        }
        life
    }

    fn to(&self, state: State) -> Life {
        Life { state, ..self.clone() }
    }

    fn with_ids(&self, ids: &Known) -> Life {
        Life {
            state: State::Registered,
            id: Some(ids.id.clone()),
            access_code: Some(ids.access_code.clone()),
            ..self.clone()
        }
    }
}

/// A registration at the service.
#[derive(Clone, PartialEq, Eq)]
pub struct Known {
    /// 処方箋ID
    pub id: String,
    /// 引換番号
    pub access_code: String,
}

impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Known({}, …)", self.id)
    }
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Done, with the numbers where the function gives some.
    Done(Option<Known>),
    /// The service answered that it did not do it.
    Declined(Reason),
    /// It certainly did not arrive; also: the service is not on duty.
    NotSent,
    /// The institution's connection is refused; certainly without effect.
    Refused,
    /// Lost, damaged or unknown: it may have its effect.
    Unknown,
}

/// Why the service did not do it, as far as it matters for what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Nothing to cancel, or cancelled already.
    NothingToCancel,
    /// A pharmacy has accepted it.
    AlreadyReceived,
    /// Faults in what was sent, or anything else.
    Other,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The check is through: nothing found, or everything found is answered; or the service could not check in time
    /// and the doctor goes on.
    Checked,
    /// It was written on.
    Edited,
    /// The doctor issues it.
    Issue(Form),
    /// The signature is there and the document kept.
    Signed,
    /// The job begins to send: this is made durable before the first byte leaves.
    Sending,
    /// The sending of state `Registering`, `Changing`, `Cancelling`, … ended so.
    Ended(Ended),
    /// The search of the service was answered.
    Searched(Search),
    /// The search could not be made or understood.
    SearchFailed,
    /// The service told the state of a prescription.
    Seen {
        /// 処方箋ID that was asked for.
        id: String,
        /// State.
        status: ServiceStatus,
    },
    /// The state could not be asked for.
    StatusFailed,
    /// The job's attempts are used up, or the person does not wait any longer.
    GaveUp,
    /// Send it again.
    Retry,
    /// The person gives it out on paper without a number.
    PaperWithoutNumber,
    /// The doctor cancels it.
    CancelAsked,
    /// The doctor changed it; the new document is ready.
    ChangeAsked(Form),
    /// The doctor takes the last cancel or change back.
    UndoAsked,
    /// Its last day is over and no pharmacy has it.
    DaysOver,
}

/// What a search of the service found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// Registrations of this insured person by this institution since the first sending that none of the institution's
    /// prescriptions accounts for; newest first.
    pub candidates: Vec<Known>,
    /// Another prescription of this patient has sendings of unknown fate: a candidate may be that one's.
    pub others_unsure: bool,
    /// The search was made later than any late effect of a sending can be.
    pub settled: bool,
}

/// What is to be done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Have it signed.
    Sign,
    /// Register it (the job of the patient's lane).
    Register,
    /// Send the change of this 処方箋ID.
    Change(String),
    /// Cancel this 処方箋ID.
    Cancel(String),
    /// Take the cancel of this 処方箋ID back.
    UndoCancel(String),
    /// Take the change that made this 処方箋ID back.
    UndoChange(String),
    /// Search the service now.
    Search,
    /// Search the service once late effects are over.
    Settle,
    /// Cancel a registration that is not to be.
    CancelSurplus(String),
    /// Ask for the state of this 処方箋ID.
    AskStatus(String),
    /// Fetch 処方内容（控え）.
    FetchCopy(String),
    /// Print the paper prescription with its number.
    PrintNumbered,
    /// Print the paper prescription without a number.
    PrintPlain,
    /// Try the same again later (the queue's back-off).
    RetryLater,
    /// Tell the person.
    Tell(Notice),
}

/// What a person is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Not registered; the ways on are: again, correct, paper.
    Unregistered,
    /// A pharmacy has it already: cancel and change are for the pharmacy (疑義照会).
    AlreadyReceived,
    /// The service did not take the change; the registered one still stands.
    ChangeDeclined,
    /// Whether the change came through is not known yet.
    ChangeUnsure,
    /// The cancel did not succeed; the prescription still stands.
    NotCancelled,
    /// The undo did not succeed.
    NotUndone,
    /// It was cancelled at the service, not from here.
    CancelledElsewhere,
}

impl Notice {
    /// Its word in what is kept.
    pub fn code(self) -> &'static str {
        match self {
            Notice::Unregistered => "unregistered",
            Notice::AlreadyReceived => "already-received",
            Notice::ChangeDeclined => "change-declined",
            Notice::ChangeUnsure => "change-unsure",
            Notice::NotCancelled => "not-cancelled",
            Notice::NotUndone => "not-undone",
            Notice::CancelledElsewhere => "cancelled-elsewhere",
        }
    }
}

/// What is known now and what follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is known.
    pub life: Life,
    /// What is to be done, in this order.
    pub acts: Vec<Act>,
}

/// The event is not possible where the prescription stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.words())]
pub struct NotNow(pub NotNowReason);

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotNowReason {
    /// A pharmacy has it.
    Received,
    /// It is on its way.
    OnItsWay,
    /// It is over.
    Over,
    /// It is not so far yet.
    NotYet,
}

impl NotNowReason {
    /// For the person.
    pub fn words(self) -> &'static str {
        match self {
            NotNowReason::Received => {
                "薬局が受け付けているため、取消・変更はできません。薬局へ連絡してください（疑義照会）。"
            }
            NotNowReason::OnItsWay => "送信中です。結果が出てから操作してください。",
            NotNowReason::Over => "この処方箋はすでに終わっています。",
            NotNowReason::NotYet => "この処方箋はまだ登録されていません。",
        }
    }
}

/// What follows from an event.
///
/// # Errors
/// When the event is not possible where the prescription stands; nothing has changed then.
pub fn step(life: &Life, event: &Event) -> Result<Step, NotNow> {
    match event {
        Event::Checked | Event::Edited | Event::Issue(_) | Event::Signed | Event::Retry | Event::PaperWithoutNumber => {
            register::prepared(life, event)
        }
        Event::Sending => register::sending(life),
        Event::GaveUp => register::gave_up(life),
        Event::Ended(ended) => match life.state {
            State::Registering => Ok(register::ended(life, ended)),
            State::Changing => Ok(change::changed(&Life { sent: false, ..life.clone() }, ended)),
            State::Cancelling => Ok(change::cancelled(life, ended)),
            State::UndoingCancel | State::UndoingChange => Ok(change::undone(life, ended)),
            // A doubled or late answer: what it says was learnt from a search before.
            _ => Ok(late(life, ended)),
        },
        Event::Searched(search) => Ok(seen::searched(life, search)),
        Event::SearchFailed | Event::StatusFailed => Ok(done(life.clone(), vec![Act::RetryLater])),
        Event::Seen { id, status } => Ok(seen::status(life, id, *status)),
        Event::CancelAsked => change::cancel_asked(life),
        Event::ChangeAsked(form) => change::change_asked(life, *form),
        Event::UndoAsked => change::undo_asked(life),
        Event::DaysOver => Ok(match life.state {
            State::Registered => done(life.to(State::Expired), Vec::new()),
            _ => done(life.clone(), Vec::new()),
        }),
    }
}

fn done(life: Life, acts: Vec<Act>) -> Step {
    Step { life, acts }
}

/// An answer that nobody waits for any longer. One that names another registration than the own one shows a surplus.
fn late(life: &Life, ended: &Ended) -> Step {
    match ended {
        Ended::Done(Some(known)) if life.id.as_ref() != Some(&known.id) => {
            done(life.doom([known]), vec![Act::CancelSurplus(known.id.clone())])
        }
        _ => done(life.clone(), Vec::new()),
    }
}
