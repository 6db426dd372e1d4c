//! The rules for new passwords (SEC-A3, A4).

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

#[cfg(test)]
mod tests {
    use super::*;

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
}
