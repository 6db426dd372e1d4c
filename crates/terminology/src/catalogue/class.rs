//! 薬効の札: what a drug is for, in a word, by its code.
use std::sync::LazyLock;

/// Written by us; its head says how.
const FILE: &str = include_str!("../../data/drug_classes.tsv");

/// A class of drugs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DrugClass {
    /// 降圧薬, 抗がん薬 ….
    pub label: &'static str,
    /// A mistake does great harm: 抗がん薬, 血糖降下薬, 抗凝固薬, 筋弛緩薬, 抗てんかん薬, オピオイド, and methotrexate.
    pub is_high_risk: bool,
}

/// (beginning of the code, class), sorted by beginning.
static CLASSES: LazyLock<Vec<(&str, DrugClass)>> = LazyLock::new(|| {
    let lines = FILE.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let mut classes: Vec<_> = lines
        .filter_map(|line| {
            let mut fields = line.split('\t');
            let (code, label) = (fields.next()?, fields.next()?);
            Some((code, DrugClass { label, is_high_risk: fields.next() == Some("!") }))
        })
        .collect();
    classes.sort_unstable();
    classes
});

impl DrugClass {
    /// The class of a 薬価基準収載医薬品コード (or YJ): by the longest beginning that is known.
    pub fn of(code: &str) -> Option<DrugClass> {
        (2..=7).rev().filter_map(|length| code.get(..length)).find_map(|begin| {
            let at = CLASSES.binary_search_by_key(&begin, |(code, _)| code).ok()?;
            CLASSES.get(at).map(|(_, class)| *class)
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_their_class() {
        for (code, label, is_high_risk) in [
            ("2171022F1029", "降圧薬", false),
            ("2149042F1020", "降圧薬", false),
            ("2149010F1020", "β遮断薬", false),
            ("3961008F1020", "血糖降下薬", true),
            ("2492416A1023", "血糖降下薬", true),
            ("2492700R1022", "血糖上昇薬", false),
            ("4291003F1027", "抗がん薬", true),
            ("3332001F1024", "抗凝固薬", true),
            ("3339001M1021", "抗凝固薬", true),
            ("3399007H1021", "抗血小板薬", false),
            ("1139002F1020", "抗てんかん薬", true),
            ("1224400D1020", "筋弛緩薬", true),
            ("8119002F1021", "オピオイド", true),
            ("1149038C1027", "オピオイド", true),
            ("5200013D1000", "漢方薬", false),
        ] {
            let class = DrugClass::of(code).unwrap();
            assert_eq!((class.label, class.is_high_risk), (label, is_high_risk), "{code}");
        }
        assert_eq!(DrugClass::of("XX"), None);
        assert_eq!(DrugClass::of("薬"), None);
    }

    #[test]
    fn every_line_is_used_once() {
        let lines = FILE.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).count();
        assert_eq!(CLASSES.len(), lines);
        assert!(CLASSES.windows(2).all(|pair| pair[0].0 != pair[1].0));
    }
}
