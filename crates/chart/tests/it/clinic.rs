//! A small clinic to work in.
use karute_chart::view::VisitState;
use karute_crypto::{MasterKey, SystemEntropy};
use karute_fhir::{Id, ResourceType};
use karute_japan::{Clock, Date, ManualClock, Timestamp};
use karute_json::{Limits, parse};
use karute_ledger::{
    Access, Action, Actor, ActorKind, AuditFilter, Backend, Change, Commit, Expect, Ledger, LedgerConfig, NewTenant,
    Origin, migrate,
};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

pub(crate) struct Clinic {
    pub(crate) access: Access,
    pub(crate) other: Access,
    pub(crate) clock: Arc<ManualClock>,
    next: AtomicU32,
    _dir: tempfile::TempDir,
}

pub(crate) const SYSTEM: &str = "urn:oid:1.2.392.100495.20.3.51.11399000011";
const REPRESENTATION: &str = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation";

fn actor(id: &str) -> Actor {
    let (id, name, role) = (id.to_owned(), "森 さやか".to_owned(), "doctor".to_owned());
    Actor { kind: ActorKind::Person, id, name, role, origin: Origin::default() }
}

/// A person's words for the record.
pub(crate) struct Named<'a>(pub(crate) &'a str, pub(crate) &'a str, pub(crate) &'a str);

impl Clinic {
    /// It is 10:42 on Friday, 20 November 2026.
    pub(crate) async fn open() -> Clinic {
        let dir = tempfile::tempdir().unwrap();
        let backend = Backend::Sqlite { dir: dir.path().to_owned() };
        Clinic::on(backend, None, dir).await
    }
    /// The same on PostgreSQL.
    pub(crate) async fn open_on_postgres() -> Clinic {
        let urls = karute_testkit::postgres();
        let backend = Backend::Postgres { url: urls.login.clone(), max_connections: 4 };
        Clinic::on(backend, Some(&urls.owner), tempfile::tempdir().unwrap()).await
    }
    async fn on(backend: Backend, owner: Option<&str>, dir: tempfile::TempDir) -> Clinic {
        let clock = Arc::new(ManualClock::new(Timestamp::parse("2026-11-20T10:42:00+09:00").unwrap()));
        let config = LedgerConfig {
            backend,
            key: MasterKey::from_bytes([5; 32]),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            entropy: Arc::new(SystemEntropy),
            checkpoint_dir: None,
            checkpoint_every: 10_000,
            max_blob_bytes: 1 << 20,
        };
        migrate(&config, owner).await.unwrap();
        let ledger = Ledger::open(config).await.unwrap();
        let mut accesses = Vec::new();
        for (name, code) in [("midori", "1310000011"), ("aoba", "1310000029")] {
            let new =
                NewTenant { name: name.to_owned(), display_name: name.to_owned(), institution_code: code.to_owned() };
            let tenant = ledger.create_tenant(new).await.unwrap();
            accesses.push(ledger.access(tenant.id, actor("person-1")));
        }
        let other = accesses.pop().unwrap();
        let access = accesses.pop().unwrap();
        Clinic { access, other, clock, next: AtomicU32::new(1), _dir: dir }
    }
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
    pub(crate) fn today(&self) -> Date {
        self.now().day_in_japan()
    }
    pub(crate) fn id(&self) -> Id {
        Id::new(&format!("id-{}", self.next.fetch_add(1, Ordering::Relaxed))).unwrap()
    }
    /// Stores a resource and returns its id.
    pub(crate) async fn put(&self, resource: Value) -> Id {
        let text = resource.to_string();
        let body = parse(text.as_bytes(), &Limits::FHIR).unwrap().into_owned();
        let id = resource["id"].as_str().map_or_else(|| self.id(), |id| Id::new(id).unwrap());
        let mut commit = Commit::new(Action::Create);
        commit.changes.push(Change::Put {
            resource_type: ResourceType::parse(resource["resourceType"].as_str().unwrap()).unwrap(),
            id: id.clone(),
            body,
            expect: Expect::Any,
        });
        self.access.commit(commit).await.unwrap();
        id
    }
    pub(crate) async fn patient(&self, named: &Named<'_>, birth: &str, phone: &str) -> Id {
        let name = |text: &str, script: &str| {
            let (family, given) = text.split_once(' ').unwrap();
            json!({"extension": [{"url": REPRESENTATION, "valueCode": script}], "use": "official",
                   "family": family, "given": [given]})
        };
        let patient = json!({
            "resourceType": "Patient",
            "identifier": [{"system": SYSTEM, "value": named.2}],
            "name": [name(named.0, "IDE"), name(named.1, "SYL")],
            "telecom": [{"system": "phone", "value": phone}],
            "gender": "female", "birthDate": birth,
        });
        self.put(patient).await
    }
    pub(crate) async fn visit(&self, patient: &Id, state: VisitState, arrived: &str, number: u32) -> Id {
        let visit = json!({
            "resourceType": "Encounter", "status": state.status(),
            "identifier": [{"system": "urn:karute:queue-number", "value": number.to_string()}],
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
            "type": [{"text": "再診"}], "subject": {"reference": format!("Patient/{patient}")},
            "period": {"start": arrived}, "reasonCode": [{"text": "血圧 定期"}],
        });
        self.put(visit).await
    }
    pub(crate) async fn appointment(&self, patient: &Id, start: &str) -> Id {
        let appointment = json!({
            "resourceType": "Appointment", "status": "booked", "start": start,
            "serviceType": [{"text": "予防接種"}], "reasonCode": [{"text": "インフルエンザワクチン"}],
            "participant": [{"actor": {"reference": format!("Patient/{patient}")}, "status": "accepted"}],
        });
        self.put(appointment).await
    }
    /// Bodies of all audit events of the clinic, newest first.
    pub(crate) async fn audit(&self) -> Vec<String> {
        let filter = AuditFilter { limit: 1_000, ..AuditFilter::default() };
        self.access.audit_events(filter).await.unwrap().into_iter().map(|r| r.body).collect()
    }
}

pub(crate) const MAYUMI: Named<'static> = Named("渡邊 真弓", "ワタナベ マユミ", "003307");
pub(crate) const MAYUMI_2: Named<'static> = Named("渡辺 真由美", "ワタナベ マユミ", "003912");
pub(crate) const KAZUO: Named<'static> = Named("高橋 和夫", "タカハシ カズオ", "004821");
