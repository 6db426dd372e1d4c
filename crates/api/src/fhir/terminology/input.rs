//! What an operation is asked: by `GET` with a query string, by `POST` with `Parameters`, or with both.
use crate::http::body;
use crate::http::negotiate::{RESOURCE_TYPES, require_content_type};
use crate::outcome::Failure;
use crate::request::{Call, Ctx};
use karute_japan::{Date, PartialDateTime};
use serde_json::Value;

/// A code with its system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Coding {
    pub(super) system: Option<String>,
    pub(super) code: String,
    pub(super) display: Option<String>,
}

/// The parameters of an operation.
#[derive(Debug, Default)]
pub(super) struct Input {
    texts: Vec<(String, String)>,
    /// Of `coding`.
    pub(super) coding: Option<Coding>,
    /// Of `codeableConcept`.
    pub(super) concept: Vec<Coding>,
    /// A resource sent along, by the name of its parameter.
    resource: Option<(String, Value)>,
}

/// Parameters that say how an answer is to be written, in which we have no choice, and which every operation takes.
const COMMON: &[&str] = &["_format", "_pretty", "displayLanguage", "abstract"];
/// Longest of any single text.
const MAX_TEXT: usize = 4096;

impl Input {
    /// Refuses what is not among `names` (and the common ones).
    pub(super) async fn of(ctx: &Ctx, call: &Call, names: &[&str]) -> Result<Input, Failure> {
        let mut input = Input::default();
        for (name, value) in call.pairs()? {
            input.text(name, value)?;
        }
        let sent = call.bytes(ctx).await?;
        if !sent.is_empty() {
            require_content_type(&call.headers, RESOURCE_TYPES)?;
            // First by our own rules (depth, duplicate names), then into a tree that is easy to walk.
            body::parse(&sent)?;
            let tree: Value = serde_json::from_slice(&sent).map_err(|_| Failure::invalid("本文を読めません。"))?;
            input.body(&tree)?;
        }
        let resource = input.resource.iter().map(|(name, _)| name.as_str());
        let coding = input.coding.iter().map(|_| "coding");
        let concept = (!input.concept.is_empty()).then_some("codeableConcept");
        for name in input.texts.iter().map(|(n, _)| n.as_str()).chain(resource).chain(coding).chain(concept) {
            if !names.contains(&name) && !COMMON.contains(&name) {
                let known = names.join("、");
                let failure = Failure::not_supported(format!("この操作に使える条件は {known} です。"));
                return Err(at(failure, name));
            }
        }
        Ok(input)
    }

    fn text(&mut self, name: String, value: String) -> Result<(), Failure> {
        if value.len() > MAX_TEXT {
            return Err(at(Failure::invalid(format!("値は {MAX_TEXT} バイトまでです。")), &name));
        }
        self.texts.push((name, value));
        Ok(())
    }

    fn body(&mut self, tree: &Value) -> Result<(), Failure> {
        if tree["resourceType"] != "Parameters" {
            return Err(Failure::invalid("本文は Parameters リソースにしてください。").at("resourceType"));
        }
        for parameter in tree["parameter"].as_array().into_iter().flatten() {
            let Some(name) = parameter["name"].as_str() else {
                return Err(Failure::invalid("parameter に name がありません。").at("Parameters.parameter"));
            };
            let Some(members) = parameter.as_object() else { continue };
            if let Some(resource) = members.get("resource") {
                self.resource = Some((name.to_owned(), resource.clone()));
            }
            let value = members.iter().find(|(key, _)| key.starts_with("value"));
            match (name, value) {
                ("coding", Some((_, value))) => self.coding = Some(coding(value)?),
                ("codeableConcept", Some((_, value))) => {
                    for one in value["coding"].as_array().into_iter().flatten() {
                        self.concept.push(coding(one)?);
                    }
                }
                (_, Some((_, Value::String(text)))) => self.text(name.to_owned(), text.clone())?,
                (_, Some((_, value @ (Value::Bool(_) | Value::Number(_))))) => {
                    self.text(name.to_owned(), value.to_string())?;
                }
                (_, None) if members.contains_key("resource") => {}
                _ => return Err(at(Failure::invalid("この条件の値の型が正しくありません。"), name)),
            }
        }
        Ok(())
    }

    /// The first value of a name; empty ones count as absent.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.texts.iter().find(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.as_str())
    }

    pub(super) fn all<'i>(&'i self, name: &'i str) -> impl Iterator<Item = &'i str> {
        self.texts.iter().filter(move |(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.as_str())
    }

    pub(super) fn require(&self, name: &str) -> Result<&str, Failure> {
        self.get(name).ok_or_else(|| at(Failure::invalid(format!("{name} を指定してください。")), name))
    }

    pub(super) fn flag(&self, name: &str) -> Result<bool, Failure> {
        match self.get(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(at(Failure::invalid(format!("{name} は true か false にしてください。")), name)),
        }
    }

    pub(super) fn number(&self, name: &str, default: usize, most: usize) -> Result<usize, Failure> {
        let Some(text) = self.get(name) else { return Ok(default) };
        let number = text.parse::<u32>().ok().and_then(|n| usize::try_from(n).ok());
        number
            .map(|n| n.min(most))
            .ok_or_else(|| at(Failure::invalid(format!("{name} には 0 以上の整数を書いてください。")), name))
    }

    /// The day asked about (`date`), in Japan; today without one.
    pub(super) fn day(&self, ctx: &Ctx) -> Result<Date, Failure> {
        let Some(text) = self.get("date") else { return Ok(ctx.state.now().day_in_japan()) };
        // A `+` of a zone that was not encoded arrives as a space.
        PartialDateTime::parse(&text.replace(' ', "+"))
            .map(|parsed| parsed.lo.day_in_japan())
            .map_err(|_| at(Failure::invalid("date は日付 (例: 2026-11-22) で書いてください。"), "date"))
    }

    /// A resource that was sent along under this name.
    pub(super) fn resource(&self, name: &str) -> Option<&Value> {
        self.resource.as_ref().filter(|(n, _)| n == name).map(|(_, resource)| resource)
    }

    /// The codes asked about: `code` (with `system`), `coding` or `codeableConcept`.
    pub(super) fn codings(&self) -> Result<Vec<Coding>, Failure> {
        if let Some(code) = self.get("code") {
            let display = self.get("display").map(str::to_owned);
            return Ok(vec![Coding { system: self.get("system").map(str::to_owned), code: code.to_owned(), display }]);
        }
        let found: Vec<Coding> = self.coding.iter().chain(&self.concept).cloned().collect();
        if found.is_empty() {
            return Err(at(
                Failure::invalid("code (と system)、coding、codeableConcept のどれかを指定してください。"),
                "code",
            ));
        }
        Ok(found)
    }
}

fn coding(value: &Value) -> Result<Coding, Failure> {
    let text = |name: &str| value[name].as_str().filter(|t| t.len() <= MAX_TEXT).map(str::to_owned);
    let code = text("code").ok_or_else(|| at(Failure::invalid("coding に code がありません。"), "coding"))?;
    Ok(Coding { system: text("system"), code, display: text("display") })
}

/// The place of a refusal; a name that was sent may be anything, and only what looks like one is repeated.
pub(super) fn at(failure: Failure, name: &str) -> Failure {
    let plain = name.len() <= 64 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
    if plain { failure.at(format!("http.{name}")) } else { failure }
}
