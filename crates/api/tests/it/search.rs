//! search: paging, parts, handling of what is unknown. What the parameters mean is tested where they are parsed and
//! turned into SQL.
use crate::support::{Server, observation, on_both};

async fn several(s: &Server, count: usize) -> Vec<String> {
    s.patient("p").await;
    let mut ids = Vec::new();
    for i in 0..count {
        ids.push(s.post("/fhir/Observation", observation("p", &format!("{i}.50"))).await.expect(201).id());
    }
    ids
}

async fn pages_hold_everything_once_and_their_links_no_data(s: &Server) {
    let ids = several(s, 7).await;
    let mut seen = Vec::new();
    let mut next = Some("/fhir/Observation?subject=Patient/p&_count=3&_total=accurate".to_owned());
    let mut pages = 0;
    while let Some(address) = next {
        let page = s.get(&address).await.expect(200);
        assert_eq!(page.json()["type"], "searchset");
        assert_eq!(page.json()["total"], 7);
        assert!(page.link("self").is_some());
        seen.extend(page.ids("match"));
        next = page.link("next");
        if let Some(link) = &next {
            assert!(link.contains("_cursor=") && !link.contains("Patient") && !link.contains("subject"), "{link}");
        }
        pages += 1;
    }
    assert_eq!(seen, ids);
    assert_eq!(pages, 3);
}

