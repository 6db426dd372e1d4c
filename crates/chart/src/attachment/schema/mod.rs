//! シェーマ: a line drawing of a part of the body with what was drawn and written on it.
//!
//! Kept twice: the strokes as data, so that a drawing can go on later, and the picture made of them as SVG. The picture is
//! always made here from checked numbers and escaped words, never taken from a browser.

mod draw;
mod template;

pub use draw::svg;
pub use template::Template;

use crate::parts::clean_line;
use serde::{Deserialize, Serialize};

/// Width of the paper.
pub const WIDTH: u16 = 640;
/// Height of the paper.
pub const HEIGHT: u16 = 480;
/// Largest drawing accepted, in bytes of its JSON.
pub const MAX_BYTES: usize = 400 * 1024;
/// Strokes and words of a drawing at most.
const MOST_STROKES: usize = 2_000;
const MOST_WORDS: usize = 60;
/// Points of a drawing at most.
const MOST_POINTS: usize = 40_000;
/// Longest words, in characters.
const LONGEST: usize = 60;

/// A colour of the pen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ink {
    /// 黒
    Black,
    /// 赤
    Red,
    /// 青
    Blue,
    /// 緑
    Green,
}

impl Ink {
    /// All, in the order shown.
    pub const ALL: [Ink; 4] = [Ink::Black, Ink::Red, Ink::Blue, Ink::Green];

    /// Code of the data.
    pub const fn code(self) -> &'static str {
        match self {
            Ink::Black => "black",
            Ink::Red => "red",
            Ink::Blue => "blue",
            Ink::Green => "green",
        }
    }

    /// The word shown.
    pub const fn word(self) -> &'static str {
        match self {
            Ink::Black => "黒",
            Ink::Red => "赤",
            Ink::Blue => "青",
            Ink::Green => "緑",
        }
    }

    pub(super) const fn hex(self) -> &'static str {
        match self {
            Ink::Black => "#17202b",
            Ink::Red => "#b42318",
            Ink::Blue => "#1b4b87",
            Ink::Green => "#0e6b50",
        }
    }
}

/// One line of the pen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stroke {
    /// Colour.
    pub ink: Ink,
    /// Width at full pressure, 1 to 20.
    pub width: f32,
    /// x, y, pressure (0 to 1).
    pub points: Vec<[f32; 3]>,
}

/// Words on the drawing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Words {
    /// Colour.
    pub ink: Ink,
    /// Where they begin.
    pub x: f32,
    /// Their line.
    pub y: f32,
    /// What.
    pub text: String,
}

/// A drawing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Drawing {
    /// Lines, in the order drawn.
    #[serde(default)]
    pub strokes: Vec<Stroke>,
    /// Words.
    #[serde(default)]
    pub words: Vec<Words>,
}

/// A drawing with what it is drawn on and what is said of it: what is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    /// Code of the template.
    pub template: String,
    /// What is said under it; may be empty.
    #[serde(default)]
    pub caption: String,
    /// Lines and words.
    #[serde(default)]
    pub drawing: Drawing,
}

/// Why a drawing is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// Nothing was drawn and nothing written.
    Empty,
    /// Larger than a drawing can be.
    TooLarge,
    /// Not in the form our own page sends.
    Form,
}

impl Schema {
    /// From a form: the code of a template, the caption, and the lines as our script writes them (empty without script).
    pub fn of(template: &str, caption: &str, drawing: &str) -> Result<Schema, Unusable> {
        if drawing.len() > MAX_BYTES {
            return Err(Unusable::TooLarge);
        }
        let drawing: Drawing = if drawing.trim().is_empty() {
            Drawing::default()
        } else {
            serde_json::from_str(drawing).map_err(|_| Unusable::Form)?
        };
        let template = Template::parse(template).ok_or(Unusable::Form)?;
        let caption = clean_line(caption, LONGEST * 2).unwrap_or_default();
        Schema { template: template.code().to_owned(), caption, drawing }.checked()
    }

