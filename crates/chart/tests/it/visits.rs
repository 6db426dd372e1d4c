use crate::clinic::{Clinic, KAZUO, MAYUMI};
use karute_chart::ChartError;
use karute_chart::reception::{change_mark, today};
use karute_chart::view::VisitState;
use karute_chart::visit::{Arrival, Step, accept, take};
use karute_fhir::ResourceType;
use karute_ledger::Lookup;

#[tokio::test]
async fn a_visit_goes_from_the_door_to_the_till_and_keeps_its_history() {
    let clinic = Clinic::open().await;
    let patient = clinic.patient(&KAZUO, "1958-03-14", "03-1111-3333").await;
    let visit = clinic.visit(&patient, VisitState::Waiting, "2026-11-20T10:15:00+09:00", 1).await;
    let mut version = 1;
    for step in [Step::Call, Step::ToTreatment, Step::BackToConsultation, Step::ToPayment, Step::Finish] {
        clinic.clock.advance_ms(60_000);
        let moved = take(&clinic.access, &visit, version, step, clinic.now()).await.unwrap().visit;
        assert_eq!(moved.state, Some(step.target()));
        assert_eq!(moved.since, Some(clinic.now()));
        version = moved.version;
    }
    let encounter = ResourceType::parse("Encounter").unwrap();
    let Lookup::Found(stored) = clinic.access.read(encounter, &visit).await.unwrap() else { panic!("gone") };
    let body: serde_json::Value = serde_json::from_str(&stored.body).unwrap();
    let states: Vec<_> =
        body["statusHistory"].as_array().unwrap().iter().map(|h| h["status"].as_str().unwrap()).collect();
    assert_eq!(states, ["arrived", "in-progress", "triaged", "in-progress", "onleave"]);
    assert_eq!(body["status"], "finished");
    assert_eq!(body["period"]["end"], clinic.now().to_fhir());
    assert!(
        karute_fhir::validate::validate(
            &karute_json::parse(stored.body.as_bytes(), &karute_json::Limits::FHIR).unwrap()
        )
        .is_empty()
    );
}

#[tokio::test]
async fn who_saw_an_older_state_changes_nothing() {
    let clinic = Clinic::open().await;
    let patient = clinic.patient(&KAZUO, "1958-03-14", "03-1111-3333").await;
    let visit = clinic.visit(&patient, VisitState::Waiting, "2026-11-20T10:15:00+09:00", 1).await;
    take(&clinic.access, &visit, 1, Step::Call, clinic.now()).await.unwrap();
    let second = take(&clinic.access, &visit, 1, Step::Call, clinic.now()).await;
    assert!(matches!(second, Err(ChartError::Conflict)), "{second:?}");
    let wrong = take(&clinic.access, &visit, 2, Step::Finish, clinic.now()).await;
    assert!(matches!(wrong, Err(ChartError::Step)), "{wrong:?}");
}

#[tokio::test]
async fn a_visit_of_another_institution_does_not_exist() {
    let clinic = Clinic::open().await;
    let patient = clinic.patient(&KAZUO, "1958-03-14", "03-1111-3333").await;
    let visit = clinic.visit(&patient, VisitState::Waiting, "2026-11-20T10:15:00+09:00", 1).await;
    let foreign = take(&clinic.other, &visit, 1, Step::Call, clinic.now()).await;
    assert!(matches!(foreign, Err(ChartError::NotFound)), "{foreign:?}");
    let arrival = Arrival::WalkIn { patient, kind: None, reason: None };
    let foreign = accept(&clinic.other, arrival, clinic.id(), clinic.today(), clinic.now()).await;
    assert!(matches!(foreign, Err(ChartError::NotFound)), "{foreign:?}");
}

#[tokio::test]
async fn an_appointment_becomes_a_visit_once() {
    let clinic = Clinic::open().await;
    let patient = clinic.patient(&KAZUO, "1958-03-14", "03-1111-3333").await;
    let other = clinic.patient(&MAYUMI, "1981-05-02", "090-1111-2222").await;
    clinic.visit(&other, VisitState::Waiting, "2026-11-20T10:06:00+09:00", 4).await;
    let appointment = clinic.appointment(&patient, "2026-11-20T11:00:00+09:00").await;
    let arrival = Arrival::Booked { appointment: appointment.clone(), seen: 1 };
    let visit = accept(&clinic.access, arrival.clone(), clinic.id(), clinic.today(), clinic.now()).await.unwrap();
    assert_eq!(visit.queue_number, Some(5));
    assert_eq!(visit.kind.as_deref(), Some("予防接種"));
    assert_eq!(visit.reason.as_deref(), Some("インフルエンザワクチン"));
    let again = accept(&clinic.access, arrival, clinic.id(), clinic.today(), clinic.now()).await;
    assert!(matches!(again, Err(ChartError::Conflict)), "{again:?}");
    let list = today(&clinic.access, clinic.today(), clinic.now()).await.unwrap();
    assert_eq!((list.visits.len(), list.expected.len()), (2, 0));
    assert_eq!(list.visit(&visit.id).unwrap().booked.unwrap().clock_in_japan(), "11:00");
}

