//! One desk at a time per schedule and day.
//!
//! A document per schedule and day holds who was counted when; every booking swaps it in its own transaction. Two desks
//! that counted the same places cannot both swap, so the second counts again. The document also says which times are
//! taken without naming anybody: enough for suggestions, which then need not read other patients' appointments.
use super::schedule::TimeOfDay;
use crate::ChartError;
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use karute_ledger::{Access, Doc, LedgerError};
use serde::{Deserialize, Serialize};

const SPACE: &str = "chart.booking";
/// How long a day's document is kept after the day, in milliseconds. Nothing can be booked into a day that is over.
const KEPT_MS: i64 = 40 * 24 * 3_600_000;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Claim {
    /// Another text after every change.
    mark: String,
    /// Beginnings and lengths of what is held, in minutes.
    taken: Vec<(u16, u16)>,
}

/// The document as it stood before the places were counted.
pub(super) struct Counted {
    key: String,
    date: Date,
    was: Option<String>,
}

fn key(schedule: &Id, date: Date) -> String {
    format!("{schedule}/{date}")
}

/// Looks at the document; the places must be counted after this.
pub(super) async fn before(access: &Access, schedule: &Id, date: Date) -> Result<Counted, ChartError> {
    let key = key(schedule, date);
    let was = access.doc(SPACE, &key).await?;
    Ok(Counted { key, date, was })
}

/// The change of the document that goes into the transaction: fails when another desk was faster.
pub(super) fn swap(
    counted: Counted,
    taken: impl Iterator<Item = (Timestamp, Timestamp)>,
    by: &Id,
    now: Timestamp,
) -> Result<Doc, ChartError> {
    let taken = taken.map(|(start, end)| (TimeOfDay::of(start).minutes(), minutes(start, end))).collect();
    let claim = Claim { mark: format!("{}-{by}", now.as_micros()), taken };
    let value =
        serde_json::to_string(&claim).map_err(|_| LedgerError::Integrity("a claim that is no JSON".to_owned()))?;
    let expires = Some(Timestamp::in_japan(counted.date, 24, 0, 0).plus_ms(KEPT_MS));
    Ok(match counted.was {
        Some(was) => Doc::Swap { space: SPACE, key: counted.key, was, value, expires },
        None => Doc::Insert { space: SPACE, key: counted.key, value, expires },
    })
}

fn minutes(start: Timestamp, end: Timestamp) -> u16 {
    u16::try_from((end.as_millis() - start.as_millis()) / 60_000).unwrap_or(0)
}

/// The document without an appointment that was given up. Only suggestions read the times, so this one does not compete:
/// the mark changes in any case, and who counted meanwhile counts again.
pub(super) async fn without(
    access: &Access,
    schedule: &Id,
    stretch: (Timestamp, Timestamp),
    by: &Id,
    now: Timestamp,
) -> Result<Option<Doc>, ChartError> {
    let date = stretch.0.day_in_japan();
    let mut counted = before(access, schedule, date).await?;
    let Some(was) = counted.was.take() else { return Ok(None) };
    let mut claim: Claim = serde_json::from_str(&was).unwrap_or_default();
    let own = (TimeOfDay::of(stretch.0).minutes(), minutes(stretch.0, stretch.1));
    if let Some(at) = claim.taken.iter().position(|t| *t == own) {
        claim.taken.remove(at);
    }
    let left = claim.taken.into_iter().map(|(from, length)| {
        let start = Timestamp::in_japan(date, 0, i64::from(from), 0);
        (start, start.plus_ms(i64::from(length) * 60_000))
    });
    Ok(match swap(counted, left, by, now)? {
        Doc::Insert { space, key, value, expires } => Some(Doc::Put { space, key, value, expires }),
        other => Some(other),
    })
}

/// Stretches of a day that are taken, as far as our own bookings know.
pub(super) async fn taken(
    access: &Access,
    schedule: &Id,
    date: Date,
) -> Result<Vec<(Timestamp, Timestamp)>, ChartError> {
    let Some(text) = access.doc(SPACE, &key(schedule, date)).await? else { return Ok(Vec::new()) };
    let claim: Claim = serde_json::from_str(&text).unwrap_or_default();
    let stretch = |(from, length): (u16, u16)| {
        let start = Timestamp::in_japan(date, 0, i64::from(from), 0);
        (start, start.plus_ms(i64::from(length) * 60_000))
    };
    Ok(claim.taken.into_iter().map(stretch).collect())
}
