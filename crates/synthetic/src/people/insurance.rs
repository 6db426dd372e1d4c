//! Health insurance. All insurers are fictitious: their serial number 999 is not in use, their check digits are right.
use crate::random::Random;
use karute_japan::{Date, age, identifier::check_digit};

/// One insurance of one person.
#[derive(Clone, Debug)]
pub(crate) struct Insurance {
    /// Kind as the desk says it: `協会けんぽ`, `国民健康保険` …
    pub(crate) kind: &'static str,
    /// Name of the insurer.
    pub(crate) insurer: String,
    /// 保険者番号; none when the patient pays alone.
    pub(crate) insurer_number: Option<String>,
    pub(crate) symbol: String,
    pub(crate) number: String,
    pub(crate) branch: String,
    /// Whether the patient is the insured person.
    pub(crate) own: bool,
    /// Share the patient pays, in percent.
    pub(crate) share: i64,
    pub(crate) from: Date,
    pub(crate) until: Option<Date>,
}

/// The insurance of a person on a day.
pub(crate) fn draw(random: &mut Random, birth: Date, prefecture: (u8, &str), today: Date) -> Insurance {
    let years = age::years_on(birth, today).unwrap_or(0);
    let (number, name) = prefecture;
    let late = age::first_day_of_late_elderly(birth).is_some_and(|day| day <= today);
    let kinds = [
        ("協会けんぽ", 34.0, "01", format!("全国健康保険協会 {name}支部")),
        ("健康保険組合", 17.0, "06", "みどり野電機健康保険組合".to_owned()),
        ("共済組合", 5.0, "32", format!("{name}職員共済組合")),
        ("国民健康保険", if years >= 65 { 120.0 } else { 20.0 }, "", "みどり野市国民健康保険".to_owned()),
        ("生活保護", 1.5, "12", "みどり野市福祉事務所".to_owned()),
    ];
    let late_kind = ("後期高齢者医療", 1.0, "39", format!("{name}後期高齢者医療広域連合"));
    let drawn = if late { Some(&late_kind) } else { random.weighted(&kinds, |row| row.1) };
    let (kind, _, law, insurer) = drawn.unwrap_or(&late_kind);
    let front = format!("{law}{number:02}999");
    let insurer_number = check_digit(&front).map(|check| format!("{front}{check}"));
    let employee = matches!(*kind, "協会けんぽ" | "健康保険組合" | "共済組合");
    let own = !employee || ((20..70).contains(&years) && random.chance(0.7));
    let share = share(kind, birth, today, random);
    // 後期高齢者医療 itself began in April 2008.
    let begin = age::first_day_of_late_elderly(birth).filter(|_| late).map(|day| day.max(Date::constant(2008, 4, 1)));
    let years_back = random.between(1, 9) as i16;
    // 3 of 100 have an insurance that ended in spring.
    let ended = random.chance(0.03).then(|| Date::new(today.year(), 3, 31).ok()).flatten().filter(|day| *day < today);
    Insurance {
        kind,
        insurer: insurer.clone(),
        insurer_number,
        symbol: if late || *kind == "生活保護" {
            String::new()
        } else {
            format!("{}", random.between(1, 99_999_999))
        },
        number: format!("{}", random.between(1_000_000, 9_999_999)),
        branch: if *kind == "生活保護" {
            String::new()
        } else if own {
            "00".to_owned()
        } else {
            format!("{:02}", random.between(1, 4))
        },
        own,
        share,
        from: begin.or_else(|| Date::new(today.year() - years_back, 4, 1).ok()).unwrap_or(birth).max(birth),
        until: ended,
    }
}

fn share(kind: &str, birth: Date, today: Date, random: &mut Random) -> i64 {
    let before_school = age::last_day_before_school(birth).is_some_and(|day| today <= day);
    let from_70 = age::first_day_of_70s_share(birth).is_some_and(|day| day <= today);
    match kind {
        "生活保護" => 0,
        "後期高齢者医療" if random.chance(0.07) => 30,
        "後期高齢者医療" if random.chance(0.22) => 20,
        "後期高齢者医療" => 10,
        _ if before_school || from_70 => 20,
        _ => 30,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use karute_japan::identifier::check_insurer_number;

    #[test]
    fn insurers_have_right_check_digits_and_shares_follow_age() {
        let today = Date::constant(2026, 11, 22);
        for index in 0..400 {
            let mut random = Random::stream(1, "insurance", index);
            for (birth, shares) in [
                ("1940-05-01", &[10, 20, 30][..]),
                ("2022-05-01", &[0, 20]),
                ("1990-05-01", &[0, 30]),
                ("1955-05-01", &[0, 20]),
            ] {
                let drawn = draw(&mut random, birth.parse().unwrap(), (14, "神奈川県"), today);
                assert_eq!(check_insurer_number(drawn.insurer_number.as_deref().unwrap()), Ok(()), "{drawn:?}");
                assert!(shares.contains(&drawn.share), "{drawn:?}");
                assert!(drawn.from <= today);
                assert_eq!(drawn.kind == "後期高齢者医療", birth == "1940-05-01");
            }
        }
    }
}
