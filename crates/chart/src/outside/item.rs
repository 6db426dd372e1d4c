//! One thing another institution says: a disease, an allergy, a value, a drug. Read from the resource in which it came,
//! whatever year's addresses of code systems it carries.
use crate::allergy::Kind as AllergyKind;
use crate::problem::{Named, named_in};
use crate::view::element::{display, extension, text};
use crate::view::{AllergyEntry, Measurement, Medication, Problem};
use karute_japan::{Date, search_key};
use karute_json::{Object, Value};
use karute_terminology::CodeSystem;

/// System of the marks 未告知 and 未提供 (JP-CLINS 3.2).
pub(crate) const FLAGS: &str = "http://jpfhir.jp/fhir/clins/CodeSystem/JP_ehrshrs_indication";
const DIAGNOSIS_TYPE: &str = "http://jpfhir.jp/fhir/eCS/Extension/StructureDefinition/JP_eCS_DiagnosisType";
const INSTANCE: &str = "http://jpfhir.jp/fhir/core/IdSystem/resourceInstance-identifier";
/// Bytes of a resource kept at most; a longer one keeps what is read of it.
const LONGEST: usize = 24_000;

/// A disease.
#[derive(Clone, Debug, PartialEq)]
pub struct Disease {
    /// As codes.
    pub named: Named,
    /// As every screen shows it.
    pub problem: Problem,
    /// 未告知: the patient has not been told.
    pub untold: bool,
    /// 未提供: for no other institution.
    pub withheld: bool,
}

/// An allergy.
#[derive(Clone, Debug, PartialEq)]
pub struct Allergy {
    /// As every screen shows it.
    pub entry: AllergyEntry,
    /// What kind.
    pub kind: AllergyKind,
    /// Code of the substance: system, code.
    pub code: Option<(String, String)>,
    /// When, as it is written: `2019`, `2019-04-01`.
    pub when: Option<String>,
    /// Whether it still holds.
    pub active: bool,
}

/// A measured value.
#[derive(Clone, Debug, PartialEq)]
pub struct Result {
    /// As every screen shows it.
    pub measured: Measurement,
    /// Codes: system, code.
    pub codes: Vec<(String, String)>,
    /// 感染症 (by the system of its code).
    pub infection: bool,
    /// 材料
    pub specimen: Option<String>,
}

/// A drug.
#[derive(Clone, Debug, PartialEq)]
pub struct Drug {
    /// As every screen shows it.
    pub medication: Medication,
    /// Codes: system, code.
    pub codes: Vec<(String, String)>,
}

/// What it is.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// 傷病名
    Disease(Disease),
    /// アレルギー
    Allergy(Allergy),
    /// 検査値, 感染症
    Result(Result),
    /// 処方
    Drug(Drug),
}

/// One thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// What it is.
    pub what: What,
    /// Names it among all items of its document, however often the document comes.
    pub key: String,
    /// The resource, without what belongs to its document.
    body: Value<'static>,
}

