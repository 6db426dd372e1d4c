//! `karute masters …`
use crate::cli::{MastersCommand, MastersImportArgs, MastersStatusArgs};
use crate::out;
use crate::problem::Problem;
use crate::storage::{Storage, operator};
use karute_chart::masters::{KindStatus, MappingCount, MastersStatus, mappings, status};
use karute_crypto::sha256;
use karute_operations::masters::{MasterRefresh, PACKAGE_KIND, Packages, TakeInError, Taken, take_in};
use karute_terminology::{ImportOptions, Kind, Masters, MastersHandle, MergeOptions, Refusal, Report, Table, starter};
use serde_json::{Value, json};
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

/// Largest file read, in bytes: published ones stay below 50 MB.
const MAX_FILE_BYTES: u64 = 512 << 20;

pub(super) async fn run(command: MastersCommand) -> Result<(), Problem> {
    match command {
        MastersCommand::Import(args) => match args.kind {
            Importable::Table(kind) => import(kind, args).await,
            Importable::Package => super::packages::import(args).await,
        },
        MastersCommand::Status(args) => show(&args).await,
    }
}

/// What can be taken in: a table of codes, or a package of definitions.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Importable {
    Table(Kind),
    Package,
}

async fn import(kind: Kind, args: MastersImportArgs) -> Result<(), Problem> {
    let bytes = read_file(&args.file)?;
    let name = args.file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let source = args.source.clone();
    super::with_storage(&source, async |storage| {
        let options = ImportOptions {
            date: args.date,
            today: storage.clock.now().day_in_japan(),
            merge: MergeOptions { difference: args.difference, accept_vanished: args.accept_vanished },
            digest: sha256(&bytes).to_hex(),
        };
        let merge = move |table: &Table| {
            let imported = karute_terminology::import(table, &name, &bytes, &options)?;
            Ok::<_, Refusal>((imported.merged.table, imported.merged.known, imported.report))
        };
        let kept = |report: &Report| as_json(report).to_string();
        let taken = take_in(&storage.ledger, kind, &operator(), args.dry_run, merge, kept).await;
        let (taken, report) = taken.map_err(refused)?;
        tell(taken, &report, args.json);
        Ok(())
    })
    .await
}

pub(super) fn read_file(path: &Path) -> Result<Vec<u8>, Problem> {
    let shown = path.display();
    let unreadable = |e| Problem::new(format!("{shown} を読めません（{e}）。場所と権限を確かめてください。"));
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(Problem::new(format!(
            "{shown} は {} MiB を超えています。公開されているマスターではないようです。",
            MAX_FILE_BYTES >> 20
        )));
    }
    Ok(bytes)
}

fn refused(error: TakeInError<Refusal>) -> Problem {
    match error {
        TakeInError::Refused(refusal) => Problem::new(format!("{refusal}（取り込まず、何も変えていません）")),
        TakeInError::Ledger(error) => error.into(),
        other => Problem::new(format!("{other}。")),
    }
}

fn tell(taken: Taken, report: &Report, json: bool) {
    if json {
        let mut shown = as_json(report);
        let (outcome, number) = match taken {
            Taken::Stored(number) => ("stored", Some(number)),
            Taken::Known => ("known", None),
            Taken::Tried => ("dry-run", None),
        };
        if let Some(object) = shown.as_object_mut() {
            object.insert("outcome".to_owned(), outcome.into());
            object.insert("number".to_owned(), number.into());
        }
        return out::json(&shown);
    }
    out::line(report.text().trim_end());
    match taken {
        Taken::Stored(number) => {
            out::line(&format!("第{number}版として取り込みました。動いているサービスには数秒で反映されます。"));
        }
        Taken::Known => {}
        Taken::Tried => out::line("試しただけで、何も変えていません（--dry-run）。"),
    }
}

/// The report as it is kept with the edition and printed.
fn as_json(report: &Report) -> Value {
    let rejected: Vec<Value> = report
        .rejected
        .iter()
        .map(|r| json!({"line": r.line, "column": r.column, "key": r.key, "reason": r.reason}))
        .collect();
    json!({
        "kind": report.kind.name(), "file": report.file, "part": report.part, "edition": report.edition.to_string(),
        "read": report.read, "added": report.added, "changed": report.changed, "ended": report.ended,
        "vanished": report.vanished, "unchanged": report.unchanged, "rejected": rejected, "total": report.total,
    })
}

