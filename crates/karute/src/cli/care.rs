//! The command line: what an operator checks: records, configuration, speed.
use crate::config::SourceArgs;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// `karute verify`
#[derive(Args, Debug)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    pub source: SourceArgs,
    /// この施設だけ（省略時はすべて）
    #[arg(long, value_name = "NAME")]
    pub tenant: Option<String>,
    /// 結果を JSON で出す
    #[arg(long)]
    pub json: bool,
}

/// `karute checkpoint`
#[derive(Args, Debug)]
pub(crate) struct CheckpointArgs {
    #[command(flatten)]
    pub source: SourceArgs,
    /// この施設だけ（省略時はすべて）
    #[arg(long, value_name = "NAME")]
    pub tenant: Option<String>,
    /// 追記するファイル（省略時は標準出力）
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// `karute doctor`
#[derive(Args, Debug)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    pub source: SourceArgs,
    #[command(flatten)]
    pub serve: crate::config::ServeOverrides,
    /// 結果を JSON で出す
    #[arg(long)]
    pub json: bool,
}

/// `karute config …`
#[derive(Subcommand, Debug)]
pub(crate) enum ConfigCommand {
    /// 設定の誤りと場所を示す
    #[command(after_help = "例:\n  karute config check --config /etc/karute/karute.toml")]
    Check {
        #[command(flatten)]
        source: SourceArgs,
        #[command(flatten)]
        serve: crate::config::ServeOverrides,
        /// 結果を JSON で出す
        #[arg(long)]
        json: bool,
    },
}

/// `karute bench`
#[derive(Args, Debug)]
pub(crate) struct BenchArgs {
    /// FHIR のアドレス（http://…/fhir）
    #[arg(long, value_name = "URL")]
    pub url: String,
    /// 連携用トークン（複数可。2つ目からは tenants の測定に使う）
    #[arg(long = "token", env = "KARUTE_BENCH_TOKENS", value_delimiter = ',', hide_env_values = true)]
    pub tokens: Vec<String>,
    /// 画面の測定（screens）に使うサインイン済みのクッキー（名前=値。医療機関ごとに1つ、複数可）
    #[arg(long = "session", env = "KARUTE_BENCH_SESSIONS", value_delimiter = ',', hide_env_values = true)]
    pub sessions: Vec<String>,
    /// 同じものを1行に1つ書いたファイル
    #[arg(long, value_name = "FILE")]
    pub session_file: Option<PathBuf>,
    /// 測るもの（省略時は一通り）: load load-patients read search create create-64 everything name name-total tenants screens
    #[arg(long = "workload", value_delimiter = ',', value_name = "NAMES")]
    pub workloads: Vec<karute_bench::Workload>,
    /// 同時接続
    #[arg(long, default_value_t = 8)]
    pub connections: usize,
    /// 患者の数（一人あたり 50 件の記録）
    #[arg(long, default_value_t = 1_000)]
    pub patients: u32,
    /// 読み取りの回数
    #[arg(long, default_value_t = 10_000)]
    pub requests: u32,
    /// CPU 時間を数えるプロセス
    #[arg(long = "pid", value_delimiter = ',')]
    pub pids: Vec<u32>,
    /// CPU 時間を数えるプロセスの名前（例: postgres）
    #[arg(long = "process", value_delimiter = ',', value_name = "NAMES")]
    pub processes: Vec<String>,
    /// fsync の速さを測るディレクトリ（データベースと同じディスク）
    #[arg(long, default_value = ".", value_name = "DIR")]
    pub disk: PathBuf,
    /// 結果を JSON で出す
    #[arg(long)]
    pub json: bool,
}
