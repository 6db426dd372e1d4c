//! What stands beside the prescription on A4, and the sheet of 2-D symbols that a prescription on A5 has no room for.
use super::body::Part;
use super::frame::{INNER, LEFT, OUTER, RIGHT, until_words};
use super::{Mark, Prescription};
use crate::FormError;
use crate::drawing::{Pen, Rect, Style};
use crate::symbol::Symbol;

/// Side of a symbol here.
const SIDE: f32 = 58.0;
/// Symbols on a sheet.
pub(super) const ON_A_SHEET: usize = 4;

/// A notice to the patient and the symbols that stand here (at most [`ON_A_SHEET`]).
pub(super) fn draw(pen: &mut Pen<'_>, form: &Prescription, symbols: &[Symbol]) -> Result<(), FormError> {
    pen.text("標題", Rect::edges(LEFT, 8.0, RIGHT, 15.0), "処方箋についてのお知らせ", &Style::of(13.0).bold())?;
    let name = format!("{}　様", form.patient.name);
    pen.text("氏名", Rect::edges(LEFT, 17.0, RIGHT, 23.0), &name, &Style::of(11.0))?;
    let mut lines = vec![
        "・左側の処方箋を切り離し、保険薬局へお出しください。この面は薬を受け取るまでお手元に置いてください。"
            .to_owned(),
        format!("・処方箋は {} お使いになれます（交付した日を含みます。日曜・祝日も数えます）。", until_words(form)),
    ];
    if let Some(count) = form.refill {
        lines.push(format!(
            "・この処方箋は {count} 回まで使えます（リフィル処方箋）。2回目からは、次回調剤予定日の前後7日以内に薬局へお出しください。薬局から返された処方箋は、なくさないよう保管してください。"
        ));
    }
    if form.exchange_number.is_some() {
        lines.push(
            "・この処方箋の内容は電子処方箋管理サービスに登録されています。薬局で引換番号をお尋ねする場合があります。"
                .to_owned(),
        );
    }
    let notice = Rect::edges(LEFT, 26.0, RIGHT, 58.0);
    pen.frame(notice, INNER);
    pen.text("お知らせ", notice.inset(2.5, 2.0), &lines.join("\n"), &Style::of(9.5).top().lines(14))?;
    let from = form.institution.phone.as_ref().map(|phone| format!("　電話 {phone}")).unwrap_or_default();
    let words = format!("{}{from}", form.institution.name);
    pen.text("医療機関", Rect::edges(LEFT, 60.0, RIGHT, 65.0), &words, &Style::of(9.0))?;
    grid(pen, symbols, 70.0)
}

/// A sheet of symbols alone: `n` from 0 of `all`.
pub(super) fn sheet(
    pen: &mut Pen<'_>,
    form: &Prescription,
    symbols: &[Symbol],
    (n, all): (usize, usize),
    part: Part,
) -> Result<(), FormError> {
    if form.mark == Mark::Sample {
        pen.watermark(Rect::edges(LEFT, 20.0, RIGHT, 190.0), "見本");
    }
    let of = part.map(|(n, count)| format!("分割 {n}／{count}・")).unwrap_or_default();
    let words = format!("処方箋 2次元シンボル（{of}別紙 {}／{all}）", n + 1);
    pen.text("標題", Rect::edges(LEFT, 8.0, RIGHT, 15.0), &words, &Style::of(12.0).bold())?;
    let words = format!(
        "{}　様　　交付 {}　　{}",
        form.patient.name,
        karute_japan::era::long(form.issued),
        form.institution.name
    );
    pen.text("氏名", Rect::edges(LEFT, 17.0, RIGHT, 22.0), &words, &Style::of(9.0))?;
    grid(pen, symbols, 30.0)
}

fn grid(pen: &mut Pen<'_>, symbols: &[Symbol], top: f32) -> Result<(), FormError> {
    for (n, symbol) in symbols.iter().take(ON_A_SHEET).enumerate() {
        let column = (n % 2) as f32;
        let row = (n / 2) as f32;
        let cell = Rect::new(LEFT + 2.0 + column * (SIDE + 10.0), top + row * (SIDE + 7.0), SIDE, SIDE);
        pen.frame(cell, OUTER);
        symbol.draw(pen, cell.inset(1.0, 1.0));
        let words = format!("{}／{}", n + 1, symbols.len());
        pen.text("番号", Rect::new(cell.x, cell.bottom() + 0.6, cell.w, 3.6), &words, &Style::of(8.0).center())?;
    }
    Ok(())
}
