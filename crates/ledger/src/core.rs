//! What all doors of one open ledger share.
use crate::jobs::Wake;
use crate::sql::{Row, Store};
use crate::tenant::Directory;
use crate::writer::Writer;
use crate::{Checkpoint, LedgerConfig, LedgerError, Operation, TenantId, Version};
use karute_crypto::Signer;
use karute_fhir::{Id, ResourceType};
use karute_japan::Timestamp;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// One open ledger.
pub(crate) struct Core {
    pub(crate) store: Store,
    pub(crate) config: LedgerConfig,
    pub(crate) writer: Writer,
    pub(crate) directory: Directory,
    pub(crate) wake: Wake,
    signers: Mutex<HashMap<TenantId, Signer>>,
}

impl Core {
    pub(crate) fn new(store: Store, config: LedgerConfig) -> Core {
        Core {
            store,
            config,
            writer: Writer::default(),
            directory: Directory::default(),
            wake: Wake::default(),
            signers: Mutex::default(),
        }
    }

    /// Now, in whole milliseconds: what is stored is what is shown.
    pub(crate) fn now(&self) -> Timestamp {
        let micros = self.config.clock.now().as_micros();
        Timestamp::from_micros(micros - micros.rem_euclid(1000))
    }

    /// The key that signs a tenant's chain heads and checkpoints.
    pub(crate) fn signer(&self, tenant: TenantId) -> Signer {
        let mut signers = self.signers.lock().unwrap_or_else(PoisonError::into_inner);
        signers.entry(tenant).or_insert_with(|| self.config.key.signer(tenant.0)).clone()
    }

    /// Appends a checkpoint to the export file; what goes wrong is logged, since the checkpoint stands in the
    /// database and the next one covers it too.
    pub(crate) async fn export(&self, checkpoint: &Checkpoint) {
        if let Err(error) = crate::checkpoint::export(self.config.checkpoint_dir.as_deref(), checkpoint).await {
            tracing::error!(tenant = checkpoint.tenant.0, %error, "a checkpoint could not be exported");
        }
    }
}

/// The columns [`version`] reads, of a `version` table called `v`.
pub(crate) const VERSION: &str = "v.type, v.id, v.version, v.seq, v.updated, v.op, v.body";

/// A version from a row that begins with [`VERSION`].
pub(crate) fn version(row: &Row) -> Result<Version, LedgerError> {
    Ok(Version {
        resource_type: resource_type(row.text(0)?)?,
        id: Id::new(row.text(1)?).map_err(|_| LedgerError::Integrity("a stored id is none".into()))?,
        version: u32::try_from(row.int(2)?).map_err(|_| LedgerError::Integrity("a stored version is none".into()))?,
        seq: row.count(3)?,
        updated: Timestamp::from_micros(row.int(4)?),
        operation: operation(row.int(5)?)?,
        body: row.text(6)?.into(),
    })
}

/// From the name that is stored.
pub(crate) fn resource_type(name: &str) -> Result<ResourceType, LedgerError> {
    ResourceType::parse(name).ok_or_else(|| LedgerError::Integrity("a stored resource type is none".into()))
}

/// From the number that is stored.
pub(crate) fn operation(op: i64) -> Result<Operation, LedgerError> {
    Ok(match op {
        0 => Operation::Created,
        1 => Operation::Updated,
        2 => Operation::Deleted,
        _ => return Err(LedgerError::Integrity("a stored operation is none".into())),
    })
}

/// The number that is stored.
pub(crate) fn operation_number(operation: Operation) -> u8 {
    match operation {
        Operation::Created => 0,
        Operation::Updated => 1,
        Operation::Deleted => 2,
    }
}
