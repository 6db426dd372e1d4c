//! Carrying out a search.
//!
//! There are two ways, and which is cheaper depends on how many candidates a filter has, which nobody knows in
//! advance and which statistics of a database would only guess:
//!
//! 1. *Gather*: read at most [`GATHER`] candidates of one filter, check the others on each, sort, cut.
//! 2. *Walk*: go along an index in the order asked for, check every filter, stop when the page is full.
//!
//! Filters are tried as sources in the order of what their kind promises. When a source has more than [`GATHER`]
//! candidates, the attempt ends at once and the next is tried; when all do, matches are dense enough for a walk. So
//! the work of a search is bounded by the size of its page and not by the size of the tenant.
use super::build::{Build, Candidate, Window};
use super::cursor::Place;
use super::driver::{Source, limited, ordered, rank};
use super::sort::{Key, KeyValue, keys};
use crate::core::{VERSION, version};
use crate::index::{newest, pairs};
use crate::sql::{Dialect, Tx, Val};
use crate::{LedgerError, Version};
use karute_fhir::ResourceType;
use karute_fhir::search::{Filter, Query, SortBy};

/// Candidates an attempt may read.
const GATHER: u32 = 4_000;
/// Candidates beyond a page's size that are looked at before all are: some may not be current.
const FIRST: u64 = 16;

/// A match with what it was sorted by.
pub(super) struct Hit {
    /// The resource.
    pub(super) version: Version,
    /// Its sort keys.
    pub(super) keys: Vec<KeyValue>,
}

impl Hit {
    /// Its place in the order.
    pub(super) fn place(&self) -> Place {
        Place { seq: self.version.seq.cast_signed(), keys: self.keys.clone() }
    }
}

/// Which index serves the order of a statement's rows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Along {
    /// None.
    Nothing,
    /// That of the first key, which is there in every row.
    Key,
    /// That of a patient's dates, column `place`.
    Patient,
}

/// How the rows of one statement are ordered and where they begin.
struct Order<'a> {
    keys: &'a [Key],
    along: Along,
    /// The page begins after this place.
    after: Option<&'a Place>,
    limit: u64,
}

/// A search in the making.
pub(super) struct Search<'q> {
    query: &'q Query,
    keys: Vec<Key>,
    window: Window,
    after: Option<Place>,
}

impl<'q> Search<'q> {
    /// `window`: where `_lastUpdated` confines the search to.
    pub(super) fn new(query: &'q Query, window: Window, after: Option<&str>) -> Result<Search<'q>, LedgerError> {
        let keys = keys(&query.sort);
        let after = after.map(|text| Place::decode(text, &keys)).transpose()?;
        Ok(Search { query, keys, window, after })
    }

    /// At most `limit` matches after the place.
    pub(super) async fn hits(&self, tx: &mut Tx, limit: u64) -> Result<Vec<Hit>, LedgerError> {
        let mut window = self.window;
        if let (Some(place), true) = (&self.after, self.keys.is_empty()) {
            window.not_before(place.seq.saturating_add(1));
        }
        if let Some(pair) = Source::pair(&self.query.filters)
            && let Some(hits) = self.gather(tx, pair, window, limit).await?
        {
            return Ok(hits);
        }
        let sources = self.sources();
        if let Some(hits) = self.walk_newest(tx, &sources, window, limit).await? {
            return Ok(hits);
        }
        if let ([only], true) = (sources.as_slice(), self.keys.is_empty())
            && ordered(only)
        {
            return self.walk_value(tx, only, window, limit).await;
        }
        for source in &sources {
            if let Some(hits) = self.gather(tx, Source::One(source), window, limit).await? {
                return Ok(hits);
            }
        }
        match sources.iter().find(|s| ordered(s)) {
            Some(source) if self.keys.is_empty() => self.walk_value(tx, source, window, limit).await,
            _ => self.walk(tx, window, limit).await,
        }
    }

    /// Filters that can propose candidates, the most promising first.
    fn sources(&self) -> Vec<&'q Filter> {
        let mut ranked: Vec<(u8, &Filter)> =
            self.query.filters.iter().filter_map(|f| rank(f).map(|rank| (rank, f))).collect();
        ranked.sort_by_key(|(rank, _)| *rank);
        ranked.into_iter().map(|(_, filter)| filter).collect()
    }

    /// The conditions of all filters on a candidate, each beginning with AND. The window stands for `_lastUpdated`
    /// where it says the same.
    fn conditions(&self, build: &mut Build, candidate: &Candidate) -> String {
        self.other_conditions(build, candidate, None)
    }

