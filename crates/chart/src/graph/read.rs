//! Reading everything the page of results shows, in one audit event with the banner.
use super::row::{Row, rows};
use super::set::{Set, Span};
use super::target::{Target, targets};
use crate::ChartError;
use crate::query::{parse, search, search_all};
use crate::view::{Encounter, Measurement, Medication, VisitState};
use futures_util::future::BoxFuture;
use jiff::ToSpan as _;
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use karute_ledger::Reader;

/// Observations read at most: ten years of a patient seen every month with 20 values each.
const MOST: usize = 3_000;
/// Prescriptions read at most for the bands.
const PRESCRIPTIONS: usize = 600;
/// Bands drawn at most.
const BANDS: usize = 12;
/// Days without supply that do not end a band: patients come a little late.
const GAP_DAYS: i32 = 21;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    /// Tests.
    pub set: Set,
    /// How far back.
    pub span: Span,
    /// Values of other institutions too.
    pub outside: bool,
    /// Drugs as bands.
    pub drugs: bool,
}

/// A drug over time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Band {
    /// Name with strength.
    pub name: String,
    /// 1回量 and 用法.
    pub dose: String,
    /// First and last day of each stretch, oldest first.
    pub stretches: Vec<(Date, Date)>,
}

/// The page of results.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// First day.
    pub from: Date,
    /// Last day: today.
    pub until: Date,
    /// Days across, newest first.
    pub dates: Vec<Date>,
    /// Tests down.
    pub rows: Vec<Row>,
    /// Drugs, when asked for.
    pub bands: Vec<Band>,
    /// Days of visits.
    pub visits: Vec<Date>,
    /// Individual targets.
    pub targets: Vec<Target>,
    /// Values of other institutions there are in all.
    pub outside: usize,
}

/// Reads it.
pub fn sheet<'a>(
    reader: &'a Reader,
    patient: &'a Id,
    ask: Ask,
    today: Date,
) -> BoxFuture<'a, Result<Sheet, ChartError>> {
    Box::pin(async move {
        let from = ask.span.first(today);
        let since = format!("ge{from}");
        let pairs = [
            ("patient", patient.as_str()),
            ("category", "laboratory,vital-signs"),
            ("date", since.as_str()),
            ("_sort", "-date"),
            ("_count", "1000"),
        ];
        let mut measured = Vec::new();
        for version in search_all(reader, "Observation", &pairs, MOST).await? {
            measured.extend(Measurement::read(&parse(&version)?));
        }
        measured.retain(|m| m.date.is_some_and(|date| date >= from && date <= today));
        let outside = measured.iter().filter(|m| m.source.is_some()).count();
        if !ask.outside {
            measured.retain(|m| m.source.is_none());
        }
        let rows = rows(&measured, ask.set.codes());
        let mut dates: Vec<Date> = rows.iter().flat_map(|row| row.cells.iter().map(|cell| cell.date)).collect();
        dates.sort_by_key(|date| std::cmp::Reverse(*date));
        dates.dedup();
        let bands = if ask.drugs { bands(drugs(reader, patient, from).await?, (from, today)) } else { Vec::new() };
        Ok(Sheet {
            from,
            until: today,
            dates,
            rows,
            bands,
            visits: visits(reader, patient, &since).await?,
            targets: targets(reader, patient).await?,
            outside,
        })
    })
}

async fn visits(reader: &Reader, patient: &Id, since: &str) -> Result<Vec<Date>, ChartError> {
    let pairs = [("patient", patient.as_str()), ("date", since), ("_sort", "-date"), ("_count", "300")];
    let mut days = Vec::new();
    for version in search(reader, "Encounter", &pairs).await?.matches {
        let visit = Encounter::read(version.id.clone(), version.version, &parse(&version)?);
        if visit.state != Some(VisitState::Cancelled) {
            days.extend(visit.arrived.map(Timestamp::day_in_japan));
        }
    }
    days.dedup();
    Ok(days)
}

