//! Appointments that are not kept: cancelled (取り消し), not come (来院なし), and taking that back.
use super::change::{Claims, Place, clean, made_of, room, stored};
use super::{BookingError, agenda, claim};
use crate::query::resource_type;
use crate::view::Appointment;
use crate::{ChartError, reception};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::{Object, Value};
use karute_ledger::{Access, Action, Change, Commit, Expect, LedgerError};

const REASON_SYSTEM: &str = "urn:karute:cancel-reason";

/// Why an appointment is cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelReason {
    /// 患者の都合
    Patient,
    /// 体調不良・入院など
    Ill,
    /// 医院の都合
    Clinic,
    /// 入力の誤り
    Mistake,
}

impl CancelReason {
    /// All, in the order offered.
    pub const ALL: [CancelReason; 4] =
        [CancelReason::Patient, CancelReason::Ill, CancelReason::Clinic, CancelReason::Mistake];
    /// Code as stored.
    pub fn code(self) -> &'static str {
        match self {
            CancelReason::Patient => "patient",
            CancelReason::Ill => "ill",
            CancelReason::Clinic => "clinic",
            CancelReason::Mistake => "mistake",
        }
    }
    /// Word shown.
    pub fn word(self) -> &'static str {
        match self {
            CancelReason::Patient => "患者の都合",
            CancelReason::Ill => "体調不良・入院",
            CancelReason::Clinic => "医院の都合",
            CancelReason::Mistake => "入力の誤り",
        }
    }
    /// By its code.
    pub fn parse(code: &str) -> Option<CancelReason> {
        CancelReason::ALL.into_iter().find(|r| r.code() == code)
    }
}

/// Cancels an appointment, with the reason and, when given, further words.
pub fn cancel<'a>(
    access: &'a Access,
    id: &'a Id,
    seen: u32,
    reason: CancelReason,
    words: Option<&'a str>,
    now: Timestamp,
) -> BoxFuture<'a, Result<Appointment, BookingError>> {
    Box::pin(async move {
        let words = clean(words);
        let text = words.map_or_else(|| reason.word().to_owned(), |words| format!("{}：{words}", reason.word()));
        set(access, id, seen, "予約の取り消し", now, |object| {
            let coding =
                Value::object([("system", Value::string(REASON_SYSTEM)), ("code", Value::string(reason.code()))]);
            let concept = [("coding", Value::Array(vec![coding])), ("text", Value::string(text.clone()))];
            object.insert("status", Value::string("cancelled"));
            object.insert("cancelationReason", Value::object(concept));
        })
        .await
    })
}

/// Notes that the patient did not come (来院なし). Only once the appointment has begun.
pub fn no_show<'a>(
    access: &'a Access,
    id: &'a Id,
    seen: u32,
    now: Timestamp,
) -> BoxFuture<'a, Result<Appointment, BookingError>> {
    Box::pin(async move {
        let reader = access.reader(Action::Read);
        let (before, _) = stored(&reader, id, seen).await?;
        reader.release(()).await?;
        if before.start.is_none_or(|start| start > now) {
            return Err(ChartError::Step.into());
        }
        set(access, id, seen, "来院なし", now, |object| object.insert("status", Value::string("noshow"))).await
    })
}

async fn set(
    access: &Access,
    id: &Id,
    seen: u32,
    words: &str,
    now: Timestamp,
    apply: impl Fn(&mut Object<'static>),
) -> Result<Appointment, BookingError> {
    let reader = access.reader(Action::Read);
    reader.describe(words);
    let (before, mut body) = stored(&reader, id, seen).await?;
    let schedules = agenda::read_schedules(&reader).await?;
    reader.release(()).await?;
    if before.status != "booked" {
        return Err(ChartError::Step.into());
    }
    if let Some(object) = body.as_object_mut() {
        apply(object);
    }
    let mut commit = Commit::new(Action::Update);
    commit.detail = Some(words.to_owned());
    commit.changes.push(Change::Put {
        resource_type: resource_type("Appointment")?,
        id: id.clone(),
        body,
        expect: Expect::Version(seen),
    });
    let day = before.start.unwrap_or(now).day_in_japan();
    commit.docs.push(reception::changed(day, id, now));
    if let (Some(schedule), Some(stretch)) = (agenda::column(&before, &schedules), agenda::stretch(&before)) {
        commit.docs.extend(claim::without(access, &schedule, stretch, id, now).await?);
    }
    let made = access.commit(commit).await?;
    Ok(made_of(id, &made)?)
}

/// Takes a cancellation or 来院なし back: the appointment stands again where it stood, if there still is room.
pub fn restore<'a>(
    access: &'a Access,
    id: &'a Id,
    seen: u32,
    now: Timestamp,
) -> BoxFuture<'a, Result<Appointment, BookingError>> {
    Box::pin(async move {
        for _ in 0..3 {
            let reader = access.reader(Action::Read);
            reader.describe("予約を元に戻す");
            let (before, mut body) = stored(&reader, id, seen).await?;
            if !matches!(before.status.as_str(), "cancelled" | "noshow") {
                return Err(ChartError::Step.into());
            }
            let patient = before.patient.clone().ok_or(ChartError::NotFound)?;
            let start = before.start.ok_or(ChartError::Step)?;
            let schedules = agenda::read_schedules(&reader).await?;
            // What has begun, or stands in no schedule, takes nobody's place any more.
            let docs = match agenda::column(&before, &schedules) {
                Some(schedule) if start > now => {
                    let place = Place { schedule, start };
                    let claims = Claims::before(access, &place, &patient).await?;
                    room(&reader, claims, &place, &patient, id, now).await?.docs
                }
                _ => Vec::new(),
            };
            reader.release(()).await?;
            if let Some(object) = body.as_object_mut() {
                object.insert("status", Value::string("booked"));
                object.remove("cancelationReason");
            }
            let mut commit = Commit::new(Action::Update);
            commit.detail = Some("予約を元に戻す".to_owned());
            commit.changes.push(Change::Put {
                resource_type: resource_type("Appointment")?,
                id: id.clone(),
                body,
                expect: Expect::Version(seen),
            });
            commit.docs = docs;
            commit.docs.push(reception::changed(start.day_in_japan(), id, now));
            match access.commit(commit).await {
                Ok(made) => return Ok(made_of(id, &made)?),
                Err(LedgerError::Conflict { .. } | LedgerError::Exists) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(ChartError::Conflict.into())
    })
}
