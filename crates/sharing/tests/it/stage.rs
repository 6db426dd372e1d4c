//! Institutions on one record store against one simulated service.
use crate::sample::{A, B, C};
use crate::units::Record;
use axum::body::Body;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http_body_util::BodyExt as _;
use karute_crypto::{MasterKey, SeededEntropy};
use karute_fhir::Id;
use karute_japan::{Clock, ManualClock, Timestamp};
use karute_ledger::{
    Access, Actor, ActorKind, Backend, JobFilter, JobState, Ledger, LedgerConfig, NewTenant, Origin, RetryPolicy,
    migrate,
};
use karute_sandbox::Sandbox;
use karute_sandbox::national::{ClientCertificate, Folders};
use karute_sandbox::sharing::Settings;
use karute_sharing::client::{Client, Network, NetworkError, Transport};
use karute_sharing::desk::{self, Desk, NewDocument, NewLetter};
use karute_sharing::jobs::kept::{Inbox, Letter};
use karute_sharing::jobs::record::{Kept, Which, all, load};
use karute_sharing::jobs::{self, Attempt, Jobs, KINDS};
use karute_sharing::profile::{Profile, Target};
use karute_sharing::wire::envelope::Kind;
use karute_transport::relay::{Command, Event, Relay, RelayError};
use karute_transport::{CloudKey, CloudLink, Credentials, DirectoryRelay, FolderTransport, Grant, Pace, WebApi};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use tower::ServiceExt as _;

/// By which way an institution reaches the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Web,
    Folder,
    Cloud,
}

/// Where a call gets stuck, so that its worker can be killed there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stuck {
    No,
    Before,
    After,
}

/// The simulated world without a socket; calls can get stuck.
pub(crate) struct Wire {
    sandbox: Sandbox,
    stuck: std::sync::Mutex<(Stuck, &'static str)>,
    pub(crate) reached: Notify,
    /// The certificate that is shown.
    certificate: std::sync::Mutex<Option<ClientCertificate>>,
}

impl Wire {
    pub(crate) fn new(sandbox: Sandbox) -> Arc<Wire> {
        Arc::new(Wire {
            sandbox,
            stuck: std::sync::Mutex::new((Stuck::No, "")),
            reached: Notify::new(),
            certificate: std::sync::Mutex::new(None),
        })
    }

    pub(crate) fn stick(&self, at: Stuck, api: &'static str) {
        *self.stuck.lock().unwrap() = (at, api);
    }

