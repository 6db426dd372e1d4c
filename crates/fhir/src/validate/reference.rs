//! References: form, and the types an element may point to.
use super::container::Container;
use super::location::Location;
use super::message;
use super::walk::Walk;
use crate::model::Element;
use crate::{Reference, ResourceType};
use karute_json::{Object, Value};

impl Walk {
    /// A Reference in an element that restricts its targets.
    pub(super) fn reference(
        &mut self,
        element: &'static Element,
        object: &Object<'_>,
        at: &Location<'_>,
        container: &mut Container<'_>,
    ) {
        let text = |key| object.get(key).and_then(Value::as_str);
        let declared = text("type").and_then(|t| ResourceType::parse(&t));
        let target = match text("reference") {
            Some(literal) => self.literal(&literal, at, container),
            None => None,
        };
        match (target, declared) {
            (Some(target), _) if !element.may_point_to(target) => {
                self.report("value", &at.member("reference"), message::REFERENCE_TARGET);
            }
            (Some(target), Some(declared)) if target != declared => {
                self.report("value", &at.member("type"), message::REFERENCE_TYPE);
            }
            (None, Some(declared)) if !element.may_point_to(declared) => {
                self.report("value", &at.member("type"), message::REFERENCE_TARGET);
            }
            _ => {}
        }
    }

    /// The type a literal reference shows; complains about its form.
    fn literal(&mut self, literal: &str, at: &Location<'_>, container: &mut Container<'_>) -> Option<ResourceType> {
        match Reference::parse(literal, "") {
            Ok(Reference::Local { resource_type, .. } | Reference::Conditional { resource_type, .. }) => {
                Some(resource_type)
            }
            Ok(Reference::Contained(id)) => container.refer(id).unwrap_or_else(|_| {
                self.report("invariant", &at.member("reference"), message::NOT_CONTAINED);
                None
            }),
            Ok(Reference::Urn(_) | Reference::Absolute(_)) => None,
            Err(_) => {
                self.report("value", &at.member("reference"), message::REFERENCE_FORM);
                None
            }
        }
    }
}
