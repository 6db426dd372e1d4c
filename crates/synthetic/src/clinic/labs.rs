//! Laboratory tests: one possible JLAC10 code each, units, reference ranges of this clinic.
//!
//! Ranges belong to the institution, not to the code; a real one brings its own.

/// A test with a numeric result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Test {
    /// JLAC10, 17 characters.
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    /// Unit as shown, and in UCUM.
    pub(crate) unit: (&'static str, &'static str),
    /// Digits after the point.
    pub(crate) decimals: usize,
    /// Reference range of men and of women; an open end is NaN.
    pub(crate) men: (f64, f64),
    pub(crate) women: (f64, f64),
}

impl Test {
    /// The range for a sex.
    pub(crate) fn range(&self, male: bool) -> (Option<f64>, Option<f64>) {
        let (low, high) = if male { self.men } else { self.women };
        (Some(low).filter(|v| !v.is_nan()), Some(high).filter(|v| !v.is_nan()))
    }
}

const NONE: f64 = f64::NAN;

macro_rules! test {
    ($code:literal, $name:literal, $unit:literal, $ucum:literal, $decimals:literal, $men:expr, $women:expr) => {
        Test { code: $code, name: $name, unit: ($unit, $ucum), decimals: $decimals, men: $men, women: $women }
    };
    ($code:literal, $name:literal, $unit:literal, $ucum:literal, $decimals:literal, $both:expr) => {
        test!($code, $name, $unit, $ucum, $decimals, $both, $both)
    };
}

pub(crate) const HBA1C: Test = test!("3D046000001927101", "HbA1c（NGSP）", "%", "%", 1, (4.9, 6.0));
pub(crate) const GLUCOSE: Test = test!("3D010000002227101", "グルコース", "mg/dL", "mg/dL", 0, (73.0, 109.0));
pub(crate) const LDL: Test = test!("3F077000002327101", "LDL-コレステロール", "mg/dL", "mg/dL", 0, (65.0, 163.0));
pub(crate) const HDL: Test =
    test!("3F070000002327101", "HDL-コレステロール", "mg/dL", "mg/dL", 0, (38.0, 90.0), (48.0, 103.0));
pub(crate) const TG: Test =
    test!("3F015000002327101", "トリグリセリド", "mg/dL", "mg/dL", 0, (40.0, 234.0), (30.0, 117.0));
pub(crate) const CREATININE: Test =
    test!("3C015000002327101", "クレアチニン", "mg/dL", "mg/dL", 2, (0.65, 1.07), (0.46, 0.79));
pub(crate) const EGFR: Test = test!("8A065000002391901", "eGFR", "mL/min/1.73m2", "mL/min/{1.73_m2}", 0, (60.0, NONE));
pub(crate) const BUN: Test = test!("3C025000002327101", "尿素窒素", "mg/dL", "mg/dL", 1, (8.0, 20.0));
pub(crate) const UREA: Test = test!("3C020000002327101", "尿酸", "mg/dL", "mg/dL", 1, (3.7, 7.8), (2.6, 5.5));
pub(crate) const SODIUM: Test = test!("3H010000002326101", "ナトリウム", "mmol/L", "mmol/L", 0, (138.0, 145.0));
pub(crate) const POTASSIUM: Test = test!("3H015000002326101", "カリウム", "mmol/L", "mmol/L", 1, (3.6, 4.8));
pub(crate) const CHLORIDE: Test = test!("3H020000002326101", "クロール", "mmol/L", "mmol/L", 0, (101.0, 108.0));
pub(crate) const AST: Test = test!("3B035000002327201", "AST（GOT）", "U/L", "U/L", 0, (13.0, 30.0));
pub(crate) const ALT: Test = test!("3B045000002327201", "ALT（GPT）", "U/L", "U/L", 0, (10.0, 42.0), (7.0, 23.0));
pub(crate) const GGT: Test = test!("3B090000002327101", "γ-GT", "U/L", "U/L", 0, (13.0, 64.0), (9.0, 32.0));
pub(crate) const URINE_ALBUMIN: Test =
    test!("3A015000000106101", "尿中アルブミン", "mg/gCr", "mg/g{creat}", 0, (NONE, 29.0));
pub(crate) const WBC: Test = test!("2A990000001930952", "白血球数", "10^3/μL", "10*3/uL", 1, (3.3, 8.6));
pub(crate) const RBC: Test =
    test!("2A990000001930951", "赤血球数", "10^6/μL", "10*6/uL", 2, (4.35, 5.55), (3.86, 4.92));
pub(crate) const HB: Test = test!("2A990000001930953", "ヘモグロビン", "g/dL", "g/dL", 1, (13.7, 16.8), (11.6, 14.8));
pub(crate) const HT: Test = test!("2A990000001930954", "ヘマトクリット", "%", "%", 1, (40.7, 50.1), (35.1, 44.4));
pub(crate) const PLT: Test = test!("2A990000001930955", "血小板数", "10^3/μL", "10*3/uL", 0, (158.0, 348.0));
pub(crate) const CRP: Test = test!("5C070000002306201", "CRP", "mg/dL", "mg/dL", 2, (NONE, 0.14));
pub(crate) const TSH: Test = test!("4A055000002300501", "TSH", "μIU/mL", "u[IU]/mL", 2, (0.5, 5.0));
pub(crate) const FT4: Test = test!("4B035000002319001", "遊離サイロキシン", "ng/dL", "ng/dL", 2, (0.9, 1.7));
pub(crate) const NT_PRO_BNP: Test = test!("4Z272000002305301", "NT-proBNP", "pg/mL", "pg/mL", 0, (NONE, 125.0));

/// A vital sign: LOINC code, name, unit as shown and in UCUM, digits after the point.
pub(crate) type Vital = (&'static str, &'static str, (&'static str, &'static str), usize);

pub(crate) const WEIGHT: Vital = ("29463-7", "体重", ("kg", "kg"), 1);
pub(crate) const HEIGHT: Vital = ("8302-2", "身長", ("cm", "cm"), 1);
pub(crate) const TEMPERATURE: Vital = ("8310-5", "体温", ("℃", "Cel"), 1);
pub(crate) const PULSE: Vital = ("8867-4", "脈拍", ("/分", "/min"), 0);
pub(crate) const SPO2: Vital = ("2708-6", "SpO2", ("%", "%"), 0);
pub(crate) const SYSTOLIC: Vital = ("8480-6", "収縮期血圧", ("mmHg", "mm[Hg]"), 0);
pub(crate) const DIASTOLIC: Vital = ("8462-4", "拡張期血圧", ("mmHg", "mm[Hg]"), 0);
