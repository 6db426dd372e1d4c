//! One value of a parameter, by the parameter's type.
use super::split::{split, unescaped};
use super::{ParseContext, Problem};
use crate::search::bounds::{code_text, exact_text, text_key};
use crate::search::{Match, ParamType, Prefix, SearchParam, SystemMatch, TextMode, UriMode, number, param_of};
use crate::{Id, Reference, ResourceType};
use karute_japan::{PartialDateTime, Timestamp};

/// `system|code`, `|code`, `system|`, `code`.
pub(super) fn token(part: &str) -> Result<Match, Problem> {
    let (system, code) = match split(part, '|').as_slice() {
        [code] => (SystemMatch::Any, *code),
        ["", code] => (SystemMatch::Absent, *code),
        [system, code] => (SystemMatch::Is(code_text(&unescaped(system)?).into_owned()), *code),
        _ => {
            return Err(Problem::value(
                "コードは「体系|コード」の形で書いてください。コードに含まれる「|」は「\\|」と書きます。",
            ));
        }
    };
    let code = unescaped(code)?;
    if code.is_empty() && !matches!(system, SystemMatch::Is(_)) {
        return Err(Problem::value("コードが空です。「体系|コード」またはコードを書いてください。"));
    }
    let code = (!code.is_empty()).then(|| code_text(&code).into_owned());
    Ok(Match::Token { system, code })
}

/// `system|code|value` of `:of-type`, as the derived index has it.
pub(super) fn of_type(part: &str) -> Result<Match, Problem> {
    let parts = split(part, '|').into_iter().map(unescaped).collect::<Result<Vec<_>, _>>()?;
    match parts.as_slice() {
        [system, code, value] if !code.is_empty() && !value.is_empty() => {
            let system = match system.as_str() {
                "" => SystemMatch::Absent,
                system => SystemMatch::Is(code_text(system).into_owned()),
            };
            Ok(Match::Token { system, code: Some(code_text(&format!("{code}|{value}")).into_owned()) })
        }
        _ => Err(Problem::value(":of-type は「識別子種別の体系|種別コード|値」の3つを書いてください。")),
    }
}

/// A string, folded unless it is to be exact.
pub(super) fn text(part: &str, mode: TextMode) -> Result<Match, Problem> {
    let text = unescaped(part)?;
    let value = if mode == TextMode::Exact { exact_text(&text).into_owned() } else { text_key(&text) };
    if value.is_empty() {
        return Err(Problem::value("検索できる文字がありません。文字を入れてください。"));
    }
    Ok(Match::Text { mode, value })
}

/// A uri.
pub(super) fn uri(part: &str, mode: UriMode) -> Result<Match, Problem> {
    Ok(Match::Uri { mode, value: code_text(&unescaped(part)?).into_owned() })
}

/// `id`, `Type/id`, an absolute address, a urn, a canonical. `narrowed` is the type of the modifier.
pub(super) fn reference(
    part: &str,
    param: &SearchParam,
    narrowed: Option<ResourceType>,
    base: &str,
) -> Result<Match, Problem> {
    let text = unescaped(part)?;
    let allowed = |target: ResourceType| param.targets.is_empty() || param.targets.contains(&target.name());
    let bad = || Problem::value("参照先は「種類/id」「id」または絶対URLで書いてください。");
    match Reference::parse(&text, base) {
        Ok(Reference::Local { resource_type, id, version: None }) => {
            if !allowed(resource_type) || narrowed.is_some_and(|narrowed| narrowed != resource_type) {
                return Err(Problem::value("この検索条件が指すことのない種類の参照先です。種類を確かめてください。"));
            }
            Ok(Match::Local { target: Some(resource_type), id })
        }
        Ok(Reference::Local { .. }) => {
            Err(Problem::unsupported("版を指定した参照先では検索できません。「/_history/…」を取り除いてください。"))
        }
        Ok(Reference::Absolute(_) | Reference::Urn(_)) if narrowed.is_none() => {
            Ok(Match::Uri { mode: UriMode::Exact, value: code_text(&text).into_owned() })
        }
        Err(_) => {
            let id = Id::new(&text).map_err(|_| bad())?;
            let only = match param.targets {
                [only] => ResourceType::parse(only),
                _ => None,
            };
            Ok(Match::Local { target: narrowed.or(only), id })
        }
        Ok(_) => Err(bad()),
    }
}

