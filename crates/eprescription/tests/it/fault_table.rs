//! The table of faults, walked whole: every step from the press to the 引換番号 (and of cancel, change and undo) is
//! combined with everything that can go wrong there, up to three faults on one way, against a model of the service.
//! On every way the prescription ends registered exactly once, or visibly unregistered and not registered at all.
use karute_eprescription::flow::{Act, Ended, Event, Form, Known, Life, Reason, Search, State, step};
use karute_eprescription::wire::message::ServiceStatus;
use std::collections::{BTreeMap, VecDeque};

/// Faults on one way.
const MOST_FAULTS: u32 = 3;
/// Acts on one way; no way may go on longer.
const MOST_ACTS: u32 = 120;

#[derive(Clone)]
pub(super) struct World {
    pub(super) life: Life,
    /// Registrations at the service: id, and whether it stands.
    service: Vec<(String, bool)>,
    /// Which registration a change replaced, by the new id.
    replaced: Vec<(String, String)>,
    /// Sendings that may still take effect: the id a change replaces, or none for a registration.
    late: Vec<Option<String>>,
    pub(super) todo: VecDeque<Act>,
    pub(super) faults: u32,
    acts: u32,
    pub(super) way: Vec<&'static str>,
    told: bool,
    person: bool,
}

/// How a sending goes.
const OUTCOMES: [&str; 12] = [
    "ok",
    "declined",
    "not sent",
    "refused",
    "answer lost",
    "request lost",
    "late effect",
    "request doubled",
    "answer doubled",
    "garbage",
    "killed before sending",
    "killed after sending",
];

impl World {
    fn new(life: Life, service: Vec<(String, bool)>) -> World {
        World {
            life,
            service,
            replaced: Vec::new(),
            late: Vec::new(),
            todo: VecDeque::new(),
            faults: MOST_FAULTS,
            acts: 0,
            way: Vec::new(),
            told: false,
            person: true,
        }
    }

    pub(super) fn happens(&mut self, event: &Event) {
        let made = step(&self.life, event).unwrap_or_else(|error| panic!("{event:?} at {:?}: {error}", self.life));
        self.life = made.life;
        for act in made.acts {
            match act {
                Act::Tell(_) => self.told = true,
                Act::RetryLater => self.todo.extend(self.life.job()),
                Act::Sign => self.todo.push_back(Act::Sign),
                act if self.todo.contains(&act) => {}
                act => self.todo.push_back(act),
            }
        }
    }

    fn standing(&self) -> Vec<&str> {
        self.service.iter().filter(|(_, stands)| *stands).map(|(id, _)| id.as_str()).collect()
    }

    fn stands(&self, id: &str) -> bool {
        self.standing().contains(&id)
    }

    /// A registration or change takes effect; `None` when the service declines it.
    fn effect(&mut self, replaces: Option<&str>) -> Option<Known> {
        if let Some(old) = replaces {
            let held = self.service.iter_mut().find(|(id, stands)| id == old && *stands)?;
            held.1 = false;
        }
        let id = format!("rx-{}", self.service.len());
        self.service.push((id.clone(), true));
        self.replaced.extend(replaces.map(|old| (id.clone(), old.to_owned())));
        Some(Known { access_code: format!("code-{id}"), id })
    }

    fn fault(&self, name: &'static str) -> Option<World> {
        let faults = self.faults.checked_sub(1)?;
        let mut world = self.clone();
        world.faults = faults;
        world.way.push(name);
        Some(world)
    }

