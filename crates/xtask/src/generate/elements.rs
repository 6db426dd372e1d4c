//! The element tables.
use super::bindings::Bindings;
use super::model::{ALL_LANGUAGES, CHOICE, Kind, REQUIRED, Type};
use super::source::{SourceFile, header, quote};
use anyhow::{Context, Result, bail};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

/// Fixed first entries of the type table; `karute_fhir::model::Primitive` has the same order.
const PRIMITIVES: [&str; 20] = [
    "base64Binary",
    "boolean",
    "canonical",
    "code",
    "date",
    "dateTime",
    "decimal",
    "id",
    "instant",
    "integer",
    "markdown",
    "oid",
    "positiveInt",
    "string",
    "time",
    "unsignedInt",
    "uri",
    "url",
    "uuid",
    "xhtml",
];

/// Types the walk treats in a special way, by constant.
const KNOWN: &[(&str, &str)] = &[
    ("CODEABLE_CONCEPT", "CodeableConcept"),
    ("ELEMENT", "Element"),
    ("EXTENSION", "Extension"),
    ("REFERENCE", "Reference"),
];

/// A member as it may stand in JSON: choices are spelled out.
struct Member<'a> {
    name: String,
    type_name: &'a str,
    slot: usize,
    flags: u8,
    binding: usize,
    targets: usize,
}

