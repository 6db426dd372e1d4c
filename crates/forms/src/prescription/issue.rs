//! Putting the sheets of a prescription together.
use super::frame::{self, Sheet};
use super::{Mark, Prescription, aside, body, division, slip as copy, version};
use crate::drawing::{Drawing, Pen, Rect};
use crate::fonts::Fonts;
use crate::symbol::{NARROWEST_MODULE, Symbol};
use crate::{FormError, Paper};

/// A5 in millimetres.
const A5: (f32, f32) = (148.0, 210.0);
/// A4 lying on its side: the form on the left half, what the patient keeps on the right.
const A4_WIDE: (f32, f32) = (297.0, 210.0);
/// A4 standing.
const A4: (f32, f32) = (210.0, 297.0);
/// Side of the symbol among the remarks.
const SYMBOL: f32 = 31.5;

/// Draws a prescription: all pages, all parts, further symbols.
pub(crate) fn prescription(fonts: &Fonts, form: &Prescription, paper: Paper) -> Result<Drawing, FormError> {
    form.check()?;
    let version = version(form.issued);
    let sheets: Vec<(body::Part, Prescription)> = match form.parts {
        None => vec![(None, form.clone())],
        Some(count) => (1..=usize::from(count)).map(|n| (Some((n, count)), form.of_part(n))).collect(),
    };
    let sheets = sheets.into_iter().map(|(part, own)| Ok((part, symbols(&own)?, own)));
    let sheets: Vec<(body::Part, Vec<Symbol>, Prescription)> = sheets.collect::<Result<_, FormError>>()?;
    let mut drawing = Drawing::default();
    let mut pen = Pen::new(fonts, &mut drawing);
    for (part, symbols, own) in &sheets {
        let (within, apart) = placed(symbols);
        let (columns, _, height) = frame::field(version, within.is_some(), part.is_some());
        let pages = body::pages(&mut pen, own, *part, columns.words.1, height);
        let count = pages.len();
        for (page, lines) in pages.into_iter().enumerate() {
            let sheet = Sheet { form: own, version, part: *part, page, pages: count, symbol: within };
            begin(&mut pen, own, paper, apart)?;
            frame::draw(&mut pen, &sheet, &lines)?;
        }
    }
    if let Some(count) = form.parts {
        single(&mut pen, paper);
        division::draw(&mut pen, form, count)?;
    }
    // On A4 the symbols stand beside the form, unless there are too many. Parts that have no symbols of their own share
    // the form's.
    let shared = form.each.is_empty();
    for (part, symbols, own) in sheets.iter().take(if shared { 1 } else { sheets.len() }) {
        let (_, apart) = placed(symbols);
        if paper == Paper::A5 || apart.len() > aside::ON_A_SHEET {
            let count = apart.len().div_ceil(aside::ON_A_SHEET);
            for (n, some) in apart.chunks(aside::ON_A_SHEET).enumerate() {
                single(&mut pen, paper);
                aside::sheet(&mut pen, own, some, (n, count), if shared { None } else { *part })?;
            }
        }
    }
    Ok(drawing)
}

fn symbols(form: &Prescription) -> Result<Vec<Symbol>, FormError> {
    form.symbols.iter().map(|bytes| Symbol::of(bytes)).collect()
}

/// One symbol stands among the remarks where its modules can be read there; several stand together elsewhere.
fn placed(symbols: &[Symbol]) -> (Option<&Symbol>, &[Symbol]) {
    match symbols {
        [only] if only.module_at(SYMBOL) >= NARROWEST_MODULE => (Some(only), &[]),
        all => (None, all),
    }
}

/// Begins a page of the form itself; on A4 with what stands beside it.
fn begin(pen: &mut Pen<'_>, form: &Prescription, paper: Paper, apart: &[Symbol]) -> Result<(), FormError> {
    match paper {
        Paper::A5 => pen.page(A5.0, A5.1),
        Paper::A4 => {
            pen.page(A4_WIDE.0, A4_WIDE.1);
            pen.place((0.0, 0.0), 1.0);
            pen.dashes((A4_WIDE.0 / 2.0, 4.0), (A4_WIDE.0 / 2.0, A4_WIDE.1 - 4.0), 0.15);
            pen.place((A4_WIDE.0 / 2.0, 0.0), 1.0);
            let beside = if apart.len() > aside::ON_A_SHEET { &[][..] } else { apart };
            aside::draw(pen, form, beside)?;
        }
    }
    pen.place((0.0, 0.0), 1.0);
    if form.mark == Mark::Sample {
        pen.watermark(Rect::new(10.0, 15.0, A5.0 - 20.0, A5.1 - 30.0), "見本");
    }
    Ok(())
}

/// Begins a page that holds one sheet of A5, on A4 as large as it fits.
fn single(pen: &mut Pen<'_>, paper: Paper) {
    match paper {
        Paper::A5 => {
            pen.page(A5.0, A5.1);
            pen.place((0.0, 0.0), 1.0);
        }
        Paper::A4 => {
            pen.page(A4.0, A4.1);
            pen.place((0.0, 0.0), A4.0 / A5.0);
        }
    }
}

/// Draws the 控え.
pub(crate) fn slip(fonts: &Fonts, form: &Prescription, paper: Paper) -> Result<Drawing, FormError> {
    form.check()?;
    if form.exchange_number.is_none() {
        return Err(FormError::Unusable(vec!["引換番号がありません。"]));
    }
    let mut drawing = Drawing::default();
    let mut pen = Pen::new(fonts, &mut drawing);
    let (columns, _, height) = copy::field();
    let pages = body::pages(&mut pen, form, None, columns.words.1, height);
    let count = pages.len();
    for (page, lines) in pages.into_iter().enumerate() {
        single(&mut pen, paper);
        copy::draw(&mut pen, form, &lines, (page, count))?;
    }
    Ok(drawing)
}
