//! JSON Patch.
use crate::support::{Reply, Server, on_both};

async fn patch(s: &Server, id: &str, body: &str) -> Reply {
    let address = format!("/fhir/Patient/{id}");
    s.ask("PATCH", &address).header("content-type", "application/json-patch+json").body(body.to_owned()).send().await
}

async fn a_patch_makes_a_version(s: &Server) {
    s.patient("p").await;
    let done = patch(s, "p", r#"[{"op":"replace","path":"/birthDate","value":"1979-01-01"}]"#).await.expect(200);
    assert_eq!(done.header("etag"), "W/\"2\"");
    assert_eq!(done.json()["birthDate"], "1979-01-01");
    assert_eq!(done.json()["name"][0]["family"], "山田");
}

async fn patches_that_do_not_fit_change_nothing(s: &Server) {
    s.patient("p").await;
    let cases = [
        (r#"[{"op":"test","path":"/gender","value":"male"}]"#, 422),
        (r#"[{"op":"remove","path":"/nothing"}]"#, 422),
        (r#"[{"op":"replace","path":"/id","value":"q"}]"#, 422),
        (r#"[{"op":"replace","path":"/resourceType","value":"Person"}]"#, 422),
        (r#"[{"op":"remove","path":"/resourceType"}]"#, 422),
        (r#"[{"op":"add","path":"/gender","value":"nonsense"}]"#, 422),
        (r#"[{"op":"replace","path":"","value":1}]"#, 422),
        (r#"{"op":"add"}"#, 422),
        ("[", 400),
        ("", 400),
    ];
    for (body, status) in cases {
        patch(s, "p", body).await.expect(status);
    }
    patch(s, "nobody", "[]").await.refused(404, "not-found");
    s.ask("PATCH", "/fhir/Patient/p").fhir("[]").send().await.refused(415, "not-supported");
    assert_eq!(s.get("/fhir/Patient/p").await.header("etag"), "W/\"1\"");
}

async fn a_patch_can_name_the_version_it_is_for(s: &Server) {
    s.patient("p").await;
    let ask = |tag: &str| {
        s.ask("PATCH", "/fhir/Patient/p")
            .header("if-match", tag)
            .header("content-type", "application/json-patch+json")
            .body(r#"[{"op":"add","path":"/active","value":true}]"#)
            .send()
    };
    ask("W/\"2\"").await.refused(412, "conflict");
    ask("W/\"1\"").await.expect(200);
}

async fn patches_at_once_all_arrive(s: &Server) {
    s.patient("p").await;
    let all = (0..4).map(|i| {
        let body = format!(r#"[{{"op":"add","path":"/telecom","value":[{{"system":"phone","value":"{i}"}}]}}]"#);
        async move { patch(s, "p", &body).await }
    });
    for reply in futures_util::future::join_all(all).await {
        reply.expect(200);
    }
    assert_eq!(s.get("/fhir/Patient/p").await.header("etag"), "W/\"5\"");
}

on_both!(
    a_patch_makes_a_version,
    patches_that_do_not_fit_change_nothing,
    a_patch_can_name_the_version_it_is_for,
    patches_at_once_all_arrive,
);
