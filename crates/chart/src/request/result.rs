//! 院内検査の結果入力: values measured in house and entered by hand.
//!
//! Unit and reference range are the clinic's own: they come from its table (`ObservationDefinition`, one for a test),
//! else from its newest result of the same test, and what is entered anew becomes the table.
use super::change::{one, put, words};
use super::item::Kind;
use super::resource::{Request, Status, concept, person};
use crate::ChartError;
use crate::author::Author;
use crate::query::{parse, resource_type, search};
use crate::view::element::{number, text};
use crate::view::{Flag, Person, Sex};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::{Number, Object, Value};
use karute_ledger::{Access, Action, Change, Commit, Expect, Lookup, Reader};
use rust_decimal::Decimal;

const CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";
const INTERPRETATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";

/// A bound of a reference range: exact, as it was written.
pub type Bound = Decimal;

/// A test of the clinic's table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InHouseTest {
    /// Unit as shown.
    pub unit: String,
    /// Lowest normal value.
    pub low: Option<Decimal>,
    /// Highest normal value.
    pub high: Option<Decimal>,
}

/// What a value says against a range: beyond its bounds it is high or low, on them it is within.
pub fn flag(value: Decimal, low: Option<Decimal>, high: Option<Decimal>) -> Flag {
    if high.is_some_and(|high| value > high) {
        Flag::High
    } else if low.is_some_and(|low| value < low) {
        Flag::Low
    } else {
        Flag::None
    }
}

/// What was entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewResult {
    /// As written: a number, or words such as 陰性, 1+.
    pub value: String,
    /// Unit and range.
    pub test: InHouseTest,
}

/// What the form of a result shows.
#[derive(Clone, Debug)]
pub struct ResultForm {
    /// Who.
    pub person: Person,
    /// The request.
    pub request: Request,
    /// Unit and range as they are known.
    pub test: InHouseTest,
}

/// Reads what the form shows. One audit event.
pub fn form<'a>(access: &'a Access, id: &'a Id) -> BoxFuture<'a, Result<ResultForm, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::View);
        reader.describe("検査結果の入力");
        let (_, request) = one(&reader, id).await?;
        let patient =
            request.patient.clone().filter(|_| request.asked.kind == Kind::Lab).ok_or(ChartError::NotFound)?;
        let Lookup::Found(version) = reader.read(resource_type("Patient")?, &patient).await? else {
            return Err(ChartError::NotFound);
        };
        let person = Person::read(patient, &parse(&version)?);
        let test = known(&reader, &request, person.sex).await?.map(|(test, _)| test).unwrap_or_default();
        Ok(reader.release(ResultForm { person, request, test }).await?)
    })
}

/// Id of the clinic's definition of a test, by its code and the sex it is for.
fn definition(code: &str, sex: Sex) -> Option<Id> {
    let sex = match sex {
        Sex::Male => "m",
        Sex::Female => "f",
        Sex::Unknown => "u",
    };
    let code: String = code.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(48).collect();
    Id::new(&format!("in-house-{code}-{sex}")).ok().filter(|_| !code.is_empty())
}

/// What the clinic knows of a test, and the version of its definition.
async fn known(reader: &Reader, request: &Request, sex: Sex) -> Result<Option<(InHouseTest, Option<u32>)>, ChartError> {
    let code = request.asked.code.as_str();
    let Some(id) = definition(code, sex) else { return Ok(None) };
    if let Lookup::Found(version) = reader.read(resource_type("ObservationDefinition")?, &id).await? {
        let body = parse(&version)?;
        let range = body.at(&["qualifiedInterval", "0", "range"]);
        let bound = |end: &str| number(range?, &[end, "value"])?.parse().ok();
        let unit = text(&body, &["quantitativeDetails", "unit", "text"]).unwrap_or_default();
        return Ok(Some((InHouseTest { unit, low: bound("low"), high: bound("high") }, Some(version.version))));
    }
    let Some(patient) = &request.patient else { return Ok(None) };
    let pairs = [("patient", patient.as_str()), ("code", code), ("_sort", "-date"), ("_count", "1")];
    let newest = search(reader, "Observation", &pairs).await?.matches;
    let Some(version) = newest.first() else { return Ok(None) };
    let body = parse(version)?;
    let bound = |end: &str| number(&body, &["referenceRange", end, "value"])?.parse().ok();
    let unit = text(&body, &["valueQuantity", "unit"]).unwrap_or_default();
    Ok(Some((InHouseTest { unit, low: bound("low"), high: bound("high") }, None)))
}

