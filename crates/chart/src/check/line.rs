//! A line of a prescription, as the rules see it.
use super::code::{DrugCode, Route};
use super::finding::Side;
use super::strength::strength;
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

impl Amount {
    /// An amount from its written form; `None` for what is no number or is negative.
    pub fn new(value: &str, unit: &str) -> Option<Amount> {
        let value: Decimal = value.trim().parse().ok()?;
        (!value.is_sign_negative()).then(|| Amount { value, unit: unit.trim().to_owned() })
    }
    /// `2.5mg`: no trailing zero, a leading zero, thousands with a comma (SAFE-10).
    pub fn shown(&self) -> String {
        format!("{}{}", shown(self.value), self.unit)
    }
}

/// A number as clinics write it (SAFE-10).
pub(super) fn shown(value: Decimal) -> String {
    let plain = value.normalize().to_string();
    let (whole, rest) = plain.split_once('.').map_or((plain.as_str(), None), |(w, r)| (w, Some(r)));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 && !grouped.ends_with('-') {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    rest.map_or(grouped.clone(), |rest| format!("{grouped}.{rest}"))
}

impl Line {
    /// A line with nothing but its name and code; strength and route are read from them.
    pub fn new(key: impl Into<String>, name: impl Into<String>, code: Option<&str>) -> Line {
        let name = name.into();
        let code = code.and_then(DrugCode::parse);
        Line {
            key: key.into(),
            strength: strength(&name),
            route: code.as_ref().map_or(Route::Oral, DrugCode::route),
            name,
            code,
            per_take: None,
            per_day: None,
            days: None,
            as_needed: false,
            from: None,
            until: None,
        }
    }
    /// What makes two lines the same drug over time: ingredient and route, else the name.
    pub(super) fn identity(&self) -> &str {
        self.code.as_ref().map_or(self.name.as_str(), DrugCode::ingredient)
    }
    /// The line as one side of a comparison.
    pub(super) fn side(&self, label: &str) -> Side {
        let mut detail = Vec::new();
        detail.extend(self.per_take.as_ref().map(|a| format!("1回{}", a.shown())));
        detail.extend(self.per_day.as_ref().map(|a| format!("1日{}", a.shown())));
        detail.extend(self.days.map(|d| format!("{d}日分")));
        if self.as_needed {
            detail.push("頓用".to_owned());
        }
        if let (Some(_), Some(until)) = (self.from, self.until) {
            detail.push(format!("{}/{}まで", until.month(), until.day()));
        }
        Side { label: label.to_owned(), what: self.name.clone(), detail: detail.join(" ") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_no_trailing_zero_a_leading_zero_and_commas() {
        for (written, expected) in
            [("5.0", "5"), (".5", "0.5"), ("1000", "1,000"), ("12345.60", "12,345.6"), ("0", "0"), ("100", "100")]
        {
            assert_eq!(Amount::new(written, "mg").map(|a| a.shown()), Some(format!("{expected}mg")), "{written}");
        }
        assert_eq!(Amount::new("-1", "mg"), None);
        assert_eq!(Amount::new("x", "mg"), None);
    }
}
