//! 代行入力 and its approval.
use crate::notes::{Consultation, doctor, scribe};
use karute_chart::ChartError;
use karute_chart::allergy;
use karute_chart::approval::{Entry, Kind, Queue, approve, count, queue, reject};
use karute_chart::finish::Finished;
use karute_chart::note::{self, Amendment, Section};
use karute_chart::request::{self, NewRequest, When};
use karute_chart::view::VisitState;
use karute_chart::vitals;
use karute_ledger::Action;
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

#[tokio::test]
async fn vital_signs_of_a_proxy_are_marked_and_decided_with_the_note() {
    for sent_back in [false, true] {
        let v = Consultation::open().await;
        v.write(&scribe(), Section::Subjective, "", "医師の口述どおり").await;
        v.write(&scribe(), Section::Vitals, "", "138/82 72").await;
        assert!(matches!(v.finish(&scribe()).await, Finished::Done));
        let signs = async || {
            let reader = v.clinic.access.reader(Action::View);
            let found = vitals::of_visit(&reader, &v.visit).await.unwrap();
            reader.release(found).await.unwrap()
        };
        let found = signs().await;
        assert_eq!((found.proxy.as_deref(), found.awaiting, found.measured.len()), (Some("阿部 翔"), true, 3));
        let items = waiting(&v).await.items;
        assert_eq!(items.len(), 1, "one decision for both");
        let (access, now) = (&v.clinic.access, v.clinic.now());
        if sent_back {
            reject(access, &entry(&items[0]), "別の患者の値", &doctor(), now).await.unwrap();
            assert!(signs().await.measured.is_empty(), "nothing was measured");
        } else {
            approve(access, &[entry(&items[0])], &doctor(), now).await.unwrap();
            let found = signs().await;
            assert_eq!((found.proxy.as_deref(), found.awaiting, found.measured.len()), (Some("阿部 翔"), false, 3));
        }
        assert_eq!(count(access).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn a_proxys_entry_names_the_doctor_of_the_visit_for_whom_it_was_made() {
    let v = Consultation::open().await;
    let mine = json!({"reference": "Practitioner/dr-mori", "display": "森 さやか"});
    v.clinic
        .put(json!({"resourceType": "Encounter", "id": v.visit.as_str(), "status": "in-progress", "class": {"code": "AMB"},
            "subject": {"reference": format!("Patient/{}", v.patient)}, "participant": [{"individual": mine}],
            "period": {"start": "2026-11-20T10:06:00+09:00"}}))
        .await;
    v.write(&scribe(), Section::Subjective, "", "医師の口述どおり").await;
    assert!(matches!(v.finish(&scribe()).await, Finished::Done));
    let (access, now) = (&v.clinic.access, v.clinic.now());
    let place = request::Place { patient: &v.patient, visit: &v.visit };
    let test = NewRequest::coded("urn:karute:codesystem:ssk-act", "160010010", "HbA1c", When::NextVisit).unwrap();
    request::add(access, place, &[test], &scribe(), &[v.clinic.id()], now).await.unwrap();
    let allergy = allergy::New {
        id: v.clinic.id(),
        patient: v.patient.clone(),
        kind: allergy::Kind::Food,
        substance: allergy::Substance::Words("えび".to_owned()),
        reaction: None,
        severity: None,
        when: None,
    };
    allergy::add(access, &scribe(), allergy, now).await.unwrap();
    let items = waiting(&v).await.items;
    assert_eq!((items.len(), count(access).await.unwrap()), (3, 3));
    for item in &items {
        assert_eq!(item.principal.as_deref(), Some("森 さやか"), "{:?}", item.kind);
        assert_eq!(item.author.as_deref(), Some("阿部 翔"), "{:?}", item.kind);
    }
    assert_eq!(v.record().await.note.unwrap().principal.as_deref(), Some("森 さやか"));
}
