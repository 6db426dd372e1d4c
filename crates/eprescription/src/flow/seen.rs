//! What the service tells when it is asked: searches and states.
use super::change::replaced;
use super::register::{registered, unregistered};
use super::{Act, Known, Life, Notice, Search, State, Step, Why, done};
use crate::wire::message::ServiceStatus;

/// A search was answered.
pub(super) fn searched(life: &Life, search: &Search) -> Step {
    let foreign = |known: &&Known| life.id.as_ref() != Some(&known.id);
    let found: Vec<&Known> = search.candidates.iter().filter(foreign).collect();
    let seen = if search.settled && found.is_empty() {
        Life { unsure: 0, mixed: false, ..life.clone() }
    } else {
        life.clone()
    };
    // What is doomed and still stands is cancelled once more.
    let (gone, live): (Vec<&Known>, Vec<&Known>) =
        found.iter().copied().partition(|known| life.doomed.contains(&known.id));
    let doubtful = search.others_unsure || life.mixed;
    let mut step = match (life.state, live.split_first()) {
        (State::Unsure, None) => done(seen.to(State::Signed), vec![Act::Register]),
        // Not to be told apart from another prescription's: none of them is given out.
        (State::Unsure, Some(_)) if doubtful => doomed(life, &live, vec![Act::RetryLater]),
        (State::Unsure, Some((newest, rest))) => adopt(registered(life, newest), rest),
        (State::ChangeUnsure, Some(_)) if doubtful => adopt(unregistered(life, Why::Ambiguous), &live),
        (State::ChangeUnsure, Some((newest, rest))) => adopt(replaced(life, newest), rest),
        (State::ChangeUnsure, None) => done(seen, vec![Act::AskStatus(life.id.clone().unwrap_or_default())]),
        // The late search: what is found beside the own registration is not to be.
        (_, None) if search.settled && gone.is_empty() => done(seen, Vec::new()),
        (_, _) => doomed(&seen, &live, vec![Act::Settle]),
    };
    step.acts.splice(0..0, gone.iter().map(|known| Act::CancelSurplus(known.id.clone())));
    step
}

/// None of them is to be; then these acts.
fn doomed(life: &Life, live: &[&Known], then: Vec<Act>) -> Step {
    let cancels = live.iter().map(|known| Act::CancelSurplus(known.id.clone()));
    done(life.doom(live.iter().copied()), cancels.chain(then).collect())
}

/// This is what was looked for; what stands beside it is not to be.
fn adopt(mut step: Step, rest: &[&Known]) -> Step {
    step.life = step.life.doom(rest.iter().copied());
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
        let known = Known { id: before.clone(), access_code: code.clone() };
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
        // The old one is gone, and no registration that could be the new one: the late search tells.
        (State::ChangeUnsure, ServiceStatus::Cancelled, _) => done(life.clone(), vec![Act::Settle]),
        (State::UndoingCancel, ServiceStatus::Cancelled, _) => done(life.clone(), vec![Act::UndoCancel(id.to_owned())]),
        (State::UndoingChange, ServiceStatus::Issued, _) => done(life.clone(), vec![Act::UndoChange(id.to_owned())]),
        (State::UndoingChange, ServiceStatus::Cancelled, _) => match life.before.clone() {
            Some((id, access_code)) => {
                let known = Known { id, access_code };
                done(Life { before: None, ..life.with_ids(&known) }, Vec::new())
            }
            None => done(life.to(State::Cancelled), vec![Act::Tell(Notice::CancelledElsewhere)]),
        },
        // A cancel was taken back, or a pharmacy its reception.
        (State::UndoingCancel | State::Received | State::Cancelled, ServiceStatus::Issued, _) => {
            done(life.to(State::Registered), Vec::new())
        }
        (State::Cancelling, ServiceStatus::Cancelled, _) => done(life.to(State::Cancelled), Vec::new()),
        (State::Registered | State::Received | State::Expired, ServiceStatus::Cancelled, _) => {
            let before = life.before.as_ref().map(|(before, _)| Act::AskStatus(before.clone()));
            let acts = [Act::Tell(Notice::CancelledElsewhere)].into_iter().chain(before).collect();
            done(life.to(State::Cancelled), acts)
        }
        _ => done(life.clone(), Vec::new()),
    }
}
