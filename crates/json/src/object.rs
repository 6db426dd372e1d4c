//! Objects with key order.
use crate::{Text, Value};

/// A JSON object: members in the order they were written, keys unique.
#[derive(Clone, Debug, Default)]
pub struct Object<'a> {
    pub(crate) members: Vec<(Text<'a>, Value<'a>)>,
}

impl<'a> Object<'a> {
    /// An empty object.
    pub fn new() -> Object<'a> {
        Object { members: Vec::new() }
    }
    /// Number of members.
    pub fn len(&self) -> usize {
        self.members.len()
    }
    /// Whether there is no member.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&Value<'a>> {
        let _ = key;
        todo!()
    }
    /// The value of `key`, to change.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value<'a>> {
        let _ = key;
        todo!()
    }
    /// Replaces the value of `key` in place, or appends the member.
    pub fn insert(&mut self, key: &str, value: Value<'a>) {
        let _ = (key, value);
        todo!()
    }
    /// Like [`insert`](Self::insert), but a new member goes to position `index`.
    pub fn insert_at(&mut self, index: usize, key: &str, value: Value<'a>) {
        let _ = (index, key, value);
        todo!()
    }
    /// Removes and returns the value of `key`.
    pub fn remove(&mut self, key: &str) -> Option<Value<'a>> {
        let _ = key;
        todo!()
    }
    /// Members in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Text<'a>, &Value<'a>)> {
        self.members.iter().map(|(k, v)| (k, v))
    }
    /// Values in order, to change.
    pub fn values_mut(&mut self) -> impl Iterator<Item = (&Text<'a>, &mut Value<'a>)> {
        self.members.iter_mut().map(|(k, v)| (&*k, v))
    }
}
