//! What clinics write for the names of the masters: DM, COPD, かっこんとう, WBC.
use super::Domain;
use super::fold::fold;
use std::sync::LazyLock;

/// Written by us from common clinical usage; see the head of the file for its form.
const FILE: &str = include_str!("../../data/abbreviations.tsv");

/// (domain, folded word, folded expansions in order), sorted.
static WORDS: LazyLock<Vec<(Domain, String, Vec<String>)>> = LazyLock::new(|| {
    let mut words: Vec<_> =
        lines().map(|(domain, word, full)| (domain, fold(word), full.map(fold).collect())).collect();
    words.sort();
    words
});

/// Lines of the file as (domain, word, expansions).
fn lines() -> impl Iterator<Item = (Domain, &'static str, impl Iterator<Item = &'static str>)> {
    FILE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut fields = line.split('\t');
        let domain = Domain::parse(fields.next()?)?;
        Some((domain, fields.next()?, fields.next()?.split('|')))
    })
}

/// Beginnings of names that a folded word stands for, best first. A reading in kana stands for its name as soon as
/// three characters of it are there.
pub(crate) fn expansions(domain: Domain, word: &str) -> Vec<&'static str> {
    let key = (domain, word);
    let first = WORDS.partition_point(|(d, w, _)| (*d, w.as_str()) < key);
    let typing = word.chars().count() >= 3 && !word.is_ascii();
    let rest = WORDS.get(first..).unwrap_or_default();
    let meant = rest.iter().take_while(|(d, w, _)| *d == domain && (w == word || (typing && w.starts_with(word))));
    let mut found: Vec<&str> = Vec::new();
    for full in meant.flat_map(|(_, _, full)| full.iter().map(String::as_str)) {
        if !found.contains(&full) && found.len() < 8 {
            found.push(full);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_says_something() {
        let count = FILE.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).count();
        assert_eq!(lines().count(), count, "a line does not parse");
        assert!(count > 150);
        for pair in WORDS.windows(2) {
            assert!((pair[0].0, &pair[0].1) != (pair[1].0, &pair[1].1), "twice: {:?}", pair[0]);
        }
        for (_, word, full) in WORDS.iter() {
            assert!(!word.is_empty() && full.iter().all(|f| !f.is_empty() && f != word), "{word}");
        }
    }

    #[test]
    fn words_are_found_as_typed() {
        assert_eq!(expansions(Domain::Disease, "dm"), [fold("糖尿病"), fold("２型糖尿病")]);
        assert_eq!(expansions(Domain::Drug, "かっこ"), [fold("葛根湯")]);
        assert!(expansions(Domain::Drug, "か").is_empty());
        assert!(expansions(Domain::Act, "dm").is_empty());
    }
}
