//! The names of the resource types.
use super::definitions::Definitions;
use super::source::{SourceFile, header, quote};
use std::fmt::Write as _;

/// `resource_types.rs`
pub(crate) fn generate(definitions: &Definitions) -> SourceFile {
    let mut text = header("The concrete resource types in alphabetical order.");
    let names = &definitions.resource_types;
    let _ = writeln!(text, "pub(crate) static RESOURCE_TYPES: [&str; {}] = [", names.len());
    for name in names {
        let _ = writeln!(text, "{},", quote(name));
    }
    text.push_str("];\n");
    SourceFile { name: "resource_types.rs", text }
}
