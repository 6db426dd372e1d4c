use crate::clinic::{Clinic, KAZUO, MAYUMI};
use karute_chart::ChartError;
use karute_chart::author::{Author, Standing};
use karute_chart::request::{
    self, Details, InHouseTest, Kind, NewRequest, NewResult, Outcome, Place, Request, Status, When, add, alter,
    perform, remove, remove_all, repeat, restore, undo,
};
use karute_chart::sets::{self, SetItem};
use karute_chart::view::VisitState;
use karute_fhir::{Id, ResourceType};
use karute_ledger::{Action, Commit, Lookup};
use serde_json::json;

const JLAC10: &str = "http://medis.or.jp/CodeSystem/master-JLAC10-17digits";
const ACT: &str = "urn:karute:codesystem:ssk-act";
const HBA1C: (&str, &str) = ("3D046000001927101", "HbA1c（NGSP）");
const CREATININE: (&str, &str) = ("3C015000002327101", "クレアチニン");

fn author(standing: Standing) -> Author {
    Author { person: Id::new("person-1").unwrap(), name: "森 さやか".to_owned(), standing }
}

fn lab(item: (&str, &str), when: When) -> NewRequest {
    NewRequest::coded(JLAC10, item.0, item.1, when).unwrap()
}

struct Room {
    clinic: Clinic,
    patient: Id,
    visit: Id,
}

impl Room {
    async fn open() -> Room {
        let clinic = Clinic::open().await;
        let patient = clinic.patient(&KAZUO, "1958-03-14", "03-1234-5678").await;
        let visit = clinic.visit(&patient, VisitState::InConsultation, "2026-11-20T10:00:00+09:00", 14).await;
        Room { clinic, patient, visit }
    }
    fn place(&self) -> Place<'_> {
        Place { patient: &self.patient, visit: &self.visit }
    }
    fn ids(&self, count: usize) -> Vec<Id> {
        (0..count).map(|_| self.clinic.id()).collect()
    }
    fn today(&self) -> When {
        When::On(self.clinic.today())
    }
    async fn add(&self, items: &[NewRequest], standing: Standing) -> Vec<Request> {
        let ids = self.ids(items.len());
        let made = add(&self.clinic.access, self.place(), items, &author(standing), &ids, self.clinic.now()).await;
        made.unwrap()
    }
    /// Every stored version of a type is valid FHIR.
    async fn valid(&self, kind: &str, id: &Id) {
        let resource = ResourceType::parse(kind).unwrap();
        let Lookup::Found(stored) = self.clinic.access.read(resource, id).await.unwrap() else { panic!("no {kind}") };
        let parsed = karute_json::parse(stored.body.as_bytes(), &karute_json::Limits::FHIR).unwrap();
        let issues = karute_fhir::validate::validate(&parsed);
        assert!(issues.is_empty(), "{issues:?} {}", stored.body);
    }
    async fn pane(&self) -> request::RequestPane {
        let reader = self.clinic.access.reader(Action::View);
        let pane =
            request::read(&reader, &self.patient, &self.visit, &author(Standing::Own).person, self.clinic.today())
                .await
                .unwrap();
        reader.release(pane).await.unwrap()
    }
}

#[tokio::test]
async fn what_is_for_today_is_in_force_at_once_and_what_is_for_next_time_waits() {
    let room = Room::open().await;
    let mut injection =
        NewRequest::coded("urn:oid:1.2.392.100495.20.2.72", "3136403A1140", "メチコバール注射液500μg", room.today())
            .unwrap();
    injection.amount = karute_chart::check::Amount::new("1", "管");
    injection.route = Some("筋注".to_owned());
    injection.site = Some("左上腕".to_owned());
    let items = [lab(HBA1C, When::NextVisit), lab(CREATININE, room.today()), injection, lab(CREATININE, room.today())];
    let made = room.add(&items, Standing::Own).await;
    let states: Vec<_> = made.iter().map(|r| (r.asked.kind, r.status, r.specimen.as_deref())).collect();
    assert_eq!(
        states,
        [
            (Kind::Lab, Status::Draft, Some("全血")),
            (Kind::Lab, Status::Active, Some("血清")),
            (Kind::Injection, Status::Active, None)
        ],
        "the fourth is the second once more"
    );
    assert_eq!(made[2].asked, items[2], "nothing of it is lost");
    for request in &made {
        assert_eq!(request.group, made[0].group);
        room.valid("ServiceRequest", &request.id).await;
    }
    assert!(room.add(&items, Standing::Own).await.is_empty(), "a second press asks for nothing twice");
    assert_eq!(room.pane().await.now.len(), 3);
}

