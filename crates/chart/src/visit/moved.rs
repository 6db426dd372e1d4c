//! Moving a visit on as a part of another act (診察を終える, reopening a record).
use super::{Step, resource};
use crate::query::{parse, resource_type};
use crate::view::{Encounter, VisitState};
use crate::{ChartError, reception};
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_ledger::{Access, Change, Doc, Expect, Lookup, Reader};

/// What brings a visit into a state, with the marks that tell open lists who did it; nothing when it is there already or has
/// ended.
pub(crate) async fn moved(
    access: &Access,
    reader: &Reader,
    id: &Id,
    to: VisitState,
    now: Timestamp,
) -> Result<Option<(Change, [Doc; 2])>, ChartError> {
    let encounter = resource_type("Encounter")?;
    let Lookup::Found(version) = reader.read(encounter, id).await? else { return Err(ChartError::NotFound) };
    let mut body = parse(&version)?.into_owned();
    let before = Encounter::read(id.clone(), version.version, &body);
    let ended = matches!(before.state, None | Some(VisitState::Finished | VisitState::Cancelled));
    if ended || before.state == Some(to) {
        return Ok(None);
    }
    resource::set_state(&mut body, &before, to, now);
    let change =
        Change::Put { resource_type: encounter, id: id.clone(), body, expect: Expect::Version(version.version) };
    let day = before.arrived.unwrap_or(now).day_in_japan();
    let step = if to == VisitState::InConsultation { Step::BackToConsultation } else { Step::ToPayment };
    let told = [reception::changed(day, id, now), reception::acted(access, day, id, step.done(), now)];
    Ok(Some((change, told)))
}
