//! The walk: a resource along the trees of its profiles.
use super::document::{Document, Resolved};
use super::findings::Findings;
use super::model::{Link, Profile, Rule, TypeRule};
use super::rules::{self, Case, Inside, Report};
use super::set::ProfileSet;
use super::words::{self, Fault};
use super::{Finding, Severity, matching, read};
use crate::model::{TypeDef, TypeKind};
use crate::path::{Item, Items, Node, Scope};
use crate::validate::Location;
use karute_json::Value;
use std::collections::HashMap;

/// Rules looked at in one validation. A document of 50 kB takes some thousands.
const MAX_STEPS: u32 = 2_000_000;
/// Invariants that may turn out too costly to decide.
const MAX_UNDECIDED: u32 = 16;
/// Resources within resources, and trials within trials.
const MAX_DEPTH: u32 = 8;
const MAX_TRIALS: u32 = 3;

/// One validation.
pub(super) struct Walk<'v> {
    pub(super) set: &'v ProfileSet,
    pub(super) document: Document<'v>,
    findings: Findings,
    /// Profiles that resources must fit because of where they stand, by their address in memory.
    demands: HashMap<*const Value<'v>, Vec<usize>>,
    /// Whether resources fit profiles, as far as it was tried.
    tried: HashMap<(*const Value<'v>, usize), bool>,
    trials: u32,
    steps: u32,
    undecided: u32,
}

/// The resource the walk is in.
#[derive(Clone, Copy)]
pub(super) struct Place<'v> {
    /// The container of contained resources.
    root: Node<'v>,
    resource: Node<'v>,
    root_value: &'v Value<'v>,
}

impl<'v> Place<'v> {
    /// The resource whose contained resources count.
    pub(super) fn root_value(&self) -> &'v Value<'v> {
        self.root_value
    }
}

/// Validates; see [`super::validate_as`].
pub(super) fn run<'v>(resource: &'v Value<'v>, set: &'v ProfileSet, profiles: &[&str]) -> Vec<Finding> {
    let mut walk = Walk {
        set,
        document: Document::of(resource),
        findings: Findings::default(),
        demands: HashMap::new(),
        tried: HashMap::new(),
        trials: 0,
        steps: 0,
        undecided: 0,
    };
    for found in crate::validate::validate(resource) {
        walk.findings.add(of_base(found));
    }
    let kind = Node::new(resource).kind().unwrap_or("Resource");
    let at = Location::root(kind);
    for profile in profiles {
        match set.find(profile) {
            Some(profile) => walk.demand(resource, profile),
            None => walk.findings.add(Finding {
                rule: "PROFILE-UNKNOWN".to_owned(),
                severity: Severity::Error,
                location: at.to_string(),
                message: "指定されたプロファイルの定義がないため、適合を判定できません。".to_owned(),
                remedy: "プロファイルの URL を確かめるか、定義のパッケージを取り込んでください。".to_owned(),
            }),
        }
    }
    walk.resource(resource, &at, Inside::Nothing, None, 0);
    if walk.steps >= MAX_STEPS {
        walk.findings.add(Finding {
            rule: "LIMIT".to_owned(),
            severity: Severity::Error,
            location: at.to_string(),
            message: "大きすぎるため、プロファイルへの適合を確かめきれませんでした。".to_owned(),
            remedy: "分けて検証してください。".to_owned(),
        });
    }
    walk.findings.into_vec()
}

/// A finding of the base definitions; its rule is the key of an invariant, or the kind of fault.
fn of_base(found: crate::validate::Finding) -> Finding {
    let key = found.message.rsplit_once("(規則 ").and_then(|(_, rest)| rest.split(')').next());
    Finding {
        rule: format!("R4:{}", key.unwrap_or(found.code)),
        severity: found.severity,
        location: found.expression,
        remedy: words::base_remedy(found.code).to_owned(),
        message: found.message,
    }
}

impl<'v> Walk<'v> {
    fn demand(&mut self, resource: &'v Value<'v>, profile: usize) {
        let demands = self.demands.entry(std::ptr::from_ref(resource)).or_default();
        if !demands.contains(&profile) {
            demands.push(profile);
        }
    }

    pub(super) fn report(&mut self, profile: &Profile, rule: &Rule, fault: &Fault<'_>, at: &Location<'_>) {
        self.findings.add(words::finding(profile, rule, fault, at));
    }

    /// Whether there is no point in going on.
    pub(super) fn enough(&self) -> bool {
        self.steps >= MAX_STEPS || self.findings.is_full() || (self.trials > 0 && self.findings.errors() > 0)
    }

