//! Orders: the value a resource is sorted by, the walk of an index in that order, and where a page begins.
use super::build::{Build, Candidate, LIVE, Window};
use crate::LedgerError;
use crate::sql::{Row, Val};
use karute_fhir::ResourceType;
use karute_fhir::search::{ParamKey, Sort, SortBy};

/// A value a resource was sorted by.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum KeyValue {
    /// It has none; comes last.
    Absent,
    /// Text.
    Text(String),
    /// Instant or position.
    Int(i64),
    /// Number.
    Real(f64),
}

/// What kind of value a key has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text.
    Text,
    /// Integer.
    Int,
    /// Number.
    Real,
}

impl Kind {
    /// What keeps the index on a column of this kind out of a look-up by position.
    fn aside(self) -> &'static str {
        match self {
            Kind::Text => " || ''",
            Kind::Int | Kind::Real => " + 0",
        }
    }
}

/// Columns of an index table that serve a sort: the value, and what tells apart several rows of one resource with
/// the same value.
struct Column {
    table: &'static str,
    value: &'static str,
    tie: &'static str,
    kind: Kind,
    /// An empty value stands for none.
    empty: bool,
}

/// One sort key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key(pub(super) Sort);

/// The keys that decide; nothing can follow a key that is never equal.
pub(super) fn keys(sort: &[Sort]) -> Vec<Key> {
    let mut out = Vec::new();
    for sort in sort {
        out.push(Key(*sort));
        if matches!(sort.by, SortBy::Id | SortBy::LastUpdated) {
            break;
        }
    }
    // Ascending by last change is the order of the chain, which is the last tie-breaker anyway.
    if let Some(Key(Sort { by: SortBy::LastUpdated, descending: false })) = out.last() {
        out.pop();
    }
    out
}

impl Key {
    fn column(self) -> Option<(ParamKey, Column)> {
        let column = |table, value, tie, kind, empty| Column { table, value, tie, kind, empty };
        Some(match self.0.by {
            SortBy::Id | SortBy::LastUpdated => return None,
            SortBy::Text(p) => (p, column("ix_text", "key", "key", Kind::Text, false)),
            SortBy::Token(p) => (p, column("ix_token", "code", "system", Kind::Text, true)),
            SortBy::Date(p) if self.0.descending => (p, column("ix_date", "hi", "lo", Kind::Int, false)),
            SortBy::Date(p) => (p, column("ix_date", "lo", "hi", Kind::Int, false)),
            SortBy::Number(p) => (p, column("ix_quantity", "value", "n", Kind::Real, false)),
            SortBy::Reference(p) => (p, column("ix_reference", "id", "type", Kind::Text, false)),
            SortBy::Uri(p) => (p, column("ix_uri", "uri", "uri", Kind::Text, true)),
        })
    }

    /// Kind of its values.
    pub(super) fn kind(self) -> Kind {
        match self.0.by {
            SortBy::Id => Kind::Text,
            SortBy::LastUpdated => Kind::Int,
            _ => self.column().map_or(Kind::Int, |(_, c)| c.kind),
        }
    }

    /// Of several values of one resource the upper end counts for dates sorted downwards, else the smallest.
    fn largest(self) -> bool {
        self.0.descending && matches!(self.0.by, SortBy::Date(_))
    }

    /// The candidate's value.
    pub(super) fn value(self, build: &mut Build, candidate: &Candidate) -> String {
        let seq = &candidate.seq;
        let Some((param, column)) = self.column() else {
            return if self.0.by == SortBy::Id { build.id(candidate) } else { seq.clone() };
        };
        let m = build.alias();
        let param = build.param(param);
        let Column { table, value, .. } = column;
        let choose = if self.largest() { "max" } else { "min" };
        let aside = column.kind.aside();
        let by = super::compare::by_seq(table);
        let some = if column.empty { format!(" AND {m}.{value} <> ''") } else { String::new() };
        format!(
            "(SELECT {choose}({m}.{value}{aside}) FROM {table} {m}{by} WHERE {{t:{m}}} {m}.param = {param} AND {m}.seq = {seq}{some})"
        )
    }

    /// FROM and WHERE of a walk along the index in the order of this key, each resource at its one place; alias `k`,
    /// the value is [`Key::walked`]. `None` for keys without index table.
    pub(super) fn walk(self, build: &mut Build, window: Window, start: Option<&KeyValue>) -> Option<String> {
        let (param, column) = self.column()?;
        let Column { table, value, tie, .. } = column;
        let param = build.param(param);
        let better = if self.largest() { ">" } else { "<" };
        let mut out = format!("FROM {table} k WHERE {{t:k}} {}", build.of_param(table, "k", &param));
        if column.empty {
            out += &format!(" AND k.{value} <> ''");
        }
        if let Some(start) = start.and_then(KeyValue::to_val) {
            let beyond = if self.0.descending { "<=" } else { ">=" };
            out += &format!(" AND k.{value} {beyond} {}", build.bind(start));
        }
        out += &build.window("(k.seq + 0)", window);
        let some = if column.empty { format!(" AND m.{value} <> ''") } else { String::new() };
        let aside = column.kind.aside();
        let by = super::compare::by_seq(table);
        let same = if tie == value {
            String::new()
        } else {
            format!(" OR (m.{value}{aside} = k.{value} AND m.{tie} {better} k.{tie})")
        };
        out += &format!(
            " AND (SELECT 1 FROM {table} m{by} WHERE {{t:m}} m.param = {param} AND m.seq = k.seq{some} \
             AND (m.{value}{aside} {better} k.{value}{same}) LIMIT 1) IS NULL"
        );
        Some(out)
    }

