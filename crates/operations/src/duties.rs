//! Periodic duties of a worker: signed checkpoints of every chain, sweeping of what has expired.
use karute_japan::Clock;
use karute_ledger::{Ledger, TenantId};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How often each duty is done for each tenant.
#[derive(Clone, Copy, Debug)]
pub struct Rhythm {
    /// Between checkpoints of a tenant, in milliseconds.
    pub checkpoint_ms: i64,
    /// Between sweeps of a tenant, in milliseconds.
    pub sweep_ms: i64,
}

impl Default for Rhythm {
    fn default() -> Rhythm {
        Rhythm { checkpoint_ms: 3_600_000, sweep_ms: 3_600_000 }
    }
}

/// How often it is looked whether something is due.
const LOOK: Duration = Duration::from_mins(1);

/// The duties of one process. Several processes may do them beside each other.
pub struct Duties {
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    rhythm: Rhythm,
    /// Per tenant: when checkpoint and sweep are next due, in microseconds since the epoch.
    due: HashMap<TenantId, (i64, i64)>,
}

impl Duties {
    /// Nothing is due for a tenant before one rhythm has passed since it was first seen.
    pub fn new(ledger: Ledger, clock: Arc<dyn Clock>, rhythm: Rhythm) -> Duties {
        Duties { ledger, clock, rhythm, due: HashMap::new() }
    }

    /// Does duties until `stop` becomes true.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            self.once().await;
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// Does what is due now; returns how many duties were done.
    pub async fn once(&mut self) -> usize {
        let tenants = match self.ledger.tenants().await {
            Ok(tenants) => tenants,
            Err(error) => {
                tracing::warn!(%error, "tenants cannot be listed");
                return 0;
            }
        };
        let now = self.clock.now();
        let mut done = 0;
        for tenant in tenants {
            let first =
                (now.plus_ms(self.rhythm.checkpoint_ms).as_micros(), now.plus_ms(self.rhythm.sweep_ms).as_micros());
            let (mut checkpoint, mut sweep) = *self.due.entry(tenant.id).or_insert(first);
            if checkpoint <= now.as_micros() {
                checkpoint = first.0;
                done += 1;
                if let Err(error) = self.ledger.checkpoint(tenant.id).await {
                    tracing::warn!(%error, tenant = tenant.id.0, "checkpoint failed");
                }
            }
            if sweep <= now.as_micros() {
                sweep = first.1;
                done += 1;
                if let Err(error) = self.ledger.sweep(tenant.id).await {
                    tracing::warn!(%error, tenant = tenant.id.0, "sweep failed");
                }
            }
            self.due.insert(tenant.id, (checkpoint, sweep));
        }
        done
    }
}
