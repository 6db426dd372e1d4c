//! Real-world resources and the definitions themselves, where they are at hand.
use karute_fhir::validate::{Severity, validate};
use karute_json::{Limits, parse};
use std::path::{Path, PathBuf};

/// The directory of FHIR material beside the repository; a loud note when it is not there.
fn material(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fhir").join(name);
    if path.is_dir() {
        return Some(path);
    }
    let mut out = std::io::stderr();
    let _ = std::io::Write::write_all(&mut out, format!("SKIPPED: no {name} in ../shared/fhir\n").as_bytes());
    None
}

/// Every `.json` file below a directory, sorted.
fn json_files(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(json_files(&path));
        } else if path.extension().is_some_and(|e| e == "json") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// `expression` without the numbers of repeating elements.
fn without_indices(expression: &str) -> String {
    let mut depth = 0;
    expression
        .chars()
        .filter(|c| {
            if *c == '[' {
                depth += 1;
            }
            let keep = depth == 0;
            if *c == ']' {
                depth -= 1;
            }
            keep
        })
        .collect()
}

/// The same text without the white space between its tokens.
fn without_space(text: &str) -> String {
    let (mut quoted, mut escaped) = (false, false);
    let mut keep = |c: char| {
        let keep = quoted || !c.is_ascii_whitespace();
        quoted ^= c == '"' && !escaped;
        escaped = quoted && c == '\\' && !escaped;
        keep
    };
    text.chars().filter(|c| keep(*c)).collect()
}

#[test]
fn published_examples_are_valid_but_for_the_known_bad_ones() {
    let Some(examples) = material("examples") else { return };
    let mut count = 0;
    let mut unexpected = Vec::new();
    for file in json_files(&examples) {
        let text = std::fs::read(&file).unwrap();
        let value = parse(&text, &Limits::FHIR).unwrap();
        count += 1;
        for finding in validate(&value).iter().filter(|f| f.severity == Severity::Error) {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            let place = without_indices(&finding.expression);
            if !KNOWN_BAD.iter().any(|(f, e, _)| *f == name && *e == place) {
                unexpected.push(format!("{name} {} {} {}", finding.code, finding.expression, finding.message));
            }
        }
    }
    assert!(count >= 170, "only {count} examples");
    assert!(unexpected.is_empty(), "{}", unexpected.join("\n"));
}

/// (file, place, why it is really wrong in R4)
const KNOWN_BAD: &[(&str, &str, &str)] = &[];

#[test]
fn every_definition_survives_reading_and_writing_byte_for_byte() {
    let Some(root) = material("") else { return };
    let mut count = 0;
    let mut check = |text: &str, name: &Path| {
        let value = parse(text.as_bytes(), &Limits::FHIR).unwrap_or_else(|e| panic!("{}: {e:?}", name.display()));
        assert!(value.to_json() == without_space(text), "{} is not written as it was read", name.display());
        count += 1;
    };
    for file in json_files(&root) {
        check(&std::fs::read_to_string(&file).unwrap(), &file);
    }
    for entry in std::fs::read_dir(root.join("r4-core")).unwrap() {
        let file = entry.unwrap().path();
        for line in std::fs::read_to_string(&file).unwrap().lines() {
            check(line, &file);
        }
    }
    assert!(count > 4000, "only {count} definitions");
}