async fn drugs(reader: &Reader, patient: &Id, from: Date) -> Result<Vec<Medication>, ChartError> {
    // A prescription may reach into the span from before it.
    let since = format!("ge{}", from.checked_sub(90.days()).unwrap_or(from));
    let pairs =
        [("patient", patient.as_str()), ("authoredon", since.as_str()), ("_sort", "-authoredon"), ("_count", "300")];
    let mut all = Vec::new();
    for version in search_all(reader, "MedicationRequest", &pairs, PRESCRIPTIONS).await? {
        all.extend(Medication::read(&parse(&version)?));
    }
    Ok(all)
}

/// Bands of the drugs with a supply in days. Another strength or dose is another band, so that a change is seen.
pub(super) fn bands(mut drugs: Vec<Medication>, (from, until): (Date, Date)) -> Vec<Band> {
    drugs.retain(|d| !matches!(d.status.as_str(), "draft" | "cancelled" | "stopped" | "on-hold"));
    drugs.sort_by_key(|d| d.written);
    let mut bands: Vec<Band> = Vec::new();
    for drug in drugs {
        let (Some(first), Some(last)) = (drug.written, drug.until) else { continue };
        let (first, last) = (first.max(from), last.min(until));
        if first > last {
            continue;
        }
        let dose = [drug.dose.map(|d| format!("1回{d}")), drug.sig].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let known = bands.iter_mut().find(|band| band.name == drug.name && band.dose == dose);
        let Some(band) = known else {
            bands.push(Band { name: drug.name, dose, stretches: vec![(first, last)] });
            continue;
        };
        match band.stretches.last_mut() {
            Some(stretch) if first.since(stretch.1).is_ok_and(|gap| gap.get_days() <= GAP_DAYS) => {
                stretch.1 = stretch.1.max(last);
            }
            _ => band.stretches.push((first, last)),
        }
    }
    // The longest taken are what a line is read against.
    let days =
        |band: &Band| -> i32 { band.stretches.iter().map(|(a, b)| b.since(*a).map_or(0, |s| s.get_days()) + 1).sum() };
    bands.sort_by_key(|band| std::cmp::Reverse(days(band)));
    bands.truncate(BANDS);
    bands.sort_by(|a, b| (bare(&a.name), a.stretches.first()).cmp(&(bare(&b.name), b.stretches.first())));
    bands
}

/// The name without its strength, so that strengths of a drug stand together.
fn bare(name: &str) -> &str {
    name.split(|c: char| c.is_ascii_digit()).next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn drug(name: &str, dose: &str, written: &str, until: &str, status: &str) -> Medication {
        Medication {
            name: name.to_owned(),
            code: None,
            dose: Some(dose.to_owned()),
            sig: None,
            supply: None,
            rp: None,
            written: Some(written.parse().unwrap()),
            until: Some(until.parse().unwrap()),
            status: status.to_owned(),
            encounter: None,
        }
    }

    #[test]
    fn prescriptions_that_follow_each_other_are_one_band_and_a_new_dose_is_another() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let all = vec![
            drug("メトホルミン錠250mg", "1錠", "2026-01-01", "2026-01-28", "completed"),
            drug("メトホルミン錠250mg", "1錠", "2026-02-05", "2026-03-04", "completed"),
            drug("メトホルミン錠250mg", "1錠", "2026-06-01", "2026-06-28", "completed"),
            drug("メトホルミン錠500mg", "1錠", "2026-06-29", "2026-07-26", "active"),
            drug("アムロジピン錠5mg", "1錠", "2025-12-01", "2026-01-10", "completed"),
            drug("取り消した薬", "1錠", "2026-02-01", "2026-02-28", "cancelled"),
            drug("下書き", "1錠", "2026-02-01", "2026-02-28", "draft"),
        ];
        let found = bands(all, (day("2026-01-01"), day("2026-07-10")));
        let shown: Vec<(&str, usize, (Date, Date))> =
            found.iter().map(|b| (b.name.as_str(), b.stretches.len(), *b.stretches.last().unwrap())).collect();
        assert_eq!(
            shown,
            [
                ("アムロジピン錠5mg", 1, (day("2026-01-01"), day("2026-01-10"))),
                ("メトホルミン錠250mg", 2, (day("2026-06-01"), day("2026-06-28"))),
                ("メトホルミン錠500mg", 1, (day("2026-06-29"), day("2026-07-10"))),
            ]
        );
    }
}
