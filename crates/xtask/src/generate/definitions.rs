//! Reading the definitions.
use super::model::SIMPLE_QUANTITY;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// `ExampleScenario` is absent from the NDJSON set; its definition and search parameters (FHIR R4 4.0.1, CC0 1.0,
/// words for humans left out) stand beside the generator so that all 146 types are served.
const EXAMPLE_SCENARIO: &str = include_str!("example-scenario.ndjson");

/// Number of concrete resource types in R4.
const CONCRETE_TYPES: usize = 146;

/// Everything the tables are made of.
pub(crate) struct Definitions {
    /// Concrete resource types in alphabetical order.
    pub(crate) resource_types: Vec<String>,
    /// Resources and data types (specialisations and abstract ones, no profiles) by type name.
    pub(crate) structures: BTreeMap<String, Value>,
    /// Search parameters in file order.
    pub(crate) search_parameters: Vec<Value>,
    /// The Patient compartment.
    pub(crate) patient_compartment: Value,
    /// Value sets by canonical URL.
    pub(crate) value_sets: BTreeMap<String, Value>,
    /// Code systems by canonical URL.
    pub(crate) code_systems: BTreeMap<String, Value>,
}

impl Definitions {
    /// Reads the directory.
    pub(crate) fn load(r4: &Path) -> Result<Definitions> {
        let mut structures = BTreeMap::new();
        let mut search_parameters = Vec::new();
        let mut value_sets = by_url(r4, "valuesets")?;
        let mut code_systems = by_url(r4, "codesystems")?;
        let mut sources = read(r4, "structuredefinitions-datatypes.ndjson")?;
        sources.extend(read(r4, "structuredefinitions-resources.ndjson")?);
        sources.extend(read(r4, "searchparameters.ndjson")?);
        sources.extend(parse_lines(EXAMPLE_SCENARIO).context("example-scenario.ndjson")?);
        for definition in sources {
            match text(&definition, "resourceType") {
                "SearchParameter" => search_parameters.push(definition),
                "ValueSet" => {
                    value_sets.insert(text(&definition, "url").to_owned(), definition);
                }
                "CodeSystem" => {
                    code_systems.insert(text(&definition, "url").to_owned(), definition);
                }
                // The one profile that element types of R4 itself name.
                _ if text(&definition, "name") == SIMPLE_QUANTITY => {
                    structures.insert(SIMPLE_QUANTITY.to_owned(), definition);
                }
                _ if text(&definition, "derivation") == "constraint" => {}
                _ => {
                    structures.insert(text(&definition, "type").to_owned(), definition);
                }
            }
        }
        let resource_types: Vec<String> = structures
            .values()
            .filter(|s| text(s, "kind") == "resource" && s["abstract"] == false)
            .map(|s| text(s, "type").to_owned())
            .collect();
        if resource_types.len() != CONCRETE_TYPES {
            bail!("{} concrete resource types instead of {CONCRETE_TYPES}", resource_types.len());
        }
        let patient_compartment = read(r4, "compartmentdefinitions.ndjson")?
            .into_iter()
            .find(|c| text(c, "code") == "Patient")
            .context("no Patient compartment")?;
        Ok(Definitions { resource_types, structures, search_parameters, patient_compartment, value_sets, code_systems })
    }
}

/// A string member, or the empty string.
pub(crate) fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

/// The elements of an array member; none when it is absent.
pub(crate) fn items<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

/// The strings of an array member.
pub(crate) fn texts<'v>(value: &'v Value, key: &str) -> Vec<&'v str> {
    items(value, key).iter().filter_map(Value::as_str).collect()
}

fn by_url(r4: &Path, kind: &str) -> Result<BTreeMap<String, Value>> {
    let mut all = BTreeMap::new();
    // What R4 itself defines wins over what it refers to.
    for origin in ["v2", "v3", "fhir"] {
        for definition in read(r4, &format!("{kind}-{origin}.ndjson"))? {
            all.insert(text(&definition, "url").to_owned(), definition);
        }
    }
    Ok(all)
}

fn read(r4: &Path, name: &str) -> Result<Vec<Value>> {
    let path = r4.join(name);
    let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    parse_lines(&text).with_context(|| path.display().to_string())
}

fn parse_lines(text: &str) -> Result<Vec<Value>> {
    text.lines().filter(|l| !l.trim().is_empty()).map(|l| Ok(serde_json::from_str(l)?)).collect()
}
