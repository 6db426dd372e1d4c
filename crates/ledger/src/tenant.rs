//! Institutions.
use crate::core::Core;
use crate::entry::statement;
use crate::sql::{Dialect, Row, SYSTEM, Tx, Val};
use crate::{Backend, LedgerError};
use karute_crypto::Digest;
use karute_japan::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Number of a tenant inside this installation. Never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantId(pub u32);

/// An institution.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// Number.
    pub id: TenantId,
    /// Short name used in commands and at sign-in: 3 to 40 of `a-z 0-9 -`, unique, exact (nothing folds).
    pub name: String,
    /// Name as the institution writes it.
    pub display_name: String,
    /// 医療機関コード, 10 digits (都道府県 2, 点数表 1, 機関 7 with check digit).
    pub institution_code: String,
    /// Whether its people may sign in.
    pub state: TenantState,
    /// When it was created.
    pub created: Timestamp,
}

/// State of a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TenantState {
    /// In use.
    Active,
    /// Nobody may sign in, nothing is sent; data stay.
    Suspended,
}

/// A tenant to create. The caller has verified the check digit of the code.
#[derive(Clone, Debug)]
pub struct NewTenant {
    /// See [`Tenant::name`].
    pub name: String,
    /// See [`Tenant::display_name`].
    pub display_name: String,
    /// See [`Tenant::institution_code`].
    pub institution_code: String,
}

/// The list of tenants as this process last saw it; each entry is good for a second.
#[derive(Default)]
pub(crate) struct Directory {
    known: Mutex<Known>,
}

type Known = HashMap<TenantId, (Timestamp, Option<Arc<Tenant>>)>;

/// Unknown numbers asked for by strangers must not fill the memory.
const KNOWN: usize = 10_000;

const COLUMNS: &str = "id, name, display_name, institution_code, state, created";

fn tenant(row: &Row) -> Result<Tenant, LedgerError> {
    Ok(Tenant {
        id: TenantId(u32::try_from(row.int(0)?).unwrap_or_default()),
        name: row.text(1)?.to_owned(),
        display_name: row.text(2)?.to_owned(),
        institution_code: row.text(3)?.to_owned(),
        state: if row.int(4)? == 0 { TenantState::Active } else { TenantState::Suspended },
        created: Timestamp::from_micros(row.int(5)?),
    })
}

