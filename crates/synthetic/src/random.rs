//! Chance that is the same for the same seed, wherever and in whatever order it is asked.

/// A stream of random numbers (SplitMix64). Streams of different names and numbers are independent, so that a
/// patient's life does not change when another patient is added.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The stream of a name (for example `person`) and a number under a seed.
    pub(crate) fn stream(seed: u64, name: &str, number: u64) -> Random {
        let mut state = seed ^ 0x6B61_7275_7465_0001;
        for byte in name.bytes() {
            state = mix(state ^ u64::from(byte));
        }
        Random(mix(state ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
    }
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }
    /// From 0 up to but not including 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
    /// A whole number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = (high - low).max(0).cast_unsigned() + 1;
        low + (self.next() % width).cast_signed()
    }
    /// True in `share` of all cases (0 to 1).
    pub(crate) fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }
    /// Normally distributed (twelve uniform numbers summed: no tails beyond six deviations, which suits measurements).
    pub(crate) fn normal(&mut self, mean: f64, deviation: f64) -> f64 {
        let sum: f64 = (0..12).map(|_| self.unit()).sum();
        mean + (sum - 6.0) * deviation
    }
    /// Lognormal with the given median; `spread` is the deviation of the logarithm.
    pub(crate) fn lognormal(&mut self, median: f64, spread: f64) -> f64 {
        median * self.normal(0.0, spread).exp()
    }
    /// One of `items`.
    pub(crate) fn pick<'t, T>(&mut self, items: &'t [T]) -> &'t T {
        let index = (self.next() % items.len().max(1) as u64) as usize;
        // Tables are constants with at least one row; the first stands in should one ever be emptied.
        items.get(index).unwrap_or_else(|| unreachable!("tables have rows"))
    }
    /// One of `items` by weight; `None` when all weights are zero.
    pub(crate) fn weighted<'t, T>(&mut self, items: &'t [T], weight: impl Fn(&T) -> f64) -> Option<&'t T> {
        let total: f64 = items.iter().map(|item| weight(item).max(0.0)).sum();
        let mut left = self.unit() * total;
        items.iter().find(|item| {
            let own = weight(item).max(0.0);
            left -= own;
            own > 0.0 && left < 0.0
        })
    }
}

fn mix(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_the_same_again_and_different_from_others() {
        let draw = |seed, name, number| -> Vec<u64> {
            let mut random = Random::stream(seed, name, number);
            (0..4).map(|_| random.next()).collect()
        };
        assert_eq!(draw(1, "person", 5), draw(1, "person", 5));
        for other in [draw(2, "person", 5), draw(1, "visits", 5), draw(1, "person", 6)] {
            assert_ne!(draw(1, "person", 5), other);
        }
    }

    #[test]
    fn draws_stay_in_their_bounds_and_follow_their_weights() {
        let mut random = Random::stream(1, "test", 0);
        let mut counts = [0u32; 3];
        for _ in 0..30_000 {
            let unit = random.unit();
            assert!((0.0..1.0).contains(&unit));
            assert!((3..=5).contains(&random.between(3, 5)));
            let rows = [(0usize, 1.0), (1, 0.0), (2, 3.0)];
            let (index, _) = random.weighted(&rows, |row| row.1).copied().unwrap_or_default();
            counts[index] += 1;
        }
        assert_eq!(counts[1], 0);
        assert!((20_000..25_000).contains(&counts[2]), "{counts:?}");
        assert!(random.weighted(&[1, 2], |_| 0.0).is_none());
        let mean = (0..10_000).map(|_| random.normal(120.0, 10.0)).sum::<f64>() / 10_000.0;
        assert!((119.0..121.0).contains(&mean), "{mean}");
    }
}
