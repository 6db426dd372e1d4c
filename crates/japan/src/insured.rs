//! Numbers of insurers, public payers and the insured, as cards and certificates show them.
//!
//! Cards are the authority: a number that a card shows is kept even when its check digit does not fit, and the doubt is
//! told beside it. Only what cannot be such a number at all is refused. Numbers of 公費 of a municipality follow no
//! common rule ([`local_number`]).
use crate::half_width_code;
use crate::identifier::{IdentifierError, check_beneficiary_number, check_insurer_number};
use std::borrow::Cow;

/// Most characters of 記号, of 番号 and of the numbers of a municipality's own 公費 (オンライン資格確認, 電子処方箋).
pub const LONGEST: usize = 20;

/// A number in the form in which it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Half-width digits.
    pub number: String,
    /// What speaks against it: to be shown and confirmed, not to be refused.
    pub doubt: Option<IdentifierError>,
}

fn checked(number: String, check: fn(&str) -> Result<(), IdentifierError>) -> Result<Checked, IdentifierError> {
    match check(&number) {
        Err(IdentifierError::Form) => Err(IdentifierError::Form),
        outcome => Ok(Checked { number, doubt: outcome.err() }),
    }
}

/// The digits of a text with full-width digits and the separators that forms print between them.
fn digits(text: &str) -> Result<String, IdentifierError> {
    let text: String = half_width_code(text).chars().filter(|c| !matches!(c, '-' | '－' | '‐')).collect();
    let plain = !text.is_empty() && text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { Ok(text) } else { Err(IdentifierError::Form) }
}

/// A 保険者番号: 8 digits, or 6 for 国民健康保険, which files of fixed width write with two zeros before it.
pub fn insurer_number(text: &str) -> Result<Checked, IdentifierError> {
    let number = digits(text)?;
    let number = match number.strip_prefix("00").filter(|rest| rest.len() == 6) {
        Some(rest) => rest.to_owned(),
        None => number,
    };
    checked(number, check_insurer_number)
}

/// A 保険者番号 of eight digits as exchanges want it: that of 国民健康保険 with two zeros before it.
pub fn insurer_number_8(number: &str) -> String {
    format!("{number:0>8}")
}

/// A 公費負担者番号 by law: 8 digits.
pub fn public_payer_number(text: &str) -> Result<Checked, IdentifierError> {
    let number = digits(text)?;
    if number.len() == 8 { checked(number, check_insurer_number) } else { Err(IdentifierError::Form) }
}

/// A 公費受給者番号 by law: 7 digits.
pub fn beneficiary_number(text: &str) -> Result<Checked, IdentifierError> {
    checked(digits(text)?, check_beneficiary_number)
}

/// A number of a municipality's own 公費 (地方単独事業, 特殊公費): as its certificate shows it, to 20 characters.
pub fn local_number(text: &str) -> Result<String, IdentifierError> {
    let text = half_width_code(text);
    let fits = !text.is_empty() && text.chars().count() <= LONGEST && !text.chars().any(char::is_control);
    if fits { Ok(text.into_owned()) } else { Err(IdentifierError::Form) }
}

/// 記号 or 番号 of a card; `None` where the card has none (番号 alone is common with 国民健康保険).
///
/// Without blanks; all in half width, or all in full width as soon as one character has no half width (仮名, 漢字): so
/// the sharing service and electronic prescriptions want it. Half-width kana become full-width.
pub fn symbol(text: &str) -> Result<Option<String>, IdentifierError> {
    if text.len() > 512 {
        return Err(IdentifierError::Form);
    }
    let narrow = half_width_code(text);
    if narrow.chars().any(|c| c.is_control() || c == ':') {
        return Err(IdentifierError::Form);
    }
    let joined = if narrow.is_ascii() { narrow } else { Cow::Owned(wide(&narrow)) };
    match joined.chars().count() {
        0 => Ok(None),
        1..=LONGEST => Ok(Some(joined.into_owned())),
        _ => Err(IdentifierError::Form),
    }
}

/// Everything in full width.
fn wide(text: &str) -> String {
    let widened = |c: char| match c {
        '!'..='~' => char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c),
        other => other,
    };
    crate::full_width_kana(text).chars().map(widened).collect()
}

