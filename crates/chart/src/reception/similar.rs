//! Patients who could be taken for one another (ux SAFE-03).
use crate::view::Person;
use karute_japan::search_key;

/// In which way two patients are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Similarity {
    /// Same reading of the whole name.
    SameReading,
    /// Same family name and same birth date.
    SameFamilyAndBirth,
    /// Readings that differ in at most two kana.
    CloseReading,
}

/// Largest distance of readings that are still alike, in kana.
const CLOSE: usize = 2;
/// Readings shorter than this are alike only when equal: in very short names two kana are half of the name.
const SHORT: usize = 6;

/// Whether two different patients could be taken for one another.
pub fn similar(a: &Person, b: &Person) -> Option<Similarity> {
    if a.id == b.id {
        return None;
    }
    let (ra, rb) = (reading(a), reading(b));
    if !ra.is_empty() && ra == rb {
        return Some(Similarity::SameReading);
    }
    let same_family = !a.family.is_empty() && search_key(&a.family) == search_key(&b.family);
    if same_family && a.birth.is_some() && a.birth == b.birth {
        return Some(Similarity::SameFamilyAndBirth);
    }
    let (ca, cb): (Vec<char>, Vec<char>) = (ra.chars().collect(), rb.chars().collect());
    (ca.len() >= SHORT && cb.len() >= SHORT && distance(&ca, &cb) <= CLOSE).then_some(Similarity::CloseReading)
}

fn reading(person: &Person) -> String {
    let mut key = search_key(person.kana.as_deref().unwrap_or(&person.name));
    key.retain(|c| !c.is_whitespace());
    key
}

/// Edit distance. Names are short (a FHIR string of thousands of characters is cut by the caller's view).
fn distance(a: &[char], b: &[char]) -> usize {
    const LONGEST: usize = 64;
    let (a, b) = (a.get(..LONGEST).unwrap_or(a), b.get(..LONGEST).unwrap_or(b));
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.iter().enumerate() {
        let mut left = i + 1;
        let mut diagonal = i;
        for (cb, above) in b.iter().zip(row.iter_mut().skip(1)) {
            let here = (diagonal + usize::from(ca != cb)).min(left + 1).min(*above + 1);
            diagonal = *above;
            *above = here;
            left = here;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::view::Sex;
    use karute_fhir::Id;

    fn person(id: &str, name: &str, kana: &str, birth: &str) -> Person {
        Person {
            id: Id::new(id).unwrap(),
            name: name.to_owned(),
            kana: Some(kana.to_owned()),
            family: name.split(' ').next().unwrap_or_default().to_owned(),
            sex: Sex::Female,
            birth: birth.parse().ok(),
            number: None,
            phone: None,
            language: None,
            died: None,
            dead: false,
            caution: None,
        }
    }

    #[test]
    fn patients_are_alike_by_reading_by_family_and_birth_date_or_by_two_kana() {
        let cases = [
            (
                "渡邊 真弓",
                "ワタナベ マユミ",
                "1981-05-02",
                "渡辺 真由美",
                "ワタナベ マユミ",
                "1979-08-30",
                Some(Similarity::SameReading),
            ),
            (
                "佐藤 一",
                "サトウ ハジメ",
                "1950-01-01",
                "佐藤 愛",
                "サトウ メグミ",
                "1950-01-01",
                Some(Similarity::SameFamilyAndBirth),
            ),
            (
                "高橋 和夫",
                "タカハシ カズオ",
                "1958-03-14",
                "高橋 和男",
                "タカハシ カズヤ",
                "1960-01-01",
                Some(Similarity::CloseReading),
            ),
            ("高橋 和夫", "タカハシ カズオ", "1958-03-14", "中村 陽菜", "ナカムラ ヒナ", "2020-07-03", None),
            ("森 亜希", "モリ アキ", "1990-01-01", "森 由紀", "モリ ユキ", "1991-01-01", None),
        ];
        for (n1, k1, b1, n2, k2, b2, expected) in cases {
            let (a, b) = (person("a", n1, k1, b1), person("b", n2, k2, b2));
            assert_eq!(similar(&a, &b), expected, "{n1} / {n2}");
            assert_eq!(similar(&b, &a), expected, "{n2} / {n1}");
        }
    }

    #[test]
    fn nobody_is_like_themselves() {
        let a = person("a", "渡邊 真弓", "ワタナベ マユミ", "1981-05-02");
        assert_eq!(similar(&a, &a.clone()), None);
    }

    #[test]
    fn the_distance_counts_changes_insertions_and_removals() {
        for (a, b, expected) in
            [("", "", 0), ("かずお", "かずや", 1), ("かず", "かずお", 1), ("まゆみ", "みゆま", 2), ("", "あい", 2)]
        {
            let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            assert_eq!(distance(&a, &b), expected);
        }
    }
}
