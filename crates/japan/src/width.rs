//! Half-width kana and full-width letters, as old files and old keyboards write them.
use std::borrow::Cow;

/// U+FF61 to U+FF9F in full width; the two marks of voicing stand alone when nothing before them can be voiced.
const WIDE: [char; 63] = [
    '。', '「', '」', '、', '・', 'ヲ', 'ァ', 'ィ', 'ゥ', 'ェ', 'ォ', 'ャ', 'ュ', 'ョ', 'ッ', 'ー', 'ア', 'イ', 'ウ',
    'エ', 'オ', 'カ', 'キ', 'ク', 'ケ', 'コ', 'サ', 'シ', 'ス', 'セ', 'ソ', 'タ', 'チ', 'ツ', 'テ', 'ト', 'ナ', 'ニ',
    'ヌ', 'ネ', 'ノ', 'ハ', 'ヒ', 'フ', 'ヘ', 'ホ', 'マ', 'ミ', 'ム', 'メ', 'モ', 'ヤ', 'ユ', 'ヨ', 'ラ', 'リ', 'ル',
    'レ', 'ロ', 'ワ', 'ン', '゛', '゜',
];

/// A half-width kana in full width.
fn wide(c: char) -> Option<char> {
    WIDE.get(usize::try_from(u32::from(c).checked_sub(0xFF61)?).ok()?).copied()
}

/// A kana with the mark that follows it, where the two make one.
fn voiced(kana: char, mark: char) -> Option<char> {
    match (kana, mark) {
        ('ウ', '゛') => Some('ヴ'),
        ('ワ', '゛') => Some('ヷ'),
        ('ヲ', '゛') => Some('ヺ'),
        ('カ'..='ト' | 'ハ'..='ホ', '゛') => char::from_u32(u32::from(kana) + 1),
        ('ハ'..='ホ', '゜') => char::from_u32(u32::from(kana) + 2),
        _ => None,
    }
}

/// Half-width kana in full width (`ｶﾞｽﾀｰ` → `ガスター`); everything else stays as it is, letters and digits too.
pub fn full_width_kana(text: &str) -> Cow<'_, str> {
    if !text.contains(|c| wide(c).is_some()) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let Some(kana) = wide(c) else {
            out.push(c);
            continue;
        };
        match chars.peek().and_then(|next| voiced(kana, wide(*next)?)) {
            Some(both) => {
                chars.next();
                out.push(both);
            }
            None => out.push(kana),
        }
    }
    Cow::Owned(out)
}

/// Letters, digits and signs in half width (`６１２１７０７０９` → `612170709`), without any spaces: how codes, numbers
/// and dates are compared.
pub fn half_width_code(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| b.is_ascii_graphic()) {
        return Cow::Borrowed(text);
    }
    let narrow = |c: char| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        other => other,
    };
    Cow::Owned(text.chars().filter(|c| !c.is_whitespace()).map(narrow).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    #[test]
    fn half_width_kana_become_full_width_and_nothing_else_does() {
        for (narrow, full) in [
            ("ｶﾞｽﾀｰ20MG", "ガスター20MG"),
            ("ﾍﾞｯﾄｺﾒﾝﾄｱﾘ", "ベットコメントアリ"),
            ("ﾊﾟﾝﾋﾟﾌﾟﾍﾟﾎﾟ", "パンピプペポ"),
            ("ｳﾞｨｸﾄﾘｱ", "ヴィクトリア"),
            ("ｱﾞ", "ア゛"),
            ("ﾞ", "゛"),
            ("ﾅﾟ", "ナ゜"),
            ("ﾎﾝﾁｮｳ(1-19ﾁｮｳﾒ)", "ホンチョウ(1-19チョウメ)"),
            ("｢ｱﾒﾙ｣･､｡", "「アメル」・、。"),
            ("アムロジピン錠５ｍｇ", "アムロジピン錠５ｍｇ"),
            ("", ""),
        ] {
            assert_eq!(full_width_kana(narrow), full, "{narrow}");
        }
    }

    #[test]
    fn codes_are_half_width_without_spaces() {
        for (written, code) in [
            ("６１２１７０７０９", "612170709"),
            ("２１７１０２２Ｆ１０２９", "2171022F1029"),
            (" 12 34　", "1234"),
            ("", ""),
        ] {
            assert_eq!(half_width_code(written), code, "{written}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn kana_widen_as_compatibility_folding_does(text in "[ｦ-ﾝ]{0,12}") {
            prop_assert_eq!(full_width_kana(&text).into_owned(), text.nfkc().collect::<String>());
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            let _ = (full_width_kana(&text), half_width_code(&text));
        }
    }
}
