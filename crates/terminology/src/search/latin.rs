//! What Latin letters may mean: ローマ字 that is still being typed, or the head of a name as it is spelled abroad.
use super::fold::fold;
use karute_japan::romaji_to_hiragana;

/// Most readings of one word.
const MAX_READINGS: usize = 12;
/// Longest word that is read, in bytes.
const MAX_BYTES: usize = 60;

/// Kana (folded) with which what is meant can begin. A consonant at the end waits for any vowel (`amur` is あむら …
/// あむろ); `n` before a vowel can be ん too (`junichi`). A consonant
/// alone says nothing yet.
pub(crate) fn readings(word: &str) -> Vec<String> {
    if word.len() > MAX_BYTES || !word.bytes().all(|b| b.is_ascii_alphabetic() || b == b'\'' || b == b'-') {
        return Vec::new();
    }
    let lower = word.to_ascii_lowercase();
    if lower.len() == 1 && !matches!(lower.as_str(), "a" | "i" | "u" | "e" | "o") {
        return Vec::new();
    }
    let mut found = Vec::new();
    for spelling in with_syllabic_n(&lower) {
        let mut read = |text: String| {
            if let Some(kana) = romaji_to_hiragana(&text).map(|kana| fold(&kana))
                && found.len() < MAX_READINGS
                && !found.contains(&kana)
            {
                found.push(kana);
            }
        };
        match spelling.bytes().last() {
            Some(b'a' | b'i' | b'u' | b'e' | b'o' | b'\'') => read(spelling),
            Some(b'n') if spelling.ends_with("nn") => read(spelling),
            Some(last) => {
                if last == b'n' {
                    read(format!("{spelling}'"));
                }
                for vowel in ["a", "i", "u", "e", "o"] {
                    read(format!("{spelling}{vowel}"));
                }
                if let (b'm', Some(before)) = (last, spelling.strip_suffix('m')) {
                    read(format!("{before}n'"));
                }
            }
            None => {}
        }
    }
    found
}

/// The spelling, and those with the first or second `n` before a vowel as ん.
fn with_syllabic_n(lower: &str) -> Vec<String> {
    let bytes = lower.as_bytes();
    let open = |at: &usize| {
        let next = bytes.get(at + 1);
        let before = at.checked_sub(1).and_then(|b| bytes.get(b));
        bytes.get(*at) == Some(&b'n')
            && before != Some(&b'n')
            && before.is_some()
            && matches!(next, Some(b'a' | b'i' | b'u' | b'e' | b'o' | b'y'))
    };
    let mut spellings = vec![lower.to_owned()];
    for at in (0..bytes.len()).filter(open).take(2) {
        if let (Some(head), Some(tail)) = (lower.get(..=at), lower.get(at + 1..)) {
            spellings.push(format!("{head}'{tail}"));
        }
    }
    spellings
}

/// The consonants of a name's kana head, and a vowel where it begins with one: アムロジピン is `amrzpn`.
pub(crate) fn skeleton_of_kana(folded: &str) -> String {
    let mut skeleton = String::new();
    for c in folded.chars() {
        let letter = match c {
            'あ' | 'い' | 'う' | 'え' | 'お' if skeleton.is_empty() => vowel(c),
            'か'..='ご' => {
                if is_voiced(c, 'か') {
                    'g'
                } else {
                    'k'
                }
            }
            'さ'..='ぞ' => {
                if is_voiced(c, 'さ') {
                    'z'
                } else {
                    's'
                }
            }
            'だ' | 'で' | 'ど' => 'd',
            'た' | 'ち' | 'つ' | 'て' | 'と' => 't',
            'な'..='の' | 'ん' => 'n',
            'ば' | 'び' | 'ぶ' | 'べ' | 'ぼ' | 'ゔ' => 'b',
            'ぱ' | 'ぴ' | 'ぷ' | 'ぺ' | 'ぽ' => 'p',
            'は'..='ほ' => 'h',
            'ま'..='も' => 'm',
            'や' | 'ゆ' | 'よ' => 'y',
            'ら'..='ろ' => 'r',
            'わ' => 'w',
            'ぁ'..='ゖ' => continue,
            _ => break,
        };
        if !skeleton.ends_with(letter) {
            skeleton.push(letter);
        }
    }
    skeleton
}

fn is_voiced(c: char, row: char) -> bool {
    (u32::from(c) - u32::from(row)) % 2 == 1
}

