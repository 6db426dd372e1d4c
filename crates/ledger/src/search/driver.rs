//! Filters as sources of candidates: a scan of one index range that proposes every match (and perhaps more).
use super::build::{Build, Rows, Window};
use super::compare::Table;
use super::filter::{Alternatives, Group, groups};
use crate::index::{key, names, pairs};
use karute_fhir::ResourceType;
use karute_fhir::search::{Filter, Match, ParamKey, Prefix, TextMode, UriMode};

/// How well a filter narrows, judged by its kind alone; less is better. `None`: it cannot propose candidates.
pub(super) fn rank(filter: &Filter) -> Option<u8> {
    match filter {
        Filter::Ids(_) => Some(0),
        Filter::Any { any, .. } => any.iter().map(rank_of).max(),
        Filter::Chain { any, .. } => any.iter().map(|(_, f)| rank(f)).try_fold(4, |worst, r| Some(worst.max(r? + 1))),
        Filter::Has { filter, .. } => Some(rank(filter)?.max(3) + 1),
        Filter::LastUpdated(_) | Filter::None { .. } | Filter::Missing { .. } => None,
    }
}

fn rank_of(alternative: &Match) -> u8 {
    match alternative {
        Match::Local { .. } => 1,
        Match::Token { code: Some(_), .. }
        | Match::Uri { mode: UriMode::Exact | UriMode::Above, .. }
        | Match::Text { mode: TextMode::Exact, .. } => 2,
        Match::Text { .. } => 3,
        Match::Composite(parts) if !matches!(parts.first(), Some(Match::Token { code: None, .. })) => 3,
        Match::Date { prefix, .. } | Match::Number { prefix, .. } | Match::Quantity { prefix, .. }
            if *prefix != Prefix::Ne =>
        {
            5
        }
        _ => 6,
    }
}

/// Whether every candidate that the filter proposes fulfils it, as far as the candidate is a current version.
pub(super) fn proves(filter: &Filter) -> bool {
    let superset = |alternative: &Match| matches!(alternative, Match::Text { mode: TextMode::Contains, .. });
    match filter {
        Filter::Ids(_) => true,
        Filter::Any { any, .. } => !any.iter().any(superset),
        _ => false,
    }
}

/// Whether the filter is one single value, whose rows stand in chain order in the index.
pub(super) fn ordered(filter: &Filter) -> bool {
    let Filter::Any { any, .. } = filter else { return false };
    matches!(
        any.as_slice(),
        [Match::Local { .. } | Match::Token { code: Some(_), .. } | Match::Uri { mode: UriMode::Exact, .. }]
    )
}

/// What proposes the candidates of an attempt.
#[derive(Clone, Copy)]
pub(super) enum Source<'q> {
    /// One filter.
    One(&'q Filter),
    /// A patient and codes: two filters whose values are one range of `ix_patient_code`.
    Pair {
        /// The filter of patients.
        patient: &'q Filter,
        /// The filter of codes.
        code: &'q Filter,
    },
}

impl<'q> Source<'q> {
    /// A patient and codes, where the filters ask for both.
    pub(super) fn pair(filters: &'q [Filter]) -> Option<Source<'q>> {
        let coded = |filter: &&Filter| match filter {
            Filter::Any { any, .. } => any.iter().all(|m| matches!(m, Match::Token { code: Some(_), .. })),
            _ => false,
        };
        filters.iter().filter(coded).find_map(|code| {
            let Filter::Any { param, .. } = code else { return None };
            let wanted = pairs::patient_of(*param)?;
            let of = |filter: &&Filter| match filter {
                Filter::Any { param, any } => *param == wanted && pairs::patients(any).is_some(),
                _ => false,
            };
            filters.iter().find(of).map(|patient| Source::Pair { patient, code })
        })
    }

    /// Whether every candidate that is a current version fulfils `filter`, because it proposed them.
    pub(super) fn settles(&self, filter: &Filter) -> bool {
        match self {
            Source::One(source) => std::ptr::eq(*source, filter) && proves(source),
            Source::Pair { patient, code } => std::ptr::eq(*patient, filter) || std::ptr::eq(*code, filter),
        }
    }
}

impl Build {
    /// [`Build::candidates`] of a source.
    pub(super) fn proposed_by(
        &mut self,
        resource_type: ResourceType,
        source: &Source<'_>,
        window: Window,
        limit: Option<u32>,
    ) -> Option<String> {
        let (patient, code) = match source {
            Source::One(filter) => return self.candidates(resource_type, filter, window, limit),
            Source::Pair { patient, code } => (patient, code),
        };
        let (Filter::Any { any: patients, .. }, Filter::Any { param, any: codes }) = (patient, code) else {
            return None;
        };
        let patients = pairs::patients(patients)?;
        let mut each = Vec::new();
        for group in &groups(codes) {
            let a = self.alias();
            let mark = self.param(*param);
            let patients = self.equals(patients.clone());
            let codes = self.group(&a, group);
            let condition = format!("{a}.patient {patients} AND {codes}");
            each.push(self.scan("ix_patient_code", &a, &mark, &condition, window));
        }
        Some(union(&each))
    }

