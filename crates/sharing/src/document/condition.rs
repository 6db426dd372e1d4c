//! 傷病名 (digest jp-fhir 6.6).
use super::json::{
    Json, code, coding, concept, day, display, extension, has_tag, id_in, identifier, items, list, reference, text,
    word,
};
use super::people::{class, contained_encounter, contained_practitioner, doctor, ours};
use super::source::{Stored, counts, years_before};
use super::{Lacking, Source, ids, names};
use karute_japan::{Date, Timestamp};
use karute_json::{Object, Value};
use karute_terminology::mapping::Ask;
use karute_terminology::{CodeSystem, Masters};

const CLINICAL: &str = "http://terminology.hl7.org/CodeSystem/condition-clinical";
const VERIFICATION: &str = "http://terminology.hl7.org/CodeSystem/condition-ver-status";
const CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/condition-category";
const PRINCIPAL: &str = "http://terminology.hl7.org/CodeSystem/ex-diagnosistype";
/// Years after the end for which an entry stays in the set.
pub(super) const YEARS: i16 = 5;

/// The conditions of the set: not in error, not awaiting approval, open or ended within five years; oldest first.
pub(super) fn set(source: &Source, today: Date) -> Vec<&Stored> {
    let limit = years_before(today, YEARS);
    let recent = |body: &Json| match day(body, &["abatementDateTime"]) {
        Some(end) => end >= limit,
        // Ended without a day: when it was recorded as such.
        None if is_ended(body) => day(body, &["meta", "lastUpdated"]).is_none_or(|on| on >= limit),
        None => true,
    };
    let mut all: Vec<&Stored> = source
        .conditions
        .iter()
        .filter(|stored| {
            counts(&stored.body) && recent(&stored.body) && stored.body.get("code").and_then(display).is_some()
        })
        .collect();
    all.sort_by_key(|stored| (day(&stored.body, &["onsetDateTime"]), stored.id.clone()));
    all
}

fn is_ended(body: &Value<'_>) -> bool {
    let status = text(body, &["clinicalStatus", "coding", "0", "code"]);
    body.get("abatementDateTime").is_some() || matches!(status.as_deref(), Some("inactive" | "resolved" | "remission"))
}

/// How it goes out.
#[derive(Clone, Copy)]
pub(super) struct Way<'a> {
    pub(super) source: &'a Source,
    pub(super) masters: &'a Masters,
    /// Address of the Patient entry.
    pub(super) patient: &'a str,
    /// In a unit of information, which asks for visit, department and onset.
    pub(super) unit: bool,
    pub(super) today: Date,
    pub(super) at: Timestamp,
}

/// One condition.
pub(super) fn condition(way: Way<'_>, stored: &Stored) -> Result<Json, Lacking> {
    let (source, body) = (way.source, &stored.body);
    let name = body.get("code").and_then(display).unwrap_or_default();
    let mut made = Object::new().with("resourceType", "Condition").with("meta", meta(body, way.at));
    let encounter = id_in(body, &["encounter", "reference"], "Encounter");
    let class = class(source, encounter.as_deref());
    let recorder = id_in(body, &["recorder", "reference"], "Practitioner");
    let recorder = recorder.map(|id| {
        let shown = text(body, &["recorder", "display"]).unwrap_or_default();
        doctor(source, &id, &shown)
    });
    let mut contained = vec![contained_encounter("e1", class)];
    if let Some(recorder) = recorder.as_ref().filter(|(name, _)| !name.is_empty()) {
        contained.push(contained_practitioner(source, "p1", recorder));
    }
    made.insert("contained", list(contained));
    let mut extensions = ours(source);
    let main = items(body, "category").iter().filter_map(display).any(|c| c.contains('主'));
    if main && !is_ended(body) {
        let principal = concept(PRINCIPAL, "principal", "Principal Diagnosis");
        extensions.push(extension(names::DIAGNOSIS_EXTENSION, "valueCodeableConcept", principal));
    }
    made.insert("extension", list(extensions));
    let own = ids::instance(source, "CD", stored.id.as_str());
    made.insert("identifier", list([identifier(names::INSTANCE, &own)]));
    let (status, shown) = status(body);
    made.insert("clinicalStatus", concept(CLINICAL, status, shown));
    let suspected = matches!(
        text(body, &["verificationStatus", "coding", "0", "code"]).as_deref(),
        Some("unconfirmed" | "provisional" | "differential")
    );
    let verification = if suspected { ("unconfirmed", "Unconfirmed") } else { ("confirmed", "Confirmed") };
    made.insert("verificationStatus", concept(VERIFICATION, verification.0, verification.1));
    made.insert("category", list([concept(CATEGORY, "encounter-diagnosis", "Encounter Diagnosis")]));
    made.insert("code", name_of(way, body.get("code").unwrap_or(&Value::Null), &name));
    made.insert("subject", reference(way.patient, ""));
    made.insert("encounter", reference("#e1", class.1));
    let onset = day(body, &["onsetDateTime"]).or_else(|| day(body, &["recordedDate"]));
    match onset {
        Some(onset) => made.insert("onsetDateTime", word(onset.to_string())),
        None if way.unit => return Err(Lacking::Onset(name)),
        None => {}
    }
    if is_ended(body) {
        let end =
            day(body, &["abatementDateTime"]).or_else(|| day(body, &["meta", "lastUpdated"])).unwrap_or(way.today);
        made.insert("abatementDateTime", word(end.to_string()));
    }
    if let Some(recorded) = day(body, &["recordedDate"]) {
        made.insert("recordedDate", word(recorded.to_string()));
    }
    if let Some((name, _)) = recorder.filter(|(name, _)| !name.is_empty()) {
        made.insert("recorder", reference("#p1", &name));
    }
    Ok(Value::Object(made))
}

