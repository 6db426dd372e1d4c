//! Resource types.

/// A concrete R4 resource type: an index into the generated table, stable within one build only.
/// Store the name, not the number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceType(pub(crate) u8);

impl ResourceType {
    /// By its name, case-sensitive.
    pub fn parse(name: &str) -> Option<ResourceType> {
        let _ = name;
        todo!()
    }
    /// The name, for example `Patient`.
    pub fn name(self) -> &'static str {
        todo!()
    }
    /// All concrete resource types in alphabetical order.
    pub fn all() -> impl Iterator<Item = ResourceType> {
        std::iter::empty()
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
