//! The command line: what runs the service, or fills it.
use super::TenantArgs;
use crate::config::SourceArgs;
use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;

/// `karute demo`
#[derive(Args, Debug)]
pub(crate) struct DemoArgs {
    /// 待ち受けるアドレス
    #[arg(long, env = "KARUTE_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDR")]
    pub listen: SocketAddr,
    /// 模擬環境の待ち受けアドレス（省略時は --listen の次の番号）
    #[arg(long, value_name = "ADDR")]
    pub sandbox_listen: Option<SocketAddr>,
    /// 運用窓口（/healthz /readyz /metrics）のアドレス
    #[arg(long, env = "KARUTE_OPS_LISTEN", default_value = "127.0.0.1:0", value_name = "ADDR")]
    pub ops_listen: SocketAddr,
    /// データを置くディレクトリ
    #[arg(long, env = "KARUTE_DATA", default_value = "karute-data", value_name = "DIR")]
    pub data: PathBuf,
    /// 架空の診療所の種
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
    /// 架空の患者の数
    #[arg(long, default_value_t = 300, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub patients: u32,
}

/// `karute serve`
#[derive(Args, Debug)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub source: SourceArgs,
    #[command(flatten)]
    pub serve: crate::config::ServeOverrides,
}

/// `karute sandbox`
#[derive(Args, Debug)]
pub(crate) struct SandboxArgs {
    /// 待ち受けるアドレス
    #[arg(long, default_value = "127.0.0.1:8081", value_name = "ADDR")]
    pub listen: SocketAddr,
    /// 模擬の資格確認端末のフォルダー。この中の req の要求ファイルに、res で応答する
    #[arg(long, value_name = "DIR", requires = "institution")]
    pub terminal: Option<PathBuf>,
    /// 端末を置く医療機関のコード（10桁）
    #[arg(long, value_name = "CODE", requires = "terminal")]
    pub institution: Option<String>,
}

/// `karute migrate`
#[derive(Args, Debug)]
pub(crate) struct MigrateArgs {
    #[command(flatten)]
    pub source: SourceArgs,
    /// PostgreSQL の所有者ロールの接続先
    #[arg(long, env = "KARUTE_DATABASE_OWNER_URL", value_name = "URL", hide_env_values = true)]
    pub database_owner_url: Option<String>,
    /// 結果を JSON で出す
    #[arg(long)]
    pub json: bool,
}

/// `karute synth`
#[derive(Args, Debug)]
pub(crate) struct SynthArgs {
    #[command(flatten)]
    pub tenant: TenantArgs,
    /// 患者の数
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub patients: u32,
    /// 過去の年数
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(0..=20))]
    pub years: u32,
    /// 種
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}
