//! The command line: master files.
use crate::config::SourceArgs;
use clap::{Args, Subcommand};
use std::path::PathBuf;

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
