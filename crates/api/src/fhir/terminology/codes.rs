//! One code system, of the masters or of the institution: what its codes are called.
use super::input::Coding;
use super::{not_loaded, stored, unknown};
use crate::outcome::Failure;
use crate::request::Ctx;
use karute_japan::{Date, search_key};
use karute_terminology::mapping::Concept;
use karute_terminology::{CodeSystem, Masters};
use serde_json::Value;
use std::sync::Arc;

/// A code system that can be asked.
#[derive(Clone)]
pub(super) enum Codes {
    /// Of the masters.
    Master(CodeSystem),
    /// A `CodeSystem` resource of the institution.
    Stored(Arc<Value>),
}

/// What is known of a code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) system: String,
    pub(super) version: Option<String>,
    pub(super) code: String,
    pub(super) display: String,
    /// Other names, each with what it is; kana among them.
    pub(super) others: Vec<String>,
    /// Cannot be used for anything new on the day asked about.
    pub(super) inactive: bool,
    /// Last day, where known.
    pub(super) until: Option<Date>,
    /// Name and FHIR value (`valueX`).
    pub(super) properties: Vec<(String, Value)>,
}

impl Codes {
    /// The system of a canonical address; 404 when nobody knows it.
    pub(super) async fn of_url(ctx: &Ctx, masters: &Masters, url: &str, parameter: &str) -> Result<Codes, Failure> {
        let bare = url.split('|').next().unwrap_or_default();
        if let Some(system) = CodeSystem::of_url(bare) {
            if masters.mapping().defines(system) {
                return Ok(Codes::Master(system));
            }
            // An institution may keep its own copy of a system for which no master is loaded (its laboratory's codes).
            let own = stored::by_url(ctx, "CodeSystem", url).await?;
            return own.map(|r| Codes::Stored(Arc::new(r))).ok_or_else(|| not_loaded(system, parameter));
        }
        let own = stored::by_url(ctx, "CodeSystem", url).await?;
        own.map(|r| Codes::Stored(Arc::new(r))).ok_or_else(|| unknown("コード体系", parameter))
    }

    /// What people call it.
    pub(super) fn name(&self) -> String {
        match self {
            Codes::Master(system) => system.label().to_owned(),
            Codes::Stored(resource) => {
                let name = |key: &str| resource[key].as_str().map(str::to_owned);
                name("title").or_else(|| name("name")).unwrap_or_default()
            }
        }
    }

    /// The address under which its codes are written.
    pub(super) fn url(&self) -> &str {
        match self {
            Codes::Master(system) => system.url(),
            Codes::Stored(resource) => resource["url"].as_str().unwrap_or_default(),
        }
    }

    /// A code as it stood on a day.
    pub(super) fn word(&self, masters: &Masters, code: &str, day: Date) -> Option<Word> {
        match self {
            Codes::Master(system) => masters.mapping().concept(*system, code, day).map(|c| of_master(&c)),
            Codes::Stored(resource) => {
                let mut found = None;
                walk(&resource["concept"], &mut |concept| {
                    if found.is_none() && concept["code"] == code {
                        found = Some(of_stored(resource, concept));
                    }
                });
                found
            }
        }
    }

    /// All codes of a resource of the institution, nested ones too.
    pub(super) fn own_words(resource: &Value) -> Vec<Word> {
        let mut words = Vec::new();
        walk(&resource["concept"], &mut |concept| words.push(of_stored(resource, concept)));
        words
    }
}

impl Word {
    /// Whether a display sent along is one of its names; width, case and kana do not matter.
    pub(super) fn is_called(&self, display: &str) -> bool {
        let wanted = search_key(display);
        std::iter::once(&self.display).chain(&self.others).any(|name| search_key(name) == wanted)
    }

    /// Nothing, or why the display sent along is wrong.
    pub(super) fn complaint(&self, coding: &Coding) -> Option<String> {
        let display = coding.display.as_deref().filter(|d| !d.is_empty())?;
        (!self.is_called(display))
            .then(|| format!("コードはありますが、名称が違います。正しい名称は「{}」です。", self.display))
    }

    /// What a reader should know of a valid code.
    pub(super) fn note(&self) -> Option<String> {
        self.inactive.then(|| match self.until {
            Some(until) => format!("このコードは {until} で終了しています。新しい記録には使えません。"),
            None => "このコードは、指定された日には使えません。".to_owned(),
        })
    }
}

pub(super) fn of_master(concept: &Concept<'_>) -> Word {
    let kana = (!concept.kana.is_empty()).then(|| concept.kana.to_owned());
    let mut properties: Vec<(String, Value)> = vec![("inactive".to_owned(), Value::Bool(!concept.active))];
    let days = [("effective-from", concept.from), ("effective-until", concept.until)];
    properties.extend(days.into_iter().filter_map(|(name, d)| Some((name.to_owned(), Value::String(d?.to_string())))));
    if concept.edition.is_some() {
        properties.push(("master".to_owned(), Value::String(concept.kind.name().to_owned())));
    }
    properties.extend(concept.properties.iter().map(|(n, v)| (n.clone(), Value::String((*v).to_owned()))));
    Word {
        system: concept.system.url().to_owned(),
        version: concept.edition.map(|e| e.date.to_string()),
        code: concept.code.clone(),
        display: concept.display.clone(),
        others: concept.names.iter().map(|n| (*n).to_owned()).chain(kana).collect(),
        inactive: !concept.active,
        until: concept.until,
        properties,
    }
}

fn of_stored(resource: &Value, concept: &Value) -> Word {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let code = text(&concept["code"]);
    let display = concept["display"].as_str().map_or_else(|| code.clone(), str::to_owned);
    let designations = concept["designation"].as_array().into_iter().flatten();
    let mut properties = Vec::new();
    for property in concept["property"].as_array().into_iter().flatten() {
        let value = property.as_object().and_then(|members| members.iter().find(|(key, _)| key.starts_with("value")));
        if let Some((_, value @ (Value::String(_) | Value::Bool(_) | Value::Number(_)))) = value {
            properties.push((text(&property["code"]), value.clone()));
        }
    }
    let says = |name: &str, wanted: &[Value]| properties.iter().any(|(n, v)| n == name && wanted.contains(v));
    let inactive = says("inactive", &[Value::Bool(true)]) || says("status", &["retired".into(), "deprecated".into()]);
    Word {
        system: text(&resource["url"]),
        version: resource["version"].as_str().map(str::to_owned),
        code,
        display,
        others: designations.filter_map(|d| d["value"].as_str().map(str::to_owned)).collect(),
        inactive,
        until: None,
        properties,
    }
}

/// Every concept of a tree. The depth is bounded by that of any stored JSON.
fn walk(concepts: &Value, visit: &mut dyn FnMut(&Value)) {
    for concept in concepts.as_array().into_iter().flatten() {
        visit(concept);
        walk(&concept["concept"], visit);
    }
}
