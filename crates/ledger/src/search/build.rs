//! Text and parameters of one statement in the making. Only constants of this program go into the text; every value
//! is bound.
use crate::index::key;
use crate::sql::{Dialect, Val};
use karute_fhir::ResourceType;
use karute_fhir::search::ParamKey;

/// Positions of the chain that a search looks at, both inclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Window {
    /// First.
    pub(super) from: Option<i64>,
    /// Last.
    pub(super) to: Option<i64>,
}

impl Window {
    /// Narrows the beginning.
    pub(super) fn not_before(&mut self, seq: i64) {
        self.from = Some(self.from.map_or(seq, |from| from.max(seq)));
    }
    /// Narrows the end.
    pub(super) fn not_after(&mut self, seq: i64) {
        self.to = Some(self.to.map_or(seq, |to| to.min(seq)));
    }
}

/// A candidate as its conditions see it.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// Type searched.
    pub(super) resource_type: ResourceType,
    /// Expression for its position.
    pub(super) seq: String,
    /// Expression for its id, where there is one at hand.
    pub(super) id: Option<String>,
}

impl Candidate {
    /// A row of `head` by this alias.
    pub(super) fn head(resource_type: ResourceType, alias: &str) -> Candidate {
        Candidate { resource_type, seq: format!("{alias}.seq"), id: Some(format!("{alias}.id")) }
    }

    /// What stands at a position.
    pub(super) fn at(resource_type: ResourceType, seq: &str) -> Candidate {
        Candidate { resource_type, seq: seq.to_owned(), id: None }
    }
}

/// One statement in the making.
///
/// Fresh tables have no statistics and those of SQLite never get any, so the text itself says by which index a look-up
/// goes: `+ 0` and `|| ''` keep a column's index out of it, and candidates are looked up one by one.
#[derive(Debug)]
pub(super) struct Build {
    dialect: Dialect,
    /// Conditions look at the rows of one position; otherwise at those of a range of values.
    pub(super) by_seq: bool,
    args: Vec<Val>,
    aliases: usize,
    /// Common table expressions whose rows are counted against the limit of an attempt: name and text.
    pub(super) counted: Vec<(String, String)>,
}

impl Build {
    /// An empty statement.
    pub(super) fn new(dialect: Dialect) -> Build {
        Build { dialect, by_seq: true, args: Vec::new(), aliases: 0, counted: Vec::new() }
    }

    /// A column of numbers in a condition.
    pub(super) fn number(&self, column: &str) -> String {
        if self.by_seq { format!("({column} + 0)") } else { column.to_owned() }
    }

    /// A column of texts in a condition.
    pub(super) fn letters(&self, column: &str) -> String {
        if self.by_seq { format!("({column} || '')") } else { column.to_owned() }
    }

    /// For each value of the query's one column, called `column`, the rows of `table` (as `a`) that have it in `key`
    /// and fulfil `conditions`; column `out` of them.
    pub(super) fn each(&self, query: &str, column: &str, rows: &Rows<'_>) -> String {
        let Rows { table, a, key, conditions, out } = rows;
        let values = format!("(SELECT DISTINCT q.{column} FROM ({query}) q) c");
        match self.dialect {
            Dialect::Postgres => format!(
                "SELECT x.{out} FROM {values} CROSS JOIN LATERAL \
                 (SELECT {a}.{out} FROM {table} {a} WHERE {conditions} AND {a}.{key} = c.{column} OFFSET 0) x"
            ),
            Dialect::Sqlite => {
                let by = if *table == "head" && *key == "seq" { LIVE } else { "" };
                format!(
                    "SELECT {a}.{out} FROM {values} CROSS JOIN {table} {a}{by} WHERE {conditions} AND {a}.{key} = c.{column}"
                )
            }
        }
    }

    /// Binds a value; its mark in the text.
    pub(super) fn bind(&mut self, value: impl Into<Val>) -> String {
        self.args.push(value.into());
        format!("${}", self.args.len())
    }

    /// Binds a list for `{in:…}`; the mark.
    pub(super) fn bind_list(&mut self, list: Val) -> String {
        self.args.push(list);
        format!("{{in:{}}}", self.args.len())
    }