    /// A query of one column `seq` that yields the position of every current version fulfilling `filter` (and
    /// perhaps others). `None` exactly when [`rank`] is none. Inner steps become counted expressions of at most
    /// `limit` rows.
    pub(super) fn candidates(
        &mut self,
        resource_type: ResourceType,
        filter: &Filter,
        window: Window,
        limit: Option<u32>,
    ) -> Option<String> {
        self.by_seq = false;
        let candidates = self.proposals(resource_type, filter, window, limit);
        self.by_seq = true;
        candidates
    }

    fn proposals(
        &mut self,
        resource_type: ResourceType,
        filter: &Filter,
        window: Window,
        limit: Option<u32>,
    ) -> Option<String> {
        match filter {
            Filter::Ids(ids) => {
                let name = self.name(resource_type);
                let ids = self.equals(ids.iter().map(|id| id.as_str().to_owned()).collect());
                let within = self.window("(h.seq + 0)", window);
                Some(format!(
                    "SELECT h.seq FROM head h WHERE {{t:h}} h.type = {name} AND h.id {ids} AND h.op <> 2{within}"
                ))
            }
            Filter::Any { param, any } => {
                let each: Vec<String> =
                    groups(any).iter().flat_map(|group| self.ranges(*param, group, window)).collect();
                Some(union(&each))
            }
            Filter::Chain { param, any } => {
                let mut each = Vec::new();
                for (target, inner) in any {
                    let from = self.step(*target, inner, limit)?;
                    let ids = self.current(*target, &from, "id");
                    let a = self.alias();
                    let (param, number) = (self.param(*param), self.bind(key::type_number(*target)));
                    let within = self.window(&format!("{a}.seq"), window);
                    let of_param = self.of_param("ix_reference", &a, &param);
                    let conditions = format!("{{t:{a}}} {of_param} AND {a}.type = {number}{within}");
                    let rows = Rows { table: "ix_reference", a: &a, key: "id", conditions: &conditions, out: "seq" };
                    each.push(self.each(&ids, "id", &rows));
                }
                Some(union(&each))
            }
            Filter::Has { source, param, filter } => {
                let from = self.step(*source, filter, limit)?;
                let current = self.current(*source, &from, "seq");
                let r = self.alias();
                let (param, number) = (self.param(*param), self.bind(key::type_number(resource_type)));
                let conditions = format!("{{t:{r}}} {r}.param = {param} AND {r}.type = {number}");
                let rows = Rows { table: "ix_reference", a: &r, key: "seq", conditions: &conditions, out: "id" };
                let ids = self.each(&current, "seq", &rows);
                let h = self.alias();
                let name = self.name(resource_type);
                let within = self.window(&format!("({h}.seq + 0)"), window);
                let conditions = format!("{{t:{h}}} {h}.type = {name} AND {h}.op <> 2{within}");
                let rows = Rows { table: "head", a: &h, key: "id", conditions: &conditions, out: "seq" };
                Some(self.each(&ids, "id", &rows))
            }
            Filter::LastUpdated(_) | Filter::None { .. } | Filter::Missing { .. } => None,
        }
    }

    /// Of positions, those of current versions of a type: column `out` of `head`.
    fn current(&mut self, resource_type: ResourceType, seqs: &str, out: &str) -> String {
        let h = self.alias();
        let name = self.name(resource_type);
        let of_type = self.of_type(&h, &name);
        let conditions = format!("{{t:{h}}} {of_type} AND {h}.op <> 2");
        self.each(seqs, "seq", &Rows { table: "head", a: &h, key: "seq", conditions: &conditions, out })
    }

