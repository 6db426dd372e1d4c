//! Files that a setting names: secrets and folders.
use crate::problem::Problem;
use std::path::{Path, PathBuf};

/// The first line of a file: a password never stands in a command line.
pub(super) fn secret(file: &Path) -> Result<String, Problem> {
    let text = std::fs::read_to_string(file).map_err(|error| unreadable(file, &error))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

pub(super) fn unreadable(file: &Path, error: &std::io::Error) -> Problem {
    Problem::new(format!("{} を読めません（{error}）。", file.display()))
}

/// The service may run in another directory.
pub(super) fn whole(path: &Path) -> Result<PathBuf, Problem> {
    std::fs::canonicalize(path).map_err(|error| unreadable(path, &error))
}