    /// A resource with all it has to fit, and the resources in it.
    fn resource(
        &mut self,
        value: &'v Value<'v>,
        at: &Location<'_>,
        inside: Inside,
        container: Option<&'v Value<'v>>,
        depth: u32,
    ) {
        let node = Node::new(value);
        if node.kind().is_none() || depth > MAX_DEPTH || self.enough() {
            return;
        }
        let root_value = container.unwrap_or(value);
        let place = Place { root: Node::new(root_value), resource: node, root_value };
        let set = self.set;
        let mut profiles: Vec<usize> = Vec::new();
        for profile in read::declared(value).filter_map(|profile| set.find(&profile)) {
            if !profiles.contains(&profile) {
                profiles.push(profile);
            }
        }
        let demanded = self.demands.remove(&std::ptr::from_ref(value)).unwrap_or_default();
        let also: Vec<&str> =
            demanded.iter().filter_map(|profile| set.profiles.get(*profile)).map(|profile| &*profile.url).collect();
        // What derives from a demanded profile is judged by both, unless it repeats everything.
        for profile in demanded {
            let repeated = |one: &usize| {
                set.derives(*one, profile) && set.profiles.get(*one).is_some_and(|one| !one.inherits)
            };
            if !profiles.contains(&profile) && !profiles.iter().any(repeated) {
                profiles.push(profile);
            }
        }
        for profile in profiles {
            self.apply(profile, node, at, &place);
        }
        let case = Case { inside, also: &also };
        rules::check(value, &case, &mut Report { findings: &mut self.findings, at, level: set.level() });
        if read::kind(value) == "Bundle" {
            let inside = rules::inside_of(value, &case);
            let entries = at.member("entry");
            for (index, entry) in read::list(value, "entry").iter().enumerate() {
                if let Some(resource) = entry.get("resource") {
                    let entry = entries.item(index);
                    self.resource(resource, &entry.member("resource"), inside, None, depth + 1);
                }
            }
        }
        if container.is_none() {
            let contained = at.member("contained");
            for (index, resource) in read::list(value, "contained").iter().enumerate() {
                self.resource(resource, &contained.item(index), Inside::Other, Some(value), depth + 1);
            }
        }
    }

    /// A node along a profile.
    fn apply(&mut self, profile: usize, node: Node<'v>, at: &Location<'_>, place: &Place<'v>) {
        let set = self.set;
        let mut next = Some(profile);
        // Profiles of the own rules do not repeat what they derive from.
        for _ in 0..16 {
            let Some(profile) = next.and_then(|profile| set.profiles.get(profile)) else { return };
            if !node.is_a(&profile.type_name) {
                return self.report(profile, &profile.root, &Fault::Type, at);
            }
            self.rule(profile, &profile.root, node, at, place);
            next = profile.base.as_ref().filter(|_| profile.inherits).and_then(|base| base.index);
        }
    }

    /// Whether a resource fits a profile, without reporting anything.
    pub(super) fn conforms(&mut self, resource: &'v Value<'v>, profile: usize) -> bool {
        let key = (std::ptr::from_ref(resource), profile);
        if let Some(known) = self.tried.get(&key) {
            return *known;
        }
        if self.trials >= MAX_TRIALS || self.steps >= MAX_STEPS {
            return false;
        }
        // While it is being tried, references back to it count as fitting.
        self.tried.insert(key, true);
        let before = std::mem::take(&mut self.findings);
        self.trials += 1;
        let node = Node::new(resource);
        let place = Place { root: node, resource: node, root_value: resource };
        self.apply(profile, node, &Location::root("Resource"), &place);
        self.trials -= 1;
        let fits = std::mem::replace(&mut self.findings, before).errors() == 0;
        self.tried.insert(key, fits);
        fits
    }

    /// What a rule asks of an item, and of what is below it.
    pub(super) fn rule(
        &mut self,
        profile: &'v Profile,
        rule: &'v Rule,
        node: Node<'v>,
        at: &Location<'_>,
        place: &Place<'v>,
    ) {
        self.steps += 1;
        if self.enough() {
            return;
        }
        self.content(profile, rule, node, at, place);
        for child in &rule.children {
            self.member(profile, child, node, at, place);
        }
    }

    fn content(
        &mut self,
        profile: &'v Profile,
        rule: &'v Rule,
        node: Node<'v>,
        at: &Location<'_>,
        place: &Place<'v>,
    ) {
        if let Some(value) = node.value() {
            if let Some(wanted) = rule.wanted.as_ref().filter(|wanted| !matching::satisfies(wanted, value)) {
                self.report(profile, rule, &Fault::Value(wanted), at);
            }
            if rule.binding.as_ref().is_some_and(|codes| !matching::is_bound(codes, value)) {
                self.report(profile, rule, &Fault::Binding, at);
            }
        }
        if !rule.types.is_empty() {
            self.types(profile, rule, node, at, place);
        }
        for constraint in &rule.constraints {
            let scope = Scope { root: place.root, resource: place.resource, context: node };
            if self.undecided >= MAX_UNDECIDED {
                return;
            }
            match constraint.expression.test(&scope) {
                Ok(Some(true) | None) => {}
                Ok(Some(false)) => {
                    let (key, error, human) = (&*constraint.key, constraint.error, &*constraint.human);
                    self.report(profile, rule, &Fault::Constraint { key, error, human }, at);
                }
                Err(_) => self.undecided += 1,
            }
        }
    }

