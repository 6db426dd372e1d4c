use crate::clinic::Clinic;
use karute_chart::ChartError;
use karute_chart::adopted::{self, ID, SYSTEM, adopt, adopted, drop_drug};
use karute_fhir::{Id, ResourceType};
use karute_ledger::{Access, Change, Commit, Expect, Lookup};
use serde_json::Value;

const AMLODIPINE: (&str, &str) = ("2171022F1274", "アムロジピン錠5mg");
const METFORMIN: (&str, &str) = ("3962002F3035", "メトホルミン塩酸塩錠500mg");

async fn names(access: &Access) -> Vec<String> {
    adopted(access).await.unwrap().drugs.into_iter().map(|d| d.display).collect()
}

async fn stored(access: &Access) -> Value {
    let value_set = ResourceType::parse("ValueSet").unwrap();
    let Lookup::Found(version) = access.read(value_set, &Id::new(ID).unwrap()).await.unwrap() else { panic!("none") };
    let parsed = karute_json::parse(version.body.as_bytes(), &karute_json::Limits::FHIR).unwrap();
    let issues = karute_fhir::validate::validate(&parsed);
    assert!(issues.is_empty(), "{issues:?} {}", version.body);
    serde_json::from_str(&version.body).unwrap()
}

#[tokio::test]
async fn a_clinic_adopts_drugs_and_gives_them_up() {
    let clinic = Clinic::open().await;
    assert_eq!(adopted(&clinic.access).await.unwrap(), adopted::Adopted::default());
    adopt(&clinic.access, METFORMIN.0, METFORMIN.1).await.unwrap();
    let list = adopt(&clinic.access, AMLODIPINE.0, " アムロジピン錠5mg ").await.unwrap();
    assert_eq!(list.version, Some(2));
    assert_eq!(names(&clinic.access).await, [AMLODIPINE.1, METFORMIN.1]);
    assert!(list.codes().contains(METFORMIN.0));
    let again = adopt(&clinic.access, AMLODIPINE.0, AMLODIPINE.1).await.unwrap();
    assert_eq!(again.version, Some(2), "what is adopted already makes no version");
    let body = stored(&clinic.access).await;
    assert_eq!(body["url"], adopted::URL);
    assert_eq!(body["compose"]["include"][0]["system"], SYSTEM);
    assert_eq!(body["compose"]["include"][0]["concept"][0]["code"], AMLODIPINE.0);

    drop_drug(&clinic.access, AMLODIPINE.0).await.unwrap();
    drop_drug(&clinic.access, METFORMIN.0).await.unwrap();
    assert!(stored(&clinic.access).await.get("compose").is_none(), "an include without concepts means a whole system");
    assert_eq!(drop_drug(&clinic.access, METFORMIN.0).await.unwrap().version, Some(4));
    adopt(&clinic.access, METFORMIN.0, METFORMIN.1).await.unwrap();
    assert_eq!(names(&clinic.access).await, [METFORMIN.1]);
    assert!(adopted(&clinic.other).await.unwrap().drugs.is_empty(), "another institution has its own");
    let audit = clinic.audit().await;
    for words in ["採用薬に追加", "採用薬から外す", "\"detail\":\"採用薬\""] {
        assert!(audit.iter().any(|event| event.contains(words)), "{words}");
    }
}

#[tokio::test]
async fn what_is_no_drug_is_not_adopted() {
    let clinic = Clinic::open().await;
    for (code, name) in [("", "x"), ("2171022F127", "x"), ("2171022f1274", "x"), (AMLODIPINE.0, " \u{7} ")] {
        let refused = adopt(&clinic.access, code, name).await;
        assert!(matches!(refused, Err(ChartError::Invalid)), "{code} {name}: {refused:?}");
    }
    assert_eq!(adopted(&clinic.access).await.unwrap().version, None);
}

#[tokio::test]
async fn many_who_adopt_at_once_lose_nothing() {
    let clinic = Clinic::open().await;
    let desks: Vec<_> = (0..4)
        .map(|n| {
            let access = clinic.access.clone();
            tokio::spawn(async move { adopt(&access, &format!("2171022F127{n}"), "薬").await })
        })
        .collect();
    for desk in desks {
        desk.await.unwrap().unwrap();
    }
    assert_eq!(adopted(&clinic.access).await.unwrap().drugs.len(), 4);
}

#[tokio::test]
async fn a_list_written_by_others_is_understood_and_kept() {
    let clinic = Clinic::open().await;
    clinic
        .put(serde_json::json!({"resourceType": "ValueSet", "id": ID, "url": adopted::URL, "name": "AdoptedDrugs", "status": "active",
            "publisher": "薬剤部", "compose": {"include": [
                {"system": SYSTEM, "concept": [{"code": METFORMIN.0}]},
                {"system": "http://example.org/other", "concept": [{"code": "X"}]}]}}))
        .await;
    assert_eq!(names(&clinic.access).await, [METFORMIN.0], "a name that is not there is no reason to lose the code");
    adopt(&clinic.access, AMLODIPINE.0, AMLODIPINE.1).await.unwrap();
    let body = stored(&clinic.access).await;
    assert_eq!(body["publisher"], "薬剤部");
    assert_eq!(body["compose"]["include"][1]["concept"][0]["code"], "X");
    // A deleted list begins anew.
    let mut commit = Commit::new(karute_ledger::Action::Delete);
    commit.changes.push(Change::Delete {
        resource_type: ResourceType::parse("ValueSet").unwrap(),
        id: Id::new(ID).unwrap(),
        expect: Expect::Present,
    });
    clinic.access.commit(commit).await.unwrap();
    assert!(adopted(&clinic.access).await.unwrap().drugs.is_empty());
    adopt(&clinic.access, AMLODIPINE.0, AMLODIPINE.1).await.unwrap();
    assert_eq!(names(&clinic.access).await, [AMLODIPINE.1]);
}
