//! What the service tells when it is asked: searches and states.
use super::change::replaced;
use super::register::{registered, unregistered};
use super::{Act, Life, Notice, Search, State, Step, Why, done};
use crate::wire::message::ServiceStatus;

/// A search was answered.
pub(super) fn searched(life: &Life, search: &Search) -> Step {
    let foreign = |known: &&super::Known| life.id.as_ref() != Some(&known.id);
    let candidates: Vec<_> = search.candidates.iter().filter(foreign).collect();
    let cancel_all = || candidates.iter().map(|known| Act::CancelSurplus(known.id.clone())).collect::<Vec<_>>();
    let seen = if search.settled && candidates.is_empty() {
        Life { unsure: 0, mixed: false, ..life.clone() }
    } else {
        life.clone()
    };
    let doubtful = search.others_unsure || life.mixed;
    match (life.state, candidates.split_first()) {
        (State::Unsure, None) => done(seen.to(State::Signed), vec![Act::Register]),
        // Not to be told apart from another prescription's: none of them is given out.
        (State::Unsure, Some(_)) if doubtful => {
            let mut acts = cancel_all();
            acts.push(Act::RetryLater);
            done(life.clone(), acts)
        }
        (State::Unsure, Some((newest, rest))) => adopt(registered(life, newest), rest),
        (State::ChangeUnsure, Some(_)) if doubtful => {
            let mut step = unregistered(life, Why::Ambiguous);
            step.acts.extend(cancel_all());
            step
        }
        (State::ChangeUnsure, Some((newest, rest))) => adopt(replaced(life, newest), rest),
        (State::ChangeUnsure, None) => {
            done(seen.clone(), vec![Act::AskStatus(life.id.clone().unwrap_or_default())])
        }
        // The late search: what is found beside the own registration is not to be.
        (_, None) if search.settled => done(seen, Vec::new()),
        (_, None) => done(seen, vec![Act::Settle]),
        (_, Some(_)) => {
            let mut acts = cancel_all();
            acts.push(Act::Settle);
            done(life.clone(), acts)
        }
    }
}

/// Found at the service: it is this one; what stands beside it is not to be.
fn adopt(mut step: Step, rest: &[&super::Known]) -> Step {
    step.acts.extend(rest.iter().map(|known| Act::CancelSurplus(known.id.clone())));
    step
}

/// The service told a state.
pub(super) fn status(life: &Life, id: &str, status: ServiceStatus) -> Step {
    // The undo of a change came through although its answer said nothing of it.
    if let Some((before, code)) = life.before.as_ref().filter(|(before, _)| before == id)
        && life.state == State::Cancelled
        && status != ServiceStatus::Cancelled
    {
        let known = super::Known { id: before.clone(), access_code: code.clone() };
        return self::status(&Life { before: None, ..life.with_ids(&known) }, id, status);
    }
    if life.id.as_deref() != Some(id) {
        return done(life.clone(), Vec::new());
    }
    let at_pharmacy = match status {
        ServiceStatus::InDispensing => Some(State::Received),
        ServiceStatus::Dispensed => Some(State::Dispensed),
        ServiceStatus::Returned => Some(State::Returned),
        ServiceStatus::Issued | ServiceStatus::Cancelled => None,
    };
    match (life.state, status, at_pharmacy) {
        // A change, cancel or undo was on its way when the pharmacy took it.
        (State::Cancelling | State::Changing | State::ChangeUnsure | State::UndoingChange, _, Some(state)) => {
            done(life.to(state), vec![Act::Tell(Notice::AlreadyReceived)])
        }
        (State::Unregistered { .. } | State::OnPaper | State::Draft | State::Checked, _, _) => {
            done(life.clone(), Vec::new())
        }
        (_, _, Some(state)) => done(life.to(state), Vec::new()),
        (State::Cancelling, ServiceStatus::Issued, _) => done(life.clone(), vec![Act::Cancel(id.to_owned())]),
        // Every sending is accounted for: the change did not come through.
        (State::ChangeUnsure, ServiceStatus::Issued, _) if life.unsure == 0 => {
            done(life.to(State::Registered), vec![Act::Tell(Notice::ChangeDeclined)])
        }
        (State::ChangeUnsure, ServiceStatus::Cancelled, _) if life.unsure == 0 => {
            done(life.to(State::Cancelled), vec![Act::Tell(Notice::CancelledElsewhere)])
        }
        (State::ChangeUnsure, ServiceStatus::Issued, _) => {
            done(life.to(State::Changing), vec![Act::Change(id.to_owned())])
        }
        // The old one is gone: the change came through, its registration is to be found.
        (State::ChangeUnsure, ServiceStatus::Cancelled, _) => done(life.clone(), vec![Act::RetryLater, Act::Search]),
        (State::UndoingCancel, ServiceStatus::Issued, _) => done(life.to(State::Registered), Vec::new()),
        (State::UndoingCancel, ServiceStatus::Cancelled, _) => {
            done(life.clone(), vec![Act::UndoCancel(id.to_owned())])
        }
        (State::UndoingChange, ServiceStatus::Issued, _) => done(life.clone(), vec![Act::UndoChange(id.to_owned())]),
        (State::UndoingChange, ServiceStatus::Cancelled, _) => match life.before.clone() {
            Some((id, access_code)) => {
                let known = super::Known { id, access_code };
                done(Life { before: None, ..life.with_ids(&known) }, Vec::new())
            }
            None => done(life.to(State::Cancelled), vec![Act::Tell(Notice::CancelledElsewhere)]),
        },
        // A pharmacy took its reception back.
        (State::Received, ServiceStatus::Issued, _) => done(life.to(State::Registered), Vec::new()),
        (State::Cancelled, ServiceStatus::Issued, _) => done(life.to(State::Registered), Vec::new()),
        (State::Cancelling, ServiceStatus::Cancelled, _) => done(life.to(State::Cancelled), Vec::new()),
        (State::Registered | State::Received | State::Expired, ServiceStatus::Cancelled, _) => {
            let before = life.before.as_ref().map(|(before, _)| Act::AskStatus(before.clone()));
            let acts = [Act::Tell(Notice::CancelledElsewhere)].into_iter().chain(before).collect();
            done(life.to(State::Cancelled), acts)
        }
        _ => done(life.clone(), Vec::new()),
    }
}
