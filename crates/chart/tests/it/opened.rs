//! Charts opened lately, and work that was left.
use crate::clinic::{Clinic, KAZUO, MAYUMI, MAYUMI_2};
use crate::notes::{Consultation, doctor, scribe};
use karute_chart::finish::Finished;
use karute_chart::note::Section;
use karute_chart::opened::{confusable, left, opens};
use karute_chart::reception::today;
use karute_chart::summary;
use karute_chart::view::VisitState;
use karute_fhir::Id;
use karute_ledger::Action;

/// Opens a chart as the page does; answers who could be taken for its patient.
async fn open(clinic: &Clinic, by: &Id, patient: &Id) -> Vec<String> {
    let reader = clinic.access.reader(Action::View);
    let person = summary::person(&reader, patient).await.unwrap();
    let found = confusable(&clinic.access, by, &person, clinic.now()).await.unwrap();
    opens(&reader, by, &person, clinic.now());
    reader.release(found.into_iter().map(|p| p.name).collect()).await.unwrap()
}

#[tokio::test]
async fn safe_03_the_second_of_two_similar_charts_names_the_first_within_the_hour() {
    let clinic = Clinic::open().await;
    let mayumi = clinic.patient(&MAYUMI, "1981-05-02", "").await;
    let other = clinic.patient(&MAYUMI_2, "1979-08-30", "").await;
    let kazuo = clinic.patient(&KAZUO, "1958-03-14", "").await;
    let (me, colleague) = (Id::new("person-1").unwrap(), Id::new("dr-sato").unwrap());
    assert!(open(&clinic, &me, &mayumi).await.is_empty());
    assert!(open(&clinic, &me, &kazuo).await.is_empty(), "nobody is like 高橋 和夫");
    assert_eq!(open(&clinic, &me, &other).await, ["渡邊 真弓"]);
    assert!(open(&clinic, &colleague, &other).await.is_empty(), "a colleague opened only the one");
    assert!(open(&clinic, &me, &mayumi).await.contains(&"渡辺 真由美".to_owned()), "and back again");
    // The list tags who waits and could be taken for somebody whose chart was just open and who has left.
    clinic.visit(&other, VisitState::Waiting, "2026-11-20T10:30:00+09:00", 4).await;
    let list = today(&clinic.access, clinic.today(), clinic.now()).await.unwrap();
    assert_eq!(list.visits[0].similar, std::slice::from_ref(&mayumi));
    clinic.clock.advance_ms(61 * 60_000);
    assert!(open(&clinic, &me, &other).await.is_empty(), "an hour is over");
    let list = today(&clinic.access, clinic.today(), clinic.now()).await.unwrap();
    assert!(list.visits[0].similar.is_empty());
}

#[tokio::test]
async fn a_look_that_fails_leaves_no_mark() {
    let clinic = Clinic::open().await;
    let mayumi = clinic.patient(&MAYUMI, "1981-05-02", "").await;
    let other = clinic.patient(&MAYUMI_2, "1979-08-30", "").await;
    let me = Id::new("person-1").unwrap();
    {
        let reader = clinic.access.reader(Action::View);
        let person = summary::person(&reader, &mayumi).await.unwrap();
        opens(&reader, &me, &person, clinic.now());
        // Dropped without release: the page was never shown.
    }
    assert!(open(&clinic, &me, &other).await.is_empty());
}

#[tokio::test]
async fn safe_04_work_left_in_a_visit_stays_in_sight_until_it_is_finished() {
    let v = Consultation::open().await;
    let access = &v.clinic.access;
    let me = doctor().person;
    assert!(left(access, &me, None).await.unwrap().is_empty());
    open(&v.clinic, &me, &v.patient).await;
    v.write(&doctor(), Section::Subjective, "", "咳").await;
    v.write(&scribe(), Section::Plan, "", "再診").await;
    let mine = left(access, &me, None).await.unwrap();
    assert_eq!(mine.len(), 1);
    assert_eq!((&mine[0].patient, &mine[0].visit, mine[0].family.as_str()), (&v.patient, &v.visit, "高橋"));
    assert!(left(access, &me, Some(&v.patient)).await.unwrap().is_empty(), "not while it is open");
    assert_eq!(left(access, &scribe().person, None).await.unwrap().len(), 1);
    assert!(left(&v.clinic.other, &me, None).await.unwrap().is_empty());
    assert!(matches!(v.finish(&doctor()).await, Finished::Done));
    for by in [&me, &scribe().person] {
        assert!(left(access, by, None).await.unwrap().is_empty(), "finished for everybody who wrote");
    }
}
