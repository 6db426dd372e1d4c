use crate::http::{get, send};
use crate::process::{Running, clinic, json, ok, token};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

const FHIR: (&str, &str) = ("Content-Type", "application/fhir+json");

fn serve(data: &str, more: &[&str]) -> (Running, String, String) {
    let mut args = vec!["serve", "--data", data, "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0"];
    args.extend(more);
    let mut running = Running::start(&args);
    let (url, ops) = running.addresses();
    (running, url, ops)
}

#[test]
fn the_log_and_the_metrics_hold_no_patient_data() {
    let dir = tempfile::tempdir().unwrap();
    let data = clinic(dir.path());
    let bearer = format!("Bearer {}", token(&data));
    let (running, url, ops) = serve(&data, &["--log", "debug"]);
    let auth = ("Authorization", bearer.as_str());
    let patient = r#"{"resourceType":"Patient","name":[{"text":"一色 珠緒"}],"birthDate":"1931-02-03"}"#;
    let created = send("POST", &format!("{url}/fhir/Patient"), &[auth, FHIR], patient);
    assert_eq!(created.status, 201, "{}", created.body);
    let id = created.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(get(&format!("{url}/fhir/Patient/{id}"), &[auth]).status, 200);
    assert_eq!(get(&format!("{url}/fhir/Patient?birthdate=1931-02-03"), &[auth]).status, 200);
    let broken =
        send("POST", &format!("{url}/fhir/Patient"), &[auth, FHIR], "{\"resourceType\":\"Patient\",\"name\":\"一色\"");
    assert_eq!(broken.status, 400);
    let metrics = get(&format!("http://{ops}/metrics"), &[]).body;
    let line = "karute_http_requests_total{method=\"GET\",route=\"/fhir/{type}/{id}\",status=\"200\"} 1";
    assert!(metrics.lines().any(|l| l == line), "{metrics}");
    let (status, _, stderr) = running.stop();
    assert_eq!(status.code(), Some(0));
    let log = stderr.join("\n");
    assert!(log.contains("\"route\":\"/fhir/{type}/{id}\"") && log.contains("\"tenant\":1"), "{log}");
    let secret = bearer.rsplit('_').next().unwrap();
    for private in [id.as_str(), "一色", "珠緒", "1931-02-03", secret] {
        assert!(!log.contains(private), "{private} in the log:\n{log}");
        assert!(!metrics.contains(private), "{private} in the metrics");
    }
}

#[test]
fn every_answer_carries_an_id_of_our_own_and_safe_headers() {
    let dir = tempfile::tempdir().unwrap();
    let data = clinic(dir.path());
    let (_running, url, _) = serve(&data, &[]);
    for path in ["/fhir/metadata", "/fhir/Patient/x", "/sign-in", "/nowhere", "/fhir/nowhere/at/all/there"] {
        let answer = get(&format!("{url}{path}"), &[("X-Request-Id", "forged")]);
        let id = answer.header("x-request-id").unwrap_or_default();
        assert!(id.len() == 32 && id != "forged", "{path}: {id}");
        for name in ["x-content-type-options", "content-security-policy", "x-frame-options", "referrer-policy"] {
            assert!(answer.header(name).is_some(), "{path}: {name}");
        }
        assert!(answer.header("strict-transport-security").is_none(), "no HSTS without TLS");
    }
}

#[test]
fn roles_decide_what_is_served() {
    let dir = tempfile::tempdir().unwrap();
    let data = clinic(dir.path());
    let (_api, url, _) = serve(&data, &["--roles", "api"]);
    assert_eq!(get(&format!("{url}/fhir/metadata"), &[]).status, 200);
    assert_eq!(get(&format!("{url}/sign-in"), &[]).status, 404);
    let (_web, url, _) = serve(&data, &["--roles", "web"]);
    assert_eq!(get(&format!("{url}/fhir/metadata"), &[]).status, 404);
    assert_eq!(get(&format!("{url}/sign-in"), &[]).status, 200);
}

#[test]
fn the_operations_listener_tells_life_and_readiness() {
    let dir = tempfile::tempdir().unwrap();
    let data = clinic(dir.path());
    let (_running, url, ops) = serve(&data, &[]);
    assert_eq!(get(&format!("http://{ops}/healthz"), &[]).body, "ok\n");
    assert_eq!(get(&format!("http://{ops}/readyz"), &[]).body, "ready\n");
    assert_eq!(get(&format!("{url}/metrics"), &[]).status, 404, "not on the public listener");
}

