//! The official examples, judged both ways: by our own rules and by the official packages.
use super::mutations::Mutation;
use super::table::MUTATIONS;
use super::{errors, fixture, judge, read};
use karute_fhir::profile::{Finding, Level, Package, ProfileSet};
use std::path::Path;
use std::sync::OnceLock;

/// A folder as a package.
fn package(folder: &Path) -> Package {
    let mut package = Package::new();
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        package.add(&file.to_string_lossy(), &std::fs::read(&file).unwrap()).unwrap();
    }
    package.check().unwrap();
    package
}

/// What a set of packages is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Guide {
    Clins,
    Core,
    Checkup,
}

/// The official packages; `None` (said loudly) where they are not at hand.
fn official(guide: Guide) -> Option<&'static ProfileSet> {
    static SETS: OnceLock<Option<[ProfileSet; 3]>> = OnceLock::new();
    let sets = SETS.get_or_init(|| {
        let root = karute_testkit::shared()?.join("fhir");
        let core_old = package(&root.join("jp-core-1.1.2-clins"));
        let clins = [core_old, package(&root.join("jp-clins"))];
        let for_clins = ProfileSet::from_packages(&clins, Level::V1_12);
        let core = [package(&root.join("jp-core"))];
        let for_core = ProfileSet::from_packages(&core, Level::V1_12);
        let [core_old, _] = clins;
        let checkup = [core_old, package(&root.join("jp-echeckup"))];
        Some([for_clins, for_core, ProfileSet::from_packages(&checkup, Level::V1_12)])
    });
    let Some([clins, core, checkup]) = sets else {
        karute_testkit::skipped("official packages", "no ../shared/fhir");
        return None;
    };
    Some(match guide {
        Guide::Clins => clins,
        Guide::Core => core,
        Guide::Checkup => checkup,
    })
}

/// A line of the list of examples.
struct Example {
    guide: Guide,
    name: String,
    text: String,
    /// `valid` or `invalid`, in the words of the guide.
    label: String,
    /// Errors by the rules of 1.12.
    errors: usize,
}

fn examples() -> Option<Vec<Example>> {
    let root = karute_testkit::shared()?.join("fhir/examples");
    let list = std::fs::read_to_string(root.join("manifest.csv")).unwrap();
    let example = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let guide = match cells[0] {
            "jp-clins" | "own-1.12" => Guide::Clins,
            "jp-core" => Guide::Core,
            "jp-echeckup" => Guide::Checkup,
            _ => return None,
        };
        let name = format!("{}/{}", cells[0], cells[1]);
        let text = std::fs::read_to_string(root.join(&name)).unwrap();
        Some(Example { guide, name, text, label: cells[4].to_owned(), errors: cells[5].parse().unwrap() })
    };
    Some(list.lines().skip(1).filter_map(example).collect())
}

/// What the guide itself names wrong, and the rule it breaks.
const DECLARED_INVALID: [(&str, &str); 2] = [
    ("jp-clins/MedicationRequest-ErrorExample-JP-MedReq-ExtEye-Total1.json", "R3010"),
    ("jp-clins/Observation-ErrorExample-ObsLabo-eGFR.json", "R6021"),
];

fn lines(findings: &[&Finding]) -> Vec<String> {
    findings.iter().map(|f| format!("    {} {} {}", f.rule, f.location, f.message)).collect()
}

#[test]
fn by_the_rules_of_their_time_the_valid_ones_pass_and_the_invalid_ones_fail() {
    let Some(examples) = examples() else { return karute_testkit::skipped("official examples", "no ../shared/fhir") };
    let mut wrong = Vec::new();
    for example in &examples {
        // Our own additions are of the newest level.
        let level = if example.name.starts_with("own") { Level::V1_12 } else { Level::V1_5_3 };
        let found = judge(&read(&example.text), ProfileSet::own_at(level));
        let found = errors(&found);
        let as_said = if example.label == "valid" {
            found.is_empty()
        } else {
            let (_, rule) = DECLARED_INVALID.iter().find(|(name, _)| *name == example.name).unwrap();
            !found.is_empty() && found.iter().all(|finding| finding.rule == *rule)
        };
        if !as_said {
            wrong.push(format!("{} ({})\n{}", example.name, example.label, lines(&found).join("\n")));
        }
    }
    assert!(examples.len() >= 110, "only {}", examples.len());
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn by_the_newest_rules_both_ways_find_what_the_list_says() {
    let Some(examples) = examples() else { return karute_testkit::skipped("official examples", "no ../shared/fhir") };
    let mut wrong = Vec::new();
    for example in &examples {
        let Some(official) = official(example.guide) else { return };
        let value = read(&example.text);
        let own = judge(&value, ProfileSet::own());
        let official = judge(&value, official);
        let (own, official) = (errors(&own), errors(&official));
        let declared_invalid = example.label == "invalid";
        let expected = example.errors > 0 || declared_invalid;
        let places = |found: &[&Finding]| {
            let mut places: Vec<String> = found.iter().map(|finding| finding.location.clone()).collect();
            places.sort();
            places.dedup();
            places
        };
        if own.is_empty() == expected || places(&own) != places(&official) {
            wrong.push(format!(
                "{} (list: {})\n  own:\n{}\n  official:\n{}",
                example.name,
                example.errors,
                lines(&own).join("\n"),
                lines(&official).join("\n")
            ));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

fn guide_of(base: &str) -> Guide {
    if base == "健診結果報告書" { Guide::Checkup } else { Guide::Clins }
}

#[test]
fn both_ways_refuse_the_same_mutations() {
    let mut wrong = Vec::new();
    for (name, text) in super::FIXTURES {
        let Some(official) = official(guide_of(name)) else { return };
        let found = judge(&read(text), official);
        if !errors(&found).is_empty() {
            wrong.push(format!("{name} as it is\n{}", lines(&errors(&found)).join("\n")));
        }
    }
    for Mutation { base, change, rule, at } in MUTATIONS {
        let Some(official) = official(guide_of(base)) else { return };
        let text = change.apply(fixture(base));
        let found = judge(&read(&text), official);
        // The definitions may tell it at an element around the one that is wrong.
        let around = |place: &str| {
            at.strip_prefix(place).is_some_and(|rest| rest.starts_with('.')) && place.contains(".resource")
        };
        let caught = found.iter().any(|finding| finding.location == *at || around(&finding.location));
        if !caught {
            let all: Vec<&Finding> = found.iter().collect();
            wrong.push(format!("{base}: {} ({rule} {at})\n{}", change.words(), lines(&all).join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
