//! Two institutions exchange a letter and its answer, by every way; a third never sees any of it.
use crate::on_both;
use crate::sample::{A, B, INSURED, document, letter, pdf};
use crate::stage::{By, Line, Stuck, Wire, World, pace};
use karute_crypto::sha256;
use karute_japan::{Clock, ManualClock, Timestamp};
use karute_ledger::{Action, Commit};
use karute_sandbox::Sandbox;
use karute_sandbox::national::GatewayFaults;
use karute_sandbox::sharing::{ROBOT, Settings};
use karute_sharing::client::{Client, ClientError, Network, TransportError};
use karute_sharing::desk::inbox::{Came, came};
use karute_sharing::desk::{NewDocument, NewLetter, inbox, letters};
use karute_sharing::flow::letter::State;
use karute_sharing::jobs::{self, kept::InboxState};
use karute_sharing::profile::{Profile, Target};
use karute_transport::{CloudKey, CloudLink, Grant};
use std::sync::Arc;

async fn exchange(world: &World) {
    let with_file = |identifier: &str| NewDocument {
        files: vec![pdf("検査.pdf")],
        ..document(identifier, "ご高診ください")
    };
    let participant = world.a().client.participation(B, "p1").await.unwrap().unwrap();
    assert!(participant.takes_part);
    assert!(world.a().client.participation("1399999999", "p2").await.unwrap().is_none());
    assert!(world.a().client.find("kakuu-b", "p3").await.unwrap().iter().any(|found| found.code == B));

    let task = world.a().send(world, B, with_file).await;
    world.drain().await;
    let sent = world.a().letter(&task).await;
    assert_eq!(sent.stored.life.state, State::Registered, "{:?}", sent.stored);
    assert_eq!(sent.stored.life.attached, 1);

    world.b().list(world).await;
    let arrived = world.b().inbox().await;
    let [one] = &arrived[..] else { panic!("{arrived:?}") };
    assert_eq!(one.stored.state, InboxState::Arrived, "{:?}", one.stored);
    assert_eq!((one.stored.sender.as_str(), one.stored.insured.as_str()), (A, INSURED));
    assert_eq!((one.stored.birth.as_str(), one.stored.sex.as_str()), ("1960-04-01", "2"));
    assert!(one.stored.remarks.is_empty(), "{:?}", one.stored.remarks);
    // Untouched, to the byte.
    let reader = world.b().access.reader(Action::Read);
    let Came { document: content, .. } = came(&reader, one, world.b().client.profile()).await.unwrap().unwrap();
    let content = content.unwrap();
    assert_eq!(sha256(&content).to_hex(), one.stored.document_sha256);
    let file = letters::file(&reader, &one.stored.files[0]).await.unwrap().unwrap();
    assert_eq!((file.0.as_str(), file.1.as_slice()), ("application/pdf", &b"%PDF-1.7 fictitious"[..]));
    reader.release(()).await.unwrap();
    let reader = world.a().access.reader(Action::Read);
    let own = letters::document(&reader, &sent.stored.sheet).await.unwrap().unwrap();
    assert_eq!(reader.release(own).await.unwrap(), content);

    // The rounds tell the sender that it was received.
    let mut commit = Commit::new(Action::Update);
    commit.jobs = jobs::waiting(&world.a().access).await.unwrap();
    world.a().access.commit(commit).await.unwrap();
    world.drain().await;
    assert_eq!(world.a().letter(&task).await.stored.life.state, State::Received);

    // The answer comes back.
    let reply = world.task();
    let new = NewLetter {
        patient: karute_fhir::Id::new("patient-9").unwrap(),
        addressee: A.into(),
        addressee_name: "架空".into(),
        consent: true,
        reply_to: Some(one.id.clone()),
        document: document(&world.b().identifier(world, &reply, 1), "ご報告"),
        with: Vec::new(),
    };
    world.b().desk(world).send(reply.clone(), new).await.unwrap();
    world.drain().await;
    assert_eq!(world.b().letter(&reply).await.stored.life.state, State::Registered);
    world.a().list(world).await;
    assert_eq!(world.a().inbox().await.iter().filter(|kept| kept.stored.sender == B).count(), 1);

    // Nothing twice: listed again, nothing new.
    world.b().list(world).await;
    assert_eq!(world.b().inbox().await.len(), 1);

    // The third institution sees nothing, also when it knows the key.
    world.c().list(world).await;
    assert!(world.c().inbox().await.is_empty());
    let stolen = world.c().client.get(&one.stored.key, "s1").await.unwrap_err();
    assert_eq!(stolen.code(), "CISB9030E");
    let stolen = world.c().client.attachment(&one.stored.key, 1, "s2").await.unwrap_err();
    assert_eq!(stolen.code(), "CISB9030E");
    let target = sent.stored.sheet.target.clone();
    assert_eq!(world.c().client.status(&target, "s3").await.unwrap_err().code(), "CISB9030E");
    let group = karute_sharing::wire::Group::Document;
    assert_eq!(world.c().client.cancel(group, &target, "s4").await.unwrap_err().code(), "CISB9030E");
    // Nor do their records mix: a task of one is none of another.
    let foreign = karute_sharing::jobs::record::find::<karute_sharing::jobs::kept::Inbox>(&world.c().access, &one.id);
    assert!(foreign.await.unwrap().is_none());
    assert!(world.dead_jobs().await.is_empty());
}

