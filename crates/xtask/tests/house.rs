//! The architecture, kept by tests: which room may lean on which, who may speak SQL, what may come in from outside.
#![allow(clippy::unwrap_used, missing_docs)]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Floors of the house (ARCHITECTURE.md). An arrow must go to a lower floor.
const FLOORS: &[(&str, u8)] = &[
    ("karute-json", 0),
    ("karute-japan", 0),
    ("karute-crypto", 1),
    ("karute-fhir", 1),
    ("karute-terminology", 1),
    ("karute-ledger", 2),
    ("karute-signing", 2),
    ("karute-identity", 3),
    ("karute-chart", 3),
    ("karute-eprescription", 4),
    ("karute-sharing", 4),
    ("karute-forms", 4),
    ("karute-web", 5),
    ("karute-api", 5),
    ("karute-operations", 5),
    ("karute-sandbox", 5),
    ("karute-synthetic", 5),
    ("karute-bench", 5),
    ("karute", 6),
];

/// Not part of the product: test support and tools.
const WORKSHOP: &[&str] = &["karute-testkit", "xtask"];

/// Only the ledger may name these.
const SQL_LIBRARIES: &[&str] =
    &["rusqlite", "libsqlite3-sys", "tokio-postgres", "deadpool-postgres", "tokio-postgres-rustls", "sqlx", "diesel"];

const BANNED: &[&str] = &["openssl", "openssl-sys", "native-tls", "ring", "chrono", "sqlx", "sqlx-core"];

const LICENCES: &[&str] = &[
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "OpenSSL",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
    "0BSD",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().parent().unwrap().to_owned()
}

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--offline", "--locked"])
        // Packages of other platforms were never fetched.
        .args(["--filter-platform", &format!("{}-unknown-linux-gnu", std::env::consts::ARCH)])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Members of the workspace: name → (dependency, is a development dependency).
fn members(metadata: &Value) -> BTreeMap<String, Vec<(String, bool)>> {
    let ids: BTreeSet<&str> =
        metadata["workspace_members"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|package| ids.contains(package["id"].as_str().unwrap()))
        .map(|package| {
            let dependencies = package["dependencies"]
                .as_array()
                .unwrap()
                .iter()
                .map(|d| (d["name"].as_str().unwrap().to_owned(), d["kind"].as_str() == Some("dev")))
                .collect();
            (package["name"].as_str().unwrap().to_owned(), dependencies)
        })
        .collect()
}

fn floor(name: &str) -> Option<u8> {
    FLOORS.iter().find(|(room, _)| *room == name).map(|(_, floor)| *floor)
}

#[test]
fn every_crate_has_a_floor_or_stands_in_the_workshop() {
    for name in members(&metadata()).keys() {
        assert!(
            floor(name).is_some() || WORKSHOP.contains(&name.as_str()),
            "{name} is not in the table of floors: add it here and to ARCHITECTURE.md"
        );
    }
}

#[test]
fn arrows_point_down() {
    for (name, dependencies) in members(&metadata()) {
        let Some(own) = floor(&name) else { continue };
        for (dependency, development) in dependencies {
            assert!(
                development || !WORKSHOP.contains(&dependency.as_str()),
                "{name} takes {dependency} into the product; it is for tests only"
            );
            if let Some(other) = floor(&dependency) {
                assert!(development || other < own, "{name} (floor {own}) leans on {dependency} (floor {other})");
            }
        }
    }
}

#[test]
fn only_the_ledger_speaks_sql() {
    for (name, dependencies) in members(&metadata()) {
        for (dependency, development) in dependencies {
            if SQL_LIBRARIES.contains(&dependency.as_str()) && !development {
                assert_eq!(name, "karute-ledger", "{name} depends on {dependency}");
            }
        }
    }
}

#[test]
fn the_sandbox_and_the_synthetic_clinic_are_reached_from_the_executable_alone() {
    for (name, dependencies) in members(&metadata()) {
        for (dependency, development) in dependencies {
            if ["karute-sandbox", "karute-synthetic"].contains(&dependency.as_str()) && !development {
                assert_eq!(name, "karute", "{name} depends on {dependency}");
            }
        }
    }
}

