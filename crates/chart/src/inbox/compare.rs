//! Each thing a document says beside our record: 新規, 当院に未登録, 当院と違う, 当院と同じ. Pure.
use crate::outside::{Item, What, same_words};
use crate::query::{parse, search};
use crate::summary::current;
use crate::view::{Measurement, Medication};
use crate::{ChartError, allergy, asked, problem};
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use karute_ledger::Reader;

/// Our record of a patient.
#[derive(Clone, Debug)]
pub struct Own {
    problems: problem::List,
    allergies: Vec<allergy::Entry>,
    drugs: Vec<Medication>,
    values: Vec<Measurement>,
}

/// Reads it.
pub async fn own(reader: &Reader, patient: &Id) -> Result<Own, ChartError> {
    let mut drugs = Vec::new();
    for version in asked::drugs(reader, patient).await? {
        drugs.extend(Medication::read(&parse(&version)?));
    }
    let mut values = Vec::new();
    let pairs = [("patient", patient.as_str()), ("category", "laboratory"), ("_sort", "-date"), ("_count", "600")];
    for version in search(reader, "Observation", &pairs).await?.matches {
        values.extend(Measurement::read(&parse(&version)?));
    }
    let record = allergy::record(reader, patient).await?;
    let allergies = record.entries.into_iter().chain(record.ended).collect();
    Ok(Own { problems: problem::list(reader, patient).await?, allergies, drugs, values })
}

/// How it stands to our record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// 当院に未登録: an allergy we do not know.
    Unregistered,
    /// 新規
    New,
    /// 当院と違う
    Differs,
    /// 当院と同じ
    Same,
}

impl Verdict {
    /// The word shown.
    pub const fn word(self) -> &'static str {
        match self {
            Verdict::Unregistered => "当院に未登録",
            Verdict::New => "新規",
            Verdict::Differs => "当院と違う",
            Verdict::Same => "当院と同じ",
        }
    }
}

/// One thing with what we know of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// Its place among the items.
    pub at: usize,
    /// How it stands.
    pub verdict: Verdict,
    /// What our record says: `0.625mg（10/30 処方）`; empty when it says nothing.
    pub ours: String,
    /// Whether it is ticked at first: what is new or different.
    pub ticked: bool,
}

/// Compares everything, in the order of the items.
pub fn compare(items: &[Item], own: &Own, today: Timestamp) -> Vec<Compared> {
    let day = today.day_in_japan();
    items
        .iter()
        .enumerate()
        .map(|(at, item)| {
            let (verdict, ours) = match &item.what {
                What::Disease(disease) => own.disease(disease),
                What::Allergy(allergy) => own.allergy(allergy),
                What::Result(result) => own.result(result),
                What::Drug(drug) => own.drug(drug, day),
            };
            Compared { at, verdict, ours, ticked: verdict != Verdict::Same }
        })
        .collect()
}

fn short(day: Option<Date>) -> String {
    day.map(|day| format!("{}/{}/{}", day.year(), day.month(), day.day())).unwrap_or_default()
}

impl Own {
    fn disease(&self, theirs: &crate::outside::Disease) -> (Verdict, String) {
        let all = || self.problems.active.iter().chain(&self.problems.past);
        // Our code may be the receipt's and theirs the sharing service's: then the whole name decides.
        let means = |entry: &&problem::Entry| {
            problem::same(&entry.named, &theirs.named) || same_words(&entry.problem.label(), &theirs.problem.label())
        };
        // A cold of last year and one of today have one name: the one in the same state is meant.
        let likely = |entry: &&problem::Entry| {
            means(entry)
                && entry.problem.active == theirs.problem.active
                && entry.problem.suspected == theirs.problem.suspected
        };
        let found = all().find(likely).or_else(|| all().find(means));
        let Some(ours) = found else { return (Verdict::New, String::new()) };
        let words = match (ours.problem.active, ours.problem.end) {
            (true, _) => format!("{}〜", short(ours.problem.start)),
            (false, end) => format!("{} に転帰", short(end)),
        };
        let same = ours.problem.active == theirs.problem.active && ours.problem.suspected == theirs.problem.suspected;
        let words = if ours.problem.suspected && !theirs.problem.suspected { format!("疑い {words}") } else { words };
        (if same { Verdict::Same } else { Verdict::Differs }, words)
    }

