//! Fonts: which glyph stands for a character, in which font, how wide. Kana, kanji and Latin need no shaping.
mod face;
mod find;

pub(crate) use face::Face;

use crate::FormError;
use std::path::Path;

/// The fonts of a process, read once.
pub(crate) struct Fonts {
    faces: Vec<Face>,
    /// Indices of `faces` in the order in which a character is looked for.
    regular: Vec<usize>,
    bold: Vec<usize>,
}

/// A glyph and the font that has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Placed {
    /// Index of the face.
    pub(crate) face: usize,
    /// Glyph number.
    pub(crate) glyph: u32,
    /// Width in units of the letter's size.
    pub(crate) advance: f32,
    /// Whether a variation selector was asked for and no font has that shape.
    pub(crate) plain: bool,
}

impl Fonts {
    /// Those in the binary, else those of the machine; then whatever lies in `folder`, for kanji that these lack
    /// (外字, IVS).
    pub(crate) fn load(folder: Option<&Path>) -> Result<Fonts, FormError> {
        let mut faces = find::main()?;
        // A bold face of the family stands second where there is one.
        let has_bold = faces.get(1).is_some_and(|face| face.is_bold);
        faces.extend(find::extra(folder)?);
        if faces.is_empty() {
            return Err(FormError::NoFont);
        }
        let regular: Vec<usize> = (0..faces.len()).filter(|at| !(has_bold && *at == 1)).collect();
        let bold = if has_bold { std::iter::once(1).chain(regular.iter().copied()).collect() } else { regular.clone() };
        Ok(Fonts { faces, regular, bold })
    }

    /// The font itself, for writing.
    pub(crate) fn face(&self, index: usize) -> Option<&Face> {
        self.faces.get(index)
    }

    /// The glyph of a character, with a variation selector where one follows it. A shape that no font has falls back to
    /// the usual one, which is said in `plain`.
    pub(crate) fn glyph(&self, character: char, selector: Option<char>, bold: bool) -> Option<Placed> {
        let chain = if bold { &self.bold } else { &self.regular };
        let placed = |index: usize, glyph: u32, plain: bool| {
            let advance = self.faces.get(index).map_or(1.0, |face| face.advance(glyph));
            Placed { face: index, glyph, advance, plain }
        };
        if let Some(selector) = selector {
            for &index in chain {
                if let Some(glyph) = self.faces.get(index)?.variant(character, selector) {
                    return Some(placed(index, glyph, false));
                }
            }
        }
        let usual = chain.iter().find_map(|&index| Some((index, self.faces.get(index)?.glyph(character)?)));
        let (index, glyph) = usual?;
        Some(placed(index, glyph, selector.is_some()))
    }
}
