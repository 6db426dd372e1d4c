//! Information units: what the service has is what the record has, whatever fails on the way.
use crate::on_both;
use crate::sample::{INSURED, conditions};
use crate::stage::{By, Stuck, World};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_ledger::{Access, Action, Commit};
use karute_sandbox::eprescription::EpsFaults as Faults;
use karute_sharing::desk::units;
use karute_sharing::flow::Why;
use karute_sharing::flow::unit::State;
use karute_sharing::jobs::kept::Unit;
use karute_sharing::jobs::record::Kept;
use karute_sharing::jobs::{BuildError, Built, UnitAsk, UnitKey, Units};
use karute_sharing::wire::Kind;
use std::sync::Mutex;

/// What the record of the one patient says.
pub(crate) struct Record {
    pub(crate) names: Mutex<Vec<String>>,
    pub(crate) insured: Mutex<Option<String>>,
}

impl Default for Record {
    fn default() -> Record {
        Record { names: Mutex::default(), insured: Mutex::new(Some(INSURED.to_owned())) }
    }
}

impl Record {
    fn says(&self, names: &[&str]) {
        *self.names.lock().unwrap() = names.iter().map(|name| (*name).to_owned()).collect();
    }
}

impl Units for Record {
    fn keys<'u>(&'u self, _: &'u Access, _: &'u Id) -> BoxFuture<'u, Result<Vec<UnitKey>, BuildError>> {
        // The allergies are of a kind that the institution does not send.
        let kinds = [Kind::Conditions, Kind::Allergies];
        Box::pin(async move { Ok(kinds.map(|kind| UnitKey { kind, report: None }).to_vec()) })
    }

    fn build<'u>(&'u self, _: &'u Access, ask: &'u UnitAsk) -> BoxFuture<'u, Result<Built, BuildError>> {
        Box::pin(async move {
            let Some(insured) = self.insured.lock().unwrap().clone() else { return Ok(Built::Outside) };
            let names = self.names.lock().unwrap().clone();
            Ok(Built::Bundle(conditions(&ask.identifier, &insured, &names, &ask.now.to_fhir())))
        })
    }
}

async fn look(world: &World) {
    let mut commit = Commit::new(Action::Update);
    units::touch(&mut commit, &patient(), world.a().client.profile(), world.now());
    world.a().access.commit(commit).await.unwrap();
}

fn patient() -> Id {
    Id::new("patient-1").unwrap()
}

async fn unit(world: &World) -> Kept<Unit> {
    let reader = world.a().access.reader(Action::Search);
    let mut found = units::of_patient(&reader, &patient()).await.unwrap();
    assert_eq!(found.len(), 1, "one of the kind that is sent");
    reader.release(found.pop().unwrap()).await.unwrap()
}

fn names_at_the_service(world: &World, value: &str) -> Vec<String> {
    let bytes = world.sandbox.sharing().unit(value).unwrap_or_default();
    let bundle: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
    entries.iter().filter_map(|entry| entry["resource"]["code"]["text"].as_str().map(str::to_owned)).collect()
}

fn puts(world: &World) -> u32 {
    world.sandbox.sharing().standing().iter().map(|one| one.puts).sum()
}

