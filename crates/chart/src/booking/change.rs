//! Making and moving appointments.
use super::agenda::{column, read_appointments, read_calendar, read_schedules, stretch};
use super::body::{self, Content};
use super::claim;
use super::schedule::{Calendar, Schedule};
use super::slots::{Held, Slot, day};
use super::{BookingError, Refusal, YEARS_AHEAD, holds};
use crate::query::{parse, resource_type};
use crate::view::{Appointment, Person};
use crate::{ChartError, reception};
use futures_util::future::BoxFuture;
use jiff::ToSpan as _;
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use karute_ledger::{Access, Action, Change, Commit, Committed, Doc, Expect, LedgerError, Lookup, Reader};

/// How often another desk may be faster before we give up.
const TRIES: usize = 8;
/// Longest kind, reason and comment, in characters.
const LONGEST: usize = 200;

/// A place in the book: a schedule and when the slot begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which schedule.
    pub schedule: Id,
    /// Begin of the slot.
    pub start: Timestamp,
}

/// An appointment to make.
#[derive(Clone, Debug)]
pub struct NewBooking {
    /// For whom.
    pub patient: Id,
    /// Where.
    pub place: Place,
    /// 再診, 予防接種 …
    pub kind: Option<String>,
    /// Why the patient will come.
    pub reason: Option<String>,
    /// What the desk notes.
    pub comment: Option<String>,
}

/// A slot that was found to have room, and what the transaction must carry so that it still has.
pub(super) struct Room {
    pub(super) schedule: Schedule,
    pub(super) slot: Slot,
    pub(super) docs: Vec<Doc>,
}