    /// From what is kept.
    pub fn from_json(text: &str) -> Result<Schema, Unusable> {
        serde_json::from_str::<Schema>(text).map_err(|_| Unusable::Form)?.checked()
    }

    /// As it is kept.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    fn checked(mut self) -> Result<Schema, Unusable> {
        let points: usize = self.drawing.strokes.iter().map(|s| s.points.len()).sum();
        if self.drawing.strokes.len() > MOST_STROKES || self.drawing.words.len() > MOST_WORDS || points > MOST_POINTS {
            return Err(Unusable::TooLarge);
        }
        let on_paper = |x: f32, y: f32| {
            x.is_finite()
                && y.is_finite()
                && (-20.0..=f32::from(WIDTH) + 20.0).contains(&x)
                && (-20.0..=f32::from(HEIGHT) + 20.0).contains(&y)
        };
        for stroke in &mut self.drawing.strokes {
            stroke.width = if stroke.width.is_finite() { stroke.width.clamp(0.5, 20.0) } else { 2.0 };
            stroke.points.retain(|[x, y, p]| on_paper(*x, *y) && p.is_finite());
            for point in &mut stroke.points {
                point[2] = point[2].clamp(0.0, 1.0);
            }
        }
        self.drawing.strokes.retain(|stroke| !stroke.points.is_empty());
        for words in &mut self.drawing.words {
            words.text = clean_line(&words.text, LONGEST).unwrap_or_default();
        }
        self.drawing.words.retain(|words| !words.text.is_empty() && on_paper(words.x, words.y));
        if self.drawing.strokes.is_empty() && self.drawing.words.is_empty() && self.caption.is_empty() {
            return Err(Unusable::Empty);
        }
        Ok(self)
    }

    /// What it is drawn on.
    pub fn template(&self) -> Template {
        Template::parse(&self.template).unwrap_or(Template::Blank)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_drawing_is_taken_when_something_is_on_it_and_nothing_in_it_is_odd() {
        let line = r#"{"strokes":[{"ink":"red","width":3,"points":[[10,10,0.5],[20,20,0.7]]}],"words":[]}"#;
        let words = r#"{"strokes":[],"words":[{"ink":"black","x":10,"y":20,"text":"圧痛"}]}"#;
        let outside = r#"{"strokes":[{"ink":"red","width":3,"points":[[9999,10,0.5]]}],"words":[]}"#;
        let many =
            format!(r#"{{"strokes":[{}]}}"#, vec![r#"{"ink":"red","width":1,"points":[[1,1,1]]}"#; 2_001].join(","));
        for (template, caption, drawing, expected) in [
            ("knee", "", line, Ok(())),
            ("knee", "", words, Ok(())),
            ("knee", "右膝内側に圧痛", "", Ok(())),
            ("knee", "  ", "", Err(Unusable::Empty)),
            ("knee", "", outside, Err(Unusable::Empty)),
            ("nothing", "x", line, Err(Unusable::Form)),
            ("knee", "x", "{", Err(Unusable::Form)),
            ("knee", "x", r#"{"strokes":[{"ink":"url(x)","width":1,"points":[]}]}"#, Err(Unusable::Form)),
            ("knee", "x", many.as_str(), Err(Unusable::TooLarge)),
        ] {
            assert_eq!(
                Schema::of(template, caption, drawing).map(drop),
                expected,
                "{template} {caption} {drawing:.60}"
            );
        }
    }

    #[test]
    fn what_is_kept_is_read_back_and_words_cannot_become_markup() {
        let drawing = r#"{"strokes":[{"ink":"blue","width":99,"points":[[10,10,7],[20,20,0]]}],"words":[{"ink":"black","x":1,"y":2,"text":"</text><script>x</script>"}]}"#;
        let schema = Schema::of("eye", "<b>左眼</b>", drawing).unwrap();
        assert_eq!(Schema::from_json(&schema.to_json()).unwrap(), schema);
        let drawn = svg(&schema);
        assert!(!drawn.contains("<script") && !drawn.contains("<b>") && drawn.contains("&lt;script&gt;"));
        assert!(!drawn.contains("NaN") && drawn.starts_with("<svg "));
    }
}
