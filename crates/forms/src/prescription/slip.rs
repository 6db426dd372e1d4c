//! 処方内容（控え）: what a patient with an electronic prescription takes home. It is no prescription, and says so.
//!
//! The service makes one of its own (EPS-IF-212), which is printed unchanged where it can be had; this one is for when it
//! cannot.
use super::body::{self, Columns, Line};
use super::frame::{INNER, LEFT, OUTER, RIGHT, missing, until_words};
use super::{Mark, Prescription};
use crate::FormError;
use crate::drawing::{Pen, Rect, Style};
use karute_japan::era;

/// Top and height of the field of the drugs.
const TOP: f32 = 93.5;
const HEIGHT: f32 = 92.0;
/// Height of its heading.
const HEADING: f32 = 5.5;

/// Where the words of the drugs are, and how high their field is.
pub(super) fn field() -> (Columns, f32, f32) {
    let columns =
        Columns { refused: (LEFT, 11.0), wished: Some((LEFT + 11.0, 11.0)), words: (LEFT + 23.5, RIGHT - LEFT - 25.5) };
    (columns, TOP + HEADING + 0.8, HEIGHT - HEADING - 0.8)
}

/// Draws page `n` from 0 of `all`.
pub(super) fn draw(
    pen: &mut Pen<'_>,
    form: &Prescription,
    lines: &[Line],
    (n, all): (usize, usize),
) -> Result<(), FormError> {
    if form.mark == Mark::Sample {
        pen.watermark(Rect::edges(LEFT, 20.0, RIGHT, 190.0), "見本");
    }
    let title = Rect::edges(35.0, 7.0, 113.0, 14.5);
    pen.text("標題", title, "処方内容（控え）", &Style::of(15.0).bold().center())?;
    if form.mark == Mark::Reprint {
        let place = Rect::new(LEFT, 7.0, 6.5, 6.5);
        pen.frame(place, OUTER);
        pen.text("再", place, "再", &Style::of(12.0).bold().center())?;
    }
    if all > 1 {
        let words = format!("{}／{all} ページ", n + 1);
        pen.text("ページ", Rect::edges(115.0, 8.0, RIGHT, 13.0), &words, &Style::of(8.0).right())?;
    }
    number(pen, form)?;
    facts(pen, form)?;
    let (columns, top, _) = field();
    drugs(pen)?;
    body::draw(pen, &columns, top, lines, (n, all));
    foot(pen, form)
}

fn number(pen: &mut Pen<'_>, form: &Prescription) -> Result<(), FormError> {
    let notice = Rect::edges(LEFT, 17.0, RIGHT, 26.5);
    let words = "この用紙は処方箋ではありません。この用紙だけでは薬を受け取れません。\n薬局で、下の引換番号とマイナ保険証（または資格確認書など）をお示しください。";
    pen.frame(notice, INNER);
    pen.text("注意", notice.inset(2.0, 0.6), words, &Style::of(8.5).center().lines(2))?;
    let place = Rect::edges(LEFT, 28.5, RIGHT, 41.0);
    pen.frame(place, 0.5);
    pen.text(
        "引換番号",
        Rect::edges(LEFT + 2.0, place.y, LEFT + 28.0, place.bottom()),
        "引換番号",
        &Style::of(12.0).bold(),
    )?;
    let words = form.exchange_number.as_deref().unwrap_or_default();
    let digits = Rect::edges(LEFT + 30.0, place.y, RIGHT - 2.0, place.bottom());
    pen.text("引換番号", digits, words, &Style::of(24.0).bold().center())
}

