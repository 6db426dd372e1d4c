//! セット: what a clinic orders together (検査セット, 処置セット, よく使う病名の組), kept in its record as FHIR `PlanDefinition`s of
//! type `order-set`, one for each set. Most are the clinic's; a person may have their own beside them.
use futures_util::future::BoxFuture;

mod change;
mod resource;
mod searched;

pub use change::{add, create, create_own, insert, insert_all, note, remove, rename, restore, retire};
pub use searched::{Titled, behind, lab_sets, searchable};

use crate::ChartError;
use crate::query::{parse, resource_type, search_all};
use karute_fhir::Id;
use karute_ledger::{Access, Action, Lookup, Reader};

/// Items of a set at most.
pub const MOST_ITEMS: usize = 100;
/// Sets of a clinic shown at most.
pub const MOST_SETS: usize = 500;

/// One thing ordered with a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetItem {
    /// Code system.
    pub system: String,
    /// Code.
    pub code: String,
    /// Name as it stood when it was put in.
    pub display: String,
    /// What goes with it, for example a usage: free words.
    pub note: Option<String>,
}

/// A set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderSet {
    /// Id.
    pub id: Id,
    /// Version.
    pub version: u32,
    /// What the clinic calls it.
    pub title: String,
    /// How the name is read and what else it is called, by which it is found: words separated by spaces; often empty.
    pub reading: String,
    /// Whether it is offered.
    pub active: bool,
    /// Whose it is: a `Practitioner` id; `None`: the clinic's, for everybody.
    pub owner: Option<Id>,
    /// In the clinic's order.
    pub items: Vec<SetItem>,
}

impl OrderSet {
    /// Whether a person is offered it: the clinic's sets and their own.
    pub fn is_for(&self, person: &Id) -> bool {
        self.owner.as_ref().is_none_or(|owner| owner == person)
    }

    /// Whether the same is ordered with it already.
    pub fn holds(&self, item: &SetItem) -> bool {
        self.items.iter().any(|own| own.code == item.code && own.system == item.system)
    }
}

/// The clinic's sets in use, by title. One audit event.
pub fn sets(access: &Access) -> BoxFuture<'_, Result<Vec<OrderSet>, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::View);
        reader.describe("セット");
        let mut found = all_in_use(&reader).await?;
        found.retain(|set| set.owner.is_none());
        Ok(reader.release(found).await?)
    })
}

/// The sets a person can use: their own, then the clinic's, each by title. One audit event.
pub fn offered<'a>(access: &'a Access, person: &'a Id) -> BoxFuture<'a, Result<Vec<OrderSet>, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::View);
        reader.describe("セット");
        let found = in_use(&reader, person).await?;
        Ok(reader.release(found).await?)
    })
}

/// The sets a person can use: their own, then the clinic's, each by title; a part of what is read for a page.
pub fn in_use<'a>(reader: &'a Reader, person: &'a Id) -> BoxFuture<'a, Result<Vec<OrderSet>, ChartError>> {
    Box::pin(async move {
        let mut found = all_in_use(reader).await?;
        found.retain(|set| set.is_for(person));
        found.sort_by_key(|set| set.owner.is_none());
        Ok(found)
    })
}

async fn all_in_use(reader: &Reader) -> Result<Vec<OrderSet>, ChartError> {
    let pairs = [("type", resource::ORDER_SET), ("status", "active"), ("_count", "200")];
    let mut found = Vec::new();
    for version in search_all(reader, "PlanDefinition", &pairs, MOST_SETS).await? {
        found.push(resource::read(version.id.clone(), version.version, &parse(&version)?));
    }
    found.sort_by(|a: &OrderSet, b| (&a.title, &a.id).cmp(&(&b.title, &b.id)));
    Ok(found)
}

/// One set, in use or not. One audit event.
pub fn set<'a>(access: &'a Access, id: &'a Id) -> BoxFuture<'a, Result<OrderSet, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::View);
        reader.describe("セット");
        let Lookup::Found(version) = reader.read(resource_type("PlanDefinition")?, id).await? else {
            return Err(ChartError::NotFound);
        };
        let body = parse(&version)?;
        if !resource::is_order_set(&body) {
            return Err(ChartError::NotFound);
        }
        let found = resource::read(version.id.clone(), version.version, &body);
        Ok(reader.release(found).await?)
    })
}
