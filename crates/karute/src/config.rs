//! Configuration: command line over `KARUTE_*` over `karute.toml`. Every setting has one name in three spellings:
//! `--ops-listen`, `KARUTE_OPS_LISTEN`, `ops-listen = …`.
use crate::problem::Problem;
use crate::serve::proxies::Range;
use clap::{Args, ValueEnum};
use karute_ledger::Backend;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Where the data are; every command that touches them takes these.
#[derive(Args, Debug, Clone, Default)]
pub(crate) struct SourceArgs {
    /// 設定ファイル（省略時は、あれば ./karute.toml）
    #[arg(long, env = "KARUTE_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// データベース: sqlite://PATH または postgres://…
    #[arg(long, env = "KARUTE_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// SQLite のデータを置くディレクトリ
    #[arg(long, env = "KARUTE_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// マスター鍵のファイル（SQLite の省略時は DIR/master.key）
    #[arg(long, env = "KARUTE_KEY_FILE", value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// チェックポイントを書き出すディレクトリ（SQLite の省略時は DIR/checkpoints）
    #[arg(long, env = "KARUTE_CHECKPOINT_DIR", value_name = "DIR")]
    pub checkpoint_dir: Option<PathBuf>,
}

/// How to serve.
#[derive(Args, Debug, Clone, Default)]
pub(crate) struct ServeOverrides {
    /// 役割
    #[arg(long, env = "KARUTE_ROLES", value_delimiter = ',', value_name = "ROLES")]
    pub roles: Option<Vec<Role>>,
    /// 待ち受けるアドレス
    #[arg(long, env = "KARUTE_LISTEN", value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
    /// 運用窓口（/healthz /readyz /metrics）のアドレス
    #[arg(long, env = "KARUTE_OPS_LISTEN", value_name = "ADDR")]
    pub ops_listen: Option<SocketAddr>,
    /// 利用者から見えるアドレス（https://karute.example）
    #[arg(long, env = "KARUTE_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// TLS の証明書（PEM、チェーン）
    #[arg(long, env = "KARUTE_TLS_CERTIFICATE", value_name = "FILE")]
    pub tls_certificate: Option<PathBuf>,
    /// TLS の秘密鍵（PEM）
    #[arg(long, env = "KARUTE_TLS_KEY", value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
    /// 同時接続の上限
    #[arg(long, env = "KARUTE_MAX_CONNECTIONS", value_name = "N")]
    pub max_connections: Option<u32>,
    /// データベース接続の上限（PostgreSQL）
    #[arg(long, env = "KARUTE_DATABASE_CONNECTIONS", value_name = "N")]
    pub database_connections: Option<u32>,
    /// X-Forwarded-For を信じる中継の範囲（例: 10.0.0.0/8）
    #[arg(long, env = "KARUTE_TRUSTED_PROXIES", value_delimiter = ',', value_name = "RANGES")]
    pub trusted_proxies: Option<Vec<Range>>,
    /// 帳票に使うフォントを足すディレクトリ（外字・異体字など）
    #[arg(long, env = "KARUTE_FONTS", value_name = "DIR")]
    pub fonts: Option<PathBuf>,
    /// ログの詳しさ（tracing の書式）
    #[arg(long, env = "KARUTE_LOG", value_name = "FILTER")]
    pub log: Option<String>,
}

/// What a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    /// Screens.
    Web,
    /// FHIR and product API.
    Api,
    /// Outgoing jobs and periodic duties.
    Worker,
}

/// `karute.toml`. Paths are relative to the file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct FileConfig {
    database_url: Option<String>,
    database_owner_url: Option<String>,
    data: Option<PathBuf>,
    key_file: Option<PathBuf>,
    checkpoint_dir: Option<PathBuf>,
    roles: Option<Vec<Role>>,
    listen: Option<SocketAddr>,
    ops_listen: Option<SocketAddr>,
    public_url: Option<String>,
    tls_certificate: Option<PathBuf>,
    tls_key: Option<PathBuf>,
    max_connections: Option<u32>,
    database_connections: Option<u32>,
    trusted_proxies: Option<Vec<Range>>,
    fonts: Option<PathBuf>,
    log: Option<String>,
    max_body_mib: Option<u32>,
    max_attachment_mib: Option<u32>,
    session_idle_minutes: Option<u32>,
    password_min_length: Option<usize>,
}