    /// The conditions of all filters but the one whose matches the candidates are, each beginning with AND. Databases
    /// evaluate them in this order: what leaves fewest comes first.
    fn other_conditions(&self, build: &mut Build, candidate: &Candidate, source: Option<Source<'_>>) -> String {
        let open =
            |filter: &&Filter| !super::window::exact(filter) && !source.is_some_and(|source| source.settles(filter));
        let mut filters: Vec<&Filter> = self.query.filters.iter().filter(open).collect();
        filters.sort_by_key(|filter| rank(filter).unwrap_or(u8::MAX));
        filters.into_iter().map(|filter| format!(" AND {}", build.fulfils(filter, candidate))).collect()
    }

    fn target(&self) -> ResourceType {
        self.query.target
    }

    /// `None`: too many candidates.
    async fn gather(
        &self,
        tx: &mut Tx,
        source: Source<'_>,
        window: Window,
        limit: u64,
    ) -> Result<Option<Vec<Hit>>, LedgerError> {
        // In the order of the chain the first candidates are nearly always the matches; only when they are not enough all
        // are looked at.
        let first = limit + FIRST;
        if self.keys.is_empty() {
            let (count, hits) = self.gathered(tx, source, window, limit, Some(first)).await?;
            if count > u64::from(GATHER) || hits.len() as u64 >= limit || count <= first {
                return Ok((count <= u64::from(GATHER)).then_some(hits));
            }
        }
        let (count, hits) = self.gathered(tx, source, window, limit, None).await?;
        Ok((count <= u64::from(GATHER)).then_some(hits))
    }

    /// Number of candidates, and what is found among the `first` of them in the order of the chain.
    async fn gathered(
        &self,
        tx: &mut Tx,
        source: Source<'_>,
        window: Window,
        limit: u64,
        first: Option<u64>,
    ) -> Result<(u64, Vec<Hit>), LedgerError> {
        let mut build = Build::new(tx.dialect());
        let Some(candidates) = build.proposed_by(self.target(), &source, window, Some(GATHER)) else {
            return Ok((u64::MAX, Vec::new()));
        };
        build.counted.push(("d".to_owned(), limited(&candidates, Some(GATHER))));
        let candidate = Candidate::at(self.target(), "c.seq");
        let mut inner = self.columns(&mut build, &candidate);
        let first = first.map(|first| format!(" ORDER BY seq LIMIT {}", build.bind(first))).unwrap_or_default();
        inner += &format!(" FROM (SELECT DISTINCT seq FROM d{first}) c WHERE true");
        inner += &self.other_conditions(&mut build, &candidate, Some(source));
        // Nearly every index row is of a current version, so this leaves the least out.
        inner += &format!(" AND {}", build.live(self.target(), "c.seq"));
        let order = Order { keys: &self.keys, along: Along::Nothing, after: self.place(), limit };
        fetch(tx, build, &inner, &order).await
    }

    /// Position and sort keys of a candidate: `SELECT … AS seq, … AS k1`.
    fn columns(&self, build: &mut Build, candidate: &Candidate) -> String {
        let mut out = format!("SELECT {} AS seq", candidate.seq);
        for (i, key) in (1..).zip(&self.keys) {
            out += &format!(", {} AS k{i}", key.value(build, candidate));
        }
        out
    }

    fn place(&self) -> Option<&Place> {
        self.after.as_ref().filter(|_| !self.keys.is_empty())
    }

    /// In chain order along the rows of one value.
    async fn walk_value(
        &self,
        tx: &mut Tx,
        source: &Filter,
        window: Window,
        limit: u64,
    ) -> Result<Vec<Hit>, LedgerError> {
        let mut build = Build::new(tx.dialect());
        let Some(rows) = build.walk_value(source, window) else { return self.walk(tx, window, limit).await };
        let candidate = Candidate::at(self.target(), "k.seq");
        let mut inner = format!("SELECT k.seq AS seq {rows} AND {}", build.live(self.target(), "k.seq"));
        for filter in self.query.filters.iter().filter(|f| !super::window::exact(f) && !std::ptr::eq(*f, source)) {
            inner += &format!(" AND {}", build.fulfils(filter, &candidate));
        }
        Ok(fetch(tx, build, &inner, &Order { keys: &[], along: Along::Key, after: None, limit }).await?.1)
    }

