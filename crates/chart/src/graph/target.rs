//! Individual targets (目標), set by the doctor: FHIR `Goal`s with one measure each.
use super::row::key;
use crate::ChartError;
use crate::author::Author;
use crate::parts::{clean_line, coding, reference, words};
use crate::query::{parse, resource_type, search_all};
use crate::view::element::{number, text};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::{Number, Object, Value};
use karute_ledger::{Access, Action, Change, Commit, Expect, Lookup, Reader};

/// System of the keys of rows.
const MEASURE: &str = "urn:karute:measure";
const STATUS: &str = "http://terminology.hl7.org/CodeSystem/goal-achievement";

/// A target.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Opaque id.
    pub id: Id,
    /// Version the reader saw.
    pub version: u32,
    /// Key of the row it is of.
    pub key: String,
    /// Not below this, as written.
    pub low: Option<String>,
    /// Not above this, as written.
    pub high: Option<String>,
    /// Who set it.
    pub by: Option<String>,
}

impl Target {
    /// The bounds as numbers, for drawing.
    pub fn bounds(&self) -> (Option<f64>, Option<f64>) {
        let number =
            |text: &Option<String>| text.as_deref().and_then(|t| t.parse::<f64>().ok()).filter(|v| v.is_finite());
        (number(&self.low), number(&self.high))
    }
    /// `7.0 以下`, `100〜130`.
    pub fn words(&self) -> String {
        match (&self.low, &self.high) {
            (Some(low), Some(high)) => format!("{low}〜{high}"),
            (Some(low), None) => format!("{low} 以上"),
            (None, Some(high)) => format!("{high} 以下"),
            (None, None) => String::new(),
        }
    }
    /// Whether a value meets it.
    pub fn is_met(&self, value: f64) -> bool {
        let (low, high) = self.bounds();
        low.is_none_or(|low| value >= low) && high.is_none_or(|high| value <= high)
    }
}

/// The targets of a patient.
pub fn targets<'a>(reader: &'a Reader, patient: &'a Id) -> BoxFuture<'a, Result<Vec<Target>, ChartError>> {
    Box::pin(async move {
        let mut found: Vec<Target> = Vec::new();
        for version in search_all(reader, "Goal", &[("patient", patient.as_str()), ("_count", "100")], 200).await? {
            let body = parse(&version)?;
            if text(&body, &["lifecycleStatus"]).as_deref() != Some("active") {
                continue;
            }
            let Some(target) = body.at(&["target", "0"]) else { continue };
            let Some(measure) = target.get("measure").and_then(|m| crate::view::element::code(m, MEASURE)) else {
                continue;
            };
            found.push(Target {
                id: version.id.clone(),
                version: version.version,
                key: measure,
                low: number(target, &["detailRange", "low", "value"]),
                high: number(target, &["detailRange", "high", "value"]),
                by: text(&body, &["expressedBy", "display"]),
            });
        }
        Ok(found)
    })
}

/// Sets the target of a measure, or takes it away when both bounds are empty. `name` is what the measure is called,
/// `seen` the version of the target that is changed.
pub fn set_target<'a>(
    access: &'a Access,
    author: &'a Author,
    patient: &'a Id,
    new: &'a Id,
    (measure, name, unit): (&'a str, &'a str, Option<&'a str>),
    (low, high): (Option<&'a str>, Option<&'a str>),
    now: Timestamp,
) -> BoxFuture<'a, Result<(), ChartError>> {
    Box::pin(async move {
        let (low, high) = (bound(low)?, bound(high)?);
        let as_number = |text: &Option<String>| text.as_deref().and_then(|t| t.parse::<f64>().ok());
        if let (Some(low), Some(high)) = (as_number(&low), as_number(&high))
            && low > high
        {
            return Err(ChartError::Invalid);
        }
        let measure = key(measure);
        let name = clean_line(name, 80).ok_or(ChartError::Invalid)?;
        if measure.is_empty() || measure.len() > 64 || measure.contains(char::is_whitespace) {
            return Err(ChartError::Invalid);
        }
        let reader = access.reader(Action::Read);
        reader.describe("目標値");
        let known = matches!(reader.read(resource_type("Patient")?, patient).await?, Lookup::Found(_));
        let standing = targets(&reader, patient).await?;
        let standing = reader.release(standing).await?;
        if !known {
            return Err(ChartError::NotFound);
        }
        let before = standing.into_iter().find(|target| target.key == measure);
        if before.is_none() && low.is_none() && high.is_none() {
            return Ok(());
        }
        let body = goal(patient, (&measure, &name, unit), (low.as_deref(), high.as_deref()), author, now);
        let (id, expect) = before.map_or((new.clone(), Expect::Absent), |b| (b.id, Expect::Version(b.version)));
        let mut commit = Commit::new(if expect == Expect::Absent { Action::Create } else { Action::Update });
        commit.detail = Some("目標値を設定".to_owned());
        commit.changes.push(Change::Put { resource_type: resource_type("Goal")?, id, body, expect });
        access.commit(commit).await?;
        Ok(())
    })
}

/// A bound as typed: half width, no trailing zeros behind the point beyond what was typed; `None` when empty.
fn bound(text: Option<&str>) -> Result<Option<String>, ChartError> {
    let plain = karute_japan::half_width_code(text.unwrap_or_default().trim()).replace('．', ".");
    if plain.is_empty() {
        return Ok(None);
    }
    let form = plain.len() <= 10 && plain.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    match plain.parse::<f64>() {
        Ok(value) if form && value.is_finite() && Number::from_lexeme(&plain).is_some() => Ok(Some(plain)),
        _ => Err(ChartError::Invalid),
    }
}

fn goal(
    patient: &Id,
    (measure, name, unit): (&str, &str, Option<&str>),
    (low, high): (Option<&str>, Option<&str>),
    author: &Author,
    now: Timestamp,
) -> Value<'static> {
    let quantity = |value: &str| {
        let mut quantity = Object::new();
        if let Some(number) = Number::from_lexeme(value) {
            quantity.insert("value", Value::Number(number));
        }
        if let Some(unit) = unit {
            quantity.insert("unit", Value::string(unit.to_owned()));
        }
        Value::Object(quantity)
    };
    let mut range = Object::new();
    if let Some(low) = low {
        range.insert("low", quantity(low));
    }
    if let Some(high) = high {
        range.insert("high", quantity(high));
    }
    let stands = !range.is_empty();
    let measure = Value::object([
        ("coding", Value::Array(vec![coding(MEASURE, measure, name)])),
        ("text", Value::string(name.to_owned())),
    ]);
    let mut target = Object::new().with("measure", measure);
    if stands {
        target.insert("detailRange", Value::Object(range));
    }
    let mut body = Value::object([
        ("resourceType", Value::string("Goal")),
        ("lifecycleStatus", Value::string(if stands { "active" } else { "cancelled" })),
        ("achievementStatus", crate::parts::concept(STATUS, "in-progress", "In Progress")),
        ("description", words(&format!("{name} の目標"))),
        ("subject", reference("Patient", patient)),
        ("startDate", Value::string(now.day_in_japan().to_string())),
        ("target", Value::Array(vec![Value::Object(target)])),
        ("expressedBy", author.reference()),
    ]);
    author.mark(&mut body);
    body
}