async fn show(args: &MastersStatusArgs) -> Result<(), Problem> {
    super::with_storage(&args.source, async |storage| {
        let (masters, problem) = load(&storage).await;
        let now = status(&storage.ledger, &masters).await.map_err(|e| match e {
            karute_chart::ChartError::Ledger(error) => Problem::from(error),
            other => Problem::new(format!("マスターの状態を読めません（{other}）。")),
        })?;
        let mappings = mappings(&masters, storage.clock.now().day_in_japan());
        if args.json {
            let mut shown = serde_json::to_value(&now).unwrap_or_default();
            if let Some(object) = shown.as_object_mut() {
                object.insert("mappings".to_owned(), serde_json::to_value(&mappings).unwrap_or_default());
                object.insert("problem".to_owned(), problem.clone().into());
            }
            out::json(&shown);
        } else {
            print(&now, &mappings);
            out::line(&packages(&storage).await?);
        }
        match problem {
            None => Ok(()),
            Some(problem) => Err(Problem::new(format!(
                "読めないマスターがあります（{problem}）。karute verify で確かめ、同じファイルを取り込み直してください。"
            ))),
        }
    })
    .await
}

/// The packages of definitions, in a line.
async fn packages(storage: &Storage) -> Result<String, Problem> {
    let what = format!("{PACKAGE_KIND}\tプロファイルの定義\t");
    let Some(found) = storage.ledger.read_master(PACKAGE_KIND).await? else {
        return Ok(format!("{what}自前の規則"));
    };
    let packages = Packages::decode(&found.content)
        .map_err(|e| Problem::new(format!("取り込んだパッケージを読めません（{e}）。取り込み直してください。")))?;
    let names: Vec<String> = packages.names().map(|(name, version)| format!("{name} {version}")).collect();
    Ok(format!("{what}第{}版\t{}", found.edition.number, names.join("、")))
}

/// The tables as a service would have them, and what could not be read.
pub(super) async fn load(storage: &Storage) -> (Arc<Masters>, Option<String>) {
    let handle = MastersHandle::default();
    let place = handle.clone();
    let publish = Arc::new(move |tables| place.replace(Masters::new(tables)));
    let mut refresh = MasterRefresh::new(storage.ledger.clone(), starter::tables, publish);
    refresh.once().await;
    (handle.current(), refresh.state().figures().problem)
}

fn print(now: &MastersStatus, mappings: &[MappingCount]) {
    if now.starter_only {
        out::line("お試し用の小さなマスターだけが入っています。診療に使う前に公式のファイルを取り込んでください。");
    }
    for kind in &now.kinds {
        out::line(&line(kind));
    }
    for function in &now.functions {
        let missing = function.missing.join(" ");
        let state = if missing.is_empty() { "そろっています".to_owned() } else { format!("不足 {missing}") };
        out::line(&format!("{}: {state}", function.label));
    }
    for direction in mappings {
        out::line(&format!(
            "{} → {}\t対応あり {} 件\t対応なし {} 件",
            direction.from_label, direction.to_label, direction.mapped, direction.unmapped
        ));
    }
}

fn line(kind: &KindStatus) -> String {
    let what = format!("{}\t{}\t", kind.kind, kind.label);
    match (kind.number, kind.rows) {
        (Some(number), rows) => format!(
            "{what}{} 版（第{number}版）\t{rows} 件\t{}\t{} 取り込み",
            kind.edition.as_deref().unwrap_or("日付不明"),
            kind.file.as_deref().unwrap_or("－"),
            kind.imported_at.as_deref().unwrap_or("－"),
        ),
        (None, 0) => format!("{what}なし"),
        (None, rows) => format!("{what}お試し用\t{rows} 件"),
    }
}

/// A kind by its word, for clap.
pub(crate) fn parse_kind(name: &str) -> Result<Importable, String> {
    if name == PACKAGE_KIND {
        return Ok(Importable::Package);
    }
    Kind::parse(name).map(Importable::Table).ok_or_else(|| {
        let known: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).chain([PACKAGE_KIND]).collect();
        format!("種類「{name}」はありません。次から選んでください: {}", known.join(" "))
    })
}

/// A day, for clap.
pub(crate) fn parse_day(text: &str) -> Result<karute_japan::Date, String> {
    text.parse().map_err(|_| format!("日付「{text}」を読めません。2026-11-01 のように書いてください。"))
}
