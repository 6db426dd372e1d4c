//! A resource and what it contains: ids, and who points to them.
use crate::ResourceType;
use karute_json::Value;
use std::borrow::Cow;

/// What the walk has to know of the resource it is in. Contained resources share that of their container.
#[derive(Default)]
pub(super) struct Container<'r> {
    contained: Vec<Contained<'r>>,
    /// The container: `%rootResource`.
    pub(super) root: Option<&'r Value<'r>>,
    /// Place in `contained` of the one the walk is inside of.
    pub(super) inside: Option<usize>,
}

struct Contained<'r> {
    id: Option<Cow<'r, str>>,
    resource_type: Option<ResourceType>,
    referenced: bool,
}

/// A fragment that names nothing in the resource.
pub(super) struct NotContained;

impl<'r> Container<'r> {
    /// Looks up what a resource contains.
    pub(super) fn of(resource: &'r Value<'r>) -> Container<'r> {
        let contained = resource
            .get("contained")
            .map_or(&[] as &[_], Value::items)
            .iter()
            .map(|c| Contained {
                id: c.get("id").and_then(Value::as_str),
                resource_type: c.get("resourceType").and_then(Value::as_str).and_then(|t| ResourceType::parse(&t)),
                referenced: false,
            })
            .collect();
        Container { contained, root: Some(resource), inside: None }
    }

    /// The resource the walk is in, container or contained: `%resource`.
    pub(super) fn resource(&self) -> Option<&'r Value<'r>> {
        match self.inside {
            None => self.root,
            Some(index) => self.root?.get("contained")?.items().get(index),
        }
    }

    /// Notes a `#…` anywhere in the resource. Gives the type it points to, as far as that is known.
    pub(super) fn refer(&mut self, fragment: &str) -> Result<Option<ResourceType>, NotContained> {
        if fragment.is_empty() {
            // A contained resource that points back to its container is tied to it (dom-3).
            if let Some(contained) = self.inside.and_then(|i| self.contained.get_mut(i)) {
                contained.referenced = true;
            }
            return Ok(None);
        }
        let named = |c: &&mut Contained<'_>| c.id.as_deref() == Some(fragment);
        let contained = self.contained.iter_mut().find(named).ok_or(NotContained)?;
        contained.referenced = true;
        Ok(contained.resource_type)
    }

    /// Contained resources without an id of their own, by place.
    pub(super) fn without_own_id(&self) -> impl Iterator<Item = usize> {
        self.contained.iter().enumerate().filter_map(|(i, c)| {
            let own = c.id.is_some() && !self.contained[..i].iter().any(|earlier| earlier.id == c.id);
            (!own).then_some(i)
        })
    }

    /// Contained resources nothing is tied to, by place.
    pub(super) fn unused(&self) -> impl Iterator<Item = usize> {
        self.contained.iter().enumerate().filter(|(_, c)| c.id.is_some() && !c.referenced).map(|(i, _)| i)
    }
}