#[tokio::test]
async fn a_proxys_order_waits_and_nobody_carries_it_out() {
    let room = Room::open().await;
    let made = room.add(&[lab(CREATININE, room.today())], Standing::Proxy).await;
    assert_eq!((made[0].status, made[0].awaiting), (Status::Draft, true));
    let (access, now) = (&room.clinic.access, room.clinic.now());
    let new = room.clinic.id();
    let done = perform(access, &made[0].id, 1, &Outcome::Done, &author(Standing::Own), &new, now).await;
    assert!(matches!(done, Err(ChartError::Step)));
    let reader = access.reader(Action::View);
    let finishing = request::finishing(&reader, &room.visit).await.unwrap();
    reader.release(()).await.unwrap();
    assert!(finishing.open[0].message.contains("代行入力"), "{:?}", finishing.open);
}

#[tokio::test]
async fn a_request_is_taken_back_and_comes_back() {
    let room = Room::open().await;
    let (access, now) = (&room.clinic.access, room.clinic.now());
    let made = room.add(&[lab(HBA1C, When::NextVisit)], Standing::Own).await;
    let id = &made[0].id;
    assert!(matches!(
        remove(access, room.place(), id, 7, &author(Standing::Own), room.clinic.now()).await,
        Err(ChartError::Conflict)
    ));
    let gone = remove(access, room.place(), id, 1, &author(Standing::Own), room.clinic.now()).await.unwrap();
    assert_eq!(gone.status, Status::Revoked);
    assert!(room.pane().await.now.is_empty());
    assert!(matches!(
        remove(access, room.place(), id, 2, &author(Standing::Own), room.clinic.now()).await,
        Err(ChartError::Step)
    ));
    let back = restore(access, room.place(), id, 2, &author(Standing::Own), now).await.unwrap();
    assert_eq!(back.status, Status::Draft);
    // Another patient's visit is no way to it.
    let other = room.clinic.patient(&MAYUMI, "1981-05-02", "03-0000-0000").await;
    let elsewhere = room.clinic.visit(&other, VisitState::InConsultation, "2026-11-20T10:10:00+09:00", 15).await;
    let place = Place { patient: &other, visit: &elsewhere };
    assert!(matches!(
        remove(access, place, id, 3, &author(Standing::Own), room.clinic.now()).await,
        Err(ChartError::NotFound)
    ));
    assert!(matches!(
        remove(&room.clinic.other, room.place(), id, 3, &author(Standing::Own), room.clinic.now()).await,
        Err(ChartError::NotFound)
    ));
}

#[tokio::test]
async fn a_day_on_which_nothing_is_ordered_has_no_work() {
    let room = Room::open().await;
    assert!(request::work(&room.clinic.access, room.clinic.today()).await.unwrap().is_empty());
}

