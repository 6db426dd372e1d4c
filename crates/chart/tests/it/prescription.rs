//! The prescription of a visit, on a real ledger.
use crate::clinic::{Clinic, KAZUO, MAYUMI};
use karute_chart::ChartError;
use karute_chart::author::{Author, Standing};
use karute_chart::prescription::{
    self, Act, Amount, Coding, Desk, Dispensing, Done, Drug, Filled, Form, Prescribed, Reason, Seen, Sheet, Status,
    Today,
};
use karute_chart::summary::{self, Depth};
use karute_chart::view::VisitState;
use karute_fhir::{Id, ResourceType};
use karute_ledger::{Action, Lookup};
use karute_terminology::Masters;
use serde_json::json;

struct Room {
    clinic: Clinic,
    masters: Masters,
    patient: Id,
    visit: Id,
    author: Author,
}

impl Room {
    async fn open() -> Room {
        let clinic = Clinic::open().await;
        let patient = clinic.patient(&KAZUO, "1958-03-14", "03-1111-3333").await;
        let visit = clinic.visit(&patient, VisitState::InConsultation, "2026-11-20T10:06:00+09:00", 14).await;
        let author =
            Author { person: Id::new("mori").unwrap(), name: "森 さやか".to_owned(), standing: Standing::Own };
        Room { clinic, masters: Masters::starter(), patient, visit, author }
    }

    fn desk(&self) -> Desk<'_> {
        Desk { access: &self.clinic.access, author: &self.author, now: self.clinic.now() }
    }

    async fn act(&self, act: Act) -> Result<Done, ChartError> {
        prescription::carry_out(self.desk(), &self.patient, &self.visit, act).await
    }

    async fn sheet(&self) -> Sheet {
        let reader = self.clinic.access.reader(Action::View);
        let sheet = Sheet::read(&reader, &self.patient, &self.visit).await.unwrap();
        reader.release(sheet).await.unwrap()
    }

    fn add(&self, code: &str, dose: &str, usage: &str, days: &str) -> Act {
        Act::Add { id: self.clinic.id(), what: Box::new(self.prescribed(code, dose, usage, days)) }
    }

    fn prescribed(&self, code: &str, dose: &str, usage: &str, days: &str) -> Prescribed {
        let coding = Coding {
            system: "http://capstandard.jp/CodeSystem/KikakubetsuYakuzaiSeibun".to_owned(),
            code: code.to_owned(),
            display: String::new(),
        };
        let drug = Drug { name: format!("【般】{code}錠5mg"), codes: vec![coding] };
        let filled = Filled {
            dose: dose.to_owned(),
            unit: "錠".to_owned(),
            usage: usage.to_owned(),
            days: days.to_owned(),
            ..Filled::default()
        };
        filled.read(&self.masters, drug, self.clinic.today()).unwrap()
    }

    /// A visit four weeks ago as the clinic's past has it.
    async fn past(&self) -> Id {
        let visit = self.clinic.visit(&self.patient, VisitState::Finished, "2026-10-23T10:00:00+09:00", 3).await;
        let drugs = [
            ("2171022F2ZZZ", "アムロジピン錠5mg", "1日1回 朝食後", 28, "completed"),
            ("2189017F1ZZZ", "ロスバスタチン錠2.5mg", "1日1回 夕食後", 28, "completed"),
            ("9999999X9ZZZ", "むかしの薬錠1mg", "1日1回 朝食後", 28, "completed"),
            ("2329021F1ZZZ", "レバミピド錠100mg", "1日3回 毎食後", 7, "cancelled"),
        ];
        for (n, (code, name, sig, days, status)) in drugs.into_iter().enumerate() {
            let unit = json!({"value": 1, "unit": "錠"});
            self.clinic.put(json!({
                "resourceType": "MedicationRequest", "id": format!("old-{n}"), "status": status, "intent": "order",
                "identifier": [{"system": "urn:oid:1.2.392.100495.20.3.81", "value": (n + 1).to_string()}],
                "subject": {"reference": format!("Patient/{}", self.patient)},
                "encounter": {"reference": format!("Encounter/{visit}")}, "authoredOn": "2026-10-23T10:20:00+09:00",
                "medicationCodeableConcept": {"text": format!("【般】{name}"), "coding": [
                    {"system": "http://capstandard.jp/CodeSystem/KikakubetsuYakuzaiSeibun", "code": code, "display": name}]},
                "dosageInstruction": [{"text": sig, "doseAndRate": [{"doseQuantity": unit}]}],
                "dispenseRequest": {"expectedSupplyDuration": {"value": days, "unit": "日"}},
            })).await;
        }
        visit
    }

    async fn stored(&self, id: &Id) -> karute_ledger::Version {
        let kind = ResourceType::parse("MedicationRequest").unwrap();
        let Lookup::Found(version) = self.clinic.access.read(kind, id).await.unwrap() else { panic!("none") };
        version
    }
}

