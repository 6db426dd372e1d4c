//! The layout of a CSV: its records, their sections and how often each stands.
use super::{Assumption, Item, ItemError};
use karute_transport::profile::Codes;
use serde::Deserialize;
use std::sync::Arc;

/// Where a record stands (digest 5.1, order of records).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Section {
    /// Once, at the head, ascending.
    Head,
    /// At the head of each RP.
    Rp,
    /// With each drug of an RP.
    Drug,
    /// After all RPs.
    Tail,
}

/// How often a record stands in its section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// At least.
    pub least: u32,
    /// At most; `None` = any number.
    pub most: Option<u32>,
}

/// A record.
#[derive(Clone, Debug)]
pub struct RecordSpec {
    /// Number.
    pub number: u16,
    /// 名称
    pub name: String,
    /// Where it stands.
    pub section: Section,
    /// How often.
    pub times: Times,
    /// Items after the number.
    pub items: Vec<Item>,
    /// A writer may put an empty item before the last one.
    pub spare_before_last: bool,
}

impl RecordSpec {
    /// Place of an item by its name in our code.
    pub fn position(&self, key: &str) -> Option<usize> {
        self.items.iter().position(|item| item.key == key)
    }
}

/// A layout.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Line before all records.
    pub first_line: String,
    /// Every item has its place even when empty; otherwise empty ones at the end may be left out.
    pub exact: bool,
    /// Records stand in the order of their sections.
    pub ordered: bool,
    records: Vec<RecordSpec>,
}

impl Layout {
    /// A record by its number.
    pub fn record(&self, number: u16) -> Option<&RecordSpec> {
        self.records.iter().find(|record| record.number == number)
    }
    /// All records, in the order of the profile.
    pub fn records(&self) -> &[RecordSpec] {
        &self.records
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    first_line: String,
    item_count: Count,
    ordered: bool,
    /// Numbers of records that are as in the prescription.
    #[serde(default)]
    like: Vec<u16>,
    record: Vec<WrittenRecord>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Count {
    Exact,
    Ragged,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRecord {
    number: u16,
    name: String,
    section: Section,
    times: String,
    items: Vec<String>,
    #[serde(default)]
    spare_before_last: bool,
}

impl Written {
    /// With the records that are as in another layout, in the order of their numbers.
    pub(super) fn like(mut self, other: &Written) -> Result<Written, ItemError> {
        for number in std::mem::take(&mut self.like) {
            let known = other.record.iter().find(|record| record.number == number);
            self.record.push(known.cloned().ok_or(ItemError::Description)?);
        }
        self.record.sort_by_key(|record| record.number);
        Ok(self)
    }

    pub(super) fn read(
        self,
        place: &str,
        codes: &Arc<Codes>,
        assumed: &mut Vec<Assumption>,
    ) -> Result<Layout, ItemError> {
        if !self.like.is_empty() {
            return Err(ItemError::Description);
        }
        let mut records: Vec<RecordSpec> = Vec::with_capacity(self.record.len());
        for record in self.record {
            if records.iter().any(|known| known.number == record.number) || record.items.is_empty() {
                return Err(ItemError::Description);
            }
            let items = Item::list(&record.items, &format!("{place}.{}", record.number), codes, assumed)?;
            records.push(RecordSpec {
                number: record.number,
                name: record.name,
                section: record.section,
                times: times(&record.times).ok_or(ItemError::Description)?,
                items,
                spare_before_last: record.spare_before_last,
            });
        }
        let exact = matches!(self.item_count, Count::Exact);
        Ok(Layout { first_line: self.first_line, exact, ordered: self.ordered, records })
    }
}

fn times(text: &str) -> Option<Times> {
    match text.split_once("..") {
        None => text.parse().ok().map(|n| Times { least: n, most: Some(n) }),
        Some((least, "")) => Some(Times { least: least.parse().ok()?, most: None }),
        Some((least, most)) => Some(Times { least: least.parse().ok()?, most: Some(most.parse().ok()?) }),
    }
}
