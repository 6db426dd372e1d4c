//! Revisions that say the same, as one stretch of time.
use crate::kind::Column;
use crate::search::index::{Life, number};
use crate::{Record, Table};

/// A record and how long it is offered in these words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span<'t> {
    /// Number of the record within its table (the last of those joined).
    pub(crate) number: u32,
    pub(crate) record: Record<'t>,
    pub(crate) life: Life,
}

/// The spans of a table: a revision that only changes other columns than `words` continues the one before it.
pub(crate) fn spans<'t>(table: &'t Table, words: &[Column]) -> Vec<Span<'t>> {
    let mut spans: Vec<Span<'t>> = Vec::with_capacity(table.len());
    for (at, record) in table.records() {
        let life = Life::new(record.from(), record.until());
        if let Some(before) = spans.last_mut()
            && before.record.key() == record.key()
            && follows(&before.record, &record)
            && words.iter().all(|column| before.record.get(*column) == record.get(*column))
        {
            before.life.until = life.until;
            (before.number, before.record) = (at, record);
            continue;
        }
        spans.push(Span { number: at, record, life });
    }
    spans
}

fn follows(before: &Record<'_>, after: &Record<'_>) -> bool {
    let (Some(end), Some(begin)) = (before.until(), after.from()) else { return false };
    begin.yesterday().is_ok_and(|eve| number(eve) <= number(end))
}