    /// The candidates of an inner filter as a counted expression; a query for their positions.
    fn step(&mut self, resource_type: ResourceType, filter: &Filter, limit: Option<u32>) -> Option<String> {
        let candidates = self.proposals(resource_type, filter, Window::default(), limit)?;
        let name = format!("s{}", self.counted.len());
        self.counted.push((name.clone(), limited(&candidates, limit)));
        Some(format!("SELECT seq FROM {name}"))
    }

    /// Scans of a group of alternatives.
    fn ranges(&mut self, param: ParamKey, group: &Group<'_>, window: Window) -> Vec<String> {
        let Alternatives::Other(list) = &group.alternatives else {
            let a = self.alias();
            let (mark, condition) = (self.param(param), self.group(&a, group));
            return vec![self.scan(group.table.name(), &a, &mark, &condition, window)];
        };
        list.iter().flat_map(|alternative| self.ranges_of(param, group.table, alternative, window)).collect()
    }

    fn ranges_of(&mut self, param: ParamKey, table: Table, alternative: &Match, window: Window) -> Vec<String> {
        let a = self.alias();
        if let (Match::Text { mode: TextMode::Contains, value }, Some(parts)) = (alternative, names::part_param(param))
        {
            let value = key::clean(value);
            let start = names::start(&value);
            let mark = self.param(parts);
            let mut range = format!("{a}.part >= {}", self.bind(start));
            if let Some(end) = key::after(start) {
                range += &format!(" AND {a}.part < {}", self.bind(end));
            }
            let near = self.scan("ix_part", &a, &mark, &range, window);
            let long = format!("{a}.part = {}", self.bind(names::LONG));
            let mark = self.param(parts);
            return vec![near, self.scan("ix_part", &a, &mark, &long, window)];
        }
        if let Match::Number { prefix, .. } | Match::Quantity { prefix, .. } = alternative
            && *prefix != Prefix::Ne
        {
            // Nearly all are points, found by their value; the few intervals stand in an index of their own.
            let mark = self.param(param);
            let condition = self.row(&a, alternative);
            let by_value = self.values(&a, alternative);
            let points =
                self.scan("ix_quantity", &a, &mark, &format!("{a}.lo = {a}.hi AND {by_value} AND {condition}"), window);
            let a = self.alias();
            let mark = self.param(param);
            let condition = self.row(&a, alternative);
            let wide = self.scan("ix_quantity", &a, &mark, &format!("{a}.lo <> {a}.hi AND {condition}"), window);
            return vec![points, wide];
        }
        let (mark, condition) = (self.param(param), self.row(&a, alternative));
        vec![self.scan(table.name(), &a, &mark, &condition, window)]
    }

    /// What a number's condition means for a point.
    fn values(&mut self, a: &str, alternative: &Match) -> String {
        let (Match::Number { prefix, value, lo, hi } | Match::Quantity { prefix, value, lo, hi, .. }) = alternative
        else {
            return "true".to_owned();
        };
        match prefix {
            Prefix::Eq | Prefix::Ap => format!("{a}.value >= {} AND {a}.value <= {}", self.bind(*lo), self.bind(*hi)),
            Prefix::Gt | Prefix::Sa => format!("{a}.value > {}", self.bind(*value)),
            Prefix::Ge => format!("{a}.value >= {}", self.bind(*value)),
            Prefix::Lt | Prefix::Eb => format!("{a}.value < {}", self.bind(*value)),
            Prefix::Le => format!("{a}.value <= {}", self.bind(*value)),
            Prefix::Ne => "true".to_owned(),
        }
    }

    fn scan(&mut self, table: &str, a: &str, param: &str, condition: &str, window: Window) -> String {
        // Rows of one code or target stand in chain order; in a range of values the position bounds nothing.
        let in_order = matches!(table, "ix_token" | "ix_reference");
        let seq = if in_order { format!("{a}.seq") } else { format!("({a}.seq + 0)") };
        let within = self.window(&seq, window);
        let of_param = self.of_param(table, a, param);
        format!("SELECT {a}.seq FROM {table} {a} WHERE {{t:{a}}} {of_param} AND {condition}{within}")
    }
}

fn union(queries: &[String]) -> String {
    if queries.is_empty() { "SELECT h.seq FROM head h WHERE false".to_owned() } else { queries.join(" UNION ALL ") }
}

/// At most so many rows of a query of positions.
pub(super) fn limited(query: &str, limit: Option<u32>) -> String {
    match limit {
        Some(limit) => format!("SELECT q.seq FROM ({query}) q LIMIT {}", u64::from(limit) + 1),
        None => format!("SELECT q.seq FROM ({query}) q"),
    }
}
