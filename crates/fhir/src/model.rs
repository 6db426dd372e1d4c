//! The R4 definitions as types and elements: how the generated tables are read.
use crate::ResourceType;
use crate::generated::{BINDINGS, ELEMENTS, INVARIANTS, NAMES, RESOURCE_TYPE_IDS, TARGETS, TYPES};
use std::sync::LazyLock;

/// Place of a type in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TypeId(u16);

/// A type: primitive, data type, backbone element or resource.
#[derive(Debug)]
pub(crate) struct TypeDef {
    /// `HumanName`, `Patient`; a backbone element by its path, `Patient.contact`.
    pub(crate) name: &'static str,
    /// What sort of type it is.
    pub(crate) kind: TypeKind,
    /// First of its elements in the table.
    first: u16,
    /// How many there are.
    count: u16,
    /// Slots that must be filled, as bits.
    pub(crate) required: u128,
    /// First of its invariants in the table.
    first_invariant: u16,
    /// How many there are.
    invariant_count: u16,
}

/// Sorts of types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TypeKind {
    /// A JSON string, number or boolean.
    Primitive,
    /// A data type.
    Complex,
    /// A part of a resource or data type.
    Backbone,
    /// A resource without narrative and extensions (`Bundle`, `Binary`, `Parameters`).
    Resource,
    /// Any other resource.
    DomainResource,
    /// Whatever resource stands there.
    AnyResource,
}

/// A member an object of some type may have. Choices are spelled out: `valueQuantity`.
#[derive(Debug)]
pub(crate) struct Element {
    name: u16,
    type_id: u16,
    /// Ordinal of the element in its type; the members of a choice share it.
    pub(crate) slot: u8,
    flags: u8,
    binding: u8,
    targets: u8,
}

/// A rule in FHIRPath.
#[derive(Debug)]
pub(crate) struct Invariant {
    /// Key in the definitions, `obs-7`.
    pub(crate) key: &'static str,
    /// Whether breaking it is an error (otherwise a warning).
    pub(crate) error: bool,
    /// The member whose items are the context; empty: the object of the type itself.
    pub(crate) element: &'static str,
    /// The rule.
    pub(crate) expression: &'static str,
}

/// What a required binding allows.
#[derive(Debug)]
pub(crate) enum Binding {
    /// Anything.
    Open,
    /// These codes of these systems, sorted.
    Codes(&'static [(&'static str, &'static [&'static str])]),
    /// A BCP-47 language tag.
    Language,
    /// A media type.
    MimeType,
    /// An ISO 4217 code.
    Currency,
    /// A UCUM unit.
    Ucum,
}

/// The primitive types, in the order of the type table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub(crate) enum Primitive {
    Base64Binary,
    Boolean,
    Canonical,
    Code,
    Date,
    DateTime,
    Decimal,
    Id,
    Instant,
    Integer,
    Markdown,
    Oid,
    PositiveInt,
    String,
    Time,
    UnsignedInt,
    Uri,
    Url,
    Uuid,
    Xhtml,
}

const PRIMITIVES: [Primitive; 20] = {
    use Primitive::{
        Base64Binary, Boolean, Canonical, Code, Date, DateTime, Decimal, Id, Instant, Integer, Markdown, Oid,
        PositiveInt, String, Time, UnsignedInt, Uri, Url, Uuid, Xhtml,
    };
    [
        Base64Binary,
        Boolean,
        Canonical,
        Code,
        Date,
        DateTime,
        Decimal,
        Id,
        Instant,
        Integer,
        Markdown,
        Oid,
        PositiveInt,
        String,
        Time,
        UnsignedInt,
        Uri,
        Url,
        Uuid,
        Xhtml,
    ]
};

const MANY: u8 = 1;
const REQUIRED: u8 = 2;
const SUMMARY: u8 = 4;
const MODIFIER: u8 = 8;
const CHOICE: u8 = 16;

impl TypeId {
    /// From a constant of the generated table.
    pub(crate) const fn new(index: u16) -> TypeId {
        TypeId(index)
    }
    /// The definition.
    pub(crate) fn definition(self) -> &'static TypeDef {
        &TYPES[usize::from(self.0)]
    }
    /// The primitive type, if it is one.
    pub(crate) fn primitive(self) -> Option<Primitive> {
        PRIMITIVES.get(usize::from(self.0)).copied()
    }
}

