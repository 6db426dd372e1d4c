//! The command line: staff, what they sign with, and tokens of programs.
use super::TenantArgs;
use clap::{Args, Subcommand};
use std::path::PathBuf;

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

/// `karute totp`
#[derive(Args, Debug)]
pub(crate) struct TotpArgs {
    /// base32 の秘密鍵
    pub secret: String,
}

fn parse_profession(code: &str) -> Result<karute_identity::Profession, String> {
    karute_identity::Profession::parse(code).ok_or_else(|| {
        let known: Vec<&str> = karute_identity::Profession::ALL.iter().map(|p| p.code()).collect();
        format!("職種「{code}」はありません。次から選んでください: {}", known.join(" "))
    })
}
