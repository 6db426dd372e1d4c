//! Two records of one person made one, and two again.
use crate::clinic::{Clinic, KAZUO, MAYUMI, MAYUMI_2};
use karute_chart::ChartError;
use karute_chart::letter;
use karute_chart::patients::merge::{merge, merged_from, pair, unmerge};
use karute_chart::summary::{Depth, summary};
use karute_chart::view::VisitState;
use karute_chart::visit::{Arrival, Step, accept, take};
use karute_fhir::{Id, ResourceType};
use karute_ledger::{Action, HistoryScope, Lookup};
use serde_json::{Value, json};

async fn body(clinic: &Clinic, kind: &str, id: &Id) -> Value {
    let kind = ResourceType::parse(kind).unwrap();
    let Lookup::Found(version) = clinic.access.read(kind, id).await.unwrap() else { panic!("gone") };
    let mut body: Value = serde_json::from_str(&version.body).unwrap();
    // What the ledger writes changes with every version.
    let meta = body["meta"].as_object_mut().unwrap();
    meta.remove("versionId");
    meta.remove("lastUpdated");
    body
}

async fn version(clinic: &Clinic, id: &Id) -> u32 {
    let kind = ResourceType::parse("Patient").unwrap();
    let Lookup::Found(version) = clinic.access.read(kind, id).await.unwrap() else { panic!("gone") };
    version.version
}