/// Nothing folds: only these characters, so two names are the same exactly when their bytes are.
fn is_name(name: &str) -> bool {
    (3..=40).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

impl Core {
    pub(crate) async fn tenants(&self) -> Result<Vec<Tenant>, LedgerError> {
        let sql = format!("SELECT {COLUMNS} FROM tenant ORDER BY id");
        self.store.point(SYSTEM, &sql, &[]).await?.iter().map(tenant).collect()
    }

    pub(crate) async fn tenant(&self, id: TenantId) -> Result<Option<Arc<Tenant>>, LedgerError> {
        let now = self.config.clock.now();
        if let Some((seen, tenant)) = self.directory.lock().get(&id)
            && (0..1_000_000).contains(&(now.as_micros() - seen.as_micros()))
        {
            return Ok(tenant.clone());
        }
        let sql = format!("SELECT {COLUMNS} FROM tenant WHERE id = $1");
        let found =
            self.store.point(SYSTEM, &sql, &[id.0.into()]).await?.first().map(tenant).transpose()?.map(Arc::new);
        let mut known = self.directory.lock();
        if known.len() >= KNOWN {
            known.clear();
        }
        known.insert(id, (now, found.clone()));
        Ok(found)
    }

    pub(crate) async fn tenant_by_name(&self, name: &str) -> Result<Option<Tenant>, LedgerError> {
        if !is_name(name) {
            return Ok(None);
        }
        let sql = format!("SELECT {COLUMNS} FROM tenant WHERE name = $1");
        self.store.point(SYSTEM, &sql, &[name.into()]).await?.first().map(tenant).transpose()
    }

    pub(crate) async fn set_tenant_state(&self, id: TenantId, state: TenantState) -> Result<(), LedgerError> {
        let changed = self
            .store
            .write(SYSTEM, move |tx| {
                Box::pin(async move {
                    let sql = "UPDATE tenant SET state = $1 WHERE id = $2";
                    tx.exec(sql, &[Val::Int(state as i64), id.0.into()]).await
                })
            })
            .await?;
        self.directory.lock().remove(&id);
        if changed == 0 { Err(LedgerError::NotFound) } else { Ok(()) }
    }

    /// The tenant's row and its empty, signed chain come into being together.
    pub(crate) async fn create_tenant(self: &Arc<Self>, new: NewTenant) -> Result<Tenant, LedgerError> {
        if !is_name(&new.name) {
            return Err(LedgerError::Unsupported("the short name: 3 to 40 of a-z 0-9 -".into()));
        }
        let core = self.clone();
        let created = self
            .store
            .write(SYSTEM, move |tx| {
                Box::pin(async move {
                    if tx.dialect() == Dialect::Postgres {
                        tx.rows("SELECT pg_advisory_xact_lock(7102)", &[]).await?;
                    }
                    if tx.row("SELECT 1 FROM tenant WHERE name = $1", &[new.name.as_str().into()]).await?.is_some() {
                        return Err(LedgerError::Exists);
                    }
                    let last = tx.row("SELECT max(id) FROM tenant", &[]).await?;
                    let last = last.map_or(Ok(None), |row| row.opt_int(0))?.unwrap_or(0);
                    let id = TenantId(u32::try_from(last + 1).map_err(|_| LedgerError::Limit("tenants"))?);
                    let at = core.now();
                    tx.exec(
                        "INSERT INTO tenant (id, name, display_name, institution_code, state, created)
                         VALUES ($1, $2, $3, $4, 0, $5)",
                        &[
                            id.0.into(),
                            new.name.as_str().into(),
                            new.display_name.as_str().into(),
                            new.institution_code.as_str().into(),
                            Val::Int(at.as_micros()),
                        ],
                    )
                    .await?;
                    begin_chain(tx, &core, id, at).await?;
                    let NewTenant { name, display_name, institution_code } = new;
                    let state = TenantState::Active;
                    Ok(Tenant { id, name, display_name, institution_code, state, created: at })
                })
            })
            .await?;
        self.directory.lock().remove(&created.id);
        Ok(created)
    }
}

/// Position 0: nothing yet, signed.
async fn begin_chain(tx: &mut Tx, core: &Core, id: TenantId, at: Timestamp) -> Result<(), LedgerError> {
    let link = Digest::default();
    let signature = core.signer(id).sign(&statement("head", id, 0, &link, at)).to_vec();
    let values = [Val::Bytes(link.0.to_vec()), Val::Int(at.as_micros()), Val::Bytes(signature)];
    match &core.config.backend {
        Backend::Sqlite { dir } => {
            let mut file = crate::migrate::create_tenant_file(dir, id, at.as_micros())?;
            let sql = "INSERT INTO chain (one, seq, link, last_at, signature) VALUES (1, 0, $1, $2, $3)";
            file.exec(sql, &values).map(drop)
        }
        Backend::Postgres { .. } => {
            // For the rest of this transaction row-level security sees the new tenant; the list has no tenant.
            tx.rows("SELECT set_config('app.tenant', $1, true)", &[id.0.to_string().into()]).await?;
            let sql = "INSERT INTO chain (tenant, one, seq, link, last_at, signature)
                       VALUES ($4::integer, 1, 0, $1, $2, $3)";
            let [link, at, signature] = values;
            tx.exec(sql, &[link, at, signature, id.0.into()]).await.map(drop)
        }
    }
}

impl Directory {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn names_that_could_fold_into_each_other_are_no_names() {
        for name in ["abc", "sakura-clinic", "0123", &"a".repeat(40)] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "ab", "Sakura", "sakura_clinic", "さくら", "sakura ", "ｓａｋｕｒａ", &"a".repeat(41)]
        {
            assert!(!is_name(name), "{name}");
        }
    }
}
