//! Orders and pages: every match exactly once, in the order asked for, while others write.
use crate::search_world::{World, all_pages, ids, page, query};
use crate::stage::{Stage, id, kind};
use karute_fhir::search::{IndexValue, Query, Sort, SortBy, Total};
use karute_ledger::{Action, LedgerError};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// A sort value as the order of the ledger defines it.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
enum Value {
    Text(String),
    Int(i64),
    Real(f64),
}

fn value(world: &World, place: &(karute_fhir::ResourceType, String), sort: &Sort) -> Option<Value> {
    let thing = &world.things[place];
    let of = |param| thing.entries.iter().filter(move |e| e.param == param).map(|e| &e.value);
    let least = |values: Vec<Value>| values.into_iter().reduce(|a, b| if b < a { b } else { a });
    match sort.by {
        SortBy::Id => Some(Value::Text(place.1.clone())),
        SortBy::LastUpdated => Some(Value::Int(thing.seq.cast_signed())),
        SortBy::Text(p) => least(
            of(p).filter_map(|v| if let IndexValue::Text { key, .. } = v { Some(Value::Text(key.clone())) } else { None }).collect(),
        ),
        SortBy::Token(p) => least(
            of(p)
                .filter_map(|v| match v {
                    IndexValue::Token { code, .. } if !code.is_empty() => Some(Value::Text(code.clone())),
                    _ => None,
                })
                .collect(),
        ),
        SortBy::Date(p) => {
            let dates = of(p).filter_map(|v| if let IndexValue::Date { lo, hi } = v { Some((*lo, *hi)) } else { None });
            if sort.descending { dates.map(|d| d.1).max() } else { dates.map(|d| d.0).min() }.map(Value::Int)
        }
        SortBy::Number(p) => least(
            of(p)
                .filter_map(|v| match v {
                    IndexValue::Number { value, .. } | IndexValue::Quantity { value, .. } => Some(Value::Real(*value)),
                    _ => None,
                })
                .collect(),
        ),
        SortBy::Reference(p) => least(
            of(p).filter_map(|v| if let IndexValue::Local { id, .. } = v { Some(Value::Text(id.to_string())) } else { None }).collect(),
        ),
        SortBy::Uri(p) => least(
            of(p)
                .filter_map(|v| match v {
                    IndexValue::Uri(uri) if !uri.is_empty() => Some(Value::Text(uri.clone())),
                    _ => None,
                })
                .collect(),
        ),
    }
}

fn sorted(world: &World, query: &Query) -> Vec<String> {
    let mut found = world.answer(query);
    // The answer is in chain order, which a stable sort keeps among equals.
    found.sort_by(|a, b| {
        let (a, b) = ((query.target, a.clone()), (query.target, b.clone()));
        for sort in &query.sort {
            let order = match (value(world, &a, sort), value(world, &b, sort)) {
                (None, None) => Ordering::Equal,
                (None, Some(_)) => Ordering::Greater,
                (Some(_), None) => Ordering::Less,
                (Some(a), Some(b)) if sort.descending => b.partial_cmp(&a).unwrap(),
                (Some(a), Some(b)) => a.partial_cmp(&b).unwrap(),
            };
            if order != Ordering::Equal {
                return order;
            }
        }
        Ordering::Equal
    });
    found
}

async fn check(world: &World, type_name: &str, text: &str) {
    for count in [500, 7] {
        let mut query = query(type_name, text);
        query.count = count;
        let right = sorted(world, &query);
        assert!(right.len() > 3, "{type_name}?{text} finds too little to show an order");
        assert_eq!(all_pages(&world.access, &query).await, right, "{type_name}?{text} by {count}");
    }
}

pub async fn every_order_is_kept_over_all_pages(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    let world = World::random(&stage, access, 21).await;
    for text in [
        "",
        "_sort=date",
        "_sort=-date",
        "_sort=code",
        "_sort=-code",
        "_sort=value-quantity",
        "_sort=-value-quantity",
        "_sort=subject",
        "_sort=-subject",
        "_sort=_id",
        "_sort=-_id",
        "_sort=_lastUpdated",
        "_sort=-_lastUpdated",
        "_sort=status,-date",
        "_sort=-date,code,_id",
        "_sort=status,-_lastUpdated",
        "_sort=value-quantity,date,-code",
        "status=final&_sort=-date",
        "code=a&_sort=date",
        "code=a",
        "status=final",
        "patient=p1,p2,p3,p4,p5,p6,p7&_sort=-date",
        "patient=p1,p2,p3,p4,p5,p6,p7&code=a,b&_sort=-date",
        "patient=p1,p2,p3,p4,p5,p6,p7&code=a,b",
        "date=ge2026-01-01&_sort=-value-quantity,code",
        "code:not=a&_sort=status",
        "patient.gender=male&_sort=-date",
    ] {
        check(&world, "Observation", text).await;
    }
    for text in ["_sort=name", "_sort=-name", "_sort=family,given", "_sort=-birthdate", "gender=male&_sort=birthdate", "name:contains=山&_sort=family"] {
        check(&world, "Patient", text).await;
    }
    check(&world, "ValueSet", "_sort=url").await;
    check(&world, "ValueSet", "_sort=-url").await;
}

pub async fn a_patients_newest_come_first_over_all_pages(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    let world = World::random(&stage, access, 24).await;
    let mut found = 0;
    for n in 0..20 {
        for more in ["", "&status=final", "&code:not=a", "&date=ge2026-01-01", "&date:missing=true", "&patient.gender=male"] {
            for count in [500, 2] {
                let mut query = query("Observation", &format!("patient=p{n}{more}&_sort=-date"));
                query.count = count;
                let right = sorted(&world, &query);
                assert_eq!(all_pages(&world.access, &query).await, right, "p{n}{more} by {count}");
                found += right.len();
            }
        }
    }
    assert!(found > 200, "{found} show too little of an order");
}

