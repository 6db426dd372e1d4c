//! From an element to its children.
use super::item::{Item, Items, Node};
use super::types;
use crate::model::{TypeDef, TypeId, TypeKind};
use karute_json::{Object, Value};

impl<'v> Node<'v> {
    /// The children called `name`; a choice element is found without its type (`value` finds `valueQuantity`).
    pub(crate) fn child(&self, name: &str, out: &mut Items<'v>) {
        let Some(Value::Object(object)) = self.value else {
            // A primitive has its id and extensions beside it.
            if let Some(Value::Object(beside)) = self.beside
                && let Some(value) = beside.get(name)
            {
                push(Some(value), None, extension_type(name), out);
            }
            return;
        };
        if let Some(definition) = self.definition() {
            if let Some(element) = definition.element(name) {
                member(object, name, Some(element.type_id()), out);
                return;
            }
            // The members of a choice begin with its name and so stand together.
            let elements = definition.elements();
            let start = elements.partition_point(|element| element.name() < name);
            let named = elements.iter().skip(start).take_while(|element| element.name().starts_with(name));
            for element in named.filter(|element| element.is_choice() && element.path_name() == name) {
                member(object, element.name(), Some(element.type_id()), out);
            }
            return;
        }
        if name == "resourceType" {
            return;
        }
        let before = out.len();
        member(object, name, None, out);
        if out.len() > before {
            return;
        }
        for (key, _) in object.iter() {
            let key = key.raw().strip_prefix('_').unwrap_or(key.raw());
            let Some(kind) = key.strip_prefix(name).and_then(types::of_suffix) else { continue };
            member(object, key, Some(kind), out);
            return;
        }
    }

    /// All children, in the order written.
    pub(crate) fn children(&self, out: &mut Items<'v>) {
        let ((Some(Value::Object(object)), _) | (_, Some(Value::Object(object)))) = (self.value, self.beside) else {
            return;
        };
        let definition = self.definition();
        for (key, value) in object.iter() {
            let key = key.decode();
            if key == "resourceType" {
                continue;
            }
            let kind = |name: &str| match definition {
                Some(definition) => definition.element(name).map(crate::model::Element::type_id),
                None => extension_type(name),
            };
            match key.strip_prefix('_') {
                None => push(Some(value), sibling_of(object, &key, value), kind(&key), out),
                Some(name) if !object.contains_key(name) => push(None, Some(value), kind(name), out),
                Some(_) => {}
            }
        }
    }

    /// The definition of its type, when it says which children there are.
    fn definition(&self) -> Option<&'static TypeDef> {
        let definition = self.kind?.definition();
        (!matches!(definition.kind, TypeKind::Primitive | TypeKind::AnyResource)).then_some(definition)
    }
}

/// Children that every element may have.
fn extension_type(name: &str) -> Option<TypeId> {
    match name {
        "extension" => types::of_name("Extension"),
        "id" => types::of_name("string"),
        _ => None,
    }
}

/// The sibling of a primitive, which holds its id and extensions.
fn sibling_of<'v>(object: &'v Object<'v>, name: &str, value: &Value<'_>) -> Option<&'v Value<'v>> {
    let primitive = match value {
        Value::Object(_) => false,
        Value::Array(items) => !matches!(items.first(), Some(Value::Object(_))),
        _ => true,
    };
    if primitive { sibling(object, name) } else { None }
}

fn sibling<'v>(object: &'v Object<'v>, name: &str) -> Option<&'v Value<'v>> {
    object.iter().find(|(key, _)| key.raw().strip_prefix('_') == Some(name)).map(|(_, value)| value)
}

/// Adds what stands under `name` in the object.
fn member<'v>(object: &'v Object<'v>, name: &str, kind: Option<TypeId>, out: &mut Items<'v>) {
    match object.get(name) {
        Some(value) => push(Some(value), sibling_of(object, name, value), kind, out),
        None => {
            if let Some(beside) = sibling(object, name) {
                push(None, Some(beside), kind, out);
            }
        }
    }
}

/// Adds an element or, for a list, each of its entries.
fn push<'v>(value: Option<&'v Value<'v>>, beside: Option<&'v Value<'v>>, kind: Option<TypeId>, out: &mut Items<'v>) {
    let mut push_one = |value: Option<&'v Value<'v>>, beside: Option<&'v Value<'v>>| {
        let value = value.filter(|value| !matches!(value, Value::Null));
        let beside = beside.filter(|value| !matches!(value, Value::Null));
        if value.is_some() || beside.is_some() {
            out.push(Item::Node(Node::element(value, beside, kind)));
        }
    };
    match (value, beside) {
        (Some(Value::Array(items)), _) => {
            let besides = beside.map(Value::items).unwrap_or_default();
            for index in 0..items.len().max(besides.len()) {
                push_one(items.get(index), besides.get(index));
            }
        }
        (None, Some(Value::Array(besides))) => besides.iter().for_each(|beside| push_one(None, Some(beside))),
        _ => push_one(value, beside),
    }
}
