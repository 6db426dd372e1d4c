//! 重複投薬等チェック (digest section 8): the same route and ingredient among the drugs that are active on the day, and
//! pairs that may not be taken together.
use super::Service;
use super::accept::{known_person, read_csv};
use super::answer::Refusal;
use super::held::{Held, InHouseHeld, PastDrug, World, of, same};
use jiff::ToSpan as _;
use karute_eprescription::wire::message::{
    CheckDetail, CheckResult, Insured, Medicine, PastMedicine, Received, ServiceStatus,
};
use karute_eprescription::wire::prescription::{CodeKind, DosageForm, Drug, DrugKind, Group};
use karute_japan::{Date, Timestamp};

/// Pairs of ingredients (first seven characters of YJ) that may not be taken together. A few well-known ones, after
/// 添付文書 (併用禁忌); the sandbox needs examples, not completeness.
const FORBIDDEN: [(&str, &str, &str); 4] = [
    ("2189011", "6290004", "横紋筋融解症があらわれやすくなります。"),
    ("1124008", "6290004", "作用が増強されるおそれがあります。"),
    ("2190021", "2171005", "血圧が過度に下がるおそれがあります。"),
    ("1190017", "1179046", "中枢神経系の副作用が増強されるおそれがあります。"),
];

/// Days for which as-needed and external drugs count as active (our assumption, digest section 8).
const OTHER_DAYS: u16 = 15;

/// A drug somebody has.
struct Active {
    ingredient: String,
    told: PastMedicine,
}

pub(super) fn check(
    service: &Service,
    world: &World,
    asked: &Received,
    now: Timestamp,
) -> Result<CheckResult, Refusal> {
    let csv =
        asked.decoded("prescription").map_err(|_| Refusal::new("malformed", "Base64の形式が正しくありません。"))?;
    let what = read_csv(service, &csv)?;
    let person = of(&what);
    known_person(world, &person)?;
    let on = what.issued;
    if on < now.day_in_japan() {
        return Err(Refusal::new("issue_date_outside", "処方日が過去の日付です。"));
    }
    let own_too = asked.get("own") == "2";
    let active = active(service, world, &person, on, (!own_too).then_some(asked.institution.as_str()));
    let consent = asked.get("online") == "1" || asked.get("oral") == "1";
    let mut details = Vec::new();
    for (group, drug) in what.groups.iter().flat_map(|group| group.drugs.iter().map(move |drug| (group, drug))) {
        if drug.kind == DrugKind::Material {
            continue;
        }
        let Some(known) = service.settings.book.drug(drug.code_kind, &drug.code, on) else { continue };
        for other in &active {
            let forbidden = FORBIDDEN.iter().find(|(one, two, _)| {
                let pair = (known.ingredient.as_str(), other.ingredient.as_str());
                pair == (*one, *two) || pair == (*two, *one)
            });
            let (category, words) = match forbidden {
                Some((.., words)) => ("併用禁忌", *words),
                None if known.ingredient == other.ingredient => ("重複投薬", "同一成分の薬剤が処方されています。"),
                None => continue,
            };
            let id = format!("{:03}", details.len() + 1);
            details.push(if consent {
                told(id, category, words, &known.name, group, drug, other)
            } else {
                masked(id, category)
            });
        }
    }
    Ok(CheckResult { details })
}

/// Without consent: only that there is something, and of which kind (digest 4.11).
fn masked(id: String, category: &str) -> CheckDetail {
    CheckDetail {
        id,
        category: category.to_owned(),
        ingredient: String::new(),
        message: format!("{category}に該当する薬剤があります。"),
        target: None,
        past: None,
    }
}

fn told(
    id: String,
    category: &str,
    words: &str,
    ingredient: &str,
    group: &Group,
    drug: &Drug,
    other: &Active,
) -> CheckDetail {
    CheckDetail {
        id,
        category: category.to_owned(),
        ingredient: ingredient.trim_start_matches("【般】").to_owned(),
        message: words.to_owned(),
        target: Some(medicine(group, drug)),
        past: Some(other.told.clone()),
    }
}