/// Everything as it will be used.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub backend: Backend,
    pub owner_url: Option<String>,
    pub key_file: PathBuf,
    pub checkpoint_dir: Option<PathBuf>,
    pub roles: Vec<Role>,
    pub listen: SocketAddr,
    pub ops_listen: SocketAddr,
    pub public_url: Option<String>,
    /// Certificate chain and key.
    pub tls: Option<(PathBuf, PathBuf)>,
    pub max_connections: usize,
    pub trusted_proxies: Vec<Range>,
    /// Further fonts of printed forms.
    pub fonts: Option<PathBuf>,
    pub log: String,
    pub max_body_bytes: usize,
    pub max_attachment_bytes: u64,
    pub session_idle_minutes: u32,
    pub password_min_length: usize,
}

/// Where data are when nothing is said.
pub(crate) const DEFAULT_DATA: &str = "karute-data";
/// Listens here when nothing is said.
const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8080);
/// Operations listener when nothing is said.
const DEFAULT_OPS_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 9464);
/// What is logged when nothing is said.
pub(crate) const DEFAULT_LOG: &str = "info";

impl Config {
    /// Puts the three sources together.
    pub(crate) fn resolve(source: &SourceArgs, serve: &ServeOverrides) -> Result<Config, Problem> {
        let file = FileConfig::find(source.config.as_deref())?;
        let (backend, data) = backend(source, serve, &file)?;
        let key_file =
            source.key_file.clone().or(file.key_file).or_else(|| data.as_ref().map(|d| d.join("master.key")));
        let key_file = key_file.ok_or_else(|| {
            Problem::new("PostgreSQL ではマスター鍵の場所が必要です。--key-file、KARUTE_KEY_FILE または key-file で指定してください。")
        })?;
        let checkpoint_dir = source
            .checkpoint_dir
            .clone()
            .or(file.checkpoint_dir)
            .or_else(|| data.as_ref().map(|d| d.join("checkpoints")));
        let tls = match (serve.tls_certificate.clone().or(file.tls_certificate), serve.tls_key.clone().or(file.tls_key))
        {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            (Some(_), None) => {
                return Err(Problem::new(
                    "tls-certificate がありますが tls-key がありません。両方を指定してください。",
                ));
            }
            (None, Some(_)) => {
                return Err(Problem::new(
                    "tls-key がありますが tls-certificate がありません。両方を指定してください。",
                ));
            }
        };
        let public_url = serve.public_url.clone().or(file.public_url);
        if let Some(url) = &public_url {
            let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            if rest.is_none_or(|host| host.is_empty() || host.contains('/')) {
                return Err(Problem::new(format!(
                    "public-url「{url}」は https://karute.example のように、末尾の / なしで書いてください。"
                )));
            }
        }
        let roles = serve.roles.clone().or(file.roles).unwrap_or_else(|| vec![Role::Web, Role::Api, Role::Worker]);
        if roles.is_empty() {
            return Err(Problem::new("roles が空です。web、api、worker から1つ以上選んでください。"));
        }
        let config = Config {
            backend,
            owner_url: file.database_owner_url,
            key_file,
            checkpoint_dir,
            roles,
            listen: serve.listen.or(file.listen).unwrap_or(DEFAULT_LISTEN),
            ops_listen: serve.ops_listen.or(file.ops_listen).unwrap_or(DEFAULT_OPS_LISTEN),
            public_url,
            tls,
            max_connections: within(
                "max-connections",
                serve.max_connections.or(file.max_connections),
                1_024,
                1..=100_000,
            )? as usize,
            trusted_proxies: serve.trusted_proxies.clone().or(file.trusted_proxies).unwrap_or_default(),
            fonts: serve.fonts.clone().or(file.fonts),
            log: serve.log.clone().or(file.log).unwrap_or_else(|| DEFAULT_LOG.to_owned()),
            max_body_bytes: (within("max-body-mib", file.max_body_mib, 32, 1..=256)? as usize) << 20,
            max_attachment_bytes: u64::from(within("max-attachment-mib", file.max_attachment_mib, 100, 1..=4_096)?)
                << 20,
            session_idle_minutes: within("session-idle-minutes", file.session_idle_minutes, 10, 1..=30)?,
            password_min_length: file.password_min_length.unwrap_or(12),
        };
        if !(8..=64).contains(&config.password_min_length) {
            return Err(Problem::new("password-min-length は 8〜64 にしてください。"));
        }
        crate::logging::check(&config.log)?;
        Ok(config)
    }

