//! The drugs of a set (セット): an item says the drug, its note how it is taken, in shorthand.
use super::carry::carry_out;
use super::{Act, Desk, Done, Filled, LeftOut, Naming, Prescribed, Sheet, Today, choice, entry, usual};
use crate::ChartError;
use crate::sets::SetItem;
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_ledger::Action;
use karute_terminology::{CodeSystem, Masters};

/// Whether an item of a set is a drug.
pub fn is_drug(item: &SetItem) -> bool {
    [CodeSystem::Yj, CodeSystem::NhiDrug, CodeSystem::ReceiptDrug].iter().any(|system| item.system == system.url())
}

/// Prescribes the drugs of a set: as its note says, else as the patient took it last, else as the clinic usually does.
/// What leaves something open or cannot be prescribed any more is told and not guessed.
pub fn apply_set<'a>(
    desk: Desk<'a>,
    masters: &'a Masters,
    naming: Naming,
    patient: &'a Id,
    visit: &'a Id,
    items: &'a [SetItem],
    intent: Id,
) -> BoxFuture<'a, Result<Done, ChartError>> {
    Box::pin(async move {
        let today = desk.now.day_in_japan();
        let reader = desk.access.reader(Action::Read);
        reader.describe("処方: セット");
        let sheet = Sheet::read(&reader, patient, visit).await?;
        let sheet = reader.release(sheet).await?;
        let mut lines: Vec<(Prescribed, Option<Id>)> = Vec::new();
        let mut left_out = Vec::new();
        for item in items.iter().filter(|item| is_drug(item)) {
            let mut leave = |why: Today| {
                left_out.push(LeftOut { name: item.display.clone(), why, query: super::line::head(&item.display) });
            };
            let Some(choice) = choice(masters, &item.code, today, naming) else {
                leave(Today::Ended);
                continue;
            };
            let written = entry(&format!("- {}", item.note.as_deref().unwrap_or_default())).written;
            let usual = match sheet.last(&choice.drug) {
                Some(last) => Some(last.clone()),
                None => usual(desk.access, &choice.drug).await?,
            };
            let filled = Filled::begin(masters, &choice, &written, usual.as_ref(), today);
            match filled.read(masters, choice.drug, today) {
                Ok(what) if written.doubt().is_none() => lines.push((what, None)),
                _ => leave(Today::Open),
            }
        }
        let done = carry_out(desk, patient, visit, Act::Take { id: intent, lines }).await?;
        Ok(Done { left_out, ..done })
    })
}
