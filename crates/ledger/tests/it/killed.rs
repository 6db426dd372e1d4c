//! `kill -9` during writes: what was acknowledged is there, nothing is half there, the chain is whole.
use crate::stage::{Stage, changes, doctor, id, kind, patient, put, save, tenant};
use karute_ledger::{Backend, Doc, Expect, Ledger, Lookup, TenantId};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Set for the process that is to be killed: the directory or the URL.
const TARGET: &str = "KARUTE_TEST_KILLED";
const ROUND: &str = "KARUTE_TEST_KILLED_ROUND";

/// What the killed process does: four writers that tell each write once it was acknowledged. Run by the tests below;
/// on its own it does nothing.
#[test]
fn victim() {
    let (Ok(target), Ok(round)) = (std::env::var(TARGET), std::env::var(ROUND)) else { return };
    let mut stage = Stage::sqlite();
    stage.config.backend = match target.strip_prefix("postgres:") {
        Some(_) => Backend::Postgres { url: target, max_connections: 4 },
        None => Backend::Sqlite { dir: PathBuf::from(target) },
    };
    stage.config.checkpoint_dir = None;
    stage.config.checkpoint_every = 7;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let ledger = Ledger::open(stage.config.clone()).await.unwrap();
        let access = ledger.access(TenantId(1), doctor());
        say("ready");
        let mut writers = tokio::task::JoinSet::new();
        for writer in 0..4 {
            let (access, round) = (access.clone(), round.clone());
            writers.spawn(async move {
                for n in 0.. {
                    let name = format!("p{round}-{writer}-{n}");
                    let mut commit = changes(vec![
                        put("Patient", &name, &patient("x"), Expect::Absent),
                        put("Patient", "shared", &patient(&name), Expect::Any),
                    ]);
                    commit.docs =
                        vec![Doc::Insert { space: "test", key: name.clone(), value: "x".into(), expires: None }];
                    let made = access.commit(commit).await.unwrap();
                    say(&format!("{name} {}", made.versions[1].version));
                }
            });
        }
        while writers.join_next().await.is_some() {}
    });
}

/// A whole line at once.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("@{line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

/// Starts a victim, kills it after `lines` acknowledged writes and `grains` of further waiting; what it told.
fn kill(target: &str, round: usize, lines: usize, grains: u32) -> Vec<(String, u32)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed::victim", "--nocapture", "--test-threads=1"])
        .env(TARGET, target)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut told = Vec::new();
    let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut hear = |told: &mut Vec<(String, u32)>| {
        let Some(line) = out.next() else { return false };
        if let Some((name, version)) = line.unwrap().split_once('@').and_then(|(_, told)| told.split_once(' ')) {
            told.push((name.to_owned(), version.parse().unwrap()));
        }
        true
    };
    while told.len() < lines && hear(&mut told) {}
    assert!(told.len() >= lines, "the victim died by itself");
    // Somewhere within a transaction or its flush, not only right after an answer.
    std::thread::sleep(std::time::Duration::from_micros(u64::from(grains) * 97));
    child.kill().unwrap();
    while hear(&mut told) {}
    child.wait().unwrap();
    told
}

async fn survived(stage: &Stage, told: &[(String, u32)], round: usize) {
    let ledger = Ledger::open(stage.config.clone()).await.unwrap();
    let report = ledger.verify(TenantId(1)).await.unwrap();
    assert_eq!(report.bad, None, "round {round}");
    let access = ledger.access(TenantId(1), doctor());
    let highest = told.iter().map(|(_, version)| *version).max().unwrap_or(0);
    let reader = access.reader(karute_ledger::Action::View);
    for (name, _) in told {
        let found = reader.read(kind("Patient"), &id(name)).await.unwrap();
        assert!(matches!(found, Lookup::Found(_)), "round {round}: {name} was acknowledged and is lost");
        assert!(access.doc("test", name).await.unwrap().is_some(), "round {round}: {name} is half there");
    }
    let Lookup::Found(shared) = reader.read(kind("Patient"), &id("shared")).await.unwrap() else { panic!() };
    assert!(shared.version >= highest);
    // Whole or not at all: as many patients as documents as versions of the shared one.
    let mut docs = 0;
    for n in 0..=round {
        docs += access.docs("test", &format!("p{n}-"), 10_000).await.unwrap().len();
    }
    assert_eq!(shared.version as usize, docs + 1);
    reader.release(()).await.unwrap();
    ledger.close().await;
}

async fn rounds(stage: Stage, target: String, rounds: usize) {
    let ledger = stage.open().await;
    let tenant = tenant(&ledger, "sakura").await;
    save(&ledger.access(tenant.id, doctor()), "Patient", "shared", &patient("x")).await;
    ledger.close().await;
    let mut told = Vec::new();
    let mut seed = 0x2545_f491_u32;
    for round in 0..rounds {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (lines, grains) = ((seed >> 16) as usize % 12, (seed >> 8) % 64);
        let target = target.clone();
        let new = tokio::task::spawn_blocking(move || kill(&target, round, lines, grains)).await.unwrap();
        told.extend(new);
        survived(&stage, &told, round).await;
    }
    assert!(told.len() > rounds, "the victims got to write");
}

#[test]
fn sqlite_keeps_every_acknowledged_write_through_fifty_kills() {
    crate::stage::run(Stage::sqlite(), |mut stage| {
        Box::pin(async move {
            stage.config.checkpoint_dir = None;
            let Backend::Sqlite { dir } = &stage.config.backend else { panic!() };
            let target = dir.to_str().unwrap().to_owned();
            rounds(stage, target, 50).await;
        })
    });
}

#[test]
fn postgres_keeps_every_acknowledged_write_through_ten_kills() {
    crate::stage::run(Stage::postgres(), |mut stage| {
        Box::pin(async move {
            stage.config.checkpoint_dir = None;
            let target = stage.urls.as_ref().unwrap().login.clone();
            rounds(stage, target, 10).await;
        })
    });
}
