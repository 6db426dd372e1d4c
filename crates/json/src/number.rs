//! Number lexemes.
use crate::Limits;
use std::borrow::Cow;

/// A JSON number exactly as it was written. Equality compares the lexemes; see [`Number::same_value`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number<'a>(pub(crate) Cow<'a, str>);

impl Number<'_> {
    /// The lexeme, for example `1.00E-2`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// The value when it is an integer written without fraction or exponent and fits.
    pub fn as_i64(&self) -> Option<i64> {
        self.0.parse().ok()
    }
    /// From an integer.
    pub fn from_i64(value: i64) -> Number<'static> {
        Number(Cow::Owned(value.to_string()))
    }
    /// From a decimal lexeme; `None` when `lexeme` is not a JSON number within [`Limits::FHIR`].
    pub fn from_lexeme(lexeme: &str) -> Option<Number<'static>> {
        let scan = scan(lexeme.as_bytes());
        let fits = scan.complete
            && scan.length == lexeme.len()
            && scan.length <= Limits::FHIR.max_number_bytes
            && scan.exponent <= u64::from(Limits::FHIR.max_exponent);
        fits.then(|| Number(Cow::Owned(lexeme.to_owned())))
    }
    /// Whether both are the same number, exactly and whatever the spelling: `1.0`, `1` and `10e-1` are.
    pub fn same_value(&self, other: &Number<'_>) -> bool {
        self.0 == other.0 || Magnitude::of(&self.0) == Magnitude::of(&other.0)
    }
    /// Detached from the text it was parsed from.
    pub fn into_owned(self) -> Number<'static> {
        Number(Cow::Owned(self.0.into_owned()))
    }
}

/// What [`scan`] found.
pub(crate) struct Scan {
    /// Bytes that belong to the number, as far as it goes.
    pub(crate) length: usize,
    /// Whether these bytes are a whole number by the grammar.
    pub(crate) complete: bool,
    /// Absolute exponent, saturated; 0 without exponent.
    pub(crate) exponent: u64,
}

/// Reads a number by the grammar of RFC 8259 section 6 from the start of `bytes`.
#[inline]
pub(crate) fn scan(bytes: &[u8]) -> Scan {
    let digits = |from: usize| bytes.get(from..).unwrap_or_default().iter().take_while(|b| b.is_ascii_digit()).count();
    let broken = |length| Scan { length, complete: false, exponent: 0 };
    let mut at = usize::from(bytes.first() == Some(&b'-'));
    match bytes.get(at) {
        // A leading zero stands alone.
        Some(b'0') => {
            at += 1;
            if bytes.get(at).is_some_and(u8::is_ascii_digit) {
                return broken(at);
            }
        }
        Some(b'1'..=b'9') => at += digits(at),
        _ => return broken(at),
    }
    if bytes.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        at += 1 + fraction;
        if fraction == 0 {
            return broken(at);
        }
    }
    let mut exponent = 0u64;
    if let Some(b'e' | b'E') = bytes.get(at) {
        at += 1;
        at += usize::from(matches!(bytes.get(at), Some(b'+' | b'-')));
        let length = digits(at);
        for digit in bytes.get(at..at + length).unwrap_or_default() {
            exponent = exponent.saturating_mul(10).saturating_add(u64::from(digit - b'0'));
        }
        at += length;
        if length == 0 {
            return broken(at);
        }
    }
    Scan { length: at, complete: true, exponent }
}

/// The value of a number without its spelling: sign, digits without outer zeros, power of ten of the last digit.
/// Exponents are never expanded.
#[derive(PartialEq, Eq)]
struct Magnitude {
    negative: bool,
    digits: String,
    power: i128,
}

impl Magnitude {
    fn of(lexeme: &str) -> Magnitude {
        let (negative, rest) = match lexeme.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, lexeme),
        };
        let (mantissa, exponent) = rest.split_once(['e', 'E']).unwrap_or((rest, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all: String = [whole, fraction].concat();
        let kept = all.trim_end_matches('0');
        let digits = kept.trim_start_matches('0').to_owned();
        if digits.is_empty() {
            return Magnitude { negative: false, digits, power: 0 };
        }
        // Exponents are bounded when a number is read, so this fits; a longer one cannot be constructed.
        let exponent: i128 = exponent.strip_prefix('+').unwrap_or(exponent).parse().unwrap_or(i128::MAX >> 1);
        let power = exponent - fraction.len() as i128 + (all.len() - kept.len()) as i128;
        Magnitude { negative, digits, power }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) -> bool {
        Number::from_lexeme(a).unwrap().same_value(&Number::from_lexeme(b).unwrap())
    }

    #[test]
    fn numbers_are_compared_by_value_and_not_by_spelling() {
        for (a, b) in [
            ("1", "1.0"),
            ("1", "10e-1"),
            ("100", "1E2"),
            ("0.010", "1.0e-2"),
            ("-0", "0.000"),
            ("0e400", "0"),
            ("72.50", "72.5"),
            ("1e+5", "100000"),
        ] {
            assert!(same(a, b), "{a} and {b}");
        }
        for (a, b) in [("1", "-1"), ("1", "10"), ("0.1", "0.01"), ("1e400", "1e399"), ("12", "21"), ("1e400", "0")] {
            assert!(!same(a, b), "{a} and {b}");
        }
    }

    #[test]
    fn only_whole_numbers_within_bounds_are_taken_from_lexemes() {
        for good in ["0", "-0", "10", "0.5", "1e5", "1E+5", "1e-400", "-12.50"] {
            assert_eq!(Number::from_lexeme(good).unwrap().as_str(), good);
        }
        let long = "1".repeat(65);
        for bad in ["", "-", "01", "+1", "1.", ".5", "1e", "1e+", "1e401", "1 ", "NaN", "Infinity", "0x1", "１", &long]
        {
            assert!(Number::from_lexeme(bad).is_none(), "{bad}");
        }
    }
}
