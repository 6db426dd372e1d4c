//! Usages as clinics write them (SRCH-15): `3t3x 7`, `1T 朝 28`, `分3 毎食後 5日`, `頓用 発熱時 5回分`.
//!
//! Two families of notation mean different things by the amount: with `x` or 分 it is that of the day, to be taken in so
//! many parts (`3t3x` is one tablet three times); elsewhere it is that of one dose. What cannot be divided, or does not
//! agree with itself, is said to be doubtful and never chosen by itself.

mod assemble;
mod code;
mod lex;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
mod words;

use std::fmt::Write as _;

/// An amount in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(pub u32);

/// When it is taken, relative to a meal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meal {
    /// 食前.
    Before,
    /// 食直前.
    JustBefore,
    /// 食直後.
    JustAfter,
    /// 食後.
    After,
    /// 食間: two hours after.
    Between,
}

/// Moments of the day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moments {
    /// 起床時.
    pub rising: bool,
    /// 朝食.
    pub breakfast: Option<Meal>,
    /// 昼食.
    pub lunch: Option<Meal>,
    /// 夕食.
    pub supper: Option<Meal>,
    /// 就寝前.
    pub bedtime: bool,
}

/// When it is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    /// At moments of the day.
    Daily(Moments),
    /// Every so many hours.
    EveryHours(u8),
    /// 空腹時.
    Fasting,
    /// 頓用: code and words of the condition (JAMI, 頓用の条件); neither where none was given.
    AsNeeded {
        /// Two characters.
        code: &'static str,
        /// 発熱時, 疼痛時 ….
        words: &'static str,
    },
    /// So often a day, without moments (外用).
    Unstated,
}

/// A usage, as far as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sig {
    /// Route and method as JAMI writes them: `10` 内服・経口, `2H` 点眼 ….
    pub method: &'static str,
    /// Times a day.
    pub times: Option<u8>,
    /// When.
    pub timing: Timing,
    /// Amount of one dose.
    pub dose: Option<Amount>,
    /// Amount of a day.
    pub daily: Option<Amount>,
    /// 錠, カプセル, 包, g …; empty where none was written.
    pub unit: &'static str,
    /// 日数.
    pub days: Option<u16>,
    /// 頓用の回数.
    pub count: Option<u16>,
    /// At most so often a day (頓用).
    pub most_a_day: Option<u8>,
    /// The moments were not written and are those that are usual.
    pub is_timing_assumed: bool,
    /// What does not agree, for people.
    pub doubt: Option<&'static str>,
    /// Code of 16 characters of these slots; empty where the notation has none. Whether a list carries it is another
    /// question.
    pub code: String,
}

/// Reads a line as a usage. `None` when it holds anything that is not understood: half an order is none.
pub fn parse(text: &str) -> Option<Sig> {
    assemble::sig(&lex::tokens(text)?)
}

impl std::fmt::Display for Amount {
    /// Without trailing zeros, with a leading zero (SAFE-10).
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, rest) = (self.0 / 1_000, self.0 % 1_000);
        if rest == 0 {
            return write!(f, "{whole}");
        }
        write!(f, "{whole}.{}", format!("{rest:03}").trim_end_matches('0'))
    }
}

impl Meal {
    const fn words(self) -> &'static str {
        match self {
            Meal::Before => "食前",
            Meal::JustBefore => "食直前",
            Meal::JustAfter => "食直後",
            Meal::After => "食後",
            Meal::Between => "食間",
        }
    }
}

impl Moments {
    /// How many there are.
    pub fn count(self) -> u8 {
        let meals = [self.breakfast, self.lunch, self.supper].iter().flatten().count();
        u8::try_from(meals).unwrap_or(0) + u8::from(self.rising) + u8::from(self.bedtime)
    }

    fn words(self) -> String {
        let mut parts: Vec<String> = Vec::new();
        if self.rising {
            parts.push("起床時".into());
        }
        let meals = [("朝", self.breakfast), ("昼", self.lunch), ("夕", self.supper)];
        let first = meals.iter().find_map(|(_, meal)| *meal);
        if let Some(meal) = first.filter(|meal| meals.iter().all(|(_, other)| *other == Some(*meal))) {
            parts.push(format!("毎{}", meal.words()));
        } else {
            let mut pending = String::new();
            for (at, (name, meal)) in meals.iter().enumerate() {
                let Some(meal) = meal else { continue };
                pending.push_str(name);
                let next = meals.iter().skip(at + 1).find_map(|(_, meal)| *meal);
                if next != Some(*meal) {
                    parts.push(std::mem::take(&mut pending) + meal.words());
                }
            }
        }
        if self.bedtime {
            parts.push("就寝前".into());
        }
        parts.join("と")
    }
}

impl Sig {
    /// 1日3回毎食後 1回1錠 7日分.
    pub fn display(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        let often = self.times.map(|times| format!("1日{times}回")).unwrap_or_default();
        let method = code::method_words(self.method);
        parts.push(match self.timing {
            Timing::Daily(moments) => format!("{often}{}{method}", moments.words()),
            Timing::EveryHours(hours) => format!("{often}{hours}時間毎{method}"),
            Timing::Fasting => format!("{often}空腹時{method}"),
            Timing::AsNeeded { words, .. } => {
                let mut text = format!("頓用 {words}{method}").trim_end().to_owned();
                if let Some(most) = self.most_a_day {
                    let _ = write!(text, " 1日{most}回まで");
                }
                text
            }
            Timing::Unstated => format!("{often}{method}"),
        });
        if let Some(dose) = self.dose {
            parts.push(format!("1回{dose}{}", self.unit));
        } else if let Some(daily) = self.daily {
            parts.push(format!("1日{daily}{}", self.unit));
        }
        if let Some(days) = self.days {
            parts.push(format!("{days}日分"));
        }
        if let Some(count) = self.count {
            parts.push(format!("{count}回分"));
        }
        parts.retain(|part| !part.is_empty());
        parts.join(" ")
    }

    /// Amount of one dose with that of the day in brackets (SRCH-16); empty where no amount was written.
    pub fn amounts(&self) -> String {
        match (self.dose, self.daily) {
            (Some(dose), Some(daily)) => format!("1回{dose}{unit}（1日{daily}{unit}）", unit = self.unit),
            (Some(dose), None) => format!("1回{dose}{}", self.unit),
            (None, Some(daily)) => format!("1日{daily}{}", self.unit),
            (None, None) => String::new(),
        }
    }
}
