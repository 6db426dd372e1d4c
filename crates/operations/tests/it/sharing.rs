//! Record sharing through the worker as it is wired: every kind has its handler, a letter goes out and its answer comes
//! back with the rounds, and the rounds find whose record changed.
use crate::prescribing::InProcess;
use crate::stage::Stage;
use futures_util::future::BoxFuture;
use karute_crypto::MasterKey;
use karute_fhir::{Id, ResourceType};
use karute_japan::Clock;
use karute_json::{Limits, parse};
use karute_ledger::{Access, Action, Change, Commit, Expect, JobState};
use karute_operations::sharing::{Rounds, handlers};
use karute_operations::worker::{Tally, Worker};
use karute_sandbox::Sandbox;
use karute_sandbox::sharing::ROBOT;
use karute_sharing::desk::{Desk, NewDocument, NewLetter, letter_identifier};
use karute_sharing::flow::letter::State;
use karute_sharing::jobs::kept::{Inbox, InboxState, Letter};
use karute_sharing::jobs::record::{Kept, Which, all, load};
use karute_sharing::jobs::{self, BuildError, Built, KINDS, UnitAsk, UnitKey, Units};
use karute_sharing::office::{Connection, Office, Parts, Way, set_connection};
use karute_sharing::profile::Profile;
use karute_sharing::wire::Kind;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

const INSURED: &str = "01139997:１２３４５６７８:9001:01";

/// Takes down whose units were asked for; nobody of them is in the service.
#[derive(Default)]
struct Asked(Mutex<Vec<String>>);

impl Units for Asked {
    fn keys<'u>(&'u self, _: &'u Access, patient: &'u Id) -> BoxFuture<'u, Result<Vec<UnitKey>, BuildError>> {
        self.0.lock().unwrap().push(patient.to_string());
        Box::pin(async { Ok(Vec::new()) })
    }
    fn build<'u>(&'u self, _: &'u Access, _: &'u UnitAsk) -> BoxFuture<'u, Result<Built, BuildError>> {
        Box::pin(async { Ok(Built::Outside) })
    }
}

