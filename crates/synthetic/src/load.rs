//! Writing a clinic into a ledger.
use crate::Clinic;
use futures_util::{StreamExt, TryStreamExt, stream};
use karute_fhir::{Id, ResourceType};
use karute_json::Value;
use karute_ledger::{Access, Action, Change, Commit, Expect, LedgerError};

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Resources written now.
    pub written: u64,
    /// Resources that were there already: the same clinic had been loaded before, or its loading was interrupted.
    pub present: u64,
}

/// A clinic could not be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The ledger refused.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A generated resource is not one: an error of this room.
    #[error("generated resource without type or id")]
    Malformed,
}

/// Batches on their way at the same time: enough to fill the group commit.
const IN_FLIGHT: usize = 8;

/// Writes history and today through `access`; `progress` hears the number of resources done. Loading the same clinic
/// again writes nothing twice, so an interrupted load is finished by repeating it.
pub async fn load(access: &Access, clinic: &Clinic, mut progress: impl FnMut(u64)) -> Result<Loaded, LoadError> {
    let today = clinic.today();
    let today: Vec<Vec<Value<'static>>> = today.chunks(crate::stream::BATCH).map(<[Value<'static>]>::to_vec).collect();
    let batches = clinic.bundles().chain(today);
    let mut loaded = Loaded::default();
    let mut results = stream::iter(batches).map(|batch| write(access, batch)).buffered(IN_FLIGHT);
    while let Some((count, new)) = results.try_next().await? {
        if new {
            loaded.written += count;
        } else {
            loaded.present += count;
        }
        progress(loaded.written + loaded.present);
    }
    Ok(loaded)
}

/// Writes one batch, all or nothing. The flag says whether it was new.
async fn write(access: &Access, batch: Vec<Value<'static>>) -> Result<(u64, bool), LoadError> {
    let count = batch.len() as u64;
    let mut commit = Commit::new(Action::Transaction);
    commit.detail = Some("架空データの投入".to_owned());
    for body in batch {
        let name = body.get("resourceType").and_then(Value::as_str).ok_or(LoadError::Malformed)?;
        let resource_type = ResourceType::parse(&name).ok_or(LoadError::Malformed)?;
        let id = body.get("id").and_then(Value::as_str).ok_or(LoadError::Malformed)?;
        let id = Id::new(&id).map_err(|_| LoadError::Malformed)?;
        commit.changes.push(Change::Put { resource_type, id, body, expect: Expect::Absent });
    }
    match access.commit(commit).await {
        Ok(_) => Ok((count, true)),
        // Batches are the same for the same seed: when one resource is there, all of its batch are.
        Err(LedgerError::Exists) => Ok((count, false)),
        Err(error) => Err(error.into()),
    }
}
