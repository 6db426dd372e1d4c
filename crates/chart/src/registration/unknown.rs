//! 仮登録: somebody who arrives and cannot say who they are. They get a number and a place in the list at once; who they
//! are is filled in later, or their record is merged into the one they had.
use super::change::create;
use crate::ChartError;
use crate::clean::line;
use crate::view::Sex;
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_json::{Object, Value};
use karute_ledger::Access;

/// Tag system of how a registration stands.
const SYSTEM: &str = "urn:karute:registration";
const PROVISIONAL: &str = "provisional";
/// Longest description, in characters.
const WORDS: usize = 60;

/// Registers somebody unknown: sex as seen, and words by which the staff know them (推定40代, 青い上着). Answers the
/// number.
pub fn register_unknown<'a>(
    access: &'a Access,
    id: &'a Id,
    sex: Sex,
    words: &'a str,
    system: &'a str,
) -> BoxFuture<'a, Result<String, ChartError>> {
    Box::pin(async move {
        let words: String = line(words).chars().take(WORDS).collect();
        let given = if words.is_empty() { "身元確認中".to_owned() } else { words };
        let gender = match sex {
            Sex::Male => "male",
            Sex::Female => "female",
            Sex::Unknown => "unknown",
        };
        let name = Object::new().with("use", "temp").with("family", "不明").with("given", vec![Value::string(given)]);
        let mut body: Value<'static> = Object::new()
            .with("resourceType", "Patient")
            .with("active", true)
            .with("name", vec![name.into()])
            .with("gender", gender)
            .into();
        set_provisional(&mut body, true);
        create(access, id, &body, Vec::new(), system, "仮登録（氏名不明）").await
    })
}

fn is_mark(tag: &Value<'_>) -> bool {
    let has = |name, wanted: &str| tag.get(name).and_then(Value::as_str).is_some_and(|v| v == wanted);
    has("system", SYSTEM) && has("code", PROVISIONAL)
}

/// Whether a patient is 仮登録.
pub fn is_provisional(patient: &Value<'_>) -> bool {
    patient.at(&["meta", "tag"]).is_some_and(|tags| tags.items().iter().any(is_mark))
}

pub(super) fn set_provisional(patient: &mut Value<'static>, on: bool) {
    let Some(object) = patient.as_object_mut() else { return };
    let mut meta = match object.remove("meta") {
        Some(Value::Object(meta)) => meta,
        _ => Object::new(),
    };
    let mut tags: Vec<Value<'static>> = match meta.remove("tag") {
        Some(Value::Array(tags)) => tags,
        _ => Vec::new(),
    };
    tags.retain(|tag| !is_mark(tag));
    if on {
        tags.push(Object::new().with("system", SYSTEM).with("code", PROVISIONAL).with("display", "仮登録").into());
    }
    if !tags.is_empty() {
        meta.insert("tag", Value::Array(tags));
    }
    if !meta.is_empty() {
        object.insert("meta", Value::Object(meta));
    }
}
