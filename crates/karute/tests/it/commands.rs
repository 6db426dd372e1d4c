use crate::process::{clinic, json, karute, ok, run};
use karute_identity::TotpSecret;
use karute_japan::{Clock as _, SystemClock};

const COMMANDS: &[&[&str]] = &[
    &[],
    &["demo"],
    &["serve"],
    &["sandbox"],
    &["migrate"],
    &["tenant"],
    &["tenant", "create"],
    &["tenant", "eprescription"],
    &["tenant", "sharing"],
    &["connector"],
    &["user"],
    &["user", "create"],
    &["user", "signing-key"],
    &["token"],
    &["token", "create"],
    &["masters"],
    &["masters", "import"],
    &["masters", "status"],
    &["synth"],
    &["print"],
    &["print", "chart"],
    &["print", "prescription"],
    &["verify"],
    &["checkpoint"],
    &["reindex"],
    &["doctor"],
    &["config", "check"],
    &["totp"],
    &["bench"],
];

#[test]
fn every_command_explains_itself_with_an_example() {
    for command in COMMANDS {
        let mut args = command.to_vec();
        args.push("--help");
        let help = ok(&args);
        assert!(help.contains("例:") && help.contains(&format!("karute {}", command.join(" "))), "{command:?}\n{help}");
    }
    assert!(!ok(&["--help"]).contains("backup"), "what is not built is not listed");
}

