//! The letter on A4: one sheet where it fits, and as many 続紙 as it needs.
use super::Letter;
use crate::FormError;
use crate::drawing::{Align, Drawing, MM_PER_POINT, Pen, Rect, Shaped, Style};
use crate::fonts::Fonts;
use crate::prescription::{Mark, Sex};
use karute_japan::{age, era};

const PAGE: (f32, f32) = (210.0, 297.0);
const LEFT: f32 = 18.0;
const RIGHT: f32 = 192.0;
const OUTER: f32 = 0.35;
const INNER: f32 = 0.18;
/// Width of the labels.
const LABELS: f32 = 27.0;
/// Letters of the sections in points, and the height of a line.
const SIZE: f32 = 10.0;
const SLOT: f32 = 4.9;
/// Above and below the lines of a section.
const PADDING: f32 = 1.4;
/// Where the sections begin on the first sheet and on the others, and where they end.
const FIRST: f32 = 107.0;
const FURTHER: f32 = 32.0;
const END: f32 = 268.0;
/// Least heights of the sections where the letter has room.
const LEAST: [f32; 7] = [12.5, 12.5, 17.0, 40.0, 22.0, 32.0, 12.5];
/// The section that takes what is left over.
const GROWS: usize = 3;

/// A section, or the part of one that stands on a sheet.
struct Row {
    label: &'static str,
    lines: Vec<Shaped>,
    height: f32,
}

/// Draws a letter.
pub(crate) fn letter(fonts: &Fonts, letter: &Letter) -> Result<Drawing, FormError> {
    letter.check()?;
    let mut drawing = Drawing::default();
    let mut pen = Pen::new(fonts, &mut drawing);
    let sheets = sheets(&mut pen, letter);
    let count = sheets.len();
    for (n, rows) in sheets.into_iter().enumerate() {
        pen.page(PAGE.0, PAGE.1);
        if letter.mark == Mark::Sample {
            pen.watermark(Rect::edges(LEFT, 60.0, RIGHT, 240.0), "見本");
        }
        let top = if n == 0 {
            head(&mut pen, letter)?;
            patient(&mut pen, letter)?;
            FIRST
        } else {
            continued(&mut pen, letter)?;
            FURTHER
        };
        table(&mut pen, top, rows)?;
        foot(&mut pen, (n, count))?;
    }
    Ok(drawing)
}

/// The rows of every sheet.
fn sheets(pen: &mut Pen<'_>, letter: &Letter) -> Vec<Vec<Row>> {
    let width = RIGHT - LEFT - LABELS - 4.0;
    let mut rows: Vec<Row> = Vec::new();
    for ((label, text), least) in letter.sections().into_iter().zip(LEAST) {
        let lines: Vec<Shaped> = text.lines().flat_map(|line| pen.broken(line, SIZE, width)).collect();
        let height = (lines.len() as f32 * SLOT + 2.0 * PADDING).max(least);
        rows.push(Row { label, lines, height });
    }
    let closing = pen.shape("以下余白", false);
    if let Some(last) = rows.last_mut() {
        last.lines.push(closing);
        last.height = last.height.max(last.lines.len() as f32 * SLOT + 2.0 * PADDING);
    }
    let spare = END - FIRST - rows.iter().map(|row| row.height).sum::<f32>();
    if spare >= 0.0 {
        if let Some(row) = rows.get_mut(GROWS) {
            row.height += spare;
        }
        return vec![rows];
    }
    flow(rows)
}

/// Over several sheets every section is as high as its words; one that does not fit goes on on the next sheet.
fn flow(rows: Vec<Row>) -> Vec<Vec<Row>> {
    const SMALLEST: f32 = 11.5;
    let mut sheets: Vec<Vec<Row>> = vec![Vec::new()];
    let mut room = END - FIRST;
    for row in rows {
        let mut lines = row.lines;
        let mut is_begun = false;
        while !lines.is_empty() || !is_begun {
            let fitting = ((room - 2.0 * PADDING) / SLOT).floor().max(0.0) as usize;
            // Two lines at least stand together; a heading never stands alone.
            if fitting < lines.len().clamp(1, 2) || room < SMALLEST {
                sheets.push(Vec::new());
                room = END - FURTHER;
                continue;
            }
            let rest = lines.split_off(lines.len().min(fitting));
            let height = (lines.len() as f32 * SLOT + 2.0 * PADDING).max(SMALLEST);
            room -= height;
            if let Some(sheet) = sheets.last_mut() {
                sheet.push(Row { label: row.label, lines, height });
            }
            lines = rest;
            is_begun = true;
        }
    }
    sheets
}

