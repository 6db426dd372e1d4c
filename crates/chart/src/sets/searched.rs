//! Sets as the search over laboratory items takes them.
use super::{OrderSet, SetItem, sets};
use crate::ChartError;
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_ledger::Access;
use karute_terminology::search::{OWN_SET, PANEL};
use karute_terminology::{LabSet, LabSets, Masters, SetPart};

/// The sets in use that hold a laboratory item, folded for searching. One audit event; a caller that asks for every key
/// keeps the answer for a while.
pub fn lab_sets(access: &Access) -> BoxFuture<'_, Result<LabSets, ChartError>> {
    Box::pin(async move { Ok(searchable(sets(access).await?)) })
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

/// A set as it is ordered: title and items.
pub type Titled = (String, Vec<SetItem>);

/// What is ordered with a row that the search over laboratory items answered: title and items of a set of the clinic or
/// of a panel of the masters; `None` where the row is an item by itself. [`ChartError::NotFound`] for a set or panel
/// that is no more, and for a set of somebody else's own.
pub fn behind<'a>(
    access: &'a Access,
    masters: &'a Masters,
    person: &'a Id,
    system: &'a str,
    code: &'a str,
) -> BoxFuture<'a, Result<Option<Titled>, ChartError>> {
    Box::pin(async move {
        match system {
            OWN_SET => {
                let id = Id::new(code).map_err(|_| ChartError::NotFound)?;
                let set = super::set(access, &id).await?;
                if !set.is_for(person) {
                    return Err(ChartError::NotFound);
                }
                Ok(Some((set.title, set.items)))
            }
            PANEL => {
                let panel = masters.catalogue().panel(code).ok_or(ChartError::NotFound)?;
                let item = |part: &SetPart| SetItem {
                    system: part.system.clone(),
                    code: part.code.clone(),
                    display: part.display.clone(),
                    note: None,
                };
                Ok(Some((panel.title.clone(), panel.parts.iter().map(item).collect())))
            }
            _ => Ok(None),
        }
    })
}
