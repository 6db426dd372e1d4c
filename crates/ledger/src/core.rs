//! What all doors of one open ledger share.
use crate::sql::{Row, Store};
use crate::{LedgerConfig, LedgerError, Operation, Version};
use karute_fhir::{Id, ResourceType};
use karute_japan::Timestamp;

/// One open ledger.
pub(crate) struct Core {
    pub(crate) store: Store,
    pub(crate) config: LedgerConfig,
}

impl Core {
    /// Now, in whole milliseconds: what is stored is what is shown.
    pub(crate) fn now(&self) -> Timestamp {
        let micros = self.config.clock.now().as_micros();
        Timestamp::from_micros(micros - micros.rem_euclid(1000))
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
pub(crate) fn operation_number(operation: Operation) -> i64 {
    match operation {
        Operation::Created => 0,
        Operation::Updated => 1,
        Operation::Deleted => 2,
    }
}
