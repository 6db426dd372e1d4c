//! Which names are easily taken for one another (SRCH-12).
//!
//! Names are compared by their heads (アマリール of アマリール１ｍｇ錠) with the measures used in Japan for the similarity of
//! drug names: edit distance, shared head and tail, cosine of their pairs of kana; a list of known pairs adds to that. Only names of different effect are held apart: the families of one head are told by their class.
use super::DrugClass;
use crate::search::fold::fold;
use std::collections::{HashMap, HashSet};

/// Written by us; its head says how.
const PAIRS: &str = include_str!("../../data/look_alikes.tsv");

/// What a name is known by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Named<'t> {
    /// [`head_of`] the name.
    pub(crate) head: &'t str,
    pub(crate) class: DrugClass,
    /// [`head_of`] the ingredient; empty where it is not known.
    pub(crate) ingredient: &'t str,
}

/// Heads of names, each with a class, and the families of another class whose heads are alike.
#[derive(Debug, Default)]
pub(crate) struct Families {
    heads: Box<[(Box<str>, DrugClass)]>,
    neighbours: Box<[Box<[u32]>]>,
    members: Vec<u32>,
}

/// Form words that end a head written in kana.
const FORMS: [&str; 26] = [
    "ドライシロップ",
    "シロップ",
    "カプセル",
    "テープ",
    "パップ",
    "クリーム",
    "ローション",
    "ゲル",
    "ゼリー",
    "トローチ",
    "スプレー",
    "パッチ",
    "シリンジ",
    "キット",
    "バッグ",
    "エアゾール",
    "エリキシル",
    "ペン",
    "フィルム",
    "パウダー",
    "ネオ",
    "コンビ",
    "バイアル",
    "リキッド",
    "ミニ",
    "チュアブル",
];

/// The part of a drug's name by which it is known: its leading kana, without the words of its form; the whole leading
/// word where it does not begin with kana.
pub(crate) fn head_of(name: &str) -> &str {
    let kana = |c: char| matches!(c, 'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー' | 'ｦ'..='ﾟ');
    let end = name.find(|c| !kana(c)).unwrap_or(name.len());
    let mut head = name.get(..end).unwrap_or_default();
    if head.chars().nth(1).is_none() {
        let end =
            name.find(|c: char| c.is_ascii_digit() || matches!(c, '０'..='９' | '錠' | '「')).unwrap_or(name.len());
        return name.get(..end).unwrap_or_default();
    }
    while let Some(shorter) = FORMS.iter().find_map(|form| head.strip_suffix(form)) {
        if shorter.chars().nth(1).is_none() {
            break;
        }
        head = shorter;
    }
    head
}

impl Families {
    /// Families of the heads, in whose order [`Families::take_members`] answers.
    pub(crate) fn build(names: &[Named<'_>]) -> Families {
        let mut numbers: HashMap<(&str, DrugClass), u32> = HashMap::new();
        let mut all: Vec<(Box<str>, DrugClass)> = Vec::new();
        let mut ingredients: Vec<&str> = Vec::new();
        let mut members = Vec::with_capacity(names.len());
        for Named { head, class, ingredient } in names {
            let next = u32::try_from(all.len()).unwrap_or(u32::MAX);
            let number = *numbers.entry((head, *class)).or_insert(next);
            if number == next {
                all.push(((*head).into(), *class));
                ingredients.push(ingredient);
            }
            members.push(number);
        }
        let neighbours = neighbours(&all, &ingredients);
        Families { heads: all.into(), neighbours, members }
    }

    /// The family of each head given.
    pub(crate) fn take_members(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.members)
    }

    pub(crate) fn class(&self, family: u32) -> DrugClass {
        let unknown = DrugClass { label: "", is_high_risk: false };
        self.heads.get(family as usize).map_or(unknown, |(_, class)| *class)
    }

    pub(crate) fn head(&self, family: u32) -> &str {
        self.heads.get(family as usize).map_or("", |(head, _)| head)
    }

