//! `cargo xtask gen`: from the published FHIR R4 (4.0.1) definitions to the compact tables in
//! `crates/fhir/src/generated`.
//!
//! Input is a directory of NDJSON files, one definition of the package `hl7.fhir.r4.core` 4.0.1 (CC0 1.0) a line:
//! `structuredefinitions-{datatypes,resources}`, `searchparameters`, `compartmentdefinitions`,
//! `{valuesets,codesystems}-{fhir,v2,v3}`. Output is committed: a newcomer needs neither the definitions nor a
//! network. `--check` regenerates in memory and compares.

mod bindings;
mod definitions;
mod elements;
mod errata;
mod model;
mod resource_types;
mod search_params;
mod source;

use anyhow::{Context, Result, bail};
use definitions::Definitions;
use source::SourceFile;
use std::path::Path;

/// Largest generated source file in bytes; a larger one must be split.
const MAX_FILE_BYTES: usize = 1_500_000;

/// Generates every table from the definitions in `r4` into the directory `out`, or with `check` compares with what
/// is there and fails on any difference.
pub(crate) fn run(r4: &Path, out: &Path, check: bool) -> Result<()> {
    let definitions = Definitions::load(r4)?;
    let types = model::build(&definitions)?;
    let mut bindings = bindings::Bindings::new(&definitions);
    let [elements, invariants] = elements::generate(&types, &definitions.resource_types, &mut bindings)?;
    let files = [
        resource_types::generate(&definitions),
        search_params::generate(&definitions, &types)?,
        elements,
        invariants,
        bindings.generate(),
    ];
    let mut stale = Vec::new();
    for SourceFile { name, text } in &files {
        if text.len() > MAX_FILE_BYTES {
            bail!("{name} would have {} bytes, more than {MAX_FILE_BYTES}", text.len());
        }
        let path = out.join(name);
        let present = std::fs::read_to_string(&path).ok();
        if present.as_deref() == Some(text) {
            continue;
        }
        if check {
            stale.push(*name);
        } else {
            std::fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
        }
    }
    if stale.is_empty() { Ok(()) } else { bail!("not up to date: {}; run `cargo xtask gen`", stale.join(", ")) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn committed_tables_are_what_the_definitions_give() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let r4 = here.join("../../../shared/fhir/r4-core");
        if !r4.is_dir() {
            let note = b"SKIPPED: no definitions in ../shared/fhir/r4-core\n";
            std::io::Write::write_all(&mut std::io::stderr(), note).unwrap();
            return;
        }
        run(&r4, &here.join("../fhir/src/generated"), true).unwrap();
    }

    #[test]
    fn a_stale_table_is_named() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let r4 = here.join("../../../shared/fhir/r4-core");
        if !r4.is_dir() {
            return;
        }
        let nowhere = here.join("src/generate");
        let message = run(&r4, &nowhere, true).unwrap_err().to_string();
        assert!(message.contains("elements.rs") && message.contains("cargo xtask gen"), "{message}");
    }
}