fn medicine(group: &Group, drug: &Drug) -> Medicine {
    let form = match group.form {
        DosageForm::Internal | DosageForm::InternalDrops => "内服",
        DosageForm::AsNeeded => "頓服",
        DosageForm::External => "外用",
        DosageForm::Injection => "注射",
        DosageForm::Material => "医療材料",
        DosageForm::Unknown => "不明",
    };
    Medicine {
        code_kind: drug.code_kind.code().to_owned(),
        code: drug.code.clone(),
        name: drug.name.clone(),
        quantity: group.quantity.to_string(),
        usage: group.usage_name.clone(),
        form: form.to_owned(),
    }
}

/// Everything the person has on a day.
fn active(service: &Service, world: &World, person: &Insured, on: Date, not_of: Option<&str>) -> Vec<Active> {
    let mut found = Vec::new();
    let counts = |held: &&Held| {
        held.stands()
            && held.status != ServiceStatus::Returned
            && same(&held.insured(), person)
            && not_of != Some(held.institution.as_str())
    };
    for held in world.held.values().filter(counts) {
        for (group, drug) in held.what.groups.iter().flat_map(|group| group.drugs.iter().map(move |drug| (group, drug)))
        {
            let times = u16::from(held.what.refill.unwrap_or(1));
            let start = held.dispensed.last().map_or(held.what.issued, |result| result.date);
            let days = match group.form {
                DosageForm::Internal | DosageForm::InternalDrops => group.quantity.saturating_mul(times),
                _ => OTHER_DAYS,
            };
            let known = service.settings.book.drug(drug.code_kind, &drug.code, on);
            let (Some(known), true) = (known, covers(start, days, on)) else { continue };
            found.push(Active {
                ingredient: known.ingredient,
                told: PastMedicine {
                    date: Some(start),
                    medicine: medicine(group, drug),
                    institution: held.what.institution.name.clone(),
                    pharmacy: held.pharmacy.as_ref().map(|shop| shop.name.clone()).unwrap_or_default(),
                },
            });
        }
    }
    let counts = |held: &&InHouseHeld| {
        held.stands && same(&of(&held.given.what), person) && not_of != Some(held.institution.as_str())
    };
    for held in world.in_house.values().filter(counts) {
        let what = &held.given.what;
        for (group, drug) in what.groups.iter().flat_map(|group| group.drugs.iter().map(move |drug| (group, drug))) {
            let days = match group.form {
                DosageForm::Internal | DosageForm::InternalDrops => group.quantity,
                _ => OTHER_DAYS,
            };
            let known = service.settings.book.drug(drug.code_kind, &drug.code, on);
            let (Some(known), true) = (known, covers(what.issued, days, on)) else { continue };
            found.push(Active {
                ingredient: known.ingredient,
                told: PastMedicine {
                    date: Some(what.issued),
                    medicine: medicine(group, drug),
                    institution: what.institution.name.clone(),
                    pharmacy: String::new(),
                },
            });
        }
    }
    found.extend(world.past.iter().filter_map(|past| told_past(service, past, person, on)));
    found
}

fn told_past(service: &Service, past: &PastDrug, person: &Insured, on: Date) -> Option<Active> {
    let whose = Insured {
        insurer: past.insurer.clone(),
        symbol: past.symbol.clone(),
        number: past.number.clone(),
        branch: past.branch.clone(),
    };
    let start: Date = past.date.parse().ok()?;
    let days = if past.days == 0 { OTHER_DAYS } else { past.days };
    let known = service.settings.book.drug(CodeKind::parse(&past.code_kind)?, &past.code, on)?;
    (same(&whose, person) && covers(start, days, on)).then(|| Active {
        ingredient: known.ingredient,
        told: PastMedicine {
            date: Some(start),
            medicine: Medicine {
                code_kind: past.code_kind.clone(),
                code: past.code.clone(),
                name: past.name.clone(),
                quantity: past.days.to_string(),
                usage: past.usage.clone(),
                form: if past.days > 0 { "内服" } else { "" }.to_owned(),
            },
            institution: past.institution.clone(),
            pharmacy: past.pharmacy.clone(),
        },
    })
}

/// start ≤ day ≤ start + days − 1.
fn covers(start: Date, days: u16, on: Date) -> bool {
    start <= on && on < start.saturating_add(i64::from(days).days())
}
