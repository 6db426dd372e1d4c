//! StructureDefinitions.
use crate::profile::definition::{ConstraintDef, Definition, Discriminator, ElementDef, MANY, SlicingDef, TypeUse};
use crate::profile::model::Wanted;
use crate::profile::read::{list, text};
use karute_json::{Object, Value};

/// Reads one; `None` for what constrains nothing (logical models, the base definitions of R4).
pub(super) fn read(structure: &Value<'_>) -> Option<Definition> {
    let url = text(structure, "url")?.into_owned();
    if text(structure, "derivation").as_deref() == Some("specialization") || url.starts_with("http://hl7.org/fhir/") {
        return None;
    }
    let snapshot = structure.get("snapshot").map(|snapshot| list(snapshot, "element")).filter(|all| !all.is_empty());
    let complete = snapshot.is_some();
    let elements = match snapshot {
        Some(elements) => elements,
        None => list(structure.get("differential")?, "element"),
    };
    let base = text(structure, "baseDefinition").map(|base| crate::profile::read::bare(&base).to_owned());
    Some(Definition {
        name: url.rsplit('/').next().unwrap_or(&url).to_owned(),
        type_name: text(structure, "type")?.into_owned(),
        base,
        complete,
        elements: elements.iter().filter_map(|one| element(one, complete)).collect(),
        url,
    })
}

fn element(element: &Value<'_>, complete: bool) -> Option<ElementDef> {
    let id = text(element, "id").or_else(|| text(element, "path"))?;
    let id = id.split_once('.').map_or("", |(_, rest)| rest);
    let is_slice = id.rsplit('.').next().is_some_and(|last| last.contains(':'));
    let number = |value: Option<&Value<'_>>| value.and_then(Value::as_number).and_then(|n| u32::try_from(n.as_i64()?).ok());
    let most = |max: Option<std::borrow::Cow<'_, str>>| match max.as_deref() {
        None | Some("*") => MANY,
        Some(max) => max.parse().unwrap_or(MANY),
    };
    let base = element.get("base").filter(|_| complete && !is_slice);
    let (base_min, base_max) = (number(base.and_then(|b| b.get("min"))), base.map(|b| most(text(b, "max"))));
    let mut definition = ElementDef::new(id);
    // What R4 asks for anyway is checked elsewhere.
    definition.min = number(element.get("min")).filter(|min| base_min != Some(*min)).unwrap_or(0);
    let max = most(text(element, "max"));
    definition.max = if base_max == Some(max) { MANY } else { max };
    definition.types = list(element, "type").iter().filter_map(type_use).collect();
    definition.wanted = wanted(element);
    definition.value_set = element.get("binding").and_then(value_set);
    definition.slicing = element.get("slicing").map(slicing);
    definition.constraints = list(element, "constraint").iter().filter_map(constraint).collect();
    Some(definition)
}

fn type_use(one: &Value<'_>) -> Option<TypeUse> {
    let code = text(one, "code")?;
    let code = code.strip_prefix("http://hl7.org/fhirpath/System.").map_or(&*code, |name| match name {
        "String" => "string",
        other => other,
    });
    let urls = |member: &str| list(one, member).iter().filter_map(Value::as_str).map(|url| url.into_owned()).collect();
    Some(TypeUse { code: code.to_owned(), profiles: urls("profile"), targets: urls("targetProfile") })
}

fn wanted(element: &Value<'_>) -> Option<Wanted> {
    let mut members = element.as_object().into_iter().flat_map(Object::iter);
    members.find_map(|(key, value)| {
        let key = key.decode();
        if key.starts_with("fixed") {
            return Some(Wanted::Fixed(value.clone().into_owned()));
        }
        key.starts_with("pattern").then(|| Wanted::Pattern(value.clone().into_owned()))
    })
}

/// The value set of a required binding, unless it is one of R4 itself.
fn value_set(binding: &Value<'_>) -> Option<String> {
    let required = text(binding, "strength").as_deref() == Some("required");
    let url = text(binding, "valueSet").filter(|url| required && !url.starts_with("http://hl7.org/fhir/ValueSet/"))?;
    Some(url.into_owned())
}

fn slicing(slicing: &Value<'_>) -> SlicingDef {
    let by = list(slicing, "discriminator").iter();
    let by = by.filter_map(|one| Some((Discriminator::parse(&text(one, "type")?)?, text(one, "path")?.into_owned())));
    SlicingDef { closed: text(slicing, "rules").as_deref() == Some("closed"), discriminators: by.collect() }
}

/// An invariant, as the definition states it.
pub(super) fn constraint(constraint: &Value<'_>) -> Option<ConstraintDef> {
    Some(ConstraintDef {
        key: text(constraint, "key")?.into_owned(),
        error: text(constraint, "severity").as_deref() != Some("warning"),
        human: text(constraint, "human").unwrap_or_default().into_owned(),
        expression: text(constraint, "expression")?.into_owned(),
    })
}

/// A definition once more, to be changed by a delta.
pub(super) fn copy(definition: &Definition) -> Definition {
    let element = |one: &ElementDef| ElementDef {
        id: one.id.clone(),
        min: one.min,
        max: one.max,
        types: one.types.clone(),
        wanted: one.wanted.clone(),
        value_set: one.value_set.clone(),
        slicing: one.slicing.clone(),
        constraints: one.constraints.clone(),
    };
    Definition {
        url: definition.url.clone(),
        name: definition.name.clone(),
        type_name: definition.type_name.clone(),
        base: definition.base.clone(),
        complete: definition.complete,
        elements: definition.elements.iter().map(element).collect(),
    }
}
