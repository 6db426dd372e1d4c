//! Reading by key and in the chain's order.
use crate::core::{Core, VERSION, version};
use crate::sql::{Dialect, Tx, Val};
use crate::{Access, HistoryScope, LedgerError, Operation, Page, TenantId, Version};
use karute_fhir::{Id, ResourceType};
use karute_japan::Timestamp;
use std::collections::HashMap;

/// The current version of `$1`/`$2`.
pub(crate) const CURRENT: &str = "SELECT v.type, v.id, v.version, v.seq, v.updated, v.op, v.body
    FROM head h JOIN version v ON {t:v} v.seq = h.seq WHERE {t:h} h.type = $1 AND h.id = $2";

/// Version `$3` of `$1`/`$2`.
pub(crate) const EXACT: &str = "SELECT v.type, v.id, v.version, v.seq, v.updated, v.op, v.body
    FROM version v WHERE {t:v} v.type = $1 AND v.id = $2 AND v.version = $3";

/// The current versions of many; on SQLite of one.
fn current_of_many(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => {
            "SELECT v.type, v.id, v.version, v.seq, v.updated, v.op, v.body
             FROM UNNEST($1::text[], $2::text[]) AS k(type, id)
             JOIN head h ON {t:h} h.type = k.type AND h.id = k.id
             JOIN version v ON {t:v} v.seq = h.seq"
        }
        Dialect::Sqlite => CURRENT,
    }
}

/// Most entries of one page.
const PAGE: u32 = 1000;

pub(crate) async fn one(access: &Access, sql: &str, args: &[Val]) -> Result<Option<Version>, LedgerError> {
    access.core().store.point(access.tenant(), sql, args).await?.first().map(version).transpose()
}

/// Head versions (deleted ones too) of the given keys, in no order.
pub(crate) async fn heads<'k>(
    tx: &mut Tx,
    keys: impl Iterator<Item = &'k (ResourceType, Id)> + Send,
) -> Result<Vec<Version>, LedgerError> {
    let sql = current_of_many(tx.dialect());
    let mut rows = Vec::new();
    match tx.dialect() {
        Dialect::Postgres => {
            let (types, ids) = keys.map(|k| (k.0.name().to_owned(), k.1.to_string())).unzip();
            rows = tx.rows(sql, &[Val::TextList(types), Val::TextList(ids)]).await?;
        }
        Dialect::Sqlite => {
            for key in keys {
                rows.extend(tx.rows(sql, &[key.0.name().into(), key.1.as_str().into()]).await?);
            }
        }
    }
    rows.iter().map(version).collect()
}

/// Live resources in the order asked.
pub(crate) async fn many(tx: &mut Tx, keys: &[(ResourceType, Id)]) -> Result<Vec<Version>, LedgerError> {
    let found = heads(tx, keys.iter()).await?;
    let found: HashMap<(ResourceType, &Id), &Version> =
        found.iter().filter(|v| v.operation != Operation::Deleted).map(|v| ((v.resource_type, &v.id), v)).collect();
    Ok(keys.iter().filter_map(|key| found.get(&(key.0, &key.1)).copied().cloned()).collect())
}

/// A position in the chain from [`Page::next`].
pub(crate) fn position(after: Option<&str>) -> Result<Option<i64>, LedgerError> {
    let parse = |text: &str| text.parse::<i64>().ok().filter(|seq| *seq >= 0).ok_or(LedgerError::Cursor);
    after.map(parse).transpose()
}

/// Cuts a page of `count` from rows that were fetched with one more.
fn page(mut matches: Vec<Version>, count: usize) -> Page {
    let more = matches.len() > count;
    matches.truncate(count);
    let next = if more { matches.last().map(|v| v.seq.to_string()) } else { None };
    Page { matches, next, ..Page::default() }
}