    fn types(
        &mut self,
        profile: &'v Profile,
        rule: &'v Rule,
        node: Node<'v>,
        at: &Location<'_>,
        place: &Place<'v>,
    ) {
        let mut matched = false;
        for one in rule.types.iter().filter(|one| node.is_a(&one.code)) {
            matched = true;
            if !one.profiles.is_empty() {
                self.profiled(one, node, at, place);
            }
            if let (false, Some(reference)) = (one.targets.is_empty(), node.value()) {
                self.target(profile, rule, &one.targets, reference, at, place);
            }
        }
        // Where the type is not known (an unknown choice), R4 has said so already.
        if !matched && node.kind().is_some() {
            self.report(profile, rule, &Fault::Type, at);
        }
    }

    /// A node whose type must fit one of some profiles.
    fn profiled(&mut self, one: &'v TypeRule, node: Node<'v>, at: &Location<'_>, place: &Place<'v>) {
        let known: Vec<usize> = one.profiles.iter().filter_map(|link| link.index).collect();
        let (Some(first), true) = (known.first(), known.len() == one.profiles.len()) else { return };
        let Some(value) = node.value() else { return };
        let is_resource = definition(&node).is_some_and(TypeDef::is_resource);
        if is_resource {
            let chosen = known.iter().find(|profile| self.declares(value, **profile)).unwrap_or(first);
            if self.trials == 0 {
                self.demand(value, *chosen);
            }
        } else if known.len() == 1 || !known.iter().any(|profile| self.conforms_here(*profile, node, place)) {
            self.apply(*first, node, at, place);
        }
    }

    /// Like [`Walk::conforms`] for something that is not a resource.
    fn conforms_here(&mut self, profile: usize, node: Node<'v>, place: &Place<'v>) -> bool {
        if self.trials >= MAX_TRIALS {
            return false;
        }
        let before = std::mem::take(&mut self.findings);
        self.trials += 1;
        self.apply(profile, node, &Location::root("Element"), place);
        self.trials -= 1;
        std::mem::replace(&mut self.findings, before).errors() == 0
    }

    /// Where a reference may lead.
    fn target(
        &mut self,
        profile: &'v Profile,
        rule: &'v Rule,
        links: &'v [Link],
        reference: &'v Value<'v>,
        at: &Location<'_>,
        place: &Place<'v>,
    ) {
        let resolved = self.document.resolve(reference, place.root_value);
        let kind = match resolved {
            Resolved::Here(resource) => match Node::new(resource).kind() {
                Some(kind) => kind,
                None => return,
            },
            Resolved::Elsewhere(kind) => kind.name(),
            Resolved::Unknown => return,
        };
        let allowed: Vec<&Link> =
            links.iter().filter(|link| link.kind.is_none_or(|wanted| wanted.name() == kind)).collect();
        if allowed.is_empty() {
            return self.report(profile, rule, &Fault::Target(links), at);
        }
        let Resolved::Here(resource) = resolved else { return };
        let fits = self.trials > 0
            || allowed.iter().any(|link| link.index.is_none_or(|wanted| self.declares(resource, wanted)))
            || allowed.iter().any(|link| link.index.is_some_and(|wanted| self.conforms(resource, wanted)));
        if !fits {
            self.report(profile, rule, &Fault::TargetProfile(links), at);
        }
    }

    /// A member of a node: how often it is there, what its items are, to which slices they belong.
    fn member(
        &mut self,
        profile: &'v Profile,
        rule: &'v Rule,
        node: Node<'v>,
        at: &Location<'_>,
        place: &Place<'v>,
    ) {
        let mut items = Items::None;
        node.child(&rule.name, &mut items);
        let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
        let here = at.member(&rule.name);
        if count < rule.min {
            self.report(profile, rule, &Fault::Min(rule.min), &here);
        }
        if count > rule.max {
            self.report(profile, rule, &Fault::Max(rule.max), &here);
            if rule.max == 0 {
                return;
            }
        }
        let many = definition(&node).and_then(|kind| kind.element(&rule.name)).is_some_and(|element| element.is_many());
        let content = rule.wanted.is_some()
            || rule.binding.is_some()
            || !rule.types.is_empty()
            || !rule.children.is_empty()
            || !rule.constraints.is_empty();
        if content {
            for (index, item) in items.iter().enumerate() {
                let Item::Node(item) = item else { continue };
                let here = if many { here.item(index) } else { here };
                self.rule(profile, rule, *item, &here, place);
                if self.enough() {
                    return;
                }
            }
        }
        if let Some(slicing) = &rule.slicing {
            self.sliced(profile, rule, slicing, &items, many, count < rule.min, &here, place);
        }
    }
}

/// The definition of a node's type, when it says which members there are.
fn definition(node: &Node<'_>) -> Option<&'static TypeDef> {
    let definition = node.kind?.definition();
    (!matches!(definition.kind, TypeKind::Primitive | TypeKind::AnyResource)).then_some(definition)
}
