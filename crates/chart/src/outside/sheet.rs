//! 六情報を1ページで: what all institutions say of a patient, by kind; critical things first, then the newest.
use super::{Batch, Item, Origin, What};
use crate::allergy::Kind as AllergyKind;
use crate::view::Flag;
use karute_fhir::Id;
use karute_japan::Date;
use std::cmp::Reverse;
use std::collections::HashSet;

/// One of the six kinds, in the order of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// 薬剤アレルギー・薬剤禁忌
    DrugAllergies,
    /// その他のアレルギー
    OtherAllergies,
    /// 感染症
    Infections,
    /// 傷病名
    Diseases,
    /// 処方
    Drugs,
    /// 検査
    Results,
}

impl Section {
    /// All, in the order shown.
    pub const ALL: [Section; 6] = [
        Section::DrugAllergies,
        Section::OtherAllergies,
        Section::Infections,
        Section::Diseases,
        Section::Drugs,
        Section::Results,
    ];

    /// The words shown.
    pub const fn word(self) -> &'static str {
        match self {
            Section::DrugAllergies => "薬剤アレルギー・薬剤禁忌",
            Section::OtherAllergies => "その他のアレルギー",
            Section::Infections => "感染症",
            Section::Diseases => "傷病名",
            Section::Drugs => "処方",
            Section::Results => "検査",
        }
    }

    /// Of an item.
    pub fn of(item: &Item) -> Section {
        match &item.what {
            What::Disease(_) => Section::Diseases,
            What::Allergy(allergy) => match allergy.kind {
                AllergyKind::Drug | AllergyKind::Contraindication => Section::DrugAllergies,
                AllergyKind::Food | AllergyKind::Other => Section::OtherAllergies,
            },
            What::Result(result) if result.infection => Section::Infections,
            What::Result(_) => Section::Results,
            What::Drug(_) => Section::Drugs,
        }
    }
}

/// A line: what, who says it, of which day.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What.
    pub item: Item,
    /// Its day, or the day on which it reached us.
    pub day: Option<Date>,
    /// The day is that on which it reached us.
    pub reached: bool,
    /// Which of [`Sheet::batches`] says it.
    pub batch: usize,
    /// It must not be missed: what the patient must not be given, an infection that was found.
    pub critical: bool,
}

/// Who says something: a batch without its items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Name of the institution.
    pub institution: String,
    /// Its 医療機関コード; empty when unknown.
    pub code: String,
    /// How it came.
    pub origin: Origin,
    /// The document it came with: `DocumentReference` id; what of it is taken in, is chosen there.
    pub document: Option<Id>,
}

/// The page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// Lines by kind, in the order of [`Section::ALL`].
    pub sections: Vec<(Section, Vec<Line>)>,
    /// Who says them.
    pub batches: Vec<Source>,
}

impl Sheet {
    /// Lines of a kind.
    pub fn of(&self, section: Section) -> &[Line] {
        self.sections.iter().find(|(known, _)| *known == section).map_or(&[], |(_, lines)| lines)
    }

    /// Who says a line.
    pub fn source(&self, line: &Line) -> Option<&Source> {
        self.batches.get(line.batch)
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.sections.iter().map(|(_, lines)| lines.len()).sum()
    }

    /// Whether nobody says anything.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Names of the institutions, each once.
    pub fn institutions(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for source in &self.batches {
            if !names.contains(&source.institution.as_str()) {
                names.push(&source.institution);
            }
        }
        names
    }
}

/// The page of these batches. What an institution said by a letter and by viewing is one line, as it was said last; what
/// does not hold any longer (an allergy that was refuted, an ended disease) stays below what does.
pub fn sheet(batches: Vec<Batch>) -> Sheet {
    let mut sheet = Sheet { sections: Section::ALL.map(|section| (section, Vec::new())).into(), batches: Vec::new() };
    let mut seen: HashSet<(String, String)> = HashSet::new();
    for batch in batches {
        let at = sheet.batches.len();
        let who = if batch.code.is_empty() { batch.institution.clone() } else { batch.code.clone() };
        for item in batch.items {
            if !seen.insert((who.clone(), item.key.clone())) {
                continue;
            }
            let own = item.day();
            let line =
                Line { day: own.or(batch.day), reached: own.is_none(), batch: at, critical: is_critical(&item), item };
            let section = Section::of(&line.item);
            if let Some((_, lines)) = sheet.sections.iter_mut().find(|(known, _)| *known == section) {
                lines.push(line);
            }
        }
        sheet.batches.push(Source {
            institution: batch.institution,
            code: batch.code,
            origin: batch.origin,
            document: batch.document,
        });
    }
    for (_, lines) in &mut sheet.sections {
        lines.sort_by_key(|line| (Reverse(line.critical), is_over(&line.item), Reverse(line.day)));
    }
    sheet
}

