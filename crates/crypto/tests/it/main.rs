//! What the other rooms may rely on.
#![allow(clippy::unwrap_used, missing_docs)]

mod keys;
mod seal;
mod sign;