async fn a_letter_and_its_answer_over_the_web_api(postgres: bool) {
    exchange(&World::open(postgres, By::Web).await).await;
}

async fn a_letter_and_its_answer_over_the_folders(postgres: bool) {
    exchange(&World::open(postgres, By::Folder).await).await;
}

async fn a_letter_and_its_answer_between_clouds(postgres: bool) {
    exchange(&World::with(postgres, By::Cloud, Settings::default(), true).await).await;
}

async fn the_robot_hospital_answers(postgres: bool) {
    let world = World::open(postgres, By::Web).await;
    let task = world.a().send(&world, ROBOT, |identifier| document(identifier, "ご高診ください")).await;
    world.drain().await;
    let walk_ms = 120_000;
    world.sandbox.sharing().pass(world.sandbox.now(), walk_ms);
    assert_eq!(world.a().letter(&task).await.stored.life.state, State::Registered, "it takes its time");
    world.sandbox.travel_ms(walk_ms);
    world.sandbox.sharing().pass(world.sandbox.now(), walk_ms);
    world.a().list(&world).await;
    let found = world.a().inbox().await;
    let [reply] = &found[..] else { panic!("{found:?}") };
    assert_eq!((&reply.stored.state, reply.stored.sender.as_str()), (&InboxState::Arrived, ROBOT));
    assert_eq!(reply.stored.insured, INSURED);
    // Looked at, done with; what came stays.
    let doctor = karute_fhir::Id::new("doctor-1").unwrap();
    let patient = karute_fhir::Id::new("patient-1").unwrap();
    let access = &world.a().access;
    assert_eq!(inbox::count_open(access).await.unwrap(), 1);
    let kept = inbox::assign(access, reply.clone(), Some(patient.clone()), world.now()).await.unwrap();
    let kept = inbox::reviewed(access, kept, (&doctor, "架空 太郎"), "読んだ", world.now()).await.unwrap();
    assert_eq!(inbox::count_open(access).await.unwrap(), 0);
    let reader = access.reader(Action::Read);
    assert_eq!(inbox::of_patient(&reader, &patient).await.unwrap(), std::slice::from_ref(&kept));
    assert!(came(&reader, &kept, world.a().client.profile()).await.unwrap().is_some());
    reader.release(()).await.unwrap();
}

on_both!(
    a_letter_and_its_answer_over_the_web_api,
    a_letter_and_its_answer_over_the_folders,
    a_letter_and_its_answer_between_clouds,
    the_robot_hospital_answers,
);

fn cloud(wire: &Arc<Wire>, clock: &Arc<ManualClock>, grant: Grant, key: CloudKey) -> Client {
    let names = Profile::built_in().ways().cloud.unwrap();
    let network: Arc<dyn Network> = Arc::new(Line(Arc::clone(wire)));
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    let institution = grant.institution.clone();
    let link = CloudLink::new((network, clock), (names, pace()), "http://127.0.0.1:8081/gateway", grant, key).unwrap();
    Client::new(Arc::new(link), Profile::built_in(), &institution, Target::Sandbox).unwrap()
}

