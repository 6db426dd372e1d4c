//! Published master files: read, checked, taken into a table.
//!
//! A file is read as a whole or not at all: [`read`] gives its rows or a [`Refusal`] that says where it went wrong and
//! what was expected; [`import`] merges them into a table and reports. Rows that are wrong in themselves are left out
//! with line and reason, as long as they are few.

mod allergen;
mod clins_lab;
mod code_system;
mod day;
mod generic_name;
mod guess;
mod header;
mod hot;
mod jlac;
mod medis;
mod nhi;
mod postal;
mod refusal;
mod report;
mod source;
mod ssk;
mod taking;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
mod text;
mod usage;
mod workbook;

pub use refusal::{Reason, Refusal, Rejected};
pub use report::Report;

use crate::{Edition, Extent, Kind, MergeError, MergeOptions, Merged, Row, Table, starter};
use karute_japan::Date;
use source::File;
use taking::Taking;

/// What a file says.
#[derive(Debug)]
pub struct Parsed {
    /// Its rows, in its order.
    pub rows: Vec<Row>,
    /// Rows of data that were looked at.
    pub read: u32,
    /// Rows that could not be taken, in the order of the file.
    pub rejected: Vec<Rejected>,
    /// Date of the edition, by the name of the file or its contents.
    pub date: Option<Date>,
    /// What of the kind it is.
    pub extent: Extent,
}

/// How a file is to be imported.
#[derive(Clone, Debug)]
pub struct ImportOptions {
    /// Date of the edition, where a person says it; else that of the file, else today.
    pub date: Option<Date>,
    /// Today's date.
    pub today: Date,
    /// How rows are merged.
    pub merge: MergeOptions,
    /// SHA-256 of the file in hexadecimal digits: a file that is in already changes nothing.
    pub digest: String,
}

/// A file taken in.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The new table and what changed.
    pub merged: Merged,
    /// The same for people.
    pub report: Report,
}

/// Reads a published file of a kind.
pub fn read(kind: Kind, file_name: &str, bytes: &[u8]) -> Result<Parsed, Refusal> {
    let file = File::open(file_name, bytes)?;
    if file.json().is_some() && !matches!(kind, Kind::Jlac10 | Kind::Jlac11 | Kind::Allergen) {
        let text = format!("JSON のファイルです。{}は CSV または .xlsx で取り込みます。", kind.label());
        let refusal = Refusal::new(file_name, Reason::Layout, text);
        return Err(guess::kind(&file).map_or(refusal, |other| Refusal::other_kind(file_name, kind, other)));
    }
    let mut taking = Taking::new(kind, &file);
    let outcome = match kind {
        Kind::NhiPrice => nhi::read_prices(&file, &mut taking),
        Kind::NhiGeneric => nhi::read_generics(&file, &mut taking),
        Kind::SskDisease | Kind::SskModifier | Kind::SskDrug | Kind::SskAct | Kind::SskMaterial | Kind::SskComment => {
            ssk::read(&file, &mut taking)
        }
        Kind::MedisDisease => medis::read(&file, &mut taking),
        Kind::Hot => hot::read(&file, &mut taking),
        Kind::GenericName => generic_name::read(&file, &mut taking),
        Kind::Jlac10 | Kind::Jlac11 => jlac::read(&file, &mut taking),
        Kind::ClinsLab => clins_lab::read(&file, &mut taking),
        Kind::Usage => usage::read(&file, &mut taking),
        Kind::Allergen => allergen::read(&file, &mut taking),
        Kind::Postal => postal::read(&file, &mut taking),
    };
    // What looks like another kind is better said so than by the first column that does not fit.
    outcome.and_then(|()| taking.finish()).map_err(|refusal| match refusal.reason {
        Reason::Columns | Reason::Layout | Reason::Rejected | Reason::Empty => guess::kind(&file)
            .filter(|other| *other != kind)
            .map_or(refusal, |other| Refusal::other_kind(file_name, kind, other)),
        _ => refusal,
    })
}

/// Takes a published file into a table. The starter set gives way to it altogether.
pub fn import(table: &Table, file_name: &str, bytes: &[u8], options: &ImportOptions) -> Result<Imported, Refusal> {
    let parsed = read(table.kind(), file_name, bytes)?;
    let edition = Edition {
        date: options.date.or(parsed.date).unwrap_or(options.today),
        file: plain_name(file_name).to_owned(),
        digest: options.digest.clone(),
        rows: 0,
        part: String::new(),
    };
    let empty = Table::empty(table.kind());
    let table = if starter::is_starter(table) { &empty } else { table };
    let Parsed { rows, read, rejected, extent, .. } = parsed;
    let merged = table
        .merge_part(rows, &edition, &extent, options.merge)
        .map_err(|error| refused(table.kind(), file_name, &error))?;
    let report = Report::new(&merged, &edition, &extent.part, read, rejected);
    Ok(Imported { merged, report })
}

fn refused(kind: Kind, file: &str, error: &MergeError) -> Refusal {
    let (reason, line) = match error {
        MergeError::Older { .. } => (Reason::Older, None),
        MergeError::Duplicate { line, .. } => (Reason::Duplicate, Some(*line)),
        MergeError::Vanished { .. } => (Reason::Vanished, None),
        MergeError::Empty => (Reason::Empty, None),
    };
    let expected = match error {
        MergeError::Duplicate { first_line, key, .. } => {
            format!("コード「{key}」は{first_line}行目にもあります。コードはファイルに一度だけのはずです。")
        }
        MergeError::Vanished { .. } if kind == Kind::SskDisease => {
            format!("{error}。廃止された傷病名は旧傷病名マスター（hb）に移されます。hb を先に取り込んでください。")
        }
        other => other.to_string(),
    };
    Refusal { file: plain_name(file).to_owned(), line, column: None, reason, expected }
}

/// The name without folders.
fn plain_name(file: &str) -> &str {
    file.rsplit(['/', '\\']).next().unwrap_or(file)
}
