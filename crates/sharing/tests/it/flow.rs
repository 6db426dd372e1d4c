//! The flows, walked through wherever they can go.
use karute_sharing::flow::letter::{self, Act, Event, Life, State};
use karute_sharing::flow::{Ended, Reason, unit};
use karute_sharing::wire::ServiceState;
use std::collections::BTreeSet;

const ENDS: [Ended; 9] = [
    Ended::Done,
    Ended::Declined(Reason::Insured),
    Ended::Declined(Reason::Addressee),
    Ended::Declined(Reason::AlreadyReceived),
    Ended::Declined(Reason::AlreadyThere),
    Ended::Declined(Reason::NotFound),
    Ended::Declined(Reason::Other),
    Ended::NotSent,
    Ended::Unknown,
];

fn events() -> Vec<Event> {
    let mut all = vec![
        Event::SendAsked,
        Event::UndoAsked,
        Event::ReplaceAsked,
        Event::CorrectAsked,
        Event::CancelAsked,
        Event::RetryAsked,
        Event::WithdrawAsked,
        Event::Sending,
        Event::Unknown { settled: false },
        Event::Unknown { settled: true },
        Event::NotTold,
        Event::GaveUp,
        Event::Ended(Ended::Refused),
        Event::Attached(Ended::Refused),
        Event::Cancelled(Ended::Refused),
    ];
    for ended in ENDS {
        all.extend([Event::Ended(ended), Event::Attached(ended), Event::Cancelled(ended)]);
    }
    all.extend(ServiceState::ALL.map(Event::Seen));
    all
}

/// Everything a letter with one file can become; numbers of presses and questions do not matter.
#[test]
fn wherever_a_letter_goes_it_is_never_sent_blindly_nor_lost() {
    let mut seen = BTreeSet::new();
    let mut waiting = vec![Life::new(1)];
    let mut edges = 0;
    while let Some(life) = waiting.pop() {
        if !seen.insert(format!("{life:?}")) {
            continue;
        }
        for event in events() {
            let Ok(made) = letter::step(&life, event) else {
                assert!(!letter::NotNow(life.state).words().is_empty());
                continue;
            };
            edges += 1;
            let why = format!("{life:?} {event:?} → {made:?}");
            // Sent again only where the service was asked and did not know it, or nothing was ever in doubt.
            if made.acts.contains(&Act::Send) {
                let asked = matches!(event, Event::Unknown { .. });
                assert!(asked || !life.unsure, "{why}");
                assert_eq!(made.life.state, State::Ready, "{why}");
            }
            // A doubt is only over when the service told, everything settled, or another document takes its place
            // (whose desk remembers the old key).
            if life.unsure && !made.life.unsure {
                let over = matches!(
                    event,
                    Event::Seen(_)
                        | Event::Unknown { .. }
                        | Event::Cancelled(_)
                        | Event::CorrectAsked
                        | Event::Ended(_)
                );
                assert!(over, "{why}");
                if matches!(event, Event::Ended(_)) {
                    assert_eq!(event, Event::Ended(Ended::Declined(Reason::AlreadyReceived)), "{why}");
                }
            }
            // Whoever stops with a doubt asks once more later.
            let stopped = matches!(made.life.state, State::Error { .. } | State::Withdrawn);
            if stopped && made.life.unsure && made.life.state != life.state {
                assert!(made.acts.contains(&Act::Settle), "{why}");
            }
            // What is not over goes on by itself: by an act, or by what a job finds due.
            let going = matches!(made.life.state, State::Sent | State::Checking | State::Cancelling | State::Ready);
            if going && made.life.state != life.state {
                assert!(made.life.due().is_some(), "{why}");
            }
            // What stood before is only forgotten when the new one stands.
            if made.acts.contains(&Act::Forget) {
                assert!(matches!(made.life.state, State::Registered | State::Received), "{why}");
            }
            assert!(!(made.life.replacing && made.acts.contains(&Act::Restore)), "{why}");
            waiting.push(Life { press: 1, asked: 0, ..made.life });
        }
    }
    assert!(seen.len() > 25 && edges > 400, "{} lives, {edges} steps", seen.len());
}

#[test]
fn wherever_a_unit_goes_a_doubt_ends_with_one_more_sending() {
    let mut seen = BTreeSet::new();
    let mut waiting = vec![unit::Life::default()];
    let mut events = vec![
        unit::Event::Changed,
        unit::Event::Same,
        unit::Event::Nothing,
        unit::Event::Invalid,
        unit::Event::Sending,
        unit::Event::Settled,
        unit::Event::GaveUp,
        unit::Event::Ended(Ended::Refused),
    ];
    events.extend(ENDS.map(unit::Event::Ended));
    events.extend(ENDS.map(unit::Event::Removed));
    while let Some(life) = waiting.pop() {
        if !seen.insert(format!("{life:?}")) {
            continue;
        }
        for event in &events {
            let made = unit::step(&life, *event);
            let why = format!("{life:?} {event:?} → {made:?}");
            if life.unsure && !made.life.unsure {
                assert_eq!((*event, made.acts.as_slice()), (unit::Event::Settled, &[unit::Act::Put][..]), "{why}");
            }
            if made.life.state == unit::State::Registered
                && made.life.unsure
                && matches!(*event, unit::Event::Ended(Ended::Done) | unit::Event::Removed(Ended::Done))
            {
                assert!(life.state != unit::State::Sent || made.acts.contains(&unit::Act::Settle), "{why}");
            }
            waiting.push(made.life);
        }
    }
    assert!(seen.len() > 10, "{}", seen.len());
}
