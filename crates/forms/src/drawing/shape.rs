//! From words to glyphs.
use super::Drawing;
use crate::fonts::Fonts;
use unicode_normalization::char::compose;

/// What stands for a character that no font has (下駄).
const GETA: char = '〓';

/// A glyph of a line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Glyph {
    /// Index of the face.
    pub(crate) face: usize,
    /// Number in it.
    pub(crate) id: u32,
    /// Width in units of the size.
    pub(crate) advance: f32,
    /// Bytes of the text it stands for.
    pub(crate) range: std::ops::Range<usize>,
    /// Drawn as a shape, without text behind it: 外字 of the private use area, which PDF/A does not let stand as text.
    pub(crate) outlined: bool,
}

/// Words as glyphs.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Shaped {
    pub(crate) text: String,
    pub(crate) glyphs: Vec<Glyph>,
    /// Width of all in units of the size.
    pub(crate) width: f32,
}

/// Shapes one line of words. Control characters and line ends become spaces.
pub(crate) fn shape(fonts: &Fonts, drawing: &mut Drawing, words: &str, bold: bool) -> Shaped {
    let mut shaped = Shaped { text: String::with_capacity(words.len()), ..Shaped::default() };
    let mut characters = words.chars().map(|c| if c.is_control() { ' ' } else { c }).peekable();
    while let Some(mut character) = characters.next() {
        // か + ゙ is が. Nothing else is composed: that would undo the kanji that names insist on.
        if let Some(mark) = characters.next_if(|c| matches!(c, '\u{3099}' | '\u{309A}')) {
            character = compose(character, mark).unwrap_or(character);
        }
        let selector = characters.next_if(|c| is_selector(*c));
        if is_selector(character) || matches!(character, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}') {
            continue;
        }
        let found = fonts.glyph(character, selector, bold);
        if found.is_none() {
            drawing.missing.insert(character);
        }
        let stand_in = || [GETA, '?'].into_iter().find_map(|c| Some((c, fonts.glyph(c, None, bold)?)));
        let Some((written, placed)) = found.map(|placed| (character, placed)).or_else(stand_in) else { continue };
        if placed.plain {
            drawing.plain.insert(character);
        }
        let start = shaped.text.len();
        shaped.text.push(written);
        if let Some(selector) = selector.filter(|_| found.is_some() && !placed.plain) {
            shaped.text.push(selector);
        }
        shaped.width += placed.advance;
        shaped.glyphs.push(Glyph {
            face: placed.face,
            id: placed.glyph,
            advance: placed.advance,
            range: start..shaped.text.len(),
            outlined: is_private(written),
        });
    }
    shaped
}

const fn is_selector(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

const fn is_private(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{FFFFD}' | '\u{100000}'..='\u{10FFFD}')
}

impl Shaped {
    /// A part of the glyphs as a line of its own.
    pub(crate) fn part(&self, range: std::ops::Range<usize>) -> Shaped {
        let glyphs = self.glyphs.get(range).unwrap_or_default();
        let (Some(first), Some(last)) = (glyphs.first(), glyphs.last()) else { return Shaped::default() };
        let start = first.range.start;
        let text = self.text.get(start..last.range.end).unwrap_or_default().to_owned();
        let moved =
            |glyph: &Glyph| Glyph { range: glyph.range.start - start..glyph.range.end - start, ..glyph.clone() };
        let width = glyphs.iter().map(|glyph| glyph.advance).sum();
        Shaped { text, glyphs: glyphs.iter().map(moved).collect(), width }
    }

    /// The character a glyph stands for.
    pub(super) fn character(&self, at: usize) -> char {
        let range = self.glyphs.get(at).map(|glyph| glyph.range.clone()).unwrap_or_default();
        self.text.get(range).and_then(|text| text.chars().next()).unwrap_or(' ')
    }
}
