//! Codes of 16 characters by their slots (JAMI 標準用法).
use super::{Meal, Timing};

/// The code of a usage; empty where the notation has none.
///
/// Method (2), kind of timing (1 meals and rhythm of life, 2 every so many hours, 4 other, 5 as needed), times a day, then
/// for meals bedtime, supper, lunch, breakfast, rising; the rest is 0.
pub(super) fn of(method: &str, times: Option<u8>, timing: Timing) -> String {
    let head = match timing {
        Timing::Daily(moments) => {
            let Some(times @ 1..=9) = times else { return String::new() };
            let meal = |meal: Option<Meal>| match meal {
                None => '0',
                Some(Meal::Before) => '1',
                Some(Meal::JustBefore) => '2',
                Some(Meal::JustAfter) => '3',
                Some(Meal::After) => '4',
                Some(Meal::Between) => '5',
            };
            let bedtime = if moments.bedtime { '1' } else { '0' };
            let rising = if moments.rising { '9' } else { '0' };
            let (supper, lunch, breakfast) = (meal(moments.supper), meal(moments.lunch), meal(moments.breakfast));
            format!("{method}1{times}{bedtime}{supper}{lunch}{breakfast}{rising}")
        }
        Timing::EveryHours(_) => match times {
            Some(times @ 1..=9) => format!("{method}2{times}"),
            _ => return String::new(),
        },
        Timing::Fasting => match times.unwrap_or(1) {
            times @ 1..=9 => format!("{method}4{times}48"),
            _ => return String::new(),
        },
        Timing::AsNeeded { code, .. } if !code.is_empty() => format!("{method}50{code}"),
        Timing::AsNeeded { .. } | Timing::Unstated => return String::new(),
    };
    format!("{head:0<16}")
}

/// What a method is called after the timing; nothing for 内服.
pub(super) fn method_words(method: &str) -> &'static str {
    match method {
        "11" => " 舌下",
        "2A" => " 貼付",
        "2B" => " 塗布",
        "2C" => " 湿布",
        "2E" => " 噴霧",
        "2G" => " 点耳",
        "2H" => " 点眼",
        "2J" => " 点鼻",
        "2K" => " うがい",
        "2L" => " 吸入",
        "2R" => " 肛門挿入",
        _ => "",
    }
}