fn seen(sheet: &Sheet, at: usize) -> Seen {
    let line = &sheet.lines[at];
    Seen { id: line.id.clone(), version: line.version }
}

#[tokio::test]
async fn lines_are_written_as_valid_fhir_and_read_back_as_they_were_meant() {
    let room = Room::open().await;
    let mut ointment = room.prescribed("3339950M1ZZZ", "1", "朝", "7");
    ointment = Filled {
        form: String::new(),
        dose: String::new(),
        total: "50".to_owned(),
        unit: "g".to_owned(),
        usage: "1日2回 塗布".to_owned(),
        site: "両下腿".to_owned(),
        days: String::new(),
        ..Filled::of(&ointment)
    }
    .read(&room.masters, ointment.drug, room.clinic.today())
    .unwrap();
    let mut uneven = room.prescribed("2456001F3ZZZ", "1", "毎食後", "7");
    uneven.dose = None;
    uneven.usage.uneven = vec![Amount::whole(4), Amount::parse("2.5").unwrap(), Amount::whole(1)];
    let as_needed = Filled { count: "10".to_owned(), ..Filled::of(&room.prescribed("1149019F1ZZZ", "1", "朝", "7")) };
    let as_needed = Filled { form: "2".to_owned(), usage: "頓用 発熱時".to_owned(), ..as_needed };
    let drug = room.prescribed("1149019F1ZZZ", "1", "朝", "7").drug;
    let as_needed = as_needed.read(&room.masters, drug, room.clinic.today()).unwrap();
    let mut in_house = room.prescribed("2171022F2ZZZ", "0.5", "1日1回 朝食後", "28");
    in_house.dispensing = Dispensing::InHouse;
    in_house.preparation.one_pack = true;
    in_house.comment = Some("残薬あり".to_owned());
    for what in [&ointment, &uneven, &as_needed, &in_house] {
        room.act(Act::Add { id: room.clinic.id(), what: Box::new(what.clone()) }).await.unwrap();
    }
    let sheet = room.sheet().await;
    let read: Vec<&Prescribed> = sheet.lines.iter().map(|line| &line.what).collect();
    assert_eq!(read, [&ointment, &uneven, &as_needed, &in_house]);
    assert_eq!(ointment.form, Form::External);
    assert_eq!(uneven.all().unwrap().plain(), "52.5");
    for line in &sheet.lines {
        assert_eq!((line.status, line.by.as_deref()), (Status::Draft, Some("森 さやか")));
        let stored = room.stored(&line.id).await;
        let body = karute_json::parse(stored.body.as_bytes(), &karute_json::Limits::FHIR).unwrap();
        let issues = karute_fhir::validate::validate(&body);
        assert!(issues.is_empty(), "{issues:?} {}", stored.body);
    }
}

#[tokio::test]
async fn one_dose_is_changed_and_the_change_taken_back() {
    let room = Room::open().await;
    room.act(room.add("2171022F2ZZZ", "1", "1日1回 朝食後", "28")).await.unwrap();
    let before = room.sheet().await;
    let done = room.act(Act::Dose { line: seen(&before, 0), dose: Amount::whole(2) }).await.unwrap();
    let after = room.sheet().await;
    assert_eq!(after.lines[0].what.all(), Some(Amount::whole(56)));
    // What was seen before is not changed again.
    let late = room.act(Act::Dose { line: seen(&before, 0), dose: Amount::whole(3) }).await;
    assert!(matches!(late, Err(ChartError::Conflict)), "{late:?}");
    prescription::undo(room.desk(), &room.patient, &room.visit, &done.steps).await.unwrap();
    assert_eq!(room.sheet().await.lines[0].what, before.lines[0].what);
    let again = prescription::undo(room.desk(), &room.patient, &room.visit, &done.steps).await;
    assert!(matches!(again, Err(ChartError::Conflict)), "{again:?}");
}

