//! A resource and what it contains: ids, and who points to them.
use crate::ResourceType;
use crate::path::{Node, Scope};
use karute_json::Value;
use std::borrow::Cow;
use std::collections::HashMap;

/// What the walk has to know of the resource it is in. Contained resources share that of their container.
pub(super) struct Container<'r> {
    contained: Vec<Contained>,
    /// Places in `contained`.
    by_id: HashMap<Cow<'r, str>, usize>,
    /// The container: `%rootResource`.
    root: &'r Value<'r>,
    root_node: Node<'r>,
    /// The contained resource the walk is in, with its place in `contained`.
    inside: Option<(usize, Node<'r>)>,
}

#[derive(Clone, Copy)]
struct Contained {
    resource_type: Option<ResourceType>,
    has_own_id: bool,
    referenced: bool,
}

/// A fragment that names nothing in the resource.
pub(super) struct NotContained;

impl<'r> Container<'r> {
    /// Looks up what a resource contains.
    pub(super) fn of(resource: &'r Value<'r>) -> Container<'r> {
        let mut container = Container {
            contained: Vec::new(),
            by_id: HashMap::new(),
            root: resource,
            root_node: Node::new(resource),
            inside: None,
        };
        for (index, value) in resource.get("contained").map_or(&[] as &[_], Value::items).iter().enumerate() {
            let id = value.get("id").and_then(Value::as_str);
            let has_own_id = id.is_some_and(|id| *container.by_id.entry(id).or_insert(index) == index);
            let name = value.get("resourceType").and_then(Value::as_str);
            let resource_type = name.and_then(|name| ResourceType::parse(&name));
            container.contained.push(Contained { resource_type, has_own_id, referenced: false });
        }
        container
    }

    /// The walk enters the contained resource at `index`. `false` when it is inside of one already.
    pub(super) fn enter(&mut self, index: usize) -> bool {
        let contained = self.root.get("contained").and_then(|c| c.items().get(index));
        match contained.filter(|_| self.inside.is_none()) {
            Some(contained) => {
                self.inside = Some((index, Node::new(contained)));
                true
            }
            None => false,
        }
    }

    /// The walk leaves it again.
    pub(super) fn leave(&mut self) {
        self.inside = None;
    }

    /// What a rule can see from `context`.
    pub(super) fn scope<'v>(&self, context: Node<'v>) -> Scope<'v>
    where
        'r: 'v,
    {
        let resource = self.inside.map_or(self.root_node, |(_, node)| node);
        Scope { root: self.root_node, resource, context }
    }

    /// Notes a `#…` anywhere in the resource. Gives the type it points to, as far as that is known.
    pub(super) fn refer(&mut self, fragment: &str) -> Result<Option<ResourceType>, NotContained> {
        // A contained resource that points back to its container is tied to it (dom-3).
        let place =
            if fragment.is_empty() { self.inside.map(|(index, _)| index) } else { self.by_id.get(fragment).copied() };
        match place.and_then(|place| self.contained.get_mut(place)) {
            Some(contained) => {
                contained.referenced = true;
                Ok(if fragment.is_empty() { None } else { contained.resource_type })
            }
            None if fragment.is_empty() => Ok(None),
            None => Err(NotContained),
        }
    }

    /// Contained resources without an id of their own, by place.
    pub(super) fn without_own_id(&self) -> impl Iterator<Item = usize> {
        self.contained.iter().enumerate().filter(|(_, c)| !c.has_own_id).map(|(i, _)| i)
    }

    /// Contained resources nothing is tied to, by place.
    pub(super) fn unused(&self) -> impl Iterator<Item = usize> {
        self.contained.iter().enumerate().filter(|(_, c)| c.has_own_id && !c.referenced).map(|(i, _)| i)
    }
}
