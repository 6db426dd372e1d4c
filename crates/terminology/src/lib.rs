//! The words a clinic types: diseases, drugs, laboratory items, usages, acts, allergens, postal codes.
//!
//! Official master files as published become [`Table`]s (one per [`Kind`]), whose records are versioned by date: a
//! prescription of March is shown with March's names and prices, and an ended code is found for old records and not
//! offered for new ones. The tables of one edition make a [`Catalogue`], an immutable value that all institutions share:
//! look-ups, mappings between code systems, incremental Japanese search.
//!
//! This room knows no patients and no institutions and does no I/O: files arrive as bytes, today's date and a clinic's
//! habits (adopted drugs, frequencies) as arguments.
//!
//! Libraries: `encoding_rs` and `csv` for the published text files (CP932 with vendor characters, quoted fields),
//! `calamine` for the workbooks of the ministry (読み取り only), `flate2` to keep tables small at rest, `memchr` to find
//! what was typed within the names that may hold it, `arc-swap` to put newer masters in place while others are being read.

mod catalogue;
mod expansion;
mod function;
mod import;
mod kind;
pub mod mapping;
mod masters;
pub mod search;
pub mod starter;
mod system;
mod table;

pub use catalogue::{Catalogue, DrugClass};
pub use function::Function;
pub use import::{ImportOptions, Imported, Parsed, Reason, Refusal, Rejected, Report, import, read};
pub use kind::{Kind, column};
pub use mapping::Mapping;
pub use masters::{Masters, MastersHandle, Status};
pub use search::{Answer, Domain, Extra, Group, Habits, Item, LabSet, LabSets, Question, SetPart};
pub use system::CodeSystem;
pub use table::{Absent, Covers, Damaged, Edition, Extent, MergeError, MergeOptions, Merged, Record, Row, Table};
