//! `cargo xtask test`: installs what the tests need, then runs all of them. What is checked stands in [`run`], in
//! the order in which it fails fastest.

pub(crate) mod fuzz;
mod packages;

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// What to leave out.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    /// Do not install packages; fail when one is missing.
    pub(crate) no_install: bool,
    /// Leave out the browser.
    pub(crate) no_browser: bool,
}

/// How long each fuzz target runs within the tests.
const FUZZ_SECONDS: u32 = 10;

/// Runs everything; the first failure ends it.
pub(crate) fn run(root: &Path, options: Options) -> Result<()> {
    let started = Instant::now();
    packages::ensure(options.no_install)?;
    fonts(root)?;
    let cargo = |words: &[&str]| step(Command::new(env!("CARGO")).current_dir(root).args(words));
    cargo(&["fmt", "--all", "--check"])?;
    cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])?;
    cargo(&["test", "--workspace", "--locked", "--no-fail-fast"])?;
    fuzz::run(root, FUZZ_SECONDS)?;
    if !options.no_browser {
        browser(root)?;
    }
    say(&format!("everything passed in {} s", started.elapsed().as_secs()));
    Ok(())
}

/// The browser tests: their tools by lock file, the product as `cargo test` just built it for its own tests. (A build of
/// its own would have other features of half the dependencies, and make them anew.)
fn browser(root: &Path) -> Result<()> {
    let folder = root.join("e2e");
    step(Command::new("npm").current_dir(&folder).args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    step(Command::new("npm").current_dir(&folder).args(["test"]).env("KARUTE_BIN", target.join("debug/karute")))
}

/// Fetches the fonts of printed forms by lock file, for the next build to embed.
pub(crate) fn fonts(root: &Path) -> Result<()> {
    let folder = root.join("crates/forms/fonts");
    step(Command::new("npm").current_dir(folder).args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]))
}

/// Runs one step and stops everything when it fails.
fn step(command: &mut Command) -> Result<()> {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let line = words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ");
    say(&line);
    let status = command.status().with_context(|| format!("{line}: cannot be started"))?;
    if !status.success() {
        bail!("{line}: {status}");
    }
    Ok(())
}

#[allow(clippy::print_stderr)]
pub(super) fn say(line: &str) {
    eprintln!("==> {line}");
}
