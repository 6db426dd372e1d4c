//! The form in which faces and questions meet.
//!
//! It is [`karute_japan::search_key`] with one difference: a decimal point between digits stays, because 2.5 mg and 25 mg
//! are not one strength. Each character is folded by itself through a table, so that the thousands of names of a master
//! take a fraction of a second, and the place of a match can be led back to the text as it is shown.
use karute_japan::search_key;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

/// Characters of the basic plane: 0 leaves it out, [`MANY`] becomes several.
static SINGLE: LazyLock<Box<[u32]>> = LazyLock::new(|| (0..0x1_0000).map(single).collect());
/// Characters that become several (㎎, Ⅲ, ㈱).
static SEVERAL: LazyLock<HashMap<char, Box<str>>> = LazyLock::new(|| {
    let chars = (0..0x1_0000_u32).zip(SINGLE.iter()).filter(|(_, to)| **to == MANY);
    chars.filter_map(|(code, _)| char::from_u32(code)).map(|c| (c, alone(c).into())).collect()
});
const MANY: u32 = u32::MAX;

/// What a character is in the middle of text.
fn alone(c: char) -> String {
    let mut text = String::from("a");
    text.push(c);
    let key = search_key(&text);
    key.strip_prefix('a').unwrap_or_default().to_owned()
}

fn single(code: u32) -> u32 {
    let Some(c) = char::from_u32(code) else { return 0 };
    let folded = alone(c);
    let mut chars = folded.chars();
    match (chars.next(), chars.next()) {
        (None, _) => 0,
        (Some(only), None) => u32::from(only),
        _ => MANY,
    }
}

/// Folds text; each character of the result comes with the bytes of the original that it stands for.
fn walk(text: &str, mut push: impl FnMut(char, Range<usize>)) {
    let mut last: Option<(char, Range<usize>)> = None;
    let mut chars = text.char_indices().peekable();
    let mut after_digit = false;
    while let Some((at, c)) = chars.next() {
        let range = at..at + c.len_utf8();
        let mark = match c {
            '\u{3099}' | '\u{309B}' | '\u{FF9E}' => Some(voiced as fn(char) -> Option<char>),
            '\u{309A}' | '\u{309C}' | '\u{FF9F}' => Some(half_voiced as fn(char) -> Option<char>),
            _ => None,
        };
        if let Some(mark) = mark {
            if let Some((before, place)) = last.take() {
                push(mark(before).unwrap_or(before), place.start..range.end);
            }
            continue;
        }
        if let Some((before, place)) = last.take() {
            push(before, place);
        }
        let mut digit_follows = || chars.peek().is_some_and(|(_, next)| matches!(next, '0'..='9' | '０'..='９'));
        if matches!(c, '.' | '．') && after_digit && digit_follows() {
            push('.', range);
            after_digit = false;
            continue;
        }
        let code = SINGLE.get(c as usize).copied();
        after_digit = false;
        match code {
            Some(0) => {}
            Some(MANY) => SEVERAL.get(&c).into_iter().flat_map(|s| s.chars()).for_each(|f| push(f, range.clone())),
            Some(code) => {
                let folded = char::from_u32(code).unwrap_or(c);
                after_digit = folded.is_ascii_digit();
                last = Some((folded, range));
            }
            None => alone(c).chars().for_each(|f| push(f, range.clone())),
        }
    }
    if let Some((before, place)) = last {
        push(before, place);
    }
}

/// The folded form of a text.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

/// Appends the folded form.
pub(crate) fn fold_into(text: &str, folded: &mut String) {
    walk(text, |c, _| folded.push(c));
}

