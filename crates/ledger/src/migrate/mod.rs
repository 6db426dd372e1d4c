//! Bringing databases to this version: forward only, each migration once, under a lock, its text's checksum kept.
mod list;
mod postgres;
mod sqlite;

pub(crate) use list::{MIGRATIONS, Migration, Rights, TABLES};
pub(crate) use postgres::{check as check_postgres, migrate as migrate_postgres};
pub(crate) use sqlite::{check as check_sqlite, check_tenant, create_tenant_file, migrate as migrate_sqlite};

use crate::LedgerError;
use karute_crypto::sha256;

/// Compares what a database says was applied with what this program knows; what is still to apply.
fn outstanding<'m>(
    migrations: &'m [Migration],
    text: fn(&Migration) -> &'static str,
    applied: &[(String, String)],
) -> Result<Vec<&'m Migration>, LedgerError> {
    let mut outstanding = Vec::new();
    for migration in migrations {
        match applied.iter().find(|(name, _)| name == migration.name) {
            Some((_, checksum)) if *checksum == checksum_of(text(migration)) => {}
            Some(_) => {
                return Err(LedgerError::Integrity(format!(
                    "migration {} was applied in another form",
                    migration.name
                )));
            }
            None => outstanding.push(migration),
        }
    }
    Ok(outstanding)
}

fn checksum_of(text: &str) -> String {
    sha256(text.as_bytes()).to_hex()
}

/// Words for a database that has not been migrated.
fn behind(what: &str) -> LedgerError {
    LedgerError::Storage(format!("{what} is not at this version: run `karute migrate`"))
}
