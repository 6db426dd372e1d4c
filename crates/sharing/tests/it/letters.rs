//! Letters against the sandbox: whatever fails, a letter ends at the service exactly once, or visibly not sent and not
//! there at all.
use crate::on_both;
use crate::sample::{B, INSURED, document, letter, pdf};
use crate::stage::{By, Clinic, Stuck, World};
use karute_fhir::Id;
use karute_ledger::{Action, Commit, JobFilter, LedgerError};
use karute_sandbox::eprescription::EpsFaults as Faults;
use karute_sandbox::sharing::Settings;
use karute_sharing::desk::{DeskError, NewDocument, NewLetter, letters};
use karute_sharing::flow::Why;
use karute_sharing::flow::letter::State;
use karute_sharing::jobs::{self, LETTER};

fn states(world: &World) -> Vec<String> {
    let mut states: Vec<String> = world.sandbox.sharing().standing().into_iter().map(|one| one.state).collect();
    states.sort();
    states
}

fn with_files(identifier: &str) -> NewDocument {
    NewDocument { files: vec![pdf("検査1.pdf"), pdf("検査2.pdf")], ..document(identifier, "ご高診ください") }
}

fn plain(identifier: &str) -> NewDocument {
    document(identifier, "ご高診ください")
}

/// At the service exactly once, with its files, under the key of the record.
async fn registered_once(world: &World, clinic: &Clinic, task: &Id, why: &str) {
    let kept = clinic.letter(task).await;
    assert_eq!(kept.stored.life.state, State::Registered, "{why}: {:?}", kept.stored);
    let standing = world.sandbox.sharing().standing();
    let stands: Vec<_> = standing.iter().filter(|one| one.state == "registered").collect();
    assert_eq!(stands.len(), 1, "{why}: {standing:?}");
    assert_eq!(stands[0].value, kept.stored.sheet.target.value, "{why}");
    assert_eq!(stands[0].files, kept.stored.sheet.files.len(), "{why}");
    assert!(kept.stored.before.is_none() && !kept.stored.life.unsure, "{why}: {:?}", kept.stored);
}

