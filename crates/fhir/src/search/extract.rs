//! From a resource to its index entries.
use super::bounds::{MAX_ENTRIES, MAX_VALUES};
use super::plan::{Found, Leaf, Plan, Root};
use super::{IndexEntry, IndexValue, ParamKey, ParamType, SearchParam, params_of, values};
use crate::model::TypeId;
use crate::{Id, ResourceType};
use karute_json::Value;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::OnceLock;

/// The plans of one resource type.
struct TypePlan {
    params: Vec<ParamPlan>,
    tag: ParamKey,
    security: ParamKey,
    profile: ParamKey,
    source: ParamKey,
}

struct ParamPlan {
    key: ParamKey,
    kind: ParamType,
    plan: Plan,
    /// Key for `:identifier` of references, `:of-type` of tokens.
    derived: ParamKey,
    /// Whether its Patient targets are the compartments of the resource.
    compartment: bool,
    /// For composites: by the type of the element, the plans of its components.
    components: Vec<(TypeId, Vec<(ParamType, Plan)>)>,
}

static PLANS: [OnceLock<TypePlan>; 256] = [const { OnceLock::new() }; 256];

fn plans(resource_type: ResourceType) -> Option<&'static TypePlan> {
    PLANS.get(resource_type.index()).map(|plan| plan.get_or_init(|| TypePlan::compile(resource_type)))
}

impl TypePlan {
    fn compile(resource_type: ResourceType) -> TypePlan {
        let compartment = resource_type.patient_compartment();
        let compile = |param: &SearchParam| {
            let plan = Plan::compile(param.expression, resource_type, resource_type.type_id())?;
            let modifier = if param.kind == ParamType::Reference { "identifier" } else { "of-type" };
            let components = |focus: TypeId| {
                let component = |(code, expression): &(&str, &str)| {
                    let kind = super::param_of(resource_type, code)?.kind;
                    Some((kind, Plan::compile(expression, resource_type, focus)?))
                };
                Some((focus, param.components.iter().map(component).collect::<Option<_>>()?))
            };
            let components = if param.kind == ParamType::Composite {
                plan.leaves().map(|leaf| components(leaf.kind)).collect::<Option<_>>()?
            } else {
                Vec::new()
            };
            Some(ParamPlan {
                key: param.key,
                kind: param.kind,
                plan,
                derived: ParamKey::of_modifier(resource_type, param.code, modifier),
                compartment: compartment.contains(&param.code),
                components,
            })
        };
        let mut params: Vec<ParamPlan> = params_of(resource_type).iter().filter_map(compile).collect();
        // What a patient's compartment needs comes first: the bound on entries must not cut it off.
        params.sort_by_key(|param| !param.compartment);
        let key = |code| ParamKey::of_param(resource_type, code);
        TypePlan {
            params,
            tag: key("_tag"),
            security: key("_security"),
            profile: key("_profile"),
            source: key("_source"),
        }
    }
}

/// What a parameter may find.
pub(super) fn leaves(resource_type: ResourceType, code: &str) -> impl Iterator<Item = Leaf> {
    let key = ParamKey::of_param(resource_type, code);
    let params = plans(resource_type).map(|plans| plans.params.as_slice()).unwrap_or_default();
    params.iter().filter(move |param| param.key == key).flat_map(|param| param.plan.leaves())
}

/// Every index entry of a resource, without duplicates, including its patient compartments; at most 5,000 and the
/// compartments. References are local when they are `Type/id` or `Type/id/_history/n`.
pub fn extract(resource: &Value<'_>) -> Vec<IndexEntry> {
    extract_at(resource, "")
}