impl ResourceType {
    /// Its definition.
    pub(crate) fn type_id(self) -> TypeId {
        TypeId(RESOURCE_TYPE_IDS[self.index()])
    }
}

/// From a member name to its number. Numbers are compared instead of names while a resource is walked: looking up
/// members is half of that work.
struct NameIndex {
    /// Number of the name plus one, by hash; 0 is empty. A name stands at its place or at the next free one.
    places: Vec<u16>,
}

static NAME_INDEX: LazyLock<NameIndex> = LazyLock::new(|| {
    let mut index = NameIndex { places: vec![0; NameIndex::SIZE] };
    for (name, id) in NAMES.iter().zip(1_u16..) {
        let mut place = NameIndex::hash(name);
        while index.places[place] != 0 {
            place = (place + 1) % NameIndex::SIZE;
        }
        index.places[place] = id;
    }
    index
});

impl NameIndex {
    /// Places; more than twice as many as names, so that there is always a free one.
    const SIZE: usize = 8192;

    /// Number of a name that some type has.
    fn id(name: &str) -> Option<u16> {
        let places = &NAME_INDEX.places;
        let mut place = NameIndex::hash(name);
        loop {
            let id = places[place].checked_sub(1)?;
            if NAMES[usize::from(id)] == name {
                return Some(id);
            }
            place = (place + 1) % NameIndex::SIZE;
        }
    }

    /// From length, first and last eight bytes: names are short.
    fn hash(name: &str) -> usize {
        let bytes = name.as_bytes();
        let word = |part: &[u8]| part.iter().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
        let (first, last) = match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
            (Some(first), Some(last)) => (u64::from_be_bytes(*first), u64::from_be_bytes(*last)),
            _ => (word(bytes), 0),
        };
        let mixed = (first ^ last.rotate_left(29) ^ bytes.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 51) as usize
    }
}

impl TypeDef {
    /// All members, sorted by name.
    pub(crate) fn elements(&self) -> &'static [Element] {
        &ELEMENTS[usize::from(self.first)..usize::from(self.first) + usize::from(self.count)]
    }
    /// The member called `name`.
    pub(crate) fn element(&self, name: &str) -> Option<&'static Element> {
        let (elements, name) = (self.elements(), NameIndex::id(name)?);
        elements.binary_search_by_key(&name, |e| e.name).ok().map(|i| &elements[i])
    }
    /// The rules of this type.
    pub(crate) fn invariants(&self) -> &'static [Invariant] {
        &INVARIANTS[usize::from(self.first_invariant)..][..usize::from(self.invariant_count)]
    }
    /// Place of its first rule in the table of all.
    pub(crate) fn first_invariant(&self) -> usize {
        usize::from(self.first_invariant)
    }
    /// Whether it is a resource.
    pub(crate) fn is_resource(&self) -> bool {
        matches!(self.kind, TypeKind::Resource | TypeKind::DomainResource)
    }
}

impl Element {
    /// Name of the JSON member.
    pub(crate) fn name(&self) -> &'static str {
        NAMES[usize::from(self.name)]
    }
    /// Its name in FHIRPath: for a choice without the type.
    pub(crate) fn path_name(&self) -> &'static str {
        let name = self.name();
        if self.is_choice() { &name[..name.len() - self.type_id().definition().name.len()] } else { name }
    }
    /// Its type.
    pub(crate) fn type_id(&self) -> TypeId {
        TypeId(self.type_id)
    }
    /// Whether it repeats.
    pub(crate) fn is_many(&self) -> bool {
        self.flags & MANY != 0
    }
    /// Whether it must be there.
    pub(crate) fn is_required(&self) -> bool {
        self.flags & REQUIRED != 0
    }
    /// Whether it belongs to the summary.
    pub(crate) fn is_summary(&self) -> bool {
        self.flags & SUMMARY != 0
    }
    /// Whether it changes the meaning of what it belongs to.
    pub(crate) fn is_modifier(&self) -> bool {
        self.flags & MODIFIER != 0
    }
    /// Whether it is one of a choice of types.
    pub(crate) fn is_choice(&self) -> bool {
        self.flags & CHOICE != 0
    }
    /// Its required binding.
    pub(crate) fn binding(&self) -> &'static Binding {
        &BINDINGS[usize::from(self.binding)]
    }
    /// Whether a reference in it may point to `target`.
    pub(crate) fn may_point_to(&self, target: ResourceType) -> bool {
        let allowed = TARGETS[usize::from(self.targets)];
        allowed.is_empty() || allowed.iter().any(|&t| usize::from(t) == target.index())
    }
}

