//! Drugs of the masters as they are prescribed: by general name where the clinic prescribes so (SRCH-14), and what
//! became of a drug that was prescribed earlier.
use super::{Coding, Drug, Form};
use karute_japan::Date;
use karute_terminology::search::DrugFacts;
use karute_terminology::{CodeSystem, Domain, Extra, Habits, Item, Kind, Masters, Question};

/// 一般名処方: what stands on the prescription.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Naming {
    /// The general name where the drug has one.
    #[default]
    General,
    /// The product.
    Product,
}

/// A drug that was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// As it is prescribed.
    pub drug: Drug,
    /// Unit of its dose.
    pub unit: String,
    /// Whether it is taken, applied or injected.
    pub form: Form,
    /// 薬効の札
    pub class: String,
    /// A mistake does great harm.
    pub high_risk: bool,
    /// Names that are easily taken for this one and have another effect.
    pub look_alikes: Vec<String>,
}

impl Choice {
    /// Whether the purpose is asked for: the name is easily taken for another, a mistake does great harm, and the
    /// patient never had it (SRCH-13).
    pub fn asks_purpose(&self, taken_before: bool) -> bool {
        self.high_risk && !self.look_alikes.is_empty() && !taken_before
    }
}

/// The drug of a code (薬価基準 12 characters, or レセプト電算 9 digits) on a day; `None` when it may not be prescribed then.
pub fn choice(masters: &Masters, code: &str, day: Date, naming: Naming) -> Option<Choice> {
    let items = found(masters, code, day, false);
    let item = items.into_iter().find(|item| item.code == code || facts(item).is_some_and(|f| f.nhi_code == code))?;
    let facts = facts(&item)?.clone();
    let drug = prescribed_as(&item, &facts, naming);
    let form = match facts.form {
        "外用" => Form::External,
        "注射" => Form::Injection,
        _ => Form::Internal,
    };
    Some(Choice {
        drug,
        unit: half_width(&facts.unit),
        form,
        class: item.class_tag,
        high_risk: item.high_risk,
        look_alikes: facts.look_alikes,
    })
}

fn prescribed_as(item: &Item, facts: &DrugFacts, naming: Naming) -> Drug {
    let coding = |system: CodeSystem, code: &str, display: &str| Coding {
        system: system.url().to_owned(),
        code: code.to_owned(),
        display: display.to_owned(),
    };
    if naming == Naming::General && !facts.general_code.is_empty() {
        let name = half_width(&facts.general_name);
        let name = if name.starts_with("【般】") { name } else { format!("【般】{name}") };
        let bare = name.trim_start_matches("【般】");
        let mut codes = Vec::new();
        if let Some(nine) = facts.nhi_code.get(..9) {
            codes.push(coding(CodeSystem::Ingredient, &format!("{nine}ZZZ"), bare));
        }
        codes.push(coding(CodeSystem::GenericName, &facts.general_code, &name));
        return Drug { name, codes };
    }
    let name = half_width(&item.display);
    let codes = [
        (CodeSystem::Yj, facts.yj_code.as_str()),
        (CodeSystem::NhiDrug, facts.nhi_code.as_str()),
        (CodeSystem::ReceiptDrug, facts.receipt_code.as_str()),
    ];
    let codes = codes.into_iter().filter(|(_, code)| !code.is_empty());
    Drug { codes: codes.map(|(system, code)| coding(system, code, &name)).collect(), name }
}

/// What became of a drug that was prescribed earlier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Today {
    /// It can be prescribed.
    Offered,
    /// It was in the masters and may not be prescribed any more.
    Ended,
    /// No master knows its code, or it has none.
    Unknown,
    /// It could, but how much or how long is not said.
    Open,
}

impl Today {
    /// Why it was not taken over, for people; nothing when it can be prescribed.
    pub const fn words(&self) -> &'static str {
        match self {
            Today::Offered => "",
            Today::Ended => "マスターで終了した薬です",
            Today::Unknown => "マスターで見つからない薬です",
            Today::Open => "用法・用量・日数が決まっていません",
        }
    }
}

