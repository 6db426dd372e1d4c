//! The command line: how an institution reaches the outside services.
use super::TenantArgs;
use clap::Args;
use std::path::PathBuf;

/// `karute tenant eprescription`
#[derive(Args, Debug)]
#[allow(clippy::struct_excessive_bools)] // each is a switch of its own
pub(crate) struct EprescriptionArgs {
    #[command(flatten)]
    pub tenant: TenantArgs,
    /// 使わない
    #[arg(long, required_unless_present_any = ["requests", "web_api"], conflicts_with_all = ["requests", "web_api"])]
    pub off: bool,
    /// 資格確認端末の要求フォルダー（req）
    #[arg(long, value_name = "DIR", requires = "results", conflicts_with = "web_api")]
    pub requests: Option<PathBuf>,
    /// 資格確認端末の結果フォルダー（res）
    #[arg(long, value_name = "DIR", requires = "requests")]
    pub results: Option<PathBuf>,
    /// Web API のアドレス（https。この機械の模擬環境だけは http も可）
    #[arg(long, value_name = "URL", requires = "user", requires = "password_file")]
    pub web_api: Option<String>,
    /// Web API の利用者
    #[arg(long, requires = "web_api")]
    pub user: Option<String>,
    /// Web API のパスワードを1行目に書いたファイル
    #[arg(long, value_name = "FILE", requires = "web_api")]
    pub password_file: Option<PathBuf>,
    /// 信頼する認証局の証明書（PEM）
    #[arg(long, value_name = "FILE", requires = "web_api")]
    pub trust: Option<PathBuf>,
    /// 医療機関の証明書（PEM）
    #[arg(long, value_name = "FILE", requires = "certificate_key", requires = "web_api")]
    pub certificate: Option<PathBuf>,
    /// その秘密鍵（PEM）
    #[arg(long, value_name = "FILE", requires = "certificate")]
    pub certificate_key: Option<PathBuf>,
    /// 相手は模擬環境（karute sandbox）
    #[arg(long, conflicts_with = "off")]
    pub simulated: bool,
    /// 発行のしかたの初期値を紙（引換番号つき）にする
    #[arg(long, conflicts_with = "off")]
    pub paper: bool,
    /// 院内処方も登録する
    #[arg(long, conflicts_with = "off")]
    pub in_house: bool,
}

/// `karute tenant signing`
#[derive(Args, Debug)]
pub(crate) struct SigningArgs {
    #[command(flatten)]
    pub tenant: TenantArgs,
    /// カードレス署名（リモート署名）サービスの設定ファイル（TOML）
    #[arg(long, value_name = "FILE")]
    pub remote: Option<PathBuf>,
    /// 信頼する認証局の証明書（PEM）
    #[arg(long, value_name = "FILE", requires = "remote")]
    pub trust: Option<PathBuf>,
    /// 相手は模擬環境（karute sandbox）
    #[arg(long, requires = "remote")]
    pub simulated: bool,
    /// この機械につないだHPKIカードのドライバー（PKCS#11ライブラリー）
    #[arg(long, value_name = "FILE")]
    pub card_library: Option<PathBuf>,
    /// 医師の証明書を発行する認証局（PEM）。失効を署名の前に確かめる
    #[arg(long, value_name = "FILE", requires = "crl")]
    pub authorities: Option<PathBuf>,
    /// 失効リスト（CRL）のアドレス。何度でも
    #[arg(long, value_name = "URL", requires = "authorities")]
    pub crl: Vec<String>,
}

/// `karute tenant sharing`
#[derive(Args, Debug)]
pub(crate) struct SharingArgs {
    #[command(flatten)]
    pub tenant: TenantArgs,
    /// 使わない
    #[arg(long, required_unless_present_any = ["requests", "web_api", "cloud"], conflicts_with_all = ["requests", "web_api", "cloud"])]
    pub off: bool,
    /// 資格確認端末の要求フォルダー（req）
    #[arg(long, value_name = "DIR", requires = "results", conflicts_with_all = ["web_api", "cloud"])]
    pub requests: Option<PathBuf>,
    /// 資格確認端末の結果フォルダー（res）
    #[arg(long, value_name = "DIR", requires = "requests")]
    pub results: Option<PathBuf>,
    /// Web API のアドレス（https。この機械の模擬環境だけは http も可）
    #[arg(long, value_name = "URL", requires = "user", requires = "password_file", conflicts_with = "cloud")]
    pub web_api: Option<String>,
    /// Web API の利用者
    #[arg(long, requires = "web_api")]
    pub user: Option<String>,
    /// Web API のパスワードを1行目に書いたファイル
    #[arg(long, value_name = "FILE", requires = "web_api")]
    pub password_file: Option<PathBuf>,
    /// クラウド間連携のゲートウェイのアドレス
    #[arg(long, value_name = "URL", requires = "client", requires = "grant", requires = "client_key")]
    pub cloud: Option<String>,
    /// クラウド間連携の事業者のクライアントID
    #[arg(long, requires = "cloud")]
    pub client: Option<String>,
    /// 医療機関が事業者に出した委任の番号
    #[arg(long, requires = "cloud")]
    pub grant: Option<String>,
    /// 事業者の署名鍵（PKCS#8、P-256、DER）
    #[arg(long, value_name = "FILE", requires = "cloud")]
    pub client_key: Option<PathBuf>,
    /// 信頼する認証局の証明書（PEM）
    #[arg(long, value_name = "FILE", conflicts_with_all = ["requests", "off"])]
    pub trust: Option<PathBuf>,
    /// 接続に使う証明書（PEM。Web API では医療機関の、クラウド間連携では事業者のもの）
    #[arg(long, value_name = "FILE", requires = "certificate_key", conflicts_with_all = ["requests", "off"])]
    pub certificate: Option<PathBuf>,
    /// その秘密鍵（PEM）
    #[arg(long, value_name = "FILE", requires = "certificate")]
    pub certificate_key: Option<PathBuf>,
    /// 相手は模擬環境（karute sandbox）
    #[arg(long, conflicts_with = "off")]
    pub simulated: bool,
    /// カルテの変更に合わせて登録する臨床情報（conditions, allergies, results。コンマ区切り）
    #[arg(long, value_delimiter = ',', value_parser = ["conditions", "allergies", "results"], conflicts_with = "off")]
    pub units: Vec<String>,
}

/// `karute connector`
#[derive(Args, Debug)]
pub(crate) struct ConnectorArgs {
    #[command(flatten)]
    pub tenant: TenantArgs,
    /// 連携フォルダー（in・taken・accepted・rejected・out を作る）
    #[arg(long, value_name = "DIR")]
    pub folder: PathBuf,
    /// この施設の登録を、この製品のカルテではなく連携フォルダーから行うことにする（最初の一度だけ）
    #[arg(long)]
    pub begin: bool,
    /// いまあるものを扱い、サービスの応答を待って終わる
    #[arg(long)]
    pub once: bool,
    /// --once で応答を待つ秒数
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(2..=3600))]
    pub wait: u64,
    /// フォルダーを見る間隔（秒）
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(2..=3600))]
    pub every: u64,
}