/// Like [`extract`], for a server with the FHIR address `base` (`https://example.jp/fhir`): references written with
/// this address are local too.
pub fn extract_at(resource: &Value<'_>, base: &str) -> Vec<IndexEntry> {
    let name = resource.get("resourceType").and_then(Value::as_str);
    let Some(resource_type) = name.and_then(|name| ResourceType::parse(&name)) else { return Vec::new() };
    let Some(plans) = plans(resource_type) else { return Vec::new() };
    let mut index = Index { entries: Vec::with_capacity(48), start: 0, many: HashMap::new(), values: 0 };
    extract_meta(resource, plans, &mut index);
    let root = Root::new(resource, resource_type);
    let mut folded = values::Folded::default();
    for param in &plans.params {
        if index.is_full() {
            break;
        }
        index.begin();
        if param.kind == ParamType::Composite {
            composite(&root, param, base, &mut index);
            continue;
        }
        param.plan.run(&root, resource, &mut |found| {
            simple(&found, param, base, &mut folded, &mut index);
            !index.is_full()
        });
    }
    compartments(resource, resource_type, plans, &mut index);
    index.entries
}

/// Values of one parameter that are compared one by one.
const FEW: usize = 32;

/// Entries under construction; duplicates are looked for among those of the parameter in hand.
struct Index {
    entries: Vec<IndexEntry>,
    /// Where the entries of the parameter in hand begin.
    start: usize,
    /// Their places by digest, when they are many.
    many: HashMap<u64, Vec<usize>>,
    /// How many values were looked at.
    values: usize,
}

impl Index {
    fn begin(&mut self) {
        self.start = self.entries.len();
        self.many.clear();
    }

    fn is_full(&self) -> bool {
        self.entries.len() >= MAX_ENTRIES || self.values >= MAX_VALUES
    }

    fn push(&mut self, param: ParamKey, value: IndexValue) {
        let entry = IndexEntry { param, value };
        self.values += 1;
        if !self.is_full() && !self.is_known(&entry) {
            self.entries.push(entry);
        }
    }

    fn is_known(&mut self, entry: &IndexEntry) -> bool {
        let own = self.entries.get(self.start..).unwrap_or_default();
        if own.len() <= FEW {
            return own.contains(entry);
        }
        if self.many.is_empty() {
            for (place, own) in own.iter().enumerate() {
                self.many.entry(digest(own)).or_default().push(self.start + place);
            }
        }
        let places = self.many.entry(digest(entry)).or_default();
        if places.iter().any(|place| self.entries.get(*place) == Some(entry)) {
            return true;
        }
        places.push(self.entries.len());
        false
    }
}

/// Equal entries have equal digests.
fn digest(entry: &IndexEntry) -> u64 {
    let mut hasher = DefaultHasher::new();
    entry.param.hash(&mut hasher);
    digest_value(&entry.value, &mut hasher);
    hasher.finish()
}

fn digest_value(value: &IndexValue, hasher: &mut DefaultHasher) {
    match value {
        IndexValue::Token { system, code } => (system, code).hash(hasher),
        IndexValue::Text { exact, .. } => exact.hash(hasher),
        IndexValue::Local { id, .. } => id.hash(hasher),
        IndexValue::Uri(uri) => uri.hash(hasher),
        IndexValue::Date { lo, hi } => (lo, hi).hash(hasher),
        // Both zeros are one number.
        IndexValue::Number { value, .. } | IndexValue::Quantity { value, .. } => {
            (if *value == 0.0 { 0.0 } else { *value }).to_bits().hash(hasher);
        }
        IndexValue::Composite(values) => values.iter().for_each(|value| digest_value(value, hasher)),
    }
}

fn simple<'v>(found: &Found<'v>, param: &ParamPlan, base: &str, folded: &mut values::Folded<'v>, index: &mut Index) {
    if let Found::Element(element, of) = found {
        match param.kind {
            ParamType::Reference => {
                values::logical_reference(element, &mut |value| index.push(param.derived, value));
            }
            ParamType::Token if of.definition().name == "Identifier" => {
                values::identifier_of_type(element, &mut |value| index.push(param.derived, value));
            }
            _ => {}
        }
    }
    convert(found, param.kind, base, folded, &mut |value| index.push(param.key, value));
}

