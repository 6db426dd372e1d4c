//! One institution's searches never see another's records, by whatever kind of condition, and the same records in
//! two institutions are two.
use crate::search_world::{World, all_pages, ids, page, query};
use crate::stage::{Stage, doctor, id, tenant};
use karute_fhir::search::Total;
use karute_ledger::{Action, Commit, Change, Expect, Guard, LedgerError};

const SEARCHES: [(&str, &str); 22] = [
    ("Observation", ""),
    ("Observation", "code=a"),
    ("Observation", "code:not=a"),
    ("Observation", "value-concept:missing=true"),
    ("Observation", "code=http://s/1|"),
    ("Observation", "date=ge2025"),
    ("Observation", "_sort=-date"),
    ("Observation", "_sort=code,-value-quantity"),
    ("Observation", "value-quantity=ge0"),
    ("Observation", "code-value-quantity=a$ge0"),
    ("Observation", "patient=p1"),
    ("Observation", "patient.name=山"),
    ("Observation", "_profile:below=http://a"),
    ("Observation", "_id=b1,b2,b3"),
    ("Observation", "_lastUpdated=ge2026-01-01"),
    ("Observation", "_include=Observation:subject"),
    ("Patient", "name=山"),
    ("Patient", "name:contains=太"),
    ("Patient", "identifier=http://s/1|7"),
    ("Patient", "_has:Observation:patient:status=final"),
    ("Patient", "_revinclude=Observation:subject&_count=3"),
    ("ValueSet", "url=http://a/b"),
];

pub async fn an_empty_institution_finds_nothing_beside_a_full_one(stage: Stage) {
    let (ledger, access) = stage.clinic().await;
    let other = ledger.access(tenant(&ledger, "ume").await.id, doctor());
    let world = World::random(&stage, access, 31).await;
    for (type_name, text) in SEARCHES {
        let mut query = query(type_name, text);
        query.total = Total::Accurate;
        assert!(!world.answer(&query).is_empty(), "{type_name}?{text} shows nothing");
        let page = page(&other, &query, None).await;
        assert!(page.matches.is_empty() && page.included.is_empty(), "{type_name}?{text}");
        assert_eq!(page.total, Some(0), "{type_name}?{text}");
    }
    let reader = other.reader(Action::Read);
    let page = reader.compartment(&id("p1"), &[], None, 100, None).await.unwrap();
    assert!(reader.release(page).await.unwrap().matches.is_empty());
}

pub async fn two_institutions_with_the_same_ids_each_find_their_own(stage: Stage) {
    let (ledger, access) = stage.clinic().await;
    let other = ledger.access(tenant(&ledger, "ume").await.id, doctor());
    let first = World::random(&stage, access, 32).await;
    let second = World::random(&stage, other, 33).await;
    let mut differ = 0;
    for (type_name, text) in SEARCHES {
        let mut query = query(type_name, text);
        query.sort.clear();
        query.count = 500;
        let (one, two) = (page(&first.access, &query, None).await, page(&second.access, &query, None).await);
        assert_eq!(ids(&one), first.answer(&query), "{type_name}?{text}");
        assert_eq!(ids(&two), second.answer(&query), "{type_name}?{text}");
        for (world, page) in [(&first, &one), (&second, &two)] {
            for version in page.matches.iter().chain(&page.included) {
                let place = (version.resource_type, version.id.to_string());
                assert_eq!(version.seq, world.things[&place].seq, "{type_name}?{text}");
            }
        }
        differ += usize::from(ids(&one) != ids(&two));
    }
    assert!(differ > 10, "the two are not told apart by these searches");
}

pub async fn a_position_of_one_institution_shows_nothing_of_it_in_another(stage: Stage) {
    let (ledger, access) = stage.clinic().await;
    let other = ledger.access(tenant(&ledger, "ume").await.id, doctor());
    let first = World::random(&stage, access, 34).await;
    let second = World::random(&stage, other, 35).await;
    for text in ["", "_sort=-date", "code=a"] {
        let mut query = query("Observation", text);
        query.count = 5;
        let next = page(&first.access, &query, None).await.next.unwrap();
        // The face refuses it before it comes here; even so it is only a place in an order.
        let page = page(&second.access, &query, Some(&next)).await;
        let own = all_pages(&second.access, &query).await;
        assert!(ids(&page).iter().all(|found| own.contains(found)));
        for version in &page.matches {
            let place = (version.resource_type, version.id.to_string());
            assert_eq!(version.seq, second.things[&place].seq);
        }
    }
}

pub async fn a_condition_of_a_write_looks_at_its_own_institution(stage: Stage) {
    let (ledger, access) = stage.clinic().await;
    let other = ledger.access(tenant(&ledger, "ume").await.id, doctor());
    let text = r#"{"resourceType":"Patient","identifier":[{"system":"http://s/1","value":"7"}]}"#;
    for access in [&access, &other] {
        for expected in [true, false] {
            let mut commit = Commit::new(Action::Create);
            commit.guards = vec![Guard::NoMatch(query("Patient", "identifier=http://s/1|7"))];
            commit.changes = vec![Change::Put {
                resource_type: crate::stage::kind("Patient"),
                id: id(if expected { "first" } else { "second" }),
                body: crate::stage::json(text),
                expect: Expect::Absent,
            }];
            match access.commit(commit).await {
                Ok(_) => assert!(expected),
                Err(error) => assert!(!expected && matches!(error, LedgerError::Guard(0)), "{error}"),
            }
        }
    }
}
