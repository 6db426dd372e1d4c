//! PostgreSQL's own guard: row-level security and rights, tried raw through the login role.
use crate::hand::session;
use crate::stage::{Stage, changes, delete, doctor, patient, run, save, tenant};
use karute_ledger::{Backend, Expect, Ledger, LedgerError, migrate};
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

/// Two tenants with a patient each, and a raw session of the login role.
async fn scene(stage: &Stage) -> (Ledger, Client) {
    let ledger = stage.open().await;
    for name in ["first", "second"] {
        let access = ledger.access(tenant(&ledger, name).await.id, doctor());
        save(&access, "Patient", "p", &patient(name)).await;
        access.commit(changes(vec![delete("Patient", "p", Expect::Any)])).await.unwrap();
        ledger.checkpoint(access.tenant()).await.unwrap();
    }
    let client = session(&stage.urls.as_ref().unwrap().login).await;
    (ledger, client)
}

async fn count(client: &Client, table: &str) -> i64 {
    client.query_one(&format!("SELECT count(*) FROM {table}"), &[]).await.unwrap().get(0)
}

async fn tables(stage: &Stage, condition: &str) -> Vec<String> {
    let owner = session(&stage.urls.as_ref().unwrap().superuser).await;
    let sql = format!(
        "SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND {condition} ORDER BY 1"
    );
    owner.query(&sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

#[test]
fn without_a_tenant_the_login_role_sees_no_row_of_any_table() {
    run(Stage::postgres(), |stage| {
        Box::pin(async move {
            let (_ledger, client) = scene(&stage).await;
            for table in tables(
                &stage,
                "c.relname NOT IN ('tenant', 'migration', 'job_due_tenant', 'master_edition', 'master_head')",
            )
            .await
            {
                assert_eq!(count(&client, &table).await, 0, "{table}");
            }
            client.batch_execute("SET app.tenant = ''").await.unwrap();
            assert_eq!(count(&client, "version").await, 0);
            client.batch_execute("SET app.tenant = '1'").await.unwrap();
            assert_eq!(count(&client, "version").await, 2, "of one tenant, not of both");
            let texts = client.query("SELECT body FROM version", &[]).await.unwrap();
            assert!(texts.iter().all(|row| !row.get::<_, String>(0).contains("second")));
        })
    });
}

#[test]
fn every_table_is_guarded_and_its_keys_begin_with_the_tenant() {
    run(Stage::postgres(), |stage| {
        Box::pin(async move {
            let _scene = scene(&stage).await;
            let open = tables(&stage, "NOT (c.relrowsecurity AND c.relforcerowsecurity)").await;
            // Lists of tenants by themselves and published master tables: no data of any tenant.
            assert_eq!(open, ["job_due_tenant", "master_edition", "master_head", "migration", "tenant"]);
            let owner = session(&stage.urls.as_ref().unwrap().superuser).await;
            let stray = owner
                .query(
                    "SELECT i.indexrelid::regclass::text FROM pg_index i
                     JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
                     WHERE n.nspname = 'public' AND c.relrowsecurity AND a.attname <> 'tenant'",
                    &[],
                )
                .await
                .unwrap();
            let stray: Vec<String> = stray.iter().map(|row| row.get(0)).collect();
            assert_eq!(stray, Vec::<String>::new());
        })
    });
}

#[test]
fn the_login_role_cannot_rewrite_history() {
    run(Stage::postgres(), |stage| {
        Box::pin(async move {
            let (_ledger, client) = scene(&stage).await;
            client.batch_execute("SET app.tenant = '1'").await.unwrap();
            for table in ["version", "audit", "audit_entity", "checkpoint", "blob", "master_edition", "master_head"] {
                let column = match table {
                    "master_edition" => "kind",
                    "master_head" => "link",
                    _ => "tenant",
                };
                for sql in [
                    format!("UPDATE {table} SET {column} = {column}"),
                    format!("DELETE FROM {table}"),
                    format!("TRUNCATE {table}"),
                    format!("ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"),
                    format!("DROP TABLE {table}"),
                ] {
                    let error = client.batch_execute(&sql).await.unwrap_err();
                    assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE), "{sql}");
                }
            }
            for sql in ["DELETE FROM tenant", "DELETE FROM migration", "SET ROLE karute_owner"] {
                assert!(client.batch_execute(sql).await.is_err(), "{sql}");
            }
        })
    });
}