#[test]
fn unusable_arguments_end_with_2() {
    for args in [
        &["nonsense"][..],
        &["serve", "--listen", "everywhere"],
        &["tenant", "create", "--name", "x"],
        &["totp", "not base32!"],
        &["token", "create", "--tenant", "t", "--scope", "patient/*.r"],
        &["tenant", "create", "--name", "midori", "--display-name", "x", "--code", "1319900011"],
        &["tenant", "create", "--name", "Midori", "--display-name", "x", "--code", "1319900010"],
        &["verify", "--data", "a", "--database-url", "sqlite://b"],
        &["masters", "import", "nonsense", "file.csv"],
        &["masters", "import", "postal", "file.csv", "--date", "2026-13-01"],
    ] {
        let output = run(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(!output.stderr.is_empty() && output.stdout.is_empty(), "{args:?}");
    }
}

#[test]
fn what_cannot_be_done_ends_with_1_and_one_line() {
    let dir = tempfile::tempdir().unwrap();
    let data = clinic(dir.path());
    let missing = dir.path().join("missing").display().to_string();
    for args in [
        &["verify", "--data", &missing][..],
        &["tenant", "show", "--data", &data, "--tenant", "nowhere"],
        &["user", "unlock", "--data", &data, "--tenant", "midori", "--login", "nobody"],
        &["serve", "--data", &missing],
    ] {
        let output = run(args);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{args:?}: {said}");
        assert!(said.starts_with("エラー: ") && said.trim_end().lines().count() == 1, "{args:?}: {said}");
    }
}

#[test]
fn totp_prints_the_code_of_now() {
    let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    let code = |s: u64| TotpSecret::from_base32(secret).unwrap().code(s);
    let now = || u64::try_from(SystemClock.now().as_micros() / 1_000_000).unwrap();
    let before = now();
    let printed = ok(&["totp", secret]);
    let after = now();
    assert!([code(before), code(after)].contains(&printed.trim().to_owned()), "{printed}");
}

#[test]
fn institutions_people_and_tokens_are_managed_from_the_command_line() {
    let dir = tempfile::tempdir().unwrap();
    let data = clinic(dir.path());
    let of = |command: &[&str], more: &[&str]| {
        let mut args = command.to_vec();
        args.extend(["--data", &data, "--tenant", "midori", "--json"]);
        args.extend(more);
        json(&args)
    };
    assert_eq!(ok(&["migrate", "--data", &data]).trim(), "データベースは最新です。");
    let again =
        run(&["tenant", "create", "--data", &data, "--name", "midori", "--display-name", "x", "--code", "1319900010"]);
    assert_eq!(again.status.code(), Some(1));
    assert_eq!(json(&["tenant", "list", "--data", &data, "--json"])[0]["institution_code"], "1319900010");
    assert_eq!(of(&["tenant", "suspend"], &[])["state"], "suspended");
    assert_eq!(of(&["tenant", "resume"], &[])["state"], "active");

    let person =
        &["--login", "h.yamamoto", "--name", "山本 花子", "--kana", "ヤマモト ハナコ", "--profession", "doctor"];
    let created = of(&["user", "create"], person);
    assert_eq!(created["totp_secret"].as_str().unwrap().len(), 32);
    let login = &["--login", "h.yamamoto"];
    assert_eq!(
        of(&["user", "set-professions"], &["--login", "h.yamamoto", "--profession", "nurse"])["professions"][0],
        "nurse"
    );
    assert_eq!(of(&["user", "disable"], login)["enabled"], false);
    assert_eq!(of(&["user", "enable"], login)["enabled"], true);
    assert_ne!(of(&["user", "reset-totp"], login)["totp_secret"], created["totp_secret"]);
    assert_ne!(of(&["user", "reset-password"], login)["password"], created["password"]);
    assert_eq!(of(&["user", "list"], &[]).as_array().unwrap().len(), 1);
    assert_eq!(of(&["user", "sessions"], &[]).as_array().unwrap().len(), 0);

    let token = of(&["token", "create"], &["--scope", "system/Patient.rs", "--expires", "2d"]);
    assert!(token["token"].as_str().unwrap().starts_with("karute_1_"));
    let id = token["id"].as_str().unwrap();
    assert_eq!(of(&["token", "list"], &[])[0]["scopes"], "system/Patient.rs");
    of(&["token", "revoke"], &["--id", id]);
    assert_eq!(of(&["token", "list"], &[]).as_array().unwrap().len(), 0);

    let verified = json(&["verify", "--data", &data, "--json"]);
    assert_eq!(verified["ok"], true);
    assert!(verified["tenants"][0]["entries"].as_u64().unwrap() > 8);
    let out = dir.path().join("checkpoints.jsonl").display().to_string();
    ok(&["checkpoint", "--data", &data, "--out", &out]);
    assert_eq!(std::fs::read_to_string(&out).unwrap().lines().count(), 1);
}

#[test]
fn an_institution_is_connected_with_the_prescription_service_from_the_command_line() {
    let dir = tempfile::tempdir().unwrap();
    let data = clinic(dir.path());
    let path = |name: &str| dir.path().join(name).display().to_string();
    let of = |command: &[&str], more: &[&str]| {
        let mut args = command.to_vec();
        args.extend(["--data", &data, "--tenant", "midori"]);
        args.extend(more);
        run(&args)
    };
    let connect = |more: &[&str]| of(&["tenant", "eprescription"], more);
    let said = |output: &std::process::Output| String::from_utf8_lossy(&output.stderr).into_owned();
    for (more, code) in [
        (&[][..], 2),
        (&["--off", "--requests", &path("req"), "--results", &path("res")], 2),
        (&["--requests", &path("req")], 2),
        (&["--web-api", "https://x.example"], 2),
        // Folders that are not there.
        (&["--requests", &path("req"), "--results", &path("res"), "--simulated"], 1),
    ] {
        let output = connect(more);
        assert_eq!(output.status.code(), Some(code), "{more:?}: {}", said(&output));
    }
    for folder in ["req", "res"] {
        std::fs::create_dir(path(folder)).unwrap();
    }
    let folders = ["--requests", &path("req"), "--results", &path("res")];
    let real = connect(&folders);
    assert_eq!(real.status.code(), Some(1));
    assert!(said(&real).contains("未確認"), "{}", said(&real));
    let simulated = connect(&[&folders[..], &["--simulated"]].concat());
    assert!(simulated.status.success(), "{}", said(&simulated));
    assert!(String::from_utf8_lossy(&simulated.stdout).contains("模擬環境につなぎます"));
    assert!(connect(&["--off"]).status.success());

    std::fs::write(path("key.p12"), b"no key").unwrap();
    std::fs::write(path("password"), "words\n").unwrap();
    let key = |login: &str, file: &str| {
        let more = ["--login", login, "--pkcs12", &path(file), "--password-file", &path("password")];
        of(&["user", "signing-key"], &more)
    };
    for (login, file, words) in
        [("nobody", "key.p12", "職員「nobody」はいません"), ("nobody", "none.p12", "読めません")]
    {
        let output = key(login, file);
        assert_eq!(output.status.code(), Some(1));
        assert!(said(&output).contains(words), "{}", said(&output));
    }
    let person =
        ["--login", "h.yamamoto", "--name", "山本 花子", "--kana", "ヤマモト ハナコ", "--profession", "doctor"];
    assert!(of(&["user", "create"], &person).status.success());
    let output = key("h.yamamoto", "key.p12");
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("この鍵は使えません") && !said(&output).contains("words"), "{}", said(&output));
}