/// Two records of one person, each with a past.
async fn twice(clinic: &Clinic) -> (Id, Id, Vec<(&'static str, Id)>) {
    let kept = clinic.patient(&MAYUMI, "1981-05-02", "090-1111-2222").await;
    let other = clinic.patient(&MAYUMI_2, "1981-05-02", "090-1111-2222").await;
    let mut moved = Vec::new();
    for (patient, day) in [(&kept, "2026-10-16"), (&other, "2026-09-11")] {
        let visit = clinic.visit(patient, VisitState::Finished, &format!("{day}T10:00:00+09:00"), 1).await;
        let subject = json!({"reference": format!("Patient/{patient}")});
        let encounter = json!({"reference": format!("Encounter/{visit}")});
        let note = json!({"resourceType": "Composition", "status": "final", "type": {"text": "診療録"}, "title": "診療録",
            "subject": subject, "encounter": encounter, "date": format!("{day}T10:20:00+09:00"), "author": [{"display": "森"}]});
        let drug = json!({"resourceType": "MedicationRequest", "status": "active", "intent": "order", "subject": subject,
            "authoredOn": day, "medicationCodeableConcept": {"text": "チアマゾール錠5mg"}});
        let allergy = json!({"resourceType": "AllergyIntolerance", "patient": subject, "code": {"text": "ペニシリン系"},
            "clinicalStatus": {"coding": [{"code": "active"}]}});
        let made = [
            ("Composition", clinic.put(note).await),
            ("MedicationRequest", clinic.put(drug).await),
            ("AllergyIntolerance", clinic.put(allergy).await),
            ("Encounter", visit),
        ];
        if patient == &other {
            moved.extend(made);
        }
    }
    moved.push(("Appointment", clinic.appointment(&other, "2026-12-18T10:00:00+09:00").await));
    (kept, other, moved)
}

#[tokio::test]
async fn a_merge_moves_everything_in_one_write_and_loses_no_version() {
    let clinic = Clinic::open().await;
    let (kept, other, moved) = twice(&clinic).await;
    let compared = pair(&clinic.access, &kept, &other).await.unwrap();
    assert_eq!(
        compared.right.counts.iter().map(|c| (c.word, c.number)).collect::<Vec<_>>(),
        [("受診", 1), ("診療記録", 1), ("処方", 1), ("アレルギー", 1), ("予約", 1)]
    );
    assert_eq!(compared.left.visits, Some(("2026-10-16".parse().unwrap(), "2026-10-16".parse().unwrap())));
    let joined = merge(&clinic.access, (&kept, 1), (&other, 1), "同じ方（保険証で確認）", clinic.now()).await.unwrap();
    assert_eq!(joined.moved, moved.len());
    for (kind, id) in &moved {
        let text = body(&clinic, kind, id).await.to_string();
        assert!(
            text.contains(&format!("Patient/{kept}")) && !text.contains(&format!("Patient/{other}")),
            "{kind} {text}"
        );
        let reader = clinic.access.reader(Action::History);
        let scope = HistoryScope::Instance(ResourceType::parse(kind).unwrap(), id.clone());
        let versions = reader.history(scope, 10, None, None).await.unwrap().matches;
        let versions = reader.release(versions).await.unwrap();
        assert_eq!(versions.len(), 2, "{kind}");
        assert!(
            versions[1].body.contains(&format!("Patient/{other}")),
            "{kind}: the old version speaks of the old record"
        );
    }
    let lost = body(&clinic, "Patient", &other).await;
    assert_eq!((lost["active"].clone(), lost["link"][0]["type"].clone()), (json!(false), json!("replaced-by")));
    assert_eq!(body(&clinic, "Patient", &kept).await["link"][0]["type"], "replaces");
    let events: Vec<_> =
        clinic.audit().await.into_iter().filter(|e| e.contains("患者の統合（同じ方（保険証で確認））")).collect();
    assert_eq!(events.len(), 1, "one event for all of it");
    // Both pasts are in the one chart; the other leads there; old numbers and names find one record.
    let chart = summary(&clinic.access, &kept, clinic.today(), Depth::Notes).await.unwrap();
    assert!(chart.course.iter().filter(|e| e.date.to_string() == "2026-09-11").count() >= 1);
    let old = summary(&clinic.access, &other, clinic.today(), Depth::Notes).await;
    assert!(matches!(old, Err(ChartError::Merged(to)) if to == kept));
    for asked in ["わたなべ", "003912", "003307", "S56.5.2"] {
        let found = karute_chart::patients::search(&clinic.access, asked, clinic.today()).await.unwrap();
        assert_eq!(
            found.hits.iter().map(|h| (&h.person.id, h.person.number.as_deref())).collect::<Vec<_>>(),
            [(&kept, Some("003307"))],
            "{asked}"
        );
    }
    let arrival = Arrival::WalkIn { patient: other, kind: None, reason: None };
    let arrived = accept(&clinic.access, arrival, clinic.id(), clinic.today(), clinic.now()).await;
    assert!(matches!(arrived, Err(ChartError::Merged(to)) if to == kept));
}

#[tokio::test]
async fn undoing_gives_back_exactly_what_came_and_lists_what_stays() {
    let clinic = Clinic::open().await;
    let (kept, other, moved) = twice(&clinic).await;
    let mut before = Vec::new();
    for (kind, id) in moved.iter().chain(&[("Patient", kept.clone()), ("Patient", other.clone())]) {
        before.push((*kind, id.clone(), body(&clinic, kind, id).await));
    }
    merge(&clinic.access, (&kept, 1), (&other, 1), "同じ方", clinic.now()).await.unwrap();
    clinic.clock.advance_ms(60_000);
    // Written after the merge: a visit of today; and one of those that came is changed.
    let today = Arrival::WalkIn { patient: kept.clone(), kind: None, reason: None };
    let today = accept(&clinic.access, today, clinic.id(), clinic.today(), clinic.now()).await.unwrap();
    take(&clinic.access, &today.id, 1, Step::Call, clinic.now()).await.unwrap();
    let asked = merged_from(&clinic.access, &other).await.unwrap();
    assert_eq!((asked.moved, asked.later_count, asked.later[0].word), (moved.len(), 1, "受診"));
    assert_eq!((asked.by.as_deref(), asked.reason.as_deref()), (Some("森 さやか"), Some("同じ方")));
    assert_eq!(asked.kept.id, kept);
    let blank = unmerge(&clinic.access, &other, 2, "", clinic.now()).await;
    assert!(matches!(blank, Err(ChartError::Invalid)), "{blank:?}");
    assert_eq!(unmerge(&clinic.access, &other, 2, "別の方でした", clinic.now()).await.unwrap(), moved.len());
    for (kind, id, was) in before {
        let mut now = body(&clinic, kind, &id).await;
        // A patient says whether it is in use; before, this one said nothing.
        if id == other {
            assert_eq!(now["active"], json!(true));
            now.as_object_mut().unwrap().remove("active");
        }
        assert_eq!(now, was, "{kind} {id}");
    }
    let stays = body(&clinic, "Encounter", &today.id).await;
    assert_eq!(stays["subject"]["reference"], format!("Patient/{kept}"));
    assert!(matches!(merged_from(&clinic.access, &other).await, Err(ChartError::Step)));
    let found = karute_chart::patients::search(&clinic.access, "003912", clinic.today()).await.unwrap();
    assert_eq!(found.hits[0].person.id, other);
    // And once more: merging again works as the first time.
    let again = merge(
        &clinic.access,
        (&kept, version(&clinic, &kept).await),
        (&other, version(&clinic, &other).await),
        "やはり同じ方",
        clinic.now(),
    )
    .await
    .unwrap();
    assert_eq!(again.moved, moved.len());
}

#[tokio::test]
async fn merges_in_a_row_are_undone_from_the_last() {
    let clinic = Clinic::open().await;
    let (second, first, moved) = twice(&clinic).await;
    let third = clinic.patient(&KAZUO, "1981-05-02", "090-1111-2222").await;
    merge(&clinic.access, (&second, 1), (&first, 1), "同じ方", clinic.now()).await.unwrap();
    merge(&clinic.access, (&third, 1), (&second, 2), "同じ方", clinic.now()).await.unwrap();
    let inner = unmerge(&clinic.access, &first, 2, "別の方", clinic.now()).await;
    assert!(matches!(inner, Err(ChartError::Step)), "{inner:?}");
    unmerge(&clinic.access, &second, 3, "別の方", clinic.now()).await.unwrap();
    for (kind, id) in &moved {
        assert!(body(&clinic, kind, id).await.to_string().contains(&format!("Patient/{second}")), "{kind}");
    }
    assert_eq!(unmerge(&clinic.access, &first, 2, "別の方", clinic.now()).await.unwrap(), moved.len());
    for (kind, id) in &moved {
        assert!(body(&clinic, kind, id).await.to_string().contains(&format!("Patient/{first}")), "{kind}");
    }
}

#[tokio::test]
async fn what_must_not_be_merged_is_refused_and_changes_nothing() {
    let clinic = Clinic::open().await;
    let (kept, other, _) = twice(&clinic).await;
    let now = clinic.now();
    let refused = |result: Result<_, ChartError>| result.err().map(|e| format!("{e:?}")).unwrap_or_default();
    assert_eq!(refused(merge(&clinic.access, (&kept, 1), (&kept, 1), "x", now).await), "Invalid");
    assert_eq!(refused(merge(&clinic.access, (&kept, 1), (&other, 1), "　", now).await), "Invalid");
    assert_eq!(refused(merge(&clinic.access, (&kept, 2), (&other, 1), "x", now).await), "Conflict");
    assert_eq!(refused(merge(&clinic.access, (&kept, 1), (&clinic.id(), 1), "x", now).await), "NotFound");
    assert_eq!(refused(merge(&clinic.other, (&kept, 1), (&other, 1), "x", now).await), "NotFound");
    for patient in [&kept, &other] {
        clinic.visit(patient, VisitState::Waiting, "2026-11-20T10:00:00+09:00", 1).await;
    }
    assert_eq!(refused(merge(&clinic.access, (&kept, 1), (&other, 1), "x", now).await), "Step");
    assert_eq!((version(&clinic, &kept).await, version(&clinic, &other).await), (1, 1));
}

/// A letter of a patient.
fn named((patient, letter): &(Id, Id)) -> letter::Of<'_> {
    letter::Of { patient, letter }
}