fn head(pen: &mut Pen<'_>, letter: &Letter) -> Result<(), FormError> {
    let title = Rect::edges(60.0, 16.0, 150.0, 26.0);
    pen.text("標題", title, "診療情報提供書", &Style::of(18.0).bold().center())?;
    if letter.mark == Mark::Reprint {
        let place = Rect::new(LEFT, 16.0, 8.0, 8.0);
        pen.frame(place, OUTER);
        pen.text("再", place, "再", &Style::of(14.0).bold().center())?;
    }
    let day = era::long(letter.issued);
    pen.text("年月日", Rect::edges(140.0, 29.0, RIGHT, 34.0), &day, &Style::of(10.5).right())?;
    let to = &letter.to;
    pen.text("紹介先", Rect::edges(LEFT, 34.0, 105.0, 38.5), "紹介先医療機関等名", &Style::of(8.0))?;
    let name = Rect::edges(LEFT, 38.5, 105.0, 46.0);
    pen.text("紹介先", name, &to.institution, &Style::of(13.0).lines(2))?;
    let department = to.department.as_ref().map(|words| format!("{words}　")).unwrap_or_default();
    let whom = match &to.doctor {
        Some(doctor) => format!("{department}担当医　{doctor}　殿"),
        None if to.is_medical => format!("{department}担当医　殿"),
        None => format!("{department}御中"),
    };
    pen.text("担当医", Rect::edges(LEFT, 47.0, 105.0, 53.5), &whom, &Style::of(12.0))?;
    from(pen, letter)
}

fn from(pen: &mut Pen<'_>, letter: &Letter) -> Result<(), FormError> {
    let from = &letter.from;
    let (x, values) = (100.0, 127.0);
    let postal = from.postal.as_ref().map(|postal| format!("〒{postal} ")).unwrap_or_default();
    let fax = from.fax.as_ref().map(|fax| format!("　FAX {fax}")).unwrap_or_default();
    let address = format!("{postal}{}", from.address);
    let phone = format!("{}{fax}", from.phone.as_deref().unwrap_or(""));
    for (top, height, label, words, size) in [
        (55.0, 6.5, "紹介元医療機関の\n所在地及び名称", address.as_str(), 9.5),
        (61.5, 6.0, "", from.name.as_str(), 11.5),
        (67.5, 5.0, "電話番号", phone.as_str(), 9.5),
        (72.5, 7.5, "医師氏名", letter.doctor.as_str(), 12.5),
    ] {
        let name = Rect::edges(x, top, values, top + height);
        pen.text("見出し", name, label, &Style::of(7.5).lines(2))?;
        let place = Rect::edges(values, top, RIGHT - 9.0, top + height);
        pen.text("紹介元", place, words, &Style::of(size).lines(2))?;
    }
    pen.text("印", Rect::edges(RIGHT - 9.0, 72.5, RIGHT, 80.0), "㊞", &Style::of(11.0).center())
}

fn patient(pen: &mut Pen<'_>, letter: &Letter) -> Result<(), FormError> {
    let patient = &letter.patient;
    let area = Rect::edges(LEFT, 82.5, RIGHT, 103.5);
    let (names, middle, second) = (LEFT + LABELS, 118.0, 136.0);
    pen.frame(area, OUTER);
    let row = area.h / 3.0;
    for n in 1..3 {
        let y = area.y + row * n as f32;
        pen.line((area.x, y), (area.right(), y), INNER);
    }
    for x in [names, middle, second] {
        pen.line((x, area.y), (x, area.bottom()), INNER);
    }
    let kana = patient.kana.as_ref().map(|kana| format!("（{kana}）")).unwrap_or_default();
    let sex = match patient.sex {
        Some(Sex::Male) => "男",
        Some(Sex::Female) => "女",
        None => "",
    };
    let years = patient.birth.and_then(|birth| age::years_on(birth, letter.issued));
    let birth = patient.birth.map(era::long).unwrap_or_default();
    let born = years.map_or_else(|| birth.clone(), |years| format!("{birth}（{years}歳）"));
    let name = format!("{}{kana}", patient.name);
    let of = |text: &Option<String>| text.clone().unwrap_or_default();
    let cells: [[(&str, String); 2]; 3] = [
        [("患者氏名", name), ("性　別", sex.to_owned())],
        [("患者住所", of(&letter.address)), ("電話番号", of(&letter.phone))],
        [("生年月日", born), ("職　業", of(&letter.occupation))],
    ];
    for (n, pair) in cells.iter().enumerate() {
        let y = area.y + row * n as f32;
        for ((label, value), (left, border, right)) in pair.iter().zip([(LEFT, names, middle), (middle, second, RIGHT)])
        {
            let place = Rect::edges(left + 1.0, y, border - 1.0, y + row);
            pen.text("見出し", place, label, &Style::of(9.0).center())?;
            let place = Rect::edges(border + 1.5, y, right - 1.0, y + row);
            pen.text("患者", place, value, &Style::of(10.5).lines(2))?;
        }
    }
    Ok(())
}

