//! The lower half of 様式第二号: the field of the drugs, remarks, what the pharmacy fills in, the notes under the form.
use super::body::{self, Columns, Line};
use super::{Prescription, Version, header};
use crate::FormError;
use crate::drawing::{Pen, Rect, Style};
use crate::symbol::Symbol;
use karute_japan::era;

/// Left and right edge of the form on A5, in millimetres.
pub(super) const LEFT: f32 = 7.0;
pub(super) const RIGHT: f32 = 141.0;
/// Width of the outer and of the inner rules.
pub(super) const OUTER: f32 = 0.3;
pub(super) const INNER: f32 = 0.15;

/// Where the notes under the form begin.
const NOTES: f32 = 197.2;
/// Height of what the pharmacy fills in.
const PHARMACY: f32 = 15.0;
/// Height of 調剤実施回数.
const DISPENSED: f32 = 10.5;
/// Height of the choice for drugs left over.
const RESIDUAL: f32 = 8.2;
/// Height of the remarks over it, without and with a 2-D symbol.
const REMARKS: f32 = 21.5;
const REMARKS_WITH_SYMBOL: f32 = 34.5;
/// Height of the heading of the drugs, and of the line of the refill.
const HEADING: f32 = 10.4;
const REFILL: f32 = 5.6;
/// Left edges of the columns.
const REFUSED: f32 = LEFT + 5.0;
const WISHED: f32 = REFUSED + 13.0;

/// One sheet of a prescription.
pub(super) struct Sheet<'a> {
    pub(super) form: &'a Prescription,
    pub(super) version: &'a Version,
    /// 分割の n 回目, of how many.
    pub(super) part: body::Part,
    /// From 0, of how many.
    pub(super) page: usize,
    pub(super) pages: usize,
    /// The symbol among the remarks.
    pub(super) symbol: Option<&'a Symbol>,
}

/// Where the parts of the lower half begin.
struct Places {
    body: Rect,
    remarks: Rect,
    dispensed: Option<Rect>,
    pharmacy: Rect,
}

fn places(has_symbol: bool, is_part: bool) -> Places {
    let pharmacy = Rect::edges(LEFT, NOTES - PHARMACY, RIGHT, NOTES);
    // 様式第二号の二 has no リフィル and no 調剤実施回数.
    let above = pharmacy.y - if is_part { 0.0 } else { DISPENSED };
    let dispensed = (!is_part).then(|| Rect::edges(LEFT, above, RIGHT, pharmacy.y));
    let height = RESIDUAL + if has_symbol { REMARKS_WITH_SYMBOL } else { REMARKS };
    let remarks = Rect::edges(LEFT, above - height, RIGHT, above);
    Places { body: Rect::edges(LEFT, header::END, RIGHT, remarks.y), remarks, dispensed, pharmacy }
}

/// Left edge and width of the words, and where they begin and how high the field is.
pub(super) fn field(version: &Version, has_symbol: bool, is_part: bool) -> (Columns, f32, f32) {
    let body = places(has_symbol, is_part).body;
    let words = if version.has_wish { WISHED + 10.0 } else { WISHED };
    let columns = Columns {
        refused: (REFUSED, WISHED - REFUSED),
        wished: version.has_wish.then_some((WISHED, 10.0)),
        words: (words + 1.5, RIGHT - words - 3.0),
    };
    let refill = if is_part { 0.0 } else { REFILL };
    let top = body.y + HEADING + 0.8;
    (columns, top, body.bottom() - refill - top)
}

/// Draws a whole sheet.
pub(super) fn draw(pen: &mut Pen<'_>, sheet: &Sheet<'_>, lines: &[Line]) -> Result<(), FormError> {
    header::draw(pen, sheet)?;
    let places = places(sheet.symbol.is_some(), sheet.part.is_some());
    let (columns, top, _) = field(sheet.version, sheet.symbol.is_some(), sheet.part.is_some());
    drugs(pen, sheet, &places, &columns)?;
    body::draw(pen, &columns, top, lines, (sheet.page, sheet.pages));
    remarks(pen, sheet, places.remarks)?;
    if let Some(area) = places.dispensed {
        dispensed(pen, area)?;
    }
    pharmacy(pen, sheet, places.pharmacy)?;
    notes(pen)
}

