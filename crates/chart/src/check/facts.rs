//! What the rules know of the patient.
use super::{DrugCode, Line};
use crate::view::Sex;
use karute_japan::{Date, Timestamp};
use rust_decimal::Decimal;

/// A recorded allergy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allergen {
    /// As recorded.
    pub substance: String,
    /// Reaction as recorded.
    pub reaction: Option<String>,
    /// Ingredient, when it is a drug and coded.
    pub code: Option<DrugCode>,
    /// Whether it may be a drug at all: coded food and environment is not.
    pub may_be_drug: bool,
}

/// An active 病名.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// As recorded.
    pub name: String,
    /// ICD-10 without the point, where known.
    pub icd10: Option<String>,
    /// 疑い
    pub suspected: bool,
}

/// A value with the day it was measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// As a number.
    pub value: Decimal,
    /// When.
    pub day: Date,
}

/// What is known of a pregnancy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pregnancy {
    /// Nobody recorded anything.
    #[default]
    Unknown,
    /// 妊娠中, or 可能性あり.
    Pregnant,
    /// なし
    NotPregnant,
}

/// An answer to a finding that was kept (DetectedIssue with mitigation).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// [`Finding::key`](super::Finding::key).
    pub key: String,
    /// The reason given.
    pub reason: String,
    /// By whom.
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// What the rules know of the patient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The day of the prescription.
    pub day: Date,
    /// Birth date.
    pub birth: Option<Date>,
    /// Sex.
    pub sex: Sex,
    /// Weight in kg, the newest.
    pub weight: Option<Measured>,
    /// Allergies.
    pub allergies: Vec<Allergen>,
    /// Lines of earlier visits whose supply reaches into the day or beyond, other than those of this visit.
    pub running: Vec<Line>,
    /// Active 病名.
    pub problems: Vec<Diagnosis>,
    /// eGFR in mL/min/1.73m², the newest.
    pub egfr: Option<Measured>,
    /// Serum creatinine in mg/dL, the newest.
    pub creatinine: Option<Measured>,
    /// Pregnancy.
    pub pregnancy: Pregnancy,
    /// 授乳中
    pub breast_feeding: bool,
    /// Answers kept of this patient.
    pub answers: Vec<Answer>,
}

impl Facts {
    /// Full years of age on the day.
    pub(super) fn years(&self) -> Option<u16> {
        karute_japan::age::years_on(self.birth?, self.day)
    }
    /// Whether something of `then` is at most so many days old on the day.
    pub(super) fn is_recent(&self, then: Date, days: i64) -> bool {
        self.day.since(then).is_ok_and(|span| i64::from(span.get_days()) <= days)
    }
}
