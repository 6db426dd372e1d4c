//! ValueSets and CodeSystems: what a required binding allows.
use crate::profile::model::{Codes, Members};
use crate::profile::read::{bare, list, text};
use karute_json::Value;
use std::collections::{HashMap, HashSet};

/// Value sets within value sets.
const MAX_DEPTH: usize = 8;
/// Concepts within concepts.
const MAX_LEVELS: usize = 32;

/// A code system with its content.
#[derive(Debug)]
pub(super) struct System {
    url: String,
    /// Whether every code of it is here.
    complete: bool,
    /// Each code with its parent's place.
    codes: Vec<(Box<str>, Option<usize>)>,
}

impl System {
    /// Reads one.
    pub(super) fn read(resource: &Value<'_>) -> Option<System> {
        let complete = text(resource, "content").as_deref() == Some("complete");
        let mut system = System { url: text(resource, "url")?.into_owned(), complete, codes: Vec::new() };
        system.add(list(resource, "concept"), None, 0);
        Some(system)
    }

    fn add(&mut self, concepts: &[Value<'_>], parent: Option<usize>, level: usize) {
        for concept in concepts {
            let Some(code) = text(concept, "code") else { continue };
            let place = self.codes.len();
            self.codes.push((code.into(), parent));
            if level < MAX_LEVELS {
                self.add(list(concept, "concept"), Some(place), level + 1);
            }
        }
    }

    /// The codes below one, and itself where wanted.
    fn below(&self, code: &str, itself: bool) -> HashSet<Box<str>> {
        // Parents stand before their children.
        let mut inside = vec![false; self.codes.len()];
        let mut found = HashSet::new();
        for (place, (own, parent)) in self.codes.iter().enumerate() {
            let is_it = &**own == code;
            let below = parent.is_some_and(|parent| inside.get(parent) == Some(&true));
            if let Some(inside) = inside.get_mut(place) {
                *inside = is_it || below;
            }
            if below || (is_it && itself) {
                found.insert(own.clone());
            }
        }
        found
    }
}

/// A value set as it is composed.
#[derive(Debug)]
pub(super) struct ValueSet {
    url: String,
    include: Vec<Part>,
    exclude: Vec<Part>,
}

/// One part of a composition.
#[derive(Debug, Default)]
struct Part {
    system: Option<String>,
    concepts: Vec<Box<str>>,
    /// Property, operator, value.
    filters: Vec<(String, String, String)>,
    value_sets: Vec<String>,
}

impl ValueSet {
    /// Reads one.
    pub(super) fn read(resource: &Value<'_>) -> Option<ValueSet> {
        let compose = resource.get("compose")?;
        let parts = |member: &str| list(compose, member).iter().map(part).collect();
        Some(ValueSet {
            url: text(resource, "url")?.into_owned(),
            include: parts("include"),
            exclude: parts("exclude"),
        })
    }
}

fn part(part: &Value<'_>) -> Part {
    let own = |value: &Value<'_>, member: &str| text(value, member).unwrap_or_default().into_owned();
    Part {
        system: text(part, "system").map(|system| bare(&system).to_owned()),
        concepts: list(part, "concept").iter().filter_map(|c| text(c, "code")).map(Box::from).collect(),
        filters: list(part, "filter").iter().map(|f| (own(f, "property"), own(f, "op"), own(f, "value"))).collect(),
        value_sets: list(part, "valueSet").iter().filter_map(Value::as_str).map(|v| bare(&v).to_owned()).collect(),
    }
}

/// The value sets and code systems of several packages, by canonical.
pub(super) struct Content<'p> {
    value_sets: HashMap<&'p str, &'p ValueSet>,
    systems: HashMap<&'p str, &'p System>,
}