#[test]
fn the_configuration_check_says_what_is_wrong_and_where() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("karute.toml");
    let path = file.display().to_string();
    std::fs::write(&file, "data = \"d\"\nlissten = \"127.0.0.1:80\"\n").unwrap();
    let output = run(&["config", "check", "--config", &path]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("2 行 1 列") && said.contains("「lissten」"), "{said}");

    std::fs::write(&file, "data = \"d\"\nlisten = \"127.0.0.1:80\"\n").unwrap();
    let output = karute().args(["config", "check", "--config", &path]).env("KARUTE_LISTN", "x").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("KARUTE_LISTN"), "{said}");
    assert!(String::from_utf8(output.stdout).unwrap().contains("127.0.0.1:80"));

    let by_environment =
        karute().args(["config", "check", "--config", &path]).env("KARUTE_LISTEN", "127.0.0.1:81").output();
    assert!(String::from_utf8(by_environment.unwrap().stdout).unwrap().contains("127.0.0.1:81"));
    let by_argument = karute()
        .args(["config", "check", "--config", &path, "--listen", "127.0.0.1:82"])
        .env("KARUTE_LISTEN", "127.0.0.1:81")
        .output();
    assert!(String::from_utf8(by_argument.unwrap().stdout).unwrap().contains("127.0.0.1:82"));
}

#[test]
fn the_doctor_finds_a_key_that_others_can_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let data = clinic(dir.path());
    let healthy = json(&["doctor", "--data", &data, "--json"]);
    assert_eq!(healthy["ok"], true, "{healthy}");
    let checks: Vec<&str> =
        healthy["findings"].as_array().unwrap().iter().map(|f| f["check"].as_str().unwrap()).collect();
    for check in ["config", "key-file", "disk", "clock", "checkpoints", "database", "tenants", "jobs", "masters"] {
        assert!(checks.contains(&check), "{check} in {checks:?}");
    }
    let key = format!("{data}/master.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let output = run(&["doctor", "--data", &data]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stdout).unwrap().contains(&format!("chmod 600 {key}")));
}

#[test]
fn the_synthetic_clinic_is_written_once() {
    let dir = tempfile::tempdir().unwrap();
    let data = clinic(dir.path());
    let args =
        ["synth", "--data", &data, "--tenant", "midori", "--patients", "3", "--years", "1", "--seed", "7", "--json"];
    let first = json(&args);
    assert!(first["written"].as_u64().unwrap() > 3, "{first}");
    assert_eq!(json(&["verify", "--data", &data, "--json"])["ok"], true);
    let reindexed = json(&["reindex", "--data", &data, "--tenant", "midori", "--json"]);
    assert!(reindexed["resources"].as_u64() >= first["written"].as_u64(), "{reindexed}");
}

