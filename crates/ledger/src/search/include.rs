//! `_include` and `_revinclude`: what the matches refer to, and what refers to them.
use super::build::{Build, Rows};
use crate::core::{VERSION, version};
use crate::index::key;
use crate::sql::Tx;
use crate::{LedgerError, Version};
use karute_fhir::ResourceType;
use karute_fhir::search::{Include, ParamType, Query, params_of};
use std::collections::{BTreeMap, BTreeSet};

/// Most resources that inclusion adds to one page. A page that would need more is refused, not cut: a caller that
/// asks for smaller pages gets everything.
const MOST: usize = 1_000;
/// Rounds of `:iterate`; a chain of references that is longer ends here.
const ROUNDS: usize = 8;

/// Everything the query's inclusions add to `matches`, in the order found.
pub(super) async fn follow(tx: &mut Tx, query: &Query, matches: &[Version]) -> Result<Vec<Version>, LedgerError> {
    if query.includes.is_empty() || matches.is_empty() {
        return Ok(Vec::new());
    }
    let mut known: BTreeSet<u64> = matches.iter().map(|v| v.seq).collect();
    let mut included: Vec<Version> = Vec::new();
    let mut from = 0;
    for round in 0..ROUNDS {
        let fresh: Vec<Version> =
            if round == 0 { matches.to_vec() } else { included.get(from..).unwrap_or_default().to_vec() };
        from = included.len();
        if fresh.is_empty() {
            break;
        }
        for include in query.includes.iter().filter(|i| round == 0 || i.iterate) {
            let found = if include.reverse {
                pointing(tx, include, &fresh).await?
            } else {
                pointed(tx, include, &fresh).await?
            };
            for version in found {
                if known.insert(version.seq) {
                    included.push(version);
                }
            }
            if included.len() > MOST {
                return Err(LedgerError::Limit("included resources of one page"));
            }
        }
    }
    Ok(included)
}

/// The reference parameters of an inclusion.
fn params(include: &Include) -> Vec<i64> {
    match include.param {
        Some(param) => vec![key::param(param)],
        None => params_of(include.source)
            .iter()
            .filter(|p| p.kind == ParamType::Reference)
            .map(|p| key::param(p.key))
            .collect(),
    }
}

/// What resources of the source type among `from` refer to.
async fn pointed(tx: &mut Tx, include: &Include, from: &[Version]) -> Result<Vec<Version>, LedgerError> {
    let seqs: Vec<i64> =
        from.iter().filter(|v| v.resource_type == include.source).map(|v| v.seq.cast_signed()).collect();
    let params = params(include);
    if seqs.is_empty() || params.is_empty() {
        return Ok(Vec::new());
    }
    let mut build = Build::new(tx.dialect());
    let (params, seqs) = (build.integers(params), build.integers(seqs));
    let mut sql = format!("SELECT a.type, a.id FROM ix_reference a WHERE {{t:a}} a.param {params} AND a.seq {seqs}");
    if let Some(target) = include.target {
        sql += &format!(" AND a.type = {}", build.bind(key::type_number(target)));
    }
    let mut wanted: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
    for row in tx.rows(&sql, build.args()).await? {
        wanted.entry(row.int(0)?).or_default().insert(row.text(1)?.to_owned());
    }
    if wanted.values().map(BTreeSet::len).sum::<usize>() > 2 * MOST {
        return Err(LedgerError::Limit("included resources of one page"));
    }
    let mut out = Vec::new();
    for resource_type in ResourceType::all() {
        let Some(ids) = wanted.remove(&key::type_number(resource_type)) else { continue };
        let mut build = Build::new(tx.dialect());
        let name = build.name(resource_type);
        let ids = build.equals(ids.into_iter().collect());
        let current = format!("SELECT h.seq FROM head h WHERE {{t:h}} h.type = {name} AND h.id {ids} AND h.op <> 2");
        out.extend(versions(tx, &build, &current).await?);
    }
    Ok(out)
}

/// Which resources of the source type refer to those among `to`.
async fn pointing(tx: &mut Tx, include: &Include, to: &[Version]) -> Result<Vec<Version>, LedgerError> {
    let params = params(include);
    let mut targets: BTreeMap<ResourceType, Vec<String>> = BTreeMap::new();
    for version in to.iter().filter(|v| include.target.is_none_or(|t| t == v.resource_type)) {
        targets.entry(version.resource_type).or_default().push(version.id.as_str().to_owned());
    }
    let mut out = Vec::new();
    for (target, ids) in targets {
        let mut build = Build::new(tx.dialect());
        let (params, number) = (build.of_params("a", params.clone()), build.bind(key::type_number(target)));
        let (ids, name) = (build.equals(ids), build.name(include.source));
        let references =
            format!("SELECT a.seq FROM ix_reference a WHERE {{t:a}} {params} AND a.id {ids} AND a.type = {number}");
        let conditions = format!("{{t:h}} {} AND h.op <> 2", build.of_type("h", &name));
        let rows = Rows { table: "head", a: "h", key: "seq", conditions: &conditions, out: "seq" };
        let current = build.each(&references, "seq", &rows);
        out.extend(versions(tx, &build, &current).await?);
    }
    Ok(out)
}

/// The versions at the positions a query yields, at most one more than may be included.
async fn versions(tx: &mut Tx, build: &Build, seqs: &str) -> Result<Vec<Version>, LedgerError> {
    let sql = format!(
        "WITH r AS MATERIALIZED (SELECT DISTINCT q.seq FROM ({seqs}) q LIMIT {}) \
         SELECT {VERSION} FROM r LEFT JOIN version v ON {{t:v}} v.seq = r.seq ORDER BY v.seq",
        2 * MOST
    );
    let mut out = Vec::new();
    for row in tx.rows(&sql, build.args()).await? {
        out.push(version(&row)?);
    }
    Ok(out)
}