    /// `= $n` for one text, `{in:n}` for several.
    pub(super) fn equals(&mut self, mut texts: Vec<String>) -> String {
        match texts.pop() {
            Some(only) if texts.is_empty() => format!("= {}", self.bind(only)),
            Some(last) => {
                texts.push(last);
                self.bind_list(Val::TextList(texts))
            }
            None => "IS NULL".to_owned(),
        }
    }

    /// Binds a parameter key.
    pub(super) fn param(&mut self, param: ParamKey) -> String {
        self.bind(key::param(param))
    }

    /// The condition that a row of `table` (as `a`) is of this parameter, where rows are found by their value and not by
    /// their position. PostgreSQL's indexes by value know the parameter as an `oid`, see `0002_index.sql`.
    pub(super) fn of_param(&self, table: &str, a: &str, param: &str) -> String {
        match (self.dialect, table) {
            (Dialect::Sqlite, _) | (_, "ix_part" | "ix_patient_code") => format!("{a}.param = {param}"),
            (Dialect::Postgres, _) => format!("({a}.param::oid) = {param}::integer::oid"),
        }
    }

    /// The same for several parameters.
    pub(super) fn of_params(&mut self, a: &str, params: Vec<i64>) -> String {
        let list = self.bind_list(Val::IntList(params));
        match self.dialect {
            Dialect::Sqlite => format!("{a}.param {list}"),
            Dialect::Postgres => format!("({a}.param::oid) = ANY(${}::integer[]::oid[])", self.args.len()),
        }
    }

    /// The condition that a row of `head` is of the type `name`, where rows are found by their position or in its order.
    /// PostgreSQL's index by position knows the type as a `bpchar`, see `0001_ledger.sql`.
    pub(super) fn of_type(&self, h: &str, name: &str) -> String {
        match self.dialect {
            Dialect::Sqlite => format!("{h}.type = {name}"),
            Dialect::Postgres => format!("({h}.type::bpchar) = {name}::text::bpchar"),
        }
    }

    /// Binds a resource type's name, as it stands in `head` and `version`.
    pub(super) fn name(&mut self, resource_type: ResourceType) -> String {
        self.bind(resource_type.name())
    }

    /// A fresh alias.
    pub(super) fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("a{}", self.aliases)
    }

    /// Condition that `seq` lies in the window, beginning with AND.
    pub(super) fn window(&mut self, seq: &str, window: Window) -> String {
        let mut out = String::new();
        if let Some(from) = window.from {
            out += &format!(" AND {seq} >= {}", self.bind(from));
        }
        if let Some(to) = window.to {
            out += &format!(" AND {seq} <= {}", self.bind(to));
        }
        out
    }

    /// Condition that `seq` is the position of a current, not deleted version of the type.
    pub(super) fn live(&mut self, resource_type: ResourceType, seq: &str) -> String {
        let h = self.alias();
        let name = self.name(resource_type);
        let of_type = self.of_type(&h, &name);
        format!(
            "(SELECT 1 FROM head {h}{LIVE} WHERE {{t:{h}}} {of_type} AND {h}.op <> 2 AND {h}.seq = {seq}) IS NOT NULL"
        )
    }

    /// The id of a candidate. Binds what it needs, so it must be used.
    pub(super) fn id(&mut self, Candidate { resource_type, seq, id }: &Candidate) -> String {
        if let Some(id) = id {
            return id.clone();
        }
        let h = self.alias();
        let name = self.name(*resource_type);
        let of_type = self.of_type(&h, &name);
        format!("(SELECT {h}.id FROM head {h}{LIVE} WHERE {{t:{h}}} {of_type} AND {h}.op <> 2 AND {h}.seq = {seq})")
    }

    /// The parameters.
    pub(super) fn args(&self) -> &[Val] {
        &self.args
    }
}

/// Makes SQLite find current versions by position.
pub(super) const LIVE: &str = "{lite: INDEXED BY head_live}";

/// Rows that [`Build::each`] looks up.
pub(super) struct Rows<'a> {
    /// Table.
    pub(super) table: &'a str,
    /// Its alias.
    pub(super) a: &'a str,
    /// Column that has the value.
    pub(super) key: &'a str,
    /// Further conditions.
    pub(super) conditions: &'a str,
    /// Column wanted.
    pub(super) out: &'a str,
}
