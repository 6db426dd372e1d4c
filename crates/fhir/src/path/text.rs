//! Functions on texts (FHIRPath N1 §5.6). Positions and lengths count characters.
use super::ast::{Call, Function};
use super::convert;
use super::eval::{EvalError, Evaluation, Focus, single};
use super::item::{Item, Items};
use regex_lite::{Regex, RegexBuilder};
use std::borrow::Cow;

/// Bytes of a compiled pattern.
const MAX_PATTERN: usize = 1 << 18;
/// Bytes of a text that is held against a pattern.
const MAX_MATCHED: usize = 1 << 16;

type Outcome<'v> = Result<Items<'v>, EvalError>;

/// Calls a function whose input is a text.
pub(super) fn call<'v>(
    run: &mut Evaluation<'_, 'v>,
    call: &'v Call,
    input: &Items<'v>,
    focus: Focus<'_, 'v>,
) -> Outcome<'v> {
    use Function as F;
    if call.function == F::Join {
        return join(run, call, input, focus);
    }
    let Some(item) = single(input)? else { return Ok(Items::None) };
    let Some(text) = convert::text(item) else {
        return if has_no_value(item) { Ok(Items::None) } else { Err(EvalError::Type) };
    };
    run.budget.spend_text(text.len())?;
    let plain = match call.function {
        F::Length => return Ok(Items::One(Item::Integer(text.chars().count() as i64))),
        F::Upper => Some(text.to_uppercase()),
        F::Lower => Some(text.to_lowercase()),
        F::Trim => Some(text.trim().to_owned()),
        _ => None,
    };
    if let Some(plain) = plain {
        return Ok(Items::One(Item::Text(Cow::Owned(plain))));
    }
    if call.function == F::Substring {
        return substring(run, call, &text, focus);
    }
    let argument = run.argument(call.arguments.first(), focus)?;
    let Some(argument) = single(&argument)?.map(|item| item.as_text().ok_or(EvalError::Type)).transpose()? else {
        return Ok(Items::None);
    };
    Ok(match call.function {
        F::StartsWith => text.starts_with(&*argument).into(),
        F::EndsWith => text.ends_with(&*argument).into(),
        F::Contains => text.contains(&*argument).into(),
        F::IndexOf => {
            let index = text.find(&*argument).and_then(|at| text.get(..at)).map(|before| before.chars().count());
            Items::One(Item::Integer(index.map_or(-1, |index| index as i64)))
        }
        F::Matches => {
            spend_pattern(run, &text)?;
            pattern(call, &argument)?.is_match(&text).into()
        }
        F::Replace | F::ReplaceMatches => {
            let with = run.argument(call.arguments.get(1), focus)?;
            let Some(with) = single(&with)?.map(|item| item.as_text().ok_or(EvalError::Type)).transpose()? else {
                return Ok(Items::None);
            };
            // No result is longer than a replacement at every place, before and after every character.
            run.budget.spend_text(text.len().saturating_add((text.len() + 1).saturating_mul(with.len())))?;
            let replaced = if call.function == F::Replace {
                text.replace(&*argument, &with)
            } else {
                spend_pattern(run, &text)?;
                pattern(call, &argument)?.replace_all(&text, &*with).into_owned()
            };
            Items::One(Item::Text(Cow::Owned(replaced)))
        }
        _ => return Err(EvalError::Type),
    })
}

fn has_no_value(item: &Item<'_>) -> bool {
    matches!(item, Item::Node(node) if node.value.is_none())
}

/// Patterns take time for every state at every character.
fn spend_pattern(run: &mut Evaluation<'_, '_>, text: &str) -> Result<(), EvalError> {
    if text.len() > MAX_MATCHED {
        return Err(EvalError::Budget);
    }
    run.budget.spend(4 * text.len() as u64)
}

/// The pattern; a literal one is compiled once.
fn pattern<'c>(call: &'c Call, text: &str) -> Result<Cow<'c, Regex>, EvalError> {
    let compile = || RegexBuilder::new(text).size_limit(MAX_PATTERN).build().ok();
    let compiled = match call.arguments.first() {
        Some(super::ast::Expr::Literal(_)) => call.pattern.get_or_init(compile).as_ref().map(Cow::Borrowed),
        _ => compile().map(Cow::Owned),
    };
    compiled.ok_or(EvalError::Type)
}

fn substring<'v>(run: &mut Evaluation<'_, 'v>, call: &'v Call, text: &str, focus: Focus<'_, 'v>) -> Outcome<'v> {
    let Some(start) = run.integer(call.arguments.first(), focus)? else { return Ok(Items::None) };
    let length = match call.arguments.get(1) {
        None => usize::MAX,
        Some(length) => match run.integer(Some(length), focus)? {
            None => usize::MAX,
            Some(length) => usize::try_from(length.max(0)).unwrap_or(usize::MAX),
        },
    };
    let Ok(start) = usize::try_from(start) else { return Ok(Items::None) };
    let mut rest = text.chars().skip(start).peekable();
    if rest.peek().is_none() {
        return Ok(Items::None);
    }
    Ok(Items::One(Item::Text(Cow::Owned(rest.take(length).collect()))))
}

fn join<'v>(run: &mut Evaluation<'_, 'v>, call: &'v Call, input: &Items<'v>, focus: Focus<'_, 'v>) -> Outcome<'v> {
    let separator = run.argument(call.arguments.first(), focus)?;
    let separator = single(&separator)?.and_then(Item::as_text).unwrap_or_default();
    let mut out = String::new();
    for (index, item) in input.iter().enumerate() {
        if index > 0 {
            out.push_str(&separator);
        }
        out.push_str(&convert::text(item).ok_or(EvalError::Type)?);
        run.budget.spend_text(out.len())?;
    }
    Ok(Items::One(Item::Text(Cow::Owned(out))))
}
