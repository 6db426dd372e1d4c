//! Facts and lines from the record.
use super::finding::RuleId;
use super::{Allergen, Amount, Answer, Diagnosis, DrugCode, Facts, Line, Measured, Pregnancy};
use crate::query::{parse, resource_type, search};
use crate::view::element::{date, display, instant, number, reference, text};
use crate::view::{Person, Sex};
use crate::{ChartError, asked};
use futures_util::future::BoxFuture;
use jiff::ToSpan as _;
use karute_fhir::Id;
use karute_japan::Date;
use karute_json::Value;
use karute_ledger::{Lookup, Reader};
use rust_decimal::Decimal;

/// 体重 (LOINC).
const WEIGHT: &str = "29463-7";
/// Pregnancy status (LOINC); the value is SNOMED CT or words.
const PREGNANCY: &str = "82810-3";
/// Breastfeeding status (LOINC).
const BREAST_FEEDING: &str = "63895-7";
/// First five characters of JLAC10: the analyte. クレアチニン, eGFR.
const CREATININE: &str = "3C015";
const EGFR: &str = "8A065";

/// What the rules need to know of a patient on a day. Lines of the visit being written are left out of what runs.
pub fn facts<'a>(
    reader: &'a Reader,
    patient: &'a Id,
    visit: Option<&'a Id>,
    day: Date,
) -> BoxFuture<'a, Result<Facts, ChartError>> {
    Box::pin(async move {
        let Lookup::Found(version) = reader.read(resource_type("Patient")?, patient).await? else {
            return Err(ChartError::NotFound);
        };
        let person = Person::read(patient.clone(), &parse(&version)?);
        let mut facts = Facts {
            day,
            birth: person.birth,
            sex: person.sex,
            weight: None,
            allergies: Vec::new(),
            running: Vec::new(),
            problems: Vec::new(),
            egfr: None,
            creatinine: None,
            pregnancy: Pregnancy::Unknown,
            breast_feeding: false,
            answers: Vec::new(),
        };
        let of = [("patient", patient.as_str()), ("_count", "100")];
        for version in asked::allergies(reader, patient).await? {
            facts.allergies.extend(Allergen::read(&parse(&version)?));
        }
        for version in asked::problems(reader, patient).await? {
            facts.problems.extend(Diagnosis::read(&parse(&version)?));
        }
        for version in asked::labs(reader, patient).await? {
            facts.take(&parse(&version)?);
        }
        let codes = [WEIGHT, PREGNANCY, BREAST_FEEDING].join(",");
        let states = [("patient", patient.as_str()), ("code", &codes), ("_sort", "-date"), ("_count", "20")];
        for version in search(reader, "Observation", &states).await?.matches {
            facts.take(&parse(&version)?);
        }
        facts.pregnancy_by_problem();
        for version in asked::drugs(reader, patient).await? {
            let body = parse(&version)?;
            let own = visit.is_some() && reference(&body, &["encounter", "reference"], "Encounter").as_ref() == visit;
            let status = text(&body, &["status"]);
            if !own && matches!(status.as_deref(), Some("active" | "completed")) {
                facts
                    .running
                    .extend(Line::read(version.id.as_str(), &body).filter(|l| l.until.is_some_and(|u| u >= day)));
            }
        }
        for version in search(reader, "DetectedIssue", &of).await?.matches {
            facts.answers.extend(Answer::read(&parse(&version)?));
        }
        Ok(facts)
    })
}

impl Facts {
    /// Takes what an observation says, unless a newer one said it already.
    fn take(&mut self, observation: &Value<'_>) {
        if matches!(text(observation, &["status"]).as_deref(), Some("entered-in-error" | "cancelled")) {
            return;
        }
        let codings = observation.at(&["code", "coding"]).map_or(&[][..], Value::items);
        let Some(day) = date(observation, &["effectiveDateTime"]).filter(|d| *d <= self.day) else { return };
        for code in codings.iter().filter_map(|c| text(c, &["code"])) {
            let value = || {
                let value: Decimal = number(observation, &["valueQuantity", "value"])?.parse().ok()?;
                (value > Decimal::ZERO).then_some(Measured { value, day })
            };
            match code.as_str() {
                WEIGHT => newer(&mut self.weight, value()),
                PREGNANCY if self.pregnancy == Pregnancy::Unknown => {
                    self.pregnancy = pregnancy(observation, day, self.day);
                }
                BREAST_FEEDING if recent(day, self.day) => self.breast_feeding |= affirms(observation),
                analyte if analyte.starts_with(CREATININE) => newer(&mut self.creatinine, value()),
                analyte if analyte.starts_with(EGFR) => newer(&mut self.egfr, value()),
                _ => {}
            }
        }
    }

