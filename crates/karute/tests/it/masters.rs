use crate::http::get;
use crate::process::{Running, clinic, json, ok, run};
use crate::tampering::sqlite;
use std::path::Path;

/// Lines in the layout of 郵便番号データ (UTF-8), written for the test.
fn postal(dir: &Path, name: &str, towns: &[(&str, &str)]) -> String {
    let lines = towns.iter().map(|(code, town)| {
        format!("13101,\"100  \",\"{code}\",\"トウキョウト\",\"チヨダク\",\"カナ\",\"東京都\",\"千代田区\",\"{town}\",0,0,0,0,0,0\r\n")
    });
    let path = dir.join(name);
    std::fs::write(&path, lines.collect::<String>()).unwrap();
    path.display().to_string()
}

fn refused(args: &[&str]) -> String {
    let output = run(args);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{args:?}: {said}");
    assert!(said.starts_with("エラー: ") && said.trim_end().lines().count() == 1, "{said}");
    said
}

#[test]
fn a_published_file_is_tried_taken_in_known_again_and_shown() {
    let dir = tempfile::tempdir().unwrap();
    let data = clinic(dir.path());
    let status = || json(&["masters", "status", "--data", &data, "--json"]);
    let before = status();
    assert_eq!(before["starter_only"], true);
    assert!(ok(&["masters", "status", "--data", &data]).starts_with("お試し用の小さなマスターだけが"));
    assert!(ok(&["doctor", "--data", &data]).contains("[注意] masters"));

    let file = postal(dir.path(), "utf_ken_all.csv", &[("1000001", "千代田"), ("1000002", "皇居外苑")]);
    let import = |file: &str, more: &[&str]| {
        let mut args = vec!["masters", "import", "postal", file, "--data", &data, "--json"];
        args.extend(more);
        json(&args)
    };
    let tried = import(&file, &["--dry-run", "--date", "2026-10-01"]);
    assert_eq!((&tried["outcome"], &tried["added"]), (&"dry-run".into(), &2.into()), "{tried}");
    assert_eq!(status(), before);
    let taken = import(&file, &["--date", "2026-10-01"]);
    assert_eq!(
        (&taken["outcome"], &taken["number"], &taken["read"]),
        (&"stored".into(), &1.into(), &2.into()),
        "{taken}"
    );
    assert_eq!(import(&file, &[])["outcome"], "known");
    let text = ok(&["masters", "import", "postal", &file, "--data", &data]);
    assert!(text.contains("取り込み済み"), "{text}");

    let after = status();
    assert_eq!(after["starter_only"], false);
    let kind = after["kinds"].as_array().unwrap().iter().find(|k| k["kind"] == "postal").unwrap();
    assert_eq!((&kind["number"], &kind["edition"], &kind["rows"]), (&1.into(), &"2026-10-01".into(), &2.into()));
    assert_eq!((&kind["file"], &kind["report"]["added"]), (&"utf_ken_all.csv".into(), &2.into()));
    let text = ok(&["masters", "status", "--data", &data]);
    assert!(text.contains("postal\t郵便番号\t2026-10-01 版（第1版）\t2 件\tutf_ken_all.csv"), "{text}");
    assert!(text.contains("会計: 不足 ssk-disease ssk-modifier ssk-drug ssk-act ssk-material ssk-comment"), "{text}");
    assert!(text.contains("住所入力: そろっています"), "{text}");
}

#[test]
fn what_does_not_fit_is_refused_with_its_place_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let data = clinic(dir.path());
    let good = postal(dir.path(), "good.csv", &[("1000001", "千代田"), ("1000002", "皇居外苑")]);
    ok(&["masters", "import", "postal", &good, "--data", &data, "--date", "2026-10-01"]);
    let before = json(&["masters", "status", "--data", &data, "--json"]);
    let import = |kind: &str, file: &str, more: &[&str]| {
        let mut args = vec!["masters", "import", kind, file, "--data", &data];
        args.extend(more);
        refused(&args)
    };
    let broken = dir.path().join("broken.csv").display().to_string();
    let text = std::fs::read_to_string(&good).unwrap();
    std::fs::write(&broken, text.replacen("\"皇居外苑\",0", "\"皇居外苑\"", 1)).unwrap();
    let said = import("postal", &broken, &[]);
    assert!(said.contains("broken.csv") && said.contains("2行目") && said.contains("何も変えていません"), "{said}");
    assert!(import("ssk-drug", &good, &[]).contains("good.csv"));
    let older = postal(dir.path(), "older.csv", &[("1000001", "千代田")]);
    assert!(import("postal", &older, &["--date", "2026-09-01"]).contains("古い"));
    assert!(import("postal", &dir.path().join("none.csv").display().to_string(), &[]).contains("読めません"));
    assert_eq!(json(&["masters", "status", "--data", &data, "--json"]), before);
}