/// 枝番: two digits; `None` where the card has none. One digit is written with a zero before it.
pub fn branch(text: &str) -> Result<Option<String>, IdentifierError> {
    let text = half_width_code(text);
    match text.len() {
        0 => Ok(None),
        1 | 2 if text.bytes().all(|byte| byte.is_ascii_digit()) => Ok(Some(format!("{text:0>2}"))),
        _ => Err(IdentifierError::Form),
    }
}

/// 被保険者個人識別子 of the sharing service: 保険者番号8桁`:`記号`:`番号`:`枝番, three colons always.
pub fn member_id(insurer: &str, symbol: Option<&str>, number: &str, branch: Option<&str>) -> String {
    let (symbol, branch) = (symbol.unwrap_or_default(), branch.unwrap_or_default());
    format!("{}:{symbol}:{number}:{branch}", insurer_number_8(insurer))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Check = fn(&str) -> Result<Checked, IdentifierError>;

    #[test]
    fn numbers_of_cards_are_kept_and_doubts_are_told() {
        let doubt = Some(IdentifierError::CheckDigit);
        let place = Some(IdentifierError::Prefecture);
        let form = Err(IdentifierError::Form);
        let kept = |number: &'static str, doubt| Ok((number, doubt));
        for (check, text, expected) in [
            (insurer_number as Check, "01130012", kept("01130012", None)),
            (insurer_number, "０１１３００１２", kept("01130012", None)),
            (insurer_number, "01 13 001 2", kept("01130012", None)),
            (insurer_number, "138016", kept("138016", None)),
            (insurer_number, "00138016", kept("138016", None)),
            (insurer_number, "01130013", kept("01130013", doubt)),
            (insurer_number, "01990012", kept("01990012", place)),
            (insurer_number, "1380161", form),
            (insurer_number, "", form),
            (insurer_number, "01130O12", form),
            (public_payer_number, "12131234", kept("12131234", doubt)),
            (public_payer_number, "138016", form),
            (beneficiary_number, "1234566", kept("1234566", None)),
            (beneficiary_number, "1234567", kept("1234567", doubt)),
            (beneficiary_number, "123456", form),
        ] {
            let found = check(text);
            let found = found.as_ref().map(|found| (found.number.as_str(), found.doubt)).map_err(|error| *error);
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn symbols_and_numbers_are_all_half_or_all_full_width() {
        for (text, expected) in [
            ("12345", Some("12345")),
            ("１２３４５", Some("12345")),
            ("12-34", Some("12-34")),
            ("あいう", Some("あいう")),
            ("あい12", Some("あい１２")),
            ("品川 ｱ-1", Some("品川ア－１")),
            ("  ", None),
            ("", None),
            ("１２３４５６７８９０１２３４５６７８９０", Some("12345678901234567890")),
        ] {
            assert_eq!(symbol(text), Ok(expected.map(str::to_owned)), "{text}");
        }
        for text in ["123456789012345678901", "a\u{7}b", "12:34"] {
            assert_eq!(symbol(text), Err(IdentifierError::Form), "{text}");
        }
        for (text, expected) in [("１", Ok(Some("01"))), ("05", Ok(Some("05"))), ("", Ok(None)), ("123", Err(()))] {
            let found = branch(text);
            assert_eq!(found.as_ref().map(Option::as_deref).map_err(|_| ()), expected, "{text}");
        }
        assert_eq!(local_number(" ８０１３００１ "), Ok("8013001".to_owned()));
        assert!(local_number("").is_err());
    }

    #[test]
    fn members_are_named_as_the_sharing_service_does() {
        assert_eq!(member_id("12345", Some("あいう"), "１８７", Some("05")), "00012345:あいう:１８７:05");
        assert_eq!(member_id("138016", None, "187", None), "00138016::187:");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_was_kept_is_kept_again(text in "[0-9０-９あ-んｱ-ﾟa-z －-]{0,24}") {
            if let Ok(Some(kept)) = symbol(&text) {
                prop_assert_eq!(symbol(&kept), Ok(Some(kept.clone())));
                prop_assert!(kept.is_ascii() || kept.chars().all(|c| !c.is_ascii()));
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            let _ = (insurer_number(&text), public_payer_number(&text), beneficiary_number(&text));
            let _ = (local_number(&text), symbol(&text), branch(&text));
        }
    }
}
