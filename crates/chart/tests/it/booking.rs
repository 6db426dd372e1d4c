//! 予約, as two desks and a doctor use it.
use crate::clinic::{Clinic, KAZUO, MAYUMI, MAYUMI_2};
use jiff::civil::Weekday;
use karute_chart::ChartError;
use karute_chart::booking::{
    self, BookingError, CancelReason, Doctor, Effect, Exception, NewBooking, Place, Refusal, Rule, Schedule,
    ScheduleKind, TimeOfDay, Why,
};
use karute_chart::view::{Appointment, VisitState};
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use karute_ledger::{Access, Action};
use serde_json::json;

const WEEKDAYS: [Weekday; 5] =
    [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];

fn at(text: &str) -> Timestamp {
    Timestamp::parse(&format!("{text}:00+09:00")).unwrap()
}

/// 森, on weekdays from 9 to 12, a quarter of an hour for each, `capacity` at a time.
async fn mori(clinic: &Clinic, capacity: u16) -> Schedule {
    let doctor = Id::new("dr-1").ok();
    let made = booking::create_schedule(&clinic.access, clinic.id(), "森 さやか", ScheduleKind::Doctor, doctor).await;
    let made = made.unwrap();
    let time = |text| TimeOfDay::parse(text).unwrap();
    let rule =
        Rule { weekday: Weekday::Monday, from: time("9:00"), until: time("12:00"), minutes: 15, capacity, label: None };
    booking::add_rules(&clinic.access, &made.id, made.version, &WEEKDAYS, &rule).await.unwrap()
}

fn wish(patient: &Id, schedule: &Schedule, start: &str) -> NewBooking {
    NewBooking {
        patient: patient.clone(),
        place: Place { schedule: schedule.id.clone(), start: at(start) },
        kind: Some("再診".to_owned()),
        reason: Some(" 血圧\n定期 ".to_owned()),
        comment: None,
    }
}

async fn book(clinic: &Clinic, patient: &Id, schedule: &Schedule, start: &str) -> Result<Appointment, BookingError> {
    booking::book(&clinic.access, clinic.id(), &wish(patient, schedule, start), clinic.now()).await
}

fn refused(result: Result<Appointment, BookingError>) -> Option<Refusal> {
    match result {
        Err(BookingError::Refused(refusal)) => Some(refusal),
        Err(error) => panic!("{error:?}"),
        Ok(_) => None,
    }
}

#[tokio::test]
async fn an_appointment_is_made_only_where_the_rules_leave_room() {
    let clinic = Clinic::open().await;
    let mayumi = clinic.patient(&MAYUMI, "1981-05-02", "090-1111-2222").await;
    let kazuo = clinic.patient(&KAZUO, "1958-03-14", "090-3333-4444").await;
    let mori = mori(&clinic, 1).await;
    let made = book(&clinic, &mayumi, &mori, "2026-12-18T09:15").await.unwrap();
    assert_eq!((made.status.as_str(), made.reason.as_deref()), ("booked", Some("血圧 定期")));
    assert_eq!(made.practitioner, Id::new("dr-1").ok());
    let table = [
        (&kazuo, "2026-12-18T09:15", Some(Refusal::Full)),
        (&kazuo, "2026-12-18T09:20", Some(Refusal::NoSlot)),
        (&kazuo, "2026-12-18T12:00", Some(Refusal::NoSlot)),
        (&kazuo, "2026-12-19T09:15", Some(Refusal::NoSlot)),
        (&kazuo, "2026-11-23T09:15", Some(Refusal::NoSlot)),
        (&kazuo, "2026-11-20T10:15", Some(Refusal::Past)),
        (&kazuo, "2026-11-19T10:15", Some(Refusal::Past)),
        (&kazuo, "2031-11-21T09:15", Some(Refusal::TooFar)),
        (&kazuo, "2031-11-20T09:15", None),
        (&kazuo, "2028-02-29T09:15", None),
        // The quarter of an hour that has begun can still be given to somebody at the door.
        (&kazuo, "2026-11-20T10:30", None),
    ];
    for (patient, start, expected) in table {
        assert_eq!(refused(book(&clinic, patient, &mori, start).await), expected, "{start}");
    }
    let dead =
        clinic.put(json!({"resourceType": "Patient", "name": [{"text": "x"}], "deceasedDateTime": "2026-01-01"})).await;
    assert_eq!(refused(book(&clinic, &dead, &mori, "2026-12-18T09:30").await), Some(Refusal::Dead));
    let events = clinic.audit().await;
    assert!(events.iter().any(|e| e.contains("\"detail\":\"予約\"") && e.contains(made.id.as_str())));
}

