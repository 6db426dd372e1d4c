//! Change, cancel and their undos.
use super::register::registered;
use super::{Act, Ended, Form, Known, Life, NotNow, NotNowReason, Notice, Reason, State, Step, done};

fn own(life: &Life) -> String {
    life.id.clone().unwrap_or_default()
}

/// Only what is registered and not at a pharmacy can be changed or cancelled (digest 4.2, 4.3).
fn changeable(life: &Life) -> Result<(), NotNow> {
    Err(NotNow(match life.state {
        State::Registered => return Ok(()),
        State::Received => NotNowReason::Received,
        State::Draft | State::Checked | State::Unregistered { .. } | State::OnPaper => NotNowReason::NotYet,
        State::Dispensed | State::Returned | State::Cancelled | State::Expired => NotNowReason::Over,
        _ => NotNowReason::OnItsWay,
    }))
}

pub(super) fn cancel_asked(life: &Life) -> Result<Step, NotNow> {
    changeable(life)?;
    Ok(done(life.to(State::Cancelling), vec![Act::Cancel(own(life))]))
}

pub(super) fn change_asked(life: &Life, form: Form) -> Result<Step, NotNow> {
    changeable(life)?;
    Ok(done(Life { form, ..life.to(State::Changing) }, vec![Act::Change(own(life))]))
}

pub(super) fn undo_asked(life: &Life) -> Result<Step, NotNow> {
    // The service knows no undo of it: it is registered anew.
    if life.form == Form::InHouse {
        return Err(NotNow(NotNowReason::NotYet));
    }
    match (life.state, &life.before) {
        (State::Cancelled, _) => Ok(done(life.to(State::UndoingCancel), vec![Act::UndoCancel(own(life))])),
        (State::Registered, Some(_)) => Ok(done(life.to(State::UndoingChange), vec![Act::UndoChange(own(life))])),
        (State::Received, _) => Err(NotNow(NotNowReason::Received)),
        (State::Cancelling | State::Changing | State::ChangeUnsure, _) => Err(NotNow(NotNowReason::OnItsWay)),
        _ => Err(NotNow(NotNowReason::NotYet)),
    }
}

/// The new registration takes the place of the old one, which is kept for the undo.
pub(super) fn replaced(life: &Life, known: &Known) -> Step {
    let before = life.id.clone().zip(life.access_code.clone()).filter(|_| life.form != Form::InHouse);
    registered(&Life { before, ..life.clone() }, known)
}

pub(super) fn changed(life: &Life, ended: &Ended) -> Step {
    let without_effect = Life { unsure: life.unsure.saturating_sub(1), ..life.clone() };
    match ended {
        Ended::Done(Some(known)) => replaced(&without_effect, known),
        Ended::Done(None) | Ended::Unknown => done(life.to(State::ChangeUnsure), vec![Act::Search]),
        Ended::NotSent => done(without_effect, vec![Act::RetryLater]),
        Ended::Declined(Reason::AlreadyReceived) => done(
            without_effect.to(State::Registered),
            vec![Act::Tell(Notice::AlreadyReceived), Act::AskStatus(own(life))],
        ),
        // An earlier sending may have come through meanwhile, and the old one be gone for that reason.
        Ended::Declined(_) if without_effect.unsure > 0 => {
            done(without_effect.to(State::ChangeUnsure), vec![Act::Search])
        }
        Ended::Declined(_) | Ended::Refused => done(
            without_effect.to(State::Registered),
            vec![Act::Tell(Notice::ChangeDeclined), Act::AskStatus(own(life))],
        ),
    }
}

pub(super) fn cancelled(life: &Life, ended: &Ended) -> Step {
    match ended {
        Ended::Done(_) => done(life.to(State::Cancelled), Vec::new()),
        Ended::NotSent => done(life.clone(), vec![Act::RetryLater]),
        // Whether it was this cancel or another: the state tells.
        Ended::Unknown | Ended::Declined(Reason::NothingToCancel) => {
            done(life.clone(), vec![Act::AskStatus(own(life))])
        }
        Ended::Declined(Reason::AlreadyReceived) => {
            done(life.to(State::Registered), vec![Act::Tell(Notice::AlreadyReceived), Act::AskStatus(own(life))])
        }
        Ended::Declined(Reason::Other) | Ended::Refused => {
            done(life.to(State::Registered), vec![Act::Tell(Notice::NotCancelled), Act::AskStatus(own(life))])
        }
    }
}

pub(super) fn undone(life: &Life, ended: &Ended) -> Step {
    let stood = if life.state == State::UndoingCancel { State::Cancelled } else { State::Registered };
    match ended {
        Ended::Done(Some(known)) => Step { life: Life { before: None, ..life.with_ids(known) }, acts: Vec::new() },
        // Whether an earlier sending did it: the state tells.
        Ended::Done(None) | Ended::Unknown | Ended::Declined(Reason::NothingToCancel) => {
            done(life.clone(), vec![Act::AskStatus(own(life))])
        }
        Ended::NotSent => done(life.clone(), vec![Act::RetryLater]),
        Ended::Declined(_) | Ended::Refused => {
            done(life.to(stood), vec![Act::Tell(Notice::NotUndone), Act::AskStatus(own(life))])
        }
    }
}
