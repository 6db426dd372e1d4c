//! From a definition, element by element, to the tree that is walked.
use super::definition::{ConstraintDef, Definition, Discriminator, ElementDef, MANY, SlicingDef, TypeUse};
use super::model::{Codes, Constraint, Link, Profile, Rule, Slice, Slicing, Test, TypeRule};
use super::rules;
use crate::ResourceType;
use crate::model::{TypeDef, TypeId};
use crate::path::{Expression, types};
use std::sync::Arc;

/// Deepest path of an element, and most slices of one element; real ones stay far below.
const MAX_DEPTH: usize = 24;
const MAX_SLICES: usize = 1000;

/// Finds the members of a value set by its canonical; `None`: they are not at hand, so nothing is judged by it.
pub(super) type ValueSets<'s> = &'s dyn Fn(&str) -> Option<Arc<Codes>>;

/// An element of the tree while it grows.
struct Growing {
    rule: Rule,
    is_choice: bool,
    uses: Vec<TypeUse>,
    slicing: Option<SlicingDef>,
    children: Vec<Growing>,
    slices: Vec<Growing>,
}

impl Growing {
    fn new(id: &str, name: &str) -> Growing {
        let is_choice = name.ends_with("[x]");
        let name = name.strip_suffix("[x]").unwrap_or(name);
        Growing {
            rule: Rule::new(id, name),
            is_choice,
            uses: Vec::new(),
            slicing: None,
            children: Vec::new(),
            slices: Vec::new(),
        }
    }

    /// The element at a path, made where it is not there yet.
    fn at(&mut self, id: &str) -> Option<&mut Growing> {
        let mut here = self;
        let mut end = 0;
        for (depth, segment) in id.split('.').enumerate() {
            if depth >= MAX_DEPTH {
                return None;
            }
            end += segment.len() + usize::from(depth > 0);
            let (name, slice) = segment.split_once(':').map_or((segment, None), |(n, s)| (n, Some(s)));
            let whole = id.get(..end)?;
            let plain = slice.map_or(whole, |slice| &whole[..whole.len() - slice.len() - 1]);
            let bare = name.strip_suffix("[x]").unwrap_or(name);
            let place = here.children.iter().position(|child| &*child.rule.name == bare);
            let place = place.unwrap_or_else(|| {
                here.children.push(Growing::new(plain, name));
                here.children.len() - 1
            });
            here = here.children.get_mut(place)?;
            if slice.is_some() {
                let place = here.slices.iter().position(|slice| &*slice.rule.id == whole);
                let place = place.unwrap_or_else(|| {
                    here.slices.push(Growing::new(whole, name));
                    here.slices.len() - 1
                });
                if place >= MAX_SLICES {
                    return None;
                }
                here = here.slices.get_mut(place)?;
            }
        }
        Some(here)
    }

    fn take(&mut self, element: ElementDef, value_sets: ValueSets<'_>) {
        let rule = &mut self.rule;
        rule.min = element.min;
        rule.max = element.max;
        rule.wanted = element.wanted.map(Arc::new);
        rule.binding = element.value_set.as_deref().and_then(value_sets);
        rule.constraints = element.constraints.into_iter().filter_map(constraint).collect();
        self.uses = element.types;
        self.slicing = element.slicing;
    }

    /// The finished rule; `kind` is the type that has it as a member.
    fn finish(mut self, kind: Option<&'static TypeDef>) -> Rule {
        let own = kind.and_then(|kind| own_type(kind, &self.rule.name, &self.uses));
        let narrows = self.is_choice && kind.is_some_and(|kind| narrows(kind, &self.rule.name, &self.uses));
        self.rule.types = type_rules(&self.uses, kind, &self.rule.name, narrows);
        let slicing = self.slicing.take().or_else(|| default_slicing(&self.rule.name, self.is_choice));
        if let Some(slicing) = slicing.filter(|slicing| slicing.closed || !self.slices.is_empty()) {
            let slices = std::mem::take(&mut self.slices).into_iter();
            let slices = slices.map(|slice| {
                let uses = slice.uses.clone();
                let rule = slice.finish(kind);
                let tests = tests(&slicing.discriminators, &rule, &uses);
                Slice { rule, tests }
            });
            self.rule.slicing = Some(Box::new(Slicing { closed: slicing.closed, slices: slices.collect() }));
        }
        let children = std::mem::take(&mut self.children).into_iter();
        self.rule.children = children.map(|child| child.finish(own)).filter(|child| !child.is_idle()).collect();
        self.rule
    }
}