    /// 妊娠 and 授乳 written as 病名 count where no observation says otherwise.
    fn pregnancy_by_problem(&mut self) {
        if self.sex == Sex::Male {
            self.pregnancy = Pregnancy::Unknown;
            return;
        }
        let active = |p: &&Diagnosis| !p.suspected;
        let pregnant = |p: &Diagnosis| {
            let by_code =
                p.icd10.as_deref().is_some_and(|c| c.starts_with("Z33") || c.starts_with("Z34") || c.starts_with('O'));
            // 産褥 (O85–O92) is after birth.
            let after = p.icd10.as_deref().is_some_and(|c| c.starts_with("O8") || c.starts_with("O9"));
            (by_code && !after) || (p.name.starts_with("妊娠") && !p.name.contains("後"))
        };
        if self.pregnancy == Pregnancy::Unknown && self.problems.iter().filter(active).any(pregnant) {
            self.pregnancy = Pregnancy::Pregnant;
        }
        self.breast_feeding |= self.problems.iter().filter(active).any(|p| p.name.starts_with("授乳"));
    }
}

fn newer(slot: &mut Option<Measured>, found: Option<Measured>) {
    if let Some(found) = found.filter(|f| slot.as_ref().is_none_or(|s| s.day < f.day)) {
        *slot = Some(found);
    }
}

/// A state of pregnancy is believed for 300 days.
fn recent(then: Date, day: Date) -> bool {
    day.since(then).is_ok_and(|s| (0..=300).contains(&s.get_days()))
}

fn pregnancy(observation: &Value<'_>, then: Date, day: Date) -> Pregnancy {
    match (recent(then, day), affirms(observation)) {
        (false, _) => Pregnancy::Unknown,
        (true, true) => Pregnancy::Pregnant,
        (true, false) => Pregnancy::NotPregnant,
    }
}

/// Whether the value says yes: SNOMED CT 77386006 pregnant, 413712001 breastfeeding; yes, a boolean; words.
fn affirms(observation: &Value<'_>) -> bool {
    if let Some(value) = observation.get("valueBoolean").and_then(Value::as_bool) {
        return value;
    }
    let coded = text(observation, &["valueCodeableConcept", "coding", "code"]);
    let words =
        observation.get("valueCodeableConcept").and_then(display).or_else(|| text(observation, &["valueString"]));
    matches!(coded.as_deref(), Some("77386006" | "413712001" | "LA15173-0" | "Y"))
        || words.is_some_and(|w| ["妊娠中", "可能性あり", "授乳中", "あり"].iter().any(|yes| w.ends_with(yes)))
}

impl Allergen {
    /// Reads an AllergyIntolerance; `None` for what is over, was wrong, or says that there is none.
    pub fn read(resource: &Value<'_>) -> Option<Allergen> {
        let code_of = |name| text(resource, &[name, "coding", "code"]);
        if matches!(code_of("verificationStatus").as_deref(), Some("entered-in-error" | "refuted"))
            || matches!(code_of("clinicalStatus").as_deref(), Some("inactive" | "resolved"))
        {
            return None;
        }
        let concept = resource.get("code")?;
        let codings = concept.get("coding").map_or(&[][..], Value::items);
        if codings.iter().any(|c| text(c, &["system"]).as_deref() == Some("http://snomed.info/sct")) {
            let none = ["716186003", "409137002", "429625007"];
            if codings.iter().filter_map(|c| text(c, &["code"])).any(|c| none.contains(&c.as_str())) {
                return None;
            }
        }
        let code = codings.iter().filter_map(|c| text(c, &["code"])).find_map(|c| DrugCode::parse(&c));
        let categories = resource.get("category").map_or(&[][..], Value::items);
        let other = categories.iter().filter_map(Value::as_str).any(|c| matches!(&*c, "food" | "environment"));
        let reaction = resource.at(&["reaction", "0", "manifestation"]).map_or(&[][..], Value::items);
        Some(Allergen {
            substance: display(concept)?,
            reaction: reaction.iter().find_map(display).or_else(|| text(resource, &["reaction", "0", "description"])),
            may_be_drug: code.is_some() || !other,
            code,
        })
    }
}

