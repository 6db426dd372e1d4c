//! The index of one domain: folded faces in one text, and which entries hold which pair of characters.
//!
//! Pairs are those of the faces without voicing marks, so that one index serves exact and relaxed questions; what a
//! match was is read from the text. All is laid out in a few large arrays: building sorts integers, searching
//! intersects short sorted lists and looks at what is left.
use super::fold::{fold_into, relax};
use super::latin::skeleton_of_kana;

/// What a face is; the number is written before it in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Face {
    /// The name as published.
    Name = 1,
    /// Its reading.
    Kana = 2,
    /// Synonyms, short names.
    Alias = 3,
    /// Ingredient, general name, group above.
    General = 4,
    /// Strength, maker, method: words that narrow.
    Detail = 5,
    /// Codes, found from their beginning.
    Code = 6,
}

impl Face {
    const ALL: [Face; 6] = [Face::Name, Face::Kana, Face::Alias, Face::General, Face::Detail, Face::Code];

    fn of(byte: u8) -> Option<Face> {
        Face::ALL.into_iter().find(|face| *face as u8 == byte)
    }
}

/// Bytes below stand before a face.
const MARKS: u8 = 0x10;
/// Most characters kept of one face.
const MAX_FACE: usize = 120;
/// Identity of the beginning of a face, and of "any character" after a 漢字 or after the first digit of a number.
const BEGIN: u16 = 0;
const ANY: u16 = u16::MAX;
/// Identity of characters outside the basic plane, and of those that no face has.
const RARE: u16 = 1;
/// Last day of what has no end.
const OPEN: u32 = 99_991_231;

/// All entries of a domain. Entries are numbered in the order in which they were added.
#[derive(Debug, Default)]
pub(crate) struct Index {
    exact: Box<str>,
    relaxed: Box<str>,
    /// Where each entry begins in both texts, and the end.
    starts: Box<[u32]>,
    /// Number of each character of the basic plane.
    ids: Box<[u16]>,
    grams: Box<[u32]>,
    gram_starts: Box<[u32]>,
    postings: Box<[u32]>,
    /// (place in `exact`, entry) of codes, sorted by code.
    codes: Box<[(u32, u32)]>,
    /// Skeletons of names, sorted, each followed by its entry.
    skeletons: Box<[(Box<str>, u32)]>,
    from: Box<[u32]>,
    until: Box<[u32]>,
    hints: Box<[u8]>,
    lengths: Box<[u8]>,
}

/// Collects entries.
#[derive(Default)]
pub(crate) struct Builder {
    exact: String,
    relaxed: String,
    starts: Vec<u32>,
    ids: Vec<u16>,
    next_id: u16,
    pairs: Vec<u64>,
    codes: Vec<(u32, u32)>,
    skeletons: Vec<(Box<str>, u32)>,
    skeletal: bool,
    judged_only: bool,
    from: Vec<u32>,
    until: Vec<u32>,
    hints: Vec<u8>,
    lengths: Vec<u8>,
}

/// How long an entry is offered, as YYYYMMDD inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Life {
    pub(crate) from: u32,
    pub(crate) until: u32,
}

impl Life {
    pub(crate) fn new(from: Option<karute_japan::Date>, until: Option<karute_japan::Date>) -> Life {
        Life { from: from.map_or(0, number), until: until.map_or(OPEN, number) }
    }

    /// Both at once.
    pub(crate) fn within(self, other: Life) -> Life {
        Life { from: self.from.max(other.from), until: self.until.min(other.until) }
    }
}

/// A day as YYYYMMDD.
pub(crate) fn number(day: karute_japan::Date) -> u32 {
    let part = |value: i32| u32::try_from(value).unwrap_or(0);
    part(day.year().into()) * 10_000 + part(day.month().into()) * 100 + part(day.day().into())
}

impl Builder {
    /// An index whose names are found by the consonants of their Latin spelling too.
    pub(crate) fn skeletal() -> Builder {
        Builder { skeletal: true, ..Builder::default() }
    }