    /// A patient's resources, newest first, from the beginning until the page is full. `None` where that is not what is
    /// asked, or where another filter promises fewer candidates than a patient has.
    async fn walk_newest(
        &self,
        tx: &mut Tx,
        sources: &[&Filter],
        window: Window,
        limit: u64,
    ) -> Result<Option<Vec<Hit>>, LedgerError> {
        let ([key], Some((patient, others))) = (self.keys.as_slice(), sources.split_first()) else { return Ok(None) };
        let SortBy::Date(date) = key.0.by else { return Ok(None) };
        let Filter::Any { param, any } = patient else { return Ok(None) };
        let one = pairs::patients(any).filter(|ids| ids.len() == 1).and_then(|mut ids| ids.pop());
        let asked = key.0.descending && newest::patient_of(date) == Some(*param);
        let (true, Some(id)) = (asked, one) else { return Ok(None) };
        if others.iter().any(|other| rank(other) <= rank(patient)) {
            return Ok(None);
        }
        let mut build = Build::new(tx.dialect());
        let candidate = Candidate::at(self.target(), "k.seq");
        let value = key.value(&mut build, &candidate);
        let (param, id) = (build.param(date), build.bind(id));
        let mut inner = format!(
            "SELECT k.seq AS seq, {value} AS k1, k.code AS place FROM ix_patient_code k \
             WHERE {{t:k}} k.param = {param} AND k.patient = {id}"
        );
        if let Some(first) = self.place().and_then(|place| place.keys.first()) {
            let last = if let KeyValue::Int(last) = first { Some(*last) } else { None };
            inner += &format!(" AND k.code >= {}", build.bind(newest::place(last)));
        }
        inner += &build.window("(k.seq + 0)", window);
        inner += &self.other_conditions(&mut build, &candidate, Some(Source::One(patient)));
        inner += &format!(" AND {}", build.live(self.target(), "k.seq"));
        let order = Order { keys: &self.keys, along: Along::Patient, after: self.place(), limit };
        Ok(Some(fetch(tx, build, &inner, &order).await?.1))
    }

    /// In the order asked for.
    async fn walk(&self, tx: &mut Tx, mut window: Window, limit: u64) -> Result<Vec<Hit>, LedgerError> {
        let Some(first) = self.keys.first() else { return self.walk_type(tx, window, limit, None).await };
        if first.0.by == SortBy::LastUpdated {
            if let Some(place) = &self.after {
                window.not_after(place.seq - 1);
            }
            return self.walk_type(tx, window, limit, None).await;
        }
        if first.0.by == SortBy::Id {
            return self.walk_type(tx, window, limit, None).await;
        }
        let start = self.after.as_ref().and_then(|place| place.keys.first());
        let mut hits = Vec::new();
        if start != Some(&KeyValue::Absent) {
            let mut build = Build::new(tx.dialect());
            let (Some(rows), Some(value)) = (first.walk(&mut build, window, start), first.walked()) else {
                return self.walk_type(tx, window, limit, None).await;
            };
            let candidate = Candidate::at(self.target(), "k.seq");
            let mut inner = format!("SELECT k.seq AS seq, {value} AS k1");
            for (i, key) in (2..).zip(self.keys.iter().skip(1)) {
                inner += &format!(", {} AS k{i}", key.value(&mut build, &candidate));
            }
            inner += &format!(" {rows} AND {}", build.live(self.target(), "k.seq"));
            inner += &self.conditions(&mut build, &candidate);
            let order = Order { keys: &self.keys, along: Along::Key, after: self.place(), limit };
            // A planner without statistics thinks a table small and would rather sort all of it.
            in_index_order(tx, true).await?;
            hits = fetch(tx, build, &inner, &order).await?.1;
            in_index_order(tx, false).await?;
        }
        let missing = limit.saturating_sub(hits.len() as u64);
        if missing > 0 {
            hits.extend(self.walk_type(tx, window, missing, Some(*first)).await?);
        }
        Ok(hits)
    }

    /// Along all resources of the type; `lacking`: those alone that have no value of this key, which come last.
    async fn walk_type(
        &self,
        tx: &mut Tx,
        window: Window,
        limit: u64,
        lacking: Option<Key>,
    ) -> Result<Vec<Hit>, LedgerError> {
        let mut build = Build::new(tx.dialect());
        let candidate = Candidate::head(self.target(), "h");
        let mut inner = self.columns(&mut build, &candidate);
        let by_id = self.keys.first().is_some_and(|key| key.0.by == SortBy::Id);
        inner += &format!(" {}", build.walk_type(self.target(), window, by_id));
        if let Some(key) = lacking {
            inner += &format!(" AND {}", build.lacks(key, &candidate));
        }
        inner += &self.conditions(&mut build, &candidate);
        // A place among resources that have the value lies before all that lack it.
        let after = self.place().filter(|p| lacking.is_none() || p.keys.first() == Some(&KeyValue::Absent));
        let order = Order { keys: &self.keys, along: Along::Nothing, after, limit };
        Ok(fetch(tx, build, &inner, &order).await?.1)
    }