/// Records a result, in one commit: the Observation (final, with H or L), the request done, and the clinic's table where
/// unit or range are new.
///
/// [`ChartError::Invalid`] without a value, or when the lower bound lies above the upper; [`ChartError::Step`] when the
/// request is not to be done.
pub fn enter<'a>(
    access: &'a Access,
    id: &'a Id,
    seen: u32,
    result: &'a NewResult,
    author: &'a Author,
    new: &'a Id,
    now: Timestamp,
) -> BoxFuture<'a, Result<Request, ChartError>> {
    Box::pin(async move {
        let value = words(&result.value).ok_or(ChartError::Invalid)?;
        if result.test.low.zip(result.test.high).is_some_and(|(low, high)| low > high) {
            return Err(ChartError::Invalid);
        }
        let reader = access.reader(Action::View);
        reader.describe("検査結果の入力");
        let (version, before) = one(&reader, id).await?;
        let patient = before.patient.clone().filter(|_| before.asked.kind == Kind::Lab).ok_or(ChartError::NotFound)?;
        let Lookup::Found(stored) = reader.read(resource_type("Patient")?, &patient).await? else {
            return Err(ChartError::NotFound);
        };
        let sex = Person::read(patient, &parse(&stored)?).sex;
        let kept = known(&reader, &before, sex).await?;
        reader.release(()).await?;
        if version.version != seen {
            return Err(ChartError::Conflict);
        }
        // A sample that was taken (completed) still waits for its value.
        if !matches!(before.status, Status::Active | Status::Completed) || before.awaiting {
            return Err(ChartError::Step);
        }
        let mut commit = Commit::new(Action::Create);
        commit.detail = Some("検査結果の入力".to_owned());
        commit.changes.push(Change::Put {
            resource_type: resource_type("Observation")?,
            id: new.clone(),
            body: observation(&before, &value, &result.test, author, now),
            expect: Expect::Absent,
        });
        let mut body = parse(&version)?.into_owned();
        if let Some(object) = body.as_object_mut() {
            object.insert("status", Value::string(Status::Completed.code()));
        }
        commit.changes.push(put(id.clone(), body, seen)?);
        commit.docs.push(super::work::changed(id, now));
        let changed = kept.as_ref().is_none_or(|(test, _)| *test != result.test);
        if let (Some(name), true) =
            (definition(&before.asked.code, sex), changed && result.test != InHouseTest::default())
        {
            let expect = kept.and_then(|(_, version)| version).map_or(Expect::Any, Expect::Version);
            commit.changes.push(Change::Put {
                resource_type: resource_type("ObservationDefinition")?,
                id: name,
                body: table(&before, &result.test, sex),
                expect,
            });
        }
        let made = access.commit(commit).await?;
        let made = made.versions.iter().find(|v| v.id == *id).ok_or(ChartError::NotFound)?;
        super::change::read(made)?.ok_or(ChartError::NotFound)
    })
}

fn word(plain: impl Into<String>) -> Value<'static> {
    Value::string(plain.into())
}

fn exact(value: Decimal, unit: &str) -> Value<'static> {
    let mut object = Object::new();
    if let Some(number) = Number::from_lexeme(&value.to_string()) {
        object.insert("value", Value::Number(number));
    }
    if !unit.is_empty() {
        object.insert("unit", word(unit));
    }
    Value::Object(object)
}

