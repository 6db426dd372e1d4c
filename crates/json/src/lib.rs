//! Exact JSON: text in, tree out, every lexeme preserved.
//!
//! Numbers keep their spelling (`72.50`, `1.00E-2`), strings keep their escapes, objects keep their key order.
//! Duplicate keys, lone surrogates, too deep nesting, too large documents and absurd exponents are refused with
//! line and column. This room knows nothing of FHIR and does no I/O.

mod number;
mod object;
mod parse;
mod patch;
mod text;
mod value;
mod write;

pub use number::Number;
pub use object::Object;
pub use parse::{ErrorKind, Limits, ParseError, parse};
pub use patch::{PatchError, apply_patch, pointer};
pub use text::Text;
pub use value::Value;
