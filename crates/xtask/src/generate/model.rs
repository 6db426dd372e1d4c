//! The definitions as types with elements: what the element tables are written from.
use super::definitions::{Definitions, items, text, texts};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A type: primitive, data type, backbone element (named by its path) or resource.
pub(crate) struct Type {
    pub(crate) kind: Kind,
    /// In the order of the definition.
    pub(crate) elements: Vec<Element>,
    pub(crate) invariants: Vec<Invariant>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Primitive,
    Complex,
    Backbone,
    Resource,
    DomainResource,
}

/// An element; a choice (`value[x]`) is one element with several types.
pub(crate) struct Element {
    /// Without `[x]`.
    pub(crate) name: String,
    /// [`MANY`] and so on.
    pub(crate) flags: u8,
    pub(crate) types: Vec<TypeUse>,
    /// Value set of a required binding, or the language binding.
    pub(crate) binding: Option<String>,
}

/// Flags of an element; `karute_fhir::model` has the same.
pub(crate) const MANY: u8 = 1;
pub(crate) const REQUIRED: u8 = 2;
pub(crate) const SUMMARY: u8 = 4;
pub(crate) const MODIFIER: u8 = 8;
pub(crate) const CHOICE: u8 = 16;

impl Element {
    pub(crate) fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// A type an element may have.
pub(crate) struct TypeUse {
    /// Name of a [`Type`]; `Resource` for any resource.
    pub(crate) name: String,
    /// Resource types a reference may point to; empty: any.
    pub(crate) targets: Vec<String>,
}

/// A rule in FHIRPath.
pub(crate) struct Invariant {
    pub(crate) key: String,
    pub(crate) error: bool,
    pub(crate) expression: String,
    /// The member whose items are the context; empty: the object of the type itself.
    pub(crate) element: String,
}

/// Rules that the structural walk checks itself, and best practice that is no reason to complain about a record.
const NATIVE: &[&str] =
    &["ele-1", "ext-1", "dom-2", "dom-3", "dom-4", "dom-5", "dom-6", "ref-1", "txt-1", "txt-2", "sqty-1"];

/// The quantity profile that element types name; treated as a type of its own.
pub(crate) const SIMPLE_QUANTITY: &str = "SimpleQuantity";
/// The value set that stands for "a BCP-47 tag".
pub(crate) const ALL_LANGUAGES: &str = "http://hl7.org/fhir/ValueSet/all-languages";

const STRUCTURE: &str = "http://hl7.org/fhir/StructureDefinition/";
const FHIRPATH: &str = "http://hl7.org/fhirpath/System.";
const FHIR_TYPE: &str = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type";
const BEST_PRACTICE: &str = "http://hl7.org/fhir/StructureDefinition/elementdefinition-bestpractice";
const MAX_VALUE_SET: &str = "http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet";

/// Every type by name: `HumanName`, `Patient`, `Patient.contact`.
pub(crate) fn build(definitions: &Definitions) -> Result<BTreeMap<String, Type>> {
    // Rules of the data types themselves, which element definitions repeat.
    let own_rules: HashMap<&str, BTreeSet<&str>> = definitions
        .structures
        .iter()
        .map(|(name, s)| {
            let root = &items(&s["snapshot"], "element")[0];
            (name.as_str(), items(root, "constraint").iter().map(|c| text(c, "key")).collect())
        })
        .collect();
    let mut types = BTreeMap::new();
    for (name, structure) in &definitions.structures {
        let kind = match (text(structure, "kind"), text(structure, "baseDefinition").rsplit('/').next()) {
            // What primitives carry beside their value; other abstract types never stand in a record.
            _ if name == "Element" => Kind::Complex,
            _ if structure["abstract"] == true => continue,
            ("primitive-type", _) => Kind::Primitive,
            ("resource", Some("DomainResource")) => Kind::DomainResource,
            ("resource", _) => Kind::Resource,
            _ => Kind::Complex,
        };
        if kind == Kind::Primitive {
            let (elements, invariants) = (Vec::new(), Vec::new());
            types.insert(name.clone(), Type { kind, elements, invariants });
            continue;
        }
        add_structure(&mut types, name, kind, items(&structure["snapshot"], "element"), &own_rules)
            .with_context(|| name.clone())?;
    }
    Ok(types)
}

fn add_structure<'a>(
    types: &mut BTreeMap<String, Type>,
    name: &str,
    kind: Kind,
    snapshot: &'a [Value],
    own_rules: &HashMap<&str, BTreeSet<&'a str>>,
) -> Result<()> {
    let paths: Vec<&str> = snapshot.iter().map(|e| text(e, "path")).collect();
    // `Quantity` snapshots describe the profile as well; its types are named by the structure.
    let root = *paths.first().context("empty snapshot")?;
    let has_children: BTreeSet<&str> =
        paths.iter().filter_map(|p| p.rsplit_once('.')).map(|(parent, _)| parent).collect();
    for definition in snapshot {
        let path = text(definition, "path");
        let rules = |exclude: Option<&BTreeSet<&str>>, element: &str| -> Vec<Invariant> {
            items(definition, "constraint")
                .iter()
                .filter(|c| {
                    !NATIVE.contains(&text(c, "key"))
                        && !is_best_practice(c)
                        && exclude.is_none_or(|e| !e.contains(text(c, "key")))
                })
                .map(|c| Invariant {
                    key: text(c, "key").to_owned(),
                    error: text(c, "severity") == "error",
                    expression: super::errata::corrected(text(c, "key"), text(c, "expression")),
                    element: element.to_owned(),
                })
                .collect()
        };
        if has_children.contains(path) {
            let type_name = path.replacen(root, name, 1);
            let kind = if path == root { kind } else { Kind::Backbone };
            let (elements, invariants) = (Vec::new(), rules(None, ""));
            types.insert(type_name, Type { kind, elements, invariants });
        }
        let Some((parent, last)) = path.rsplit_once('.') else { continue };
        let parent = parent.replacen(root, name, 1);
        let parent = types.get_mut(&parent).with_context(|| format!("{path} without parent"))?;
        if text(definition, "max") == "0" {
            continue;
        }
        let element = element(definition, path, last, parent.kind, has_children.contains(path))?;
        if !has_children.contains(path) {
            let exclude = match element.types.as_slice() {
                [only] => own_rules.get(only.name.as_str()),
                _ => None,
            };
            parent.invariants.extend(rules(exclude, &element.name));
        }
        parent.elements.push(element);
    }
    Ok(())
}

