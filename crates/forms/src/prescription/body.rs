//! 処方欄: what is prescribed, line by line and page by page. Shared by the prescription and the 控え.
use super::{Drug, Group, Prescription, Substitution, Supply};
use crate::drawing::{Align, MM_PER_POINT, Pen, Rect, Shaped};

/// Size of the letters in points.
const SIZE: f32 = 9.0;
/// Height of a line in millimetres.
const SLOT: f32 = 4.0;
/// Room for `Rp 1` in front, in millimetres.
const HANG: f32 = 8.5;
/// Between a name and the amount on one line, at least.
const GAP: f32 = 3.0;

/// A line of the field.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    /// レ stands in the column 変更不可.
    refused: bool,
    /// レ stands in the column 患者希望.
    wished: bool,
    /// Number of the Rp, on its first line.
    number: Option<usize>,
    /// From the left, behind `indent` millimetres.
    left: Shaped,
    indent: f32,
    /// Up to the right edge.
    right: Shaped,
}

/// Which part of a divided prescription: number and how many there are.
pub(crate) type Part = Option<(usize, u8)>;

/// The lines of every page. `width`: room for the words in millimetres; `height`: of the field.
pub(crate) fn pages(pen: &mut Pen<'_>, sheet: &Prescription, part: Part, width: f32, height: f32) -> Vec<Vec<Line>> {
    // The last line of every page closes it: 以下余白, or 次ページに続く.
    let slots = ((height / SLOT).floor() as usize).saturating_sub(1).max(1);
    let mut pages: Vec<Vec<Line>> = vec![Vec::new()];
    for (n, group) in sheet.groups.iter().enumerate() {
        let lines = group_lines(pen, n + 1, group, part, width);
        let used = pages.last().map_or(0, Vec::len);
        // A group stays together where a page can hold it.
        if used > 0 && used + lines.len() > slots && lines.len() <= slots {
            pages.push(Vec::new());
        }
        for line in lines {
            if pages.last().is_some_and(|page| page.len() >= slots) {
                pages.push(Vec::new());
            }
            if let Some(page) = pages.last_mut() {
                page.push(line);
            }
        }
    }
    pages
}

fn group_lines(pen: &mut Pen<'_>, number: usize, group: &Group, part: Part, width: f32) -> Vec<Line> {
    let room = width - HANG;
    let mut lines = Vec::new();
    for drug in &group.drugs {
        drug_lines(pen, drug, room, &mut lines);
    }
    let supply = supply(group, part);
    let usage = format!("【用法】{}", group.usage);
    pair(pen, &usage, &supply, room, HANG, &mut lines);
    if let Some(first) = lines.first_mut() {
        first.number = Some(number);
    }
    lines
}

fn drug_lines(pen: &mut Pen<'_>, drug: &Drug, room: f32, lines: &mut Vec<Line>) {
    let first = lines.len();
    pair(pen, &drug.name, &drug.amount, room, HANG, lines);
    if let Some(line) = lines.get_mut(first) {
        line.refused = drug.substitution == Substitution::Refused;
        line.wished = drug.substitution == Substitution::Wished;
    }
    for note in &drug.notes {
        let indent = HANG + 4.0;
        for left in pen.broken(&format!("・{note}"), SIZE, room - 4.0) {
            lines.push(Line { left, indent, ..Line::default() });
        }
    }
}

/// Words at the left and words at the right: on one line where both fit, else one under the other.
fn pair(pen: &mut Pen<'_>, left: &str, right: &str, room: f32, indent: f32, lines: &mut Vec<Line>) {
    let ends = pen.broken(right, SIZE, room);
    let end_width = ends.first().map_or(0.0, |end| end.width * SIZE * MM_PER_POINT);
    let parts = pen.broken(left, SIZE, room);
    let last = parts.len();
    let is_short = ends.len() == 1;
    for (n, part) in parts.into_iter().enumerate() {
        let taken = part.width * SIZE * MM_PER_POINT;
        let mut line = Line { left: part, indent, ..Line::default() };
        if n + 1 == last && is_short && taken + GAP + end_width <= room {
            line.right = ends.first().cloned().unwrap_or_default();
            lines.push(line);
            return;
        }
        lines.push(line);
    }
    lines.extend(ends.into_iter().map(|right| Line { indent, right, ..Line::default() }));
}

/// `28日分`; of a divided prescription `14日分（総投与日数28日分）`.
fn supply(group: &Group, part: Part) -> String {
    match (group.supply, part) {
        (Supply::Days(all), Some((n, _))) => match group.parts.get(n.saturating_sub(1)) {
            Some(days) => format!("{days}日分（総量 {all}日分）"),
            None => format!("総量 {all}日分（1回目に交付）"),
        },
        (Supply::Days(days), None) => format!("{days}日分"),
        (Supply::Times(times), Some(_)) => format!("{times}回分（1回目に交付）"),
        (Supply::Times(times), None) => format!("{times}回分"),
        (Supply::Total, Some(_)) => "1回目に交付".to_owned(),
        (Supply::Total, None) => String::new(),
    }
}

/// Where the columns of the field are.
pub(crate) struct Columns {
    /// Left edge and width of 変更不可.
    pub(crate) refused: (f32, f32),
    /// Left edge and width of 患者希望, where the form has it.
    pub(crate) wished: Option<(f32, f32)>,
    /// Left edge and width of the words.
    pub(crate) words: (f32, f32),
}

/// Draws the lines of page `n` (from 0) of `all`, and closes the field.
pub(crate) fn draw(pen: &mut Pen<'_>, columns: &Columns, top: f32, lines: &[Line], (n, all): (usize, usize)) {
    let mut y = top;
    let (x, width) = columns.words;
    for line in lines {
        let mark = |pen: &mut Pen<'_>, (x, width): (f32, f32)| {
            let tick = pen.shape("レ", true);
            pen.set(Rect::new(x, y, width, SLOT), tick, SIZE + 1.0, Align::Center);
        };
        if line.refused {
            mark(pen, columns.refused);
        }
        if let (true, Some(column)) = (line.wished, columns.wished) {
            mark(pen, column);
        }
        if let Some(number) = line.number {
            let words = pen.shape(&format!("Rp{number}"), true);
            pen.set(Rect::new(x, y, HANG - 1.0, SLOT), words, SIZE - 1.0, Align::Left);
        }
        pen.set(Rect::new(x + line.indent, y, width - line.indent, SLOT), line.left.clone(), SIZE, Align::Left);
        pen.set(Rect::new(x + line.indent, y, width - line.indent, SLOT), line.right.clone(), SIZE, Align::Right);
        y += SLOT;
    }
    let words = if n + 1 < all {
        format!("＊＊＊ 次ページに続く（{}／{all}）＊＊＊", n + 1)
    } else {
        "―――――――― 以下余白 ――――――――".to_owned()
    };
    let shaped = pen.shape(&words, false);
    pen.set(Rect::new(x, y, width, SLOT), shaped, SIZE, Align::Center);
}
