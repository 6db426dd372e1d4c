//! From what the service says of a letter to what the chart says of it.
use crate::flow::letter::State as At;
use karute_chart::letter::State;
use std::collections::VecDeque;

/// Where a letter of the chart stands when its document stands here; none while there is nothing to tell.
pub(super) fn told(at: At) -> Option<State> {
    Some(match at {
        // Taken back within the ten seconds: the chart said so itself.
        At::Draft | At::Ready => return None,
        At::Sent => State::Sending,
        At::Checking => State::Checking,
        At::Registered => State::Registered,
        At::Received => State::Received,
        At::Cancelling => State::Cancelling,
        At::Cancelled => State::Cancelled,
        At::Expired => State::Expired,
        At::Error { .. } => State::Failed,
        At::Withdrawn => State::Printed,
    })
}

/// The next step on the shortest way from one state to another; none when it stands there, or when no way leads there.
pub(super) fn toward(from: State, to: State) -> Option<State> {
    if from == to {
        return None;
    }
    let mut open = VecDeque::from([(from, None::<State>)]);
    let mut seen = vec![from];
    while let Some((here, first)) = open.pop_front() {
        for next in State::ALL {
            // On the way nothing is said that is not so: a letter is not called printed or cancelled in passing.
            let passing = next != to && matches!(next, State::Printed | State::Cancelled | State::Failed);
            if passing || seen.contains(&next) || !here.leads_to(next) {
                continue;
            }
            let step = first.or(Some(next));
            if next == to {
                return step;
            }
            seen.push(next);
            open.push_back((next, step));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_told_in_between_is_walked_through() {
        assert_eq!(toward(State::Ready, State::Registered), Some(State::Sending));
        assert_eq!(toward(State::Sending, State::Registered), Some(State::Registered));
        assert_eq!(toward(State::Sending, State::Received), Some(State::Checking));
        assert_eq!(toward(State::Failed, State::Registered), Some(State::Ready), "it took effect late");
        assert_eq!(toward(State::Registered, State::Registered), None);
        assert_eq!(toward(State::Received, State::Cancelled), None, "what was received stays received");
    }
}