    /// The data directory, when data are on this machine.
    pub(crate) fn data_dir(&self) -> Option<&Path> {
        match &self.backend {
            Backend::Sqlite { dir } => Some(dir),
            Backend::Postgres { .. } => None,
        }
    }

    pub(crate) fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

fn within(name: &str, value: Option<u32>, default: u32, range: std::ops::RangeInclusive<u32>) -> Result<u32, Problem> {
    let value = value.unwrap_or(default);
    if range.contains(&value) {
        Ok(value)
    } else {
        Err(Problem::new(format!("{name} は {}〜{} にしてください（いまは {value}）。", range.start(), range.end())))
    }
}

/// The database, and its directory when it is SQLite. The first source that says anything decides.
fn backend(
    source: &SourceArgs,
    serve: &ServeOverrides,
    file: &FileConfig,
) -> Result<(Backend, Option<PathBuf>), Problem> {
    let connections =
        within("database-connections", serve.database_connections.or(file.database_connections), 16, 1..=1_000)?;
    let on_command_line = |flag: &str| std::env::args().any(|a| a == flag || a.starts_with(&format!("{flag}=")));
    let (url, data) = match (&source.database_url, &source.data) {
        (Some(url), Some(data)) => match (on_command_line("--database-url"), on_command_line("--data")) {
            (false, true) => (None, Some(data.clone())),
            (true, false) => (Some(url.clone()), None),
            _ => {
                return Err(Problem::usage(
                    "--database-url（KARUTE_DATABASE_URL）と --data（KARUTE_DATA）の両方が指定されています。片方だけにしてください。",
                ));
            }
        },
        (None, None) => (file.database_url.clone(), file.data.clone()),
        (url, data) => (url.clone(), data.clone()),
    };
    match (url, data) {
        (Some(_), Some(_)) => {
            Err(Problem::new("karute.toml に database-url と data の両方があります。片方だけにしてください。"))
        }
        (None, data) => {
            let dir = data.unwrap_or_else(|| PathBuf::from(DEFAULT_DATA));
            Ok((Backend::Sqlite { dir: dir.clone() }, Some(dir)))
        }
        (Some(url), None) => {
            if let Some(path) = url.strip_prefix("sqlite://").filter(|p| !p.is_empty()) {
                let dir = PathBuf::from(path);
                Ok((Backend::Sqlite { dir: dir.clone() }, Some(dir)))
            } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
                Ok((Backend::Postgres { url, max_connections: connections as usize }, None))
            } else {
                Err(Problem::new(
                    "データベースの指定が正しくありません。sqlite://ディレクトリ または postgres://利用者:パスワード@ホスト/名前 の形で書いてください。",
                ))
            }
        }
    }
}

impl FileConfig {
    /// Reads the named file, or `./karute.toml` when there is one.
    fn find(named: Option<&Path>) -> Result<FileConfig, Problem> {
        let default = Path::new("karute.toml");
        let path = match named {
            Some(path) => path,
            None if default.exists() => default,
            None => return Ok(FileConfig::default()),
        };
        let text = std::fs::read_to_string(path)
            .map_err(|e| Problem::new(format!("設定ファイル {} を読めません（{e}）。", path.display())))?;
        let mut config =
            FileConfig::parse(&text).map_err(|e| Problem::new(format!("設定ファイル {}: {e}", path.display())))?;
        let base = path.parent().unwrap_or(Path::new(""));
        for p in [
            &mut config.data,
            &mut config.key_file,
            &mut config.checkpoint_dir,
            &mut config.tls_certificate,
            &mut config.tls_key,
        ] {
            if let Some(relative) = p.take() {
                *p = Some(base.join(relative));
            }
        }
        Ok(config)
    }

