//! A clinic with a synthetic patient, on both databases.
use karute_chart::clinic::Contact;
use karute_crypto::{MasterKey, SeededEntropy, SystemEntropy};
use karute_fhir::{Id, ResourceType};
use karute_japan::{Clock, ManualClock, Timestamp};
use karute_json::{Limits, Value, parse};
use karute_ledger::{
    Access, Action, Actor, ActorKind, Backend, Change, Commit, Expect, Ledger, LedgerConfig, NewTenant, Origin, migrate,
};
use karute_sharing::document::{self, BundleId, Department, Institution, LevelSwitches, Source, Stamp, UnitKind};
use karute_synthetic::{Clinic, Params};
use std::sync::{Arc, LazyLock};

pub(crate) const CODE: &str = "1419990015";
pub(crate) const NOW: &str = "2026-11-20T10:42:00+09:00";
pub(crate) const ULID: &str = "01JD3Z8Q4W5RX2M6N7P8Q9S0TV";

pub(crate) struct Stage {
    pub(crate) access: Access,
    pub(crate) patient: Id,
    _dir: tempfile::TempDir,
}

pub(crate) fn now() -> Timestamp {
    Timestamp::parse(NOW).unwrap()
}

pub(crate) fn institution() -> Institution {
    let contact = Contact {
        postal: "999-0001".to_owned(),
        address: "架空県みどり野市本町1丁目1番1号".to_owned(),
        phone: "0999-00-0001".to_owned(),
        fax: String::new(),
    };
    Institution {
        code: CODE.to_owned(),
        name: "みどり野内科クリニック".to_owned(),
        contact: Some(contact),
        department: Some(Department { name: "内科".to_owned(), code: Some(("01".to_owned(), "内科".to_owned())) }),
    }
}

impl Stage {
    pub(crate) async fn sqlite() -> Stage {
        let dir = tempfile::tempdir().unwrap();
        let backend = Backend::Sqlite { dir: dir.path().to_owned() };
        Stage::on(backend, None, dir).await
    }

    pub(crate) async fn postgres() -> Stage {
        let urls = karute_testkit::postgres();
        let backend = Backend::Postgres { url: urls.login.clone(), max_connections: 4 };
        Stage::on(backend, Some(&urls.owner), tempfile::tempdir().unwrap()).await
    }

    async fn on(backend: Backend, owner: Option<&str>, dir: tempfile::TempDir) -> Stage {
        let config = LedgerConfig {
            backend,
            key: MasterKey::from_bytes([5; 32]),
            clock: Arc::new(ManualClock::new(now())) as Arc<dyn Clock>,
            entropy: Arc::new(SystemEntropy),
            checkpoint_dir: None,
            checkpoint_every: 10_000,
            max_blob_bytes: 1 << 20,
        };
        migrate(&config, owner).await.unwrap();
        let ledger = Ledger::open(config).await.unwrap();
        let new = NewTenant {
            name: "midori".to_owned(),
            display_name: "みどり野内科クリニック".to_owned(),
            institution_code: CODE.to_owned(),
        };
        let tenant = ledger.create_tenant(new).await.unwrap();
        let actor = Actor {
            kind: ActorKind::Person,
            id: "person-1".to_owned(),
            name: "森 健吾".to_owned(),
            role: "doctor".to_owned(),
            origin: Origin::default(),
        };
        let access = ledger.access(tenant.id, actor);
        let stage = Stage { access, patient: chosen(), _dir: dir };
        // The clinic and one patient of many: chronically ill, with an allergy and results.
        for batch in of(&stage.patient).chunks(40) {
            let mut commit = Commit::new(Action::Transaction);
            for body in batch {
                commit.changes.push(put(body.clone(), Expect::Absent));
            }
            stage.access.commit(commit).await.unwrap();
        }
        stage
    }

    /// Stores a resource, anew or changed.
    pub(crate) async fn put(&self, json: &serde_json::Value) {
        let text = json.to_string();
        let body = parse(text.as_bytes(), &Limits::FHIR).unwrap().into_owned();
        let mut commit = Commit::new(Action::Update);
        commit.changes.push(put(body, Expect::Any));
        self.access.commit(commit).await.unwrap();
    }

