//! Reference data that is not part of the repository.
use std::path::{Path, PathBuf};

/// The folder `shared` beside the checkout (official definitions, master files), when it is there.
pub fn shared() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?.parent()?;
    let folder = root.parent()?.join("shared");
    folder.join("specs").is_dir().then_some(folder)
}

/// Says loudly that a test did not run, and why.
#[allow(clippy::print_stderr)]
pub fn skipped(test: &str, why: &str) {
    eprintln!("SKIPPED: {test}: {why}");
}
