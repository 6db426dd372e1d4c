//! The life of a letter: Draft → Ready → Sent → Checking → Registered → Received, with replacement and cancellation.
use super::{Ended, Reason, Why};
use crate::wire::message::ServiceState;
use serde::{Deserialize, Serialize};

/// Where a letter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum State {
    /// Being written, or taken back within the ten seconds.
    Draft,
    /// Pressed; leaves when the ten seconds are over.
    Ready,
    /// On its way; its fate is not known until the answer is there.
    Sent,
    /// Taken by the service, which checks it.
    Checking,
    /// 登録済: the addressee can fetch it.
    Registered,
    /// 受領済
    Received,
    /// A cancellation is on its way.
    Cancelling,
    /// 取消済
    Cancelled,
    /// 期限切れ: nobody fetched it.
    Expired,
    /// A person must look.
    Error {
        /// Why.
        why: Why,
    },
    /// Given up; it goes on paper.
    Withdrawn,
}

/// What the flow knows of a letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Life {
    /// Where it stands.
    pub state: State,
    /// How often the button was pressed: an older job finds another number and does nothing.
    pub press: u32,
    /// This document replaces one that stands at the service.
    pub replacing: bool,
    /// Some sending of this document was never accounted for.
    pub unsure: bool,
    /// Files beside it.
    pub attachments: u32,
    /// Files that are at the service.
    pub attached: u32,
    /// How often its state was asked for since it was taken.
    pub asked: u32,
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The press.
    SendAsked,
    /// Taken back within the ten seconds; after an error: what stood before stays.
    UndoAsked,
    /// Another document for what stands (with the press).
    ReplaceAsked,
    /// Another document under another key after an error (with the press).
    CorrectAsked,
    /// Cancel what stands.
    CancelAsked,
    /// Send again after an error, or what was taken back.
    RetryAsked,
    /// Give up after an error; it goes on paper.
    WithdrawAsked,
    /// The mark before the first byte leaves.
    Sending,
    /// Registration or change ended.
    Ended(Ended),
    /// A file was put beside it, or not.
    Attached(Ended),
    /// The cancellation ended.
    Cancelled(Ended),
    /// The service told a state of this document.
    Seen(ServiceState),
    /// The service does not know this document; `settled`: nothing can take effect any longer.
    Unknown {
        /// See above.
        settled: bool,
    },
    /// The service did not answer when it was asked.
    NotTold,
    /// Nobody tries any longer.
    GaveUp,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Wait for the ten seconds, then [`Act::Send`].
    SendLater,
    /// Register, or change where it replaces.
    Send,
    /// Put the next file beside it.
    Attach,
    /// Cancel.
    Cancel,
    /// Ask for the state by its key, now.
    Ask,
    /// Ask for the state again later.
    Watch,
    /// Ask once more when every sending has taken effect or never will.
    Settle,
    /// Try again later.
    RetryLater,
    /// What stood before this document is the letter again.
    Restore,
    /// What stood before this document is gone.
    Forget,
    /// A person is to be told.
    Tell(Notice),
}

/// What a person is to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// It is not at the service.
    NotSent,
    /// The addressee has it; write a new one.
    AlreadyReceived,
    /// It could not be cancelled.
    NotCancelled,
    /// It was cancelled elsewhere.
    CancelledElsewhere,
    /// Nobody fetched it in time.
    Expired,
    /// It was given up, but turned out to be registered; it is being cancelled.
    LateRegistration,
}

impl Notice {
    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Notice::NotSent => "not-sent",
            Notice::AlreadyReceived => "already-received",
            Notice::NotCancelled => "not-cancelled",
            Notice::CancelledElsewhere => "cancelled-elsewhere",
            Notice::Expired => "expired",
            Notice::LateRegistration => "late-registration",
        }
    }

    /// For the person, by its code.
    pub fn words(code: &str) -> &'static str {
        match code {
            "not-sent" => "紹介状は送信されていません。",
            "already-received" => "宛先がすでに受け取っています。訂正は新しい紹介状で送ってください。",
            "not-cancelled" => "取り消せませんでした。紹介状は有効なままです。",
            "cancelled-elsewhere" => "この紹介状は別のところで取り消されました。",
            "expired" => "期限までに受け取られませんでした。宛先に確認してください。",
            "late-registration" => "送信をやめた紹介状がサービスに登録されていたため、取り消しています。",
            _ => "",
        }
    }
}

