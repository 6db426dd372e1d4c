//! The walk itself: objects, members, cardinality.
use super::container::Container;
use super::location::Location;
use super::{Finding, MAX_FINDINGS, Severity, message};
use crate::ResourceType;
use crate::generated::{CODEABLE_CONCEPT, ELEMENT, EXTENSION, REFERENCE};
use crate::model::{Element, TypeDef, TypeId, TypeKind};
use karute_json::{Object, Value};

/// Deepest nesting; the JSON reader's own limit.
const MAX_DEPTH: usize = 64;

/// A walk and what it has found.
#[derive(Default)]
pub(super) struct Walk {
    /// Errors.
    findings: Vec<Finding>,
    /// Kept apart, so that no number of them stops the walk before an error.
    warnings: Vec<Finding>,
    depth: usize,
    /// Rules that were too costly to decide.
    pub(super) undecided: u32,
}

impl Walk {
    /// Starts at the top.
    pub(super) fn root(&mut self, resource: &Value<'_>) {
        let name = resource.get("resourceType").and_then(Value::as_str).and_then(|name| ResourceType::parse(&name));
        let at = Location::root(name.map_or("Resource", ResourceType::name));
        self.resource(resource, &at);
    }

    /// Reports something.
    pub(super) fn report(&mut self, code: &'static str, at: &Location<'_>, message: &str) {
        self.add(Severity::Error, code, at, message);
    }

    pub(super) fn add(&mut self, severity: Severity, code: &'static str, at: &Location<'_>, message: &str) {
        let list = match severity {
            Severity::Error => &mut self.findings,
            Severity::Warning => &mut self.warnings,
        };
        if list.len() < MAX_FINDINGS {
            list.push(Finding { severity, code, expression: at.to_string(), message: message.to_owned() });
        }
    }

    /// Everything found: errors, then warnings, as far as there is room.
    pub(super) fn into_findings(self) -> Vec<Finding> {
        let mut all = self.findings;
        all.extend(self.warnings);
        all.truncate(MAX_FINDINGS);
        all
    }

    /// Whether there are as many errors as are reported.
    pub(super) fn is_full(&self) -> bool {
        self.findings.len() >= MAX_FINDINGS
    }

    /// A resource that stands on its own: the top, or inside a Bundle or Parameters.
    fn resource(&mut self, value: &Value<'_>, at: &Location<'_>) {
        let before = self.findings.len();
        let mut container = Container::of(value);
        self.typed_resource(value, at, &mut container);
        let contained = at.member("contained");
        for index in container.without_own_id() {
            self.report("structure", &contained.item(index), message::CONTAINED_ID);
        }
        // Where something was refused, references below it have not been seen.
        if before == self.findings.len() {
            for index in container.unused() {
                self.report("invariant", &contained.item(index), message::CONTAINED_UNUSED);
            }
        }
    }

    /// A resource within another.
    fn contained(&mut self, value: &Value<'_>, at: &Location<'_>, index: usize, container: &mut Container<'_>) {
        if !container.enter(index) {
            return self.report("invariant", at, message::NESTED_CONTAINED);
        }
        self.typed_resource(value, at, container);
        container.leave();
        if let Some(meta) = value.get("meta") {
            let at = at.member("meta");
            for member in ["versionId", "lastUpdated"].into_iter().filter(|m| meta.get(m).is_some()) {
                self.report("invariant", &at.member(member), message::CONTAINED_META);
            }
            if meta.get("security").is_some() {
                self.report("invariant", &at.member("security"), message::CONTAINED_SECURITY);
            }
        }
    }

    fn typed_resource(&mut self, value: &Value<'_>, at: &Location<'_>, container: &mut Container<'_>) {
        let Some(object) = value.as_object() else {
            return self.report("structure", at, message::NOT_AN_OBJECT);
        };
        let Some(name) = object.get("resourceType").and_then(Value::as_str) else {
            return self.report("structure", at, message::NO_RESOURCE_TYPE);
        };
        match ResourceType::parse(&name) {
            Some(resource_type) => self.object(value, object, resource_type.type_id(), at, container),
            None => self.report("structure", at, message::UNKNOWN_RESOURCE_TYPE),
        }
    }

    /// An object of a known type.
    pub(super) fn object(
        &mut self,
        value: &Value<'_>,
        object: &Object<'_>,
        type_id: TypeId,
        at: &Location<'_>,
        container: &mut Container<'_>,
    ) {
        if self.depth >= MAX_DEPTH {
            return self.report("structure", at, message::TOO_DEEP);
        }
        self.depth += 1;
        let before = self.findings.len();
        let definition = type_id.definition();
        let present = self.members(object, definition, at, container);
        self.completeness(object, definition, present, at);
        if type_id == TypeId::new(EXTENSION) {
            self.extension(object, at);
        }
        // On an unsound object rules would only say the same again.
        if before == self.findings.len() {
            self.rules(value, object, type_id, present, at, container);
        }
        self.depth -= 1;
    }

