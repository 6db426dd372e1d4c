//! 都道府県, 医療機関コード, 保険者番号 and their check digits (検証番号).

/// The 47 prefectures by number (JIS X 0401), from 1.
pub const PREFECTURES: [&str; 47] = [
    "北海道",
    "青森県",
    "岩手県",
    "宮城県",
    "秋田県",
    "山形県",
    "福島県",
    "茨城県",
    "栃木県",
    "群馬県",
    "埼玉県",
    "千葉県",
    "東京都",
    "神奈川県",
    "新潟県",
    "富山県",
    "石川県",
    "福井県",
    "山梨県",
    "長野県",
    "岐阜県",
    "静岡県",
    "愛知県",
    "三重県",
    "滋賀県",
    "京都府",
    "大阪府",
    "兵庫県",
    "奈良県",
    "和歌山県",
    "鳥取県",
    "島根県",
    "岡山県",
    "広島県",
    "山口県",
    "徳島県",
    "香川県",
    "愛媛県",
    "高知県",
    "福岡県",
    "佐賀県",
    "長崎県",
    "熊本県",
    "大分県",
    "宮崎県",
    "鹿児島県",
    "沖縄県",
];

/// The name of a prefecture by its number, 1 to 47.
pub fn prefecture(number: u8) -> Option<&'static str> {
    PREFECTURES.get(usize::from(number).checked_sub(1)?).copied()
}

/// Why a number was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentifierError {
    /// Not digits, or not so many.
    Form,
    /// The prefecture does not exist.
    Prefecture,
    /// The 点数表番号 is none of 1, 3, 4, 6.
    Table,
    /// The check digit does not fit: a digit is mistyped.
    CheckDigit,
}

impl std::fmt::Display for IdentifierError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            IdentifierError::Form => "桁数または数字以外の文字を確かめてください。",
            IdentifierError::Prefecture => "都道府県番号（01〜47）が正しくありません。",
            IdentifierError::Table => "点数表番号（医科1、歯科3、調剤4、訪問看護6）が正しくありません。",
            IdentifierError::CheckDigit => "検証番号が合いません。番号の打ち間違いがないか確かめてください。",
        })
    }
}

impl std::error::Error for IdentifierError {}

/// The check digit for `digits`: each is weighted 2, 1, 2, 1 … from the right, the digits of the products are added,
/// and what is missing to a full ten is the check digit. `None` when there is anything but ASCII digits.
pub fn check_digit(digits: &str) -> Option<u8> {
    let mut sum = 0u32;
    for (index, byte) in digits.bytes().rev().enumerate() {
        let digit = u32::from(byte.is_ascii_digit().then(|| byte - b'0')?);
        let product = if index % 2 == 0 { digit * 2 } else { digit };
        sum += product / 10 + product % 10;
    }
    u8::try_from((10 - sum % 10) % 10).ok()
}

/// A 医療機関コード of 10 digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstitutionCode(String);

/// In these prefectures the check digit covers only the six digits of district and institution; elsewhere also
/// prefecture and 点数表番号 before them. Established on the 91,181 medical institutions which the regional bureaus of
/// health (厚生局) list for 40 prefectures: all but 19 of them follow it (those 19 fit as another 点数表番号).
const SHORT_CHECK: std::ops::RangeInclusive<u8> = 11..=14;
/// Prefectures that were not among those 40: either way is accepted.
const UNKNOWN_CHECK: [u8; 7] = [2, 3, 4, 5, 6, 7, 47];