fn convert<'v>(
    found: &Found<'v>,
    kind: ParamType,
    base: &str,
    folded: &mut values::Folded<'v>,
    sink: &mut values::Sink<'_>,
) {
    let (element, of) = match found {
        Found::Element(element, of) => (*element, of.definition().name),
        Found::Bool(value) => {
            if kind == ParamType::Token {
                values::tokens(&Value::Bool(*value), "boolean", sink);
            }
            return;
        }
    };
    match kind {
        ParamType::Token => values::tokens(element, of, sink),
        ParamType::String => values::strings(element, of, folded, sink),
        ParamType::Reference => values::references(element, of, base, sink),
        ParamType::Date => values::dates(element, of, sink),
        ParamType::Quantity => values::quantities(element, of, sink),
        ParamType::Number => values::numbers(element, sink),
        ParamType::Uri => values::uris(element, sink),
        ParamType::Composite | ParamType::Special => {}
    }
}

/// Every combination of the values of the components within one element.
fn composite(root: &Root<'_>, param: &ParamPlan, base: &str, index: &mut Index) {
    let mut folded = values::Folded::default();
    param.plan.run(root, root.value(), &mut |found| {
        let Found::Element(element, focus) = found else { return true };
        let Some((_, components)) = param.components.iter().find(|(kind, _)| *kind == focus) else { return true };
        let mut combinations: Vec<Vec<IndexValue>> = vec![Vec::with_capacity(components.len())];
        for (kind, plan) in components {
            let mut values = Vec::new();
            plan.run(root, element, &mut |found| {
                convert(&found, *kind, base, &mut folded, &mut |value| {
                    let known = values.len() <= FEW && values.contains(&value);
                    if !is_presence(&value) && !known && values.len() < MAX_ENTRIES {
                        values.push(value);
                    }
                });
                values.len() < MAX_ENTRIES
            });
            let combined = combinations.iter().flat_map(|start| {
                values.iter().map(move |value| start.iter().chain(Some(value)).cloned().collect::<Vec<_>>())
            });
            combinations = combined.take(MAX_ENTRIES).collect();
        }
        for values in combinations {
            index.push(param.key, IndexValue::Composite(values));
        }
        !index.is_full()
    });
}

/// An entry that only says that the element is there.
fn is_presence(value: &IndexValue) -> bool {
    match value {
        IndexValue::Token { code, .. } => code.is_empty(),
        IndexValue::Uri(uri) => uri.is_empty(),
        _ => false,
    }
}

/// `_tag`, `_security`, `_profile`, `_source`.
fn extract_meta(resource: &Value<'_>, plans: &TypePlan, index: &mut Index) {
    let Some(meta) = resource.get("meta") else { return };
    for (name, key) in [("tag", plans.tag), ("security", plans.security)] {
        for coding in meta.get(name).map(Value::items).unwrap_or_default() {
            values::tokens(coding, "Coding", &mut |value| index.push(key, value));
        }
    }
    for profile in meta.get("profile").map(Value::items).unwrap_or_default() {
        values::uris(profile, &mut |value| index.push(plans.profile, value));
    }
    if let Some(source) = meta.get("source") {
        values::uris(source, &mut |value| index.push(plans.source, value));
    }
}

/// The patients the resource belongs to (CompartmentDefinition `patient`); a patient belongs to itself.
fn compartments(resource: &Value<'_>, resource_type: ResourceType, plans: &TypePlan, index: &mut Index) {
    if resource_type.patient_compartment().is_empty() {
        return;
    }
    let Some(patient) = ResourceType::parse("Patient") else { return };
    let own = if resource_type == patient {
        resource.get("id").and_then(Value::as_str).and_then(|id| Id::new(&id).ok())
    } else {
        None
    };
    let keys: Vec<ParamKey> = plans.params.iter().filter(|p| p.compartment).map(|p| p.key).collect();
    let pointed =
        index.entries.iter().filter(|entry| keys.contains(&entry.param)).filter_map(|entry| match &entry.value {
            IndexValue::Local { target, id } if *target == patient => Some(id.clone()),
            _ => None,
        });
    let mut seen = HashSet::new();
    let ids: Vec<Id> = own.into_iter().chain(pointed).filter(|id| seen.insert(id.clone())).collect();
    index.entries.extend(ids.into_iter().map(|id| IndexEntry {
        param: ParamKey::PATIENT_COMPARTMENT,
        value: IndexValue::Local { target: patient, id },
    }));
}
