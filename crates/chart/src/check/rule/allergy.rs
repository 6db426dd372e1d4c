//! Allergies against the lines.
//!
//! Source: 添付文書 「本剤の成分に対し過敏症の既往歴のある患者」 (禁忌); cross reactions within a class after `allergy-classes.tsv`; ux
//! SAFE-02 (free text that no machine can read says so).
use super::Checked;
use crate::check::finding::{Finding, Side};
use crate::check::known::{Known, substances_in};
use crate::check::table::{lines, text};
use crate::check::{Allergen, Facts, RuleId};

/// What the words of an allergen mean.
struct Meaning {
    /// Ingredients.
    substances: Vec<&'static str>,
    /// Groups the allergy is about as a whole.
    whole: Vec<&'static str>,
    /// Groups in which its ingredients lie.
    classes: Vec<&'static str>,
}

/// Findings of allergies.
pub(in crate::check) fn find(facts: &Facts, checked: &[Checked<'_>]) -> Vec<Finding> {
    let mut found = Vec::new();
    for allergen in facts.allergies.iter().filter(|a| a.may_be_drug) {
        let Some(meaning) = meaning(allergen) else {
            found.extend(checked.first().map(|c| unreadable(allergen, c)));
            continue;
        };
        for one in checked {
            found.extend(against(allergen, &meaning, one));
        }
    }
    found
}

fn meaning(allergen: &Allergen) -> Option<Meaning> {
    let of_classes = |known: &Known| -> Vec<&'static str> { classes().filter(|class| known.belongs(class)).collect() };
    if let Some(code) = &allergen.code {
        let known = Known::of(code);
        return Some(Meaning { classes: of_classes(&known), substances: known.substances, whole: Vec::new() });
    }
    let mut substances = substances_in(&allergen.substance);
    let mut whole = Vec::new();
    for fields in lines(text("allergen-words")).filter(|f| allergen.substance.contains(f.text(0))) {
        match fields.text(1).strip_prefix('@') {
            Some(group) => whole.push(group),
            None => substances.push(fields.text(1)),
        }
    }
    let belongs = |substance: &&'static str| -> Vec<&'static str> {
        classes().filter(|class| member(substance, class)).collect()
    };
    let classes: Vec<&'static str> = substances.iter().flat_map(belongs).collect();
    (!substances.is_empty() || !whole.is_empty()).then_some(Meaning { substances, whole, classes })
}

/// Groups within which an allergy crosses.
fn classes() -> impl Iterator<Item = &'static str> {
    lines(text("allergy-classes")).map(|f| f.text(0))
}

/// Whether an ingredient lies in a group.
fn member(substance: &str, group: &str) -> bool {
    lines(text("substances")).any(|f| f.text(1) == substance && f.list(2).contains(&group))
}

fn against(allergen: &Allergen, meaning: &Meaning, one: &Checked<'_>) -> Option<Finding> {
    let same_code =
        allergen.code.as_ref().zip(one.line.code.as_ref()).is_some_and(|(a, b)| a.ingredient() == b.ingredient());
    let ingredient = same_code
        || one.known.substances.iter().any(|s| meaning.substances.contains(s))
        || meaning.whole.iter().any(|g| one.known.belongs(g));
    let class = meaning.classes.iter().find(|class| one.known.belongs(class));
    let (rule, message) = if ingredient {
        let words = format!("{}にアレルギーがあります", allergen.substance);
        (RuleId::AllergyIngredient, words)
    } else if let Some(class) = class {
        let words = format!("{}にアレルギーがあります。同じ系統（{class}）の薬です", allergen.substance);
        (RuleId::AllergyClass, words)
    } else {
        return None;
    };
    Some(Finding::new(rule, one.line, message).against(&allergen.substance, side(allergen)))
}

fn unreadable(allergen: &Allergen, one: &Checked<'_>) -> Finding {
    let words = format!("「{}」は自動チェック対象外です。処方する薬に当たらないか確かめてください", allergen.substance);
    let mut finding = Finding::new(RuleId::AllergyUnreadable, one.line, words).sourced("アレルギーの記録");
    // It is about the patient, not about the drug: one answer for all.
    finding.key = format!("{}:{}", RuleId::AllergyUnreadable.code(), allergen.substance);
    finding.other = Some(side(allergen));
    finding
}

fn side(allergen: &Allergen) -> Side {
    Side {
        label: "アレルギー".to_owned(),
        what: allergen.substance.clone(),
        detail: allergen.reaction.clone().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{allergen, facts, fired, tablet};
    use crate::check::Facts;

    #[test]
    fn safe_02_an_allergy_meets_its_ingredient_its_class_or_says_that_it_cannot_be_checked() {
        let amoxicillin = "GCM6131001F2ZZZ";
        let loxoprofen = "GCM1149019F1ZZZ";
        let cases: [(&str, &str, &str, &str, &[&str]); 14] = [
            ("アモキシシリン", amoxicillin, "サワシリン錠250", "6131001F2026", &["allergy-ingredient"]),
            ("アモキシシリン", amoxicillin, "ビクシリンS", "6131400D1020", &["allergy-class"]),
            ("アモキシシリン", amoxicillin, "フロモックス錠100mg", "6132016F2020", &["allergy-class"]),
            ("アモキシシリン", amoxicillin, "クラリス錠200", "6149003F2038", &[]),
            ("ロキソプロフェン", loxoprofen, "ロキソニンテープ100mg", "2649735S3020", &["allergy-ingredient"]),
            ("ロキソプロフェン", loxoprofen, "モーラステープL40mg", "2649729S3084", &["allergy-class"]),
            ("ロキソプロフェン", loxoprofen, "カロナール錠200", "1141007F1063", &[]),
            ("ペニシリン", "", "サワシリン錠250", "6131001F2026", &["allergy-ingredient"]),
            ("クラビットで発疹", "", "クラビット錠500mg", "6241013F3027", &["allergy-ingredient"]),
            ("クラビットで発疹", "", "グレースビット錠50mg", "6241018F1020", &["allergy-class"]),
            ("アスピリン喘息", "", "セレコックス錠100mg", "1149037F1020", &["allergy-ingredient"]),
            ("セフカペン", "", "メイアクトMS錠100mg", "6132015F1037", &["allergy-class"]),
            ("市販のかぜ薬", "", "カロナール錠200", "1141007F1063", &["allergy-unreadable"]),
            ("コデイン", "8115001F1020", "セフカペン", "6132016F2020", &[]),
        ];
        for (substance, code, name, drug, expected) in cases {
            let facts = Facts { allergies: vec![allergen(substance, code)], ..facts() };
            assert_eq!(fired(&facts, &[tablet(name, drug)], "allergy"), expected, "{substance} / {name}");
        }
    }

    #[test]
    fn what_is_no_drug_is_not_asked_about_and_the_unreadable_is_told_once() {
        let mut soba = allergen("そば", "");
        soba.may_be_drug = false;
        let lines = [tablet("カロナール錠200", "1141007F1063"), tablet("クラリス錠200", "6149003F2038")];
        assert!(fired(&Facts { allergies: vec![soba], ..facts() }, &lines, "allergy").is_empty());
        let unknown = Facts { allergies: vec![allergen("漢方で湿疹", "")], ..facts() };
        assert_eq!(fired(&unknown, &lines, "allergy"), ["allergy-unreadable"]);
    }
}
