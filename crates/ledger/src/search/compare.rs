//! Conditions on one row of an index table (or one slot of a composite), from one alternative of a parameter. The
//! rules for prefixes are those of `karute_fhir::search::Prefix`.
use super::build::Build;
use crate::index::composite::NOT_LOCAL;
use crate::index::key;
use crate::sql::Val;
use karute_fhir::search::{Match, Prefix, SystemMatch, TextMode, UriMode};
use std::collections::BTreeSet;

/// Index tables that a search reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub(super) enum Table {
    Token,
    Text,
    Reference,
    Uri,
    Date,
    Quantity,
    Composite,
}

impl Table {
    /// All of them.
    pub(super) const ALL: [Table; 7] =
        [Table::Token, Table::Text, Table::Reference, Table::Uri, Table::Date, Table::Quantity, Table::Composite];

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Table::Token => "ix_token",
            Table::Text => "ix_text",
            Table::Reference => "ix_reference",
            Table::Uri => "ix_uri",
            Table::Date => "ix_date",
            Table::Quantity => "ix_quantity",
            Table::Composite => "ix_composite",
        }
    }

    /// Makes SQLite go by position where it would rather read every row of a parameter.
    pub(super) fn by_seq(self) -> &'static str {
        by_seq(self.name())
    }

    /// Where an alternative looks.
    pub(super) fn of(alternative: &Match) -> Table {
        match alternative {
            Match::Token { .. } => Table::Token,
            Match::Text { .. } => Table::Text,
            Match::Local { .. } => Table::Reference,
            Match::Uri { .. } => Table::Uri,
            Match::Date { .. } => Table::Date,
            Match::Number { .. } | Match::Quantity { .. } => Table::Quantity,
            Match::Composite(_) => Table::Composite,
        }
    }
}

/// See [`Table::by_seq`].
pub(super) fn by_seq(table: &str) -> &'static str {
    match table {
        "ix_text" => "{lite: INDEXED BY ix_text_seq}",
        "ix_uri" => "{lite: INDEXED BY ix_uri_seq}",
        "ix_composite" => "{lite: INDEXED BY ix_composite_seq}",
        _ => "",
    }
}

/// Comparison of intervals: `lo` and `hi` are expressions for the bounds of the row, `from`, `to` marks for those of
/// the search. `exclusive`: the end of the search's range does not belong to it. `point`: what the search stands for
/// where its precision does not matter; for dates it is the whole range.
struct Range<'a> {
    lo: String,
    hi: String,
    from: &'a str,
    to: &'a str,
    point: Option<&'a str>,
    exclusive: bool,
}

impl Range<'_> {
    fn condition(&self, prefix: Prefix) -> String {
        let Range { lo, hi, from, to, .. } = self;
        let within = if self.exclusive { "<" } else { "<=" };
        let (first, last) = (self.point.unwrap_or(from), self.point.unwrap_or(to));
        match prefix {
            // That the lower bound is not beyond the end follows from the rest; it bounds the scan of an index.
            Prefix::Eq => format!("({lo} >= {from} AND {hi} + 0 {within} {to} AND {lo} <= {to})"),
            Prefix::Ne => format!("NOT ({lo} >= {from} AND {hi} {within} {to})"),
            Prefix::Gt => format!("{hi} > {last}"),
            Prefix::Lt => format!("{lo} < {first}"),
            Prefix::Ge => format!("{hi} >= {first}"),
            Prefix::Le => format!("{lo} <= {last}"),
            Prefix::Sa => format!("{lo} > {last}"),
            Prefix::Eb => format!("{hi} < {first}"),
            Prefix::Ap => format!("({lo} <= {to} AND {hi} >= {from})"),
        }
    }
}

/// Marks that a condition does not use must not be bound, or PostgreSQL cannot tell their types.
fn uses(prefix: Prefix, exact: bool) -> (bool, bool, bool) {
    match prefix {
        Prefix::Eq | Prefix::Ne | Prefix::Ap => (true, true, false),
        Prefix::Gt | Prefix::Le | Prefix::Sa => (false, !exact, exact),
        Prefix::Lt | Prefix::Ge | Prefix::Eb => (!exact, false, exact),
    }
}

impl Build {
    fn bound(&mut self, wanted: bool, value: impl Into<Val>) -> String {
        if wanted { self.bind(value) } else { String::new() }
    }

    fn dates(&mut self, columns: &str, prefix: Prefix, lo: i64, hi: i64) -> String {
        let (from, to, _) = uses(prefix, false);
        let (from, to) = (self.bound(from, lo), self.bound(to, hi));
        Range {
            lo: self.number(&format!("{columns}lo")),
            hi: self.number(&format!("{columns}hi")),
            from: &from,
            to: &to,
            point: None,
            exclusive: false,
        }
        .condition(prefix)
    }