/// It cannot be done where the letter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.words())]
pub struct NotNow(pub State);

impl NotNow {
    /// For the person.
    pub fn words(self) -> &'static str {
        match self.0 {
            State::Draft => "この紹介状はまだ送信されていません。",
            State::Ready => "送信の準備中です。取り消すなら「元に戻す」を押してください。",
            State::Sent | State::Checking | State::Cancelling => "送信中です。結果が出てから操作してください。",
            State::Registered => "この紹介状はすでに送信されています。",
            State::Received => "宛先がすでに受け取っています。訂正は新しい紹介状で送ってください。",
            State::Cancelled | State::Expired | State::Withdrawn => "この紹介状はすでに終わっています。",
            State::Error { .. } => "この紹介状は送信できていません。もう一度送るか、紙に切り替えてください。",
        }
    }
}

/// What follows from an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The life after it.
    pub life: Life,
    /// What is to be done, in order.
    pub acts: Vec<Act>,
}

impl Life {
    /// A letter that was not sent yet, with so many files.
    pub fn new(attachments: u32) -> Life {
        Life { state: State::Draft, press: 0, replacing: false, unsure: false, attachments, attached: 0, asked: 0 }
    }

    /// Whether a person must look: it is not where it should be.
    pub fn needs_a_person(&self) -> bool {
        matches!(self.state, State::Error { .. } | State::Expired)
    }

    /// What a job that takes it up does first.
    pub fn due(&self) -> Option<Act> {
        match self.state {
            State::Ready => Some(Act::Send),
            State::Checking if self.attached < self.attachments => Some(Act::Attach),
            // Killed under way, or its answer was lost; or on its way through the checks.
            State::Sent | State::Checking => Some(Act::Ask),
            State::Cancelling => Some(Act::Cancel),
            _ => None,
        }
    }

    fn to(&self, state: State) -> Life {
        Life { state, ..self.clone() }
    }
}

fn step_to(life: Life, acts: impl Into<Vec<Act>>) -> Step {
    Step { life, acts: acts.into() }
}

/// With the late question, where a sending was never accounted for.
fn settle(life: Life, mut acts: Vec<Act>) -> Step {
    if life.unsure {
        acts.push(Act::Settle);
    }
    step_to(life, acts)
}

/// What follows from an event.
///
/// # Errors
/// When the event is not possible where the letter stands; nothing has changed then.
pub fn step(life: &Life, event: Event) -> Result<Step, NotNow> {
    let not_now = Err(NotNow(life.state));
    Ok(match (event, life.state) {
        (Event::SendAsked | Event::RetryAsked, State::Draft)
        | (Event::CorrectAsked, State::Draft | State::Error { .. }) => pressed(life),
        (Event::ReplaceAsked, State::Registered) => pressed(&Life { replacing: true, ..life.clone() }),
        // The document may be another one now; the key of an earlier sending is asked for by the late question.
        (Event::RetryAsked, State::Error { .. }) if life.unsure => {
            step_to(Life { press: life.press.saturating_add(1), ..life.to(State::Sent) }, [Act::Ask])
        }
        (Event::RetryAsked, State::Error { .. }) => {
            step_to(Life { press: life.press.saturating_add(1), ..life.to(State::Ready) }, [Act::Send])
        }
        (Event::UndoAsked, State::Ready) if !life.unsure && !life.replacing => step_to(life.to(State::Draft), []),
        (Event::UndoAsked, State::Ready) if !life.unsure => restored(life, Vec::new()),
        (Event::UndoAsked, State::Error { .. }) if life.replacing && !life.unsure => restored(life, Vec::new()),
        (Event::WithdrawAsked, State::Draft | State::Error { .. }) if !life.replacing => {
            settle(life.to(State::Withdrawn), Vec::new())
        }
        (Event::CancelAsked, State::Registered) => {
            step_to(Life { press: life.press.saturating_add(1), ..life.to(State::Cancelling) }, [Act::Cancel])
        }
        (
            Event::SendAsked
            | Event::ReplaceAsked
            | Event::CorrectAsked
            | Event::RetryAsked
            | Event::UndoAsked
            | Event::WithdrawAsked
            | Event::CancelAsked,
            _,
        ) => return not_now,
        (Event::Sending, State::Ready) => step_to(life.to(State::Sent), []),
        (Event::Sending, State::Sent) => step_to(Life { unsure: true, ..life.clone() }, [Act::Ask]),
        (Event::Ended(ended), State::Sent) => sent(life, ended),
        (Event::Attached(ended), State::Checking) if life.attached < life.attachments => attached(life, ended),
        (Event::Cancelled(ended), State::Cancelling) => cancelled(life, ended),
        (Event::Seen(seen), _) => told(life, seen),
        (Event::Unknown { settled }, _) => unknown(life, settled),
        (Event::NotTold, State::Checking) => step_to(life.clone(), [Act::Watch]),
        (Event::NotTold, State::Sent) => step_to(Life { unsure: true, ..life.clone() }, [Act::RetryLater]),
        (Event::NotTold, _) => step_to(life.clone(), [Act::RetryLater]),
        (Event::GaveUp, _) => gave_up(life),
        // A doubled or late answer.
        (Event::Sending | Event::Ended(_) | Event::Attached(_) | Event::Cancelled(_), _) => step_to(life.clone(), []),
    })
}

