//! The command line as clap reads it. What is not built is not listed.
use crate::config::SourceArgs;
use clap::{Args, Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;

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

/// One institution.
#[derive(Args, Debug)]
pub(crate) struct TenantArgs {
    #[command(flatten)]
    pub source: SourceArgs,
    /// 施設の短い名前
    #[arg(long, value_name = "NAME")]
    pub tenant: String,
    /// 結果を JSON で出す
    #[arg(long)]
    pub json: bool,
}

/// `karute tenant set`
#[derive(Args, Debug)]
pub(crate) struct TenantSetArgs {
    #[command(flatten)]
    pub tenant: TenantArgs,
    /// 無操作でサインアウトするまでの分数（1〜30）
    #[arg(long, value_name = "MINUTES", value_parser = clap::value_parser!(u32).range(1..=30), required_unless_present = "address")]
    pub idle_minutes: Option<u32>,
    /// 所在地（処方箋などに印刷する。地方厚生局に届け出たもの）
    #[arg(long, requires = "phone")]
    pub address: Option<String>,
    /// 電話番号
    #[arg(long, requires = "address")]
    pub phone: Option<String>,
    /// 郵便番号
    #[arg(long, default_value = "", requires = "address", hide_default_value = true)]
    pub postal: String,
    /// FAX番号
    #[arg(long, default_value = "", requires = "address", hide_default_value = true)]
    pub fax: String,
}

/// `karute tenant eprescription`
#[derive(Args, Debug)]
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

/// `karute user signing-key`
#[derive(Args, Debug)]
pub(crate) struct SigningKeyArgs {
    #[command(flatten)]
    pub user: UserArgs,
    /// 証明書と鍵のファイル（PKCS#12）
    #[arg(long, value_name = "FILE")]
    pub pkcs12: PathBuf,
    /// そのパスワードを1行目に書いたファイル
    #[arg(long, value_name = "FILE")]
    pub password_file: PathBuf,
}

/// `karute tenant …`
#[derive(Subcommand, Debug)]
pub(crate) enum TenantCommand {
    /// 施設を作る（再起動は要らない）
    #[command(
        after_help = "例:\n  karute tenant create --name midori --display-name みどり内科クリニック --code 1319900010"
    )]
    Create {
        #[command(flatten)]
        source: SourceArgs,
        /// 短い名前（英小文字・数字・ハイフン、3〜40文字）
        #[arg(long)]
        name: String,
        /// 施設の名称
        #[arg(long)]
        display_name: String,
        /// 医療機関コード（10桁: 都道府県2・点数表1・医療機関7、末尾は検証番号）
        #[arg(long)]
        code: String,
        /// 検証番号が合わない医療機関コードを、指定通知書のとおりと確かめたうえで認める
        #[arg(long)]
        accept_check_digit: bool,
        /// 結果を JSON で出す
        #[arg(long)]
        json: bool,
    },
    /// 電子処方箋管理サービスへのつなぎ方
    #[command(
        after_help = "例:\n  karute tenant eprescription --tenant midori --requests /srv/oqs/req --results /srv/oqs/res\n  karute tenant eprescription --tenant midori --off"
    )]
    Eprescription(EprescriptionArgs),
    /// 医師の電子署名の方法（証明書ファイルのほかに）
    #[command(
        after_help = "例:\n  karute tenant signing --tenant midori --remote /etc/karute/remote.toml --trust /etc/karute/medis.pem\n  karute tenant signing --tenant midori --card-library /usr/lib/hpki/libhpki.so"
    )]
    Signing(SigningArgs),
    /// 電子カルテ情報共有サービスへのつなぎ方
    #[command(
        after_help = "例:\n  karute tenant sharing --tenant midori --requests /srv/oqs/req --results /srv/oqs/res\n  karute tenant sharing --tenant midori --off"
    )]
    Sharing(SharingArgs),
    /// 施設の一覧
    #[command(after_help = "例:\n  karute tenant list --json")]
    List {
        #[command(flatten)]
        source: SourceArgs,
        /// 結果を JSON で出す
        #[arg(long)]
        json: bool,
    },
    /// 一つの施設
    #[command(after_help = "例:\n  karute tenant show --tenant midori")]
    Show(TenantArgs),
    /// 利用を止める（記録は残る）
    #[command(after_help = "例:\n  karute tenant suspend --tenant midori")]
    Suspend(TenantArgs),
    /// 利用を再開する
    #[command(after_help = "例:\n  karute tenant resume --tenant midori")]
    Resume(TenantArgs),
    /// 施設ごとの設定を変える
    #[command(
        after_help = "例:\n  karute tenant set --tenant midori --idle-minutes 15\n  karute tenant set --tenant midori --postal 100-0000 --address 東京都千代田区架空町１－２－３ --phone 03-0000-0001"
    )]
    Set(TenantSetArgs),
}

/// One person of one institution.
#[derive(Args, Debug)]
pub(crate) struct UserArgs {
    #[command(flatten)]
    pub tenant: TenantArgs,
    /// ログイン名
    #[arg(long)]
    pub login: String,
}

