//! Randomness as an argument.
use aws_lc_rs::rand::SecureRandom;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::sync::Mutex;

/// Where random bytes come from.
pub trait Entropy: Send + Sync + 'static {
    /// Fills `out` with random bytes.
    fn fill(&self, out: &mut [u8]);
}

/// The operating system's generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    /// # Panics
    /// When the operating system gives no randomness: nothing safe can be done without it.
    fn fill(&self, out: &mut [u8]) {
        let filled = aws_lc_rs::rand::SystemRandom::new().fill(out);
        assert!(filled.is_ok(), "the operating system gives no randomness");
    }
}

/// The same bytes for the same seed: for tests and fictitious data only, never for secrets.
#[derive(Debug)]
pub struct SeededEntropy(Mutex<u64>);

impl SeededEntropy {
    /// A generator that starts at `seed`.
    pub fn new(seed: u64) -> SeededEntropy {
        SeededEntropy(Mutex::new(seed))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, out: &mut [u8]) {
        let mut state = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for chunk in out.chunks_mut(8) {
            // SplitMix64.
            *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut word = *state;
            word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            word ^= word >> 31;
            for (byte, random) in chunk.iter_mut().zip(word.to_le_bytes()) {
                *byte = random;
            }
        }
    }
}

/// A secret nobody can guess: 32 random bytes as 43 characters of URL-safe base64.
pub fn token(entropy: &dyn Entropy) -> String {
    let mut bytes = zeroize::Zeroizing::new([0u8; 32]);
    entropy.fill(bytes.as_mut_slice());
    URL_SAFE_NO_PAD.encode(bytes.as_slice())
}

/// A UUID version 7 (RFC 9562 section 5.7), lower case with hyphens: 48 bits of milliseconds since the epoch, then
/// randomness. Ids of one millisecond are in no particular order.
pub fn uuid_v7(now_ms: i64, entropy: &dyn Entropy) -> String {
    let mut random = [0u8; 16];
    entropy.fill(&mut random);
    let time = u128::from(now_ms.max(0).cast_unsigned()) & 0xFFFF_FFFF_FFFF;
    let low = u128::from_be_bytes(random) & 0x0FFF_3FFF_FFFF_FFFF_FFFF;
    let value = (time << 80) | low | (0x7 << 76) | (0x2 << 62);
    let hex = format!("{value:032x}");
    let mut out = String::with_capacity(36);
    for (index, digit) in hex.chars().enumerate() {
        if matches!(index, 8 | 12 | 16 | 20) {
            out.push('-');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_carries_its_time_version_and_variant() {
        let id = uuid_v7(0x0192_3456_789A, &SeededEntropy::new(1));
        assert_eq!(id.len(), 36);
        assert!(id.starts_with("01923456-789a-7"), "{id}");
        assert!(matches!(id.as_bytes().get(19), Some(b'8' | b'9' | b'a' | b'b')), "{id}");
        assert!(id.bytes().all(|b| b == b'-' || b.is_ascii_digit() || (b'a'..=b'f').contains(&b)));
        assert!(uuid_v7(1, &SystemEntropy) < uuid_v7(2, &SystemEntropy));
        assert_ne!(uuid_v7(1, &SystemEntropy), uuid_v7(1, &SystemEntropy));
        assert!(uuid_v7(-5, &SystemEntropy).starts_with("00000000-0000-7"));
    }

    #[test]
    fn the_version_and_variant_hold_whatever_the_random_bytes_are() {
        struct Fixed(u8);
        impl Entropy for Fixed {
            fn fill(&self, out: &mut [u8]) {
                out.fill(self.0);
            }
        }
        assert_eq!(uuid_v7(0, &Fixed(0xFF)), "00000000-0000-7fff-bfff-ffffffffffff");
        assert_eq!(uuid_v7(0, &Fixed(0)), "00000000-0000-7000-8000-000000000000");
    }

    #[test]
    fn a_token_is_43_url_safe_characters_and_never_twice_the_same() {
        let one = token(&SystemEntropy);
        assert_eq!(one.len(), 43);
        assert!(one.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        assert_ne!(one, token(&SystemEntropy));
    }

    #[test]
    fn a_seed_gives_the_same_bytes_again() {
        let (mut a, mut b, mut c) = ([0u8; 20], [0u8; 20], [0u8; 20]);
        SeededEntropy::new(7).fill(&mut a);
        SeededEntropy::new(7).fill(&mut b);
        SeededEntropy::new(8).fill(&mut c);
        assert_eq!(a, b);
        assert_ne!(a, c);
    }
}
