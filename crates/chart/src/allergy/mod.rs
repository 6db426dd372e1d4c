//! Allergies, contraindications, infections to mind, pregnancy and breast-feeding: what every screen must show.
//!
//! Allergies stand in one of three states and are never blank (SAFE-02): あり, なし with who confirmed it when, 未確認.
//! Entries are FHIR `AllergyIntolerance` in the shape of JP-CLINS (§6.7); infections are `Flag`s; pregnancy and
//! breast-feeding are `Observation`s by LOINC 82810-3 and 63895-7.

mod change;
mod read;
mod resource;
mod state;

pub use change::{
    Edit, New, add, confirm_none, delete, edit, end, mind_again, note_infection, restore, set_state, withdraw_infection,
};
pub use read::{Alerts, Entry, Infection, Record, record};
pub use state::{Breastfeeding, Pregnancy, State};

pub(crate) use read::alerts;
pub(crate) use resource::entry as intolerance;

/// What kind of entry it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An allergy or intolerance to a drug.
    Drug,
    /// 禁忌: a drug this patient must not be given for another reason.
    Contraindication,
    /// To food.
    Food,
    /// To anything else.
    Other,
}

impl Kind {
    /// All, in the order shown.
    pub const ALL: [Kind; 4] = [Kind::Drug, Kind::Contraindication, Kind::Food, Kind::Other];

    /// Code of forms.
    pub const fn code(self) -> &'static str {
        match self {
            Kind::Drug => "drug",
            Kind::Contraindication => "contraindication",
            Kind::Food => "food",
            Kind::Other => "other",
        }
    }

    /// The word shown.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Drug => "薬のアレルギー",
            Kind::Contraindication => "禁忌薬",
            Kind::Food => "食物",
            Kind::Other => "そのほか",
        }
    }

    /// By its code.
    pub fn parse(code: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// How bad a reaction was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// 軽い
    Mild,
    /// 中くらい
    Moderate,
    /// 重い: anaphylaxis, treatment in a hospital.
    Severe,
}

impl Severity {
    /// All, in the order shown.
    pub const ALL: [Severity; 3] = [Severity::Mild, Severity::Moderate, Severity::Severe];

    /// `AllergyIntolerance.reaction.severity`, also the code of forms.
    pub const fn code(self) -> &'static str {
        match self {
            Severity::Mild => "mild",
            Severity::Moderate => "moderate",
            Severity::Severe => "severe",
        }
    }

    /// The word shown.
    pub const fn word(self) -> &'static str {
        match self {
            Severity::Mild => "軽症",
            Severity::Moderate => "中等症",
            Severity::Severe => "重症",
        }
    }

    /// By its code.
    pub fn parse(code: &str) -> Option<Severity> {
        Severity::ALL.into_iter().find(|severity| severity.code() == code)
    }
}

/// What somebody is allergic to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Substance {
    /// A code of the masters: its system, code and name.
    Coded {
        /// Address of the code system.
        system: String,
        /// Code.
        code: String,
        /// Name.
        display: String,
    },
    /// Words only: no machine can check it (自動チェック対象外).
    Words(String),
}

impl Substance {
    /// A drug by its 薬価基準収載医薬品コード, as the allergen of its ingredient: `GCM` and the first nine characters with
    /// `ZZZ` (JP-CLINS 8.4: maker unknown), so that other brands and strengths of it are found too.
    pub fn of_drug(nhi: &str, name: &str) -> Option<Substance> {
        let nine = nhi.get(..9).filter(|_| crate::adopted::is_code(nhi))?;
        Some(Substance::Coded {
            system: GENERIC_DRUG.to_owned(),
            code: format!("GCM{nine}ZZZ"),
            display: name.to_owned(),
        })
    }
}

/// JFAGY drug allergens by ingredient.
pub(crate) const GENERIC_DRUG: &str = "http://jpfhir.jp/fhir/core/CodeSystem/GCM/JP_JfagyMedicationAllergen_CS";