#[test]
fn the_login_role_cannot_write_into_another_tenant() {
    run(Stage::postgres(), |stage| {
        Box::pin(async move {
            let (_ledger, client) = scene(&stage).await;
            client.batch_execute("SET app.tenant = '1'").await.unwrap();
            let insert = "INSERT INTO doc (tenant, space, key, value) VALUES (2, 'x', 'y', 'z')";
            let error = client.batch_execute(insert).await.unwrap_err();
            assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE));
            assert_eq!(client.execute("UPDATE head SET seq = 0 WHERE tenant = 2", &[]).await.unwrap(), 0);
            assert!(client.execute("UPDATE head SET tenant = 2", &[]).await.is_err());
            assert_eq!(client.execute("DELETE FROM doc WHERE tenant = 2", &[]).await.unwrap(), 0);
        })
    });
}

#[test]
fn a_role_that_could_see_everything_is_refused() {
    run(Stage::postgres(), |mut stage| {
        Box::pin(async move {
            stage.open().await;
            let urls = stage.urls.clone().unwrap();
            for url in [urls.superuser, urls.owner] {
                stage.config.backend = Backend::Postgres { url, max_connections: 2 };
                let refused = Ledger::open(stage.config.clone()).await.err().unwrap();
                assert!(refused.to_string().contains("login role"), "{refused}");
            }
        })
    });
}

#[test]
fn a_session_the_server_ended_is_replaced_unnoticed() {
    run(Stage::postgres(), |stage| {
        Box::pin(async move {
            let (ledger, access) = stage.clinic().await;
            save(&access, "Patient", "p", &patient("x")).await;
            for n in 0..3 {
                stage
                    .alter(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                         WHERE usename = 'karute_app' AND datname = current_database()",
                    )
                    .await;
                if n == 0 {
                    ledger.tenants().await.unwrap();
                }
                save(&access, "Patient", "p", &patient("x")).await;
            }
            assert_eq!(ledger.verify(access.tenant()).await.unwrap().bad, None);
        })
    });
}

#[test]
fn a_database_that_was_not_migrated_is_refused_with_advice() {
    for stage in [Stage::sqlite(), Stage::postgres()] {
        run(stage, |stage| {
            Box::pin(async move {
                let refused = Ledger::open(stage.config.clone()).await.err().unwrap();
                assert!(refused.to_string().contains("karute migrate"), "{refused}");
                if stage.urls.is_some() {
                    assert!(migrate(&stage.config, None).await.is_err());
                }
            })
        });
    }
}

#[test]
fn migrating_again_changes_nothing_and_two_at_once_do_no_harm() {
    for stage in [Stage::sqlite(), Stage::postgres()] {
        run(stage, |stage| {
            Box::pin(async move {
                let owner = stage.urls.as_ref().map(|u| u.owner.clone());
                let (a, b) =
                    tokio::join!(migrate(&stage.config, owner.as_deref()), migrate(&stage.config, owner.as_deref()));
                let (a, b) = (a.unwrap().applied.len(), b.unwrap().applied.len());
                assert!(a.min(b) == 0 && a.max(b) > 0, "{a} and {b}");
                let (ledger, access) = stage.clinic().await;
                save(&access, "Patient", "p", &patient("x")).await;
                assert!(migrate(&stage.config, owner.as_deref()).await.unwrap().applied.is_empty());
                assert_eq!(ledger.verify(access.tenant()).await.unwrap().bad, None);
            })
        });
    }
}

#[test]
fn a_migration_that_was_applied_in_another_form_is_told() {
    for stage in [Stage::sqlite(), Stage::postgres()] {
        run(stage, |stage| {
            Box::pin(async move {
                let _clinic = stage.clinic().await;
                stage.alter("UPDATE migration SET checksum = 'x' WHERE name = '0001_ledger'").await;
                let owner = stage.urls.as_ref().map(|u| u.owner.clone());
                let refused = migrate(&stage.config, owner.as_deref()).await.err().unwrap();
                assert!(matches!(&refused, LedgerError::Integrity(text) if text.contains("0001_ledger")), "{refused}");
            })
        });
    }
}