#[tokio::test]
async fn performing_completes_with_who_and_when_and_can_be_undone() {
    let room = Room::open().await;
    let (access, now, me) = (&room.clinic.access, room.clinic.now(), author(Standing::Own));
    let mut shot = NewRequest::coded("", "3136403A1140", "メチコバール注射液500μg", room.today()).unwrap();
    shot.amount = karute_chart::check::Amount::new("1", "管");
    let ecg = NewRequest::coded(ACT, "160068410", "心電図検査", room.today()).unwrap();
    let neb = NewRequest::coded(ACT, "140022710", "ネブライザ", room.today()).unwrap();
    let made = room.add(&[shot, ecg, neb], Standing::Own).await;
    let outcomes = [
        ("MedicationAdministration", Outcome::Done, Status::Completed),
        ("Procedure", Outcome::Partly("肢誘導のみ".to_owned()), Status::Completed),
        ("Procedure", Outcome::NotDone("本人の希望".to_owned()), Status::Revoked),
    ];
    let mut records = Vec::new();
    for (request, (kind, outcome, status)) in made.iter().zip(&outcomes) {
        let new = room.clinic.id();
        let done = perform(access, &request.id, 1, outcome, &me, &new, now).await.unwrap();
        assert_eq!(done.status, *status);
        room.valid(kind, &new).await;
        let again = perform(access, &request.id, 2, outcome, &me, &room.clinic.id(), now).await;
        assert!(matches!(again, Err(ChartError::Step)), "a second press changes nothing");
        records.push(new);
    }
    let work = request::work(access, room.clinic.today()).await.unwrap();
    let told: Vec<_> = work[0].jobs.iter().map(|j| j.performed.as_ref().unwrap()).collect();
    assert_eq!(told.len(), 3);
    assert!(told.iter().all(|p| p.by.as_deref() == Some("森 さやか") && p.at == Some(now)));
    for (_, outcome, _) in &outcomes {
        assert!(told.iter().any(|p| p.outcome == *outcome), "{outcome:?}");
    }
    let back = undo(access, &made[0].id, 2, &records[0], room.clinic.now()).await.unwrap();
    assert_eq!(back.status, Status::Active);
    assert!(matches!(undo(access, &made[0].id, 3, &records[0], room.clinic.now()).await, Err(ChartError::Step)));
    assert!(
        matches!(undo(access, &made[1].id, 2, &records[2], room.clinic.now()).await, Err(ChartError::Step)),
        "of another request"
    );
    assert_eq!(request::work(access, room.clinic.today()).await.unwrap()[0].open(), 1);
}

#[tokio::test]
async fn finishing_puts_drafts_in_force_and_holds_back_for_what_is_due() {
    let room = Room::open().await;
    let (access, now) = (&room.clinic.access, room.clinic.now());
    let made = room.add(&[lab(HBA1C, When::NextVisit), lab(CREATININE, room.today())], Standing::Own).await;
    let finishing = || async {
        let reader = access.reader(Action::View);
        let found = request::finishing(&reader, &room.visit).await.unwrap();
        reader.release(found).await.unwrap()
    };
    let held = finishing().await;
    assert_eq!(held.open.len(), 1);
    assert!(held.open[0].message.starts_with("クレアチニン"), "{:?}", held.open);
    perform(access, &made[1].id, 1, &Outcome::Done, &author(Standing::Own), &room.clinic.id(), now).await.unwrap();
    let ready = finishing().await;
    assert!(ready.open.is_empty());
    let mut commit = Commit::new(Action::Update);
    commit.changes = ready.changes;
    access.commit(commit).await.unwrap();
    let pane = room.pane().await;
    assert!(pane.now.iter().all(|r| r.status != Status::Draft));
    // Today it is nobody's work; when the patient comes again it is.
    assert_eq!(request::work(access, room.clinic.today()).await.unwrap()[0].open(), 0);
    room.clinic.visit(&room.patient, VisitState::Waiting, "2026-12-18T09:00:00+09:00", 3).await;
    let next = request::work(access, "2026-12-18".parse().unwrap()).await.unwrap();
    assert_eq!((next.len(), next[0].open()), (1, 1));
    assert_eq!(next[0].jobs[0].request.asked.display, HBA1C.1);
}