fn drugs(pen: &mut Pen<'_>, sheet: &Sheet<'_>, places: &Places, columns: &Columns) -> Result<(), FormError> {
    let body = places.body;
    pen.frame(body, OUTER);
    pen.line((REFUSED, body.y), (REFUSED, body.bottom()), INNER);
    pen.stacked(Rect::edges(LEFT, body.y, REFUSED, body.bottom()).inset(0.0, 16.0), "処方", 8.0);
    let heading = body.y + HEADING;
    pen.line((REFUSED, heading), (RIGHT, heading), INNER);
    pen.dashes((WISHED, body.y), (WISHED, body.bottom()), INNER);
    let refused = Rect::edges(REFUSED, body.y, WISHED, heading).inset(0.4, 0.3);
    pen.text("見出し", refused, sheet.version.refused, &Style::of(6.0).center().lines(2))?;
    let mut words = WISHED;
    if let Some((x, width)) = columns.wished {
        words = x + width;
        pen.dashes((words, body.y), (words, body.bottom()), INNER);
        let heading = Rect::edges(x, body.y, words, heading).inset(0.4, 0.3);
        pen.text("見出し", heading, "患者希望", &Style::of(6.0).center())?;
    }
    let notice = Rect::edges(words + 1.0, body.y + 0.4, RIGHT - 1.0, heading - 0.4);
    pen.text("見出し", notice, sheet.version.notice, &Style { least: 4.2, ..Style::of(5.4).lines(4) })?;
    if sheet.part.is_none() {
        refill(pen, sheet, Rect::edges(words + 1.5, body.bottom() - REFILL, RIGHT - 2.0, body.bottom()))?;
    }
    Ok(())
}

fn refill(pen: &mut Pen<'_>, sheet: &Sheet<'_>, row: Rect) -> Result<(), FormError> {
    let words = "リフィル可";
    let width = pen.width(words, 9.0);
    let x = row.x + (row.w - width - 30.0) / 2.0;
    let part = |from: f32, width: f32| Rect::new(x + from, row.y, width, row.h);
    pen.text("リフィル可", part(0.0, width + 0.1), words, &Style::of(9.0))?;
    pen.tick_box((x + width + 2.5, row.y), row.h, 3.4, sheet.form.refill.is_some());
    let count = sheet.form.refill.map_or_else(|| "　　".to_owned(), |count| count.to_string());
    pen.text("リフィル可", part(width + 8.0, 22.0), &format!("（　{count}　回）"), &Style::of(9.0))
}