impl Diagnosis {
    /// Reads a Condition that is active.
    pub fn read(condition: &Value<'_>) -> Option<Diagnosis> {
        let problem = crate::view::Problem::read(condition).filter(|p| p.active)?;
        let codings = condition.at(&["code", "coding"]).map_or(&[][..], Value::items);
        let icd = |c: &&Value<'_>| {
            text(c, &["system"]).is_some_and(|s| s.contains("icd-10") || s.ends_with(":1.2.392.200119.4.101.6"))
        };
        let icd10 = codings.iter().find(icd).and_then(|c| text(c, &["code"])).map(|c| c.replace('.', ""));
        Some(Diagnosis { icd10, suspected: problem.suspected, name: problem.name })
    }
}

impl Answer {
    /// Reads a DetectedIssue that holds an answer: `identifier` of [`ANSWER_SYSTEM`](super::ANSWER_SYSTEM), `mitigation`
    /// with reason, author and time.
    pub fn read(issue: &Value<'_>) -> Option<Answer> {
        if text(issue, &["status"]).as_deref() == Some("entered-in-error") {
            return None;
        }
        let identifiers = issue.get("identifier").map_or(&[][..], Value::items);
        let ours = |i: &&Value<'_>| text(i, &["system"]).as_deref() == Some(super::ANSWER_SYSTEM);
        let key = identifiers.iter().find(ours).and_then(|i| text(i, &["value"]))?;
        RuleId::parse(key.split(':').next()?)?;
        let mitigation = issue.at(&["mitigation", "0"])?;
        Some(Answer {
            key,
            reason: mitigation.get("action").and_then(display)?,
            by: text(mitigation, &["author", "display"]),
            at: instant(mitigation, &["date"]).or_else(|| instant(issue, &["identifiedDateTime"]))?,
        })
    }
}

impl Line {
    /// Reads a MedicationRequest as the product and the demo write it; `None` when it names no drug.
    ///
    /// 1日量 is `rateRatio` when it is there; else the supply divided by its days; else 1回量 times the number of the JAMI
    /// usage code.
    pub fn read(key: &str, request: &Value<'_>) -> Option<Line> {
        let concept = request.get("medicationCodeableConcept")?;
        let codings = concept.get("coding").map_or(&[][..], Value::items);
        let mut line = Line::new(key, display(concept)?, None);
        line.code = codings.iter().filter_map(|c| text(c, &["code"])).find_map(|c| DrugCode::parse(&c));
        if let Some(code) = &line.code {
            line.route = code.route();
        }
        let dosage = request.at(&["dosageInstruction", "0"]);
        let quantity =
            |node: &Value<'_>| Amount::new(&number(node, &["value"])?, &text(node, &["unit"]).unwrap_or_default());
        let dose = dosage.and_then(|d| d.at(&["doseAndRate", "0"]));
        line.per_take = dose.and_then(|d| d.get("doseQuantity")).and_then(quantity);
        line.as_needed = dosage.is_some_and(|d| {
            d.get("asNeededBoolean").and_then(Value::as_bool) == Some(true)
                || d.get("asNeededCodeableConcept").is_some()
        });
        let supply = request.get("dispenseRequest");
        let days = supply.and_then(|s| number(s, &["expectedSupplyDuration", "value"])).and_then(|d| d.parse().ok());
        line.days = days.filter(|d| (1..=999).contains(d));
        line.from = date(request, &["authoredOn"]);
        line.until = line.from.zip(line.days).and_then(|(f, d)| f.checked_add((i64::from(d) - 1).days()).ok());
        line.per_day = dose
            .and_then(|d| d.at(&["rateRatio", "numerator"]))
            .and_then(quantity)
            .or_else(|| {
                let total = supply.and_then(|s| s.get("quantity")).and_then(quantity)?;
                let take = line.per_take.as_ref().filter(|t| t.unit == total.unit)?;
                let value = total.value.checked_div(Decimal::from(line.days?))?;
                Some(Amount { value, unit: take.unit.clone() })
            })
            .or_else(|| {
                let code = dosage.and_then(|d| text(d, &["timing", "code", "coding", "code"]))?;
                let times = code.chars().nth(3)?.to_digit(10).filter(|t| *t > 0 && code.len() == 16)?;
                let take = line.per_take.as_ref().filter(|_| !line.as_needed)?;
                Some(Amount { value: take.value.checked_mul(Decimal::from(times))?, unit: take.unit.clone() })
            });
        if line.as_needed {
            line.per_day = None;
        }
        Some(line)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use karute_json::Limits;

    fn value(text: &str) -> Value<'static> {
        karute_json::parse(text.as_bytes(), &Limits::FHIR).unwrap().into_owned()
    }

