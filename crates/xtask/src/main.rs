//! Development tasks. `cargo xtask` without words lists them.
mod check;
mod generate;

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

const USAGE: &str = "usage: cargo xtask TASK
  test [--no-install] [--no-browser]   install what the tests need, run all of them
  fonts                                fetch the fonts of printed forms; the next build embeds them
  fuzz [SECONDS]                       run each fuzz target for so long (60 when not said)
  gen --r4 DIR [--check]               write (or compare) the tables generated from the R4 definitions in DIR";

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["test", flags @ ..] => {
            let mut options = check::Options::default();
            for flag in flags {
                match *flag {
                    "--no-install" => options.no_install = true,
                    "--no-browser" => options.no_browser = true,
                    _ => bail!("{USAGE}"),
                }
            }
            check::run(&root()?, options)
        }
        ["fonts"] => check::fonts(&root()?),
        ["fuzz", rest @ ..] => {
            let seconds = match rest {
                [] => 60,
                [seconds] => seconds.parse().with_context(|| USAGE)?,
                _ => bail!("{USAGE}"),
            };
            check::fuzz::run(&root()?, seconds)
        }
        ["gen", "--r4", dir, rest @ ..] => {
            let check = match rest {
                [] => false,
                ["--check"] => true,
                _ => bail!("{USAGE}"),
            };
            let out = root()?.join("crates/fhir/src/generated");
            generate::run(&PathBuf::from(dir), &out, check).context("generating the FHIR tables")
        }
        _ => bail!("{USAGE}"),
    }
}

/// The checkout.
fn root() -> Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().and_then(Path::parent).map(Path::to_owned).context("the crate stands in crates/xtask")
}
