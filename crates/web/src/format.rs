//! Dates, ages and times as the screens write them (ux §11).
use karute_chart::view::Person;
use karute_japan::{Date, Timestamp, age as ages, era};

/// `11/20`, with the year when it is not this year: `2025/11/20`.
pub(crate) fn near(date: Date, today: Date) -> String {
    if date.year() == today.year() { format!("{}/{}", date.month(), date.day()) } else { full(date) }
}

/// `2025/11/20`
pub(crate) fn full(date: Date) -> String {
    format!("{}/{}/{}", date.year(), date.month(), date.day())
}

/// `2026年11月20日（金）`
pub(crate) fn heading(date: Date) -> String {
    format!("{}年{}月{}日（{}）", date.year(), date.month(), date.day(), weekday(date))
}

/// `金`
pub(crate) fn weekday(date: Date) -> &'static str {
    match date.weekday() {
        jiff::civil::Weekday::Monday => "月",
        jiff::civil::Weekday::Tuesday => "火",
        jiff::civil::Weekday::Wednesday => "水",
        jiff::civil::Weekday::Thursday => "木",
        jiff::civil::Weekday::Friday => "金",
        jiff::civil::Weekday::Saturday => "土",
        jiff::civil::Weekday::Sunday => "日",
    }
}

/// `金・4週前`: relative words only beside the date.
pub(crate) fn weekday_and_distance(date: Date, today: Date) -> String {
    let days = today.since(date).map_or(0, |s| s.get_days());
    let distance = match days {
        0 => Some("今日".to_owned()),
        1 => Some("昨日".to_owned()),
        2..=6 => Some(format!("{days}日前")),
        7..=83 => Some(format!("{}週前", days / 7)),
        84..=729 => Some(format!("{}か月前", days * 12 / 365)),
        730.. => Some(format!("{}年前", days / 365)),
        _ => None,
    };
    match distance {
        Some(words) => format!("{}・{words}", weekday(date)),
        None => weekday(date).to_owned(),
    }
}

/// `9:05`
pub(crate) fn clock(at: Timestamp) -> String {
    at.clock_in_japan()
}

/// `11/20 9:05:07`, for lists of events.
pub(crate) fn moment(at: Timestamp, today: Date) -> String {
    format!("{} {}", near(at.day_in_japan(), today), clock(at))
}

/// `S33.3.14`
pub(crate) fn era_short(date: Date) -> String {
    era::short(date)
}

/// `昭和33年3月14日`
pub(crate) fn era_long(date: Date) -> String {
    era::long(date)
}

/// `令和8年`
pub(crate) fn era_year(date: Date) -> String {
    era::of(date).map_or_else(String::new, |(era, year)| format!("{}{year}年", era.name()))
}

/// `68歳`, `6歳4か月`, `8か月12日`; `享年` for those who died; `年齢不明`.
pub(crate) fn age(person: &Person, on: Date) -> String {
    let Some(birth) = person.birth else { return "年齢不明".to_owned() };
    if person.dead {
        return person
            .died
            .and_then(|d| ages::display(birth, d))
            .map_or_else(|| "死亡".to_owned(), |a| format!("享年{a}"));
    }
    ages::display(birth, on).unwrap_or_else(|| "年齢不明".to_owned())
}

/// Numerals and Latin letters in half width, as screens show them (ux §11); masters write them in full width. Codes and
/// what is stored stay as published.
pub(crate) fn half_width(text: &str) -> String {
    let one = |c: char| match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '．' | '％' | '／' | '，' => {
            char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c)
        }
        other => other,
    };
    text.chars().map(one).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn strengths_are_shown_in_half_width() {
        for (published, shown) in [
            ("ノルバスク錠２．５ｍｇ", "ノルバスク錠2.5mg"),
            ("ＥＰＬカプセル２５０ｍｇ", "EPLカプセル250mg"),
            ("白色ワセリン（局）１０ｇ", "白色ワセリン（局）10g"),
            ("０．０５％１ｇ", "0.05%1g"),
            ("イオパミロン注３７０　７５．５２％１００ｍＬ", "イオパミロン注370　75.52%100mL"),
        ] {
            assert_eq!(half_width(published), shown);
        }
    }

    #[test]
    fn dates_stand_with_weekday_and_distance() {
        let today: Date = "2026-11-20".parse().unwrap();
        let cases = [
            ("2026-11-20", "11/20", "金・今日"),
            ("2026-11-19", "11/19", "木・昨日"),
            ("2026-11-14", "11/14", "土・6日前"),
            ("2026-11-13", "11/13", "金・1週前"),
            ("2026-10-23", "10/23", "金・4週前"),
            ("2026-05-20", "5/20", "水・6か月前"),
            ("2025-11-20", "2025/11/20", "木・12か月前"),
            ("2020-11-20", "2020/11/20", "金・6年前"),
            ("2026-11-21", "11/21", "土"),
        ];
        for (date, shown, words) in cases {
            let date: Date = date.parse().unwrap();
            assert_eq!(near(date, today), shown);
            assert_eq!(weekday_and_distance(date, today), words, "{shown}");
        }
        assert_eq!(heading(today), "2026年11月20日（金）");
    }
}
