//! Sets as the search over laboratory items takes them.
use super::{OrderSet, sets};
use crate::ChartError;
use karute_ledger::Access;
use karute_terminology::{LabSet, LabSets, SetPart};

/// The sets in use that hold a laboratory item, folded for searching. One audit event; a caller that asks for every key
/// keeps the answer for a while.
pub async fn lab_sets(access: &Access) -> Result<LabSets, ChartError> {
    Ok(searchable(sets(access).await?))
}

/// These sets, folded for searching; what is put away is left out.
pub fn searchable(sets: impl IntoIterator<Item = OrderSet>) -> LabSets {
    LabSets::new(sets.into_iter().filter(|set| set.active).map(|set| {
        LabSet {
            id: set.id.as_str().to_owned(),
            title: set.title,
            reading: set.reading,
            parts: set
                .items
                .into_iter()
                .map(|item| SetPart { system: item.system, code: item.code, display: item.display })
                .collect(),
        }
    }))
}
