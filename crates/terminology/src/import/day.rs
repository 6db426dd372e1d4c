//! Dates as files write them.
use karute_japan::{Date, era, half_width_code};

/// A cell that is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoDay;

/// A day, or none where the file says "none" (empty, zeros) or "for ever" (nines). Understood: `20260401`,
/// `R8.3.31まで`, `令和8年4月1日`, `2026/4/1`.
pub(super) fn day(text: &str) -> Result<Option<Date>, NoDay> {
    let plain = half_width_code(text);
    let plain = plain.strip_suffix("まで").unwrap_or(&plain);
    if plain.bytes().all(|byte| byte == b'0') || (plain.len() >= 6 && plain.bytes().all(|byte| byte == b'9')) {
        return Ok(None);
    }
    if plain.len() == 8 && plain.bytes().all(|byte| byte.is_ascii_digit()) {
        return eight(plain).map(Some).ok_or(NoDay);
    }
    // Receipt numbers of seven digits would be read as 和暦; no master writes them.
    if plain.len() == 7 && plain.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NoDay);
    }
    era::parse(plain).map(Some).map_err(|_| NoDay)
}

/// `YYYYMMDD`, which almost every cell is.
fn eight(digits: &str) -> Option<Date> {
    let number = digits.parse::<u32>().ok()?;
    let part = |number: u32| i8::try_from(number).ok();
    Date::new(i16::try_from(number / 10_000).ok()?, part(number / 100 % 100)?, part(number % 100)?).ok()
}

/// The date in the name of a file or sheet: `y_20260401.csv`, `ippan_260401.xlsx`, `（R8.4.1版）`.
pub(super) fn of_name(name: &str) -> Option<Date> {
    let plain = half_width_code(name).into_owned();
    digits(&plain).or_else(|| reiwa(&plain))
}

/// A run of exactly eight or six digits that is a day of this century.
fn digits(name: &str) -> Option<Date> {
    let runs = || name.split(|c: char| !c.is_ascii_digit());
    let eight = runs().filter(|run| run.len() == 8).find_map(century);
    eight.or_else(|| runs().filter(|run| run.len() == 6).find_map(|run| century(&format!("20{run}"))))
}

fn century(digits: &str) -> Option<Date> {
    day(digits).ok().flatten().filter(|date| (1990..2100).contains(&date.year()))
}

/// `R8.4.1`, `R08_04_01`, `令和8年4月1日`.
fn reiwa(name: &str) -> Option<Date> {
    let starts = name.char_indices().filter(|(_, c)| matches!(c, 'R' | 'r' | '令'));
    starts.map(|(at, _)| name.get(at..).unwrap_or_default()).find_map(|rest| {
        let era_end = rest.find(|c: char| c.is_ascii_digit() || c == '元')?;
        if !matches!(rest.get(..era_end)?, "R" | "r" | "令和") {
            return None;
        }
        let parts: Vec<&str> = rest.get(era_end..)?.splitn(4, ['.', '_', '-', '年', '月']).take(3).collect();
        let [year, month, day_on] = parts.as_slice() else { return None };
        let day_of_month: String = day_on.chars().take_while(char::is_ascii_digit).collect();
        era::parse(&format!("R{year}.{month}.{day_of_month}")).ok()
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn days_of_cells() {
        let date = |text: &str| Ok(Some(text.parse().unwrap()));
        for (text, expected) in [
            ("20260401", date("2026-04-01")),
            ("R8.3.31まで", date("2026-03-31")),
            ("Ｒ８．３．３１まで", date("2026-03-31")),
            ("令和8年4月1日", date("2026-04-01")),
            ("H31.4.30", date("2019-04-30")),
            ("2026/4/1", date("2026-04-01")),
            ("", Ok(None)),
            ("0", Ok(None)),
            ("00000000", Ok(None)),
            ("99999999", Ok(None)),
            ("20260231", Err(NoDay)),
            ("2026", Err(NoDay)),
            ("5080401", Err(NoDay)),
            ("なし", Err(NoDay)),
        ] {
            assert_eq!(day(text), expected, "{text}");
        }
    }

    #[test]
    fn days_of_names() {
        for (name, expected) in [
            ("y_20260401.csv", Some("2026-04-01")),
            ("tp20250716-01_01.xlsx", Some("2025-07-16")),
            ("ippanmeishohoumaster_260401.xlsx", Some("2026-04-01")),
            ("一般名処方マスタ（R8.4.1版）　全体", Some("2026-04-01")),
            ("用法_R08_04_01.csv", Some("2026-04-01")),
            ("令和8年4月1日.csv", Some("2026-04-01")),
            ("KEN_ALL.CSV", None),
            ("nmain512.txt", None),
            ("20261301.csv", None),
            ("Rp.csv", None),
            ("", None),
        ] {
            assert_eq!(of_name(name), expected.map(|text| text.parse().unwrap()), "{name}");
        }
    }
}