fn letter(identifier: &str) -> Vec<u8> {
    let patient = json!({
        "resourceType": "Patient",
        "identifier": [{ "system": "http://jpfhir.jp/fhir/clins/Idsystem/JP_Insurance_memberID", "value": INSURED }],
        "name": [{ "text": "シケン ハナコ" }], "gender": "female", "birthDate": "1960-04-01",
    });
    let composition = json!({
        "resourceType": "Composition", "status": "final",
        "type": { "coding": [{ "code": "57133-1" }] }, "section": [{ "title": "構造情報" }],
    });
    let entry = |number: u8, resource: Value| json!({ "fullUrl": format!("urn:uuid:{number}"), "resource": resource });
    json!({
        "resourceType": "Bundle", "type": "document", "meta": { "lastUpdated": "2026-11-24T09:00:00+09:00" },
        "timestamp": "2026-11-24T09:00:00+09:00",
        "identifier": { "system": "http://jpfhir.jp/fhir/clins/bundle-identifier", "value": identifier },
        "entry": [entry(1, composition), entry(2, patient)],
    })
    .to_string()
    .into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_goes_out_and_its_answer_comes_back_with_the_rounds() {
    let stage = Stage::new().await;
    let clock = Arc::clone(&stage.clock) as Arc<dyn Clock>;
    let sandbox = Sandbox::new(Arc::clone(&clock)).unwrap();
    let code = stage.tenant.institution_code.clone();
    sandbox.sharing().takes_part(&code, "みどり");
    let world = sandbox.clone();
    let asked = Arc::new(Asked::default());
    let office = Arc::new(Office::new(Parts {
        ledger: stage.ledger.clone(),
        profile: Profile::built_in(),
        clock: Arc::clone(&clock),
        key: MasterKey::from_bytes([7; 32]),
        dial: Box::new(move |_| Ok(Arc::new(InProcess(world.clone())))),
        units: Some(Arc::clone(&asked) as Arc<dyn Units>),
    }));
    let rounds = Rounds { office: Arc::clone(&office), clock, every: Duration::from_mins(15) };
    // An institution that does not use the service is not asked.
    assert_eq!(rounds.once().await.unwrap(), 0);
    let way = Way::WebApi {
        base: "http://127.0.0.1:8081/sharing".to_owned(),
        user: "karute".to_owned(),
        password: office.seal(stage.tenant.id, b"sandbox"),
        trust: None,
        certificate: None,
    };
    let connection = Connection { way, sandbox: true, units: vec![Kind::Conditions] };
    set_connection(&stage.access, Some(&connection)).await.unwrap();
    assert_eq!(handlers(&office).iter().map(|handler| handler.kind).collect::<Vec<_>>(), KINDS);
    let worker = Worker {
        ledger: stage.ledger.clone(),
        name: "w1".into(),
        handlers: handlers(&office),
        parallel: 2,
        tally: Arc::new(Tally::default()),
        grace: Duration::from_secs(10),
    };
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(worker.run(stopped));

    // The press; the letter leaves ten seconds later.
    let task = Id::new("letter-1").unwrap();
    let now = stage.clock.now();
    let desk = Desk { access: &stage.access, profile: office.profile(), institution: &code, now, undo: true };
    let bundle = letter(&letter_identifier(&code, now, &task, 1));
    let new = NewLetter {
        patient: Id::new("patient-1").unwrap(),
        addressee: ROBOT.to_owned(),
        addressee_name: "架空総合病院".to_owned(),
        consent: true,
        reply_to: None,
        document: NewDocument { bundle, files: Vec::new() },
        with: Vec::new(),
    };
    desk.send(task.clone(), new).await.unwrap();
    let done = |kind: &'static str| {
        move |jobs: &[karute_ledger::JobView]| {
            jobs.iter().any(|job| job.kind == kind)
                && jobs.iter().filter(|job| job.kind == kind).all(|job| job.state == JobState::Done)
        }
    };
    stage.clock.advance_ms(10_000);
    // The ledger is told that time has passed by the next commit.
    stage.enqueue("tick-1").await;
    stage.until("sent", done(jobs::LETTER)).await;
    stage.clock.advance_ms(5_000);
    stage.enqueue("tick-2").await;
    stage.until("state asked for", done(jobs::STATUS)).await;
    let kept: Kept<Letter> = load(&stage.access, &task).await.unwrap();
    assert_eq!(kept.stored.life.state, State::Registered, "{:?}", kept.stored);

    // Somebody's record changes; nobody says so. The robot answers. The rounds find both.
    let body = br#"{"resourceType":"Condition","subject":{"reference":"Patient/patient-7"},"code":{"text":"x"}}"#;
    let body = parse(body, &Limits::FHIR).unwrap().into_owned();
    let condition = ResourceType::parse("Condition").unwrap();
    let mut commit = Commit::new(Action::Create);
    let id = Id::new("c-1").unwrap();
    commit.changes.push(Change::Put { resource_type: condition, id, body, expect: Expect::Absent });
    stage.access.commit(commit).await.unwrap();
    sandbox.sharing().pass(sandbox.now(), 0);
    assert_eq!(rounds.once().await.unwrap(), 1);
    stage.until("listed", done(jobs::LIST)).await;
    stage.until("fetched", done(jobs::FETCH)).await;
    let reader = stage.access.reader(Action::Search);
    let found: Vec<Kept<Inbox>> = all(&reader, &Which::default()).await.unwrap();
    let found = reader.release(found).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0].stored.state, found[0].stored.sender.as_str()), (&InboxState::Arrived, ROBOT));
    stage.clock.advance_ms(60_000);
    stage.enqueue("tick-3").await;
    stage.until("looked at", done(jobs::UNITS)).await;
    assert_eq!(*asked.0.lock().unwrap(), ["patient-7"]);
    stage.until("state asked for", done(jobs::STATUS)).await;
    let kept: Kept<Letter> = load(&stage.access, &task).await.unwrap();
    assert_eq!(kept.stored.life.state, State::Received, "the rounds asked, too");
    stop.send(true).unwrap();
}