fn is_critical(item: &Item) -> bool {
    match &item.what {
        What::Allergy(allergy) => {
            allergy.active && matches!(allergy.kind, AllergyKind::Drug | AllergyKind::Contraindication)
        }
        What::Result(result) => result.infection && is_found(&result.measured.value, result.measured.flag),
        What::Disease(_) | What::Drug(_) => false,
    }
}

/// Whether a test for an infection found it: said in words or signs, or flagged by the laboratory.
fn is_found(value: &str, flag: Flag) -> bool {
    let plain = value.trim();
    let negative = ["陰性", "(-)", "（－）", "-", "－", "Negative", "negative"].contains(&plain);
    flag == Flag::High || (!negative && (plain.contains("陽性") || plain.contains('+') || plain.contains('＋')))
}

fn is_over(item: &Item) -> bool {
    match &item.what {
        What::Allergy(allergy) => !allergy.active,
        What::Disease(disease) => !disease.problem.active,
        What::Result(_) | What::Drug(_) => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use karute_json::Limits;

    fn item(json: &str) -> Item {
        Item::read(&karute_json::parse(json.as_bytes(), &Limits::FHIR).unwrap()).remove(0)
    }

    fn infection(value: &str, day: &str) -> Item {
        item(&format!(
            r#"{{"resourceType":"Observation","status":"final","code":{{"coding":[{{"system":"http://jpfhir.jp/fhir/clins/CodeSystem/JLAC10/JP_CLINS_ObsLabResult_InfectionLabo_CS","code":"5F016141002306201"}}],"text":"HBs抗原"}},"effectiveDateTime":"{day}","valueCodeableConcept":{{"text":"{value}"}}}}"#
        ))
    }

    fn allergy(name: &str, category: &str, status: &str) -> Item {
        item(&format!(
            r#"{{"resourceType":"AllergyIntolerance","clinicalStatus":{{"coding":[{{"code":"{status}"}}]}},"category":["{category}"],"code":{{"text":"{name}"}}}}"#
        ))
    }

    fn batch(name: &str, code: &str, origin: Origin, items: Vec<Item>) -> Batch {
        Batch {
            id: Id::new(&format!("b-{name}-{}", origin.code())).unwrap(),
            origin,
            institution: name.to_owned(),
            code: code.to_owned(),
            day: Some("2026-11-20".parse().unwrap()),
            document: None,
            items,
        }
    }

    #[test]
    fn critical_things_come_first_and_then_the_newest() {
        let found = sheet(vec![
            batch(
                "a",
                "1311111111",
                Origin::Viewed,
                vec![
                    infection("陰性", "2026-11-01"),
                    infection("陽性", "2020-01-01"),
                    allergy("ペニシリン", "medication", "resolved"),
                ],
            ),
            batch(
                "b",
                "1322222222",
                Origin::Viewed,
                vec![allergy("セフェム", "medication", "active"), allergy("そば", "food", "active")],
            ),
        ]);
        let names = |section| {
            let of = |line: &Line| (line.item.name() + &line.item.words(), line.critical);
            found.of(section).iter().map(of).collect::<Vec<_>>()
        };
        assert_eq!(names(Section::Infections), [("HBs抗原陽性".into(), true), ("HBs抗原陰性".into(), false)]);
        assert_eq!(names(Section::DrugAllergies), [("セフェム".into(), true), ("ペニシリン".into(), false)]);
        assert_eq!(names(Section::OtherAllergies), [("そば".into(), false)]);
        assert_eq!(found.institutions(), ["a", "b"]);
        assert_eq!((found.len(), found.is_empty()), (5, false));
        let line = &found.of(Section::OtherAllergies)[0];
        assert_eq!((line.reached, line.day), (true, Some("2026-11-20".parse().unwrap())), "without a day of its own");
        assert_eq!(found.source(line).unwrap().institution, "b");
    }

    #[test]
    fn what_came_twice_from_one_institution_is_one_line() {
        let said = || vec![infection("陰性", "2026-11-01")];
        let found = sheet(vec![
            batch("a", "1311111111", Origin::Viewed, said()),
            batch("a", "1311111111", Origin::Letter, said()),
            batch("b", "1322222222", Origin::Viewed, said()),
        ]);
        assert_eq!(found.len(), 2);
        assert!(sheet(Vec::new()).is_empty());
    }

    #[test]
    fn signs_of_laboratories_are_understood() {
        for (value, found) in [
            ("陽性", true),
            ("1+", true),
            ("（＋）", true),
            ("陰性", false),
            ("-", false),
            ("0.05", false),
            ("", false),
        ] {
            assert_eq!(is_found(value, Flag::None), found, "{value}");
        }
        assert!(is_found("12.5", Flag::High));
    }
}
