//! From index entries to columns.
use super::composite::{Lead, Slot};
use super::{key, names};
use crate::sql::{Table, Val};
use karute_fhir::search::{IndexEntry, IndexValue};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Columns of all index tables, gathered from many resources.
#[derive(Debug, Default)]
pub(super) struct Rows {
    token: (Vec<i64>, Vec<String>, Vec<i64>, Vec<i64>),
    text: (Vec<i64>, Vec<String>, Vec<i64>, Vec<Option<String>>, Vec<Option<String>>),
    part: (Vec<i64>, Vec<String>, Vec<i64>),
    reference: (Vec<i64>, Vec<String>, Vec<i64>, Vec<i64>),
    uri: (Vec<i64>, Vec<String>, Vec<i64>, Vec<Option<String>>),
    date: [Vec<i64>; 4],
    quantity: Quantities,
    composite: Composites,
}

#[derive(Debug, Default)]
struct Quantities {
    param: Vec<i64>,
    seq: Vec<i64>,
    n: Vec<i64>,
    value: Vec<f64>,
    lo: Vec<f64>,
    hi: Vec<f64>,
    system: Vec<i64>,
    code: Vec<Option<String>>,
    unit: Vec<Option<String>>,
}

#[derive(Debug, Default)]
struct Composites {
    param: Vec<i64>,
    code: Vec<String>,
    seq: Vec<i64>,
    n: Vec<i64>,
    system: Vec<i64>,
    slots: [Slots; 2],
}

#[derive(Debug, Default)]
struct Slots {
    text: Vec<Option<String>>,
    system: Vec<Option<i64>>,
    unit: Vec<Option<String>>,
    lo: Vec<Option<i64>>,
    hi: Vec<Option<i64>>,
}

impl Slots {
    fn push(&mut self, slot: Slot) {
        self.text.push(slot.text);
        self.system.push(slot.system);
        self.unit.push(slot.unit);
        self.lo.push(slot.lo);
        self.hi.push(slot.hi);
    }
}

const INT: &str = "integer";
const BIG: &str = "bigint";
const TEXT: &str = "text";
const REAL: &str = "double precision";
/// Entries come without duplicates; two that differ only beyond what a table keeps are one row.
const ONCE: &str = "ON CONFLICT DO NOTHING";

static TOKEN: Table =
    Table { name: "ix_token", columns: &[("param", INT), ("code", TEXT), ("seq", BIG), ("system", BIG)], tail: ONCE };
static TEXTS: Table = Table {
    name: "ix_text",
    columns: &[("param", INT), ("key", TEXT), ("seq", BIG), ("whole", TEXT), ("exact", TEXT)],
    tail: ONCE,
};
static PART: Table = Table { name: "ix_part", columns: &[("param", INT), ("part", TEXT), ("seq", BIG)], tail: ONCE };
static REFERENCE: Table =
    Table { name: "ix_reference", columns: &[("param", INT), ("id", TEXT), ("seq", BIG), ("type", INT)], tail: ONCE };
static URI: Table =
    Table { name: "ix_uri", columns: &[("param", INT), ("uri", TEXT), ("seq", BIG), ("whole", TEXT)], tail: ONCE };
static DATE: Table =
    Table { name: "ix_date", columns: &[("param", INT), ("seq", BIG), ("lo", BIG), ("hi", BIG)], tail: ONCE };
static QUANTITY: Table = Table {
    name: "ix_quantity",
    columns: &[
        ("param", INT),
        ("seq", BIG),
        ("n", INT),
        ("value", REAL),
        ("lo", REAL),
        ("hi", REAL),
        ("system", BIG),
        ("code", TEXT),
        ("unit", TEXT),
    ],
    tail: ONCE,
};
static COMPOSITE: Table = Table {
    name: "ix_composite",
    columns: &[
        ("param", INT),
        ("code", TEXT),
        ("seq", BIG),
        ("n", INT),
        ("system", BIG),
        ("b_text", TEXT),
        ("b_system", BIG),
        ("b_unit", TEXT),
        ("b_lo", BIG),
        ("b_hi", BIG),
        ("c_text", TEXT),
        ("c_system", BIG),
        ("c_unit", TEXT),
        ("c_lo", BIG),
        ("c_hi", BIG),
    ],
    tail: ONCE,
};

