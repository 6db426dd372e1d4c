//! How long our own part of issuing takes: check, signature with a local key, registration; and how many prescriptions
//! leave the queue in an hour on one core. The simulated service runs in this process; the time spent in it is measured
//! and not counted. `cargo run --release -p karute-eprescription --example issue_speed`
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use bytes::Bytes;
use futures_util::future::BoxFuture;
use karute_crypto::{MasterKey, SystemEntropy};
use karute_eprescription::client::{Network, NetworkError};
use karute_eprescription::desk::{Desk, Ordered};
use karute_eprescription::flow::{Form, State};
use karute_eprescription::jobs::record::load;
use karute_eprescription::jobs::{Attempt, SEND};
use karute_eprescription::office::{Connection, Office, Parts, Reached, Way, set_connection};
use karute_eprescription::profile::Profile;
use karute_eprescription::wire::message::Consent;
use karute_eprescription::wire::prescription::Prescription;
use karute_eprescription::{Hpki, Signer, signature};
use karute_fhir::Id;
use karute_japan::{Clock, SystemClock};
use karute_ledger::{Access, Actor, ActorKind, Backend, Ledger, LedgerConfig, NewTenant, Origin, RetryPolicy, migrate};
use karute_sandbox::eprescription::{Hpki as Verifier, Settings};
use karute_sandbox::{InProcess, Sandbox};
use karute_signing::KeySigner;
use karute_signing::authority::{Holder, TestAuthority};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Prescriptions of which each step is timed.
const TIMED: usize = 60;
/// Prescriptions that stand in the queue at once.
const QUEUED: usize = 300;
const INSTITUTION: &str = "1311234566";

/// The way to the simulated service, which tells how long the service took.
struct Watched {
    inner: InProcess,
    /// Microseconds.
    spent: Arc<AtomicU64>,
}

impl Network for Watched {
    fn send(
        &self,
        request: http::Request<Bytes>,
        deadline: Duration,
        max_bytes: usize,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, NetworkError>> {
        Box::pin(async move {
            let began = Instant::now();
            let answer = self.inner.send(request, deadline, max_bytes).await;
            self.spent.fetch_add(u64::try_from(began.elapsed().as_micros()).unwrap_or(0), Ordering::Relaxed);
            answer
        })
    }
}

/// Milliseconds of each step that are ours.
#[derive(Default)]
struct Taken {
    check: Vec<f64>,
    sign: Vec<f64>,
    register: Vec<f64>,
    whole: Vec<f64>,
}

struct Clinic {
    ledger: Ledger,
    access: Access,
    reached: Arc<Reached>,
    signer: Hpki,
    what: Prescription,
    spent: Arc<AtomicU64>,
    _dir: tempfile::TempDir,
}

async fn clinic() -> Clinic {
    let dir = tempfile::tempdir().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let config = LedgerConfig {
        backend: Backend::Sqlite { dir: dir.path().join("data") },
        key: MasterKey::from_bytes([7; 32]),
        clock: Arc::clone(&clock),
        entropy: Arc::new(SystemEntropy),
        checkpoint_dir: None,
        checkpoint_every: 1_000_000,
        max_blob_bytes: 1 << 20,
    };
    migrate(&config, None).await.unwrap();
    let ledger = Ledger::open(config).await.unwrap();
    let new = NewTenant {
        name: "kakuu".into(),
        display_name: "架空内科クリニック".into(),
        institution_code: INSTITUTION.into(),
    };
    let tenant = ledger.create_tenant(new).await.unwrap();
    let origin = Origin { method: "worker", ..Origin::default() };
    let actor = Actor {
        kind: ActorKind::System,
        id: "system:worker".into(),
        name: "worker".into(),
        role: "system".into(),
        origin,
    };
    let access = ledger.access(tenant.id, actor);
    let life = (clock.now().plus_ms(-86_400_000), clock.now().plus_ms(365 * 86_400_000));
    let authority = TestAuthority::new(life).unwrap();
    let key = authority.issue(&Holder::doctor("KAKUU TARO", "架空　太郎", life)).unwrap().local_key().unwrap();
    let verifier = Arc::new(Verifier::new(authority.trust(&[]).unwrap()));
    let sandbox = Sandbox::with(Arc::clone(&clock), Settings { signatures: verifier, ..Settings::default() }).unwrap();
    let spent = Arc::new(AtomicU64::new(0));
    let (world, watched) = (sandbox.clone(), Arc::clone(&spent));
    let office = Office::new(Parts {
        ledger: ledger.clone(),
        profile: Profile::built_in(),
        clock,
        key: MasterKey::from_bytes([7; 32]),
        dial: Box::new(move |_| Ok(Arc::new(Watched { inner: InProcess(world.clone()), spent: Arc::clone(&watched) }))),
    });
    let way = Way::WebApi {
        base: "http://127.0.0.1:8081/eprescription".to_owned(),
        user: "karute".to_owned(),
        password: office.seal_password(tenant.id, "sandbox"),
        trust: None,
        certificate: None,
    };
    set_connection(&access, Some(&Connection { way, sandbox: true, form: Form::Electronic })).await.unwrap();
    let reached = office.reach(&access).await.unwrap().unwrap();
    let signer = KeySigner::new(key, signature::rules()).unwrap();
    let signer = Hpki::new(Arc::new(signer), Profile::built_in());
    let csv = include_bytes!("../tests/fixtures/prescription-1.csv");
    let what = Prescription::from_csv(csv, &Profile::built_in()).unwrap();
    let what = Prescription { issued: SystemClock.now().day_in_japan(), ..what };
    Clinic { ledger, access, reached, signer, what, spent, _dir: dir }
}

impl Clinic {
    /// What a step took, without the service.
    async fn ours<T>(&self, step: impl Future<Output = T>) -> (T, f64) {
        let (before, began) = (self.spent.load(Ordering::Relaxed), Instant::now());
        let done = step.await;
        let all = began.elapsed().as_secs_f64() * 1_000.0;
        let service = self.spent.load(Ordering::Relaxed) - before;
        (done, all - Duration::from_micros(service).as_secs_f64() * 1_000.0)
    }