/// `karute user …`
#[derive(Subcommand, Debug)]
pub(crate) enum UserCommand {
    /// 職員を作り、初回のパスワードと TOTP の秘密鍵を一度だけ表示する
    #[command(
        after_help = "例:\n  karute user create --tenant midori --login h.yamamoto --name '山本 花子' --kana 'ヤマモト ハナコ' --profession doctor --profession admin"
    )]
    Create {
        #[command(flatten)]
        user: UserArgs,
        /// 氏名（姓と名の間に空白）
        #[arg(long)]
        name: String,
        /// フリガナ（全角カタカナ）
        #[arg(long)]
        kana: String,
        /// 職種（複数可）: doctor nurse associate-nurse pharmacist technician radiographer therapist dietitian clerk scribe admin auditor
        #[arg(long = "profession", required = true, value_parser = parse_profession)]
        professions: Vec<karute_identity::Profession>,
    },
    /// 職員の一覧
    #[command(after_help = "例:\n  karute user list --tenant midori --json")]
    List(TenantArgs),
    /// 処方箋に署名する鍵（PKCS#12）を登録する
    #[command(
        after_help = "例:\n  karute user signing-key --tenant midori --login h.yamamoto --pkcs12 yamamoto.p12 --password-file password.txt"
    )]
    SigningKey(SigningKeyArgs),
    /// 失敗による使用停止を解く
    #[command(after_help = "例:\n  karute user unlock --tenant midori --login h.yamamoto")]
    Unlock(UserArgs),
    /// TOTP の秘密鍵を作り直す（端末の紛失など）
    #[command(after_help = "例:\n  karute user reset-totp --tenant midori --login h.yamamoto")]
    ResetTotp(UserArgs),
    /// パスワードを作り直す（次のサインインで変更が必要になる）
    #[command(after_help = "例:\n  karute user reset-password --tenant midori --login h.yamamoto")]
    ResetPassword(UserArgs),
    /// 職種を変える
    #[command(
        after_help = "例:\n  karute user set-professions --tenant midori --login h.yamamoto --profession doctor --profession admin"
    )]
    SetProfessions {
        #[command(flatten)]
        user: UserArgs,
        /// 職種（複数可）
        #[arg(long = "profession", required = true, value_parser = parse_profession)]
        professions: Vec<karute_identity::Profession>,
    },
    /// サインインを止める（退職など）
    #[command(after_help = "例:\n  karute user disable --tenant midori --login h.yamamoto")]
    Disable(UserArgs),
    /// サインインを再び許す
    #[command(after_help = "例:\n  karute user enable --tenant midori --login h.yamamoto")]
    Enable(UserArgs),
    /// 開いているセッションの一覧
    #[command(after_help = "例:\n  karute user sessions --tenant midori")]
    Sessions(TenantArgs),
    /// セッションを終わらせる
    #[command(after_help = "例:\n  karute user revoke-session --tenant midori --session 0123456789abcdef")]
    RevokeSession {
        #[command(flatten)]
        tenant: TenantArgs,
        /// 一覧に出る番号
        #[arg(long)]
        session: String,
    },
}

/// `karute token …`
#[derive(Subcommand, Debug)]
pub(crate) enum TokenCommand {
    /// トークンを作り、一度だけ表示する
    #[command(
        after_help = "例:\n  karute token create --tenant midori --scope 'system/Observation.cruds system/Patient.rs' --label 検査システム --expires 90d"
    )]
    Create {
        #[command(flatten)]
        tenant: TenantArgs,
        /// できること（空白区切り）: system/*.cruds、system/Patient.rs など
        #[arg(long)]
        scope: String,
        /// 用途
        #[arg(long, default_value = "API")]
        label: String,
        /// 期限: 90d、12h、または 2027-03-31
        #[arg(long, default_value = "90d")]
        expires: String,
    },
    /// トークンの一覧
    #[command(after_help = "例:\n  karute token list --tenant midori")]
    List(TenantArgs),
    /// トークンを無効にする
    #[command(after_help = "例:\n  karute token revoke --tenant midori --id 0123456789abcdef")]
    Revoke {
        #[command(flatten)]
        tenant: TenantArgs,
        /// 一覧に出る番号
        #[arg(long)]
        id: String,
    },
}

/// `karute masters …`
#[derive(Subcommand, Debug)]
pub(crate) enum MastersCommand {
    /// 公開されているマスターファイルを、そのまま取り込む（サービスを止めずに数秒で切り替わる）
    #[command(
        after_help = "例:\n  karute masters import ssk-drug y_20261101.csv\n  karute masters import nhi-price tp20260401-01_01.xlsx --date 2026-04-01\n  karute masters import ssk-act s_20261101.csv --dry-run --json\n  karute masters import fhir-package jp-core.r4-1.1.2.tgz\n\n壊れたファイル・別の種類・古い版は取り込まず、何も変えません（終了コード 1）。同じファイルを二度取り込んでも変わりません。\n種類: nhi-price nhi-generic ssk-disease ssk-modifier ssk-drug ssk-act ssk-material ssk-comment medis-disease hot generic-name jlac10 jlac11 clins-lab usage allergen postal fhir-package（JP Core・JP-CLINS などの定義。.tgz か、解凍したフォルダ）"
    )]
    Import(MastersImportArgs),
    /// 入っているマスターと、機能ごとに足りないもの
    #[command(after_help = "例:\n  karute masters status\n  karute masters status --json")]
    Status(MastersStatusArgs),
}