    /// Texts without an index, for so few entries that each is judged.
    pub(crate) fn judged_only() -> Builder {
        Builder { judged_only: true, ..Builder::default() }
    }

    /// Adds an entry; returns its number. A lower `hint` comes first among equals.
    pub(crate) fn add<'f>(&mut self, life: Life, hint: u8, faces: impl Iterator<Item = (Face, &'f str)>) -> u32 {
        if self.ids.is_empty() && !self.judged_only {
            self.ids = vec![RARE; 0x1_0000];
            self.next_id = RARE + 1;
        }
        let entry = place(self.starts.len());
        self.starts.push(place(self.exact.len()));
        let begin = self.exact.len();
        let mut seen: Vec<std::ops::Range<usize>> = Vec::new();
        let mut length = 0;
        for (face, text) in faces {
            let mark = self.exact.len();
            self.exact.push(char::from(face as u8));
            let at = self.exact.len();
            fold_into(text, &mut self.exact);
            if let Some((cut, _)) = self.exact.get(at..).and_then(|face| face.char_indices().nth(MAX_FACE)) {
                self.exact.truncate(at + cut);
            }
            let new = self.exact.get(at..).unwrap_or_default();
            if new.is_empty() || seen.iter().any(|old| self.exact.get(old.clone()) == Some(new)) {
                self.exact.truncate(mark);
                continue;
            }
            if face == Face::Name && length == 0 {
                length = new.chars().count().min(255);
            }
            if self.skeletal && face <= Face::General {
                let skeleton = skeleton_of_kana(new);
                if skeleton.len() >= 2 {
                    self.skeletons.push((skeleton.into(), entry));
                }
            }
            if face == Face::Code {
                self.codes.push((place(at), entry));
            }
            seen.push(at..self.exact.len());
        }
        self.relaxed.extend(self.exact.get(begin..).unwrap_or_default().chars().map(relax));
        if !self.judged_only {
            self.pairs_of(begin, entry);
        }
        self.from.push(life.from);
        self.until.push(life.until);
        self.hints.push(hint);
        self.lengths.push(u8::try_from(length).unwrap_or(u8::MAX));
        entry
    }

    fn pairs_of(&mut self, begin: usize, entry: u32) {
        let first_new = self.pairs.len();
        let text = self.relaxed.get(begin..).unwrap_or_default();
        let (mut before, mut skip, mut in_number) = (BEGIN, false, false);
        for c in text.chars() {
            if (c as u32) < u32::from(MARKS) {
                before = BEGIN;
                in_number = false;
                skip = c as u32 == Face::Code as u32;
                continue;
            }
            if skip {
                continue;
            }
            let id = match self.ids.get_mut(c as usize) {
                Some(id) => {
                    if *id == RARE && self.next_id < ANY {
                        *id = self.next_id;
                        self.next_id += 1;
                    }
                    *id
                }
                None => RARE,
            };
            self.pairs.push(pair(before, id, entry));
            if is_kanji(c) || (c.is_ascii_digit() && !in_number) {
                self.pairs.push(pair(id, ANY, entry));
            }
            in_number = c.is_ascii_digit() || c == '.';
            before = id;
        }
        if let Some(new) = self.pairs.get_mut(first_new..) {
            new.sort_unstable();
        }
        let mut kept = first_new;
        for at in first_new..self.pairs.len() {
            let value = self.pairs.get(at).copied().unwrap_or_default();
            if kept == first_new || self.pairs.get(kept - 1) != Some(&value) {
                if let Some(slot) = self.pairs.get_mut(kept) {
                    *slot = value;
                }
                kept += 1;
            }
        }
        self.pairs.truncate(kept);
    }

    /// Sorts what was collected.
    pub(crate) fn build(mut self) -> Index {
        self.pairs.sort_unstable();
        let mut grams = Vec::new();
        let mut gram_starts = Vec::new();
        let mut postings = Vec::with_capacity(self.pairs.len());
        for value in &self.pairs {
            let gram = u32::try_from(value >> 32).unwrap_or_default();
            if grams.last() != Some(&gram) {
                grams.push(gram);
                gram_starts.push(place(postings.len()));
            }
            postings.push(u32::try_from(value & u64::from(u32::MAX)).unwrap_or_default());
        }
        gram_starts.push(place(postings.len()));
        drop(self.pairs);
        self.starts.push(place(self.exact.len()));
        let exact: Box<str> = self.exact.into();
        self.codes.sort_unstable_by(|a, b| face_at(&exact, a.0).cmp(face_at(&exact, b.0)).then(a.1.cmp(&b.1)));
        self.skeletons.sort_unstable();
        self.skeletons.dedup();
        Index {
            exact,
            relaxed: self.relaxed.into(),
            starts: self.starts.into(),
            ids: self.ids.into(),
            grams: grams.into(),
            gram_starts: gram_starts.into(),
            postings: postings.into(),
            codes: self.codes.into(),
            skeletons: self.skeletons.into(),
            from: self.from.into(),
            until: self.until.into(),
            hints: self.hints.into(),
            lengths: self.lengths.into(),
        }
    }
}