fn remarks(pen: &mut Pen<'_>, sheet: &Sheet<'_>, area: Rect) -> Result<(), FormError> {
    let form = sheet.form;
    pen.frame(area, OUTER);
    pen.line((REFUSED, area.y), (REFUSED, area.bottom()), INNER);
    pen.stacked(Rect::edges(LEFT, area.y, REFUSED, area.bottom()).inset(0.0, 4.0), "備考", 8.0);
    let residual = area.bottom() - RESIDUAL;
    pen.line((REFUSED, residual), (RIGHT, residual), INNER);
    let signature = Rect::edges(REFUSED, area.y, REFUSED + 46.0, area.y + 15.0);
    pen.line((signature.right(), area.y), (signature.right(), signature.bottom()), INNER);
    pen.line((signature.x, signature.bottom()), (signature.right(), signature.bottom()), INNER);
    let name = Rect::new(signature.x + 0.8, signature.y + 0.5, 15.0, 3.2);
    pen.text("見出し", name, "保険医署名", &Style::of(6.4))?;
    let hint = Rect::edges(name.x, name.bottom() + 0.2, signature.right() - 0.6, name.bottom() + 4.4);
    let words = "「変更不可」欄に「レ」又は「×」を記載した場合は、署名又は記名・押印すること。";
    pen.text("見出し", hint, words, &Style::of(4.6).lines(2))?;
    if form.is_refused() {
        let place = Rect::edges(name.x, hint.bottom() + 0.6, signature.right() - 9.0, signature.bottom() - 0.6);
        pen.text("保険医署名", place, &form.prescriber.name, &Style::of(10.0))?;
        let seal = Rect::edges(place.right(), place.y, signature.right() - 1.0, place.bottom());
        pen.text("印", seal, "㊞", &Style::of(9.0).center())?;
    }
    let mut right = RIGHT;
    if let Some(symbol) = sheet.symbol {
        let side = REMARKS_WITH_SYMBOL - 3.0;
        right = RIGHT - side - 3.0;
        let place = Rect::new(right + 1.5, area.y + 1.5, side, side);
        symbol.draw(pen, place);
    }
    let lines = remark_lines(form);
    let beside = Rect::edges(signature.right() + 1.2, area.y + 0.8, right - 1.0, residual - 0.6);
    let under = Rect::edges(REFUSED + 1.2, signature.bottom() + 0.6, signature.right() - 1.0, residual - 0.6);
    // Long ones stand beside the signature, and what does not fit there under it.
    let room = (beside.h / 3.4).floor() as usize;
    let (first, rest) = lines.split_at(lines.len().min(room));
    let style = Style { least: 4.0, ..Style::of(7.5).top().lines(12) };
    pen.text("備考", beside, &first.join("\n"), &style)?;
    pen.text("備考", under, &rest.join("\n"), &style)?;
    left_over(pen, sheet, Rect::edges(REFUSED, residual, RIGHT, area.bottom()))
}

/// What stands among the remarks: what the caller says, 麻薬, further 公費.
fn remark_lines(form: &Prescription) -> Vec<String> {
    let mut lines = form.remarks.clone();
    if let Some(narcotic) = &form.narcotic {
        lines.push(format!("麻薬施用者免許番号 {}", narcotic.licence));
        let phone = narcotic.phone.as_ref().map(|phone| format!("（電話 {phone}）")).unwrap_or_default();
        lines.push(format!("患者住所 {}{phone}", narcotic.address));
    }
    for (n, payer) in form.public.iter().enumerate().skip(2) {
        let recipient = payer.recipient.as_ref().map(|r| format!("・受給者番号 {r}")).unwrap_or_default();
        lines.push(format!("第{}公費 {}{recipient}", n + 1, payer.payer));
    }
    lines
}

fn left_over(pen: &mut Pen<'_>, sheet: &Sheet<'_>, area: Rect) -> Result<(), FormError> {
    let words = "保険薬局が調剤時に残薬を確認した場合の対応（特に指示がある場合は「レ」又は「×」を記載すること。）";
    let row = |n: f32| Rect::new(area.x + 1.0, area.y + 0.6 + 3.7 * n, area.w - 2.0, 3.4);
    pen.text("残薬", row(0.0), words, &Style::of(6.0))?;
    let line = row(1.0);
    let mut x = line.x + 6.0;
    for (which, words) in sheet.version.residual {
        pen.tick_box((x, line.y), line.h, 2.4, sheet.form.residual == Some(*which));
        let width = pen.width(words, 7.0);
        pen.text("残薬", Rect::new(x + 3.2, line.y, width + 0.1, line.h), words, &Style::of(7.0))?;
        x += width + 10.0;
    }
    Ok(())
}

