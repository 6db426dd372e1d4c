//! Required bindings: the codes each value set allows.
use super::definitions::{Definitions, items, text};
use super::model::ALL_LANGUAGES;
use super::source::{SourceFile, header, quote, quote_all};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

/// Allowed codes by system.
type Codes = BTreeMap<String, BTreeSet<String>>;

/// Value sets that no list can hold, and the syntax that stands for them.
const SYNTAX: &[(&str, &str)] = &[
    (ALL_LANGUAGES, "Language"),
    ("http://hl7.org/fhir/ValueSet/mimetypes", "MimeType"),
    ("http://hl7.org/fhir/ValueSet/currencies", "Currency"),
    ("http://hl7.org/fhir/ValueSet/ucum-units", "Ucum"),
    // Published by LOINC, not by FHIR: any coding is taken.
    ("http://loinc.org/vs/LL379-9", "Open"),
];

/// The value sets used so far; number 0 is no binding.
pub(crate) struct Bindings<'a> {
    definitions: &'a Definitions,
    rows: Vec<String>,
    ids: HashMap<String, usize>,
    lists: BTreeMap<Vec<String>, String>,
}

impl<'a> Bindings<'a> {
    pub(crate) fn new(definitions: &'a Definitions) -> Bindings<'a> {
        Bindings { definitions, rows: vec!["Open".to_owned()], ids: HashMap::new(), lists: BTreeMap::new() }
    }

    /// Number of the value set.
    pub(crate) fn id(&mut self, url: &str) -> Result<usize> {
        if let Some(id) = self.ids.get(url) {
            return Ok(*id);
        }
        let row = if let Some((_, syntax)) = SYNTAX.iter().find(|(known, _)| *known == url) {
            (*syntax).to_owned()
        } else {
            let mut systems = Vec::new();
            for (system, codes) in expand(self.definitions, url).with_context(|| url.to_owned())? {
                let codes: Vec<String> = codes.into_iter().collect();
                let next = format!("C{}", self.lists.len());
                let list = self.lists.entry(codes).or_insert(next);
                systems.push(format!("({},{list})", quote(&system)));
            }
            format!("Codes(&[{}])", systems.join(","))
        };
        self.rows.push(format!("{row}, // {url}"));
        let id = self.rows.len() - 1;
        self.ids.insert(url.to_owned(), id);
        Ok(id)
    }

    /// `bindings.rs`
    pub(crate) fn generate(&self) -> SourceFile {
        let mut text = header("Codes that required bindings allow, sorted, by system.");
        text.push_str("use crate::model::Binding::{self, Codes, Currency, Language, MimeType, Open, Ucum};\n");
        for (codes, name) in &self.lists {
            let _ = writeln!(text, "static {name}: &[&str] = {};", quote_all(codes));
        }
        let _ = writeln!(text, "pub(crate) static BINDINGS: [Binding; {}] = [", self.rows.len());
        for row in &self.rows {
            let _ = writeln!(text, "{}", if row.contains("//") { row.clone() } else { format!("{row},") });
        }
        text.push_str("];\n");
        SourceFile { name: "bindings.rs", text }
    }
}

/// All codes of a value set.
fn expand(definitions: &Definitions, url: &str) -> Result<Codes> {
    let url = url.split('|').next().unwrap_or(url);
    let value_set = definitions.value_sets.get(url).with_context(|| format!("no value set {url}"))?;
    let compose = &value_set["compose"];
    let mut codes = Codes::new();
    for part in items(compose, "include") {
        for (system, more) in expand_part(definitions, part)? {
            codes.entry(system).or_default().extend(more);
        }
    }
    for part in items(compose, "exclude") {
        for (system, fewer) in expand_part(definitions, part)? {
            codes.entry(system).or_default().retain(|c| !fewer.contains(c));
        }
    }
    codes.retain(|_, c| !c.is_empty());
    if codes.is_empty() {
        bail!("{url} is empty");
    }
    Ok(codes)
}

fn expand_part(definitions: &Definitions, part: &Value) -> Result<Codes> {
    let (system, value_sets) = (text(part, "system"), items(part, "valueSet"));
    if !items(part, "filter").is_empty() || value_sets.len() > 1 || !system.is_empty() && !value_sets.is_empty() {
        bail!("filters and intersections are not provided for");
    }
    let mut codes = Codes::new();
    for value_set in value_sets.iter().filter_map(Value::as_str) {
        codes.extend(expand(definitions, value_set)?);
    }
    if system.is_empty() {
        return Ok(codes);
    }
    let list = codes.entry(system.to_owned()).or_default();
    if items(part, "concept").is_empty() {
        let all = definitions.code_systems.get(system).with_context(|| format!("no code system {system}"))?;
        if text(all, "content") != "complete" {
            bail!("code system {system} is not complete");
        }
        add_concepts(items(all, "concept"), list);
    } else {
        add_concepts(items(part, "concept"), list);
    }
    Ok(codes)
}

fn add_concepts(concepts: &[Value], codes: &mut BTreeSet<String>) {
    for concept in concepts {
        codes.insert(text(concept, "code").to_owned());
        add_concepts(items(concept, "concept"), codes);
    }
}
