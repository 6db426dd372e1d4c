//! The jobs on the ledger's queue against the sandbox, on SQLite and PostgreSQL: whatever fails, a prescription ends
//! registered exactly once, or visibly unregistered and not registered at all.
use crate::sample::{INSTITUTION, first};
use crate::stage;
use crate::transport::{InProcess, TODAY, credentials, electronic, insured, paper, web_api};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use karute_eprescription::client::{Client, Network, NetworkError};
use karute_eprescription::flow::{Event, Form, State, Why, step};
use karute_eprescription::jobs::record::{Kept, load};
use karute_eprescription::jobs::{self, Attempt, Jobs, KINDS, issue, record, results_job, send_job};
use karute_eprescription::profile::{Profile, Target};
use karute_eprescription::wire::dispensing::Dispensing;
use karute_eprescription::wire::envelope::{DispensingEnvelope, Envelope};
use karute_eprescription::wire::message::{Insured, ServiceStatus};
use karute_eprescription::wire::prescription::Prescription;
use karute_fhir::{Id, ResourceType};
use karute_japan::{Clock, ManualClock, Timestamp};
use karute_ledger::{Access, Action, Commit, JobFilter, JobState, Ledger, Lookup, RetryPolicy};
use karute_sandbox::Sandbox;
use karute_sandbox::eprescription::{Action as Robot, EpsFaults, Order};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::Notify;

/// Where a call gets stuck, so that its worker can be killed there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stuck {
    No,
    Before,
    After,
}

/// The network to the sandbox; calls can get stuck.
struct Wire {
    inner: InProcess,
    stuck: std::sync::Mutex<Stuck>,
    reached: Notify,
}

impl Wire {
    fn stick(&self, at: Stuck) {
        *self.stuck.lock().unwrap() = at;
    }
}

struct Line(Arc<Wire>);

impl Network for Line {
    fn send(
        &self,
        request: http::Request<Bytes>,
        deadline: std::time::Duration,
        max_bytes: usize,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, NetworkError>> {
        let wire = Arc::clone(&self.0);
        Box::pin(async move {
            let changes = request.uri().path().contains("/api/EPSsiPIR01");
            let stuck =
                if changes { std::mem::replace(&mut *wire.stuck.lock().unwrap(), Stuck::No) } else { Stuck::No };
            if stuck == Stuck::Before {
                wire.reached.notify_one();
                std::future::pending::<()>().await;
            }
            let answer = wire.inner.send(request, deadline, max_bytes).await;
            if stuck == Stuck::After {
                wire.reached.notify_one();
                std::future::pending::<()>().await;
            }
            answer
        })
    }
}

struct Clinic {
    ledger: Ledger,
    access: Access,
    clock: Arc<ManualClock>,
    sandbox: Sandbox,
    wire: Arc<Wire>,
    jobs: Jobs,
    next: AtomicU32,
    _dir: tempfile::TempDir,
}

impl Clinic {
    async fn open(postgres: bool) -> Clinic {
        let clock = Arc::new(ManualClock::new(Timestamp::parse("2026-06-15T10:00:00+09:00").unwrap()));
        let (ledger, access, dir) = stage::open(postgres, Arc::clone(&clock) as Arc<dyn Clock>).await;
        let sandbox = Sandbox::new(Arc::clone(&clock) as Arc<dyn Clock>).unwrap();
        let wire = Arc::new(Wire {
            inner: InProcess(sandbox.clone()),
            stuck: std::sync::Mutex::new(Stuck::No),
            reached: Notify::new(),
        });
        let profile = Profile::built_in();
        let line = Arc::new(Line(Arc::clone(&wire)));
        let base = "http://127.0.0.1:8081/eprescription";
        let web = web_api(line, Arc::clone(&clock) as Arc<dyn Clock>, base, credentials());
        let client = Client::new(Arc::new(web), profile, INSTITUTION, Target::Sandbox).unwrap();
        let jobs = Jobs::new(client, Arc::clone(&clock) as Arc<dyn Clock>);
        Clinic { ledger, access, clock, sandbox, wire, jobs, next: AtomicU32::new(1), _dir: dir }
    }

    fn id(&self) -> Id {
        Id::new(&format!("rx-{:04}", self.next.fetch_add(1, Ordering::Relaxed))).unwrap()
    }

    /// The press: task, document and job in one commit.
    async fn issue(&self, given: &Prescription, form: Form) -> Id {
        let envelope = if form == Form::Electronic { electronic(given) } else { paper(given) };
        self.issue_document(given, &envelope, form).await
    }