#[tokio::test]
async fn what_was_asked_last_time_is_asked_again() {
    let room = Room::open().await;
    let (access, now, me) = (&room.clinic.access, room.clinic.now(), author(Standing::Own));
    let before = room.clinic.visit(&room.patient, VisitState::Finished, "2026-10-23T10:00:00+09:00", 8).await;
    for (id, status, item) in [("sr-1", "completed", HBA1C), ("sr-2", "revoked", CREATININE)] {
        let old = json!({"resourceType": "ServiceRequest", "id": id, "status": status, "intent": "order",
            "category": [{"coding": [{"system": "urn:karute:request", "code": "lab"}]}],
            "code": {"coding": [{"system": JLAC10, "code": item.0}], "text": item.1},
            "subject": {"reference": format!("Patient/{}", room.patient)},
            "encounter": {"reference": format!("Encounter/{before}")},
            "occurrenceDateTime": "2026-10-23", "authoredOn": "2026-10-23T10:05:00+09:00"});
        room.clinic.put(old).await;
    }
    let pane = room.pane().await;
    let (from, previous) = pane.previous.unwrap();
    assert_eq!((from.clone(), previous.len()), (before, 1), "what was taken back is not asked again");
    let ids = room.ids(4);
    let made = repeat(access, room.place(), &from, When::NextVisit, &me, &ids, now).await.unwrap();
    assert_eq!(made.len(), 1);
    assert_eq!((made[0].asked.display.as_str(), made[0].asked.when), (HBA1C.1, When::NextVisit));
}

#[tokio::test]
async fn sets_and_values_of_not_long_ago_stand_in_the_pane() {
    let room = Room::open().await;
    let access = &room.clinic.access;
    let set = sets::create(access, room.clinic.id(), "糖尿病セット").await.unwrap();
    let item = SetItem { system: JLAC10.into(), code: HBA1C.0.into(), display: HBA1C.1.into(), note: None };
    sets::add(access, &set.id, 1, &item).await.unwrap();
    sets::create(access, room.clinic.id(), "空のセット").await.unwrap();
    for (code, day) in [(HBA1C.0, "2026-11-13"), (CREATININE.0, "2026-10-01")] {
        let value = json!({"resourceType": "Observation", "status": "final",
            "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}],
            "code": {"coding": [{"system": JLAC10, "code": code}], "text": "x"},
            "subject": {"reference": format!("Patient/{}", room.patient)}, "effectiveDateTime": day,
            "valueQuantity": {"value": 7.4, "unit": "%"}});
        room.clinic.put(value).await;
    }
    room.add(&[lab(HBA1C, When::NextVisit), lab(CREATININE, When::NextVisit)], Standing::Own).await;
    assert_eq!(room.pane().await.next, None);
    room.clinic.appointment(&room.patient, "2027-01-15T09:00:00+09:00").await;
    room.clinic.appointment(&room.patient, "2026-12-18T09:00:00+09:00").await;
    room.clinic.appointment(&room.patient, "2026-11-20T09:00:00+09:00").await;
    let pane = room.pane().await;
    assert_eq!(pane.next, "2026-12-18".parse().ok(), "the next one, not today's");
    assert_eq!(pane.sets.iter().map(|s| s.title.as_str()).collect::<Vec<_>>(), ["糖尿病セット"]);
    let again: Vec<_> = pane.again.iter().map(|a| (a.value.as_str(), a.measured.to_string())).collect();
    assert_eq!(again, [("7.4%", "2026-11-13".to_owned())]);
}

#[tokio::test]
async fn a_value_entered_by_hand_is_a_result_with_high_or_low_and_the_clinic_keeps_its_range() {
    let room = Room::open().await;
    let (access, now, me) = (&room.clinic.access, room.clinic.now(), author(Standing::Own));
    let made = room.add(&[lab(HBA1C, room.today()), lab(CREATININE, room.today())], Standing::Own).await;
    let known = request::form(access, &made[0].id).await.unwrap();
    assert_eq!(known.test, InHouseTest::default());
    let number = |text: &str| text.parse().ok();
    let test = InHouseTest { unit: "%".to_owned(), low: number("4.9"), high: number("6.0") };
    let result = NewResult { value: " 7.4 ".to_owned(), test: test.clone() };
    let new = room.clinic.id();
    let done = request::enter(access, &made[0].id, 1, &result, &me, &new, now).await.unwrap();
    assert_eq!(done.status, Status::Completed);
    room.valid("Observation", &new).await;
    let reader = access.reader(Action::View);
    let Lookup::Found(stored) = reader.read(ResourceType::parse("Observation").unwrap(), &new).await.unwrap() else {
        panic!()
    };
    reader.release(()).await.unwrap();
    for part in [r#""value":7.4"#, r#""code":"H""#, r#""referenceRange":[{"low":{"value":4.9"#] {
        assert!(stored.body.contains(part), "{part} in {}", stored.body);
    }
    assert_eq!(request::form(access, &made[0].id).await.unwrap().test, test, "kept for the next time");
    let backwards = InHouseTest { low: number("9"), high: number("1"), ..test };
    for (value, test) in [("", InHouseTest::default()), ("1.0", backwards)] {
        let wrong = NewResult { value: value.to_owned(), test };
        let answer = request::enter(access, &made[1].id, 1, &wrong, &me, &room.clinic.id(), now).await;
        assert!(matches!(answer, Err(ChartError::Invalid)), "{value:?}");
    }
}