/// Compiles a definition.
pub(super) fn build(definition: Definition, value_sets: ValueSets<'_>) -> Profile {
    let mut root = Growing::new("", "");
    for element in definition.elements {
        if element.id.is_empty() {
            root.take(element, value_sets);
            root.uses.clear();
            root.rule.min = 0;
            root.rule.max = MANY;
        } else if let Some(place) = root.at(&element.id) {
            place.take(element, value_sets);
        }
    }
    let kind = types::of_name(&definition.type_name).map(TypeId::definition);
    let mut rule = root.rule;
    rule.children = root.children.into_iter().map(|child| child.finish(kind)).filter(|c| !c.is_idle()).collect();
    Profile {
        url: definition.url.into(),
        name: definition.name.into(),
        type_name: definition.type_name.into(),
        base: definition.base.as_deref().map(Link::new),
        inherits: !definition.complete,
        root: rule,
    }
}

/// An invariant, unless it is one of R4 (those are checked anyway; their keys are three letters and a number) or one of
/// the numbered rules.
fn constraint(definition: ConstraintDef) -> Option<Constraint> {
    let (word, number) = definition.key.split_once('-').unwrap_or((&definition.key, ""));
    let of_r4 = word.len() == 3 && number.starts_with(|c: char| c.is_ascii_digit());
    if of_r4 || rules::is_ours(&definition.key) {
        return None;
    }
    Some(Constraint {
        key: definition.key.into(),
        error: definition.error,
        human: definition.human.into(),
        expression: Expression::parse(&definition.expression).ok()?,
    })
}

