//! From a query to SQL, and from its answer to a page. The query says what is asked (`karute_fhir::search`), the
//! tables of [`crate::index`] hold what there is; this room decides how to look.

mod build;
mod compare;
mod cursor;
mod driver;
mod filter;
mod include;
mod run;
mod sort;
mod window;

use crate::core::{VERSION, version};
use crate::index::key;
use crate::sql::Tx;
use crate::{LedgerError, Page};
use build::Build;
use cursor::Place;
use karute_fhir::search::{Filter, ParamKey, Query, Total};
use karute_fhir::{Id, ResourceType};
use run::Search;

/// Most matches of one page.
const PAGE: u32 = 1_000;

/// Whether a search is mostly answered by one statement. What turns out to need more is only dearer then.
pub(crate) fn is_one_statement(query: &Query) -> bool {
    query.count > 0
        && query.includes.is_empty()
        && query.total != Total::Accurate
        && !query.filters.iter().any(|filter| matches!(filter, Filter::LastUpdated(_)))
}

/// One page of a search; `after` is [`Page::next`] of the page before.
pub(crate) async fn run(tx: &mut Tx, query: &Query, after: Option<&str>) -> Result<Page, LedgerError> {
    let window = window::resolve(tx, query).await?;
    let search = Search::new(query, window, after)?;
    let mut page = Page::default();
    if query.count > 0 {
        let count = query.count.min(PAGE) as usize;
        let mut hits = search.hits(tx, count as u64 + 1).await?;
        let more = hits.len() > count;
        hits.truncate(count);
        if more {
            page.next = hits.last().map(|hit| hit.place().encode());
        }
        page.matches = hits.into_iter().map(|hit| hit.version).collect();
        page.included = include::follow(tx, query, &page.matches).await?;
    }
    if query.total == Total::IfKnown && query.count > 0 && after.is_none() && page.next.is_none() {
        page.total = Some(page.matches.len() as u64);
    }
    if query.total == Total::Accurate || query.count == 0 {
        page.total = Some(search.total(tx).await?);
    }
    Ok(page)
}

/// The first `limit` matches in chain order: what conditional writes need to know.
pub(crate) async fn matches(tx: &mut Tx, query: &Query, limit: u32) -> Result<Vec<Id>, LedgerError> {
    let window = window::resolve(tx, query).await?;
    let hits = Search::new(query, window, None)?.hits(tx, u64::from(limit)).await?;
    Ok(hits.into_iter().map(|hit| hit.version.id).collect())
}

/// One page of a patient's compartment and the patient, in chain order; `types` empty = all; `since` in microseconds.
pub(crate) async fn compartment(
    tx: &mut Tx,
    patient: &Id,
    types: &[ResourceType],
    since: Option<i64>,
    count: u32,
    after: Option<&str>,
) -> Result<Page, LedgerError> {
    let Some(subject) = ResourceType::parse("Patient") else { return Ok(Page::default()) };
    let mut build = Build::new(tx.dialect());
    let mut window = build::Window::default();
    if let Some(after) = after {
        window.not_before(Place::decode(after, &[])?.seq.saturating_add(1));
    }
    if let Some(since) = since {
        window.not_before(window::first_at(tx, since).await?);
    }
    let id = build.bind(patient.as_str());
    let (param, number) = (build.param(ParamKey::PATIENT_COMPARTMENT), build.bind(key::type_number(subject)));
    let of_param = build.of_param("ix_reference", "a", &param);
    let name = build.name(subject);
    let (in_index, in_head) = (build.window("a.seq", window), build.window("s.seq", window));
    let of_types = if types.is_empty() {
        String::new()
    } else {
        let names = types.iter().map(|t| t.name().to_owned()).collect();
        format!("v.type {} AND ", build.equals(names))
    };
    let count = count.clamp(1, PAGE);
    let limit = build.bind(count + 1);
    // Whether it is deleted is asked of the version: a condition on `h.op` would let PostgreSQL, without statistics, walk
    // `head_live` along the whole type instead of finding the one row by its key.
    let sql = format!(
        "WITH c AS MATERIALIZED (\
           SELECT a.seq FROM ix_reference a WHERE {{t:a}} {of_param} AND a.id = {id} AND a.type = {number}{in_index} \
           UNION \
           SELECT s.seq FROM head s WHERE {{t:s}} s.type = {name} AND s.id = {id}{in_head}) \
         SELECT {VERSION} FROM c LEFT JOIN version v ON {{t:v}} v.seq = c.seq WHERE {of_types} \
         (SELECT h.seq FROM head h WHERE {{t:h}} h.type = v.type AND h.id = v.id) = v.seq AND v.op <> 2 \
         ORDER BY c.seq LIMIT {limit}"
    );
    let mut page = Page::default();
    for row in tx.rows(&sql, build.args()).await? {
        page.matches.push(version(&row)?);
    }
    if page.matches.len() > count as usize {
        page.matches.truncate(count as usize);
        page.next = page.matches.last().map(|v| Place { seq: v.seq.cast_signed(), keys: Vec::new() }.encode());
    }
    Ok(page)
}
