//! Messages and their repeated parts, as a profile describes them.
use super::{Assumption, Codes, Item, Noted, ProfileError, form};
use serde::Deserialize;
use std::sync::Arc;

/// A message as it is written in a profile.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenMessage {
    id: Noted<String>,
    #[serde(default)]
    header: Vec<String>,
    request: Vec<String>,
    result: Vec<String>,
}

/// A repeated part as it is written in a profile.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenList {
    container: Noted<String>,
    child: Noted<String>,
    items: Vec<String>,
}

/// A kind of message: its API id and the items of its request and result, in the order they are written.
#[derive(Clone, Debug)]
pub struct Message {
    /// API識別ID without `req` and `res`.
    pub id: String,
    /// Items of the request's header beside those that every request has.
    pub header: Vec<Item>,
    /// Items of the request's body.
    pub request: Vec<Item>,
    /// Items of the result's body besides the common ones.
    pub result: Vec<Item>,
}

/// A repeated part of results.
#[derive(Clone, Debug)]
pub struct List {
    /// Element that holds the children; some writers repeat it instead.
    pub container: String,
    /// Element of one entry.
    pub child: String,
    /// Items of an entry.
    pub items: Vec<Item>,
}

impl WrittenMessage {
    /// Reads it, noting what is assumed.
    ///
    /// # Errors
    /// When an item cannot be read.
    pub fn read(&self, name: &str, codes: &Arc<Codes>, assumed: &mut Vec<Assumption>) -> Result<Message, ProfileError> {
        let place = format!("message.{name}");
        self.id.note(&format!("{place}.id"), assumed);
        let mut items = |list: &[String], part: &str| {
            Item::list(list, &format!("{place}.{part}"), codes, assumed).map_err(form(&place))
        };
        let header = items(&self.header, "header")?;
        let request = items(&self.request, "request")?;
        let result = items(&self.result, "result")?;
        Ok(Message { id: self.id.value().clone(), header, request, result })
    }
}

impl WrittenList {
    /// Reads it, noting what is assumed.
    ///
    /// # Errors
    /// When an item cannot be read.
    pub fn read(&self, name: &str, codes: &Arc<Codes>, assumed: &mut Vec<Assumption>) -> Result<List, ProfileError> {
        let place = format!("list.{name}");
        self.container.note(&format!("{place}.container"), assumed);
        self.child.note(&format!("{place}.child"), assumed);
        let items = Item::list(&self.items, &place, codes, assumed).map_err(form(&place))?;
        Ok(List { container: self.container.value().clone(), child: self.child.value().clone(), items })
    }
}
