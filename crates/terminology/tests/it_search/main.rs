//! What is typed, and what must come.
#![allow(clippy::unwrap_used, missing_docs)]

mod behaviour;
mod fixture;
mod real;
mod sets;
mod support;

use karute_terminology::{Answer, Catalogue, Domain, Habits, Question};

/// Nobody's habits, nine lines, on the day of the cases.
pub(crate) fn ask(catalogue: &Catalogue, domain: Domain, text: &str) -> Answer {
    let day = support::day("2025-11-20");
    catalogue.search(&Question { domain, text, day, limit: 9, habits: Habits::default(), include_ended: false })
}

/// Runs a file of cases: domain, typed, first lines separated by `|` (or `-`). Returns how many there were.
pub(crate) fn run_cases(catalogue: &Catalogue, file: &str) -> usize {
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in file.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [domain, typed, expected] = fields.as_slice() else { panic!("malformed case: {line}") };
        count += 1;
        let answer = ask(catalogue, Domain::parse(domain).unwrap(), typed);
        let shown: Vec<String> = answer.items.iter().map(|item| half_width(&item.display)).collect();
        let expected: Vec<&str> = expected.split('|').filter(|line| *line != "-").collect();
        let fits =
            if expected.is_empty() { shown.is_empty() } else { shown.iter().zip(&expected).all(|(a, b)| a == b) };
        if !fits || shown.len() < expected.len() {
            wrong.push(format!(
                "{domain} {typed}: {:?} instead of {expected:?}",
                shown.iter().take(4).collect::<Vec<_>>()
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {count} cases:\n{}", wrong.len(), wrong.join("\n"));
    count
}

fn half_width(text: &str) -> String {
    let narrow = |c: char| match c {
        '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0).unwrap(),
        other => other,
    };
    text.chars().map(narrow).collect()
}
