//! Exact amounts of drugs. A dose is never a floating point number: 0.1 mg three times is 0.3 mg.
use karute_json::{Number, Value};
use std::fmt;

/// Parts of one: five decimals, as the record of prescriptions has them (JAHIS `9(6).9(5)`).
const ONE: u64 = 100_000;
/// Largest amount: six digits before the point.
const MOST: u64 = 999_999 * ONE + (ONE - 1);

/// An amount, not negative, with at most six digits before and five after the point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(u64);

impl Amount {
    /// A whole number.
    pub const fn whole(number: u16) -> Amount {
        Amount(number as u64 * ONE)
    }

    /// Thousandths, as shorthand gives them.
    pub fn thousandths(number: u32) -> Amount {
        Amount((u64::from(number) * (ONE / 1_000)).min(MOST))
    }

    /// As typed: full width too, `半` for a half, `1/2`. `None` for anything else, and for what has more digits.
    pub fn parse(text: &str) -> Option<Amount> {
        let plain: String = text.trim().chars().map(half_width).filter(|c| *c != ',').collect();
        match plain.as_str() {
            "半" | "1/2" => Some(Amount(ONE / 2)),
            "1/3" | "2/3" => None,
            "1/4" => Some(Amount(ONE / 4)),
            other => Amount::digits(other),
        }
    }

    /// A number of the record; one with an exponent is none of ours.
    pub fn read(number: &Number<'_>) -> Option<Amount> {
        Amount::digits(number.as_str())
    }

    fn digits(text: &str) -> Option<Amount> {
        let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
        let rest = rest.trim_end_matches('0');
        let is_number = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || whole.len() > 6 || rest.len() > 5 || !is_number(whole) || !is_number(rest) {
            return None;
        }
        let whole: u64 = whole.parse().ok()?;
        let rest: u64 = format!("{rest:0<5}").parse().ok()?;
        Some(Amount(whole * ONE + rest))
    }

    /// Whether it is nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// So many times as much; `None` when that is more than can be written.
    pub fn times(self, times: u32) -> Option<Amount> {
        self.0.checked_mul(u64::from(times)).filter(|all| *all <= MOST).map(Amount)
    }

    /// An equal part; `None` when it does not divide exactly.
    pub fn part(self, parts: u32) -> Option<Amount> {
        let parts = u64::from(parts);
        (parts > 0 && self.0.is_multiple_of(parts)).then(|| Amount(self.0 / parts))
    }

    /// Both together.
    pub fn plus(self, other: Amount) -> Option<Amount> {
        self.0.checked_add(other.0).filter(|all| *all <= MOST).map(Amount)
    }

    /// The whole number, when it is one.
    pub fn as_whole(self) -> Option<u32> {
        self.0.is_multiple_of(ONE).then(|| u32::try_from(self.0 / ONE).ok()).flatten()
    }

    /// `self` × `factor` compared with `other` × `other_factor`, exactly.
    pub(crate) fn compare(self, factor: Amount, other: Amount, other_factor: Amount) -> std::cmp::Ordering {
        let product = |a: Amount, b: Amount| u128::from(a.0) * u128::from(b.0);
        product(self, factor).cmp(&product(other, other_factor))
    }

    /// As a JSON number.
    pub(crate) fn json(self) -> Value<'static> {
        Number::from_lexeme(&self.plain()).map_or(Value::Null, Value::Number)
    }

    /// Without separators: for fields and the record.
    pub fn plain(self) -> String {
        let (whole, rest) = (self.0 / ONE, self.0 % ONE);
        if rest == 0 {
            return whole.to_string();
        }
        format!("{whole}.{}", format!("{rest:05}").trim_end_matches('0'))
    }
}

impl fmt::Display for Amount {
    /// For people (SAFE-10): a leading zero, no trailing one, a comma from 1,000.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.plain();
        let (whole, rest) = plain.split_once('.').map_or((plain.as_str(), None), |(whole, rest)| (whole, Some(rest)));
        match whole.len().checked_sub(3).filter(|at| *at > 0).and_then(|at| whole.split_at_checked(at)) {
            Some((thousands, ones)) => write!(f, "{thousands},{ones}")?,
            None => f.write_str(whole)?,
        }
        rest.map_or(Ok(()), |rest| write!(f, ".{rest}"))
    }
}

/// Digits and signs of numbers in half width.
pub(crate) fn half_width(c: char) -> char {
    match c {
        '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '　' => ' ',
        other => other,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn safe_10_amounts_are_read_as_typed_and_shown_without_trailing_zeros() {
        for (typed, shown) in [
            ("1", Some("1")),
            ("0.5", Some("0.5")),
            ("0.50", Some("0.5")),
            ("２．５", Some("2.5")),
            ("半", Some("0.5")),
            ("1/4", Some("0.25")),
            ("1500", Some("1,500")),
            ("1,500", Some("1,500")),
            ("0.00001", Some("0.00001")),
            ("999999.99999", Some("999,999.99999")),
            ("0.000001", None),
            ("1000000", None),
            (".5", None),
            ("-1", None),
            ("1e3", None),
            ("", None),
            ("一", None),
        ] {
            assert_eq!(Amount::parse(typed).map(|a| a.to_string()).as_deref(), shown, "{typed}");
        }
    }

    #[test]
    fn sums_are_exact() {
        let tenth = Amount::parse("0.1").unwrap();
        assert_eq!(tenth.times(3).unwrap().plain(), "0.3");
        assert_eq!(tenth.plus(Amount::parse("0.2").unwrap()).unwrap(), Amount::parse("0.3").unwrap());
        assert_eq!(Amount::whole(1).part(3), None);
        assert_eq!(Amount::parse("7.5").unwrap().part(3).unwrap().plain(), "2.5");
        assert_eq!(Amount::whole(999).times(9_999), None);
        assert_eq!(Amount::thousandths(2_500).plain(), "2.5");
    }
}
