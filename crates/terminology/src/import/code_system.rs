//! FHIR CodeSystem files, as JFAGY and the laboratory lists of the sharing service are published.
use super::day::day;
use super::refusal::{Reason, Refusal};
use super::source::File;
use karute_japan::Date;
use karute_json::{Limits, Value, parse};
use std::borrow::Cow;

/// A CodeSystem.
pub(super) struct CodeSystem<'f> {
    value: Value<'f>,
}

/// A concept with the code above it.
pub(super) struct Concept<'c> {
    value: &'c Value<'c>,
    pub(super) parent: String,
}

/// Deepest hierarchy that is walked.
const DEEPEST: usize = 32;

impl<'f> CodeSystem<'f> {
    /// Reads it; `None` when the file is no JSON.
    pub(super) fn of(file: &'f File<'_>) -> Result<Option<CodeSystem<'f>>, Refusal> {
        let Some(text) = file.json() else { return Ok(None) };
        let value = parse(text.as_bytes(), &Limits::FHIR).map_err(|error| {
            let reason = if text.trim_end().ends_with('}') { Reason::Layout } else { Reason::Truncated };
            Refusal::new(&file.name, reason, format!("JSON として読めません（{error}）。"))
        })?;
        if value.get("resourceType").and_then(Value::as_str).as_deref() != Some("CodeSystem") {
            let text = "FHIR の CodeSystem ではありません。resourceType が CodeSystem の JSON が必要です。";
            return Err(Refusal::new(&file.name, Reason::Layout, text));
        }
        Ok(Some(CodeSystem { value }))
    }

    fn text(&self, name: &str) -> Cow<'_, str> {
        self.value.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// Canonical URL.
    pub(super) fn url(&self) -> Cow<'_, str> {
        self.text("url")
    }

    /// Date of the edition: the version where that is a date, as with JFAGY.
    pub(super) fn date(&self) -> Option<Date> {
        let version = self.text("version");
        let version = if version.len() == 8 { day(&version).ok().flatten() } else { None };
        version.or_else(|| day(&self.text("date")).ok().flatten())
    }

    /// All concepts, each after the one above it.
    pub(super) fn concepts(&self) -> Vec<Concept<'_>> {
        let mut all = Vec::new();
        collect(&self.value, "", 0, &mut all);
        all
    }
}

fn collect<'c>(value: &'c Value<'_>, parent: &str, depth: usize, all: &mut Vec<Concept<'c>>) {
    if depth > DEEPEST {
        return;
    }
    for value in value.get("concept").map(Value::items).unwrap_or_default() {
        let concept = Concept { value, parent: parent.to_owned() };
        let code = concept.text("code").into_owned();
        all.push(concept);
        collect(value, &code, depth + 1, all);
    }
}

impl Concept<'_> {
    /// A member that is a text.
    pub(super) fn text(&self, name: &str) -> Cow<'_, str> {
        self.value.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// Whether there are concepts below it.
    pub(super) fn is_group(&self) -> bool {
        self.value.get("concept").is_some_and(|below| !below.items().is_empty())
    }

    /// A property that is a text.
    pub(super) fn property(&self, code: &str) -> String {
        let properties = self.value.get("property").map(Value::items).unwrap_or_default();
        let named = |value: &&Value<'_>| value.get("code").and_then(Value::as_str).as_deref() == Some(code);
        let found = properties.iter().find(named).and_then(|value| value.get("valueString"));
        found.and_then(Value::as_str).unwrap_or_default().trim().to_owned()
    }

    /// The designations in Japanese.
    pub(super) fn designations(&self) -> Vec<String> {
        let all = self.value.get("designation").map(Value::items).unwrap_or_default();
        let texts = all.iter().filter_map(|designation| designation.get("value").and_then(Value::as_str));
        texts.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect()
    }
}
