//! 宛先帳: institutions that letters go to, and which of them a person writes to.
//!
//! Entries are `Organization` resources with a tag of their own; what a person wrote to last and likes to see first are
//! settings of theirs.
use super::draft::written;
use super::head::Destination;
use crate::ChartError;
use crate::parts::coding;
use crate::query::{parse, resource_type, search};
use crate::view::element::{code, text};
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::{Object, Value};
use karute_ledger::{Access, Action, Change, Commit, Doc, Expect, Lookup, Reader};
use serde::{Deserialize, Serialize};

const SPACE: &str = "chart.letter.to";
/// Tag of entries.
const TAG: &str = "urn:karute:address-book";
const ENTRY: &str = "entry";
const INSTITUTION: &str = "http://jpfhir.jp/fhir/core/IdSystem/insurance-medical-institution-no";
const TYPE: &str = "http://terminology.hl7.org/CodeSystem/organization-type";
/// Destinations kept of a person at most.
const MOST: usize = 40;
/// Entries found at most.
const FOUND: &str = "40";

/// A destination as a person used it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Used {
    /// To whom, with department and doctor as they were.
    pub to: Destination,
    /// How often.
    pub times: u32,
    /// When last, in microseconds.
    pub at: i64,
    /// お気に入り
    pub favourite: bool,
}

/// What a person wrote to: favourites first, then the newest.
pub async fn known(access: &Access, person: &Id) -> Result<Vec<Used>, ChartError> {
    let kept = access.doc(SPACE, person.as_str()).await?;
    let mut all: Vec<Used> = kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    all.sort_by_key(|used| (!used.favourite, std::cmp::Reverse(used.at)));
    Ok(all)
}

fn is_same(a: &Destination, b: &Destination) -> bool {
    a.is_same(b) && a.department == b.department && a.doctor == b.doctor
}

/// The document that remembers a use, for the write that signs.
pub(super) async fn used(access: &Access, person: &Id, to: &Destination, now: Timestamp) -> Result<Doc, ChartError> {
    let mut all = known(access, person).await?;
    let before = all.iter().position(|used| is_same(&used.to, to)).map(|at| all.remove(at));
    let (times, favourite) = before.map_or((0, false), |used| (used.times, used.favourite));
    all.insert(0, Used { to: to.clone(), times: times.saturating_add(1), at: now.as_micros(), favourite });
    kept(person, all)
}

fn kept(person: &Id, mut all: Vec<Used>) -> Result<Doc, ChartError> {
    all.sort_by_key(|used| (!used.favourite, std::cmp::Reverse(used.at)));
    all.truncate(MOST);
    Ok(Doc::Put { space: SPACE, key: person.to_string(), value: written(&all)?, expires: None })
}

/// Marks a destination as a favourite of a person, or no longer.
pub async fn set_favourite(
    access: &Access,
    person: &Id,
    to: &Destination,
    favourite: bool,
    now: Timestamp,
) -> Result<Vec<Used>, ChartError> {
    let to = to.read()?;
    let mut all = known(access, person).await?;
    match all.iter_mut().find(|used| is_same(&used.to, &to)) {
        Some(used) => used.favourite = favourite,
        None => all.push(Used { to, times: 0, at: now.as_micros(), favourite }),
    }
    let mut commit = Commit::new(Action::Update);
    commit.detail = Some("宛先のお気に入り".to_owned());
    commit.docs.push(kept(person, all)?);
    access.commit(commit).await?;
    known(access, person).await
}

/// An entry of the address book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// `Organization` id.
    pub id: Id,
    /// Version.
    pub version: u32,
    /// The institution, without department and doctor.
    pub to: Destination,
}

/// Entries whose name begins with or contains the words, or whose code they are.
pub async fn find(reader: &Reader, words: &str) -> Result<Vec<Entry>, ChartError> {
    let words = crate::clean::line(words);
    let tag = format!("{TAG}|{ENTRY}");
    let digits = karute_japan::half_width_code(&words).into_owned();
    let own = format!("{INSTITUTION}|{digits}");
    let mut pairs = vec![("_tag", tag.as_str()), ("_count", FOUND)];
    if digits.len() == 10 && digits.bytes().all(|b| b.is_ascii_digit()) {
        pairs.push(("identifier", own.as_str()));
    } else if !words.is_empty() {
        pairs.push(("name:contains", words.as_str()));
    }
    let mut found = Vec::new();
    for version in search(reader, "Organization", &pairs).await?.matches {
        found.extend(entry(version.id.clone(), version.version, &parse(&version)?));
    }
    found.sort_by(|a, b| a.to.name.cmp(&b.to.name));
    Ok(found)
}

