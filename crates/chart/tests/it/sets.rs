use crate::clinic::Clinic;
use karute_chart::ChartError;
use karute_chart::author::{Author, Standing};
use karute_chart::sets::{self, MOST_ITEMS, SetItem, sets as all};
use karute_fhir::{Id, ResourceType};
use karute_ledger::Lookup;
use karute_terminology::Masters;
use karute_terminology::search::OWN_SET;

const JLAC10: &str = "http://medis.or.jp/CodeSystem/master-JLAC10-17digits";

fn item(code: &str, display: &str) -> SetItem {
    SetItem { system: JLAC10.into(), code: code.into(), display: display.into(), note: None }
}

fn names(set: &sets::OrderSet) -> Vec<&str> {
    set.items.iter().map(|i| i.display.as_str()).collect()
}

#[tokio::test]
async fn a_set_is_made_filled_changed_and_put_away() {
    let clinic = Clinic::open().await;
    let access = &clinic.access;
    assert!(all(access).await.unwrap().is_empty());
    let set = sets::create(access, clinic.id(), " 糖尿病セット ").await.unwrap();
    assert_eq!((set.title.as_str(), set.version, set.active), ("糖尿病セット", 1, true));
    let set = sets::add(access, &set.id, 1, &item("3D046000001906202", "HbA1c")).await.unwrap();
    let with_note = SetItem { note: Some("空腹時".into()), ..item("3D010000002326101", "グルコース") };
    let set = sets::add(access, &set.id, set.version, &with_note).await.unwrap();
    let set = sets::insert(access, &set.id, set.version, 1, &item("3C015000002327101", "クレアチニン")).await.unwrap();
    assert_eq!(names(&set), ["HbA1c", "クレアチニン", "グルコース"]);
    assert_eq!(set.items.last().unwrap(), &with_note);
    let set = sets::rename(access, &set.id, set.version, "DM", "").await.unwrap();
    let taken = set.items.first().unwrap().clone();
    let set = sets::remove(access, &set.id, set.version, 0).await.unwrap();
    assert_eq!(names(&set), ["クレアチニン", "グルコース"]);
    let set = sets::insert(access, &set.id, set.version, 0, &taken).await.unwrap();
    assert_eq!(names(&set), ["HbA1c", "クレアチニン", "グルコース"], "undone exactly");
    assert_eq!(all(access).await.unwrap().as_slice(), std::slice::from_ref(&set));

    let plan = ResourceType::parse("PlanDefinition").unwrap();
    let Lookup::Found(stored) = access.read(plan, &set.id).await.unwrap() else { panic!("none") };
    let parsed = karute_json::parse(stored.body.as_bytes(), &karute_json::Limits::FHIR).unwrap();
    let issues = karute_fhir::validate::validate(&parsed);
    assert!(issues.is_empty(), "{issues:?} {}", stored.body);

    let put_away = sets::retire(access, &set.id, set.version).await.unwrap();
    assert!(all(access).await.unwrap().is_empty());
    assert_eq!(sets::set(access, &set.id).await.unwrap(), put_away, "it can still be looked at");
    sets::restore(access, &set.id, put_away.version).await.unwrap();
    assert_eq!(all(access).await.unwrap().len(), 1);
    let audit = clinic.audit().await;
    for words in ["セットを作る", "セットに項目を加える", "セットを使うのをやめる"] {
        assert!(audit.iter().any(|event| event.contains(words)), "{words}");
    }
}

#[tokio::test]
async fn several_items_go_in_together_once_and_notes_and_readings_come_and_go() {
    let clinic = Clinic::open().await;
    let access = &clinic.access;
    let set = sets::create(access, clinic.id(), "肝臓").await.unwrap();
    let three = [item("1", "AST"), item("2", "ALT"), item("1", "AST")];
    let set = sets::insert_all(access, &set.id, 1, 0, &three[..2]).await.unwrap();
    let set = sets::insert_all(access, &set.id, set.version, 0, &[item("3", "GGT"), three[0].clone()]).await.unwrap();
    assert_eq!(names(&set), ["GGT", "AST", "ALT"]);
    assert!(set.holds(&three[1]) && !set.holds(&item("9", "x")));
    let again = sets::insert_all(access, &set.id, set.version, 0, &three[..2]).await;
    assert!(matches!(again, Err(ChartError::Invalid)), "nothing new");
    let half = [item("8", "x"), item("", "y")];
    assert!(matches!(sets::insert_all(access, &set.id, set.version, 0, &half).await, Err(ChartError::Invalid)));
    assert_eq!(names(&sets::set(access, &set.id).await.unwrap()), ["GGT", "AST", "ALT"], "all or none");

    let set = sets::note(access, &set.id, set.version, 2, " 空腹時 ").await.unwrap();
    assert_eq!(set.items[2].note.as_deref(), Some("空腹時"));
    let set = sets::note(access, &set.id, set.version, 2, "").await.unwrap();
    assert_eq!(set.items[2].note, None);
    let long = "あ".repeat(201);
    for (position, text, invalid) in [(3, "x", false), (0, long.as_str(), true)] {
        let refused = sets::note(access, &set.id, set.version, position, text).await;
        assert!(matches!(refused, Err(ChartError::Invalid)) == invalid && refused.is_err());
    }
    let set = sets::rename(access, &set.id, set.version, "肝臓", "かんぞう LFT").await.unwrap();
    assert_eq!(set.reading, "かんぞう LFT");
    assert_eq!(sets::lab_sets(access).await.unwrap().get(set.id.as_str()).unwrap().parts.len(), 3);
    let set = sets::rename(access, &set.id, set.version, "肝臓", " ").await.unwrap();
    assert_eq!(set.reading, "");
    sets::retire(access, &set.id, set.version).await.unwrap();
    assert!(sets::lab_sets(access).await.unwrap().is_empty());
    assert!(sets::lab_sets(&clinic.other).await.unwrap().is_empty());
}

