//! The units of information that are registered whole (digest clins-service §6.1): 傷病名, アレルギー, one report of 検査.
use super::bundle::{Entries, Made, Stamp};
use super::condition::{self, Way};
use super::lab_item;
use super::laboratory::{self, Report};
use super::people::{institution_lacking, patient};
use super::{Lacking, Source, allergy, ids, names};
use karute_terminology::Masters;

/// Which results of a report: 感染症 may go in the same unit or apart, under another Bundle-ID.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// Everything.
    #[default]
    Whole,
    /// 検査 without 感染症.
    Tests,
    /// 感染症 only.
    Infections,
}

/// All diseases of the patient: open, or ended within five years.
///
/// # Errors
/// Everything that is missing.
pub fn condition_unit(source: &Source, masters: &Masters, stamp: Stamp<'_>) -> Result<Made, Vec<Lacking>> {
    let today = stamp.at.day_in_japan();
    unit(source, masters, stamp, "Condition", true, |way| {
        condition::set(source, today).into_iter().map(|stored| condition::condition(way, stored).map(Some)).collect()
    })
}

/// All allergies of the patient, to drugs and others: active, or ended within five years.
///
/// # Errors
/// Everything that is missing.
pub fn allergy_unit(source: &Source, masters: &Masters, stamp: Stamp<'_>) -> Result<Made, Vec<Lacking>> {
    let today = stamp.at.day_in_japan();
    unit(source, masters, stamp, "AllergyIntolerance", false, |way| {
        allergy::set(source, today).into_iter().map(|stored| Ok(Some(allergy::allergy(way, stored)))).collect()
    })
}

/// The results of one report ([`super::reports`]).
///
/// # Errors
/// Everything that is missing.
pub fn laboratory_unit(
    source: &Source,
    masters: &Masters,
    report: &Report,
    part: Part,
    stamp: Stamp<'_>,
) -> Result<Made, Vec<Lacking>> {
    unit(source, masters, stamp, "Observation", true, |way| {
        let of_report = source.observations.iter().filter(|s| report.observations.iter().any(|id| id == s.id.as_str()));
        let wanted = of_report.filter(|stored| match part {
            Part::Whole => true,
            Part::Tests => !lab_item::is_infection(masters, &stored.body),
            Part::Infections => lab_item::is_infection(masters, &stored.body),
        });
        let mut all: Vec<_> = wanted.collect();
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all.into_iter().map(|stored| laboratory::result(way, stored)).collect()
    })
}

type Outcome = Result<Option<super::json::Json>, Lacking>;

fn unit(
    source: &Source,
    masters: &Masters,
    stamp: Stamp<'_>,
    kind: &'static str,
    needs_department: bool,
    make: impl FnOnce(Way<'_>) -> Vec<Outcome>,
) -> Result<Made, Vec<Lacking>> {
    let mut lacking = institution_lacking(source, needs_department);
    let member = ids::member(source, stamp.at.day_in_japan()).map_err(|error| lacking.push(error)).ok();
    let placeholder = ids::MemberId { system: names::MEMBER, value: String::new() };
    let mut entries = Entries::new(&stamp);
    let first = patient(source, member.as_ref().unwrap_or(&placeholder), stamp.at);
    let address = match first {
        Ok(patient) => entries.add(patient),
        Err(errors) => {
            lacking.extend(errors);
            String::new()
        }
    };
    let today = stamp.at.day_in_japan();
    let way = Way { source, masters, patient: &address, unit: true, today, at: stamp.at };
    let mut count = 0;
    for outcome in make(way) {
        match outcome {
            Ok(Some(resource)) => {
                entries.add(resource);
                count += 1;
            }
            Ok(None) => {}
            Err(error) => {
                if !lacking.contains(&error) {
                    lacking.push(error);
                }
            }
        }
    }
    let (Some(member), true) = (member, lacking.is_empty()) else { return Err(lacking) };
    entries.finish(names::BUNDLE_CLINS, "collection", Some(kind), (member.value, count)).map_err(|error| vec![error])
}