    pub(crate) fn shows(&self, certificate: [u8; 32]) {
        *self.certificate.lock().unwrap() = Some(ClientCertificate(certificate));
    }
}

pub(crate) struct Line(pub(crate) Arc<Wire>);

impl Network for Line {
    fn send(
        &self,
        mut request: http::Request<Bytes>,
        _deadline: Duration,
        max_bytes: usize,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, NetworkError>> {
        let wire = Arc::clone(&self.0);
        Box::pin(async move {
            let stuck = {
                let mut held = wire.stuck.lock().unwrap();
                let meant = held.0 != Stuck::No && request.uri().path().contains(held.1);
                if meant { std::mem::replace(&mut held.0, Stuck::No) } else { Stuck::No }
            };
            if stuck == Stuck::Before {
                wire.reached.notify_one();
                std::future::pending::<()>().await;
            }
            if let Some(certificate) = *wire.certificate.lock().unwrap() {
                request.extensions_mut().insert(certificate);
            }
            let answer = wire.sandbox.router().oneshot(request.map(Body::from)).await;
            let (parts, body) = answer.map_err(|_| NetworkError::Lost)?.into_parts();
            let bytes = body.collect().await.map_err(|_| NetworkError::Lost)?.to_bytes();
            if bytes.len() > max_bytes {
                return Err(NetworkError::TooLarge);
            }
            if stuck == Stuck::After {
                wire.reached.notify_one();
                std::future::pending::<()>().await;
            }
            Ok(http::Response::from_parts(parts, bytes))
        })
    }
}

/// A terminal that looks into its folder whenever the relay does: no background, no waiting.
struct Swept {
    relay: DirectoryRelay,
    folders: Folders,
    sandbox: Sandbox,
}

impl Relay for Swept {
    fn call(&self, command: Command) -> BoxFuture<'_, Result<Vec<Event>, RelayError>> {
        Box::pin(async move {
            if matches!(command, Command::List { .. }) {
                self.folders.sweep(&self.sandbox).await.map_err(|_| RelayError::Folder)?;
            }
            self.relay.call(command).await
        })
    }
}

pub(crate) fn pace() -> Pace {
    Pace { poll: Duration::from_millis(1), ..Profile::built_in().ways().pace }
}

/// A transport of an institution.
pub(crate) fn transport(
    by: By,
    wire: &Arc<Wire>,
    clock: &Arc<ManualClock>,
    code: &str,
    dir: &std::path::Path,
) -> Arc<dyn Transport> {
    let ways = Profile::built_in().ways();
    let network: Arc<dyn Network> = Arc::new(Line(Arc::clone(wire)));
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    match by {
        By::Web => {
            let credentials =
                Credentials { institution: code.into(), user: "karute".into(), password: "sandbox".to_owned().into() };
            Arc::new(
                WebApi::new(network, clock, ways.web, pace(), "http://127.0.0.1:8081/sharing", credentials).unwrap(),
            )
        }
        By::Folder => {
            let (requests, results) = (dir.join(code).join("req"), dir.join(code).join("res"));
            std::fs::create_dir_all(&requests).unwrap();
            std::fs::create_dir_all(&results).unwrap();
            let folders = Folders::new(requests.clone(), results.clone(), code);
            let relay = DirectoryRelay::new(requests, results, ways.files);
            let relay = Swept { relay, folders, sandbox: wire.sandbox.clone() };
            Arc::new(FolderTransport::new(Arc::new(relay), pace()))
        }
        By::Cloud => {
            let key = CloudKey::from_pkcs8(&CloudKey::generate().unwrap()).unwrap();
            let client = format!("vendor-{code}");
            wire.sandbox.gateway().register(&client, key.public());
            wire.sandbox.gateway().grant(&format!("grant-{code}"), &client, code);
            let grant = Grant {
                client,
                grant: format!("grant-{code}"),
                institution: code.into(),
                certificate_sha256: wire.certificate.lock().unwrap().map(|ClientCertificate(digest)| digest),
            };
            let names = ways.cloud.unwrap();
            Arc::new(
                CloudLink::new((network, clock), (names, pace()), "http://127.0.0.1:8081/gateway", grant, key).unwrap(),
            )
        }
    }
}

/// An institution.
pub(crate) struct Clinic {
    pub(crate) code: &'static str,
    pub(crate) access: Access,
    pub(crate) jobs: Jobs,
    pub(crate) client: Client,
    pub(crate) record: Arc<Record>,
}

/// Three institutions, of which the third has nothing to do with the others.
pub(crate) struct World {
    pub(crate) ledger: Ledger,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) sandbox: Sandbox,
    pub(crate) wire: Arc<Wire>,
    pub(crate) clinics: Vec<Clinic>,
    next: AtomicU32,
    _dir: tempfile::TempDir,
}

/// The installation's key.
pub(crate) fn key() -> MasterKey {
    MasterKey::from_bytes([7; 32])
}

pub(crate) fn actor() -> Actor {
    Actor {
        kind: ActorKind::System,
        id: "system:worker".into(),
        name: "worker".into(),
        role: "system".into(),
        origin: Origin { method: "worker", ..Origin::default() },
    }
}

pub(crate) async fn ledger(postgres: bool, clock: Arc<dyn Clock>) -> (Ledger, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let urls = postgres.then(karute_testkit::postgres);
    let backend = match &urls {
        Some(urls) => Backend::Postgres { url: urls.login.clone(), max_connections: 4 },
        None => Backend::Sqlite { dir: dir.path().join("data") },
    };
    let config = LedgerConfig {
        backend,
        key: key(),
        clock,
        entropy: Arc::new(SeededEntropy::new(3)),
        checkpoint_dir: None,
        checkpoint_every: 1_000,
        max_blob_bytes: 1 << 20,
    };
    migrate(&config, urls.as_ref().map(|urls| urls.owner.as_str())).await.unwrap();
    (Ledger::open(config).await.unwrap(), dir)
}

