//! Breaking words into lines (JIS X 4051, the part that forms need): anywhere but before what may not begin a line,
//! after what may not end one, and inside a number or a Latin word.
use super::Shaped;
use std::ops::Range;

/// May not begin a line (行頭禁則).
const NOT_FIRST: &str =
    "、。，．,.・：；:;？！?!）)］]｝}〕〉》」』】ー－〜～…‥々ゝゞぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ％%℃゛゜";
/// May not end a line (行末禁則).
const NOT_LAST: &str = "（(［[｛{〔〈《「『【￥¥";

/// Breaks a shaped text into lines of at most `width` (in units of the size). A line holds at least one character.
pub(crate) fn broken(shaped: &Shaped, width: f32) -> Vec<Shaped> {
    let count = shaped.glyphs.len();
    let mut lines = Vec::new();
    let mut start = 0;
    while start < count {
        let end = end_of_line(shaped, start..count, width);
        let line = trimmed(shaped, start..end);
        if !line.is_empty() || lines.is_empty() {
            lines.push(shaped.part(line));
        }
        start = end;
    }
    if lines.is_empty() {
        lines.push(Shaped::default());
    }
    lines
}

/// Where the line that begins with a range ends.
fn end_of_line(shaped: &Shaped, range: Range<usize>, width: f32) -> usize {
    let mut used = 0.0;
    let mut last_break = None;
    for at in range.clone() {
        let advance = shaped.glyphs.get(at).map_or(0.0, |glyph| glyph.advance);
        if at > range.start && may_break(shaped, at) {
            last_break = Some(at);
        }
        used += advance;
        // A space at the end of a line takes no room.
        if used > width + 0.001 && shaped.character(at) != ' ' && at > range.start {
            return last_break.unwrap_or(at);
        }
    }
    range.end
}

/// Whether a line may end before a glyph.
fn may_break(shaped: &Shaped, at: usize) -> bool {
    let (before, after) = (shaped.character(at - 1), shaped.character(at));
    if NOT_FIRST.contains(after) || NOT_LAST.contains(before) {
        return false;
    }
    let latin = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ',' | '/' | '%' | '-' | '+');
    !(latin(before) && latin(after))
}

/// Without spaces at its ends.
fn trimmed(shaped: &Shaped, range: Range<usize>) -> Range<usize> {
    let blank = |at: &usize| matches!(shaped.character(*at), ' ');
    let end = range.clone().rev().find(|at| !blank(at)).map_or(range.start, |at| at + 1);
    let start = range.clone().find(|at| !blank(at)).unwrap_or(end).min(end);
    start..end
}
