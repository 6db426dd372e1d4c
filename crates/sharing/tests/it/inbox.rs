//! Documents addressed to us: nothing lost, nothing twice, nothing opened that is not ours, whatever comes.
use crate::on_both;
use crate::sample::{A, B, INSURED, document, letter, pdf};
use crate::stage::{By, Stuck, World};
use karute_ledger::Action;
use karute_sandbox::eprescription::EpsFaults as Faults;
use karute_sharing::desk::inbox::{again, came, count_open, reviewed};
use karute_sharing::desk::{DeskError, NewDocument, NewLetter};
use karute_sharing::jobs::kept::InboxState;
use karute_sharing::profile::Profile;
use karute_sharing::wire::{Consent, Envelope, Kind, Target};

async fn sent(world: &World) -> String {
    let task = world.a().send(world, B, |identifier| NewDocument {
        files: vec![pdf("検査.pdf")],
        ..document(identifier, "ご高診ください")
    });
    let task = task.await;
    world.drain().await;
    world.a().letter(&task).await.stored.sheet.target.value
}

async fn a_document_comes_once_whatever_fails(postgres: bool) {
    let none = Faults::default;
    for (why, faults, stuck, api) in [
        ("no fault", none(), Stuck::No, ""),
        ("failed", Faults { fail_next: 2, ..none() }, Stuck::No, ""),
        ("answer lost", Faults { lose_answer_next: 2, ..none() }, Stuck::No, ""),
        ("answer doubled", Faults { double_answer_next: 3, ..none() }, Stuck::No, ""),
        ("garbage", Faults { garbage_next: 3, ..none() }, Stuck::No, ""),
        ("refused", Faults { error_next: 1, ..none() }, Stuck::No, ""),
        ("killed while listing", none(), Stuck::After, "CISsiDOC05"),
        ("killed while fetching", none(), Stuck::After, "CISsiDOC06"),
        ("killed at its file", none(), Stuck::Before, "CISsiATT02"),
    ] {
        let world = World::open(postgres, By::Web).await;
        sent(&world).await;
        world.sandbox.sharing().set_faults(faults);
        let today = world.now().day_in_japan();
        let mut commit = karute_ledger::Commit::new(Action::Update);
        commit.jobs.push(karute_sharing::jobs::list_job(today, today));
        world.b().access.commit(commit).await.unwrap();
        if stuck != Stuck::No {
            world.killed(stuck, api).await;
        }
        world.drain().await;
        world.b().list(&world).await;
        let found = world.b().inbox().await;
        let [one] = &found[..] else { panic!("{why}: {found:?}") };
        assert_eq!(one.stored.state, InboxState::Arrived, "{why}: {:?}", one.stored);
        assert_eq!(one.stored.files.len(), 1, "{why}");
        assert!(world.dead_jobs().await.is_empty(), "{why}");
    }
}

async fn consent_comes_first(postgres: bool) {
    let world = World::open(postgres, By::Web).await;
    let task = world.task();
    let new = NewLetter {
        patient: karute_fhir::Id::new("patient-1").unwrap(),
        addressee: B.into(),
        addressee_name: "架空".into(),
        consent: false,
        reply_to: None,
        document: document(&world.a().identifier(&world, &task, 1), "ご高診ください"),
        with: Vec::new(),
    };
    world.a().desk(&world).send(task, new).await.unwrap();
    world.drain().await;
    world.b().list(&world).await;
    let found = world.b().inbox().await;
    assert_eq!(found[0].stored.state, InboxState::AwaitingConsent);
    assert!(found[0].stored.binary.is_empty(), "only that it exists is known");
    assert_eq!(world.b().client.get(&found[0].stored.key, "g1").await.unwrap_err().code(), "CISB9040E");
    assert_eq!(world.sandbox.sharing().consent(A, INSURED), 0, "another institution's reader");
    assert_eq!(world.sandbox.sharing().consent(B, INSURED), 1);
    world.b().list(&world).await;
    assert_eq!(world.b().inbox().await[0].stored.state, InboxState::Arrived);
}

type Spoil = fn(Vec<u8>) -> Vec<u8>;

fn again_with(bytes: &[u8], change: impl FnOnce(&mut Envelope)) -> Vec<u8> {
    let profile = Profile::built_in();
    let mut envelope = Envelope::read(bytes, &profile).unwrap();
    change(&mut envelope);
    envelope.write(&profile)
}