fn pressed(life: &Life) -> Step {
    let press = life.press.saturating_add(1);
    let next = Life { press, attached: 0, asked: 0, unsure: false, ..life.to(State::Ready) };
    step_to(next, [Act::SendLater])
}

/// What stood before the replacement is the letter again.
fn restored(life: &Life, acts: Vec<Act>) -> Step {
    let acts = [vec![Act::Restore], acts].concat();
    step_to(Life { replacing: false, unsure: false, ..life.to(State::Registered) }, acts)
}

fn taken(life: &Life) -> Step {
    let next = Life { asked: 0, ..life.to(State::Checking) };
    let first = if next.attached < next.attachments { Act::Attach } else { Act::Watch };
    step_to(next, [first])
}

fn failed(life: &Life, why: Why) -> Step {
    settle(life.to(State::Error { why }), vec![Act::Tell(Notice::NotSent)])
}

fn sent(life: &Life, ended: Ended) -> Step {
    match ended {
        Ended::Done => taken(life),
        Ended::Unknown => step_to(Life { unsure: true, ..life.clone() }, [Act::Ask]),
        // The service was not reached: what is unsure are earlier sendings.
        Ended::NotSent if life.unsure => step_to(life.clone(), [Act::RetryLater]),
        Ended::NotSent => step_to(life.to(State::Ready), [Act::RetryLater]),
        Ended::Declined(Reason::AlreadyThere) => step_to(life.clone(), [Act::Ask]),
        Ended::Declined(Reason::AlreadyReceived) if life.replacing => step_to(
            Life { replacing: false, unsure: false, ..life.to(State::Received) },
            [Act::Restore, Act::Tell(Notice::AlreadyReceived)],
        ),
        Ended::Declined(reason) => failed(life, Why::of(reason)),
        Ended::Refused => failed(life, Why::Refused),
    }
}

fn attached(life: &Life, ended: Ended) -> Step {
    match ended {
        Ended::Done => {
            let next = Life { attached: life.attached.saturating_add(1), ..life.clone() };
            let then = if next.attached < next.attachments { Act::Attach } else { Act::Watch };
            step_to(next, [then])
        }
        // The same number again replaces it.
        Ended::NotSent | Ended::Unknown => step_to(life.clone(), [Act::RetryLater]),
        Ended::Refused => failed(life, Why::Refused),
        Ended::Declined(_) => failed(&Life { unsure: true, ..life.clone() }, Why::Declined),
    }
}

fn cancelled(life: &Life, ended: Ended) -> Step {
    match ended {
        Ended::Done => step_to(Life { unsure: false, ..life.to(State::Cancelled) }, []),
        // By its key: asking and repeating do no harm.
        Ended::Unknown | Ended::NotSent | Ended::Declined(Reason::NotFound) => {
            step_to(life.clone(), [Act::Ask, Act::RetryLater])
        }
        Ended::Declined(Reason::AlreadyReceived) => {
            step_to(life.to(State::Received), [Act::Tell(Notice::AlreadyReceived)])
        }
        Ended::Declined(_) | Ended::Refused => step_to(life.to(State::Registered), [Act::Tell(Notice::NotCancelled)]),
    }
}

