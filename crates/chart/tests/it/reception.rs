use crate::clinic::{Clinic, KAZUO, MAYUMI, MAYUMI_2};
use karute_chart::reception::{card, today};
use karute_chart::view::{Allergy, VisitState};
use serde_json::json;

#[tokio::test]
async fn the_list_of_today_holds_todays_visits_in_the_order_of_arrival_and_nothing_else() {
    let clinic = Clinic::open().await;
    let mayumi = clinic.patient(&MAYUMI, "1981-05-02", "090-1111-2222").await;
    let kazuo = clinic.patient(&KAZUO, "1958-03-14", "03-1111-3333").await;
    clinic.visit(&kazuo, VisitState::Waiting, "2026-11-20T10:15:00+09:00", 2).await;
    clinic.visit(&mayumi, VisitState::InConsultation, "2026-11-20T09:58:00+09:00", 1).await;
    // Yesterday's visit that nobody closed, an ended one, tomorrow's, and a cancelled one.
    clinic.visit(&kazuo, VisitState::Waiting, "2026-11-19T10:00:00+09:00", 7).await;
    clinic.visit(&kazuo, VisitState::Finished, "2026-10-20T10:00:00+09:00", 8).await;
    clinic.visit(&kazuo, VisitState::Waiting, "2026-11-21T10:00:00+09:00", 9).await;
    clinic.visit(&mayumi, VisitState::Cancelled, "2026-11-20T09:00:00+09:00", 10).await;
    let list = today(&clinic.access, clinic.today(), clinic.now()).await.unwrap();
    let shown: Vec<_> = list.visits.iter().map(|v| (v.queue_number, v.person.name.as_str(), v.state)).collect();
    assert_eq!(
        shown,
        vec![(Some(1), "渡邊 真弓", VisitState::InConsultation), (Some(2), "高橋 和夫", VisitState::Waiting)]
    );
    assert_eq!(list.waits(), Some((27, 27)));
    assert_eq!(list.inside(), 2);
}

#[tokio::test]
async fn people_with_the_same_reading_are_marked_while_both_are_in_the_building() {
    let clinic = Clinic::open().await;
    let one = clinic.patient(&MAYUMI, "1981-05-02", "090-1111-2222").await;
    let two = clinic.patient(&MAYUMI_2, "1979-08-30", "090-1111-3333").await;
    clinic.visit(&one, VisitState::Waiting, "2026-11-20T10:06:00+09:00", 1).await;
    clinic.visit(&two, VisitState::Waiting, "2026-11-20T10:28:00+09:00", 2).await;
    let list = today(&clinic.access, clinic.today(), clinic.now()).await.unwrap();
    assert_eq!(list.visits[0].similar, vec![two.clone()]);
    assert_eq!(list.visits[1].similar, vec![one]);
    let card = card(&clinic.access, &list.visits[0], clinic.today()).await.unwrap();
    assert_eq!(card.similar.len(), 1);
    assert_eq!(card.allergy, Allergy::Unconfirmed);
}

#[tokio::test]
async fn booked_people_are_expected_until_they_arrive() {
    let clinic = Clinic::open().await;
    let kazuo = clinic.patient(&KAZUO, "1958-03-14", "03-1111-3333").await;
    clinic.appointment(&kazuo, "2026-11-20T11:00:00+09:00").await;
    clinic.appointment(&kazuo, "2026-11-27T11:00:00+09:00").await;
    let list = today(&clinic.access, clinic.today(), clinic.now()).await.unwrap();
    assert_eq!(list.expected.len(), 1);
    assert_eq!(list.expected[0].kind.as_deref(), Some("予防接種"));
    assert_eq!(list.expected[0].start.unwrap().clock_in_japan(), "11:00");
}

#[tokio::test]
async fn insurance_is_that_of_the_day_and_a_lapsed_one_is_said_to_be() {
    let clinic = Clinic::open().await;
    let coverage = |patient: &karute_fhir::Id, kind: &str, end: &str| {
        json!({"resourceType": "Coverage", "status": "active", "type": {"text": kind},
               "beneficiary": {"reference": format!("Patient/{patient}")},
               "relationship": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/subscriber-relationship", "code": "self"}]},
               "payor": [{"display": "x"}], "period": {"start": "2024-04-01", "end": end},
               "costToBeneficiary": [{"valueQuantity": {"value": 30}}]})
    };
    let one = clinic.patient(&MAYUMI, "1981-05-02", "090-1111-2222").await;
    let two = clinic.patient(&KAZUO, "1958-03-14", "03-1111-3333").await;
    clinic.put(coverage(&one, "国民健康保険", "2026-03-31")).await;
    clinic.put(coverage(&one, "協会けんぽ", "2027-03-31")).await;
    clinic.put(coverage(&two, "国民健康保険", "2026-11-19")).await;
    clinic.visit(&one, VisitState::Waiting, "2026-11-20T10:06:00+09:00", 1).await;
    clinic.visit(&two, VisitState::Waiting, "2026-11-20T10:28:00+09:00", 2).await;
    let list = today(&clinic.access, clinic.today(), clinic.now()).await.unwrap();
    assert_eq!(list.visits[0].insurance.as_ref().unwrap().short, "社保 本人 3割");
    assert!(!list.visits[0].insurance_lapsed);
    assert_eq!(list.visits[1].insurance, None);
    assert!(list.visits[1].insurance_lapsed);
}

#[tokio::test]
async fn a_list_is_one_audit_event_that_names_everybody_shown() {
    let clinic = Clinic::open().await;
    let mayumi = clinic.patient(&MAYUMI, "1981-05-02", "090-1111-2222").await;
    clinic.visit(&mayumi, VisitState::Waiting, "2026-11-20T10:06:00+09:00", 1).await;
    let before = clinic.audit().await.len();
    today(&clinic.access, clinic.today(), clinic.now()).await.unwrap();
    let events = clinic.audit().await;
    // The two looks at the audit trail are events too.
    let views: Vec<_> = events.iter().filter(|e| e.contains("\"action\":\"view\"") && e.contains("受付一覧")).collect();
    assert_eq!(views.len(), 1, "{events:?} after {before}");
    assert!(views[0].contains(&format!("Patient/{mayumi}")));
}

#[tokio::test]
async fn another_institution_sees_none_of_it() {
    let clinic = Clinic::open().await;
    let mayumi = clinic.patient(&MAYUMI, "1981-05-02", "090-1111-2222").await;
    clinic.visit(&mayumi, VisitState::Waiting, "2026-11-20T10:06:00+09:00", 1).await;
    let list = today(&clinic.other, clinic.today(), clinic.now()).await.unwrap();
    assert!(list.visits.is_empty() && list.expected.is_empty());
}
