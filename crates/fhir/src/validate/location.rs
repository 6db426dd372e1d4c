//! Where in a resource the walk stands.
use std::fmt::{self, Display, Formatter};

/// A place as a chain of names on the stack; becomes a FHIRPath text only when there is something to report.
#[derive(Clone, Copy)]
pub(crate) struct Location<'p> {
    parent: Option<&'p Location<'p>>,
    name: &'p str,
    index: Option<usize>,
}

impl<'p> Location<'p> {
    /// The resource itself.
    pub(crate) fn root(name: &'p str) -> Location<'p> {
        Location { parent: None, name, index: None }
    }
    /// A member.
    pub(crate) fn member(&'p self, name: &'p str) -> Location<'p> {
        Location { parent: Some(self), name, index: None }
    }
    /// Whether an extension stands somewhere above this one in the same chain of extensions.
    pub(crate) fn is_inside_extension(&self) -> bool {
        self.parent.is_some_and(|p| matches!(p.name, "extension" | "modifierExtension"))
    }
    /// An item of this (repeating) member.
    pub(crate) fn item(self, index: usize) -> Location<'p> {
        Location { index: Some(index), ..self }
    }
}

impl Display for Location<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            write!(f, "{parent}.")?;
        }
        f.write_str(self.name)?;
        self.index.map_or(Ok(()), |index| write!(f, "[{index}]"))
    }
}
