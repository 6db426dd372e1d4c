//! Equality, equivalence and order of items (FHIRPath N1 §6.1, §6.2).
use super::eval::{Budget, EvalError};
use super::item::{Item, Items};
use super::number::Number;
use super::temporal::Temporal;
use karute_json::Value;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};

/// An item as something that can be compared.
pub(super) enum Scalar<'v> {
    Bool(bool),
    Number(Number),
    Text(Cow<'v, str>),
    /// Text of unknown type that reads as a date.
    Temporal(Temporal),
    Quantity(Number, Cow<'v, str>),
    Tree(&'v Value<'v>),
    /// Has no value: a primitive with extensions only, an unresolved resource.
    Nothing,
}

impl<'v> Scalar<'v> {
    pub(super) fn of(item: &Item<'v>) -> Scalar<'v> {
        match item {
            Item::Bool(value) => Scalar::Bool(*value),
            Item::Integer(value) => Scalar::Number(Number::Integer(*value)),
            Item::Decimal(value) => Scalar::Number(Number::Decimal(*value)),
            Item::Text(text) => Scalar::Text(text.clone()),
            Item::Temporal(temporal) => Scalar::Temporal(temporal.0),
            Item::Quantity(quantity) => {
                Scalar::Quantity(Number::Decimal(quantity.0.value), Cow::Borrowed(&quantity.0.unit))
            }
            Item::Resource(_) => Scalar::Nothing,
            Item::Node(node) => match node.value {
                None | Some(Value::Null) => Scalar::Nothing,
                Some(Value::Bool(value)) => Scalar::Bool(*value),
                Some(Value::Number(number)) => {
                    Number::of_lexeme(number.as_str()).map_or(Scalar::Nothing, Scalar::Number)
                }
                Some(Value::String(text)) => {
                    let text = text.decode();
                    let temporal = match node.kind() {
                        Some("date" | "dateTime" | "instant") => Temporal::date(&text),
                        Some("time") => Temporal::time(&text),
                        _ => None,
                    };
                    temporal.map_or(Scalar::Text(text), Scalar::Temporal)
                }
                Some(tree) if node.is_a("Quantity") => quantity(tree).unwrap_or(Scalar::Tree(tree)),
                Some(tree) => Scalar::Tree(tree),
            },
        }
    }
}

/// A FHIR Quantity with its coded unit, or else the printed one.
fn quantity<'v>(tree: &'v Value<'v>) -> Option<Scalar<'v>> {
    let value = Number::of_lexeme(tree.get("value")?.as_number()?.as_str())?;
    let unit = tree.get("code").or_else(|| tree.get("unit")).and_then(Value::as_str).unwrap_or_default();
    Some(Scalar::Quantity(value, unit))
}

/// Whether two items are equal; `None` when it cannot be known.
pub(super) fn equal(a: &Item<'_>, b: &Item<'_>, budget: &mut Budget) -> Result<Option<bool>, EvalError> {
    budget.spend(1)?;
    Ok(match (Scalar::of(a), Scalar::of(b)) {
        (Scalar::Bool(a), Scalar::Bool(b)) => Some(a == b),
        (Scalar::Number(a), Scalar::Number(b)) => Some(a.compare(b) == Some(Ordering::Equal)),
        (Scalar::Text(a), Scalar::Text(b)) => Some(a == b),
        (Scalar::Temporal(a), Scalar::Temporal(b)) => a.compare(b).map(|order| order == Ordering::Equal),
        (Scalar::Temporal(a), Scalar::Text(b)) | (Scalar::Text(b), Scalar::Temporal(a)) => match a.like(&b) {
            Some(b) => a.compare(b).map(|order| order == Ordering::Equal),
            None => Some(false),
        },
        (Scalar::Quantity(a, unit), Scalar::Quantity(b, other)) => {
            if same_unit(&unit, &other) {
                Some(a.compare(b) == Some(Ordering::Equal))
            } else {
                None
            }
        }
        (Scalar::Tree(a), Scalar::Tree(b)) => Some(same_tree(a, b, budget)?),
        (Scalar::Nothing, _) | (_, Scalar::Nothing) => None,
        _ => Some(false),
    })
}

/// Whether two collections are equal, in order; `None` when one is empty or it cannot be known.
pub(super) fn all_equal(a: &Items<'_>, b: &Items<'_>, budget: &mut Budget) -> Result<Option<bool>, EvalError> {
    if a.is_empty() || b.is_empty() {
        return Ok(None);
    }
    if a.len() != b.len() {
        return Ok(Some(false));
    }
    let mut known = true;
    for (a, b) in a.iter().zip(b.iter()) {
        match equal(a, b, budget)? {
            Some(false) => return Ok(Some(false)),
            Some(true) => {}
            None => known = false,
        }
    }
    Ok(known.then_some(true))
}

/// Whether two collections are equivalent: any order, text without regard to case and spaces, numbers as far as both
/// are given.
pub(super) fn all_equivalent(a: &Items<'_>, b: &Items<'_>, budget: &mut Budget) -> Result<bool, EvalError> {
    if a.len() != b.len() {
        return Ok(false);
    }
    let mut rest: Vec<&Item<'_>> = b.iter().collect();
    for a in a.iter() {
        let mut found = None;
        for (index, b) in rest.iter().enumerate() {
            if equivalent(a, b, budget)? {
                found = Some(index);
                break;
            }
        }
        match found {
            Some(index) => {
                rest.swap_remove(index);
            }
            None => return Ok(false),
        }
    }
    Ok(true)
}

fn equivalent(a: &Item<'_>, b: &Item<'_>, budget: &mut Budget) -> Result<bool, EvalError> {
    match (Scalar::of(a), Scalar::of(b)) {
        (Scalar::Text(a), Scalar::Text(b)) => {
            budget.spend_text(a.len() + b.len())?;
            let folded = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
            Ok(folded(&a) == folded(&b))
        }
        (Scalar::Number(a), Scalar::Number(b)) => {
            budget.spend(1)?;
            let scale = a.scale().min(b.scale());
            Ok(match (a.decimal(), b.decimal()) {
                (Some(a), Some(b)) => a.round_dp(scale) == b.round_dp(scale),
                _ => a.compare(b) == Some(Ordering::Equal),
            })
        }
        _ => Ok(equal(a, b, budget)? == Some(true)),
    }
}

/// Smaller, larger or the same; `None` when it cannot be known.
pub(super) fn order(a: &Item<'_>, b: &Item<'_>) -> Result<Option<Ordering>, EvalError> {
    Ok(match (Scalar::of(a), Scalar::of(b)) {
        (Scalar::Number(a), Scalar::Number(b)) => a.compare(b),
        (Scalar::Text(a), Scalar::Text(b)) => Some((*a).cmp(&*b)),
        (Scalar::Temporal(a), Scalar::Temporal(b)) => a.compare(b),
        (Scalar::Temporal(a), Scalar::Text(b)) => a.like(&b).and_then(|b| a.compare(b)),
        (Scalar::Text(a), Scalar::Temporal(b)) => b.like(&a).and_then(|a| a.compare(b)),
        (Scalar::Quantity(a, unit), Scalar::Quantity(b, other)) => {
            if same_unit(&unit, &other) {
                a.compare(b)
            } else {
                None
            }
        }
        (Scalar::Nothing, _) | (_, Scalar::Nothing) => None,
        _ => return Err(EvalError::Type),
    })
}

/// Calendar words are the definite durations of UCUM (FHIRPath N1 §4.1.8, as far as they are the same length).
fn same_unit(a: &str, b: &str) -> bool {
    let ucum = |unit: &str| match unit {
        "week" => Some("wk"),
        "day" => Some("d"),
        "hour" => Some("h"),
        "minute" => Some("min"),
        "second" => Some("s"),
        "millisecond" => Some("ms"),
        _ => None,
    };
    a == b || ucum(a) == Some(b) || ucum(b) == Some(a)
}

/// Whether two trees mean the same, charged by their size.
fn same_tree(a: &Value<'_>, b: &Value<'_>, budget: &mut Budget) -> Result<bool, EvalError> {
    budget.spend(1)?;
    Ok(match (a, b) {
        (Value::Array(a), Value::Array(b)) => {
            if a.len() != b.len() {
                return Ok(false);
            }
            for (a, b) in a.iter().zip(b) {
                if !same_tree(a, b, budget)? {
                    return Ok(false);
                }
            }
            true
        }
        (Value::Object(a), Value::Object(b)) => {
            if a.len() != b.len() {
                return Ok(false);
            }
            for (position, ((key, value), (other_key, other))) in a.iter().zip(b.iter()).enumerate() {
                let found = if key == other_key {
                    Some(other)
                } else {
                    budget.spend(position as u64 + b.len() as u64)?;
                    b.get(&key.decode())
                };
                let Some(found) = found else { return Ok(false) };
                if !same_tree(value, found, budget)? {
                    return Ok(false);
                }
            }
            true
        }
        _ => a.same_value(b),
    })
}

/// A set of items under equality.
pub(super) struct Seen {
    hasher: RandomState,
    buckets: HashMap<u64, Vec<usize>>,
}

impl Seen {
    pub(super) fn new() -> Seen {
        Seen { hasher: RandomState::new(), buckets: HashMap::new() }
    }

    /// Adds what is not in `items` yet; whether it was added. `items` must be changed through this alone.
    pub(super) fn add<'v>(
        &mut self,
        item: Item<'v>,
        items: &mut Items<'v>,
        budget: &mut Budget,
    ) -> Result<bool, EvalError> {
        if self.find(&item, items, budget)? {
            return Ok(false);
        }
        let hash = self.hash(&item, budget)?;
        self.buckets.entry(hash).or_default().push(items.len());
        items.push(item);
        Ok(true)
    }

    /// Whether an equal item is in `items`.
    pub(super) fn find(&self, item: &Item<'_>, items: &Items<'_>, budget: &mut Budget) -> Result<bool, EvalError> {
        let hash = self.hash(item, budget)?;
        for index in self.buckets.get(&hash).map(Vec::as_slice).unwrap_or_default() {
            if let Some(present) = items.as_slice().get(*index)
                && equal(present, item, budget)? == Some(true)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn hash(&self, item: &Item<'_>, budget: &mut Budget) -> Result<u64, EvalError> {
        budget.spend(1)?;
        let mut hasher = self.hasher.build_hasher();
        match Scalar::of(item) {
            Scalar::Bool(value) => value.hash(&mut hasher),
            Scalar::Number(number) | Scalar::Quantity(number, _) => hash_float(number.float(), &mut hasher),
            Scalar::Text(text) => text.hash(&mut hasher),
            Scalar::Temporal(temporal) => temporal.start().hash(&mut hasher),
            Scalar::Tree(tree) => self.hash_tree(tree, budget)?.hash(&mut hasher),
            Scalar::Nothing => {}
        }
        Ok(hasher.finish())
    }

    /// The same for trees that mean the same, whatever the order of members.
    fn hash_tree(&self, tree: &Value<'_>, budget: &mut Budget) -> Result<u64, EvalError> {
        budget.spend(1)?;
        let mut hasher = self.hasher.build_hasher();
        match tree {
            Value::Null => {}
            Value::Bool(value) => value.hash(&mut hasher),
            Value::Number(number) => hash_float(number.as_str().parse().unwrap_or_default(), &mut hasher),
            Value::String(text) => text.decode().hash(&mut hasher),
            Value::Array(items) => {
                for item in items {
                    self.hash_tree(item, budget)?.hash(&mut hasher);
                }
            }
            Value::Object(object) => {
                let mut sum = 0_u64;
                for (key, value) in object.iter() {
                    let mut member = self.hasher.build_hasher();
                    key.decode().hash(&mut member);
                    self.hash_tree(value, budget)?.hash(&mut member);
                    sum = sum.wrapping_add(member.finish());
                }
                sum.hash(&mut hasher);
            }
        }
        Ok(hasher.finish())
    }
}

/// Both zeros are one number.
fn hash_float(value: f64, hasher: &mut impl Hasher) {
    (if value == 0.0 { 0.0 } else { value }).to_bits().hash(hasher);
}
