//! Forms as files: what programs that read PDF find in them (poppler and qpdf, which `cargo xtask test` installs).
#![allow(clippy::unwrap_used)]

#[path = "../fixture/mod.rs"]
mod fixture;
mod letter;
mod mapped;
mod pdf;