/// The head of a 続紙: whose it is, and whose letter.
fn continued(pen: &mut Pen<'_>, letter: &Letter) -> Result<(), FormError> {
    let title = Rect::edges(LEFT, 14.0, RIGHT, 21.0);
    pen.text("標題", title, "診療情報提供書（続紙）", &Style::of(12.0).bold().center())?;
    let birth = letter.patient.birth.map(|birth| format!("（{}生）", era::long(birth))).unwrap_or_default();
    let words = format!("{}{birth}　　{}　{}", letter.patient.name, era::long(letter.issued), letter.from.name);
    pen.text("氏名", Rect::edges(LEFT, 22.5, RIGHT, 29.0), &words, &Style::of(9.5))
}

fn table(pen: &mut Pen<'_>, top: f32, rows: Vec<Row>) -> Result<(), FormError> {
    let height: f32 = rows.iter().map(|row| row.height).sum();
    let area = Rect::new(LEFT, top, RIGHT - LEFT, height);
    let border = LEFT + LABELS;
    pen.frame(area, OUTER);
    pen.line((border, area.y), (border, area.bottom()), INNER);
    let mut y = top;
    for (n, row) in rows.into_iter().enumerate() {
        if n > 0 {
            pen.line((area.x, y), (area.right(), y), INNER);
        }
        let label = Rect::new(LEFT + 1.0, y + 1.2, LABELS - 2.0, row.height.min(12.0) - 2.4);
        pen.text("見出し", label, row.label, &Style::of(9.0).center().lines(2))?;
        let lead = (SLOT - SIZE * MM_PER_POINT) / 2.0;
        for (n, line) in row.lines.into_iter().enumerate() {
            let slot = Rect::new(
                border + 2.0,
                y + PADDING + SLOT * n as f32 + lead,
                area.right() - border - 4.0,
                SIZE * MM_PER_POINT,
            );
            pen.set(slot, line, SIZE, Align::Left);
        }
        y += row.height;
    }
    Ok(())
}

fn foot(pen: &mut Pen<'_>, (n, count): (usize, usize)) -> Result<(), FormError> {
    let lines = [
        "備考　１．必要がある場合は続紙に記載して添付すること。",
        "　　　２．必要がある場合は画像診断のフィルム、検査の記録を添付すること。",
        "　　　３．紹介先が保険医療機関以外である場合は、紹介先医療機関等名の欄に紹介先保険薬局、市町村、保健所名等を記入すること。",
        "　　　　　かつ、患者住所及び電話番号を必ず記入すること。",
    ];
    for (n, words) in lines.into_iter().enumerate() {
        let place = Rect::new(LEFT, 270.0 + 3.4 * n as f32, RIGHT - LEFT, 3.2);
        pen.text("備考", place, words, &Style::of(6.8))?;
    }
    if !pen.drawing.missing.is_empty() {
        let place = Rect::edges(120.0, 284.4, RIGHT, 288.0);
        pen.text("〓", place, "〓は印刷できない文字です。手書きで補ってください。", &Style::of(7.5).bold().right())?;
    }
    if count > 1 {
        let words = format!("{}／{count}", n + 1);
        pen.text("ページ", Rect::edges(90.0, 284.4, 118.0, 289.0), &words, &Style::of(9.0).center())?;
    }
    Ok(())
}
