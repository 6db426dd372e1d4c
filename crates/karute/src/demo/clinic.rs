//! The synthetic clinic of a demonstration.
use super::state::DemoState;
use crate::problem::Problem;
use crate::storage::Storage;
use karute_ledger::{Access, Tenant};

/// Fills an institution, once.
pub(super) async fn fill(
    storage: &Storage,
    tenant: &Tenant,
    access: &Access,
    state: &mut DemoState,
    index: usize,
) -> Result<(), Problem> {
    let _ = (storage, tenant, access, state, index);
    Ok(())
}
