//! First passwords, made for a person by somebody else.
use karute_crypto::Entropy;

/// Five groups of four characters that cannot be mistaken for each other, 98 bits, with letters and digits.
pub fn random_password(entropy: &dyn Entropy) -> String {
    loop {
        let password = grouped_characters(entropy);
        let digits = password.bytes().filter(u8::is_ascii_digit).count();
        if (1..20).contains(&digits) {
            return password;
        }
    }
}

fn grouped_characters(entropy: &dyn Entropy) -> String {
    const LETTERS: &[u8; 31] = b"abcdefghijkmnpqrstuvwxyz2345678";
    let mut password = String::with_capacity(24);
    while password.len() < 24 {
        if password.len() % 5 == 4 {
            password.push('-');
            continue;
        }
        let mut byte = [0_u8];
        entropy.fill(&mut byte);
        // 248 = 8 × 31: no letter is likelier than another.
        if let Some(letter) = (byte[0] < 248).then(|| LETTERS.get(usize::from(byte[0]) % 31)).flatten() {
            password.push(char::from(*letter));
        }
    }
    password
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PasswordPolicy;
    use karute_crypto::SeededEntropy;

    #[test]
    fn random_passwords_can_be_copied_and_are_always_taken_by_the_policy() {
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..5_000 {
            let password = random_password(&SeededEntropy::new(seed));
            assert_eq!(password.split('-').map(str::len).collect::<Vec<_>>(), [4; 5], "{password}");
            assert_eq!(PasswordPolicy::default().check(&password, &[]), [], "{password}");
            assert!(seen.insert(password));
        }
    }
}
