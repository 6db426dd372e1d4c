//! Search keys: what must find what.
use crate::kanji_variants::representative;
use unicode_normalization::UnicodeNormalization;

/// Folds text to the key by which it is searched: NFKC, case folded, katakana to hiragana, long mark and
/// separators dropped, kanji variants (渡邊=渡邉=渡辺, 髙=高, 﨑=崎) to one representative, accents removed.
/// Idempotent; never used for display.
///
/// Also alike: voiced kana that sound alike (ぢ=じ, づ=ず) and old kana (ゐ=い, ゑ=え, を=お), since names are often
/// known by sound only; ヶ=ケ. Small kana stay small (きょ is not きよ). Control characters never stand in a key.
/// Text of separators only keeps them, so that the key of something is never empty.
pub fn search_key(text: &str) -> String {
    let key: String = if text.is_ascii() {
        text.bytes().filter(|b| !is_separator(char::from(*b))).map(|b| char::from(b.to_ascii_lowercase())).collect()
    } else {
        text.nfkd()
            .flat_map(char::to_lowercase)
            .filter(|c| !is_separator(*c) && !is_mark(*c))
            .map(fold_kana)
            .nfc()
            .filter(|c| !matches!(c, '\u{3099}' | '\u{309A}'))
            .flat_map(fold_letter)
            .collect()
    };
    if key.is_empty() { separators_of(text) } else { key }
}

/// What is left when everything would be dropped.
fn separators_of(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace() && !c.is_control() && !is_mark(*c)).collect()
}

/// Spaces, hyphens, long marks, dots, commas, apostrophes, brackets; control characters too.
fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c,
            '-' | '\'' | '"' | '`' | '.' | ',' | ';' | ':' | '_' | '/' | '\\' | '|' | '(' | ')' | '[' | ']' | '{' | '}'
            | '<' | '>' | '~' | '\u{AD}' | '\u{B7}' | '\u{2010}'..='\u{2015}' | '\u{2018}'..='\u{201F}' | '\u{2022}'
            | '\u{2027}' | '\u{2043}' | '\u{2044}' | '\u{2053}' | '\u{2212}' | '\u{2215}' | '\u{2500}' | '\u{2501}'
            | '\u{3001}' | '\u{3002}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301D}' | '\u{301F}' | '\u{30FB}'
            | '\u{30FC}' | '\u{FE31}'..='\u{FE44}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// Combining accents and variation selectors (IVS).
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{180B}'..='\u{180F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}' | '\u{FE00}'..='\u{FE0F}' | '\u{FE20}'..='\u{FE2F}' | '\u{E0100}'..='\u{E01EF}')
}

/// Katakana to hiragana, before voicing marks are put together again.
fn fold_kana(c: char) -> char {
    let hiragana = match c {
        '\u{30A1}'..='\u{30F6}' | '\u{30FD}' | '\u{30FE}' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        other => other,
    };
    match hiragana {
        'ゖ' => 'け',
        'ゕ' => 'か',
        'ゐ' => 'い',
        'ゑ' => 'え',
        'を' => 'お',
        other => other,
    }
}

/// Letters that are one for a search.
fn fold_letter(c: char) -> impl Iterator<Item = char> {
    let (first, second) = match c {
        'ぢ' => ('じ', None),
        'づ' => ('ず', None),
        'ß' => ('s', Some('s')),
        'æ' => ('a', Some('e')),
        'œ' => ('o', Some('e')),
        'þ' => ('t', Some('h')),
        'ø' => ('o', None),
        'đ' | 'ð' => ('d', None),
        'ł' => ('l', None),
        'ı' => ('i', None),
        'ς' => ('σ', None),
        '\u{2E80}'.. => (representative(c), None),
        other => (other, None),
    };
    std::iter::once(first).chain(second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_means_the_same_name_has_the_same_key() {
        for group in [
            &["渡辺 太郎", "渡邊太郎", "渡邉　太郎", "渡邊\u{E0101}太郎"][..],
            &["高橋", "髙橋", "髙槗"],
            &["山崎", "山﨑", "山嵜", "山碕"],
            &["斉藤", "斎藤", "齋藤", "齊藤"],
            &["吉田", "𠮷田"],
            &["わたなべ", "ワタナベ", "ﾜﾀﾅﾍﾞ", "ワタナヘ゛", "わたなへ\u{3099}", "ワ タ ナ ベ"],
            &["ジョン・スミス", "ジョンスミス", "ｼﾞｮﾝ ｽﾐｽ", "じょん すみす"],
            &["おおの ゆうこ", "オオノ・ユウコ"],
            &["ローレンス", "ロレンス", "ろーれんす"],
            &["O'Neil", "ONEIL", "o’neil", "Ｏ＇Ｎｅｉｌ"],
            &["Müller", "MULLER", "muller", "mu\u{308}ller"],
            &["Søren", "Soren"],
            &["霞ヶ関", "霞ケ関"],
            &["かづこ", "かずこ", "カヅコ"],
            &["キヱ", "きえ"],
            &["ゔぃくとりあ", "ヴィクトリア", "ｳﾞｨｸﾄﾘｱ"],
            &["神\u{FE00}田", "\u{FA19}田", "神田"],
            &["090-1234-5678", "09012345678", "０９０－１２３４－５６７８", "090(1234)5678"],
            &["㈱カルテ", "（株）カルテ", "(株)かるて"],
        ] {
            let keys: Vec<String> = group.iter().map(|text| search_key(text)).collect();
            assert!(keys.iter().all(|key| Some(key) == keys.first() && !key.is_empty()), "{group:?} {keys:?}");
        }
    }

    #[test]
    fn different_names_keep_different_keys() {
        for (a, b) in [
            ("きよこ", "きょこ"),
            ("はは", "ばば"),
            ("ばば", "ぱぱ"),
            ("大阪", "大坂"),
            ("佐藤", "加藤"),
            ("つき", "っき"),
        ] {
            assert_ne!(search_key(a), search_key(b), "{a} {b}");
        }
    }

    #[test]
    fn something_never_folds_to_nothing() {
        for text in ["-", "ー", "・・", "ー ー", "'", "（）"] {
            assert!(!search_key(text).is_empty(), "{text}");
        }
        assert_eq!(search_key(""), "");
        assert_eq!(search_key(" 　\t\n\0"), "");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,24}") {
            let once = search_key(&text);
            prop_assert_eq!(search_key(&once), once);
        }

        #[test]
        fn folding_kana_and_kanji_twice_changes_nothing(text in "[ぁ-ヿ㐀-鿿豈-龎ｦ-ﾟ \u{3099}\u{309A}\u{E0100}ÀſẞÅΣςİ-]{0,16}") {
            let once = search_key(&text);
            prop_assert_eq!(search_key(&once), once);
        }

        #[test]
        fn a_key_has_no_control_characters_and_no_spaces(text in any::<String>()) {
            prop_assert!(!search_key(&text).contains(|c: char| c.is_control() || c.is_whitespace()));
        }
    }
}