    /// Every way a registration or change can go.
    fn sendings(&self, replaces: Option<&str>) -> Vec<World> {
        let mut ways = Vec::new();
        for outcome in OUTCOMES {
            let world = if outcome == "ok" { Some(self.clone()) } else { self.fault(outcome) };
            let Some(mut world) = world else { continue };
            let before = world.life.clone();
            world.happens(&Event::Sending);
            // A job that was killed finds its mark and searches first.
            if !matches!(world.life.state, State::Registering | State::Changing) {
                if outcome == "ok" {
                    ways.push(world);
                }
                continue;
            }
            let ended = |world: &mut World, known: Option<Known>| {
                if known.is_none() {
                    world.way.push("declined by the service");
                }
                known.map_or(Ended::Declined(Reason::Other), |known| Ended::Done(Some(known)))
            };
            let mut answered = None;
            match outcome {
                "ok" => {
                    let known = world.effect(replaces);
                    answered = Some(ended(&mut world, known));
                }
                "request doubled" => {
                    let known = world.effect(replaces);
                    world.effect(replaces);
                    answered = Some(ended(&mut world, known));
                }
                "answer doubled" => {
                    let known = world.effect(replaces);
                    let first = ended(&mut world, known);
                    world.happens(&Event::Ended(first.clone()));
                    answered = Some(first);
                }
                "declined" => answered = Some(Ended::Declined(Reason::Other)),
                "not sent" => answered = Some(Ended::NotSent),
                "refused" => answered = Some(Ended::Refused),
                "answer lost" | "garbage" => {
                    world.effect(replaces);
                    answered = Some(Ended::Unknown);
                }
                "request lost" => answered = Some(Ended::Unknown),
                "late effect" => {
                    world.late.push(replaces.map(str::to_owned));
                    answered = Some(Ended::Unknown);
                }
                "killed before sending" => world.todo.extend(world.life.job()),
                _ => {
                    world.effect(replaces);
                    world.todo.extend(world.life.job());
                }
            }
            assert_ne!(world.life, before, "the mark is durable before the sending");
            if let Some(ended) = answered {
                world.happens(&Event::Ended(ended));
            }
            ways.push(world);
        }
        ways
    }

    /// Every way a cancel or an undo can go: `act` is what it does at the service.
    fn repeatable(&self, act: impl Fn(&mut World) -> Ended) -> Vec<World> {
        let mut ways = Vec::new();
        for outcome in ["ok", "not sent", "answer lost", "request lost", "refused", "killed after sending"] {
            let world = if outcome == "ok" { Some(self.clone()) } else { self.fault(outcome) };
            let Some(mut world) = world else { continue };
            world.happens(&Event::Sending);
            let ended = match outcome {
                "ok" => act(&mut world),
                "not sent" => Ended::NotSent,
                "refused" => Ended::Refused,
                "request lost" => Ended::Unknown,
                "answer lost" => {
                    act(&mut world);
                    Ended::Unknown
                }
                _ => {
                    act(&mut world);
                    world.todo.extend(world.life.job());
                    ways.push(world);
                    continue;
                }
            };
            world.happens(&Event::Ended(ended));
            ways.push(world);
        }
        ways
    }

    fn searched(&mut self, settled: bool) {
        let own = self.life.id.clone();
        let candidates = self.standing().into_iter().rev().filter(|id| Some(*id) != own.as_deref());
        let candidates = candidates.map(|id| Known { id: id.to_owned(), access_code: format!("code-{id}") }).collect();
        self.happens(&Event::Searched(Search { candidates, others_unsure: false, settled }));
    }

