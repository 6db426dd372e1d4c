//! The display in the waiting room: numbers and rooms, no names, nothing about anybody's health.
use crate::ChartError;
use crate::query::{parse, search_all, within};
use crate::view::{Encounter, VisitState};
use futures_util::future::BoxFuture;
use karute_japan::Date;
use karute_ledger::{Access, Action};

/// Visits of a day looked at.
const MOST: usize = 600;

/// What the display shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Board {
    /// Numbers in consultation with the room they were called to, the last called first.
    pub called: Vec<(u32, Option<String>)>,
    /// Numbers that wait for the doctor, in the order in which they are seen.
    pub waiting: Vec<u32>,
    /// Numbers that are called to the till, in the order of their time.
    pub payment: Vec<u32>,
}

/// Reads it. One audit event.
pub fn board(access: &Access, date: Date) -> BoxFuture<'_, Result<Board, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::View);
        reader.describe("待合の番号表示");
        let (from, to) = within(date);
        let pairs = [("date", from.as_str()), ("date", to.as_str()), ("_count", "200")];
        let mut visits = Vec::new();
        for version in search_all(&reader, "Encounter", &pairs, MOST).await? {
            let visit = Encounter::read(version.id.clone(), version.version, &parse(&version)?);
            if visit.arrived.is_some_and(|a| a.day_in_japan() == date) {
                visits.push(visit);
            }
        }
        Ok(reader.release(of(&visits)).await?)
    })
}

fn of(visits: &[Encounter]) -> Board {
    let mut in_order: Vec<&Encounter> = visits.iter().collect();
    in_order.sort_by_key(|v| (v.place.or(v.arrived), v.queue_number));
    let numbers = |state| in_order.iter().filter(move |v| v.state == Some(state)).filter_map(|v| v.queue_number);
    let mut called: Vec<&Encounter> =
        in_order.iter().copied().filter(|v| v.state == Some(VisitState::InConsultation)).collect();
    called.sort_by_key(|v| std::cmp::Reverse(v.since));
    Board {
        called: called.iter().filter_map(|v| Some((v.queue_number?, v.room.clone()))).collect(),
        waiting: numbers(VisitState::Waiting).collect(),
        payment: numbers(VisitState::AwaitingPayment).collect(),
    }
}
