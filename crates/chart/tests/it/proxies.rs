//! 依頼医: what a proxy changes of somebody else's entry names the proxy and the doctor who asked, on both databases.
use crate::clinic::Clinic;
use crate::notes::{Consultation, doctor, scribe};
use karute_chart::allergy;
use karute_chart::approval::{Entry, Item, Kind, approve, count, queue, reject};
use karute_chart::author::Author;
use karute_chart::finish::Finished;
use karute_chart::note::{self, Amendment, Section};
use karute_chart::prescription::{self, Act, Desk, Seen, Sheet};
use karute_chart::problem::{self, Added};
use karute_chart::request::{self, Details, NewRequest, When};
use karute_fhir::{Id, ResourceType};
use karute_ledger::{Action, Lookup};
use serde_json::json;

/// A visit whose doctor is named, with a drug of four weeks ago.
async fn consultation(clinic: Clinic) -> Consultation {
    let v = Consultation::at(clinic).await;
    let subject = json!({"reference": format!("Patient/{}", v.patient)});
    let mine = json!({"reference": "Practitioner/dr-mori", "display": "森 さやか"});
    v.clinic
        .put(json!({"resourceType": "Encounter", "id": v.visit.as_str(), "status": "in-progress", "class": {"code": "AMB"},
            "subject": subject, "participant": [{"individual": mine}],
            "period": {"start": "2026-11-20T10:06:00+09:00"}}))
        .await;
    v.clinic
        .put(json!({"resourceType": "MedicationRequest", "id": "old", "status": "completed", "intent": "order",
            "subject": subject, "encounter": {"reference": "Encounter/before"}, "authoredOn": "2026-10-23T10:20:00+09:00",
            "medicationCodeableConcept": {"text": "【般】アムロジピン錠5mg", "coding": [
                {"system": "http://capstandard.jp/CodeSystem/KikakubetsuYakuzaiSeibun", "code": "2171022F2ZZZ"}]},
            "dosageInstruction": [{"text": "1日1回 朝食後", "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "錠"}}]}],
            "dispenseRequest": {"expectedSupplyDuration": {"value": 28, "unit": "日"}}}))
        .await;
    v
}

async fn sheet(v: &Consultation) -> Sheet {
    let reader = v.clinic.access.reader(Action::View);
    let sheet = Sheet::read(&reader, &v.patient, &v.visit).await.unwrap();
    reader.release(sheet).await.unwrap()
}

async fn problem_of(v: &Consultation, by: &Author) -> (Id, u32) {
    let new = problem::New {
        id: v.clinic.id(),
        patient: v.patient.clone(),
        visit: Some(v.visit.clone()),
        named: problem::uncoded("腰痛症").unwrap(),
        start: v.clinic.today(),
        main: false,
    };
    let Added::New(entry) = problem::add(&v.clinic.access, by, new, v.clinic.now()).await.unwrap() else { panic!() };
    (entry.id.clone(), entry.version)
}

/// The doctor writes one of each kind; then the scribe changes every one of them.
async fn everything_is_changed_by_a_proxy(v: &Consultation) {
    let (access, now, today) = (&v.clinic.access, v.clinic.now(), v.clinic.today());
    let place = request::Place { patient: &v.patient, visit: &v.visit };
    let desk = |author| Desk { access, author, now };
    let (doctor, scribe) = (doctor(), scribe());

    let (disease, seen) = problem_of(v, &doctor).await;
    let named = problem::uncoded("慢性腰痛症").unwrap();
    problem::edit(access, &scribe, (&v.patient, &disease, seen), (&named, today), now).await.unwrap();

    let shrimp = allergy::New {
        id: v.clinic.id(),
        patient: v.patient.clone(),
        kind: allergy::Kind::Food,
        substance: allergy::Substance::Words("えび".to_owned()),
        reaction: None,
        severity: None,
        when: None,
    };
    let entry = shrimp.id.clone();
    allergy::add(access, &doctor, shrimp, now).await.unwrap();
    let said = allergy::Edit { reaction: Some("じんましん".to_owned()), ..allergy::Edit::default() };
    allergy::edit(access, &scribe, (&v.patient, &entry, 1), &said, now).await.unwrap();

    let test = NewRequest::coded("urn:karute:codesystem:ssk-act", "160010010", "HbA1c", When::NextVisit).unwrap();
    let asked = request::add(access, place, &[test], &doctor, &[v.clinic.id()], now).await.unwrap();
    let urgent = Details { urgent: true, ..Details::default() };
    request::alter(access, place, (&asked[0].id, asked[0].version), &urgent, &scribe, now).await.unwrap();
    // Taken back it waits as well, and says so; a proxy's own that nobody saw leaves nothing to decide.
    let test = NewRequest::coded("urn:karute:codesystem:ssk-act", "160031710", "TSH", When::NextVisit).unwrap();
    let more = request::add(access, place, std::slice::from_ref(&test), &doctor, &[v.clinic.id()], now).await.unwrap();
    request::remove(access, place, &more[0].id, more[0].version, &scribe, now).await.unwrap();
    let own = request::add(access, place, &[test], &scribe, &[v.clinic.id()], now).await.unwrap();
    request::remove(access, place, &own[0].id, own[0].version, &scribe, now).await.unwrap();

    let lines = vec![(sheet(v).await.past[0].what.clone(), None)];
    let take = Act::Take { id: v.clinic.id(), lines };
    prescription::carry_out(desk(&doctor), &v.patient, &v.visit, take).await.unwrap();
    let line = sheet(v).await.lines.remove(0);
    let days = Act::Days { lines: vec![Seen { id: line.id, version: line.version }], days: 14 };
    prescription::carry_out(desk(&scribe), &v.patient, &v.visit, days).await.unwrap();
    let old = Seen { id: Id::new("old").unwrap(), version: 1 };
    prescription::stop(desk(&scribe), &v.patient, &old, "むくみ").await.unwrap();
}

async fn whoever_asked_is_named(v: &Consultation) {
    everything_is_changed_by_a_proxy(v).await;
    let items = queue(&v.clinic.access, &doctor().person, v.clinic.today()).await.unwrap().items;
    let mut kinds: Vec<Kind> = items.iter().map(|item| item.kind).collect();
    kinds.sort();
    let requests = [Kind::Request, Kind::Request];
    assert_eq!(kinds[..3], [Kind::Problem, Kind::Prescription, Kind::Prescription]);
    assert_eq!((&kinds[3..5], &kinds[5..]), (&requests[..], &[Kind::Allergy][..]));
    assert!(items.iter().any(|item| item.words[0].starts_with("取り消し：TSH")), "{items:?}");
    for item in &items {
        assert_eq!(item.author.as_deref(), Some("阿部 翔"), "the hand that changed it, {:?}", item.kind);
        assert_eq!(item.principal.as_deref(), Some("森 さやか"), "who asked, {:?}", item.kind);
    }
    // The record, corrected by the scribe after the doctor had confirmed it.
    v.write(&doctor(), Section::Subjective, "", "腰が痛い").await;
    let again = Amendment {
        seen: 1,
        sections: vec![(Section::Subjective, "腰と膝が痛い".to_owned())],
        reason: "聞き違い".to_owned(),
    };
    let entry = |item: Item| Entry { kind: item.kind, id: item.id, version: item.version };
    let entries: Vec<Entry> = items.into_iter().map(entry).collect();
    approve(&v.clinic.access, &entries, &doctor(), v.clinic.now()).await.unwrap();
    assert!(matches!(v.finish(&doctor()).await, Finished::Done));
    note::amend(&v.clinic.access, v.place(), &again, &scribe(), false, v.clinic.now()).await.unwrap();
    let items = queue(&v.clinic.access, &doctor().person, v.clinic.today()).await.unwrap().items;
    assert_eq!(items.len(), 1);
    let named = (items[0].author.as_deref(), items[0].principal.as_deref());
    assert_eq!(named, (Some("阿部 翔"), Some("森 さやか")));
}

#[tokio::test]
async fn edits_of_a_proxy_name_who_asked() {
    whoever_asked_is_named(&consultation(Clinic::open().await).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_of_a_proxy_name_who_asked_on_postgres() {
    whoever_asked_is_named(&consultation(Clinic::open_on_postgres().await).await).await;
}

#[tokio::test]
async fn a_proxy_without_a_visit_leaves_the_earlier_name_and_a_doctors_own_change_takes_it_away() {
    let v = consultation(Clinic::open().await).await;
    let (id, seen) = problem_of(&v, &scribe()).await;
    let (access, today) = (&v.clinic.access, v.clinic.today());
    v.clinic.clock.advance_ms(24 * 3_600_000); // nobody is here today
    let named = problem::uncoded("慢性腰痛症").unwrap();
    let edited =
        problem::edit(access, &scribe(), (&v.patient, &id, seen), (&named, today), v.clinic.now()).await.unwrap();
    let entry = async || {
        let reader = access.reader(Action::View);
        let list = problem::list(&reader, &v.patient).await.unwrap();
        reader.release(list).await.unwrap().active.remove(0)
    };
    assert_eq!(entry().await.principal.as_deref(), Some("森 さやか"));
    let target = (&v.patient, &id, edited.version);
    problem::edit(access, &doctor(), target, (&named, today), v.clinic.now()).await.unwrap();
    let own = entry().await;
    assert_eq!((own.principal, own.awaiting), (None, false));
}

async fn stored(v: &Consultation, kind: &str, id: &Id) -> String {
    match v.clinic.access.read(ResourceType::parse(kind).unwrap(), id).await.unwrap() {
        Lookup::Found(version) => String::from_utf8_lossy(version.body.as_bytes()).into_owned(),
        other => panic!("{other:?}"),
    }
}

/// What is no order and no disease waits for a doctor, too: an infection to mind, a pregnancy, a document.
async fn what_a_proxy_noted_beside_waits_too(v: &Consultation) {
    let (access, now) = (&v.clinic.access, v.clinic.now());
    let (flag, said) = (v.clinic.id(), [v.clinic.id(), v.clinic.id()]);
    allergy::note_infection(access, &scribe(), (&v.patient, &flag), "HBs抗原陽性", now).await.unwrap();
    let pregnancy = Some((allergy::Pregnancy::Pregnant, None));
    allergy::set_state(access, &scribe(), (&v.patient, [&said[0], &said[1]]), pregnancy, None, now).await.unwrap();
    let tag = json!([{"system": karute_chart::author::ENTRY_SYSTEM, "code": karute_chart::author::AWAITING_APPROVAL}]);
    v.clinic
        .put(json!({"resourceType": "DocumentReference", "id": "scan", "status": "current", "meta": {"tag": tag},
            "type": {"text": "同意書"}, "description": "造影検査の同意書",
            "subject": {"reference": format!("Patient/{}", v.patient)}, "author": [{"display": "阿部 翔"}],
            "content": [{"attachment": {"contentType": "application/pdf"}}]}))
        .await;
    let items = queue(access, &doctor().person, v.clinic.today()).await.unwrap().items;
    let mut seen: Vec<(Kind, String)> = items.iter().map(|item| (item.kind, item.words.join(" "))).collect();
    seen.sort();
    assert_eq!(seen.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), [Kind::Alert, Kind::Pregnancy, Kind::Document]);
    for (at, word) in ["HBs抗原陽性", "妊娠中", "造影検査の同意書"].into_iter().enumerate() {
        assert!(seen[at].1.contains(word), "{seen:?}");
    }
    assert_eq!(count(access).await.unwrap(), 3);
    let entry = |item: &Item| Entry { kind: item.kind, id: item.id.clone(), version: item.version };
    let (alerts, others): (Vec<&Item>, Vec<&Item>) = items.iter().partition(|item| item.kind == Kind::Alert);
    reject(access, &entry(alerts[0]), "別の方の結果", &doctor(), now).await.unwrap();
    let others: Vec<Entry> = others.into_iter().map(entry).collect();
    assert_eq!(approve(access, &others, &doctor(), now).await.unwrap(), 2);
    assert_eq!(count(access).await.unwrap(), 0);
    let alert = stored(v, "Flag", &flag).await;
    assert!(alert.contains("entered-in-error") && alert.contains("別の方の結果"), "{alert}");
    assert!(stored(v, "DocumentReference", &Id::new("scan").unwrap()).await.contains("urn:karute:approval"));
}

#[tokio::test]
async fn what_a_proxy_noted_beside_is_decided() {
    what_a_proxy_noted_beside_waits_too(&consultation(Clinic::open().await).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_proxy_noted_beside_is_decided_on_postgres() {
    what_a_proxy_noted_beside_waits_too(&consultation(Clinic::open_on_postgres().await).await).await;
}
