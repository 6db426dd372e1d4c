//! 診療録 of a period as the law wants it kept and shown (医師法 24条, 医師法施行規則 23条, 療担規則 22条 様式第一号(一)): everything
//! that stands in the record, nothing shortened, drafts left out.

mod cover;
mod progress;
mod read;

pub use cover::{Cover, Disease, Payer};
pub use progress::{Act, Sheet};
pub use read::{LegalRecord, Span, find_patient, legal_record};