#[tokio::test]
async fn labels_are_for_what_is_taken_today() {
    let room = Room::open().await;
    let items = [
        lab(HBA1C, room.today()),
        lab(CREATININE, room.today()),
        lab(("2A990000001930952", "白血球数"), When::NextVisit),
    ];
    room.add(&items, Standing::Own).await;
    let found = request::labels(&room.clinic.access, &room.visit, room.clinic.today()).await.unwrap();
    let labels: Vec<_> = found.labels.iter().map(|l| (l.specimen.as_str(), l.number.as_str(), l.tests.len())).collect();
    assert_eq!(labels, [("全血", "261120001401", 1), ("血清", "261120001402", 1)]);
    assert_eq!(found.person.name, "高橋 和夫");
}

#[tokio::test]
async fn nothing_is_asked_in_a_visit_that_has_ended() {
    let room = Room::open().await;
    let over = room.clinic.visit(&room.patient, VisitState::Finished, "2026-11-19T10:00:00+09:00", 2).await;
    let place = Place { patient: &room.patient, visit: &over };
    let items = [lab(HBA1C, room.today())];
    let made = add(&room.clinic.access, place, &items, &author(Standing::Own), &room.ids(1), room.clinic.now()).await;
    assert!(matches!(made, Err(ChartError::Step)));
    let made = add(&room.clinic.access, room.place(), &items, &author(Standing::Own), &[], room.clinic.now()).await;
    assert!(matches!(made, Err(ChartError::TooMany)), "an id for each");
}

#[tokio::test]
async fn what_was_asked_for_the_next_visit_is_shown_when_the_patient_comes_and_can_be_taken_back() {
    let room = Room::open().await;
    let (access, now) = (&room.clinic.access, room.clinic.now());
    let earlier = room.clinic.visit(&room.patient, VisitState::InConsultation, "2026-10-23T10:00:00+09:00", 3).await;
    let then = karute_japan::Timestamp::parse("2026-10-23T10:10:00+09:00").unwrap();
    let place = Place { patient: &room.patient, visit: &earlier };
    let items = [lab(HBA1C, When::NextVisit), lab(CREATININE, When::NextVisit)];
    add(access, place, &items, &author(Standing::Own), &room.ids(2), then).await.unwrap();
    assert!(room.pane().await.due.is_empty(), "a draft is no order yet");
    let reader = access.reader(Action::View);
    let finishing = request::finishing(&reader, &earlier).await.unwrap();
    reader.release(()).await.unwrap();
    let mut commit = Commit::new(Action::Update);
    commit.changes = finishing.changes;
    access.commit(commit).await.unwrap();
    let due = room.pane().await.due;
    assert_eq!(due.len(), 2, "{due:?}");
    let gone = remove(access, room.place(), &due[0].id, due[0].version, &author(Standing::Own), now).await.unwrap();
    assert_eq!(room.pane().await.due.len(), 1);
    let back = restore(access, room.place(), &gone.id, gone.version, &author(Standing::Own), now).await.unwrap();
    assert_eq!((back.status, room.pane().await.due.len()), (Status::Active, 2), "in force as before");
    let (me, record) = (author(Standing::Own), room.clinic.id());
    perform(access, &due[1].id, due[1].version, &Outcome::Done, &me, &record, now).await.unwrap();
    let states: Vec<Status> = room.pane().await.due.iter().map(|r| r.status).collect();
    assert!(states.contains(&Status::Completed), "what was done today stays in sight: {states:?}");
}