fn range(test: &InHouseTest) -> Value<'static> {
    let mut object = Object::new();
    for (name, bound) in [("low", test.low), ("high", test.high)] {
        if let Some(bound) = bound {
            object.insert(name, exact(bound, &test.unit));
        }
    }
    Value::Object(object)
}

fn observation(request: &Request, value: &str, test: &InHouseTest, author: &Author, now: Timestamp) -> Value<'static> {
    let coded = |system: &str, code: &str| {
        let coding = Value::object([("system", word(system)), ("code", word(code))]);
        Value::object([("coding", Value::Array(vec![coding]))])
    };
    let mut body = Object::new();
    body.insert("resourceType", word("Observation"));
    body.insert("basedOn", Value::Array(vec![person("ServiceRequest", &request.id)]));
    body.insert("status", word("final"));
    body.insert("category", Value::Array(vec![coded(CATEGORY, "laboratory")]));
    body.insert("code", concept(&request.asked));
    if let Some(patient) = &request.patient {
        body.insert("subject", person("Patient", patient));
    }
    if let Some(visit) = &request.visit {
        body.insert("encounter", person("Encounter", visit));
    }
    body.insert("effectiveDateTime", word(now.to_fhir()));
    body.insert("issued", word(now.to_fhir()));
    let numeric: Option<Decimal> = value.parse().ok();
    match numeric {
        Some(number) => {
            body.insert("valueQuantity", exact(number, &test.unit));
            let code = match flag(number, test.low, test.high) {
                Flag::High => "H",
                Flag::Low => "L",
                Flag::None => "N",
            };
            if test.low.is_some() || test.high.is_some() {
                body.insert("interpretation", Value::Array(vec![coded(INTERPRETATION, code)]));
                body.insert("referenceRange", Value::Array(vec![range(test)]));
            }
        }
        None => body.insert("valueString", word(value)),
    }
    // Who measured it stands in an extension-free way: FHIR has `performer` for whoever is responsible for the result.
    // A name there means "from outside" to the readers of this clinic, so the reference goes without words.
    body.insert("performer", Value::Array(vec![person("Practitioner", &author.person)]));
    Value::Object(body)
}

fn table(request: &Request, test: &InHouseTest, sex: Sex) -> Value<'static> {
    let mut body = Object::new();
    body.insert("resourceType", word("ObservationDefinition"));
    body.insert("code", concept(&request.asked));
    body.insert("permittedDataType", Value::Array(vec![word("Quantity")]));
    if !test.unit.is_empty() {
        let unit = Value::object([("text", word(&test.unit))]);
        body.insert("quantitativeDetails", Value::object([("unit", unit)]));
    }
    if test.low.is_some() || test.high.is_some() {
        let mut interval = Object::new();
        interval.insert("category", word("reference"));
        interval.insert("range", range(test));
        match sex {
            Sex::Male => interval.insert("gender", word("male")),
            Sex::Female => interval.insert("gender", word("female")),
            Sex::Unknown => {}
        }
        body.insert("qualifiedInterval", Value::Array(vec![Value::Object(interval)]));
    }
    Value::Object(body)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn beyond_the_bounds_is_high_or_low_and_on_them_is_within() {
        for (value, low, high, expected) in [
            ("7.4", Some("4.9"), Some("6.0"), Flag::High),
            ("6.0", Some("4.9"), Some("6.0"), Flag::None),
            ("4.9", Some("4.9"), Some("6.0"), Flag::None),
            ("4.8", Some("4.9"), Some("6.0"), Flag::Low),
            ("52", Some("60"), None, Flag::Low),
            ("0.15", None, Some("0.14"), Flag::High),
            ("1", None, None, Flag::None),
        ] {
            let number = |text: Option<&str>| text.map(|t| t.parse().unwrap());
            assert_eq!(flag(value.parse().unwrap(), number(low), number(high)), expected, "{value}");
        }
    }
}
