//! To which slice an item belongs.
use super::document::Resolved;
use super::model::{Link, Profile, Rule, Slice, Slicing, Test};
use super::walk::{Place, Walk};
use super::words::Fault;
use super::{matching, read};
use crate::path::{Item, Items, Node};
use crate::validate::Location;
use karute_json::Value;

/// Whether an item belongs to a slice.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Belongs {
    Yes,
    No,
    /// It depends on a resource that is not at hand.
    Unknown,
}

impl<'v> Walk<'v> {
    /// Divides the items of an element into its slices and checks each. `missing`: that the element is missing has been
    /// reported already.
    #[expect(clippy::too_many_arguments, reason = "what the walk knows of the element")]
    pub(super) fn sliced(
        &mut self,
        profile: &'v Profile,
        rule: &'v Rule,
        slicing: &'v Slicing,
        items: &Items<'v>,
        many: bool,
        missing: bool,
        at: &Location<'_>,
        place: &Place<'v>,
    ) {
        let mut counts = vec![0_u32; slicing.slices.len()];
        let mut unknown = false;
        for (index, item) in items.iter().enumerate() {
            let Item::Node(node) = item else { continue };
            let here = if many { at.item(index) } else { *at };
            let mut found = None;
            for (number, slice) in slicing.slices.iter().enumerate() {
                match self.belongs(slice, slicing, *node, place) {
                    Belongs::Yes => {
                        found = Some((number, slice));
                        break;
                    }
                    Belongs::Unknown => unknown = true,
                    Belongs::No => {}
                }
            }
            if let Some((number, slice)) = found {
                if let Some(count) = counts.get_mut(number) {
                    *count += 1;
                }
                self.rule(profile, &slice.rule, *node, &here, place);
            } else if slicing.closed && !unknown {
                self.report(profile, rule, &Fault::Closed, &here);
            }
            if self.enough() {
                return;
            }
        }
        for (slice, count) in slicing.slices.iter().zip(counts) {
            if count < slice.rule.min && !unknown && !missing {
                self.report(profile, &slice.rule, &Fault::Min(slice.rule.min), at);
            }
            if count > slice.rule.max {
                self.report(profile, &slice.rule, &Fault::Max(slice.rule.max), at);
            }
        }
    }

    fn belongs(&mut self, slice: &'v Slice, slicing: &'v Slicing, node: Node<'v>, place: &Place<'v>) -> Belongs {
        if slice.tests.is_empty() {
            return Belongs::No;
        }
        let mut all = Belongs::Yes;
        for test in &slice.tests {
            let one = match test {
                Test::Value(path, wanted) => {
                    any(node, path, |node| node.value().is_some_and(|value| matching::satisfies(wanted, value)))
                }
                Test::Bound(path, codes) => {
                    any(node, path, |node| node.value().is_some_and(|value| matching::is_bound(codes, value)))
                }
                Test::Exists(path, wanted) => any(node, path, |_| true) == *wanted,
                Test::Type(path, codes) => any(node, path, |node| codes.iter().any(|code| node.is_a(code))),
                Test::Profile(path, resolves, links) => {
                    match self.fits_slice(path, *resolves, links, slicing, slice, node, place) {
                        Belongs::Yes => true,
                        Belongs::No => false,
                        Belongs::Unknown => {
                            all = Belongs::Unknown;
                            continue;
                        }
                    }
                }
            };
            if !one {
                return Belongs::No;
            }
        }
        all
    }

    /// By profile: what declares it (or one that derives from it) belongs to the slice, whatever else is wrong with it,
    /// so that what is wrong is reported and not that nothing fits. What declares nothing of the kind belongs to the only
    /// slice of its type, or else where it fits.
    #[expect(clippy::too_many_arguments, reason = "what the walk knows of the item")]
    fn fits_slice(
        &mut self,
        path: &[Box<str>],
        resolves: bool,
        links: &'v [Link],
        slicing: &'v Slicing,
        slice: &'v Slice,
        node: Node<'v>,
        place: &Place<'v>,
    ) -> Belongs {
        let mut target = None;
        walk_path(node, path, &mut |node| target = target.or(node.value()));
        let Some(mut resource) = target else { return Belongs::No };
        if resolves {
            match self.document.resolve(resource, place.root_value()) {
                Resolved::Here(found) => resource = found,
                Resolved::Elsewhere(kind) => {
                    let possible = links.iter().any(|link| link.kind.is_none_or(|wanted| wanted == kind));
                    return if possible { Belongs::Unknown } else { Belongs::No };
                }
                Resolved::Unknown => return Belongs::Unknown,
            }
        }
        let kind = read::kind(resource);
        let links: Vec<&Link> =
            links.iter().filter(|link| link.kind.is_none_or(|wanted| wanted.name() == kind)).collect();
        if links.is_empty() {
            return Belongs::No;
        }
        if links.iter().any(|link| link.index.is_none_or(|wanted| self.declares(resource, wanted))) {
            return Belongs::Yes;
        }
        // Does it declare what another slice is for?
        let mut same_type = 0;
        for other in &slicing.slices {
            for test in &other.tests {
                let Test::Profile(_, _, links) = test else { continue };
                let of_type = |link: &&Link| link.kind.is_some_and(|wanted| wanted.name() == kind);
                if links.iter().filter(of_type).any(|l| l.index.is_some_and(|p| self.declares(resource, p))) {
                    return Belongs::No;
                }
                same_type += usize::from(links.iter().any(|link| of_type(&link)));
            }
        }
        if same_type == 1 && (slicing.closed || slice.rule.min > 0) {
            return Belongs::Yes;
        }
        let fits = links.iter().any(|link| link.index.is_some_and(|profile| self.conforms(resource, profile)));
        if fits { Belongs::Yes } else { Belongs::No }
    }

    /// Whether a resource declares a profile or one that derives from it.
    pub(super) fn declares(&self, resource: &Value<'_>, wanted: usize) -> bool {
        read::declared(resource).filter_map(|one| self.set.find(&one)).any(|one| self.set.derives(one, wanted))
    }
}

/// Whether something at a path holds.
fn any<'v>(node: Node<'v>, path: &[Box<str>], mut holds: impl FnMut(Node<'v>) -> bool) -> bool {
    let mut found = false;
    walk_path(node, path, &mut |node| found = found || holds(node));
    found
}

fn walk_path<'v>(node: Node<'v>, path: &[Box<str>], found: &mut impl FnMut(Node<'v>)) {
    let Some((first, rest)) = path.split_first() else { return found(node) };
    let mut items = Items::None;
    node.child(first, &mut items);
    for item in items.iter() {
        if let Item::Node(node) = item {
            walk_path(*node, rest, found);
        }
    }
}