    /// Every way the next act can go.
    pub(super) fn next(mut self) -> Vec<World> {
        let Some(act) = self.todo.pop_front() else { return Vec::new() };
        self.acts += 1;
        assert!(self.acts < MOST_ACTS, "no end: {:?} {:?}", self.way, self.life);
        let mut ways = Vec::new();
        match &act {
            Act::Register => ways.extend(match self.life.state {
                State::Signed | State::Registering => self.sendings(None),
                _ => vec![self.clone()],
            }),
            Act::Change(old) => ways.extend(match self.life.state {
                State::Changing => self.sendings(Some(old)),
                _ => vec![self.clone()],
            }),
            Act::Cancel(id) if self.life.state == State::Cancelling => {
                ways.extend(self.repeatable(|world| match world.service.iter_mut().find(|(known, _)| known == id) {
                    Some((_, stands)) if *stands => {
                        *stands = false;
                        Ended::Done(None)
                    }
                    _ => Ended::Declined(Reason::NothingToCancel),
                }));
            }
            Act::UndoCancel(id) if self.life.state == State::UndoingCancel => {
                ways.extend(self.repeatable(|world| match world.service.iter_mut().find(|(known, _)| known == id) {
                    Some((_, stands)) if !*stands => {
                        *stands = true;
                        Ended::Done(Some(Known { id: id.clone(), access_code: format!("code-{id}") }))
                    }
                    _ => Ended::Declined(Reason::NothingToCancel),
                }));
            }
            Act::UndoChange(id) if self.life.state == State::UndoingChange => {
                ways.extend(self.repeatable(|world| {
                    let old = world.replaced.iter().find(|(new, _)| new == id).map(|(_, old)| old.clone());
                    match old {
                        Some(old) if world.stands(id) => {
                            for (known, stands) in &mut world.service {
                                *stands = (*stands && known != id) || *known == old;
                            }
                            Ended::Done(Some(Known { access_code: format!("code-{old}"), id: old }))
                        }
                        _ => Ended::Declined(Reason::NothingToCancel),
                    }
                }));
            }
            Act::Search => {
                ways.extend(self.fault("search failed").map(|mut world| {
                    world.happens(&Event::SearchFailed);
                    world
                }));
                let mut world = self.clone();
                world.searched(false);
                ways.push(world);
            }
            Act::Settle => {
                ways.extend(self.fault("late search failed").map(|mut world| {
                    world.todo.push_back(Act::Settle);
                    world
                }));
                // By now every sending has taken effect or never will.
                for all in [true, false] {
                    let mut world = self.clone();
                    for replaces in std::mem::take(&mut world.late) {
                        if all {
                            world.effect(replaces.as_deref());
                        }
                    }
                    world.searched(true);
                    ways.push(world);
                }
            }
            Act::CancelSurplus(id) => {
                for failed in ["surplus not cancelled", "answer of the surplus' cancel lost"] {
                    ways.extend(self.fault(failed).map(|mut world| {
                        if failed.starts_with("answer") {
                            world.dead(id);
                        }
                        world.todo.push_back(act.clone());
                        world
                    }));
                }
                let mut world = self.clone();
                world.dead(id);
                ways.push(world);
            }
            Act::AskStatus(id) => {
                ways.extend(self.fault("status not told").map(|mut world| {
                    world.happens(&Event::StatusFailed);
                    world.todo.push_back(act.clone());
                    world
                }));
                let mut world = self.clone();
                let status = if world.stands(id) { ServiceStatus::Issued } else { ServiceStatus::Cancelled };
                world.happens(&Event::Seen { id: id.clone(), status });
                ways.push(world);
            }
            _ => ways.push(self.clone()),
        }
        // The person may lose patience, or the queue its attempts, at any point.
        let mut impatient = Vec::new();
        for world in &ways {
            if step(&world.life, &Event::GaveUp).is_ok() {
                impatient.extend(world.fault("gave up").map(|mut world| {
                    world.happens(&Event::GaveUp);
                    world
                }));
            }
        }
        ways.extend(impatient);
        // In front of an unregistered prescription the person chooses, once.
        let mut chosen = Vec::new();
        for world in ways.iter().filter(|world| world.person && matches!(world.life.state, State::Unregistered { .. }))
        {
            let in_house = world.life.form == Form::InHouse;
            // 院内処方 has no paper beside it: it is sent again, corrected or given up.
            let events = if in_house {
                [Event::Retry, Event::Edited, Event::Issue(Form::InHouse)]
            } else {
                [Event::Retry, Event::PaperWithoutNumber, Event::Issue(Form::Paper)]
            };
            for event in events {
                let mut world = world.clone();
                world.person = false;
                world.way.push("the person chose");
                world.happens(&event);
                chosen.push(world);
            }
        }
        ways.extend(chosen);
        ways
    }

    fn dead(&mut self, id: &str) {
        if let Some((_, stands)) = self.service.iter_mut().find(|(known, _)| known == id) {
            *stands = false;
        }
    }