#[tokio::test]
async fn who_saw_an_older_set_changes_nothing() {
    let clinic = Clinic::open().await;
    let set = sets::create(&clinic.access, clinic.id(), "風邪").await.unwrap();
    sets::rename(&clinic.access, &set.id, 1, "かぜ", "").await.unwrap();
    for result in [
        sets::rename(&clinic.access, &set.id, 1, "感冒", "").await,
        sets::add(&clinic.access, &set.id, 1, &item("1", "あ")).await,
        sets::remove(&clinic.access, &set.id, 1, 0).await,
        sets::retire(&clinic.access, &set.id, 1).await,
    ] {
        assert!(matches!(result, Err(ChartError::Conflict)), "{result:?}");
    }
    assert_eq!(sets::set(&clinic.access, &set.id).await.unwrap().title, "かぜ");
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let clinic = Clinic::open().await;
    let access = &clinic.access;
    assert!(matches!(sets::create(access, clinic.id(), "　").await, Err(ChartError::Invalid)));
    let mut set = sets::create(access, clinic.id(), "大きい").await.unwrap();
    for bad in [item("", "名"), item("1", " "), item("1 2", "名")] {
        let refused = sets::add(access, &set.id, set.version, &bad).await;
        assert!(matches!(refused, Err(ChartError::Invalid)), "{bad:?}");
    }
    assert!(matches!(sets::remove(access, &set.id, set.version, 0).await, Err(ChartError::NotFound)));
    for n in 0..MOST_ITEMS {
        set = sets::add(access, &set.id, set.version, &item(&n.to_string(), "項目")).await.unwrap();
    }
    let more = sets::add(access, &set.id, set.version, &item("x", "項目")).await;
    assert!(matches!(more, Err(ChartError::TooMany)), "{more:?}");
    // Another institution's set, and a plan that is no set of orders.
    assert!(matches!(sets::set(&clinic.other, &set.id).await, Err(ChartError::NotFound)));
    assert!(matches!(sets::rename(&clinic.other, &set.id, set.version, "x", "").await, Err(ChartError::NotFound)));
    let plan = clinic.put(serde_json::json!({"resourceType": "PlanDefinition", "status": "active"})).await;
    assert!(matches!(sets::set(access, &plan).await, Err(ChartError::NotFound)));
    assert!(matches!(sets::rename(access, &plan, 1, "x", "").await, Err(ChartError::NotFound)));
}

#[tokio::test]
async fn a_persons_own_sets_stand_before_the_clinics_and_are_nobody_elses() {
    let clinic = Clinic::open().await;
    let access = &clinic.access;
    let (me, other) = (Id::new("dr-mori").unwrap(), Id::new("dr-sato").unwrap());
    let author = Author { person: me.clone(), name: "森 さやか".to_owned(), standing: Standing::Own };
    sets::create(access, clinic.id(), "医院のかぜ").await.unwrap();
    let own = sets::create_own(access, clinic.id(), "私のかぜ", &author).await.unwrap();
    let own = sets::add(access, &own.id, 1, &item("3D046000001906202", "HbA1c")).await.unwrap();
    assert_eq!((own.owner.as_ref(), own.is_for(&me), own.is_for(&other)), (Some(&me), true, false));
    let titles = async |person: &Id| {
        let found = sets::offered(access, person).await.unwrap();
        found.into_iter().map(|set| set.title).collect::<Vec<_>>()
    };
    assert_eq!(titles(&me).await, ["私のかぜ", "医院のかぜ"]);
    assert_eq!(titles(&other).await, ["医院のかぜ"]);
    assert_eq!(all(access).await.unwrap().len(), 1, "what is searched by everybody holds no own sets");
    let masters = Masters::starter();
    let behind = async |person: &Id| sets::behind(access, &masters, person, OWN_SET, own.id.as_str()).await;
    assert_eq!(behind(&me).await.unwrap().unwrap().0, "私のかぜ");
    assert!(matches!(behind(&other).await, Err(ChartError::NotFound)));
    let plan = ResourceType::parse("PlanDefinition").unwrap();
    let Lookup::Found(stored) = access.read(plan, &own.id).await.unwrap() else { panic!("none") };
    let parsed = karute_json::parse(stored.body.as_bytes(), &karute_json::Limits::FHIR).unwrap();
    let issues = karute_fhir::validate::validate(&parsed);
    assert!(issues.is_empty(), "{issues:?} {}", stored.body);
}
