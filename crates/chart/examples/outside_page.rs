//! How long the one-page view of what other institutions say takes for a patient with 1,000 things: reading, putting
//! together; and the course of the same patient with it.
//!
//! `cargo run --release --locked --example outside_page`
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

use karute_chart::outside::{self, Item, Viewed};
use karute_chart::summary::{self, Depth};
use karute_crypto::{MasterKey, SystemEntropy};
use karute_fhir::{Id, ResourceType};
use karute_japan::{Clock, SystemClock};
use karute_json::{Limits, parse};
use karute_ledger::{
    Access, Action, Actor, ActorKind, Backend, Change, Commit, Expect, Ledger, LedgerConfig, NewTenant, Origin, migrate,
};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

const INSTITUTIONS: [(&str, &str); 3] =
    [("1319999951", "架空市民病院"), ("1319999969", "架空皮膚科クリニック"), ("1319999977", "架空整形外科医院")];
const ITEMS: usize = 1_000;
const ROUNDS: usize = 100;

/// Four values to one disease, one drug and one allergy, over five years.
fn resource(at: usize) -> Value {
    let day = format!("{}-{:02}-{:02}", 2021 + at % 5, 1 + at / 5 % 12, 1 + at / 60 % 28);
    let identifier = json!([{
        "system": "http://jpfhir.jp/fhir/core/IdSystem/resourceInstance-identifier", "value": format!("1319999951-{at}"),
    }]);
    let extension = json!([{
        "url": "http://jpfhir.jp/fhir/clins/Extension/StructureDefinition/JP_eCS_InstitutionNumber",
        "valueIdentifier": {
            "system": "http://jpfhir.jp/fhir/core/IdSystem/insurance-medical-institution-no", "value": "1319999951",
        },
    }]);
    match at % 7 {
        0 => json!({
            "resourceType": "Condition", "identifier": identifier, "extension": extension,
            "clinicalStatus": { "coding": [{ "code": "active" }] }, "onsetDateTime": day,
            "code": { "coding": [{ "system": "http://medis.or.jp/CodeSystem/master-disease-keyNumber", "code": "20061452" }],
                "text": format!("架空病{at}") },
        }),
        1 => json!({
            "resourceType": "MedicationRequest", "identifier": identifier, "status": "completed", "intent": "order",
            "authoredOn": day, "medicationCodeableConcept": { "text": format!("架空錠{at}mg") },
            "dosageInstruction": [{ "text": "1回1錠 1日1回 朝食後" }],
            "dispenseRequest": { "expectedSupplyDuration": { "value": 28, "unit": "日" } },
        }),
        2 => json!({
            "resourceType": "AllergyIntolerance", "identifier": identifier, "extension": extension,
            "category": ["medication"], "clinicalStatus": { "coding": [{ "code": "active" }] }, "onsetDateTime": day,
            "code": { "text": format!("架空薬{at}") }, "reaction": [{ "manifestation": [{ "text": "発疹" }] }],
        }),
        _ => json!({
            "resourceType": "Observation", "identifier": identifier, "extension": extension, "status": "final",
            "category": [{ "coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory",
            }] }],
            "code": { "coding": [{
                "system": "http://jpfhir.jp/fhir/clins/CodeSystem/JLAC10/JP_CLINS_ObsLabResult_CoreLabo_CS",
                "code": "3D046000001906202", "display": "HbA1c-NGSP",
            }], "text": "HbA1c-NGSP" },
            "effectiveDateTime": format!("{day}T09:00:00+09:00"), "valueQuantity": { "value": 6.9, "unit": "%" },
            "specimen": { "display": "全血" },
        }),
    }
}

async fn ledger(dir: &std::path::Path) -> Access {
    let config = LedgerConfig {
        backend: Backend::Sqlite { dir: dir.to_owned() },
        key: MasterKey::from_bytes([5; 32]),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        checkpoint_dir: None,
        checkpoint_every: 10_000,
        max_blob_bytes: 1 << 20,
    };
    migrate(&config, None).await.unwrap();
    let ledger = Ledger::open(config).await.unwrap();
    let new = NewTenant {
        name: "kakuu".to_owned(),
        display_name: "架空内科".to_owned(),
        institution_code: "1310000011".to_owned(),
    };
    let tenant = ledger.create_tenant(new).await.unwrap();
    let actor = Actor {
        kind: ActorKind::Person,
        id: "person-1".to_owned(),
        name: "架空 医師".to_owned(),
        role: "doctor".to_owned(),
        origin: Origin::default(),
    };
    ledger.access(tenant.id, actor)
}

fn told(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)].as_secs_f64() * 1_000.0;
    println!("{what}: median {:.1} ms, 95 % {:.1} ms, slowest {:.1} ms", at(50), at(95), at(100));
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let dir = tempfile::tempdir().unwrap();
    let access = ledger(dir.path()).await;
    let (patient, now) = (Id::new("pt-1").unwrap(), SystemClock.now());
    let who = json!({ "resourceType": "Patient", "id": "pt-1", "name": [{ "text": "架空 花子" }], "birthDate": "1960-04-01" });
    let body = parse(who.to_string().as_bytes(), &Limits::FHIR).unwrap().into_owned();
    let mut commit = Commit::new(Action::Create);
    let resource_type = ResourceType::parse("Patient").unwrap();
    commit.changes.push(Change::Put { resource_type, id: patient.clone(), body, expect: Expect::Absent });
    let mut bytes = 0;
    for (at, (code, institution)) in INSTITUTIONS.iter().enumerate() {
        let of: Vec<String> = (0..ITEMS).filter(|n| n % 3 == at).map(|n| resource(n).to_string()).collect();
        bytes += of.iter().map(String::len).sum::<usize>();
        let items: Vec<Item> =
            of.iter().flat_map(|text| Item::read(&parse(text.as_bytes(), &Limits::FHIR).unwrap())).collect();
        let viewed = Viewed { patient: &patient, institution, code, items: &items, answer: None };
        commit.changes.extend(outside::viewed_change(&access, viewed, now).await.unwrap());
    }
    access.commit(commit).await.unwrap();
    println!("{ITEMS} things of {} institutions, {} kB as they came", INSTITUTIONS.len(), bytes / 1_000);
    let (mut pages, mut courses) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let reader = access.reader(Action::View);
        let batches = outside::read(&reader, &patient).await.unwrap();
        let sheet = outside::sheet(reader.release(batches).await.unwrap());
        pages.push(began.elapsed());
        assert_eq!(sheet.len(), ITEMS);
        let began = Instant::now();
        summary::summary(&access, &patient, now.day_in_japan(), Depth::Notes).await.unwrap();
        courses.push(began.elapsed());
    }
    told("one-page view, read and put together", pages);
    told("the chart with the same in its course", courses);
}
