//! Telling workers that there may be something to do, and which tenants to look at.
//!
//! On PostgreSQL the table `job_due_tenant` says which tenants may have something due, whoever wrote it, and a
//! notification wakes waiting workers of every process. Tenants' files of SQLite are looked through once at the
//! start and from time to time; in between this process knows what it wrote.
use crate::TenantId;
use crate::core::Core;
use crate::sql::{Store, pg_connect};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// Files of SQLite are looked through anew after so many microseconds: another process may have written.
const LOOK_AGAIN: i64 = 30_000_000;

/// When a tenant may next have something to do, as far as this process knows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hint {
    /// Microseconds since 1970.
    pub(super) due: i64,
    /// Changes with every ring.
    pub(super) rings: u64,
}

/// The bell of one open ledger.
#[derive(Default)]
pub(crate) struct Wake {
    rung: AtomicU64,
    bell: Notify,
    hints: Mutex<Hints>,
    listening: AtomicBool,
}

#[derive(Default)]
struct Hints {
    tenants: HashMap<TenantId, Hint>,
    looked: Option<i64>,
}

impl Wake {
    fn hints(&self) -> MutexGuard<'_, Hints> {
        self.hints.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A tenant may have something to do now: called after the transaction that wrote it.
    pub(crate) fn ring(&self, tenant: TenantId) {
        {
            let mut hints = self.hints();
            let hint = hints.tenants.entry(tenant).or_insert(Hint { due: i64::MIN, rings: 0 });
            hint.due = i64::MIN;
            hint.rings += 1;
        }
        self.ring_all();
    }

    /// Wakes the waiting without saying why.
    pub(crate) fn ring_all(&self) {
        self.rung.fetch_add(1, Ordering::AcqRel);
        self.bell.notify_waiters();
    }

    /// How often it has rung.
    pub(crate) fn rung(&self) -> u64 {
        self.rung.load(Ordering::Acquire)
    }

    /// Waits until it has rung more often than `heard`, at most `at_most`.
    pub(crate) async fn wait(&self, heard: u64, at_most: Duration) {
        let bell = self.bell.notified();
        tokio::pin!(bell);
        bell.as_mut().enable();
        if self.rung() == heard {
            let _ = tokio::time::timeout(at_most, bell).await;
        }
    }

    /// SQLite: what is known of the given tenants, those never seen being due; all are, when it is time to look again.
    pub(super) fn known(&self, tenants: &[TenantId], now: i64) -> Vec<(TenantId, Hint)> {
        let mut hints = self.hints();
        if hints.looked.is_none_or(|at| now - at >= LOOK_AGAIN || now < at) {
            hints.looked = Some(now);
            for hint in hints.tenants.values_mut() {
                hint.due = i64::MIN;
            }
        }
        tenants
            .iter()
            .map(|tenant| (*tenant, *hints.tenants.entry(*tenant).or_insert(Hint { due: i64::MIN, rings: 0 })))
            .collect()
    }

    /// SQLite: after a look at the tenant's file, unless something was written meanwhile.
    pub(super) fn learn(&self, tenant: TenantId, seen: Hint, due: i64) {
        let mut hints = self.hints();
        if let Some(hint) = hints.tenants.get_mut(&tenant)
            && hint.rings == seen.rings
        {
            hint.due = due;
        }
    }
}

/// Starts, once, a task that listens to PostgreSQL's notifications and rings; it reconnects when the connection is
/// lost and ends with the ledger.
pub(crate) fn listen(core: &Arc<Core>) {
    let Store::Pg(.., target) = &core.store else { return };
    if core.wake.listening.swap(true, Ordering::AcqRel) {
        return;
    }
    let (target, weak) = (target.clone(), Arc::downgrade(core));
    tokio::spawn(async move {
        loop {
            let Some(core) = weak.upgrade() else { return };
            let heard = weak.clone();
            let connected = pg_connect(&target, move |_| {
                if let Some(core) = heard.upgrade() {
                    core.wake.ring_all();
                }
            })
            .await;
            let listening = match connected {
                Ok(client) => match client.batch_execute(&format!("LISTEN {}", super::CHANNEL)).await {
                    Ok(()) => Some(client),
                    Err(_) => None,
                },
                Err(_) => None,
            };
            // Whatever was notified while nobody listened.
            core.wake.ring_all();
            drop(core);
            match listening {
                Some(client) => {
                    while !client.is_closed() {
                        tokio::time::sleep(Duration::from_secs(1)).await;
                        if weak.strong_count() == 0 {
                            return;
                        }
                    }
                }
                None => tokio::time::sleep(Duration::from_secs(5)).await,
            }
        }
    });
}