fn facts(pen: &mut Pen<'_>, form: &Prescription) -> Result<(), FormError> {
    let insurance = form.insurance.as_ref();
    let insured = insurance.map_or_else(String::new, |i| {
        let symbol = i.symbol.as_ref().map(|symbol| format!("{symbol}・")).unwrap_or_default();
        let branch = i.branch.as_ref().map(|branch| format!("（枝番）{branch}")).unwrap_or_default();
        format!("{symbol}{}{branch}", i.number)
    });
    let birth = form.patient.birth.map(era::long).unwrap_or_default();
    let place = form.institution.phone.as_ref().map(|phone| format!("　電話 {phone}")).unwrap_or_default();
    let institution = format!("{}\n{}{place}", form.institution.name, form.institution.address);
    let name = format!("{}　様", form.patient.name);
    let issued = era::long(form.issued);
    let until = until_words(form);
    let insurer = insurance.map_or("", |i| i.insurer.as_str());
    let rows: [(f32, [(&str, &str); 2]); 4] = [
        (9.0, [("氏　名", &name), ("生年月日", &birth)]),
        (8.0, [("保険者番号", insurer), ("記号・番号", &insured)]),
        (8.0, [("交付年月日", &issued), ("使用期間", &until)]),
        (12.5, [("医療機関", &institution), ("医師氏名", &form.prescriber.name)]),
    ];
    let mut y = 44.0;
    let columns = [LEFT, LEFT + 19.0, LEFT + 72.0, LEFT + 90.0, RIGHT];
    for (height, cells) in rows {
        let row = Rect::edges(LEFT, y, RIGHT, y + height);
        pen.frame(row, INNER);
        for (n, (label, value)) in cells.into_iter().enumerate() {
            let (left, border, right) = (columns[n * 2], columns[n * 2 + 1], columns[n * 2 + 2]);
            for x in [left, border] {
                pen.line((x, row.y), (x, row.bottom()), INNER);
            }
            let name = Rect::edges(left + 0.8, row.y, border - 0.4, row.bottom());
            pen.text("見出し", name, label, &Style::of(7.5))?;
            let place = Rect::edges(border + 1.2, row.y, right - 0.8, row.bottom());
            pen.text("控え", place, value, &Style::of(9.0).lines(3))?;
        }
        y += height;
    }
    if let Some(kana) = &form.patient.kana {
        pen.text("よみ", Rect::edges(LEFT, y + 1.0, RIGHT, y + 4.5), &format!("（{kana}）"), &Style::of(7.0))?;
    }
    let remarks = form.remarks.join("　");
    pen.text("備考", Rect::edges(LEFT, y + 5.0, RIGHT, y + 10.5), &remarks, &Style::of(7.5).lines(2))
}

fn drugs(pen: &mut Pen<'_>) -> Result<(), FormError> {
    let area = Rect::edges(LEFT, TOP, RIGHT, TOP + HEIGHT);
    pen.frame(area, OUTER);
    pen.line((LEFT, TOP + HEADING), (RIGHT, TOP + HEADING), INNER);
    let names = [("変更不可", LEFT, LEFT + 11.0), ("患者希望", LEFT + 11.0, LEFT + 22.0), ("処方", LEFT + 22.0, RIGHT)];
    for (n, (words, left, right)) in names.into_iter().enumerate() {
        if n > 0 {
            pen.dashes((left, area.y), (left, area.bottom()), INNER);
        }
        let place = Rect::edges(left + 0.4, area.y, right - 0.4, area.y + HEADING);
        pen.text("見出し", place, words, &Style::of(7.0).center())?;
    }
    Ok(())
}

fn foot(pen: &mut Pen<'_>, form: &Prescription) -> Result<(), FormError> {
    let mut lines = vec!["薬を受け取るまで、この用紙をなくさないようにしてください。内容についてのご質問は、医療機関または薬局へお尋ねください。".to_owned()];
    if let Some(count) = form.refill {
        lines.push(format!("リフィル処方箋です。{count} 回まで使えます。2回目からは、次回調剤予定日の前後7日以内に薬局へお越しください。"));
    }
    let place = Rect::edges(LEFT, TOP + HEIGHT + 1.5, RIGHT, 203.0);
    pen.text("注意", place, &lines.join("\n"), &Style::of(7.5).top().lines(4))?;
    missing(pen, Rect::edges(LEFT, 203.0, RIGHT, 206.0))
}
