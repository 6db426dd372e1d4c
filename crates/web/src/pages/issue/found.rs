//! What was found, our own rules' and the service's, as one list by gravity.
use super::{View, national::Asked};
use karute_chart::check::{Answer, Exit, Finding, Level, RuleId, Side, answered};
use karute_chart::prescription::Line;
use karute_eprescription::wire::message::{CheckDetail, Medicine, PastMedicine};
use karute_fhir::Id;
use karute_japan::Date;

/// A finding with where it comes from.
pub(crate) struct Found {
    pub(crate) finding: Finding,
    /// The national service's, not our own rules'.
    pub(crate) national: bool,
    /// The service hides names: nobody consented.
    pub(crate) masked: bool,
}

/// Everything that was found about what is dispensed outside, gravest first; what is only kept on record is not shown.
pub(crate) fn found(view: &View, asked: Option<&Asked>) -> Vec<Found> {
    let lines = view.paper.as_ref().map_or(&[][..], |paper| paper.lines.as_slice());
    let outside = |finding: &&Finding| lines.iter().any(|line| line.id.as_str() == finding.line);
    let own = view.own.iter().filter(outside).filter(|finding| finding.level != Level::Record);
    let mut all: Vec<Found> =
        own.map(|finding| Found { finding: finding.clone(), national: false, masked: false }).collect();
    if let Some(Asked::Answered { details, .. }) = asked {
        let asked = Asking { lines, answers: &view.answers, visit: &view.sheet.visit, today: view.today };
        all.extend(details.iter().filter_map(|detail| national(&asked, detail)));
    }
    all.sort_by_key(|found| (!found.finding.is_open(), found.finding.level, !found.national));
    all
}

/// What the service was asked about.
struct Asking<'a> {
    lines: &'a [Line],
    answers: &'a [Answer],
    visit: &'a Id,
    today: Date,
}

/// A hit of the service as a finding at the line it is about.
fn national(asked: &Asking<'_>, detail: &CheckDetail) -> Option<Found> {
    let own = detail.target.as_ref().and_then(|target| line_of(asked.lines, target));
    // A hit that cannot be told to a line is answered with a reason: nothing is taken out that it may not be about.
    let line = own.or_else(|| asked.lines.first())?;
    let forbidden = detail.category.contains("禁忌");
    let (rule, level) = if forbidden {
        (RuleId::InteractionForbidden, Level::Stop)
    } else {
        (RuleId::DuplicateIngredient, Level::Decide)
    };
    let masked = detail.past.is_none();
    // Kept answers are told by the rule that begins their key.
    let key = match (&detail.target, &detail.past) {
        (Some(target), Some(past)) => {
            let date = past.date.map(|date| date.to_string()).unwrap_or_default();
            format!("{}:eps:{}:{}:{date}", rule.code(), target.code, past.medicine.code)
        }
        // What is hidden is answered for this visit alone: the next one may hide something else.
        _ => format!("{}:eps:masked:{}", rule.code(), asked.visit),
    };
    let what = &line.what;
    let finding = Finding {
        rule,
        level,
        line: line.id.as_str().to_owned(),
        message: detail.message.clone(),
        this: Side {
            label: "今回".to_owned(),
            what: match (own, &detail.target) {
                (Some(_), _) => what.drug.name.clone(),
                (None, Some(target)) => target.name.clone(),
                (None, None) => "どの薬かは示されていません".to_owned(),
            },
            detail: match own {
                Some(_) => format!("{}　{}　{}", what.amounts(), what.usage.text, what.supply()),
                None => String::new(),
            },
        },
        other: detail.past.as_ref().map(|past| other(past, asked.today)),
        source: "電子処方箋管理サービス".to_owned(),
        exits: own.map(|_| Exit::Remove).into_iter().chain([Exit::Override { again: forbidden }]).collect(),
        answered: answered(asked.answers, &key, asked.today).cloned(),
        key,
    };
    Some(Found { finding, national: true, masked })
}

