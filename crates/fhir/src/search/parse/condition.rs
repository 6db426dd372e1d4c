//! Conditions: parameter names with their modifiers, chains and `_has`.
use super::alternative;
use super::split::{alternatives, unescaped};
use super::{ParseContext, Problem};
use crate::search::extract::leaves;
use crate::search::{Filter, Match, ParamKey, ParamType, SearchParam, SystemMatch, TextMode, UriMode, param_of};
use crate::{Id, ResourceType};

/// Types a chain without type is tried on.
const MAX_CHAIN_TYPES: usize = 10;

/// One name/value pair that is no control parameter.
pub(super) fn filter(
    target: ResourceType,
    name: &str,
    value: &str,
    context: &ParseContext<'_>,
) -> Result<Filter, Problem> {
    if let Some(rest) = name.strip_prefix("_has:") {
        return has(target, rest, value, context);
    }
    match name.split_once('.') {
        Some((reference, rest)) => chain(target, reference, rest, value, context),
        None => direct(target, name, value, context),
    }
}

/// A parameter of the type itself, with at most one modifier.
fn direct(target: ResourceType, name: &str, value: &str, context: &ParseContext<'_>) -> Result<Filter, Problem> {
    let (code, modifier) = match name.split_once(':') {
        Some((code, modifier)) => (code, Some(modifier)),
        None => (name, None),
    };
    match (code, modifier) {
        ("_id", None) => return ids(value),
        ("_lastUpdated", None) => {
            let dates = alternatives(value)?.into_iter().map(|part| alternative::date(part, context.now));
            return Ok(Filter::LastUpdated(dates.collect::<Result<_, _>>()?));
        }
        ("_text" | "_content" | "_list" | "_query" | "_filter", _) => {
            return Err(Problem::unsupported("この検索条件には対応していません。ほかの条件で検索してください。"));
        }
        _ => {}
    }
    let param = parameter(target, code)?;
    match modifier {
        None => any(&param, target, value, |part, param| alternative::plain(part, target, param, context)),
        Some("missing") => match value {
            "true" | "false" => Ok(Filter::Missing { param: param.key, missing: value == "true" }),
            _ => Err(Problem::value(":missing の値は true か false です。")),
        },
        Some(modifier) => modified(&param, target, modifier, value, context),
    }
}

/// A parameter with another modifier than `:missing`.
fn modified(
    param: &SearchParam,
    target: ResourceType,
    modifier: &str,
    value: &str,
    context: &ParseContext<'_>,
) -> Result<Filter, Problem> {
    let derived = |modifier| SearchParam { key: ParamKey::of_modifier(target, param.code, modifier), ..*param };
    match (param.kind, modifier) {
        (ParamType::String, "exact") => any(param, target, value, |part, _| alternative::text(part, TextMode::Exact)),
        (ParamType::String, "contains") => {
            any(param, target, value, |part, _| alternative::text(part, TextMode::Contains))
        }
        (ParamType::Token, "not") => {
            let filter = any(param, target, value, |part, _| alternative::token(part))?;
            Ok(match filter {
                Filter::Any { param, any } => Filter::None { param, any },
                other => other,
            })
        }
        (ParamType::Token, "of-type")
            if leaves(target, param.code).any(|l| l.kind.definition().name == "Identifier") =>
        {
            plain_any(derived("of-type").key, value, alternative::of_type)
        }
        (ParamType::Reference, "identifier") => plain_any(derived("identifier").key, value, alternative::token),
        (ParamType::Uri, "below") => any(param, target, value, |part, _| alternative::uri(part, UriMode::Below)),
        (ParamType::Uri, "above") => any(param, target, value, |part, _| alternative::uri(part, UriMode::Above)),
        (ParamType::Reference, name) if ResourceType::parse(name).is_some() => {
            let narrowed = ResourceType::parse(name);
            if !param.targets.contains(&name) && !param.targets.is_empty() {
                return Err(Problem::invalid("この検索条件は、その種類を指しません。種類を確かめてください。"));
            }
            any(param, target, value, |part, param| alternative::reference(part, param, narrowed, context.base))
        }
        (_, "text" | "in" | "not-in" | "above" | "below" | "of-type" | "exact" | "contains" | "not" | "identifier") => {
            Err(Problem::unsupported(format!(
                "修飾子「:{modifier}」はこの検索条件には使えません。修飾子を取り除くか、ほかの条件を使ってください。"
            )))
        }
        _ => Err(Problem::unsupported(
            "知らない修飾子です。:missing :exact :contains :not :of-type :identifier :below :above または参照先の種類を使ってください。",
        )),
    }
}

fn plain_any(param: ParamKey, value: &str, parse: impl Fn(&str) -> Result<Match, Problem>) -> Result<Filter, Problem> {
    Ok(Filter::Any { param, any: alternatives(value)?.into_iter().map(parse).collect::<Result<_, _>>()? })
}

/// Any of the alternatives. Codes of elements that carry no system are found by the system of their value set too.
fn any(
    param: &SearchParam,
    target: ResourceType,
    value: &str,
    parse: impl Fn(&str, &SearchParam) -> Result<Match, Problem>,
) -> Result<Filter, Problem> {
    let mut any = Vec::new();
    for part in alternatives(value)? {
        let parsed = parse(part, param)?;
        if let Match::Token { system: SystemMatch::Is(system), code } = &parsed {
            implicit(target, param.code, system, code.as_deref(), &mut any);
        }
        any.push(parsed);
    }
    Ok(Filter::Any { param: param.key, any })
}

