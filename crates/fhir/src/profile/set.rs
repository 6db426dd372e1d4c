//! A set of compiled profiles.
use super::build::{ValueSets, build};
use super::definition::Definition;
use super::level::Level;
use super::model::{Link, Profile, Rule, Test};
use super::package::{self, Package};
use super::{own, read};
use crate::ResourceType;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Compiled profiles, ready to judge by. Immutable, to be shared between threads.
#[derive(Debug)]
pub struct ProfileSet {
    pub(super) profiles: Vec<Profile>,
    by_url: HashMap<Box<str>, usize>,
    level: Level,
}

static OWN: LazyLock<[ProfileSet; Level::ALL.len()]> = LazyLock::new(|| Level::ALL.map(own::compile));

impl ProfileSet {
    /// The product's own compact rules at the newest level. Compiled at the first call.
    pub fn own() -> &'static ProfileSet {
        ProfileSet::own_at(Level::default())
    }

    /// The product's own compact rules at a level.
    pub fn own_at(level: Level) -> &'static ProfileSet {
        let place = Level::ALL.iter().position(|one| *one == level).unwrap_or(Level::ALL.len() - 1);
        &OWN[place]
    }

    /// From official packages; where two define the same canonical, the later one counts.
    pub fn from_packages(packages: &[Package], level: Level) -> ProfileSet {
        package::compile(packages, level)
    }

    /// Compiles definitions; a later one of the same canonical counts.
    pub(super) fn new(definitions: Vec<Definition>, value_sets: ValueSets<'_>, level: Level) -> ProfileSet {
        let mut set = ProfileSet { profiles: Vec::new(), by_url: HashMap::new(), level };
        for definition in definitions {
            let profile = build(definition, value_sets);
            if let Some(place) = set.by_url.get(&profile.url) {
                if let Some(old) = set.profiles.get_mut(*place) {
                    *old = profile;
                }
                continue;
            }
            set.by_url.insert(profile.url.clone(), set.profiles.len());
            set.profiles.push(profile);
        }
        let kinds: Vec<Option<ResourceType>> =
            set.profiles.iter().map(|profile| ResourceType::parse(&profile.type_name)).collect();
        let find = |link: &mut Link| {
            if let Some(place) = set.by_url.get(read::bare(&link.url)) {
                link.index = Some(*place);
                link.kind = kinds.get(*place).copied().flatten();
            }
        };
        for profile in &mut set.profiles {
            profile.base.iter_mut().for_each(find);
            connect(&mut profile.root, &find);
        }
        set
    }

    /// Which level of the guide it holds; decides among variants of numbered rules.
    pub fn level(&self) -> Level {
        self.level
    }

    /// Whether it knows a profile, with or without `|version`.
    pub fn knows(&self, canonical: &str) -> bool {
        self.find(canonical).is_some()
    }

    /// Canonical URLs of the profiles, without order.
    pub fn urls(&self) -> impl Iterator<Item = &str> {
        self.profiles.iter().map(|profile| &*profile.url)
    }

    pub(super) fn find(&self, canonical: &str) -> Option<usize> {
        self.by_url.get(read::bare(canonical)).copied()
    }

    /// Whether a profile is another one or derives from it.
    pub(super) fn derives(&self, profile: usize, from: usize) -> bool {
        let mut here = Some(profile);
        // No chain of derivations is longer than the set.
        for _ in 0..=self.profiles.len().min(64) {
            match here {
                Some(place) if place == from => return true,
                Some(place) => here = self.profiles.get(place).and_then(|p| p.base.as_ref()?.index),
                None => return false,
            }
        }
        false
    }
}

/// Looks up every profile that a rule names.
fn connect(rule: &mut Rule, find: &impl Fn(&mut Link)) {
    for one in &mut rule.types {
        one.profiles.iter_mut().for_each(find);
        one.targets.iter_mut().for_each(find);
    }
    for child in &mut rule.children {
        connect(child, find);
    }
    if let Some(slicing) = &mut rule.slicing {
        for slice in &mut slicing.slices {
            connect(&mut slice.rule, find);
            for test in &mut slice.tests {
                if let Test::Profile(_, _, links) = test {
                    links.iter_mut().for_each(find);
                }
            }
        }
    }
}
