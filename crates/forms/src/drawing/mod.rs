//! What stands where on paper: the layout layer between a form and the PDF. A form draws with a [`Pen`] in millimetres
//! from the upper left corner; what it drew is a list of [`Op`]s that tests can look at and [`pdf`] writes.
mod lines;
mod pdf;
mod pen;
mod shape;

#[cfg(test)]
pub(crate) mod check;

pub(crate) use pdf::{About, write};
pub(crate) use pen::{Align, Pen, Style};
pub(crate) use shape::Shaped;

use std::collections::BTreeSet;

/// Millimetres in a point.
pub(crate) const MM_PER_POINT: f32 = 25.4 / 72.0;

/// A rectangle in millimetres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rect {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) w: f32,
    pub(crate) h: f32,
}

impl Rect {
    /// From its upper left corner, width and height.
    pub(crate) const fn new(x: f32, y: f32, w: f32, h: f32) -> Rect {
        Rect { x, y, w, h }
    }

    /// From its edges.
    pub(crate) const fn edges(left: f32, top: f32, right: f32, bottom: f32) -> Rect {
        Rect { x: left, y: top, w: right - left, h: bottom - top }
    }

    pub(crate) const fn right(self) -> f32 {
        self.x + self.w
    }

    pub(crate) const fn bottom(self) -> f32 {
        self.y + self.h
    }

    /// Smaller by a margin on the left and right, and above and below.
    pub(crate) const fn inset(self, dx: f32, dy: f32) -> Rect {
        Rect { x: self.x + dx, y: self.y + dy, w: self.w - 2.0 * dx, h: self.h - 2.0 * dy }
    }
}

/// One thing drawn.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    /// A straight line.
    Line { from: (f32, f32), to: (f32, f32), width: f32, dashed: bool },
    /// The circle around a choice.
    Ellipse { rect: Rect, width: f32 },
    /// Black squares of a 2-D symbol.
    Modules(Vec<Rect>),
    /// Letters on a line.
    Text(Text),
}

/// Letters on a line.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    /// Left end of the base line.
    pub(crate) at: (f32, f32),
    /// Size of the letters in millimetres.
    pub(crate) size: f32,
    /// Width of the letters in relation to their natural one.
    pub(crate) stretch: f32,
    /// 0: black, 255: white.
    pub(crate) grey: u8,
    /// Turned to the left, in degrees. Only marks that lie under the form are.
    pub(crate) turned: f32,
    pub(crate) shaped: Shaped,
}

impl Text {
    /// Where there is ink, about.
    #[cfg(test)]
    pub(crate) fn ink(&self) -> Rect {
        let width = self.shaped.width * self.size * self.stretch;
        Rect::new(self.at.0, self.at.1 - self.size * 0.78, width, self.size * 0.86)
    }
}

/// One page.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    /// Width in millimetres.
    pub(crate) width: f32,
    /// Height in millimetres.
    pub(crate) height: f32,
    pub(crate) ops: Vec<Op>,
}

/// A whole document before it is written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Drawing {
    pub(crate) pages: Vec<Page>,
    /// Characters that no font has: printed as 〓.
    pub(crate) missing: BTreeSet<char>,
    /// Characters whose wanted shape (IVS) no font has: printed in the usual one.
    pub(crate) plain: BTreeSet<char>,
}
