//! The part of a text around what was found, with the found parts marked.
use super::Words;
use karute_japan::search_key;

/// Characters shown before the first found word.
const BEFORE: usize = 24;
/// Characters shown in all.
const LONG: usize = 110;

/// A piece of an excerpt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text as written.
    pub text: String,
    /// Whether it was looked for.
    pub found: bool,
}

/// The excerpt of a text that holds some of the words; `None` when it holds none.
pub fn excerpt(text: &str, words: &Words) -> Option<Vec<Piece>> {
    let folded = Folded::of(text);
    let mut marked = vec![false; folded.chars.len()];
    let mut first = None;
    for word in words.all() {
        for (from, to) in folded.places(word) {
            first = Some(first.map_or(from, |f: usize| f.min(from)));
            if let Some(range) = marked.get_mut(from..to) {
                range.fill(true);
            }
        }
    }
    let start = first?.saturating_sub(BEFORE);
    let end = (start + LONG).min(folded.chars.len());
    let mut pieces: Vec<Piece> = Vec::new();
    let mut push = |c: char, found: bool| match pieces.last_mut() {
        Some(last) if last.found == found => last.text.push(c),
        _ => pieces.push(Piece { text: c.to_string(), found }),
    };
    if start > 0 {
        push('…', false);
    }
    for (c, found) in folded.chars.iter().zip(&marked).take(end).skip(start) {
        push(if *c == '\n' { '　' } else { *c }, *found);
    }
    if end < folded.chars.len() {
        push('…', false);
    }
    Some(pieces)
}

/// A text with its folded form and, for every byte of that, the character it came from.
struct Folded {
    chars: Vec<char>,
    key: String,
    from: Vec<usize>,
}

impl Folded {
    fn of(text: &str) -> Folded {
        let chars: Vec<char> = text.chars().collect();
        let (mut whole, mut from) = (String::with_capacity(text.len()), Vec::with_capacity(text.len()));
        let mut at = 0;
        while let Some(first) = chars.get(at) {
            // Marks belong to the character before them (か゛, ｶﾞ, 葛 with a variation selector).
            let marks = chars.iter().skip(at + 1).take_while(|c| is_mark(**c)).count();
            let mut one = String::from(*first);
            one.extend(chars.iter().skip(at + 1).take(marks));
            // Behind a kana, so that what is dropped inside of a text is dropped here too.
            let key = search_key(&format!("の{one}"));
            let own = key.strip_prefix('の').unwrap_or(&key);
            whole.push_str(own);
            from.extend(std::iter::repeat_n(at, own.len()));
            at += 1 + marks;
        }
        Folded { chars, key: whole, from }
    }

    /// Where a word occurs: characters from and to.
    fn places(&self, word: &str) -> Vec<(usize, usize)> {
        let finder = memchr::memmem::Finder::new(word.as_bytes());
        let mut places = Vec::new();
        for at in finder.find_iter(self.key.as_bytes()).take(50) {
            let (Some(from), Some(last)) = (self.from.get(at), self.from.get(at + word.len() - 1)) else { continue };
            // Marks and long marks behind the last character were dropped from the folded text.
            let goes_on = |n: &usize| self.chars.get(*n).is_some_and(|c| is_mark(*c) || matches!(c, 'ー' | 'ｰ'));
            let end = (last + 1..=self.chars.len()).find(|n| !goes_on(n));
            places.push((*from, end.unwrap_or(last + 1)));
        }
        places
    }
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{3099}' | '\u{309A}' | '\u{FF9E}' | '\u{FF9F}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_was_found_is_marked_as_it_was_written() {
        for (typed, text, expected) in [
            ("めとほるみん", "メトホルミンを増量。", "[メトホルミン]を増量。"),
            ("metohorumin", "メトホルミンを増量。", ""),
            ("渡辺", "紹介元は渡邉医院", "紹介元は[渡邉]医院"),
            ("がすたー", "ｶﾞｽﾀｰ錠を中止", "[ｶﾞｽﾀｰ]錠を中止"),
            ("hba1c 増量", "ＨｂＡ１ｃ 7.9、増量する", "[ＨｂＡ１ｃ] 7.9、[増量]する"),
            ("咳", "熱なし\n咳あり", "熱なし　[咳]あり"),
        ] {
            let shown = Words::read(typed).and_then(|words| excerpt(text, &words)).unwrap_or_default();
            let shown: String =
                shown.into_iter().map(|p| if p.found { format!("[{}]", p.text) } else { p.text }).collect();
            assert_eq!(shown, expected, "{typed}");
        }
    }

    #[test]
    fn a_long_text_is_cut_around_the_first_find() {
        let text = format!("{}血尿{}", "あ".repeat(300), "い".repeat(300));
        let shown = excerpt(&text, &Words::read("血尿").unwrap()).unwrap();
        let whole: String = shown.iter().map(|p| p.text.as_str()).collect();
        assert!(whole.starts_with('…') && whole.ends_with('…') && whole.chars().count() <= LONG + 2);
        assert!(shown.iter().any(|p| p.found && p.text == "血尿"));
    }
}
