//! Measured values.
use super::element::{date, display, number, text};
use karute_japan::Date;
use karute_json::Value;

/// How a value lies to its reference range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    /// H, HH
    High,
    /// L, LL
    Low,
    /// Within, or nobody said.
    None,
}

/// One measured value (or one component of an observation).
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    /// Code that identifies the test; the display when it has none.
    pub code: String,
    /// Name as shown.
    pub name: String,
    /// Value as it was written: `7.4`, `陰性`, `1+`.
    pub value: String,
    /// The value as a number for drawing; never for showing.
    pub numeric: Option<f64>,
    /// Unit.
    pub unit: Option<String>,
    /// High or low.
    pub flag: Flag,
    /// Reference range as numbers for drawing: low, high.
    pub range: (Option<f64>, Option<f64>),
    /// When it was measured or taken.
    pub date: Option<Date>,
    /// Who reported it, when it was not this clinic.
    pub source: Option<String>,
}

impl Measurement {
    /// Reads an Observation: one measurement, or one for each component when it has no value of its own.
    pub fn read(observation: &Value<'_>) -> Vec<Measurement> {
        let status = text(observation, &["status"]);
        if matches!(status.as_deref(), Some("entered-in-error" | "cancelled")) {
            return Vec::new();
        }
        let when =
            date(observation, &["effectiveDateTime"]).or_else(|| date(observation, &["effectivePeriod", "start"]));
        let source = text(observation, &["performer", "0", "display"]);
        let own = one(observation, when, source.clone());
        if let Some(own) = own {
            return vec![own];
        }
        let components = observation.get("component").map_or(&[][..], Value::items);
        components.iter().filter_map(|c| one(c, when, source.clone())).collect()
    }
}

fn one(node: &Value<'_>, date: Option<Date>, source: Option<String>) -> Option<Measurement> {
    let concept = node.get("code")?;
    let name = display(concept)?;
    let (value, unit) = if let Some(quantity) = node.get("valueQuantity") {
        let comparator = text(quantity, &["comparator"]).unwrap_or_default();
        let unit = text(quantity, &["unit"]).or_else(|| text(quantity, &["code"]));
        (format!("{comparator}{}", number(quantity, &["value"])?), unit)
    } else if let Some(found) = text(node, &["valueString"]) {
        (found, None)
    } else if let Some(found) = node.get("valueCodeableConcept").and_then(display) {
        (found, None)
    } else if let Some(found) = number(node, &["valueInteger"]) {
        (found, None)
    } else {
        return None;
    };
    let interpretation = node.at(&["interpretation", "coding", "code"]).and_then(Value::as_str);
    let bound = |end: &str| number(node, &["referenceRange", end, "value"]).and_then(|v| v.parse::<f64>().ok());
    Some(Measurement {
        code: text(concept, &["coding", "code"]).unwrap_or_else(|| name.clone()),
        name,
        numeric: value.parse().ok().filter(|n: &f64| n.is_finite()),
        value,
        unit,
        flag: match interpretation.as_deref() {
            Some("H" | "HH" | "HU") => Flag::High,
            Some("L" | "LL" | "LU") => Flag::Low,
            _ => Flag::None,
        },
        range: (bound("low"), bound("high")),
        date,
        source,
    })
}

#[cfg(test)]
impl Measurement {
    /// A number with its unit on a day, for tests.
    pub(crate) fn sample(code: &str, unit: &str, date: &str, value: &str) -> Measurement {
        Measurement {
            code: code.to_owned(),
            name: code.to_owned(),
            value: value.to_owned(),
            numeric: value.parse().ok(),
            unit: Some(unit.to_owned()),
            flag: Flag::None,
            range: (None, None),
            date: date.parse().ok(),
            source: None,
        }
    }
}
