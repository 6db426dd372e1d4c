//! Full-text search over charts.
use crate::clinic::{Clinic, KAZUO, MAYUMI};
use karute_chart::find::{self, Piece, What, Words};
use karute_fhir::Id;
use karute_ledger::Action;
use serde_json::json;

async fn note(clinic: &Clinic, patient: &Id, date: &str, text: &str) {
    let div = format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{text}</div>");
    clinic
        .put(json!({"resourceType": "Composition", "status": "final", "type": {"text": "診療録"}, "title": "診療録",
        "subject": {"reference": format!("Patient/{patient}")}, "date": date, "author": [{"display": "森 さやか"}],
        "section": [{"title": "S", "text": {"status": "generated", "div": div}}]}))
        .await;
}

fn words(typed: &str) -> Words {
    Words::read(typed).unwrap()
}

fn marked(pieces: &[Piece]) -> String {
    pieces.iter().map(|p| if p.found { format!("[{}]", p.text) } else { p.text.clone() }).collect()
}

#[tokio::test]
async fn a_chart_is_searched_by_folded_words_all_of_which_must_occur() {
    let clinic = Clinic::open().await;
    let patient = clinic.patient(&KAZUO, "1958-03-14", "").await;
    note(&clinic, &patient, "2026-10-23T09:50:00+09:00", "メトホルミンで下痢。渡邉先生に紹介").await;
    note(&clinic, &patient, "2026-09-25T09:50:00+09:00", "メトホルミンは続ける").await;
    clinic.put(json!({"resourceType": "MedicationRequest", "status": "active", "intent": "order", "subject": {"reference": format!("Patient/{patient}")},
        "authoredOn": "2026-10-23", "medicationCodeableConcept": {"text": "メトホルミン塩酸塩錠500mg"}})).await;
    for (typed, notes, expected) in [
        ("ﾒﾄﾎﾙﾐﾝ", true, &[What::Note, What::Drug, What::Note][..]),
        ("メトホルミン 下痢", true, &[What::Note]),
        ("渡辺", true, &[What::Note]),
        ("メトホルミン", false, &[What::Drug]),
        ("頭痛", true, &[]),
    ] {
        let reader = clinic.access.reader(Action::Search);
        let (hits, more) = find::patient(&reader, &patient, &words(typed), notes).await.unwrap();
        reader.release(()).await.unwrap();
        let found: Vec<What> = hits.iter().map(|h| h.what).collect();
        assert_eq!((found.as_slice(), more), (expected, false), "{typed}");
    }
    let reader = clinic.access.reader(Action::Search);
    let (hits, _) = find::patient(&reader, &patient, &words("下痢 めとほるみん"), true).await.unwrap();
    reader.release(()).await.unwrap();
    assert_eq!(marked(&hits[0].sections[0].1), "[メトホルミン]で[下痢]。渡邉先生に紹介");
}

#[tokio::test]
async fn all_charts_are_looked_through_newest_first_and_nothing_is_skipped_between_presses() {
    let clinic = Clinic::open().await;
    let kazuo = clinic.patient(&KAZUO, "1958-03-14", "").await;
    let mayumi = clinic.patient(&MAYUMI, "1981-05-02", "").await;
    // Many notes of one instant, so that presses end in the middle of it.
    for n in 0..90 {
        let (patient, word) = if n % 2 == 0 { (&kazuo, "めまい") } else { (&mayumi, "めまい なし") };
        note(&clinic, patient, "2026-10-23T09:50:00+09:00", &format!("{word} {n}")).await;
    }
    note(&clinic, &kazuo, "2020-01-06T09:50:00+09:00", "めまいの始まり").await;
    let (mut from, mut seen, mut presses) = (None, Vec::new(), 0);
    loop {
        let page = find::clinic(&clinic.access, "めまい", &words("めまい"), from).await.unwrap();
        presses += 1;
        seen.extend(page.hits.iter().map(|h| (h.person.name.clone(), marked(&h.hit.sections[0].1))));
        from = page.next;
        if from.is_none() || presses > 9 {
            break;
        }
    }
    assert_eq!((seen.len(), presses), (91, 3));
    assert_eq!(seen.iter().collect::<std::collections::BTreeSet<_>>().len(), 91);
    assert_eq!(seen.last().unwrap(), &("高橋 和夫".to_owned(), "[めまい]の始まり".to_owned()));
    let event = clinic.audit().await.into_iter().find(|e| e.contains("全カルテの検索")).unwrap();
    assert!(event.contains("\"action\":\"search\""));
    assert!(event.contains("件を照合"), "{event}");
    // Thirty notes that say something else are looked through and named nowhere.
    for n in 0..30 {
        note(&clinic, &mayumi, "2026-11-01T09:50:00+09:00", &format!("咳 {n}")).await;
    }
    note(&clinic, &kazuo, "2026-11-02T09:50:00+09:00", "耳鳴り").await;
    find::clinic(&clinic.access, "耳鳴り", &words("耳鳴り"), None).await.unwrap();
    let event = clinic.audit().await.into_iter().find(|e| e.contains("全カルテの検索: 耳鳴り")).unwrap();
    assert!(event.contains("122件を照合、1件を表示"), "{event}");
    assert_eq!(event.matches("Composition/").count(), 1, "only what was shown: {event}");
    assert!(event.contains(kazuo.as_str()) && !event.contains(mayumi.as_str()), "{event}");
    let foreign = find::clinic(&clinic.other, "めまい", &words("めまい"), None).await.unwrap();
    assert!(foreign.hits.is_empty());
}
