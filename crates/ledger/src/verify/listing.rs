//! The table by which audit events are found (`audit_entity`) lists exactly what the events themselves say. Whoever
//! takes a row out of it hides who saw a patient, although the event is still there.
//!
//! Sums of hashes per stretch of the chain are compared, so that memory stays bounded and order does not matter; only a
//! stretch that differs is looked at row by row.
use super::{Stop, bad};
use crate::core::Core;
use crate::sql::{Tx, Val};
use crate::{LedgerError, TenantId};
use karute_crypto::sha256;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Positions of one stretch, as a power of two.
const STRETCH: u32 = 12;
/// Rows read at a time.
const ROWS: i64 = 5_000;

/// Sums by stretch.
#[derive(Default)]
pub(super) struct Listing(BTreeMap<u64, u128>);

/// Everything under which an event is to be found; see `Event::keys`.
fn keys(body: &[u8]) -> BTreeSet<String> {
    let event: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let texts = |name: &str| {
        let list = event.get(name).and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
        list.into_iter().filter_map(|v| v.as_str().map(str::to_owned))
    };
    let mut keys: BTreeSet<String> = texts("entities")
        .map(|entity| entity.split("/_history/").next().unwrap_or_default().to_owned())
        .chain(texts("patients").map(|id| format!("Patient/{id}")))
        .collect();
    if let Some(actor) = event.pointer("/actor/id").and_then(serde_json::Value::as_str) {
        keys.insert(format!("actor/{actor}"));
    }
    keys
}

impl Listing {
    /// An audit event of the chain.
    pub(super) fn event(&mut self, seq: u64, body: &[u8]) {
        for key in keys(body) {
            self.row(seq, &key);
        }
    }

    fn row(&mut self, seq: u64, key: &str) {
        let digest = sha256(format!("{seq} {key}").as_bytes());
        let mut half = [0u8; 16];
        half.iter_mut().zip(digest.0).for_each(|(to, from)| *to = from);
        let sum = self.0.entry(seq >> STRETCH).or_default();
        *sum = sum.wrapping_add(u128::from_be_bytes(half));
    }

    /// Compares with the table, up to the last position that was recomputed.
    pub(super) async fn check(self, core: &Arc<Core>, tenant: TenantId, end: u64) -> Result<(), Stop> {
        let stored = core.store.read(tenant, move |tx| Box::pin(sums(tx, end))).await?;
        let differs =
            self.0.iter().find(|(stretch, sum)| stored.0.get(stretch) != Some(sum)).map(|(stretch, _)| *stretch);
        let added =
            || stored.0.iter().find(|(stretch, sum)| self.0.get(stretch) != Some(sum)).map(|(stretch, _)| *stretch);
        let Some(stretch) = differs.into_iter().chain(added()).min() else { return Ok(()) };
        let seq = core.store.read(tenant, move |tx| Box::pin(first_difference(tx, stretch, end))).await?;
        bad(
            seq.unwrap_or(stretch << STRETCH),
            "audit event",
            "監査記録を患者や利用者から探すための表(audit_entity)が監査記録の内容と一致しません。行が消されたか加えられています。",
        )
    }
}

fn position(seq: u64) -> Val {
    Val::from(seq)
}

async fn sums(tx: &mut Tx, end: u64) -> Result<Listing, LedgerError> {
    tx.unhurried().await?;
    let mut listing = Listing::default();
    let mut last = (String::new(), 0);
    loop {
        let sql =
            "SELECT entity, seq FROM audit_entity WHERE {t} (entity, seq) > ($1, $2) ORDER BY entity, seq LIMIT $3";
        let rows = tx.rows(sql, &[last.0.as_str().into(), Val::Int(last.1), Val::Int(ROWS)]).await?;
        let Some(row) = rows.last() else { return Ok(listing) };
        last = (row.text(0)?.to_owned(), row.int(1)?);
        for row in &rows {
            let seq = row.int(1)?.unsigned_abs();
            if seq <= end {
                listing.row(seq, row.text(0)?);
            }
        }
    }
}

/// The first event of a stretch whose rows are not what it says.
async fn first_difference(tx: &mut Tx, stretch: u64, end: u64) -> Result<Option<u64>, LedgerError> {
    tx.unhurried().await?;
    let range = [position(stretch << STRETCH), position(end.min((stretch << STRETCH) | ((1 << STRETCH) - 1)))];
    let mut expected: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
    for row in tx.rows("SELECT seq, body FROM audit WHERE {t} seq >= $1 AND seq <= $2", &range).await? {
        expected.insert(row.count(0)?, keys(row.text(1)?.as_bytes()));
    }
    let mut stored: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
    for row in tx.rows("SELECT seq, entity FROM audit_entity WHERE {t} seq >= $1 AND seq <= $2", &range).await? {
        stored.entry(row.count(0)?).or_default().insert(row.text(1)?.to_owned());
    }
    let all: BTreeSet<u64> = expected.keys().chain(stored.keys()).copied().collect();
    let empty = BTreeSet::new();
    Ok(all.into_iter().find(|seq| expected.get(seq).unwrap_or(&empty) != stored.get(seq).unwrap_or(&empty)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::audit_event::Event;
    use crate::{Action, Actor, ActorKind, Entity, Origin, Outcome};
    use karute_fhir::{Id, ResourceType};

    #[test]
    fn an_event_is_listed_under_what_its_text_says() {
        let actor = Actor {
            kind: ActorKind::Client,
            id: "c\"1".into(),
            name: "n".into(),
            role: "client".into(),
            origin: Origin::default(),
        };
        let mut event = Event::new(&actor, Action::Search, Outcome::Success);
        for (name, id, version) in [("Patient", "a", Some(1)), ("Observation", "b", None), ("Patient", "a", Some(2))] {
            let (resource_type, id) = (ResourceType::parse(name).unwrap(), Id::new(id).unwrap());
            event.seen.entities.push(Entity { resource_type, id, version });
        }
        event.seen.patients.extend(["a".to_owned(), "z".to_owned()]);
        event.detail = Some(r#"x","entities":["Patient/q"]"#.into());
        assert_eq!(keys(event.text().as_bytes()), event.keys());
    }
}
