//! Why a form cannot be made.
use std::path::PathBuf;

/// Why a form cannot be made. The words are for people and hold no patient data.
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    /// What the form must say is not there, or contradicts itself.
    #[error("{}", .0.join("　"))]
    Unusable(Vec<&'static str>),
    /// A text is too long for its place, even in the smallest letters.
    #[error("「{0}」の欄に文字が収まりません。短くしてください。")]
    TooLong(&'static str),
    /// A 2-D symbol holds more than one symbol can.
    #[error("2次元シンボルに入る情報量を超えています。分割してください。")]
    Symbol,
    /// There is no Japanese font.
    #[error(
        "帳票を作るための日本語フォントがありません。Debian では fonts-noto-cjk を入れるか、KARUTE_FONTS でフォントのディレクトリを指定してください。"
    )]
    NoFont,
    /// A font file cannot be used.
    #[error("フォント {} を使えません。", .0.display())]
    Font(PathBuf),
    /// The PDF could not be written: a fault of ours. The words are for the log.
    #[error("PDF を作れません（{0}）。")]
    Pdf(String),
}
