//! What was typed, as words with all their readings.
use super::Domain;
use super::abbreviations::expansions;
use super::fold::{enlarge, fold, relaxed};
use super::habit::Known;
use super::index::{Face, Index, advance, is_kanji, stand};
use super::latin::{readings, skeleton_of_latin};
use memchr::memmem::Finder;

/// Most characters of a question that are looked at.
const MAX_CHARS: usize = 80;
/// Most words.
const MAX_WORDS: usize = 6;
/// Most entries that are taken from codes or skeletons.
const MOST: usize = 2_000;
/// From how many candidates of one word beginnings are judged first.
const BROAD: usize = 1_000;
/// Added to the rank of a match that needed its voicing marks relaxed.
pub(crate) const RELAXED: u16 = 100;
/// Ranks from here on are matches inside a face.
pub(crate) const INSIDE: u16 = 40;

/// A word of the question.
pub(crate) struct Word {
    /// As folded.
    pub(crate) folded: String,
    pub(crate) readings: Vec<Reading>,
    /// Begins with a digit: stands at the boundary of a number (5 is not in 25).
    is_number: bool,
    /// Entries whose names have the consonants of what is spelled in Latin, sorted.
    spelled: Vec<u32>,
}

/// One way to read a word.
pub(crate) struct Reading {
    exact: String,
    /// With small kana large, where that is another text.
    large: Option<String>,
    pub(crate) relaxed: String,
    finder: Finder<'static>,
    /// Place among the expansions of an abbreviation.
    abbreviates: Option<u16>,
}

/// How an entry matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) entry: u32,
    /// Lower is better.
    pub(crate) rank: u16,
    /// A word stands at the beginning of a face as it was typed.
    pub(crate) is_prefix: bool,
}

impl Reading {
    fn new(exact: String, abbreviates: Option<u16>) -> Reading {
        let relaxed = relaxed(&exact);
        let finder = Finder::new(&relaxed).into_owned();
        let large: String = exact.chars().map(enlarge).collect();
        let large = (large != exact).then_some(large);
        Reading { exact, large, relaxed, finder, abbreviates }
    }
}

/// Cuts the question into folded words. `split`: letters and digits that touch are two words (`AML5`).
pub(crate) fn words(text: &str, split: bool) -> Vec<String> {
    let bounded = text.char_indices().nth(MAX_CHARS).and_then(|(at, _)| text.get(..at)).unwrap_or(text);
    let pieces = bounded.split(|c: char| c.is_whitespace() || c.is_control() || matches!(c, ',' | '、' | '，'));
    let mut words: Vec<String> = Vec::new();
    for word in pieces.map(fold).filter(|word| !word.is_empty()) {
        let cut = word.char_indices().skip(1).find(|(_, c)| c.is_ascii_digit()).map(|(at, _)| at);
        match cut.filter(|_| split && !word.starts_with(|c: char| c.is_ascii_digit())).map(|at| word.split_at(at)) {
            Some((letters, digits)) => words.extend([letters.to_owned(), digits.to_owned()]),
            None => words.push(word),
        }
    }
    words.truncate(MAX_WORDS);
    words
}

impl Word {
    /// All readings of a folded word.
    pub(crate) fn read(folded: &str, domain: Domain) -> Word {
        let is_number = folded.starts_with(|c: char| c.is_ascii_digit());
        let mut found = vec![Reading::new(folded.to_owned(), None)];
        for (place, full) in expansions(domain, folded).into_iter().enumerate() {
            found.push(Reading::new(full.to_owned(), u16::try_from(place).ok()));
        }
        found.extend(readings(folded).into_iter().map(|kana| Reading::new(kana, None)));
        Word { folded: folded.to_owned(), readings: found, is_number, spelled: Vec::new() }
    }

    /// The word as a Latin spelling of names too, unless some name begins with it as ローマ字: who types `amuro` looks
    /// for アムロ and not for what shares its consonants.
    pub(crate) fn with_skeleton(mut self, index: &Index) -> Word {
        let begins = |reading: &Reading| {
            let candidates = index.candidates(&reading.relaxed, true);
            candidates.iter().any(|entry| index.texts(*entry).1.contains(reading.relaxed.as_str()))
        };
        let is_romaji = self.readings.iter().skip(1).any(|reading| reading.abbreviates.is_none() && begins(reading));
        if let Some(skeleton) = skeleton_of_latin(&self.folded).filter(|_| !is_romaji) {
            self.spelled = index.by_skeleton(&skeleton, MOST);
        }
        self
    }

