//! What was found, our own rules' and the service's, as one list by gravity.
use super::{View, national::Asked};
use karute_chart::check::{Exit, Finding, Level, RuleId, Side, answered};
use karute_chart::prescription::Line;
use karute_eprescription::wire::message::{CheckDetail, Medicine, PastMedicine};
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
        all.extend(details.iter().filter_map(|detail| national(view, lines, detail)));
    }
    all.sort_by_key(|found| (!found.finding.is_open(), found.finding.level, !found.national));
    all
}

/// A hit of the service as a finding at the line it is about.
fn national(view: &View, lines: &[Line], detail: &CheckDetail) -> Option<Found> {
    let own = detail.target.as_ref().and_then(|target| line_of(lines, target));
    // A hit that cannot be told to a line is answered with a reason: nothing is taken out that it may not be about.
    let line = own.or_else(|| lines.first())?;
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
        _ => format!("{}:eps:masked:{}", rule.code(), view.sheet.visit),
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
        other: detail.past.as_ref().map(|past| other(past, view.today)),
        source: "電子処方箋管理サービス".to_owned(),
        exits: own.map(|_| Exit::Remove).into_iter().chain([Exit::Override { again: forbidden }]).collect(),
        answered: answered(&view.answers, &key, view.today).cloned(),
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
