//! From the words of a usage to its code, its times a day and its form.
use super::{Coding, Form, Usage};
use karute_japan::Date;
use karute_terminology::search::shorthand::{self, Sig, Timing};
use karute_terminology::{CodeSystem, Kind, Masters, column};

/// Longest words of a usage or a site, in characters (N(150) of 用法名称 holds more, a screen does not).
pub(super) const WORDS: usize = 100;

/// What the words of a usage alone say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worded {
    /// The usage.
    pub usage: Usage,
    /// The form they tell: 頓用 and 外用 by their words.
    pub form: Option<Form>,
}

/// Reads the words of a usage as typed; what shorthand does not understand stays as it is, without code.
pub fn worded(masters: &Masters, text: &str, day: Date) -> Worded {
    let plain = tidy(text);
    match shorthand::parse(&plain) {
        Some(sig) => of_sig(masters, &sig, day),
        None => Worded { usage: Usage { times: times_of(&plain), text: plain, ..Usage::default() }, form: None },
    }
}

/// The usage of shorthand, without its amounts.
pub(super) fn of_sig(masters: &Masters, sig: &Sig, day: Date) -> Worded {
    let bare = Sig { dose: None, daily: None, days: None, count: None, unit: "", ..sig.clone() };
    let text = spaced(&bare.display());
    let form = match sig.timing {
        Timing::AsNeeded { .. } => Some(Form::AsNeeded),
        _ if sig.method.starts_with('2') => Some(Form::External),
        _ => None,
    };
    Worded { usage: Usage { text, code: code_of(masters, sig, day), times: sig.times, ..Usage::default() }, form }
}

/// The code of a usage where a list carries it on the day, under the address of that list.
fn code_of(masters: &Masters, sig: &Sig, day: Date) -> Option<Coding> {
    let record = masters.table(Kind::Usage)?.at(&sig.code, day).filter(|record| record.is_usable(day))?;
    let electronic = record.get(column::usage::LISTS).split(' ').any(|list| list == "eP");
    let system = if electronic { CodeSystem::EPrescriptionUsage } else { CodeSystem::Usage };
    Some(Coding {
        system: system.url().to_owned(),
        code: record.key().to_owned(),
        display: record.get(column::usage::NAME).to_owned(),
    })
}

/// `1日1回朝食後` is written `1日1回 朝食後`, as clinics print it.
fn spaced(text: &str) -> String {
    match text.split_once('回') {
        Some((often, rest)) if often.starts_with("1日") && !rest.is_empty() && !rest.starts_with([' ', 'ま']) => {
            format!("{often}回 {rest}")
        }
        _ => text.to_owned(),
    }
}

/// Times a day that words tell somewhere: `週1回 起床時` is one, `1日2回 両目に点眼` two.
pub(super) fn times_of(text: &str) -> Option<u8> {
    let plain: String = text.chars().map(super::amount::half_width).collect();
    let after = ["1日", "週に", "週"].iter().find_map(|word| plain.split_once(word).map(|(_, after)| after))?;
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    let rest = after.strip_prefix(digits.as_str())?;
    digits.parse().ok().filter(|times| rest.starts_with('回') && (1..=24).contains(times))
}

/// Times a day by a usage code: its fourth character where its third names meals, hours or another rhythm.
pub(super) fn times_of_code(code: &str) -> Option<u8> {
    let mut kinds = code.chars().skip(2);
    matches!(kinds.next()?, '1' | '2' | '4')
        .then(|| kinds.next()?.to_digit(10))
        .flatten()
        .and_then(|times| u8::try_from(times).ok())
        .filter(|times| *times > 0)
}

/// Without control characters and surplus space, bounded.
pub(super) fn tidy(text: &str) -> String {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    words.join(" ").chars().take(WORDS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_usages_with_code_and_form() {
        let masters = Masters::starter();
        let day = Date::constant(2026, 11, 20);
        for (typed, text, code, times, form) in [
            ("朝", "1日1回 朝食後", "1011000400000000", 1, None),
            ("1日2回朝夕食後", "1日2回 朝夕食後", "1012040400000000", 2, None),
            ("毎食後", "1日3回 毎食後", "1013044400000000", 3, None),
            ("発熱時", "頓用 発熱時", "", 0, Some(Form::AsNeeded)),
            ("頓用 疼痛時 1日3回まで", "頓用 疼痛時 1日3回まで", "", 0, Some(Form::AsNeeded)),
            ("1日2回 塗布", "1日2回 塗布", "", 2, Some(Form::External)),
            ("週1回  起床時", "週1回 起床時", "", 1, None),
            ("医師の指示通り", "医師の指示通り", "", 0, None),
        ] {
            let found = worded(&masters, typed, day);
            let known = found.usage.code.as_ref().map_or("", |coding| coding.code.as_str());
            assert_eq!((found.usage.text.as_str(), known, found.form), (text, code, form), "{typed}");
            assert_eq!(found.usage.times.unwrap_or(0), times, "{typed}");
        }
    }

    #[test]
    fn times_stand_in_words_and_codes() {
        for (text, times) in [("1日4回 両目に1滴ずつ点眼", Some(4)), ("週1回 起床時", Some(1)), ("疼痛時", None)]
        {
            assert_eq!(times_of(text), times, "{text}");
        }
        for (code, times) in
            [("1013044400000000", Some(3)), ("1050110000000000", None), ("1023000000000000", Some(3)), ("", None)]
        {
            assert_eq!(times_of_code(code), times, "{code}");
        }
    }
}
