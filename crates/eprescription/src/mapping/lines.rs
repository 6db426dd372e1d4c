//! Lines of the chart as RP groups of the service.
use super::Lacking;
use super::width::wide;
use crate::wire::prescription::{
    Amount, CodeKind, DosageForm, Drug, DrugKind, DrugSupplement, DrugSupplementKind, Group, Note, Uneven,
    UsageSupplement, UsageSupplementKind,
};
use crate::wire::rules::DUMMY_USAGE;
use karute_chart::prescription::{self as chart, Coding, Dispensing, Form, Line, Prescribed, Substitution};
use karute_fhir::Id;
use karute_terminology::CodeSystem;

/// The groups and what is said to the pharmacy beside them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapped {
    /// RP by RP.
    pub groups: Vec<Group>,
    /// Comments of lines (record 301).
    pub notes: Vec<Note>,
}

/// Groups of the lines that are dispensed there, in their order.
///
/// # Errors
/// Everything the service needs and a line does not say, by line.
pub fn groups(lines: &[Line], at: Dispensing) -> Result<Mapped, Vec<(Id, Lacking)>> {
    let mut faults = Vec::new();
    let mut mapped = Mapped { groups: Vec::new(), notes: Vec::new() };
    let wanted = lines.iter().filter(|line| line.status.counts() && line.what.dispensing == at);
    for group in chart::groups(wanted) {
        let mut made: Option<Group> = None;
        for line in &group.lines {
            match (head(&line.what), drug(&line.what)) {
                (Ok(head), Ok(drug)) => {
                    if let Some(comment) = &line.what.comment {
                        mapped.notes.push(Note { drug: wide(&line.what.drug.name), comment: wide(comment) });
                    }
                    made.get_or_insert(head).drugs.push(drug);
                }
                (head, drug) => {
                    let lacking = head.err().into_iter().chain(drug.err());
                    faults.extend(lacking.map(|lacking| (line.id.clone(), lacking)));
                }
            }
        }
        mapped.groups.extend(made);
    }
    if faults.is_empty() { Ok(mapped) } else { Err(faults) }
}

/// What the lines of a group have in common.
fn head(what: &Prescribed) -> Result<Group, Lacking> {
    let (form, quantity) = match what.form {
        Form::Internal => (DosageForm::Internal, what.days.ok_or(Lacking::Quantity)?),
        Form::AsNeeded => (DosageForm::AsNeeded, what.count.ok_or(Lacking::Quantity)?),
        Form::External => (DosageForm::External, 1),
        Form::Injection => (DosageForm::Injection, 1),
    };
    let usage = &what.usage;
    // A code of 16 characters is one of the usage master; everything else goes as free words under the dummy code.
    let known = usage.code.as_ref().filter(|code| code.code.len() == 16);
    let (usage_code, usage_name) = match known {
        Some(Coding { code, display, .. }) if !display.is_empty() => (code.clone(), wide(display)),
        Some(Coding { code, .. }) => (code.clone(), wide(&usage.text)),
        None => (DUMMY_USAGE.to_owned(), wide(&usage.text)),
    };
    if usage_name.is_empty() {
        return Err(Lacking::Usage);
    }
    let site = usage.site.as_ref().map(|site| UsageSupplement {
        kind: Some(UsageSupplementKind::Site),
        text: wide(site),
        code: String::new(),
        site: String::new(),
    });
    Ok(Group {
        form,
        form_name: String::new(),
        quantity,
        split_quantity: None,
        usage_code,
        usage_name,
        times: usage.times,
        supplements: site.into_iter().collect(),
        drugs: Vec::new(),
    })
}

fn drug(what: &Prescribed) -> Result<Drug, Lacking> {
    let (code_kind, code) = code(what).ok_or(Lacking::DrugCode)?;
    let amount = amount(what).ok_or(Lacking::Amount)?;
    let uneven = (1_u32..)
        .zip(&what.usage.uneven)
        .map(|(n, each)| {
            let code = each.as_whole().filter(|whole| *whole < 10 && n < 10);
            let code = code.map(|whole| format!("V{n}{whole}NNNNN")).unwrap_or_default();
            Some((exact(*each)?, code))
        })
        .collect::<Option<Vec<_>>>()
        .ok_or(Lacking::Amount)?;
    let preparation = what.preparation;
    let said = [
        (preparation.one_pack, DrugSupplementKind::OnePack, "一包化"),
        (preparation.crushed, DrugSupplementKind::Crush, "粉砕"),
        (preparation.substitution == Substitution::Refused, DrugSupplementKind::NoGeneric, "後発品変更不可"),
        (preparation.substitution == Substitution::Wished, DrugSupplementKind::PatientWantsBrand, "先発医薬品患者希望"),
    ];
    let supplements = said.into_iter().filter(|(wanted, ..)| *wanted).map(|(_, kind, text)| DrugSupplement {
        kind: Some(kind),
        text: text.to_owned(),
        code: String::new(),
    });
    Ok(Drug {
        kind: DrugKind::Drug,
        code_kind,
        code,
        name: wide(&what.drug.name),
        amount,
        potency: false,
        unit: wide(&what.unit),
        conversion: None,
        uneven: (!uneven.is_empty()).then_some(Uneven { times: uneven }),
        payers: None,
        single: None,
        supplements: supplements.collect(),
    })
}

