//! Readings as FHIR Observations in the shape of the vital signs profile, and back as words.
use super::{Reading, Sign, Vitals};
use crate::ChartError;
use crate::author::{Author, Standing, awaits_approval, set_awaiting};
use crate::query::{parse, resource_type, search};
use crate::view::{Measurement, STANDING, element};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::{Number, Object, Value};
use karute_ledger::{Change, Expect, Reader};

const LOINC: &str = "http://loinc.org";
const CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";
/// LOINC code of a blood pressure with both values.
const PRESSURE: &str = "85354-9";
/// LOINC code of the body height.
const HEIGHT: &str = "8302-2";

/// Body mass index, kg/m², one decimal; `None` when the height makes no sense for it.
pub fn bmi(weight_kg: f64, height_cm: f64) -> Option<String> {
    let metres = height_cm / 100.0;
    (metres > 0.3).then(|| format!("{:.1}", weight_kg / (metres * metres)))
}

/// The readings in words: (name, value, unit). `height_cm` is the last one known, for the BMI.
pub fn shown(vitals: &Vitals, height_cm: Option<f64>) -> Vec<(&'static str, String, &'static str)> {
    let text = |sign| vitals.get(sign).map(|r: &Reading| trimmed(&r.text));
    let mut out = Vec::new();
    if let (Some(high), Some(low)) = (text(Sign::Systolic), text(Sign::Diastolic)) {
        out.push(("血圧", format!("{high}/{low}"), ""));
    }
    if let Some(pulse) = text(Sign::Pulse) {
        let rhythm = match vitals.regular {
            Some(true) => " 整",
            Some(false) => " 不整",
            None => "",
        };
        out.push(("脈", pulse, rhythm));
    }
    let plain = [(Sign::Weight, "体重", "kg"), (Sign::Height, "身長", "cm")];
    out.extend(plain.into_iter().filter_map(|(sign, name, unit)| Some((name, text(sign)?, unit))));
    let height = vitals.get(Sign::Height).map(|r| r.value).or(height_cm);
    if let Some(bmi) = vitals.get(Sign::Weight).zip(height).and_then(|(w, h)| bmi(w.value, h)) {
        out.push(("BMI", bmi, ""));
    }
    let plain = [(Sign::Temperature, "体温", "℃"), (Sign::Saturation, "SpO₂", "%"), (Sign::Respiration, "呼吸", "/分")];
    out.extend(plain.into_iter().filter_map(|(sign, name, unit)| Some((name, text(sign)?, unit))));
    out
}

/// No trailing zero (SAFE-10).
fn trimmed(text: &str) -> String {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text.to_owned() }
}

/// The line that says these measurements again, so that a reopened record can be edited.
pub fn line_of(measured: &[Measurement]) -> String {
    let value = |sign: Sign| measured.iter().find(|m| m.code == sign.loinc()).map(|m| m.value.clone());
    let mut out = Vec::new();
    if let (Some(high), Some(low)) = (value(Sign::Systolic), value(Sign::Diastolic)) {
        out.push(format!("BP{high}/{low}"));
    }
    let rest = Sign::ALL.into_iter().filter(|s| !matches!(s, Sign::Systolic | Sign::Diastolic));
    out.extend(rest.filter_map(|sign| Some(format!("{}{}", sign.label(), value(sign)?))));
    out.join(" ")
}

/// The vital signs of a visit on record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OnRecord {
    /// What was measured.
    pub measured: Vec<Measurement>,
    /// The proxy who entered any of it (代行).
    pub proxy: Option<String>,
    /// Whether any of it waits for approval.
    pub awaiting: bool,
}

/// What was measured at a visit; part of the caller's page.
pub fn of_visit<'a>(reader: &'a Reader, visit: &'a Id) -> BoxFuture<'a, Result<OnRecord, ChartError>> {
    Box::pin(async move {
        let encounter = format!("Encounter/{visit}");
        let pairs = [("encounter", encounter.as_str()), ("category", "vital-signs"), ("_count", "40")];
        let mut all = OnRecord::default();
        for version in search(reader, "Observation", &pairs).await?.matches {
            let body = parse(&version)?;
            all.measured.extend(Measurement::read(&body));
            all.awaiting |= awaits_approval(&body);
            let hand = body.at(&["performer", "0"]).filter(|hand| element::extension(hand, STANDING).is_some());
            all.proxy = all.proxy.or_else(|| hand.and_then(|hand| element::text(hand, &["display"])));
        }
        Ok(all)
    })
}

