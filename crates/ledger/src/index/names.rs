//! Texts in which `:contains` must be fast: the names of people and institutions. Every tail of such a text stands
//! in `ix_part`, so that what it contains is found as the beginning of a tail, whatever its length: one- and
//! two-character searches are the normal case in Japanese.
use karute_fhir::search::ParamKey;

/// Characters of a tail that are kept.
pub(crate) const PART: usize = 16;
/// Tails kept of one text; a longer text has an entry under [`LONG`] besides.
const TAILS: usize = 256;
/// Stands among the parts of a resource that has a text of more than [`TAILS`] characters: it is always a candidate.
pub(crate) const LONG: &str = "\u{1}*";

/// Parameters with parts, and the one under which the parts stand (family and given names are parts of names).
const NAMES: [(ParamKey, ParamKey); 15] = {
    const PATIENT: ParamKey = ParamKey::of("Patient.name");
    const PRACTITIONER: ParamKey = ParamKey::of("Practitioner.name");
    const PERSON: ParamKey = ParamKey::of("Person.name");
    const RELATED: ParamKey = ParamKey::of("RelatedPerson.name");
    const ORGANIZATION: ParamKey = ParamKey::of("Organization.name");
    const LOCATION: ParamKey = ParamKey::of("Location.name");
    [
        (PATIENT, PATIENT),
        (ParamKey::of("Patient.family"), PATIENT),
        (ParamKey::of("Patient.given"), PATIENT),
        (ParamKey::of("Patient.phonetic"), PATIENT),
        (PRACTITIONER, PRACTITIONER),
        (ParamKey::of("Practitioner.family"), PRACTITIONER),
        (ParamKey::of("Practitioner.given"), PRACTITIONER),
        (ParamKey::of("Practitioner.phonetic"), PRACTITIONER),
        (PERSON, PERSON),
        (ParamKey::of("Person.phonetic"), PERSON),
        (RELATED, RELATED),
        (ParamKey::of("RelatedPerson.phonetic"), RELATED),
        (ORGANIZATION, ORGANIZATION),
        (ParamKey::of("Organization.phonetic"), ORGANIZATION),
        (LOCATION, LOCATION),
    ]
};

/// The parameter under which the parts of this one's texts stand.
pub(crate) fn part_param(param: ParamKey) -> Option<ParamKey> {
    NAMES.iter().find(|(name, _)| *name == param).map(|(_, part)| *part)
}

/// The tails of a folded text.
pub(crate) fn tails(folded: &str) -> impl Iterator<Item = &str> {
    let starts = folded.char_indices().map(|(at, _)| at);
    let long = starts.clone().nth(TAILS).map(|_| LONG);
    starts.take(TAILS).filter_map(|at| folded.get(at..)).map(start).chain(long)
}

/// As much of a text as a part holds.
pub(crate) fn start(text: &str) -> &str {
    let end = text.char_indices().nth(PART).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_begins_a_tail() {
        assert_eq!(tails("やまだ").collect::<Vec<_>>(), ["やまだ", "まだ", "だ"]);
        assert_eq!(tails("").count(), 0);
    }

    #[test]
    fn very_long_texts_are_marked_instead_of_filling_the_index() {
        let long = "あ".repeat(10_000);
        assert_eq!(tails(&long).count(), TAILS + 1);
        assert_eq!(tails(&long).last(), Some(LONG));
        assert!(tails(&long).all(|t| t.chars().count() <= PART));
    }
}
