//! How long somebody has waited.
use karute_japan::Timestamp;

/// From here on a wait is shown as long (ux §4.1).
pub const WAIT_IS_LONG_MINUTES: i64 = 30;

/// Whole minutes from one instant to a later one; 0 when it is not later.
pub fn minutes_between(from: Timestamp, to: Timestamp) -> i64 {
    (to.as_micros() - from.as_micros()).max(0) / 60_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_whole_and_never_negative() {
        let t = |ms: i64| Timestamp::from_micros(0).plus_ms(ms);
        for (from, to, expected) in
            [(0, 0, 0), (0, 59_999, 0), (0, 60_000, 1), (0, 36 * 60_000 + 59_000, 36), (60_000, 0, 0)]
        {
            assert_eq!(minutes_between(t(from), t(to)), expected, "{from} to {to}");
        }
    }
}
