//! Passwords: the rules for new ones, and their Argon2id hashes.
use crate::IdentityError;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use karute_crypto::Entropy;
use std::sync::Arc;
use tokio::sync::{Semaphore, SemaphorePermit};
use zeroize::Zeroizing;

/// Longest password in characters; longer ones are refused unread.
const MAX_CHARS: usize = 128;

/// Rules for new passwords (SEC-A3, A4).
#[derive(Clone, Debug)]
pub struct PasswordPolicy {
    /// Shortest length in characters; never below 8.
    pub min_length: usize,
    /// How many passwords, the present one included, may not come back.
    pub remember: usize,
}

impl Default for PasswordPolicy {
    fn default() -> PasswordPolicy {
        PasswordPolicy { min_length: 12, remember: 5 }
    }
}

/// Why a password is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordFault {
    /// Shorter than this many characters.
    TooShort(usize),
    /// Longer than 128 characters.
    TooLong,
    /// No letter or no digit.
    NeedsLettersAndDigits,
    /// Contains the login, the person's name or the institution's name.
    ContainsName,
    /// Often used, or a run or repetition.
    Guessable,
    /// One of the last ones.
    UsedBefore,
}

impl PasswordFault {
    pub(crate) fn sentence(faults: &[PasswordFault]) -> String {
        faults.iter().map(PasswordFault::message).collect()
    }

    /// As shown to people.
    pub fn message(&self) -> String {
        match self {
            PasswordFault::TooShort(n) => format!("{n}文字以上にしてください。"),
            PasswordFault::TooLong => "128文字以内にしてください。".to_owned(),
            PasswordFault::NeedsLettersAndDigits => "英字と数字の両方を入れてください。".to_owned(),
            PasswordFault::ContainsName => "ログイン名・氏名・施設名を含めないでください。".to_owned(),
            PasswordFault::Guessable => "よく使われる語や、文字の並び・繰り返しだけでは使えません。".to_owned(),
            PasswordFault::UsedBefore => "最近使ったパスワードは使えません。".to_owned(),
        }
    }
}

impl PasswordPolicy {
    /// Everything that is wrong with `password`; `names` are the login, the names of the person and the institution.
    /// Whether it was used before is for the hashes to say.
    pub fn check(&self, password: &str, names: &[&str]) -> Vec<PasswordFault> {
        let length = password.chars().count();
        if length > MAX_CHARS {
            return vec![PasswordFault::TooLong];
        }
        let mut faults = Vec::new();
        let min = self.min_length.max(8);
        if length < min {
            faults.push(PasswordFault::TooShort(min));
        }
        if !password.chars().any(char::is_alphabetic) || !password.chars().any(char::is_numeric) {
            faults.push(PasswordFault::NeedsLettersAndDigits);
        }
        if contains_name(password, names) {
            faults.push(PasswordFault::ContainsName);
        }
        if guessable(password) {
            faults.push(PasswordFault::Guessable);
        }
        faults
    }
}

/// Parts of names shorter than this are too common to forbid.
const MIN_NAME_PART: usize = 3;

fn contains_name(password: &str, names: &[&str]) -> bool {
    let folded = karute_japan::search_key(password);
    names
        .iter()
        .flat_map(|name| name.split(|c: char| !c.is_alphanumeric()).chain([*name]))
        .map(karute_japan::search_key)
        // Two kanji are a whole family name; two letters are not.
        .filter(|part| part.chars().count() >= if part.is_ascii() { MIN_NAME_PART } else { 2 })
        .any(|part| folded.contains(&part))
}

/// Words that open most guessing lists; a password made of little else is refused.
const COMMON: [&str; 64] = [
    "password",
    "passw0rd",
    "p@ssword",
    "p@ssw0rd",
    "pass",
    "qwerty",
    "asdf",
    "zxcv",
    "letmein",
    "welcome",
    "admin",
    "administrator",
    "root",
    "user",
    "login",
    "guest",
    "test",
    "demo",
    "sample",
    "default",
    "secret",
    "changeme",
    "iloveyou",
    "monkey",
    "dragon",
    "master",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "batman",
    "shadow",
    "michael",
    "computer",
    "internet",
    "hello",
    "summer",
    "winter",
    "spring",
    "autumn",
    "karute",
    "carte",
    "clinic",
    "hospital",
    "doctor",
    "nurse",
    "medical",
    "iryou",
    "byouin",
    "kurinikku",
    "naika",
    "sakura",
    "himawari",
    "nippon",
    "nihon",
    "japan",
    "tokyo",
    "osaka",
    "yamada",
    "tanaka",
    "suzuki",
    "satou",
    "takahashi",
];

