//! Drawing on a page: rules, cells with words in them, stacked letters, circles, 2-D symbols.
use super::lines::broken;
use super::shape::shape;
use super::{Drawing, MM_PER_POINT, Op, Page, Rect, Shaped, Text};
use crate::FormError;
use crate::fonts::Fonts;

/// Height of the letters' middle over the base line, in units of the size.
const MIDDLE: f32 = 0.37;
/// By how much letters are narrowed at most before a text counts as too long.
const NARROWEST: f32 = 0.5;
/// By how much the size shrinks from try to try, in points.
const STEP: f32 = 0.25;

/// Where a line of words stands in its cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Center,
    Right,
}

/// Where the lines stand in the height of the cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VAlign {
    Top,
    Middle,
}

/// How words are set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    /// Size in points.
    pub(crate) size: f32,
    /// Smallest size the words may shrink to, in points.
    pub(crate) least: f32,
    pub(crate) align: Align,
    pub(crate) valign: VAlign,
    pub(crate) bold: bool,
    /// Lines at most.
    pub(crate) lines: usize,
    /// Distance of the lines in units of the size.
    pub(crate) leading: f32,
}

impl Style {
    /// Left, in the middle of the height, one line.
    pub(crate) const fn of(size: f32) -> Style {
        Style {
            size,
            least: size * 0.6,
            align: Align::Left,
            valign: VAlign::Middle,
            bold: false,
            lines: 1,
            leading: 1.25,
        }
    }

    pub(crate) const fn center(self) -> Style {
        Style { align: Align::Center, ..self }
    }

    pub(crate) const fn right(self) -> Style {
        Style { align: Align::Right, ..self }
    }

    pub(crate) const fn top(self) -> Style {
        Style { valign: VAlign::Top, ..self }
    }

    pub(crate) const fn bold(self) -> Style {
        Style { bold: true, ..self }
    }

    pub(crate) const fn lines(self, lines: usize) -> Style {
        Style { lines, ..self }
    }
}

/// Draws on the last page of a drawing; places are relative to `origin` and `scale`.
pub(crate) struct Pen<'a> {
    pub(crate) fonts: &'a Fonts,
    pub(crate) drawing: &'a mut Drawing,
    origin: (f32, f32),
    scale: f32,
}