/// The service told a state of this document.
fn told(life: &Life, seen: ServiceState) -> Step {
    let stands = |state: State| {
        let acts = if life.replacing { vec![Act::Forget] } else { Vec::new() };
        step_to(Life { replacing: false, unsure: false, ..life.to(state) }, acts)
    };
    match (life.state, seen) {
        (State::Draft | State::Ready | State::Received, _) => step_to(life.clone(), []),
        // Given up, but there: nobody waits for it any longer.
        (
            State::Withdrawn | State::Cancelled,
            ServiceState::Accepted | ServiceState::Checking | ServiceState::Registered,
        ) => step_to(
            // It is accounted for.
            Life { unsure: false, ..life.to(State::Cancelling) },
            [Act::Tell(Notice::LateRegistration), Act::Cancel],
        ),
        (State::Cancelling, ServiceState::Accepted | ServiceState::Checking | ServiceState::Registered) => {
            step_to(life.clone(), [Act::RetryLater])
        }
        // Done; or it never came to stand, and nothing is left to cancel.
        (State::Cancelling, ServiceState::Cancelled | ServiceState::Failed) => {
            step_to(Life { unsure: false, ..life.to(State::Cancelled) }, [])
        }
        (State::Cancelling, ServiceState::Received) => {
            step_to(life.to(State::Received), [Act::Tell(Notice::AlreadyReceived)])
        }
        // The answer was lost, the sending was not: files follow, and what the service says of it.
        (
            State::Sent | State::Error { .. },
            ServiceState::Accepted | ServiceState::Checking | ServiceState::Registered,
        ) if life.attached < life.attachments => taken(life),
        (State::Sent | State::Error { .. }, ServiceState::Accepted | ServiceState::Checking) => taken(life),
        (State::Checking, ServiceState::Accepted | ServiceState::Checking) => step_to(life.clone(), [Act::Watch]),
        // Registered already while files are missing: they still go.
        (State::Checking, ServiceState::Registered) if life.attached < life.attachments => {
            step_to(life.clone(), [Act::Attach])
        }
        (State::Sent | State::Checking | State::Error { .. } | State::Registered, ServiceState::Registered) => {
            stands(State::Registered)
        }
        (State::Sent | State::Checking, ServiceState::Failed) => {
            let next = Life { unsure: false, ..life.to(State::Error { why: Why::Failed }) };
            step_to(next, [Act::Tell(Notice::NotSent)])
        }
        (_, ServiceState::Received) => stands(State::Received),
        (State::Sent | State::Checking | State::Registered, ServiceState::Cancelled) => {
            let next = Life { unsure: false, ..life.to(State::Cancelled) };
            step_to(next, [Act::Tell(Notice::CancelledElsewhere)])
        }
        (State::Registered | State::Checking | State::Sent | State::Cancelling, ServiceState::Expired) => {
            step_to(Life { unsure: false, ..life.to(State::Expired) }, [Act::Tell(Notice::Expired)])
        }
        _ => step_to(life.clone(), []),
    }
}

/// The service does not know this document.
fn unknown(life: &Life, settled: bool) -> Step {
    let sure = if settled { Life { unsure: false, ..life.clone() } } else { life.clone() };
    match life.state {
        // It did not arrive: once more, under the same key, of which the service takes one.
        State::Sent => step_to(sure.to(State::Ready), [Act::Send]),
        State::Checking => step_to(sure, [Act::Watch]),
        State::Cancelling => step_to(Life { unsure: false, ..life.to(State::Cancelled) }, []),
        _ => step_to(sure, []),
    }
}

fn gave_up(life: &Life) -> Step {
    match life.state {
        State::Ready | State::Sent => failed(life, Why::Away),
        // Files are missing, or the service never told what became of it.
        State::Checking => failed(&Life { unsure: true, ..life.clone() }, Why::Away),
        State::Cancelling => step_to(life.to(State::Registered), [Act::Tell(Notice::NotCancelled)]),
        _ => step_to(life.clone(), []),
    }
}
