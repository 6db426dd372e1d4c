//! Terminology operations and the search of the product's API.
use crate::support::{Ask, Reply, Server, on_both};
use serde_json::{Value, json};

const YJ: &str = "http://capstandard.jp/iyaku.info/CodeSystem/YJ-code";
const HOT9: &str = "http://medis.or.jp/CodeSystem/master-HOT9";
const KEY: &str = "http://medis.or.jp/CodeSystem/master-disease-keyNumber";
const ICD: &str = "http://jpfhir.jp/fhir/core/mhlw/CodeSystem/ICD10-2013-full";
const JLAC10: &str = "http://medis.or.jp/CodeSystem/master-JLAC10-17digits";
const LOCAL: &str = "http://jpfhir.jp/fhir/clins/CodeSystem/JP_CLINS_ObsLabResult_LocalCode_CS";

const LOCAL_ITEMS: &str = "http://jpfhir.jp/fhir/clins/CodeSystem/JP_CLINS_ObsLabResult_LocalCode_CS?fhir_vs";

/// Names and values of a question.
type Pairs<'p> = &'p [(&'p str, &'p str)];

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |out, b| out + &format!("%{b:02X}"))
}

/// `GET` of an operation with encoded parameters.
fn operation<'s>(s: &'s Server, path: &str, parameters: &[(&str, &str)]) -> Ask<'s> {
    let query: Vec<String> = parameters.iter().map(|(n, v)| format!("{n}={}", encoded(v))).collect();
    s.ask("GET", &format!("{path}?{}", query.join("&")))
}

/// The value of a parameter of the answer, whatever its type.
fn value(reply: &Reply, name: &str) -> Value {
    let body = reply.json();
    assert_eq!(body["resourceType"], "Parameters", "{body}");
    let parameters = body["parameter"].as_array().unwrap();
    let found = parameters.iter().find(|p| p["name"] == name);
    found
        .map_or(Value::Null, |p| p.as_object().unwrap().iter().find(|(k, _)| k.starts_with("value")).unwrap().1.clone())
}

/// `code=equivalence` of each match.
fn matches(reply: &Reply) -> Vec<String> {
    let body = reply.json();
    let found = body["parameter"].as_array().unwrap().iter().filter(|p| p["name"] == "match");
    let part = |p: &Value, name: &str| p["part"].as_array().unwrap().iter().find(|q| q["name"] == name).cloned();
    found
        .map(|p| {
            let concept = part(p, "concept").unwrap();
            let equivalence = part(p, "equivalence").unwrap();
            format!(
                "{}={}",
                concept["valueCoding"]["code"].as_str().unwrap(),
                equivalence["valueCode"].as_str().unwrap()
            )
        })
        .collect()
}

fn codes(reply: &Reply) -> Vec<String> {
    let body = reply.json();
    assert_eq!(body["resourceType"], "ValueSet", "{body}");
    let contains = body["expansion"]["contains"].as_array().cloned().unwrap_or_default();
    contains.iter().map(|c| c["code"].as_str().unwrap().to_owned()).collect()
}

/// How many audit events there are; counting them leaves one.
async fn events(s: &Server) -> usize {
    let filter = karute_ledger::AuditFilter { limit: 1000, ..karute_ledger::AuditFilter::default() };
    s.system(s.tenant).audit_events(filter).await.unwrap().len()
}