impl Rows {
    /// Adds the entries of one version.
    pub(super) fn add(&mut self, seq: i64, entries: &[IndexEntry]) {
        let mut keys: BTreeSet<(i64, String)> = BTreeSet::new();
        let mut parts: BTreeSet<(i64, &str)> = BTreeSet::new();
        let cleaned: Vec<Cow<'_, str>> = entries
            .iter()
            .map(|e| match &e.value {
                IndexValue::Text { key, .. } => key::clean(key),
                _ => Cow::Borrowed(""),
            })
            .collect();
        for (n, (entry, folded)) in (0_i64..).zip(entries.iter().zip(&cleaned)) {
            let param = key::param(entry.param);
            match &entry.value {
                IndexValue::Token { system, code } => {
                    self.token.0.push(param);
                    self.token.1.push(key::equality(code));
                    self.token.2.push(seq);
                    self.token.3.push(key::system(system.as_deref()));
                }
                IndexValue::Text { exact, .. } => {
                    if let Some(part_param) = names::part_param(entry.param) {
                        parts.extend(names::tails(folded).map(|tail| (key::param(part_param), tail)));
                    }
                    let exact = key::clean(exact);
                    let short = key::bounded(folded.clone());
                    let mut key = short.clone();
                    let mut count = 1;
                    while !keys.insert((param, key.clone())) {
                        count += 1;
                        key = key::again(&short, count);
                    }
                    self.text.0.push(param);
                    self.text.2.push(seq);
                    self.text.3.push((key != *folded).then(|| folded.clone().into_owned()));
                    self.text.4.push((exact != *folded).then(|| exact.into_owned()));
                    self.text.1.push(key);
                }
                IndexValue::Local { target, id } => {
                    self.reference.0.push(param);
                    self.reference.1.push(id.as_str().to_owned());
                    self.reference.2.push(seq);
                    self.reference.3.push(key::type_number(*target));
                }
                IndexValue::Uri(uri) => {
                    let uri = key::clean(uri);
                    let short = key::bounded(uri.clone());
                    self.uri.0.push(param);
                    self.uri.2.push(seq);
                    self.uri.3.push((short != *uri).then(|| uri.into_owned()));
                    self.uri.1.push(short);
                }
                IndexValue::Date { lo, hi } => {
                    for (column, value) in self.date.iter_mut().zip([param, seq, *lo, *hi]) {
                        column.push(value);
                    }
                }
                IndexValue::Number { value, lo, hi } => {
                    self.quantity.push((param, seq, n), [*value, *lo, *hi], None, None, None);
                }
                IndexValue::Quantity { value, lo, hi, system, code, unit } => {
                    self.quantity.push(
                        (param, seq, n),
                        [*value, *lo, *hi],
                        system.as_deref(),
                        code.as_deref(),
                        unit.as_deref(),
                    );
                }
                IndexValue::Composite(values) => self.composite.push(param, seq, n, values),
            }
        }
        for (param, part) in parts {
            self.part.0.push(param);
            self.part.1.push(part.to_owned());
            self.part.2.push(seq);
        }
    }

