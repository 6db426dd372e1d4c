//! The command line: institutions.
use super::{EprescriptionArgs, SharingArgs, SigningArgs};
use crate::config::SourceArgs;
use clap::{Args, Subcommand};

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
