//! Resource types.
use crate::generated::{PATIENT_COMPARTMENT, RESOURCE_TYPES};

/// A concrete R4 resource type: an index into the generated table, stable within one build only.
/// Store the name, not the number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceType(pub(crate) u8);

impl ResourceType {
    /// By its name, case-sensitive.
    pub fn parse(name: &str) -> Option<ResourceType> {
        let index = RESOURCE_TYPES.binary_search(&name).ok()?;
        u8::try_from(index).ok().map(ResourceType)
    }
    /// The name, for example `Patient`.
    pub fn name(self) -> &'static str {
        RESOURCE_TYPES.get(self.index()).copied().unwrap_or_default()
    }
    /// All concrete resource types in alphabetical order.
    pub fn all() -> impl Iterator<Item = ResourceType> {
        (0..=u8::MAX).map(ResourceType).take(RESOURCE_TYPES.len())
    }
    /// Codes of the search parameters whose targets put a resource of this type into a patient's compartment
    /// (CompartmentDefinition `patient`). Empty: the type never belongs to a patient. `Patient` itself belongs to
    /// its own compartment besides.
    pub fn patient_compartment(self) -> &'static [&'static str] {
        PATIENT_COMPARTMENT.get(self.index()).copied().unwrap_or_default()
    }
    /// Position in the generated tables.
    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }
}

impl std::fmt::Debug for ResourceType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::fmt::Display for ResourceType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_type_is_found_by_its_name_and_nothing_else_is() {
        assert_eq!(ResourceType::all().count(), 146);
        for resource_type in ResourceType::all() {
            assert_eq!(ResourceType::parse(resource_type.name()), Some(resource_type));
        }
        for wrong in ["", "patient", "Patients", "Resource", "DomainResource", "Element", "HumanName"] {
            assert_eq!(ResourceType::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn compartment_parameters_are_those_of_the_definition() {
        let of = |name| ResourceType::parse(name).unwrap().patient_compartment();
        assert_eq!(of("Observation"), ["subject", "performer"]);
        assert_eq!(of("Patient"), ["link"]);
        assert!(of("Organization").is_empty());
    }
}