    async fn issue(&self, id: &Id, patient: &Id) {
        let profile = self.reached.client.profile();
        let desk = Desk { access: &self.access, profile, now: SystemClock.now() };
        let ordered =
            Ordered { form: Form::Electronic, what: &self.what, further: &[], lines: Vec::new(), with: Vec::new() };
        let signer: &dyn Signer = &self.signer;
        desk.issue(id.clone(), (patient, patient), ordered, Some(signer)).await.unwrap();
    }

    /// Takes the queue's next sendings and carries them out; answers how many.
    async fn work(&self, most: u32) -> usize {
        let queue = self.ledger.jobs("speed");
        let claimed = queue.claim(&[SEND], most, 60_000).await.unwrap();
        let count = claimed.len();
        for job in claimed {
            let attempt = Attempt { number: job.job.attempts, most: job.job.max_attempts };
            let payload = job.job.payload.clone();
            match self.reached.jobs.run(&self.access, SEND, &payload, attempt).await {
                Ok(commit) => drop(queue.complete(job, &self.access, commit, None).await.unwrap()),
                Err(failure) => {
                    queue.fail(job, &failure.message, failure.permanent, RetryPolicy::default()).await.unwrap();
                }
            }
        }
        count
    }
}

fn id(text: &str, n: usize) -> Id {
    Id::new(&format!("{text}-{n}")).unwrap()
}

fn tell(step: &str, mut taken: Vec<f64>) {
    taken.sort_by(f64::total_cmp);
    let at = |part: f64| taken.get((taken.len() as f64 * part) as usize).copied().unwrap_or_default();
    println!("{step:<28} median {:>7.2} ms   p95 {:>7.2} ms   worst {:>7.2} ms", at(0.5), at(0.95), at(0.999));
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let clinic = clinic().await;
    let profile = clinic.reached.client.profile();
    let mut taken = Taken::default();
    for n in 0..TIMED {
        let (rx, patient) = (id("timed", n), id("p", n));
        let (found, check) = clinic
            .ours(async {
                let csv = clinic.what.to_csv(profile).unwrap();
                clinic.reached.client.check(csv, false, Consent::default(), &format!("CK-{n}")).await
            })
            .await;
        found.unwrap();
        let ((), sign) = clinic.ours(clinic.issue(&rx, &patient)).await;
        let (done, register) = clinic.ours(clinic.work(1)).await;
        assert_eq!(done, 1);
        assert_eq!(load(&clinic.access, &rx).await.unwrap().stored.life.state, State::Registered);
        taken.check.push(check);
        taken.sign.push(sign);
        taken.register.push(register);
        taken.whole.push(check + sign + register);
    }
    println!("{TIMED} prescriptions one after another, our own time:");
    tell("check", taken.check);
    tell("sign and keep", taken.sign);
    tell("register", taken.register);
    tell("check + sign + register", taken.whole);

    for n in 0..QUEUED {
        clinic.issue(&id("queued", n), &id("q", n)).await;
    }
    let (mut left, began) = (0, Instant::now());
    let before = clinic.spent.load(Ordering::Relaxed);
    loop {
        let done = clinic.work(16).await;
        if done == 0 {
            break;
        }
        left += done;
    }
    let all = began.elapsed().as_secs_f64();
    let service = Duration::from_micros(clinic.spent.load(Ordering::Relaxed) - before).as_secs_f64();
    let ours = (all - service).max(f64::EPSILON);
    println!(
        "{left} prescriptions left the queue in {all:.2} s, {service:.2} s of it in the service: {:.0} an hour on one core",
        left as f64 * 3_600.0 / ours
    );
}
