//! バイタル: one typed line becomes readings, and at 確定 Observations (ux §4.2).

mod parse;
mod resource;

pub use parse::{Unreadable, parse};
pub(crate) use resource::{Measured, changes};
pub use resource::{OnRecord, bmi, last_height, line_of, of_visit, shown};

/// What was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// 収縮期血圧, mmHg
    Systolic,
    /// 拡張期血圧, mmHg
    Diastolic,
    /// 脈拍, /分
    Pulse,
    /// 体重, kg
    Weight,
    /// 体温, ℃
    Temperature,
    /// SpO2, %
    Saturation,
    /// 身長, cm
    Height,
    /// 呼吸数, /分
    Respiration,
}

impl Sign {
    /// All of them, in the order shown.
    pub const ALL: [Sign; 8] = [
        Sign::Systolic,
        Sign::Diastolic,
        Sign::Pulse,
        Sign::Weight,
        Sign::Height,
        Sign::Temperature,
        Sign::Saturation,
        Sign::Respiration,
    ];

    /// LOINC code of the observation (FHIR vital signs profile).
    pub fn loinc(self) -> &'static str {
        match self {
            Sign::Systolic => "8480-6",
            Sign::Diastolic => "8462-4",
            Sign::Pulse => "8867-4",
            Sign::Weight => "29463-7",
            Sign::Height => "8302-2",
            Sign::Temperature => "8310-5",
            Sign::Saturation => "2708-6",
            Sign::Respiration => "9279-1",
        }
    }
    /// Name.
    pub fn word(self) -> &'static str {
        match self {
            Sign::Systolic => "収縮期血圧",
            Sign::Diastolic => "拡張期血圧",
            Sign::Pulse => "脈拍",
            Sign::Weight => "体重",
            Sign::Height => "身長",
            Sign::Temperature => "体温",
            Sign::Saturation => "SpO2",
            Sign::Respiration => "呼吸数",
        }
    }
    /// Unit as shown, and in UCUM.
    pub fn unit(self) -> (&'static str, &'static str) {
        match self {
            Sign::Systolic | Sign::Diastolic => ("mmHg", "mm[Hg]"),
            Sign::Pulse | Sign::Respiration => ("/分", "/min"),
            Sign::Weight => ("kg", "kg"),
            Sign::Height => ("cm", "cm"),
            Sign::Temperature => ("℃", "Cel"),
            Sign::Saturation => ("%", "%"),
        }
    }
    /// Values a living person can have; what lies outside is a slip of the finger and is asked back.
    fn bounds(self) -> (f64, f64) {
        match self {
            Sign::Systolic => (40.0, 300.0),
            Sign::Diastolic => (10.0, 200.0),
            Sign::Pulse => (20.0, 250.0),
            Sign::Weight => (0.3, 350.0),
            Sign::Height => (30.0, 250.0),
            Sign::Temperature => (30.0, 45.0),
            Sign::Saturation => (40.0, 100.0),
            Sign::Respiration => (3.0, 90.0),
        }
    }
    /// What to write in front of a number so that it is certain what it is.
    fn label(self) -> &'static str {
        match self {
            Sign::Systolic | Sign::Diastolic => "BP",
            Sign::Pulse => "P",
            Sign::Weight => "BW",
            Sign::Height => "HT",
            Sign::Temperature => "BT",
            Sign::Saturation => "SpO2 ",
            Sign::Respiration => "RR",
        }
    }
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What.
    pub sign: Sign,
    /// The number as it was written, in half width: `71.2`.
    pub text: String,
    /// The number.
    pub value: f64,
}

/// What one line said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vitals {
    /// Values, each sign once.
    pub readings: Vec<Reading>,
    /// Whether the pulse was said to be regular (整) or not (不整).
    pub regular: Option<bool>,
}

impl Vitals {
    /// A value.
    pub fn get(&self, sign: Sign) -> Option<&Reading> {
        self.readings.iter().find(|r| r.sign == sign)
    }
}
