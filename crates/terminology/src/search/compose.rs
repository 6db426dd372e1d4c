//! Ways to read a line as modifiers around a base.
use super::index::is_kanji;
use super::latin::readings;
use crate::catalogue::Diseases;

/// Most ways that are tried.
const MAX_PLANS: usize = 24;
/// Most modifiers in one name.
const MAX_MODIFIERS: usize = 5;
/// Modifiers tried for one word.
const PER_WORD: usize = 2;

/// Modifiers in the order in which they were typed, and the words that are left for the base.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) prefixes: Vec<u32>,
    pub(super) base: Vec<String>,
    pub(super) suffixes: Vec<u32>,
}

/// What one word can be.
#[derive(Clone, Debug)]
struct Choice {
    prefixes: Vec<u32>,
    rest: Option<String>,
    suffixes: Vec<u32>,
}

impl Choice {
    fn modifiers(&self) -> usize {
        self.prefixes.len() + self.suffixes.len()
    }
}

/// All ways with at least one modifier and something left for the base; those with fewer modifiers first.
pub(super) fn plans(diseases: &Diseases, words: &[String], day: u32) -> Vec<Plan> {
    let mut plans: Vec<Plan> = vec![Plan::default()];
    for (place, word) in words.iter().enumerate() {
        let choices = choices(diseases, word, place + 1 == words.len(), day);
        let mut next = Vec::new();
        for plan in &plans {
            for choice in &choices {
                if plan.prefixes.len() + plan.suffixes.len() + choice.modifiers() > MAX_MODIFIERS {
                    continue;
                }
                let mut longer = plan.clone();
                longer.prefixes.extend(&choice.prefixes);
                longer.base.extend(choice.rest.clone());
                longer.suffixes.extend(&choice.suffixes);
                next.push(longer);
            }
        }
        next.sort_by_key(|plan| plan.prefixes.len() + plan.suffixes.len());
        next.truncate(MAX_PLANS * 4);
        plans = next;
    }
    plans.retain(|plan| !plan.base.is_empty() && !(plan.prefixes.is_empty() && plan.suffixes.is_empty()));
    plans.truncate(MAX_PLANS);
    plans
}

fn choices(diseases: &Diseases, word: &str, is_last: bool, day: u32) -> Vec<Choice> {
    let mut choices = vec![Choice { prefixes: Vec::new(), rest: Some(word.to_owned()), suffixes: Vec::new() }];
    let mut as_modifier: Vec<u32> = diseases.modifiers_of(word, day).collect();
    for kana in readings(word) {
        as_modifier.extend(diseases.modifiers_of(&kana, day));
    }
    if as_modifier.is_empty() && is_last && word.chars().count() >= 2 {
        as_modifier = diseases.modifiers_begun(word, day, PER_WORD);
    }
    as_modifier.truncate(PER_WORD);
    for modifier in as_modifier {
        choices.push(with(diseases, modifier, None));
    }
    choices.extend(peeled(diseases, word, day));
    choices
}

fn with(diseases: &Diseases, modifier: u32, rest: Option<&str>) -> Choice {
    let is_suffix = diseases.modifiers.get(modifier as usize).is_some_and(|m| m.is_suffix);
    let (prefixes, suffixes) = if is_suffix { (vec![], vec![modifier]) } else { (vec![modifier], vec![]) };
    Choice { prefixes, rest: rest.map(str::to_owned), suffixes }
}

/// Modifiers at the ends of a word written without spaces: 右変形性膝関節症の疑い.
fn peeled(diseases: &Diseases, word: &str, day: u32) -> Vec<Choice> {
    let mut found: Vec<Choice> = Vec::new();
    let mut open = vec![Choice { prefixes: Vec::new(), rest: Some(word.to_owned()), suffixes: Vec::new() }];
    for _ in 0..3 {
        let mut next = Vec::new();
        for choice in &open {
            let Some(rest) = &choice.rest else { continue };
            let cuts: Vec<usize> = rest.char_indices().skip(1).map(|(at, _)| at).collect();
            // The longest modifiers at both ends.
            let head = cuts.iter().rev().find_map(|at| {
                let (head, tail) = rest.split_at(*at);
                let modifier = peelable(diseases, head, false, day)?;
                Some((modifier, tail))
            });
            let tail = cuts.iter().find_map(|at| {
                let (head, tail) = rest.split_at(*at);
                let modifier = peelable(diseases, tail, true, day)?;
                Some((modifier, head))
            });
            if let Some((modifier, left)) = head {
                let mut longer = choice.clone();
                longer.prefixes.push(modifier);
                longer.rest = Some(left.to_owned());
                next.push(longer);
            }
            if let Some((modifier, left)) = tail {
                let mut longer = choice.clone();
                longer.suffixes.insert(0, modifier);
                longer.rest = Some(left.trim_end_matches('の').to_owned()).filter(|rest| !rest.is_empty());
                next.push(longer);
            }
        }
        found.extend(next.iter().cloned());
        open = next;
    }
    found.retain(|choice| choice.rest.as_ref().is_some_and(|rest| !rest.is_empty()));
    found.truncate(8);
    found
}

/// A modifier that may be cut from a word: not a single kana, which is part of anything.
fn peelable(diseases: &Diseases, word: &str, suffix: bool, day: u32) -> Option<u32> {
    if word.chars().nth(1).is_none() && !word.chars().all(is_kanji) {
        return None;
    }
    diseases
        .modifiers_of(word, day)
        .find(|at| diseases.modifiers.get(*at as usize).is_some_and(|m| m.is_suffix == suffix))
}