#[tokio::test]
async fn one_patient_is_not_in_two_places_at_once_and_a_slot_of_two_takes_two() {
    let clinic = Clinic::open().await;
    let mayumi = clinic.patient(&MAYUMI, "1981-05-02", "").await;
    let kazuo = clinic.patient(&KAZUO, "1958-03-14", "").await;
    let third = clinic.patient(&MAYUMI_2, "1979-09-03", "").await;
    let first = mori(&clinic, 2).await;
    let second = mori(&clinic, 2).await;
    book(&clinic, &mayumi, &first, "2026-12-18T09:15").await.unwrap();
    let elsewhere = book(&clinic, &mayumi, &second, "2026-12-18T09:15").await;
    assert_eq!(refused(elsewhere), Some(Refusal::Elsewhere));
    book(&clinic, &kazuo, &first, "2026-12-18T09:15").await.unwrap();
    assert_eq!(refused(book(&clinic, &third, &first, "2026-12-18T09:15").await), Some(Refusal::Full));
    let agenda = booking::agenda(&clinic.access, "2026-12-18".parse().unwrap(), 1).await.unwrap();
    let day = agenda.day(agenda.schedule(&first.id).unwrap(), "2026-12-18".parse().unwrap());
    let slot = day.slots.iter().find(|s| s.start == at("2026-12-18T09:15")).unwrap();
    assert_eq!((slot.taken, slot.capacity), (2, 2));
}

#[tokio::test]
async fn two_desks_pressing_at_once_cannot_overbook_a_slot() {
    let clinic = Clinic::open().await;
    let mori = mori(&clinic, 2).await;
    let mut patients = Vec::new();
    for n in 0..6 {
        let number = format!("00{n}");
        let named = crate::clinic::Named("佐藤 花子", "サトウ ハナコ", &number);
        patients.push(clinic.patient(&named, "1990-01-01", "").await);
    }
    let mut desks = tokio::task::JoinSet::new();
    for patient in &patients {
        let (access, new, wish) = (clinic.access.clone(), clinic.id(), wish(patient, &mori, "2026-12-18T09:15"));
        let now = clinic.now();
        desks.spawn(async move { booking::book(&access, new, &wish, now).await });
    }
    let results = desks.join_all().await;
    assert_eq!(results.iter().filter(|r| r.is_ok()).count(), 2);
    let full = results.iter().filter(|r| matches!(r, Err(BookingError::Refused(Refusal::Full)))).count();
    assert_eq!(full, 4, "{results:?}");
}

#[tokio::test]
async fn moving_frees_the_old_place_and_the_slower_desk_is_told() {
    let clinic = Clinic::open().await;
    let mayumi = clinic.patient(&MAYUMI, "1981-05-02", "").await;
    let kazuo = clinic.patient(&KAZUO, "1958-03-14", "").await;
    let mori = mori(&clinic, 1).await;
    let made = book(&clinic, &mayumi, &mori, "2026-12-18T09:15").await.unwrap();
    let place = |start: &str| Place { schedule: mori.id.clone(), start: at(start) };
    let go = |id: Id, seen: u32, start: &str| {
        let (access, place, now) = (clinic.access.clone(), place(start), clinic.now());
        async move { booking::move_to(&access, &id, seen, &place, now).await }
    };
    let moved = go(made.id.clone(), 1, "2026-12-21T11:45").await.unwrap();
    assert_eq!((moved.version, moved.start), (2, Some(at("2026-12-21T11:45"))));
    assert_eq!(moved.end, Some(at("2026-12-21T12:00")));
    let late = go(made.id.clone(), 1, "2026-12-21T09:00").await;
    assert!(matches!(late, Err(BookingError::Chart(ChartError::Conflict))), "{late:?}");
    book(&clinic, &kazuo, &mori, "2026-12-18T09:15").await.unwrap();
    let full = go(made.id.clone(), 2, "2026-12-18T09:15").await;
    assert_eq!(refused(full), Some(Refusal::Full));
    // Moved within its own slot's day, it does not stand in its own way.
    go(made.id.clone(), 2, "2026-12-21T11:45").await.unwrap();
}

