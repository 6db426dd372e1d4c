//! Migrations of SQLite files. Blocking.
use super::{MIGRATIONS, Migration, behind, checksum_of, outstanding};
use crate::sql::{LiteConn, LiteMode, SYSTEM, Val, file_of};
use crate::{LedgerError, MigrationReport, TenantId};
use std::path::Path;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS migration (
  name TEXT PRIMARY KEY, checksum TEXT NOT NULL, applied INTEGER NOT NULL) STRICT, WITHOUT ROWID";

fn folder(error: &std::io::Error) -> LedgerError {
    LedgerError::Storage(format!("data directory: {error}"))
}

/// The list of tenants and then every tenant's file.
pub(crate) fn migrate(dir: &Path, now: i64) -> Result<MigrationReport, LedgerError> {
    std::fs::create_dir_all(dir.join("tenants")).map_err(|e| folder(&e))?;
    private(dir)?;
    let mut report = MigrationReport::default();
    let mut system = LiteConn::open(&file_of(dir, SYSTEM), crate::sql::LiteMode::Create)?;
    report.applied.extend(apply(&mut system, |m| m.system, now)?);
    for row in system.rows("SELECT id FROM tenant ORDER BY id", &[])? {
        let tenant = TenantId(u32::try_from(row.int(0)?).unwrap_or_default());
        let applied = migrate_tenant(dir, tenant, now)?;
        report.applied.extend(applied.into_iter().map(|name| format!("{name} (tenant {})", tenant.0)));
    }
    Ok(report)
}

/// One tenant's file.
pub(crate) fn migrate_tenant(dir: &Path, tenant: TenantId, now: i64) -> Result<Vec<String>, LedgerError> {
    let mut conn = LiteConn::open(&file_of(dir, tenant), LiteMode::Write)?;
    apply(&mut conn, |m| m.sqlite, now)
}

/// A new tenant's file with an empty chain. What an interrupted creation left behind is replaced: the caller holds
/// the lock on the list of tenants and has seen that the number is free.
pub(crate) fn create_tenant_file(dir: &Path, tenant: TenantId, now: i64) -> Result<LiteConn, LedgerError> {
    let path = file_of(dir, tenant);
    for suffix in ["", "-wal", "-shm"] {
        let mut leftover = path.clone().into_os_string();
        leftover.push(suffix);
        match std::fs::remove_file(&leftover) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(folder(&error)),
            _ => {}
        }
    }
    let mut conn = LiteConn::open(&path, LiteMode::Create)?;
    apply(&mut conn, |m| m.sqlite, now)?;
    let parent = path.parent().unwrap_or(dir);
    std::fs::File::open(parent).and_then(|d| d.sync_all()).map_err(|e| folder(&e))?;
    Ok(conn)
}

/// Whether the list of tenants is at this version.
pub(crate) fn check(dir: &Path) -> Result<(), LedgerError> {
    let path = file_of(dir, SYSTEM);
    if !path.exists() {
        return Err(behind("the data directory"));
    }
    let mut conn = LiteConn::open(&path, LiteMode::Read)?;
    let todo = todo(&mut conn, |m| m.system)?;
    if todo.is_empty() { Ok(()) } else { Err(behind("the data directory")) }
}

/// Whether a tenant's file is at this version.
pub(crate) fn check_tenant(conn: &mut LiteConn) -> Result<(), LedgerError> {
    let todo = todo(conn, |m| m.sqlite)?;
    if todo.is_empty() { Ok(()) } else { Err(behind("the tenant's file")) }
}

fn todo(conn: &mut LiteConn, text: fn(&Migration) -> &'static str) -> Result<Vec<&'static Migration>, LedgerError> {
    let mut applied = Vec::new();
    for row in conn.rows("SELECT name, checksum FROM migration", &[])? {
        applied.push((row.text(0)?.to_owned(), row.text(1)?.to_owned()));
    }
    let mut todo = outstanding(MIGRATIONS, text, &applied)?;
    todo.retain(|m| !text(m).is_empty());
    Ok(todo)
}

fn apply(conn: &mut LiteConn, text: fn(&Migration) -> &'static str, now: i64) -> Result<Vec<String>, LedgerError> {
    conn.batch("BEGIN EXCLUSIVE")?;
    let done = steps(conn, text, now);
    conn.batch(if done.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    done
}

fn steps(conn: &mut LiteConn, text: fn(&Migration) -> &'static str, now: i64) -> Result<Vec<String>, LedgerError> {
    conn.batch(TABLE)?;
    let mut names = Vec::new();
    for migration in todo(conn, text)? {
        conn.batch(text(migration))?;
        conn.exec(
            "INSERT INTO migration (name, checksum, applied) VALUES ($1, $2, $3)",
            &[migration.name.into(), checksum_of(text(migration)).into(), Val::Int(now)],
        )?;
        names.push(migration.name.to_owned());
    }
    Ok(names)
}

/// Nobody but the user the program runs as may look into the directory.
fn private(dir: &Path) -> Result<(), LedgerError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700)).map_err(|e| folder(&e))?;
    }
    Ok(())
}