/// Makes an appointment under the id `new`.
pub fn book<'a>(
    access: &'a Access,
    new: Id,
    booking: &'a NewBooking,
    now: Timestamp,
) -> BoxFuture<'a, Result<Appointment, BookingError>> {
    Box::pin(async move {
        for _ in 0..TRIES {
            let commit = prepare_new(access, &new, booking, now).await?;
            match access.commit(commit).await {
                Ok(made) => return Ok(made_of(&new, &made)?),
                // Another desk booked into the same day at the same moment: count again.
                Err(LedgerError::Conflict { .. } | LedgerError::Exists) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(ChartError::Conflict.into())
    })
}

async fn prepare_new(access: &Access, new: &Id, booking: &NewBooking, now: Timestamp) -> Result<Commit, BookingError> {
    let claims = Claims::before(access, &booking.place, &booking.patient).await?;
    let reader = access.reader(Action::Read);
    reader.describe("予約を取る");
    let found = reader.read(resource_type("Patient")?, &booking.patient).await?;
    let Lookup::Found(version) = found else { return Err(ChartError::NotFound.into()) };
    let person = Person::read(version.id.clone(), &parse(&version)?);
    let room = room(&reader, claims, &booking.place, &booking.patient, new, now).await;
    reader.release(()).await?;
    if person.dead {
        return Err(Refusal::Dead.into());
    }
    let room = room?;
    let (kind, reason, comment) =
        (clean(booking.kind.as_deref()), clean(booking.reason.as_deref()), clean(booking.comment.as_deref()));
    let content = Content {
        patient: &booking.patient,
        kind: kind.as_deref(),
        reason: reason.as_deref(),
        comment: comment.as_deref(),
    };
    let mut commit = Commit::new(Action::Create);
    commit.detail = Some("予約".to_owned());
    commit.changes.push(Change::Put {
        resource_type: resource_type("Appointment")?,
        id: new.clone(),
        body: body::new(&content, &room.schedule, &room.slot),
        expect: Expect::Absent,
    });
    commit.docs = room.docs;
    commit.docs.push(reception::changed(room.slot.start.day_in_japan(), new, now));
    Ok(commit)
}

/// Moves an appointment that was not kept yet to another place. `seen` is the version the person saw.
pub fn move_to<'a>(
    access: &'a Access,
    id: &'a Id,
    seen: u32,
    to: &'a Place,
    now: Timestamp,
) -> BoxFuture<'a, Result<Appointment, BookingError>> {
    Box::pin(async move {
        for _ in 0..TRIES {
            let commit = prepare_move(access, id, seen, to, now).await?;
            match access.commit(commit).await {
                Ok(made) => return Ok(made_of(id, &made)?),
                Err(LedgerError::Conflict { .. } | LedgerError::Exists) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(ChartError::Conflict.into())
    })
}

async fn prepare_move(access: &Access, id: &Id, seen: u32, to: &Place, now: Timestamp) -> Result<Commit, BookingError> {
    let reader = access.reader(Action::Read);
    reader.describe("予約を移す");
    let (before, mut appointment) = stored(&reader, id, seen).await?;
    if before.status != "booked" {
        return Err(ChartError::Step.into());
    }
    let patient = before.patient.clone().ok_or(ChartError::NotFound)?;
    let claims = Claims::before(access, to, &patient).await?;
    let schedules = read_schedules(&reader).await?;
    let room = room(&reader, claims, to, &patient, id, now).await;
    reader.release(()).await?;
    let room = room?;
    if let Some(object) = appointment.as_object_mut() {
        body::put_in(object, &room.schedule, &room.slot);
    }
    let mut commit = Commit::new(Action::Update);
    commit.detail = Some("予約の移動".to_owned());
    commit.changes.push(Change::Put {
        resource_type: resource_type("Appointment")?,
        id: id.clone(),
        body: appointment,
        expect: Expect::Version(seen),
    });
    commit.docs = room.docs;
    // Within one day the count above already leaves the old place out.
    let old = before.start.map(Timestamp::day_in_japan);
    if let (Some(schedule), Some(stretch)) = (column(&before, &schedules), stretch(&before))
        && (&schedule, old) != (&to.schedule, Some(room.slot.start.day_in_japan()))
    {
        commit.docs.extend(claim::without(access, &schedule, stretch, id, now).await?);
    }
    for day in [old, Some(room.slot.start.day_in_japan())].into_iter().flatten() {
        commit.docs.push(reception::changed(day, id, now));
    }
    Ok(commit)
}

/// The appointment as it is, when it still is the version that was seen.
pub(super) async fn stored(
    reader: &Reader,
    id: &Id,
    seen: u32,
) -> Result<(Appointment, karute_json::Value<'static>), ChartError> {
    let Lookup::Found(version) = reader.read(resource_type("Appointment")?, id).await? else {
        return Err(ChartError::NotFound);
    };
    if version.version != seen {
        return Err(ChartError::Conflict);
    }
    let body = parse(&version)?.into_owned();
    Ok((Appointment::read(version.id.clone(), version.version, &body), body))
}

/// What was looked at before counting: the day of the schedule, and the day of the patient (two desks could book one
/// patient into two schedules).
pub(super) struct Claims {
    day: claim::Counted,
    patient: claim::Counted,
}

impl Claims {
    pub(super) async fn before(access: &Access, place: &Place, patient: &Id) -> Result<Claims, ChartError> {
        let date = place.start.day_in_japan();
        Ok(Claims {
            day: claim::before(access, &place.schedule, date).await?,
            patient: claim::before(access, patient, date).await?,
        })
    }
}

/// Finds room at a place for an appointment (which may stand there already), or says why there is none.
pub(super) async fn room(
    reader: &Reader,
    claims: Claims,
    place: &Place,
    patient: &Id,
    appointment: &Id,
    now: Timestamp,
) -> Result<Room, BookingError> {
    let date = place.start.day_in_japan();
    let schedules = read_schedules(reader).await?;
    let calendar = read_calendar(reader).await?.0;
    let others: Vec<Appointment> = read_appointments(reader, date, 1)
        .await?
        .into_iter()
        .filter(|a| &a.id != appointment && holds(&a.status))
        .collect();
    let schedule = schedules.iter().find(|s| s.id == place.schedule).ok_or(ChartError::NotFound)?;
    let slot = decide(schedule, &calendar, &schedules, &others, place, patient, now)?;
    let here = || others.iter().filter(|a| column(a, &schedules).as_ref() == Some(&schedule.id)).filter_map(stretch);
    let own = (slot.start, slot.end());
    let theirs = || others.iter().filter(|a| a.patient.as_ref() == Some(patient)).filter_map(stretch);
    let docs = vec![
        claim::swap(claims.day, here().chain([own]), appointment, now)?,
        claim::swap(claims.patient, theirs().chain([own]), appointment, now)?,
    ];
    Ok(Room { schedule: schedule.clone(), slot, docs })
}

/// The rules of booking: pure.
fn decide(
    schedule: &Schedule,
    calendar: &Calendar,
    schedules: &[Schedule],
    others: &[Appointment],
    place: &Place,
    patient: &Id,
    now: Timestamp,
) -> Result<Slot, Refusal> {
    if !schedule.active {
        return Err(Refusal::NotOffered);
    }
    let date = place.start.day_in_japan();
    if date > furthest(now.day_in_japan()) {
        return Err(Refusal::TooFar);
    }
    let held: Vec<Held> = others
        .iter()
        .filter_map(|a| {
            let (start, end) = stretch(a)?;
            Some(Held { schedule: column(a, schedules)?, start, end })
        })
        .collect();
    let slots = day(schedule, calendar, date, &held).slots;
    let slot = slots.into_iter().find(|s| s.start == place.start).ok_or(Refusal::NoSlot)?;
    if slot.end() <= now {
        return Err(Refusal::Past);
    }
    if !slot.is_free() {
        return Err(Refusal::Full);
    }
    let mut theirs = others.iter().filter(|a| a.patient.as_ref() == Some(patient)).filter_map(stretch);
    if theirs.any(|(start, end)| start < slot.end() && slot.start < end) {
        return Err(Refusal::Elsewhere);
    }
    Ok(slot)
}

/// The last day that can be booked. 29 February falls on the 28th of a common year.
fn furthest(today: Date) -> Date {
    today.checked_add(YEARS_AHEAD.years()).unwrap_or(Date::MAX)
}

/// One line without control characters, or nothing.
pub(super) fn clean(text: Option<&str>) -> Option<String> {
    let kept: String = text?.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect();
    let trimmed = kept.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

pub(super) fn made_of(id: &Id, made: &Committed) -> Result<Appointment, ChartError> {
    let version = made.versions.iter().find(|v| &v.id == id);
    let version = version.ok_or_else(|| LedgerError::Integrity("no version made".to_owned()))?;
    Ok(Appointment::read(id.clone(), version.version, &parse(version)?))
}