#[tokio::test]
async fn what_is_on_its_way_and_letters_being_written_go_along_and_come_back() {
    let clinic = Clinic::open().await;
    let (kept, other, moved) = twice(&clinic).await;
    let task = json!({"resourceType": "Task", "status": "requested", "intent": "order",
        "code": {"coding": [{"system": "urn:karute:task", "code": "letter"}]}, "for": {"reference": format!("Patient/{other}")}});
    let task = clinic.put(task).await;
    let author = crate::notes::doctor();
    let letter = clinic.id();
    let place = letter::Place { patient: &other, visit: None };
    let new = letter::New { id: letter.clone(), kind: letter::Kind::Referral, to: None, answers: None };
    letter::open(&clinic.access, place, new, &author, clinic.now()).await.unwrap();
    let of = |patient: &Id| (patient.clone(), letter.clone());
    let write = async |patient: Id, text: &str| {
        let base = letter::draft(&clinic.access, named(&of(&patient)), &author.person)
            .await?
            .text(letter::Section::Purpose)
            .to_owned();
        let (section, text) = (letter::Section::Purpose, text.to_owned());
        let edit = letter::Edit { section, text, base, taken: Vec::new() };
        letter::save(&clinic.access, named(&of(&patient)), &[edit], &author, clinic.now()).await
    };
    write(other.clone(), "精査をお願いします。").await.unwrap();
    let compared = pair(&clinic.access, &kept, &other).await.unwrap();
    assert!(compared.right.counts.iter().all(|count| count.word != "その他"), "a task is no record: {compared:?}");
    let joined = merge(&clinic.access, (&kept, 1), (&other, 1), "同じ方", clinic.now()).await.unwrap();
    assert_eq!(joined.moved, moved.len() + 1);
    assert_eq!(body(&clinic, "Task", &task).await["for"]["reference"], format!("Patient/{kept}"));
    let draft = letter::draft(&clinic.access, named(&of(&kept)), &author.person).await.unwrap();
    assert_eq!(
        (draft.text(letter::Section::Purpose), draft.head.patient.as_str()),
        ("精査をお願いします。", kept.as_str())
    );
    // Who still has it open under the other record writes nothing there.
    let late = write(other.clone(), "遅れて書いた文").await;
    assert!(matches!(late, Err(ChartError::NotFound)), "{late:?}");
    write(kept.clone(), "統合のあとに書いた文。").await.unwrap();
    clinic.clock.advance_ms(60_000);
    let asked = merged_from(&clinic.access, &other).await.unwrap();
    assert_eq!((asked.moved, asked.later_count), (moved.len() + 1, 0));
    unmerge(&clinic.access, &other, 2, "別の方でした", clinic.now()).await.unwrap();
    assert_eq!(body(&clinic, "Task", &task).await["for"]["reference"], format!("Patient/{other}"));
    let draft = letter::draft(&clinic.access, named(&of(&other)), &author.person).await.unwrap();
    assert_eq!(draft.text(letter::Section::Purpose), "統合のあとに書いた文。");
    assert!(matches!(
        letter::draft(&clinic.access, named(&of(&kept)), &author.person).await,
        Err(ChartError::NotFound)
    ));
}
