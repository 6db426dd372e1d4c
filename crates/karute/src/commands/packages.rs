//! `karute masters import fhir-package …`
use crate::cli::MastersImportArgs;
use crate::out;
use crate::problem::Problem;
use crate::storage::operator;
use karute_crypto::sha256;
use karute_fhir::profile::{Package, PackageError};
use karute_operations::masters::{PackageReport, PackageSource, TakeInError, Taken, take_in_package};
use std::path::{Path, PathBuf};

/// Most bytes and files read of a folder; the package itself is bounded likewise.
const MAX_BYTES: u64 = 256 << 20;
const MAX_FILES: usize = 20_000;

pub(super) async fn import(args: MastersImportArgs) -> Result<(), Problem> {
    let source = read(&args.file)?;
    let storage = args.source.clone();
    super::with_storage(&storage, async |storage| {
        let taken = take_in_package(&storage.ledger, source, &operator(), args.dry_run).await;
        let (taken, report) = taken.map_err(refused)?;
        tell(taken, &report, args.json);
        Ok(())
    })
    .await
}

/// A folder of JSON files, or an archive.
fn read(path: &Path) -> Result<PackageSource, Problem> {
    let file = path.file_name().map_or_else(|| "fhir-package".to_owned(), |name| name.to_string_lossy().into_owned());
    if path.is_dir() {
        let files = folder(path)?;
        let mut all = Vec::new();
        for (name, content) in &files {
            all.extend_from_slice(name.as_bytes());
            all.extend_from_slice(sha256(content).to_hex().as_bytes());
        }
        return Ok(PackageSource { file, digest: sha256(&all).to_hex(), files });
    }
    let bytes = super::masters::read_file(path)?;
    let mut files = Vec::new();
    let mut keep = |name: &str, content: &[u8]| {
        files.push((name.to_owned(), content.to_vec()));
        Ok(())
    };
    Package::each_file(&bytes, &mut keep).map_err(|error| nothing_changed(&error))?;
    Ok(PackageSource { file, digest: sha256(&bytes).to_hex(), files })
}

fn folder(path: &Path) -> Result<Vec<(String, Vec<u8>)>, Problem> {
    // An unpacked archive has its files in `package`.
    let inner = path.join("package");
    let path = if inner.is_dir() { inner.as_path() } else { path };
    let unreadable = |path: &Path, e: std::io::Error| {
        Problem::new(format!("{} を読めません（{e}）。場所と権限を確かめてください。", path.display()))
    };
    let entries = std::fs::read_dir(path).map_err(|e| unreadable(path, e))?;
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|e| unreadable(path, e))?.path();
        if entry.extension().is_some_and(|end| end.eq_ignore_ascii_case("json")) {
            paths.push(entry);
        }
    }
    paths.sort();
    let mut left = MAX_BYTES;
    let mut files = Vec::new();
    for path in paths {
        let size = std::fs::metadata(&path).map_err(|e| unreadable(&path, e))?.len();
        left = left.checked_sub(size).ok_or_else(|| nothing_changed(&PackageError::TooLarge))?;
        if files.len() >= MAX_FILES {
            return Err(nothing_changed(&PackageError::TooLarge));
        }
        let content = std::fs::read(&path).map_err(|e| unreadable(&path, e))?;
        files.push((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), content));
    }
    Ok(files)
}

fn nothing_changed(error: &PackageError) -> Problem {
    Problem::new(format!("{error}（取り込まず、何も変えていません）"))
}

fn refused(error: TakeInError<PackageError>) -> Problem {
    match error {
        TakeInError::Refused(refusal) => nothing_changed(&refusal),
        TakeInError::Ledger(error) => error.into(),
        other => Problem::new(format!("{other}。")),
    }
}

fn tell(taken: Taken, report: &PackageReport, json: bool) {
    if json {
        let mut shown: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap_or_default();
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
    let PackageReport { name, version, replaced, definitions, value_sets, systems, all } = report;
    out::line(&format!(
        "{name} {version}: プロファイル {definitions} 件、値集合 {value_sets} 件、コード体系 {systems} 件"
    ));
    if let Some(old) = replaced {
        out::line(&format!("前に取り込んだ版（{old}）と置き換えます。"));
    }
    let names: Vec<String> = all.iter().map(|(name, version)| format!("{name} {version}")).collect();
    out::line(&format!("使うパッケージ（後のものが優先）: {}", names.join("、")));
    match taken {
        Taken::Stored(number) => {
            out::line(&format!("第{number}版として取り込みました。動いているサービスには数秒で反映されます。"));
        }
        Taken::Known => out::line("同じパッケージがすでに入っています。何も変えていません。"),
        Taken::Tried => out::line("試しただけで、何も変えていません（--dry-run）。"),
    }
}