    /// Walks the members; returns the filled slots.
    fn members(
        &mut self,
        object: &Object<'_>,
        definition: &'static TypeDef,
        at: &Location<'_>,
        container: &mut Container<'_>,
    ) -> u128 {
        // A key may be written with escapes (`\u005fbirthDate`).
        let has_siblings = object.iter().any(|(key, _)| key.raw().starts_with(['_', '\\']));
        let mut filled = 0_u128;
        for (key, value) in object.iter() {
            if self.is_full() {
                break;
            }
            let key = key.decode();
            if definition.is_resource() && key == "resourceType" {
                continue;
            }
            let name = key.strip_prefix('_').unwrap_or(&key);
            let Some(element) = definition.element(name) else {
                self.unknown(&key, at);
                continue;
            };
            let slot = 1_u128 << element.slot;
            let is_sibling = name.len() < key.len();
            let here = at.member(element.path_name());
            if element.is_choice() && filled & slot != 0 && several_choices(object, definition, element) {
                self.report("structure", &here, message::SEVERAL_CHOICES);
            }
            filled |= slot;
            match element.type_id().primitive() {
                Some(_) if is_sibling && object.contains_key(name) => {}
                Some(primitive) => {
                    let (main, sibling) = if is_sibling {
                        (None, Some(value))
                    } else {
                        let sibling = if has_siblings { object.get(&format!("_{name}")) } else { None };
                        (Some(value), sibling)
                    };
                    self.primitive(element, primitive, main, sibling, &here, container);
                }
                None if is_sibling => self.report("structure", &here, message::NO_SIBLING),
                None => self.complex(element, value, &here, container),
            }
        }
        filled
    }

    /// A member no definition knows. Its name goes into the path only when it looks like a name.
    fn unknown(&mut self, key: &str, at: &Location<'_>) {
        let is_name = (1..=64).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let here = at.member(key);
        self.report("structure", if is_name { &here } else { at }, message::UNKNOWN_ELEMENT);
    }

    /// What an object lacks.
    fn completeness(&mut self, object: &Object<'_>, definition: &'static TypeDef, filled: u128, at: &Location<'_>) {
        if object.is_empty() {
            return self.report("structure", at, message::EMPTY_OBJECT);
        }
        let missing = definition.required & !filled;
        if missing != 0 && !self.is_full() {
            let mut reported = 0_u128;
            for element in definition.elements() {
                let slot = 1_u128 << element.slot;
                if missing & slot != 0 && reported & slot == 0 {
                    reported |= slot;
                    self.report("required", &at.member(element.path_name()), message::MISSING);
                }
            }
        } else if object.len() == 1 && object.contains_key("id") && !definition.is_resource() {
            self.report("invariant", at, message::ONLY_ID);
        }
    }

    /// A member that is no primitive: one object or an array of them.
    fn complex(
        &mut self,
        element: &'static Element,
        value: &Value<'_>,
        at: &Location<'_>,
        container: &mut Container<'_>,
    ) {
        match value {
            Value::Array(items) if element.is_many() => {
                if items.is_empty() {
                    self.report("structure", at, message::EMPTY_ARRAY);
                }
                for (index, item) in items.iter().enumerate() {
                    if self.is_full() {
                        return;
                    }
                    self.complex_item(element, item, &at.item(index), index, container);
                }
            }
            Value::Array(_) => self.report("structure", at, message::AN_ARRAY),
            Value::Null => self.report("structure", at, message::NULL),
            _ if element.is_many() => self.report("structure", at, message::NOT_AN_ARRAY),
            item => self.complex_item(element, item, at, 0, container),
        }
    }

    fn complex_item(
        &mut self,
        element: &'static Element,
        value: &Value<'_>,
        at: &Location<'_>,
        index: usize,
        container: &mut Container<'_>,
    ) {
        let type_id = element.type_id();
        if type_id.definition().kind == TypeKind::AnyResource {
            return match element.name() {
                "contained" => self.contained(value, at, index, container),
                _ => self.resource(value, at),
            };
        }
        match value {
            Value::Object(object) => {
                self.object(value, object, type_id, at, container);
                if type_id == TypeId::new(REFERENCE) {
                    self.reference(element, object, at, container);
                } else if type_id == TypeId::new(CODEABLE_CONCEPT) {
                    self.concept(element.binding(), object, at);
                }
            }
            Value::Null => self.report("structure", at, message::NULL),
            _ => self.report("structure", at, message::NOT_AN_OBJECT),
        }
    }

    /// What stands beside a primitive: only `id` and `extension`.
    pub(super) fn sibling(
        &mut self,
        value: &Value<'_>,
        has_value: bool,
        at: &Location<'_>,
        container: &mut Container<'_>,
    ) {
        match value {
            Value::Object(object) if has_value && object.len() == 1 && object.contains_key("id") => {
                // With a value, an id alone is enough.
                self.members(object, TypeId::new(ELEMENT).definition(), at, container);
            }
            Value::Object(object) => self.object(value, object, TypeId::new(ELEMENT), at, container),
            Value::Null => self.report("structure", at, message::NULL),
            _ => self.report("structure", at, message::NOT_AN_OBJECT),
        }
    }

    /// ext-1, and an address that means the same to everybody.
    fn extension(&mut self, object: &Object<'_>, at: &Location<'_>) {
        let definition = TypeId::new(EXTENSION).definition();
        let has_value = object.iter().any(|(key, _)| {
            let key = key.decode();
            definition.element(key.strip_prefix('_').unwrap_or(&key)).is_some_and(Element::is_choice)
        });
        if object.contains_key("extension") == has_value {
            self.report("invariant", at, message::EXTENSION_VALUE);
        }
        let url = object.get("url").and_then(Value::as_str);
        if url.is_some_and(|url| !url.contains(':')) && !at.is_inside_extension() {
            self.report("value", &at.member("url"), message::EXTENSION_URL);
        }
    }
}

/// Whether more than one type of a choice is there (`valueString` and `_valueString` are one).
fn several_choices(object: &Object<'_>, definition: &TypeDef, element: &Element) -> bool {
    object.iter().any(|(key, _)| {
        let key = key.decode();
        definition
            .element(key.strip_prefix('_').unwrap_or(&key))
            .is_some_and(|other| other.slot == element.slot && !std::ptr::eq(other, element))
    })
}