    /// Number of all matches, whatever page is shown.
    pub(super) async fn total(&self, tx: &mut Tx) -> Result<u64, LedgerError> {
        let mut build = Build::new(tx.dialect());
        let mut sql = String::new();
        let best = || self.sources().into_iter().next().map(Source::One);
        let source = Source::pair(&self.query.filters).or_else(best);
        let candidates = source.and_then(|source| build.proposed_by(self.target(), &source, self.window, None));
        let (from, candidate) = match candidates {
            Some(candidates) => {
                build.counted.push(("d".to_owned(), limited(&candidates, None)));
                let from = "FROM (SELECT DISTINCT seq FROM d) c WHERE true".to_owned();
                (from, Candidate::at(self.target(), "c.seq"))
            }
            None => (build.walk_type(self.target(), self.window, false), Candidate::head(self.target(), "h")),
        };
        let mut conditions = self.other_conditions(&mut build, &candidate, source);
        if source.is_some() {
            conditions += &format!(" AND {}", build.live(self.target(), "c.seq"));
        }
        sql += &with(&build);
        sql += &format!("SELECT count(*) {from}{conditions}");
        let row = tx.row(&sql, build.args()).await?;
        row.map_or(Ok(0), |row| row.count(0))
    }
}

/// Tells PostgreSQL to take rows in the order of an index, or to choose freely again.
async fn in_index_order(tx: &mut Tx, yes: bool) -> Result<(), LedgerError> {
    if tx.dialect() == Dialect::Postgres {
        let sql = if yes { "SET LOCAL enable_sort = off" } else { "SET LOCAL enable_sort = on" };
        tx.send(sql, Vec::new()).await?;
    }
    Ok(())
}

/// The counted expressions as a WITH clause, ready for the query that follows.
fn with(build: &Build) -> String {
    if build.counted.is_empty() {
        return String::new();
    }
    let each: Vec<String> = build.counted.iter().map(|(name, sql)| format!("{name} AS MATERIALIZED ({sql})")).collect();
    format!("WITH {} ", each.join(", "))
}

/// Runs `inner` (columns `seq`, `k1` …) in order and fetches the versions; with the largest number of rows that one
/// of the counted expressions had.
async fn fetch(tx: &mut Tx, mut build: Build, inner: &str, order: &Order<'_>) -> Result<(u64, Vec<Hit>), LedgerError> {
    let by = |p: &str| match order.along {
        Along::Nothing => Build::order(order.keys, p),
        Along::Key => Build::order_walked(order.keys, p),
        Along::Patient => format!("{p}.place, {p}.seq"),
    };
    let beyond = match order.after {
        Some(place) => format!(" WHERE {}", build.beyond(order.keys, &place.keys, place.seq)),
        None => String::new(),
    };
    let limit = build.bind(Val::from(order.limit));
    let page = format!("r AS MATERIALIZED (SELECT p.* FROM ({inner}) p{beyond} ORDER BY {} LIMIT {limit})", by("p"));
    let counts: Vec<String> =
        build.counted.iter().map(|(name, _)| format!("SELECT count(*) AS n FROM {name}")).collect();
    let (prefix, counter) = if counts.is_empty() {
        ("WITH ".to_owned(), "SELECT 0 AS n".to_owned())
    } else {
        (
            format!("{}, ", with(&build).trim_end()),
            format!("SELECT max(q.n) AS n FROM ({}) q", counts.join(" UNION ALL ")),
        )
    };
    let columns: String = (1..=order.keys.len()).map(|i| format!(", r.k{i}")).collect();
    let sql = format!(
        "{prefix}{page} SELECT {VERSION}, c.n{columns} FROM ({counter}) c LEFT JOIN r ON true \
         LEFT JOIN version v ON {{t:v}} v.seq = r.seq ORDER BY {}",
        by("r")
    );
    let mut count = 0;
    let mut hits = Vec::new();
    for row in tx.rows(&sql, build.args()).await? {
        count = row.count(7)?;
        if row.opt_text(0)?.is_none() {
            continue;
        }
        let keys = (8..).zip(order.keys).map(|(at, key)| key.read(&row, at)).collect::<Result<_, _>>()?;
        hits.push(Hit { version: version(&row)?, keys });
    }
    Ok((count, hits))
}
