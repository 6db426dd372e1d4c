//! The wire profile: what a newer volume of the specification may change and what is not public, as data.
//!
//! Specification: digest `e-prescription` sections 2, 4–6, 13, 15 and 16. The built-in profile is `profile.toml`; a
//! file of the same form replaces it when the official volumes are at hand.
mod layout;
mod split;

pub(crate) use karute_transport::profile::day as item_day;
pub use karute_transport::profile::{
    Assumption, Format, Item, ItemError, List, Message, Noted, ProfileError, Target, jis_x_0208,
};
pub use layout::{Layout, RecordSpec, Section, Times};
pub use split::SplitRules;

use karute_transport::profile::{MAX_PROFILE_BYTES, WrittenList, WrittenMessage, form, plain};
use karute_transport::relay::Names as FileNames;
use karute_transport::way::Ways;
use karute_transport::xml::Bounds;
use karute_transport::{Pace, WebNames};
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
    /// Elements and texts of a document.
    pub max_xml_nodes: usize,
    /// Bytes of a CSV.
    pub max_csv_bytes: usize,
    /// Lines of a CSV.
    pub max_csv_lines: usize,
    /// Entries of a repeated part.
    pub max_list_entries: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    envelope: Envelope,
    limits: Limits,
    text: BTreeMap<String, Noted<bool>>,
    timing: BTreeMap<String, Noted<u64>>,
    webapi: WebApi,
    result_codes: BTreeMap<String, Noted<String>>,
    status_words: BTreeMap<String, Noted<String>>,
    message: BTreeMap<String, WrittenMessage>,
    list: BTreeMap<String, WrittenList>,
    codes: BTreeMap<String, Vec<String>>,
    split: split::Written,
    prescription: layout::Written,
    in_house: layout::Written,
    dispensing: layout::Written,
}

/// Names in the envelopes (digest section 6).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// `xsi:noNamespaceSchemaLocation` of a prescription.
    pub prescription_schema: Noted<String>,
    /// `Version/@Value` of a prescription.
    pub prescription_version: Noted<String>,
    /// `xsi:noNamespaceSchemaLocation` of 院内処方.
    pub in_house_schema: Noted<String>,
    /// `Version/@Value` of 院内処方.
    pub in_house_version: Noted<String>,
    /// `xsi:noNamespaceSchemaLocation` of a dispensing result.
    pub dispensing_schema: Noted<String>,
    /// `Version/@Value` of a dispensing result.
    pub dispensing_version: Noted<String>,
}

/// Paths and names of the Web API (transport digest section 4).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebApi {
    /// Path of the login.
    pub login_path: Noted<String>,
    /// Path of the refresh.
    pub refresh_path: Noted<String>,
    /// Path before the API id.
    pub call_path: Noted<String>,
    /// Header that repeats `ArbitraryFileIdentifier`.
    pub correlation_header: Noted<String>,
    /// How long an access token is used, in seconds.
    pub token_life_s: Noted<u64>,
}

/// A wire profile, read and checked.
#[derive(Clone, Debug)]
pub struct Profile {
    name: String,
    envelope: Envelope,
    limits: Limits,
    jis_only: bool,
    timing: BTreeMap<String, u64>,
    webapi: WebApi,
    result_codes: BTreeMap<String, String>,
    status_words: BTreeMap<String, String>,
    messages: BTreeMap<String, Message>,
    lists: BTreeMap<String, List>,
    split: SplitRules,
    prescription: Layout,
    in_house: Layout,
    dispensing: Layout,
    assumed: Vec<Assumption>,
}

type Names = &'static [&'static str];