impl Item {
    /// Reads a resource; an observation of several components is several items. Empty for what is no item, and for what
    /// was entered in error.
    pub fn read(resource: &Value<'_>) -> Vec<Item> {
        let mut body = resource.clone().into_owned();
        canonical(&mut body);
        strip(&mut body);
        let kind = text(&body, &["resourceType"]).unwrap_or_default();
        let named = instance(&body);
        let of = |what: What, n: usize| {
            let mark = match &what {
                What::Disease(d) => format!("{} {:?}", d.named.text(), d.problem.start),
                What::Allergy(a) => a.entry.substance.clone(),
                What::Result(r) => format!("{} {:?} {}", r.measured.name, r.measured.date, r.measured.value),
                What::Drug(d) => format!("{} {:?}", d.medication.name, d.medication.written),
            };
            let key = match &named {
                Some(instance) => format!("{kind} {instance} {n}"),
                None => format!("{kind} {mark} {n}"),
            };
            Item { what, key, body: body.clone() }
        };
        match kind.as_str() {
            "Condition" => disease(&body).map(|d| of(What::Disease(d), 0)).into_iter().collect(),
            "AllergyIntolerance" => allergy(&body).map(|a| of(What::Allergy(a), 0)).into_iter().collect(),
            "MedicationRequest" | "MedicationStatement" => {
                drug(&body).map(|d| of(What::Drug(d), 0)).into_iter().collect()
            }
            "Observation" => {
                let all = results(&body);
                all.into_iter().enumerate().map(|(n, result)| of(What::Result(result), n)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The resource as it is kept.
    pub(crate) fn body(&self) -> &Value<'static> {
        &self.body
    }

    /// What it is called.
    pub fn name(&self) -> String {
        match &self.what {
            What::Disease(disease) => disease.problem.label(),
            What::Allergy(allergy) => allergy.entry.substance.clone(),
            What::Result(result) => result.measured.name.clone(),
            What::Drug(drug) => drug.medication.name.clone(),
        }
    }

    /// The rest of it in words: `7.4 %（H）`, `1回1錠 朝食後`, `蕁麻疹（2026年）`.
    pub fn words(&self) -> String {
        let parts: Vec<String> = match &self.what {
            What::Disease(disease) => disease
                .problem
                .start
                .map(|day| format!("{}/{}/{}〜", day.year(), day.month(), day.day()))
                .into_iter()
                .collect(),
            What::Allergy(allergy) => allergy.entry.reaction.iter().chain(&allergy.when).cloned().collect(),
            What::Result(result) => {
                let unit = result.measured.unit.clone();
                std::iter::once(result.measured.value.clone()).chain(unit).collect()
            }
            What::Drug(drug) => {
                let medication = &drug.medication;
                let dose = medication.dose.as_ref().map(|dose| format!("1回{dose}"));
                dose.into_iter().chain(medication.sig.clone()).chain(medication.supply.clone()).collect()
            }
        };
        parts.join(" ")
    }

    /// The day it is of.
    pub fn day(&self) -> Option<Date> {
        match &self.what {
            What::Disease(disease) => disease.problem.start,
            What::Allergy(allergy) => allergy.entry.when,
            What::Result(result) => result.measured.date,
            What::Drug(drug) => drug.medication.written,
        }
    }

    /// Whether the patient must not see it, because nobody has told them.
    pub fn is_untold(&self) -> bool {
        matches!(&self.what, What::Disease(disease) if disease.untold || disease.withheld)
    }
}

/// Whether two names of drugs or substances are the same words, whatever their width and blanks.
pub(crate) fn same_words(a: &str, b: &str) -> bool {
    let key = |text: &str| search_key(text).replace(' ', "");
    key(a) == key(b)
}

/// Replaces old addresses of code systems by those of now (JP-CLINS 8.3).
fn canonical(value: &mut Value<'static>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(canonical),
        Value::Object(object) => {
            let new = object.get("system").and_then(Value::as_str).and_then(|system| {
                let now = CodeSystem::of_url(&system)?.url();
                (now != system).then_some(now)
            });
            if let Some(new) = new {
                object.insert("system", Value::string(new));
            }
            for (_, inner) in object.values_mut() {
                canonical(inner);
            }
        }
        _ => {}
    }
}

/// Elements that lead nowhere outside of their document, or are not for us to keep.
const FOREIGN: [&str; 17] = [
    "id",
    "contained",
    "text",
    "subject",
    "patient",
    "encounter",
    "recorder",
    "asserter",
    "performer",
    "requester",
    "basedOn",
    "hasMember",
    "derivedFrom",
    "supportingInformation",
    "reasonReference",
    "partOf",
    "focus",
];

/// Takes out what belongs to the document it came in: references that lead nowhere here, narrative, contained resources.
fn strip(body: &mut Value<'static>) {
    let long = body.to_json().len() > LONGEST;
    let Some(object) = body.as_object_mut() else { return };
    for name in FOREIGN {
        object.remove(name);
    }
    if let Some(Value::Object(specimen)) = object.get_mut("specimen") {
        specimen.remove("reference");
    }
    if long {
        for name in ["note", "extension", "referenceRange", "evidence", "stage"] {
            object.remove(name);
        }
    }
}

fn instance(body: &Value<'_>) -> Option<String> {
    let all = body.get("identifier").map_or(&[][..], Value::items);
    all.iter().find(|i| text(i, &["system"]).as_deref() == Some(INSTANCE)).and_then(|i| text(i, &["value"]))
}

fn codes(concept: &Value<'_>) -> Vec<(String, String)> {
    let codings = concept.get("coding").map_or(&[][..], Value::items);
    codings.iter().filter_map(|c| Some((text(c, &["system"])?, text(c, &["code"])?))).collect()
}

fn disease(body: &Value<'_>) -> Option<Disease> {
    let mut problem = Problem::read(body)?;
    let named = named_in(body)?;
    let principal = extension(body, DIAGNOSIS_TYPE)
        .and_then(|e| e.get("valueCodeableConcept"))
        .is_some_and(|concept| codes(concept).iter().any(|(_, code)| code == "principal"));
    problem.main |= principal;
    problem.suspected |= named.is_suspected();
    // Older guides print the system with one slash.
    let tags = body.at(&["meta", "tag"]).map_or(&[][..], Value::items);
    let flagged = |wanted: &str| {
        tags.iter().any(|tag| {
            text(tag, &["system"]).is_some_and(|s| s.ends_with("JP_ehrshrs_indication"))
                && text(tag, &["code"]).as_deref() == Some(wanted)
        })
    };
    Some(Disease { named, problem, untold: flagged("UNINFORMED"), withheld: flagged("UNDELIVERED") })
}

fn allergy(body: &Value<'_>) -> Option<Allergy> {
    let verification = text(body, &["verificationStatus", "coding", "0", "code"]);
    if matches!(verification.as_deref(), Some("entered-in-error" | "refuted")) {
        return None;
    }
    let entry = AllergyEntry::read(body)?;
    let categories = body.get("category").map_or(&[][..], Value::items);
    let has = |word: &str| categories.iter().any(|c| c.as_str().as_deref() == Some(word));
    let status = text(body, &["clinicalStatus", "coding", "0", "code"]);
    Some(Allergy {
        kind: if has("medication") {
            AllergyKind::Drug
        } else if has("food") {
            AllergyKind::Food
        } else {
            AllergyKind::Other
        },
        code: body.get("code").map(codes).and_then(|codes| codes.into_iter().next()).filter(|_| entry.coded),
        when: text(body, &["onsetDateTime"]).map(|when| when.chars().take(10).collect()),
        active: !matches!(status.as_deref(), Some("inactive" | "resolved")),
        entry,
    })
}

fn results(body: &Value<'_>) -> Vec<Result> {
    let own = body.get("code").map(codes).unwrap_or_default();
    let infection = own.iter().any(|(system, _)| system.ends_with("InfectionLabo_CS"));
    let specimen = text(body, &["specimen", "display"]);
    let all = Measurement::read(body);
    all.into_iter()
        .map(|mut measured| {
            measured.source = None;
            // The nationwide code tells what it is; a laboratory's own code says it to itself only.
            let national = own.iter().find(|(_, code)| code.len() == 17 && !code.starts_with("99999"));
            if let Some((_, code)) = national.filter(|_| body.get("component").is_none()) {
                measured.code.clone_from(code);
            }
            Result { measured, codes: own.clone(), infection, specimen: specimen.clone() }
        })
        .collect()
}

fn drug(body: &Value<'_>) -> Option<Drug> {
    if matches!(text(body, &["status"]).as_deref(), Some("entered-in-error" | "cancelled" | "not-taken")) {
        return None;
    }
    let mut medication = Medication::read(body)?;
    let concept = body.get("medicationCodeableConcept");
    if medication.sig.is_none() {
        medication.sig = text(body, &["dosage", "0", "text"]);
    }
    if let Some(name) = concept.and_then(display) {
        medication.name = name;
    }
    Some(Drug { codes: concept.map(codes).unwrap_or_default(), medication })
}

/// The marks that must survive (未告知, 未提供).
pub(crate) fn marks(body: &Value<'_>) -> Vec<Value<'static>> {
    let tags = body.at(&["meta", "tag"]).map_or(&[][..], Value::items);
    let mark = |tag: &&Value<'_>| text(tag, &["system"]).is_some_and(|s| s.ends_with("JP_ehrshrs_indication"));
    let tag = |tag: &Value<'_>| {
        let code = text(tag, &["code"]).unwrap_or_default();
        Value::Object(Object::new().with("system", FLAGS).with("code", code))
    };
    tags.iter().filter(mark).map(tag).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use karute_json::Limits;

    fn items(json: &str) -> Vec<Item> {
        Item::read(&karute_json::parse(json.as_bytes(), &Limits::FHIR).unwrap())
    }

    #[test]
    fn old_addresses_are_read_as_the_new_ones() {
        let read = items(
            r#"{"resourceType":"Condition","id":"x","contained":[{"resourceType":"Encounter"}],
            "meta":{"tag":[{"system":"http:/jpfhir.jp/fhir/clins/CodeSystem/JP_ehrshrs_indication","code":"UNINFORMED"}]},
            "clinicalStatus":{"coding":[{"code":"active"}]},
            "code":{"coding":[{"system":"urn:oid:1.2.392.200119.4.101.2","code":"20061452"}],"text":"高血圧症"},
            "subject":{"reference":"urn:uuid:1"},"onsetDateTime":"2019-05-20"}"#,
        );
        let What::Disease(disease) = &read[0].what else { panic!() };
        assert_eq!((disease.named.key_number.as_str(), disease.untold), ("20061452", true));
        assert!(
            read[0].is_untold() && read[0].body().get("subject").is_none() && read[0].body().get("contained").is_none()
        );
        assert_eq!(Item::read(read[0].body()), read, "what is kept reads as what came");
    }

    #[test]
    fn an_infection_is_told_by_its_system_only() {
        let of = |system: &str| {
            let json = format!(
                r#"{{"resourceType":"Observation","status":"final","code":{{"coding":[{{"system":"{system}","code":"5F016141002306201"}}],"text":"HBs抗原"}},
                "effectiveDateTime":"2026-04-10","valueCodeableConcept":{{"text":"陰性"}},"performer":[{{"display":"循環 次郎"}}]}}"#
            );
            let What::Result(result) = items(&json).remove(0).what else { panic!() };
            (result.infection, result.measured.source)
        };
        let clins = "http://jpfhir.jp/fhir/clins/CodeSystem/JLAC10/JP_CLINS_ObsLabResult_InfectionLabo_CS";
        assert_eq!(of(clins), (true, None), "a doctor's name is no institution");
        assert_eq!(of("http://medis.or.jp/CodeSystem/master-JLAC10-17digits"), (false, None));
    }
}
