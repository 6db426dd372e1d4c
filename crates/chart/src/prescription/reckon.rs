//! What follows from a line: amounts of a day and in all, how long the supply lasts.
use super::{Amount, Form, Line, Prescribed};
use jiff::ToSpan as _;
use karute_japan::Date;

/// On which days a drug is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rhythm {
    /// Every day.
    Daily,
    /// 隔日: every other day.
    EveryOtherDay,
    /// 週1回
    Weekly,
    /// Something else that words tell and nobody reckons.
    Other,
}

/// The rhythm that the words of a usage tell.
pub fn rhythm(text: &str) -> Rhythm {
    let plain: String = text.chars().map(super::amount::half_width).filter(|c| !c.is_whitespace()).collect();
    if plain.contains("隔日") || plain.contains("1日おき") {
        Rhythm::EveryOtherDay
    } else if ["週1回", "週に1回", "毎週"].iter().any(|word| plain.contains(word)) {
        Rhythm::Weekly
    } else if plain.contains('週') || plain.contains('月') || plain.contains("曜") {
        Rhythm::Other
    } else {
        Rhythm::Daily
    }
}

impl Prescribed {
    /// 1日量: for 内服 taken every day.
    pub fn daily(&self) -> Option<Amount> {
        if self.form != Form::Internal || rhythm(&self.usage.text) != Rhythm::Daily {
            return None;
        }
        self.of_one_day()
    }

    /// Amount of a day on which it is taken.
    fn of_one_day(&self) -> Option<Amount> {
        if !self.usage.uneven.is_empty() {
            return self.usage.uneven.iter().try_fold(Amount::default(), |sum, each| sum.plus(*each));
        }
        self.dose?.times(u32::from(self.usage.times?))
    }

    /// Days on which it is taken within its days.
    fn taking_days(&self) -> Option<u32> {
        let days = u32::from(self.days?);
        Some(match rhythm(&self.usage.text) {
            Rhythm::Daily => days,
            Rhythm::EveryOtherDay => days.div_ceil(2),
            Rhythm::Weekly => days.div_ceil(7),
            Rhythm::Other => return None,
        })
    }

    /// All that is dispensed; `None` where words alone decide it.
    pub fn all(&self) -> Option<Amount> {
        match self.form {
            Form::Internal => self.of_one_day()?.times(self.taking_days()?),
            Form::AsNeeded => self.dose?.times(u32::from(self.count?)),
            Form::External | Form::Injection => self.total,
        }
    }

    /// How much is supplied, in words: `28日分`, `10回分`, `50g`.
    pub fn supply(&self) -> String {
        match (self.form, self.days, self.count, self.total) {
            (Form::Internal, Some(days), _, _) => format!("{days}日分"),
            (Form::AsNeeded, _, Some(count), _) => format!("{count}回分"),
            (Form::External | Form::Injection, days, _, Some(total)) => {
                let days = days.map(|days| format!("（{days}日分）")).unwrap_or_default();
                format!("{total}{}{days}", self.unit)
            }
            _ => String::new(),
        }
    }

    /// 1回量 first and 1日量 in brackets (SRCH-16): `1回1錠（1日2錠）`; 不均等 time by time.
    pub fn amounts(&self) -> String {
        let daily = self.daily().filter(|daily| Some(*daily) != self.dose);
        let of_day = daily.map(|daily| format!("（1日{daily}{}）", self.unit)).unwrap_or_default();
        if !self.usage.uneven.is_empty() {
            let each: Vec<String> = self.usage.uneven.iter().map(ToString::to_string).collect();
            return format!("{}{}{of_day}", each.join("－"), self.unit);
        }
        self.dose.map(|dose| format!("1回{dose}{}{of_day}", self.unit)).unwrap_or_default()
    }

    /// Last day of the supply when it begins on `start`, the first day counted.
    pub fn until(&self, start: Date) -> Option<Date> {
        let days = i64::from(self.days?).max(1);
        start.checked_add((days - 1).days()).ok()
    }
}

