//! The order of lines, alike in all domains.
use super::Group;
use super::index::Index;
use super::query::{Hit, INSIDE, RELAXED};

/// A hit with its heading and all that decides its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Placed {
    pub(crate) hit: Hit,
    pub(crate) group: Group,
    pub(crate) frequency: u32,
    key: u128,
}

impl Placed {
    /// Heading; beginning before inside before relaxed; frequency; quality of the match; what the master prefers;
    /// shorter names; the order of the master.
    pub(crate) fn new(index: &Index, hit: Hit, group: Group, frequency: u32) -> Placed {
        let bucket = match hit.rank {
            RELAXED.. => 2,
            INSIDE.. => 1,
            _ => 0_u8,
        };
        let key = u128::from(group as u8) << 120
            | u128::from(bucket) << 112
            | u128::from(u32::MAX - frequency) << 80
            | u128::from(hit.rank) << 64
            | u128::from(index.hint(hit.entry)) << 56
            | u128::from(index.length(hit.entry)) << 48
            | u128::from(hit.entry);
        Placed { hit, group, frequency, key }
    }
}

impl Placed {
    /// What decides between lines of different indexes: everything but the order of a master.
    pub(crate) fn rank(&self) -> u128 {
        self.key >> 48
    }

    /// Whether this line of a master stands before that of another index.
    pub(crate) fn before(&self, other: &Placed) -> bool {
        self.rank() <= other.rank()
    }
}

/// The first `limit` in order.
pub(crate) fn best(mut placed: Vec<Placed>, limit: usize) -> Vec<Placed> {
    if limit == 0 {
        return Vec::new();
    }
    if placed.len() > limit {
        placed.select_nth_unstable_by_key(limit - 1, |p| p.key);
        placed.truncate(limit);
    }
    placed.sort_unstable_by_key(|p| p.key);
    placed
}

/// Of the revisions of one code the last one; `code` tells them.
pub(crate) fn one_per_code<'c>(index: &Index, hits: Vec<Hit>, code: impl Fn(u32) -> &'c str) -> Vec<Hit> {
    let mut newest: std::collections::HashMap<&str, Hit> = std::collections::HashMap::new();
    for hit in hits {
        let kept = newest.entry(code(hit.entry)).or_insert(hit);
        if index.from(hit.entry) > index.from(kept.entry) {
            *kept = hit;
        }
    }
    let mut hits: Vec<Hit> = newest.into_values().collect();
    hits.sort_unstable_by_key(|hit| hit.entry);
    hits
}