/// `elements.rs` and `invariants.rs`
pub(crate) fn generate(
    types: &BTreeMap<String, Type>,
    resource_types: &[String],
    bindings: &mut Bindings<'_>,
) -> Result<[SourceFile; 2]> {
    let mut order: Vec<&str> = PRIMITIVES.to_vec();
    order.push("Resource");
    order.extend(types.keys().map(String::as_str).filter(|n| !PRIMITIVES.contains(n)));
    let type_ids: HashMap<&str, usize> = order.iter().enumerate().map(|(i, &n)| (n, i)).collect();
    let mut targets = Targets { resource_types, lists: vec![Vec::new()], ids: HashMap::new() };

    let mut members: BTreeMap<&str, Vec<Member<'_>>> = BTreeMap::new();
    for (name, definition) in types {
        let mut list = Vec::new();
        for (slot, element) in definition.elements.iter().enumerate() {
            for type_use in &element.types {
                let published = fhir_name(&type_use.name);
                let name = if element.has(CHOICE) {
                    format!("{}{}", element.name, capitalised(published))
                } else {
                    element.name.clone()
                };
                let bound = match (type_use.name.as_str(), element.binding.as_deref()) {
                    // The largest value set of a recommended binding: words instead of a code remain possible.
                    ("CodeableConcept", Some(ALL_LANGUAGES)) => None,
                    ("code" | "CodeableConcept", bound) => bound,
                    _ => None,
                };
                list.push(Member {
                    name,
                    type_name: &type_use.name,
                    slot,
                    flags: element.flags,
                    binding: bound.map_or(Ok(0), |url| bindings.id(url))?,
                    targets: targets.id(&type_use.targets),
                });
            }
        }
        if definition.elements.len() > 128 {
            bail!("{name} has more elements than the walk can tick off");
        }
        list.sort_by(|a, b| a.name.cmp(&b.name));
        if let Some(pair) = list.windows(2).find(|pair| pair[0].name == pair[1].name) {
            bail!("{name}.{} stands twice", pair[0].name);
        }
        members.insert(name, list);
    }

    let names: BTreeSet<&str> = members.values().flatten().map(|m| m.name.as_str()).collect();
    let name_ids: HashMap<&str, usize> = names.iter().enumerate().map(|(i, &n)| (n, i)).collect();
    let (mut type_rows, mut element_rows, mut rule_rows) = (String::new(), String::new(), String::new());
    let (mut element_count, mut rule_count) = (0, 0);
    for name in &order {
        let Some(definition) = types.get(*name) else {
            let _ = writeln!(type_rows, "t({},AnyResource,{element_count},0,0,0,0),", quote(name));
            continue;
        };
        let list = &members[name];
        let required = definition
            .elements
            .iter()
            .enumerate()
            .filter(|(_, e)| e.has(REQUIRED))
            .fold(0_u128, |m, (i, _)| m | 1 << i);
        let _ = writeln!(
            type_rows,
            "t({},{},{element_count},{},{required:#x},{rule_count},{}),",
            quote(fhir_name(name)),
            kind(definition.kind),
            list.len(),
            definition.invariants.len(),
        );
        for member in list {
            let type_id =
                type_ids.get(member.type_name).with_context(|| format!("{name}: no type {}", member.type_name))?;
            let name_id = name_ids[member.name.as_str()];
            let Member { slot, flags, binding, targets, .. } = member;
            let _ = write!(element_rows, "e({name_id},{type_id},{slot},{flags},{binding},{targets}),");
        }
        element_rows.push_str(if list.is_empty() { "" } else { "\n" });
        element_count += list.len();
        for rule in &definition.invariants {
            let _ = writeln!(
                rule_rows,
                "i({},{},{},{}),",
                quote(&rule.key),
                rule.error,
                quote(&rule.element),
                quote(&rule.expression)
            );
            rule_count += 1;
        }
    }
    if u16::try_from(element_count).is_err() || names.len() > usize::from(u16::MAX) {
        bail!("too many elements for 16-bit indices");
    }

    let mut text = header("Types and their elements. See `crate::model` for what each column means.");
    text.push_str("use crate::model::{Element, TypeDef, TypeKind, element as e, type_def as t};\n");
    text.push_str("use TypeKind::{AnyResource, Backbone, Complex, DomainResource, Primitive, Resource};\n");
    let _ = writeln!(text, "pub(crate) static NAMES: [&str; {}] = [", names.len());
    for chunk in names.iter().collect::<Vec<_>>().chunks(12) {
        let _ = writeln!(text, "{},", chunk.iter().map(|n| quote(n)).collect::<Vec<_>>().join(","));
    }
    let _ = write!(text, "];\npub(crate) static TYPES: [TypeDef; {}] = [\n{type_rows}];\n", order.len());
    let _ = write!(text, "pub(crate) static ELEMENTS: [Element; {element_count}] = [\n{element_rows}];\n");
    let _ = writeln!(text, "/// Place of each resource type in `TYPES`.");
    let _ = writeln!(
        text,
        "pub(crate) static RESOURCE_TYPE_IDS: [u16; {}] = [{}];",
        resource_types.len(),
        resource_types.iter().map(|n| type_ids[n.as_str()].to_string()).collect::<Vec<_>>().join(",")
    );
    let _ = writeln!(text, "/// Types the walk treats in a special way.");
    for (constant, name) in KNOWN {
        let _ = writeln!(text, "pub(crate) const {constant}: u16 = {};", type_ids[name]);
    }
    let _ = writeln!(text, "/// Sets of resource types a reference may point to; 0 is any.");
    let _ = writeln!(text, "pub(crate) static TARGETS: [&[u8]; {}] = [", targets.lists.len());
    for list in &targets.lists {
        let _ = writeln!(text, "&{list:?},");
    }
    text.push_str("];\n");

    let mut rules = header("Invariants in the order of the types that own them.");
    rules.push_str("use crate::model::{Invariant, invariant as i};\n");
    let _ = write!(rules, "pub(crate) static INVARIANTS: [Invariant; {rule_count}] = [\n{rule_rows}];\n");
    Ok([SourceFile { name: "elements.rs", text }, SourceFile { name: "invariants.rs", text: rules }])
}

/// The profile is a `Quantity` to everybody outside.
fn fhir_name(name: &str) -> &str {
    if name == super::model::SIMPLE_QUANTITY { "Quantity" } else { name }
}

fn capitalised(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Primitive => "Primitive",
        Kind::Complex => "Complex",
        Kind::Backbone => "Backbone",
        Kind::Resource => "Resource",
        Kind::DomainResource => "DomainResource",
    }
}

/// Sets of reference targets, each once.
struct Targets<'a> {
    resource_types: &'a [String],
    lists: Vec<Vec<u8>>,
    ids: HashMap<Vec<u8>, usize>,
}

impl Targets<'_> {
    /// 0 when anything may be pointed to: nothing is said, or something that is no concrete type.
    fn id(&mut self, targets: &[String]) -> usize {
        let found: Option<BTreeSet<u8>> = targets
            .iter()
            .map(|t| self.resource_types.binary_search(t).ok().and_then(|i| u8::try_from(i).ok()))
            .collect();
        let Some(list) = found.filter(|f| !f.is_empty()) else { return 0 };
        let list: Vec<u8> = list.into_iter().collect();
        *self.ids.entry(list.clone()).or_insert_with(|| {
            self.lists.push(list);
            self.lists.len() - 1
        })
    }
}