    fn allergy(&self, theirs: &crate::outside::Allergy) -> (Verdict, String) {
        let same = |entry: &&allergy::Entry| {
            let by_code =
                entry.code.as_ref().zip(theirs.code.as_ref()).is_some_and(|((_, a), (_, b))| {
                    a == b || (ingredient(a).is_some() && ingredient(a) == ingredient(b))
                });
            by_code || same_words(&entry.shown.substance, &theirs.entry.substance)
        };
        let Some(ours) = self.allergies.iter().find(same) else { return (Verdict::Unregistered, String::new()) };
        let words = ours.shown.reaction.clone().unwrap_or_else(|| "症状の記録なし".to_owned());
        let agrees = match (&ours.shown.reaction, &theirs.entry.reaction) {
            (Some(a), Some(b)) => same_words(a, b),
            (_, None) => true,
            (None, Some(_)) => false,
        };
        (if agrees { Verdict::Same } else { Verdict::Differs }, words)
    }

    fn result(&self, theirs: &crate::outside::Result) -> (Verdict, String) {
        let key = crate::graph::key(&theirs.measured.code);
        let same_test = |ours: &&Measurement| {
            (crate::graph::key(&ours.code) == key || ours.name == theirs.measured.name)
                && ours.date == theirs.measured.date
        };
        let of_day: Vec<&Measurement> = self.values.iter().filter(same_test).collect();
        let Some(first) = of_day.first() else { return (Verdict::New, String::new()) };
        let equal = |ours: &&&Measurement| same_value(ours, &theirs.measured);
        let ours = of_day.iter().find(equal);
        let shown = ours.unwrap_or(first);
        let words = format!("{} {}", shown.value, shown.unit.clone().unwrap_or_default()).trim_end().to_owned();
        (if ours.is_some() { Verdict::Same } else { Verdict::Differs }, words)
    }

    fn drug(&self, theirs: &crate::outside::Drug, day: Date) -> (Verdict, String) {
        let running = current(self.drugs.clone(), day);
        let nine = |code: &str| (code.len() == 12).then(|| code.get(..9).unwrap_or_default().to_owned());
        let theirs_nine: Vec<String> = theirs.codes.iter().filter_map(|(_, code)| nine(code)).collect();
        let of = |drug: &&Medication| {
            let by_code = drug.code.as_deref().and_then(nine).is_some_and(|own| theirs_nine.contains(&own));
            by_code || same_words(plain(&drug.name), plain(&theirs.medication.name))
        };
        let ours = running.iter().find(of);
        let by_ingredient = |drug: &&Medication| {
            let own = drug.code.as_deref().and_then(nine).and_then(|nine| nine.get(..7).map(str::to_owned));
            own.is_some_and(|own| theirs_nine.iter().any(|nine| nine.starts_with(&own)))
        };
        match (ours, running.iter().find(by_ingredient)) {
            (Some(ours), _) => {
                let words = [ours.dose.as_ref().map(|dose| format!("1回{dose}")), ours.sig.clone()];
                let words = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
                let same = match (&ours.dose, &theirs.medication.dose) {
                    (Some(a), Some(b)) => same_dose(a, b),
                    _ => true,
                };
                (if same { Verdict::Same } else { Verdict::Differs }, words)
            }
            (None, Some(other)) => (Verdict::Differs, format!("{}（{} 処方）", other.name, short(other.written))),
            (None, None) => (Verdict::New, String::new()),
        }
    }
}

