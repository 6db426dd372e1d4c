//! Rules about several items of a prescription (digest 5.6), before it is sent. Pure: the masters' knowledge of a drug
//! is an argument.
use super::csv::{CsvFault, CsvFaults, FaultKind};
use super::prescription::{CodeKind, DosageForm, Drug, DrugKind, DrugSupplementKind, InsuranceKind, Prescription};
use karute_japan::Date;
use karute_japan::identifier::check_insurer_number;

/// What the masters know of a drug.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DrugFacts {
    /// Narcotic: record 61 is needed.
    pub narcotic: bool,
    /// 投与量限度: its days are limited by law.
    pub limited_days: bool,
    /// 貼付剤
    pub patch: bool,
}

/// Where the facts about a drug come from.
pub trait DrugBook {
    /// What is known of a code on a day; `None` = the master does not have it.
    fn facts(&self, kind: CodeKind, code: &str, on: Date) -> Option<DrugFacts>;
}

/// The dummy usage of the usage master, with free words.
pub const DUMMY_USAGE: &str = "0X0XXXXXXXXX0000";

/// Words of the fault of a drug that the master does not have.
pub const UNKNOWN_DRUG: &str = "医薬品コードがマスタにありません。";
/// Words of the fault of a drug that may not be refilled.
pub const NO_REFILL: &str = "投与量に限度がある医薬品と貼付剤はリフィルにできません。";

/// Everything that speaks against sending a prescription.
///
/// # Errors
/// The faults, by RP and drug.
pub fn check(given: &Prescription, book: &dyn DrugBook) -> Result<(), CsvFaults> {
    check_at(given, book, true)
}

/// The same for 院内処方, where nothing is said of 麻薬施用者: the drug does not leave with a prescription.
///
/// # Errors
/// The faults, by RP and drug.
pub fn check_in_house(given: &Prescription, book: &dyn DrugBook) -> Result<(), CsvFaults> {
    check_at(given, book, false)
}

fn check_at(given: &Prescription, book: &dyn DrugBook, outside: bool) -> Result<(), CsvFaults> {
    let mut faults = CsvFaults::default();
    head(given, &mut faults);
    let mut narcotic = false;
    for (rp, group) in (1_u16..).zip(&given.groups) {
        let place = |record, words| CsvFault { place: Some((rp, None)), ..rule(record, words) };
        if group.quantity == 0 || group.quantity > 999 {
            faults.add(place(101, "調剤数量は1から999までです。"));
        }
        if group.form == DosageForm::Unknown && group.form_name.is_empty() {
            faults.add(place(101, "剤形区分が不明のときは剤形名称が必要です。"));
        }
        if matches!(group.form, DosageForm::External | DosageForm::Injection | DosageForm::Material)
            && group.quantity != 1
        {
            faults.add(place(101, "外用・注射・医療材料の調剤数量は1です。"));
        }
        if group.usage_code.len() != 16 {
            faults.add(place(111, "用法コードは16桁です。"));
        }
        for (number, drug) in (1_u16..).zip(&group.drugs) {
            let facts = one_drug(given, drug, book, |record, words| {
                faults.add(CsvFault { place: Some((rp, Some(number))), ..rule(record, words) });
            });
            narcotic |= facts.narcotic;
            if outside && facts.narcotic && given.narcotic.is_none() {
                faults.add(CsvFault {
                    place: Some((rp, Some(number))),
                    ..rule(201, "麻薬には麻薬施用者（レコード61）が必要です。")
                });
            }
        }
    }
    if given.narcotic.is_some() && !narcotic {
        faults.add(rule(61, "麻薬の処方がありません。"));
    }
    payers(given, &mut faults);
    faults.end(())
}

fn rule(record: u16, words: &'static str) -> CsvFault {
    CsvFault::record(0, record, FaultKind::Rule(words))
}

