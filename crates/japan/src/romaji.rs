//! ローマ字 as it is typed.

/// Spellings of Hepburn, Kunrei and what keyboards accept, longest first among those that begin alike.
const SYLLABLES: &[(&str, &str)] = &[
    ("xtsu", "っ"),
    ("ltsu", "っ"),
    ("tha", "てゃ"),
    ("thi", "てぃ"),
    ("thu", "てゅ"),
    ("tho", "てょ"),
    ("dha", "でゃ"),
    ("dhi", "でぃ"),
    ("dhu", "でゅ"),
    ("dho", "でょ"),
    ("twu", "とぅ"),
    ("dwu", "どぅ"),
    ("whi", "うぃ"),
    ("whe", "うぇ"),
    ("who", "うぉ"),
    ("kwa", "くぁ"),
    ("gwa", "ぐぁ"),
    ("fya", "ふゃ"),
    ("fyu", "ふゅ"),
    ("fyo", "ふょ"),
    ("vyu", "ゔゅ"),
    ("sye", "しぇ"),
    ("tye", "ちぇ"),
    ("zye", "じぇ"),
    ("tsi", "つぃ"),
    ("tse", "つぇ"),
    ("tso", "つぉ"),
    ("kya", "きゃ"),
    ("kyu", "きゅ"),
    ("kyo", "きょ"),
    ("gya", "ぎゃ"),
    ("gyu", "ぎゅ"),
    ("gyo", "ぎょ"),
    ("sha", "しゃ"),
    ("shu", "しゅ"),
    ("sho", "しょ"),
    ("she", "しぇ"),
    ("shi", "し"),
    ("sya", "しゃ"),
    ("syu", "しゅ"),
    ("syo", "しょ"),
    ("cha", "ちゃ"),
    ("chu", "ちゅ"),
    ("cho", "ちょ"),
    ("che", "ちぇ"),
    ("chi", "ち"),
    ("tya", "ちゃ"),
    ("tyu", "ちゅ"),
    ("tyo", "ちょ"),
    ("cya", "ちゃ"),
    ("cyu", "ちゅ"),
    ("cyo", "ちょ"),
    ("tsu", "つ"),
    ("tsa", "つぁ"),
    ("nya", "にゃ"),
    ("nyu", "にゅ"),
    ("nyo", "にょ"),
    ("hya", "ひゃ"),
    ("hyu", "ひゅ"),
    ("hyo", "ひょ"),
    ("mya", "みゃ"),
    ("myu", "みゅ"),
    ("myo", "みょ"),
    ("rya", "りゃ"),
    ("ryu", "りゅ"),
    ("ryo", "りょ"),
    ("bya", "びゃ"),
    ("byu", "びゅ"),
    ("byo", "びょ"),
    ("pya", "ぴゃ"),
    ("pyu", "ぴゅ"),
    ("pyo", "ぴょ"),
    ("zya", "じゃ"),
    ("zyu", "じゅ"),
    ("zyo", "じょ"),
    ("jya", "じゃ"),
    ("jyu", "じゅ"),
    ("jyo", "じょ"),
    ("dya", "ぢゃ"),
    ("dyu", "ぢゅ"),
    ("dyo", "ぢょ"),
    ("xtu", "っ"),
    ("ltu", "っ"),
    ("xya", "ゃ"),
    ("xyu", "ゅ"),
    ("xyo", "ょ"),
    ("dzu", "づ"),
    ("ka", "か"),
    ("ki", "き"),
    ("ku", "く"),
    ("ke", "け"),
    ("ko", "こ"),
    ("ga", "が"),
    ("gi", "ぎ"),
    ("gu", "ぐ"),
    ("ge", "げ"),
    ("go", "ご"),
    ("sa", "さ"),
    ("si", "し"),
    ("su", "す"),
    ("se", "せ"),
    ("so", "そ"),
    ("za", "ざ"),
    ("zi", "じ"),
    ("zu", "ず"),
    ("ze", "ぜ"),
    ("zo", "ぞ"),
    ("ja", "じゃ"),
    ("ji", "じ"),
    ("ju", "じゅ"),
    ("je", "じぇ"),
    ("jo", "じょ"),
    ("ta", "た"),
    ("ti", "ち"),
    ("tu", "つ"),
    ("te", "て"),
    ("to", "と"),
    ("da", "だ"),
    ("di", "ぢ"),
    ("du", "づ"),
    ("de", "で"),
    ("do", "ど"),
    ("na", "な"),
    ("ni", "に"),
    ("nu", "ぬ"),
    ("ne", "ね"),
    ("no", "の"),
    ("ha", "は"),
    ("hi", "ひ"),
    ("hu", "ふ"),
    ("he", "へ"),
    ("ho", "ほ"),
    ("fa", "ふぁ"),
    ("fi", "ふぃ"),
    ("fu", "ふ"),
    ("fe", "ふぇ"),
    ("fo", "ふぉ"),
    ("ba", "ば"),
    ("bi", "び"),
    ("bu", "ぶ"),
    ("be", "べ"),
    ("bo", "ぼ"),
    ("pa", "ぱ"),
    ("pi", "ぴ"),
    ("pu", "ぷ"),
    ("pe", "ぺ"),
    ("po", "ぽ"),
    ("ma", "ま"),
    ("mi", "み"),
    ("mu", "む"),
    ("me", "め"),
    ("mo", "も"),
    ("ya", "や"),
    ("yu", "ゆ"),
    ("yo", "よ"),
    ("ra", "ら"),
    ("ri", "り"),
    ("ru", "る"),
    ("re", "れ"),
    ("ro", "ろ"),
    ("wa", "わ"),
    ("wi", "うぃ"),
    ("we", "うぇ"),
    ("xa", "ぁ"),
    ("xi", "ぃ"),
    ("xu", "ぅ"),
    ("xe", "ぇ"),
    ("xo", "ぉ"),
    ("wo", "を"),
    ("va", "ゔぁ"),
    ("vi", "ゔぃ"),
    ("vu", "ゔ"),
    ("ve", "ゔぇ"),
    ("vo", "ゔぉ"),
    ("nn", "ん"),
    ("n'", "ん"),
    ("a", "あ"),
    ("i", "い"),
    ("u", "う"),
    ("e", "え"),
    ("o", "お"),
];

