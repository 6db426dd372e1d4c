//! Numbers of expressions: exact as long as they have at most 28 digits.
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::cmp::Ordering;

/// A number.
#[derive(Clone, Copy, Debug)]
pub(super) enum Number {
    Integer(i64),
    Decimal(Decimal),
    /// What a decimal cannot hold; compared as the nearest binary number.
    Float(f64),
}

impl Number {
    /// From a JSON lexeme.
    pub(super) fn of_lexeme(lexeme: &str) -> Option<Number> {
        if let Ok(integer) = lexeme.parse() {
            return Some(Number::Integer(integer));
        }
        let exact = Decimal::from_str_exact(lexeme).or_else(|_| Decimal::from_scientific(lexeme));
        match exact {
            Ok(decimal) => Some(Number::Decimal(decimal)),
            Err(_) => lexeme.parse().ok().filter(|float: &f64| !float.is_nan()).map(Number::Float),
        }
    }

    /// As a decimal, when it is exact.
    pub(super) fn decimal(self) -> Option<Decimal> {
        match self {
            Number::Integer(value) => Some(Decimal::from(value)),
            Number::Decimal(value) => Some(value),
            Number::Float(_) => None,
        }
    }

    /// As the nearest binary number.
    pub(super) fn float(self) -> f64 {
        match self {
            Number::Integer(value) => value as f64,
            Number::Decimal(value) => value.to_f64().unwrap_or(f64::NAN),
            Number::Float(value) => value,
        }
    }

    /// Digits after the point.
    pub(super) fn scale(self) -> u32 {
        match self {
            Number::Decimal(value) => value.scale(),
            _ => 0,
        }
    }

    /// Smaller, larger or the same.
    pub(super) fn compare(self, other: Number) -> Option<Ordering> {
        match (self, other) {
            (Number::Integer(a), Number::Integer(b)) => Some(a.cmp(&b)),
            _ => match (self.decimal(), other.decimal()) {
                (Some(a), Some(b)) => Some(a.cmp(&b)),
                _ => self.float().partial_cmp(&other.float()),
            },
        }
    }
}