async fn every_fault_ends_with_what_the_record_has(postgres: bool) {
    let none = Faults::default;
    let table: [(&str, Faults, Stuck, &'static str); 11] = [
        ("no fault", none(), Stuck::No, ""),
        ("failed", Faults { fail_next: 1, ..none() }, Stuck::No, ""),
        ("answer lost", Faults { lose_answer_next: 1, ..none() }, Stuck::No, ""),
        ("answers lost three times", Faults { lose_answer_next: 3, ..none() }, Stuck::No, ""),
        ("request lost", Faults { lose_request_next: 1, ..none() }, Stuck::No, ""),
        ("effect late", Faults { late_effect_next: 1, ..none() }, Stuck::No, ""),
        ("request doubled", Faults { double_request_next: 1, ..none() }, Stuck::No, ""),
        ("garbage", Faults { garbage_next: 2, ..none() }, Stuck::No, ""),
        ("killed before the first byte", none(), Stuck::Before, "CISsiCLI"),
        ("killed before the answer", none(), Stuck::After, "CISsiCLI"),
        ("killed on a doubled request", Faults { double_request_next: 1, ..none() }, Stuck::After, "CISsiCLI"),
    ];
    for first in [true, false] {
        for (why, faults, stuck, api) in table.clone() {
            let world = World::open(postgres, By::Web).await;
            if !first {
                world.a().record.says(&["架空病"]);
                look(&world).await;
                world.drain().await;
            }
            world.sandbox.sharing().set_faults(faults);
            world.a().record.says(&["架空病", "架空熱"]);
            look(&world).await;
            if stuck != Stuck::No {
                world.killed(stuck, api).await;
            }
            world.drain().await;
            let kept = unit(&world).await;
            assert_eq!(kept.stored.life.state, State::Registered, "{why}: {:?}", kept.stored);
            assert!(!kept.stored.life.unsure, "{why}: {:?}", kept.stored);
            assert_eq!(names_at_the_service(&world, &kept.stored.identifier), ["架空病", "架空熱"], "{why}");
            assert_eq!(world.sandbox.sharing().standing().len(), 1, "{why}: one key");
            assert!(world.dead_jobs().await.is_empty(), "{why}");
        }
    }
}

async fn a_late_older_one_does_not_stay(postgres: bool) {
    let world = World::open(postgres, By::Web).await;
    world.a().record.says(&["架空病"]);
    look(&world).await;
    world.drain().await;
    // The first change takes effect two minutes late; meanwhile the record changes again and that is sent.
    world.sandbox.sharing().set_faults(Faults { late_effect_next: 1, ..Faults::default() });
    world.a().record.says(&["架空病", "古い病名"]);
    look(&world).await;
    world.pass(61_000).await;
    world.a().record.says(&["架空病", "新しい病名"]);
    look(&world).await;
    world.pass(62_000).await;
    world.drain().await;
    let kept = unit(&world).await;
    assert_eq!(names_at_the_service(&world, &kept.stored.identifier), ["架空病", "新しい病名"], "{:?}", kept.stored);
    assert!(kept.stored.life.state == State::Registered && !kept.stored.life.unsure);
}

async fn what_is_the_same_is_not_sent_and_nothing_is_not_either(postgres: bool) {
    let world = World::open(postgres, By::Web).await;
    look(&world).await;
    world.drain().await;
    let reader = world.a().access.reader(Action::Search);
    assert!(units::of_patient(&reader, &patient()).await.unwrap().is_empty(), "nothing is taken down either");
    reader.release(()).await.unwrap();
    assert_eq!(world.sandbox.journal().len(), 0, "nothing to send");
    world.a().record.says(&["架空病"]);
    look(&world).await;
    world.drain().await;
    assert_eq!(puts(&world), 1);
    // Other times and numbers of entries, the same content.
    world.clock.advance_ms(86_400_000);
    look(&world).await;
    world.drain().await;
    assert_eq!(puts(&world), 1, "what is the same is not sent");
    // Everything gone from the record is gone at the service.
    world.a().record.says(&[]);
    look(&world).await;
    world.drain().await;
    let kept = unit(&world).await;
    assert!(world.sandbox.sharing().standing().is_empty(), "an empty set is deleted, not sent");
    assert_eq!((kept.stored.life.state, kept.stored.life.there), (State::Registered, false));
    // Years later it is the same key: the year is that of its first creation.
    world.clock.advance_ms(3 * 365 * 86_400_000);
    world.a().record.says(&["架空病"]);
    look(&world).await;
    world.drain().await;
    assert_eq!(unit(&world).await.stored.identifier, kept.stored.identifier);
    assert_eq!(world.sandbox.sharing().standing().len(), 1);
}

async fn what_a_person_must_mend_is_shown_until_it_is(postgres: bool) {
    let world = World::open(postgres, By::Web).await;
    let access = &world.a().access;
    // Without branch number nothing leaves.
    *world.a().record.insured.lock().unwrap() = Some("01139997:１２３４５６７８:9001:".to_owned());
    world.a().record.says(&["架空病"]);
    look(&world).await;
    world.drain().await;
    let kept = unit(&world).await;
    assert_eq!((kept.stored.life.state, kept.stored.faults[0].code.as_str()), (State::Invalid, "KARUTE-BRANCH"));
    assert!(world.sandbox.journal().is_empty());
    assert_eq!(units::count_open(access).await.unwrap(), 1);
    // An insured number that the service does not know; an item that its checks refuse, with its entry.
    *world.a().record.insured.lock().unwrap() = Some(INSURED.to_owned());
    world.sandbox.sharing().does_not_know("01139997:１２３４５６７８:9001:02");
    *world.a().record.insured.lock().unwrap() = Some("01139997:１２３４５６７８:9001:02".to_owned());
    look(&world).await;
    world.drain().await;
    assert_eq!(unit(&world).await.stored.life.state, State::Rejected { why: Why::Insured });
    *world.a().record.insured.lock().unwrap() = Some(INSURED.to_owned());
    world.a().record.says(&["架空病", " "]);
    look(&world).await;
    world.drain().await;
    let kept = unit(&world).await;
    assert_eq!(kept.stored.life.state, State::Rejected { why: Why::Declined });
    let fault = &kept.stored.faults[0];
    assert_eq!((fault.code.as_str(), fault.entry.as_str()), ("R2012", "Condition/c1"));
    assert_eq!(units::count_open(access).await.unwrap(), 1);
    // Mended.
    world.a().record.says(&["架空病", "架空熱"]);
    units::send_again(access, &patient(), world.now()).await.unwrap();
    world.drain().await;
    assert_eq!(units::count_open(access).await.unwrap(), 0);
    // Another insurance: the old key stays at the service, the new one begins.
    *world.a().record.insured.lock().unwrap() = Some("01130012:9:7:00".to_owned());
    look(&world).await;
    world.drain().await;
    let kept = unit(&world).await;
    assert_eq!(kept.stored.life.state, State::Registered, "{:?}", kept.stored);
    assert_eq!(kept.stored.target.as_ref().unwrap().insured, "01130012:9:7:00");
    assert!(kept.stored.former.iter().any(|old| old.insured == INSURED), "{:?}", kept.stored.former);
    // A patient who is not in the service at all leaves nothing.
    *world.a().record.insured.lock().unwrap() = None;
    let before = puts(&world);
    look(&world).await;
    world.drain().await;
    assert_eq!(puts(&world), before);
    // The service is away for longer than anybody waits.
    *world.a().record.insured.lock().unwrap() = Some("01130012:9:7:00".to_owned());
    world.a().record.says(&["架空病"]);
    world.sandbox.sharing().set_faults(Faults { maintenance: true, ..Faults::default() });
    look(&world).await;
    world.drain().await;
    assert_eq!(unit(&world).await.stored.life.state, State::Rejected { why: Why::Away });
}

on_both!(
    every_fault_ends_with_what_the_record_has,
    a_late_older_one_does_not_stay,
    what_is_the_same_is_not_sent_and_nothing_is_not_either,
    what_a_person_must_mend_is_shown_until_it_is,
);
