//! The tree.
use crate::{Number, Object, Text};
use std::borrow::Cow;

/// A JSON value that borrows from the text it was parsed from where it can.
#[derive(Clone, Debug)]
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

impl<'a> Value<'a> {
    /// A string value.
    pub fn string(plain: impl Into<Cow<'a, str>>) -> Value<'a> {
        Value::String(Text::new(plain))
    }
    /// Member of an object (`None` for anything else).
    pub fn get(&self, key: &str) -> Option<&Value<'a>> {
        self.as_object()?.get(key)
    }
    /// Descends by object keys; arrays are entered at their first element unless a segment is a number.
    pub fn at(&self, path: &[&str]) -> Option<&Value<'a>> {
        let _ = path;
        todo!()
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
    /// Writes compact JSON; every lexeme as it was read.
    pub fn write(&self, out: &mut String) {
        let _ = out;
        todo!()
    }
    /// Compact JSON text.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }
    /// Detached from the text it was parsed from.
    pub fn into_owned(self) -> Value<'static> {
        todo!()
    }
}
