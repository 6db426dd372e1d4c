//! One font, with its tables read into memory once.
use crate::FormError;
use krilla::text::Font;
use skrifa::charmap::MapVariant;
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider as _};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

/// A font.
pub(crate) struct Face {
    /// For writing.
    pub(crate) font: Font,
    /// Whether it is a bold one.
    pub(crate) is_bold: bool,
    /// Code point → glyph.
    glyphs: HashMap<u32, u32>,
    /// Code point and variation selector → glyph.
    variants: HashMap<(u32, u32), u32>,
    /// Widths by glyph, in units of the letter's size.
    advances: Vec<f32>,
}

impl Face {
    /// Reads a font; `index` within a collection. The path is told when it is none.
    pub(crate) fn read(bytes: &Arc<Vec<u8>>, index: u32, path: &Path) -> Result<Face, FormError> {
        let font = Font::new(Arc::clone(bytes).into(), index);
        Face::new(bytes, index, font).ok_or_else(|| FormError::Font(path.to_owned()))
    }

    /// One that is in the binary.
    #[cfg(bundled_fonts)]
    pub(super) fn bundled(bytes: &'static [u8]) -> Result<Face, FormError> {
        Face::new(bytes, 0, Font::new(bytes.into(), 0)).ok_or(FormError::NoFont)
    }

    fn new(bytes: &[u8], index: u32, font: Option<Font>) -> Option<Face> {
        let font = font?;
        let table = FontRef::from_index(bytes, index).ok()?;
        let charmap = table.charmap();
        let glyphs: HashMap<u32, u32> = charmap.mappings().map(|(code, glyph)| (code, glyph.to_u32())).collect();
        let variants = charmap
            .variant_mappings()
            .filter_map(|(code, selector, found)| {
                let glyph = match found {
                    MapVariant::UseDefault => glyphs.get(&code).copied()?,
                    MapVariant::Variant(glyph) => glyph.to_u32(),
                };
                Some(((code, selector), glyph))
            })
            .collect();
        let metrics = table.glyph_metrics(Size::new(1.0), LocationRef::default());
        let advances = (0..metrics.glyph_count())
            .map(|glyph| metrics.advance_width(skrifa::GlyphId::new(glyph)).unwrap_or(1.0))
            .collect();
        let is_bold = table.attributes().weight.value() >= 600.0;
        Some(Face { font, is_bold, glyphs, variants, advances })
    }

    /// The glyph of a character.
    pub(crate) fn glyph(&self, character: char) -> Option<u32> {
        self.glyphs.get(&u32::from(character)).copied().filter(|glyph| *glyph != 0)
    }

    /// The glyph of a character with a variation selector.
    pub(crate) fn variant(&self, character: char, selector: char) -> Option<u32> {
        self.variants.get(&(u32::from(character), u32::from(selector))).copied()
    }

    /// Width of a glyph in units of the letter's size.
    pub(crate) fn advance(&self, glyph: u32) -> f32 {
        self.advances.get(glyph as usize).copied().unwrap_or(1.0)
    }
}