    /// The bulk inserts, one per table.
    pub(super) fn into_inserts(self) -> Vec<(&'static Table, Vec<Val>)> {
        let Rows { token, text, part, reference, uri, date, quantity: q, composite: c } = self;
        let [b, d] = c.slots;
        vec![
            (&TOKEN, vec![Val::IntList(token.0), Val::TextList(token.1), Val::IntList(token.2), Val::IntList(token.3)]),
            (
                &TEXTS,
                vec![
                    Val::IntList(text.0),
                    Val::TextList(text.1),
                    Val::IntList(text.2),
                    Val::OptTextList(text.3),
                    Val::OptTextList(text.4),
                ],
            ),
            (&PART, vec![Val::IntList(part.0), Val::TextList(part.1), Val::IntList(part.2)]),
            (
                &REFERENCE,
                vec![
                    Val::IntList(reference.0),
                    Val::TextList(reference.1),
                    Val::IntList(reference.2),
                    Val::IntList(reference.3),
                ],
            ),
            (&URI, vec![Val::IntList(uri.0), Val::TextList(uri.1), Val::IntList(uri.2), Val::OptTextList(uri.3)]),
            (&DATE, date.into_iter().map(Val::IntList).collect()),
            (
                &QUANTITY,
                vec![
                    Val::IntList(q.param),
                    Val::IntList(q.seq),
                    Val::IntList(q.n),
                    Val::RealList(q.value),
                    Val::RealList(q.lo),
                    Val::RealList(q.hi),
                    Val::IntList(q.system),
                    Val::OptTextList(q.code),
                    Val::OptTextList(q.unit),
                ],
            ),
            (&COMPOSITE, {
                let mut columns = vec![
                    Val::IntList(c.param),
                    Val::TextList(c.code),
                    Val::IntList(c.seq),
                    Val::IntList(c.n),
                    Val::IntList(c.system),
                ];
                for slot in [b, d] {
                    columns.extend([
                        Val::OptTextList(slot.text),
                        Val::OptIntList(slot.system),
                        Val::OptTextList(slot.unit),
                        Val::OptIntList(slot.lo),
                        Val::OptIntList(slot.hi),
                    ]);
                }
                columns
            }),
        ]
    }

    /// What to delete: per table with several values for one position the pairs (parameter, position), each once,
    /// and for the parts the rows themselves.
    pub(super) fn into_deletions(self) -> Deletions {
        let pairs = |params: Vec<i64>, seqs: Vec<i64>| -> (Vec<i64>, Vec<i64>) {
            params.into_iter().zip(seqs).collect::<BTreeSet<_>>().into_iter().unzip()
        };
        let [date_param, date_seq, ..] = self.date;
        Deletions {
            pairs: vec![
                (TOKEN.name, pairs(self.token.0, self.token.2)),
                (TEXTS.name, pairs(self.text.0, self.text.2)),
                (REFERENCE.name, pairs(self.reference.0, self.reference.2)),
                (URI.name, pairs(self.uri.0, self.uri.2)),
                (DATE.name, pairs(date_param, date_seq)),
                (QUANTITY.name, pairs(self.quantity.param, self.quantity.seq)),
                (COMPOSITE.name, pairs(self.composite.param, self.composite.seq)),
            ],
            parts: self.part,
        }
    }
}

/// See [`Rows::into_deletions`].
pub(super) struct Deletions {
    /// Table, parameters, positions.
    pub(super) pairs: Vec<(&'static str, (Vec<i64>, Vec<i64>))>,
    /// Parameters, parts, positions.
    pub(super) parts: (Vec<i64>, Vec<String>, Vec<i64>),
}

impl Quantities {
    fn push(
        &mut self,
        (param, seq, n): (i64, i64, i64),
        [value, lo, hi]: [f64; 3],
        system: Option<&str>,
        code: Option<&str>,
        unit: Option<&str>,
    ) {
        self.param.push(param);
        self.seq.push(seq);
        self.n.push(n);
        self.value.push(value);
        self.lo.push(lo);
        self.hi.push(hi);
        self.system.push(key::system(system));
        self.code.push(code.map(key::equality));
        self.unit.push(unit.map(key::equality));
    }
}

impl Composites {
    fn push(&mut self, param: i64, seq: i64, n: i64, values: &[IndexValue]) {
        let lead = values.first().map(Lead::of).unwrap_or_default();
        self.param.push(param);
        self.code.push(lead.code);
        self.seq.push(seq);
        self.n.push(n);
        self.system.push(lead.system);
        let mut rest = values.iter().skip(1);
        for slots in &mut self.slots {
            slots.push(rest.next().map(Slot::of).unwrap_or_default());
        }
    }
}
