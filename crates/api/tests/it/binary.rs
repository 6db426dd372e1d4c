//! Binary: raw and as JSON.
use crate::support::{Server, on_both};

async fn raw_content_comes_back_as_it_was(s: &Server) {
    let content: Vec<u8> = (0..200_000_u32).map(|i| (i % 251) as u8).collect();
    let made = s
        .ask("POST", "/fhir/Binary")
        .header("content-type", "application/pdf")
        .body(content.clone())
        .send()
        .await
        .expect(201);
    let id = made.id();
    assert!(made.json()["data"].is_null());
    let read = s.get(&format!("/fhir/Binary/{id}")).await.expect(200);
    assert_eq!(read.bytes, content);
    assert_eq!(read.header("content-type"), "application/pdf");
    assert_eq!(read.header("content-disposition"), "attachment");
    assert_eq!(read.header("x-content-type-options"), "nosniff");
    assert!(read.header("content-security-policy").contains("sandbox"));
    assert_eq!(read.header("etag"), "W/\"1\"");
    let old = s.get(&format!("/fhir/Binary/{id}/_history/1")).await.expect(200);
    assert_eq!(old.bytes, content);
    let picture = s
        .ask("GET", &format!("/fhir/Binary/{id}"))
        .header("accept", "image/png, application/pdf")
        .send()
        .await
        .expect(200);
    assert_eq!(picture.bytes, content);
}

async fn content_can_be_read_as_json_and_sent_back(s: &Server) {
    let made =
        s.ask("POST", "/fhir/Binary").header("content-type", "text/plain").body("こんにちは").send().await.expect(201);
    let address = format!("/fhir/Binary/{}", made.id());
    let json = s.ask("GET", &address).header("accept", "application/fhir+json").send().await.expect(200);
    assert_eq!(json.json()["data"], "44GT44KT44Gr44Gh44Gv");
    assert!(json.json()["meta"]["tag"].is_null());
    let back = s.put(&address, json.bytes).await.expect(200);
    assert_eq!(back.header("etag"), "W/\"2\"");
    assert_eq!(s.get(&address).await.expect(200).text(), "こんにちは");
}

async fn a_json_binary_stays_as_it_came(s: &Server) {
    let body = r#"{"resourceType":"Binary","contentType":"text/plain","data":"aGk="}"#;
    let made = s.post("/fhir/Binary", body).await.expect(201);
    let address = format!("/fhir/Binary/{}", made.id());
    assert_eq!(s.get(&address).await.expect(200).text(), "hi");
    let json = s.get(&format!("{address}?_format=json")).await.expect(200);
    assert_eq!(json.json()["data"], "aGk=");
    let update = s.ask("PUT", &address).header("content-type", "image/png").body("png").send().await.expect(200);
    assert_eq!(update.header("etag"), "W/\"2\"");
    assert_eq!(s.get(&address).await.header("content-type"), "image/png");
}

async fn json_that_is_no_binary_resource_is_content(s: &Server) {
    let body = r#"{"resourceType":"Patient"}"#;
    let made = s.post("/fhir/Binary", body).await.expect(201);
    let read = s.get(&format!("/fhir/Binary/{}", made.id())).await.expect(200);
    assert_eq!((read.text(), read.header("content-type")), (body, "application/fhir+json"));
    s.post("/fhir/Binary", "{").await.expect(400);
}

async fn nobody_reaches_an_attachment_by_its_hash(s: &Server) {
    let hash = "0".repeat(64);
    let body = format!(
        r#"{{"resourceType":"Binary","meta":{{"tag":[{{"system":"urn:karute:content-sha256","code":"{hash}"}}]}},"contentType":"a/b"}}"#
    );
    s.post("/fhir/Binary", body.clone()).await.refused(422, "business-rule");
    let bundle = format!(
        r#"{{"resourceType":"Bundle","type":"transaction","entry":[{{"resource":{body},"request":{{"method":"POST","url":"Binary"}}}}]}}"#
    );
    s.post("/fhir", bundle.clone()).await.refused(422, "business-rule");
    let batch = s.post("/fhir", bundle.replace("transaction", "batch")).await.expect(200);
    assert_eq!(batch.json()["entry"][0]["response"]["status"], "422");
    let made =
        s.post("/fhir/Binary", r#"{"resourceType":"Binary","contentType":"a/b","data":"aGk="}"#).await.expect(201);
    let patch = format!(
        r#"[{{"op":"add","path":"/meta/tag","value":[{{"system":"urn:karute:content-sha256","code":"{hash}"}}]}}]"#
    );
    s.ask("PATCH", &format!("/fhir/Binary/{}", made.id()))
        .header("content-type", "application/json-patch+json")
        .body(patch)
        .send()
        .await
        .refused(422, "business-rule");
}

async fn too_much_content_is_refused(s: &Server) {
    let large = vec![0_u8; (1 << 20) + 1];
    s.ask("POST", "/fhir/Binary").header("content-type", "image/png").body(large).send().await.refused(413, "too-long");
    s.ask("POST", "/fhir/Binary").header("content-type", "image/png").send().await.expect(400);
    s.ask("POST", "/fhir/Binary").header("content-type", "nonsense").body("x").send().await.expect(415);
}

on_both!(
    raw_content_comes_back_as_it_was,
    content_can_be_read_as_json_and_sent_back,
    a_json_binary_stays_as_it_came,
    json_that_is_no_binary_resource_is_content,
    nobody_reaches_an_attachment_by_its_hash,
    too_much_content_is_refused,
);