    /// The value in a [`Key::walk`].
    pub(super) fn walked(self) -> Option<String> {
        self.column().map(|(_, c)| format!("k.{}", c.value))
    }

    /// Whether every resource has a value.
    pub(super) fn always(self) -> bool {
        self.column().is_none()
    }

    /// The value in column `at` of an answer.
    pub(super) fn read(self, row: &Row, at: usize) -> Result<KeyValue, LedgerError> {
        Ok(match self.kind() {
            Kind::Text => row.opt_text(at)?.map_or(KeyValue::Absent, |t| KeyValue::Text(t.to_owned())),
            Kind::Int => row.opt_int(at)?.map_or(KeyValue::Absent, KeyValue::Int),
            Kind::Real => row.opt_real(at)?.map_or(KeyValue::Absent, KeyValue::Real),
        })
    }
}

impl KeyValue {
    fn to_val(&self) -> Option<Val> {
        Some(match self {
            KeyValue::Absent => return None,
            KeyValue::Text(text) => Val::Text(text.clone()),
            KeyValue::Int(n) => Val::Int(*n),
            KeyValue::Real(n) => Val::Real(*n),
        })
    }
}

impl Build {
    /// ORDER BY of a query whose columns are `p.k1` … and `p.seq`.
    pub(super) fn order(keys: &[Key], p: &str) -> String {
        let mut out = String::new();
        for (i, key) in (1..).zip(keys) {
            let direction = if key.0.descending { " DESC" } else { "" };
            if !key.always() {
                out += &format!("({p}.k{i} IS NULL), ");
            }
            out += &format!("{p}.k{i}{direction}, ");
        }
        out + p + ".seq"
    }

    /// The same where the first key is known to be there, so that an index can serve the order.
    pub(super) fn order_walked(keys: &[Key], p: &str) -> String {
        let mut out = String::new();
        for (i, key) in (1..).zip(keys) {
            let direction = if key.0.descending { " DESC" } else { "" };
            if i > 1 && !key.always() {
                out += &format!("({p}.k{i} IS NULL), ");
            }
            out += &format!("{p}.k{i}{direction}, ");
        }
        out + p + ".seq"
    }

    /// Condition that a row comes after the given place, for columns `p.k1` … and `p.seq`.
    pub(super) fn beyond(&mut self, keys: &[Key], values: &[KeyValue], seq: i64) -> String {
        let mut same = String::new();
        let mut ways = Vec::new();
        for (i, (key, value)) in (1..).zip(keys.iter().zip(values)) {
            match value.to_val() {
                None => same += &format!("p.k{i} IS NULL AND "),
                Some(value) => {
                    let mark = self.bind(value);
                    let further = if key.0.descending { "<" } else { ">" };
                    let absent = if key.always() { String::new() } else { format!(" OR p.k{i} IS NULL") };
                    ways.push(format!("({same}(p.k{i} {further} {mark}{absent}))"));
                    same += &format!("p.k{i} = {mark} AND ");
                }
            }
        }
        ways.push(format!("({same}p.seq > {})", self.bind(seq)));
        format!("({})", ways.join(" OR "))
    }

    /// Condition that the first key has no value.
    pub(super) fn lacks(&mut self, key: Key, candidate: &Candidate) -> String {
        format!("{} IS NULL", key.value(self, candidate))
    }

    /// FROM and WHERE of a walk of all current resources of a type; alias `h`.
    pub(super) fn walk_type(&mut self, resource_type: ResourceType, window: Window, by_id: bool) -> String {
        let by = if by_id { "" } else { LIVE };
        let name = self.name(resource_type);
        let of_type = if by_id { format!("h.type = {name}") } else { self.of_type("h", &name) };
        let within = self.window("h.seq", window);
        format!("FROM head h{by} WHERE {{t:h}} {of_type} AND h.op <> 2{within}")
    }

    /// FROM and WHERE of a walk of the rows of one value in chain order; alias `k`. Each resource once.
    pub(super) fn walk_value(&mut self, filter: &karute_fhir::search::Filter, window: Window) -> Option<String> {
        let karute_fhir::search::Filter::Any { param, any } = filter else { return None };
        let groups = super::filter::groups(any);
        let [group] = groups.as_slice() else { return None };
        let param = self.param(*param);
        let (k, m) = (self.group("k", group), self.group("m", group));
        let table = group.table.name();
        let tie = match group.table {
            super::compare::Table::Token => "system",
            super::compare::Table::Reference => "type",
            _ => "uri",
        };
        let within = self.window("k.seq", window);
        let of_param = self.of_param(table, "k", &param);
        Some(format!(
            "FROM {table} k WHERE {{t:k}} {of_param} AND {k}{within} AND (SELECT 1 FROM {table} m WHERE {{t:m}} \
             m.param = {param} AND {m} AND m.seq = k.seq AND m.{tie} < k.{tie} LIMIT 1) IS NULL"
        ))
    }
}
