use crate::http::{get, send};
use crate::process::{Running, json, ok};
use serde_json::Value;
use std::io::{Read as _, Write as _};

fn start(data: &str) -> (Running, Value) {
    let args = ["demo", "--listen", "127.0.0.1:0", "--data", data, "--patients", "12", "--seed", "5"];
    let mut demo = Running::start(&args);
    let ready = demo.ready();
    (demo, ready)
}

fn text<'v>(ready: &'v Value, key: &str) -> &'v str {
    ready[key].as_str().unwrap()
}

fn bearer(token: &str) -> (&'static str, String) {
    ("Authorization", format!("Bearer {token}"))
}

fn total(ready: &Value, token: &str, search: &str) -> u64 {
    let (name, value) = bearer(text(ready, token));
    let url = format!("{}/{search}", text(ready, "fhir"));
    let answer = get(&url, &[(name, &value)]);
    assert_eq!(answer.status, 200, "{search}: {}", answer.body);
    answer.json()["total"].as_u64().unwrap()
}

/// The cookie that a browser would send after opening a link.
fn cookie(link: &str) -> String {
    let answer = get(link, &[]);
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
}

/// Sends a form as a browser does.
fn form(url: &str, fields: &str) -> crate::http::Answer {
    let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Sec-Fetch-Site", "same-origin")];
    send("POST", url, &headers, fields)
}

#[test]
fn the_demonstration_keeps_its_promises_and_goes_on_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data").display().to_string();
    let (demo, ready) = start(&data);
    assert_eq!(ready["ready"], true);
    let url = text(&ready, "url");
    assert_eq!(get(&format!("{}/metadata", text(&ready, "fhir")), &[]).json()["resourceType"], "CapabilityStatement");
    assert_eq!(get(&format!("{}/sim/journal", text(&ready, "sandbox")), &[]).status, 200);
    assert_eq!(total(&ready, "token", "Patient?_summary=count"), 12);
    let roles: Vec<&str> = ready["users"].as_array().unwrap().iter().map(|u| text(u, "role")).collect();
    assert!(roles.starts_with(&["doctor", "nurse", "clerk", "admin"]), "{roles:?}");

    // The links sign in; a password with the code does too.
    let doctor = &ready["users"][0];
    let signed_in = cookie(text(doctor, "sign_in_link"));
    let reception = get(&format!("{url}/reception"), &[("Cookie", &signed_in)]);
    assert_eq!(reception.status, 200, "{}", reception.body);
    assert!(reception.header("content-security-policy").is_some());
    assert!(get(&format!("{url}/reception"), &[]).status != 200, "not without signing in");
    let nurse = &ready["users"][1];
    let (tenant, login, password) = (text(&ready, "tenant"), text(nurse, "login"), text(nurse, "password"));
    let first = form(&format!("{url}/sign-in"), &format!("tenant={tenant}&login={login}&password={password}"));
    assert_eq!(first.status, 200, "{}", first.body);
    assert!(first.header("set-cookie").is_none(), "a password alone opens nothing");
    let pending = first.body.split("name=\"pending\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let code = ok(&["totp", text(nurse, "totp_secret")]);
    let second = form(&format!("{url}/sign-in/code"), &format!("pending={pending}&code={}", code.trim()));
    assert_eq!(second.status, 303, "{}", second.body);
    assert!(second.header("set-cookie").unwrap().starts_with("karute="));

    // Institutions are apart.
    let (name, value) = bearer(text(&ready, "token"));
    let first = get(&format!("{}/Patient?_count=1", text(&ready, "fhir")), &[(name, &value)]).json();
    let id = first["entry"][0]["resource"]["id"].as_str().unwrap().to_owned();
    let (name, value) = bearer(text(&ready, "other_token"));
    assert_eq!(get(&format!("{}/Patient/{id}", text(&ready, "fhir")), &[(name, &value)]).status, 404);

    // A screen that waits for news does not keep the server from stopping: the second question with the same mark
    // waits.
    let changes = |mark: &str| format!("{url}/reception/changes?mark={mark}");
    let news = get(&changes("none"), &[("Cookie", &signed_in)]);
    let mark = news.json()["mark"].as_str().unwrap().to_owned();
    let host = url.strip_prefix("http://").unwrap();
    let mut waiting = std::net::TcpStream::connect(host).unwrap();
    let path = changes(&mark).split_off(url.len());
    write!(waiting, "GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {signed_in}\r\n\r\n").unwrap();
    // By the time this later one is answered, the first is most likely waiting.
    assert_eq!(get(&format!("{url}/reception"), &[("Cookie", &signed_in)]).status, 200);
    let stopping = std::time::Instant::now();
    let (status, stdout, stderr) = demo.stop();
    assert!(stopping.elapsed().as_secs() < 20, "{:?}", stopping.elapsed());
    assert_eq!(status.code(), Some(0), "{stderr:?}");
    let mut answer = String::new();
    waiting.read_to_string(&mut answer).unwrap();
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 204"), "{answer}");
    assert!(stdout.is_empty(), "exactly one line on standard output, then: {stdout:?}");
    let words = stderr.join("\n");
    assert!(words.contains(text(doctor, "sign_in_link")) && words.contains("医師"), "{words}");

    // As if it had last run on another day: the day's list is written again, and what is there is not doubled.
    let file = dir.path().join("data/demo.json");
    let state = std::fs::read_to_string(&file).unwrap();
    let today = karute_japan::Clock::now(&karute_japan::SystemClock).date_in_japan();
    assert!(state.contains(&today), "{state}");
    std::fs::write(&file, state.replace(&today, "2000-01-01")).unwrap();
    let (demo, again) = start(&data);
    assert!(std::fs::read_to_string(&file).unwrap().contains(&today));
    for key in ["tenant", "token", "other_tenant", "other_token"] {
        assert_eq!(again[key], ready[key], "{key}");
    }
    for key in ["login", "password", "totp_secret"] {
        assert_eq!(again["users"][0][key], ready["users"][0][key], "{key}");
    }
    assert_eq!(total(&again, "token", "Patient?_summary=count"), 12);
    cookie(text(&again["users"][1], "sign_in_link"));
    assert_eq!(demo.stop().0.code(), Some(0));
    assert_eq!(json(&["verify", "--data", &data, "--json"])["ok"], true);
}

