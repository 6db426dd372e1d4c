//! The tree.
use crate::{Number, Object, Text};
use std::borrow::Cow;
use std::collections::HashMap;

/// A JSON value that borrows from the text it was parsed from where it can.
///
/// `==` compares trees: decoded strings, number lexemes, members in order. For equality of meaning see
/// [`Value::same_value`].
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number lexeme.
    Number(Number<'a>),
    /// A string lexeme.
    String(Text<'a>),
    /// An array.
    Array(Vec<Value<'a>>),
    /// An object.
    Object(Object<'a>),
}

/// Objects with more members than this are compared by hashing.
const LINEAR_KEYS: usize = 16;

impl<'a> Value<'a> {
    /// A string value.
    pub fn string(plain: impl Into<Cow<'a, str>>) -> Value<'a> {
        Value::String(Text::new(plain))
    }
    /// An object of the given members, in order. The keys must be different from each other.
    pub fn object<K: Into<Cow<'a, str>>, const N: usize>(members: [(K, Value<'a>); N]) -> Value<'a> {
        Value::Object(members.into_iter().collect())
    }
    /// Member of an object (`None` for anything else).
    pub fn get(&self, key: &str) -> Option<&Value<'a>> {
        self.as_object()?.get(key)
    }
    /// Descends by object keys; arrays are entered at their first element unless a segment is a number.
    pub fn at(&self, path: &[&str]) -> Option<&Value<'a>> {
        let mut here = self;
        for segment in path {
            if let (Value::Array(items), Ok(index)) = (here, segment.parse::<usize>()) {
                here = items.get(index)?;
                continue;
            }
            while let Value::Array(items) = here {
                here = items.first()?;
            }
            here = here.get(segment)?;
        }
        Some(here)
    }
    /// Decoded text of a string.
    pub fn as_str(&self) -> Option<Cow<'_, str>> {
        match self {
            Value::String(t) => Some(t.decode()),
            _ => None,
        }
    }
    /// The boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(b) => Some(*b),
            _ => None,
        }
    }
    /// The number lexeme.
    pub fn as_number(&self) -> Option<&Number<'a>> {
        match self {
            Value::Number(n) => Some(n),
            _ => None,
        }
    }
    /// The elements of an array.
    pub fn as_array(&self) -> Option<&[Value<'a>]> {
        match self {
            Value::Array(a) => Some(a),
            _ => None,
        }
    }
    /// The object.
    pub fn as_object(&self) -> Option<&Object<'a>> {
        match self {
            Value::Object(o) => Some(o),
            _ => None,
        }
    }
    /// The object, to change.
    pub fn as_object_mut(&mut self) -> Option<&mut Object<'a>> {
        match self {
            Value::Object(o) => Some(o),
            _ => None,
        }
    }
    /// The elements of an array; empty for anything else. Convenient for optional FHIR lists.
    pub fn items(&self) -> &[Value<'a>] {
        self.as_array().unwrap_or(&[])
    }
    /// Whether both mean the same: numbers by exact value, strings by decoded text, objects in any order of
    /// members (RFC 6902 section 4.6).
    pub fn same_value(&self, other: &Value<'_>) -> bool {
        match (self, other) {
            (Value::Null, Value::Null) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Number(a), Value::Number(b)) => a.same_value(b),
            (Value::String(a), Value::String(b)) => a == b,
            (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same_value(b)),
            (Value::Object(a), Value::Object(b)) if a.len() != b.len() => false,
            (Value::Object(a), Value::Object(b)) if a.len() <= LINEAR_KEYS => {
                a.iter().all(|(key, value)| b.get(&key.decode()).is_some_and(|found| value.same_value(found)))
            }
            (Value::Object(a), Value::Object(b)) => {
                let by_key: HashMap<Cow<'_, str>, &Value<'_>> = b.iter().map(|(k, v)| (k.decode(), v)).collect();
                a.iter().all(|(key, value)| by_key.get(&key.decode()).is_some_and(|found| value.same_value(found)))
            }
            _ => false,
        }
    }
    /// Compact JSON text.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }
    /// Detached from the text it was parsed from.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Null => Value::Null,
            Value::Bool(b) => Value::Bool(b),
            Value::Number(n) => Value::Number(n.into_owned()),
            Value::String(t) => Value::String(t.into_owned()),
            Value::Array(items) => Value::Array(items.into_iter().map(Value::into_owned).collect()),
            Value::Object(object) => Value::Object(object.into_owned()),
        }
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(plain: &'a str) -> Value<'a> {
        Value::string(plain)
    }
}

impl From<String> for Value<'_> {
    fn from(plain: String) -> Self {
        Value::string(plain)
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Value::Number(Number::from_i64(value))
    }
}

impl<'a> From<Number<'a>> for Value<'a> {
    fn from(value: Number<'a>) -> Self {
        Value::Number(value)
    }
}

impl<'a> From<Vec<Value<'a>>> for Value<'a> {
    fn from(items: Vec<Value<'a>>) -> Self {
        Value::Array(items)
    }
}

impl<'a> From<Object<'a>> for Value<'a> {
    fn from(object: Object<'a>) -> Self {
        Value::Object(object)
    }
}
