//! The picture of a drawing.
use super::{HEIGHT, Schema, Stroke, WIDTH};
use std::fmt::Write as _;

/// The whole picture as an SVG document of its own: presentation attributes only, no style, no script, no link.
pub fn svg(schema: &Schema) -> String {
    let caption = schema.caption.as_str();
    let foot = if caption.is_empty() { 0 } else { 34 };
    let height = HEIGHT + foot;
    let mut out = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"><rect width="{WIDTH}" height="{height}" fill="#fff"/><g fill="none" stroke="#56626f" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round">{}</g><g fill="none" stroke-linecap="round" stroke-linejoin="round">"##,
        schema.template().lines()
    );
    for drawn in &schema.drawing.strokes {
        stroke(&mut out, drawn);
    }
    out.push_str(r#"</g><g font-family="sans-serif" font-size="16">"#);
    for words in &schema.drawing.words {
        let _ = write!(
            out,
            r#"<text x="{:.1}" y="{:.1}" fill="{}">{}</text>"#,
            words.x,
            words.y,
            words.ink.hex(),
            escaped(&words.text)
        );
    }
    if !caption.is_empty() {
        let _ = write!(out, r##"<text x="12" y="{}" fill="#17202b">{}</text>"##, HEIGHT + 20, escaped(caption));
    }
    out.push_str("</g></svg>");
    out
}

/// A stroke in pieces of about the same pressure, so that the pen's weight is seen.
fn stroke(out: &mut String, drawn: &Stroke) {
    let step = |pressure: f32| (pressure * 4.0).round();
    let mut rest = drawn.points.as_slice();
    if let [[x, y, _]] = rest {
        let (radius, ink) = (drawn.width / 2.0, drawn.ink.hex());
        let _ = write!(out, r#"<circle cx="{x:.1}" cy="{y:.1}" r="{radius:.1}" fill="{ink}"/>"#);
        return;
    }
    while let Some((first, _)) = rest.split_first() {
        let same = rest.iter().take_while(|p| step(p[2]).total_cmp(&step(first[2])).is_eq()).count();
        // One point further than the piece, so that pieces meet.
        let piece = rest.get(..(same + 1).min(rest.len())).unwrap_or_default();
        if piece.len() > 1 {
            let width = drawn.width * (0.4 + 0.6 * step(first[2]) / 4.0);
            let _ = write!(out, r#"<polyline stroke="{}" stroke-width="{width:.1}" points=""#, drawn.ink.hex());
            for [x, y, _] in piece {
                let _ = write!(out, "{x:.1},{y:.1} ");
            }
            out.push_str(r#""/>"#);
        }
        rest = rest.get(same..).unwrap_or_default();
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
