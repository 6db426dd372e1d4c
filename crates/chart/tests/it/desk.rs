//! What the desk does with a visit beside moving it on.
use crate::clinic::{Clinic, KAZUO, MAYUMI, MAYUMI_2, Named};
use karute_chart::ChartError;
use karute_chart::reception::{Reception, arriving, board, doctors, today};
use karute_chart::view::{Tag, VisitState};
use karute_chart::visit::{Arrival, Shift, Step, accept, assign, cancel, reorder, restore, set_tag, take};
use karute_fhir::Id;
use serde_json::json;

async fn list(clinic: &Clinic) -> Reception {
    today(&clinic.access, clinic.today(), clinic.now()).await.unwrap()
}

async fn three_waiting(clinic: &Clinic) -> Vec<Id> {
    let mut visits = Vec::new();
    let people = [&MAYUMI, &MAYUMI_2, &KAZUO];
    for (n, named) in people.iter().enumerate() {
        let patient = clinic.patient(named, "1981-05-02", "090-1111-2222").await;
        let at = format!("2026-11-20T10:0{n}:00+09:00");
        visits.push(clinic.visit(&patient, VisitState::Waiting, &at, u32::try_from(n).unwrap() + 1).await);
    }
    visits
}

fn numbers(list: &Reception) -> Vec<u32> {
    list.in_state(VisitState::Waiting).map(|v| v.queue_number.unwrap()).collect()
}

#[tokio::test]
async fn an_arrival_is_cancelled_with_a_reason_and_taken_back() {
    let clinic = Clinic::open().await;
    let patient = clinic.patient(&KAZUO, "1958-03-14", "03-1111-3333").await;
    let appointment = clinic.appointment(&patient, "2026-11-20T11:00:00+09:00").await;
    let arrival = Arrival::Booked { appointment: appointment.clone(), seen: 1 };
    let visit = accept(&clinic.access, arrival, clinic.id(), clinic.today(), clinic.now()).await.unwrap();
    let blank = cancel(&clinic.access, &visit.id, visit.version, " 　", clinic.now()).await;
    assert!(matches!(blank, Err(ChartError::Invalid)), "{blank:?}");
    let gone = cancel(&clinic.access, &visit.id, visit.version, "帰宅した", clinic.now()).await.unwrap();
    assert_eq!((gone.state, gone.cancelled.as_deref()), (Some(VisitState::Cancelled), Some("帰宅した")));
    let seen = list(&clinic).await;
    assert_eq!(
        (seen.visits.len(), seen.cancelled.len(), seen.expected.len()),
        (0, 1, 1),
        "the appointment is open again"
    );
    assert!(clinic.audit().await.iter().any(|e| e.contains("受付を取り消す（帰宅した）")));

    let back = restore(&clinic.access, &visit.id, gone.version, clinic.now()).await.unwrap();
    assert_eq!((back.state, back.queue_number), (Some(VisitState::Waiting), visit.queue_number));
    assert_eq!(back.cancelled, None);
    let seen = list(&clinic).await;
    assert_eq!((seen.visits.len(), seen.cancelled.len(), seen.expected.len()), (1, 0, 0));
}

#[tokio::test]
async fn only_who_still_waits_is_cancelled_and_only_who_was_not_received_again_comes_back() {
    let clinic = Clinic::open().await;
    let patient = clinic.patient(&KAZUO, "1958-03-14", "03-1111-3333").await;
    let visit = clinic.visit(&patient, VisitState::Waiting, "2026-11-20T10:15:00+09:00", 1).await;
    take(&clinic.access, &visit, 1, Step::Call, clinic.now()).await.unwrap();
    let seen = cancel(&clinic.access, &visit, 2, "まちがい", clinic.now()).await;
    assert!(matches!(seen, Err(ChartError::Step)), "{seen:?}");
    take(&clinic.access, &visit, 2, Step::BackToWaiting, clinic.now()).await.unwrap();
    let overtaken = cancel(&clinic.access, &visit, 2, "まちがい", clinic.now()).await;
    assert!(matches!(overtaken, Err(ChartError::Conflict)), "{overtaken:?}");
    let gone = cancel(&clinic.access, &visit, 3, "まちがい", clinic.now()).await.unwrap();
    let again = Arrival::WalkIn { patient, kind: None, reason: None };
    let again = accept(&clinic.access, again, clinic.id(), clinic.today(), clinic.now()).await.unwrap();
    assert_eq!(again.queue_number, Some(2), "somebody may still hold the slip with number 1");
    let back = restore(&clinic.access, &visit, gone.version, clinic.now()).await;
    assert!(matches!(back, Err(ChartError::Step)), "{back:?}");
}