async fn what_cannot_be_taken_is_kept_and_shown(postgres: bool) {
    let table: [(&str, Spoil); 11] = [
        ("nothing", |_| Vec::new()),
        ("no XML", |_| b"\x00\xFFPK\x03\x04".to_vec()),
        ("a document type declaration", |bytes| {
            let text = String::from_utf8(bytes).unwrap();
            text.replacen("?>", "?><!DOCTYPE Document [<!ENTITY a \"b\">]>", 1).into_bytes()
        }),
        ("cut off", |bytes| bytes[..bytes.len() / 2].to_vec()),
        ("for somebody else", |bytes| again_with(&bytes, |envelope| envelope.destination = Some("1399999999".into()))),
        ("another kind", |bytes| again_with(&bytes, |envelope| envelope.kind = Kind::Summary)),
        ("no JSON", |bytes| again_with(&bytes, |envelope| envelope.document = b"{\"resourceType\":".to_vec())),
        ("deep JSON", |bytes| again_with(&bytes, |envelope| envelope.document = "[".repeat(100_000).into_bytes())),
        ("another patient inside", |bytes| {
            again_with(&bytes, |envelope| {
                envelope.document = letter(&envelope.target.value, "01130012:9:7:00", "x");
            })
        }),
        ("a sender that it is not", |bytes| {
            again_with(&bytes, |envelope| {
                let value = envelope.target.value.replace(A, "1399999999");
                envelope.document = letter(&value, INSURED, "x");
                envelope.target = Target { value, ..envelope.target.clone() };
            })
        }),
        ("two signatures' worth of ids", |bytes| {
            let text = String::from_utf8(bytes).unwrap();
            text.replacen("id=\"ClinicalManagement\"", "id=\"ClinicalDocument\"", 1).into_bytes()
        }),
    ];
    for (why, spoil) in table {
        let world = World::open(postgres, By::Web).await;
        let value = sent(&world).await;
        assert!(world.sandbox.sharing().spoil(&value, spoil));
        world.b().list(&world).await;
        world.drain().await;
        let found = world.b().inbox().await;
        let [one] = &found[..] else { panic!("{why}: {found:?}") };
        let InboxState::Quarantined { why: words } = &one.stored.state else { panic!("{why}: {:?}", one.stored) };
        assert!(!words.is_empty() && !words.contains("花子") && !words.contains("9001"), "{why}: {words}");
        assert_eq!(count_open(&world.b().access).await.unwrap(), 1, "{why}");
        // What came is there, to the byte, where anything came.
        let reader = world.b().access.reader(Action::Read);
        let kept = came(&reader, one, world.b().client.profile()).await.unwrap();
        reader.release(()).await.unwrap();
        assert_eq!(kept.is_some(), why != "nothing", "{why}: {:?}", one.stored);
    }
}

async fn doubled_and_contradictory_documents_are_told_apart(postgres: bool) {
    let world = World::open(postgres, By::Web).await;
    let first = sent(&world).await;
    world.b().list(&world).await;
    // Another document comes under the same key, once with the same content and once with another.
    for (text, expected) in [("ご高診ください", "duplicate"), ("別の内容", "arrived")] {
        let value = sent(&world).await;
        let (first, text) = (first.clone(), text.to_owned());
        assert!(world.sandbox.sharing().spoil(&value, move |bytes| {
            again_with(&bytes, |envelope| {
                envelope.document = letter(&first, INSURED, &text);
                envelope.target = Target { value: first.clone(), ..envelope.target.clone() };
                envelope.consent = Some(Consent { given: false, at: String::new() });
            })
        }));
        world.b().list(&world).await;
        let found = world.b().inbox().await;
        let last = found
            .iter()
            .filter(|kept| kept.stored.state != InboxState::Listed)
            .filter(|kept| kept.stored.target.as_ref().is_some_and(|target| target.value == first_of(&found)));
        let states: Vec<&str> = last.map(|kept| karute_sharing::jobs::record::Stored::state(&kept.stored)).collect();
        assert!(states.contains(&expected), "{expected}: {states:?}");
    }
    let found = world.b().inbox().await;
    assert_eq!(found.len(), 3);
    let remarked: Vec<_> = found.iter().filter(|kept| !kept.stored.remarks.is_empty()).collect();
    let [one] = &remarked[..] else { panic!("{found:?}") };
    assert!(one.stored.remarks[0].contains("内容の異なる文書"), "{:?}", one.stored.remarks);
}

fn first_of(found: &[karute_sharing::jobs::record::Kept<karute_sharing::jobs::kept::Inbox>]) -> String {
    // All of them stand under one key.
    found[0].stored.target.as_ref().unwrap().value.clone()
}

