//! The upper half of 様式第二号: title, payers, patient, institution, dates.
use super::frame::{INNER, LEFT, OUTER, RIGHT, Sheet};
use super::{Mark, PublicPayer, Sex};
use crate::FormError;
use crate::drawing::{Pen, Rect, Style};
use karute_japan::{age, era};

/// Top of the payers' tables.
const PAYERS: f32 = 17.5;
/// Height of one of their rows.
const PAYER_ROW: f32 = 5.9;
/// Top of the patient's block.
const PATIENT: f32 = 30.2;
/// Border between patient and institution.
const MIDDLE: f32 = 70.0;
/// Top of the row of the dates.
const DATES: f32 = 54.7;
/// Where the dates end.
pub(super) const END: f32 = 61.7;

/// Small print of labels.
const fn label(size: f32) -> Style {
    Style::of(size).center().lines(2)
}

/// Draws it.
pub(super) fn draw(pen: &mut Pen<'_>, sheet: &Sheet<'_>) -> Result<(), FormError> {
    title(pen, sheet)?;
    payers(pen, sheet)?;
    patient(pen, sheet)?;
    institution(pen, sheet)?;
    dates(pen, sheet)
}

fn title(pen: &mut Pen<'_>, sheet: &Sheet<'_>) -> Result<(), FormError> {
    let form = sheet.form;
    pen.text("標題", Rect::new(50.0, 5.6, 48.0, 6.6), "処　方　箋", &Style::of(15.0).bold().center())?;
    let words = "（この処方箋は、どの保険薬局でも有効です。）";
    pen.text("標題", Rect::new(45.0, 12.6, 58.0, 3.4), words, &Style::of(6.5).center())?;
    if form.mark == Mark::Reprint {
        let place = Rect::new(LEFT, 5.8, 6.5, 6.5);
        pen.frame(place, OUTER);
        pen.text("再", place, "再", &Style::of(12.0).bold().center())?;
    }
    if let Some((n, of)) = sheet.part {
        let place = Rect::new(LEFT + 8.0, 5.8, 36.0, 6.5);
        let words = format!("分割指示に係る処方箋\n分割の {n} 回目 ／ {of} 回");
        pen.frame(place, INNER);
        pen.text("分割指示", place.inset(0.8, 0.2), &words, &Style::of(7.0).center().lines(2))?;
    }
    if let Some(number) = &form.exchange_number {
        let place = Rect::edges(99.0, 5.8, RIGHT, 12.3);
        pen.frame(place, OUTER);
        let name = Rect::new(place.x + 0.8, place.y, 11.5, place.h);
        pen.text("引換番号", name, "電子処方箋\n引換番号", &Style::of(5.2).center().lines(2))?;
        let digits = Rect::edges(place.x + 13.0, place.y, place.right() - 1.0, place.bottom());
        pen.text("引換番号", digits, number, &Style::of(12.0).bold().center())?;
    }
    if sheet.pages > 1 {
        let words = format!("{}／{} ページ", sheet.page + 1, sheet.pages);
        pen.text("ページ", Rect::edges(110.0, 12.9, RIGHT, 16.4), &words, &Style::of(7.5).right())?;
    }
    if let Some(number) = &form.patient.number {
        let place = Rect::edges(LEFT, 13.2, 44.0, 16.6);
        pen.text("患者番号", place, &format!("患者番号 {number}"), &Style::of(6.0))?;
    }
    Ok(())
}

fn payers(pen: &mut Pen<'_>, sheet: &Sheet<'_>) -> Result<(), FormError> {
    let left = Rect::edges(LEFT, PAYERS, MIDDLE - 1.0, PAYERS + PAYER_ROW * 2.0);
    public(pen, left, sheet.form.public.first())?;
    let right = Rect::edges(MIDDLE + 1.0, PAYERS, RIGHT, PAYERS + PAYER_ROW * 2.0);
    let names = 22.0;
    pen.frame(right, OUTER);
    pen.line((right.x, right.y + PAYER_ROW), (right.right(), right.y + PAYER_ROW), INNER);
    pen.line((right.x + names, right.y), (right.x + names, right.bottom()), INNER);
    let row = |n: f32| Rect::new(right.x, right.y + PAYER_ROW * n, right.w, PAYER_ROW);
    let name = |n: f32| Rect::new(right.x + 0.5, right.y + PAYER_ROW * n, names - 1.0, PAYER_ROW);
    let value = |n: f32| Rect { x: right.x + names, w: right.w - names, ..row(n) };
    pen.text("保険者番号", name(0.0), "保 険 者 番 号", &label(7.0))?;
    let insurance = sheet.form.insurance.as_ref();
    pen.digits(value(0.0), 8, insurance.map_or("", |i| i.insurer.as_str()), 10.0);
    pen.text("記号・番号", name(1.0), sheet.version.insured, &label(5.6))?;
    if let Some(insurance) = insurance {
        let symbol = insurance.symbol.as_ref().map(|symbol| format!("{symbol}・")).unwrap_or_default();
        let branch = insurance.branch.as_ref().map(|branch| format!("（枝番）{branch}")).unwrap_or_default();
        let words = format!("{symbol}{}{branch}", insurance.number);
        pen.text("記号・番号", value(1.0).inset(1.0, 0.4), &words, &Style::of(9.0).center())?;
    }
    Ok(())
}

