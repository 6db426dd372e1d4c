//! The command line as clap reads it. What is not built is not listed.

mod care;
mod connection;
mod institution;
mod masters;
mod paper;
mod people;
mod service;

pub(crate) use care::{BenchArgs, CheckpointArgs, ConfigCommand, DoctorArgs, VerifyArgs};
pub(crate) use connection::{ConnectorArgs, EprescriptionArgs, SharingArgs, SigningArgs};
pub(crate) use institution::{TenantArgs, TenantCommand, TenantSetArgs};
pub(crate) use masters::{MastersCommand, MastersImportArgs, MastersStatusArgs};
pub(crate) use paper::{PrintChartArgs, PrintCommand, PrintPrescriptionArgs};
pub(crate) use people::{SigningKeyArgs, TokenCommand, TotpArgs, UserArgs, UserCommand};
pub(crate) use service::{DemoArgs, MigrateArgs, SandboxArgs, ServeArgs, SynthArgs};

use clap::{Parser, Subcommand};

/// Karute: an open, multi-tenant electronic medical record for Japan.
#[derive(Parser, Debug)]
#[command(
    name = "karute",
    version,
    about = "Karute: 診療記録のサーバーと、その運用のための道具",
    after_help = "例:\n  karute demo                          すぐに試す（SQLite・架空の診療所つき）\n  karute serve --data /var/lib/karute  本番のサービスを動かす\n  karute verify --data /var/lib/karute 記録が改ざんされていないことを確かめる\n\n設定は コマンドライン > 環境変数 KARUTE_* > karute.toml の順に優先します。\n終了コード: 0 成功、1 できなかった、2 引数の誤り。"
)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Commands.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// 架空の診療所つきで、すべてを一つのプロセスで試す
    #[command(
        after_help = "例:\n  karute demo\n  karute demo --listen 127.0.0.1:9000 --data /tmp/karute-demo --patients 1000\n\n準備ができると、標準出力に JSON を1行だけ書きます。"
    )]
    Demo(DemoArgs),
    /// サービスを動かす
    #[command(
        after_help = "例:\n  karute serve --data /var/lib/karute --listen 0.0.0.0:8080\n  KARUTE_DATABASE_URL=postgres://karute:…@db/karute karute serve --roles web,api\n\nSIGTERM を受けると、始めた処理を終え、引き受けた送信処理を戻してから止まります。"
    )]
    Serve(ServeArgs),
    /// 外部サービスの模擬環境だけを動かす
    #[command(after_help = "例:\n  karute sandbox --listen 127.0.0.1:8081\n  curl http://127.0.0.1:8081/sim/journal")]
    Sandbox(SandboxArgs),
    /// データベースをこの版の構造にする（何度実行しても安全）
    #[command(
        after_help = "例:\n  karute migrate --data /var/lib/karute\n  KARUTE_DATABASE_URL=postgres://karute:…@db/karute KARUTE_DATABASE_OWNER_URL=postgres://karute_owner:…@db/karute karute migrate"
    )]
    Migrate(MigrateArgs),
    /// 施設
    #[command(
        subcommand,
        after_help = "例:\n  karute tenant create --name midori --display-name みどり内科クリニック --code 1319900010"
    )]
    Tenant(TenantCommand),
    /// 職員
    #[command(
        subcommand,
        after_help = "例:\n  karute user create --tenant midori --login h.yamamoto --name '山本 花子' --kana 'ヤマモト ハナコ' --profession doctor"
    )]
    User(UserCommand),
    /// 連携用トークン
    #[command(
        subcommand,
        after_help = "例:\n  karute token create --tenant midori --scope 'system/*.rs' --label 検査システム --expires 90d"
    )]
    Token(TokenCommand),
    /// 病名・薬・検査などのマスター（全施設に共通）
    #[command(subcommand, after_help = "例:\n  karute masters import ssk-drug y_20261101.csv\n  karute masters status")]
    Masters(MastersCommand),
    /// 架空の診療所の記録を作る（同じ種からは同じ記録）
    #[command(after_help = "例:\n  karute synth --tenant midori --patients 300 --years 3 --seed 1")]
    Synth(SynthArgs),
    /// ほかの電子カルテを使う施設のフォルダーから電子カルテ情報共有サービスへ登録し、届いた文書を渡す
    #[command(
        after_help = "例:\n  karute connector --tenant midori --folder /srv/kyoyu --begin\n  karute connector --tenant midori --folder /srv/kyoyu --once --json\n\nFHIR の Bundle（*.json）を in に置くと登録し、結果を accepted と rejected に書きます。同意のある紹介状は in/consented に置きます。届いた文書は out に出ます。"
    )]
    Connector(ConnectorArgs),
    /// 紙にする
    #[command(
        subcommand,
        after_help = "例:\n  karute print chart --tenant midori --patient 004821 --out chart.html\n\nサービスが動いていなくても、データの写し（--data）から印刷できます。"
    )]
    Print(PrintCommand),
    /// 記録の連鎖とチェックポイントを計算し直し、改ざん・欠落・入れ替え・切り詰めを見つける
    #[command(
        after_help = "例:\n  karute verify --data /var/lib/karute\n  karute verify --tenant midori --json\n\n異常があれば終了コード 1 で、最初の異常な記録を示します。"
    )]
    Verify(VerifyArgs),
    /// 署名つきチェックポイントを今つくり、書き出す
    #[command(after_help = "例:\n  karute checkpoint --tenant midori --out /mnt/offsite/checkpoints.jsonl")]
    Checkpoint(CheckpointArgs),
    /// 検索索引を記録から作り直す
    #[command(after_help = "例:\n  karute reindex --tenant midori")]
    Reindex(TenantArgs),
    /// 設定・データベース・時計・証明書・容量などを調べ、直すべき点を示す
    #[command(after_help = "例:\n  karute doctor --data /var/lib/karute\n  karute doctor --json")]
    Doctor(DoctorArgs),
    /// 設定
    #[command(subcommand, after_help = "例:\n  karute config check --config /etc/karute/karute.toml")]
    Config(ConfigCommand),
    /// TOTP の秘密鍵から、いまの認証コードを表示する（試験・デモ用）
    #[command(after_help = "例:\n  karute totp GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]
    Totp(TotpArgs),
    /// 速さと CPU 時間を測る（どの FHIR R4 サーバーでも）
    #[command(
        after_help = "例:\n  karute bench --url http://127.0.0.1:8080/fhir --token \"$TOKEN\" --pid \"$(pidof karute)\"\n  karute bench --url http://127.0.0.1:8080/fhir --token \"$TOKEN\" --workload load,read --patients 100"
    )]
    Bench(BenchArgs),
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn walk(command: &clap::Command, path: &str, check: &mut dyn FnMut(&clap::Command, &str)) {
        check(command, path);
        for sub in command.get_subcommands() {
            walk(sub, &format!("{path} {}", sub.get_name()), check);
        }
    }

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_shows_an_example_that_begins_with_its_own_name() {
        walk(&Cli::command(), "karute", &mut |command, path| {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("例:"), "{path} has no example");
            assert!(help.contains(path), "the example of {path} does not show it");
        });
    }
}