#[tokio::test]
async fn what_was_taken_out_comes_back_where_it_stood() {
    let room = Room::open().await;
    for (code, usage) in [("2171022F2ZZZ", "朝"), ("2189017F1ZZZ", "夕"), ("2329021F1ZZZ", "毎食後")] {
        room.act(room.add(code, "1", usage, "28")).await.unwrap();
    }
    let before = room.sheet().await;
    let done = room.act(Act::Remove { line: seen(&before, 0) }).await.unwrap();
    let without = room.sheet().await;
    assert_eq!(without.lines.iter().map(|l| l.rp).collect::<Vec<_>>(), [1, 2], "the rest moves up");
    prescription::undo(room.desk(), &room.patient, &room.visit, &done.steps).await.unwrap();
    let back = room.sheet().await;
    let shape = |sheet: &Sheet| sheet.lines.iter().map(|l| (l.rp, l.what.clone())).collect::<Vec<_>>();
    assert_eq!(shape(&back), shape(&before));
}

#[tokio::test]
async fn safe_14_a_double_press_adds_one_line() {
    let room = Room::open().await;
    let act = room.add("2171022F2ZZZ", "1", "朝", "28");
    let first = room.act(act.clone()).await.unwrap();
    let second = room.act(act.clone()).await.unwrap();
    assert_eq!((first.steps.len(), second.steps.len()), (1, 0));
    let (a, b) = (room.add("2189017F1ZZZ", "1", "夕", "28"), ());
    let together = tokio::join!(room.act(a.clone()), room.act(a));
    assert_eq!(together.0.unwrap().steps.len() + together.1.unwrap().steps.len(), 1, "{b:?}");
    assert_eq!(room.sheet().await.lines.len(), 2);
}

#[tokio::test]
async fn safe_11_do_copies_what_can_be_prescribed_and_shows_what_differs() {
    let room = Room::open().await;
    let from = room.past().await;
    let sheet = room.sheet().await;
    assert_eq!(sheet.previous.as_ref().map(|past| (&past.visit, past.lines.len())), Some((&from, 3)));
    assert!(sheet.diff().is_none());
    let intent = room.clinic.id();
    let done =
        prescription::repeat(room.desk(), &room.masters, &room.patient, &room.visit, &from, intent).await.unwrap();
    assert_eq!(done.steps.len(), 2);
    let left: Vec<(&str, &Today, &str)> =
        done.left_out.iter().map(|l| (l.name.as_str(), &l.why, l.query.as_str())).collect();
    assert_eq!(left, [("【般】むかしの薬錠1mg", &Today::Unknown, "むかしの薬")]);
    let sheet = room.sheet().await;
    assert_eq!(sheet.diff().unwrap().places(), 1, "the drug that was left out");
    let change = Act::Dose { line: seen(&sheet, 0), dose: Amount::parse("0.5").unwrap() };
    room.act(change).await.unwrap();
    let sheet = room.sheet().await;
    assert_eq!(sheet.diff().unwrap().places(), 2);
    assert_eq!(sheet.not_continued().len(), 1);
    // Once more, by another press: nothing is doubled.
    let again =
        prescription::repeat(room.desk(), &room.masters, &room.patient, &room.visit, &from, room.clinic.id()).await;
    assert!(again.unwrap().steps.is_empty());
    // Another patient's visit has nothing to copy from.
    let other = room.clinic.patient(&MAYUMI, "1981-05-02", "090").await;
    let foreign = room.clinic.visit(&other, VisitState::Finished, "2026-10-01T10:00:00+09:00", 1).await;
    let refused =
        prescription::repeat(room.desk(), &room.masters, &room.patient, &room.visit, &foreign, room.clinic.id()).await;
    assert!(matches!(refused, Err(ChartError::NotFound)), "{refused:?}");
    let refused =
        prescription::carry_out(room.desk(), &other, &room.visit, room.add("2171022F2ZZZ", "1", "朝", "7")).await;
    assert!(matches!(refused, Err(ChartError::NotFound)), "{refused:?}");
}