#[tokio::test]
async fn whoever_is_in_the_building_is_not_accepted_a_second_time() {
    let clinic = Clinic::open().await;
    let patient = clinic.patient(&KAZUO, "1958-03-14", "03-1111-3333").await;
    let arrival = || Arrival::WalkIn { patient: patient.clone(), kind: None, reason: Some(" 咳 ".to_owned()) };
    let first = accept(&clinic.access, arrival(), clinic.id(), clinic.today(), clinic.now()).await.unwrap();
    assert_eq!(
        (first.queue_number, first.kind.as_deref(), first.reason.as_deref()),
        (Some(1), Some("初診"), Some("咳"))
    );
    let again = accept(&clinic.access, arrival(), clinic.id(), clinic.today(), clinic.now()).await;
    assert!(matches!(again, Err(ChartError::Step)), "{again:?}");
}

#[tokio::test]
async fn two_desks_at_the_same_moment_give_two_numbers() {
    let clinic = Clinic::open().await;
    let mut patients = Vec::new();
    for number in 0..6 {
        let number = format!("{number:06}");
        let named = crate::clinic::Named("森 太郎", "モリ タロウ", &number);
        patients.push(clinic.patient(&named, "1990-01-01", "03-1111-3333").await);
    }
    let desks: Vec<_> = patients
        .into_iter()
        .map(|patient| {
            let (access, id, date, now) = (clinic.access.clone(), clinic.id(), clinic.today(), clinic.now());
            tokio::spawn(async move {
                accept(&access, Arrival::WalkIn { patient, kind: None, reason: None }, id, date, now).await
            })
        })
        .collect();
    let mut numbers = Vec::new();
    for desk in desks {
        // Six desks in one instant may wear out the tries of one; it is then told so and has changed nothing.
        match desk.await.unwrap() {
            Ok(visit) => numbers.push(visit.queue_number.unwrap()),
            Err(ChartError::Conflict) => {}
            Err(other) => panic!("{other}"),
        }
    }
    numbers.sort_unstable();
    let expected: Vec<u32> = (1..=u32::try_from(numbers.len()).unwrap()).collect();
    assert!(numbers.len() >= 5, "{numbers:?}");
    assert_eq!(numbers, expected);
}

#[tokio::test]
async fn open_screens_learn_of_a_change_without_an_audit_event() {
    let clinic = Clinic::open().await;
    let patient = clinic.patient(&KAZUO, "1958-03-14", "03-1111-3333").await;
    let visit = clinic.visit(&patient, VisitState::Waiting, "2026-11-20T10:15:00+09:00", 1).await;
    let before = change_mark(&clinic.access, clinic.today()).await.unwrap();
    let events = clinic.audit().await.len();
    assert_eq!(change_mark(&clinic.access, clinic.today()).await.unwrap(), before);
    assert_eq!(clinic.audit().await.len(), events + 1, "only the look at the audit trail itself");
    take(&clinic.access, &visit, 1, Step::Call, clinic.now()).await.unwrap();
    assert_ne!(change_mark(&clinic.access, clinic.today()).await.unwrap(), before);
    assert_eq!(change_mark(&clinic.other, clinic.today()).await.unwrap(), "");
}

#[tokio::test]
async fn a_visit_that_nobody_closed_yesterday_keeps_neither_its_patient_nor_its_number() {
    let clinic = Clinic::open().await;
    let patient = clinic.patient(&KAZUO, "1958-03-14", "03-1111-3333").await;
    clinic.visit(&patient, VisitState::Waiting, "2026-11-19T10:15:00+09:00", 1).await;
    let arrival = || Arrival::WalkIn { patient: patient.clone(), kind: None, reason: None };
    let made = accept(&clinic.access, arrival(), clinic.id(), clinic.today(), clinic.now()).await.unwrap();
    assert_eq!((made.queue_number, made.kind.as_deref()), (Some(1), Some("再診")));
    let again = accept(&clinic.access, arrival(), clinic.id(), clinic.today(), clinic.now()).await;
    assert!(matches!(again, Err(ChartError::Step)), "{again:?}");
}
