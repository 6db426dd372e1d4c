//! アレルギー・薬剤禁忌 (digest jp-fhir 6.7, 8.4).
use super::condition::{Way, YEARS};
use super::json::{
    Json, coding, concept, day, display, has_tag, id_in, identifier, items, list, reference, text, word, words,
};
use super::people::{class, contained_encounter, ours};
use super::source::{Stored, counts, years_before};
use super::{Source, ids, names};
use karute_japan::Date;
use karute_json::{Object, Value};
use karute_terminology::CodeSystem;

const CLINICAL: &str = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical";
const VERIFICATION: &str = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification";
/// SNOMED CT: statements that there is none.
const NONE_KNOWN: [&str; 3] = ["716186003", "409137002", "429625007"];

/// The allergies of the set: drugs and others together; statements that there is none are no entries.
pub(super) fn set(source: &Source, today: Date) -> Vec<&Stored> {
    let limit = years_before(today, YEARS);
    let recent = |body: &Json| {
        let ended = ["lastOccurrence", "recordedDate"].iter().filter_map(|name| day(body, &[name])).max();
        let ended = day(body, &["meta", "lastUpdated"]).max(ended);
        is_active(body) || ended.is_none_or(|on| on >= limit)
    };
    let none = |body: &Json| {
        let codings = body.get("code").map_or(&[][..], |c| items(c, "coding"));
        codings.iter().filter_map(|c| text(c, &["code"])).any(|c| NONE_KNOWN.contains(&c.as_str()))
    };
    let mut all: Vec<&Stored> = source
        .allergies
        .iter()
        .filter(|stored| counts(&stored.body) && !none(&stored.body) && recent(&stored.body))
        .filter(|stored| stored.body.get("code").and_then(display).is_some())
        .collect();
    all.sort_by_key(|stored| (text(&stored.body, &["recordedDate"]), stored.id.clone()));
    all
}

pub(super) fn is_active(body: &Value<'_>) -> bool {
    !matches!(text(body, &["clinicalStatus", "coding", "0", "code"]).as_deref(), Some("inactive" | "resolved"))
}

/// One allergy.
pub(super) fn allergy(way: Way<'_>, stored: &Stored) -> Json {
    let (source, body) = (way.source, &stored.body);
    let mut meta = super::json::meta(names::ALLERGY, way.at);
    if has_tag(body, names::FLAGS, Some("LTS"))
        && let Some(object) = meta.as_object_mut()
    {
        object.insert("tag", list([coding(names::FLAGS, "LTS", "長期保存")]));
    }
    let class = class(source, id_in(body, &["encounter", "reference"], "Encounter").as_deref());
    let category = items(body, "category").iter().find_map(|c| c.as_str().map(std::borrow::Cow::into_owned));
    let category = category.filter(|c| matches!(c.as_str(), "medication" | "food" | "environment"));
    let mut made = Object::new().with("resourceType", "AllergyIntolerance").with("meta", meta);
    made.insert("contained", list([contained_encounter("e1", class)]));
    made.insert("extension", list(ours(source)));
    let own = ids::instance(source, "AL", stored.id.as_str());
    made.insert("identifier", list([identifier(names::INSTANCE, &own)]));
    let status = match text(body, &["clinicalStatus", "coding", "0", "code"]).as_deref() {
        Some("inactive") => ("inactive", "Inactive"),
        Some("resolved") => ("resolved", "Resolved"),
        _ => ("active", "Active"),
    };
    made.insert("clinicalStatus", concept(CLINICAL, status.0, status.1));
    // Optional: what nobody said is not claimed.
    match text(body, &["verificationStatus", "coding", "0", "code"]).as_deref() {
        Some("confirmed") => made.insert("verificationStatus", concept(VERIFICATION, "confirmed", "Confirmed")),
        Some("unconfirmed") => made.insert("verificationStatus", concept(VERIFICATION, "unconfirmed", "Unconfirmed")),
        _ => {}
    }
    if let Some(kind) = text(body, &["type"]).filter(|kind| kind == "allergy" || kind == "intolerance") {
        made.insert("type", word(kind));
    }
    if let Some(category) = &category {
        made.insert("category", list([word(category.clone())]));
    }
    // 薬剤アレルギー等 is expected with high (R2011): whoever reads it must not give the drug.
    let drug = category.as_deref() == Some("medication");
    let criticality = if drug {
        "high".to_owned()
    } else {
        text(body, &["criticality"]).unwrap_or_else(|| "unable-to-assess".to_owned())
    };
    made.insert("criticality", word(criticality));
    made.insert("code", substance(body.get("code").unwrap_or(&Value::Null), category.as_deref()));
    made.insert("patient", reference(way.patient, ""));
    made.insert("encounter", reference("#e1", class.1));
    if let Some(onset) = text(body, &["onsetDateTime"]) {
        made.insert("onsetDateTime", word(onset.chars().take(10).collect::<String>()));
    }
    if let Some(recorded) = day(body, &["recordedDate"]) {
        made.insert("recordedDate", word(recorded.to_string()));
    }
    let reactions: Vec<Json> = items(body, "reaction").iter().filter_map(reaction).collect();
    if !reactions.is_empty() {
        made.insert("reaction", list(reactions));
    }
    Value::Object(made)
}

/// Exactly one code, of the national list of allergens; the words carry the chart's own name.
fn substance(concept: &Value<'_>, category: Option<&str>) -> Json {
    let systems =
        [CodeSystem::DrugAllergen, CodeSystem::IngredientAllergen, CodeSystem::FoodAllergen, CodeSystem::OtherAllergen];
    let name = display(concept).unwrap_or_default();
    let known = items(concept, "coding").iter().find_map(|c| {
        let system = text(c, &["system"])?;
        let system = systems.iter().find(|each| each.url() == system)?;
        Some((system.url(), text(c, &["code"])?, text(c, &["display"]).unwrap_or_else(|| name.clone())))
    });
    let (system, code, shown) = known.unwrap_or_else(|| {
        let (system, code) = match category {
            Some("medication") => (CodeSystem::DrugAllergen, "D9M000000000"),
            Some("food") => (CodeSystem::FoodAllergen, "D9F000000000"),
            _ => (CodeSystem::OtherAllergen, "D9N000000000"),
        };
        (system.url(), code.to_owned(), "コード指定不可".to_owned())
    });
    Value::object([("coding", list([coding(system, &code, &shown)])), ("text", word(name))])
}

fn reaction(given: &Value<'_>) -> Option<Json> {
    let told: Vec<String> = items(given, "manifestation").iter().filter_map(display).collect();
    let told = if told.is_empty() { vec![text(given, &["description"])?] } else { told };
    let mut made = Object::new().with("manifestation", list(told.iter().map(|told| words(told))));
    if let Some(severity) = text(given, &["severity"]).filter(|s| matches!(s.as_str(), "mild" | "moderate" | "severe"))
    {
        made.insert("severity", word(severity));
    }
    Some(Value::Object(made))
}
