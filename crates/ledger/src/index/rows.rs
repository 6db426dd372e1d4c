//! From index entries to columns.
use super::composite::{Lead, Slot};
use super::{key, names, newest, pairs};
use crate::sql::{Table, Val};
use karute_fhir::search::{IndexEntry, IndexValue};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Columns of all index tables, gathered from many resources.
#[derive(Debug, Default)]
pub(super) struct Rows {
    token: Tokens,
    codes: Codes,
    text: Texts,
    part: Parts,
    reference: References,
    uri: Uris,
    date: [Vec<i64>; 4],
    quantity: Quantities,
    composite: Composites,
}

#[derive(Debug, Default)]
struct Tokens {
    param: Vec<i64>,
    code: Vec<String>,
    seq: Vec<i64>,
    system: Vec<i64>,
}

/// Rows of the codes and dates of patients.
#[derive(Debug, Default)]
pub(super) struct Codes {
    pub(super) param: Vec<i64>,
    pub(super) patient: Vec<String>,
    pub(super) code: Vec<String>,
    pub(super) seq: Vec<i64>,
    pub(super) system: Vec<i64>,
}

#[derive(Debug, Default)]
struct Texts {
    param: Vec<i64>,
    key: Vec<String>,
    seq: Vec<i64>,
    whole: Vec<Option<String>>,
    exact: Vec<Option<String>>,
}

/// Rows of the parts of names.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) param: Vec<i64>,
    pub(super) part: Vec<String>,
    pub(super) seq: Vec<i64>,
}

#[derive(Debug, Default)]
struct References {
    param: Vec<i64>,
    id: Vec<String>,
    seq: Vec<i64>,
    target: Vec<i64>,
}

#[derive(Debug, Default)]
struct Uris {
    param: Vec<i64>,
    uri: Vec<String>,
    seq: Vec<i64>,
    whole: Vec<Option<String>>,
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
/// Entries come without duplicates; two that differ only beyond what a table keeps are one row in SQLite and two in
/// PostgreSQL, where it does no harm: every search asks for distinct positions.
const ONCE: &str = "{lite:ON CONFLICT DO NOTHING}";

static TOKEN: Table =
    Table { name: "ix_token", columns: &[("param", INT), ("code", TEXT), ("seq", BIG), ("system", BIG)], tail: ONCE };
static CODES: Table = Table {
    name: "ix_patient_code",
    columns: &[("param", INT), ("patient", TEXT), ("code", TEXT), ("seq", BIG), ("system", BIG)],
    tail: ONCE,
};
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
                    self.token.param.push(param);
                    self.token.code.push(key::equality(code));
                    self.token.seq.push(seq);
                    self.token.system.push(key::system(system.as_deref()));
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
                    self.text.param.push(param);
                    self.text.seq.push(seq);
                    self.text.whole.push((key != *folded).then(|| folded.clone().into_owned()));
                    self.text.exact.push((exact != *folded).then(|| exact.into_owned()));
                    self.text.key.push(key);
                }
                IndexValue::Local { target, id } => {
                    self.reference.param.push(param);
                    self.reference.id.push(id.as_str().to_owned());
                    self.reference.seq.push(seq);
                    self.reference.target.push(key::type_number(*target));
                }
                IndexValue::Uri(uri) => {
                    let uri = key::clean(uri);
                    let short = key::bounded(uri.clone());
                    self.uri.param.push(param);
                    self.uri.seq.push(seq);
                    self.uri.whole.push((short != *uri).then(|| uri.into_owned()));
                    self.uri.uri.push(short);
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
        for (code, patient) in pairs::of(entries) {
            if let IndexValue::Token { system, code: value } = &code.value {
                self.codes.param.push(key::param(code.param));
                self.codes.patient.push(patient.to_owned());
                self.codes.code.push(key::equality(value));
                self.codes.seq.push(seq);
                self.codes.system.push(key::system(system.as_deref()));
            }
        }
        for (date, patient, place) in newest::of(entries) {
            self.codes.param.push(key::param(date));
            self.codes.patient.push(patient.to_owned());
            self.codes.code.push(place);
            self.codes.seq.push(seq);
            self.codes.system.push(key::system(None));
        }
        for (param, part) in parts {
            self.part.param.push(param);
            self.part.part.push(part.to_owned());
            self.part.seq.push(seq);
        }
    }

    /// The bulk inserts, one per table.
    pub(super) fn into_inserts(self) -> Vec<(&'static Table, Vec<Val>)> {
        let Rows { token, codes, text, part, reference, uri, date, quantity: q, composite: c } = self;
        let [b, d] = c.slots;
        vec![
            (
                &TOKEN,
                vec![
                    Val::IntList(token.param),
                    Val::TextList(token.code),
                    Val::IntList(token.seq),
                    Val::IntList(token.system),
                ],
            ),
            (
                &CODES,
                vec![
                    Val::IntList(codes.param),
                    Val::TextList(codes.patient),
                    Val::TextList(codes.code),
                    Val::IntList(codes.seq),
                    Val::IntList(codes.system),
                ],
            ),
            (
                &TEXTS,
                vec![
                    Val::IntList(text.param),
                    Val::TextList(text.key),
                    Val::IntList(text.seq),
                    Val::OptTextList(text.whole),
                    Val::OptTextList(text.exact),
                ],
            ),
            (&PART, vec![Val::IntList(part.param), Val::TextList(part.part), Val::IntList(part.seq)]),
            (
                &REFERENCE,
                vec![
                    Val::IntList(reference.param),
                    Val::TextList(reference.id),
                    Val::IntList(reference.seq),
                    Val::IntList(reference.target),
                ],
            ),
            (
                &URI,
                vec![
                    Val::IntList(uri.param),
                    Val::TextList(uri.uri),
                    Val::IntList(uri.seq),
                    Val::OptTextList(uri.whole),
                ],
            ),
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
        let pairs = |table: &Table, params: Vec<i64>, seqs: Vec<i64>| -> Pairs {
            let (params, seqs) = params.into_iter().zip(seqs).collect::<BTreeSet<_>>().into_iter().unzip();
            Pairs { table: table.name, params, seqs }
        };
        let [date_param, date_seq, ..] = self.date;
        Deletions {
            pairs: vec![
                pairs(&TOKEN, self.token.param, self.token.seq),
                pairs(&TEXTS, self.text.param, self.text.seq),
                pairs(&REFERENCE, self.reference.param, self.reference.seq),
                pairs(&URI, self.uri.param, self.uri.seq),
                pairs(&DATE, date_param, date_seq),
                pairs(&QUANTITY, self.quantity.param, self.quantity.seq),
                pairs(&COMPOSITE, self.composite.param, self.composite.seq),
            ],
            parts: self.part,
            codes: self.codes,
        }
    }
}

/// See [`Rows::into_deletions`].
pub(super) struct Deletions {
    /// Tables with several values for one position.
    pub(super) pairs: Vec<Pairs>,
    /// Rows of the parts.
    pub(super) parts: Parts,
    /// Rows of the codes of patients.
    pub(super) codes: Codes,
}

/// Parameters and positions to forget in one table, row by row.
pub(super) struct Pairs {
    pub(super) table: &'static str,
    pub(super) params: Vec<i64>,
    pub(super) seqs: Vec<i64>,
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