/// Where the folded needles stand in `text`, as byte ranges of `text`: in order, joined where they touch.
pub(crate) fn places<'n>(text: &str, needles: impl Iterator<Item = &'n str>) -> Vec<Range<usize>> {
    let (mut folded, mut ends) = (String::new(), Vec::new());
    walk(text, |c, range| {
        folded.push(relax(c));
        ends.push((folded.len(), range));
    });
    let mut found: Vec<Range<usize>> = Vec::new();
    for needle in needles.filter(|needle| !needle.is_empty()) {
        let Some(at) = folded.find(needle) else { continue };
        let covered = ends.iter().filter(|(end, _)| *end > at && *end <= at + needle.len()).map(|(_, range)| range);
        found.extend(covered.cloned());
    }
    found.sort_by_key(|range| range.start);
    let mut joined: Vec<Range<usize>> = Vec::new();
    for range in found {
        match joined.last_mut() {
            Some(before) if range.start <= before.end => before.end = before.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}

/// Without voicing marks: か for が, は for ば and ぱ; small kana large. The length in bytes stays.
pub(crate) fn relax(c: char) -> char {
    let c = enlarge(c);
    let code = u32::from(c);
    let plain = match c {
        'が'..='ぢ' if code.is_multiple_of(2) => code - 1,
        'づ' | 'で' | 'ど' => code - 1,
        'ば'..='ぽ' => code - (code - u32::from('は')) % 3,
        'ゔ' => u32::from('う'),
        _ => code,
    };
    char::from_u32(plain).unwrap_or(c)
}

/// Small kana as large ones, as the files of 支払基金 write readings (シヨシンリヨウ).
pub(crate) fn enlarge(c: char) -> char {
    match c {
        'ぁ' | 'ぃ' | 'ぅ' | 'ぇ' | 'ぉ' | 'っ' | 'ゃ' | 'ゅ' | 'ょ' | 'ゎ' => {
            char::from_u32(u32::from(c) + 1).unwrap_or(c)
        }
        _ => c,
    }
}

/// [`relax`] of each character.
pub(crate) fn relaxed(folded: &str) -> String {
    folded.chars().map(relax).collect()
}

fn voiced(c: char) -> Option<char> {
    let next = char::from_u32(u32::from(c) + 1)?;
    match c {
        'う' => Some('ゔ'),
        // ぢ and づ are written じ and ず in keys.
        'ち' => Some('じ'),
        'つ' => Some('ず'),
        _ => (c != next && relax(next) == c).then_some(next),
    }
}

fn half_voiced(c: char) -> Option<char> {
    matches!(c, 'は' | 'ひ' | 'ふ' | 'へ' | 'ほ').then(|| char::from_u32(u32::from(c) + 2)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_and_questions_meet() {
        for (text, folded) in [
            ("アムロジピン錠２．５ｍｇ「サワイ」", "あむろじぴん錠2.5mg「さわい」"),
            ("ｱﾑﾛｼﾞﾋﾟﾝ", "あむろじぴん"),
            ("ロキソプロフェンＮａ", "ろきそぷろふぇんna"),
            ("ビタミンＢ１２", "びたみんb12"),
            ("イー・ケプラ", "いけぷら"),
            ("１．", "1"),
            ("右・膝", "右膝"),
            ("１０㎎", "10mg"),
            ("凝固第Ⅷ因子", "凝固第viii因子"),
            ("ハ\u{309A}ッフ\u{309A}", "ぱっぷ"),
            ("チ゛", "じ"),
        ] {
            let expected: String = folded.chars().filter(|c| !matches!(c, '「' | '」')).collect();
            assert_eq!(fold(text), expected, "{text}");
        }
    }

    #[test]
    fn relaxing_keeps_lengths() {
        for c in 'ぁ'..='ゖ' {
            assert_eq!(relax(c).len_utf8(), c.len_utf8());
            assert_eq!(relax(relax(c)), relax(c), "{c}");
        }
        assert_eq!(
            relaxed("がぎぐげござじずぜぞだぢづでどばびぶべぼぱぴぷぺぽゔっゃまん"),
            { "かきくけこさしすせそたちつてとはひふへほはひふへほうつやまん" }
        );
    }

    #[test]
    fn places_lead_back_to_the_text_as_shown() {
        let text = "ﾉﾙﾊﾞｽｸ錠２．５ｍｇ";
        let shown = |needles: &[&str]| -> Vec<&str> {
            places(text, needles.iter().copied()).into_iter().map(|range| &text[range]).collect()
        };
        assert_eq!(shown(&["のるは"]), ["ﾉﾙﾊﾞ"]);
        assert_eq!(shown(&["2.5", "すく"]), ["ｽｸ", "２．５"]);
        assert_eq!(shown(&["のる", "るは"]), ["ﾉﾙﾊﾞ"]);
        assert!(shown(&["xyz"]).is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn kana_kanji_and_latin_fold_as_everywhere(text in "[ぁ-ゔァ-ヴーｦ-ﾟ亜-熙a-zA-Zａ-ｚ ・「」]{0,20}") {
            let text: String = text.trim_start_matches(['ﾞ', 'ﾟ']).into();
            // A voicing mark behind a bracket belongs to nothing; who types that means nothing by it.
            let stray = |c: char| matches!(c, 'ﾞ' | 'ﾟ');
            prop_assume!(!text.split(stray).rev().skip(1).any(|before| before.ends_with(['「', '」', '・', ' '])));
            let key = search_key(&text);
            prop_assume!(!fold(&text).is_empty());
            prop_assert_eq!(fold(&text), key);
        }

        #[test]
        fn any_text_folds(text in any::<String>()) {
            let folded = fold(&text);
            prop_assert!(!folded.contains(char::is_control));
            for range in places(&text, [relaxed(&folded).as_str()].into_iter()) {
                prop_assert!(text.get(range).is_some());
            }
        }
    }
}
