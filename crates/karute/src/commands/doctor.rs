//! `karute doctor`
use crate::certificate;
use crate::cli::DoctorArgs;
use crate::config::Config;
use crate::problem::Problem;
use crate::storage::Storage;
use crate::{out, serve};
use karute_japan::{Clock as _, SystemClock, Timestamp};
use karute_operations::doctor::{self, Finding, Level};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Days before the end of a certificate when a warning is given.
const CERTIFICATE_WARNING_DAYS: i64 = 30;
/// Hours after which a checkpoint is old.
const CHECKPOINT_WARNING_HOURS: i64 = 48;

pub(super) async fn run(args: &DoctorArgs) -> Result<(), Problem> {
    let mut findings = Vec::new();
    match Config::resolve(&args.source, &args.serve) {
        Err(problem) => {
            findings.push(Finding::error(
                "config",
                problem.message,
                "karute config check で確かめながら直してください。",
            ));
        }
        Ok(config) => {
            findings.push(Finding::ok("config", "設定を読めました。"));
            examine(&config, &mut findings).await;
        }
    }
    let worst = findings.iter().map(|f| f.level).max().unwrap_or(Level::Ok);
    if args.json {
        out::json(&serde_json::json!({"ok": worst < Level::Error, "level": worst, "findings": findings}));
    } else {
        for finding in &findings {
            out::line(&finding.lines());
        }
    }
    if worst == Level::Error {
        let count = findings.iter().filter(|f| f.level == Level::Error).count();
        return Err(Problem::new(format!("直す必要のある点が {count} 件あります。上の「対応」を見てください。")));
    }
    Ok(())
}

async fn examine(config: &Config, findings: &mut Vec<Finding>) {
    let mode = std::fs::metadata(&config.key_file).ok().map(|m| m.permissions().mode());
    findings.push(doctor::secret_file("key-file", &config.key_file, mode));
    if let Some(dir) = config.data_dir().filter(|d| d.is_dir()) {
        findings.push(doctor::disk(dir, free_bytes(dir)));
    }
    let newest = config.checkpoint_dir.as_deref().and_then(newest_file);
    findings.push(doctor::clock(&SystemClock, newest.unwrap_or(0)));
    findings.push(checkpoints(config, newest));
    if let Some((chain, key)) = &config.tls {
        let mode = std::fs::metadata(key).ok().map(|m| m.permissions().mode());
        findings.push(doctor::secret_file("tls-key", key, mode));
        findings.push(tls(chain, key));
    }
    findings.push(forms(config));
    match Storage::open(config, false).await {
        Err(problem) => {
            findings.push(Finding::error("database", problem.message, "接続先、権限、マスター鍵を確かめてください。"));
        }
        Ok(storage) => {
            findings.extend(doctor::database(&storage.ledger).await);
            storage.ledger.close().await;
        }
    }
}

/// Whether printed forms can be made.
fn forms(config: &Config) -> Finding {
    match karute_forms::Forms::new(config.fonts.clone()).ready() {
        Ok(()) => Finding::ok("forms", "帳票に使うフォントがあります。"),
        Err(error) => Finding::warning("forms", error.to_string(), "処方箋を印刷する施設があるなら、直してください。"),
    }
}

/// The certificate's days, after it was loaded as the server would.
fn tls(chain: &Path, key: &Path) -> Finding {
    const RENEW: &str = "証明書を更新し、サービスに SIGHUP を送ってください。";
    if let Err(problem) = serve::tls::Tls::load(chain, key) {
        return Finding::error("tls", problem.message, "証明書と鍵の組み合わせを確かめてください。");
    }
    let validity = serve::tls::certificates(chain).ok().and_then(|c| certificate::validity(c.first()?));
    let Some((from, until)) = validity else {
        return Finding::warning("tls", "証明書の有効期間を読めません。", "openssl x509 -dates で確かめてください。");
    };
    let now = SystemClock.now();
    let days = (until.as_micros() - now.as_micros()) / 86_400_000_000;
    let period = format!("証明書の有効期間は {} から {} です", from.date_in_japan(), until.date_in_japan());
    if now < from {
        Finding::error("tls", format!("{period}。まだ有効になっていません。"), "時計と証明書を確かめてください。")
    } else if now >= until {
        Finding::error("tls", format!("{period}。期限が切れています。"), RENEW)
    } else if days < CERTIFICATE_WARNING_DAYS {
        Finding::warning("tls", format!("{period}。あと {days} 日で切れます。"), RENEW)
    } else {
        Finding::ok("tls", format!("{period}。TLS 1.3 だけを受け付けます。"))
    }
}

fn checkpoints(config: &Config, newest: Option<i64>) -> Finding {
    const ADVICE: &str = "worker の役割のプロセスが動いているか確かめ、karute checkpoint を実行してください。";
    let Some(dir) = &config.checkpoint_dir else {
        return Finding::warning(
            "checkpoints",
            "チェックポイントをデータベースの外に書き出していません。",
            "checkpoint-dir に、データベースとは別の場所を指定してください。",
        );
    };
    let Some(newest) = newest else {
        return Finding::warning("checkpoints", format!("{} にチェックポイントがありません。", dir.display()), ADVICE);
    };
    let at = Timestamp::from_micros(newest * 1_000_000);
    let hours = (SystemClock.now().as_micros() - at.as_micros()) / 3_600_000_000;
    let message = format!("最後のチェックポイントは {} です。", at.to_fhir());
    if hours >= CHECKPOINT_WARNING_HOURS {
        Finding::warning("checkpoints", message, ADVICE)
    } else {
        Finding::ok("checkpoints", message)
    }
}

/// Unix seconds of the newest change of a file in a directory.
fn newest_file(dir: &Path) -> Option<i64> {
    let entries = std::fs::read_dir(dir).ok()?;
    entries
        .filter_map(|e| e.ok()?.metadata().ok()?.modified().ok())
        .filter_map(|t| t.duration_since(std::time::UNIX_EPOCH).ok())
        .filter_map(|d| i64::try_from(d.as_secs()).ok())
        .max()
}

/// Free bytes for ordinary users, by `df` (POSIX); no system call of our own is worth an `unsafe`.
fn free_bytes(dir: &Path) -> Option<u64> {
    let output = std::process::Command::new("df").arg("-Pk").arg(dir).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let kib: u64 = text.lines().nth(1)?.split_ascii_whitespace().nth(3)?.parse().ok()?;
    Some(kib * 1024)
}