#[tokio::test]
async fn the_order_is_that_of_arrival_until_somebody_changes_it_and_says_why() {
    let clinic = Clinic::open().await;
    let visits = three_waiting(&clinic).await;
    assert_eq!(numbers(&list(&clinic).await), [1, 2, 3]);
    let moved = reorder(&clinic.access, &visits[2], 1, Shift::Up, Some("つらそう"), clinic.now()).await.unwrap();
    assert_eq!(numbers(&list(&clinic).await), [1, 3, 2]);
    assert_eq!(moved.arrived.unwrap().clock_in_japan(), "10:02", "the time of arrival stays");
    assert!(clinic.audit().await.iter().any(|e| e.contains("順番を変える：1つ上へ（つらそう）")));
    let overtaken = reorder(&clinic.access, &visits[2], 1, Shift::Up, None, clinic.now()).await;
    assert!(matches!(overtaken, Err(ChartError::Conflict)), "{overtaken:?}");
    reorder(&clinic.access, &visits[2], moved.version, Shift::First, None, clinic.now()).await.unwrap();
    assert_eq!(numbers(&list(&clinic).await), [3, 1, 2]);
    let first = reorder(&clinic.access, &visits[2], moved.version + 1, Shift::Up, None, clinic.now()).await;
    assert!(matches!(first, Err(ChartError::Step)), "{first:?}");
    reorder(&clinic.access, &visits[2], moved.version + 1, Shift::Last, None, clinic.now()).await.unwrap();
    assert_eq!(numbers(&list(&clinic).await), [1, 2, 3]);
    let foreign = reorder(&clinic.other, &visits[0], 1, Shift::Down, None, clinic.now()).await;
    assert!(matches!(foreign, Err(ChartError::NotFound)), "{foreign:?}");
}

#[tokio::test]
async fn tags_doctor_and_room_are_kept_with_the_visit() {
    let clinic = Clinic::open().await;
    let visit = three_waiting(&clinic).await.remove(0);
    let visit_ = set_tag(&clinic.access, &visit, 1, Tag::Fever, true, clinic.now()).await.unwrap();
    let visit_ = set_tag(&clinic.access, &visit, visit_.version, Tag::Isolation, true, clinic.now()).await.unwrap();
    assert_eq!(visit_.tags, [Tag::Fever, Tag::Isolation]);
    let visit_ = set_tag(&clinic.access, &visit, visit_.version, Tag::Fever, false, clinic.now()).await.unwrap();
    assert_eq!(visit_.tags, [Tag::Isolation]);
    let derived = set_tag(&clinic.access, &visit, visit_.version, Tag::QuestionnaireDone, true, clinic.now()).await;
    assert!(matches!(derived, Err(ChartError::Invalid)), "{derived:?}");

    let doctor = clinic
        .put(json!({"resourceType": "Practitioner", "id": "dr-1", "name": [{"family": "森", "given": ["健吾"]}]}))
        .await;
    for (id, code, person) in [("r-1", "doctor", "dr-1"), ("r-2", "nurse", "dr-2")] {
        clinic
            .put(json!({"resourceType": "PractitionerRole", "id": id, "active": true, "code": [{"coding": [{"code": code}]}],
                "practitioner": {"reference": format!("Practitioner/{person}")}}))
            .await;
    }
    let all = doctors(&clinic.access).await.unwrap();
    assert_eq!(all, [(doctor.clone(), "森 健吾".to_owned())]);
    let named = Some((&all[0].0, all[0].1.as_str()));
    assign(&clinic.access, &visit, visit_.version, named, Some(" 第2 診察室 "), clinic.now()).await.unwrap();
    let seen = list(&clinic).await;
    let row = seen.visit(&visit).unwrap();
    assert_eq!((row.doctor.as_ref(), row.room.as_deref()), (Some(&doctor), Some("第2 診察室")));
    assign(&clinic.access, &visit, row.version, None, None, clinic.now()).await.unwrap();
    let seen = list(&clinic).await;
    assert_eq!((seen.visit(&visit).unwrap().doctor.clone(), seen.visit(&visit).unwrap().room.clone()), (None, None));
}