impl Index {
    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        let skeletons: usize = self.skeletons.iter().map(|(text, _)| text.len() + 24).sum();
        let words = self.starts.len() + self.grams.len() + self.gram_starts.len() + self.postings.len();
        (words + self.from.len() * 2 + self.codes.len() * 2) * 4
            + self.exact.len() * 2
            + self.ids.len() * 2
            + skeletons
            + self.hints.len() * 2
    }

    /// Both texts of an entry, exact first.
    pub(crate) fn texts(&self, entry: u32) -> (&str, &str) {
        let range = || {
            let at = entry as usize;
            Some(*self.starts.get(at)? as usize..*self.starts.get(at + 1)? as usize)
        };
        let range = range().unwrap_or_default();
        (self.exact.get(range.clone()).unwrap_or_default(), self.relaxed.get(range).unwrap_or_default())
    }

    /// Whether an entry is offered on a day.
    pub(crate) fn is_live(&self, entry: u32, day: u32) -> bool {
        let at = entry as usize;
        self.from.get(at).is_some_and(|from| *from <= day) && self.until.get(at).is_some_and(|until| *until >= day)
    }

    /// First day of an entry.
    pub(crate) fn from(&self, entry: u32) -> u32 {
        self.from.get(entry as usize).copied().unwrap_or_default()
    }

    /// What comes first among equals.
    pub(crate) fn hint(&self, entry: u32) -> u8 {
        self.hints.get(entry as usize).copied().unwrap_or_default()
    }

    /// Characters of the folded name.
    pub(crate) fn length(&self, entry: u32) -> u8 {
        self.lengths.get(entry as usize).copied().unwrap_or_default()
    }

    /// Entries that may hold the relaxed text, sorted: all that do are among them, when faces other than codes are
    /// meant. `begins`: only where a face begins with it. One kana or letter finds beginnings only.
    pub(crate) fn candidates(&self, relaxed: &str, begins: bool) -> Vec<u32> {
        let lists = self.lists(relaxed, begins);
        let Some((first, others)) = lists.split_first() else { return Vec::new() };
        let mut found = Vec::with_capacity(first.len());
        let mut places = [0_usize; 2];
        for entry in *first {
            let everywhere = others.iter().zip(&mut places).all(|(list, place)| advance(list, place, *entry));
            if everywhere {
                found.push(*entry);
            }
        }
        found
    }

    /// Entries with a number outside codes that begins with this digit, sorted.
    pub(crate) fn numbered(&self, digit: char) -> &[u32] {
        self.posting(self.ids.get(digit as usize).copied().unwrap_or(RARE), ANY)
    }

    /// At least how many candidates there are, cheaply.
    pub(crate) fn estimate(&self, relaxed: &str, begins: bool) -> usize {
        self.lists(relaxed, begins).first().map_or(0, |list| list.len())
    }

    /// The three shortest lists of the pairs of a text, shortest first; none when a pair does not occur.
    fn lists(&self, relaxed: &str, begins: bool) -> Vec<&[u32]> {
        let mut lists: Vec<&[u32]> = Vec::new();
        let mut before = None;
        let id = |c: char| self.ids.get(c as usize).copied().unwrap_or(RARE);
        let alone = relaxed.chars().nth(1).is_none();
        if begins && relaxed.is_empty() {
            return Vec::new();
        }
        for c in relaxed.chars() {
            let this = id(c);
            match before {
                Some(before) => lists.push(self.posting(before, this)),
                None if begins || (alone && !is_kanji(c)) => lists.push(self.posting(BEGIN, this)),
                None if alone => lists.push(self.posting(this, ANY)),
                None => {}
            }
            before = Some(this);
        }
        if lists.iter().any(|list| list.is_empty()) {
            return Vec::new();
        }
        lists.sort_by_key(|list| list.len());
        lists.truncate(3);
        lists
    }

    fn posting(&self, a: u16, b: u16) -> &[u32] {
        let gram = u32::from(a) << 16 | u32::from(b);
        let range = || {
            let at = self.grams.binary_search(&gram).ok()?;
            Some(*self.gram_starts.get(at)? as usize..*self.gram_starts.get(at + 1)? as usize)
        };
        range().and_then(|range| self.postings.get(range)).unwrap_or_default()
    }

    /// Entries with a code that begins so, sorted by code, at most `most`.
    pub(crate) fn by_code(&self, code: &str, most: usize) -> Vec<u32> {
        let first = self.codes.partition_point(|(at, _)| face_at(&self.exact, *at) < code);
        let rest = self.codes.get(first..).unwrap_or_default();
        rest.iter()
            .take_while(|(at, _)| face_at(&self.exact, *at).starts_with(code))
            .take(most)
            .map(|(_, entry)| *entry)
            .collect()
    }

    /// Entries with exactly this code.
    pub(crate) fn by_whole_code(&self, code: &str) -> Vec<u32> {
        let order = |at: u32| compare_face(&self.exact, at, code);
        let first = self.codes.partition_point(|(at, _)| order(*at).is_lt());
        let rest = self.codes.get(first..).unwrap_or_default();
        rest.iter().take_while(|(at, _)| order(*at).is_eq()).map(|(_, entry)| *entry).collect()
    }

    /// Entries with a name whose skeleton begins so, at most `most`, sorted.
    pub(crate) fn by_skeleton(&self, skeleton: &str, most: usize) -> Vec<u32> {
        let first = self.skeletons.partition_point(|(text, _)| text.as_ref() < skeleton);
        let rest = self.skeletons.get(first..).unwrap_or_default();
        let found = rest.iter().take_while(|(text, _)| text.starts_with(skeleton)).take(most);
        let mut entries: Vec<u32> = found.map(|(_, entry)| *entry).collect();
        entries.sort_unstable();
        entries.dedup();
        entries
    }
}

