//! Electronic prescriptions through the worker as it is wired: every kind has its handler, an attempt is the job's last
//! when the job itself says so, and the rounds bring results back.
use crate::stage::Stage;
use karute_chart::registration::{CardForm, NewPatient, PersonForm, register, system};
use karute_chart::visit::{Arrival, accept_with};
use karute_crypto::MasterKey;

use karute_eprescription::flow::{Form, State, Why};
use karute_eprescription::jobs::record::{Kept, load};
use karute_eprescription::jobs::{self, KINDS, issue};
use karute_eprescription::office::{Connection, Office, Parts, Way, set_connection};
use karute_eprescription::precheck::{self, Stand};
use karute_eprescription::profile::Profile;
use karute_eprescription::wire::envelope::UnsignedEnvelope;
use karute_eprescription::wire::prescription::Prescription;
use karute_fhir::Id;
use karute_japan::Clock;
use karute_ledger::{Action, Commit, JobState};
use karute_operations::eprescription::{Rounds, handlers};
use karute_operations::worker::{Tally, Worker};
pub(crate) use karute_sandbox::InProcess;
use karute_sandbox::Sandbox;
use karute_sandbox::eprescription::{Action as Robot, EpsFaults, Order};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

struct Clinic {
    stage: Stage,
    office: Arc<Office>,
    sandbox: Sandbox,
    stop: watch::Sender<bool>,
}

impl Clinic {
    async fn open() -> Clinic {
        let stage = Stage::new().await;
        let clock = Arc::clone(&stage.clock) as Arc<dyn Clock>;
        let sandbox = Sandbox::new(Arc::clone(&clock)).unwrap();
        let world = sandbox.clone();
        let office = Arc::new(Office::new(Parts {
            ledger: stage.ledger.clone(),
            profile: Profile::built_in(),
            clock,
            key: MasterKey::from_bytes([7; 32]),
            dial: Box::new(move |_| Ok(Arc::new(InProcess(world.clone())))),
        }));
        let way = Way::WebApi {
            base: "http://127.0.0.1:8081/eprescription".to_owned(),
            user: "karute".to_owned(),
            password: office.seal_password(stage.tenant.id, "sandbox"),
            trust: None,
            certificate: None,
        };
        let connection = Connection { way, sandbox: true, form: Form::Paper };
        set_connection(&stage.access, Some(&connection)).await.unwrap();
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
        Clinic { stage, office, sandbox, stop }
    }

    /// Issues the specification's example today; `most` attempts, or the connector's own number.
    async fn issue(&self, id: &str, most: Option<u32>) -> Id {
        let profile = Profile::built_in();
        let csv = include_bytes!("../../../eprescription/tests/fixtures/prescription-1.csv");
        let mut what = Prescription::from_csv(csv, &profile).unwrap();
        what.issued = self.stage.clock.now().day_in_japan();
        let code = &self.stage.tenant.institution_code;
        what.institution.prefecture = code[0..2].to_owned();
        what.institution.table = code[2..3].to_owned();
        what.institution.code = code[3..].to_owned();
        let document = UnsignedEnvelope::new(&what.to_csv(&profile).unwrap(), &profile);
        let id = Id::new(id).unwrap();
        let whose = (Id::new("patient-1").unwrap(), Id::new("visit-1").unwrap());
        let kept = Kept::ready(id.clone(), whose.0, whose.1, Form::Paper, &what);
        let mut commit = Commit::new(Action::Create);
        issue(&mut commit, &kept, document.bytes(), self.stage.clock.now()).unwrap();
        for job in &mut commit.jobs {
            job.max_attempts = most.unwrap_or(job.max_attempts);
        }
        self.stage.access.commit(commit).await.unwrap();
        id
    }

    async fn done(&self, kind: &str) {
        let all = |jobs: &[karute_ledger::JobView]| {
            jobs.iter().any(|job| job.kind == kind)
                && jobs.iter().filter(|job| job.kind == kind).all(|job| job.state == JobState::Done)
        };
        self.stage.until(kind, all).await;
    }

    async fn kept(&self, id: &Id) -> Kept {
        load(&self.stage.access, id).await.unwrap()
    }
}

