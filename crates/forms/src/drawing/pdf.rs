//! Writing a drawing as PDF/A-2u (ISO 19005-2): fonts embedded and reduced to what is used, every letter with its
//! character behind it, colours independent of devices. The same drawing and the same moment give the same bytes.
use super::shape::Glyph;
use super::{Drawing, MM_PER_POINT, Op, Rect, Text};
use crate::FormError;
use crate::fonts::Fonts;
use karute_japan::Timestamp;
use krilla::color::luma;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::geom::{PathBuilder, Point, Transform};
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::paint::{Fill, LineCap, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::text::{GlyphId, KrillaGlyph};
use krilla::{Document, SerializeSettings};

/// What the file says of itself. No patient data: titles end up in lists of files and in logs of printers.
pub(crate) struct About {
    /// Name of the form.
    pub(crate) title: &'static str,
    /// When it was made.
    pub(crate) made: Timestamp,
}

/// Points in a millimetre.
const PT: f32 = 1.0 / MM_PER_POINT;

/// Writes it.
pub(crate) fn write(fonts: &Fonts, drawing: &Drawing, about: &About) -> Result<Vec<u8>, FormError> {
    let failed = |words: &dyn std::fmt::Display| FormError::Pdf(words.to_string());
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_U)
        .finish()
        .map_err(|_| failed(&"configuration"))?;
    let settings = SerializeSettings { configuration, enable_tagging: false, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    document.set_metadata(metadata(about));
    for page in &drawing.pages {
        let size = PageSettings::from_wh(page.width * PT, page.height * PT).ok_or_else(|| failed(&"page size"))?;
        let mut sheet = document.start_page_with(size);
        let mut surface = sheet.surface();
        for op in &page.ops {
            draw(&mut surface, fonts, op);
        }
        surface.finish();
        sheet.finish();
    }
    document.finish().map_err(|error| failed(&error))
}

fn metadata(about: &About) -> Metadata {
    // `2026-11-22T19:25:28.123+09:00`
    let moment = about.made.to_fhir();
    let part = |range: std::ops::Range<usize>| moment.get(range).and_then(|digits| digits.parse::<u16>().ok());
    let small = |range| part(range).and_then(|number| u8::try_from(number).ok()).unwrap_or(0);
    let date = DateTime::new(part(0..4).unwrap_or(0))
        .month(small(5..7))
        .day(small(8..10))
        .hour(small(11..13))
        .minute(small(14..16))
        .second(small(17..19))
        .utc_offset_hour(9);
    Metadata::new()
        .title(about.title.to_owned())
        .language("ja".to_owned())
        .creator("Karute".to_owned())
        .producer("Karute".to_owned())
        .creation_date(date)
}

fn fill(grey: u8) -> Fill {
    Fill { paint: luma::Color::new(grey).into(), ..Fill::default() }
}

fn draw(surface: &mut Surface<'_>, fonts: &Fonts, op: &Op) {
    match op {
        Op::Line { from, to, width, dashed } => {
            let mut path = PathBuilder::new();
            path.move_to(from.0 * PT, from.1 * PT);
            path.line_to(to.0 * PT, to.1 * PT);
            let dash = dashed.then(|| StrokeDash { array: vec![1.2 * PT, 0.8 * PT], offset: 0.0 });
            stroked(surface, path, *width, dash);
        }
        Op::Ellipse { rect, width } => stroked(surface, ellipse(*rect), *width, None),
        Op::Modules(squares) => {
            let mut path = PathBuilder::new();
            for square in squares {
                let rect = krilla::geom::Rect::from_xywh(square.x * PT, square.y * PT, square.w * PT, square.h * PT);
                if let Some(rect) = rect {
                    path.push_rect(rect);
                }
            }
            if let Some(path) = path.finish() {
                surface.set_stroke(None);
                surface.set_fill(Some(fill(0)));
                surface.draw_path(&path);
            }
        }
        Op::Text(text) => letters(surface, fonts, text),
    }
}

fn stroked(surface: &mut Surface<'_>, path: PathBuilder, width: f32, dash: Option<StrokeDash>) {
    let Some(path) = path.finish() else { return };
    surface.set_fill(None);
    let line_cap = if dash.is_some() { LineCap::Butt } else { LineCap::Square };
    surface.set_stroke(Some(Stroke { width: width * PT, dash, line_cap, ..Stroke::default() }));
    surface.draw_path(&path);
    surface.set_stroke(None);
}

/// Four curves; the handles' length is that of a circle.
fn ellipse(rect: Rect) -> PathBuilder {
    const HANDLE: f32 = 0.552_284_8;
    let (rx, ry) = (rect.w / 2.0 * PT, rect.h / 2.0 * PT);
    let (cx, cy) = (rect.x * PT + rx, rect.y * PT + ry);
    let (hx, hy) = (rx * HANDLE, ry * HANDLE);
    let mut path = PathBuilder::new();
    path.move_to(cx + rx, cy);
    path.cubic_to(cx + rx, cy + hy, cx + hx, cy + ry, cx, cy + ry);
    path.cubic_to(cx - hx, cy + ry, cx - rx, cy + hy, cx - rx, cy);
    path.cubic_to(cx - rx, cy - hy, cx - hx, cy - ry, cx, cy - ry);
    path.cubic_to(cx + hx, cy - ry, cx + rx, cy - hy, cx + rx, cy);
    path.close();
    path
}

/// Glyphs that lie in one font are written together.
fn letters(surface: &mut Surface<'_>, fonts: &Fonts, text: &Text) {
    surface.set_stroke(None);
    surface.set_fill(Some(fill(text.grey)));
    let size = text.size * PT;
    let (left, base) = (text.at.0 * PT, text.at.1 * PT);
    // Most letters stand upright in their natural width.
    let is_plain = text.turned.abs() < 0.01 && (text.stretch - 1.0).abs() < 0.001;
    let (mut x, y) = if is_plain { (left, base) } else { (0.0, 0.0) };
    if !is_plain {
        surface.push_transform(&Transform::from_translate(left, base));
        surface.push_transform(&Transform::from_rotate(-text.turned));
        surface.push_transform(&Transform::from_scale(text.stretch, 1.0));
    }
    for run in text.shaped.glyphs.chunk_by(|a, b| a.face == b.face && a.outlined == b.outlined) {
        let width: f32 = run.iter().map(|glyph| glyph.advance).sum();
        let Some((first, face)) = run.first().and_then(|first| Some((first, fonts.face(first.face)?))) else {
            continue;
        };
        let glyphs: Vec<KrillaGlyph> = run.iter().map(glyph).collect();
        let start = Point::from_xy(x, y);
        surface.draw_glyphs(start, &glyphs, face.font.clone(), &text.shaped.text, size, first.outlined);
        x += width * size;
    }
    if !is_plain {
        for _ in 0..3 {
            surface.pop();
        }
    }
}

fn glyph(glyph: &Glyph) -> KrillaGlyph {
    KrillaGlyph {
        glyph_id: GlyphId::new(glyph.id),
        text_range: glyph.range.clone(),
        x_advance: glyph.advance,
        x_offset: 0.0,
        y_offset: 0.0,
        y_advance: 0.0,
        location: None,
    }
}