/// The faces within the text of an entry.
#[cfg(test)]
pub(crate) fn faces_of(text: &str) -> impl Iterator<Item = (Face, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let face = Face::of(*rest.as_bytes().first()?)?;
        let body = rest.get(1..)?;
        let end = body.bytes().position(|b| b < MARKS).unwrap_or(body.len());
        rest = body.get(end..)?;
        Some((face, body.get(..end)?))
    })
}

/// Where a match stands: the face, whether at its beginning, whether it is all of it.
pub(crate) fn stand(text: &str, at: usize, length: usize) -> Option<(Face, bool, bool)> {
    let bytes = text.as_bytes();
    let mark = bytes.get(..at)?.iter().rposition(|b| *b < MARKS)?;
    let face = Face::of(*bytes.get(mark)?)?;
    let begins = mark + 1 == at;
    let ends = bytes.get(at + length).is_none_or(|b| *b < MARKS);
    Some((face, begins, begins && ends))
}

/// The face that begins at a place.
fn face_at(exact: &str, at: u32) -> &str {
    let rest = exact.get(at as usize..).unwrap_or_default();
    let end = rest.bytes().position(|b| b < MARKS).unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default()
}

/// Orders the face at a place against a text, looking no further than needed.
fn compare_face(exact: &str, at: u32, text: &str) -> std::cmp::Ordering {
    let rest = exact.as_bytes().get(at as usize..).unwrap_or_default();
    let begin = rest.get(..text.len()).unwrap_or(rest);
    begin.cmp(text.as_bytes()).then_with(|| {
        let ends = rest.get(text.len()).is_none_or(|byte| *byte < MARKS);
        if ends { std::cmp::Ordering::Equal } else { std::cmp::Ordering::Greater }
    })
}