#[test]
fn an_institution_created_beside_a_running_server_is_served_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let data = clinic(dir.path());
    let (_running, url, _) = serve(&data, &[]);
    ok(&["tenant", "create", "--data", &data, "--name", "aoba", "--display-name", "あおば", "--code", "1319900010"]);
    let created =
        json(&["token", "create", "--data", &data, "--tenant", "aoba", "--scope", "system/*.cruds", "--json"]);
    let bearer = format!("Bearer {}", created["token"].as_str().unwrap());
    let auth = ("Authorization", bearer.as_str());
    let made = send("POST", &format!("{url}/fhir/Patient"), &[auth, FHIR], r#"{"resourceType":"Patient"}"#);
    assert_eq!(made.status, 201, "{}", made.body);
    // The command line writes into a chain that the server writes into.
    let person = ["--login", "sato", "--name", "佐藤 健一", "--kana", "サトウ ケンイチ", "--profession", "doctor"];
    let mut args = vec!["user", "create", "--data", &data, "--tenant", "aoba"];
    args.extend(person);
    ok(&args);
    let made = send("POST", &format!("{url}/fhir/Patient"), &[auth, FHIR], r#"{"resourceType":"Patient"}"#);
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(json(&["verify", "--data", &data, "--json"])["ok"], true);
}

#[test]
fn a_stopping_server_finishes_the_request_it_has_begun() {
    let dir = tempfile::tempdir().unwrap();
    let data = clinic(dir.path());
    let bearer = token(&data);
    let (mut running, url, _) = serve(&data, &[]);
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    let body = r#"{"resourceType":"Patient","active":true}"#;
    let (first, second) = body.split_at(20);
    let head = format!(
        "POST /fhir/Patient HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {bearer}\r\nContent-Type: application/fhir+json\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    // The server asks for the body: it has begun.
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).unwrap();
    assert!(interim.starts_with(b"HTTP/1.1 100"), "{}", String::from_utf8_lossy(&interim));
    stream.write_all(first.as_bytes()).unwrap();
    running.signal("TERM");
    // New connections are refused once it stops; then the rest of the request is sent.
    let began = std::time::Instant::now();
    while TcpStream::connect(url.strip_prefix("http://").unwrap()).is_ok() {
        assert!(began.elapsed().as_secs() < 60, "still accepting");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    stream.write_all(second.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert_eq!(running.wait().code(), Some(0));
    let verified = json(&["verify", "--data", &data, "--json"]);
    assert_eq!(verified["ok"], true);
}

#[test]
fn a_connection_that_says_nothing_does_not_hold_a_stopping_server() {
    let dir = tempfile::tempdir().unwrap();
    let data = clinic(dir.path());
    let (running, url, _) = serve(&data, &[]);
    let _silent = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    assert_eq!(get(&format!("{url}/fhir/metadata"), &[]).status, 200);
    let began = std::time::Instant::now();
    assert_eq!(running.stop().0.code(), Some(0));
    assert!(began.elapsed().as_secs() < 25, "{:?}", began.elapsed());
}

#[test]
fn only_a_named_proxy_speaks_for_the_callers_address() {
    let dir = tempfile::tempdir().unwrap();
    let data = clinic(dir.path());
    let bearer = format!("Bearer {}", token(&data));
    let headers = [("Authorization", bearer.as_str()), ("X-Forwarded-For", "192.0.2.77"), FHIR];
    for (more, expected) in [(&[][..], "127.0.0.1"), (&["--trusted-proxies", "127.0.0.0/8"][..], "192.0.2.77")] {
        let (running, url, _) = serve(&data, more);
        let made = send("POST", &format!("{url}/fhir/Patient"), &headers, r#"{"resourceType":"Patient"}"#);
        assert_eq!(made.status, 201, "{}", made.body);
        let id = made.header("x-request-id").unwrap().to_owned();
        assert_eq!(running.stop().0.code(), Some(0));
        let query = format!("SELECT body FROM audit WHERE body LIKE '%{id}%'");
        let event = crate::tampering::sqlite(&format!("{data}/tenants/1.db"), &query);
        assert!(event.contains(expected), "{event}");
    }
}

#[test]
fn the_sandbox_runs_alone() {
    let mut sandbox = Running::start(&["sandbox", "--listen", "127.0.0.1:0"]);
    let said = sandbox.said();
    let url = said.split_whitespace().find(|w| w.starts_with("http://")).unwrap().trim_end_matches("/sim").to_owned();
    assert!(get(&format!("{url}/sim/ca.pem"), &[]).body.starts_with("-----BEGIN CERTIFICATE-----"));
    assert_eq!(get(&format!("{url}/sim/journal"), &[]).status, 200);
    assert_eq!(sandbox.stop().0.code(), Some(0));
}

#[test]
fn a_bulk_export_is_carried_out_by_the_worker() {
    let dir = tempfile::tempdir().unwrap();
    let data = clinic(dir.path());
    let bearer = format!("Bearer {}", token(&data));
    let auth = ("Authorization", bearer.as_str());
    let (running, url, ops) = serve(&data, &[]);
    for name in ["一色 珠緒", "二宮 葵"] {
        let patient = format!(r#"{{"resourceType":"Patient","name":[{{"text":"{name}"}}]}}"#);
        assert_eq!(send("POST", &format!("{url}/fhir/Patient"), &[auth, FHIR], &patient).status, 201);
    }
    let asked = get(&format!("{url}/fhir/$export?_type=Patient"), &[auth, ("Prefer", "respond-async")]);
    assert_eq!(asked.status, 202, "{}", asked.body);
    let status = asked.header("content-location").unwrap().to_owned();
    let began = std::time::Instant::now();
    let manifest = loop {
        let answer = get(&status, &[auth]);
        if answer.status == 200 {
            break answer.json();
        }
        assert_eq!(answer.status, 202, "{}", answer.body);
        assert!(began.elapsed().as_secs() < 60, "never exported");
        std::thread::sleep(std::time::Duration::from_millis(10));
    };
    let file = manifest["output"][0]["url"].as_str().unwrap();
    let lines = get(file, &[auth]).body;
    assert_eq!(lines.lines().count(), 2, "{lines}");
    assert!(lines.contains("一色 珠緒") && lines.contains("二宮 葵"));
    let metrics = get(&format!("http://{ops}/metrics"), &[]).body;
    assert!(metrics.contains("karute_jobs_total{kind=\"fhir.export\",outcome=\"done\"} 1"), "{metrics}");
    assert_eq!(running.stop().0.code(), Some(0));
    assert_eq!(json(&["verify", "--data", &data, "--json"])["ok"], true);
}