/// Rows of keys and alphabets in which a run is no secret.
const ROWS: [&str; 6] =
    ["abcdefghijklmnopqrstuvwxyz", "01234567890", "1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// What remains of a password when common words, runs, repetitions and years are taken out.
fn guessable(password: &str) -> bool {
    let mut rest: String =
        password.to_lowercase().chars().filter(|c| c.is_alphanumeric() || "@!$".contains(*c)).collect();
    for word in COMMON {
        rest = rest.replace(word, "");
    }
    let rest: Vec<char> = rest.chars().collect();
    let mut kept = 0;
    let mut at = 0;
    while at < rest.len() {
        let run = run_length(rest.get(at..).unwrap_or(&[]));
        if run >= 4 {
            at += run;
        } else {
            kept += 1;
            at += 1;
        }
    }
    let mut distinct = rest;
    distinct.sort_unstable();
    distinct.dedup();
    kept < 4 || distinct.len() < 4
}

/// Length of the run (in a row of keys, forward or backward), repetition or year at the beginning.
fn run_length(rest: &[char]) -> usize {
    let repeated = rest.iter().take_while(|c| Some(*c) == rest.first()).count();
    let in_rows = ROWS
        .iter()
        .flat_map(|row| [row.chars().collect::<Vec<_>>(), row.chars().rev().collect()])
        .map(|row| {
            row.iter()
                .position(|c| Some(c) == rest.first())
                .map_or(0, |start| row.iter().skip(start).zip(rest).take_while(|(a, b)| a == b).count())
        })
        .max()
        .unwrap_or(0);
    let year = match rest {
        [a, b, c, d, ..] if matches!((a, b), ('1', '9') | ('2', '0')) && c.is_ascii_digit() && d.is_ascii_digit() => 4,
        _ => 0,
    };
    repeated.max(in_rows).max(year)
}

/// Argon2id with 19 MiB, two passes, one lane (OWASP's first recommendation).
fn params() -> Result<Params, IdentityError> {
    Params::new(19 * 1024, 2, 1, None).map_err(|_| IdentityError::Internal("argon2 parameters refused"))
}

/// Verified in place of the hash of a login that does not exist, so that it takes as long.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes and verifies on the blocking pool, two at a time: a storm of sign-ins takes no more than 38 MiB and leaves
/// the other requests their processors.
pub(crate) struct Hasher {
    slots: Arc<Semaphore>,
    /// Sign-ins that are let in at the same time; more would only wait for each other.
    places: Semaphore,
}

/// Sign-ins under way at most.
const PLACES: usize = 64;

/// A key mixed into every hash, so that a stolen database alone cannot be tried out.
pub(crate) type Pepper = [u8; 32];

impl Hasher {
    pub(crate) fn new() -> Hasher {
        Hasher { slots: Arc::new(Semaphore::new(2)), places: Semaphore::new(PLACES) }
    }

    /// Lets a sign-in in, or turns it away before anything is counted or written.
    pub(crate) fn admit(&self) -> Result<SemaphorePermit<'_>, IdentityError> {
        self.places.try_acquire().map_err(|_| IdentityError::Busy)
    }

    /// PHC string of a password with a fresh salt.
    pub(crate) async fn hash(
        &self,
        password: &str,
        pepper: Pepper,
        entropy: &dyn Entropy,
    ) -> Result<String, IdentityError> {
        let mut salt = [0_u8; 16];
        entropy.fill(&mut salt);
        let password = Zeroizing::new(password.to_owned());
        self.run(move || {
            let argon = argon(&pepper)?;
            argon
                .hash_password_with_salt(password.as_bytes(), &salt)
                .map(|hash| hash.to_string())
                .map_err(|_| IdentityError::Internal("argon2 failed"))
        })
        .await?
    }

    /// Which of `hashes` is this password's, if one. Without hashes it takes as long as with one.
    pub(crate) async fn matches(
        &self,
        password: &str,
        pepper: Pepper,
        hashes: Vec<String>,
    ) -> Result<Option<usize>, IdentityError> {
        let password = Zeroizing::new(password.to_owned());
        self.run(move || {
            let argon = argon(&pepper)?;
            let verify = |hash: &str| {
                PasswordHash::new(hash).is_ok_and(|h| argon.verify_password(password.as_bytes(), &h).is_ok())
            };
            if hashes.is_empty() {
                verify(NOBODY);
                return Ok(None);
            }
            Ok(hashes.iter().position(|hash| verify(hash)))
        })
        .await?
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, IdentityError> {
        let stopped = || IdentityError::Internal("the password hasher stopped");
        let permit = Arc::clone(&self.slots).acquire_owned().await.map_err(|_| stopped())?;
        tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        })
        .await
        .map_err(|_| stopped())
    }
}