    #[test]
    fn a_line_is_read_from_what_the_record_holds() {
        let request = |dose: &str, dispense: &str, extra: &str| {
            value(&format!(
                r#"{{"resourceType":"MedicationRequest","status":"active","authoredOn":"2026-11-20T10:00:00+09:00",
                "medicationCodeableConcept":{{"coding":[{{"code":"3962002F3ZZZ"}}],"text":"【般】メトホルミン塩酸塩錠500mg:MT"}},
                "dosageInstruction":[{{"text":"朝夕","timing":{{"code":{{"coding":[{{"code":"1012040400000000"}}]}}}}{extra},
                "doseAndRate":[{dose}]}}],"dispenseRequest":{dispense}}}"#
            ))
        };
        let one = r#"{"doseQuantity":{"value":1,"unit":"錠"}}"#;
        let rate = r#"{"doseQuantity":{"value":1,"unit":"錠"},"rateRatio":{"numerator":{"value":3,"unit":"錠"}}}"#;
        let days = r#"{"quantity":{"value":56,"unit":"錠"},"expectedSupplyDuration":{"value":28,"unit":"日"}}"#;
        for (dose, dispense, extra, per_day, until) in [
            (one, days, "", Some("2"), Some("2026-12-17")),
            (one, "{}", "", Some("2"), None),
            (rate, days, "", Some("3"), Some("2026-12-17")),
            (one, "{}", r#","asNeededBoolean":true"#, None, None),
        ] {
            let line = Line::read("k", &request(dose, dispense, extra)).unwrap();
            assert_eq!(
                line.per_day.map(|a| a.value.normalize().to_string()).as_deref(),
                per_day,
                "{dose}{dispense}{extra}"
            );
            assert_eq!(line.until.map(|u| u.to_string()).as_deref(), until);
            assert_eq!(line.code.unwrap().ingredient(), "3962002");
            assert_eq!(line.strength.unwrap().shown(), "500mg");
        }
    }

    #[test]
    fn an_answer_is_read_only_when_it_names_a_rule() {
        let issue = |key: &str| {
            value(&format!(
                r#"{{"resourceType":"DetectedIssue","status":"final","identifier":[{{"system":"urn:karute:finding","value":"{key}"}}],
                "mitigation":[{{"action":{{"text":"治療上の必要がある"}},"date":"2026-11-20T10:00:00+09:00","author":{{"display":"森 一郎"}}}}]}}"#
            ))
        };
        let found = Answer::read(&issue("dose-maximum:2171022:1日15")).unwrap();
        assert_eq!((found.reason.as_str(), found.by.as_deref()), ("治療上の必要がある", Some("森 一郎")));
        assert_eq!(Answer::read(&issue("something:2171022")), None);
    }
}