    /// Families of another class with a similar head.
    pub(crate) fn neighbours(&self, family: u32) -> &[u32] {
        self.neighbours.get(family as usize).map_or(&[], AsRef::as_ref)
    }

    pub(crate) fn bytes(&self) -> usize {
        let heads: usize = self.heads.iter().map(|(head, _)| head.len() + 48).sum();
        heads + self.neighbours.iter().map(|list| list.len() * 4 + 16).sum::<usize>()
    }
}

fn neighbours(heads: &[(Box<str>, DrugClass)], ingredients: &[&str]) -> Box<[Box<[u32]>]> {
    let folded: Vec<Vec<char>> = heads.iter().map(|(head, _)| kana_of(head)).collect();
    let known = known_pairs();
    let mut by_head: HashMap<&[char], Vec<u32>> = HashMap::new();
    let mut blocks: HashMap<(char, char), Vec<u32>> = HashMap::new();
    for (number, head) in (0_u32..).zip(&folded) {
        by_head.entry(head.as_slice()).or_default().push(number);
        for pair in head.windows(2).filter(|_| head.len() >= 3) {
            if let [a, b] = pair {
                let block = blocks.entry((*a, *b)).or_default();
                if block.last() != Some(&number) {
                    block.push(number);
                }
            }
        }
    }
    let class = |number: u32| heads.get(number as usize).map_or("", |(_, class)| class.label);
    // Of what nobody knows the effect of, nobody can say that it is another.
    let differ = |a: u32, b: u32| class(a) != class(b) && !class(a).is_empty() && !class(b).is_empty();
    // The same substance under one name in another form is no mistake of names.
    let kin = |a: u32, b: u32| {
        let (a, b) = (ingredients.get(a as usize), ingredients.get(b as usize));
        a == b && a.is_some_and(|ingredient| !ingredient.is_empty())
    };
    let mut found: Vec<HashSet<u32>> = vec![HashSet::new(); heads.len()];
    let mut shared = vec![0_u8; heads.len()];
    let mut touched: Vec<u32> = Vec::new();
    for (number, head) in (0_u32..).zip(&folded) {
        for pair in head.windows(2).filter(|_| !class(number).is_empty()) {
            let [a, b] = pair else { continue };
            let block = blocks.get(&(*a, *b)).map_or(&[][..], Vec::as_slice);
            for other in block.get(block.partition_point(|other| *other <= number)..).unwrap_or_default() {
                let Some(count) = shared.get_mut(*other as usize) else { continue };
                if *count == 0 {
                    touched.push(*other);
                }
                *count = count.saturating_add(1);
            }
        }
        for other in touched.drain(..) {
            let common = shared.get_mut(other as usize).map_or(0, |count| usize::from(std::mem::take(count)));
            let Some(their) = folded.get(other as usize).filter(|their| common >= 2 || their.len() <= 4) else {
                continue;
            };
            if are_alike(head, their, common) && differ(number, other) && !kin(number, other) {
                join(&mut found, number, other);
            }
        }
    }
    for (a, b) in &known {
        for first in by_head.get(a.as_slice()).into_iter().flatten() {
            for second in by_head.get(b.as_slice()).into_iter().flatten() {
                if differ(*first, *second) {
                    join(&mut found, *first, *second);
                }
            }
        }
    }
    found
        .into_iter()
        .map(|set| {
            let mut list: Vec<u32> = set.into_iter().collect();
            list.sort_unstable();
            list.into()
        })
        .collect()
}

fn join(found: &mut [HashSet<u32>], a: u32, b: u32) {
    for (one, other) in [(a, b), (b, a)] {
        if let Some(set) = found.get_mut(one as usize) {
            set.insert(other);
        }
    }
}

/// Folded, but with long marks, which are heard and seen in a name.
fn kana_of(head: &str) -> Vec<char> {
    head.split('ー').map(fold).collect::<Vec<_>>().join("ー").chars().collect()
}