impl InstitutionCode {
    /// Checks 10 digits: 都道府県 2, 点数表 1, 郡市区 2, 機関 4, 検証番号 1.
    pub fn parse(text: &str) -> Result<InstitutionCode, IdentifierError> {
        let digits = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit());
        let parts = || Some((text.get(..2)?, text.get(2..3)?, text.get(3..9)?, text.get(..9)?, text.get(9..)?));
        let (true, Some((prefecture_digits, table, short, long, check))) = (digits, parts()) else {
            return Err(IdentifierError::Form);
        };
        let number: u8 = prefecture_digits.parse().map_err(|_| IdentifierError::Form)?;
        prefecture(number).ok_or(IdentifierError::Prefecture)?;
        if !matches!(table, "1" | "3" | "4" | "6") {
            return Err(IdentifierError::Table);
        }
        let written = check.parse::<u8>().ok();
        let short_fits = check_digit(short) == written;
        let long_fits = check_digit(long) == written;
        // The lists hold medical institutions only; for the other tables either way is accepted too.
        let fits = match number {
            number if table != "1" || UNKNOWN_CHECK.contains(&number) => short_fits || long_fits,
            number if SHORT_CHECK.contains(&number) => short_fits,
            _ => long_fits,
        };
        if fits { Ok(InstitutionCode(text.to_owned())) } else { Err(IdentifierError::CheckDigit) }
    }

    /// Like [`InstitutionCode::parse`], for codes that come from elsewhere: what has the form of one is accepted, and
    /// what speaks against it is told beside it. A few real institutions have digits that fit no rule (19 of 91,181).
    pub fn accept(text: &str) -> Result<(InstitutionCode, Option<IdentifierError>), IdentifierError> {
        let text = crate::half_width_code(text);
        match InstitutionCode::parse(&text) {
            Ok(code) => Ok((code, None)),
            Err(IdentifierError::CheckDigit) => {
                Ok((InstitutionCode(text.into_owned()), Some(IdentifierError::CheckDigit)))
            }
            Err(error) => Err(error),
        }
    }

    /// Builds a code from prefecture (1 to 47) and the six digits of district and institution, for medical
    /// institutions (点数表 1).
    pub fn medical(prefecture_number: u8, district_and_institution: &str) -> Result<InstitutionCode, IdentifierError> {
        let long = format!("{prefecture_number:02}1{district_and_institution}");
        let covered = if SHORT_CHECK.contains(&prefecture_number) { district_and_institution } else { &long };
        let check = check_digit(covered).ok_or(IdentifierError::Form)?;
        InstitutionCode::parse(&format!("{long}{check}"))
    }
    /// All 10 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// Number of the prefecture, 1 to 47.
    pub fn prefecture(&self) -> u8 {
        self.0.get(..2).and_then(|digits| digits.parse().ok()).unwrap_or_default()
    }
    /// The 7 digits used inside the prefecture.
    pub fn number(&self) -> &str {
        self.0.get(3..).unwrap_or_default()
    }
}

/// Checks a 保険者番号: 8 digits (法別 2, 都道府県 2, 保険者 3, 検証番号 1) or, for 国民健康保険, 6 (without 法別).
/// 公費負担者番号 have the form of the former.
pub fn check_insurer_number(text: &str) -> Result<(), IdentifierError> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    let prefecture_at = match text.len() {
        8 if digits => 2,
        6 if digits => 0,
        _ => return Err(IdentifierError::Form),
    };
    let number = text.get(prefecture_at..prefecture_at + 2).and_then(|two| two.parse().ok());
    number.and_then(prefecture).ok_or(IdentifierError::Prefecture)?;
    check_last(text)
}

/// Checks a 受給者番号 of 公費: 7 digits, the last a check digit.
pub fn check_beneficiary_number(text: &str) -> Result<(), IdentifierError> {
    if text.len() != 7 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(IdentifierError::Form);
    }
    check_last(text)
}