    /// A word for diseases: ICD-10 codes are kept without their point.
    pub(crate) fn read_disease(folded: &str) -> Word {
        let is_code = matches!(folded.as_bytes(), [b'a'..=b'z', b'0'..=b'9', b'0'..=b'9', b'.', ..]);
        if is_code {
            Word::read(&folded.replace('.', ""), Domain::Disease)
        } else {
            Word::read(folded, Domain::Disease)
        }
    }

    /// Everything that may be underlined for it, relaxed.
    pub(crate) fn needles(&self) -> impl Iterator<Item = &str> {
        self.readings.iter().map(|reading| reading.relaxed.as_str())
    }

    /// Characters as typed.
    pub(crate) fn length(&self) -> usize {
        self.folded.chars().count()
    }

    /// Characters that mean something alone.
    pub(crate) fn kanji(&self) -> usize {
        self.folded.chars().filter(|c| is_kanji(*c)).count()
    }

    /// The digit, of a number that is one digit. It stands where numbers stand, and never for a code that begins with it.
    fn digit(&self) -> Option<char> {
        self.folded.chars().next().filter(|c| self.folded.len() == 1 && c.is_ascii_digit())
    }

    fn looks_like_code(&self) -> bool {
        self.folded.len() >= 2 && self.folded.is_ascii() && self.folded.bytes().any(|b| b.is_ascii_digit())
    }

    fn estimate(&self, index: &Index) -> usize {
        if self.is_number && !self.looks_like_code() {
            return usize::MAX;
        }
        let read: usize = self.readings.iter().map(|r| index.estimate(&r.relaxed, r.abbreviates.is_some())).sum();
        read + self.spelled.len()
    }

    /// Entries that may match, sorted. `begins`: only those with a face that begins so.
    fn candidates(&self, index: &Index, begins: bool) -> Vec<u32> {
        let mut found = Vec::new();
        for reading in &self.readings {
            found.extend(index.candidates(&reading.relaxed, begins || reading.abbreviates.is_some()));
        }
        if self.looks_like_code() {
            found.extend(index.by_code(&self.folded, MOST));
        }
        found.extend(&self.spelled);
        if self.readings.len() > 1 || self.looks_like_code() || !self.spelled.is_empty() {
            found.sort_unstable();
            found.dedup();
        }
        found
    }

    /// The best match within an entry: rank, and whether it is one at a beginning.
    fn best(&self, entry: u32, exact: &str, relaxed: &str) -> Option<(u16, bool)> {
        let mut best: Option<(u16, bool)> = None;
        for reading in &self.readings {
            for at in reading.finder.find_iter(relaxed.as_bytes()) {
                let Some((rank, begins)) = self.rank(reading, exact, at) else { continue };
                if best.is_none_or(|(old, _)| rank < old) {
                    best = Some((rank, begins));
                }
                if rank <= 10 {
                    break;
                }
            }
        }
        if best.is_none_or(|(rank, _)| rank >= INSIDE) && self.spelled.binary_search(&entry).is_ok() {
            best = Some((30, false));
        }
        best
    }

    fn rank(&self, reading: &Reading, exact: &str, at: usize) -> Option<(u16, bool)> {
        let length = reading.relaxed.len();
        let (face, begins, whole) = stand(exact, at, length)?;
        let base = match reading.abbreviates {
            Some(_) if !begins || face > Face::General || face == Face::Alias => return None,
            Some(place) => {
                let base = match (face, whole) {
                    (Face::General, _) => 14,
                    (_, true) => 1,
                    (_, false) => 11,
                };
                base + place.min(4) * 3
            }
            None if self.is_number && face == Face::Code && !begins => return None,
            None if self.is_number => match number_at(exact, at, length, &self.folded) {
                Some(true) => 0,
                Some(false) if face == Face::Code => 20,
                Some(false) => 30,
                None => return None,
            },
            None => match (face, begins) {
                (Face::Code, true) => {
                    if whole {
                        3
                    } else {
                        20
                    }
                }
                (Face::Code, false) => return None,
                (Face::Name | Face::Kana | Face::Alias, true) if whole => 0,
                (Face::Name | Face::Kana, true) => 10,
                (Face::Alias, true) => 12,
                (Face::General, true) => 14,
                (Face::Name | Face::Kana, false) => 40,
                (Face::Alias, false) => 42,
                (Face::General, false) => 44,
                (Face::Detail, _) => 46,
            },
        };
        let found = exact.get(at..at + length);
        let is_exact =
            found == Some(reading.exact.as_str()) || (face == Face::Kana && found == reading.large.as_deref());
        Some((if is_exact { base } else { base + RELAXED }, begins && is_exact))
    }
}