#[tokio::test]
async fn amount_route_and_words_are_changed_later_and_the_rest_stays() {
    let room = Room::open().await;
    let (access, now) = (&room.clinic.access, room.clinic.now());
    let mut asked =
        NewRequest::coded("urn:oid:1.2.392.100495.20.2.72", "3136403A1140", "メチコバール注射液500μg", room.today())
            .unwrap();
    asked.set = Some("しびれ".to_owned());
    let made = room.add(&[asked.clone()], Standing::Proxy).await;
    assert!(made[0].awaiting);
    let details = Details {
        amount: karute_chart::check::Amount::new("2", "管"),
        route: Some("静注".to_owned()),
        note: Some("  ゆっくり ".to_owned()),
        urgent: true,
        site: None,
    };
    let now_says = alter(access, room.place(), (&made[0].id, 1), &details, &author(Standing::Own), now).await.unwrap();
    let expected = NewRequest {
        amount: details.amount.clone(),
        route: details.route.clone(),
        note: Some("ゆっくり".to_owned()),
        urgent: true,
        ..asked
    };
    assert_eq!(now_says.asked, expected);
    assert!(!now_says.awaiting, "the doctor made it their own");
    room.valid("ServiceRequest", &made[0].id).await;
    let bare = alter(access, room.place(), (&made[0].id, 2), &Details::default(), &author(Standing::Own), now).await;
    assert_eq!(bare.unwrap().asked.amount, None, "what is not said is taken away");
    room.valid("ServiceRequest", &made[0].id).await;
    let stale = alter(access, room.place(), (&made[0].id, 2), &details, &author(Standing::Own), now).await;
    assert!(matches!(stale, Err(ChartError::Conflict)));
}

#[tokio::test]
async fn one_press_is_taken_back_as_one_or_not_at_all() {
    let room = Room::open().await;
    let (access, now) = (&room.clinic.access, room.clinic.now());
    let made = room.add(&[lab(HBA1C, When::NextVisit), lab(CREATININE, When::NextVisit)], Standing::Own).await;
    let mut seen: Vec<(Id, u32)> = made.iter().map(|r| (r.id.clone(), r.version)).collect();
    seen[1].1 = 9;
    assert!(matches!(
        remove_all(access, room.place(), &seen, &author(Standing::Own), now).await,
        Err(ChartError::Conflict)
    ));
    assert_eq!(room.pane().await.now.len(), 2, "none was taken back");
    seen[1].1 = 1;
    assert_eq!(remove_all(access, room.place(), &seen, &author(Standing::Own), now).await.unwrap(), 2);
    assert!(room.pane().await.now.is_empty());
}

#[tokio::test]
async fn the_mark_of_the_days_work_moves_with_every_act_and_tells_nothing() {
    let room = Room::open().await;
    let (access, day) = (&room.clinic.access, room.clinic.today());
    let mut marks = vec![request::work_mark(access, day).await.unwrap()];
    let step = async || {
        room.clinic.clock.advance_ms(1);
        request::work_mark(access, day).await.unwrap()
    };
    let made = room.add(&[lab(CREATININE, room.today())], Standing::Own).await;
    marks.push(step().await);
    let record = room.clinic.id();
    perform(access, &made[0].id, 1, &Outcome::Done, &author(Standing::Own), &record, room.clinic.now()).await.unwrap();
    marks.push(step().await);
    undo(access, &made[0].id, 2, &record, room.clinic.now()).await.unwrap();
    marks.push(step().await);
    remove(access, room.place(), &made[0].id, 3, &author(Standing::Own), room.clinic.now()).await.unwrap();
    marks.push(step().await);
    let different: std::collections::BTreeSet<&String> = marks.iter().collect();
    assert_eq!(different.len(), marks.len(), "{marks:?}");
    assert!(marks.iter().all(|mark| !mark.contains(room.patient.as_str())));
    assert_eq!(request::work_mark(&room.clinic.other, day).await.unwrap(), "-");
}