/// `meta` with the marks 長期保存, 未告知, 未提供 as the chart keeps them.
fn meta(body: &Value<'_>, at: Timestamp) -> Json {
    let mut meta = super::json::meta(names::CONDITION, at);
    let flags = [("LTS", "長期保存"), ("UNINFORMED", "未告知"), ("UNDELIVERED", "未提供")];
    let tags: Vec<Json> = flags
        .into_iter()
        .filter(|(code, _)| has_tag(body, names::FLAGS, Some(code)))
        .map(|(code, display)| coding(names::FLAGS, code, display))
        .collect();
    if let (Some(object), false) = (meta.as_object_mut(), tags.is_empty()) {
        object.insert("tag", list(tags));
    }
    meta
}

/// Since 1.10 what has ended is resolved or in remission; `inactive` (中止, 死亡, 移行) is not used: it is no longer there.
fn status(body: &Value<'_>) -> (&'static str, &'static str) {
    match text(body, &["clinicalStatus", "coding", "0", "code"]).as_deref() {
        Some("remission") => ("remission", "Remission"),
        _ if is_ended(body) => ("resolved", "Resolved"),
        _ => ("active", "Active"),
    }
}

fn name_of(way: Way<'_>, concept: &Value<'_>, name: &str) -> Json {
    let own = |system: CodeSystem| code(concept, system.url()).filter(|code| !code.is_empty());
    let receipt = own(CodeSystem::ReceiptDisease).filter(|code| code != "0000999");
    let key = own(CodeSystem::DiseaseKey)
        .or_else(|| translated(way, CodeSystem::ReceiptDisease, receipt.as_deref()?, CodeSystem::DiseaseKey))
        .unwrap_or_else(|| UNCODED.0.to_owned());
    let shown = |system: CodeSystem, code: &str| {
        way.masters.mapping().concept(system, code, way.today).map(|c| c.display).filter(|d| !d.is_empty())
    };
    let base = shown(CodeSystem::DiseaseKey, &key)
        .unwrap_or_else(|| if key == UNCODED.0 { UNCODED.1.to_owned() } else { base(concept, name) });
    let mut codings = vec![coding(CodeSystem::DiseaseKey.url(), &key, &base)];
    for (system, found) in [
        (CodeSystem::DiseaseExchange, own(CodeSystem::DiseaseExchange)),
        (CodeSystem::ReceiptDisease, receipt),
        (CodeSystem::Icd10, own(CodeSystem::Icd10)),
    ] {
        codings.extend(found.map(|code| coding(system.url(), &code, &base)));
    }
    let mut made = Object::new();
    let modifiers: Vec<Json> = items(concept, "extension").iter().filter_map(|e| modifier(way, e)).collect();
    if !modifiers.is_empty() {
        made.insert("extension", list(modifiers));
    }
    made.insert("coding", list(codings));
    made.insert("text", word(name));
    Value::Object(made)
}

const UNCODED: (&str, &str) = ("99999999", "未コード化傷病名");

fn translated(way: Way<'_>, from: CodeSystem, code: &str, to: CodeSystem) -> Option<String> {
    let ask = Ask { from, code, to, day: way.today, local: &[] };
    way.masters.mapping().translate(&ask).matches().first().map(|found| found.code.clone())
}

/// The name without its modifiers, where no master names it.
fn base(concept: &Value<'_>, name: &str) -> String {
    let codings = items(concept, "coding");
    let shown = codings.iter().find_map(|c| text(c, &["display"]));
    shown.unwrap_or_else(|| name.to_owned())
}

/// A modifier; one without 修飾語管理番号 is left to the words of the whole name, because the profile asks for the code.
fn modifier(way: Way<'_>, given: &Value<'_>) -> Option<Json> {
    let url = text(given, &["url"]).filter(|url| url == names::PREFIX || url == names::POSTFIX)?;
    let concept = given.get("valueCodeableConcept")?;
    let shown = display(concept)?;
    let key = code(concept, CodeSystem::ModifierKey.url()).filter(|code| !code.is_empty()).or_else(|| {
        let receipt = code(concept, CodeSystem::ReceiptModifier.url())?;
        translated(way, CodeSystem::ReceiptModifier, &receipt, CodeSystem::ModifierKey)
    })?;
    let value =
        Value::object([("coding", list([coding(CodeSystem::ModifierKey.url(), &key, &shown)])), ("text", word(shown))]);
    Some(extension(&url, "valueCodeableConcept", value))
}
