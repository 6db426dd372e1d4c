//! Bad input: always a 4xx with an OperationOutcome, never a 5xx, never a panic.
use crate::support::{Reply, Server, patient};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

fn percent(bytes: &[u8]) -> String {
    bytes.iter().take(8).fold(String::new(), |out, b| out + &format!("%{b:02x}"))
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |out, b| out + &format!("%{b:02X}"))
}

fn refused_politely(reply: &Reply, what: &str) {
    assert!(reply.status.is_client_error(), "{what}: {} {}", reply.status, reply.text());
    let outcome = reply.json();
    assert_eq!(outcome["resourceType"], "OperationOutcome", "{what}");
    assert!(outcome["issue"][0]["details"]["text"].as_str().is_some_and(|t| !t.is_empty()), "{what}");
}

#[tokio::test]
async fn malformed_json_is_refused_with_line_and_column() {
    let s = Server::sqlite().await;
    let reply =
        s.post("/fhir/Patient", "{\n  \"resourceType\": \"Patient\",\n  \"a\": 1,,\n}").await.refused(400, "structure");
    let issue = &reply.json()["issue"][0];
    assert_eq!(issue["diagnostics"], "line 3, column 10");
    assert!(issue["details"]["text"].as_str().unwrap().contains("3 行 10 文字目"));
}

