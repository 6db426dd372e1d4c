//! From an element to its children.
use super::item::{Item, Items, Node};
use super::types;
use karute_json::{Object, Value};

impl<'v> Node<'v> {
    /// The children called `name`; a choice element is found without its type (`value` finds `valueQuantity`).
    pub(crate) fn child(&self, name: &str, out: &mut Items<'v>) {
        let Some(Value::Object(object)) = self.value else {
            // A primitive has its id and extensions beside it.
            if let Some(Value::Object(beside)) = self.beside
                && let Some(value) = beside.get(name)
            {
                push(Some(value), None, None, out);
            }
            return;
        };
        if name == "resourceType" {
            return;
        }
        let value = object.get(name);
        if value.is_none() {
            // No exact name: perhaps a choice, perhaps a primitive that has extensions only.
            for (key, value) in object.iter() {
                let key = key.raw();
                let (key, aside) = key.strip_prefix('_').map_or((key, false), |key| (key, true));
                let Some(suffix) = key.strip_prefix(name) else { continue };
                let kind = if suffix.is_empty() { None } else { types::of_suffix(suffix) };
                if !suffix.is_empty() && kind.is_none() {
                    continue;
                }
                if aside {
                    if !object.contains_key(key) {
                        push(None, Some(value), kind, out);
                    }
                } else {
                    push(Some(value), sibling(object, key), kind, out);
                }
            }
            return;
        }
        let beside = value.filter(|value| may_have_sibling(value)).and_then(|_| sibling(object, name));
        push(value, beside, None, out);
    }

    /// All children, in the order written.
    pub(crate) fn children(&self, out: &mut Items<'v>) {
        let object = match (self.value, self.beside) {
            (Some(Value::Object(object)), _) | (_, Some(Value::Object(object))) => object,
            _ => return,
        };
        for (key, value) in object.iter() {
            let key = key.decode();
            if key == "resourceType" {
                continue;
            }
            if let Some(name) = key.strip_prefix('_') {
                if !object.contains_key(name) {
                    push(None, Some(value), None, out);
                }
                continue;
            }
            push(Some(value), may_have_sibling(value).then(|| sibling(object, &key)).flatten(), None, out);
        }
    }
}

fn may_have_sibling(value: &Value<'_>) -> bool {
    match value {
        Value::Object(_) => false,
        Value::Array(items) => !matches!(items.first(), Some(Value::Object(_))),
        _ => true,
    }
}

fn sibling<'v>(object: &'v Object<'v>, name: &str) -> Option<&'v Value<'v>> {
    object.iter().find(|(key, _)| key.raw().strip_prefix('_') == Some(name)).map(|(_, value)| value)
}

/// Adds an element or, for a list, each of its entries.
fn push<'v>(
    value: Option<&'v Value<'v>>,
    beside: Option<&'v Value<'v>>,
    kind: Option<&'static str>,
    out: &mut Items<'v>,
) {
    match (value, beside) {
        (Some(Value::Array(items)), _) => {
            let besides = beside.map(Value::items).unwrap_or_default();
            for index in 0..items.len().max(besides.len()) {
                let value = items.get(index).filter(|value| !matches!(value, Value::Null));
                let beside = besides.get(index).filter(|value| !matches!(value, Value::Null));
                push_one(value, beside, kind, out);
            }
        }
        (None, Some(Value::Array(besides))) => {
            for beside in besides.iter().filter(|value| !matches!(value, Value::Null)) {
                push_one(None, Some(beside), kind, out);
            }
        }
        _ => push_one(value.filter(|value| !matches!(value, Value::Null)), beside, kind, out),
    }
}

fn push_one<'v>(
    value: Option<&'v Value<'v>>,
    beside: Option<&'v Value<'v>>,
    kind: Option<&'static str>,
    out: &mut Items<'v>,
) {
    if value.is_some() || beside.is_some() {
        out.push(Item::Node(Node::with(value, beside, kind)));
    }
}
