//! Filters in memory: the meaning of a search in its plainest form. The ledger's SQL must agree with it.
use super::{Filter, IndexEntry, IndexValue, Match, Prefix, SystemMatch, TextMode, UriMode};

/// Whether a resource with these index entries fulfils a filter. `None` for filters that need more than the entries
/// of one resource (`_id`, `_lastUpdated`, chains and `_has`).
pub fn matches(filter: &Filter, entries: &[IndexEntry]) -> Option<bool> {
    let of = |param| entries.iter().filter(move |entry| entry.param == param);
    Some(match filter {
        Filter::Any { param, any } => of(*param).any(|entry| any.iter().any(|one| value(one, &entry.value))),
        Filter::None { param, any } => !of(*param).any(|entry| any.iter().any(|one| value(one, &entry.value))),
        Filter::Missing { param, missing } => of(*param).next().is_none() == *missing,
        Filter::Ids(_) | Filter::LastUpdated(_) | Filter::Chain { .. } | Filter::Has { .. } => return None,
    })
}

/// Whether one value fulfils one alternative.
fn value(wanted: &Match, value: &IndexValue) -> bool {
    match (wanted, value) {
        (Match::Token { system, code }, IndexValue::Token { system: own, code: own_code }) => {
            let same = match code {
                Some(code) => code == own_code,
                None => !own_code.is_empty(),
            };
            same && is_system(system, own.as_deref())
        }
        (Match::Text { mode, value }, IndexValue::Text { key, exact }) => match mode {
            TextMode::StartsWith => key.starts_with(value),
            TextMode::Contains => key.contains(value),
            TextMode::Exact => exact == value,
        },
        (Match::Local { target, id }, IndexValue::Local { target: own, id: own_id }) => {
            id == own_id && target.is_none_or(|target| target == *own)
        }
        (Match::Uri { mode, value }, IndexValue::Uri(own)) => match mode {
            UriMode::Exact => value == own,
            UriMode::Below => value == own || continues(own, value),
            UriMode::Above => value == own || continues(value, own),
        },
        (Match::Date { prefix, lo, hi }, IndexValue::Date { lo: from, hi: to }) => date(*prefix, *lo..=*hi, *from, *to),
        (Match::Number { prefix, value, lo, hi }, IndexValue::Number { lo: from, hi: to, .. }) => {
            number(*prefix, *value, *lo..*hi, *from, *to)
        }
        (
            Match::Quantity { prefix, value, lo, hi, system, unit },
            IndexValue::Quantity { lo: from, hi: to, system: own, code, unit: printed, .. },
        ) => {
            let same_unit = unit.is_none() || unit == code || (*system == SystemMatch::Any && unit == printed);
            same_unit && is_system(system, own.as_deref()) && number(*prefix, *value, *lo..*hi, *from, *to)
        }
        (Match::Composite(parts), IndexValue::Composite(values)) => {
            parts.len() == values.len() && parts.iter().zip(values).all(|(part, own)| self::value(part, own))
        }
        _ => false,
    }
}

fn is_system(wanted: &SystemMatch, own: Option<&str>) -> bool {
    match wanted {
        SystemMatch::Any => true,
        SystemMatch::Absent => own.is_none(),
        SystemMatch::Is(system) => own == Some(system),
    }
}

/// Whether `uri` goes on after `start` and a slash.
fn continues(uri: &str, start: &str) -> bool {
    uri.strip_prefix(start.trim_end_matches('/')).is_some_and(|rest| rest.starts_with('/'))
}

/// The table of [`Prefix`], left column.
fn date(prefix: Prefix, wanted: std::ops::RangeInclusive<i64>, from: i64, to: i64) -> bool {
    let (lo, hi) = wanted.into_inner();
    let within = lo <= from && to <= hi;
    match prefix {
        Prefix::Eq => within,
        Prefix::Ne => !within,
        Prefix::Gt => to > hi,
        Prefix::Lt => from < lo,
        Prefix::Ge => to >= lo,
        Prefix::Le => from <= hi,
        Prefix::Sa => from > hi,
        Prefix::Eb => to < lo,
        Prefix::Ap => from <= hi && to >= lo,
    }
}

/// The table of [`Prefix`], right column.
fn number(prefix: Prefix, value: f64, wanted: std::ops::Range<f64>, from: f64, to: f64) -> bool {
    let within = wanted.start <= from && to < wanted.end;
    match prefix {
        Prefix::Eq => within,
        Prefix::Ne => !within,
        Prefix::Gt => to > value,
        Prefix::Lt => from < value,
        Prefix::Ge => to >= value,
        Prefix::Le => from <= value,
        Prefix::Sa => from > value,
        Prefix::Eb => to < value,
        Prefix::Ap => from <= wanted.end && to >= wanted.start,
    }
}