fn dispensed(pen: &mut Pen<'_>, area: Rect) -> Result<(), FormError> {
    pen.frame(area, OUTER);
    let row = |n: f32| Rect::new(area.x + 1.0, area.y + 0.5 + 3.3 * n, area.w - 2.0, 3.1);
    let words = "調剤実施回数（調剤回数に応じて、□に「レ」又は「×」を記載するとともに、調剤日及び次回調剤予定日を記載すること。）";
    pen.text("調剤実施回数", row(0.0), words, &Style::of(5.8))?;
    for (n, digit) in ["１", "２", "３"].into_iter().enumerate() {
        let x = area.x + 3.0 + 44.0 * n as f32;
        let line = row(1.0);
        pen.tick_box((x, line.y), line.h, 2.2, false);
        let words = format!("{digit}回目調剤日（　　　年　　月　　日）");
        pen.text("調剤実施回数", Rect::new(x + 2.8, line.y, 40.0, line.h), &words, &Style::of(6.6))?;
        if n < 2 {
            let next = Rect::new(x, row(2.0).y, 43.0, line.h);
            pen.text("調剤実施回数", next, "次回調剤予定日（　　　年　　月　　日）", &Style::of(6.6))?;
        }
    }
    Ok(())
}

fn pharmacy(pen: &mut Pen<'_>, sheet: &Sheet<'_>, area: Rect) -> Result<(), FormError> {
    let middle = 70.0;
    let left = Rect::edges(area.x, area.y, middle, area.bottom());
    pen.frame(left, OUTER);
    let border = area.y + 5.4;
    pen.line((left.x, border), (left.right(), border), INNER);
    let names = left.x + 21.0;
    pen.line((names, left.y), (names, left.bottom()), INNER);
    let name = |top: f32, bottom: f32| Rect::edges(left.x + 0.6, top, names - 0.4, bottom);
    pen.text("見出し", name(area.y, border), "調剤済年月日", &Style::of(6.6).center())?;
    let words = "令和　　　年　　　月　　　日";
    pen.text("調剤済年月日", Rect::edges(names, area.y, middle, border), words, &Style::of(8.0).center())?;
    let words = "保険薬局の所在\n地及び名称\n保険薬剤師氏名";
    pen.text("見出し", name(border, area.bottom()), words, &Style::of(6.0).center().lines(3))?;
    let seal = Rect::edges(middle - 8.0, area.bottom() - 5.5, middle - 1.5, area.bottom() - 1.0);
    pen.text("印", seal, "㊞", &Style::of(9.0).center())?;
    let right = Rect::edges(middle, area.y, RIGHT, area.bottom());
    header::public(pen, right, sheet.form.public.get(1))
}

fn notes(pen: &mut Pen<'_>) -> Result<(), FormError> {
    let lines = [
        "備考　１．「処方」欄には、薬名、分量、用法及び用量を記載すること。",
        "　　　２．この用紙は、Ａ列５番を標準とすること。",
        "　　　３．療養の給付及び公費負担医療に関する費用の請求に関する省令（昭和51年厚生省令第36号）第１条の公費負担医療については、",
        "　　　　　「保険医療機関」とあるのは「公費負担医療の担当医療機関」と、「保険医氏名」とあるのは「公費負担医療の担当医氏名」と読み替えるものとすること。",
    ];
    for (n, words) in lines.into_iter().enumerate() {
        let row = Rect::new(LEFT, NOTES + 0.6 + 1.9 * n as f32, RIGHT - LEFT, 1.8);
        pen.text("備考", row, words, &Style { least: 4.0, ..Style::of(4.6) })?;
    }
    missing(pen, Rect::edges(82.0, NOTES + 1.0, RIGHT, NOTES + 4.2))
}

/// Tells who hands the paper out that something must be written in.
pub(super) fn missing(pen: &mut Pen<'_>, place: Rect) -> Result<(), FormError> {
    if pen.drawing.missing.is_empty() {
        return Ok(());
    }
    let words = "〓は印刷できない文字です。手書きで補ってください。";
    pen.text("〓", place, words, &Style::of(6.5).bold().right())
}

/// The date as the 控え and the notice to the patient write it.
pub(super) fn until_words(form: &Prescription) -> String {
    format!("{}まで", era::long(form.last_day()))
}