/// Vital signs that go on record.
#[derive(Clone, Copy)]
pub(crate) struct Measured<'m> {
    pub(crate) vitals: &'m Vitals,
    /// Who wrote them down.
    pub(crate) by: &'m Author,
    /// A proxy hands them in for approval; a doctor's finishing approves.
    pub(crate) awaits: Standing,
}

/// The last height known, in cm; part of the caller's page.
pub fn last_height<'a>(reader: &'a Reader, patient: &'a Id) -> BoxFuture<'a, Result<Option<f64>, ChartError>> {
    Box::pin(async move {
        let pairs = [("patient", patient.as_str()), ("code", HEIGHT), ("_sort", "-date"), ("_count", "1")];
        let page = search(reader, "Observation", &pairs).await?;
        let Some(version) = page.matches.first() else { return Ok(None) };
        Ok(Measurement::read(&parse(version)?).first().and_then(|m| m.numeric))
    })
}

/// Observations that put the readings on record. What the visit has already is changed, never doubled; what the line
/// no longer says is marked as entered in error.
pub(crate) async fn changes(
    reader: &Reader,
    (patient, visit): (&Id, &Id),
    measured: Measured<'_>,
    ids: &mut std::vec::IntoIter<Id>,
    now: Timestamp,
) -> Result<Vec<Change>, ChartError> {
    let encounter = format!("Encounter/{visit}");
    let pairs = [("encounter", encounter.as_str()), ("category", "vital-signs"), ("_count", "40")];
    let mut present = Vec::new();
    for version in search(reader, "Observation", &pairs).await?.matches {
        let body = parse(&version)?.into_owned();
        if element::text(&body, &["status"]).as_deref() != Some("entered-in-error") {
            let code = body.get("code").and_then(|c| element::code(c, LOINC)).unwrap_or_default();
            present.push((code, version.id.clone(), version.version, body));
        }
    }
    let mut changes = Vec::new();
    for (code, mut made) in observations(measured.vitals, patient, &encounter, now) {
        if let Some(object) = made.as_object_mut() {
            object.insert("performer", Value::Array(vec![measured.by.hand()]));
        }
        set_awaiting(&mut made, measured.awaits == Standing::Proxy);
        let at = present.iter().position(|(c, ..)| *c == code);
        let Some((_, id, version, body)) = at.map(|at| present.swap_remove(at)) else {
            let id = ids.next().ok_or(ChartError::TooMany)?;
            changes.push(put(id, made, Expect::Absent)?);
            continue;
        };
        if !same(&body, &made) {
            changes.push(put(id, amended(body, &made), Expect::Version(version))?);
        }
    }
    for (code, id, version, mut body) in present {
        // Only signs this line can say: what else was measured at the visit is not ours to take back.
        let ours = code == PRESSURE || Sign::ALL.iter().any(|s| s.loinc() == code);
        if ours && let Some(object) = body.as_object_mut() {
            object.insert("status", Value::string("entered-in-error"));
            changes.push(put(id, body, Expect::Version(version))?);
        }
    }
    Ok(changes)
}

fn put(id: Id, body: Value<'static>, expect: Expect) -> Result<Change, ChartError> {
    Ok(Change::Put { resource_type: resource_type("Observation")?, id, body, expect })
}

fn same(old: &Value<'_>, new: &Value<'_>) -> bool {
    // A doctor's finishing takes the mark of a proxy's entry away, which is a change too.
    let marked = awaits_approval(old) == awaits_approval(new);
    marked
        && ["valueQuantity", "component", "note"].iter().all(|name| match (old.get(name), new.get(name)) {
            (Some(a), Some(b)) => a.same_value(b),
            (None, None) => true,
            _ => false,
        })
}

fn amended(mut old: Value<'static>, new: &Value<'static>) -> Value<'static> {
    if let Some(object) = old.as_object_mut() {
        object.insert("status", Value::string("amended"));
        for name in ["valueQuantity", "component", "note", "performer"] {
            match new.get(name) {
                Some(value) => object.insert(name, value.clone()),
                None => {
                    object.remove(name);
                }
            }
        }
    }
    set_awaiting(&mut old, awaits_approval(new));
    old
}

