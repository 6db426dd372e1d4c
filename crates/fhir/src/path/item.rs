//! What expressions work on: collections of items.
use super::ast::QuantityLiteral;
use super::temporal::Temporal;
use super::types;
use crate::model::{TypeId, TypeKind};
use karute_json::Value;
use rust_decimal::Decimal;
use std::borrow::Cow;

/// An element of a resource: its JSON value, what stands beside it in the `_name` member (id and extensions of a
/// primitive), and its type where it is known.
#[derive(Clone, Copy, Debug)]
pub struct Node<'v> {
    pub(crate) value: Option<&'v Value<'v>>,
    pub(crate) beside: Option<&'v Value<'v>>,
    pub(crate) kind: Option<TypeId>,
}

impl<'v> Node<'v> {
    /// A resource.
    pub fn new(resource: &'v Value<'v>) -> Node<'v> {
        Node { value: Some(resource), beside: None, kind: types::of_resource(resource) }
    }
    /// An element with what is known of it: its value and its `_name` sibling (at least one of them), and its type.
    pub(crate) fn element(
        value: Option<&'v Value<'v>>,
        beside: Option<&'v Value<'v>>,
        kind: Option<TypeId>,
    ) -> Node<'v> {
        let any = kind.is_none_or(|kind| kind.definition().kind == TypeKind::AnyResource);
        let kind = if any { value.and_then(types::of_resource).or(kind) } else { kind };
        Node { value, beside, kind }
    }
    /// The JSON value; `None` for a primitive that has extensions only.
    pub fn value(&self) -> Option<&'v Value<'v>> {
        self.value
    }
    /// Name of the FHIR type, where it is known.
    pub fn kind(&self) -> Option<&'static str> {
        self.kind.map(|kind| kind.definition().name)
    }
    /// A primitive with a value.
    pub(crate) fn primitive(&self) -> Option<&'v Value<'v>> {
        self.value.filter(|value| matches!(value, Value::Bool(_) | Value::Number(_) | Value::String(_)))
    }
    /// Whether it is of a type called `wanted`. What is of unknown type is what its JSON shows.
    pub(crate) fn is_a(&self, wanted: &str) -> bool {
        match (self.kind, self.value) {
            (Some(kind), _) => types::is_a(kind, wanted),
            (None, Some(Value::String(_))) => matches!(wanted, "string" | "String"),
            (None, Some(Value::Bool(_))) => matches!(wanted, "boolean" | "Boolean"),
            (None, Some(Value::Number(number))) => match wanted {
                "integer" | "Integer" => number.as_i64().is_some(),
                "decimal" | "Decimal" => true,
                _ => false,
            },
            _ => false,
        }
    }
}

/// One item of a collection.
#[derive(Clone, Debug)]
pub enum Item<'v> {
    /// An element of the resource.
    Node(Node<'v>),
    /// A computed boolean.
    Bool(bool),
    /// A computed integer.
    Integer(i64),
    /// A computed decimal.
    Decimal(Decimal),
    /// A computed text.
    Text(Cow<'v, str>),
    /// A resource that is not at hand, but whose type its reference tells.
    Resource(crate::ResourceType),
    /// A date or time written in the expression.
    #[doc(hidden)]
    Temporal(TemporalItem<'v>),
    /// A quantity written in the expression.
    #[doc(hidden)]
    Quantity(QuantityItem<'v>),
}

/// A date or time of an expression (opaque).
#[derive(Clone, Copy, Debug)]
pub struct TemporalItem<'v>(pub(crate) Temporal, pub(crate) &'v str);

/// A quantity of an expression (opaque).
#[derive(Clone, Copy, Debug)]
pub struct QuantityItem<'v>(pub(crate) &'v QuantityLiteral);

impl<'v> Item<'v> {
    /// The element.
    pub fn as_node(&self) -> Option<Node<'v>> {
        match self {
            Item::Node(node) => Some(*node),
            _ => None,
        }
    }
    /// The boolean, computed or of the resource.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Item::Bool(value) => Some(*value),
            Item::Node(node) => node.value.and_then(Value::as_bool),
            _ => None,
        }
    }
    /// The text, computed or of the resource.
    pub fn as_text(&self) -> Option<Cow<'v, str>> {
        match self {
            Item::Text(text) => Some(text.clone()),
            Item::Node(node) => node.value.and_then(Value::as_str),
            _ => None,
        }
    }
    /// The integer, computed or of the resource.
    pub(crate) fn as_integer(&self) -> Option<i64> {
        match self {
            Item::Integer(value) => Some(*value),
            Item::Node(node) => node.value.and_then(Value::as_number).and_then(karute_json::Number::as_i64),
            _ => None,
        }
    }
}

/// A collection. Nearly all have no or one item, and those need no memory.
#[derive(Clone, Debug, Default)]
pub(crate) enum Items<'v> {
    #[default]
    None,
    One(Item<'v>),
    Many(Vec<Item<'v>>),
}

impl<'v> Items<'v> {
    pub(crate) fn as_slice(&self) -> &[Item<'v>] {
        match self {
            Items::None => &[],
            Items::One(item) => std::slice::from_ref(item),
            Items::Many(items) => items,
        }
    }
    pub(crate) fn push(&mut self, item: Item<'v>) {
        match self {
            Items::None => *self = Items::One(item),
            Items::One(_) => {
                let Items::One(first) = std::mem::take(self) else { return };
                *self = Items::Many(vec![first, item]);
            }
            Items::Many(items) => items.push(item),
        }
    }
    pub(crate) fn extend(&mut self, other: Items<'v>) {
        match (&mut *self, other) {
            (_, Items::None) => {}
            (Items::None, other) => *self = other,
            (Items::Many(items), Items::Many(more)) => items.extend(more),
            (_, other) => other.into_iter().for_each(|item| self.push(item)),
        }
    }
    pub(crate) fn len(&self) -> usize {
        self.as_slice().len()
    }
    pub(crate) fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }
    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Item<'v>> {
        self.as_slice().iter()
    }
    pub(crate) fn into_vec(self) -> Vec<Item<'v>> {
        match self {
            Items::None => Vec::new(),
            Items::One(item) => vec![item],
            Items::Many(items) => items,
        }
    }
    /// The only item.
    pub(crate) fn only(&self) -> Option<&Item<'v>> {
        match self.as_slice() {
            [item] => Some(item),
            _ => None,
        }
    }
}

impl<'v> IntoIterator for Items<'v> {
    type Item = Item<'v>;
    type IntoIter = std::iter::Chain<std::option::IntoIter<Item<'v>>, std::vec::IntoIter<Item<'v>>>;
    fn into_iter(self) -> Self::IntoIter {
        let (one, many) = match self {
            Items::None => (None, Vec::new()),
            Items::One(item) => (Some(item), Vec::new()),
            Items::Many(items) => (None, items),
        };
        one.into_iter().chain(many)
    }
}

impl<'v> FromIterator<Item<'v>> for Items<'v> {
    fn from_iter<I: IntoIterator<Item = Item<'v>>>(items: I) -> Items<'v> {
        let mut out = Items::None;
        items.into_iter().for_each(|item| out.push(item));
        out
    }
}

impl<'v> From<bool> for Items<'v> {
    fn from(value: bool) -> Items<'v> {
        Items::One(Item::Bool(value))
    }
}

impl<'v> From<Option<Item<'v>>> for Items<'v> {
    fn from(item: Option<Item<'v>>) -> Items<'v> {
        item.map_or(Items::None, Items::One)
    }
}
