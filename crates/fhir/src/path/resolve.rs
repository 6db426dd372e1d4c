//! Where a reference leads, as far as the resource itself can tell.
use crate::{Reference, ResourceType};
use karute_json::Value;

/// The target of a reference.
pub(crate) enum Target<'v> {
    /// A resource contained in the same one.
    Contained(&'v Value<'v>),
    /// A resource elsewhere, of this type.
    Elsewhere(ResourceType),
}

impl Target<'_> {
    /// Type of the target.
    pub(crate) fn resource_type(&self) -> Option<ResourceType> {
        match self {
            Target::Contained(resource) => ResourceType::parse(&resource.get("resourceType")?.as_str()?),
            Target::Elsewhere(resource_type) => Some(*resource_type),
        }
    }
}

/// Resolves a Reference element, a canonical or a uri. `root` is the resource whose `contained` list counts.
/// Unknown is `None`: a `urn:uuid:` without `type`, an address that does not end in `Type/id`.
pub(crate) fn target<'v>(element: &'v Value<'v>, root: &'v Value<'v>) -> Option<Target<'v>> {
    let text = match element {
        Value::String(text) => Some(text.decode()),
        _ => element.get("reference").and_then(Value::as_str),
    };
    let told = || {
        let name = element.get("type")?.as_str()?;
        ResourceType::parse(&name).map(Target::Elsewhere)
    };
    let Some(text) = text else { return told() };
    match Reference::parse(&text, "") {
        Ok(Reference::Local { resource_type, .. } | Reference::Conditional { resource_type, .. }) => {
            Some(Target::Elsewhere(resource_type))
        }
        Ok(Reference::Contained("")) => Some(Target::Contained(root)),
        Ok(Reference::Contained(id)) => {
            let same = |resource: &&Value<'_>| resource.get("id").and_then(Value::as_str).is_some_and(|own| own == id);
            root.get("contained").map(Value::items).unwrap_or_default().iter().find(same).map(Target::Contained)
        }
        Ok(Reference::Absolute(address)) => type_in_address(address).map(Target::Elsewhere).or_else(told),
        _ => told(),
    }
}

/// The type in `https://host/base/Patient/1` or `…/Patient/1/_history/2`.
fn type_in_address(address: &str) -> Option<ResourceType> {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let path = path.rsplit_once("/_history/").map_or(path, |(path, _)| path);
    let mut segments = path.rsplit('/');
    let _id = segments.next();
    ResourceType::parse(segments.next()?)
}
