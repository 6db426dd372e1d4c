//! Parameters that say how to answer: order, pages, totals, includes, parts of resources.
use super::Problem;
use super::split::{alternatives, unescaped};
use crate::ResourceType;
use crate::search::{Include, ParamType, Query, SearchParam, Sort, SortBy, Summary, Total, param_of};

/// Matches per page without `_count`.
const DEFAULT_COUNT: u32 = 20;
/// Most matches per page.
const MAX_COUNT: u32 = 500;
/// Sort keys of one search.
const MAX_SORT: usize = 5;
/// Includes of one search.
const MAX_INCLUDES: usize = 20;
/// Elements of `_elements`.
const MAX_ELEMENTS: usize = 100;

/// Whether a parameter was a control parameter.
pub(super) enum Taken {
    Yes,
    No,
}

/// A query under construction.
pub(super) struct Builder {
    pub(super) query: Query,
    /// Control parameters that may stand only once and did.
    seen: Vec<&'static str>,
}

impl Builder {
    pub(super) fn new(target: ResourceType) -> Builder {
        let query = Query {
            target,
            filters: Vec::new(),
            sort: Vec::new(),
            count: DEFAULT_COUNT,
            total: Total::IfKnown,
            includes: Vec::new(),
            summary: Summary::None,
            elements: Vec::new(),
        };
        Builder { query, seen: Vec::new() }
    }

    fn once(&mut self, name: &'static str) -> Result<(), Problem> {
        if self.seen.contains(&name) {
            return Err(Problem::invalid(format!("{name} は一度だけ書いてください。")));
        }
        self.seen.push(name);
        Ok(())
    }

    /// Takes a control parameter.
    pub(super) fn control(&mut self, name: &str, value: &str) -> Result<Taken, Problem> {
        match name {
            "_format" | "_pretty" => {}
            "_count" => {
                self.once("_count")?;
                self.query.count = count(value)?;
            }
            "_total" => {
                self.once("_total")?;
                self.query.total = match value {
                    "none" => Total::None,
                    // An exact number is an estimate too.
                    "estimate" | "accurate" => Total::Accurate,
                    _ => return Err(Problem::value("_total の値は none、estimate、accurate のいずれかです。")),
                };
            }
            "_summary" => {
                self.once("_summary")?;
                self.query.summary = match value {
                    "true" => Summary::True,
                    "false" => Summary::None,
                    "text" => Summary::Text,
                    "data" => Summary::Data,
                    "count" => Summary::Count,
                    _ => {
                        return Err(Problem::value("_summary の値は true、false、text、data、count のいずれかです。"));
                    }
                };
            }
            "_elements" => {
                self.once("_elements")?;
                self.query.elements = elements(value)?;
            }
            "_sort" => {
                self.once("_sort")?;
                self.query.sort = sort(self.query.target, value)?;
            }
            "_contained" => {
                self.once("_contained")?;
                if value != "false" {
                    return Err(Problem::unsupported("リソースの中に含まれるリソースの検索には対応していません。"));
                }
            }
            _ => return self.include(name, value),
        }
        Ok(Taken::Yes)
    }

    fn include(&mut self, name: &str, value: &str) -> Result<Taken, Problem> {
        let (name, modifier) = name.split_once(':').map_or((name, None), |(name, modifier)| (name, Some(modifier)));
        let reverse = match name {
            "_include" => false,
            "_revinclude" => true,
            _ => return Ok(Taken::No),
        };
        let iterate = match modifier {
            None => false,
            Some("iterate") => true,
            Some(_) => return Err(Problem::unsupported("この修飾子は使えません。:iterate だけが使えます。")),
        };
        for part in alternatives(value)? {
            let include = include(self.query.target, reverse, iterate, &unescaped(part)?)?;
            self.query.includes.push(include);
        }
        if self.query.includes.len() > MAX_INCLUDES {
            return Err(Problem::invalid(format!(
                "_include と _revinclude は合わせて{MAX_INCLUDES}個以内にしてください。"
            )));
        }
        Ok(Taken::Yes)
    }
}

