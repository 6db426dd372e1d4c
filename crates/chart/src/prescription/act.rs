//! What can be done with the prescription of an open visit, applied to its lines. Pure: nothing is read or written here.
use super::{Amount, Line, MOST_LINES, Prescribed, Status, group};
use crate::ChartError;
use karute_fhir::Id;
use karute_japan::Date;

/// A line as a person saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its id.
    pub id: Id,
    /// The version shown.
    pub version: u32,
}

/// One act. Each is one write; one that was pressed twice happens once.
#[derive(Clone, Debug)]
pub enum Act {
    /// A line more, under the id of the intent.
    Add {
        /// Id of the new line.
        id: Id,
        /// What it says.
        what: Box<Prescribed>,
    },
    /// Lines copied from elsewhere (Do, set) under ids made of that of the intent. Drugs that are there already are not
    /// copied again.
    Take {
        /// The intent.
        id: Id,
        /// What they say, and the line each comes from.
        lines: Vec<(Prescribed, Option<Id>)>,
    },
    /// Another text of a line.
    Change {
        /// Which.
        line: Seen,
        /// What it says now.
        what: Box<Prescribed>,
    },
    /// Another dose, the rest as it is.
    Dose {
        /// Which.
        line: Seen,
        /// 1回量
        dose: Amount,
    },
    /// Other days for several lines: a group, or all that are taken by days.
    Days {
        /// Which.
        lines: Vec<Seen>,
        /// 日数
        days: u16,
    },
    /// Takes a line out: a draft is withdrawn, a confirmed line stopped.
    Remove {
        /// Which.
        line: Seen,
    },
    /// Moves a line within its group, the group when it stands at its end.
    Move {
        /// Which.
        line: Seen,
        /// Towards the top.
        earlier: bool,
    },
}

impl Act {
    /// What the audit trail calls it.
    pub(super) const fn words(&self) -> &'static str {
        match self {
            Act::Add { .. } => "処方: 薬を加える",
            Act::Take { .. } => "処方: 写す",
            Act::Change { .. } => "処方: 変える",
            Act::Dose { .. } => "処方: 用量を変える",
            Act::Days { .. } => "処方: 日数を変える",
            Act::Remove { .. } => "処方: 外す",
            Act::Move { .. } => "処方: 並べ替える",
        }
    }

    /// The id under which its first new line appears.
    pub(super) fn intent(&self) -> Option<Id> {
        match self {
            Act::Add { id, .. } => Some(id.clone()),
            Act::Take { id, .. } => numbered(id, 0),
            _ => None,
        }
    }
}

/// Id of the n-th line of an intent.
fn numbered(intent: &Id, n: usize) -> Option<Id> {
    Id::new(&format!("{intent}-{n}")).ok()
}

/// Applies an act to all lines of a visit. Lines taken out stay, cancelled.
pub(super) fn apply(lines: &mut Vec<Line>, act: Act, today: Date) -> Result<(), ChartError> {
    match act {
        Act::Add { id, what } => lines.push(new(id, *what, None, today)),
        Act::Take { id, lines: taken } => {
            let mut n = 0;
            for (what, prior) in taken {
                if lines
                    .iter()
                    .any(|l| l.status.counts() && l.what.drug.is_same(&what.drug) && l.what.form == what.form)
                {
                    continue;
                }
                lines.push(new(numbered(&id, n).ok_or(ChartError::Invalid)?, what, prior, today));
                n += 1;
            }
        }
        Act::Change { line, what } => find(lines, &line)?.what = *what,
        Act::Dose { line, dose } => {
            let line = find(lines, &line)?;
            line.what.dose = Some(dose);
            line.what.usage.uneven.clear();
        }
        Act::Days { lines: seen, days } => {
            for line in &seen {
                find(lines, line)?.what.days = Some(days);
            }
        }
        Act::Remove { line } => {
            let line = find(lines, &line)?;
            line.status = if line.status == Status::Draft { Status::Cancelled } else { Status::Stopped };
        }
        Act::Move { line, earlier } => shift(lines, &line, earlier)?,
    }
    let (mut live, out): (Vec<Line>, Vec<Line>) = lines.drain(..).partition(|line| line.status.counts());
    if live.len() > MOST_LINES {
        return Err(ChartError::TooMany);
    }
    group::number(&mut live);
    lines.extend(live.into_iter().chain(out));
    Ok(())
}

fn new(id: Id, what: Prescribed, prior: Option<Id>, today: Date) -> Line {
    Line {
        id,
        version: 0,
        status: Status::Draft,
        rp: 0,
        order: 0,
        what,
        written: Some(today),
        prior,
        visit: None,
        by: None,
        awaits_approval: false,
    }
}

/// The line as it was seen; one that changed meanwhile is a conflict, one that was taken out too.
fn find<'l>(lines: &'l mut [Line], seen: &Seen) -> Result<&'l mut Line, ChartError> {
    let line = lines.iter_mut().find(|line| line.id == seen.id).ok_or(ChartError::NotFound)?;
    if line.version != seen.version || !line.status.counts() {
        return Err(ChartError::Conflict);
    }
    Ok(line)
}

