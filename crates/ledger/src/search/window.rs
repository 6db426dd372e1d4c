//! `_lastUpdated` as a range of the chain. The time of commit never decreases along it, so a look at some twenty
//! entries finds where a range begins and ends, and no index on time is needed.
use super::build::Window;
use crate::LedgerError;
use crate::sql::{Tx, Val};
use karute_fhir::search::{Filter, Prefix, Query};

/// Whether [`resolve`] says all of this filter.
pub(super) fn exact(filter: &Filter) -> bool {
    matches!(filter, Filter::LastUpdated(any) if any.len() == 1 && any.iter().all(|(prefix, ..)| *prefix != Prefix::Ne))
}

/// The part of the chain in which all matches lie.
pub(super) async fn resolve(tx: &mut Tx, query: &Query) -> Result<Window, LedgerError> {
    let mut window = Window::default();
    for filter in query.filters.iter().filter(|f| exact(f)) {
        let Filter::LastUpdated(any) = filter else { continue };
        for (prefix, lo, hi) in any {
            let (from, to) = match prefix {
                Prefix::Eq | Prefix::Ap => (Some(*lo), Some(*hi)),
                Prefix::Gt | Prefix::Sa => (Some(hi.saturating_add(1)), None),
                Prefix::Ge => (Some(*lo), None),
                Prefix::Lt | Prefix::Eb => (None, Some(lo.saturating_sub(1))),
                Prefix::Le => (None, Some(*hi)),
                Prefix::Ne => (None, None),
            };
            if let Some(from) = from {
                window.not_before(first_at(tx, from).await?);
            }
            if let Some(to) = to.filter(|to| *to < i64::MAX) {
                window.not_after(first_at(tx, to + 1).await? - 1);
            }
        }
    }
    Ok(window)
}

/// Position of the first version committed at or after `at`; behind the last when there is none.
pub(super) async fn first_at(tx: &mut Tx, at: i64) -> Result<i64, LedgerError> {
    const MIDDLE: &str =
        "(SELECT v.updated FROM version v WHERE {t:v} v.seq >= (b.lo + b.hi) / 2 ORDER BY v.seq LIMIT 1) < $1";
    let sql = format!(
        "WITH RECURSIVE b(lo, hi) AS (\
           SELECT CAST(1 AS bigint), (SELECT coalesce(max(w.seq), 0) + 1 FROM version w WHERE {{t:w}} true) \
           UNION ALL \
           SELECT CASE WHEN {MIDDLE} THEN (b.lo + b.hi) / 2 + 1 ELSE b.lo END, \
                  CASE WHEN {MIDDLE} THEN b.hi ELSE (b.lo + b.hi) / 2 END \
           FROM b WHERE b.lo < b.hi) \
         SELECT b.lo FROM b WHERE b.lo >= b.hi"
    );
    tx.row(&sql, &[Val::Int(at)]).await?.map_or(Ok(1), |row| row.int(0))
}