fn head(given: &Prescription, faults: &mut CsvFaults) {
    match &given.insurance {
        Some(insurance) => {
            if check_insurer_number(insurance.insurer.trim_start_matches(' ')).is_err() {
                faults.add(rule(22, "保険者番号の検証番号が合いません。"));
            }
            if insurance.kind == InsuranceKind::Elderly && !insurance.insurer.starts_with("39") {
                faults.add(rule(21, "後期高齢者の保険者番号は39で始まります。"));
            }
        }
        None if !given.payers.first().is_some_and(|payer| payer.number.starts_with("12")) => {
            faults.add(rule(21, "保険または医療扶助（12）の資格が必要です。"));
        }
        None => {}
    }
    for (record, payer) in (27_u16..).zip(&given.payers) {
        if check_insurer_number(&payer.number).is_err() {
            faults.add(rule(record, "公費負担者番号の検証番号が合いません。"));
        }
    }
    let age = years(given.patient.birth, given.issued);
    let share = given.patient.share.as_deref();
    if age.is_none() {
        faults.add(rule(13, "生年月日が交付年月日より後です。"));
    }
    if share == Some("3") && age.is_some_and(|age| age > 6) {
        faults.add(rule(14, "六歳未満の区分が年齢と合いません。"));
    }
    if matches!(share, Some("1" | "2" | "4" | "5")) && age.is_some_and(|age| age < 65) {
        faults.add(rule(14, "高齢者の区分が年齢と合いません。"));
    }
    if given.until.is_some_and(|until| until < given.issued) {
        faults.add(rule(52, "使用期限が交付年月日より前です。"));
    }
    if let Some(split) = given.split {
        if given.refill.is_some() {
            faults.add(rule(63, "リフィルと分割は併用できません。"));
        }
        if !(2..=9).contains(&split.total) || split.this == 0 || split.this > split.total {
            faults.add(rule(63, "分割の回が総回数と合いません。"));
        }
        if given.groups.iter().all(|group| group.split_quantity.is_none()) {
            faults.add(rule(102, "分割指示（レコード63）に、分割回数量がありません。"));
        }
    }
    if given.groups.iter().filter_map(|group| group.split_quantity).any(|(this, total)| this == 0 || this > total) {
        faults.add(rule(102, "分割の今回数量が総量と合いません。"));
    }
    if given.groups.iter().any(|group| group.split_quantity.is_some()) && given.split.is_none() {
        faults.add(rule(102, "分割指示（レコード63）がありません。"));
    }
}

fn one_drug(
    given: &Prescription,
    drug: &Drug,
    book: &dyn DrugBook,
    mut fault: impl FnMut(u16, &'static str),
) -> DrugFacts {
    let form = match drug.code_kind {
        CodeKind::Receipt => drug.code.len() == 9 && drug.code.bytes().all(|b| b.is_ascii_digit()),
        CodeKind::Yj => drug.code.len() == 12,
        CodeKind::General => drug.code.len() == 12 && drug.code.ends_with("ZZZ"),
    };
    if !form {
        fault(201, "薬品コードの桁数または形式が正しくありません。");
    }
    if drug.kind == DrugKind::Material && drug.code_kind != CodeKind::Receipt {
        fault(201, "医療材料はレセプト電算コードで記録します。");
    }
    if drug.code_kind == CodeKind::General && !drug.name.starts_with("【般】") {
        fault(201, "一般名コードの薬品名称は【般】で始まります。");
    }
    if drug.amount.is_zero() {
        fault(201, "用量が0です。");
    }
    let has = |kind| drug.supplements.iter().any(|supplement| supplement.kind == Some(kind));
    if has(DrugSupplementKind::PatientWantsBrand) && has(DrugSupplementKind::NoGeneric) {
        fault(281, "変更不可（医療上必要）と患者希望は同時に指定できません。");
    }
    let Some(facts) = book.facts(drug.code_kind, &drug.code, given.issued) else {
        fault(201, UNKNOWN_DRUG);
        return DrugFacts::default();
    };
    if given.refill.is_some() && (facts.limited_days || facts.patch) {
        fault(201, NO_REFILL);
    }
    facts
}

/// If one drug says who pays, all must (digest 5.2, record 231).
fn payers(given: &Prescription, faults: &mut CsvFaults) {
    let drugs = || given.groups.iter().flat_map(|group| &group.drugs);
    if drugs().any(|drug| drug.payers.is_some()) && drugs().any(|drug| drug.payers.is_none()) {
        faults.add(rule(231, "負担区分はすべての薬品に記録します。"));
    }
}

/// Full years; `None` when born after.
fn years(birth: Date, on: Date) -> Option<i16> {
    if on < birth {
        return None;
    }
    let before = (on.month(), on.day()) < (birth.month(), birth.day());
    Some(on.year() - birth.year() - i16::from(before))
}