    /// `slot`: the columns are integers in the order of the numbers.
    fn numbers(&mut self, columns: &str, prefix: Prefix, [value, lo, hi]: [f64; 3], slot: bool) -> String {
        let as_val = |number: f64| if slot { Val::Int(key::ordered(number)) } else { Val::Real(number) };
        let (from, to, point) = uses(prefix, true);
        let (from, to, point) =
            (self.bound(from, as_val(lo)), self.bound(to, as_val(hi)), self.bound(point, as_val(value)));
        Range {
            lo: self.number(&format!("{columns}lo")),
            hi: self.number(&format!("{columns}hi")),
            from: &from,
            to: &to,
            point: Some(&point),
            // An approximate range arrives widened and closed.
            exclusive: prefix != Prefix::Ap,
        }
        .condition(prefix)
    }

    /// Unit of a quantity in the columns `system`, `code`, `unit`.
    fn unit(&mut self, [system, code, unit]: [&str; 3], wanted: &SystemMatch, name: Option<String>) -> String {
        let mut out = String::new();
        match wanted {
            SystemMatch::Is(wanted) => {
                out += &format!(" AND {system} = {}", self.bind(key::system(Some(wanted))));
                if let Some(name) = name {
                    out += &format!(" AND {code} = {}", self.bind(name));
                }
            }
            SystemMatch::Absent | SystemMatch::Any => {
                if let Some(name) = name {
                    let name = self.bind(name);
                    out += &format!(" AND ({code} = {name} OR {unit} = {name})");
                }
                if *wanted == SystemMatch::Absent {
                    out += &format!(" AND {system} = 0");
                }
            }
        }
        out
    }

    /// Beginning of a key: the range of an index, and for long texts a look at the whole.
    fn begins(&mut self, column: &str, whole: &str, text: &str) -> String {
        let column = &self.letters(column);
        let head = key::front(text, key::HEAD);
        let mut out = format!("{column} >= {}", self.bind(head));
        if let Some(end) = key::after(head) {
            out += &format!(" AND {column} < {}", self.bind(end));
        }
        if head.len() < text.len() {
            let mark = self.bind(text);
            out += &format!(" AND substr({whole}, 1, length(CAST({mark} AS text))) = CAST({mark} AS text)");
        }
        out
    }

    fn text(&mut self, a: &str, mode: TextMode, value: &str) -> String {
        let whole = format!("coalesce({a}.whole, {a}.key)");
        match mode {
            TextMode::StartsWith => self.begins(&format!("{a}.key"), &whole, &key::clean(value)),
            TextMode::Contains => {
                format!("{{pg:strpos}}{{lite:instr}}({whole}, {}) > 0", self.bind(key::clean(value).into_owned()))
            }
            TextMode::Exact => {
                let folded = karute_japan::search_key(value);
                let folded = key::clean(&folded);
                // Near enough for the index; what is written decides. The end of a long exact text is a digest.
                let near = self.begins(&format!("{a}.key"), &whole, key::front(&folded, key::HEAD));
                format!("{near} AND coalesce({a}.exact, {whole}) = {}", self.bind(key::clean(value).into_owned()))
            }
        }
    }

    fn uri(&mut self, a: &str, mode: UriMode, value: &str) -> String {
        match mode {
            UriMode::Exact => format!("{a}.uri = {}", self.bind(key::equality(value))),
            UriMode::Below => {
                let whole = format!("coalesce({a}.whole, {a}.uri)");
                let value = key::clean(value);
                let exact = self.bind(key::equality(&value));
                let deeper = format!("{}/", value.trim_end_matches('/'));
                let below = self.begins(&format!("{a}.uri"), &whole, &deeper);
                format!("({a}.uri = {exact} OR ({below}))")
            }
            UriMode::Above => {
                let uris = ancestors(value).iter().map(|uri| key::equality(uri)).collect();
                format!("{a}.uri {}", self.equals(uris))
            }
        }
    }