#[test]
fn connectors_know_no_other_connector() {
    let connectors: Vec<&str> = FLOORS.iter().filter(|(_, floor)| *floor == 4).map(|(name, _)| *name).collect();
    for (name, dependencies) in members(&metadata()) {
        if !connectors.contains(&name.as_str()) {
            continue;
        }
        for (dependency, development) in dependencies {
            let other = connectors.contains(&dependency.as_str()) && !development;
            assert!(!other, "{name} leans on {dependency}: a connector owns one outside system and knows no other");
        }
    }
}

#[test]
fn nothing_banned_and_nothing_from_git_comes_in() {
    // What is really built: the lock file also names optional packages that nothing switches on.
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--workspace", "--offline", "--locked", "--prefix=none", "--format={p}"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    assert!(tree.lines().count() > 100, "the tree is not whole");
    for line in tree.lines() {
        let name = line.split(' ').next().unwrap();
        assert!(!BANNED.contains(&name), "{name} is banned (deny.toml)");
        assert!(!line.contains("git+") && !line.contains("(http"), "{name} comes from git");
    }
}

#[test]
fn every_licence_is_allowed() {
    for package in metadata()["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let Some(expression) = package["license"].as_str() else { continue };
        let allowed = expression.replace('/', " OR ").split(" OR ").any(|alternative| {
            alternative
                .trim_matches(|c| c == '(' || c == ')' || c == ' ')
                .split(" AND ")
                .all(|part| LICENCES.contains(&part.trim_matches(|c| c == '(' || c == ')' || c == ' ')))
        });
        assert!(allowed, "{name}: {expression}");
    }
}

#[test]
fn exact_numbers_are_not_switched_on_for_every_crate() {
    // `arbitrary_precision` would change serde_json for the whole build and break untagged enums at run time.
    let metadata = metadata();
    for node in metadata["resolve"]["nodes"].as_array().unwrap() {
        let features = node["features"].as_array().unwrap();
        assert!(
            !features.iter().any(|feature| feature == "arbitrary_precision"),
            "{} has arbitrary_precision",
            node["id"]
        );
    }
}

fn tracked() -> Vec<PathBuf> {
    let output = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.split('\0').filter(|name| !name.is_empty()).map(PathBuf::from).collect()
}

#[test]
fn source_files_keep_to_one_subject() {
    for file in tracked() {
        let source = file.extension().is_some_and(|e| ["rs", "js", "mjs", "css"].iter().any(|x| e == *x));
        if !source || file.components().any(|c| c.as_os_str() == "generated") {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(root().join(&file)) else { continue };
        let lines = text.lines().count();
        assert!(lines <= 800, "{} has {lines} lines: one subject each", file.display());
        let stem = file.file_stem().unwrap().to_string_lossy();
        assert!(
            !["utils", "util", "helpers", "misc", "common"].contains(&&*stem),
            "{}: name the subject",
            file.display()
        );
    }
}

#[test]
fn lock_files_name_no_download_address() {
    for file in tracked() {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if name == "package-lock.json" {
            let text = std::fs::read_to_string(root().join(&file)).unwrap();
            assert!(!text.contains("\"resolved\": \"http"), "{} records download addresses", file.display());
        }
        if name == "Cargo.lock" {
            let text = std::fs::read_to_string(root().join(&file)).unwrap();
            let foreign = text.lines().find(|line| {
                line.starts_with("source = ")
                    && *line != r#"source = "registry+https://github.com/rust-lang/crates.io-index""#
            });
            assert_eq!(foreign, None, "{} records another registry", file.display());
        }
    }
}

#[test]
fn the_map_names_every_room() {
    let map = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for name in members(&metadata()).keys() {
        let folder = name.strip_prefix("karute-").unwrap_or(name);
        assert!(map.contains(&format!("`{folder}`")), "ARCHITECTURE.md does not name `{folder}`");
    }
}