/// The comparison prefix and the rest.
fn prefixed(text: &str) -> Result<(Prefix, &str), Problem> {
    let prefixes = [
        ("eq", Prefix::Eq),
        ("ne", Prefix::Ne),
        ("gt", Prefix::Gt),
        ("lt", Prefix::Lt),
        ("ge", Prefix::Ge),
        ("le", Prefix::Le),
        ("sa", Prefix::Sa),
        ("eb", Prefix::Eb),
        ("ap", Prefix::Ap),
    ];
    if !text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Ok((Prefix::Eq, text));
    }
    prefixes
        .iter()
        .find_map(|(name, prefix)| Some((*prefix, text.strip_prefix(name)?)))
        .ok_or_else(|| Problem::value("比較の記号は eq ne gt lt ge le sa eb ap のいずれかを値の前に付けてください。"))
}

/// A date with its comparison, as the closed interval it can mean.
pub(super) fn date(part: &str, now: Timestamp) -> Result<(Prefix, i64, i64), Problem> {
    let text = unescaped(part)?;
    let (prefix, date) = prefixed(&text)?;
    // An unencoded `+` of a time zone arrives as a space.
    let date = PartialDateTime::parse(&date.replace(' ', "+")).map_err(|_| {
        Problem::value("日付は 2026、2026-11、2026-11-22、2026-11-22T10:25:00+09:00 のように書いてください。")
    })?;
    let (lo, hi) = (date.lo.as_micros(), date.hi.as_micros());
    if prefix != Prefix::Ap {
        return Ok((prefix, lo, hi));
    }
    // A tenth of the distance between now and the date.
    let now = now.as_micros();
    let distance = if now < lo { lo.saturating_sub(now) } else { now.saturating_sub(hi).max(0) };
    Ok((prefix, lo.saturating_sub(distance / 10), hi.saturating_add(distance / 10)))
}

fn bounded_number(text: &str) -> Result<(Prefix, number::Bounds), Problem> {
    let (prefix, text) = prefixed(text)?;
    let bounds = number::bounds(text, prefix)
        .ok_or_else(|| Problem::value("数値は 100、5.4、-1.5e-3 のように書いてください。"))?;
    Ok((prefix, bounds))
}

fn number_match(part: &str) -> Result<Match, Problem> {
    let (prefix, number::Bounds { value, lo, hi }) = bounded_number(&unescaped(part)?)?;
    Ok(Match::Number { prefix, value, lo, hi })
}

/// `5.4|system|code`, `5.4||unit`, `5.4`.
fn quantity(part: &str) -> Result<Match, Problem> {
    let parts = split(part, '|').into_iter().map(unescaped).collect::<Result<Vec<_>, _>>()?;
    let (number, system, unit) = match parts.as_slice() {
        [number] => (number, "", ""),
        [number, system, unit] => (number, system.as_str(), unit.as_str()),
        _ => {
            return Err(Problem::value(
                "数量は「数値」「数値|体系|単位コード」「数値||単位」のいずれかで書いてください。",
            ));
        }
    };
    let (prefix, number::Bounds { value, lo, hi }) = bounded_number(number)?;
    let system = if system.is_empty() { SystemMatch::Any } else { SystemMatch::Is(code_text(system).into_owned()) };
    let unit = (!unit.is_empty()).then(|| code_text(unit).into_owned());
    Ok(Match::Quantity { prefix, value, lo, hi, system, unit })
}

/// A value without modifier.
pub(super) fn plain(
    part: &str,
    resource_type: ResourceType,
    param: &SearchParam,
    context: &ParseContext<'_>,
) -> Result<Match, Problem> {
    match param.kind {
        ParamType::Token => token(part),
        ParamType::String => text(part, TextMode::StartsWith),
        ParamType::Uri => uri(part, UriMode::Exact),
        ParamType::Reference => reference(part, param, None, context.base),
        ParamType::Date => date(part, context.now).map(|(prefix, lo, hi)| Match::Date { prefix, lo, hi }),
        ParamType::Number => number_match(part),
        ParamType::Quantity => quantity(part),
        ParamType::Composite => composite(part, resource_type, param, context),
        ParamType::Special => Err(Problem::unsupported("この検索条件には対応していません。")),
    }
}

/// `value$value`, one for each component.
fn composite(
    part: &str,
    resource_type: ResourceType,
    param: &SearchParam,
    context: &ParseContext<'_>,
) -> Result<Match, Problem> {
    let parts = split(part, '$');
    let wrong = || {
        let names: Vec<&str> = param.components.iter().map(|(code, _)| *code).collect();
        Problem::value(format!("「{}」の値を「$」でつないで書いてください。", names.join("$")))
    };
    if parts.len() != param.components.len() || parts.iter().any(|part| part.is_empty()) {
        return Err(wrong());
    }
    let one = |(part, (code, _)): (&&str, &(&str, &str))| {
        let component = param_of(resource_type, code).filter(|p| p.kind != ParamType::Composite).ok_or_else(wrong)?;
        plain(part, resource_type, component, context)
    };
    Ok(Match::Composite(parts.iter().zip(param.components).map(one).collect::<Result<_, _>>()?))
}