pub(crate) async fn institution(ledger: &Ledger, name: &str, code: &str) -> Access {
    let new = NewTenant { name: name.into(), display_name: format!("架空{name}"), institution_code: code.into() };
    ledger.access(ledger.create_tenant(new).await.unwrap().id, actor())
}

impl World {
    pub(crate) async fn open(postgres: bool, by: By) -> World {
        World::with(postgres, by, Settings::default(), false).await
    }

    pub(crate) async fn with(postgres: bool, by: By, settings: Settings, certificate: bool) -> World {
        let clock = Arc::new(ManualClock::new(Timestamp::parse("2026-06-15T10:00:00+09:00").unwrap()));
        let (ledger, dir) = ledger(postgres, Arc::clone(&clock) as Arc<dyn Clock>).await;
        let eps = karute_sandbox::eprescription::Settings::default();
        let sandbox = Sandbox::of(Arc::clone(&clock) as Arc<dyn Clock>, eps, settings).unwrap();
        let wire = Wire::new(sandbox.clone());
        if certificate {
            wire.shows([9; 32]);
        }
        let mut clinics = Vec::new();
        for (name, code) in [("kakuu-a", A), ("kakuu-b", B), ("kakuu-c", C)] {
            sandbox.sharing().takes_part(code, &format!("架空{name}クリニック"));
            let access = institution(&ledger, name, code).await;
            let transport = transport(by, &wire, &clock, code, dir.path());
            let client = Client::new(transport, Profile::built_in(), code, Target::Sandbox).unwrap();
            let record = Arc::new(Record::default());
            let units = Arc::clone(&record) as Arc<dyn jobs::Units>;
            let sends = vec![Kind::Conditions, Kind::Results];
            let jobs = Jobs::new(client.clone(), Arc::clone(&clock) as Arc<dyn Clock>, Some(units), sends);
            clinics.push(Clinic { code, access, jobs, client, record });
        }
        World { ledger, clock, sandbox, wire, clinics, next: AtomicU32::new(1), _dir: dir }
    }