/// The code for the service: that of the general name where the drug is prescribed by it, the product's otherwise.
fn code(what: &Prescribed) -> Option<(CodeKind, String)> {
    let of = |system: CodeSystem| {
        let known = |coding: &&Coding| CodeSystem::of_url(&coding.system) == Some(system);
        what.drug.codes.iter().find(known).map(|coding| coding.code.clone())
    };
    // 規格別薬剤成分 is the same code under the name that FHIR has for it.
    let general = of(CodeSystem::GenericName).or_else(|| of(CodeSystem::Ingredient));
    let general = general.filter(|_| what.drug.name.starts_with("【般】"));
    let general = general.filter(|code| code.len() == 12).map(|code| (CodeKind::General, code));
    let receipt = || of(CodeSystem::ReceiptDrug).filter(|code| code.len() == 9).map(|code| (CodeKind::Receipt, code));
    let yj = || of(CodeSystem::Yj).filter(|code| code.len() == 12).map(|code| (CodeKind::Yj, code));
    general.or_else(receipt).or_else(yj)
}

/// 用量 (digest 5.2, meaning of amounts): of a day for oral drugs, of one time as needed, in all for the rest.
fn amount(what: &Prescribed) -> Option<Amount> {
    match what.form {
        Form::Internal => {
            let uneven = &what.usage.uneven;
            let day = if uneven.is_empty() {
                what.dose?.times(u32::from(what.usage.times?))?
            } else {
                uneven.iter().try_fold(chart::Amount::default(), |sum, each| sum.plus(*each))?
            };
            exact(day)
        }
        Form::AsNeeded => exact(what.dose?),
        Form::External | Form::Injection => exact(what.total?),
    }
}