/// Messages, lists, times and words that the code asks for by name; a profile without one of them is refused.
const MESSAGES: &[(&str, Names, Names)] = &[
    ("precheck", &["insurer", "symbol", "number", "branch", "date"], &[]),
    ("check", &["prescription", "own", "online", "oral"], &["outcome"]),
    ("register", &["prescription", "issue"], &["id", "code"]),
    ("cancel", &["id"], &[]),
    ("change", &["id", "prescription", "issue"], &["id", "code"]),
    ("undo-cancel", &["id"], &["id", "code"]),
    ("undo-change", &["id"], &["id", "code"]),
    ("copy", &["id"], &["file"]),
    ("list", &["from", "to"], &[]),
    ("by-dispensing", &["dispensing"], &["result", "message"]),
    ("status", &["id"], &["status", "pharmacy-code", "pharmacy-name", "message", "result"]),
    ("search", &["insurer", "symbol", "number", "branch", "from", "to"], &[]),
    ("in-house-register", &["prescription"], &["id"]),
    ("in-house-cancel", &["id"], &[]),
    ("in-house-change", &["id", "prescription"], &["id"]),
    ("in-house-search", &["insurer", "symbol", "number", "branch", "from", "to"], &[]),
];
const LISTS: &[(&str, Names)] = &[
    ("xml", &["code", "message"]),
    ("csv", &["code", "message"]),
    ("verify", &["status", "message", "sign"]),
    ("failure", &["key", "code", "message"]),
    ("found", &["id", "code", "created"]),
    ("in-house-found", &["id", "created"]),
    ("rows", &["id", "dispensing", "status", "date", "pharmacy-code", "pharmacy-name", "message", "updated"]),
    ("check", &["id", "category", "ingredient", "message"]),
    ("target", &["code-kind", "code", "name", "quantity", "usage", "form"]),
    ("past", &["date", "code-kind", "code", "name", "institution", "pharmacy", "quantity", "usage", "form"]),
];
const TIMING: &[&str] = &[
    "pickup_timeout_ms",
    "poll_ms",
    "answer_timeout_ms",
    "check_timeout_ms",
    "list_window_days",
    "settle_ms",
    "clock_skew_s",
];
const STATUS_WORDS: &[&str] = &["cancelled", "issued", "in_dispensing", "dispensed", "returned"];
const RESULT_CODES: &[&str] = &[
    "line_end",
    "nothing_to_cancel",
    "malformed",
    "institution_mismatch",
    "record_missing",
    "item_wrong",
    "unknown_drug",
    "unknown_usage",
    "refill_not_allowed",
    "signature_invalid",
    "certificate_expired",
    "role_wrong",
    "person_not_found",
    "prescription_not_found",
    "already_received",
    "issue_date_outside",
    "consent_missing",
    "maintenance",
    "injected",
];

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
        let codes = Arc::new(written.codes);
        written.envelope.note(&mut assumed);
        written.webapi.note(&mut assumed);
        let text = plain("text", written.text, &mut assumed);
        let timing = plain("timing", written.timing, &mut assumed);
        let result_codes = plain("result_codes", written.result_codes, &mut assumed);
        let status_words = plain("status_words", written.status_words, &mut assumed);
        let mut messages = BTreeMap::new();
        for (name, message) in written.message {
            messages.insert(name.clone(), message.read(&name, &codes, &mut assumed)?);
        }
        let mut lists = BTreeMap::new();
        for (name, list) in written.list {
            lists.insert(name.clone(), list.read(&name, &codes, &mut assumed)?);
        }
        let in_house = written.in_house.like(&written.prescription).map_err(form("in_house"))?;
        let prescription =
            written.prescription.read("prescription", &codes, &mut assumed).map_err(form("prescription"))?;
        let in_house = in_house.read("in_house", &codes, &mut assumed).map_err(form("in_house"))?;
        let dispensing = written.dispensing.read("dispensing", &codes, &mut assumed).map_err(form("dispensing"))?;
        let split = written.split.read(&mut assumed);
        assumed.sort();
        let profile = Profile {
            name: written.name,
            envelope: written.envelope,
            limits: written.limits,
            jis_only: text.get("jis_x_0208_only").copied().unwrap_or(false),
            timing,
            webapi: written.webapi,
            result_codes,
            status_words,
            messages,
            lists,
            split,
            prescription,
            in_house,
            dispensing,
            assumed,
        };
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
        for (name, items) in LISTS {
            if !self.lists.get(*name).is_some_and(|list| has(&list.items, items)) {
                return lacks(format!("list.{name}"));
            }
        }
        if let Some(name) = TIMING.iter().find(|name| !self.timing.contains_key(**name)) {
            return lacks(format!("timing.{name}"));
        }
        if let Some(name) = STATUS_WORDS.iter().find(|name| !self.status_words.contains_key(**name)) {
            return lacks(format!("status_words.{name}"));
        }
        if let Some(name) = RESULT_CODES.iter().find(|name| !self.result_codes.contains_key(**name)) {
            return lacks(format!("result_codes.{name}"));
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
        karute_transport::profile::permits(&self.assumed, target)
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
    /// The ways to the service.
    pub fn ways(&self) -> Ways {
        let time = |name| Duration::from_millis(self.timing(name));
        Ways {
            files: FileNames(&["EPSsi", "EPSmu"]),
            pace: Pace {
                poll: time("poll_ms"),
                pickup: time("pickup_timeout_ms"),
                max_answer_bytes: self.limits.max_message_bytes,
            },
            web: WebNames {
                login_path: self.webapi.login_path.value().clone(),
                call_path: self.webapi.call_path.value().clone(),
                correlation_header: self.webapi.correlation_header.value().clone(),
                token_life_s: *self.webapi.token_life_s.value(),
            },
            cloud: None,
        }
    }
    /// Names in the envelopes.
    pub fn envelope(&self) -> &Envelope {
        &self.envelope
    }
    /// Paths of the Web API.
    pub fn webapi(&self) -> &WebApi {
        &self.webapi
    }
    /// Whether full-width text is bound to JIS X 0208.
    pub fn jis_only(&self) -> bool {
        self.jis_only
    }
    /// How parts of a divided prescription are said.
    pub fn split_rules(&self) -> SplitRules {
        self.split
    }
    /// Layout of the prescription's CSV.
    pub fn prescription(&self) -> &Layout {
        &self.prescription
    }
    /// Layout of the CSV of 院内処方.
    pub fn in_house(&self) -> &Layout {
        &self.in_house
    }
    /// Layout of the dispensing result's CSV.
    pub fn dispensing(&self) -> &Layout {
        &self.dispensing
    }
    /// A time by its name in the profile; 0 for a name that is not there.
    pub fn timing(&self, name: &str) -> u64 {
        self.timing.get(name).copied().unwrap_or_default()
    }
    /// A result code by its name in the profile; empty for a name that is not there.
    pub fn result_code(&self, name: &str) -> &str {
        self.result_codes.get(name).map_or("", String::as_str)
    }
    /// The word by which a status text is recognised; empty for a name that is not there.
    pub fn status_word(&self, name: &str) -> &str {
        self.status_words.get(name).map_or("", String::as_str)
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
}

impl Envelope {
    fn note(&self, assumed: &mut Vec<Assumption>) {
        self.prescription_schema.note("envelope.prescription_schema", assumed);
        self.prescription_version.note("envelope.prescription_version", assumed);
        self.in_house_schema.note("envelope.in_house_schema", assumed);
        self.in_house_version.note("envelope.in_house_version", assumed);
        self.dispensing_schema.note("envelope.dispensing_schema", assumed);
        self.dispensing_version.note("envelope.dispensing_version", assumed);
    }
}

impl WebApi {
    fn note(&self, assumed: &mut Vec<Assumption>) {
        self.login_path.note("webapi.login_path", assumed);
        self.refresh_path.note("webapi.refresh_path", assumed);
        self.call_path.note("webapi.call_path", assumed);
        self.correlation_header.note("webapi.correlation_header", assumed);
        self.token_life_s.note("webapi.token_life_s", assumed);
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
            "message.check.id",
            "message.check.request.prescription",
            "envelope.prescription_version",
            "prescription.201.name",
            "webapi.login_path",
            "list.rows.container",
            "text.jis_x_0208_only",
        ] {
            assert!(profile.assumed().iter().any(|assumption| assumption.place == place), "{place}");
        }
        // What was verified on samples or by two implementations is not in the list.
        for place in ["message.register.id", "prescription.12.sex", "result_codes.line_end"] {
            assert!(!profile.assumed().iter().any(|assumption| assumption.place == place), "{place}");
        }
    }

    #[test]
    fn a_profile_without_assumptions_may_call_the_service() {
        let mut text = String::new();
        for line in TEXT.lines() {
            // `{ value = X, assumed = "…" }` → X, and items without their mark.
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
            ("[message.cancel]", "[message.cancle]", "message.cancel"),
            ("\"issue IssueType 9(1) M\"]\nresult = [\"id", "\"issue IssueType 9[1] M\"]\nresult = [\"id", "message."),
            ("@T1", "@T99", "prescription"),
            ("poll_ms", "pol_ms", "timing.poll_ms"),
            ("times = \"0..1\"", "times = \"some\"", "prescription"),
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