    /// Nothing is left to be done: exactly once, or visibly not at all.
    pub(super) fn check(&self) {
        let standing = self.standing();
        let own: Vec<&str> = self.life.id.as_deref().into_iter().collect();
        match self.life.state {
            State::Registered => assert_eq!(standing, own, "{:?} {:?}", self.way, self.life),
            State::Unregistered { .. } => {
                assert!(standing.is_empty() && self.told, "{:?} {:?} {standing:?}", self.way, self.life);
                assert!(self.life.is_visibly_unregistered());
            }
            State::OnPaper | State::Cancelled | State::Draft => {
                assert!(standing.is_empty(), "{:?} {:?} {standing:?}", self.way, self.life);
            }
            state => panic!("stuck in {state:?} after {:?}", self.way),
        }
    }
}

/// Walks every way; answers how many ended in which state.
fn walk(start: World) -> BTreeMap<String, usize> {
    let mut ends: BTreeMap<String, usize> = BTreeMap::new();
    let mut open = vec![start];
    while let Some(world) = open.pop() {
        if world.todo.is_empty() {
            world.check();
            let name = format!("{:?}", world.life.state);
            *ends.entry(name.split(' ').next().unwrap().to_owned()).or_default() += 1;
            continue;
        }
        open.extend(world.next());
    }
    ends
}

pub(super) fn signed(form: Form) -> World {
    let mut world = World::new(Life::new(form), Vec::new());
    world.happens(&Event::Checked);
    world.happens(&Event::Issue(form));
    if form == Form::Electronic {
        world.todo.clear();
        world.happens(&Event::Signed);
    }
    world
}

pub(super) fn registered() -> World {
    registered_as(Form::Electronic)
}

fn registered_as(form: Form) -> World {
    let mut world = signed(form);
    world.faults = 0;
    while !world.todo.is_empty() {
        world = world.next().pop().unwrap();
    }
    world.check();
    world.faults = MOST_FAULTS;
    world.acts = 0;
    world
}

#[test]
fn from_the_press_to_the_number_every_fault_ends_once_or_visibly_not() {
    for form in [Form::Electronic, Form::Paper] {
        let ends = walk(signed(form));
        // The walk is a walk: thousands of ways, and all three kinds of ends are among them.
        assert!(ends.values().sum::<usize>() > 5_000, "{ends:?}");
        assert!(["Registered", "Unregistered", "OnPaper"].iter().all(|end| ends.contains_key(*end)), "{ends:?}");
    }
}

#[test]
fn in_house_every_fault_ends_once_or_visibly_not_and_never_on_paper() {
    let ends = walk(signed(Form::InHouse));
    assert!(ends.values().sum::<usize>() > 5_000, "{ends:?}");
    assert_eq!(ends.keys().map(String::as_str).collect::<Vec<_>>(), ["Draft", "Registered", "Unregistered"]);
    let start = || {
        let mut world = registered_as(Form::InHouse);
        assert!(world.life.before.is_none());
        world.faults = MOST_FAULTS;
        world
    };
    let mut changed = start();
    changed.happens(&Event::ChangeAsked(Form::InHouse));
    assert!(walk(changed).contains_key("Registered"));
    let mut cancelled = start();
    cancelled.happens(&Event::CancelAsked);
    let ends = walk(cancelled);
    assert!(ends.contains_key("Cancelled") && ends.contains_key("Registered"), "{ends:?}");
    // There is no paper to fall back on and no undo to ask for.
    for event in [Event::PaperWithoutNumber, Event::UndoAsked] {
        assert!(step(&start().life, &event).is_err(), "{event:?}");
    }
}

#[test]
fn without_faults_it_is_registered() {
    let mut world = signed(Form::Electronic);
    world.faults = 0;
    assert_eq!(walk(world).into_keys().collect::<Vec<_>>(), ["Registered"]);
}