#[test]
fn a_record_is_printed_from_a_copy_of_the_data_without_the_service() {
    let dir = tempfile::tempdir().unwrap();
    let data = clinic(&dir.path().join("live"));
    ok(&["synth", "--data", &data, "--tenant", "midori", "--patients", "3", "--years", "1", "--seed", "7", "--json"]);
    let copy = dir.path().join("copy");
    copy_all(std::path::Path::new(&data), &copy);
    let out = dir.path().join("chart.html");
    let (copy, out) = (copy.to_str().unwrap(), out.to_str().unwrap());
    let print = |patient: &str, more: &[&str]| {
        let mut args = vec!["print", "chart", "--data", copy, "--tenant", "midori", "--patient", patient, "--out", out];
        args.extend(more);
        run(&args)
    };
    let made = print("000001", &["--json", "--versions"]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let page = std::fs::read_to_string(out).unwrap();
    for part in
        ["様式第一号（一）の1", "様式第一号（一）の2", "様式第一号（一）の3", "患者番号 000001", "以下余白", "<style>"]
    {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("/assets/"), "the file needs nothing else");
    let none = print("999999", &[]);
    assert_eq!(none.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&none.stderr).contains("見つかりません"));
    assert_eq!(print("000001", &["--from", "2026-13-01"]).status.code(), Some(2));
}

fn copy_all(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_all(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn a_lost_master_key_is_not_replaced_by_a_new_one() {
    let dir = tempfile::tempdir().unwrap();
    let data = clinic(dir.path());
    let key = format!("{data}/master.key");
    let kept = std::fs::read(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    for args in [&["migrate", "--data", &data][..], &["verify", "--data", &data]] {
        let output = run(args);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        assert!(String::from_utf8(output.stderr).unwrap().contains("控えから戻して"), "{args:?}");
    }
    assert!(!std::path::Path::new(&key).exists());
    std::fs::write(&key, kept).unwrap();
    std::process::Command::new("chmod").args(["600", &key]).status().unwrap();
    assert_eq!(json(&["verify", "--data", &data, "--json"])["ok"], true);
}

#[test]
fn a_folder_is_begun_once_and_what_lies_there_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let data = clinic(dir.path());
    let path = |name: &str| dir.path().join(name).display().to_string();
    let connector = |more: &[&str]| {
        let folder = path("kyoyu");
        let mut args = vec!["connector", "--data", &data, "--tenant", "midori", "--folder", &folder, "--once"];
        args.extend(["--wait", "2", "--json"]);
        args.extend(more);
        run(&args)
    };
    let said = |output: &std::process::Output| String::from_utf8_lossy(&output.stderr).into_owned();
    let first = connector(&[]);
    assert_eq!(first.status.code(), Some(1));
    assert!(said(&first).contains("--begin"), "{}", said(&first));
    let unconnected = connector(&["--begin"]);
    assert_eq!(unconnected.status.code(), Some(1));
    assert!(said(&unconnected).contains("karute tenant sharing"), "{}", said(&unconnected));
    for folder in ["req", "res"] {
        std::fs::create_dir(path(folder)).unwrap();
    }
    let (req, res) = (path("req"), path("res"));
    ok(&[
        "tenant",
        "sharing",
        "--data",
        &data,
        "--tenant",
        "midori",
        "--requests",
        &req,
        "--results",
        &res,
        "--simulated",
    ]);
    std::fs::write(dir.path().join("kyoyu/in/a.hl7"), b"MSH|").unwrap();
    let told = connector(&[]);
    assert!(told.status.success(), "{}", said(&told));
    let counts: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!((counts["refused"].as_u64(), counts["open"].as_u64()), (Some(1), Some(0)));
    let results = std::fs::read_dir(dir.path().join("kyoyu/rejected")).unwrap();
    assert_eq!(results.count(), 2, "the file and why it was refused");
}