fn pair(a: u16, b: u16, entry: u32) -> u64 {
    u64::from(a) << 48 | u64::from(b) << 32 | u64::from(entry)
}

/// Whether the list holds the entry; `place` moves on and may not be used for a smaller one.
pub(crate) fn advance(list: &[u32], place: &mut usize, entry: u32) -> bool {
    let mut step = 1;
    while list.get(*place + step).is_some_and(|value| *value <= entry) {
        *place += step;
        step *= 2;
    }
    while step > 0 {
        if list.get(*place + step).is_some_and(|value| *value <= entry) {
            *place += step;
        }
        step /= 2;
    }
    list.get(*place) == Some(&entry)
}

/// Characters that mean something alone.
pub(crate) fn is_kanji(c: char) -> bool {
    matches!(u32::from(c), 0x3400..=0x9FFF | 0xF900..=0xFAFF | 0x2_0000..)
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index() -> Index {
        let mut builder = Builder::skeletal();
        let life = Life { from: 20_200_101, until: 20_260_331 };
        for (name, kana) in
            [("糖尿病", "トウニョウビョウ"), ("尿糖", "ニョウトウ"), ("肺炎", "ハイエン"), ("梅毒", "バイドク")]
        {
            builder.add(life, 0, [(Face::Name, name), (Face::Kana, kana), (Face::Code, "E14")].into_iter());
        }
        builder.build()
    }

    #[test]
    fn pairs_lead_to_entries() {
        let index = index();
        for (text, begins, expected) in [
            ("とうに", false, &[0][..]),
            ("によう", false, &[0, 1]),
            ("によう", true, &[1]),
            ("はい", false, &[2, 3]),
            ("尿", false, &[0, 1]),
            ("に", false, &[1]),
            ("い", false, &[]),
            ("糖尿病腎", false, &[]),
            ("zz", false, &[]),
            ("e14", false, &[]),
            ("", false, &[]),
        ] {
            assert_eq!(index.candidates(text, begins), expected, "{text}");
        }
        assert_eq!(index.by_code("e1", 9), [0, 1, 2, 3]);
        assert_eq!(index.by_skeleton("hn", 9), [2]);
        assert!(index.is_live(0, 20_260_331) && !index.is_live(0, 20_260_401));
    }

    #[test]
    fn a_match_knows_its_face() {
        let index = index();
        let (exact, relaxed) = index.texts(3);
        assert_eq!(relaxed.find("はい").and_then(|at| stand(exact, at, 6)), Some((Face::Kana, true, false)));
        assert_eq!(exact.find("梅毒").and_then(|at| stand(exact, at, 6)), Some((Face::Name, true, true)));
        assert_eq!(faces_of(exact).map(|(_, text)| text).collect::<Vec<_>>(), ["梅毒", "ばいどく", "e14"]);
    }
}
