//! A line of a prescription, as the rules see it.
use super::code::{DrugCode, Route};
use karute_japan::Date;
use rust_decimal::Decimal;

/// An amount with its unit as written: 錠, カプセル, g, mL, mg, µg.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount {
    /// How much.
    pub value: Decimal,
    /// Of what.
    pub unit: String,
}

/// A line of a prescription: one being written, or one that still runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// How the caller finds the line again; unique among the lines given.
    pub key: String,
    /// Name with strength, as shown.
    pub name: String,
    /// Code; without one the line cannot be checked, which is itself found.
    pub code: Option<DrugCode>,
    /// Active substance in one unit of the dose, where it is known: `5 mg` for a tablet of 5 mg.
    pub strength: Option<Amount>,
    /// 1回量
    pub per_take: Option<Amount>,
    /// 1日量
    pub per_day: Option<Amount>,
    /// 日数; none for 頓用 and 外用.
    pub days: Option<u32>,
    /// 頓用
    pub as_needed: bool,
    /// 内用, 外用, 注射
    pub route: Route,
    /// First day.
    pub from: Option<Date>,
    /// Last day covered.
    pub until: Option<Date>,
}
