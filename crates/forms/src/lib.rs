//! Printed forms as PDF: 処方箋 (様式第二号, 様式第二号の二), 処方内容（控え）, 診療情報提供書 (別紙様式11).
//!
//! A form is a function from what it says ([`Prescription`], [`Letter`]) to a PDF. Which version of it is printed follows from the day of
//! issue ([`versions`]). What the law asks for and is missing is refused by name ([`FormError`]); what does not fit shrinks,
//! flows onto a further page, or is refused, and is never cut off. The same input and the same moment give the same bytes.
//! [`mapping`] builds the input from the chart.
//!
//! This room asks nobody for the time and reads no record; its one look at the machine is for fonts, once.
//!
//! Libraries: `krilla` writes PDF/A with embedded, reduced fonts (without its text shaping, which Japanese forms do not
//! need: `skrifa` tells glyphs and widths); `qrcode` encodes 2-D symbols. Layout is ours: official forms are grids.
//!
//! Fonts are BIZ UDPGothic and, for the kanji it lacks, Noto Sans JP (SIL Open Font License 1.1). `cargo xtask fonts` fetches
//! them by lock file and the build embeds them; without them, fonts of the machine serve. A folder of further fonts adds
//! 外字 and rare shapes. A character that no font has is printed as 〓 and told in [`Printed::missing`].

#[cfg(test)]
extern crate self as karute_forms;

mod drawing;
mod error;
mod fonts;
mod letter;
pub mod mapping;
mod prescription;
mod symbol;

#[cfg(test)]
mod tests;

pub use error::FormError;
pub use letter::{Addressee, Letter};
pub use prescription::{
    Drug, Group, Institution, Insurance, MOST_DRUGS, Mark, Narcotic, OfPart, Patient, Prescriber, Prescription,
    PublicPayer, Residual, Sex, Substitution, Supply, Version, version, versions,
};

use drawing::{About, Drawing};
use fonts::Fonts;
use karute_japan::Timestamp;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// What is printed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paper {
    /// Ａ列５番, the standard of the form.
    #[default]
    A5,
    /// A4 on its side: the form on the left half, a notice to the patient on the right.
    A4,
}

impl Paper {
    /// Both, with their codes.
    pub const ALL: [(Paper, &'static str); 2] = [(Paper::A5, "a5"), (Paper::A4, "a4")];

    /// By its code.
    pub fn parse(code: &str) -> Option<Paper> {
        Paper::ALL.into_iter().find(|(_, each)| *each == code).map(|(paper, _)| paper)
    }
}

/// A form, made.
#[derive(Clone, Debug)]
pub struct Printed {
    /// The file: PDF/A-2u.
    pub pdf: Vec<u8>,
    /// How many pages.
    pub pages: usize,
    /// Characters that no font has: 〓 stands for them on the paper, and somebody must write them in.
    pub missing: Vec<char>,
    /// Characters of which a shape was asked for (IVS) that no font has: printed in their usual shape.
    pub plain: Vec<char>,
}

/// Makes forms. Cheap to clone; reads its fonts when the first form is made.
#[derive(Clone)]
pub struct Forms {
    folder: Option<PathBuf>,
    fonts: Arc<OnceLock<Fonts>>,
}

impl Forms {
    /// With a folder of further fonts, where an operator has one.
    pub fn new(folder: Option<PathBuf>) -> Forms {
        Forms { folder, fonts: Arc::default() }
    }

    fn fonts(&self) -> Result<&Fonts, FormError> {
        if let Some(fonts) = self.fonts.get() {
            return Ok(fonts);
        }
        let read = Fonts::load(self.folder.as_deref())?;
        Ok(self.fonts.get_or_init(|| read))
    }

    /// Whether forms can be made: reads the fonts.
    ///
    /// # Errors
    ///
    /// [`FormError::NoFont`] and [`FormError::Font`].
    pub fn ready(&self) -> Result<(), FormError> {
        self.fonts().map(|_| ())
    }

    /// 処方箋: every page, of a divided prescription every part and the 別紙, further 2-D symbols.
    ///
    /// # Errors
    ///
    /// [`FormError::Unusable`] when it says too little or contradicts itself, [`FormError::TooLong`] when a text has no room.
    pub fn prescription(&self, form: &Prescription, paper: Paper, made: Timestamp) -> Result<Printed, FormError> {
        let fonts = self.fonts()?;
        written(fonts, &prescription::prescription(fonts, form, paper)?, "処方箋", made)
    }

    /// 処方内容（控え） of an electronic prescription.
    ///
    /// # Errors
    ///
    /// As [`Forms::prescription`]; without 引換番号 there is none.
    pub fn slip(&self, form: &Prescription, paper: Paper, made: Timestamp) -> Result<Printed, FormError> {
        let fonts = self.fonts()?;
        written(fonts, &prescription::slip(fonts, form, paper)?, "処方内容（控え）", made)
    }

    /// 診療情報提供書, on A4.
    ///
    /// # Errors
    ///
    /// As [`Forms::prescription`].
    pub fn letter(&self, letter: &Letter, made: Timestamp) -> Result<Printed, FormError> {
        let fonts = self.fonts()?;
        written(fonts, &letter::letter(fonts, letter)?, "診療情報提供書", made)
    }
}

fn written(fonts: &Fonts, drawing: &Drawing, title: &'static str, made: Timestamp) -> Result<Printed, FormError> {
    Ok(Printed {
        pdf: drawing::write(fonts, drawing, &About { title, made })?,
        pages: drawing.pages.len(),
        missing: drawing.missing.iter().copied().collect(),
        plain: drawing.plain.iter().copied().collect(),
    })
}