#[tokio::test]
async fn codes_of_the_masters_are_looked_up() {
    let s = Server::sqlite().await;
    let before = events(&s).await;
    let lookup = |parameters: &[(&str, &str)]| operation(&s, "/fhir/CodeSystem/$lookup", parameters).send();
    let found = lookup(&[("system", YJ), ("code", "2171022F1029")]).await.expect(200);
    assert_eq!(value(&found, "display"), "ノルバスク錠２．５ｍｇ");
    assert_eq!(value(&found, "name"), "個別医薬品コード（YJ）");
    assert_eq!(value(&found, "version"), "2026-04-01");
    assert!(found.text().contains(r#"{"name":"code","valueCode":"inactive"},{"name":"value","valueBoolean":false}"#));
    // An older spelling of the system.
    let by_oid = lookup(&[("system", "urn:oid:1.2.392.100495.20.2.73"), ("code", "2171022F1029")]).await.expect(200);
    assert_eq!(value(&by_oid, "display"), "ノルバスク錠２．５ｍｇ");
    let one = lookup(&[("system", KEY), ("code", "20062122"), ("property", "icd10")]).await.expect(200);
    assert_eq!(one.text().matches(r#""name":"property""#).count(), 1);
    assert!(one.text().contains(r#""valueString":"I10""#) && !one.text().contains("designation"), "{}", one.text());
    // The end of a code depends on the day.
    for (date, inactive) in [("2026-09-30", false), ("2026-10-01", true), ("2026-10-01T10:00:00+09:00", true)] {
        let ended = lookup(&[("system", YJ), ("code", "2171022F3099"), ("date", date)]).await.expect(200);
        assert!(ended.text().contains(&format!(r#"{{"name":"value","valueBoolean":{inactive}}}"#)), "{date}");
    }
    let body = json!({"resourceType": "Parameters", "parameter": [
        {"name": "coding", "valueCoding": {"system": KEY, "code": "20062122"}}]});
    let posted = s.post("/fhir/CodeSystem/$lookup", body.to_string()).await.expect(200);
    assert_eq!(value(&posted, "display"), "高血圧症");
    s.post("/fhir/CodeSystem/%24lookup", body.to_string()).await.expect(200);
    // A question about words is none about patients: the only event since is that of counting.
    assert_eq!(events(&s).await, before + 1);
    lookup(&[("system", YJ), ("code", "2171022F0000")]).await.refused(404, "not-found");
    lookup(&[("system", "http://snomed.info/sct"), ("code", "1")]).await.refused(404, "not-found");
    // Known, but its master is not loaded.
    lookup(&[("system", "urn:karute:codesystem:ssk-comment"), ("code", "810000001")]).await.refused(404, "not-found");
    lookup(&[("system", YJ), ("code", "2171022F1029"), ("version", "1999-01-01")]).await.refused(404, "not-found");
}

#[tokio::test]
async fn codes_are_validated_with_reasons() {
    let s = Server::sqlite().await;
    let cases: &[(&str, Pairs<'_>, bool, &str)] = &[
        ("CodeSystem", &[("url", YJ), ("code", "2171022F1029")], true, ""),
        ("CodeSystem", &[("url", YJ), ("code", "2171022F1029"), ("display", "ﾉﾙﾊﾞｽｸ錠2.5mg")], true, ""),
        (
            "CodeSystem",
            &[("url", YJ), ("code", "2171022F1029"), ("display", "ノルバスク錠５ｍｇ")],
            false,
            "名称が違います",
        ),
        ("CodeSystem", &[("url", YJ), ("code", "2171022F3099")], true, "2026-09-30 で終了"),
        ("CodeSystem", &[("url", YJ), ("code", "x")], false, "ありません"),
        ("CodeSystem", &[("url", KEY), ("code", "20062122"), ("display", "こうけつあつしょう")], true, ""),
        (
            "ValueSet",
            &[("url", "http://medis.or.jp/ValueSet/master-disease-keyNumber"), ("system", KEY), ("code", "20062122")],
            true,
            "",
        ),
        ("ValueSet", &[("url", &format!("{KEY}?fhir_vs")), ("system", KEY), ("code", "9")], false, "ありません"),
        (
            "ValueSet",
            &[("url", &format!("{KEY}?fhir_vs")), ("system", YJ), ("code", "2171022F1029")],
            false,
            "ありません",
        ),
    ];
    for (kind, parameters, result, message) in cases {
        let reply = operation(&s, &format!("/fhir/{kind}/$validate-code"), parameters).send().await.expect(200);
        assert_eq!(value(&reply, "result"), *result, "{parameters:?} {}", reply.text());
        let said = value(&reply, "message");
        assert_eq!(said.is_null(), message.is_empty(), "{said}");
        assert!(said.as_str().unwrap_or_default().contains(message), "{said}");
    }
    let concept = json!({"resourceType": "Parameters", "parameter": [
        {"name": "url", "valueUri": YJ},
        {"name": "codeableConcept", "valueCodeableConcept": {"coding": [
            {"system": HOT9, "code": "103835401"}, {"system": YJ, "code": "2171022F1029"}]}}]});
    let reply = s.post("/fhir/CodeSystem/$validate-code", concept.to_string()).await.expect(200);
    assert_eq!((value(&reply, "result"), value(&reply, "display")), (true.into(), "ノルバスク錠２．５ｍｇ".into()));
    let unknown = operation(&s, "/fhir/ValueSet/$validate-code", &[("url", "urn:none"), ("system", YJ), ("code", "x")]);
    unknown.send().await.refused(404, "not-found");
}

#[tokio::test]
async fn value_sets_of_the_masters_are_expanded() {
    let s = Server::sqlite().await;
    let whole = format!("{YJ}?fhir_vs");
    let cases: &[(Pairs<'_>, &[&str], u64)] = &[
        (&[], &["2171022F1029", "2171022F2025", "2171022F3099"], 3),
        (&[("activeOnly", "true")], &["2171022F1029", "2171022F2025"], 2),
        (&[("activeOnly", "true"), ("date", "2026-09-01")], &["2171022F1029", "2171022F2025", "2171022F3099"], 3),
        // As a clinic types: a number is a number (5 is not in 2.5), ローマ字, relaxed voicing, codes by their beginning.
        (&[("filter", "のるばすく 5mg")], &["2171022F2025"], 1),
        (&[("filter", "norubasuku")], &["2171022F2025", "2171022F1029"], 2),
        // What only the HOT master knows is matched by its words, after what the search found.
        (&[("filter", "ノルバスク")], &["2171022F2025", "2171022F1029", "2171022F3099"], 3),
        (&[("filter", "ノルバスク"), ("activeOnly", "true")], &["2171022F2025", "2171022F1029"], 2),
        (&[("filter", "ノルバスク"), ("count", "1"), ("offset", "1")], &["2171022F1029"], 3),
        (&[("filter", "ノルバスク"), ("count", "1"), ("offset", "2")], &["2171022F3099"], 3),
        (&[("filter", "ノルバスク"), ("count", "0")], &[], 3),
        (&[("filter", "のるはすく 5")], &["2171022F2025"], 1),
        (&[("filter", "2171022f2")], &["2171022F2025"], 1),
        (&[("filter", "171022f2")], &[], 0),
        (&[("filter", "ない薬")], &[], 0),
        (&[("filter", "旧")], &["2171022F3099"], 1),
        (&[("count", "1"), ("offset", "1")], &["2171022F2025"], 3),
        (&[("count", "0")], &[], 3),
        (&[("offset", "9")], &[], 3),
    ];
    for (parameters, want, total) in cases {
        let all: Vec<(&str, &str)> = [("url", whole.as_str())].iter().chain(*parameters).copied().collect();
        let reply = operation(&s, "/fhir/ValueSet/$expand", &all).send().await.expect(200);
        assert_eq!(
            (codes(&reply), reply.json()["expansion"]["total"].as_u64()),
            (want.iter().map(|c| (*c).to_owned()).collect(), Some(*total)),
            "{parameters:?}"
        );
        let parsed = karute_json::parse(&reply.bytes, &karute_json::Limits::FHIR).unwrap();
        let findings = karute_fhir::validate::validate(&parsed);
        assert!(findings.iter().all(|f| f.severity != karute_fhir::validate::Severity::Error), "{findings:?}");
    }
    let named = operation(
        &s,
        "/fhir/ValueSet/$expand",
        &[("url", &format!("{KEY}?fhir_vs")), ("includeDesignations", "true"), ("filter", "高血圧")],
    );
    assert!(named.send().await.expect(200).text().contains("コウケツアツショウ"));
    let material = "urn:karute:codesystem:ssk-material?fhir_vs";
    operation(&s, "/fhir/ValueSet/$expand", &[("url", material)]).send().await.refused(404, "not-found");
}

#[tokio::test]
async fn codes_are_translated_by_the_masters() {
    let s = Server::sqlite().await;
    let cases: &[(Pairs<'_>, &[&str], &str)] = &[
        (&[("system", YJ), ("code", "2171022F1029"), ("targetsystem", HOT9)], &["103835401=equivalent"], ""),
        (&[("system", KEY), ("code", "20062122"), ("targetsystem", ICD)], &["I10=wider"], ""),
        (&[("system", ICD), ("code", "I10"), ("targetsystem", KEY)], &["20062122=narrower"], ""),
        (&[("system", ICD), ("code", "I10"), ("targetsystem", KEY), ("reverse", "true")], &["20062122=wider"], ""),
        (&[("system", KEY), ("code", "20062122"), ("target", &format!("{ICD}?fhir_vs"))], &["I10=wider"], ""),
        (
            &[("system", YJ), ("code", "2171022F2025"), ("targetsystem", "urn:oid:1.2.392.100495.20.2.81")],
            &[],
            "マスターにありません",
        ),
        (&[("system", YJ), ("code", "2171022F1029"), ("targetsystem", ICD)], &[], "対応表がありません"),
        (&[("system", YJ), ("code", "none"), ("targetsystem", HOT9)], &[], "このコードはありません"),
        (&[("system", "urn:none"), ("code", "x"), ("targetsystem", HOT9)], &[], "変換元"),
        (&[("system", YJ), ("code", "2171022F1029"), ("targetsystem", "urn:none")], &[], "変換先"),
        (&[("system", LOCAL), ("code", "1"), ("targetsystem", JLAC10)], &[], "このコードはありません"),
    ];
    for (parameters, want, message) in cases {
        let reply = operation(&s, "/fhir/ConceptMap/$translate", parameters).send().await.expect(200);
        assert_eq!(matches(&reply), *want, "{parameters:?}");
        assert_eq!(value(&reply, "result"), !want.is_empty());
        let said = value(&reply, "message");
        assert!(said.as_str().unwrap_or_default().contains(message) && said.is_null() == message.is_empty(), "{said}");
    }
    let all = operation(&s, "/fhir/ConceptMap/$translate", &[("system", YJ), ("code", "2171022F1029")]);
    let all = all.send().await.expect(200);
    assert!(
        matches(&all).contains(&"2171022F1ZZZ=wider".to_owned())
            && all.text().contains("HOTコードマスター 2026-04-01 版")
    );
}

async fn an_institutions_own_words_are_used_and_are_its_own(s: &Server) {
    let system = json!({"resourceType": "CodeSystem", "id": "cs", "url": "urn:clinic:cs", "name": "Own", "title": "院内コード",
        "status": "active", "content": "complete", "concept": [
            {"code": "a", "display": "甲", "concept": [{"code": "b", "display": "乙", "property": [{"code": "inactive", "valueBoolean": true}]}]}]});
    let set = json!({"resourceType": "ValueSet", "id": "vs", "url": "urn:clinic:vs", "status": "active", "compose": {
        "include": [{"system": YJ, "concept": [{"code": "2171022F1029", "display": "ノルバ2.5"}, {"code": "2171022F2025"}]},
            {"system": "urn:clinic:cs"}, {"valueSet": ["urn:clinic:vs2"]}],
        "exclude": [{"system": YJ, "concept": [{"code": "2171022F2025"}]}]}});
    let second = json!({"resourceType": "ValueSet", "id": "vs2", "url": "urn:clinic:vs2", "status": "active", "compose": {
        "include": [{"system": "http://medis.or.jp/CodeSystem/master-disease-exCode"}]}});
    let map = json!({"resourceType": "ConceptMap", "id": "cm", "url": "urn:clinic:cm", "status": "active", "group": [
        {"source": LOCAL, "target": JLAC10, "element": [
            {"code": "0198", "display": "AST", "target": [{"code": "3B035000002327201", "equivalence": "equivalent"}]},
            {"code": "0199", "target": [{"equivalence": "unmatched"}]}]}]});
    for (path, body) in
        [("CodeSystem/cs", &system), ("ValueSet/vs", &set), ("ValueSet/vs2", &second), ("ConceptMap/cm", &map)]
    {
        s.put(&format!("/fhir/{path}"), body.to_string()).await.expect(201);
    }
    let get = |path: &str, parameters: &[(&str, &str)]| operation(s, path, parameters).send();
    let local = [("system", LOCAL), ("code", "0198"), ("targetsystem", JLAC10)];
    for (path, parameters, want) in [
        (
            "/fhir/ConceptMap/$translate",
            vec![("url", "urn:clinic:cm"), ("system", LOCAL), ("code", "0198")],
            vec!["3B035000002327201=equivalent"],
        ),
        (
            "/fhir/ConceptMap/cm/$translate",
            vec![("system", LOCAL), ("code", "0198")],
            vec!["3B035000002327201=equivalent"],
        ),
        (
            "/fhir/ConceptMap/cm/$translate",
            vec![("system", JLAC10), ("code", "3B035000002327201"), ("reverse", "true")],
            vec!["0198=equivalent"],
        ),
        // By the masters, beginning with the clinic's own pairs.
        ("/fhir/ConceptMap/$translate", local.to_vec(), vec!["3B035000002327201=equivalent"]),
        (
            "/fhir/ConceptMap/$translate",
            vec![("system", LOCAL), ("code", "0198"), ("targetsystem", "urn:karute:codesystem:jlac11")],
            vec!["A1111111111111111=equivalent"],
        ),
    ] {
        let reply = get(path, &parameters).await.expect(200);
        assert_eq!(matches(&reply), want, "{path} {parameters:?}");
    }
    // The codes of the laboratory are known once the institution has written them down.
    let items = [("url", LOCAL_ITEMS)];
    get("/fhir/ValueSet/$expand", &items).await.refused(404, "not-found");
    let laboratory = json!({"resourceType": "CodeSystem", "id": "lab", "url": LOCAL, "status": "active", "content": "complete",
        "concept": [{"code": "0198", "display": "AST"}]});
    s.put("/fhir/CodeSystem/lab", laboratory.to_string()).await.expect(201);
    assert_eq!(codes(&get("/fhir/ValueSet/$expand", &items).await.expect(200)), ["0198"]);
    let unmatched = get("/fhir/ConceptMap/cm/$translate", &[("system", LOCAL), ("code", "0199")]).await.expect(200);
    assert_eq!(value(&unmatched, "result"), false);
    let all = ["2171022F1029", "a", "b", "BFJN", "DFJN"].map(str::to_owned);
    for (path, parameters) in
        [("/fhir/ValueSet/$expand", vec![("url", "urn:clinic:vs")]), ("/fhir/ValueSet/vs/$expand", vec![])]
    {
        let reply = get(path, &parameters).await.expect(200);
        assert_eq!(codes(&reply), all, "{path}");
        assert!(reply.text().contains("ノルバ2.5") && reply.json()["url"] == "urn:clinic:vs");
    }
    assert_eq!(
        codes(&get("/fhir/ValueSet/vs/$expand", &[("filter", "とうにょう"), ("activeOnly", "true")]).await.expect(200)),
        ["DFJN"]
    );
    for (path, parameters, want) in [
        (
            "/fhir/ValueSet/vs/$validate-code",
            vec![("system", YJ), ("code", "2171022F1029"), ("display", "ノルバ2.5")],
            true,
        ),
        ("/fhir/ValueSet/vs/$validate-code", vec![("system", YJ), ("code", "2171022F2025")], false),
        (
            "/fhir/ValueSet/$validate-code",
            vec![("url", "urn:clinic:vs"), ("system", "urn:clinic:cs"), ("code", "b")],
            true,
        ),
        ("/fhir/CodeSystem/cs/$validate-code", vec![("code", "a")], true),
        ("/fhir/CodeSystem/$validate-code", vec![("url", "urn:clinic:cs"), ("code", "c")], false),
    ] {
        assert_eq!(value(&get(path, &parameters).await.expect(200), "result"), want, "{path} {parameters:?}");
    }
    let own = get("/fhir/CodeSystem/$lookup", &[("system", "urn:clinic:cs"), ("code", "b")]).await.expect(200);
    assert_eq!((value(&own, "name"), value(&own, "display")), ("院内コード".into(), "乙".into()));

    // Another institution knows none of this, by address or by id.
    let stranger =
        |path: &str, parameters: &[(&str, &str)]| operation(s, path, parameters).token(&s.other_token).send();
    for (path, parameters) in [
        ("/fhir/CodeSystem/$lookup", vec![("system", "urn:clinic:cs"), ("code", "a")]),
        ("/fhir/CodeSystem/$validate-code", vec![("url", "urn:clinic:cs"), ("code", "a")]),
        ("/fhir/CodeSystem/cs/$validate-code", vec![("code", "a")]),
        ("/fhir/ValueSet/$expand", vec![("url", "urn:clinic:vs")]),
        ("/fhir/ValueSet/vs/$expand", vec![]),
        ("/fhir/ValueSet/vs/$validate-code", vec![("system", YJ), ("code", "2171022F1029")]),
        ("/fhir/ValueSet/$validate-code", vec![("url", "urn:clinic:vs"), ("system", YJ), ("code", "2171022F1029")]),
        ("/fhir/ConceptMap/$translate", vec![("url", "urn:clinic:cm"), ("system", LOCAL), ("code", "0198")]),
        ("/fhir/ConceptMap/cm/$translate", vec![("system", LOCAL), ("code", "0198")]),
    ] {
        stranger(path, &parameters).await.refused(404, "not-found");
    }
    let translated = stranger("/fhir/ConceptMap/$translate", &local).await.expect(200);
    assert_eq!(value(&translated, "result"), false);
}

/// Own sets among laboratory items: with the scope, of this institution only, without patient data.
async fn sets_are_found_among_laboratory_items(s: &Server) {
    let coding = json!([{"system": JLAC10, "code": "3B035000002327201", "display": "AST"}]);
    let set = json!({"resourceType": "PlanDefinition", "id": "set", "status": "active", "title": "肝臓の検査", "subtitle": "LKS",
        "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/plan-definition-type", "code": "order-set"}]},
        "action": [{"title": "AST", "code": [{"coding": coding}]}]});
    s.put("/fhir/PlanDefinition/set", set.to_string()).await.expect(201);
    let ask = |token: Option<String>, kind: &'static str, q: &'static str| async move {
        let ask = operation(s, "/api/v1/terminology/search", &[("kind", kind), ("q", q)]);
        let ask = if let Some(token) = token { ask.token(&token) } else { ask };
        let reply = ask.send().await.expect(200).json();
        let items = reply["items"].as_array().unwrap().clone();
        items.into_iter().filter(|item| item["class"] == "セット").collect::<Vec<_>>()
    };
    for q in ["かんぞう", "kanzou", "肝臓", "lks", "AST"] {
        let found = ask(None, "lab", q).await;
        assert_eq!(found.first().map(|i| &i["code"]), Some(&json!("set")), "{q}");
        let part = json!([{"system": JLAC10, "code": "3B035000002327201", "display": "AST"}]);
        assert_eq!((&found[0]["system"], &found[0]["parts"]), (&json!("urn:karute:order-set"), &part));
    }
    assert!(ask(None, "drug", "肝臓").await.is_empty());
    let narrow = s.new_token(s.tenant, "system/CodeSystem.r").await;
    assert!(ask(Some(narrow), "lab", "肝臓").await.is_empty(), "needs the scope");
    assert!(ask(Some(s.other_token.clone()), "lab", "肝臓").await.is_empty(), "nobody else's");
}

async fn a_search_puts_first_what_the_patient_was_given(s: &Server) {
    s.patient("p").await;
    let request = json!({"resourceType": "MedicationRequest", "status": "active", "intent": "order",
        "subject": {"reference": "Patient/p"}, "authoredOn": "2026-11-01",
        "medicationCodeableConcept": {"coding": [{"system": YJ, "code": "2171022F1029"}]}});
    s.post("/fhir/MedicationRequest", request.to_string()).await.expect(201);
    let search = |parameters: &[(&str, &str)]| operation(s, "/api/v1/terminology/search", parameters).send();
    let found = |reply: &Reply| -> Vec<String> {
        reply.json()["items"].as_array().unwrap().iter().map(|i| i["code"].as_str().unwrap().to_owned()).collect()
    };
    let plain = search(&[("kind", "drug"), ("q", "のるば")]).await.expect(200);
    assert_eq!(found(&plain), ["2171022F2025", "2171022F1029"]);
    let item = &plain.json()["items"][0];
    assert_eq!((&item["system"], &item["display"]), (&json!(YJ), &json!("ノルバスク錠５ｍｇ")));
    assert!(item["kana"].is_string() && item["detail"].is_string());
    let known = search(&[("kind", "drug"), ("q", "のるば"), ("patient", "p"), ("limit", "1")]).await.expect(200);
    assert_eq!(found(&known), ["2171022F1029"]);
    assert_eq!(known.json()["items"][0]["group"], "patient");
    // The first letter reads the record and is recorded; the next ones of the same caller are not.
    let events = || async { s.get("/fhir/AuditEvent?patient=p&_count=100").await.expect(200).ids("match").len() };
    let before = events().await;
    search(&[("kind", "drug"), ("q", "のるばす"), ("patient", "p")]).await.expect(200);
    assert_eq!(events().await, before);
    s.clock.advance_ms(6 * 60_000);
    search(&[("kind", "drug"), ("q", "のるばす"), ("patient", "p")]).await.expect(200);
    assert!(events().await > before);
    // Nobody else's patients.
    let stranger = operation(s, "/api/v1/terminology/search", &[("kind", "drug"), ("q", "x"), ("patient", "p")]);
    stranger.token(&s.other_token).send().await.refused(404, "not-found");
    let words = s.new_token(s.tenant, "system/CodeSystem.r").await;
    let narrow =
        |parameters: &[(&str, &str)]| operation(s, "/api/v1/terminology/search", parameters).token(&words).send();
    narrow(&[("kind", "drug"), ("q", "のるば")]).await.expect(200);
    narrow(&[("kind", "drug"), ("q", "のるば"), ("patient", "p")]).await.refused(403, "forbidden");
    // What was typed stands in no event.
    assert!(!s.get("/fhir/AuditEvent?_count=100").await.expect(200).text().contains("のるば"));
}

#[tokio::test]
async fn every_kind_of_word_is_found() {
    let s = Server::sqlite().await;
    for (kind, q, code) in [
        ("drug", "アムロ", "2171022F2025"),
        ("drug", "norubasuku 2.5", "2171022F1029"),
        ("disease", "とうにょう", "20068050"),
        // Without a 病名管理番号, by the code of the receipt.
        ("disease", "かんぼう", "4660009"),
        ("lab", "ast", "3B035000002327201"),
        ("usage", "3回", "1013044400000000"),
        ("act", "再診", "112007410"),
        ("allergen", "ソバ", "J9FA11000000"),
    ] {
        let reply = operation(&s, "/api/v1/terminology/search", &[("kind", kind), ("q", q)]).send().await.expect(200);
        assert_eq!(reply.json()["items"][0]["code"], code, "{kind} {}", reply.text());
    }
    let nothing =
        operation(&s, "/api/v1/terminology/search", &[("kind", "drug"), ("q", "ﾟﾟﾟ💊")]).send().await.expect(200);
    assert_eq!(nothing.json()["items"], json!([]));
}

#[tokio::test]
async fn the_state_of_the_masters_is_told() {
    let s = Server::sqlite().await;
    let reply = s.get("/api/v1/terminology/masters").await.expect(200).json();
    let items = reply["items"].as_array().unwrap();
    assert_eq!(items.len(), karute_terminology::Kind::ALL.len());
    let of = |kind: &str| items.iter().find(|i| i["kind"] == kind).unwrap();
    assert_eq!((&of("hot")["rows"], &of("hot")["editions"][0]["file"]), (&json!(3), &json!("hot.csv")));
    assert_eq!((&of("hot")["starter_only"], &of("hot")["missing_for"]), (&json!(false), &json!([])));
    assert_eq!(of("jlac10")["starter_only"], true);
    assert!(!of("jlac10")["missing_for"].as_array().unwrap().is_empty());
    assert_eq!((&of("postal")["rows"], &of("postal")["missing_for"][0]), (&json!(0), &json!("addresses")));
    let narrow = s.new_token(s.tenant, "system/Patient.cruds").await;
    for path in [
        "/api/v1/terminology/masters",
        "/api/v1/terminology/search?kind=drug&q=a",
        "/fhir/CodeSystem/$lookup?system=x&code=y",
        "/fhir/ValueSet/$expand?url=x",
        "/fhir/ConceptMap/$translate?system=x&code=y",
        "/fhir/CodeSystem/$validate-code?url=x&code=y",
        "/fhir/ValueSet/$validate-code?url=x&code=y&system=z",
        "/fhir/ValueSet/x/$expand",
    ] {
        s.ask("GET", path).token(&narrow).send().await.refused(403, "forbidden");
    }
}

#[tokio::test]
async fn other_routes_of_these_types_still_work() {
    let s = Server::sqlite().await;
    let set = r#"{"resourceType":"ValueSet","id":"x","status":"active"}"#;
    s.put("/fhir/ValueSet/x", set).await.expect(201);
    for path in [
        "/fhir/ValueSet/x",
        "/fhir/ValueSet/x/_history",
        "/fhir/ValueSet/x/_history/1",
        "/fhir/ValueSet",
        "/fhir/ValueSet/x/$validate",
    ] {
        s.get(path).await.expect(200);
    }
    s.post("/fhir/ValueSet/$validate", set).await.expect(200);
    s.post("/fhir/CodeSystem", r#"{"resourceType":"CodeSystem","status":"active","content":"complete"}"#)
        .await
        .expect(201);
    s.ask("DELETE", "/fhir/ValueSet/x").send().await.expect(204);
    s.get("/fhir/ValueSet/x/$expand").await.refused(410, "deleted");
    s.ask("DELETE", "/fhir/ValueSet/$expand").send().await.refused(405, "not-supported");
    let statement = s.get("/fhir/metadata").await.expect(200).json();
    let resources = statement["rest"][0]["resource"].as_array().unwrap();
    for (kind, names) in [("CodeSystem", ["lookup", "validate-code"]), ("ValueSet", ["expand", "validate-code"])] {
        let operations = resources.iter().find(|r| r["type"] == kind).unwrap()["operation"].as_array().unwrap();
        for name in names {
            assert_eq!(operations.iter().filter(|o| o["name"] == name).count(), 1, "{kind} {name}");
        }
    }
}

#[tokio::test]
async fn hostile_questions_are_refused_politely() {
    let s = Server::sqlite().await;
    let long = "あ".repeat(201);
    let huge = "x".repeat(5000);
    let refused: &[(&str, Pairs<'_>)] = &[
        ("/fhir/CodeSystem/$lookup", &[("system", YJ)]),
        ("/fhir/CodeSystem/$lookup", &[("code", "x")]),
        ("/fhir/CodeSystem/$lookup", &[("system", YJ), ("code", "x"), ("date", "昨日")]),
        ("/fhir/CodeSystem/$lookup", &[("system", YJ), ("code", "x"), ("date", "2026-02-30")]),
        ("/fhir/CodeSystem/$lookup", &[("system", YJ), ("code", "x"), ("色", "赤")]),
        ("/fhir/CodeSystem/$lookup", &[("system", YJ), ("code", &huge)]),
        ("/fhir/CodeSystem/$lookup", &[("system", "a,b|c\\$"), ("code", "x")]),
        ("/fhir/ValueSet/$expand", &[]),
        ("/fhir/ValueSet/$expand", &[("url", "")]),
        ("/fhir/ValueSet/$expand", &[("url", "?fhir_vs")]),
        ("/fhir/ValueSet/$expand", &[("url", &format!("{YJ}?fhir_vs")), ("count", "-1")]),
        ("/fhir/ValueSet/$expand", &[("url", &format!("{YJ}?fhir_vs")), ("offset", "99999999999999999999")]),
        ("/fhir/ValueSet/$expand", &[("url", &format!("{YJ}?fhir_vs")), ("activeOnly", "はい")]),
        ("/fhir/ValueSet/$expand", &[("url", &format!("{YJ}?fhir_vs")), ("filter", &long)]),
        ("/fhir/ValueSet/$validate-code", &[("url", &format!("{YJ}?fhir_vs")), ("code", "x")]),
        ("/fhir/ConceptMap/$translate", &[("code", "x")]),
        ("/fhir/ConceptMap/$translate", &[("system", YJ), ("code", "x"), ("reverse", "1")]),
        ("/fhir/ConceptMap/$translate", &[("system", YJ), ("code", "x"), ("url", "urn:none")]),
        ("/api/v1/terminology/search", &[("kind", "drug")]),
        ("/api/v1/terminology/search", &[("kind", "drug"), ("q", " \u{3000}")]),
        ("/api/v1/terminology/search", &[("kind", "drug"), ("q", &long)]),
        ("/api/v1/terminology/search", &[("kind", "人"), ("q", "x")]),
        ("/api/v1/terminology/search", &[("kind", "drug"), ("q", "x"), ("limit", "0")]),
        ("/api/v1/terminology/search", &[("kind", "drug"), ("q", "x"), ("limit", "51")]),
        ("/api/v1/terminology/search", &[("kind", "drug"), ("q", "x"), ("limit", "十")]),
        ("/api/v1/terminology/search", &[("kind", "drug"), ("q", "x"), ("patient", "../x")]),
        ("/api/v1/terminology/search", &[("kind", "drug"), ("q", "x"), ("patient", "nobody")]),
        ("/api/v1/terminology/search", &[("kind", "drug"), ("q", "x"), ("colour", "x")]),
    ];
    for (path, parameters) in refused {
        let reply = operation(&s, path, parameters).send().await;
        assert!(reply.status.is_client_error(), "{path} {parameters:?}: {} {}", reply.status, reply.text());
        assert_eq!(reply.json()["resourceType"], "OperationOutcome");
    }
    let named =
        operation(&s, "/api/v1/terminology/search", &[("kind", "drug"), ("q", "x"), ("limit", "0")]).send().await;
    assert_eq!(named.refused(400, "invalid").json()["issue"][0]["expression"], json!(["http.limit"]));
    for body in [
        "{",
        "[]",
        r#"{"resourceType":"Patient"}"#,
        r#"{"resourceType":"Parameters","parameter":[{}]}"#,
        r#"{"resourceType":"Parameters","parameter":[{"name":"coding","valueCoding":{}}]}"#,
        r#"{"resourceType":"Parameters","parameter":[{"name":"code","valueCode":{"x":1}}]}"#,
        r#"{"resourceType":"Parameters","parameter":[{"name":"valueSet","resource":{"resourceType":"Patient"}}]}"#,
        r#"{"resourceType":"Parameters","parameter":[{"name":"valueSet","resource":{"resourceType":"ValueSet","compose":{"include":[{"system":"x","filter":[{}]}]}}}]}"#,
    ] {
        for path in [
            "/fhir/CodeSystem/$lookup",
            "/fhir/ValueSet/$expand",
            "/fhir/ValueSet/$validate-code",
            "/fhir/ConceptMap/$translate",
        ] {
            let reply = s.post(path, body).await;
            assert!(reply.status.is_client_error(), "{path} {body}: {} {}", reply.status, reply.text());
        }
    }
    // Value sets that include each other come to an end.
    for (id, other) in [("a", "b"), ("b", "a")] {
        let set = json!({"resourceType": "ValueSet", "id": id, "url": format!("urn:loop:{id}"), "status": "active",
            "compose": {"include": [{"valueSet": [format!("urn:loop:{other}")]}]}});
        s.put(&format!("/fhir/ValueSet/{id}"), set.to_string()).await.expect(201);
    }
    s.get("/fhir/ValueSet/a/$expand").await.refused(400, "not-supported");
    let inline = json!({"resourceType": "Parameters", "parameter": [{"name": "valueSet", "resource": {"resourceType": "ValueSet",
        "status": "active", "compose": {"include": [{"system": YJ, "concept": [{"code": "2171022F1029"}, {"code": "nowhere"}]}]}}}]});
    assert_eq!(
        codes(&s.post("/fhir/ValueSet/$expand", inline.to_string()).await.expect(200)),
        ["2171022F1029", "nowhere"]
    );
}

on_both!(
    an_institutions_own_words_are_used_and_are_its_own,
    a_search_puts_first_what_the_patient_was_given,
    sets_are_found_among_laboratory_items,
);