async fn every_fault_ends_with_one_letter(postgres: bool) {
    let none = Faults::default;
    let table: [(&str, Faults, Stuck, &'static str); 16] = [
        ("no fault", none(), Stuck::No, ""),
        ("failed", Faults { fail_next: 1, ..none() }, Stuck::No, ""),
        ("answer lost", Faults { lose_answer_next: 1, ..none() }, Stuck::No, ""),
        ("answers lost three times", Faults { lose_answer_next: 3, ..none() }, Stuck::No, ""),
        ("request lost", Faults { lose_request_next: 1, ..none() }, Stuck::No, ""),
        ("requests lost three times", Faults { lose_request_next: 3, ..none() }, Stuck::No, ""),
        ("answer late", Faults { late_answer_next: 1, ..none() }, Stuck::No, ""),
        ("effect late", Faults { late_effect_next: 1, ..none() }, Stuck::No, ""),
        ("effect late, state lost", Faults { late_effect_next: 2, lose_answer_next: 1, ..none() }, Stuck::No, ""),
        ("request doubled", Faults { double_request_next: 1, ..none() }, Stuck::No, ""),
        ("answer doubled", Faults { double_answer_next: 1, ..none() }, Stuck::No, ""),
        ("garbage", Faults { garbage_next: 1, ..none() }, Stuck::No, ""),
        ("garbage for everything", Faults { garbage_next: 5, ..none() }, Stuck::No, ""),
        ("killed before the first byte", none(), Stuck::Before, "CISsiDOC01"),
        ("killed before the answer", none(), Stuck::After, "CISsiDOC01"),
        ("killed between the files", none(), Stuck::After, "CISsiATT01"),
    ];
    for (why, faults, stuck, api) in table {
        let world = World::open(postgres, By::Web).await;
        world.sandbox.sharing().set_faults(faults);
        let task = world.a().send(&world, B, with_files).await;
        if stuck != Stuck::No {
            world.killed(stuck, api).await;
        }
        world.drain().await;
        registered_once(&world, world.a(), &task, why).await;
        assert!(world.dead_jobs().await.is_empty(), "{why}");
    }
}

async fn what_cannot_be_sent_is_visibly_so(postgres: bool) {
    // The service is away for longer than anybody waits; when it is back the person sends it again.
    let world = World::open(postgres, By::Web).await;
    world.sandbox.sharing().set_faults(Faults { maintenance: true, ..Faults::default() });
    let task = world.a().send(&world, B, plain).await;
    world.drain().await;
    let kept = world.a().letter(&task).await;
    assert_eq!(kept.stored.life.state, State::Error { why: Why::Away });
    assert_eq!((kept.stored.notices.as_slice(), states(&world).len()), (&["not-sent".to_owned()][..], 0));
    assert_eq!(letters::count_open(&world.a().access).await.unwrap(), 1);
    world.sandbox.sharing().set_faults(Faults::default());
    world.a().desk(&world).retry(kept).await.unwrap();
    world.drain().await;
    registered_once(&world, world.a(), &task, "sent again").await;
    assert_eq!(letters::count_open(&world.a().access).await.unwrap(), 0);

    // The insured person is not valid; the addressee does not take part; nothing stands.
    let world = World::open(postgres, By::Web).await;
    world.sandbox.sharing().does_not_know(INSURED);
    let task = world.a().send(&world, B, plain).await;
    world.drain().await;
    let kept = world.a().letter(&task).await;
    assert_eq!(kept.stored.life.state, State::Error { why: Why::Insured });
    assert_eq!(kept.stored.faults[0].code, "CISB9020E");
    assert!(states(&world).is_empty());
    let world = World::open(postgres, By::Web).await;
    let task = world.a().send(&world, "1399999999", plain).await;
    world.drain().await;
    let kept = world.a().letter(&task).await;
    assert_eq!(kept.stored.life.state, State::Error { why: Why::Addressee }, "{:?}", kept.stored);
    assert!(states(&world).is_empty());

    // Taken, and failed when it is checked: the finding names the entry.
    let settings = Settings { checks_ms: 5_000, ..Settings::default() };
    let world = World::with(postgres, By::Web, settings, false).await;
    world.sandbox.sharing().fail_later(1);
    let task = world.a().send(&world, B, plain).await;
    world.drain().await;
    let kept = world.a().letter(&task).await;
    assert_eq!(kept.stored.life.state, State::Error { why: Why::Failed });
    assert_eq!((kept.stored.faults[0].code.as_str(), kept.stored.faults[0].entry.as_str()), ("R0213", "Composition/"));
    // Mended under another key.
    let next = world.a().identifier(&world, &task, 2);
    world.a().desk(&world).correct(kept, plain(&next)).await.unwrap();
    world.drain().await;
    registered_once(&world, world.a(), &task, "mended").await;
}

/// Its first sending took effect and nobody knows; then nothing works any longer.
async fn unsure(world: &World) -> Id {
    let task = world.a().send(world, B, plain).await;
    world.killed(Stuck::After, "CISsiDOC01").await;
    assert_eq!(world.sandbox.sharing().letters(), 1);
    world.sandbox.sharing().set_faults(Faults { maintenance: true, ..Faults::default() });
    world.clock.advance_ms(120_000);
    for _ in 0..200 {
        world.pass(10_000).await;
        if world.a().letter(&task).await.stored.life.needs_a_person() {
            break;
        }
    }
    let kept = world.a().letter(&task).await;
    assert!(kept.stored.life.unsure && kept.stored.life.needs_a_person(), "{:?}", kept.stored);
    world.sandbox.sharing().set_faults(Faults::default());
    task
}

async fn what_was_given_up_does_not_stand_in_secret(postgres: bool) {
    // Given up for paper: what stands is found and cancelled.
    let world = World::open(postgres, By::Web).await;
    let task = unsure(&world).await;
    let kept = world.a().letter(&task).await;
    world.a().desk(&world).withdraw(kept).await.unwrap();
    world.drain().await;
    assert_eq!(states(&world), ["cancelled"]);
    let kept = world.a().letter(&task).await;
    assert_eq!(kept.stored.life.state, State::Cancelled);
    assert_eq!(kept.stored.notices, ["late-registration"]);

    // Mended: the old one is cancelled, the new one stands.
    let world = World::open(postgres, By::Web).await;
    let task = unsure(&world).await;
    let kept = world.a().letter(&task).await;
    let next = world.a().identifier(&world, &task, kept.stored.sheets + 1);
    world.a().desk(&world).correct(kept, document(&next, "直した紹介状")).await.unwrap();
    world.drain().await;
    registered_once(&world, world.a(), &task, "mended").await;
    assert_eq!(states(&world), ["cancelled", "registered"]);

    // Sent again: asked first, not doubled.
    let world = World::open(postgres, By::Web).await;
    let task = unsure(&world).await;
    let kept = world.a().letter(&task).await;
    world.a().desk(&world).retry(kept).await.unwrap();
    world.drain().await;
    registered_once(&world, world.a(), &task, "retried").await;
    assert_eq!(states(&world), ["registered"]);

    // Nobody does anything: the late question finds it.
    let world = World::open(postgres, By::Web).await;
    let task = unsure(&world).await;
    world.drain().await;
    registered_once(&world, world.a(), &task, "found by itself").await;
}

async fn ten_seconds(postgres: bool) {
    let world = World::open(postgres, By::Web).await;
    let task = world.a().send(&world, B, plain).await;
    world.pass(9_000).await;
    assert_eq!(world.sandbox.journal().len(), 0, "no byte left");
    let kept = world.a().letter(&task).await;
    let kept = world.a().desk(&world).undo(kept).await.unwrap();
    assert_eq!(kept.stored.life.state, State::Draft);
    // Pressed again: the ten seconds begin anew, and the job of the first press does nothing.
    let kept = world.a().desk(&world).retry(kept).await.unwrap();
    world.pass(8_000).await;
    assert_eq!(world.sandbox.journal().len(), 0, "the first press is void");
    world.drain().await;
    registered_once(&world, world.a(), &task, "pressed again").await;
    // Too late.
    let late = world.a().desk(&world).undo(kept).await.unwrap_err();
    assert!(matches!(late, DeskError::Ledger(LedgerError::Conflict { .. }) | DeskError::NotNow(_)), "{late}");
    let now = world.a().letter(&task).await;
    assert!(matches!(world.a().desk(&world).undo(now).await, Err(DeskError::NotNow(_))));

    // The press twice is one press; and the job takes what stands there.
    let world = World::open(postgres, By::Web).await;
    let task = world.task();
    for _ in 0..2 {
        let new = NewLetter {
            patient: Id::new("patient-1").unwrap(),
            addressee: B.into(),
            addressee_name: "架空".into(),
            consent: false,
            reply_to: None,
            document: plain(&world.a().identifier(&world, &task, 1)),
            with: Vec::new(),
        };
        world.a().desk(&world).send(task.clone(), new).await.unwrap();
    }
    let filter = JobFilter { kind: Some(LETTER.into()), limit: 10, ..JobFilter::default() };
    assert_eq!(world.a().access.jobs(filter).await.unwrap().len(), 1);
    world.drain().await;
    registered_once(&world, world.a(), &task, "twice").await;
}

async fn replaced(postgres: bool, faults: Faults, why: &str) {
    let world = World::open(postgres, By::Web).await;
    let task = world.a().send(&world, B, plain).await;
    world.drain().await;
    world.sandbox.sharing().set_faults(faults);
    let kept = world.a().letter(&task).await;
    let next = world.a().identifier(&world, &task, kept.stored.sheets + 1);
    let kept = world.a().desk(&world).replace(kept, document(&next, "差し替え")).await.unwrap();
    assert_eq!(kept.stored.life.state, State::Ready);
    world.drain().await;
    registered_once(&world, world.a(), &task, why).await;
    assert_eq!(world.a().letter(&task).await.stored.sheet.target.value, next, "{why}");
    assert_eq!(states(&world), ["cancelled", "registered"], "{why}");
}

async fn a_replacement_takes_the_place_of_the_old_one_or_not_at_all(postgres: bool) {
    let none = Faults::default;
    for (why, faults) in [
        ("no fault", none()),
        ("answer lost", Faults { lose_answer_next: 1, ..none() }),
        ("request lost", Faults { lose_request_next: 2, ..none() }),
        ("effect late", Faults { late_effect_next: 1, ..none() }),
        ("doubled", Faults { double_request_next: 1, ..none() }),
        ("garbage", Faults { garbage_next: 2, ..none() }),
    ] {
        replaced(postgres, faults, why).await;
    }
    // Its checks fail later: the old one still stands, and is the letter again when the person says so.
    let world = World::open(postgres, By::Web).await;
    let task = world.a().send(&world, B, plain).await;
    world.drain().await;
    world.sandbox.sharing().fail_later(1);
    let kept = world.a().letter(&task).await;
    let (first, next) = (kept.stored.sheet.clone(), world.a().identifier(&world, &task, 2));
    world.a().desk(&world).replace(kept, document(&next, "差し替え")).await.unwrap();
    world.drain().await;
    let kept = world.a().letter(&task).await;
    assert_eq!(kept.stored.life.state, State::Error { why: Why::Failed });
    assert_eq!(kept.stored.before.as_ref(), Some(&first));
    assert_eq!(states(&world), ["failed", "registered"]);
    let kept = world.a().desk(&world).undo(kept).await.unwrap();
    assert_eq!((kept.stored.life.state, &kept.stored.sheet), (State::Registered, &first));
    // Taken back within the ten seconds.
    let third = world.a().identifier(&world, &task, 3);
    let kept = world.a().desk(&world).replace(kept, document(&third, "もう一度")).await.unwrap();
    let kept = world.a().desk(&world).undo(kept).await.unwrap();
    assert_eq!((kept.stored.life.state, &kept.stored.sheet), (State::Registered, &first));
    world.drain().await;
    assert_eq!(world.sandbox.sharing().letters(), 1);
}

async fn a_cancellation(postgres: bool) {
    let none = Faults::default;
    for (why, faults) in [
        ("no fault", none()),
        ("answer lost", Faults { lose_answer_next: 1, ..none() }),
        ("request lost", Faults { lose_request_next: 1, ..none() }),
        ("effect late", Faults { late_effect_next: 1, ..none() }),
        ("garbage", Faults { garbage_next: 1, ..none() }),
        ("doubled", Faults { double_request_next: 1, ..none() }),
    ] {
        let world = World::open(postgres, By::Web).await;
        let task = world.a().send(&world, B, plain).await;
        world.drain().await;
        world.sandbox.sharing().set_faults(faults);
        let kept = world.a().letter(&task).await;
        world.a().desk(&world).cancel(kept).await.unwrap();
        world.drain().await;
        assert_eq!(world.a().letter(&task).await.stored.life.state, State::Cancelled, "{why}");
        assert_eq!(states(&world), ["cancelled"], "{why}");
    }
    // The addressee was quicker: neither cancelled nor replaced, and the person is told.
    let world = World::open(postgres, By::Web).await;
    let task = world.a().send(&world, B, plain).await;
    let other = world.a().send(&world, B, |identifier| document(identifier, "もう一通")).await;
    world.drain().await;
    world.b().list(&world).await;
    let kept = world.a().letter(&task).await;
    world.a().desk(&world).cancel(kept).await.unwrap();
    let kept = world.a().letter(&other).await;
    let first = kept.stored.sheet.clone();
    let next = world.a().identifier(&world, &other, 2);
    world.a().desk(&world).replace(kept, document(&next, "差し替え")).await.unwrap();
    world.drain().await;
    for task in [&task, &other] {
        let kept = world.a().letter(task).await;
        assert_eq!(kept.stored.life.state, State::Received, "{:?}", kept.stored);
        assert_eq!(kept.stored.notices, ["already-received"]);
        assert!(matches!(world.a().desk(&world).cancel(kept).await, Err(DeskError::NotNow(_))));
    }
    assert_eq!(world.a().letter(&other).await.stored.sheet, first);
    assert_eq!(states(&world), ["received", "received"]);
}

async fn what_must_not_leave_is_refused_at_the_desk(postgres: bool) {
    let world = World::open(postgres, By::Web).await;
    let clinic = world.a();
    let task = world.task();
    let identifier = clinic.identifier(&world, &task, 1);
    let send = async |addressee: &str, document: NewDocument| {
        let new = NewLetter {
            patient: Id::new("patient-1").unwrap(),
            addressee: addressee.into(),
            addressee_name: "架空".into(),
            consent: false,
            reply_to: None,
            document,
            with: Vec::new(),
        };
        clinic.desk(&world).send(task.clone(), new).await.map(drop).unwrap_err()
    };
    let of = |bundle: Vec<u8>| NewDocument { bundle, files: Vec::new() };
    assert!(matches!(send("131", plain(&identifier)).await, DeskError::Addressee));
    assert!(matches!(send(clinic.code, plain(&identifier)).await, DeskError::Addressee));
    let branchless = letter(&identifier, "01139997:１２３４５６７８:9001:", "x");
    assert!(matches!(send(B, of(branchless)).await, DeskError::Branch));
    let foreign = letter(&identifier.replace(clinic.code, B), INSURED, "x");
    assert!(matches!(send(B, of(foreign)).await, DeskError::Foreign));
    let unit = crate::sample::conditions(&identifier, INSURED, &[], "2026-06-15T10:00:00+09:00");
    assert!(matches!(send(B, of(unit)).await, DeskError::Foreign));
    assert!(matches!(send(B, of(b"{".to_vec())).await, DeskError::Content(_)));
    let exe = karute_sharing::desk::NewFile {
        content_type: "application/x-msdownload".into(),
        name: "a.exe".into(),
        data: b"MZ".to_vec(),
    };
    let with = |file| NewDocument { files: vec![file], ..plain(&identifier) };
    assert!(matches!(send(B, with(exe)).await, DeskError::File(_)));
    let mut heavy = pdf("大きい.pdf");
    heavy.data.resize(9_000_000, 0);
    assert!(matches!(send(B, with(heavy)).await, DeskError::TooLarge));
    // Nothing of all this was kept, and nothing left.
    assert!(world.open_jobs().await.is_empty());
    let mut commit = Commit::new(Action::Update);
    commit.jobs = jobs::waiting(&clinic.access).await.unwrap();
    assert!(commit.jobs.is_empty());
}

on_both!(
    every_fault_ends_with_one_letter,
    what_cannot_be_sent_is_visibly_so,
    what_was_given_up_does_not_stand_in_secret,
    ten_seconds,
    a_replacement_takes_the_place_of_the_old_one_or_not_at_all,
    a_cancellation,
    what_must_not_leave_is_refused_at_the_desk,
);
