//! 順番を変える: who is seen before whom. The order is that of arrival until somebody changes it; then the visit carries
//! the moment by which it is queued, and its number and time of arrival stay as they were.
use super::change::{Stored, stored};
use super::resource;
use crate::query::{parse, resource_type, search_all, within};
use crate::view::{Encounter, VisitState};
use crate::{ChartError, reception};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use karute_ledger::{Access, Action, Change, Commit, Expect};

/// Where a visit is moved to among those in the same state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shift {
    /// 1つ上へ
    Up,
    /// 1つ下へ
    Down,
    /// 先頭へ
    First,
    /// 最後へ
    Last,
}

impl Shift {
    /// All of them.
    pub const ALL: [Shift; 4] = [Shift::Up, Shift::Down, Shift::First, Shift::Last];

    /// Code in forms.
    pub fn code(self) -> &'static str {
        match self {
            Shift::Up => "up",
            Shift::Down => "down",
            Shift::First => "first",
            Shift::Last => "last",
        }
    }
    /// The word on the button.
    pub fn word(self) -> &'static str {
        match self {
            Shift::Up => "1つ上へ",
            Shift::Down => "1つ下へ",
            Shift::First => "先頭へ",
            Shift::Last => "最後へ",
        }
    }
    /// By its code.
    pub fn parse(code: &str) -> Option<Shift> {
        Shift::ALL.into_iter().find(|s| s.code() == code)
    }
    /// What leads back from here (SAFE-09), where one step does.
    pub fn back(self) -> Option<Shift> {
        match self {
            Shift::Up => Some(Shift::Down),
            Shift::Down => Some(Shift::Up),
            Shift::First | Shift::Last => None,
        }
    }
}

/// Longest reason kept, in characters.
const REASON: usize = 200;
/// Visits of a day looked at.
const MOST: usize = 600;

/// Moves a visit among those in the same state on the same day. [`ChartError::Step`] when it stands at that end
/// already, or has ended.
pub fn reorder<'a>(
    access: &'a Access,
    id: &'a Id,
    seen: u32,
    shift: Shift,
    reason: Option<&'a str>,
    now: Timestamp,
) -> BoxFuture<'a, Result<Encounter, ChartError>> {
    Box::pin(async move {
        let stored = stored(access, id, seen).await?;
        let state = stored.visit.state.filter(|s| !matches!(s, VisitState::Finished | VisitState::Cancelled));
        let state = state.ok_or(ChartError::Step)?;
        let day = stored.visit.arrived.unwrap_or(now).day_in_japan();
        let queue = queue(access, day, state).await?;
        let places: Vec<(Id, Timestamp)> = queue.iter().map(|s| (s.visit.id.clone(), place(&s.visit))).collect();
        let targets = targets(&places, id, shift).ok_or(ChartError::Step)?;

        let mut commit = Commit::new(Action::Update);
        let reason = reason.map(crate::clean::line).unwrap_or_default();
        let reason: String = reason.chars().take(REASON).collect();
        let why = if reason.is_empty() { String::new() } else { format!("（{reason}）") };
        commit.detail = Some(format!("順番を変える：{}{why}", shift.word()));
        for mut other in queue {
            let Some((_, at)) = targets.iter().find(|(target, _)| *target == other.visit.id) else { continue };
            // The one that is moved is the version that was seen; its neighbour the one just read.
            if other.visit.id == *id && other.visit.version != seen {
                return Err(ChartError::Conflict);
            }
            resource::set_place(&mut other.body, *at);
            let (id, version) = (other.visit.id.clone(), other.visit.version);
            commit.changes.push(Change::Put {
                resource_type: resource_type("Encounter")?,
                id,
                body: other.body,
                expect: Expect::Version(version),
            });
        }
        commit.docs.push(reception::changed(day, id, now));
        commit.docs.push(reception::acted(access, day, id, "順番を変えました", now));
        let made = access.commit(commit).await?;
        let version = made.versions.iter().find(|v| v.id == *id).ok_or(ChartError::Conflict)?;
        Ok(Encounter::read(id.clone(), version.version, &parse(version)?))
    })
}

fn place(visit: &Encounter) -> Timestamp {
    visit.place.or(visit.arrived).unwrap_or_default()
}