fn vowel(c: char) -> char {
    match c {
        'あ' => 'a',
        'い' => 'i',
        'う' => 'u',
        'え' => 'e',
        _ => 'o',
    }
}

/// The same of Latin letters as they are spelled (`lox` is `rks`, `AML` is `amr`); `None` when fewer than three
/// letters are left, which say too little.
pub(crate) fn skeleton_of_latin(word: &str) -> Option<String> {
    if word.len() < 3 || word.len() > MAX_BYTES || !word.bytes().all(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    let lower = word.to_ascii_lowercase();
    let mut skeleton = String::new();
    let mut rest = lower.as_str();
    while let Some(first) = rest.chars().next() {
        let (letters, used) = match rest.as_bytes() {
            [b'p', b'h', ..] => ("h", 2),
            [b's', b'h', ..] => ("s", 2),
            [b't', b'h' | b's', ..] | [b'c', b'h', ..] => ("t", 2),
            [b'd', b'i' | b'u', ..] | [b'j' | b'z', ..] => ("z", 1),
            [b'c', b'e' | b'i' | b'y', ..] => ("s", 1),
            [b'c' | b'k' | b'q', ..] => ("k", 1),
            [b'x', ..] => (if skeleton.is_empty() { "z" } else { "ks" }, 1),
            [b'l' | b'r', ..] => ("r", 1),
            [b'v' | b'b', ..] => ("b", 1),
            [b'f' | b'h', ..] => ("h", 1),
            [b'm', b'p' | b'b', ..] => ("n", 1),
            [b'a' | b'i' | b'u' | b'e' | b'o', ..] if skeleton.is_empty() => (rest.get(..1).unwrap_or_default(), 1),
            [b'a' | b'i' | b'u' | b'e' | b'o', ..] => ("", 1),
            [b'y', ..] if !skeleton.is_empty() && !matches!(rest.as_bytes(), [_, b'a' | b'u' | b'o', ..]) => ("", 1),
            _ => (rest.get(..first.len_utf8()).unwrap_or_default(), 1),
        };
        for letter in letters.chars() {
            if !skeleton.ends_with(letter) {
                skeleton.push(letter);
            }
        }
        rest = rest.get(used..).unwrap_or_default();
    }
    (skeleton.len() >= 3).then_some(skeleton)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_unfinished_syllable_waits_for_any_vowel() {
        for (word, expected) in [
            ("amur", &["あむら", "あむり", "あむる", "あむれ", "あむろ"][..]),
            ("syoh", &["しょは", "しょひ", "しょふ", "しょへ", "しょほ"]),
            ("amuro", &["あむろ"]),
            ("si", &["し"]),
            ("shi", &["し"]),
            ("sh", &["しゃ", "し", "しゅ", "しぇ", "しょ"]),
            ("ken", &["けん", "けな", "けに", "けぬ", "けね", "けの"]),
            ("junichi", &["じゅにち", "じゅんいち"]),
            ("kenn", &["けん"]),
            ("att", &["あった", "あっち", "あっつ", "あって", "あっと"]),
            ("lox", &[]),
            ("k", &[]),
            ("crp", &[]),
            ("あ", &[]),
        ] {
            assert_eq!(readings(word), expected, "{word}");
        }
    }

    #[test]
    fn latin_spellings_meet_kana_by_their_consonants() {
        for (word, kana) in [
            ("AML", "あむろじぴん"),
            ("amlodip", "あむろじぴん"),
            ("lox", "ろきそにん"),
            ("telmi", "てるみさるたん"),
            ("atorva", "あとるばすたちん"),
            ("metform", "めとほるみん"),
            ("famot", "ふぁもちじん"),
            ("olmesar", "おるめさるたん"),
            ("lansopr", "らんそぷらぞる"),
            ("sitagl", "したぐりぷちん"),
            ("edoxa", "えどきさばん"),
            ("pregab", "ぷれがばりん"),
            ("mecobal", "めこばらみん"),
            ("carbocy", "かるぼしすていん"),
        ] {
            let (typed, name) = (skeleton_of_latin(word).unwrap(), skeleton_of_kana(kana));
            assert!(name.starts_with(&typed), "{word} {typed} {kana} {name}");
        }
        assert_eq!(skeleton_of_latin("tak"), None);
        assert_eq!(skeleton_of_latin("aaa"), None);
        assert_eq!(skeleton_of_latin("a1b"), None);
    }
}
