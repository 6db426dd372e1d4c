//! Conversions (FHIRPath N1 §5.5).
use super::ast::Function;
use super::eval::{EvalError, single};
use super::item::{Item, Items};
use super::number::Number;
use super::operators::number;
use rust_decimal::Decimal;
use std::borrow::Cow;

/// `toX()` and `convertsToX()`.
pub(super) fn call<'v>(function: Function, input: &Items<'v>) -> Result<Items<'v>, EvalError> {
    use Function as F;
    let Some(item) = single(input)? else { return Ok(Items::None) };
    let converted = match function {
        F::ToBoolean | F::ConvertsToBoolean => boolean(item).map(Item::Bool),
        F::ToInteger | F::ConvertsToInteger => integer(item).map(Item::Integer),
        F::ToDecimal | F::ConvertsToDecimal => decimal(item).map(Item::Decimal),
        _ => text(item).map(Item::Text),
    };
    let asks =
        matches!(function, F::ConvertsToBoolean | F::ConvertsToInteger | F::ConvertsToDecimal | F::ConvertsToString);
    Ok(if asks { converted.is_some().into() } else { converted.into() })
}

fn boolean(item: &Item<'_>) -> Option<bool> {
    if let Some(value) = item.as_bool() {
        return Some(value);
    }
    if let Some(number) = number(item) {
        let decimal = number.decimal()?;
        return if decimal == Decimal::ONE { Some(true) } else { decimal.is_zero().then_some(false) };
    }
    match item.as_text()?.to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "1" | "1.0" => Some(true),
        "false" | "f" | "no" | "n" | "0" | "0.0" => Some(false),
        _ => None,
    }
}

fn integer(item: &Item<'_>) -> Option<i64> {
    if let Some(value) = item.as_bool() {
        return Some(i64::from(value));
    }
    if let Some(value) = item.as_integer() {
        return Some(value);
    }
    item.as_text()?.parse().ok()
}

fn decimal(item: &Item<'_>) -> Option<Decimal> {
    if let Some(value) = item.as_bool() {
        return Some(Decimal::from(i64::from(value)));
    }
    if let Some(number) = number(item) {
        return number.decimal();
    }
    Number::of_lexeme(&item.as_text()?)?.decimal()
}

/// The text of a primitive, as it was written.
pub(super) fn text<'v>(item: &Item<'v>) -> Option<Cow<'v, str>> {
    match item {
        Item::Bool(value) => Some(Cow::Borrowed(if *value { "true" } else { "false" })),
        Item::Integer(value) => Some(Cow::Owned(value.to_string())),
        Item::Decimal(value) => Some(Cow::Owned(value.to_string())),
        Item::Text(text) => Some(text.clone()),
        Item::Temporal(temporal) => Some(Cow::Borrowed(temporal.1)),
        Item::Quantity(quantity) => Some(Cow::Owned(format!("{} '{}'", quantity.0.value, quantity.0.unit))),
        Item::Resource(_) => None,
        Item::Node(node) => match node.primitive()? {
            karute_json::Value::Bool(value) => Some(Cow::Borrowed(if *value { "true" } else { "false" })),
            karute_json::Value::Number(number) => Some(Cow::Borrowed(number.as_str())),
            value => value.as_str(),
        },
    }
}