#[tokio::test]
async fn other_desks_are_told_who_did_what_for_five_seconds() {
    let clinic = Clinic::open().await;
    let visit = three_waiting(&clinic).await.remove(0);
    take(&clinic.access, &visit, 1, Step::Call, clinic.now()).await.unwrap();
    let seen = list(&clinic).await;
    let act = seen.visit(&visit).unwrap().act.clone().unwrap();
    assert_eq!((act.by.as_str(), act.name.as_str(), act.words.as_str()), ("person-1", "森 さやか", "呼び出しました"));
    assert!(act.is_news(clinic.now()));
    clinic.clock.advance_ms(5_001);
    assert!(!act.is_news(clinic.now()));
    clinic.clock.advance_ms(60_000);
    assert_eq!(list(&clinic).await.visit(&visit).unwrap().act, None, "and forgotten");
}

#[tokio::test]
async fn who_arrives_brings_what_always_concerns_them_and_is_shown_with_look_alikes_and_insurance() {
    let clinic = Clinic::open().await;
    let one = clinic.patient(&MAYUMI, "1981-05-02", "090-1111-2222").await;
    let two = clinic.patient(&MAYUMI_2, "1979-08-30", "090-1111-3333").await;
    let marked = json!({"resourceType": "Patient", "id": "p-w", "name": [{"family": "小川", "given": ["キヨ"]}],
        "meta": {"tag": [{"system": "https://karute.example/fhir/visit-tag", "code": "wheelchair"}]}});
    let kiyo = clinic.put(marked).await;
    clinic.visit(&one, VisitState::Waiting, "2026-11-20T10:06:00+09:00", 1).await;
    let before = clinic.visit(&two, VisitState::Finished, "2026-10-20T10:06:00+09:00", 1).await;
    let seen = arriving(&clinic.access, &two, clinic.today(), clinic.now()).await.unwrap();
    assert_eq!(seen.similar.iter().map(|(p, s)| (&p.id, *s)).collect::<Vec<_>>(), [(&one, Some(VisitState::Waiting))]);
    assert_eq!((seen.kind.as_str(), seen.last_visit), ("再診", Some("2026-10-20".parse().unwrap())));
    assert_eq!(seen.here, None, "{before}");
    let seen = arriving(&clinic.access, &one, clinic.today(), clinic.now()).await.unwrap();
    assert_eq!(seen.here, Some((VisitState::Waiting, Some(1))));
    let arrival = Arrival::WalkIn { patient: kiyo, kind: Some("健診".to_owned()), reason: None };
    let made = accept(&clinic.access, arrival, clinic.id(), clinic.today(), clinic.now()).await.unwrap();
    assert_eq!((made.kind.as_deref(), made.tags), (Some("健診"), vec![Tag::Wheelchair, Tag::QuestionnaireMissing]));
}

#[tokio::test]
async fn the_display_of_the_waiting_room_holds_numbers_only() {
    let clinic = Clinic::open().await;
    let visits = three_waiting(&clinic).await;
    assign(&clinic.access, &visits[1], 1, None, Some("診察室1"), clinic.now()).await.unwrap();
    take(&clinic.access, &visits[1], 2, Step::Call, clinic.now()).await.unwrap();
    let shown = board(&clinic.access, clinic.today()).await.unwrap();
    assert_eq!(shown.called, [(2, Some("診察室1".to_owned()))]);
    assert_eq!(shown.waiting, [1, 3]);
    assert_eq!(board(&clinic.other, clinic.today()).await.unwrap(), karute_chart::reception::Board::default());
}

#[tokio::test]
async fn the_end_of_a_registered_telephone_number_finds_a_patient_who_is_not_here() {
    let clinic = Clinic::open().await;
    clinic
        .put(json!({"resourceType": "Patient", "id": "p-t", "name": [{"family": "森", "given": ["愛"]}],
            "telecom": [{"system": "phone", "value": "090-1111-7890"}],
            "meta": {"tag": [{"system": "urn:karute:phone-end", "code": "7890"}]}}))
        .await;
    clinic.patient(&Named("森 太郎", "モリ タロウ", "000009"), "1990-01-01", "03-1111-3333").await;
    let found = karute_chart::patients::search(&clinic.access, "7890", clinic.today()).await.unwrap();
    assert_eq!(found.hits.iter().map(|h| h.person.name.as_str()).collect::<Vec<_>>(), ["森 愛"]);
}