/// The first position of a version committed at or after `since`. Times never decrease along the chain, so a binary
/// search over positions finds it without an index of times.
pub(crate) async fn first_since(tx: &mut Tx, since: Option<i64>) -> Result<i64, LedgerError> {
    let Some(since) = since else { return Ok(0) };
    let last = tx.row("SELECT max(seq) FROM version WHERE {t} true", &[]).await?;
    let mut high = last.map_or(Ok(None), |row| row.opt_int(0))?.map_or(0, |seq| seq + 1);
    let mut low = 0;
    while low < high {
        let middle = low + (high - low) / 2;
        let sql = "SELECT seq, updated FROM version WHERE {t} seq >= $1 ORDER BY seq LIMIT 1";
        match tx.row(sql, &[Val::Int(middle)]).await? {
            Some(row) if row.int(1)? < since => low = row.int(0)? + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}

pub(crate) async fn history(
    tx: &mut Tx,
    scope: HistoryScope,
    count: u32,
    since: Option<i64>,
    after: Option<i64>,
) -> Result<Page, LedgerError> {
    let count = count.clamp(1, PAGE);
    let first = first_since(tx, since).await?;
    let before = Val::Int(after.unwrap_or(i64::MAX));
    let limit = Val::Int(i64::from(count) + 1);
    let (condition, order, scope) = match scope {
        HistoryScope::Instance(resource_type, id) => {
            ("v.type = $4 AND v.id = $5 AND", "v.version", vec![resource_type.name().into(), id.as_str().into()])
        }
        HistoryScope::Type(resource_type) => ("v.type = $4 AND", "v.seq", vec![resource_type.name().into()]),
        HistoryScope::System => ("", "v.seq", Vec::new()),
    };
    let sql = format!(
        "SELECT {VERSION} FROM version v WHERE {{t:v}} {condition} v.seq < $1 AND v.seq >= $2
         ORDER BY {order} DESC LIMIT $3"
    );
    let mut args = vec![before, Val::Int(first), limit];
    args.extend(scope);
    let rows = tx.rows(&sql, &args).await?;
    Ok(page(rows.iter().map(version).collect::<Result<_, _>>()?, count as usize))
}

pub(crate) async fn scan(
    tx: &mut Tx,
    types: &[ResourceType],
    since: Option<i64>,
    count: u32,
    after: Option<i64>,
) -> Result<Page, LedgerError> {
    let count = count.clamp(1, PAGE);
    let first = first_since(tx, since).await?.max(after.map_or(0, |seq| seq.saturating_add(1)));
    let mut args = vec![Val::Int(first), Val::Int(i64::from(count) + 1)];
    let sql = if let [only] = types {
        args.push(only.name().into());
        format!(
            "SELECT {VERSION} FROM head h JOIN version v ON {{t:v}} v.seq = h.seq
             WHERE {{t:h}} {{pg:(h.type::bpchar) = $3::text::bpchar}}{{lite:h.type = $3}} AND h.seq >= $1 AND h.op <> 2 ORDER BY h.seq LIMIT $2"
        )
    } else {
        // Walks the chain: an entry is current when it is its resource's head.
        let condition = if types.is_empty() { "" } else { "v.type {in:3} AND" };
        if !types.is_empty() {
            args.push(Val::TextList(types.iter().map(|t| t.name().to_owned()).collect()));
        }
        format!(
            "SELECT {VERSION} FROM version v JOIN head h ON {{t:h}} h.type = v.type AND h.id = v.id AND h.seq = v.seq
             WHERE {{t:v}} {condition} v.seq >= $1 AND v.op <> 2 ORDER BY v.seq LIMIT $2"
        )
    };
    let rows = tx.rows(&sql, &args).await?;
    Ok(page(rows.iter().map(version).collect::<Result<_, _>>()?, count as usize))
}

/// The least text that no text beginning with `prefix` reaches; `None` when there is none.
fn after_prefix(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        let next = (last as u32 + 1..=char::MAX as u32).find_map(char::from_u32);
        if let Some(next) = next {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

pub(crate) async fn docs(
    core: &Core,
    tenant: TenantId,
    space: &'static str,
    prefix: &str,
    limit: u32,
    now: Timestamp,
) -> Result<Vec<(String, String)>, LedgerError> {
    let mut args = vec![Val::from(space), prefix.into(), Val::Int(now.as_micros()), Val::Int(i64::from(limit))];
    let below = after_prefix(prefix);
    let condition = if below.is_some() { "AND key < $5" } else { "" };
    args.extend(below.map(Val::from));
    let sql = format!(
        "SELECT key, value FROM doc WHERE {{t}} space = $1 AND key >= $2 {condition}
         AND (expires IS NULL OR expires > CAST($3 AS bigint)) ORDER BY key LIMIT $4"
    );
    let rows = core.store.read(tenant, move |tx| Box::pin(async move { tx.rows(&sql, &args).await })).await?;
    rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use super::after_prefix;

    #[test]
    fn the_end_of_a_prefix_is_the_next_text_of_its_length() {
        assert_eq!(after_prefix("ab").as_deref(), Some("ac"));
        assert_eq!(after_prefix("a\u{10ffff}").as_deref(), Some("b"));
        assert_eq!(after_prefix("\u{d7ff}").as_deref(), Some("\u{e000}"));
        assert_eq!(after_prefix(""), None);
    }
}