    /// The condition on row `a` (without parameter and position).
    pub(super) fn row(&mut self, a: &str, alternative: &Match) -> String {
        match alternative {
            Match::Token { system, code } => {
                let code = match code {
                    Some(code) => format!("{a}.code = {}", self.bind(key::equality(code))),
                    None => format!("{a}.code <> ''"),
                };
                code + &self.system(a, system)
            }
            Match::Text { mode, value } => self.text(a, *mode, value),
            Match::Local { target, id } => {
                let mut out = format!("{a}.id = {}", self.bind(id.as_str()));
                if let Some(target) = target {
                    out += &format!(" AND {a}.type = {}", self.bind(key::type_number(*target)));
                }
                out
            }
            Match::Uri { mode, value } => self.uri(a, *mode, value),
            Match::Date { prefix, lo, hi } => self.dates(&format!("{a}."), *prefix, *lo, *hi),
            Match::Number { prefix, value, lo, hi } => {
                self.numbers(&format!("{a}."), *prefix, [*value, *lo, *hi], false)
            }
            Match::Quantity { prefix, value, lo, hi, system, unit } => {
                let number = self.numbers(&format!("{a}."), *prefix, [*value, *lo, *hi], false);
                let columns = [format!("{a}.system"), format!("{a}.code"), format!("{a}.unit")];
                number + &self.unit(columns.each_ref().map(String::as_str), system, unit.as_deref().map(key::equality))
            }
            Match::Composite(parts) => self.composite(a, parts),
        }
    }

    /// Condition on a token's system, beginning with AND.
    pub(super) fn system(&mut self, a: &str, system: &SystemMatch) -> String {
        match system {
            SystemMatch::Any => String::new(),
            SystemMatch::Absent => format!(" AND {a}.system = 0"),
            SystemMatch::Is(system) => format!(" AND {a}.system = {}", self.bind(key::system(Some(system)))),
        }
    }

    fn composite(&mut self, a: &str, parts: &[Match]) -> String {
        let mut out = match parts.first() {
            Some(token @ Match::Token { .. }) => self.row(a, token),
            Some(Match::Local { target, id }) => {
                let id = self.bind(id.as_str());
                match target {
                    Some(target) => {
                        format!("{a}.code = {id} AND {a}.system = {}", self.bind(key::type_number(*target)))
                    }
                    None => format!("{a}.code = {id} AND {a}.system <> {NOT_LOCAL}"),
                }
            }
            Some(Match::Uri { value, .. }) => {
                format!("{a}.code = {} AND {a}.system = {NOT_LOCAL}", self.bind(key::equality(value)))
            }
            // No composite of R4 begins with anything else.
            _ => "false".to_owned(),
        };
        for (slot, part) in ["b", "c"].iter().zip(parts.iter().skip(1)) {
            out += &format!(" AND {}", self.slot(&format!("{a}.{slot}_"), part));
        }
        out
    }

    fn slot(&mut self, columns: &str, part: &Match) -> String {
        let clean = |text: &str| key::clean(text).into_owned();
        match part {
            Match::Token { system, code } => {
                let code = match code {
                    Some(code) => format!("{columns}text = {}", self.bind(clean(code))),
                    None => format!("{columns}text <> ''"),
                };
                match system {
                    SystemMatch::Any => code,
                    SystemMatch::Absent => format!("{code} AND {columns}system = 0"),
                    SystemMatch::Is(system) => {
                        format!("{code} AND {columns}system = {}", self.bind(key::system(Some(system))))
                    }
                }
            }
            Match::Text { value, .. } => {
                let mark = self.bind(clean(value));
                format!("substr({columns}text, 1, length(CAST({mark} AS text))) = CAST({mark} AS text)")
            }
            Match::Local { target, id } => {
                let id = self.bind(id.as_str());
                match target {
                    Some(target) => {
                        format!("{columns}text = {id} AND {columns}system = {}", self.bind(key::type_number(*target)))
                    }
                    None => format!("{columns}text = {id} AND {columns}system <> {NOT_LOCAL}"),
                }
            }
            Match::Uri { value, .. } => {
                format!("{columns}text = {} AND {columns}system = {NOT_LOCAL}", self.bind(clean(value)))
            }
            Match::Date { prefix, lo, hi } => self.dates(columns, *prefix, *lo, *hi),
            Match::Number { prefix, value, lo, hi } => self.numbers(columns, *prefix, [*value, *lo, *hi], true),
            Match::Quantity { prefix, value, lo, hi, system, unit } => {
                let number = self.numbers(columns, *prefix, [*value, *lo, *hi], true);
                let names = [format!("{columns}system"), format!("{columns}text"), format!("{columns}unit")];
                number + &self.unit(names.each_ref().map(String::as_str), system, unit.as_deref().map(clean))
            }
            Match::Composite(_) => "false".to_owned(),
        }
    }
}

/// A uri and every uri above it: cut at its slashes, with none, one or two slashes left at the end.
fn ancestors(uri: &str) -> BTreeSet<String> {
    let cuts = uri.match_indices('/').filter_map(|(at, _)| uri.get(..at)).filter(|cut| !cut.ends_with('/'));
    let mut out: BTreeSet<String> =
        cuts.filter(|cut| !cut.is_empty()).flat_map(|cut| ["", "/", "//"].map(|end| format!("{cut}{end}"))).collect();
    out.insert(uri.to_owned());
    out
}