#[tokio::test]
async fn cancelling_keeps_the_reason_frees_the_place_and_can_be_undone_while_there_is_room() {
    let clinic = Clinic::open().await;
    let mayumi = clinic.patient(&MAYUMI, "1981-05-02", "").await;
    let kazuo = clinic.patient(&KAZUO, "1958-03-14", "").await;
    let mori = mori(&clinic, 1).await;
    let made = book(&clinic, &mayumi, &mori, "2026-12-18T09:15").await.unwrap();
    let words = Some("電話で連絡");
    let now = clinic.now();
    let gone = booking::cancel(&clinic.access, &made.id, 1, CancelReason::Patient, words, now).await.unwrap();
    assert_eq!((gone.status.as_str(), gone.cancelled.as_deref()), ("cancelled", Some("患者の都合：電話で連絡")));
    let back = booking::restore(&clinic.access, &made.id, 2, now).await.unwrap();
    assert_eq!((back.status.as_str(), back.cancelled), ("booked", None));
    booking::cancel(&clinic.access, &made.id, 3, CancelReason::Ill, None, now).await.unwrap();
    let again = booking::cancel(&clinic.access, &made.id, 4, CancelReason::Ill, None, now).await;
    assert!(matches!(again, Err(BookingError::Chart(ChartError::Step))), "{again:?}");
    book(&clinic, &kazuo, &mori, "2026-12-18T09:15").await.unwrap();
    assert_eq!(refused(booking::restore(&clinic.access, &made.id, 4, now).await), Some(Refusal::Full));
    let early = booking::no_show(&clinic.access, &made.id, 4, now).await;
    assert!(matches!(early, Err(BookingError::Chart(ChartError::Step))), "{early:?}");
}

#[tokio::test]
async fn who_did_not_come_is_noted_after_the_time_and_not_before() {
    let clinic = Clinic::open().await;
    let mayumi = clinic.patient(&MAYUMI, "1981-05-02", "").await;
    let mori = mori(&clinic, 1).await;
    let made = book(&clinic, &mayumi, &mori, "2026-11-20T11:00").await.unwrap();
    let early = booking::no_show(&clinic.access, &made.id, 1, clinic.now()).await;
    assert!(matches!(early, Err(BookingError::Chart(ChartError::Step))));
    clinic.clock.advance_ms(3_600_000);
    let noted = booking::no_show(&clinic.access, &made.id, 1, clinic.now()).await.unwrap();
    assert_eq!(noted.status, "noshow");
    let back = booking::restore(&clinic.access, &made.id, 2, clinic.now()).await.unwrap();
    assert_eq!(back.status, "booked");
}

#[tokio::test]
async fn settings_are_changed_by_one_desk_at_a_time_and_within_bounds() {
    let clinic = Clinic::open().await;
    let access = &clinic.access;
    let mori = mori(&clinic, 1).await;
    let stale = booking::remove_rules(access, &mori.id, 1, 0).await;
    assert!(matches!(stale, Err(ChartError::Conflict)));
    let fewer = booking::remove_rules(access, &mori.id, mori.version, 0).await.unwrap();
    assert_eq!(fewer.rules.len(), 4);
    assert!(matches!(booking::remove_rules(access, &mori.id, fewer.version, 9).await, Err(ChartError::NotFound)));
    let days = |from: &str, until: &str, words: &str| Exception {
        from: from.parse().unwrap(),
        until: until.parse().unwrap(),
        effect: Effect::Closed,
        words: Some(words.to_owned()),
    };
    let refused = [
        days("2026-12-30", "2026-12-29", "逆"),
        days("2026-12-29", "2028-01-03", "長い"),
        days("2026-12-29", "2027-01-03", &"長".repeat(41)),
    ];
    for exception in &refused {
        let result = booking::add_exception(access, None, None, exception).await;
        assert!(matches!(result, Err(ChartError::Invalid)), "{exception:?}");
    }
    booking::add_exception(access, None, None, &days("2026-12-29", "2027-01-03", "年末年始")).await.unwrap();
    let twice = booking::add_exception(access, None, None, &days("2026-08-13", "2026-08-15", "夏季")).await;
    assert!(matches!(twice, Err(ChartError::Conflict)), "the second desk saw no calendar");
    booking::set_closed_on_holidays(access, Some(1), false).await.unwrap();
    let plan = booking::plan(access).await.unwrap();
    assert_eq!((plan.calendar.version, plan.calendar.closed_on_holidays), (Some(2), false));
    assert_eq!(plan.calendar.exceptions.len(), 1);
    booking::remove_exception(access, None, Some(2), 0).await.unwrap();
    let title = booking::create_schedule(access, clinic.id(), " \u{7} ", ScheduleKind::Room, None).await;
    assert!(matches!(title, Err(ChartError::Invalid)));
    let usual = booking::usual_schedules(access, &[], || None).await;
    assert!(matches!(usual, Err(ChartError::Step)), "only where there are none yet");
}

