//! Migrations of PostgreSQL, as the owner role; row-level security and the login role's rights.
use super::{MIGRATIONS, Rights, TABLES, behind, checksum_of, outstanding};
use crate::sql::{PgTarget, SYSTEM, Store, pg_connect, pg_storage};
use crate::{LedgerError, MigrationReport};
use futures_util::FutureExt as _;
use tokio_postgres::Client;

/// Number of the advisory lock that keeps two migrations apart.
const LOCK: i64 = 0x6b61_7275_7465;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS migration (
  name text PRIMARY KEY, checksum text NOT NULL, applied bigint NOT NULL)";

/// Applies what is missing, then rights and policies for the login role of `login_url`.
pub(crate) async fn migrate(login_url: &str, owner_url: &str, now: i64) -> Result<MigrationReport, LedgerError> {
    let login = PgTarget::parse(login_url)?;
    let login = login.config.get_user().ok_or_else(|| LedgerError::Storage("database URL: no user".into()))?;
    let client = pg_connect(&PgTarget::parse(owner_url)?, |_| ()).await?;
    client.execute("SELECT pg_advisory_lock($1)", &[&LOCK]).await.map_err(|e| pg_storage(&e))?;
    let report = apply(&client, now).await;
    let secured = match &report {
        Ok(_) => secure(&client, login).await,
        Err(_) => Ok(()),
    };
    client.execute("SELECT pg_advisory_unlock($1)", &[&LOCK]).await.map_err(|e| pg_storage(&e))?;
    secured.and(report)
}

async fn batch(client: &Client, sql: &str) -> Result<(), LedgerError> {
    client.batch_execute(sql).await.map_err(|e| pg_storage(&e))
}

async fn apply(client: &Client, now: i64) -> Result<MigrationReport, LedgerError> {
    batch(client, TABLE).await?;
    let rows = client.query("SELECT name, checksum FROM migration", &[]).await.map_err(|e| pg_storage(&e))?;
    let applied: Vec<(String, String)> = rows.iter().map(|r| (r.get(0), r.get(1))).collect();
    let mut report = MigrationReport::default();
    for migration in outstanding(MIGRATIONS, |m| m.postgres, &applied)? {
        if migration.postgres.is_empty() {
            continue;
        }
        batch(client, "BEGIN").await?;
        let step = async {
            batch(client, migration.postgres).await?;
            client
                .execute(
                    "INSERT INTO migration (name, checksum, applied) VALUES ($1, $2, $3)",
                    &[&migration.name, &checksum_of(migration.postgres), &now],
                )
                .await
                .map_err(|e| pg_storage(&e))
        };
        let done = step.await;
        batch(client, if done.is_ok() { "COMMIT" } else { "ROLLBACK" }).await?;
        done?;
        report.applied.push(migration.name.to_owned());
    }
    Ok(report)
}

/// Policies are only created where they are missing, so that running servers are not held up by the lock it takes.
async fn secure(client: &Client, login: &str) -> Result<(), LedgerError> {
    let login = format!("\"{}\"", login.replace('"', "\"\""));
    batch(client, &format!("GRANT USAGE ON SCHEMA public TO {login}; GRANT SELECT ON migration TO {login}")).await?;
    for (table, rights) in TABLES {
        let granted = match rights {
            Rights::Append | Rights::Shared => "SELECT, INSERT",
            Rights::Global => "SELECT, INSERT, UPDATE",
            Rights::Change => "SELECT, INSERT, UPDATE, DELETE",
        };
        batch(client, &format!("GRANT {granted} ON {table} TO {login}")).await?;
        if matches!(rights, Rights::Global | Rights::Shared) {
            continue;
        }
        let guarded = client
            .query_opt(
                "SELECT 1 FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid
                 WHERE c.oid = to_regclass($1) AND c.relrowsecurity AND c.relforcerowsecurity AND p.polname = 'tenant'",
                &[table],
            )
            .await
            .map_err(|e| pg_storage(&e))?;
        if guarded.is_none() {
            let own = "tenant = nullif(current_setting('app.tenant', true), '')::integer";
            batch(
                client,
                &format!(
                    "BEGIN; DROP POLICY IF EXISTS tenant ON {table};
                     CREATE POLICY tenant ON {table} USING ({own}) WITH CHECK ({own});
                     ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
                     ALTER TABLE {table} FORCE ROW LEVEL SECURITY; COMMIT"
                ),
            )
            .await?;
        }
    }
    Ok(())
}

/// Whether the database is at this version and our role is bound by row-level security.
pub(crate) async fn check(store: &Store) -> Result<(), LedgerError> {
    let (applied, free) = store
        .read(SYSTEM, |tx| {
            async move {
                let mut applied = Vec::new();
                for row in tx.rows("SELECT name, checksum FROM migration", &[]).await? {
                    applied.push((row.text(0)?.to_owned(), row.text(1)?.to_owned()));
                }
                let free = tx
                    .row(
                        "SELECT rolsuper OR rolbypassrls OR EXISTS (
                           SELECT 1 FROM pg_class c WHERE c.oid = to_regclass('version')
                             AND pg_has_role(c.relowner, 'MEMBER'))
                         FROM pg_roles WHERE rolname = current_user",
                        &[],
                    )
                    .await?
                    .map_or(Ok(1), |row| row.int(0))?;
                Ok((applied, free != 0))
            }
            .boxed()
        })
        .await
        .map_err(|error| match error {
            LedgerError::Storage(text) if text.contains("42P01") || text.contains("42501") => behind("the database"),
            other => other,
        })?;
    if free {
        return Err(LedgerError::Storage(
            "the database role is a superuser, bypasses row-level security or owns the tables; use a login role".into(),
        ));
    }
    let todo = outstanding(MIGRATIONS, |m| m.postgres, &applied)?;
    if todo.iter().all(|m| m.postgres.is_empty()) { Ok(()) } else { Err(behind("the database")) }
}