/// The visits in a state, in their order.
async fn queue(access: &Access, day: Date, state: VisitState) -> Result<Vec<Stored>, ChartError> {
    let reader = access.reader(Action::Read);
    reader.describe("順番");
    let (from, to) = within(day);
    let pairs = [("date", from.as_str()), ("date", to.as_str()), ("status", state.status()), ("_count", "200")];
    let mut found = Vec::new();
    for version in search_all(&reader, "Encounter", &pairs, MOST).await? {
        let body = parse(&version)?.into_owned();
        let visit = Encounter::read(version.id.clone(), version.version, &body);
        if visit.arrived.is_some_and(|a| a.day_in_japan() == day) {
            found.push(Stored { visit, body });
        }
    }
    found.sort_by_key(|s| (place(&s.visit), s.visit.queue_number));
    Ok(reader.release(found).await?)
}

/// The new places of the visits that change theirs: two neighbours exchange theirs, the ends are passed by a second.
fn targets(queue: &[(Id, Timestamp)], id: &Id, shift: Shift) -> Option<Vec<(Id, Timestamp)>> {
    const SECOND_MS: i64 = 1_000;
    let at = queue.iter().position(|(other, _)| other == id)?;
    let own = queue.get(at)?;
    let exchange = |neighbour: &(Id, Timestamp), before: bool| {
        // Two that arrived at the same instant are told apart by a millisecond.
        let nudge = if neighbour.1 == own.1 { if before { -1 } else { 1 } } else { 0 };
        vec![(id.clone(), neighbour.1.plus_ms(nudge)), (neighbour.0.clone(), own.1)]
    };
    match shift {
        Shift::Up => Some(exchange(queue.get(at.checked_sub(1)?)?, true)),
        Shift::Down => Some(exchange(queue.get(at + 1)?, false)),
        Shift::First if at > 0 => Some(vec![(id.clone(), queue.first()?.1.plus_ms(-SECOND_MS))]),
        Shift::Last if at + 1 < queue.len() => Some(vec![(id.clone(), queue.last()?.1.plus_ms(SECOND_MS))]),
        Shift::First | Shift::Last => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn queue(places: &[i64]) -> Vec<(Id, Timestamp)> {
        let one = |(n, ms): (usize, &i64)| (Id::new(&format!("v-{n}")).unwrap(), Timestamp::default().plus_ms(*ms));
        places.iter().enumerate().map(one).collect()
    }

    fn moved(places: &[i64], at: usize, shift: Shift) -> Option<Vec<usize>> {
        let mut all = queue(places);
        let id = all[at].0.clone();
        for (target, place) in targets(&all, &id, shift)? {
            all.iter_mut().find(|(other, _)| *other == target).unwrap().1 = place;
        }
        all.sort_by_key(|(_, place)| *place);
        Some(all.iter().map(|(id, _)| id.as_str()[2..].parse().unwrap()).collect())
    }

    #[test]
    fn a_visit_moves_by_one_or_to_an_end_and_the_others_keep_their_order() {
        let minutes = [0, 60_000, 120_000, 180_000];
        let cases: [(usize, Shift, Option<Vec<usize>>); 9] = [
            (2, Shift::Up, Some(vec![0, 2, 1, 3])),
            (1, Shift::Down, Some(vec![0, 2, 1, 3])),
            (3, Shift::First, Some(vec![3, 0, 1, 2])),
            (0, Shift::Last, Some(vec![1, 2, 3, 0])),
            (0, Shift::Up, None),
            (3, Shift::Down, None),
            (0, Shift::First, None),
            (3, Shift::Last, None),
            (1, Shift::First, Some(vec![1, 0, 2, 3])),
        ];
        for (at, shift, expected) in cases {
            assert_eq!(moved(&minutes, at, shift), expected, "{at} {shift:?}");
        }
        assert_eq!(moved(&[5, 5], 1, Shift::Up), Some(vec![1, 0]), "two who arrived at the same instant");
        assert_eq!(moved(&[5, 5], 0, Shift::Down), Some(vec![1, 0]));
    }

    #[test]
    fn codes_read_back() {
        for shift in Shift::ALL {
            assert_eq!(Shift::parse(shift.code()), Some(shift));
        }
        assert_eq!(Shift::parse("sideways"), None);
    }
}