    /// Reads the text; an error names line and column.
    fn parse(text: &str) -> Result<FileConfig, String> {
        toml::from_str(text).map_err(|error| {
            let (line, column) = error.span().map_or((1, 1), |span| place(text, span.start));
            let said = error.message();
            let message = if let Some(name) = said.strip_prefix("unknown field `").and_then(|s| s.split('`').next()) {
                format!("「{name}」という設定はありません。綴りを確かめてください。")
            } else {
                format!("値が正しくありません（{said}）。")
            };
            format!("{line} 行 {column} 列: {message}")
        })
    }
}

/// Line and column of a byte offset, from 1.
fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
    (line, column)
}

/// `KARUTE_*` variables that no command knows; most often a misspelling.
pub(crate) fn unknown_variables(known: &[String]) -> Vec<String> {
    let mut unknown: Vec<String> =
        std::env::vars().map(|(name, _)| name).filter(|n| n.starts_with("KARUTE_") && !known.contains(n)).collect();
    unknown.sort();
    unknown
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_unknown_setting_is_named_with_its_line() {
        let error = FileConfig::parse("listen = \"127.0.0.1:80\"\n\nlisten-ops = \"127.0.0.1:81\"\n").unwrap_err();
        assert!(error.starts_with("3 行 1 列"), "{error}");
        assert!(error.contains("「listen-ops」"), "{error}");
    }

    #[test]
    fn a_wrong_value_is_placed() {
        let error = FileConfig::parse("roles = [\"web\"]\nlisten = \"everywhere\"\n").unwrap_err();
        assert!(error.starts_with("2 行 10 列"), "{error}");
        let error = FileConfig::parse("roles = [\"web\", \"boss\"]\n").unwrap_err();
        assert!(error.starts_with("1 行 17 列"), "{error}");
        let error = FileConfig::parse("listen = \n").unwrap_err();
        assert!(error.starts_with("1 行"), "{error}");
    }

    fn resolve(toml: &str, source: &SourceArgs) -> Result<Config, String> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("k.toml");
        std::fs::write(&file, toml).unwrap();
        let source = SourceArgs { config: Some(file), ..source.clone() };
        Config::resolve(&source, &ServeOverrides::default()).map_err(|p| p.message)
    }

    #[test]
    fn paths_of_the_file_are_relative_to_it_and_the_key_lies_beside_the_data() {
        let config = resolve("data = \"d\"", &SourceArgs::default()).unwrap();
        let dir = config.data_dir().unwrap();
        assert!(dir.is_absolute() && dir.ends_with("d"), "{dir:?}");
        assert_eq!(config.key_file, dir.join("master.key"));
        assert_eq!(config.checkpoint_dir.as_deref(), Some(dir.join("checkpoints").as_path()));
    }

    #[test]
    fn the_command_line_wins_over_the_file() {
        let source = SourceArgs { data: Some("elsewhere".into()), ..SourceArgs::default() };
        let config = resolve("database-url = \"postgres://x@y/z\"\nkey-file = \"k\"", &source).unwrap();
        assert_eq!(config.data_dir(), Some(Path::new("elsewhere")));
    }

    #[test]
    fn contradictions_and_impossible_values_are_refused_in_words() {
        for (toml, word) in [
            ("database-url = \"sqlite://a\"\ndata = \"b\"", "片方だけ"),
            ("database-url = \"mysql://a\"", "postgres://"),
            ("database-url = \"postgres://a@b/c\"", "マスター鍵"),
            ("tls-key = \"k\"", "tls-certificate"),
            ("public-url = \"karute.example\"", "https://"),
            ("public-url = \"https://karute.example/\"", "https://"),
            ("session-idle-minutes = 31", "1〜30"),
            ("password-min-length = 7", "8〜64"),
            ("roles = []", "roles"),
            ("log = \"=,=\"", "log"),
        ] {
            let error = resolve(toml, &SourceArgs::default()).unwrap_err();
            assert!(error.contains(word), "{toml}: {error}");
        }
    }
}