fn new_key() -> CloudKey {
    CloudKey::from_pkcs8(&CloudKey::generate().unwrap()).unwrap()
}

fn refused<T>(result: &Result<T, ClientError>) -> bool {
    matches!(result, Err(ClientError::Transport(TransportError::Refused(_))))
}

#[tokio::test]
async fn the_link_between_clouds_is_bound_to_institution_certificate_and_grant() {
    let clock = Arc::new(ManualClock::new(Timestamp::parse("2026-06-15T10:00:00+09:00").unwrap()));
    let sandbox = Sandbox::new(Arc::clone(&clock) as Arc<dyn Clock>).unwrap();
    let wire = Wire::new(sandbox.clone());
    wire.shows([1; 32]);
    let der = CloudKey::generate().unwrap();
    let key = || CloudKey::from_pkcs8(&der).unwrap();
    let gateway = sandbox.gateway();
    gateway.register("karute", key().public());
    gateway.grant("g-a", "karute", A);
    let grant = |institution: &str, grant: &str| Grant {
        client: "karute".into(),
        grant: grant.into(),
        institution: institution.into(),
        certificate_sha256: Some([1; 32]),
    };
    let right = cloud(&wire, &clock, grant(A, "g-a"), key());
    assert!(right.participation(ROBOT, "a1").await.unwrap().is_some());
    // Another institution than the grant's; a grant that was never given; a key that is not registered.
    assert!(refused(&cloud(&wire, &clock, grant(B, "g-a"), key()).participation(ROBOT, "a2").await));
    assert!(refused(&cloud(&wire, &clock, grant(A, "g-x"), key()).participation(ROBOT, "a3").await));
    assert!(refused(&cloud(&wire, &clock, grant(A, "g-a"), new_key()).participation(ROBOT, "a4").await));
    // Another certificate than the token is bound to: nothing passes, and a token bound elsewhere is not used.
    wire.shows([2; 32]);
    assert!(refused(&right.participation(ROBOT, "a5").await));
    assert!(refused(&cloud(&wire, &clock, grant(A, "g-a"), key()).participation(ROBOT, "a6").await));
    wire.shows([1; 32]);
    // The token ends; the next call fetches another.
    clock.advance_ms(3_600_000);
    assert!(right.participation(ROBOT, "a7").await.unwrap().is_some());
    // The institution takes its grant back.
    gateway.revoke("g-a");
    assert!(refused(&right.participation(ROBOT, "a8").await));
}

#[tokio::test]
async fn an_answer_lost_between_clouds_comes_back_by_its_key_and_a_later_one_is_asked_for() {
    let world = World::open(false, By::Cloud).await;
    let faults = |lose| karute_sandbox::eprescription::EpsFaults { lose_answer_next: lose, ..Default::default() };
    world.sandbox.sharing().set_faults(faults(1));
    let receipt = register(&world, "x1", "eins").await.unwrap();
    assert!(!receipt.is_empty() && world.sandbox.sharing().letters() == 1, "once, and the answer is there");
    world.sandbox.gateway().set_faults(GatewayFaults { later_next: 1 });
    assert!(register(&world, "x2", "zwei").await.is_ok());
    assert_eq!(world.sandbox.sharing().letters(), 2);
    // A worker that is killed has told nobody its key: the connector asks by the document's own key instead.
    world.wire.stick(Stuck::No, "");
}

async fn register(world: &World, file_id: &str, about: &str) -> Result<String, ClientError> {
    use karute_sharing::wire::{Consent, Content, Envelope};
    let task = karute_fhir::Id::new(&format!("t-{file_id}")).unwrap();
    let document = letter(&world.a().identifier(world, &task, 1), INSURED, about);
    let content = Content::read(&document).unwrap();
    let envelope = Envelope {
        kind: content.kind,
        target: content.target,
        destination: Some(B.into()),
        consent: Some(Consent { given: false, at: String::new() }),
        supersedes: None,
        document,
        signed: false,
    };
    world.a().client.register(envelope, file_id).await
}
