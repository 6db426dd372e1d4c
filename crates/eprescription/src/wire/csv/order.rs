//! The order of records (digest 5.1): the head ascending, then RP by RP its own records and those of each drug, then
//! what is for the pharmacy; RP numbers and numbers within an RP run from 1.
use super::{CsvFault, CsvFaults, FaultKind, Record, Sheet};
use crate::profile::{Layout, RecordSpec, Section};

/// Checks order, numbers of occurrences and numbering.
pub(super) fn check(sheet: &Sheet, layout: &Layout, faults: &mut CsvFaults) {
    if layout.ordered {
        ordered(sheet, layout, faults);
    } else {
        counted(sheet, layout, faults);
    }
}

/// Only how often each record stands: for layouts whose order is the writer's.
fn counted(sheet: &Sheet, layout: &Layout, faults: &mut CsvFaults) {
    for spec in layout.records() {
        let found: Vec<&Record> = sheet.all(spec.number).collect();
        times(spec, found.len(), found.last().map_or(0, |record| record.line), None, faults);
    }
}

fn times(spec: &RecordSpec, found: usize, line: usize, rp: Option<u16>, faults: &mut CsvFaults) {
    let found = u32::try_from(found).unwrap_or(u32::MAX);
    let kind = if found < spec.times.least {
        FaultKind::MissingRecord
    } else if spec.times.most.is_some_and(|most| found > most) {
        FaultKind::Repeated
    } else {
        return;
    };
    faults.add(CsvFault { place: rp.map(|rp| (rp, None)), ..CsvFault::record(line, spec.number, kind) });
}

/// A run of records that belong together: the head, the own records of an RP, one drug, the tail.
struct Run<'s> {
    section: Section,
    records: Vec<&'s Record>,
}

fn ordered(sheet: &Sheet, layout: &Layout, faults: &mut CsvFaults) {
    let runs = runs(sheet, layout);
    let first = |section| layout.records().iter().find(|spec| spec.section == section).map(|spec| spec.number);
    let mut before = Section::Head;
    let mut rp = 0u16;
    let mut drug = 0u16;
    for (index, run) in runs.iter().enumerate() {
        let line = run.records.first().map_or(0, |record| record.line);
        let number = run.records.first().map_or(0, |record| record.number);
        let fits = match run.section {
            Section::Head => index == 0,
            Section::Rp => before != Section::Tail && Some(number) == first(Section::Rp),
            Section::Drug => rp > 0 && before != Section::Tail && Some(number) == first(Section::Drug),
            Section::Tail => before != Section::Head || rp > 0,
        };
        if !fits {
            faults.add(CsvFault::record(line, number, FaultKind::Order));
        }
        before = run.section;
        match run.section {
            Section::Rp => {
                if rp > 0 && drug == 0 {
                    faults.add(CsvFault::record(line, first(Section::Drug).unwrap_or(0), FaultKind::MissingRecord));
                }
                (rp, drug) = (rp.saturating_add(1), 0);
            }
            Section::Drug => drug = drug.saturating_add(1),
            Section::Head | Section::Tail => {}
        }
        numbering(run, layout, rp, drug, faults);
        content(run, layout, rp, faults);
    }
    if runs.first().is_none_or(|run| run.section != Section::Head) {
        content(&Run { section: Section::Head, records: Vec::new() }, layout, 0, faults);
    }
    if rp == 0 || drug == 0 {
        let lacking = if rp == 0 { Section::Rp } else { Section::Drug };
        faults.add(CsvFault::record(0, first(lacking).unwrap_or(0), FaultKind::MissingRecord));
    }
}

/// Splits the records where a new RP or a new drug begins or the section changes.
fn runs<'s>(sheet: &'s Sheet, layout: &Layout) -> Vec<Run<'s>> {
    let first = |section| layout.records().iter().find(|spec| spec.section == section).map(|spec| spec.number);
    let starts = [first(Section::Rp), first(Section::Drug)];
    let mut runs: Vec<Run<'s>> = Vec::new();
    for record in &sheet.records {
        let Some(spec) = layout.record(record.number) else { continue };
        match runs.last_mut() {
            Some(run) if run.section == spec.section && !starts.contains(&Some(record.number)) => {
                run.records.push(record);
            }
            _ => runs.push(Run { section: spec.section, records: vec![record] }),
        }
    }
    runs
}

/// Ascending within the run, each as often as allowed.
fn content(run: &Run<'_>, layout: &Layout, rp: u16, faults: &mut CsvFaults) {
    let mut highest = 0;
    for record in &run.records {
        if record.number < highest {
            faults.add(CsvFault::record(record.line, record.number, FaultKind::Order));
        }
        highest = highest.max(record.number);
    }
    for spec in layout.records().iter().filter(|spec| spec.section == run.section) {
        let found: Vec<_> = run.records.iter().filter(|record| record.number == spec.number).collect();
        let line = found.last().or(run.records.first().as_ref()).map_or(0, |record| record.line);
        times(spec, found.len(), line, (rp > 0).then_some(rp), faults);
    }
}

/// RP numbers, numbers of drugs and of repeated records run from 1.
fn numbering(run: &Run<'_>, layout: &Layout, rp: u16, drug: u16, faults: &mut CsvFaults) {
    let mut counts: Vec<(u16, u16)> = Vec::new();
    for record in &run.records {
        let Some(spec) = layout.record(record.number) else { continue };
        let number = |key: &str| record.items.get(spec.position(key)?)?.parse::<u16>().ok();
        let repeats = spec.times.most.is_none();
        let index = if let Some((_, count)) = counts.iter_mut().find(|(known, _)| *known == record.number) {
            *count = count.saturating_add(1);
            *count
        } else {
            counts.push((record.number, 1));
            1
        };
        let fits = match run.section {
            Section::Drug => {
                number("rp") == Some(rp)
                    && number("number") == Some(drug)
                    && (!repeats || number("index") == Some(index))
            }
            Section::Rp => number("rp") == Some(rp) && (!repeats || number("number") == Some(index)),
            Section::Head | Section::Tail => !repeats || number("number").is_none_or(|found| found == index),
        };
        if !fits {
            faults.add(CsvFault {
                place: record.place(spec),
                ..CsvFault::record(record.line, record.number, FaultKind::Numbering)
            });
        }
    }
}