/// `karute masters import`
#[derive(Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line, each independent of the others")]
pub(crate) struct MastersImportArgs {
    #[command(flatten)]
    pub source: SourceArgs,
    /// 種類
    #[arg(value_name = "KIND", value_parser = crate::commands::masters::parse_kind)]
    pub kind: crate::commands::masters::Importable,
    /// 公開されているファイル（fhir-package ではフォルダも）
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// 版の日付（省略時は、ファイルから分かればその日、なければ今日）
    #[arg(long, value_name = "DATE", value_parser = crate::commands::masters::parse_day)]
    pub date: Option<karute_japan::Date>,
    /// 差分だけのファイルとして取り込む（載っていないコードを終わらせない）
    #[arg(long)]
    pub difference: bool,
    /// 使用中のコードが多数なくなることを認める
    #[arg(long)]
    pub accept_vanished: bool,
    /// 取り込まずに、結果だけを見る
    #[arg(long)]
    pub dry_run: bool,
    /// 結果を JSON で出す
    #[arg(long)]
    pub json: bool,
}

/// `karute masters status`
#[derive(Args, Debug)]
pub(crate) struct MastersStatusArgs {
    #[command(flatten)]
    pub source: SourceArgs,
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

/// `karute print`
#[derive(Subcommand, Debug)]
pub(crate) enum PrintCommand {
    /// 診療録（様式第一号(一)の1・2・3）を、ブラウザで印刷できる1つのファイルにする
    #[command(
        after_help = "例:\n  karute print chart --tenant midori --patient 004821 --out chart.html\n  karute print chart --data /mnt/copy --tenant midori --patient 004821 --from 2025-01-01 --to 2025-12-31 --versions --out chart.html"
    )]
    Chart(PrintChartArgs),
    /// 処方箋（様式第二号）を PDF にする
    #[command(
        after_help = "例:\n  karute print prescription --tenant midori --patient 004821 --out prescription.pdf\n  karute print prescription --tenant midori --patient 004821 --visit 0190f3c2-7c1e-7a1b-9c55-1d2e3f405162 --paper a4 --out prescription.pdf\n\n確定していない処方には「見本」と印刷します。"
    )]
    Prescription(PrintPrescriptionArgs),
}

/// `karute print prescription`
#[derive(Args, Debug)]
pub(crate) struct PrintPrescriptionArgs {
    #[command(flatten)]
    pub source: SourceArgs,
    /// 施設
    #[arg(long, value_name = "NAME")]
    pub tenant: String,
    /// 患者番号、または記録の ID
    #[arg(long, value_name = "ID")]
    pub patient: String,
    /// 受診の ID（画面の住所の /v/ のあと。省略時は、院外処方のある最も新しい受診）
    #[arg(long, value_name = "ID")]
    pub visit: Option<String>,
    /// 用紙: a5、a4（左半分が処方箋、右半分がお知らせ）
    #[arg(long, default_value = "a5", value_name = "PAPER", value_parser = parse_paper)]
    pub paper: karute_forms::Paper,
    /// 帳票に使うフォントを足すディレクトリ（外字・異体字など）
    #[arg(long, env = "KARUTE_FONTS", value_name = "DIR")]
    pub fonts: Option<PathBuf>,
    /// 書くファイル（PDF）
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// 結果を JSON で出す
    #[arg(long)]
    pub json: bool,
}

/// `karute print chart`
#[derive(Args, Debug)]
pub(crate) struct PrintChartArgs {
    #[command(flatten)]
    pub source: SourceArgs,
    /// 施設
    #[arg(long, value_name = "NAME")]
    pub tenant: String,
    /// 患者番号、または記録の ID
    #[arg(long, value_name = "ID")]
    pub patient: String,
    /// この日から（省略時ははじめから）
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub from: Option<karute_japan::Date>,
    /// この日まで（省略時は終わりまで）
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub to: Option<karute_japan::Date>,
    /// 訂正・削除の履歴も入れる
    #[arg(long)]
    pub versions: bool,
    /// 書くファイル（HTML）
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// 結果を JSON で出す
    #[arg(long)]
    pub json: bool,
}

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

/// `karute totp`
#[derive(Args, Debug)]
pub(crate) struct TotpArgs {
    /// base32 の秘密鍵
    pub secret: String,
}

fn parse_paper(code: &str) -> Result<karute_forms::Paper, String> {
    karute_forms::Paper::parse(code).ok_or_else(|| format!("用紙「{code}」はありません。a5 か a4 を選んでください。"))
}

fn parse_profession(code: &str) -> Result<karute_identity::Profession, String> {
    karute_identity::Profession::parse(code).ok_or_else(|| {
        let known: Vec<&str> = karute_identity::Profession::ALL.iter().map(|p| p.code()).collect();
        format!("職種「{code}」はありません。次から選んでください: {}", known.join(" "))
    })
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