/// Whether a number stands at a place as one: whole (`Some(true)`), as the beginning of one, or not at all.
fn number_at(text: &str, at: usize, length: usize, number: &str) -> Option<bool> {
    let bytes = text.as_bytes();
    let part = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_digit() || *b == b'.');
    if at > 0 && part(bytes.get(at - 1)) {
        return None;
    }
    let open = number.bytes().last().is_some_and(|b| b.is_ascii_digit()) && part(bytes.get(at + length));
    Some(!open)
}

/// What a question found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// In the order of entries.
    pub(crate) hits: Vec<Hit>,
    /// How many there are; more than the hits where only beginnings were judged.
    pub(crate) total: usize,
}

/// All entries in which every word is found. `alive` says which entries count. Where one word stands in thousands of
/// entries and begins `limit` of them, which come first anyway, the rest is counted and not judged, but for the entries
/// that are `known`.
pub(crate) fn run(index: &Index, words: &[Word], known: &Known, limit: usize, alive: impl Fn(u32) -> bool) -> Found {
    let Some(driver) = words.iter().min_by_key(|word| word.estimate(index)) else { return Found::default() };
    let mut all = driver.candidates(index, false);
    // One digit beside a broad word (`錠5`): most of what the word finds has no such number and need not be judged.
    for digit in words.iter().filter(|word| !std::ptr::eq(*word, driver)).filter_map(Word::digit) {
        let (list, mut place) = (index.numbered(digit), 0);
        all.retain(|entry| advance(list, &mut place, *entry));
    }
    all.retain(|entry| alive(*entry));
    if all.len() > BROAD && words.len() == 1 {
        let mut first = driver.candidates(index, true);
        first.retain(|entry| alive(*entry));
        first.extend(known.entries().filter(|entry| all.binary_search(entry).is_ok()));
        first.sort_unstable();
        first.dedup();
        let hits: Vec<Hit> = first.into_iter().filter_map(|entry| judge(index, words, entry)).collect();
        if hits.iter().filter(|hit| hit.is_prefix).count() >= limit {
            return Found { hits, total: all.len() };
        }
    }
    let hits: Vec<Hit> = all.into_iter().filter_map(|entry| judge(index, words, entry)).collect();
    Found { total: hits.len(), hits }
}

/// How one entry matches all words.
pub(crate) fn judge(index: &Index, words: &[Word], entry: u32) -> Option<Hit> {
    let (exact, relaxed) = index.texts(entry);
    let (mut rank, mut is_prefix) = (0_u16, false);
    for word in words {
        let (one, begins) = word.best(entry, exact, relaxed)?;
        rank = rank.saturating_add(one);
        is_prefix |= begins && !word.is_number;
    }
    let is_prefix = is_prefix || words.iter().all(|word| word.is_number);
    Some(Hit { entry, rank, is_prefix: is_prefix && rank < RELAXED })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn questions_fall_into_words() {
        for (text, split, expected) in [
            ("AML5", true, &["aml", "5"][..]),
            ("タケキャブ２０ｍｇ", true, &["たけきゃぶ", "20mg"]),
            ("あむ 5", true, &["あむ", "5"]),
            ("2.5 あむ", true, &["2.5", "あむ"]),
            ("HbA1c", false, &["hba1c"]),
            ("5fu", true, &["5fu"]),
            ("  ", true, &[]),
            ("a b c d e f g h", true, &["a", "b", "c", "d", "e", "f"]),
        ] {
            assert_eq!(words(text, split), expected, "{text}");
        }
    }

    #[test]
    fn numbers_stand_at_their_boundaries() {
        for (text, number, expected) in [
            ("あむ錠5mg", "5", Some(true)),
            ("あむ錠2.5mg", "5", None),
            ("あむ錠25mg", "5", None),
            ("あむ錠50mg", "5", Some(false)),
            ("あむ錠2.5mg", "2", Some(false)),
            ("あむ錠2.5mg", "2.5", Some(true)),
            ("あむ錠5mg", "5m", Some(true)),
        ] {
            let at = text.find(number).unwrap();
            assert_eq!(number_at(text, at, number.len(), number), expected, "{text} {number}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_question_is_bounded(text in any::<String>(), domain in 0..6_usize) {
            let words = words(&text, true);
            prop_assert!(words.len() <= MAX_WORDS);
            for word in &words {
                let word = Word::read(word, Domain::ALL[domain]);
                prop_assert!(word.readings.len() <= 1 + 8 + 12);
            }
        }
    }
}