impl<'a> Pen<'a> {
    /// Draws in natural size from the corner of the page.
    pub(crate) fn new(fonts: &'a Fonts, drawing: &'a mut Drawing) -> Pen<'a> {
        Pen { fonts, drawing, origin: (0.0, 0.0), scale: 1.0 }
    }

    /// Begins a page of a size in millimetres.
    pub(crate) fn page(&mut self, width: f32, height: f32) {
        self.drawing.pages.push(Page { width, height, ops: Vec::new() });
    }

    /// From here on everything is drawn from another corner and in another size.
    pub(crate) fn place(&mut self, origin: (f32, f32), scale: f32) {
        self.origin = origin;
        self.scale = scale;
    }

    fn push(&mut self, op: Op) {
        if let Some(page) = self.drawing.pages.last_mut() {
            page.ops.push(op);
        }
    }

    fn point(&self, x: f32, y: f32) -> (f32, f32) {
        (self.origin.0 + x * self.scale, self.origin.1 + y * self.scale)
    }

    fn area(&self, rect: Rect) -> Rect {
        let (x, y) = self.point(rect.x, rect.y);
        Rect::new(x, y, rect.w * self.scale, rect.h * self.scale)
    }

    /// A line of a width in millimetres.
    pub(crate) fn line(&mut self, from: (f32, f32), to: (f32, f32), width: f32) {
        let (from, to) = (self.point(from.0, from.1), self.point(to.0, to.1));
        self.push(Op::Line { from, to, width: width * self.scale, dashed: false });
    }

    /// A dashed line: where columns lie within one field, or paper is cut.
    pub(crate) fn dashes(&mut self, from: (f32, f32), to: (f32, f32), width: f32) {
        let (from, to) = (self.point(from.0, from.1), self.point(to.0, to.1));
        self.push(Op::Line { from, to, width: width * self.scale, dashed: true });
    }

    /// The border of a cell.
    pub(crate) fn frame(&mut self, rect: Rect, width: f32) {
        let (left, top, right, bottom) = (rect.x, rect.y, rect.right(), rect.bottom());
        self.line((left, top), (right, top), width);
        self.line((left, bottom), (right, bottom), width);
        self.line((left, top), (left, bottom), width);
        self.line((right, top), (right, bottom), width);
    }

    /// The circle around what applies.
    pub(crate) fn circle(&mut self, rect: Rect) {
        let rect = self.area(rect);
        self.push(Op::Ellipse { rect, width: 0.25 * self.scale });
    }

    /// A box to tick, `side` millimetres wide, in the middle of a height; レ stands in it where it applies.
    pub(crate) fn tick_box(&mut self, (x, y): (f32, f32), height: f32, side: f32, ticked: bool) {
        let square = Rect::new(x, y + (height - side) / 2.0, side, side);
        self.frame(square, 0.18);
        if ticked {
            let shaped = self.shape("レ", true);
            self.put(square, shaped, side * 0.8, 1.0, Align::Center);
        }
    }

    /// A 2-D symbol that fills a square: `modules` by row, `true` is black.
    pub(crate) fn symbol(&mut self, rect: Rect, width: usize, modules: &[bool]) {
        let area = self.area(rect);
        let side = area.w / width.max(1) as f32;
        let mut found = Vec::new();
        for (row, line) in modules.chunks(width.max(1)).enumerate() {
            let mut at = 0;
            while at < line.len() {
                let length = line.iter().skip(at).take_while(|black| **black).count();
                if length > 0 {
                    let (x, y) = (area.x + at as f32 * side, area.y + row as f32 * side);
                    found.push(Rect::new(x, y, length as f32 * side, side));
                }
                at += length.max(1);
            }
        }
        self.push(Op::Modules(found));
    }

    /// Words as glyphs, to be measured and drawn later.
    pub(crate) fn shape(&mut self, words: &str, bold: bool) -> Shaped {
        shape(self.fonts, self.drawing, words, bold)
    }

    /// Width of words in millimetres at a size in points.
    pub(crate) fn width(&mut self, words: &str, size: f32) -> f32 {
        self.shape(words, false).width * size * MM_PER_POINT
    }

    /// Words broken to a width in millimetres at a size in points.
    pub(crate) fn broken(&mut self, words: &str, size: f32, width: f32) -> Vec<Shaped> {
        let shaped = self.shape(words, false);
        broken(&shaped, width / (size * MM_PER_POINT))
    }

    /// A line that was shaped before, its base line within a slot of a height.
    pub(crate) fn set(&mut self, rect: Rect, shaped: Shaped, size: f32, align: Align) {
        let size = size * MM_PER_POINT;
        let natural = shaped.width * size;
        let stretch = if natural > rect.w && natural > 0.0 { rect.w / natural } else { 1.0 };
        self.put(rect, shaped, size, stretch, align);
    }

    fn put(&mut self, rect: Rect, shaped: Shaped, size: f32, stretch: f32, align: Align) {
        if shaped.glyphs.is_empty() {
            return;
        }
        let width = shaped.width * size * stretch;
        let x = match align {
            Align::Left => rect.x,
            Align::Center => rect.x + (rect.w - width) / 2.0,
            Align::Right => rect.right() - width,
        };
        let at = self.point(x, rect.y + rect.h / 2.0 + size * MIDDLE);
        let size = size * self.scale;
        self.push(Op::Text(Text { at, size, stretch, grey: 0, turned: 0.0, shaped }));
    }

    /// Words in a cell: shrunk, and on one line narrowed, until they fit. `field` names the cell to people when they do
    /// not. A line end in the words ends a line.
    pub(crate) fn text(
        &mut self,
        field: &'static str,
        rect: Rect,
        words: &str,
        style: &Style,
    ) -> Result<(), FormError> {
        let paragraphs: Vec<Shaped> = words.split('\n').map(|part| self.shape(part, style.bold)).collect();
        let mut size = style.size;
        loop {
            let unit = size * MM_PER_POINT;
            let lines: Vec<Shaped> = if style.lines == 1 {
                paragraphs.clone()
            } else {
                paragraphs.iter().flat_map(|part| broken(part, rect.w / unit)).collect()
            };
            let widest = lines.iter().map(|line| line.width * unit).fold(0.0, f32::max);
            let height = unit * (1.0 + style.leading * (lines.len().saturating_sub(1)) as f32);
            let is_last = size - STEP < style.least;
            let fits_in_height = lines.len() <= style.lines.max(paragraphs.len()) && height <= rect.h + 0.2;
            let narrowed = if widest > rect.w { rect.w / widest } else { 1.0 };
            if fits_in_height && (narrowed >= 1.0 || (is_last && narrowed >= NARROWEST)) {
                self.lay(rect, lines, unit, narrowed, style);
                return Ok(());
            }
            if is_last {
                return Err(FormError::TooLong(field));
            }
            size -= STEP;
        }
    }

    fn lay(&mut self, rect: Rect, lines: Vec<Shaped>, unit: f32, stretch: f32, style: &Style) {
        let step = unit * style.leading;
        let height = unit + step * (lines.len().saturating_sub(1)) as f32;
        let top = match style.valign {
            VAlign::Top => rect.y,
            VAlign::Middle => rect.y + (rect.h - height) / 2.0,
        };
        for (n, line) in lines.into_iter().enumerate() {
            let slot = Rect::new(rect.x, top + step * n as f32, rect.w, unit);
            self.put(slot, line, unit, stretch, style.align);
        }
    }

    /// Letters one under another, spread over the height (縦書きの見出し).
    pub(crate) fn stacked(&mut self, rect: Rect, words: &str, size: f32) {
        let letters: Vec<char> = words.chars().collect();
        let unit = size * MM_PER_POINT;
        let step = (rect.h / letters.len().max(1) as f32).min(unit * 3.0);
        let top = rect.y + (rect.h - step * letters.len() as f32) / 2.0;
        for (n, letter) in letters.into_iter().enumerate() {
            let shaped = self.shape(&letter.to_string(), false);
            let slot = Rect::new(rect.x, top + step * n as f32, rect.w, step);
            self.put(slot, shaped, unit, 1.0, Align::Center);
        }
    }

    /// Pale letters across the page, under everything else: 見本.
    pub(crate) fn watermark(&mut self, rect: Rect, words: &str) {
        let shaped = self.shape(words, true);
        let size = rect.w * 0.8 / shaped.width.max(1.0);
        let half = shaped.width * size / 2.0;
        let turned: f32 = 40.0;
        let (sin, cos) = turned.to_radians().sin_cos();
        let (x, y) = (rect.x + rect.w / 2.0, rect.y + rect.h / 2.0);
        let at = self.point(x - half * cos + size * MIDDLE * sin, y + half * sin + size * MIDDLE * cos);
        let size = size * self.scale;
        self.push(Op::Text(Text { at, size, stretch: 1.0, grey: 215, turned, shaped }));
    }

    /// Digits, one in each cell from the right; cells that are left over stay empty.
    pub(crate) fn digits(&mut self, rect: Rect, cells: usize, digits: &str, size: f32) {
        let width = rect.w / cells.max(1) as f32;
        for n in 1..cells {
            let x = rect.x + width * n as f32;
            self.line((x, rect.y), (x, rect.bottom()), 0.12);
        }
        let letters: Vec<char> = digits.chars().collect();
        let first = cells.saturating_sub(letters.len());
        for (n, letter) in letters.into_iter().take(cells).enumerate() {
            let shaped = self.shape(&letter.to_string(), false);
            let cell = Rect::new(rect.x + width * (first + n) as f32, rect.y, width, rect.h);
            self.put(cell, shaped, size * MM_PER_POINT, 1.0, Align::Center);
        }
    }
}