/// A row of the type table.
pub(crate) const fn type_def(
    name: &'static str,
    kind: TypeKind,
    first: u16,
    count: u16,
    required: u128,
    first_invariant: u16,
    invariant_count: u16,
) -> TypeDef {
    TypeDef { name, kind, first, count, required, first_invariant, invariant_count }
}

/// A row of the element table.
pub(crate) const fn element(name: u16, type_id: u16, slot: u8, flags: u8, binding: u8, targets: u8) -> Element {
    Element { name, type_id, slot, flags, binding, targets }
}

/// A row of the invariant table.
pub(crate) const fn invariant(
    key: &'static str,
    error: bool,
    element: &'static str,
    expression: &'static str,
) -> Invariant {
    Invariant { key, error, element, expression }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn type_of(name: &str) -> &'static TypeDef {
        ResourceType::parse(name).unwrap().type_id().definition()
    }

    #[test]
    fn every_element_is_found_by_its_name_and_leads_to_a_type() {
        for definition in &TYPES {
            for element in definition.elements() {
                let found = definition.element(element.name()).unwrap();
                assert!(std::ptr::eq(found, element), "{}.{}", definition.name, element.name());
                assert!(usize::from(element.type_id) < TYPES.len());
                assert_eq!(definition.required >> element.slot & 1 == 1, element.is_required());
            }
        }
    }

    #[test]
    fn names_are_found_with_few_steps_and_others_are_not() {
        assert!(NAMES.len() * 2 < NameIndex::SIZE && NAMES.is_sorted());
        for (name, id) in NAMES.iter().zip(0..) {
            assert_eq!(NameIndex::id(name), Some(id));
            assert_eq!(NameIndex::id(&format!("{name}_")), None);
        }
        assert_eq!(NameIndex::id(""), None);
        // The longest run of places in use bounds the steps.
        let runs = NAME_INDEX.places.split(|id| *id == 0).map(<[u16]>::len);
        assert!(runs.max().unwrap() < 24);
    }

    #[test]
    fn primitives_stand_where_their_names_are() {
        for (index, primitive) in PRIMITIVES.iter().enumerate() {
            let definition = &TYPES[index];
            assert_eq!(definition.kind, TypeKind::Primitive);
            assert!(format!("{primitive:?}").eq_ignore_ascii_case(definition.name), "{primitive:?}");
        }
        assert_eq!(TYPES.iter().filter(|t| t.kind == TypeKind::Primitive).count(), PRIMITIVES.len());
    }

    #[test]
    fn choices_are_spelled_out_and_know_their_path_name() {
        let value = type_of("Observation").element("valueQuantity").unwrap();
        assert_eq!((value.path_name(), value.type_id().definition().name), ("value", "Quantity"));
        assert!(type_of("Observation").element("valueAddress").is_none());
        assert!(type_of("Observation").element("value").is_none());
        let dose = type_of("MedicationAdministration").element("dosage").unwrap().type_id().definition();
        assert_eq!(dose.element("rateQuantity").unwrap().type_id().definition().name, "Quantity");
    }

    #[test]
    fn the_tables_say_what_the_definitions_say() {
        let observation = type_of("Observation");
        let status = observation.element("status").unwrap();
        assert!(status.is_required() && status.is_summary() && status.is_modifier() && !status.is_many());
        assert!(matches!(status.binding(), Binding::Codes([(_, codes)]) if codes.contains(&"final")));
        let subject = observation.element("subject").unwrap();
        assert!(subject.may_point_to(ResourceType::parse("Patient").unwrap()));
        assert!(!subject.may_point_to(ResourceType::parse("Medication").unwrap()));
        assert!(observation.invariants().iter().any(|i| i.key == "obs-7"));
        assert!(!type_of("Observation").element("note").unwrap().is_summary());
        let range = observation.element("component").unwrap().type_id().definition().element("referenceRange").unwrap();
        assert_eq!(range.type_id().definition().name, "Observation.referenceRange");
    }
}