    async fn issue_document(&self, given: &Prescription, envelope: &Envelope, form: Form) -> Id {
        let id = self.id();
        let (patient, visit) = (Id::new("patient-1").unwrap(), Id::new("visit-1").unwrap());
        let kept = Kept::ready(id.clone(), patient, visit, form, given);
        let mut commit = Commit::new(Action::Create);
        issue(&mut commit, &kept, envelope.bytes(), self.clock.now()).unwrap();
        self.access.commit(commit).await.unwrap();
        id
    }

    /// What a person does on the screen, with the job that follows.
    async fn person(&self, id: &Id, event: Event) {
        let mut kept = load(&self.access, id).await.unwrap();
        kept.stored.life = step(&kept.stored.life, &event).unwrap().life;
        let mut commit = Commit::new(Action::Update);
        commit.changes.push(kept.change(self.clock.now()).unwrap());
        commit.jobs.push(send_job(&kept));
        self.access.commit(commit).await.unwrap();
    }

    /// Carries out everything, moving the clock where nothing is due yet.
    async fn drain(&self) {
        let queue = self.ledger.jobs("worker-1");
        for _ in 0..400 {
            let claimed = queue.claim(&KINDS, 4, 60_000).await.unwrap();
            if claimed.is_empty() {
                let open =
                    JobFilter { states: vec![JobState::Ready, JobState::Running], limit: 100, ..JobFilter::default() };
                if self.access.jobs(open).await.unwrap().is_empty() {
                    return;
                }
                self.clock.advance_ms(10_000);
                continue;
            }
            for job in claimed {
                let attempt = Attempt { number: job.job.attempts, most: job.job.max_attempts };
                let (kind, payload) = (job.job.kind.clone(), job.job.payload.clone());
                match self.jobs.run(&self.access, &kind, &payload, attempt).await {
                    Ok(commit) => {
                        queue.complete(job, &self.access, commit, None).await.unwrap();
                    }
                    Err(failure) => {
                        let policy = RetryPolicy::default();
                        queue.fail(job, &failure.message, failure.permanent, policy).await.unwrap();
                    }
                }
            }
        }
        panic!(
            "the queue does not become empty: {:?}",
            self.access.jobs(JobFilter { limit: 20, ..JobFilter::default() }).await
        );
    }

    /// Kills a worker at a point of its first sending.
    async fn killed(&self, at: Stuck) {
        let queue = self.ledger.jobs("worker-0");
        let job = queue.claim(&KINDS, 1, 60_000).await.unwrap().pop().unwrap();
        self.wire.stick(at);
        let attempt = Attempt { number: 1, most: job.job.max_attempts };
        tokio::select! {
            _ = self.jobs.run(&self.access, &job.job.kind, &job.job.payload, attempt) => panic!("not stuck"),
            () = self.wire.reached.notified() => {}
        }
        drop(job);
    }

    async fn state(&self, id: &Id) -> State {
        load(&self.access, id).await.unwrap().stored.life.state
    }

    fn standing(&self) -> usize {
        self.sandbox.eprescription().standing()
    }

    fn faults(&self, faults: EpsFaults) {
        self.sandbox.eprescription().set_faults(faults);
    }

    /// Registered exactly once, under the number the record has.
    async fn registered_once(&self, id: &Id, why: &str) {
        let kept = load(&self.access, id).await.unwrap();
        assert_eq!(kept.stored.life.state, State::Registered, "{why}: {:?}", kept.stored);
        assert_eq!(self.standing(), 1, "{why}");
        let Insured { insurer, symbol, number, branch } = insured();
        let access_code = kept.stored.life.access_code.clone().unwrap();
        let order = Order { access_code, insurer, symbol, number, branch, action: Robot::Accept };
        let handed = self.sandbox.eprescription().robot(&order, self.sandbox.now()).unwrap();
        assert_eq!(Some(handed.prescription), kept.stored.life.id, "{why}");
    }