pub async fn rows_of_a_patients_dates_are_filled_in_for_what_was_stored_before_them(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    let _world = World::random(&stage, access, 25).await;
    let rows = "SELECT CAST(param AS text) || ' ' || patient || ' ' || code || ' ' || CAST(seq AS text) FROM ix_patient_code ORDER BY 1";
    let before = stage.texts(rows).await;
    stage.alter("DELETE FROM ix_patient_code WHERE code = '~' OR length(code) = 16").await;
    let left = stage.texts(rows).await.len();
    assert!(left > 0 && left + 50 < before.len(), "{left} of {}", before.len());
    stage
        .as_owner(match &stage.urls {
            None => include_str!("../../migrations/sqlite/0006_newest.sql"),
            Some(_) => include_str!("../../migrations/postgres/0006_newest.sql"),
        })
        .await;
    assert_eq!(stage.texts(rows).await, before);
}

pub async fn a_page_of_none_tells_the_total_alone(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    let world = World::random(&stage, access, 22).await;
    let mut query = query("Observation", "code=a");
    query.count = 0;
    let page = page(&world.access, &query, None).await;
    assert!(page.matches.is_empty() && page.next.is_none());
    assert_eq!(page.total, Some(world.answer(&query).len() as u64));
}

pub async fn the_total_does_not_depend_on_the_page(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    let world = World::random(&stage, access, 23).await;
    for text in ["code=a", "_sort=-date", "code=a&_sort=-date", "_lastUpdated=ge2026-01-01"] {
        let mut query = query("Observation", text);
        (query.count, query.total) = (3, Total::Accurate);
        let first = page(&world.access, &query, None).await;
        let second = page(&world.access, &query, first.next.as_deref()).await;
        assert_eq!(first.total, Some(world.answer(&query).len() as u64), "{text}");
        assert_eq!(first.total, second.total, "{text}");
    }
}

pub async fn nothing_is_missed_while_others_write(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    for text in ["", "code=a,b", "status=final", "_sort=_id", "_sort=-date"] {
        let mut world = World::random(&stage, access.clone(), 24).await;
        let mut query = query("Observation", text);
        query.count = 5;
        let before: Vec<String> = world.answer(&query);
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        let mut after = None;
        for round in 0..1_000_usize {
            let page = page(&access, &query, after.as_deref()).await;
            for found in ids(&page) {
                *seen.entry(found).or_default() += 1;
            }
            after = page.next;
            if after.is_none() {
                break;
            }
            // Between two pages somebody saves one resource again, with the values it had.
            let victim = &before[(round * 7) % before.len()];
            let text = crate::stage::text(&access, "Observation", victim).await;
            // Deleted meanwhile by nobody: it is there.
            world.write("Observation", &[(victim.clone(), text)]).await;
        }
        assert!(after.is_none());
        for there in &before {
            assert!(seen.contains_key(there), "{text}: {there} was there all the time and is missing");
        }
    }
}

pub async fn foreign_and_damaged_positions_are_refused(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    let world = World::random(&stage, access, 25).await;
    let mut by_date = query("Observation", "_sort=-date");
    by_date.count = 3;
    let next = page(&world.access, &by_date, None).await.next.unwrap();
    let by_code = query("Observation", "_sort=code,date");
    for (query, after) in [(&by_code, next.as_str()), (&by_date, ""), (&by_date, "x"), (&by_date, "[\"1\"]"), (&by_date, "[\"1\",1,\"x\"]")] {
        let reader = world.access.reader(Action::Search);
        assert!(matches!(reader.search(query, Some(after)).await, Err(LedgerError::Cursor)), "{after}");
        reader.release(()).await.unwrap();
    }
}

pub async fn a_compartment_comes_in_chain_order_with_the_patient(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    let world = World::random(&stage, access, 26).await;
    let patient = kind("Patient");
    let param = karute_fhir::search::ParamKey::PATIENT_COMPARTMENT;
    let mut shown = 0;
    for n in 0..20 {
        let name = format!("p{n}");
        let belongs = |entries: &[karute_fhir::search::IndexEntry]| {
            entries.iter().any(|e| {
                e.param == param && matches!(&e.value, IndexValue::Local { target, id } if *target == patient && id.as_str() == name)
            })
        };
        let mut right: Vec<(u64, String)> = world
            .things
            .iter()
            .filter(|(place, thing)| (place.0 == patient && place.1 == name) || belongs(&thing.entries))
            .map(|(place, thing)| (thing.seq, format!("{}/{}", place.0, place.1)))
            .collect();
        right.sort();
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let reader = world.access.reader(Action::Read);
            let page = reader.compartment(&id(&name), &[], None, 3, after.as_deref()).await.unwrap();
            let page = reader.release(page).await.unwrap();
            found.extend(page.matches.iter().map(|v| format!("{}/{}", v.resource_type, v.id)));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found, right.iter().map(|r| r.1.clone()).collect::<Vec<_>>());
        shown += found.len();
        let reader = world.access.reader(Action::Read);
        let page = reader.compartment(&id(&name), &[kind("RiskAssessment")], None, 100, None).await.unwrap();
        let page = reader.release(page).await.unwrap();
        let risks = right.iter().filter(|r| r.1.starts_with("RiskAssessment/")).count();
        assert_eq!(page.matches.len(), risks);
    }
    assert!(shown > 40);
}
