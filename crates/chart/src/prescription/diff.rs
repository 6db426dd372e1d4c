//! What changed against an earlier prescription (SAFE-11): shown at every line after a Do.
use super::{Amount, Line, Prescribed};
use std::cmp::Ordering;

/// A change at a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// 新規: the earlier prescription does not hold the drug.
    New,
    /// 増量
    More,
    /// 減量
    Less,
    /// 規格変更: another strength, and nobody can say whether it is more.
    Strength,
    /// 用法変更
    Usage,
    /// 日数変更
    Supply,
    /// 中止: only the earlier prescription holds it.
    Stopped,
}

impl Change {
    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Change::New => "新規",
            Change::More => "増量",
            Change::Less => "減量",
            Change::Strength => "規格変更",
            Change::Usage => "用法変更",
            Change::Supply => "日数変更",
            Change::Stopped => "中止",
        }
    }
}

/// How today's lines differ from those of an earlier visit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// For each of today's lines, in their order, what changed, gravest first; empty where nothing did.
    pub lines: Vec<Vec<Change>>,
    /// Earlier lines that are not continued, by their position.
    pub stopped: Vec<usize>,
}

impl Diff {
    /// How many places differ: lines that changed and lines that are not continued.
    pub fn places(&self) -> usize {
        self.lines.iter().filter(|changes| !changes.is_empty()).count() + self.stopped.len()
    }
}

/// Compares. A drug is the same by code or name; what is left over is held together by its ingredient, so that another
/// strength reads as 増量 or 減量 and not as one drug stopped and one begun.
pub fn diff(today: &[Line], earlier: &[Line]) -> Diff {
    let mut partner: Vec<Option<usize>> = vec![None; today.len()];
    let mut free: Vec<usize> = (0..earlier.len()).collect();
    let same: fn(&Prescribed, &Prescribed) -> bool = |a, b| a.drug.is_same(&b.drug) && a.form == b.form;
    let kin: fn(&Prescribed, &Prescribed) -> bool =
        |a, b| a.form == b.form && a.drug.ingredient().is_some() && a.drug.ingredient() == b.drug.ingredient();
    for matches in [same, kin] {
        for (line, slot) in today.iter().zip(&mut partner) {
            let fits = |at: &usize| earlier.get(*at).is_some_and(|other| matches(&line.what, &other.what));
            if slot.is_none()
                && let Some(place) = free.iter().position(fits)
            {
                *slot = Some(free.remove(place));
            }
        }
    }
    let lines = today.iter().zip(&partner).map(|(line, partner)| {
        let before = partner.and_then(|at| earlier.get(at));
        before.map_or_else(|| vec![Change::New], |before| changes(&line.what, &before.what))
    });
    Diff { lines: lines.collect(), stopped: free }
}

fn changes(now: &Prescribed, before: &Prescribed) -> Vec<Change> {
    let mut found = Vec::new();
    match weight(now, before) {
        Some(Ordering::Greater) => found.push(Change::More),
        Some(Ordering::Less) => found.push(Change::Less),
        None if !now.drug.is_same(&before.drug) || now.unit != before.unit => found.push(Change::Strength),
        Some(Ordering::Equal) | None => {}
    }
    let words = |what: &Prescribed| {
        let text: String = what.usage.text.chars().filter(|c| !c.is_whitespace()).collect();
        (text, what.usage.site.clone(), what.usage.uneven.clone())
    };
    if words(now) != words(before) {
        found.push(Change::Usage);
    }
    if (now.days, now.count, now.total) != (before.days, before.count, before.total) {
        found.push(Change::Supply);
    }
    found
}

/// Which is more: by the amount of a day where both have one, else of one dose, in milligrams where the strengths differ.
fn weight(now: &Prescribed, before: &Prescribed) -> Option<Ordering> {
    let (a, b) = match (now.daily(), before.daily()) {
        (Some(a), Some(b)) => (a, b),
        _ => (now.dose?, before.dose?),
    };
    let one = Amount::whole(1);
    if now.drug.is_same(&before.drug) && now.unit == before.unit {
        return Some(a.compare(one, b, one));
    }
    let (strong, weak) = (strength(&now.drug.name)?, strength(&before.drug.name)?);
    (strong.1 == weak.1 && now.unit == before.unit).then(|| a.compare(strong.0, b, weak.0))
}

/// Strength of one unit as the name tells it: the last number before mg, g, μg or %, with that unit.
fn strength(name: &str) -> Option<(Amount, &'static str)> {
    let plain: String = name.chars().map(super::amount::half_width).collect();
    [("mg", "mg"), ("μg", "μg"), ("µg", "μg"), ("g", "g"), ("%", "%")].into_iter().find_map(|(unit, shown)| {
        let before = plain.get(..plain.rfind(unit)?)?;
        let begin = before.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').len();
        Some((Amount::parse(before.get(begin..)?)?, shown))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::sample::{line, prescribed};
    use super::*;

    #[test]
    fn strengths_are_read_from_names() {
        for (name, expected) in [
            ("【般】メトホルミン塩酸塩錠500mg:MT", Some(("500", "mg"))),
            ("ロスバスタチン錠２．５ｍｇ", Some(("2.5", "mg"))),
            ("レボチロキシンナトリウム錠50μg", Some(("50", "μg"))),
            ("ヘパリン類似物質軟膏0.3％", Some(("0.3", "%"))),
            ("ビフィズス菌錠", None),
        ] {
            let found = strength(name);
            assert_eq!(found.map(|(a, u)| (a.plain(), u)), expected.map(|(a, u)| (a.to_owned(), u)), "{name}");
        }
    }

    #[test]
    fn safe_11_every_difference_is_named_at_its_line() {
        let of = |id: &str, name: &str, code: &str| {
            let mut made = line(id, "1日2回 朝夕食後", 28);
            made.what.drug = prescribed(name, code).drug;
            made.what.usage.times = Some(2);
            made
        };
        let earlier = vec![
            of("a", "アムロジピン錠5mg", "2171022F2ZZZ"),
            of("b", "メトホルミン塩酸塩錠250mg:MT", "3962002F2ZZZ"),
            of("c", "ロスバスタチン錠2.5mg", "2189017F1ZZZ"),
            of("d", "レバミピド錠100mg", "2329021F1ZZZ"),
        ];
        let mut today = vec![
            of("1", "アムロジピン錠5mg", "2171022F2ZZZ"),
            of("2", "メトホルミン塩酸塩錠500mg:MT", "3962002F3ZZZ"),
            of("3", "ロスバスタチン錠2.5mg", "2189017F1ZZZ"),
            of("4", "ロキソプロフェンNa錠60mg", "1149019F1ZZZ"),
        ];
        today[2].what.dose = Amount::parse("0.5");
        today[2].what.usage.text = "1日1回 夕食後".to_owned();
        today[2].what.usage.times = Some(1);
        today[2].what.days = Some(14);
        let found = diff(&today, &earlier);
        let expected =
            vec![vec![], vec![Change::More], vec![Change::Less, Change::Usage, Change::Supply], vec![Change::New]];
        assert_eq!(found.lines, expected);
        assert_eq!((found.stopped.as_slice(), found.places()), ([3].as_slice(), 4));
        assert_eq!(diff(&earlier, &earlier).places(), 0);
    }
}