#[test]
fn a_running_server_shows_what_is_taken_in_beside_it() {
    let dir = tempfile::tempdir().unwrap();
    let data = clinic(dir.path());
    let args = ["serve", "--data", &data, "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0"];
    let mut running = Running::start(&args);
    let (_, ops) = running.addresses();
    let metrics = || get(&format!("http://{ops}/metrics"), &[]).body;
    let until = |line: &str| {
        let began = std::time::Instant::now();
        while !metrics().lines().any(|l| l == line) {
            assert!(began.elapsed().as_secs() < 60, "never {line}: {}", metrics());
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    };
    until("karute_masters_version 0");
    assert_eq!(get(&format!("http://{ops}/readyz"), &[]).body, "ready\n");
    let file = postal(dir.path(), "utf_ken_all.csv", &[("1000001", "千代田"), ("1000002", "皇居外苑")]);
    ok(&["masters", "import", "postal", &file, "--data", &data]);
    until("karute_masters_version 1");
    until("karute_masters_rows{kind=\"postal\"} 2");
    assert!(metrics().lines().any(|l| l == "karute_masters_refresh_failed_total 0"));
    assert_eq!(running.stop().0.code(), Some(0));
}

#[test]
fn verify_finds_a_master_changed_with_sqlite3() {
    let dir = tempfile::tempdir().unwrap();
    let data = clinic(dir.path());
    let file = postal(dir.path(), "utf_ken_all.csv", &[("1000001", "千代田")]);
    ok(&["masters", "import", "postal", &file, "--data", &data]);
    let clean = json(&["verify", "--data", &data, "--json"]);
    assert_eq!((&clean["ok"], &clean["masters"]["editions"]), (&true.into(), &1.into()));
    let system = format!("{data}/system.db");
    sqlite(&system, "PRAGMA wal_checkpoint(TRUNCATE)");
    sqlite(&system, "UPDATE master_edition SET content = zeroblob(length(content))");
    let said = refused(&["verify", "--data", &data]);
    assert!(said.contains("master postal edition 1") && said.contains("内容が取り込んだときと違います"), "{said}");
    assert!(refused(&["masters", "status", "--data", &data]).contains("postal"));
}

/// A package of one profile, as a folder.
fn package(dir: &Path, version: &str) -> String {
    let folder = dir.join(format!("own.package-{version}"));
    std::fs::create_dir(&folder).unwrap();
    let about = format!(r#"{{"name":"own.package","version":"{version}"}}"#);
    std::fs::write(folder.join("package.json"), about).unwrap();
    let profile = r#"{"resourceType":"StructureDefinition","url":"http://example.org/StructureDefinition/P",
        "type":"Patient","derivation":"constraint","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient",
        "differential":{"element":[{"id":"Patient.gender","path":"Patient.gender","min":1}]}}"#;
    std::fs::write(folder.join("StructureDefinition-p.json"), profile).unwrap();
    folder.display().to_string()
}

#[test]
fn a_package_of_definitions_is_taken_in_from_a_folder_and_shown() {
    let dir = tempfile::tempdir().unwrap();
    let data = clinic(dir.path());
    let status = || ok(&["masters", "status", "--data", &data]);
    assert!(status().contains("fhir-package\tプロファイルの定義\t自前の規則"));
    let first = package(dir.path(), "1.0.0");
    let import = |folder: &str, more: &[&str]| {
        let mut args = vec!["masters", "import", "fhir-package", folder, "--data", &data, "--json"];
        args.extend(more);
        json(&args)
    };
    assert_eq!(import(&first, &["--dry-run"])["outcome"], "dry-run");
    let taken = import(&first, &[]);
    assert_eq!((&taken["outcome"], &taken["number"]), (&"stored".into(), &1.into()), "{taken}");
    assert_eq!((&taken["package"], &taken["definitions"]), (&"own.package".into(), &1.into()), "{taken}");
    assert_eq!(import(&first, &[])["outcome"], "known");
    let second = package(dir.path(), "1.1.0");
    let text = ok(&["masters", "import", "fhir-package", &second, "--data", &data]);
    assert!(text.contains("own.package 1.1.0") && text.contains("前に取り込んだ版（1.0.0）"), "{text}");
    assert!(status().contains("fhir-package\tプロファイルの定義\t第2版\town.package 1.1.0"));
    ok(&["verify", "--data", &data]);

    let broken = dir.path().join("broken.tgz");
    std::fs::write(&broken, "no archive").unwrap();
    let said = refused(&["masters", "import", "fhir-package", &broken.display().to_string(), "--data", &data]);
    assert!(said.contains(".tgz") && said.contains("何も変えていません"), "{said}");
    let said = refused(&["masters", "import", "fhir-package", &dir.path().display().to_string(), "--data", &data]);
    assert!(said.contains("StructureDefinition"), "{said}");
}
