//! Widths: texts of the service are full width, names' readings half-width kana (digest 5.1).
use crate::profile::jis_x_0208;

/// Half-width kana from U+FF61 on, in full width.
const WIDE_KANA: &str = "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン゛゜";

/// A text in full width: letters, digits, signs, blanks and kana; a comma becomes `，`, a line break a blank. Signs of
/// vendors that have a plain spelling are spelt.
pub fn wide(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for c in karute_japan::full_width_kana(text).chars() {
        match c {
            ' '..='~' if c == ' ' => out.push('　'),
            '!'..='~' => out.extend(char::from_u32(u32::from(c) + 0xFEE0)),
            '\n' | '\r' | '\t' => out.push('　'),
            // What the character sets of vendors write differently from JIS (stack.md section 6).
            '\u{301C}' => out.push('～'),
            '\u{2014}' => out.push('―'),
            '\u{2016}' => out.push('∥'),
            '\u{2212}' => out.push('－'),
            '\u{00A5}' => out.push('￥'),
            '㎎' => out.push_str("ｍｇ"),
            '㎏' => out.push_str("ｋｇ"),
            '㎜' => out.push_str("ｍｍ"),
            '㎝' => out.push_str("ｃｍ"),
            '㏄' => out.push_str("ｃｃ"),
            '\u{3395}' => out.push_str("μｇ"),
            '\u{00B5}' => out.push('μ'),
            '①'..='⑨' => out.extend(char::from_u32(u32::from(c) - u32::from('①') + u32::from('１'))),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A reading in half-width kana: `シケン ハナコ` → `ｼｹﾝ ﾊﾅｺ`. Hiragana too; what has no half width is left out.
pub fn half_width_kana(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' '..='~' if c != ',' => out.push(c),
            '　' => out.push(' '),
            '！'..='～' if c != '，' => out.extend(char::from_u32(u32::from(c) - 0xFEE0)),
            '\u{FF61}'..='\u{FF9F}' => out.push(c),
            'ぁ'..='ゖ' => narrow(&mut out, char::from_u32(u32::from(c) + 0x60).unwrap_or(c)),
            c => narrow(&mut out, c),
        }
    }
    out
}

fn narrow(out: &mut String, kana: char) {
    let mark = |out: &mut String, base: u32, mark: char| {
        if let Some(base) = char::from_u32(base) {
            narrow(out, base);
            out.push(mark);
        }
    };
    let code = u32::from(kana);
    match kana {
        'ヴ' => mark(out, u32::from('ウ'), 'ﾞ'),
        'ヷ' => mark(out, u32::from('ワ'), 'ﾞ'),
        'ヺ' => mark(out, u32::from('ヲ'), 'ﾞ'),
        'ヰ' => narrow(out, 'イ'),
        'ヱ' => narrow(out, 'エ'),
        'ヮ' => narrow(out, 'ワ'),
        'ヵ' => narrow(out, 'カ'),
        'ヶ' => narrow(out, 'ケ'),
        'ガ' | 'ギ' | 'グ' | 'ゲ' | 'ゴ' | 'ザ' | 'ジ' | 'ズ' | 'ゼ' | 'ゾ' | 'ダ' | 'ヂ' | 'ヅ' | 'デ' | 'ド'
        | 'バ' | 'ビ' | 'ブ' | 'ベ' | 'ボ' => mark(out, code - 1, 'ﾞ'),
        'パ' | 'ピ' | 'プ' | 'ペ' | 'ポ' => mark(out, code - 2, 'ﾟ'),
        _ => {
            let at = WIDE_KANA.chars().position(|wide| wide == kana);
            let found = at.and_then(|at| u32::try_from(at).ok()).and_then(|at| char::from_u32(0xFF61 + at));
            out.extend(found);
        }
    }
}

/// Characters of a full-width text that the service does not take (外字, 機種依存文字): a person replaces them, for
/// example by kana.
pub fn unwritable(text: &str) -> Vec<char> {
    wide(text).chars().filter(|c| !jis_x_0208(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_full_width_and_spelt() {
        for (text, expected) in [
            ("架空錠10mg「試験」", "架空錠１０ｍｇ「試験」"),
            ("1日3回, 毎食後", "１日３回，　毎食後"),
            ("ｶﾞｽﾀｰ 5㎎", "ガスター　５ｍｇ"),
            ("一行\n二行", "一行　二行"),
            ("0.1％〜", "０．１％～"),
            ("①と②", "１と２"),
        ] {
            assert_eq!(wide(text), expected, "{text}");
            assert_eq!(unwritable(text), [], "{text}");
        }
        assert_eq!(unwritable("髙橋𠮷郎"), ['髙', '𠮷']);
    }

    #[test]
    fn readings_become_half_width_kana() {
        for (text, expected) in [
            ("シケン ハナコ", "ｼｹﾝ ﾊﾅｺ"),
            ("ガッコウ　パーティー", "ｶﾞｯｺｳ ﾊﾟｰﾃｨｰ"),
            ("ヴァン", "ｳﾞｧﾝ"),
            ("さとう・あいこ", "ｻﾄｳ･ｱｲｺ"),
            ("ｼｹﾝ", "ｼｹﾝ"),
            ("試験", ""),
        ] {
            assert_eq!(half_width_kana(text), expected, "{text}");
        }
    }
}
