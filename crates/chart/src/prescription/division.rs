//! 分割指示: how the days of a prescription are divided.

/// Days in so many parts, as equal as they can be; what is left over goes to the first ones. Empty when there are fewer
/// days than parts: then the whole is given with the first.
pub fn divided(days: u16, parts: u8) -> Vec<u16> {
    let parts = u16::from(parts);
    if parts == 0 || days < parts {
        return Vec::new();
    }
    (0..parts).map(|n| days / parts + u16::from(n < days % parts)).collect()
}

#[cfg(test)]
mod tests {
    use super::divided;

    #[test]
    fn days_are_divided_without_losing_one() {
        assert_eq!(divided(28, 2), [14, 14]);
        assert_eq!(divided(40, 3), [14, 13, 13]);
        assert_eq!(divided(3, 3), [1, 1, 1]);
        for (days, parts) in [(2, 3), (0, 2), (5, 0)] {
            assert!(divided(days, parts).is_empty(), "{days} {parts}");
        }
    }
}
