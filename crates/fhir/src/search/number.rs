//! Decimal numbers of searches and resources, with the interval their precision implies.
use super::Prefix;

/// Longest number text.
const MAX_LEN: usize = 64;
/// Largest absolute exponent.
const MAX_EXPONENT: i32 = 400;

/// A search number: its value and the half-open interval `lo .. hi` that it means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bounds {
    /// The value as written.
    pub(super) value: f64,
    /// Inclusive.
    pub(super) lo: f64,
    /// Exclusive.
    pub(super) hi: f64,
}

/// A decimal as `±digits × 10^exponent`. All arithmetic is done on the digits, so that bounds are exact before they
/// become the nearest binary numbers.
struct Decimal {
    negative: bool,
    digits: String,
    exponent: i32,
}

/// The value of a number lexeme of a resource; `None` when it is too large for a binary number.
pub(super) fn value(lexeme: &str) -> Option<f64> {
    lexeme.parse::<f64>().ok().filter(|value| value.is_finite())
}

/// Reads a search number: `100` means 99.5 up to 100.5, `5.40` means 5.395 up to 5.405, `1e2` means 95 up to 105 (all
/// three as R4 search §3.1.1.4.10 prints them). For the prefix `ap` the interval is a tenth of the value to each side.
pub(super) fn bounds(text: &str, prefix: Prefix) -> Option<Bounds> {
    let mut decimal = Decimal::parse(text)?;
    if text.contains(['e', 'E']) && !text.contains('.') {
        // R4 reads a mantissa without fraction one digit finer than a plain number.
        decimal.digits.push('0');
        decimal.exponent -= 1;
    }
    let value = decimal.to_f64(&decimal.digits, decimal.exponent)?;
    let (near, far) = if prefix == Prefix::Ap {
        let tenths = |factor| decimal.to_f64(&multiplied(&decimal.digits, factor), decimal.exponent - 1);
        (tenths(9)?, tenths(11)?)
    } else {
        let half = |digits: String| decimal.to_f64(&format!("{digits}5"), decimal.exponent - 1);
        let near = match decremented(&decimal.digits) {
            Some(digits) => half(digits)?,
            None => -half("0".into())?,
        };
        (near, half(decimal.digits.clone())?)
    };
    Some(if decimal.negative { Bounds { value, lo: far, hi: near } } else { Bounds { value, lo: near, hi: far } })
}

impl Decimal {
    fn parse(text: &str) -> Option<Decimal> {
        if text.len() > MAX_LEN {
            return None;
        }
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
            Some(at) => (unsigned.get(..at)?, unsigned.get(at + 1..)?),
            None => (unsigned, "0"),
        };
        let exponent: i32 = exponent.parse().ok().filter(|e: &i32| e.abs() <= MAX_EXPONENT)?;
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
            Some(_) => return None,
            None => (mantissa, ""),
        };
        let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        let exponent = exponent - i32::try_from(fraction.len()).ok()?;
        Some(Decimal { negative, digits: format!("{whole}{fraction}"), exponent })
    }

    fn to_f64(&self, digits: &str, exponent: i32) -> Option<f64> {
        let sign = if self.negative { "-" } else { "" };
        value(&format!("{sign}{digits}e{exponent}"))
    }
}

/// One less; `None` below zero.
fn decremented(digits: &str) -> Option<String> {
    let mut out: Vec<u8> = digits.bytes().collect();
    for digit in out.iter_mut().rev() {
        if *digit > b'0' {
            *digit -= 1;
            return String::from_utf8(out).ok();
        }
        *digit = b'9';
    }
    None
}

fn multiplied(digits: &str, factor: u32) -> String {
    let mut carry = 0;
    let mut out = Vec::with_capacity(digits.len() + 2);
    for digit in digits.bytes().rev() {
        let product = u32::from(digit - b'0') * factor + carry;
        out.push(char::from_digit(product % 10, 10).unwrap_or('0'));
        carry = product / 10;
    }
    out.extend(carry.to_string().chars().rev());
    out.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_number_means_what_its_precision_says() {
        for (text, value, lo, hi) in [
            ("100", 100.0, 99.5, 100.5),
            ("100.00", 100.0, 99.995, 100.005),
            ("5.4", 5.4, 5.35, 5.45),
            ("5.40", 5.4, 5.395, 5.405),
            ("5.40e-3", 0.0054, 0.005_395, 0.005_405),
            ("1e2", 100.0, 95.0, 105.0),
            ("-2", -2.0, -2.5, -1.5),
            ("+7", 7.0, 6.5, 7.5),
            ("0", 0.0, -0.5, 0.5),
            ("0.0", 0.0, -0.05, 0.05),
            ("0.1", 0.1, 0.05, 0.15),
            ("1.00E-2", 0.01, 0.009_95, 0.010_05),
            ("10", 10.0, 9.5, 10.5),
        ] {
            assert_eq!(bounds(text, Prefix::Eq), Some(Bounds { value, lo, hi }), "{text}");
        }
    }

    #[test]
    fn approximately_is_a_tenth_to_each_side() {
        for (text, value, lo, hi) in
            [("100", 100.0, 90.0, 110.0), ("5.4", 5.4, 4.86, 5.94), ("-5.4", -5.4, -5.94, -4.86), ("0", 0.0, 0.0, 0.0)]
        {
            assert_eq!(bounds(text, Prefix::Ap), Some(Bounds { value, lo, hi }), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            "-",
            "a",
            "1.",
            ".5",
            "1e",
            "e5",
            "1e999",
            "1e401",
            "0x10",
            "inf",
            "NaN",
            "1 ",
            "１",
            "--1",
            "1e9999999999",
        ] {
            assert_eq!(bounds(text, Prefix::Eq), None, "{text}");
        }
        assert_eq!(bounds(&"9".repeat(65), Prefix::Eq), None);
        assert!(bounds("1e400", Prefix::Eq).is_none());
        assert!(bounds("1e-400", Prefix::Eq).is_some());
    }
}
