//! A throw-away PostgreSQL cluster: one per test process, or the one named by `KARUTE_TEST_POSTGRES`
//! (`postgres://superuser@host:port`). It listens on a free loopback port, keeps its
//! files in a temporary folder, and dies with the process that started it.

use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// How to reach one database.
#[derive(Clone, Debug)]
pub struct PgUrls {
    /// As the role that owns the tables and runs migrations.
    pub owner: String,
    /// As the role the product runs under: owns nothing, cannot bypass row-level security.
    pub login: String,
    /// As the cluster's superuser, for tests that tamper.
    pub superuser: String,
}

struct Cluster {
    /// `postgres://superuser@host:port` without a database.
    base: String,
    psql: PathBuf,
    /// Held so that the keeper's standard input stays open; see [`start`].
    _keeper: Option<Child>,
}

static CLUSTER: OnceLock<Cluster> = OnceLock::new();
static SHARED: OnceLock<PgUrls> = OnceLock::new();
static NEXT: AtomicU32 = AtomicU32::new(0);

/// A new, empty database.
///
/// # Panics
/// When PostgreSQL's server programs are not installed or do not start: `cargo xtask test` installs them.
pub fn postgres() -> PgUrls {
    let cluster = CLUSTER.get_or_init(cluster);
    let name = format!("t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    cluster.sql("postgres", &format!("CREATE DATABASE {name} OWNER karute_owner ENCODING 'UTF8' TEMPLATE template0"));
    cluster.sql(&name, "REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT ALL ON SCHEMA public TO karute_owner");
    let url = |role: &str| {
        let host = cluster.base.rsplit_once('@').map_or("", |(_, host)| host);
        format!("postgres://{role}@{host}/{name}?sslmode=disable")
    };
    PgUrls {
        owner: url("karute_owner"),
        login: url("karute_app"),
        superuser: format!("{}/{name}?sslmode=disable", cluster.base),
    }
}

/// One database for the whole test process; each test makes its own tenant in it.
pub fn shared_postgres() -> PgUrls {
    SHARED.get_or_init(postgres).clone()
}

fn cluster() -> Cluster {
    let bin = server_programs();
    let psql = bin.join("psql");
    let (base, keeper) = if let Ok(base) = std::env::var("KARUTE_TEST_POSTGRES") {
        (base, None)
    } else {
        let (base, keeper) = start(&bin);
        (base, Some(keeper))
    };
    let cluster = Cluster { base, psql, _keeper: keeper };
    cluster.sql(
        "postgres",
        "DO $$ BEGIN
           PERFORM pg_advisory_lock(4711);
           IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'karute_owner') THEN CREATE ROLE karute_owner LOGIN; END IF;
           IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'karute_app') THEN CREATE ROLE karute_app LOGIN; END IF;
         END $$",
    );
    cluster
}

impl Cluster {
    fn sql(&self, database: &str, sql: &str) {
        let output = Command::new(&self.psql)
            .args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"])
            .arg(format!("{}/{database}", self.base))
            .arg(format!("--command={sql}"))
            .output()
            .expect("psql runs");
        assert!(output.status.success(), "psql: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// Where `initdb`, `postgres` and `psql` are.
fn server_programs() -> PathBuf {
    let mut candidates: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.flatten().map(|entry| entry.path().join("bin")).collect())
        .unwrap_or_default();
    candidates.sort();
    if let Ok(dir) = std::env::var("KARUTE_POSTGRES_BIN") {
        candidates.push(PathBuf::from(dir));
    }
    candidates
        .into_iter()
        .rev()
        .find(|bin| bin.join("postgres").exists() && bin.join("initdb").exists())
        .expect("PostgreSQL server programs are not installed; `cargo xtask test` installs them")
}

/// Starts a cluster under a keeper shell. The keeper waits for the end of its standard input, which comes when this
/// process ends in whatever way; then it stops the server and removes its files.
fn start(bin: &Path) -> (String, Child) {
    let dir = tempfile::Builder::new().prefix("karute-pg").tempdir().expect("temporary folder").keep();
    let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("free port").port();
    let data = dir.join("data");
    let script = format!(
        r#"set -e
"{bin}/initdb" --no-sync --auth=trust --username=postgres --encoding=UTF8 --locale=C --pgdata="{data}" >/dev/null
cat >>"{data}/postgresql.conf" <<END
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{dir}'
max_connections = 200
fsync = off
shared_buffers = 64MB
END
"{bin}/postgres" -D "{data}" >"{dir}/log" 2>&1 </dev/null &
server=$!
for i in $(seq 1 200); do
  if "{bin}/pg_isready" -q -h 127.0.0.1 -p {port}; then echo ready; break; fi
  sleep 0.05
done
read -r end || true
kill -INT $server
wait $server || true
cd /
rm -rf "{dir}"
"#,
        bin = bin.display(),
        data = data.display(),
        dir = dir.display(),
    );
    // The server refuses to run as root: hand the folder to the unprivileged account of Debian's package.
    let root = Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout.starts_with(b"0"));
    let mut command = if root {
        let owned = Command::new("chown").arg("postgres").arg(&dir).status();
        assert!(owned.is_ok_and(|status| status.success()), "the folder goes to the account `postgres`");
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "sh"]);
        command
    } else {
        Command::new("sh")
    };
    let mut keeper = command
        .current_dir(&dir)
        .args(["-c", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the keeper starts");
    let mut line = String::new();
    let stdout = keeper.stdout.take().expect("piped");
    std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line).expect("the keeper answers");
    assert_eq!(line.trim(), "ready", "PostgreSQL did not start; see {}/log", dir.display());
    if let Some(stdin) = keeper.stdin.as_mut() {
        stdin.flush().expect("open");
    }
    (format!("postgres://postgres@127.0.0.1:{port}"), keeper)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_databases_are_apart_and_the_login_role_owns_nothing() {
        let (one, two) = (postgres(), postgres());
        assert_ne!(one.owner, two.owner);
        let cluster = CLUSTER.get().expect("started");
        let run = |url: &str, sql: &str| {
            Command::new(&cluster.psql).args(["-qAtX", url, "-c", sql]).output().expect("psql runs")
        };
        assert!(run(&one.owner, "CREATE TABLE only_here(a int)").status.success());
        assert!(!run(&two.owner, "SELECT * FROM only_here").status.success());
        assert!(!run(&one.login, "CREATE TABLE mine(a int)").status.success());
        let bypass = run(&one.login, "SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = current_user");
        assert_eq!(String::from_utf8_lossy(&bypass.stdout).trim(), "f");
    }
}