async fn what_is_found_is_stored_text(s: &Server) {
    let ids = several(s, 1).await;
    let read = s.get(&format!("/fhir/Observation/{}", ids[0])).await;
    let found = s.get("/fhir/Observation?subject=Patient/p").await.expect(200);
    assert!(found.text().contains(read.text()));
    assert!(found.text().contains(&format!(r#""fullUrl":"https://karute.example/fhir/Observation/{}""#, ids[0])));
}

async fn a_search_by_form_finds_the_same(s: &Server) {
    let ids = several(s, 2).await;
    let form = |body: &'static str, address: &str| {
        s.ask("POST", address).header("content-type", "application/x-www-form-urlencoded").body(body).send()
    };
    let found = form("subject=Patient%2Fp&_count=1", "/fhir/Observation/_search").await.expect(200);
    assert_eq!(found.ids("match"), ids[..1]);
    let next = found.link("next").unwrap();
    assert_eq!(s.get(&next).await.expect(200).ids("match"), ids[1..]);
    let mixed = form("_count=1", "/fhir/Observation/_search?subject=Patient/p").await.expect(200);
    assert_eq!(mixed.ids("match"), ids[..1]);
    s.ask("POST", "/fhir/Observation/_search").fhir("{}").send().await.refused(415, "not-supported");
    form("", "/fhir/Observation/_search").await.expect(200);
}

async fn a_paging_link_opens_only_for_whom_it_was_made(s: &Server) {
    several(s, 3).await;
    let next = s.get("/fhir/Observation?_count=1").await.link("next").unwrap();
    s.ask("GET", &next).token(&s.other_token).send().await.refused(400, "expired");
    let elsewhere = next.replace("/Observation?", "/Patient?");
    s.get(&elsewhere).await.refused(400, "expired");
    let broken = format!("{next}x");
    s.get(&broken).await.refused(400, "expired");
    s.get("/fhir/Observation?_cursor=").await.refused(400, "expired");
    s.get("/fhir/Observation?_cursor=%00").await.expect(400);
    s.get(&format!("{next}&code=x")).await.refused(400, "invalid");
    s.get(&next).await.expect(200);
    s.clock.advance_ms(2 * 86_400_000);
    s.get(&next).await.refused(400, "expired");
}

async fn unknown_parameters_are_refused_or_named_when_the_caller_is_lenient(s: &Server) {
    several(s, 1).await;
    let address = "/fhir/Observation?subject=Patient/p&colour=blue";
    s.get(address).await.refused(400, "not-supported");
    let found = s.ask("GET", address).header("prefer", "handling=lenient").send().await.expect(200);
    assert_eq!(found.ids("match").len(), 1);
    let bundle = found.json();
    let outcome = bundle["entry"].as_array().unwrap().iter().find(|e| e["search"]["mode"] == "outcome").unwrap();
    assert_eq!(outcome["resource"]["issue"][0]["severity"], "warning");
    assert!(!found.link("self").unwrap().contains("colour"));
    s.get("/fhir/Observation?date=yesterday").await.expect(400);
}

async fn a_total_nobody_asked_for_stands_only_where_it_is_known(s: &Server) {
    several(s, 7).await;
    let cases = [
        ("_count=3", None),
        ("_count=7", Some(7)),
        ("", Some(7)),
        ("_total=none", None),
        ("_count=3&_total=accurate", Some(7)),
        ("_count=3&_total=estimate", Some(7)),
        ("_count=0", Some(7)),
        ("_sort=-date&_count=6", None),
    ];
    for (asked, total) in cases {
        let found = s.get(&format!("/fhir/Observation?subject=Patient/p&{asked}")).await.expect(200);
        assert_eq!(found.json()["total"].as_u64(), total, "{asked}");
    }
    // The last page holds everything that is left, which is not everything.
    let first = s.get("/fhir/Observation?subject=Patient/p&_count=4").await.expect(200);
    let last = s.get(&first.link("next").unwrap()).await.expect(200);
    assert!(last.ids("match").len() == 3 && last.json()["total"].is_null());
}

async fn parts_are_marked_as_parts(s: &Server) {
    let ids = several(s, 1).await;
    let found = s.get("/fhir/Observation?_elements=value&_id=".to_owned().as_str()).await;
    assert!(found.status.is_client_error() || found.ids("match").is_empty());
    let found = s.get(&format!("/fhir/Observation?_elements=value&_id={}", ids[0])).await.expect(200).json();
    let resource = &found["entry"][0]["resource"];
    assert_eq!(resource["meta"]["tag"][0]["code"], "SUBSETTED");
    assert!(resource["valueQuantity"].is_object() && resource["code"].is_object() && resource["subject"].is_null());
    let counted = s.get("/fhir/Observation?_summary=count").await.expect(200).json();
    assert_eq!((&counted["total"], counted["entry"].is_null()), (&serde_json::json!(1), true));
    let read = s.get(&format!("/fhir/Observation/{}?_summary=text", ids[0])).await.expect(200).json();
    assert!(read["valueQuantity"].is_null() && read["status"] == "final");
}

async fn includes_come_beside_the_matches(s: &Server) {
    several(s, 2).await;
    let found = s.get("/fhir/Observation?subject=Patient/p&_include=Observation:subject").await.expect(200);
    assert_eq!((found.ids("match").len(), found.ids("include")), (2, vec!["p".to_owned()]));
    let back = s.get("/fhir/Patient?_id=p&_revinclude=Observation:subject").await.expect(200);
    assert_eq!((back.ids("match").len(), back.ids("include").len()), (1, 2));
}

async fn a_deleted_resource_is_not_found(s: &Server) {
    let ids = several(s, 2).await;
    s.ask("DELETE", &format!("/fhir/Observation/{}", ids[0])).send().await.expect(204);
    assert_eq!(s.get("/fhir/Observation?subject=Patient/p").await.ids("match"), ids[1..]);
}

on_both!(
    pages_hold_everything_once_and_their_links_no_data,
    what_is_found_is_stored_text,
    a_search_by_form_finds_the_same,
    a_paging_link_opens_only_for_whom_it_was_made,
    unknown_parameters_are_refused_or_named_when_the_caller_is_lenient,
    a_total_nobody_asked_for_stands_only_where_it_is_known,
    parts_are_marked_as_parts,
    includes_come_beside_the_matches,
    a_deleted_resource_is_not_found,
);
