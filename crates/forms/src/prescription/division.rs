//! 分割指示に係る処方箋（別紙）: how to reach the institution, and which pharmacies took the parts (様式第二号の二).
use super::frame::{INNER, LEFT, OUTER, RIGHT};
use super::{Mark, Prescription};
use crate::FormError;
use crate::drawing::{Pen, Rect, Style};
use karute_japan::era;

/// Draws the sheet for a prescription divided into `parts`.
pub(super) fn draw(pen: &mut Pen<'_>, form: &Prescription, parts: u8) -> Result<(), FormError> {
    if form.mark == Mark::Sample {
        pen.watermark(Rect::edges(LEFT, 20.0, RIGHT, 190.0), "見本");
    }
    let title = "分割指示に係る処方箋（別紙）";
    pen.text("標題", Rect::edges(LEFT, 8.0, RIGHT, 16.0), title, &Style::of(14.0).bold().center())?;
    let words = format!("{}　様　　交付年月日 {}　　分割 {parts} 回", form.patient.name, era::long(form.issued));
    pen.text("氏名", Rect::edges(LEFT, 19.0, RIGHT, 25.0), &words, &Style::of(9.5))?;
    let institution = &form.institution;
    pen.text("見出し", Rect::edges(LEFT, 28.0, RIGHT, 33.0), "（発行保険医療機関情報）", &Style::of(9.5).bold())?;
    let rows = [
        ("処方箋発行医療機関の\n保険薬局からの連絡先", institution.name.as_str()),
        ("電話番号", institution.phone.as_deref().unwrap_or("")),
        ("ＦＡＸ番号", institution.fax.as_deref().unwrap_or("")),
        ("その他の連絡先", ""),
    ];
    table(pen, 34.0, &rows)?;
    pen.text("見出し", Rect::edges(LEFT, 74.0, RIGHT, 79.0), "（受付保険薬局情報）", &Style::of(9.5).bold())?;
    for n in 0..parts.min(3) {
        let top = 80.0 + 38.5 * f32::from(n);
        let names: [(&str, &str); 4] =
            [("名　称", ""), ("所在地", ""), ("保険薬剤師氏名", "㊞"), ("調剤年月日", "令和　　　年　　　月　　　日")];
        let words = format!("{}回目を受け付けた保険薬局", n + 1);
        pen.text("見出し", Rect::edges(LEFT, top, RIGHT, top + 4.5), &words, &Style::of(8.5))?;
        table(pen, top + 4.8, &names)?;
    }
    Ok(())
}

/// A table of labels and values; what is signed stands at the right.
fn table(pen: &mut Pen<'_>, top: f32, rows: &[(&str, &str)]) -> Result<(), FormError> {
    let height = if rows.len() > 4 { 7.0 } else { 8.0 };
    let border = LEFT + 40.0;
    let area = Rect::edges(LEFT, top, RIGHT, top + height * rows.len() as f32);
    pen.frame(area, OUTER);
    pen.line((border, area.y), (border, area.bottom()), INNER);
    for (n, (label, value)) in rows.iter().enumerate() {
        let y = area.y + height * n as f32;
        if n > 0 {
            pen.line((area.x, y), (area.right(), y), INNER);
        }
        let name = Rect::edges(LEFT + 1.0, y, border - 1.0, y + height);
        pen.text("見出し", name, label, &Style::of(8.0).lines(2))?;
        let place = Rect::edges(border + 2.0, y, RIGHT - 3.0, y + height);
        let style = if *value == "㊞" { Style::of(10.0).right() } else { Style::of(9.5) };
        pen.text("連絡先", place, value, &style)?;
    }
    Ok(())
}