#[test]
fn a_cancel_ends_cancelled_or_standing_and_told() {
    let mut world = registered();
    world.happens(&Event::CancelAsked);
    let ends = walk(world);
    assert!(ends.contains_key("Cancelled") && ends.contains_key("Registered"), "{ends:?}");
}

#[test]
fn a_change_leaves_one_registration() {
    let mut world = registered();
    world.happens(&Event::ChangeAsked(Form::Electronic));
    let ends = walk(world);
    assert!(ends.contains_key("Registered"), "{ends:?}");
}

#[test]
fn undos_end_where_the_service_stands() {
    let mut world = registered();
    world.happens(&Event::CancelAsked);
    world.faults = 0;
    while !world.todo.is_empty() {
        world = world.next().pop().unwrap();
    }
    world.faults = MOST_FAULTS;
    world.happens(&Event::UndoAsked);
    let ends = walk(world);
    assert!(ends.contains_key("Registered"), "{ends:?}");

    let mut world = registered();
    let old = world.life.id.clone().unwrap();
    world.happens(&Event::ChangeAsked(Form::Electronic));
    world.faults = 0;
    while !world.todo.is_empty() {
        world = world.next().pop().unwrap();
    }
    assert_ne!(world.life.id.as_deref(), Some(old.as_str()));
    world.faults = MOST_FAULTS;
    world.happens(&Event::UndoAsked);
    let ends = walk(world);
    assert!(ends.contains_key("Registered"), "{ends:?}");
}

#[test]
fn what_a_pharmacy_has_is_neither_cancelled_nor_changed() {
    let mut world = registered();
    let id = world.life.id.clone().unwrap();
    for (status, state) in [
        (ServiceStatus::InDispensing, State::Received),
        (ServiceStatus::Issued, State::Registered),
        (ServiceStatus::InDispensing, State::Received),
        (ServiceStatus::Dispensed, State::Dispensed),
    ] {
        world.happens(&Event::Seen { id: id.clone(), status });
        assert_eq!(world.life.state, state);
        let refused = [Event::CancelAsked, Event::ChangeAsked(Form::Paper), Event::UndoAsked, Event::Edited];
        for event in refused.into_iter().filter(|_| state != State::Registered) {
            let error = step(&world.life, &event).unwrap_err();
            assert!(!error.to_string().is_empty());
        }
    }
    // A pharmacy that takes it while a cancel is on its way: told, and the state is the service's.
    let mut world = registered();
    world.happens(&Event::CancelAsked);
    world.happens(&Event::Sending);
    world.happens(&Event::Ended(Ended::Declined(Reason::AlreadyReceived)));
    assert!(world.told && world.life.state == State::Registered);
    world.happens(&Event::Seen { id: id.clone(), status: ServiceStatus::InDispensing });
    assert_eq!(world.life.state, State::Received);
    // Another prescription's state changes nothing.
    let before = world.life.clone();
    world.happens(&Event::Seen { id: "rx-other".to_owned(), status: ServiceStatus::Cancelled });
    assert_eq!(world.life, before);
}

#[test]
fn a_registration_that_may_be_another_prescriptions_is_never_given_out() {
    let mut world = signed(Form::Electronic);
    world.happens(&Event::Sending);
    world.happens(&Event::Ended(Ended::Unknown));
    let known = Known { id: "rx-9".to_owned(), access_code: "1".to_owned() };
    let search = Search { candidates: vec![known], others_unsure: true, settled: false };
    let made = step(&world.life, &Event::Searched(search)).unwrap();
    assert_eq!(made.life.state, State::Unsure);
    assert_eq!(made.acts, [Act::CancelSurplus("rx-9".to_owned()), Act::RetryLater]);
}

#[test]
fn days_end_only_what_waits() {
    let mut world = registered();
    world.happens(&Event::DaysOver);
    assert_eq!(world.life.state, State::Expired);
    let mut received = registered();
    let id = received.life.id.clone().unwrap();
    received.happens(&Event::Seen { id, status: ServiceStatus::InDispensing });
    received.happens(&Event::DaysOver);
    assert_eq!(received.life.state, State::Received);
}