fn exact(amount: chart::Amount) -> Option<Amount> {
    amount.plain().parse().ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use karute_chart::prescription::{Preparation, Status, Usage};

    fn line(id: &str, name: &str, system: CodeSystem, code: &str) -> Line {
        let usage = Usage {
            text: "1日1回 朝食後".to_owned(),
            code: Some(Coding {
                system: CodeSystem::Usage.url().to_owned(),
                code: "1011000400000000".to_owned(),
                display: "１日１回朝食後　服用".to_owned(),
            }),
            times: Some(1),
            ..Usage::default()
        };
        Line {
            id: Id::new(id).unwrap(),
            version: 1,
            status: Status::Active,
            rp: 1,
            order: 1,
            what: Prescribed {
                drug: chart::Drug {
                    name: name.to_owned(),
                    codes: vec![Coding {
                        system: system.url().to_owned(),
                        code: code.to_owned(),
                        display: String::new(),
                    }],
                },
                form: Form::Internal,
                dose: chart::Amount::parse("1"),
                unit: "錠".to_owned(),
                usage,
                days: Some(14),
                count: None,
                total: None,
                preparation: Preparation::default(),
                comment: None,
                purpose: None,
                dispensing: Dispensing::Outside,
            },
            written: None,
            prior: None,
            visit: None,
            by: None,
            awaits_approval: false,
        }
    }

    #[test]
    fn lines_become_the_groups_of_the_specifications_example() {
        let general = line("a", "【般】アムロジピン錠5mg", CodeSystem::GenericName, "2171022F2ZZZ");
        let mut brand = line("b", "架空錠10mg「試験」", CodeSystem::Yj, "1234567F1234");
        brand.what.preparation = Preparation { one_pack: true, crushed: false, substitution: Substitution::Wished };
        let mut pain = line("c", "【般】ロキソプロフェンNa錠60mg", CodeSystem::GenericName, "1149019F1ZZZ");
        pain.what.form = Form::AsNeeded;
        pain.what.days = None;
        pain.what.count = Some(10);
        pain.what.usage = Usage { text: "頓用 疼痛時".to_owned(), ..Usage::default() };
        let mut ointment = line("d", "アルメタ軟膏 0.1%", CodeSystem::ReceiptDrug, "662640683");
        ointment.what.form = Form::External;
        (ointment.what.dose, ointment.what.days) = (None, None);
        ointment.what.total = chart::Amount::parse("10");
        ointment.what.unit = "g".to_owned();
        ointment.what.usage = Usage {
            text: "1日2回 塗布".to_owned(),
            times: Some(2),
            site: Some("両前腕".to_owned()),
            ..Usage::default()
        };
        ointment.what.comment = Some("薄く塗る".to_owned());
        let mut inside = line("e", "院内の薬", CodeSystem::Yj, "1234567F1234");
        inside.what.dispensing = Dispensing::InHouse;

        let lines = [general, brand, pain, ointment, inside];
        let in_house = groups(&lines, Dispensing::InHouse).unwrap();
        assert_eq!(in_house.groups.iter().map(|group| group.drugs[0].name.as_str()).collect::<Vec<_>>(), ["院内の薬"]);
        let mapped = groups(&lines, Dispensing::Outside).unwrap();
        let shape: Vec<_> = mapped
            .groups
            .iter()
            .map(|g| (g.form, g.quantity, g.usage_code.as_str(), g.usage_name.as_str(), g.drugs.len()))
            .collect();
        assert_eq!(
            shape,
            [
                (DosageForm::Internal, 14, "1011000400000000", "１日１回朝食後　服用", 2),
                (DosageForm::AsNeeded, 10, DUMMY_USAGE, "頓用　疼痛時", 1),
                (DosageForm::External, 1, DUMMY_USAGE, "１日２回　塗布", 1),
            ]
        );
        let drugs: Vec<_> = mapped
            .groups
            .iter()
            .flat_map(|g| &g.drugs)
            .map(|d| (d.code_kind, d.name.as_str(), d.amount.to_string(), d.unit.as_str()))
            .collect();
        assert_eq!(
            drugs,
            [
                (CodeKind::General, "【般】アムロジピン錠５ｍｇ", "1".to_owned(), "錠"),
                (CodeKind::Yj, "架空錠１０ｍｇ「試験」", "1".to_owned(), "錠"),
                (CodeKind::General, "【般】ロキソプロフェンＮａ錠６０ｍｇ", "1".to_owned(), "錠"),
                (CodeKind::Receipt, "アルメタ軟膏　０．１％", "10".to_owned(), "ｇ"),
            ]
        );
        let said: Vec<_> = mapped.groups[0].drugs[1].supplements.iter().map(|s| s.kind.unwrap()).collect();
        assert_eq!(said, [DrugSupplementKind::OnePack, DrugSupplementKind::PatientWantsBrand]);
        assert_eq!(mapped.groups[2].supplements[0].text, "両前腕");
        assert_eq!(mapped.notes, [Note { drug: "アルメタ軟膏　０．１％".to_owned(), comment: "薄く塗る".to_owned() }]);
    }

    #[test]
    fn uneven_amounts_are_of_a_day_and_each() {
        let mut uneven = line("a", "架空錠5mg「試験」", CodeSystem::Yj, "1234567F1234");
        uneven.what.dose = None;
        uneven.what.usage.uneven = ["2", "1", "1"].into_iter().filter_map(chart::Amount::parse).collect();
        let mapped = groups(&[uneven], Dispensing::Outside).unwrap();
        let drug = &mapped.groups[0].drugs[0];
        assert_eq!(drug.amount.to_string(), "4");
        let times = &drug.uneven.as_ref().unwrap().times;
        let codes: Vec<&str> = times.iter().map(|(_, code)| code.as_str()).collect();
        assert_eq!(codes, ["V12NNNNN", "V21NNNNN", "V31NNNNN"]);
    }

    #[test]
    fn what_a_line_does_not_say_is_told_by_line() {
        let mut bare = line("a", "手書きの薬", CodeSystem::Hot9, "x");
        bare.what.days = None;
        let mut no_amount = line("b", "架空錠5mg「試験」", CodeSystem::Yj, "1234567F1234");
        no_amount.what.dose = None;
        let faults = groups(&[bare, no_amount], Dispensing::Outside).unwrap_err();
        let told: Vec<_> = faults.iter().map(|(id, lacking)| (id.as_str(), *lacking)).collect();
        assert_eq!(told, [("a", Lacking::Quantity), ("a", Lacking::DrugCode), ("b", Lacking::Amount)]);
        assert!(faults.iter().all(|(_, lacking)| !lacking.words().is_empty()));
    }
}
