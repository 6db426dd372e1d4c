//! From the draft to the registration.
use super::{Act, Ended, Event, Form, Known, Life, NotNow, NotNowReason, Notice, State, Step, Why, done};

/// Writing, checking, signing, choosing the paper.
pub(super) fn prepared(life: &Life, event: &Event) -> Result<Step, NotNow> {
    let late = |acts: Vec<Act>| settle(life, acts);
    Ok(match (life.state, event) {
        (State::Draft | State::Checked, Event::Checked) => done(life.to(State::Checked), Vec::new()),
        (State::Draft | State::Checked | State::Signed | State::Unregistered { .. }, Event::Edited) => {
            done(another(life).to(State::Draft), late(Vec::new()))
        }
        (State::Checked | State::Unregistered { .. }, Event::Issue(Form::Electronic)) => {
            done(Life { form: Form::Electronic, ..another(life).to(State::Checked) }, late(vec![Act::Sign]))
        }
        (State::Checked | State::Unregistered { .. }, Event::Issue(form @ (Form::Paper | Form::InHouse))) => {
            ready(&Life { form: *form, ..another(life) })
        }
        (State::Checked, Event::Signed) | (State::Unregistered { .. }, Event::Retry) => ready(life),
        (
            State::Draft | State::Checked | State::Signed | State::Unsure | State::Unregistered { .. },
            Event::PaperWithoutNumber,
        ) if life.form != Form::InHouse => {
            done(Life { form: Form::Paper, ..life.to(State::OnPaper) }, late(vec![Act::PrintPlain]))
        }
        (state, _) => return Err(NotNow(why_not(state))),
    })
}

/// Another document than the one that was sent before.
fn another(life: &Life) -> Life {
    Life { mixed: life.mixed || life.unsure > 0, ..life.clone() }
}

fn why_not(state: State) -> NotNowReason {
    match state {
        State::Draft | State::Checked => NotNowReason::NotYet,
        State::Received => NotNowReason::Received,
        State::Signed
        | State::Registering
        | State::Unsure
        | State::Changing
        | State::ChangeUnsure
        | State::Cancelling
        | State::UndoingCancel
        | State::UndoingChange => NotNowReason::OnItsWay,
        _ => NotNowReason::Over,
    }
}

/// Ready to be sent; after an unknown fate the service is searched first.
fn ready(life: &Life) -> Step {
    if life.unsure > 0 {
        done(life.to(State::Unsure), vec![Act::Search])
    } else {
        done(life.to(State::Signed), vec![Act::Register])
    }
}

/// With the late search, where a sending's fate is unknown.
fn settle(life: &Life, mut acts: Vec<Act>) -> Vec<Act> {
    if life.unsure > 0 {
        acts.push(Act::Settle);
    }
    acts
}

/// The mark before the first byte leaves. A job that finds the mark already there was killed under way.
pub(super) fn sending(life: &Life) -> Result<Step, NotNow> {
    match life.state {
        State::Signed => {
            Ok(done(Life { unsure: life.unsure.saturating_add(1), ..life.to(State::Registering) }, Vec::new()))
        }
        State::Registering => Ok(done(life.to(State::Unsure), vec![Act::Search])),
        State::Changing if life.sent => {
            Ok(done(Life { sent: false, ..life.to(State::ChangeUnsure) }, vec![Act::Search]))
        }
        State::Changing => {
            Ok(done(Life { unsure: life.unsure.saturating_add(1), sent: true, ..life.clone() }, Vec::new()))
        }
        // Both are asked about by id, so that their repetition does no harm.
        State::Cancelling | State::UndoingCancel | State::UndoingChange => Ok(done(life.clone(), Vec::new())),
        state => Err(NotNow(why_not(state))),
    }
}

/// What follows a registration: the copy or the print, and one search later for what may have been registered twice.
pub(super) fn registered(life: &Life, known: &Known) -> Step {
    let next = match life.form {
        Form::Electronic => Some(Act::FetchCopy(known.id.clone())),
        Form::Paper => Some(Act::PrintNumbered),
        Form::InHouse => None,
    };
    done(life.with_ids(known), next.into_iter().chain([Act::Settle]).collect())
}

/// The registration ended.
pub(super) fn ended(life: &Life, ended: &Ended) -> Step {
    let without_effect = Life { unsure: life.unsure.saturating_sub(1), ..life.clone() };
    match ended {
        // The sending that was answered is accounted for; earlier ones are not.
        Ended::Done(Some(known)) => registered(&without_effect, known),
        // Done without numbers cannot be used: what was registered is searched for.
        Ended::Done(None) | Ended::Unknown => done(life.to(State::Unsure), vec![Act::Search]),
        Ended::NotSent if without_effect.unsure > 0 => done(without_effect.to(State::Unsure), vec![Act::RetryLater]),
        Ended::NotSent => done(without_effect.to(State::Signed), vec![Act::RetryLater]),
        Ended::Declined(_) => unregistered(&without_effect, Why::Declined),
        Ended::Refused => unregistered(&without_effect, Why::Refused),
    }
}

/// Visible, with the ways on.
pub(super) fn unregistered(life: &Life, why: Why) -> Step {
    done(life.to(State::Unregistered { why }), settle(life, vec![Act::Tell(Notice::Unregistered)]))
}

/// Nobody waits any longer.
pub(super) fn gave_up(life: &Life) -> Result<Step, NotNow> {
    Ok(match life.state {
        State::Signed | State::Registering | State::Unsure => unregistered(life, Why::Away),
        State::Changing if !life.sent && life.unsure == 0 => {
            done(life.to(State::Registered), vec![Act::Tell(Notice::ChangeDeclined)])
        }
        // Which of the two stands is not known: it stays so, visibly, until the late search has told.
        State::Changing | State::ChangeUnsure => done(
            Life { sent: false, ..life.to(State::ChangeUnsure) },
            vec![Act::Tell(Notice::ChangeUnsure), Act::Settle],
        ),
        // What stands at the service is shown by its state.
        State::Cancelling => asked(life, State::Registered, Notice::NotCancelled),
        State::UndoingCancel => asked(life, State::Cancelled, Notice::NotUndone),
        State::UndoingChange => asked(life, State::Registered, Notice::NotUndone),
        state => return Err(NotNow(why_not(state))),
    })
}

fn asked(life: &Life, state: State, notice: Notice) -> Step {
    done(life.to(state), vec![Act::Tell(notice), Act::AskStatus(life.id.clone().unwrap_or_default())])
}