/// Moves a line past its neighbour in the group, or the whole group past the next one of the same prescription.
fn shift(lines: &mut Vec<Line>, seen: &Seen, earlier: bool) -> Result<(), ChartError> {
    find(lines, seen)?;
    let (live, out): (Vec<Line>, Vec<Line>) = lines.drain(..).partition(|line| line.status.counts());
    let mut groups: Vec<Vec<Line>> =
        group::groups(&live).into_iter().map(|g| g.lines.into_iter().cloned().collect()).collect();
    let at = groups.iter().position(|g| g.iter().any(|line| line.id == seen.id)).ok_or(ChartError::NotFound)?;
    let step = |place: usize, length: usize| {
        if earlier { place.checked_sub(1) } else { Some(place + 1).filter(|next| *next < length) }
    };
    let within = groups.get_mut(at).and_then(|own| {
        let place = own.iter().position(|line| line.id == seen.id)?;
        let next = step(place, own.len())?;
        own.swap(place, next);
        Some(())
    });
    if within.is_none()
        && let Some(next) = step(at, groups.len())
    {
        groups.swap(at, next);
    }
    lines.extend(groups.into_iter().flatten().chain(out));
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::sample::{line, prescribed};
    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 20);

    fn id(text: &str) -> Id {
        Id::new(text).unwrap()
    }

    fn seen(text: &str) -> Seen {
        Seen { id: id(text), version: 1 }
    }

    fn names(lines: &[Line]) -> Vec<&str> {
        lines.iter().filter(|line| line.status.counts()).map(|line| line.id.as_str()).collect()
    }

    fn three() -> Vec<Line> {
        vec![line("a", "朝", 28), line("b", "朝", 28), line("c", "夕", 28)]
    }

    #[test]
    fn a_line_moves_in_its_group_and_then_with_it() {
        for (which, earlier, expected) in [
            ("b", true, ["b", "a", "c"]),
            ("a", true, ["a", "b", "c"]),
            ("a", false, ["b", "a", "c"]),
            ("b", false, ["c", "a", "b"]),
            ("c", true, ["c", "a", "b"]),
            ("c", false, ["a", "b", "c"]),
        ] {
            let mut lines = three();
            apply(&mut lines, Act::Move { line: seen(which), earlier }, TODAY).unwrap();
            assert_eq!(names(&lines), expected, "{which} {earlier}");
        }
    }

    #[test]
    fn days_of_all_change_at_once_and_the_groups_follow() {
        let mut lines = three();
        let act = Act::Days { lines: vec![seen("a"), seen("c")], days: 14 };
        apply(&mut lines, act, TODAY).unwrap();
        let days: Vec<(&str, u32, Option<u16>)> = lines.iter().map(|l| (l.id.as_str(), l.rp, l.what.days)).collect();
        assert_eq!(days, [("a", 1, Some(14)), ("b", 2, Some(28)), ("c", 3, Some(14))]);
    }

    #[test]
    fn what_is_copied_twice_is_there_once() {
        let mut lines = Vec::new();
        let taken =
            || vec![(prescribed("A錠", "2171022F2ZZZ"), Some(id("old"))), (prescribed("B錠", "1149019F1ZZZ"), None)];
        apply(&mut lines, Act::Take { id: id("one"), lines: taken() }, TODAY).unwrap();
        apply(&mut lines, Act::Take { id: id("two"), lines: taken() }, TODAY).unwrap();
        assert_eq!(names(&lines), ["one-0", "one-1"]);
        assert_eq!(lines[0].prior, Some(id("old")));
    }

    #[test]
    fn an_older_view_changes_nothing() {
        let mut lines = three();
        lines[0].status = Status::Cancelled;
        lines[1].version = 2;
        for line in ["a", "b"] {
            let failed = apply(&mut lines.clone(), Act::Dose { line: seen(line), dose: Amount::whole(2) }, TODAY);
            assert!(matches!(failed, Err(ChartError::Conflict)), "{line}");
        }
        let failed = apply(&mut lines, Act::Remove { line: seen("z") }, TODAY);
        assert!(matches!(failed, Err(ChartError::NotFound)));
    }

    #[test]
    fn a_draft_is_withdrawn_and_a_confirmed_line_stopped() {
        for (before, after) in [(Status::Draft, Status::Cancelled), (Status::Active, Status::Stopped)] {
            let mut lines = three();
            lines[0].status = before;
            apply(&mut lines, Act::Remove { line: seen("a") }, TODAY).unwrap();
            assert_eq!(lines.iter().find(|l| l.id == id("a")).unwrap().status, after);
        }
    }

    #[test]
    fn more_lines_than_a_prescription_holds_are_refused() {
        let mut lines: Vec<Line> = (0..MOST_LINES).map(|n| line(&format!("l{n}"), "朝", 7)).collect();
        let act = Act::Add { id: id("more"), what: Box::new(prescribed("A錠", "1149019F1ZZZ")) };
        assert!(matches!(apply(&mut lines, act, TODAY), Err(ChartError::TooMany)));
    }
}
