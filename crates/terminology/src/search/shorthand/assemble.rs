//! From the pieces to a usage.
use super::lex::Token;
use super::words::{Moment, Word};
use super::{Amount, Meal, Moments, Sig, Timing, code};

/// What an amount is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Dose,
    Day,
}

/// What the pieces say, before anything is concluded.
#[derive(Default)]
struct Heard {
    amount: Option<(Amount, &'static str)>,
    /// What the amount was said to be of.
    of: Option<Of>,
    times: Option<u8>,
    parts: Option<u8>,
    moments: Vec<(Moment, Option<Meal>)>,
    meal: Option<Meal>,
    hours: Option<u8>,
    is_fasting: bool,
    is_as_needed: bool,
    condition: Option<(&'static str, &'static str)>,
    method: Option<&'static str>,
    days: Option<u16>,
    count: Option<u16>,
    most: Option<u8>,
    bare: Option<u16>,
}

/// The usage; `None` when a piece contradicts another so that nothing can be said.
pub(super) fn sig(tokens: &[Token]) -> Option<Sig> {
    let heard = hear(tokens)?;
    let as_needed = heard.is_as_needed || heard.condition.is_some();
    let stated = heard.times.or(heard.parts);
    let (timing, is_timing_assumed) = timing(&heard, as_needed, stated);
    let times = match timing {
        Timing::Daily(moments) => stated.or(Some(moments.count()).filter(|count| *count > 0)),
        Timing::EveryHours(hours) => stated.or((24_u8.is_multiple_of(hours)).then(|| 24 / hours)),
        Timing::AsNeeded { .. } | Timing::Fasting | Timing::Unstated => stated,
    };
    let says_something = stated.is_some() || !heard.moments.is_empty() || heard.meal.is_some() || as_needed;
    if !(says_something || heard.hours.is_some() || heard.is_fasting) {
        return None;
    }
    let (dose, daily, mut doubt) = amounts(&heard, times);
    if let Timing::Daily(moments) = timing
        && times != Some(moments.count())
    {
        doubt = doubt.or(Some("回数と服用時点の数が合いません"));
    }
    if let (Timing::EveryHours(hours), Some(times)) = (timing, times)
        && u16::from(hours) * u16::from(times) != 24
    {
        doubt = doubt.or(Some("回数と時間の間隔が合いません"));
    }
    let days = heard.days.or(heard.bare.filter(|_| !as_needed));
    let count = heard.count.or(heard.bare.filter(|_| as_needed));
    if days == Some(0) || count == Some(0) {
        return None;
    }
    let method = heard.method.unwrap_or("10");
    let code = if doubt.is_some() { String::new() } else { code::of(method, times, timing) };
    Some(Sig {
        method,
        times: times.filter(|_| !as_needed),
        timing,
        dose,
        daily,
        unit: heard.amount.map_or("", |(_, unit)| unit),
        days,
        count,
        most_a_day: heard.most.or(stated.filter(|_| as_needed)),
        is_timing_assumed,
        doubt,
        code,
    })
}

/// Sets what may be said once only.
fn once<T>(slot: &mut Option<T>, value: T) -> Option<()> {
    slot.is_none().then(|| *slot = Some(value))
}

fn hear(tokens: &[Token]) -> Option<Heard> {
    let mut heard = Heard::default();
    for token in tokens {
        match *token {
            Token::Amount(amount, unit) if amount.0 > 0 => once(&mut heard.amount, (amount, unit))?,
            Token::Amount(..) => return None,
            Token::OneDose => heard.of = Some(Of::Dose),
            Token::OneDay if heard.amount.is_none() => heard.of = Some(Of::Day),
            Token::OneDay => {}
            Token::Times(times) => {
                once(&mut heard.times, times)?;
                heard.of = heard.of.filter(|of| *of == Of::Dose);
            }
            Token::AtMost(most) => {
                once(&mut heard.most, most)?;
                heard.of = heard.of.filter(|of| *of == Of::Dose);
            }
            Token::Parts(parts) => once(&mut heard.parts, parts)?,
            Token::Days(days) => once(&mut heard.days, days)?,
            Token::Count(count) => once(&mut heard.count, count)?,
            Token::EveryHours(hours) => once(&mut heard.hours, hours)?,
            Token::Bare(number) => once(&mut heard.bare, number)?,
            Token::Word(word) => hear_word(&mut heard, word)?,
        }
    }
    let pairs = [heard.times.is_some() && heard.parts.is_some(), heard.days.is_some() && heard.bare.is_some()];
    let counted = heard.count.is_some() && (heard.bare.is_some() || heard.days.is_some());
    (!pairs.contains(&true) && !counted).then_some(heard)
}

fn hear_word(heard: &mut Heard, word: Word) -> Option<()> {
    match word {
        Word::At(moment) => heard.moments.push((moment, None)),
        Word::Meal(meal) => {
            let mut open = heard.moments.iter_mut().filter(|(at, said)| at_meal(*at) && said.is_none()).peekable();
            if open.peek().is_none() {
                return once(&mut heard.meal, meal);
            }
            open.for_each(|(_, said)| *said = Some(meal));
        }
        Word::Times(times) => once(&mut heard.times, times)?,
        Word::Fasting => heard.is_fasting = true,
        Word::AsNeeded => heard.is_as_needed = true,
        Word::Condition(code, words) => once(&mut heard.condition, (code, words))?,
        Word::Method(method) => once(&mut heard.method, method)?,
        Word::Nothing => {}
    }
    Some(())
}

fn at_meal(moment: Moment) -> bool {
    !matches!(moment, Moment::Rising | Moment::Bedtime)
}

/// When, and whether that is only what is usual.
fn timing(heard: &Heard, as_needed: bool, stated: Option<u8>) -> (Timing, bool) {
    if as_needed {
        let (code, words) = heard.condition.unwrap_or(("", ""));
        return (Timing::AsNeeded { code, words }, false);
    }
    if let Some(hours) = heard.hours {
        return (Timing::EveryHours(hours), false);
    }
    if heard.is_fasting {
        return (Timing::Fasting, false);
    }
    let mut moments = Moments::default();
    let mut is_assumed = false;
    for (moment, said) in &heard.moments {
        let meal = said.or(heard.meal).unwrap_or(Meal::After);
        is_assumed |= at_meal(*moment) && said.or(heard.meal).is_none();
        put(&mut moments, *moment, meal);
    }
    if !heard.moments.is_empty() {
        return (Timing::Daily(moments), is_assumed);
    }
    // How often, and at most before or after meals: at the meals that are usual.
    let usual: &[Moment] = match (stated, heard.meal, heard.method.is_some()) {
        (_, None, true) => &[],
        (None | Some(3), _, _) => &[Moment::EveryMeal],
        (Some(1), _, _) => &[Moment::Breakfast],
        (Some(2), _, _) => &[Moment::Breakfast, Moment::Supper],
        (Some(4), _, _) => &[Moment::EveryMeal, Moment::Bedtime],
        _ => &[],
    };
    if usual.is_empty() {
        return (Timing::Unstated, false);
    }
    for moment in usual {
        put(&mut moments, *moment, heard.meal.unwrap_or(Meal::After));
    }
    let is_plain = stated == Some(3) && heard.meal.is_some();
    (Timing::Daily(moments), !is_plain)
}

fn put(moments: &mut Moments, moment: Moment, meal: Meal) {
    match moment {
        Moment::Rising => moments.rising = true,
        Moment::Bedtime => moments.bedtime = true,
        Moment::Breakfast => moments.breakfast = Some(meal),
        Moment::Lunch => moments.lunch = Some(meal),
        Moment::Supper => moments.supper = Some(meal),
        Moment::EveryMeal => {
            (moments.breakfast, moments.lunch, moments.supper) = (Some(meal), Some(meal), Some(meal));
        }
    }
}

/// Amount of one dose, amount of a day, and what is doubtful about them.
fn amounts(heard: &Heard, times: Option<u8>) -> (Option<Amount>, Option<Amount>, Option<&'static str>) {
    let Some((amount, unit)) = heard.amount else { return (None, None, None) };
    let times = times.map_or(1, u32::from);
    let as_needed = heard.is_as_needed || heard.condition.is_some();
    let is_daily = !as_needed && heard.of.map_or(heard.parts.is_some(), |of| of == Of::Day);
    if !is_daily {
        let daily = amount.0.checked_mul(times).map(Amount).filter(|_| !as_needed);
        return (Some(amount), daily, None);
    }
    // Tablets are halved, capsules are not, the rest is measured to a hundredth.
    let step = match unit {
        "錠" => 500,
        "カプセル" | "包" | "枚" | "個" | "本" | "丸" | "滴" => 1_000,
        _ => 10,
    };
    if amount.0.is_multiple_of(times) && (amount.0 / times).is_multiple_of(step) {
        return (Some(Amount(amount.0 / times)), Some(amount), None);
    }
    (None, Some(amount), Some("1日量を回数で分けられません。1回量か1日量かを確かめてください"))
}
