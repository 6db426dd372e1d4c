//! The wire profile: what a newer volume of the specification may change and what is not public, as data.
//!
//! Specification: digest `clins-service` sections 3, 4, 7, 11, 16.2 and 18. The built-in profile is `profile.toml`; a
//! file of the same form replaces it when the official volumes are at hand.
mod named;

pub use karute_transport::profile::{Assumption, ItemError, ProfileError, Target};

use karute_transport::profile::{
    Codes, Item, List, MAX_PROFILE_BYTES, Message, Noted, WrittenList, WrittenMessage, permits, plain,
};
use karute_transport::relay::Names as FileNames;
use karute_transport::way::Ways;
use karute_transport::xml::Bounds;
use karute_transport::{CloudNames, Pace, WebNames};
use named::{CLOUD, CODES, ENVELOPE, KINDS, LISTS, MESSAGES, STATES, TIMING, VIEW_HEADER, VIEW_KINDS, WEBAPI};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// Bounds of ours on what is read and written.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Bytes of a request or result.
    pub max_message_bytes: usize,
    /// Depth of elements.
    pub max_xml_depth: usize,
    /// Elements of a message.
    pub max_xml_nodes: usize,
    /// Entries of a repeated part.
    pub max_list_entries: usize,
    /// Findings that are kept of one result.
    pub max_findings: usize,
    /// Attachments of a letter.
    pub max_attachments: u32,
    /// Pages of one list.
    pub max_pages: u32,
}