/// Elements of type `code` have no system; the one their binding prescribes stands for it (R4 search §3.1.1.4.11).
fn implicit(target: ResourceType, param: &str, system: &str, code: Option<&str>, any: &mut Vec<Match>) {
    for (own, codes) in leaves(target, param).flat_map(|leaf| leaf.code_systems()) {
        let wanted = codes.iter().filter(|known| code.is_none_or(|code| code == **known));
        if *own == system {
            any.extend(wanted.map(|code| Match::Token { system: SystemMatch::Absent, code: Some((*code).to_owned()) }));
        }
    }
}

fn ids(value: &str) -> Result<Filter, Problem> {
    let id = |part: &str| {
        Id::new(&unescaped(part)?).map_err(|_| Problem::value("idは英数字と「-」「.」の64文字以内で書いてください。"))
    };
    Ok(Filter::Ids(alternatives(value)?.into_iter().map(id).collect::<Result<_, _>>()?))
}

/// A parameter of the definitions, or one on `meta`.
fn parameter(target: ResourceType, code: &str) -> Result<SearchParam, Problem> {
    if let Some(param) = param_of(target, code) {
        return Ok(*param);
    }
    let (code, kind) = match code {
        "_tag" => ("_tag", ParamType::Token),
        "_security" => ("_security", ParamType::Token),
        "_profile" => ("_profile", ParamType::Uri),
        "_source" => ("_source", ParamType::Uri),
        _ => {
            return Err(Problem::unsupported(format!(
                "{target}にこの検索条件はありません。CapabilityStatement(/fhir/metadata)にある条件を使ってください。"
            )));
        }
    };
    let key = ParamKey::of_param(target, code);
    Ok(SearchParam { key, code, url: "", kind, expression: "", targets: &[], components: &[] })
}

/// A parameter that must be a reference.
fn reference_parameter(owner: ResourceType, code: &str) -> Result<SearchParam, Problem> {
    let param = parameter(owner, code)?;
    if param.kind == ParamType::Reference {
        Ok(param)
    } else {
        Err(Problem::invalid(format!("{owner}の「{}」は参照ではないので、その先を検索できません。", param.code)))
    }
}

/// `subject:Patient.name`, `subject.name`.
fn chain(
    owner: ResourceType,
    reference: &str,
    rest: &str,
    value: &str,
    context: &ParseContext<'_>,
) -> Result<Filter, Problem> {
    if rest.contains('.') || rest.starts_with("_has") {
        return Err(Problem::unsupported("参照の先をたどる検索(連鎖)は1段までです。条件を分けてください。"));
    }
    let (code, narrowed) = match reference.split_once(':') {
        Some((code, name)) => {
            let narrowed = ResourceType::parse(name)
                .ok_or_else(|| Problem::invalid("「:」の後には参照先の種類(例 Patient)を書いてください。"))?;
            (code, Some(narrowed))
        }
        None => (reference, None),
    };
    let param = reference_parameter(owner, code)?;
    if let Some(narrowed) = narrowed {
        if !param.targets.contains(&narrowed.name()) {
            return Err(Problem::invalid("この検索条件は、その種類を指しません。種類を確かめてください。"));
        }
        let filter = direct(narrowed, rest, value, context)?;
        return Ok(Filter::Chain { param: param.key, any: vec![(narrowed, filter)] });
    }
    let mut any = Vec::new();
    let mut problem = None;
    for target in param.targets.iter().filter_map(|name| ResourceType::parse(name)) {
        match direct(target, rest, value, context) {
            Ok(filter) => any.push((target, filter)),
            // What one target refuses because it has no such parameter, another may have.
            Err(refused) => {
                let known = parameter(target, rest.split(':').next().unwrap_or(rest)).is_ok();
                if problem.is_none() || known {
                    problem = Some(refused);
                }
            }
        }
    }
    if any.is_empty() {
        return Err(problem.unwrap_or_else(|| Problem::invalid("この検索条件の参照先は検索できません。")));
    }
    if any.len() > MAX_CHAIN_TYPES {
        return Err(Problem::invalid(
            "参照先の種類が多すぎます。「subject:Patient.name」のように種類を書いてください。",
        ));
    }
    Ok(Filter::Chain { param: param.key, any })
}

/// `_has:Observation:patient:code`
fn has(target: ResourceType, rest: &str, value: &str, context: &ParseContext<'_>) -> Result<Filter, Problem> {
    let mut parts = rest.splitn(3, ':');
    let (Some(source), Some(reference), Some(condition)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(Problem::invalid(
            "_has は「_has:種類:参照の検索条件:検索条件」(例 _has:Observation:patient:code)と書いてください。",
        ));
    };
    if condition.contains('.') || condition.starts_with("_has") {
        return Err(Problem::unsupported(
            "_has の中では、参照の先をさらにたどる検索はできません。条件を分けてください。",
        ));
    }
    let source = ResourceType::parse(source)
        .ok_or_else(|| Problem::invalid("_has の次にはリソースの種類(例 Observation)を書いてください。"))?;
    let param = reference_parameter(source, reference)?;
    if !param.targets.contains(&target.name()) {
        return Err(Problem::invalid(format!("{source}の「{}」は{target}を指しません。", param.code)));
    }
    let filter = Box::new(direct(source, condition, value, context)?);
    Ok(Filter::Has { source, param: param.key, filter })
}
