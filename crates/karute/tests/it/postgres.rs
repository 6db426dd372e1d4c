use crate::http::{get, send};
use crate::process::{Running, karute};
use karute_testkit::PgUrls;
use std::path::Path;
use std::process::{Command, Output};

const FHIR: (&str, &str) = ("Content-Type", "application/fhir+json");

/// Runs a command on the database, configured by the environment alone.
fn with(urls: &PgUrls, dir: &Path, args: &[&str]) -> Output {
    karute().args(args).envs(environment(urls, dir)).output().unwrap()
}

fn environment(urls: &PgUrls, dir: &Path) -> [(&'static str, String); 4] {
    [
        ("KARUTE_DATABASE_URL", urls.login.clone()),
        ("KARUTE_DATABASE_OWNER_URL", urls.owner.clone()),
        ("KARUTE_KEY_FILE", dir.join("master.key").display().to_string()),
        ("KARUTE_CHECKPOINT_DIR", dir.join("checkpoints").display().to_string()),
    ]
}

fn ok(urls: &PgUrls, dir: &Path, args: &[&str]) -> String {
    let output = with(urls, dir, args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn serve(urls: &PgUrls, dir: &Path) -> (Running, String) {
    let args = ["serve", "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0"];
    let mut running = Running::start_with(&args, &environment(urls, dir));
    let (url, _) = running.addresses();
    (running, url)
}

fn psql(url: &str, statement: &str) -> String {
    let output = Command::new("psql").args([url, "-XAtqc", statement]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn two_copies_serve_one_database_and_verify_names_the_byte_changed_with_psql() {
    let urls = karute_testkit::postgres();
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let unready = with(&urls, dir, &["serve", "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0"]);
    assert_eq!(unready.status.code(), Some(1), "not before it is migrated");
    ok(&urls, dir, &["migrate"]);
    assert_eq!(ok(&urls, dir, &["migrate"]), "データベースは最新です。");
    ok(&urls, dir, &["tenant", "create", "--name", "midori", "--display-name", "みどり", "--code", "1319900010"]);
    let token = ok(&urls, dir, &["token", "create", "--tenant", "midori", "--scope", "system/*.cruds"]);
    let bearer = format!("Bearer {token}");
    let auth = ("Authorization", bearer.as_str());

    let ((one, url_one), (two, url_two)) = (serve(&urls, dir), serve(&urls, dir));
    let patient = r#"{"resourceType":"Patient","name":[{"text":"一色 珠緒"}]}"#;
    let created = send("POST", &format!("{url_one}/fhir/Patient"), &[auth, FHIR], patient);
    assert_eq!(created.status, 201, "{}", created.body);
    let id = created.json()["id"].as_str().unwrap().to_owned();
    let read = get(&format!("{url_two}/fhir/Patient/{id}"), &[auth]);
    assert_eq!((read.status, read.header("etag")), (200, Some("W/\"1\"")));
    let created = send("POST", &format!("{url_two}/fhir/Patient"), &[auth, FHIR], patient);
    assert_eq!(created.status, 201, "{}", created.body);
    assert_eq!(one.stop().0.code(), Some(0));
    assert_eq!(two.stop().0.code(), Some(0));

    ok(&urls, dir, &["verify"]);
    let changed = "UPDATE version SET body = replace(body, '珠緒', '珠代') WHERE body LIKE '%珠緒%'";
    assert!(
        !Command::new("psql").args([&urls.login, "-XAtqc", changed]).output().unwrap().status.success(),
        "the product's own role may not"
    );
    psql(&urls.superuser, changed);
    let verified = with(&urls, dir, &["verify"]);
    let said = String::from_utf8(verified.stderr).unwrap();
    assert_eq!(verified.status.code(), Some(1), "{said}");
    assert!(said.contains(&format!("Patient/{id}")), "{said}");
    let doctor = ok(&urls, dir, &["doctor"]);
    assert!(doctor.contains("[正常] database"), "{doctor}");
}
