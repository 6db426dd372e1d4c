//! The compiled form: what the walk follows. Only what goes beyond R4 is in it.
use super::definition::MANY;
use crate::ResourceType;
use crate::path::Expression;
use karute_json::Value;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A compiled profile.
#[derive(Debug)]
pub(super) struct Profile {
    pub(super) url: Box<str>,
    /// Short name, for findings.
    pub(super) name: Box<str>,
    /// The type it constrains.
    pub(super) type_name: Box<str>,
    /// What it derives from.
    pub(super) base: Option<Link>,
    /// Whether what it derives from is to be checked as well, because it does not repeat it.
    pub(super) inherits: bool,
    pub(super) root: Rule,
}

/// What is asked of an element.
#[derive(Debug)]
pub(super) struct Rule {
    /// Below the type, with slices; part of the name of a finding's rule.
    pub(super) id: Box<str>,
    /// Name of the member; for a choice without `[x]`.
    pub(super) name: Box<str>,
    pub(super) min: u32,
    pub(super) max: u32,
    pub(super) wanted: Option<Arc<Wanted>>,
    pub(super) binding: Option<Arc<Codes>>,
    pub(super) types: Vec<TypeRule>,
    pub(super) slicing: Option<Box<Slicing>>,
    pub(super) children: Vec<Rule>,
    pub(super) constraints: Vec<Constraint>,
}

impl Rule {
    /// Asks for nothing.
    pub(super) fn new(id: &str, name: &str) -> Rule {
        Rule {
            id: id.into(),
            name: name.into(),
            min: 0,
            max: MANY,
            wanted: None,
            binding: None,
            types: Vec::new(),
            slicing: None,
            children: Vec::new(),
            constraints: Vec::new(),
        }
    }
    /// Whether it asks for nothing.
    pub(super) fn is_idle(&self) -> bool {
        self.min == 0
            && self.max == MANY
            && self.wanted.is_none()
            && self.binding.is_none()
            && self.types.is_empty()
            && self.slicing.is_none()
            && self.children.is_empty()
            && self.constraints.is_empty()
    }
}

/// The value an element must have.
#[derive(Clone, Debug)]
pub(super) enum Wanted {
    /// This and nothing else.
    Fixed(Value<'static>),
    /// At least this.
    Pattern(Value<'static>),
}

/// A type an element may have.
#[derive(Debug)]
pub(super) struct TypeRule {
    pub(super) code: Box<str>,
    pub(super) profiles: Vec<Link>,
    pub(super) targets: Vec<Link>,
}

/// A profile named by another.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub(super) url: Box<str>,
    /// Its place in the set; `None`: not known, or a plain R4 type.
    pub(super) index: Option<usize>,
    /// The resource type it is for; `None`: any, or not known.
    pub(super) kind: Option<ResourceType>,
}

impl Link {
    /// Not yet looked up.
    pub(super) fn new(url: &str) -> Link {
        let core = url.strip_prefix("http://hl7.org/fhir/StructureDefinition/");
        Link { url: url.into(), index: None, kind: core.and_then(ResourceType::parse) }
    }
}

/// Slices of an element.
#[derive(Debug)]
pub(super) struct Slicing {
    pub(super) closed: bool,
    pub(super) slices: Vec<Slice>,
}

/// A slice.
#[derive(Debug)]
pub(super) struct Slice {
    pub(super) rule: Rule,
    /// All of them must hold for an item to belong to it. Without any nothing belongs to it.
    pub(super) tests: Vec<Test>,
}

/// What makes an item belong to a slice.
#[derive(Debug)]
pub(super) enum Test {
    /// Something at the path has the value.
    Value(Vec<Box<str>>, Arc<Wanted>),
    /// Something at the path is in the value set.
    Bound(Vec<Box<str>>, Arc<Codes>),
    /// Something is, or is not, at the path.
    Exists(Vec<Box<str>>, bool),
    /// What is at the path has one of these types.
    Type(Vec<Box<str>>, Vec<Box<str>>),
    /// What is at the path fits one of these profiles; `true`: what the reference there points to.
    Profile(Vec<Box<str>>, bool, Vec<Link>),
}

/// An invariant.
#[derive(Debug)]
pub(super) struct Constraint {
    pub(super) key: Box<str>,
    pub(super) error: bool,
    pub(super) human: Box<str>,
    pub(super) expression: Expression,
}

/// Members of a value set.
#[derive(Debug, Default)]
pub(super) struct Codes {
    pub(super) systems: HashMap<Box<str>, Members>,
}

/// Codes of one system.
#[derive(Debug)]
pub(super) enum Members {
    /// Every code: the content of the system is not at hand.
    All,
    /// These.
    Only(HashSet<Box<str>>),
}

impl Codes {
    /// Whether it holds a code; without a system any system will do (`code` elements).
    pub(super) fn holds(&self, system: Option<&str>, code: &str) -> bool {
        let holds = |members: &Members| match members {
            Members::All => true,
            Members::Only(codes) => codes.contains(code),
        };
        match system {
            Some(system) => self.systems.get(system).is_some_and(holds),
            None => self.systems.values().any(holds),
        }
    }
}
