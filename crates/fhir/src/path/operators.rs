//! Membership, order and arithmetic.
use super::ast::Operator;
use super::compare;
use super::eval::{Budget, EvalError, single};
use super::item::{Item, Items};
use super::number::Number;
use karute_json::Value;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::borrow::Cow;
use std::cmp::Ordering;

type Outcome<'v> = Result<Items<'v>, EvalError>;

/// `items contains item`
pub(super) fn contains<'v>(items: &Items<'v>, item: &Items<'v>, budget: &mut Budget) -> Outcome<'v> {
    let Some(wanted) = single(item)? else { return Ok(Items::None) };
    for item in items.iter() {
        if compare::equal(item, wanted, budget)? == Some(true) {
            return Ok(true.into());
        }
    }
    Ok(false.into())
}

/// `<`, `>`, `<=`, `>=`
pub(super) fn ordered<'v>(operator: Operator, left: &Items<'v>, right: &Items<'v>) -> Outcome<'v> {
    let (Some(left), Some(right)) = (single(left)?, single(right)?) else { return Ok(Items::None) };
    let holds = |order: Ordering| match operator {
        Operator::Greater => order == Ordering::Greater,
        Operator::Less => order == Ordering::Less,
        Operator::GreaterOrEqual => order != Ordering::Less,
        _ => order != Ordering::Greater,
    };
    Ok(compare::order(left, right)?.map(|order| Item::Bool(holds(order))).into())
}

/// The number that an item is.
pub(super) fn number(item: &Item<'_>) -> Option<Number> {
    match item {
        Item::Integer(value) => Some(Number::Integer(*value)),
        Item::Decimal(value) => Some(Number::Decimal(*value)),
        Item::Node(node) => Number::of_lexeme(node.value.and_then(Value::as_number)?.as_str()),
        _ => None,
    }
}

/// `-operand`
pub(super) fn negate<'v>(operand: &Items<'v>) -> Outcome<'v> {
    let Some(operand) = single(operand)? else { return Ok(Items::None) };
    Ok(match number(operand).ok_or(EvalError::Type)? {
        Number::Integer(value) => value.checked_neg().map(Item::Integer).into(),
        Number::Decimal(value) => Items::One(Item::Decimal(-value)),
        Number::Float(_) => Items::None,
    })
}

/// `+ - * / div mod &`; what overflows or divides by zero is empty.
pub(super) fn arithmetic<'v>(
    operator: Operator,
    left: &Items<'v>,
    right: &Items<'v>,
    budget: &mut Budget,
) -> Outcome<'v> {
    let (left, right) = (single(left)?, single(right)?);
    if operator == Operator::Concatenate {
        let text = |item: Option<&Item<'v>>| match item {
            None => Ok(Cow::Borrowed("")),
            Some(item) => item.as_text().ok_or(EvalError::Type),
        };
        return Ok(Items::One(joined(&text(left)?, &text(right)?, budget)?));
    }
    let (Some(left), Some(right)) = (left, right) else { return Ok(Items::None) };
    if operator == Operator::Add
        && let (Some(left), Some(right)) = (left.as_text(), right.as_text())
    {
        return Ok(Items::One(joined(&left, &right, budget)?));
    }
    let (a, b) = (number(left).ok_or(EvalError::Type)?, number(right).ok_or(EvalError::Type)?);
    if let (Number::Integer(a), Number::Integer(b)) = (a, b) {
        let integer = match operator {
            Operator::Add => a.checked_add(b),
            Operator::Subtract => a.checked_sub(b),
            Operator::Multiply => a.checked_mul(b),
            Operator::Div => a.checked_div(b),
            Operator::Mod => a.checked_rem(b),
            _ => {
                return Ok(Decimal::from(a).checked_div(Decimal::from(b)).map(|q| Item::Decimal(q.normalize())).into());
            }
        };
        return Ok(integer.map(Item::Integer).into());
    }
    let (Some(a), Some(b)) = (a.decimal(), b.decimal()) else { return Ok(Items::None) };
    let decimal = match operator {
        Operator::Add => a.checked_add(b),
        Operator::Subtract => a.checked_sub(b),
        Operator::Multiply => a.checked_mul(b),
        Operator::Mod => a.checked_rem(b),
        Operator::Div => {
            return Ok(a.checked_div(b).and_then(|q| q.trunc().to_i64()).map(Item::Integer).into());
        }
        _ => a.checked_div(b).map(|q| q.normalize()),
    };
    Ok(decimal.map(Item::Decimal).into())
}

fn joined<'v>(left: &str, right: &str, budget: &mut Budget) -> Result<Item<'v>, EvalError> {
    budget.spend_text(left.len() + right.len())?;
    Ok(Item::Text(Cow::Owned(format!("{left}{right}"))))
}
