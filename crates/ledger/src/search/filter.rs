//! Filters as conditions on a candidate: each a look-up from its position, never a scan.
use super::build::{Build, Candidate};
use super::compare::Table;
use crate::index::key;
use crate::sql::Val;
use karute_fhir::ResourceType;
use karute_fhir::search::{Filter, Match, ParamKey, ParamType, Prefix, SystemMatch, params_of};
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

/// Alternatives that one look-up can answer.
pub(super) struct Group<'q> {
    /// Where.
    pub(super) table: Table,
    /// Tokens with a code and references with the same system or type, as one list; any other alternatives by
    /// themselves.
    pub(super) alternatives: Alternatives<'q>,
}

/// See [`Group`].
pub(super) enum Alternatives<'q> {
    /// Codes of one system.
    Codes(&'q SystemMatch, Vec<String>),
    /// Ids of one type of target.
    Ids(Option<ResourceType>, Vec<String>),
    /// Others.
    Other(Vec<&'q Match>),
}

/// Sorts alternatives into groups.
pub(super) fn groups(any: &[Match]) -> Vec<Group<'_>> {
    let mut codes: Vec<(&SystemMatch, Vec<String>)> = Vec::new();
    let mut ids: Vec<(Option<ResourceType>, Vec<String>)> = Vec::new();
    let mut others: BTreeMap<Table, Vec<&Match>> = BTreeMap::new();
    for alternative in any {
        match alternative {
            Match::Token { system, code: Some(code) } => {
                let code = key::equality(code);
                match codes.iter_mut().find(|(s, _)| *s == system) {
                    Some((_, list)) => list.push(code),
                    None => codes.push((system, vec![code])),
                }
            }
            Match::Local { target, id } => {
                let id = id.as_str().to_owned();
                match ids.iter_mut().find(|(t, _)| t == target) {
                    Some((_, list)) => list.push(id),
                    None => ids.push((*target, vec![id])),
                }
            }
            other => others.entry(Table::of(other)).or_default().push(other),
        }
    }
    let mut out = Vec::new();
    out.extend(
        ids.into_iter()
            .map(|(target, ids)| Group { table: Table::Reference, alternatives: Alternatives::Ids(target, ids) }),
    );
    out.extend(
        codes
            .into_iter()
            .map(|(system, codes)| Group { table: Table::Token, alternatives: Alternatives::Codes(system, codes) }),
    );
    out.extend(others.into_iter().map(|(table, list)| Group { table, alternatives: Alternatives::Other(list) }));
    out
}

/// Tables in which a parameter has rows. Parameters that are not in the definitions (derived ones) may be anywhere.
pub(super) fn tables_of(param: ParamKey) -> &'static [Table] {
    static KINDS: LazyLock<HashMap<ParamKey, ParamType>> =
        LazyLock::new(|| ResourceType::all().flat_map(params_of).map(|p| (p.key, p.kind)).collect());
    match KINDS.get(&param) {
        Some(ParamType::Token) => &[Table::Token],
        Some(ParamType::String) => &[Table::Text],
        Some(ParamType::Reference) => &[Table::Reference, Table::Uri],
        Some(ParamType::Uri) => &[Table::Uri],
        Some(ParamType::Date) => &[Table::Date],
        Some(ParamType::Number | ParamType::Quantity) => &[Table::Quantity],
        Some(ParamType::Composite) => &[Table::Composite],
        Some(ParamType::Special) | None => &Table::ALL,
    }
}

impl Build {
    /// Condition of a group on row `a`.
    pub(super) fn group(&mut self, a: &str, group: &Group<'_>) -> String {
        match &group.alternatives {
            Alternatives::Codes(system, codes) => {
                let codes = format!("{a}.code {}", self.equals(codes.clone()));
                codes + &self.system(a, system)
            }
            Alternatives::Ids(target, ids) => {
                let ids = format!("{a}.id {}", self.equals(ids.clone()));
                match target {
                    Some(target) => format!("{ids} AND {a}.type = {}", self.bind(key::type_number(*target))),
                    None => ids,
                }
            }
            Alternatives::Other(list) => {
                let each: Vec<String> = list.iter().map(|m| format!("({})", self.row(a, m))).collect();
                format!("({})", each.join(" OR "))
            }
        }
    }

    /// Whether a row of `table` exists for the parameter and position, beginning the look-up; `condition` follows.
    fn look(
        &mut self,
        table: Table,
        param: ParamKey,
        seq: &str,
        condition: impl FnOnce(&mut Build, &str) -> String,
    ) -> String {
        let a = self.alias();
        let param = self.param(param);
        let condition = condition(self, &a);
        format!(
            "(SELECT 1 FROM {} {a}{} WHERE {{t:{a}}} {a}.param = {param} AND {a}.seq = {seq}{condition} LIMIT 1)",
            table.name(),
            table.by_seq()
        )
    }