/// The pairs of the list, as kana.
fn known_pairs() -> Vec<(Vec<char>, Vec<char>)> {
    let lines = PAIRS.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('\t').map(|(a, b)| (kana_of(a), kana_of(b)))).collect()
}

/// Whether two heads are easily taken for one another; `common` is how many pairs of kana they share.
fn are_alike(a: &[char], b: &[char], common: usize) -> bool {
    let (short, long) = (a.len().min(b.len()), a.len().max(b.len()));
    if a == b || short < 3 || long - short > 2 {
        return false;
    }
    let head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    // cos = common / √((|a|-1)(|b|-1)), compared squared.
    let cosine_at_least = |tenths: usize| common * common * 100 >= tenths * tenths * (a.len() - 1) * (b.len() - 1);
    let limit = if short >= 6 { 2 } else { 1 };
    (head >= 3 && cosine_at_least(5))
        || (head >= 2 && tail >= 2 && long <= 7)
        || (short >= 4 && (head >= 1 || tail >= 2) && distance(a, b) <= limit)
        || cosine_at_least(8)
}

/// Edit distance.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (slot, y) in row.iter_mut().skip(1).zip(b) {
            let changed = diagonal + usize::from(x != y);
            diagonal = *slot;
            left = changed.min(*slot + 1).min(left + 1);
            *slot = left;
        }
    }
    row.last().copied().unwrap_or(a.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_the_words_people_say() {
        for (name, head) in [
            ("アマリール１ｍｇ錠", "アマリール"),
            ("アムロジピンＯＤ錠５ｍｇ「サワイ」", "アムロジピン"),
            ("アダラートカプセル５ｍｇ", "アダラート"),
            ("ムコダインＤＳ５０％", "ムコダイン"),
            ("カルボシステインシロップ５％", "カルボシステイン"),
            ("タケキャブ錠１０ｍｇ", "タケキャブ"),
            ("酸化マグネシウム錠３３０ｍｇ", "酸化マグネシウム"),
            ("ＭＳコンチン錠１０ｍｇ", "ＭＳコンチン"),
            ("ペン", "ペン"),
        ] {
            assert_eq!(head_of(name), head, "{name}");
        }
    }

    #[test]
    fn distances() {
        for (a, b, expected) in
            [("", "", 0), ("あ", "", 1), ("あまりーる", "あるまーる", 2), ("せるしん", "せれねす", 3)]
        {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            assert_eq!(distance(&chars(a), &chars(b)), expected, "{a} {b}");
        }
    }

    #[test]
    fn similar_names_of_another_effect_are_held_apart() {
        let name = |head, label| Named { head, class: DrugClass { label, is_high_risk: false }, ingredient: "" };
        let mut families = Families::build(&[
            name("アマリール", "血糖降下薬"),
            name("アルマール", "β遮断薬"),
            name("ノルバスク", "降圧薬"),
            name("ノルバデックス", "抗がん薬"),
            name("セロクエル", "抗精神病薬"),
            name("セロクラール", "循環器用薬"),
            name("タキソール", "抗がん薬"),
            name("タキソテール", "抗がん薬"),
            name("アムロジピン", "降圧薬"),
            name("ロキソニン", "解熱鎮痛薬"),
        ]);
        let members = families.take_members();
        let alike = |a: usize, b: usize| families.neighbours(members[a]).contains(&members[b]);
        assert!(alike(0, 1) && alike(1, 0) && alike(2, 3) && alike(4, 5));
        assert!(!alike(6, 7), "one effect");
        assert!((0..10).all(|other| !alike(8, other) && !alike(9, other)));
    }

    #[test]
    fn the_list_names_two_heads_a_line() {
        let lines = PAIRS.lines().filter(|line| !line.starts_with('#')).count();
        assert!(lines >= 50);
        assert_eq!(known_pairs().len(), lines);
        assert!(known_pairs().iter().all(|(a, b)| a != b && a.len() >= 3 && b.len() >= 3));
    }
}
