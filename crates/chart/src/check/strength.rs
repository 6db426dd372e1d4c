//! How much active substance an amount holds.
use super::Amount;
use rust_decimal::Decimal;

/// Half-width letters and digits, `μ` as `µ`.
fn fold(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            'μ' => 'µ',
            '　' => ' ',
            other => other,
        })
        .collect()
}

const UNITS: [(&str, &str); 8] = [
    ("mg", "mg"),
    ("µg", "µg"),
    ("mcg", "µg"),
    ("マイクログラム", "µg"),
    ("%", "%"),
    ("ミリグラム", "mg"),
    ("単位", "単位"),
    ("g", "g"),
];

/// Strength in a name or in the 規格 of a master: `アムロジピン錠５ｍｇ` is `5 mg`, `２０％１ｇ` is `20 %`. A number without a
/// unit (`ブロプレス錠４`) keeps an empty unit: that of the dose table is meant. `None` for combinations and names
/// without a number.
pub fn strength(text: &str) -> Option<Amount> {
    let folded = fold(text);
    // What stands in brackets is the maker or a remark.
    let bare = folded.split(['「', '(', '（', '[']).next().unwrap_or(&folded);
    if bare.contains("配合") {
        return None;
    }
    let mut plain = None;
    let mut rest = bare;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let from = rest.get(start..)?;
        let end = from.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(from.len());
        let (number, after) = from.split_at_checked(end)?;
        let value: Option<Decimal> = number.trim_end_matches('.').parse().ok();
        if let Some(value) = value.filter(|v| *v > Decimal::ZERO) {
            if let Some((_, unit)) = UNITS.iter().find(|(written, _)| after.starts_with(written)) {
                return Some(Amount { value, unit: (*unit).to_owned() });
            }
            // A number that counts pieces (1錠, 2号) or stands before letters of the name is no strength.
            let ends = after.is_empty() || after.starts_with(['小', ' ', '・']);
            if ends && start > 0 {
                plain = Some(Amount { value, unit: String::new() });
            }
        }
        rest = after;
    }
    plain
}

/// The amount in `unit` (mg, µg, g, 錠): how much active substance is taken. `None` when it cannot be told.
pub(super) fn active(amount: &Amount, strength: Option<&Amount>, unit: &str) -> Option<Decimal> {
    let written = fold(amount.unit.trim());
    let written = written.as_str();
    if unit == "錠" {
        return matches!(written, "錠" | "T" | "カプセル" | "C" | "TAB" | "CAP").then_some(amount.value);
    }
    let own = to_milligrams(amount.value, written);
    // Milligrams were written: nothing to reckon with.
    if matches!(written, "mg" | "µg") {
        return from_milligrams(own?, unit);
    }
    match strength {
        Some(s) if s.unit == "%" => {
            // 1 mL is taken as 1 g, as 薬価基準 does for solutions.
            let grams = if written == "mL" { amount.value } else { own? / Decimal::ONE_THOUSAND };
            from_milligrams(grams.checked_mul(s.value)?.checked_mul(Decimal::TEN)?, unit)
        }
        Some(s) => {
            let each =
                if s.unit.is_empty() { s.value } else { from_milligrams(to_milligrams(s.value, &s.unit)?, unit)? };
            amount.value.checked_mul(each)
        }
        None => from_milligrams(own?, unit),
    }
}

fn to_milligrams(value: Decimal, unit: &str) -> Option<Decimal> {
    match unit {
        "g" => value.checked_mul(Decimal::ONE_THOUSAND),
        "mg" => Some(value),
        "µg" => Some(value / Decimal::ONE_THOUSAND),
        _ => None,
    }
}

fn from_milligrams(value: Decimal, unit: &str) -> Option<Decimal> {
    match unit {
        "g" => Some(value / Decimal::ONE_THOUSAND),
        "mg" => Some(value),
        "µg" => value.checked_mul(Decimal::ONE_THOUSAND),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn strengths_are_read_from_names_and_from_the_price_list() {
        for (text, expected) in [
            ("アムロジピンOD錠5mg「トーワ」", Some(("5", "mg"))),
            ("ノルバスク錠２．５ｍｇ", Some(("2.5", "mg"))),
            ("【般】レボチロキシンナトリウム錠50μg", Some(("50", "µg"))),
            ("メチコバール錠５００μｇ", Some(("500", "µg"))),
            ("ブロプレス錠４", Some(("4", ""))),
            ("ベイスン錠０．２", Some(("0.2", ""))),
            ("クラリス錠５０小児用", Some(("50", ""))),
            ("カルボシステインシロップ５％", Some(("5", "%"))),
            ("５％１ｍＬ", Some(("5", "%"))),
            ("フロモックス小児用細粒１００ｍｇ", Some(("100", "mg"))),
            ("１０ｃｍ×１４ｃｍ１枚", None),
            ("トラムセット配合錠", None),
            ("酸化マグネシウム", None),
            ("L-カルボシステイン", None),
            ("", None),
        ] {
            let found = strength(text);
            let expected = expected.map(|(v, u)| Amount { value: v.parse().unwrap(), unit: u.to_owned() });
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn an_amount_is_turned_into_active_substance() {
        for (value, unit, of, wanted, expected) in [
            ("2", "錠", "5mg", "mg", Some("10")),
            ("1", "錠", "ブロプレス錠4", "mg", Some("4")),
            ("2", "錠", "50µg", "µg", Some("100")),
            ("1", "錠", "0.05mg", "µg", Some("50")),
            ("0.5", "g", "酸化マグネシウム", "g", Some("0.5")),
            ("1.5", "g", "50%", "mg", Some("750")),
            ("10", "mL", "5%", "mg", Some("500")),
            ("0.9", "g", "100mg", "mg", Some("90")),
            ("300", "mg", "200mg", "mg", Some("300")),
            ("2", "錠", "トラムセット配合錠", "錠", Some("2")),
            ("2", "錠", "名前だけ", "mg", None),
            ("1", "包", "名前だけ", "mg", None),
        ] {
            let amount = Amount { value: value.parse().unwrap(), unit: unit.to_owned() };
            let found = active(&amount, strength(of).as_ref(), wanted).map(|found| found.normalize());
            assert_eq!(found, expected.map(|e| e.parse().unwrap()), "{value}{unit} of {of} in {wanted}");
        }
    }
}