/// 公費負担者番号 and 公費負担医療の受給者番号, one under the other.
pub(super) fn public(pen: &mut Pen<'_>, area: Rect, payer: Option<&PublicPayer>) -> Result<(), FormError> {
    let names = 22.0;
    let row = area.h / 2.0;
    let cell = (area.w - names) / 8.0;
    pen.frame(area, OUTER);
    pen.line((area.x, area.y + row), (area.right(), area.y + row), INNER);
    pen.line((area.x + names, area.y), (area.x + names, area.bottom()), INNER);
    let name = |n: f32| Rect::new(area.x + 0.5, area.y + row * n, names - 1.0, row);
    let value = |n: f32, cells: f32| Rect::new(area.x + names, area.y + row * n, cell * cells, row);
    pen.text("公費負担者番号", name(0.0), "公費負担者番号", &label(6.6))?;
    pen.digits(value(0.0, 8.0), 8, payer.map_or("", |p| p.payer.as_str()), 10.0);
    pen.text("受給者番号", name(1.0), "公費負担医療\nの受給者番号", &label(5.6))?;
    pen.digits(value(1.0, 7.0), 7, payer.and_then(|p| p.recipient.as_deref()).unwrap_or(""), 10.0);
    let end = area.x + names + cell * 7.0;
    pen.line((end, area.y + row), (end, area.bottom()), 0.12);
    Ok(())
}

fn patient(pen: &mut Pen<'_>, sheet: &Sheet<'_>) -> Result<(), FormError> {
    let patient = &sheet.form.patient;
    let block = Rect::edges(LEFT, PATIENT, MIDDLE, DATES);
    let (names, values) = (LEFT + 5.0, LEFT + 17.0);
    let rows = [PATIENT, PATIENT + 10.0, PATIENT + 18.0, DATES];
    pen.frame(block, OUTER);
    for x in [names, values] {
        pen.line((x, block.y), (x, block.bottom()), INNER);
    }
    for y in rows.iter().skip(1).take(2) {
        pen.line((names, *y), (block.right(), *y), INNER);
    }
    pen.stacked(Rect::edges(LEFT, block.y, names, block.bottom()).inset(0.0, 3.0), "患者", 8.0);
    for (n, words) in ["氏　名", "生年月日", "区　分"].into_iter().enumerate() {
        let (top, bottom) = (rows[n], rows[n + 1]);
        pen.text("見出し", Rect::edges(names, top, values, bottom).inset(0.5, 0.0), words, &Style::of(7.0).center())?;
    }
    let value = |n: usize| Rect::edges(values + 1.2, rows[n], MIDDLE - 0.8, rows[n + 1]);
    let name = value(0);
    if let Some(kana) = &patient.kana {
        pen.text("氏名", Rect { y: name.y + 0.5, h: 2.6, ..name }, kana, &Style::of(5.8))?;
    }
    let written = Rect { y: name.y + 3.2, h: name.h - 3.6, ..name };
    pen.text("氏名", written, &format!("{}　様", patient.name), &Style::of(12.0))?;
    let sex_at = MIDDLE - 14.5;
    pen.line((sex_at, rows[1]), (sex_at, rows[2]), INNER);
    if let Some(birth) = patient.birth {
        let years = age::years_on(birth, sheet.form.issued).map(|years| format!("（{years}歳）")).unwrap_or_default();
        let place = Rect::edges(values + 1.2, rows[1], sex_at - 0.4, rows[2]);
        pen.text("生年月日", place, &format!("{}{years}", era::long(birth)), &Style::of(9.0))?;
    }
    let sex = Rect::edges(sex_at, rows[1], MIDDLE, rows[2]);
    let half = sex.w / 2.0;
    for (n, (which, word)) in [(Sex::Male, "男"), (Sex::Female, "女")].into_iter().enumerate() {
        let cell = Rect::new(sex.x + half * n as f32, sex.y, half, sex.h);
        pen.text("性別", cell, word, &Style::of(8.5).center())?;
        if patient.sex == Some(which) {
            pen.circle(around(cell, 2.5));
        }
    }
    let dot = Rect::new(sex.x + half - 1.0, sex.y, 2.0, sex.h);
    pen.text("性別", dot, "・", &Style::of(7.0).center())?;
    let kind = Rect::edges(values, rows[2], MIDDLE, rows[3]);
    let half = kind.w / 2.0;
    pen.line((kind.x + half, kind.y), (kind.x + half, kind.bottom()), INNER);
    let own = sheet.form.insurance.as_ref().and_then(|insurance| insurance.own);
    for (n, (which, word)) in [(true, "被保険者"), (false, "被扶養者")].into_iter().enumerate() {
        let cell = Rect::new(kind.x + half * n as f32, kind.y, half, kind.h);
        pen.text("区分", cell, word, &Style::of(8.0).center())?;
        if own == Some(which) {
            pen.circle(Rect::new(cell.x + 2.5, cell.y + 0.8, cell.w - 5.0, cell.h - 1.6));
        }
    }
    Ok(())
}