async fn a_document_that_is_gone_is_shown_and_asked_for_again(postgres: bool) {
    let world = World::open(postgres, By::Web).await;
    let task = world.a().send(&world, B, |identifier| document(identifier, "x")).await;
    world.drain().await;
    let today = world.now().day_in_japan();
    let mut commit = karute_ledger::Commit::new(Action::Update);
    commit.jobs.push(karute_sharing::jobs::list_job(today, today));
    world.b().access.commit(commit).await.unwrap();
    world.killed(Stuck::Before, "CISsiDOC06").await;
    // The sender takes it back before it is fetched.
    let kept = world.a().letter(&task).await;
    world.a().desk(&world).cancel(kept).await.unwrap();
    world.drain().await;
    let found = world.b().inbox().await;
    assert_eq!(found[0].stored.state, InboxState::Gone, "{:?}", found[0].stored);
    assert_eq!(count_open(&world.b().access).await.unwrap(), 1);
    let profile = Profile::built_in();
    let once_more = again(&world.b().access, found[0].clone(), (&profile, B), world.now()).await.unwrap();
    assert_eq!(once_more.stored.state, InboxState::Listed);
    world.drain().await;
    assert_eq!(world.b().inbox().await[0].stored.state, InboxState::Gone);
}

async fn what_was_not_taken_is_tried_again_or_put_aside_with_a_reason(postgres: bool) {
    let world = World::open(postgres, By::Web).await;
    let profile = Profile::built_in();
    let value = sent(&world).await;
    // What came is cut off; the service has the whole by the next time.
    let whole = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let held = std::sync::Arc::clone(&whole);
    assert!(world.sandbox.sharing().spoil(&value, move |bytes| {
        held.lock().unwrap().clone_from(&bytes);
        bytes[..bytes.len() / 2].to_vec()
    }));
    world.b().list(&world).await;
    world.drain().await;
    let access = &world.b().access;
    let one = world.b().inbox().await.remove(0);
    assert!(matches!(one.stored.state, InboxState::Quarantined { .. }), "{:?}", one.stored);
    let reader = access.reader(Action::Read);
    let facts = came(&reader, &one, &profile).await.unwrap().unwrap().facts(&profile, B);
    reader.release(()).await.unwrap();
    assert!(!facts.opened && facts.size > 0, "{facts:?}");
    let first = one.stored.binary.clone();
    let who = karute_fhir::Id::new("dr-1").unwrap();
    let bare = reviewed(access, one.clone(), (&who, "森 健吾"), " \u{3000}", world.now()).await;
    assert!(matches!(bare, Err(DeskError::Reason)), "{bare:?}");
    let held = std::sync::Arc::clone(&whole);
    assert!(world.sandbox.sharing().spoil(&value, move |_| held.lock().unwrap().clone()));
    again(access, one.clone(), (&profile, B), world.now()).await.unwrap();
    world.drain().await;
    let one = world.b().inbox().await.remove(0);
    assert_eq!(one.stored.state, InboxState::Arrived, "{:?}", one.stored);
    assert_ne!(one.stored.binary, first, "what came first stays as it came");
    let moved = again(access, one.clone(), (&profile, B), world.now()).await;
    assert!(matches!(moved, Err(DeskError::Settled)), "{moved:?}");
    // One that is for somebody else says so and nothing more, and leaves the list with a reason.
    let value = sent(&world).await;
    assert!(
        world
            .sandbox
            .sharing()
            .spoil(&value, |bytes| { again_with(&bytes, |envelope| envelope.destination = Some("1399999999".into())) })
    );
    world.b().list(&world).await;
    world.drain().await;
    let found = world.b().inbox().await;
    let one = found.iter().find(|kept| matches!(kept.stored.state, InboxState::Quarantined { .. })).unwrap().clone();
    let reader = access.reader(Action::Read);
    let facts = came(&reader, &one, &profile).await.unwrap().unwrap().facts(&profile, B);
    reader.release(()).await.unwrap();
    assert!(facts.opened && facts.foreign, "{facts:?}");
    let before = count_open(access).await.unwrap();
    let done = reviewed(access, one.clone(), (&who, "森 健吾"), "窓口へ連絡した", world.now()).await.unwrap();
    assert!(matches!(&done.stored.state, InboxState::Reviewed { reason, .. } if reason == "窓口へ連絡した"));
    assert_eq!(count_open(access).await.unwrap(), before - 1);
    let late = reviewed(access, one, (&who, "森 健吾"), "もう一度", world.now()).await;
    assert!(matches!(late, Err(DeskError::Ledger(_))), "somebody was quicker: {late:?}");
}

on_both!(
    a_document_comes_once_whatever_fails,
    consent_comes_first,
    what_cannot_be_taken_is_kept_and_shown,
    doubled_and_contradictory_documents_are_told_apart,
    a_document_that_is_gone_is_shown_and_asked_for_again,
    what_was_not_taken_is_tried_again_or_put_aside_with_a_reason,
);