/// The type of a member, where there is only one.
fn own_type(kind: &'static TypeDef, name: &str, uses: &[TypeUse]) -> Option<&'static TypeDef> {
    match (kind.element(name), uses) {
        (Some(element), _) => Some(element.type_id().definition()),
        (None, [only]) => types::of_name(&only.code).map(TypeId::definition),
        _ => None,
    }
}

/// Whether a choice is left with fewer types than R4 gives it.
fn narrows(kind: &TypeDef, name: &str, uses: &[TypeUse]) -> bool {
    let all = kind.elements().iter().filter(|element| element.is_choice() && element.path_name() == name).count();
    !uses.is_empty() && uses.len() < all
}

/// The types that ask for something.
fn type_rules(uses: &[TypeUse], kind: Option<&'static TypeDef>, name: &str, narrows: bool) -> Vec<TypeRule> {
    let element = kind.and_then(|kind| {
        kind.element(name).or_else(|| kind.elements().iter().find(|e| e.is_choice() && e.path_name() == name))
    });
    let wide = |target: &str| target.ends_with("/Resource") || target.ends_with("/Any");
    let all_allowed = |targets: &[String]| {
        targets.iter().any(|target| wide(target))
            || element.is_some_and(|element| {
                let names = |kind: ResourceType| targets.iter().any(|t| t.rsplit('/').next() == Some(kind.name()));
                ResourceType::all().filter(|kind| element.may_point_to(*kind)).all(names)
            })
    };
    let of_r4 = |url: &String| url.starts_with("http://hl7.org/fhir/StructureDefinition/");
    let rules: Vec<TypeRule> = uses
        .iter()
        .map(|one| {
            let idle = one.targets.is_empty() || (one.targets.iter().all(of_r4) && all_allowed(&one.targets));
            let targets: &[String] = if idle { &[] } else { &one.targets };
            TypeRule {
                code: one.code.as_str().into(),
                profiles: one.profiles.iter().map(|url| Link::new(url)).collect(),
                targets: targets.iter().map(|url| Link::new(url)).collect(),
            }
        })
        .collect();
    let resource = |rule: &TypeRule| ResourceType::parse(&rule.code).is_some();
    let asks = |rule: &TypeRule| !rule.profiles.is_empty() || !rule.targets.is_empty() || resource(rule);
    if narrows || rules.iter().any(asks) { rules } else { Vec::new() }
}

/// Extensions are told apart by address, choices by type, also where a definition does not say so.
fn default_slicing(name: &str, is_choice: bool) -> Option<SlicingDef> {
    let by = |discriminator, path: &str| {
        Some(SlicingDef { closed: false, discriminators: vec![(discriminator, path.to_owned())] })
    };
    match name {
        "extension" | "modifierExtension" => by(Discriminator::Value, "url"),
        _ if is_choice => by(Discriminator::Type, "$this"),
        _ => None,
    }
}

/// What an item must show to belong to a slice.
fn tests(discriminators: &[(Discriminator, String)], slice: &Rule, uses: &[TypeUse]) -> Vec<Test> {
    let mut tests = Vec::new();
    for (discriminator, path) in discriminators {
        let resolves = path.ends_with("resolve()");
        let path: Vec<Box<str>> =
            path.split('.').filter(|s| !matches!(*s, "$this" | "resolve()")).map(Box::from).collect();
        let before = tests.len();
        let place = below(slice, &path);
        match discriminator {
            Discriminator::Value => {
                if let Some(place) = place {
                    values(place, &path, &mut tests);
                    if let (true, Some(codes)) = (tests.len() == before, &place.binding) {
                        tests.push(Test::Bound(path.clone(), Arc::clone(codes)));
                    }
                }
                // An extension whose definition is elsewhere: its address is that of the definition.
                let profile = uses.iter().find_map(|one| one.profiles.first());
                if let (true, ["url"], Some(url)) =
                    (tests.len() == before, path.iter().map(AsRef::as_ref).collect::<Vec<&str>>().as_slice(), profile)
                {
                    let wanted = super::model::Wanted::Fixed(karute_json::Value::string(url.clone()));
                    tests.push(Test::Value(path, Arc::new(wanted)));
                }
            }
            Discriminator::Exists => {
                if let Some(place) = place {
                    tests.push(Test::Exists(path, place.max > 0));
                }
            }
            Discriminator::Type => {
                let codes: Vec<Box<str>> = if path.is_empty() {
                    uses.iter().map(|one| one.code.as_str().into()).collect()
                } else {
                    place.map(|place| place.types.iter().map(|rule| rule.code.clone()).collect()).unwrap_or_default()
                };
                if !codes.is_empty() {
                    tests.push(Test::Type(path, codes));
                }
            }
            Discriminator::Profile => {
                let links = |place: &Rule| -> Vec<Link> {
                    let links = place.types.iter().flat_map(|rule| if resolves { &rule.targets } else { &rule.profiles });
                    let plain = place.types.iter().filter(|rule| !resolves && rule.profiles.is_empty());
                    let plain = plain.map(|rule| {
                        Link::new(&format!("http://hl7.org/fhir/StructureDefinition/{}", rule.code))
                    });
                    links.cloned().chain(plain).collect()
                };
                let links = place.map(links).unwrap_or_default();
                if !links.is_empty() {
                    tests.push(Test::Profile(path, resolves, links));
                }
            }
        }
        if tests.len() == before {
            return Vec::new();
        }
    }
    tests
}

/// The rule at a path below another.
fn below<'r>(rule: &'r Rule, path: &[Box<str>]) -> Option<&'r Rule> {
    path.iter().try_fold(rule, |rule, name| rule.children.iter().find(|child| child.name == *name))
}

/// Every value asked for at or below a rule.
fn values(rule: &Rule, path: &[Box<str>], tests: &mut Vec<Test>) {
    if let Some(wanted) = &rule.wanted {
        return tests.push(Test::Value(path.to_vec(), Arc::clone(wanted)));
    }
    for child in &rule.children {
        let mut path = path.to_vec();
        path.push(child.name.clone());
        values(child, &path, tests);
    }
}