type Table<T> = BTreeMap<String, Noted<T>>;

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Mixed {
    Number(Noted<u64>),
    Text(Noted<String>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    limits: Limits,
    timing: Table<u64>,
    webapi: BTreeMap<String, Mixed>,
    cloud: BTreeMap<String, Mixed>,
    envelope: Table<String>,
    kinds: Table<String>,
    states: Table<String>,
    result_codes: Table<String>,
    view_kinds: Table<String>,
    message: BTreeMap<String, WrittenMessage>,
    list: BTreeMap<String, WrittenList>,
}

/// A wire profile, read and checked.
#[derive(Clone, Debug)]
pub struct Profile {
    name: String,
    limits: Limits,
    timing: BTreeMap<String, u64>,
    texts: BTreeMap<String, String>,
    numbers: BTreeMap<String, u64>,
    messages: BTreeMap<String, Message>,
    lists: BTreeMap<String, List>,
    assumed: Vec<Assumption>,
}

impl Profile {
    /// The profile that comes with the product.
    ///
    /// # Panics
    /// Never in a product that was tested: the file is part of it.
    #[allow(clippy::expect_used)]
    pub fn built_in() -> Arc<Profile> {
        static BUILT_IN: LazyLock<Arc<Profile>> = LazyLock::new(|| {
            Arc::new(Profile::parse(include_str!("../../profile.toml")).expect("the built-in profile is whole"))
        });
        Arc::clone(&BUILT_IN)
    }

    /// Reads a profile in TOML.
    ///
    /// # Errors
    /// When it is larger than 1 MiB, is not of the form of `profile.toml`, or lacks a name that the code asks for.
    pub fn parse(text: &str) -> Result<Profile, ProfileError> {
        if text.len() > MAX_PROFILE_BYTES {
            return Err(ProfileError::Form("larger than 1 MiB".to_owned()));
        }
        let written: Written = toml::from_str(text).map_err(|error| ProfileError::Form(error.to_string()))?;
        let mut assumed = Vec::new();
        let timing = plain("timing", written.timing, &mut assumed);
        let (mut texts, mut numbers) = (BTreeMap::new(), BTreeMap::new());
        for (table, values) in [("webapi", written.webapi), ("cloud", written.cloud)] {
            for (name, value) in values {
                let place = format!("{table}.{name}");
                match value {
                    Mixed::Number(number) => {
                        number.note(&place, &mut assumed);
                        numbers.insert(place, *number.value());
                    }
                    Mixed::Text(text) => {
                        text.note(&place, &mut assumed);
                        texts.insert(place, text.value().clone());
                    }
                }
            }
        }
        for (table, values) in [
            ("envelope", written.envelope),
            ("kinds", written.kinds),
            ("states", written.states),
            ("result_codes", written.result_codes),
            ("view_kinds", written.view_kinds),
        ] {
            for (name, text) in plain(table, values, &mut assumed) {
                texts.insert(format!("{table}.{name}"), text);
            }
        }
        let codes: Arc<Codes> = Arc::default();
        let mut messages = BTreeMap::new();
        for (name, message) in written.message {
            messages.insert(name.clone(), message.read(&name, &codes, &mut assumed)?);
        }
        let mut lists = BTreeMap::new();
        for (name, list) in written.list {
            lists.insert(name.clone(), list.read(&name, &codes, &mut assumed)?);
        }
        assumed.sort();
        let profile =
            Profile { name: written.name, limits: written.limits, timing, texts, numbers, messages, lists, assumed };
        profile.whole()?;
        Ok(profile)
    }

    /// Whether everything the code asks for by name is there.
    fn whole(&self) -> Result<(), ProfileError> {
        let has = |items: &[Item], names: &[&str]| names.iter().all(|name| items.iter().any(|item| item.key == **name));
        let lacks = |what: String| Err(ProfileError::Form(format!("{what} is missing or lacks an item")));
        for (name, request, result) in MESSAGES {
            if !self.messages.get(*name).is_some_and(|m| has(&m.request, request) && has(&m.result, result)) {
                return lacks(format!("message.{name}"));
            }
        }
        if !self.messages.get("view").is_some_and(|m| has(&m.header, VIEW_HEADER)) {
            return lacks("message.view".to_owned());
        }
        for (name, items) in LISTS {
            if !self.lists.get(*name).is_some_and(|list| has(&list.items, items)) {
                return lacks(format!("list.{name}"));
            }
        }
        if let Some(name) = TIMING.iter().find(|name| !self.timing.contains_key(**name)) {
            return lacks(format!("timing.{name}"));
        }
        let words = [
            ("envelope", ENVELOPE),
            ("kinds", KINDS),
            ("states", STATES),
            ("result_codes", CODES),
            ("view_kinds", VIEW_KINDS),
            ("webapi", WEBAPI.0),
            ("cloud", CLOUD.0),
        ];
        for (table, names) in words {
            if let Some(name) = names.iter().find(|name| !self.texts.contains_key(&format!("{table}.{name}"))) {
                return lacks(format!("{table}.{name}"));
            }
        }
        for (table, names) in [("webapi", WEBAPI.1), ("cloud", CLOUD.1)] {
            if let Some(name) = names.iter().find(|name| !self.numbers.contains_key(&format!("{table}.{name}"))) {
                return lacks(format!("{table}.{name}"));
            }
        }
        Ok(())
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }
    /// Every assumed entry, by place.
    pub fn assumed(&self) -> &[Assumption] {
        &self.assumed
    }

    /// Whether a connection may be made with this profile: the real service is only called when nothing is assumed.
    ///
    /// # Errors
    /// When assumed entries are left and `target` is the real service.
    pub fn permits(&self, target: Target) -> Result<(), ProfileError> {
        permits(&self.assumed, target)
    }

    /// Bounds.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
    /// Bounds of XML.
    pub fn bounds(&self) -> Bounds {
        let Limits { max_message_bytes, max_xml_depth, max_xml_nodes, .. } = self.limits;
        Bounds { max_bytes: max_message_bytes, max_depth: max_xml_depth, max_nodes: max_xml_nodes }
    }
    /// A time by its name in the profile; 0 for a name that is not there.
    pub fn timing(&self, name: &str) -> u64 {
        self.timing.get(name).copied().unwrap_or_default()
    }
    /// The same in signed milliseconds, for moments.
    pub fn timing_ms(&self, name: &str) -> i64 {
        i64::try_from(self.timing(name)).unwrap_or(i64::MAX)
    }
    /// A text by its table and name (`envelope.document`, `result_codes.person`); empty for one that is not there.
    pub fn text(&self, place: &str) -> &str {
        self.texts.get(place).map_or("", String::as_str)
    }
    /// The name in a table that has this value.
    pub fn name_of(&self, table: &str, value: &str) -> Option<&str> {
        self.texts.iter().find_map(|(place, text)| {
            let (known, name) = place.split_once('.')?;
            (known == table && text == value).then_some(name)
        })
    }
    /// A kind of message by its name.
    pub fn message(&self, name: &str) -> Option<&Message> {
        self.messages.get(name)
    }
    /// All kinds of messages by name.
    pub fn messages(&self) -> impl Iterator<Item = (&str, &Message)> {
        self.messages.iter().map(|(name, message)| (name.as_str(), message))
    }
    /// A repeated part by its name.
    pub fn list(&self, name: &str) -> Option<&List> {
        self.lists.get(name)
    }

    /// Bytes of the request that brings a document of so many bytes: what a person compares with
    /// [`Limits::max_message_bytes`]. The document is put into Base64 twice.
    pub fn weight(document_bytes: usize) -> usize {
        let base64 = |bytes: usize| bytes.div_ceil(3).saturating_mul(4);
        // Frame, envelope and their names; generous.
        base64(base64(document_bytes).saturating_add(3_000)).saturating_add(1_000)
    }

    /// The ways to the service.
    pub fn ways(&self) -> Ways {
        let time = |name| Duration::from_millis(self.timing(name));
        let text = |place: &str| self.text(place).to_owned();
        let number = |place: &str| self.numbers.get(place).copied().unwrap_or_default();
        Ways {
            files: FileNames(&["CISsi", "CISmu", "OQSsicis", "CIPsi"]),
            pace: Pace {
                poll: time("poll_ms"),
                pickup: time("pickup_timeout_ms"),
                max_answer_bytes: self.limits.max_message_bytes,
            },
            web: WebNames {
                login_path: text("webapi.login_path"),
                call_path: text("webapi.call_path"),
                correlation_header: text("webapi.correlation_header"),
                token_life_s: number("webapi.token_life_s"),
            },
            cloud: Some(CloudNames {
                token_path: text("cloud.token_path"),
                call_path: text("cloud.call_path"),
                scope: text("cloud.scope"),
                institution_header: text("cloud.institution_header"),
                request_header: text("cloud.request_header"),
                idempotency_header: text("cloud.idempotency_header"),
                assertion_life_s: number("cloud.assertion_life_s"),
                token_life_s: number("cloud.token_life_s"),
            }),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const TEXT: &str = include_str!("../../profile.toml");

    #[test]
    fn the_real_service_is_refused_while_anything_is_assumed() {
        let profile = Profile::built_in();
        assert!(profile.permits(Target::Sandbox).is_ok());
        let Err(ProfileError::Assumed { count, .. }) = profile.permits(Target::Service) else { panic!("permitted") };
        assert_eq!(count, profile.assumed().len());
        for place in [
            "message.document-register.id",
            "message.list.request.page",
            "list.documents.key",
            "envelope.document",
            "kinds.referral",
            "states.registered",
            "result_codes.person",
            "cloud.token_path",
            "webapi.login_path",
        ] {
            assert!(profile.assumed().iter().any(|assumption| assumption.place == place), "{place}");
        }
        assert!(!profile.assumed().iter().any(|assumption| assumption.place == "timing.undo_ms"), "ours");
    }

    #[test]
    fn a_profile_without_assumptions_may_call_the_service() {
        let mut text = String::new();
        for line in TEXT.lines() {
            let mut line = match line.split_once("{ value = ") {
                Some((name, rest)) => format!("{name}{}", rest.split_once(", assumed").unwrap().0),
                None => line.to_owned(),
            };
            while let Some(at) = line.find(" ?") {
                let end = line[at..].find('"').unwrap();
                line.replace_range(at..at + end, "");
            }
            text.push_str(&line);
            text.push('\n');
        }
        let profile = Profile::parse(&text).unwrap();
        assert_eq!(profile.assumed(), []);
        assert!(profile.permits(Target::Service).is_ok());
    }

    #[test]
    fn a_damaged_profile_is_refused_with_its_place() {
        for (from, to, place) in [
            ("[message.unit-cancel]", "[message.unit-cancle]", "message.unit-cancel"),
            ("poll_ms", "pol_ms", "timing.poll_ms"),
            ("person = ", "persno = ", "result_codes.person"),
            ("[list.fhir]", "[list.fire]", "list.fhir"),
            ("sign = { value", "sing = { value", "envelope.sign"),
            ("D M ?C-2", "Q M ?C-2", "message.list"),
        ] {
            let text = TEXT.replacen(from, to, 1);
            assert_ne!(text, TEXT, "{from}");
            let error = Profile::parse(&text).unwrap_err().to_string();
            assert!(error.contains(place), "{from}: {error}");
        }
        assert!(Profile::parse("name = 1").is_err());
        assert!(Profile::parse(&"#".repeat(MAX_PROFILE_BYTES + 1)).is_err());
    }
}