fn argon(pepper: &Pepper) -> Result<Argon2<'_>, IdentityError> {
    Argon2::new_with_secret(pepper, Algorithm::Argon2id, Version::V0x13, params()?)
        .map_err(|_| IdentityError::Internal("argon2 parameters refused"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use karute_crypto::SystemEntropy;

    const NAMES: [&str; 4] = ["h.yamamoto", "山本 花子", "ヤマモト ハナコ", "みどり内科クリニック"];

    fn faults(password: &str) -> Vec<PasswordFault> {
        PasswordPolicy::default().check(password, &NAMES)
    }

    #[test]
    fn an_ordinary_long_password_is_taken() {
        for good in ["kaze7fuku-nami3", "Tr4vel&mountains", "夕焼け小焼け7ひぐれて山の", "x9#mQ2vL7pRt"] {
            assert_eq!(faults(good), [], "{good}");
        }
    }

    #[test]
    fn length_is_counted_in_characters_and_never_below_eight() {
        assert_eq!(faults("kaze7fuku-n"), [PasswordFault::TooShort(12)]);
        let lax = PasswordPolicy { min_length: 1, remember: 5 };
        assert_eq!(lax.check("k7zefuq", &[]), [PasswordFault::TooShort(8)]);
        assert_eq!(lax.check("k7zefuqx", &[]), []);
        assert_eq!(faults(&"k7zefuqx".repeat(17)), [PasswordFault::TooLong]);
    }

    #[test]
    fn letters_and_digits_are_both_needed() {
        assert_eq!(faults("kazefuku-nami"), [PasswordFault::NeedsLettersAndDigits]);
        assert_eq!(faults("8402957163-18"), [PasswordFault::NeedsLettersAndDigits]);
    }

    #[test]
    fn names_may_not_stand_in_it_in_any_spelling() {
        for bad in [
            "xx-YAMAMOTO-4827-q",
            "h.yamamoto-4827-qz",
            "山本さんの4827ばんめの鍵",
            "やまもとの4827ばんめの鍵z",
            "ﾊﾅｺの4827ばんめの鍵zzq",
            "みどり内科クリニックの4827鍵",
        ] {
            assert!(faults(bad).contains(&PasswordFault::ContainsName), "{bad}");
        }
    }

    #[test]
    fn guessable_ones_are_refused() {
        for bad in [
            "Password12345",
            "p@ssw0rd2026!",
            "qwertyuiop123",
            "abcdefgh12345678",
            "aaaaaaaaaaa1",
            "karute-2026-demo",
            "Clinic1234567890",
            "12341234abcdabcd",
            "sakurasakura2025",
            "0987654321zyxw",
            "a1a1a1a1a1a1a1",
        ] {
            assert!(faults(bad).contains(&PasswordFault::Guessable), "{bad}");
        }
    }

    #[tokio::test]
    async fn a_hash_names_its_parameters_and_matches_only_its_password_under_its_pepper() {
        let hasher = Hasher::new();
        let pepper = [1; 32];
        let hash = hasher.hash("kaze7fuku-nami3", pepper, &SystemEntropy).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let other = hasher.hash("kaze7fuku-nami4", pepper, &SystemEntropy).await.unwrap();
        let both = vec![other.clone(), hash.clone()];
        assert_eq!(hasher.matches("kaze7fuku-nami3", pepper, both).await.unwrap(), Some(1));
        assert_eq!(hasher.matches("kaze7fuku-nami3", pepper, vec![other]).await.unwrap(), None);
        assert_eq!(hasher.matches("kaze7fuku-nami3", [2; 32], vec![hash]).await.unwrap(), None);
        assert_eq!(hasher.matches("kaze7fuku-nami3", pepper, Vec::new()).await.unwrap(), None);
    }

    #[test]
    fn a_storm_of_sign_ins_is_turned_away_at_the_door() {
        let hasher = Hasher::new();
        let inside: Vec<_> = (0..PLACES).map(|_| hasher.admit().unwrap()).collect();
        assert!(matches!(hasher.admit(), Err(IdentityError::Busy)));
        drop(inside);
        assert!(hasher.admit().is_ok());
    }

    #[test]
    fn the_stand_in_hash_costs_what_a_real_one_costs() {
        let hash = PasswordHash::new(NOBODY).unwrap();
        assert_eq!(Params::try_from(&hash).unwrap().m_cost(), params().unwrap().m_cost());
        assert_eq!(Params::try_from(&hash).unwrap().t_cost(), params().unwrap().t_cost());
        assert_eq!(Params::try_from(&hash).unwrap().p_cost(), params().unwrap().p_cost());
    }
}