fn entry(id: Id, version: u32, body: &Value<'_>) -> Option<Entry> {
    let identifiers = body.get("identifier").map_or(&[][..], Value::items);
    let own = identifiers.iter().find(|i| text(i, &["system"]).as_deref() == Some(INSTITUTION));
    let telecom = |system: &str| {
        let all = body.get("telecom").map_or(&[][..], Value::items);
        let found = all.iter().find(|t| text(t, &["system"]).as_deref() == Some(system));
        found.and_then(|t| text(t, &["value"])).unwrap_or_default()
    };
    let to = Destination {
        book: Some(id.to_string()),
        code: own.and_then(|i| text(i, &["value"])).unwrap_or_default(),
        name: text(body, &["name"])?,
        address: text(body, &["address", "0", "text"]).unwrap_or_default(),
        phone: telecom("phone"),
        fax: telecom("fax"),
        is_other: body.get("type").is_some_and(|t| t.items().iter().any(|t| code(t, TYPE).as_deref() == Some("other"))),
        ..Destination::default()
    };
    Some(Entry { id, version, to })
}

/// Keeps an institution in the address book, anew (`seen` none) or changed.
pub async fn put(access: &Access, id: &Id, seen: Option<u32>, to: &Destination) -> Result<Entry, ChartError> {
    let to = to.read()?;
    let mut body = Object::new().with("resourceType", "Organization");
    let tag = coding(TAG, ENTRY, "宛先帳");
    body.insert("meta", Value::object([("tag", Value::Array(vec![tag]))]));
    if !to.code.is_empty() {
        let own = [("system", Value::string(INSTITUTION)), ("value", Value::string(to.code.clone()))];
        body.insert("identifier", Value::Array(vec![Value::object(own)]));
    }
    body.insert("active", Value::Bool(true));
    let kind = if to.is_other { ("other", "Other") } else { ("prov", "Healthcare Provider") };
    body.insert("type", Value::Array(vec![crate::parts::concept(TYPE, kind.0, kind.1)]));
    body.insert("name", Value::string(to.name.clone()));
    let telecom = |system: &'static str, value: &str| {
        let point = [("system", Value::string(system)), ("value", Value::string(value.to_owned()))];
        (!value.is_empty()).then(|| Value::object(point))
    };
    let telecoms: Vec<_> = telecom("phone", &to.phone).into_iter().chain(telecom("fax", &to.fax)).collect();
    if !telecoms.is_empty() {
        body.insert("telecom", Value::Array(telecoms));
    }
    if !to.address.is_empty() {
        body.insert("address", Value::Array(vec![crate::parts::words(&to.address)]));
    }
    let mut commit = Commit::new(if seen.is_some() { Action::Update } else { Action::Create });
    commit.detail = Some("宛先帳".to_owned());
    commit.changes.push(Change::Put {
        resource_type: resource_type("Organization")?,
        id: id.clone(),
        body: Value::Object(body),
        expect: seen.map_or(Expect::Absent, Expect::Version),
    });
    let made = access.commit(commit).await?;
    let version = made.versions.first().ok_or(ChartError::NotFound)?;
    entry(version.id.clone(), version.version, &parse(version)?).ok_or(ChartError::NotFound)
}

/// Takes an entry out.
pub async fn drop_entry(access: &Access, id: &Id, seen: u32) -> Result<(), ChartError> {
    let kind = resource_type("Organization")?;
    let Lookup::Found(version) = access.read(kind, id).await? else { return Err(ChartError::NotFound) };
    let body = parse(&version)?;
    let tags = body.at(&["meta", "tag"]).map_or(&[][..], Value::items);
    // The clinic's own Organization and those of its record are none of the address book.
    if !tags.iter().any(|tag| text(tag, &["system"]).as_deref() == Some(TAG)) {
        return Err(ChartError::NotFound);
    }
    let mut commit = Commit::new(Action::Delete);
    commit.detail = Some("宛先帳から削除".to_owned());
    commit.changes.push(Change::Delete { resource_type: kind, id: id.clone(), expect: Expect::Version(seen) });
    access.commit(commit).await?;
    Ok(())
}
