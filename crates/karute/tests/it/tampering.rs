use crate::process::{clinic, run};
use std::process::Command;

pub(crate) fn sqlite(file: &str, statement: &str) -> String {
    let output = Command::new("sqlite3").args([file, statement]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A clinic with a person in it; the file of its records.
fn with_records(dir: &std::path::Path) -> (String, String) {
    let data = clinic(dir);
    let person = ["--login", "sato", "--name", "佐藤 健一", "--kana", "サトウ ケンイチ", "--profession", "doctor"];
    let mut args = vec!["user", "create", "--data", &data, "--tenant", "midori"];
    args.extend(person);
    assert!(run(&args).status.success());
    let file = format!("{data}/tenants/1.db");
    sqlite(&file, "PRAGMA wal_checkpoint(TRUNCATE)");
    (data, file)
}

fn verify(data: &str) -> (Option<i32>, String) {
    let output = run(&["verify", "--data", data]);
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn verify_names_the_record_whose_byte_was_changed_with_sqlite3() {
    let dir = tempfile::tempdir().unwrap();
    let (data, file) = with_records(dir.path());
    assert_eq!(verify(&data).0, Some(0));
    let id = sqlite(&file, "SELECT id FROM version WHERE body LIKE '%佐藤%' LIMIT 1");
    sqlite(&file, "UPDATE version SET body = replace(body, '健一', '健二') WHERE body LIKE '%佐藤 健一%'");
    let (code, said) = verify(&data);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains(&format!("Practitioner/{id}")), "{said}");
}

#[test]
fn verify_finds_a_removed_audit_event() {
    let dir = tempfile::tempdir().unwrap();
    let (data, file) = with_records(dir.path());
    sqlite(&file, "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)");
    let (code, said) = verify(&data);
    assert_eq!(code, Some(1), "{said}");
}
