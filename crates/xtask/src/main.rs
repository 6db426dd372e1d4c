//! Development tasks: `cargo xtask gen --r4 DIR [--check]`.
mod generate;

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["gen", "--r4", dir, rest @ ..] => {
            let out = crates().join("fhir/src/generated");
            let check = match rest {
                [] => false,
                ["--check"] => true,
                _ => bail!("usage: cargo xtask gen --r4 DIR [--check]"),
            };
            generate::run(&PathBuf::from(dir), &out, check).context("generating the FHIR tables")
        }
        _ => bail!("usage: cargo xtask gen --r4 DIR [--check]"),
    }
}

/// The directory of all crates.
fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
