//! Information units of what was laid into the folder: each Bundle-ID is a unit, and the newest file of it is what it says.
use super::kept::{Intake, IntakeState};
use crate::jobs::record::{self, Kept, Which, bytes, id};
use crate::jobs::{BuildError, Built, UnitAsk, UnitKey, Units};
use crate::wire::message::Group;
use crate::wire::target::BUNDLE_ID;
use futures_util::future::BoxFuture;
use karute_crypto::sha256;
use karute_fhir::Id;
use karute_ledger::{Access, Action, LedgerError};
use std::collections::BTreeMap;

/// Makes units of what was laid into the folder.
pub struct FolderUnits;

/// The part of a unit's key that tells Bundle-IDs apart.
pub(super) fn report(value: &str) -> Result<Id, LedgerError> {
    let hash = sha256(value.as_bytes()).to_hex();
    id(&format!("cx-{}", hash.get(..24).unwrap_or_default()))
}

/// Every file of these numbers or this patient.
pub(super) async fn all(access: &Access, which: &Which<'_>) -> Result<Vec<Kept<Intake>>, LedgerError> {
    let reader = access.reader(Action::Search);
    reader.describe("連携フォルダーの文書");
    let found = record::all::<Intake>(&reader, which).await?;
    reader.release(found).await
}

/// The newest file of a Bundle-ID that counts.
pub(super) fn newest(all: &[Kept<Intake>]) -> Option<&Kept<Intake>> {
    let counts = |kept: &&Kept<Intake>| kept.stored.state != IntakeState::Superseded;
    all.iter().filter(counts).max_by_key(|kept| kept.stored.turn)
}

impl Units for FolderUnits {
    fn keys<'u>(&'u self, access: &'u Access, patient: &'u Id) -> BoxFuture<'u, Result<Vec<UnitKey>, BuildError>> {
        Box::pin(async move {
            let found = all(access, &Which { patient: Some(patient), ..Which::default() }).await?;
            let mut keys = BTreeMap::new();
            for kept in found.iter().filter(|kept| Group::of(kept.stored.kind) == Group::Unit) {
                let key = UnitKey { kind: kept.stored.kind, report: Some(report(&kept.stored.value)?) };
                keys.insert(kept.stored.value.clone(), key);
            }
            Ok(keys.into_values().collect())
        })
    }

    fn identifier<'u>(
        &'u self,
        access: &'u Access,
        patient: &'u Id,
        key: &'u UnitKey,
    ) -> BoxFuture<'u, Result<Option<String>, BuildError>> {
        Box::pin(async move {
            for kept in all(access, &Which { patient: Some(patient), ..Which::default() }).await? {
                if Some(report(&kept.stored.value)?) == key.report {
                    return Ok(Some(kept.stored.value));
                }
            }
            Ok(None)
        })
    }

    fn build<'u>(&'u self, access: &'u Access, ask: &'u UnitAsk) -> BoxFuture<'u, Result<Built, BuildError>> {
        Box::pin(async move {
            let number = Some((BUNDLE_ID, ask.identifier.as_str()));
            let found = all(access, &Which { number, patient: Some(&ask.patient), ..Which::default() }).await?;
            let Some(kept) = newest(&found) else { return Ok(Built::Outside) };
            let reader = access.reader(Action::Read);
            reader.describe("連携フォルダーの文書を送る");
            let content = bytes(&reader, &id(&kept.stored.binary)?).await?;
            let content = reader.release(content).await?;
            Ok(Built::Bundle(content.ok_or(LedgerError::NotFound)?.1))
        })
    }
}