/// A circle of a radius in the middle of a cell.
fn around(cell: Rect, radius: f32) -> Rect {
    Rect::new(cell.x + cell.w / 2.0 - radius, cell.y + cell.h / 2.0 - radius, radius * 2.0, radius * 2.0)
}

fn institution(pen: &mut Pen<'_>, sheet: &Sheet<'_>) -> Result<(), FormError> {
    let institution = &sheet.form.institution;
    let block = Rect::edges(MIDDLE, PATIENT, RIGHT, DATES);
    let values = MIDDLE + 18.0;
    pen.frame(block, OUTER);
    let codes = PATIENT + 18.0;
    pen.line((block.x, codes), (block.right(), codes), INNER);
    let name = |top: f32, bottom: f32| Rect::edges(block.x + 0.6, PATIENT + top, values, PATIENT + bottom);
    let value = |top: f32, bottom: f32| Rect::edges(values + 0.8, PATIENT + top, RIGHT - 0.8, PATIENT + bottom);
    pen.text("見出し", name(0.8, 9.0), "保険医療機関の\n所在地及び名称", &Style::of(6.2).lines(2))?;
    let postal = institution.postal.as_ref().map(|postal| format!("〒{postal} ")).unwrap_or_default();
    let address = format!("{postal}{}", institution.address);
    pen.text("所在地", value(0.5, 5.4), &address, &Style::of(6.6).lines(2))?;
    pen.text("医療機関の名称", value(5.5, 9.6), &institution.name, &Style::of(9.0))?;
    pen.text("見出し", name(9.7, 12.7), "電　話　番　号", &Style::of(6.2))?;
    let phone = institution.phone.as_deref().unwrap_or("");
    let fax = institution.fax.as_ref().map(|fax| format!("　FAX {fax}")).unwrap_or_default();
    pen.text("電話番号", value(9.7, 12.7), &format!("{phone}{fax}"), &Style::of(7.5))?;
    pen.text("見出し", name(13.0, 17.8), "保 険 医 氏 名", &Style::of(6.2))?;
    let doctor = value(13.0, 17.8);
    pen.text("保険医氏名", Rect { w: doctor.w - 8.0, ..doctor }, &sheet.form.prescriber.name, &Style::of(10.5))?;
    pen.text("印", Rect::edges(RIGHT - 8.0, doctor.y, RIGHT - 1.5, doctor.bottom()), "㊞", &Style::of(9.0).center())?;
    let mut x = block.x;
    for (words, width, cells, digits) in [
        ("都道府県\n番　　号", 10.0, 2_usize, &institution.prefecture),
        ("点数表\n番　号", 8.5, 1, &institution.table),
        ("医療機関\nコード", 10.0, 7, &institution.code),
    ] {
        let unit = (block.w - 28.5) / 10.0;
        let name = Rect::edges(x, codes, x + width, DATES);
        pen.text("見出し", name.inset(0.4, 0.0), words, &label(5.4))?;
        let place = Rect::edges(name.right(), codes, name.right() + unit * cells as f32, DATES);
        if x > block.x {
            pen.line((x, codes), (x, DATES), INNER);
        }
        pen.line((place.x, codes), (place.x, DATES), INNER);
        pen.digits(place, cells, digits, 9.5);
        x = place.right();
    }
    Ok(())
}

fn dates(pen: &mut Pen<'_>, sheet: &Sheet<'_>) -> Result<(), FormError> {
    let row = Rect::edges(LEFT, DATES, RIGHT, END);
    pen.frame(row, OUTER);
    let columns = [LEFT, LEFT + 17.0, LEFT + 49.0, MIDDLE, MIDDLE + 29.0, RIGHT];
    for x in columns.iter().skip(1).take(4) {
        pen.line((*x, row.y), (*x, row.bottom()), INNER);
    }
    let cell = |n: usize| Rect::edges(columns[n] + 0.6, row.y, columns[n + 1] - 0.6, row.bottom());
    pen.text("見出し", cell(0), "交付年月日", &label(7.0))?;
    pen.text("交付年月日", cell(1), &era::long(sheet.form.issued), &Style::of(9.5).center())?;
    pen.text("見出し", cell(2), "処方箋の\n使用期間", &label(6.2))?;
    let until = sheet.form.valid_until.map_or_else(|| "令和　　年　　月　　日".to_owned(), era::long);
    pen.text("使用期間", cell(3), &until, &Style::of(8.5).center())?;
    let words = "特に記載のある場合を除き、交付の日を含めて４日以内に保険薬局に提出すること。";
    pen.text("使用期間", cell(4), words, &Style::of(6.0).lines(3))
}