/// The line that a drug of the check is.
fn line_of<'l>(lines: &'l [Line], target: &Medicine) -> Option<&'l Line> {
    let coded = |line: &&Line| line.what.drug.codes.iter().any(|coding| coding.code == target.code);
    let named = |line: &&Line| karute_eprescription::mapping::wide(&line.what.drug.name) == target.name;
    lines.iter().find(coded).or_else(|| lines.iter().find(named))
}

/// What others prescribed: where and when, and how much of it should be left.
fn other(past: &PastMedicine, today: Date) -> Side {
    let medicine = &past.medicine;
    let mut detail = vec![medicine.usage.clone()];
    let days: Option<i64> = medicine.quantity.parse().ok().filter(|_| medicine.form == "内服");
    if let Some(days) = days {
        detail.push(format!("{days}日分"));
    }
    detail.push(past.institution.clone());
    if let Some(date) = past.date {
        detail.push(format!("{}月{}日", date.month(), date.day()));
    }
    if !past.pharmacy.is_empty() {
        detail.push(format!("調剤（{}）", past.pharmacy));
    }
    if let (Some(days), Some(date)) = (days, past.date) {
        let gone = today.since(date).map_or(0, |span| i64::from(span.get_days()));
        if days > gone {
            detail.push(format!("残り{}日分の見込み", days - gone));
        }
    }
    detail.retain(|part| !part.is_empty());
    Side { label: "他院".to_owned(), what: medicine.name.clone(), detail: detail.join("　") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn lines() -> Vec<Line> {
        let request = r#"{"resourceType":"MedicationRequest","status":"draft","intent":"order",
            "medicationCodeableConcept":{"text":"アムロジピン錠5mg","coding":[{"system":"s","code":"2171022F2"}]},
            "dosageInstruction":[{"text":"1日1回 朝食後"}],"dispenseRequest":{"expectedSupplyDuration":{"value":28}}}"#;
        let body = karute_json::parse(request.as_bytes(), &karute_json::Limits::FHIR).unwrap();
        vec![Line::read(Id::new("rx-a").unwrap(), 1, &body).unwrap()]
    }

    fn hit(target: Option<Medicine>) -> CheckDetail {
        CheckDetail {
            id: "1".to_owned(),
            category: "重複投薬".to_owned(),
            ingredient: String::new(),
            message: "重複しています".to_owned(),
            target,
            past: None,
        }
    }

    fn found_of(detail: &CheckDetail) -> Found {
        let (lines, visit) = (lines(), Id::new("v-1").unwrap());
        let today = Date::new(2026, 11, 30).unwrap();
        national(&Asking { lines: &lines, answers: &[], visit: &visit, today }, detail).unwrap()
    }

    fn removes(found: &Found) -> bool {
        found.finding.exits.iter().any(|exit| matches!(exit, Exit::Remove))
    }

    #[test]
    fn a_hit_on_a_drug_of_the_prescription_can_take_that_drug_out() {
        let target = Medicine { code: "2171022F2".to_owned(), ..Medicine::default() };
        let found = found_of(&hit(Some(target)));
        assert!(removes(&found));
        assert_eq!((found.finding.line.as_str(), found.finding.this.what.as_str()), ("rx-a", "アムロジピン錠5mg"));
    }

    #[test]
    fn a_hit_that_fits_no_drug_of_the_prescription_takes_none_out_and_still_asks_for_a_reason() {
        let other = Medicine { code: "9999".to_owned(), name: "別の薬".to_owned(), ..Medicine::default() };
        for (target, named) in [(Some(other), "別の薬"), (None, "どの薬かは示されていません")] {
            let found = found_of(&hit(target));
            assert!(!removes(&found), "{named}");
            assert!(
                found.finding.is_open() && found.finding.exits.iter().any(|exit| matches!(exit, Exit::Override { .. }))
            );
            assert_eq!(found.finding.this.what, named);
        }
    }
}
