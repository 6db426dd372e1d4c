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
    /// The number of modifiers, and more where they were cut from a word: what a space sets apart is surer.
    pub(super) cost: usize,
}

/// What one word can be.
#[derive(Clone, Debug)]
struct Choice {
    prefixes: Vec<u32>,
    /// Words of the base that stand before the rest.
    before: Vec<String>,
    rest: Option<String>,
    suffixes: Vec<u32>,
    is_cut: bool,
}

impl Choice {
    fn word(rest: Option<&str>) -> Choice {
        let rest = rest.map(str::to_owned);
        Choice { prefixes: Vec::new(), before: Vec::new(), rest, suffixes: Vec::new(), is_cut: false }
    }

    fn modifiers(&self) -> usize {
        self.prefixes.len() + self.suffixes.len()
    }
}

/// All ways with at least one modifier and something left for the base; those with fewer modifiers first.
pub(super) fn plans(diseases: &Diseases, words: &[String], day: u32) -> Vec<Plan> {
    let mut plans: Vec<Plan> = vec![Plan::default()];
    for (place, word) in words.iter().enumerate() {
        let choices = choices(diseases, word, (place, place + 1 == words.len()), day);
        let mut next = Vec::new();
        for plan in &plans {
            for choice in &choices {
                if plan.prefixes.len() + plan.suffixes.len() + choice.modifiers() > MAX_MODIFIERS {
                    continue;
                }
                let mut longer = plan.clone();
                longer.prefixes.extend(&choice.prefixes);
                longer.base.extend(choice.before.iter().chain(&choice.rest).cloned());
                longer.suffixes.extend(&choice.suffixes);
                longer.cost += choice.modifiers() + usize::from(choice.is_cut);
                next.push(longer);
            }
        }
        next.sort_by_key(|plan| plan.cost);
        next.truncate(MAX_PLANS * 4);
        plans = next;
    }
    plans.retain(|plan| !plan.base.is_empty() && (!plan.prefixes.is_empty() || !plan.suffixes.is_empty()));
    plans.truncate(MAX_PLANS);
    plans
}

fn choices(diseases: &Diseases, word: &str, (place, is_last): (usize, bool), day: u32) -> Vec<Choice> {
    let mut choices = vec![Choice::word(Some(word))];
    let mut as_modifier: Vec<u32> = diseases.modifiers_of(word, day).collect();
    for kana in readings(word) {
        as_modifier.extend(diseases.modifiers_of(&kana, day));
    }
    if as_modifier.is_empty() && is_last && word.chars().count() >= 2 {
        as_modifier = diseases.modifiers_begun(word, day, PER_WORD);
    }
    // After the first word, what can stand after a name does: 胃癌 術後 is 胃癌の術後.
    let is_suffix = |at: &u32| diseases.modifiers.get(*at as usize).is_some_and(|m| m.is_suffix);
    as_modifier.sort_by_key(|at| is_suffix(at) != (place > 0));
    as_modifier.truncate(PER_WORD);
    for modifier in as_modifier {
        choices.push(whole(diseases, modifier));
    }
    choices.extend(peeled(diseases, word, day));
    choices
}

/// A word that is a modifier.
fn whole(diseases: &Diseases, modifier: u32) -> Choice {
    let is_suffix = diseases.modifiers.get(modifier as usize).is_some_and(|m| m.is_suffix);
    let (prefixes, suffixes) = if is_suffix { (vec![], vec![modifier]) } else { (vec![modifier], vec![]) };
    Choice { prefixes, suffixes, ..Choice::word(None) }
}

/// Modifiers at the ends of a word written without spaces: 右変形性膝関節症の疑い.
fn peeled(diseases: &Diseases, word: &str, day: u32) -> Vec<Choice> {
    let mut found: Vec<Choice> = Vec::new();
    let mut open = vec![Choice { is_cut: true, ..Choice::word(Some(word)) }];
    for _ in 0..3 {
        let mut next = Vec::new();
        for choice in &open {
            let Some(rest) = &choice.rest else { continue };
            let cuts: Vec<usize> = rest.char_indices().skip(1).map(|(at, _)| at).collect();
            // The longest modifiers at both ends.
            let head = cuts.iter().rev().find_map(|at| {
                let (head, tail) = rest.split_at(*at);
                let modifier = peelable(diseases, head, false, day)?;
                Some((modifier, head, tail))
            });
            let tail = cuts.iter().find_map(|at| {
                let (head, tail) = rest.split_at(*at);
                let modifier = peelable(diseases, tail, true, day)?;
                Some((modifier, head))
            });
            if let Some((modifier, text, left)) = head {
                let mut longer = choice.clone();
                longer.rest = Some(left.to_owned());
                // After a modifier it can be a word of the base too: 右 and ひざ へんけい.
                if !choice.prefixes.is_empty() {
                    let before = choice.before.iter().cloned().chain([text.to_owned()]).collect();
                    next.push(Choice { before, ..longer.clone() });
                }
                longer.prefixes.push(modifier);
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
    found.truncate(12);
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