/// Rules that recommend something to authors of guides say nothing about a record.
fn is_best_practice(constraint: &Value) -> bool {
    items(constraint, "extension").iter().any(|e| text(e, "url") == BEST_PRACTICE && e["valueBoolean"] == true)
}

fn element(definition: &Value, path: &str, last: &str, parent: Kind, has_children: bool) -> Result<Element> {
    let many = match text(definition, "max") {
        "1" => false,
        "*" => true,
        other => bail!("{path}: maximum {other} is not provided for"),
    };
    let required = match definition["min"].as_u64() {
        Some(0) => false,
        Some(1) => true,
        other => bail!("{path}: minimum {other:?} is not provided for"),
    };
    let name = last.strip_suffix("[x]").unwrap_or(last);
    let is_resource_id = last == "id" && matches!(parent, Kind::Resource | Kind::DomainResource);
    let types = if has_children {
        vec![TypeUse { name: path.to_owned(), targets: Vec::new() }]
    } else if let Some(reference) = definition["contentReference"].as_str() {
        vec![TypeUse { name: reference.trim_start_matches('#').to_owned(), targets: Vec::new() }]
    } else {
        items(definition, "type").iter().map(|t| type_use(t, is_resource_id)).collect()
    };
    if types.is_empty() {
        bail!("{path} has no type");
    }
    let binding = &definition["binding"];
    let max = items(binding, "extension").iter().find(|e| text(e, "url") == MAX_VALUE_SET);
    let value_set = text(binding, "valueSet").split('|').next().unwrap_or_default();
    let binding = match (text(binding, "strength"), max.map(|m| text(m, "valueCanonical"))) {
        ("required", _) => Some(value_set.to_owned()),
        (_, Some(ALL_LANGUAGES)) => Some(ALL_LANGUAGES.to_owned()),
        _ => None,
    };
    let flag = |on: bool, flag: u8| if on { flag } else { 0 };
    let flags = flag(many, MANY)
        | flag(required, REQUIRED)
        | flag(definition["isSummary"] == true, SUMMARY)
        | flag(definition["isModifier"] == true, MODIFIER)
        | flag(last.ends_with("[x]"), CHOICE);
    Ok(Element { name: name.to_owned(), flags, types, binding })
}

fn type_use(published: &Value, is_resource_id: bool) -> TypeUse {
    let code = text(published, "code");
    let profiles = texts(published, "profile");
    let name = if code.starts_with(FHIRPATH) {
        let declared = items(published, "extension").iter().find(|e| text(e, "url") == FHIR_TYPE);
        match declared {
            // Ids of resources are published as strings, but have the form of `id` (R4 resource §2.27.3).
            _ if is_resource_id => "id",
            Some(declared) => text(declared, "valueUrl"),
            None => "string",
        }
    } else if profiles.iter().any(|p| p.strip_prefix(STRUCTURE) == Some(SIMPLE_QUANTITY)) {
        SIMPLE_QUANTITY
    } else {
        code
    };
    let targets: Vec<String> = if code == "Reference" {
        texts(published, "targetProfile").iter().filter_map(|t| t.strip_prefix(STRUCTURE)).map(str::to_owned).collect()
    } else {
        Vec::new()
    };
    TypeUse { name: name.to_owned(), targets }
}