#[test]
fn a_demonstration_killed_while_it_is_being_set_up_is_finished_by_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data").display().to_string();
    let file = dir.path().join("data/demo.json");
    // Killed as soon as it has begun to make people and records; twice, at different moments.
    for marker in ["\"totp_secret\": \"", "\"token\": \"karute_"] {
        let mut demo =
            Running::start(&["demo", "--listen", "127.0.0.1:0", "--data", &data, "--patients", "12", "--seed", "5"]);
        let began = std::time::Instant::now();
        let reached = |text: String| text.split(marker).skip(1).any(|rest| !rest.starts_with('"'));
        while !std::fs::read_to_string(&file).is_ok_and(reached) {
            assert!(began.elapsed().as_secs() < 120, "never reached {marker}");
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        demo.signal("KILL");
        demo.wait();
    }
    let (demo, ready) = start(&data);
    assert_eq!(total(&ready, "token", "Patient?_summary=count"), 12);
    let link = cookie(text(&ready["users"][3], "sign_in_link"));
    assert!(link.starts_with("karute="), "{link}");
    assert_eq!(demo.stop().0.code(), Some(0));
    assert_eq!(json(&["verify", "--data", &data, "--json"])["ok"], true);
}

#[test]
fn a_second_demonstration_in_the_same_directory_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data").display().to_string();
    let (demo, _) = start(&data);
    let second = crate::process::run(&["demo", "--listen", "127.0.0.1:0", "--data", &data]);
    assert_eq!(second.status.code(), Some(1));
    assert!(String::from_utf8(second.stderr).unwrap().contains("別の karute demo"));
    drop(demo);
}

#[test]
fn a_demonstration_does_not_touch_a_real_installation() {
    let dir = tempfile::tempdir().unwrap();
    let data = crate::process::clinic(dir.path());
    let refused = crate::process::run(&["demo", "--listen", "127.0.0.1:0", "--data", &data]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(!dir.path().join("data/demo.json").exists());
    let token = crate::process::token(&data);
    let mut serve =
        Running::start(&["serve", "--data", &data, "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0"]);
    let (url, _) = serve.addresses();
    let (name, value) = bearer(&token);
    let answer = send(
        "POST",
        &format!("{url}/fhir/Patient"),
        &[(name, &value), ("Content-Type", "application/fhir+json")],
        r#"{"resourceType":"Patient"}"#,
    );
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert_eq!(get(&format!("{url}/demo/sign-in?token=x"), &[]).status, 404, "links exist in demonstrations only");
}
