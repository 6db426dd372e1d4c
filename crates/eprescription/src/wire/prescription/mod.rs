//! A prescription as the service knows it: every record of the 処方編 (digest 5.2) as typed values, and its CSV.
mod drug;
mod head;
mod read;
mod symbol;
mod write;

pub use drug::{
    Amount, CodeKind, Drug, DrugKind, DrugSupplement, DrugSupplementKind, Payers, Single, Uneven, UsageSupplement,
    UsageSupplementKind,
};
pub use head::{
    Department, Doctor, Duty, Institution, Insurance, InsuranceKind, Leftover, Narcotic, Note, Patient, Payer, Remark,
    RemarkKind, Sex, Split,
};

pub(crate) use write::{amount as amount_text, date as date_text};

use super::csv::{CsvFaults, Sheet};
use crate::profile::{Layout, Profile};
use karute_japan::Date;

/// A prescription.
#[derive(Clone, PartialEq, Eq)]
pub struct Prescription {
    /// Records 1, 2, 3.
    pub institution: Institution,
    /// Record 4.
    pub department: Option<Department>,
    /// Record 5.
    pub doctor: Doctor,
    /// Records 11 to 14.
    pub patient: Patient,
    /// Records 21 to 25; none for public assistance alone.
    pub insurance: Option<Insurance>,
    /// Records 27, 28, 29, in this order; at most three.
    pub payers: Vec<Payer>,
    /// Record 30.
    pub special_payer: Option<Payer>,
    /// Record 31, レセプト種別コード.
    pub receipt_kind: Option<String>,
    /// Record 51.
    pub issued: Date,
    /// Record 52; none = four days including the day of issue.
    pub until: Option<Date>,
    /// Record 61.
    pub narcotic: Option<Narcotic>,
    /// Record 62.
    pub leftover: Option<Leftover>,
    /// Record 63.
    pub split: Option<Split>,
    /// Record 64: how often it may be used in all, 2 or 3.
    pub refill: Option<u8>,
    /// Record 81.
    pub remarks: Vec<Remark>,
    /// Record 82.
    pub exchange_number: Option<String>,
    /// The RP groups.
    pub groups: Vec<Group>,
    /// Record 301.
    pub notes: Vec<Note>,
    /// Record 302.
    pub findings: Vec<String>,
}

/// One RP (剤): drugs with one usage.
#[derive(Clone, PartialEq, Eq)]
pub struct Group {
    /// 剤形区分 (T8).
    pub form: DosageForm,
    /// 剤形名称; needed for `Unknown`.
    pub form_name: String,
    /// 調剤数量: days, times, or 1 (digest 5.2, meaning of amounts).
    pub quantity: u16,
    /// Record 102: this time's quantity and the whole.
    pub split_quantity: Option<(u16, u16)>,
    /// 用法コード of the usage master, 16 characters.
    pub usage_code: String,
    /// 用法名称, as the master has it.
    pub usage_name: String,
    /// 1日回数
    pub times: Option<u8>,
    /// Record 181.
    pub supplements: Vec<UsageSupplement>,
    /// The drugs.
    pub drugs: Vec<Drug>,
}

/// 剤形区分 (T8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum DosageForm {
    Internal,
    AsNeeded,
    External,
    InternalDrops,
    Injection,
    Material,
    Unknown,
}

impl DosageForm {
    const CODES: [(DosageForm, &'static str); 7] = [
        (DosageForm::Internal, "1"),
        (DosageForm::AsNeeded, "2"),
        (DosageForm::External, "3"),
        (DosageForm::InternalDrops, "4"),
        (DosageForm::Injection, "5"),
        (DosageForm::Material, "6"),
        (DosageForm::Unknown, "9"),
    ];

    /// Its code.
    pub fn code(self) -> &'static str {
        head::code_of(&DosageForm::CODES, self)
    }

    /// By its code.
    pub fn parse(code: &str) -> Option<DosageForm> {
        head::by_code(&DosageForm::CODES, code)
    }
}

impl Prescription {
    /// Writes the CSV (処方編): UTF-8, LF, no LF at the end.
    ///
    /// # Errors
    /// Everything that does not fit the record table.
    pub fn to_csv(&self, profile: &Profile) -> Result<Vec<u8>, CsvFaults> {
        self.to_sheet(profile.prescription())?.write(profile.prescription(), profile)
    }

    /// Its records by a layout.
    pub(crate) fn to_sheet(&self, layout: &Layout) -> Result<Sheet, CsvFaults> {
        write::sheet(self, layout)
    }

    /// From records that were checked against the layout.
    pub(crate) fn of_sheet(sheet: &Sheet, layout: &Layout) -> Result<Prescription, CsvFaults> {
        read::prescription(sheet, layout)
    }

    /// Reads a CSV.
    ///
    /// # Errors
    /// Everything that does not fit the record table.
    pub fn from_csv(bytes: &[u8], profile: &Profile) -> Result<Prescription, CsvFaults> {
        Prescription::of_sheet(&Sheet::read(bytes, profile.prescription(), profile)?, profile.prescription())
    }

    /// The last day on which a pharmacy may take it: record 52, or four days including the day of issue.
    pub fn last_day(&self) -> Date {
        self.until.unwrap_or_else(|| {
            use jiff::ToSpan as _;
            self.issued.saturating_add(3.days())
        })
    }
}

/// A prescription is patient data: only its shape is told.
impl std::fmt::Debug for Prescription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Prescription({} groups)", self.groups.len())
    }
}

impl std::fmt::Debug for Group {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Group({} drugs)", self.drugs.len())
    }
}