#[tokio::test]
async fn a_new_clinic_begins_with_usual_schedules() {
    let clinic = Clinic::open().await;
    let doctors = [Doctor { id: Id::new("dr-1").unwrap(), name: "森 さやか".to_owned() }];
    booking::usual_schedules(&clinic.access, &doctors, || Some(clinic.id())).await.unwrap();
    let (schedules, calendar) = booking::schedules(&clinic.access).await.unwrap();
    let titles: Vec<&str> = schedules.iter().map(|s| s.title.as_str()).collect();
    assert_eq!(titles, ["森 さやか", "予防接種", "採血・検査"]);
    let friday: Date = "2026-11-20".parse().unwrap();
    let slots: Vec<usize> = schedules.iter().map(|s| booking::day(s, &calendar, friday, &[]).slots.len()).collect();
    assert_eq!(slots, [24, 8, 12]);
}

#[tokio::test]
async fn the_next_visit_is_suggested_by_the_drugs_without_reading_other_patients() {
    let clinic = Clinic::open().await;
    let mayumi = clinic.patient(&MAYUMI, "1981-05-02", "").await;
    let kazuo = clinic.patient(&KAZUO, "1958-03-14", "").await;
    let mori = mori(&clinic, 1).await;
    clinic.visit(&mayumi, VisitState::Finished, "2026-10-23T09:15:00+09:00", 1).await;
    clinic.visit(&mayumi, VisitState::InConsultation, "2026-11-20T09:20:00+09:00", 2).await;
    clinic
        .put(json!({"resourceType": "MedicationRequest", "status": "draft", "intent": "order", "authoredOn": "2026-11-20",
            "subject": {"reference": format!("Patient/{mayumi}")}, "medicationCodeableConcept": {"text": "アムロジピン錠5mg"},
            "dispenseRequest": {"expectedSupplyDuration": {"value": 28}}}))
        .await;
    // Somebody else has the quarter of an hour nearest to hers.
    let other = book(&clinic, &kazuo, &mori, "2026-12-18T09:15").await.unwrap();
    let read = |access: Access| {
        let (patient, now) = (mayumi.clone(), clinic.now());
        async move {
            let reader = access.reader(Action::View);
            let next = booking::next_visit(&access, &reader, &patient, now).await.unwrap();
            reader.release(next).await.unwrap()
        }
    };
    let next = read(clinic.access.clone()).await;
    let told: Vec<(String, String)> = next.suggestions.iter().map(|s| (s.slot.start.to_fhir(), s.words())).collect();
    assert_eq!(told[0], ("2026-12-18T09:30:00.000+09:00".to_owned(), "4週後 同じ曜日".to_owned()));
    assert_eq!(told[1].0, "2026-12-11T09:15:00.000+09:00");
    assert_eq!((next.suggestions[0].why, next.booked.len()), (Why::Supply, 0));
    let event = clinic.audit().await.remove(0);
    assert!(!event.contains(other.id.as_str()) && !event.contains(kazuo.as_str()), "{event}");
    let gone = booking::cancel(&clinic.access, &other.id, 1, CancelReason::Patient, None, clinic.now()).await;
    gone.unwrap();
    let next = read(clinic.access.clone()).await;
    assert_eq!(next.suggestions[0].slot.start, at("2026-12-18T09:15"), "a place given up is offered again");
    book(&clinic, &mayumi, &mori, "2026-12-18T09:15").await.unwrap();
    assert_eq!(read(clinic.access.clone()).await.booked.len(), 1);
}

#[tokio::test]
async fn another_institution_sees_and_changes_nothing() {
    let clinic = Clinic::open().await;
    let mayumi = clinic.patient(&MAYUMI, "1981-05-02", "").await;
    let mori = mori(&clinic, 1).await;
    let made = book(&clinic, &mayumi, &mori, "2026-12-18T09:15").await.unwrap();
    let other = &clinic.other;
    let wish = wish(&mayumi, &mori, "2026-12-18T09:30");
    let booked = booking::book(other, clinic.id(), &wish, clinic.now()).await;
    assert!(matches!(booked, Err(BookingError::Chart(ChartError::NotFound))));
    let moved = booking::move_to(other, &made.id, 1, &wish.place, clinic.now()).await;
    assert!(matches!(moved, Err(BookingError::Chart(ChartError::NotFound))));
    let gone = booking::cancel(other, &made.id, 1, CancelReason::Patient, None, clinic.now()).await;
    assert!(matches!(gone, Err(BookingError::Chart(ChartError::NotFound))));
    assert!(matches!(booking::appointment(other, &made.id).await, Err(ChartError::NotFound)));
    let agenda = booking::agenda(other, "2026-12-18".parse().unwrap(), 7).await.unwrap();
    assert!(agenda.booked.is_empty() && agenda.schedules.is_empty());
}