#[tokio::test]
async fn hostile_bodies_are_refused() {
    let s = Server::sqlite().await;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let nested = format!(r#"{{"resourceType":"Patient","x":{}1{}}}"#, "[".repeat(5000), "]".repeat(5000));
    let bodies: Vec<Vec<u8>> = [
        "",
        " ",
        "null",
        "true",
        "1",
        "\"x\"",
        "[]",
        "{}",
        "{",
        "}",
        "[1,]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{'a':1}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":1.}",
        "{\"a\":.1}",
        "{\"a\":1e}",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{\"a\":0x1}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\\u00\"}",
        "{\"a\":\"\t\"}",
        "{\"a\":1}{\"b\":2}",
        "{\"a\":1}garbage",
        "\u{feff}{}",
        "{\"a\":1,\"a\":2}",
        "{\"resourceType\":\"Patient\",\"resourceType\":\"Patient\"}",
        "{\"resourceType\":1}",
        "{\"resourceType\":null}",
        "{\"resourceType\":\"patient\"}",
        "{\"resourceType\":\"Patient\\u0000\"}",
        "{\"resourceType\":\"Patient\",\"id\":7}",
        "{\"resourceType\":\"Patient\",\"meta\":[]}",
        "{\"resourceType\":\"Patient\",\"name\":\"x\"}",
        "{\"resourceType\":\"Patient\",\"name\":[]}",
        "{\"resourceType\":\"Patient\",\"name\":[null]}",
        "{\"resourceType\":\"Patient\",\"active\":\"true\"}",
        "{\"resourceType\":\"Patient\",\"birthDate\":\"2026-02-30\"}",
        "{\"resourceType\":\"Patient\",\"gender\":\"\"}",
        "{\"resourceType\":\"Patient\",\"multipleBirthInteger\":1e999999999}",
        "/*x*/{}",
        "{\"a\":tru}",
    ]
    .iter()
    .map(|b| b.as_bytes().to_vec())
    .chain([
        deep.into_bytes(),
        nested.into_bytes(),
        b"{\"a\":\"\xff\xfe\"}".to_vec(),
        b"\x00".to_vec(),
        b"{\"resourceType\":\"Patient\",\"x\":\"\xed\xa0\x80\"}".to_vec(),
        vec![b' '; 1000],
        format!("{{\"a\":{}}}", "9".repeat(10_000)).into_bytes(),
    ])
    .collect();
    for body in &bodies {
        let what: String = String::from_utf8_lossy(body).chars().take(60).collect();
        refused_politely(&s.post("/fhir/Patient", body.clone()).await, &what);
        refused_politely(&s.put("/fhir/Patient/x", body.clone()).await, &what);
        refused_politely(&s.post("/fhir", body.clone()).await, &what);
    }
    assert_eq!(s.get("/fhir/Patient?_summary=count").await.json()["total"], 0);
}

#[tokio::test]
async fn naughty_strings_are_kept_or_refused_but_never_trip() {
    let s = Server::sqlite().await;
    let strings = [
        "<script>alert(1)</script>",
        "'; DROP TABLE version; --",
        "\u{202e}山田",
        "𠮷野家",
        "ｶﾞｷﾞｸﾞ",
        "👨‍👩‍👧‍👦",
        "%s%n%x",
        "../../etc/passwd",
        "${jndi:ldap://x}",
        "{{7*7}}",
        "\u{feff}x",
        "\u{200b}x",
        "Ω≈ç√∫",
        "\u{1}x",
        "NULL",
        "1/0",
    ];
    for string in strings {
        let body = serde_json::json!({ "resourceType": "Patient", "name": [{ "family": string }] }).to_string();
        let reply = s.post("/fhir/Patient", body).await;
        if reply.status == 201 {
            let read = s.get(&format!("/fhir/Patient/{}", reply.id())).await.expect(200).json();
            assert_eq!(read["name"][0]["family"], string);
            let query: String = encoded(string);
            let found = s.get(&format!("/fhir/Patient?family:exact={query}")).await;
            assert!(found.status == 200 || found.status == 400, "{string}: {}", found.text());
        } else {
            refused_politely(&reply, string);
        }
    }
}

#[tokio::test]
async fn odd_addresses_are_refused() {
    let s = Server::sqlite().await;
    let long = format!("/fhir/Patient/{}", "a".repeat(65));
    let paths = [
        "/fhir/Patient/..",
        "/fhir/Patient/%2e%2e%2fx",
        "/fhir/Patient/a%20b",
        "/fhir/Patient/a%00b",
        "/fhir/Patient/%ff",
        "/fhir/Patient/a%2Fb",
        "/fhir/patient/a",
        "/fhir/Nothing/a",
        "/fhir/%E6%82%A3",
        "/fhir/Patient/a/b/c/d",
        "/fhir/Patient/p/_history/x",
        "/fhir/Patient/p/_history/-1",
        "/fhir/Patient/p/_history/99999999999999999999",
        "/fhir/Patient/p/_history/1.0",
        "/fhir/Patient/p/$unknown",
        "/fhir/$unknown",
        "/fhir/Patient/a'b",
        "/fhir//Patient",
        "/fhir/_export/x",
        "/fhir/_export/x/0",
        "/fhir/Patient?_count=x",
        "/fhir/Patient?_count=-1",
        "/fhir/Patient?_sort=",
        "/fhir/Patient?_include=x",
        "/fhir/Patient?name:nonsense=x",
        "/fhir/Patient?birthdate=zz2020",
        "/fhir/Patient?%zz=1",
        "/fhir/Patient?name=%ff",
        "/fhir/Patient?name=%00",
        "/fhir/Patient?_cursor=AAAA",
        "/fhir/Patient?_has:x=1",
        "/fhir/Patient?name.x=1",
        "/fhir/Observation?value-quantity=abc",
        "/fhir/Observation?code-value-quantity=a",
        "/fhir/Patient?_lastUpdated=never",
        "/fhir/Patient?_format=xml",
        "/fhir/Patient?_summary=maybe",
        "/api/v1/patients/%ff/summary",
        "/api/v1/nothing",
        "/api/v1/outgoing?state=x",
        "/api/v1/outgoing?limit=x",
        "/api/v1/terminology/search",
        "/api/v1/terminology/search?kind=x&q=a",
        "/api/v1/terminology/nothing",
        "/fhir/CodeSystem/$lookup",
        "/fhir/CodeSystem/$expand",
        "/fhir/ValueSet/$expand",
        "/fhir/ConceptMap/$translate",
        long.as_str(),
    ];
    for path in paths {
        refused_politely(&s.get(path).await, path);
    }
    let many = format!("/fhir/Patient?{}", "name=x&".repeat(300));
    refused_politely(&s.get(&many).await, "many parameters");
    let long = format!("/fhir/Patient?name={}", "x".repeat(50_000));
    s.get(&long).await.refused(414, "too-long");
    s.put("/fhir/Patient/a%20b", patient("x")).await.refused(400, "invalid");
    s.ask("TRACE", "/fhir/Patient").send().await.refused(405, "not-supported");
    s.ask("POST", "/fhir/metadata").send().await.refused(405, "not-supported");
    s.ask("PUT", "/fhir").fhir("{}").send().await.refused(405, "not-supported");
}

#[tokio::test]
async fn wrong_kinds_and_sizes_are_refused() {
    let s = Server::sqlite().await;
    for kind in
        ["text/plain", "application/fhir+xml", "application/x-www-form-urlencoded", "multipart/form-data", "x", ""]
    {
        s.ask("POST", "/fhir/Patient")
            .header("content-type", kind)
            .body(patient("x"))
            .send()
            .await
            .refused(415, "not-supported");
    }
    s.ask("POST", "/fhir/Patient").body(patient("x")).send().await.refused(415, "not-supported");
    s.ask("GET", "/fhir/Patient").header("accept", "application/fhir+xml").send().await.refused(406, "not-supported");
    let large = format!(r#"{{"resourceType":"Patient","x":"{}"}}"#, "a".repeat(2 << 20));
    s.post("/fhir/Patient", large.clone()).await.refused(413, "too-long");
    let announced = s.ask("POST", "/fhir/Patient").header("content-length", &large.len().to_string());
    announced.fhir(large).send().await.refused(413, "too-long");
    for (name, value) in
        [("if-match", "x"), ("if-none-exist", "%zz"), ("if-none-exist", ""), ("if-none-exist", "name=%ff")]
    {
        let reply = s.ask("POST", "/fhir/Patient").header(name, value).fhir(patient("x")).send().await;
        assert!(reply.status.is_client_error() || name == "if-match", "{name}: {value}");
    }
    let huge = "x".repeat(100_000);
    let reply = s.ask("GET", "/fhir/Patient").header("accept", &huge).send().await;
    refused_politely(&reply, "huge accept");
    let reply = s.ask("GET", "/fhir/Patient").token(&huge).send().await;
    refused_politely(&reply, "huge token");
    let reply = s.ask("GET", "/fhir/Patient/x").header("if-none-match", &huge).header("prefer", &huge).send().await;
    refused_politely(&reply, "huge headers");
}

#[test]
fn any_search_is_answered_or_refused_politely() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let s = runtime.block_on(Server::sqlite());
    let name = prop::sample::select(vec![
        "name",
        "family:exact",
        "birthdate",
        "identifier",
        "_id",
        "_lastUpdated",
        "_sort",
        "_count",
        "_include",
        "_revinclude",
        "_has:Observation:patient:code",
        "general-practitioner",
        "general-practitioner:Practitioner.name",
        "_total",
        "_summary",
        "_elements",
        "active:missing",
        "gender:not",
        "_tag",
        "_profile",
        "_cursor",
        "phone",
        "link",
        "address:contains",
        "deceased",
        "identifier:of-type",
        "_format",
        "x",
        "",
    ]);
    let value = prop_oneof![
        prop::sample::select(vec![
            "",
            ",",
            "|",
            "a|",
            "|b",
            "a|b",
            "$",
            "\\",
            "\\,",
            "2026",
            "ge2026-13",
            "lt2026-02-30T99",
            "-1",
            "1e999",
            "Patient/1",
            "http://karute.example/fhir/Patient/1",
            "Observation:subject",
            "-birthdate,name",
            "true",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,12}",
        any::<Vec<u8>>().prop_map(|bytes| percent(&bytes)),
    ];
    let pairs = prop::collection::vec((name, value), 0..4);
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() });
    runner
        .run(&pairs, |pairs| {
            let query: Vec<String> = pairs
                .iter()
                .map(|(n, v)| {
                    let encoded: String =
                        if v.is_ascii() && !v.contains(['#', ' ', '"', '<', '>', '`', '{', '}', '\\', '^', '|', '&']) {
                            v.clone()
                        } else {
                            encoded(v)
                        };
                    format!("{n}={encoded}")
                })
                .collect();
            let path = format!("/fhir/Patient?{}", query.join("&"));
            let reply = runtime.block_on(s.get(&path));
            prop_assert!(
                reply.status == 200 || reply.status.is_client_error(),
                "{path}: {} {}",
                reply.status,
                reply.text()
            );
            prop_assert!(reply.json()["resourceType"].is_string());
            Ok(())
        })
        .unwrap();
}
