//! Pregnancy and breast-feeding.
use karute_japan::Date;

/// Whether somebody is pregnant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pregnancy {
    /// 妊娠中
    Pregnant,
    /// 妊娠の可能性あり
    Possible,
    /// 妊娠していない
    No,
}

impl Pregnancy {
    /// All, in the order shown.
    pub const ALL: [Pregnancy; 3] = [Pregnancy::Pregnant, Pregnancy::Possible, Pregnancy::No];

    /// Code of forms.
    pub const fn code(self) -> &'static str {
        match self {
            Pregnancy::Pregnant => "pregnant",
            Pregnancy::Possible => "possible",
            Pregnancy::No => "no",
        }
    }

    /// The word shown.
    pub const fn word(self) -> &'static str {
        match self {
            Pregnancy::Pregnant => "妊娠中",
            Pregnancy::Possible => "妊娠の可能性あり",
            Pregnancy::No => "妊娠していない",
        }
    }

    /// By its code.
    pub fn parse(code: &str) -> Option<Pregnancy> {
        Pregnancy::ALL.into_iter().find(|p| p.code() == code)
    }

    /// The answer as a coding: system, code, display. LOINC's answers to 82810-3 as the International Patient Summary
    /// uses them; it knows no "possible", which has a code of ours.
    pub(super) const fn answer(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Pregnancy::Pregnant => ("http://loinc.org", "LA15173-0", "Pregnant"),
            Pregnancy::Possible => ("urn:karute:pregnancy", "possible", "Possibly pregnant"),
            Pregnancy::No => ("http://loinc.org", "LA26683-5", "Not pregnant"),
        }
    }
}

/// Whether somebody breast-feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breastfeeding {
    /// 授乳中
    Yes,
    /// 授乳していない
    No,
}

impl Breastfeeding {
    /// All, in the order shown.
    pub const ALL: [Breastfeeding; 2] = [Breastfeeding::Yes, Breastfeeding::No];

    /// Code of forms.
    pub const fn code(self) -> &'static str {
        match self {
            Breastfeeding::Yes => "yes",
            Breastfeeding::No => "no",
        }
    }

    /// The word shown.
    pub const fn word(self) -> &'static str {
        match self {
            Breastfeeding::Yes => "授乳中",
            Breastfeeding::No => "授乳していない",
        }
    }

    /// By its code.
    pub fn parse(code: &str) -> Option<Breastfeeding> {
        Breastfeeding::ALL.into_iter().find(|b| b.code() == code)
    }
}

/// Something said of a patient, and when it was so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State<T> {
    /// What.
    pub value: T,
    /// The day it was said of.
    pub on: Option<Date>,
    /// 出産予定日, of a pregnancy.
    pub due: Option<Date>,
    /// Who recorded it.
    pub by: Option<String>,
}
