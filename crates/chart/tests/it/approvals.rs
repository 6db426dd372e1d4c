//! 代行入力 and its approval.
use crate::notes::{Consultation, doctor, scribe};
use karute_chart::ChartError;
use karute_chart::approval::{Entry, Kind, Queue, approve, queue, reject};
use karute_chart::finish::Finished;
use karute_chart::note::{self, Amendment, Section};
use karute_chart::view::VisitState;
use serde_json::json;

async fn waiting(v: &Consultation) -> Queue {
    queue(&v.clinic.access, &doctor().person, v.clinic.today()).await.unwrap()
}

fn entry(item: &karute_chart::approval::Item) -> Entry {
    Entry { kind: item.kind, id: item.id.clone(), version: item.version }
}

#[tokio::test]
async fn what_a_proxy_hands_in_waits_for_the_doctor_and_names_both() {
    let v = Consultation::open().await;
    v.write(&scribe(), Section::Subjective, "", "医師の口述どおり").await;
    assert!(matches!(v.finish(&scribe()).await, Finished::Done));
    let note = v.record().await.note.unwrap();
    assert!(note.awaiting && note.confirmed.is_none() && note.status == "preliminary");
    assert_eq!(note.hands[0], Some(("阿部 翔".to_owned(), true)));
    assert_eq!(v.record().await.visit.state, Some(VisitState::InConsultation), "a proxy ends no consultation");
    assert!(matches!(v.finish(&doctor()).await, Finished::Open(_)));

    let items = waiting(&v).await.items;
    assert_eq!(items.len(), 1);
    assert_eq!((items[0].kind, items[0].author.as_deref()), (Kind::Note, Some("阿部 翔")));
    assert_eq!(items[0].person.name, "高橋 和夫");
    approve(&v.clinic.access, &[entry(&items[0])], &doctor(), v.clinic.now()).await.unwrap();
    let note = v.record().await.note.unwrap();
    assert_eq!((note.status.as_str(), note.version, note.awaiting), ("final", Some(2), false));
    assert_eq!(note.confirmed.unwrap().name, "森 さやか");
    assert_eq!(note.hands[0], Some(("阿部 翔".to_owned(), true)), "who entered it stays on record");
    assert!(waiting(&v).await.items.is_empty());
    let again = approve(&v.clinic.access, &[entry(&items[0])], &doctor(), v.clinic.now()).await;
    assert!(matches!(again, Err(ChartError::Conflict)));
}

async fn proxy_entries(v: &Consultation) {
    let tag = json!([{"system": "urn:karute:entry", "code": "awaiting-approval"}]);
    let subject = json!({"reference": format!("Patient/{}", v.patient)});
    for (name, rest) in [
        ("Condition", json!({"code": {"text": "急性気管支炎"}, "subject": subject})),
        (
            "MedicationRequest",
            json!({"status": "draft", "intent": "order", "subject": subject,
            "medicationCodeableConcept": {"text": "カルボシステイン錠500mg"}}),
        ),
        (
            "ServiceRequest",
            json!({"status": "draft", "intent": "order", "subject": subject, "code": {"text": "胸部X線"}}),
        ),
        ("AllergyIntolerance", json!({"patient": subject, "code": {"text": "えび"}})),
    ] {
        let mut resource = json!({"resourceType": name, "meta": {"tag": tag}});
        resource.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        v.clinic.put(resource).await;
    }
}

#[tokio::test]
async fn every_kind_is_queued_and_all_are_approved_at_once_or_none() {
    let v = Consultation::open().await;
    proxy_entries(&v).await;
    let items = waiting(&v).await.items;
    let kinds: std::collections::BTreeSet<Kind> = items.iter().map(|i| i.kind).collect();
    assert_eq!(kinds.len(), 4);
    let words: String = items.iter().flat_map(|i| i.words.clone()).collect();
    for part in ["急性気管支炎", "カルボシステイン錠500mg", "胸部X線", "えび"] {
        assert!(words.contains(part), "{words}");
    }
    let mut entries: Vec<Entry> = items.iter().map(entry).collect();
    entries[2].version += 1;
    let refused = approve(&v.clinic.access, &entries, &doctor(), v.clinic.now()).await;
    assert!(matches!(refused, Err(ChartError::Conflict)));
    assert_eq!(waiting(&v).await.items.len(), 4, "none was approved");
    entries[2].version -= 1;
    assert_eq!(approve(&v.clinic.access, &entries, &doctor(), v.clinic.now()).await.unwrap(), 4);
    assert!(waiting(&v).await.items.is_empty());
}

#[tokio::test]
async fn what_is_sent_back_counts_no_longer_and_what_stood_before_stands_again() {
    let v = Consultation::open().await;
    proxy_entries(&v).await;
    for item in waiting(&v).await.items {
        let without = reject(&v.clinic.access, &entry(&item), " ", &doctor(), v.clinic.now()).await;
        assert!(matches!(without, Err(ChartError::Invalid)));
        reject(&v.clinic.access, &entry(&item), "指示していない", &doctor(), v.clinic.now()).await.unwrap();
        let found =
            v.clinic.access.read(karute_fhir::ResourceType::parse(item.kind.type_name()).unwrap(), &item.id).await;
        let karute_ledger::Lookup::Found(version) = found.unwrap() else { panic!() };
        assert!(version.body.contains("entered-in-error") && version.body.contains("差し戻し：指示していない"));
    }
    assert!(waiting(&v).await.items.is_empty());

    // A confirmed record that a proxy corrected goes back to the confirmed text.
    v.write(&doctor(), Section::Subjective, "", "咳").await;
    v.finish(&doctor()).await;
    let amendment =
        Amendment { seen: 1, sections: vec![(Section::Subjective, "痰".to_owned())], reason: "清書".to_owned() };
    note::amend(&v.clinic.access, v.place(), &amendment, &scribe(), false, v.clinic.now()).await.unwrap();
    let items = waiting(&v).await.items;
    reject(&v.clinic.access, &entry(&items[0]), "もとのままでよい", &doctor(), v.clinic.now()).await.unwrap();
    let note = v.record().await.note.unwrap();
    assert_eq!((note.version, note.section("S"), note.awaiting), (Some(3), Some("咳"), false));
    assert_eq!(note.confirmed.unwrap().name, "森 さやか");
}

#[tokio::test]
async fn visits_of_earlier_days_that_nobody_confirmed_are_listed_for_their_doctor() {
    let v = Consultation::open().await;
    v.write(&doctor(), Section::Subjective, "", "書きかけ").await;
    assert!(waiting(&v).await.visits.is_empty(), "today is not late");
    v.clinic.clock.advance_ms(24 * 3_600_000);
    let open = waiting(&v).await.visits;
    assert_eq!(open.len(), 1);
    assert_eq!((&open[0].visit.visit, open[0].visit.begins.as_str()), (&v.visit, "書きかけ"));
    v.finish(&doctor()).await;
    assert!(waiting(&v).await.visits.is_empty());
}