/// Longest text that is looked at, in bytes.
const MAX: usize = 200;

/// Reads ローマ字 (Hepburn or Kunrei, in any case) as hiragana, so that `watanabe` finds わたなべ. A consonant or two
/// at the end that wait for their vowel are left out, since people search while they type: `watan` gives わた (or わたん,
/// which would find less). `None` when the text is not ローマ字 or nothing is left.
///
/// `nn` before a vowel is ん with な行 as in Hepburn (`konna`); elsewhere a keyboard's ん. Long vowels are as written.
pub fn romaji_to_hiragana(text: &str) -> Option<String> {
    if text.len() > MAX {
        return None;
    }
    let lower: String =
        text.chars().filter(|c| !matches!(c, ' ' | '　' | '-' | '･' | '・')).flat_map(char::to_lowercase).collect();
    if !lower.bytes().all(|b| b.is_ascii_lowercase() || b == b'\'') {
        return None;
    }
    let mut kana = String::with_capacity(lower.len() * 2);
    let mut rest = lower.as_str();
    while !rest.is_empty() {
        let next = rest.as_bytes().get(1).copied();
        let after = rest.as_bytes().get(2).copied();
        let is_vowel = |b: Option<u8>| matches!(b, Some(b'a' | b'i' | b'u' | b'e' | b'o'));
        // ん: before a consonant other than y; nn before a vowel or y gives one of its letters to the next syllable.
        let n_alone = rest.starts_with('n')
            && match next {
                Some(b'n') => is_vowel(after) || after == Some(b'y'),
                Some(b'\'' | b'y') | None => false,
                other => !is_vowel(other),
            };
        // Hepburn writes ん before b, m and p as m.
        let m_alone = rest.starts_with('m') && matches!(next, Some(b'b' | b'm' | b'p'));
        // っ: a doubled consonant, or t before ch.
        let doubled = !rest.starts_with(['n', 'm', 'a', 'i', 'u', 'e', 'o', '\''])
            && (rest.bytes().next() == next || rest.starts_with("tch"));
        if n_alone || m_alone {
            kana.push('ん');
            rest = rest.get(1..)?;
        } else if let Some((roman, syllable)) = SYLLABLES.iter().find(|(roman, _)| rest.starts_with(roman)) {
            kana.push_str(syllable);
            rest = rest.get(roman.len()..)?;
        } else if doubled && rest.len() > 1 {
            kana.push('っ');
            rest = rest.get(1..)?;
        } else if is_unfinished(rest) {
            // A っ that waits for its consonant would find less than nothing at all.
            break;
        } else {
            return None;
        }
    }
    let trimmed = kana.trim_end_matches('っ');
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

/// Whether some syllable begins like this.
fn is_unfinished(rest: &str) -> bool {
    SYLLABLES.iter().any(|(roman, _)| roman.starts_with(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_hepburn_and_kunrei() {
        for (roman, kana) in [
            ("watanabe", "わたなべ"),
            ("Yamada Tarou", "やまだたろう"),
            ("SATO", "さと"),
            ("shinji", "しんじ"),
            ("sinzi", "しんじ"),
            ("chiharu", "ちはる"),
            ("tiharu", "ちはる"),
            ("tsuchiya", "つちや"),
            ("tutiya", "つちや"),
            ("fujii", "ふじい"),
            ("huzii", "ふじい"),
            ("jun'ichi", "じゅんいち"),
            ("junichi", "じゅにち"),
            ("junnichi", "じゅんにち"),
            ("kenn", "けん"),
            ("konno", "こんの"),
            ("nannba", "なんば"),
            ("nanba", "なんば"),
            ("namba", "なんば"),
            ("hattori", "はっとり"),
            ("hatchi", "はっち"),
            ("kyouko", "きょうこ"),
            ("ryuuichi", "りゅういち"),
            ("shohei", "しょへい"),
            ("syouhei", "しょうへい"),
            ("gemma", "げんま"),
            ("hon-da", "ほんだ"),
            ("dhiobann", "でぃおばん"),
            ("dhurokisetinn", "でゅろきせちん"),
            ("thi", "てぃ"),
            ("fosiga", "ふぉしが"),
            ("foshiga", "ふぉしが"),
            ("werusu", "うぇるす"),
            ("amurojipinn", "あむろじぴん"),
            ("amurozipinn", "あむろじぴん"),
            ("vorutarenn", "ゔぉるたれん"),
            ("ryuumati", "りゅうまち"),
            ("sannyo", "さんにょ"),
        ] {
            assert_eq!(romaji_to_hiragana(roman).as_deref(), Some(kana), "{roman}");
        }
    }

    #[test]
    fn what_is_still_being_typed_finds_by_its_finished_part() {
        for (roman, kana) in [
            ("watan", "わた"),
            ("watanab", "わたな"),
            ("yamad", "やま"),
            ("sush", "す"),
            ("kits", "き"),
            ("hatt", "は"),
            ("hat", "は"),
            ("toky", "と"),
        ] {
            assert_eq!(romaji_to_hiragana(roman).as_deref(), Some(kana), "{roman}");
        }
    }

    #[test]
    fn other_text_is_not_romaji() {
        for text in ["", "w", "xyz", "山田", "やまだ", "smith", "12345", "a1", "é", "qa", "'", &"a".repeat(201)] {
            assert_eq!(romaji_to_hiragana(text), None, "{text}");
        }
    }
}