    async fn visibly_unregistered(&self, id: &Id, why: &str) {
        let kept = load(&self.access, id).await.unwrap();
        assert!(matches!(kept.stored.life.state, State::Unregistered { .. }), "{why}: {:?}", kept.stored);
        assert!(kept.stored.life.is_visibly_unregistered());
        assert!(kept.stored.notices.contains(&"unregistered".to_owned()), "{why}");
        assert_eq!(self.standing(), 0, "{why}");
    }
}

/// Every fault once or several times, and the worker killed at every point.
async fn the_fault_table(postgres: bool) {
    let none = EpsFaults::default;
    let table: [(&str, EpsFaults, Stuck); 14] = [
        ("no fault", none(), Stuck::No),
        ("failed", EpsFaults { fail_next: 1, ..none() }, Stuck::No),
        ("answer lost", EpsFaults { lose_answer_next: 1, ..none() }, Stuck::No),
        ("answer lost three times", EpsFaults { lose_answer_next: 3, ..none() }, Stuck::No),
        ("request lost", EpsFaults { lose_request_next: 1, ..none() }, Stuck::No),
        ("answer late", EpsFaults { late_answer_next: 1, ..none() }, Stuck::No),
        ("effect late", EpsFaults { late_effect_next: 1, ..none() }, Stuck::No),
        ("effect late, search lost", EpsFaults { late_effect_next: 2, lose_answer_next: 1, ..none() }, Stuck::No),
        ("request doubled", EpsFaults { double_request_next: 1, ..none() }, Stuck::No),
        ("answer doubled", EpsFaults { double_answer_next: 1, ..none() }, Stuck::No),
        ("garbage", EpsFaults { garbage_next: 1, ..none() }, Stuck::No),
        ("killed before the first byte", none(), Stuck::Before),
        ("killed before the answer", none(), Stuck::After),
        ("killed before the answer of a doubled request", EpsFaults { double_request_next: 1, ..none() }, Stuck::After),
    ];
    for (why, faults, stuck) in table {
        let clinic = Clinic::open(postgres).await;
        clinic.faults(faults);
        let id = clinic.issue(&first(TODAY), Form::Electronic).await;
        if stuck != Stuck::No {
            clinic.killed(stuck).await;
        }
        clinic.drain().await;
        clinic.registered_once(&id, why).await;
        // The copy is there.
        let copy = Id::new(&format!("{id}-copy")).unwrap();
        let binary = ResourceType::parse("Binary").unwrap();
        assert!(matches!(clinic.access.read(binary, &copy).await.unwrap(), Lookup::Found(_)), "{why}");
    }
}

async fn what_cannot_be_registered_is_visibly_so(postgres: bool) {
    // The service is away for longer than anybody waits; when it is back the person sends it again.
    let clinic = Clinic::open(postgres).await;
    clinic.faults(EpsFaults { maintenance: true, ..EpsFaults::default() });
    let id = clinic.issue(&first(TODAY), Form::Electronic).await;
    clinic.drain().await;
    clinic.visibly_unregistered(&id, "maintenance").await;
    clinic.faults(EpsFaults::default());
    clinic.person(&id, Event::Retry).await;
    clinic.drain().await;
    clinic.registered_once(&id, "sent again").await;

    // The answer is lost and then everything: given out on paper; what was registered is found and cancelled.
    let clinic = Clinic::open(postgres).await;
    let id = clinic.issue(&first(TODAY), Form::Electronic).await;
    clinic.killed(Stuck::After).await;
    assert_eq!(clinic.standing(), 1);
    clinic.faults(EpsFaults { maintenance: true, ..EpsFaults::default() });
    clinic.clock.advance_ms(120_000);
    let queue = clinic.ledger.jobs("worker-2");
    for _ in 0..jobs::SEND_ATTEMPTS {
        for job in queue.claim(&[jobs::SEND], 1, 60_000).await.unwrap() {
            let attempt = Attempt { number: job.job.attempts, most: job.job.max_attempts };
            match clinic.jobs.run(&clinic.access, jobs::SEND, &job.job.payload, attempt).await {
                Ok(commit) => drop(queue.complete(job, &clinic.access, commit, None).await.unwrap()),
                Err(failure) => {
                    queue.fail(job, &failure.message, failure.permanent, RetryPolicy::default()).await.unwrap();
                }
            }
        }
        clinic.clock.advance_ms(1_200_000);
    }
    assert_eq!(clinic.state(&id).await, State::Unregistered { why: Why::Away });
    let mut kept = load(&clinic.access, &id).await.unwrap();
    kept.stored.life = step(&kept.stored.life, &Event::PaperWithoutNumber).unwrap().life;
    let mut commit = Commit::new(Action::Update);
    commit.changes.push(kept.change(clinic.clock.now()).unwrap());
    clinic.access.commit(commit).await.unwrap();
    clinic.faults(EpsFaults::default());
    clinic.drain().await;
    assert_eq!((clinic.state(&id).await, clinic.standing()), (State::OnPaper, 0));

    // Faults in what was sent: told as the service told them.
    let clinic = Clinic::open(postgres).await;
    let mut wrong = first(TODAY);
    "1011999990000000".clone_into(&mut wrong.groups.first_mut().unwrap().usage_code);
    let id = clinic.issue(&wrong, Form::Paper).await;
    clinic.drain().await;
    clinic.visibly_unregistered(&id, "declined").await;
    let faults = load(&clinic.access, &id).await.unwrap().stored.faults;
    assert_eq!(faults, [("EPSB9013E".to_owned(), "111,1: 用法コードがマスタにありません。".to_owned())]);
}

async fn from_issue_to_the_pharmacy_and_back(postgres: bool) {
    let clinic = Clinic::open(postgres).await;
    let id = clinic.issue(&first(TODAY), Form::Electronic).await;
    clinic.drain().await;
    // Cancelled, its answer lost; taken back.
    clinic.faults(EpsFaults { lose_answer_next: 1, ..EpsFaults::default() });
    clinic.person(&id, Event::CancelAsked).await;
    clinic.drain().await;
    assert_eq!((clinic.state(&id).await, clinic.standing()), (State::Cancelled, 0));
    clinic.person(&id, Event::UndoAsked).await;
    clinic.drain().await;
    assert_eq!((clinic.state(&id).await, clinic.standing()), (State::Registered, 1));
    // Two prescriptions of one patient on one day are two; neither is taken for the other's surplus.
    let second = clinic.issue(&first(TODAY), Form::Paper).await;
    clinic.faults(EpsFaults { lose_answer_next: 1, ..EpsFaults::default() });
    clinic.drain().await;
    assert_eq!((clinic.state(&second).await, clinic.standing()), (State::Registered, 2));
    // The pharmacy dispenses with substitution; the list brings it into the record.
    let life = load(&clinic.access, &id).await.unwrap().stored.life;
    let Insured { insurer, symbol, number, branch } = insured();
    let access_code = life.access_code.clone().unwrap();
    let order = Order { access_code, insurer, symbol, number, branch, action: Robot::Substitute };
    clinic.sandbox.eprescription().robot(&order, clinic.sandbox.now()).unwrap();
    let mut commit = Commit::new(Action::Update);
    commit.jobs.push(results_job(TODAY, TODAY));
    clinic.access.commit(commit).await.unwrap();
    clinic.drain().await;
    let kept = load(&clinic.access, &id).await.unwrap();
    assert_eq!((kept.stored.life.state, kept.stored.pharmacy.as_deref()), (State::Dispensed, Some("架空薬局")));
    let found = record::by_number(&clinic.access, life.id.as_deref().unwrap()).await.unwrap();
    assert_eq!(found.as_ref(), Some(&kept));
    let result = Id::new(kept.stored.results.first().unwrap()).unwrap();
    let binary = ResourceType::parse("Binary").unwrap();
    let Lookup::Found(version) = clinic.access.read(binary, &result).await.unwrap() else { panic!("no result") };
    let body: serde_json::Value = serde_json::from_str(&version.body).unwrap();
    let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, body["data"].as_str().unwrap());
    let envelope = DispensingEnvelope::read(&bytes.unwrap(), &Profile::built_in()).unwrap();
    let dispensed = Dispensing::from_csv(&envelope.csv, &Profile::built_in()).unwrap();
    assert_eq!(dispensed.messages.first().unwrap().0, "後発医薬品に変更しました");
    // The other one's days run out.
    assert_eq!(clinic.sandbox.eprescription().standing(), 2);
    clinic.clock.advance_ms(5 * 86_400_000);
    let mut commit = Commit::new(Action::Update);
    commit.jobs.push(jobs::status_job(&load(&clinic.access, &second).await.unwrap()));
    clinic.access.commit(commit).await.unwrap();
    clinic.drain().await;
    assert_eq!(clinic.state(&second).await, State::Expired);
    assert_eq!(ServiceStatus::Issued.text(), "薬局にて受付されていません。");
}

fn run(postgres: bool, test: fn(bool) -> Pin<Box<dyn Future<Output = ()> + Send>>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(test(postgres));
}

macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite { $(#[test] fn $name() { super::run(false, |postgres| Box::pin(super::$name(postgres))); })+ }
        mod postgres { $(#[test] fn $name() { super::run(true, |postgres| Box::pin(super::$name(postgres))); })+ }
    };
}

on_both!(the_fault_table, what_cannot_be_registered_is_visibly_so, from_issue_to_the_pharmacy_and_back);
