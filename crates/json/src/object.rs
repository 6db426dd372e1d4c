//! Objects with key order.
use crate::{Text, Value};

/// A JSON object: members in the order they were written, keys unique.
/// Equality compares members in order; see [`Value::same_value`].
#[derive(Clone, Debug, Default, PartialEq)]
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
    fn position(&self, key: &str) -> Option<usize> {
        self.members.iter().position(|(name, _)| name == key)
    }
    /// Whether there is a member `key`.
    pub fn contains_key(&self, key: &str) -> bool {
        self.position(key).is_some()
    }
    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&Value<'a>> {
        self.members.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }
    /// The value of `key`, to change.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value<'a>> {
        self.members.iter_mut().find(|(name, _)| name == key).map(|(_, value)| value)
    }
    /// Replaces the value of `key` in place, or appends the member.
    pub fn insert(&mut self, key: &str, value: Value<'a>) {
        self.insert_at(self.members.len(), key, value);
    }
    /// Like [`insert`](Self::insert), but a new member goes to position `index` (to the end when there are fewer).
    pub fn insert_at(&mut self, index: usize, key: &str, value: Value<'a>) {
        if let Some(present) = self.get_mut(key) {
            *present = value;
        } else {
            let index = index.min(self.members.len());
            self.members.insert(index, (Text::new(key.to_owned()), value));
        }
    }
    /// Builds objects in one expression: appends or replaces a member and hands the object on.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value<'a>>) -> Object<'a> {
        self.insert(key, value.into());
        self
    }
    /// Removes and returns the value of `key`.
    pub fn remove(&mut self, key: &str) -> Option<Value<'a>> {
        self.position(key).map(|index| self.members.remove(index).1)
    }
    /// Members in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Text<'a>, &Value<'a>)> {
        self.members.iter().map(|(k, v)| (k, v))
    }
    /// Values in order, to change.
    pub fn values_mut(&mut self) -> impl Iterator<Item = (&Text<'a>, &mut Value<'a>)> {
        self.members.iter_mut().map(|(k, v)| (&*k, v))
    }
    /// Detached from the text it was parsed from.
    pub fn into_owned(self) -> Object<'static> {
        Object { members: self.members.into_iter().map(|(k, v)| (k.into_owned(), v.into_owned())).collect() }
    }
}

impl<'a, K: Into<std::borrow::Cow<'a, str>>, V: Into<Value<'a>>> FromIterator<(K, V)> for Object<'a> {
    /// The keys must be different from each other.
    fn from_iter<I: IntoIterator<Item = (K, V)>>(members: I) -> Object<'a> {
        Object { members: members.into_iter().map(|(k, v)| (Text::new(k), v.into())).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_replaced_in_place_and_a_new_one_goes_where_asked() {
        let mut object = Object::new().with("resourceType", "Patient").with("active", true);
        object.insert_at(1, "id", Value::string("1"));
        object.insert("active", Value::Bool(false));
        object.insert_at(99, "gender", Value::string("female"));
        assert_eq!(
            Value::Object(object.clone()).to_json(),
            r#"{"resourceType":"Patient","id":"1","active":false,"gender":"female"}"#
        );
        assert_eq!(object.remove("id"), Some(Value::string("1")));
        assert_eq!(object.remove("id"), None);
        assert!(object.contains_key("gender"));
        assert_eq!(object.len(), 3);
    }
}
