//! What a pharmacist would see at once, as a check on the drawing: letters over letters, letters over rules, letters off
//! the paper. Used by the tests of every form.
use super::{Drawing, Op, Rect, Text};

/// Ink that comes closer to the edge of the paper than this, in millimetres, is not printed by every printer.
const EDGE: f32 = 4.0;

/// Everything that is wrong, in words.
pub(crate) fn faults(drawing: &Drawing) -> Vec<String> {
    let mut found = Vec::new();
    for (n, page) in drawing.pages.iter().enumerate() {
        let texts: Vec<(&Text, Rect)> = page
            .ops
            .iter()
            .filter_map(|op| match op {
                // What lies under the form is crossed by it.
                Op::Text(text) if text.turned.abs() < 0.01 => Some((text, text.ink())),
                _ => None,
            })
            .collect();
        let paper = Rect::new(0.0, 0.0, page.width, page.height).inset(EDGE, EDGE);
        for (at, (text, ink)) in texts.iter().enumerate() {
            let inside = ink.x >= paper.x && ink.right() <= paper.right();
            if !inside || ink.y < paper.y || ink.bottom() > paper.bottom() {
                found.push(format!("page {n}: 「{}」 leaves the paper", text.shaped.text));
            }
            for (other, its) in texts.iter().skip(at + 1) {
                if overlaps(*ink, *its) {
                    found.push(format!("page {n}: 「{}」 over 「{}」", text.shaped.text, other.shaped.text));
                }
            }
            for op in &page.ops {
                let crossed = match op {
                    Op::Line { from, to, .. } => overlaps(*ink, Rect::edges(from.0, from.1, to.0, to.1)),
                    Op::Modules(squares) => squares.iter().any(|square| overlaps(*ink, *square)),
                    Op::Text(_) | Op::Ellipse { .. } => false,
                };
                if crossed {
                    found.push(format!("page {n}: 「{}」 crosses a rule", text.shaped.text));
                }
            }
        }
    }
    found
}

fn overlaps(a: Rect, b: Rect) -> bool {
    a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom()
}