    pub(crate) fn a(&self) -> &Clinic {
        &self.clinics[0]
    }
    pub(crate) fn b(&self) -> &Clinic {
        &self.clinics[1]
    }
    pub(crate) fn c(&self) -> &Clinic {
        &self.clinics[2]
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn task(&self) -> Id {
        Id::new(&format!("letter-{:04}", self.next.fetch_add(1, Ordering::Relaxed))).unwrap()
    }

    /// Carries out what is due or comes due within `ms`, moving the clock where nothing is.
    pub(crate) async fn pass(&self, ms: i64) {
        let end = self.now().plus_ms(ms);
        for _ in 0..600 {
            if self.once().await > 0 {
                continue;
            }
            let left = end.as_millis() - self.now().as_millis();
            if left <= 0 {
                return;
            }
            self.clock.advance_ms(left.min(1_000));
        }
        panic!("the queue does not come to rest: {:?}", self.open_jobs().await);
    }

    /// Carries out everything, moving the clock where nothing is due yet.
    pub(crate) async fn drain(&self) {
        for _ in 0..1_200 {
            if self.once().await > 0 {
                continue;
            }
            if self.open_jobs().await.is_empty() {
                return;
            }
            self.clock.advance_ms(10_000);
        }
        panic!("the queue does not become empty: {:?}", self.open_jobs().await);
    }

    pub(crate) async fn open_jobs(&self) -> Vec<String> {
        let mut open = Vec::new();
        for clinic in &self.clinics {
            let filter =
                JobFilter { states: vec![JobState::Ready, JobState::Running], limit: 100, ..JobFilter::default() };
            for job in clinic.access.jobs(filter).await.unwrap() {
                open.push(format!("{} {} {:?}", job.kind, job.key, job.last_error));
            }
        }
        open
    }

    pub(crate) async fn dead_jobs(&self) -> Vec<String> {
        let mut dead = Vec::new();
        for clinic in &self.clinics {
            let filter = JobFilter { states: vec![JobState::Dead], limit: 100, ..JobFilter::default() };
            dead.extend(clinic.access.jobs(filter).await.unwrap().into_iter().map(|job| job.kind));
        }
        dead
    }

    async fn once(&self) -> usize {
        let queue = self.ledger.jobs("worker-1");
        let claimed = queue.claim(&KINDS, 4, 60_000).await.unwrap();
        let count = claimed.len();
        for job in claimed {
            let clinic = self.clinics.iter().find(|clinic| clinic.access.tenant() == job.tenant).unwrap();
            let attempt = Attempt { number: job.job.attempts, most: job.job.max_attempts };
            let (kind, payload) = (job.job.kind.clone(), job.job.payload.clone());
            let ran = Box::pin(clinic.jobs.run(&clinic.access, &kind, &payload, attempt)).await;
            match ran {
                Ok(commit) => {
                    // The version it was made from may be gone: then the job runs again, as the worker does it.
                    if queue.complete(job, &clinic.access, commit, None).await.is_err() {
                        self.clock.advance_ms(61_000);
                    }
                }
                Err(failure) => {
                    let policy = RetryPolicy::default();
                    queue.fail(job, &failure.message, failure.permanent, policy).await.unwrap();
                }
            }
        }
        count
    }

    /// Kills a worker at its call of an API.
    pub(crate) async fn killed(&self, at: Stuck, api: &'static str) {
        let queue = self.ledger.jobs("worker-0");
        self.wire.stick(at, api);
        for _ in 0..50 {
            let Some(job) = queue.claim(&KINDS, 1, 60_000).await.unwrap().pop() else {
                self.clock.advance_ms(5_000);
                continue;
            };
            let clinic = self.clinics.iter().find(|clinic| clinic.access.tenant() == job.tenant).unwrap();
            let attempt = Attempt { number: job.job.attempts, most: job.job.max_attempts };
            let run = clinic.jobs.run(&clinic.access, &job.job.kind, &job.job.payload, attempt);
            let ended = tokio::select! {
                ran = Box::pin(run) => Some(ran),
                () = self.wire.reached.notified() => None,
            };
            match ended {
                None => return,
                Some(Ok(commit)) => drop(queue.complete(job, &clinic.access, commit, None).await.unwrap()),
                Some(Err(failure)) => {
                    let policy = RetryPolicy::default();
                    queue.fail(job, &failure.message, failure.permanent, policy).await.unwrap();
                }
            }
        }
        panic!("never reached {api}");
    }
}

impl Clinic {
    pub(crate) fn desk<'d>(&'d self, world: &World) -> Desk<'d> {
        Desk {
            access: &self.access,
            profile: self.client.profile(),
            institution: self.code,
            now: world.now(),
            undo: true,
        }
    }

    /// The identifier of a letter's document.
    pub(crate) fn identifier(&self, world: &World, task: &Id, number: u32) -> String {
        desk::letter_identifier(self.code, world.now(), task, number)
    }

    /// The press.
    pub(crate) async fn send(&self, world: &World, to: &str, document: impl Fn(&str) -> NewDocument) -> Id {
        let task = world.task();
        let new = NewLetter {
            patient: Id::new("patient-1").unwrap(),
            addressee: to.into(),
            addressee_name: "架空クリニック".into(),
            consent: true,
            reply_to: None,
            document: document(&self.identifier(world, &task, 1)),
            with: Vec::new(),
        };
        self.desk(world).send(task, new).await.unwrap().id
    }

    pub(crate) async fn letter(&self, task: &Id) -> Kept<Letter> {
        load(&self.access, task).await.unwrap()
    }

    /// Everything addressed to this institution that it knows of.
    pub(crate) async fn inbox(&self) -> Vec<Kept<Inbox>> {
        let reader = self.access.reader(karute_ledger::Action::Search);
        let found = all(&reader, &Which::default()).await.unwrap();
        reader.release(found).await.unwrap()
    }

    /// Asks for what is addressed to us, and carries that out.
    pub(crate) async fn list(&self, world: &World) {
        let today = world.now().day_in_japan();
        let mut commit = karute_ledger::Commit::new(karute_ledger::Action::Update);
        commit.jobs.push(jobs::list_job(today, today));
        self.access.commit(commit).await.unwrap();
        world.pass(0).await;
    }
}
