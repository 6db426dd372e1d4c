//! The fuzz targets, driven by libFuzzer for a bounded time on the stable compiler.
//!
//! `cargo fuzz` asks for the nightly compiler because of the sanitizers. Safe Rust needs no address sanitizer to find
//! panics and hangs, and the coverage that guides libFuzzer is an LLVM pass that the stable compiler offers.
use super::{say, step};
use anyhow::{Context, Result};
use std::path::Path;
use std::process::Command;

/// The programs in `fuzz/targets`.
const TARGETS: &[&str] = &["json", "search", "fhirpath", "validate"];

/// What `cargo fuzz --sanitizer none` passes to the compiler.
const FLAGS: &[&str] = &[
    "--cfg fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Ccodegen-units=1",
    "-Cdebug-assertions",
];

/// Builds the targets and runs each for `seconds`. A finding ends it and lies in `target/fuzz/findings`.
pub(crate) fn run(root: &Path, seconds: u32) -> Result<()> {
    let folder = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into).join("fuzz");
    // Naming the target keeps build scripts and procedural macros free of the instrumentation.
    let triple = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    step(
        Command::new(env!("CARGO"))
            .current_dir(root.join("fuzz"))
            .args(["build", "--release", "--locked", "--target", &triple])
            .env("CARGO_TARGET_DIR", &folder)
            .env("RUSTFLAGS", FLAGS.join(" ")),
    )?;
    let findings = folder.join("findings");
    std::fs::create_dir_all(&findings).with_context(|| format!("{}", findings.display()))?;
    for target in TARGETS {
        let corpus = folder.join("corpus").join(target);
        std::fs::create_dir_all(&corpus).with_context(|| format!("{}", corpus.display()))?;
        say(&format!("fuzzing {target} for {seconds} s"));
        step(
            Command::new(folder.join(&triple).join("release").join(target))
                .arg(&corpus)
                .arg(format!("-max_total_time={seconds}"))
                .arg(format!("-artifact_prefix={}/{target}-", findings.display()))
                .args(["-timeout=10", "-rss_limit_mb=2048", "-max_len=4096", "-print_funcs=0", "-verbosity=0"]),
        )?;
    }
    Ok(())
}