    fn any(&mut self, param: ParamKey, any: &[Match], seq: &str, found: bool) -> String {
        let (test, join) = if found { ("IS NOT NULL", " OR ") } else { ("IS NULL", " AND ") };
        let looks: Vec<String> = groups(any)
            .iter()
            .map(|group| {
                let look = self.look(group.table, param, seq, |b, a| format!(" AND {}", b.group(a, group)));
                format!("{look} {test}")
            })
            .collect();
        match looks.as_slice() {
            // Nothing was asked for: nothing matches.
            [] => if found { "false" } else { "true" }.to_owned(),
            [one] => one.clone(),
            many => format!("({})", many.join(join)),
        }
    }

    /// The condition that `candidate` fulfils `filter`.
    pub(super) fn fulfils(&mut self, filter: &Filter, candidate: &Candidate) -> String {
        let Candidate { resource_type, seq, .. } = candidate;
        match filter {
            Filter::Ids(ids) => {
                let id = self.id(candidate);
                let ids = ids.iter().map(|id| id.as_str().to_owned()).collect();
                format!("{id} {}", self.equals(ids))
            }
            Filter::LastUpdated(any) => {
                let v = self.alias();
                let each: Vec<String> = any
                    .iter()
                    .map(|(prefix, lo, hi)| self.instant(&format!("{v}.updated"), *prefix, *lo, *hi))
                    .collect();
                let each = if each.is_empty() { "false".to_owned() } else { each.join(" OR ") };
                format!("(SELECT 1 FROM version {v} WHERE {{t:{v}}} {v}.seq = {seq} AND ({each})) IS NOT NULL")
            }
            Filter::Any { param, any } => self.any(*param, any, seq, true),
            Filter::None { param, any } => self.any(*param, any, seq, false),
            Filter::Missing { param, missing } => {
                let (test, join) = if *missing { ("IS NULL", " AND ") } else { ("IS NOT NULL", " OR ") };
                let looks: Vec<String> = tables_of(*param)
                    .iter()
                    .map(|table| format!("{} {test}", self.look(*table, *param, seq, |_, _| String::new())))
                    .collect();
                format!("({})", looks.join(join))
            }
            Filter::Chain { param, any } => {
                let each: Vec<String> = any
                    .iter()
                    .map(|(target, filter)| {
                        let look = self.look(Table::Reference, *param, seq, |b, a| {
                            let number = b.bind(key::type_number(*target));
                            let h = b.alias();
                            let name = b.name(*target);
                            let inner = b.fulfils(filter, &Candidate::head(*target, &h));
                            format!(
                                " AND {a}.type = {number} AND (SELECT 1 FROM head {h} WHERE {{t:{h}}} {h}.type = {name} \
                                 AND {h}.id = {a}.id AND {h}.op <> 2 AND {inner}) IS NOT NULL"
                            )
                        });
                        format!("{look} IS NOT NULL")
                    })
                    .collect();
                if each.is_empty() { "false".to_owned() } else { format!("({})", each.join(" OR ")) }
            }
            Filter::Has { source, param, filter } => {
                let a = self.alias();
                let param = self.param(*param);
                let number = self.bind(key::type_number(*resource_type));
                let live = self.live(*source, &format!("{a}.seq"));
                let id = self.id(candidate);
                let inner = self.fulfils(filter, &Candidate::at(*source, &format!("{a}.seq")));
                let of_param = self.of_param("ix_reference", &a, &param);
                format!(
                    "(SELECT 1 FROM ix_reference {a} WHERE {{t:{a}}} {of_param} AND {a}.id = {id} \
                     AND {a}.type = {number} AND {live} AND {inner} LIMIT 1) IS NOT NULL"
                )
            }
        }
    }

    /// Comparison of an instant with a search's closed range.
    fn instant(&mut self, at: &str, prefix: Prefix, lo: i64, hi: i64) -> String {
        match prefix {
            Prefix::Eq | Prefix::Ap => format!("{at} BETWEEN {} AND {}", self.bind(lo), self.bind(hi)),
            Prefix::Ne => format!("{at} NOT BETWEEN {} AND {}", self.bind(lo), self.bind(hi)),
            Prefix::Gt | Prefix::Sa => format!("{at} > {}", self.bind(hi)),
            Prefix::Lt | Prefix::Eb => format!("{at} < {}", self.bind(lo)),
            Prefix::Ge => format!("{at} >= {}", self.bind(lo)),
            Prefix::Le => format!("{at} <= {}", self.bind(hi)),
        }
    }

    /// A list of integers for `{in:…}`.
    pub(super) fn integers(&mut self, list: Vec<i64>) -> String {
        self.bind_list(Val::IntList(list))
    }
}