/// The last day on which all drugs with days are there: the first supply to end decides when to come again.
pub fn supplied_until(lines: &[Line], start: Date) -> Option<Date> {
    let counted = lines.iter().filter(|line| line.status.counts() && line.what.form == Form::Internal);
    counted.filter_map(|line| line.what.until(start)).min()
}

/// Days for which there is no drug before the next visit (none: 0), and days that are left over then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Margin {
    /// Days without the drug.
    pub missing: u32,
    /// Days of supply left at the visit.
    pub left: u32,
}

/// How the supply meets the next visit: who comes on the day after the last day has neither gap nor rest.
pub fn margin(until: Date, next_visit: Date) -> Margin {
    let gap = until.tomorrow().ok().and_then(|first| next_visit.since(first).ok()).map_or(0, |span| span.get_days());
    Margin { missing: u32::try_from(gap).unwrap_or(0), left: u32::try_from(-gap).unwrap_or(0) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::sample::prescribed;
    use super::*;

    #[test]
    fn amounts_of_a_day_and_in_all_follow_from_the_line() {
        // usage, form, dose, times, days, count, total → 1日量, in all
        let cases = [
            ("1日1回 朝食後", "1", "1", 1, 28, 0, "", "1", "28"),
            ("1日3回 毎食後", "1", "0.5", 3, 7, 0, "", "1.5", "10.5"),
            ("1日3回 毎食後", "1", "2.5", 3, 14, 0, "", "7.5", "105"),
            ("隔日 1日1回 朝食後", "1", "1", 1, 15, 0, "", "", "8"),
            ("週1回 起床時", "1", "1", 1, 28, 0, "", "", "4"),
            ("月曜 1日1回 朝食後", "1", "1", 1, 28, 0, "", "", ""),
            ("頓用 発熱時", "2", "2", 0, 0, 10, "", "", "20"),
            ("1日2回 塗布", "3", "", 2, 0, 0, "50", "", "50"),
        ];
        for (text, form, dose, times, days, count, total, daily, all) in cases {
            let mut what = prescribed("アムロジピン錠5mg", "2171022F2ZZZ");
            what.usage.text = text.to_owned();
            what.usage.times = Some(times).filter(|t| *t > 0);
            what.form = Form::parse(form).unwrap();
            what.dose = Amount::parse(dose);
            what.days = Some(days).filter(|d| *d > 0);
            what.count = Some(count).filter(|c| *c > 0);
            what.total = Amount::parse(total);
            assert_eq!(what.daily(), Amount::parse(daily), "{text}");
            assert_eq!(what.all(), Amount::parse(all), "{text}");
        }
    }

    #[test]
    fn srch_16_one_dose_stands_first_and_the_day_in_brackets() {
        let mut what = prescribed("プレドニゾロン錠5mg", "2456001F3ZZZ");
        assert_eq!(what.amounts(), "1回1錠");
        what.usage.times = Some(2);
        assert_eq!(what.amounts(), "1回1錠（1日2錠）");
        what.dose = None;
        what.usage.uneven = vec![Amount::whole(4), Amount::whole(2), Amount::parse("1.5").unwrap()];
        assert_eq!(what.amounts(), "4－2－1.5錠（1日7.5錠）");
        assert_eq!(what.all().unwrap(), Amount::whole(210));
    }

    #[test]
    fn the_supply_ends_on_its_last_day_and_is_held_against_the_next_visit() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let what = prescribed("アムロジピン錠5mg", "2171022F2ZZZ");
        assert_eq!(what.until(day("2026-11-20")), Some(day("2026-12-17")));
        for (next, missing, left) in [("2026-12-18", 0, 0), ("2026-12-21", 3, 0), ("2026-12-14", 0, 4)] {
            assert_eq!(margin(day("2026-12-17"), day(next)), Margin { missing, left }, "{next}");
        }
    }
}