#[tokio::test]
async fn drafts_are_not_what_the_patient_takes_and_a_stopped_drug_is_not_either() {
    let room = Room::open().await;
    room.past().await;
    room.act(room.add("1149019F1ZZZ", "1", "毎食後", "7")).await.unwrap();
    let taken = async || {
        let date = room.clinic.today();
        let summary = summary::summary(&room.clinic.access, &room.patient, date, Depth::Notes).await.unwrap();
        let names = summary.drugs.iter().flat_map(|g| g.drugs.iter().map(|d| d.name.clone()));
        names.collect::<Vec<_>>()
    };
    assert_eq!(taken().await.len(), 3, "{:?}", taken().await);
    let sheet = room.sheet().await;
    let old = sheet.past.iter().find(|line| line.id.as_str() == "old-1").unwrap();
    let line = Seen { id: old.id.clone(), version: old.version };
    let done = prescription::stop(room.desk(), &room.patient, &line, "筋肉痛").await.unwrap();
    assert_eq!(taken().await.len(), 2);
    let undo =
        async |steps: &[prescription::Step]| prescription::undo(room.desk(), &room.patient, &room.visit, steps).await;
    let invented = [prescription::Step { before: Some(9), ..done.steps[0].clone() }];
    assert!(matches!(undo(&invented).await, Err(ChartError::NotFound)));
    undo(&done.steps).await.unwrap();
    assert_eq!(taken().await.len(), 3, "taken again as it was");
    assert!(matches!(undo(&done.steps).await, Err(ChartError::NotFound | ChartError::Conflict)), "only once");
}

#[tokio::test]
async fn nothing_is_written_after_the_visit_and_a_proxys_entry_waits_for_approval() {
    let mut room = Room::open().await;
    let open = room.visit.clone();
    room.visit = room.clinic.visit(&room.patient, VisitState::Finished, "2026-11-20T09:00:00+09:00", 2).await;
    let refused = room.act(room.add("2171022F2ZZZ", "1", "朝", "7")).await;
    assert!(matches!(refused, Err(ChartError::Step)), "{refused:?}");
    room.visit = open;
    room.author.standing = Standing::Proxy;
    room.act(room.add("2171022F2ZZZ", "1", "朝", "7")).await.unwrap();
    let sheet = room.sheet().await;
    assert!(sheet.lines[0].awaits_approval);
    room.author.standing = Standing::Own;
    room.act(Act::Days { lines: vec![seen(&sheet, 0)], days: 14 }).await.unwrap();
    assert!(!room.sheet().await.lines[0].awaits_approval, "the doctor made it their own");
}

#[tokio::test]
async fn the_clinic_remembers_how_it_prescribed_a_drug_and_nothing_of_whom() {
    let room = Room::open().await;
    let mut what = room.prescribed("2171022F2ZZZ", "0.5", "1日1回 朝食後", "30");
    what.comment = Some("本人の希望".to_owned());
    room.act(Act::Add { id: room.clinic.id(), what: Box::new(what.clone()) }).await.unwrap();
    let found = prescription::usual(&room.clinic.access, &what.drug).await.unwrap().unwrap();
    assert_eq!(found, Prescribed { comment: None, ..what.clone() });
    assert_eq!(prescription::usual(&room.clinic.other, &what.drug).await.unwrap(), None);
}

#[tokio::test]
async fn finishing_the_visit_puts_drafts_in_force_and_leaves_what_was_taken_out() {
    let room = Room::open().await;
    room.act(room.add("2171022F2ZZZ", "1", "朝", "28")).await.unwrap();
    room.act(room.add("2189017F1ZZZ", "1", "夕", "28")).await.unwrap();
    room.act(Act::Remove { line: seen(&room.sheet().await, 1) }).await.unwrap();
    let reader = room.clinic.access.reader(Action::Read);
    let finishing = prescription::finishing(&reader, &room.visit).await.unwrap();
    reader.release(()).await.unwrap();
    assert!(finishing.open.is_empty());
    let mut commit = karute_ledger::Commit::new(Action::Update);
    commit.changes = finishing.changes;
    room.clinic.access.commit(commit).await.unwrap();
    let states: Vec<Status> = room.sheet().await.lines.iter().map(|line| line.status).collect();
    assert_eq!(states, [Status::Active]);
}

