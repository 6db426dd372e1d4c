use crate::clinic::{Clinic, KAZUO, MAYUMI, MAYUMI_2, Named};
use karute_chart::patients::search;
use karute_chart::view::VisitState;

#[tokio::test]
async fn a_patient_is_found_by_every_way_people_ask() {
    let clinic = Clinic::open().await;
    clinic.patient(&MAYUMI, "1981-05-02", "090-1111-2222").await;
    clinic.patient(&MAYUMI_2, "1979-08-30", "090-1111-3333").await;
    let kazuo = clinic.patient(&KAZUO, "1958-03-14", "0476-12-3456").await;
    clinic.visit(&kazuo, VisitState::Waiting, "2026-11-20T10:15:00+09:00", 3).await;
    let (a, b, k) = ("003307", "003912", "004821");
    let cases: [(&str, &[&str]); 21] = [
        ("わたなべ", &[b, a]),
        ("ワタナベ", &[b, a]),
        ("ﾜﾀﾅﾍﾞ", &[b, a]),
        ("わた", &[b, a]),
        ("渡辺", &[b, a]),
        ("渡邊", &[b, a]),
        ("渡邉", &[b, a]),
        ("watanabe", &[b, a]),
        ("わたなべ まゆみ", &[b, a]),
        ("わたなべまゆみ", &[b, a]),
        ("わたなべ S54.8.30", &[b]),
        ("takahasi", &[k]),
        ("takahashi", &[k]),
        ("4821", &[k]),
        ("004821", &[k]),
        ("S33.3.14", &[k]),
        ("昭和33年3月14日", &[k]),
        ("19580314", &[k]),
        ("0476-12-3456", &[k]),
        ("3456", &[k]),
        ("やまだ", &[]),
    ];
    for (asked, expected) in cases {
        let found = search(&clinic.access, asked, clinic.today()).await.unwrap();
        let numbers: Vec<&str> = found.hits.iter().map(|h| h.person.number.as_deref().unwrap()).collect();
        assert_eq!(numbers, expected, "{asked}");
    }
}

#[tokio::test]
async fn an_answer_tells_who_is_here_and_who_looks_alike() {
    let clinic = Clinic::open().await;
    let mayumi = clinic.patient(&MAYUMI, "1981-05-02", "090-1111-2222").await;
    clinic.patient(&MAYUMI_2, "1979-08-30", "090-1111-3333").await;
    clinic.visit(&mayumi, VisitState::InConsultation, "2026-11-20T10:15:00+09:00", 3).await;
    let found = search(&clinic.access, "わたなべ", clinic.today()).await.unwrap();
    assert!(found.hits.iter().all(|h| h.similar));
    let states: Vec<_> = found.hits.iter().map(|h| h.today).collect();
    assert_eq!(states, vec![None, Some((VisitState::InConsultation, Some(3)))]);
}

#[tokio::test]
async fn a_search_touches_nobody_it_does_not_show() {
    let clinic = Clinic::open().await;
    let mayumi = clinic.patient(&MAYUMI, "1981-05-02", "090-1111-2222").await;
    let kazuo = clinic.patient(&KAZUO, "1958-03-14", "0476-12-3456").await;
    clinic.visit(&kazuo, VisitState::Waiting, "2026-11-20T10:15:00+09:00", 3).await;
    search(&clinic.access, "わたなべ", clinic.today()).await.unwrap();
    let event = clinic.audit().await.into_iter().find(|e| e.contains("患者検索: わたなべ")).unwrap();
    assert!(event.contains(mayumi.as_str()) && !event.contains(&format!("\"{kazuo}\"")), "{event}");
    assert!(!event.contains(&format!("Patient/{kazuo}/")), "{event}");
}

#[tokio::test]
async fn twenty_are_shown_and_more_are_announced() {
    let clinic = Clinic::open().await;
    for number in 0..22 {
        let number = format!("{number:06}");
        clinic.patient(&Named("森 太郎", "モリ タロウ", &number), "1990-01-01", "03-1111-3333").await;
    }
    let found = search(&clinic.access, "もり", clinic.today()).await.unwrap();
    assert_eq!((found.hits.len(), found.more), (20, true));
}

#[tokio::test]
async fn nothing_of_another_institution_is_found() {
    let clinic = Clinic::open().await;
    clinic.patient(&MAYUMI, "1981-05-02", "090-1111-2222").await;
    for asked in ["わたなべ", "003307", "S56.5.2", "090-1111-2222", "2222"] {
        assert!(search(&clinic.other, asked, clinic.today()).await.unwrap().hits.is_empty(), "{asked}");
    }
}

#[tokio::test]
async fn hostile_questions_find_nothing_and_break_nothing() {
    let clinic = Clinic::open().await;
    clinic.patient(&MAYUMI, "1981-05-02", "090-1111-2222").await;
    let long = "あ".repeat(5_000);
    for asked in
        ["", "  ", "%", "_", "'; DROP TABLE x;--", "a,b|c$d\\", "\u{0}", "🙂", &long, "0", "99999999999999999999"]
    {
        let found = search(&clinic.access, asked, clinic.today()).await.unwrap();
        assert!(found.hits.is_empty(), "{asked:.20}");
    }
}