    pub(crate) async fn source_of(&self, institution: Institution, level: LevelSwitches) -> Source {
        let reader = self.access.reader(Action::Export);
        let source = document::read(&reader, &self.patient, institution, level).await.unwrap().unwrap();
        reader.release(source).await.unwrap()
    }

    pub(crate) async fn source(&self) -> Source {
        self.source_of(institution(), LevelSwitches::default()).await
    }
}

fn put(body: Value<'static>, expect: Expect) -> Change {
    let kind = text(&body, &["resourceType"]);
    let id = Id::new(&text(&body, &["id"])).unwrap();
    Change::Put { resource_type: ResourceType::parse(&kind).unwrap(), id, body, expect }
}

pub(crate) fn text(value: &Value<'_>, path: &[&str]) -> String {
    value.at(path).and_then(Value::as_str).map(std::borrow::Cow::into_owned).unwrap_or_default()
}

/// The fictitious clinic, made once.
fn clinic() -> &'static [Value<'static>] {
    static ALL: LazyLock<Vec<Value<'static>>> = LazyLock::new(|| {
        Clinic::new(Params::new(7, 150, 2, now(), CODE, "みどり野内科クリニック")).resources().collect()
    });
    &ALL
}

/// Everything of a patient and of the clinic itself.
fn of(patient: &Id) -> Vec<Value<'static>> {
    let own = format!("Patient/{patient}");
    let belongs = |body: &Value<'static>| {
        let kind = text(body, &["resourceType"]);
        text(body, &["id"]) == patient.as_str()
            || ["subject", "patient", "beneficiary"].iter().any(|name| text(body, &[name, "reference"]) == own)
            || matches!(kind.as_str(), "Organization" | "Practitioner" | "PractitionerRole")
    };
    clinic().iter().filter(|body| belongs(body)).cloned().collect()
}

/// The first patient with problems, an allergy and results.
fn chosen() -> Id {
    use std::collections::HashMap;
    let mut seen: HashMap<String, [usize; 4]> = HashMap::new();
    let mut order = Vec::new();
    for body in clinic() {
        let kind = text(body, &["resourceType"]);
        if kind == "Patient" {
            order.push(text(body, &["id"]));
        }
        let of = ["subject", "patient"].iter().map(|n| text(body, &[n, "reference"])).find(|r| !r.is_empty());
        let Some(of) = of.and_then(|r| r.strip_prefix("Patient/").map(str::to_owned)) else { continue };
        let counts = seen.entry(of).or_default();
        let at = match kind.as_str() {
            "Condition" => 0,
            "AllergyIntolerance" if text(body, &["code", "coding", "0", "system"]).contains("jpfhir") => 1,
            "Observation" if text(body, &["category", "0", "coding", "0", "code"]) == "laboratory" => 2,
            "MedicationRequest" if text(body, &["authoredOn"]).as_str() >= "2026-11-01" => 3,
            _ => continue,
        };
        counts[at] += 1;
    }
    let found = order.into_iter().find(|id| seen.get(id).is_some_and(|c| c[0] > 1 && c[1] > 0 && c[2] > 5 && c[3] > 0));
    Id::new(&found.unwrap()).unwrap()
}

/// The same addresses every time.
pub(crate) fn stamped<T>(kind: UnitKind, make: impl FnOnce(Stamp<'_>) -> T) -> T {
    let id = BundleId::new(CODE, 2026, kind, ULID).unwrap();
    let entropy = SeededEntropy::new(11);
    make(Stamp { id: &id, at: now(), entropy: &entropy })
}

/// Resources of a type in a Bundle.
pub(crate) fn resources<'b>(bundle: &'b Value<'static>, kind: &str) -> Vec<&'b Value<'static>> {
    let entries = bundle.get("entry").map_or(&[][..], Value::items);
    entries.iter().filter_map(|e| e.get("resource")).filter(|r| text(r, &["resourceType"]) == kind).collect()
}
