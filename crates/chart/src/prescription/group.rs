//! Rp: drugs sharing one 用法 and one supply stand together, as on paper.
use super::{Dispensing, Form, Line, Prescribed};

/// What a group has in common.
#[derive(PartialEq, Eq)]
struct Key {
    dispensing: Dispensing,
    form: Form,
    usage: String,
    site: Option<String>,
    supply: Option<u16>,
}

impl Key {
    /// `None`: a line that stands alone (不均等: its words are its own).
    fn of(what: &Prescribed) -> Option<Key> {
        if !what.usage.uneven.is_empty() {
            return None;
        }
        let words = || what.usage.text.chars().filter(|c| !c.is_whitespace()).collect();
        Some(Key {
            dispensing: what.dispensing,
            form: what.form,
            usage: words(),
            site: what.usage.site.clone(),
            supply: match what.form {
                Form::Internal | Form::External | Form::Injection => what.days,
                Form::AsNeeded => what.count,
            },
        })
    }
}

/// A group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group<'l> {
    /// Rp number: as printed, from 1 within its prescription.
    pub number: u32,
    /// Its lines, at least one.
    pub lines: Vec<&'l Line>,
}

/// Groups lines in the order in which they come; those of one 用法 join the first of them, those that are dispensed
/// outside come first.
pub fn groups<'l>(lines: impl IntoIterator<Item = &'l Line>) -> Vec<Group<'l>> {
    let mut found: Vec<(Option<Key>, Dispensing, Vec<&Line>)> = Vec::new();
    for line in lines {
        let key = Key::of(&line.what);
        match found.iter_mut().find(|(other, ..)| key.is_some() && *other == key) {
            Some((_, _, group)) => group.push(line),
            None => found.push((key, line.what.dispensing, vec![line])),
        }
    }
    found.sort_by_key(|(_, dispensing, _)| *dispensing);
    let mut number = 0;
    let mut before = None;
    found
        .into_iter()
        .map(|(_, dispensing, lines)| {
            number = if before == Some(dispensing) { number + 1 } else { 1 };
            before = Some(dispensing);
            Group { number, lines }
        })
        .collect()
}

/// Puts lines in the order of their groups and numbers them.
pub(super) fn number(lines: &mut Vec<Line>) {
    let ordered: Vec<Line> = groups(lines.iter())
        .into_iter()
        .flat_map(|group| {
            let number = group.number;
            (1_u32..).zip(group.lines).map(move |(order, line)| Line { rp: number, order, ..line.clone() })
        })
        .collect();
    *lines = ordered;
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::sample::line;
    use super::super::{Amount, Dispensing};
    use super::*;

    #[test]
    fn drugs_of_one_usage_and_one_supply_share_a_number() {
        let mut lines = vec![
            line("a", "1日1回 朝食後", 28),
            line("b", "1日2回 朝夕食後", 28),
            line("c", "1日1回朝食後", 28),
            line("d", "1日1回 朝食後", 14),
            line("e", "1日1回 朝食後", 28),
            line("f", "1日1回 朝食後", 28),
        ];
        lines[4].what.usage.uneven = vec![Amount::whole(1)];
        lines[5].what.dispensing = Dispensing::InHouse;
        number(&mut lines);
        let places: Vec<(String, u32, u32)> = lines.iter().map(|l| (l.id.as_str().to_owned(), l.rp, l.order)).collect();
        let expected = [("a", 1, 1), ("c", 1, 2), ("b", 2, 1), ("d", 3, 1), ("e", 4, 1), ("f", 1, 1)];
        let expected: Vec<(String, u32, u32)> =
            expected.iter().map(|(id, rp, n)| ((*id).to_owned(), *rp, *n)).collect();
        assert_eq!(places, expected);
        let again = lines.clone();
        number(&mut lines);
        assert_eq!(lines, again, "numbering is stable");
    }
}
