//! The simulated world, through its HTTP face.
#![allow(clippy::unwrap_used, missing_docs)]

use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use karute_japan::{ManualClock, Timestamp};
use karute_sandbox::{Faults, Sandbox};
use std::sync::Arc;
use tower::ServiceExt as _;

fn world() -> Sandbox {
    Sandbox::new(Arc::new(ManualClock::new(Timestamp::from_micros(1_700_000_000_000_000)))).unwrap()
}

async fn send(world: &Sandbox, method: &str, path: &str, body: &str) -> (StatusCode, String) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/json")
        .body(Body::from(body.to_owned()))
        .unwrap();
    let answer = world.router().oneshot(request).await.unwrap();
    let status = answer.status();
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn a_repeated_delivery_has_no_second_effect() {
    let world = world();
    assert_eq!(send(&world, "PUT", "/sim/mailbox/lab/k1", "x").await.0, StatusCode::CREATED);
    assert_eq!(send(&world, "PUT", "/sim/mailbox/lab/k1", "x").await.0, StatusCode::OK);
    assert_eq!(send(&world, "GET", "/sim/mailbox/lab", "").await.1, r#"["k1"]"#);
    let outcomes: Vec<_> = world.journal().iter().map(|entry| entry.outcome).collect();
    assert_eq!(outcomes, ["taken", "repeated"]);
}

#[tokio::test]
async fn a_lost_answer_has_taken_effect_and_a_failure_has_not() {
    let world = world();
    world.set_faults(Faults { fail_next: 1, lose_answer_next: 1, ..Faults::default() });
    assert_eq!(send(&world, "PUT", "/sim/mailbox/lab/a", "x").await.0, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(send(&world, "PUT", "/sim/mailbox/lab/b", "x").await.0, StatusCode::GATEWAY_TIMEOUT);
    assert_eq!(send(&world, "GET", "/sim/mailbox/lab", "").await.1, r#"["b"]"#);
}

#[tokio::test]
async fn maintenance_refuses_everything_until_it_ends() {
    let world = world();
    let (status, _) = send(&world, "PUT", "/sim/faults", r#"{"maintenance":true}"#).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(send(&world, "PUT", "/sim/mailbox/lab/a", "x").await.0, StatusCode::SERVICE_UNAVAILABLE);
    send(&world, "PUT", "/sim/faults", "{}").await;
    assert_eq!(send(&world, "PUT", "/sim/mailbox/lab/a", "x").await.0, StatusCode::CREATED);
}

#[tokio::test]
async fn an_unknown_switch_is_refused() {
    assert!(send(&world(), "PUT", "/sim/faults", r#"{"explode":true}"#).await.0.is_client_error());
}

#[tokio::test]
async fn the_authority_shows_its_certificate() {
    let (status, pem) = send(&world(), "GET", "/sim/ca.pem", "").await;
    assert_eq!(status, StatusCode::OK);
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----\n") && pem.ends_with("-----END CERTIFICATE-----\n"));
    assert!(pem.lines().all(|line| line.len() <= 64));
}