impl Drop for Clinic {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_issued_is_registered_and_what_is_dispensed_comes_back_with_the_rounds() {
    let clinic = Clinic::open().await;
    assert_eq!(handlers(&clinic.office).iter().map(|handler| handler.kind).collect::<Vec<_>>(), KINDS);
    let id = clinic.issue("rx-1", None).await;
    clinic.done(jobs::SEND).await;
    let kept = clinic.kept(&id).await;
    assert_eq!(kept.stored.life.state, State::Registered);
    let order = Order {
        access_code: kept.stored.life.access_code.unwrap(),
        insurer: "01139997".to_owned(),
        symbol: "12345678".to_owned(),
        number: "9001".to_owned(),
        branch: "01".to_owned(),
        action: Robot::Substitute,
    };
    clinic.sandbox.eprescription().robot(&order, clinic.sandbox.now()).unwrap();
    let clock = Arc::clone(&clinic.stage.clock) as Arc<dyn Clock>;
    let rounds = Rounds { office: Arc::clone(&clinic.office), clock, every: Duration::from_mins(30) };
    assert_eq!(rounds.once().await.unwrap(), 1);
    clinic.done(jobs::RESULTS).await;
    clinic.done(jobs::STATUS).await;
    let kept = clinic.kept(&id).await;
    assert_eq!((kept.stored.life.state, kept.stored.results.len()), (State::Dispensed, 1));
    // An institution that does not use the service is not asked.
    set_connection(&clinic.stage.access, None).await.unwrap();
    assert_eq!(rounds.once().await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_attempt_is_the_one_that_the_job_says_and_ends_visibly_unregistered() {
    let clinic = Clinic::open().await;
    clinic.sandbox.eprescription().set_faults(EpsFaults { maintenance: true, ..EpsFaults::default() });
    let id = clinic.issue("rx-1", Some(1)).await;
    clinic.done(jobs::SEND).await;
    let kept = clinic.kept(&id).await;
    assert_eq!(kept.stored.life.state, State::Unregistered { why: Why::Away });
    assert_eq!(kept.stored.notices, ["unregistered"]);
    // With attempts left it is tried again, and nothing is given up.
    let id = clinic.issue("rx-2", Some(2)).await;
    let tried = |jobs: &[karute_ledger::JobView]| {
        jobs.iter().any(|job| job.key == "rx-2" && job.state == JobState::Ready && job.attempts == 1)
    };
    clinic.stage.until("tried once", tried).await;
    assert_eq!(clinic.kept(&id).await.stored.life.state, State::Signed);
}

/// Somebody with insurance is received, as the desk does it.
async fn received(clinic: &Clinic, visit: &str, card: Option<&str>) -> Id {
    let (access, now) = (&clinic.stage.access, clinic.stage.clock.now());
    let today = now.day_in_japan();
    let patient = Id::new(&format!("p-{visit}")).unwrap();
    let person = PersonForm { family: "試験".into(), given: "花子".into(), ..PersonForm::default() };
    let person = PersonForm {
        family_kana: "シケン".into(),
        given_kana: "ハナコ".into(),
        birth: "1960-04-01".into(),
        sex: "female".into(),
        ..person
    };
    let card = card.map(|kind| CardForm {
        card_kind: kind.into(),
        card_insurer: "01139997".into(),
        card_symbol: "12345678".into(),
        card_number: "9001".into(),
        card_relation: "self".into(),
        card_share: "3".into(),
        ..CardForm::default()
    });
    let of_card = Id::new(&format!("c-{visit}")).unwrap();
    let new = NewPatient {
        id: patient.clone(),
        details: person.read(today).unwrap(),
        card: card.map(|card| (of_card, card.read(None, today).unwrap())),
        public: None,
    };
    let code = &clinic.stage.tenant.institution_code;
    register(access, &new, &system(code)).await.unwrap();
    let visit = Id::new(visit).unwrap();
    let arrival = Arrival::WalkIn { patient, kind: None, reason: None };
    let ahead = |commit: &mut Commit| precheck::begin(commit, &visit, now);
    accept_with(access, arrival, visit.clone(), today, now, &ahead).await.unwrap();
    visit
}

async fn stands(clinic: &Clinic, visit: &Id) -> Option<Stand> {
    precheck::of_visit(&clinic.stage.access, visit).await.unwrap().map(|known| known.stand)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_received_is_told_to_the_service_once_and_a_failure_is_only_noted() {
    let clinic = Clinic::open().await;
    let asked = || clinic.sandbox.journal().len();
    let visit = received(&clinic, "v-1", Some("association")).await;
    clinic.done(jobs::PRECHECK).await;
    assert_eq!(stands(&clinic, &visit).await, Some(Stand::Ready));
    assert_eq!(clinic.sandbox.eprescription().prepared(), 1);
    // The job once more, as after a worker that was killed: the service is not asked again.
    let before = asked();
    let mut again = Commit::new(Action::Update);
    precheck::begin(&mut again, &visit, clinic.stage.clock.now());
    again.docs.clear();
    clinic.stage.access.commit(again).await.unwrap();
    clinic.done(jobs::PRECHECK).await;
    assert_eq!((asked(), stands(&clinic, &visit).await), (before, Some(Stand::Ready)));
    // Who has no insurance of the service's is not asked about.
    let visit = received(&clinic, "v-2", None).await;
    clinic.done(jobs::PRECHECK).await;
    assert_eq!((asked(), stands(&clinic, &visit).await), (before, Some(Stand::NotInsured)));
    // What the service declines is noted with its code, and no job is left for anybody to look after.
    clinic.sandbox.eprescription().set_faults(EpsFaults { error_next: 1, ..EpsFaults::default() });
    let visit = received(&clinic, "v-3", Some("association")).await;
    clinic.done(jobs::PRECHECK).await;
    let code = Profile::built_in().result_code("injected").to_owned();
    assert_eq!(stands(&clinic, &visit).await, Some(Stand::Failed { code }));
    // A visit that nobody asked about has no note.
    assert_eq!(stands(&clinic, &Id::new("v-9").unwrap()).await, None);
}