/// Whether a drug can be prescribed on a day. By the first nine characters for a general name, by its code for a product.
pub fn today(masters: &Masters, drug: &Drug, day: Date) -> Today {
    let keys: Vec<&str> = drug
        .codes
        .iter()
        .filter(|coding| coding.code.len() == 12)
        .map(|coding| coding.code.strip_suffix("ZZZ").unwrap_or(&coding.code))
        .collect();
    let holds = |include_ended: bool| {
        keys.iter().any(|key| {
            found(masters, key, day, include_ended).iter().filter_map(facts).any(|facts| {
                [facts.nhi_code.as_str(), &facts.yj_code, &facts.general_code].iter().any(|code| code.starts_with(key))
            })
        })
    };
    // Anything the class tables know of the masters' general names is offered even where no product is listed by its own.
    let named = || {
        let table = masters.table(Kind::GenericName);
        let general = drug.codes.iter().filter(|coding| coding.code.ends_with("ZZZ"));
        let mut records = general.filter_map(|coding| table?.at(&coding.code, day));
        records.any(|record| record.is_usable(day))
    };
    if holds(false) || named() {
        Today::Offered
    } else if holds(true) {
        Today::Ended
    } else {
        Today::Unknown
    }
}

/// Whether a drug is a 麻薬 by the masters of a day, whichever product is dispensed.
pub(super) fn is_narcotic(masters: &Masters, drug: &Drug, day: Date) -> bool {
    drug.nine().is_some_and(|nine| {
        let items = found(masters, nine, day, true);
        items.iter().filter_map(facts).any(|facts| facts.nhi_code.starts_with(nine) && facts.is_narcotic)
    })
}

/// What to search a replacement by: the leading words of the name, without form and strength.
pub fn replacement_query(drug: &Drug) -> String {
    super::line::head(&drug.name)
}

fn found(masters: &Masters, code: &str, day: Date, include_ended: bool) -> Vec<Item> {
    let question =
        Question { domain: Domain::Drug, text: code, day, limit: 20, habits: Habits::default(), include_ended };
    masters.catalogue().search(&question).items
}

fn facts(item: &Item) -> Option<&DrugFacts> {
    match &item.extra {
        Extra::Drug(facts) => Some(facts),
        _ => None,
    }
}

fn half_width(text: &str) -> String {
    text.chars().map(super::amount::half_width).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::sample::prescribed;
    use super::*;

    const DAY: Date = Date::constant(2026, 11, 20);

    #[test]
    fn srch_14_a_product_is_prescribed_as_the_clinic_names_it() {
        let masters = Masters::starter();
        let general = choice(&masters, "1149019F1560", DAY, Naming::General).unwrap();
        assert_eq!(general.drug.name, "【般】ロキソプロフェンNa錠60mg");
        assert_eq!((general.drug.nine(), general.unit.as_str()), (Some("1149019F1"), "錠"));
        assert!(general.drug.codes.iter().all(|coding| coding.code.ends_with("ZZZ")), "no product is named");
        let product = choice(&masters, "1149019F1560", DAY, Naming::Product).unwrap();
        assert!(!product.drug.name.contains('般') && product.drug.codes.iter().any(|c| c.code == "1149019F1560"));
        assert_eq!(choice(&masters, "9999999X9999", DAY, Naming::General), None);
    }

    #[test]
    fn a_drug_of_the_past_is_offered_ended_or_unknown() {
        let masters = Masters::starter();
        for (name, code, expected) in [
            ("アムロジピン錠5mg", "2171022F2ZZZ", Today::Offered),
            ("ロキソプロフェンNa錠60mg", "1149019F1ZZZ", Today::Offered),
            ("どこにもない薬", "9999999X9ZZZ", Today::Unknown),
            ("符号のない薬", "", Today::Unknown),
        ] {
            assert_eq!(today(&masters, &prescribed(name, code).drug, DAY), expected, "{name}");
        }
    }

    #[test]
    fn a_replacement_is_searched_by_the_head_of_the_name() {
        for (name, query) in [
            ("アムロジピン錠5mg", "アムロジピン"),
            ("ランソプラゾール口腔内崩壊錠15mg", "ランソプラゾール"),
            ("メトホルミン塩酸塩錠250mg:MT", "メトホルミン塩酸塩"),
            ("酸化マグネシウム", "酸化マグネシウム"),
        ] {
            assert_eq!(replacement_query(&prescribed(name, "").drug), query);
        }
    }
}
