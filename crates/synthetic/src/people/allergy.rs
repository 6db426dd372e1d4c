//! Allergies, coded by JFAGY where it is about food or other things, by ingredient where about drugs.
use crate::random::Random;

/// Kind of allergen: FHIR category and code system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Allergen {
    Medication,
    Food,
    Environment,
}

/// An allergy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allergy {
    pub(crate) kind: Allergen,
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) reaction: &'static str,
    pub(crate) severe: bool,
    weight: f64,
}

const fn row(
    kind: Allergen,
    code: &'static str,
    name: &'static str,
    reaction: &'static str,
    severe: bool,
    weight: f64,
) -> Allergy {
    Allergy { kind, code, name, reaction, severe, weight }
}

const ALLERGIES: [Allergy; 12] = [
    row(Allergen::Medication, "GCM6131001F2ZZZ", "アモキシシリン", "皮疹", false, 8.0),
    row(Allergen::Medication, "GCM1149019F1ZZZ", "ロキソプロフェン", "喘息発作", true, 5.0),
    row(Allergen::Medication, "GCM6241013F3ZZZ", "レボフロキサシン", "全身のかゆみ", false, 3.0),
    row(Allergen::Medication, "GCM6149003F2ZZZ", "クラリスロマイシン", "発疹", false, 3.0),
    row(Allergen::Food, "J9FA19140000", "そば", "アナフィラキシー", true, 4.0),
    row(Allergen::Food, "J9FB13110000", "鶏卵", "じんま疹", false, 5.0),
    row(Allergen::Food, "J9FB12110011", "牛乳", "下痢", false, 3.0),
    row(Allergen::Food, "J9FA15000000", "小麦", "じんま疹", false, 3.0),
    row(Allergen::Food, "J9FA21180000", "落花生", "口唇の腫れ", true, 3.0),
    row(Allergen::Environment, "J9NK13320000", "スギ", "鼻汁・くしゃみ", false, 6.0),
    row(Allergen::Environment, "J9NM13110000", "ハウスダスト", "鼻汁・咳", false, 5.0),
    row(Allergen::Environment, "J9NJ12150000", "ネコ", "眼のかゆみ", false, 3.0),
];

/// The allergies of a person: 9 of 100 people have one, a few of them two.
pub(crate) fn draw(random: &mut Random) -> Vec<&'static Allergy> {
    let mut found: Vec<&Allergy> = Vec::new();
    if random.chance(0.09) {
        found.extend(random.weighted(&ALLERGIES, |row| row.weight));
        if random.chance(0.2) {
            found.extend(
                random
                    .weighted(&ALLERGIES, |row| row.weight)
                    .filter(|next| found.iter().all(|have| have.code != next.code)),
            );
        }
    }
    found
}

/// A drug allergy, for the cast.
pub(crate) fn penicillin() -> &'static Allergy {
    &ALLERGIES[0]
}
