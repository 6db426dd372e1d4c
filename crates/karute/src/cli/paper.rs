//! The command line: printing.
use crate::config::SourceArgs;
use clap::{Args, Subcommand};
use std::path::PathBuf;

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

fn parse_paper(code: &str) -> Result<karute_forms::Paper, String> {
    karute_forms::Paper::parse(code).ok_or_else(|| format!("用紙「{code}」はありません。a5 か a4 を選んでください。"))
}