impl<'p> Content<'p> {
    /// Later ones count.
    pub(super) fn of(packages: impl Iterator<Item = (&'p [ValueSet], &'p [System])>) -> Content<'p> {
        let mut content = Content { value_sets: HashMap::new(), systems: HashMap::new() };
        for (value_sets, systems) in packages {
            content.value_sets.extend(value_sets.iter().map(|set| (set.url.as_str(), set)));
            content.systems.extend(systems.iter().map(|system| (system.url.as_str(), system)));
        }
        content
    }

    /// Its members; `None`: they are not all at hand.
    pub(super) fn expand(&self, url: &str) -> Option<Codes> {
        self.set(self.value_sets.get(url)?, 0)
    }

    fn set(&self, set: &ValueSet, depth: usize) -> Option<Codes> {
        if depth > MAX_DEPTH {
            return None;
        }
        let mut codes = Codes::default();
        for part in &set.include {
            for (system, members) in self.part(part, depth)?.systems {
                merge(&mut codes, system, members);
            }
        }
        for part in &set.exclude {
            for (system, members) in self.part(part, depth)?.systems {
                match (codes.systems.get_mut(&system), members) {
                    (Some(Members::Only(own)), Members::Only(gone)) => own.retain(|code| !gone.contains(code)),
                    (Some(_), Members::All) => drop(codes.systems.remove(&system)),
                    (Some(Members::All), Members::Only(_)) | (None, _) => {}
                }
            }
        }
        Some(codes)
    }

    /// Members of one part. Value sets next to a system or to each other narrow it (R4: all of them must hold a code).
    fn part(&self, part: &Part, depth: usize) -> Option<Codes> {
        let mut all: Option<Codes> = None;
        if let Some(system) = &part.system {
            let mut codes = Codes::default();
            codes.systems.insert(system.as_str().into(), self.of_system(system, part)?);
            all = Some(codes);
        }
        for url in &part.value_sets {
            let other = self.set(self.value_sets.get(url.as_str())?, depth + 1)?;
            all = Some(match all {
                None => other,
                Some(own) => both(own, &other),
            });
        }
        all
    }

    fn of_system(&self, url: &str, part: &Part) -> Option<Members> {
        if !part.concepts.is_empty() {
            return Some(Members::Only(part.concepts.iter().cloned().collect()));
        }
        let system = self.systems.get(url).filter(|system| system.complete && !system.codes.is_empty());
        if part.filters.is_empty() {
            return Some(match system {
                Some(system) => Members::Only(system.codes.iter().map(|(code, _)| code.clone()).collect()),
                // National masters: any code of the system may be right.
                None => Members::All,
            });
        }
        let system = system?;
        let mut found: Option<HashSet<Box<str>>> = None;
        for (property, operator, value) in &part.filters {
            let one = match (property.as_str(), operator.as_str()) {
                ("concept" | "code", "is-a") => system.below(value, true),
                ("concept" | "code", "descendent-of") => system.below(value, false),
                _ => return None,
            };
            found = Some(match found {
                None => one,
                Some(own) => own.intersection(&one).cloned().collect(),
            });
        }
        found.map(Members::Only)
    }
}

fn merge(codes: &mut Codes, system: Box<str>, members: Members) {
    match (codes.systems.remove(&system), members) {
        (Some(Members::All), _) | (_, Members::All) => codes.systems.insert(system, Members::All),
        (Some(Members::Only(mut own)), Members::Only(new)) => {
            own.extend(new);
            codes.systems.insert(system, Members::Only(own))
        }
        (None, members) => codes.systems.insert(system, members),
    };
}

fn both(own: Codes, other: &Codes) -> Codes {
    let mut codes = Codes::default();
    for (system, members) in own.systems {
        let members = match (members, other.systems.get(&system)) {
            (_, None) => continue,
            (members, Some(Members::All)) => members,
            (Members::All, Some(Members::Only(new))) => Members::Only(new.clone()),
            (Members::Only(own), Some(Members::Only(new))) => Members::Only(own.intersection(new).cloned().collect()),
        };
        codes.systems.insert(system, members);
    }
    codes
}
