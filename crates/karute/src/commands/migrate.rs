//! `karute migrate`
use crate::cli::MigrateArgs;
use crate::config::Config;
use crate::problem::Problem;
use crate::{out, storage};
use karute_crypto::{MasterKey, SystemEntropy};
use karute_ledger::{Backend, Ledger};

pub(super) async fn run(args: &MigrateArgs) -> Result<(), Problem> {
    let config = super::data_config(&args.source)?;
    let owner_url = args.database_owner_url.clone().or(config.owner_url.clone());
    if matches!(config.backend, Backend::Postgres { .. }) && owner_url.is_none() {
        return Err(Problem::new(
            "PostgreSQL の構造を変えるには所有者ロールの接続先が必要です。KARUTE_DATABASE_OWNER_URL を指定してください。",
        ));
    }
    if let Backend::Sqlite { dir } = &config.backend {
        std::fs::create_dir_all(dir).map_err(|e| Problem::new(format!("{} を作れません（{e}）。", dir.display())))?;
    }
    let new_key = !config.key_file.exists();
    if new_key && holds_institutions(&config).await {
        return Err(Problem::new(format!(
            "このデータベースには既に施設がありますが、マスター鍵 {} がありません。新しい鍵では署名を確かめられません。控えから戻してください。",
            config.key_file.display()
        )));
    }
    let key = MasterKey::load_or_create(&config.key_file, &SystemEntropy)
        .map_err(|e| Problem::new(format!("マスター鍵 {} を使えません（{e}）。", config.key_file.display())))?;
    let report = karute_ledger::migrate(&storage::ledger_config(&config, key), owner_url.as_deref()).await?;
    if args.json {
        out::json(&serde_json::json!({"applied": report.applied, "created_key": new_key}));
        return Ok(());
    }
    if new_key {
        out::say(&format!(
            "マスター鍵 {} を作りました。失うと記録の署名を確かめられず、職員もサインインできなくなります。データベースとは別の場所に控えてください。",
            config.key_file.display()
        ));
    }
    if report.applied.is_empty() {
        out::line("データベースは最新です。");
    } else {
        for name in &report.applied {
            out::line(&format!("適用しました: {name}"));
        }
    }
    Ok(())
}

/// Whether records exist that were signed with a key. A database that cannot be opened has not been migrated yet.
async fn holds_institutions(config: &Config) -> bool {
    let unused = MasterKey::from_bytes([0; 32]);
    let Ok(ledger) = Ledger::open(storage::ledger_config(config, unused)).await else { return false };
    let found = ledger.tenants().await.is_ok_and(|tenants| !tenants.is_empty());
    ledger.close().await;
    found
}
