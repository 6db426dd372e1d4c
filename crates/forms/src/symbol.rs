//! 2-D symbols (QR Code, JIS X 0510). What they hold comes from the caller, to the byte.
use crate::FormError;
use crate::drawing::{Pen, Rect};
use qrcode::{Color, EcLevel, QrCode};

/// White around a symbol, in modules (JIS X 0510: four).
const QUIET: usize = 4;
/// Narrowest module that printers and readers of a clinic master, in millimetres.
pub(crate) const NARROWEST_MODULE: f32 = 0.25;

/// A symbol as black and white.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Symbol {
    /// Modules on a side, without the white around.
    width: usize,
    modules: Vec<bool>,
}

impl Symbol {
    /// Encodes bytes with error correction M (15 %).
    pub(crate) fn of(bytes: &[u8]) -> Result<Symbol, FormError> {
        let code = QrCode::with_error_correction_level(bytes, EcLevel::M).map_err(|_| FormError::Symbol)?;
        let modules = code.to_colors().into_iter().map(|color| color == Color::Dark).collect();
        Ok(Symbol { width: code.width(), modules })
    }

    /// Width of a module when the symbol with the white around it fills a side, in millimetres.
    pub(crate) fn module_at(&self, side: f32) -> f32 {
        side / (self.width + 2 * QUIET) as f32
    }

    /// Draws it with the white around into a square. Modules are 0.5 mm wide at most: larger ones take longer to scan.
    pub(crate) fn draw(&self, pen: &mut Pen<'_>, square: Rect) {
        let module = self.module_at(square.w).min(0.5);
        let side = module * self.width as f32;
        let (x, y) = (square.x + (square.w - side) / 2.0, square.y + (square.h - side) / 2.0);
        pen.symbol(Rect::new(x, y, side, side), self.width, &self.modules);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_one_symbol_cannot_hold_is_told() {
        // Half-width katakana in Shift_JIS: neither digits nor letters nor pairs of bytes that the symbol packs closer.
        assert!(Symbol::of(&[0xB1; 2_331]).is_ok());
        assert!(matches!(Symbol::of(&[0xB1; 2_332]), Err(FormError::Symbol)));
    }

    #[test]
    fn modules_of_a_usual_prescription_can_be_read() {
        // Seven hundred bytes are about five drugs.
        let symbol = Symbol::of(&vec![0xB1; 700]).unwrap();
        assert!(symbol.module_at(31.5) >= NARROWEST_MODULE, "{}", symbol.module_at(31.5));
    }
}