fn check_last(text: &str) -> Result<(), IdentifierError> {
    let (covered, written) = text.split_at_checked(text.len() - 1).ok_or(IdentifierError::Form)?;
    let fits = check_digit(covered).is_some_and(|digit| written.parse() == Ok(digit));
    if fits { Ok(()) } else { Err(IdentifierError::CheckDigit) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn published_numbers_have_the_check_digits_they_should() {
        // 協会けんぽ 北海道, 東京; 千葉県警; 千代田区国保; 東京都後期高齢者医療広域連合.
        for number in ["01010016", "01130012", "33120015", "138016", "39131156"] {
            assert_eq!(check_insurer_number(number), Ok(()), "{number}");
        }
    }

    #[test]
    fn every_single_mistyped_digit_is_found() {
        for number in ["01130012", "138016", "33120015"] {
            for (index, right) in number.char_indices() {
                for wrong in '0'..='9' {
                    let typed = format!("{}{wrong}{}", &number[..index], &number[index + 1..]);
                    assert_eq!(check_insurer_number(&typed).is_ok(), wrong == right, "{typed}");
                }
            }
        }
        for bad in ["", "0113001", "011300120", "1380161", "０１１３００１２", "0113001x", "999999"] {
            assert!(check_insurer_number(bad).is_err(), "{bad}");
        }
        assert_eq!(check_insurer_number("01990012"), Err(IdentifierError::Prefecture));
    }

    #[test]
    fn institution_codes_are_checked_as_their_prefecture_does() {
        // 札幌: the digit covers prefecture and table; in Tokyo it does not.
        let code = InstitutionCode::parse("0110113719").unwrap();
        assert_eq!((code.prefecture(), code.number()), (1, "0113719"));
        assert_eq!(InstitutionCode::parse("0110113712"), Err(IdentifierError::CheckDigit));
        assert!(InstitutionCode::parse("1311234566").is_ok());
        assert_eq!(InstitutionCode::parse("1311234569"), Err(IdentifierError::CheckDigit));
        assert_eq!(InstitutionCode::parse("4810113719"), Err(IdentifierError::Prefecture));
        assert_eq!(InstitutionCode::parse("0010113719"), Err(IdentifierError::Prefecture));
        assert_eq!(InstitutionCode::parse("0120113719"), Err(IdentifierError::Table));
        for bad in ["", "0113719", "01101137190", "０１１０１１３７１９", "01101137 9"] {
            assert_eq!(InstitutionCode::parse(bad), Err(IdentifierError::Form), "{bad}");
        }
    }

    #[test]
    fn codes_from_elsewhere_are_accepted_with_a_doubt() {
        for (text, expected) in [
            ("1311234566", Ok(None)),
            ("１３１１２３４５６６", Ok(None)),
            ("1311234569", Ok(Some(IdentifierError::CheckDigit))),
            ("4811234569", Err(IdentifierError::Prefecture)),
            ("131123456", Err(IdentifierError::Form)),
        ] {
            assert_eq!(InstitutionCode::accept(text).map(|(_, doubt)| doubt), expected, "{text}");
        }
    }

    #[test]
    fn codes_that_are_built_pass_their_own_check() {
        for number in 1..=47 {
            let code = InstitutionCode::medical(number, "999001").unwrap();
            assert_eq!(InstitutionCode::parse(code.as_str()), Ok(code.clone()));
            assert_eq!(code.prefecture(), number);
        }
        assert_eq!(InstitutionCode::medical(13, "12345"), Err(IdentifierError::Form));
        assert_eq!(InstitutionCode::medical(48, "123456"), Err(IdentifierError::Prefecture));
    }

    #[test]
    fn beneficiary_numbers_are_checked() {
        let digit = check_digit("123456").unwrap();
        assert_eq!(check_beneficiary_number(&format!("123456{digit}")), Ok(()));
        assert_eq!(check_beneficiary_number(&format!("123457{digit}")), Err(IdentifierError::CheckDigit));
        assert_eq!(check_beneficiary_number("123"), Err(IdentifierError::Form));
        assert_eq!(check_digit("12x"), None);
    }

    #[test]
    fn prefectures_are_numbered_from_1_to_47() {
        assert_eq!(prefecture(1), Some("北海道"));
        assert_eq!(prefecture(13), Some("東京都"));
        assert_eq!(prefecture(47), Some("沖縄県"));
        assert_eq!((prefecture(0), prefecture(48)), (None, None));
    }
}