fn observations(vitals: &Vitals, patient: &Id, encounter: &str, now: Timestamp) -> Vec<(String, Value<'static>)> {
    let mut out = Vec::new();
    if let (Some(high), Some(low)) = (vitals.get(Sign::Systolic), vitals.get(Sign::Diastolic)) {
        let mut body = base(patient, encounter, now, PRESSURE, "血圧");
        let component = |reading: &Reading| {
            Value::object([
                ("code", coded(reading.sign.loinc(), reading.sign.word())),
                ("valueQuantity", quantity(reading)),
            ])
        };
        body.insert("component", Value::Array(vec![component(high), component(low)]));
        out.push((PRESSURE.to_owned(), Value::Object(body)));
    }
    for reading in vitals.readings.iter().filter(|r| !matches!(r.sign, Sign::Systolic | Sign::Diastolic)) {
        let mut body = base(patient, encounter, now, reading.sign.loinc(), reading.sign.word());
        body.insert("valueQuantity", quantity(reading));
        if let (Sign::Pulse, Some(regular)) = (reading.sign, vitals.regular) {
            let word = Value::string(if regular { "整" } else { "不整" });
            body.insert("note", Value::Array(vec![Value::object([("text", word)])]));
        }
        out.push((reading.sign.loinc().to_owned(), Value::Object(body)));
    }
    out
}

fn coded(code: &'static str, name: &'static str) -> Value<'static> {
    let coding = Value::object([("system", Value::string(LOINC)), ("code", Value::string(code))]);
    Value::object([("coding", Value::Array(vec![coding])), ("text", Value::string(name))])
}

fn base(patient: &Id, encounter: &str, now: Timestamp, code: &'static str, name: &'static str) -> Object<'static> {
    let category = Value::object([
        ("system", Value::string(CATEGORY)),
        ("code", Value::string("vital-signs")),
        ("display", Value::string("Vital Signs")),
    ]);
    let mut body = Object::new();
    body.insert("resourceType", Value::string("Observation"));
    body.insert("status", Value::string("final"));
    body.insert("category", Value::Array(vec![Value::object([("coding", Value::Array(vec![category]))])]));
    body.insert("code", coded(code, name));
    body.insert("subject", Value::object([("reference", Value::string(format!("Patient/{patient}")))]));
    body.insert("encounter", Value::object([("reference", Value::string(encounter.to_owned()))]));
    body.insert("effectiveDateTime", Value::string(now.to_fhir()));
    body
}

fn quantity(reading: &Reading) -> Value<'static> {
    let (unit, code) = reading.sign.unit();
    let mut quantity = Object::new();
    if let Some(number) = Number::from_lexeme(&reading.text) {
        quantity.insert("value", Value::Number(number));
    }
    quantity.insert("unit", Value::string(unit));
    quantity.insert("system", Value::string("http://unitsofmeasure.org"));
    quantity.insert("code", Value::string(code));
    Value::Object(quantity)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::vitals;

    #[test]
    fn readings_are_shown_without_trailing_zeros_and_with_the_bmi() {
        let shown = |line, height| {
            let words = shown(&vitals::parse(line).unwrap(), height);
            words.into_iter().map(|(n, v, u)| format!("{n} {v}{u}")).collect::<Vec<_>>().join("、")
        };
        assert_eq!(shown("138/82 72 71.20 36.0", Some(168.0)), "血圧 138/82、脈 72、体重 71.2kg、BMI 25.2、体温 36℃");
        assert_eq!(shown("BW71.2", None), "体重 71.2kg");
        assert_eq!(shown("HT150 BW45 P60 不整", Some(168.0)), "脈 60 不整、体重 45kg、身長 150cm、BMI 20.0");
    }

    #[test]
    fn what_is_on_record_says_itself_again_in_a_line_that_reads_back() {
        let line = "BP138/82 P72 BW71.2 HT168 BT36.5 SpO2 98 RR16";
        let vitals = vitals::parse(line).unwrap();
        let patient = Id::new("p").unwrap();
        let made = observations(&vitals, &patient, "Encounter/v", Timestamp::default());
        let measured: Vec<Measurement> = made.iter().flat_map(|(_, body)| Measurement::read(body)).collect();
        assert_eq!(line_of(&measured), line);
        assert_eq!(vitals::parse(&line_of(&measured)).unwrap(), vitals);
    }
}