#[tokio::test]
async fn a_set_prescribes_what_its_notes_say_and_tells_what_stays_open() {
    let room = Room::open().await;
    let item = |code: &str, note: Option<&str>| karute_chart::sets::SetItem {
        system: "urn:oid:1.2.392.100495.20.2.72".to_owned(),
        code: code.to_owned(),
        display: "ロキソニン錠60mg".to_owned(),
        note: note.map(str::to_owned),
    };
    let items = [
        item("1149019F1560", Some("1T 毎食後 5")),
        item("9999999X9999", None),
        karute_chart::sets::SetItem { system: "urn:lab".to_owned(), ..item("3D046", None) },
    ];
    let apply = async |items: &[karute_chart::sets::SetItem]| {
        let naming = prescription::Naming::General;
        let (desk, intent) = (room.desk(), room.clinic.id());
        prescription::apply_set(desk, &room.masters, naming, &room.patient, &room.visit, items, intent).await.unwrap()
    };
    let done = apply(&items).await;
    assert_eq!(done.left_out.iter().map(|l| &l.why).collect::<Vec<_>>(), [&Today::Ended]);
    let sheet = room.sheet().await;
    assert_eq!(sheet.lines.len(), 1);
    assert_eq!(
        (sheet.lines[0].what.drug.name.as_str(), sheet.lines[0].what.days),
        ("【般】ロキソプロフェンNa錠60mg", Some(5))
    );
    let open = [item("1149019F1560", None)];
    assert!(apply(&open).await.left_out.is_empty(), "as this patient takes it already");
}

#[tokio::test]
async fn safe_05_06_a_finding_stands_in_the_way_until_its_reason_is_kept() {
    let room = Room::open().await;
    room.clinic
        .put(json!({"resourceType": "AllergyIntolerance", "patient": {"reference": format!("Patient/{}", room.patient)},
            "clinicalStatus": {"coding": [{"code": "active"}]}, "code": {"text": "ロキソプロフェン",
                "coding": [{"system": "http://jpfhir.jp/fhir/core/CodeSystem/GCM/JP_JfagyMedicationAllergen_CS", "code": "GCM1149019F1ZZZ"}]}}))
        .await;
    room.act(room.add("1149019F1ZZZ", "1", "毎食後", "7")).await.unwrap();
    let look = async || {
        let reader = room.clinic.access.reader(Action::View);
        let sheet = Sheet::read(&reader, &room.patient, &room.visit).await.unwrap();
        let found = prescription::review(&reader, &sheet, room.clinic.today()).await.unwrap();
        let open = prescription::finishing(&reader, &room.visit).await.unwrap().open.len();
        reader.release((sheet, found, open)).await.unwrap()
    };
    let (sheet, found, open) = look().await;
    let allergy = found.iter().find(|f| f.rule == karute_chart::check::RuleId::AllergyIngredient).unwrap();
    assert!(allergy.is_open() && open > 0, "{found:?}");
    for (words, confirmed) in [("　", true), ("治療上の必要がある", false)] {
        let given = Reason { words, confirmed };
        let refused = prescription::answer(room.desk(), &sheet, allergy, given, room.clinic.id()).await;
        assert!(
            matches!(refused, Err(ChartError::Invalid)),
            "a stop needs a reason and the prescriber's word: {refused:?}"
        );
    }
    let given = Reason { words: "治療上の必要がある", confirmed: true };
    let scribe = Author { standing: Standing::Proxy, ..room.author.clone() };
    let by_proxy = prescription::Desk { author: &scribe, ..room.desk() };
    let refused = prescription::answer(by_proxy, &sheet, allergy, given, room.clinic.id()).await;
    assert!(matches!(refused, Err(ChartError::Step)), "nobody overrides a stop for another: {refused:?}");
    let intent = room.clinic.id();
    for _ in 0..2 {
        prescription::answer(room.desk(), &sheet, allergy, given, intent.clone()).await.unwrap();
    }
    let (_, after, fewer) = look().await;
    let same = after.iter().find(|f| f.key == allergy.key).unwrap();
    assert_eq!(same.answered.as_ref().map(|a| a.reason.as_str()), Some("治療上の必要がある"));
    assert_eq!(fewer, open - 1);
}