fn count(value: &str) -> Result<u32, Problem> {
    let digits = !value.is_empty() && value.len() <= 9 && value.bytes().all(|b| b.is_ascii_digit());
    let count = if digits { value.parse::<u32>().ok() } else { None };
    count
        .map(|count| count.min(MAX_COUNT))
        .ok_or_else(|| Problem::value(format!("_count には0から{MAX_COUNT}までの整数を書いてください。")))
}

fn elements(value: &str) -> Result<Vec<String>, Problem> {
    let names = alternatives(value)?;
    let is_name = |name: &&str| name.bytes().all(|b| b.is_ascii_alphanumeric()) && name.len() <= 64;
    if names.len() > MAX_ELEMENTS || !names.iter().all(is_name) {
        return Err(Problem::value(format!(
            "_elements には最上位の要素の名前をカンマで区切って{MAX_ELEMENTS}個以内で書いてください。"
        )));
    }
    Ok(names.into_iter().map(str::to_owned).collect())
}

fn sort(target: ResourceType, value: &str) -> Result<Vec<Sort>, Problem> {
    let parts = alternatives(value)?;
    if parts.len() > MAX_SORT {
        return Err(Problem::invalid(format!("並べ替えの条件は{MAX_SORT}個以内にしてください。")));
    }
    let one = |part: &str| {
        let (code, descending) = part.strip_prefix('-').map_or((part, false), |code| (code, true));
        let by = match code {
            "_id" => SortBy::Id,
            "_lastUpdated" => SortBy::LastUpdated,
            _ => sort_by(target, code)?,
        };
        Ok(Sort { by, descending })
    };
    parts.into_iter().map(one).collect()
}

fn sort_by(target: ResourceType, code: &str) -> Result<SortBy, Problem> {
    let cannot = || {
        Problem::unsupported(format!(
            "{target}をこの条件では並べ替えられません。_id、_lastUpdated または検索条件の名前を書いてください。"
        ))
    };
    let SearchParam { key, kind, .. } = *param_of(target, code).ok_or_else(cannot)?;
    Ok(match kind {
        ParamType::String => SortBy::Text(key),
        ParamType::Token => SortBy::Token(key),
        ParamType::Date => SortBy::Date(key),
        ParamType::Number | ParamType::Quantity => SortBy::Number(key),
        ParamType::Reference => SortBy::Reference(key),
        ParamType::Uri => SortBy::Uri(key),
        ParamType::Composite | ParamType::Special => return Err(cannot()),
    })
}

/// `Source:parameter`, `Source:parameter:Target`, `Source:*`, and `*` for includes from the type searched.
fn include(searched: ResourceType, reverse: bool, iterate: bool, value: &str) -> Result<Include, Problem> {
    let form = || Problem::invalid("「種類:検索条件」または「種類:検索条件:参照先の種類」の形で書いてください。");
    if value == "*" && !reverse {
        return Ok(Include { reverse, source: searched, param: None, target: None, iterate });
    }
    let parts: Vec<&str> = value.split(':').collect();
    let (source, code, target) = match parts.as_slice() {
        [source, code] => (*source, *code, None),
        [source, code, target] => (*source, *code, Some(*target)),
        _ => return Err(form()),
    };
    let source = ResourceType::parse(source).ok_or_else(form)?;
    let target = target.map(|name| ResourceType::parse(name).ok_or_else(form)).transpose()?;
    if !reverse && !iterate && source != searched {
        return Err(Problem::invalid(format!(
            "{searched}の検索では{source}の参照先は加わりません。加えた結果の参照先には _include:iterate を使ってください。"
        )));
    }
    let param = if code == "*" {
        None
    } else {
        let param = param_of(source, code)
            .filter(|param| param.kind == ParamType::Reference)
            .ok_or_else(|| Problem::unsupported(format!("{source}にこの名前の参照の検索条件はありません。")))?;
        let points_to = |target: ResourceType| param.targets.contains(&target.name());
        if target.is_some_and(|target| !points_to(target)) || (reverse && !iterate && !points_to(searched)) {
            return Err(Problem::invalid(format!("{source}の「{}」は、その種類を指しません。", param.code)));
        }
        Some(param.key)
    };
    Ok(Include { reverse, source, param, target, iterate })
}