/// Whether two values are the same, whatever way their unit is written: `230 10^3/μL` is `23.0 X10*4/μL`.
fn same_value(a: &Measurement, b: &Measurement) -> bool {
    let unit = |m: &Measurement| m.unit.as_deref().map(unit_key);
    let (ours, theirs) = (unit(a), unit(b));
    let powers = match (&ours, &theirs) {
        (Some((x, rest)), Some((y, other))) if rest == other => (*x, *y),
        (Some(_), Some(_)) => return false,
        _ => (0, 0),
    };
    match a.numeric.zip(b.numeric) {
        Some((x, y)) => {
            let (x, y) = (x * 10f64.powi(powers.0), y * 10f64.powi(powers.1));
            (x - y).abs() <= x.abs().max(y.abs()) * 1e-9
        }
        None => a.value == b.value,
    }
}

/// A unit as a power of ten and the rest in one spelling.
fn unit_key(unit: &str) -> (i32, String) {
    let folded: String = unit
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '・' | '･' | '×' | '{' | '}' | '(' | ')'))
        .map(|c| match c {
            'μ' | '\u{B5}' => 'u',
            '²' => '2',
            '*' => '^',
            other => other.to_ascii_lowercase(),
        })
        .collect();
    let folded = folded.replace("iu/", "u/").replace("m^2", "m2").replace("creat", "cr").replace("cre", "cr");
    let plain = folded.trim_start_matches('x');
    let power = |prefix: &str, power: i32| plain.strip_prefix(prefix).map(|rest| (power, rest.to_owned()));
    let counted = plain.strip_prefix("10^").and_then(|rest| {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        Some((rest.get(..digits)?.parse().ok()?, rest.get(digits..)?.to_owned()))
    });
    let found = counted.or_else(|| power("万", 4)).or_else(|| power("千", 3));
    let (power, rest) = found.unwrap_or_else(|| (0, plain.to_owned()));
    let rest = if rest == "秒" || rest == "sec" { "s".to_owned() } else { rest };
    (power, rest)
}

/// Whether two amounts are the same: `1.0錠` is `1錠`.
fn same_dose(a: &str, b: &str) -> bool {
    let parts = |text: &str| {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        number.parse::<f64>().ok().map(|number| (number, unit.trim().to_owned()))
    };
    match (parts(a), parts(b)) {
        (Some((x, unit)), Some((y, other))) => (x - y).abs() < 1e-9 && unit == other,
        _ => a == b,
    }
}

/// A drug's name without 【般】.
fn plain(name: &str) -> &str {
    name.trim_start_matches("【般】")
}

/// Ingredient of a code of a drug allergen (`YCM…`, `GCM…`): seven characters of the drug's code.
fn ingredient(code: &str) -> Option<&str> {
    let drug = code.strip_prefix("YCM").or_else(|| code.strip_prefix("GCM"))?;
    drug.get(..7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_the_same_whatever_way_their_unit_is_written() {
        for (value, unit, other, other_unit, same) in [
            ("230", "10^3/μL", "23.0", "X10*4/μL", true),
            ("230", "10^3/μL", "23.1", "X10*4/μL", false),
            ("52", "mL/min/1.73m2", "52.0", "mL/min/1.73m²", true),
            ("30", "IU/L", "30", "U/L", true),
            ("48", "mg/gCr", "48", "mg/g･Cr", true),
            ("7.4", "%", "57", "mmol/mol", false),
            ("1.0", "mg/dL", "1.0", "mg/L", false),
        ] {
            let a = Measurement::sample("a", unit, "2026-11-13", value);
            let b = Measurement::sample("a", other_unit, "2026-11-13", other);
            assert_eq!(same_value(&a, &b), same, "{value} {unit} {other} {other_unit}");
        }
        assert!(same_dose("1.0錠", "1錠") && !same_dose("1錠", "2錠") && !same_dose("1錠", "1包"));
    }
}
