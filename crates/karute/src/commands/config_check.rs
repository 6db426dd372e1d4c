//! `karute config check`
use crate::config::{self, Config, ServeOverrides, SourceArgs};
use crate::problem::Problem;
use crate::serve::tls::Tls;
use crate::{cli, out};
use clap::CommandFactory as _;
use serde_json::json;

pub(super) fn run(source: &SourceArgs, serve: &ServeOverrides, json: bool) -> Result<(), Problem> {
    let mut warnings: Vec<String> = config::unknown_variables(&known_variables())
        .into_iter()
        .map(|name| format!("環境変数 {name} は使われていません。綴りを確かめてください。"))
        .collect();
    let checked = Config::resolve(source, serve).and_then(|config| examine(&config, &mut warnings).map(|()| config));
    if json {
        let error = checked.as_ref().err().map(|p| p.message.clone());
        out::json(&json!({"ok": checked.is_ok(), "error": error, "warnings": warnings}));
    } else {
        for warning in &warnings {
            out::say(&format!("注意: {warning}"));
        }
    }
    let config = checked?;
    if !json {
        out::line(&summary(&config));
    }
    Ok(())
}

/// Errors that would show only at the start.
fn examine(config: &Config, warnings: &mut Vec<String>) -> Result<(), Problem> {
    if let Some((certificate, key)) = &config.tls {
        Tls::load(certificate, key)?;
    }
    if !config.key_file.exists() {
        warnings
            .push(format!("マスター鍵 {} がまだありません。karute migrate で作れます。", config.key_file.display()));
    }
    let loopback = config.listen.ip().is_loopback();
    let https = config.tls.is_some() || config.public_url.as_deref().is_some_and(|u| u.starts_with("https://"));
    if !loopback && !https {
        warnings.push(
            "TLS なしで外部から届くアドレスに待ち受けます。tls-certificate と tls-key を設定するか、TLS を終端する中継を置いて public-url を https:// にしてください。"
                .to_owned(),
        );
    }
    if config.checkpoint_dir.is_none() {
        warnings.push("checkpoint-dir がありません。チェックポイントがデータベースの外に残らず、末尾の切り詰めに気づけないことがあります。".to_owned());
    }
    Ok(())
}

fn summary(config: &Config) -> String {
    let database = match &config.backend {
        karute_ledger::Backend::Sqlite { dir } => format!("SQLite（{}）", dir.display()),
        karute_ledger::Backend::Postgres { .. } => "PostgreSQL".to_owned(),
    };
    let tls = if config.tls.is_some() { "TLS 1.3" } else { "TLS なし" };
    format!(
        "設定は正しく読めました。データベース: {database}、待ち受け: {}（{tls}）、運用窓口: {}。",
        config.listen, config.ops_listen
    )
}

/// Every environment variable that some option reads, and those read elsewhere.
fn known_variables() -> Vec<String> {
    let mut known = Vec::new();
    collect(&cli::Cli::command(), &mut known);
    known
}

fn collect(command: &clap::Command, known: &mut Vec<String>) {
    known.extend(command.get_arguments().filter_map(|a| a.get_env()?.to_str().map(str::to_owned)));
    for sub in command.get_subcommands() {
        collect(sub, known);
    }
}
