//! One item of a record or a message: its name, its type, whether it must be there.
use super::Assumption;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Code tables by name.
pub type Codes = BTreeMap<String, Vec<String>>;

/// The type of an item (digest 5.2: 9(n), X(n), N(n)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// At most so many half-width digits.
    Digits(usize),
    /// A number without sign: digits before and after the point.
    Decimal(usize, usize),
    /// A day, `yyyyMMdd`.
    Day,
    /// Half-width letters, digits and signs.
    Narrow(usize),
    /// The same with half-width kana and blanks.
    Kana(usize),
    /// Full-width text; half-width characters count half.
    Wide(usize),
    /// Text of a message in any width, commas too; half-width characters count half.
    Text(usize),
    /// A UUID of 36 characters.
    Uuid,
    /// Base64 without line breaks.
    Base64(usize),
}

/// What is wrong with an item, without its text (which may be the patient's).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ItemError {
    /// It is empty and must not be.
    #[error("必須項目が空です")]
    Missing,
    /// It is longer than allowed.
    #[error("長さの上限を超えています")]
    TooLong,
    /// It has characters that its type does not allow.
    #[error("使えない文字があります")]
    Characters,
    /// Full and half width are mixed.
    #[error("全角と半角が混在しています")]
    Mixed,
    /// It has characters outside JIS X 0208 (platform-dependent, 外字).
    #[error("機種依存文字または外字があります")]
    PlatformDependent,
    /// Not a day of the calendar.
    #[error("暦にない日付です")]
    Day,
    /// Not a code of its table.
    #[error("コード表にない値です")]
    Code,
    /// The profile itself describes an item that cannot be read.
    #[error("the item's description cannot be read")]
    Description,
}

/// An item.
#[derive(Clone, Debug)]
pub struct Item {
    /// Name in our code.
    pub key: String,
    /// Its name in the specification: 項目名, or the element.
    pub label: String,
    /// Type.
    pub format: Format,
    /// It must not be empty.
    pub required: bool,
    /// Allowed codes; `None` = any of the type.
    codes: Option<(Arc<Codes>, String)>,
}

impl Item {
    /// Reads `key label type M|O|C [@table] [?assumption]`; answers the number of the assumption beside it.
    ///
    /// # Errors
    /// When it says too little or too much.
    pub fn parse(text: &str, codes: &Arc<Codes>) -> Result<(Item, Option<String>), ItemError> {
        let (text, assumed) = match text.split_once(" ?") {
            Some((text, register)) => (text, Some(register.to_owned())),
            None => (text, None),
        };
        let mut words = text.split(' ');
        let mut word = || words.next().filter(|word| !word.is_empty()).ok_or(ItemError::Description);
        let (key, label, format, need) = (word()?, word()?, Format::parse(word()?)?, word()?);
        let required = match need {
            "M" => true,
            "O" | "C" => false,
            _ => return Err(ItemError::Description),
        };
        let table = match words.next() {
            None => None,
            Some(table) => {
                let name = table.strip_prefix('@').filter(|name| codes.contains_key(*name));
                Some((Arc::clone(codes), name.ok_or(ItemError::Description)?.to_owned()))
            }
        };
        if words.next().is_some() {
            return Err(ItemError::Description);
        }
        Ok((Item { key: key.to_owned(), label: label.to_owned(), format, required, codes: table }, assumed))
    }

    /// Reads a list of items; their keys are unique.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn list(
        texts: &[String],
        place: &str,
        codes: &Arc<Codes>,
        assumed: &mut Vec<Assumption>,
    ) -> Result<Vec<Item>, ItemError> {
        let mut items: Vec<Item> = Vec::with_capacity(texts.len());
        for text in texts {
            let (item, register) = Item::parse(text, codes)?;
            if items.iter().any(|known| known.key == item.key) {
                return Err(ItemError::Description);
            }
            assumed.extend(register.map(|register| Assumption { place: format!("{place}.{}", item.key), register }));
            items.push(item);
        }
        Ok(items)
    }

    /// Checks a text against type, length, code table and need.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn check(&self, text: &str, jis_only: bool) -> Result<(), ItemError> {
        if text.is_empty() {
            return if self.required { Err(ItemError::Missing) } else { Ok(()) };
        }
        self.format.check(text, jis_only)?;
        match &self.codes {
            Some((tables, name)) if !tables.get(name).is_some_and(|codes| codes.iter().any(|code| code == text)) => {
                Err(ItemError::Code)
            }
            _ => Ok(()),
        }
    }
}

impl Format {
    fn parse(text: &str) -> Result<Format, ItemError> {
        match text {
            "D" => return Ok(Format::Day),
            "U" => return Ok(Format::Uuid),
            _ => {}
        }
        let number = |text: &str| text.parse::<usize>().ok().filter(|n| (1..=100_000_000).contains(n));
        let within =
            |text: &str, letter: char| number(text.strip_prefix(letter)?.strip_prefix('(')?.strip_suffix(')')?);
        if let Some((whole, fraction)) = text.split_once('.') {
            let (whole, fraction) = (within(whole, '9'), within(fraction, '9'));
            return whole.zip(fraction).map(|(w, f)| Format::Decimal(w, f)).ok_or(ItemError::Description);
        }
        [
            ('9', Format::Digits as fn(usize) -> Format),
            ('X', Format::Narrow),
            ('K', Format::Kana),
            ('N', Format::Wide),
            ('T', Format::Text),
            ('B', Format::Base64),
        ]
        .into_iter()
        .find_map(|(letter, made)| within(text, letter).map(made))
        .ok_or(ItemError::Description)
    }

    fn check(self, text: &str, jis_only: bool) -> Result<(), ItemError> {
        let bounded = |max: usize| if text.len() > max { Err(ItemError::TooLong) } else { Ok(()) };
        let all = |allowed: fn(char) -> bool| {
            if text.chars().all(allowed) { Ok(()) } else { Err(ItemError::Characters) }
        };
        match self {
            Format::Digits(max) => all(|c| c.is_ascii_digit()).and_then(|()| bounded(max)),
            Format::Decimal(whole, fraction) => decimal(text, whole, fraction),
            Format::Day => {
                all(|c| c.is_ascii_digit())?;
                day(text).map(drop).ok_or(ItemError::Day)
            }
            Format::Narrow(max) => all(|c| c.is_ascii_graphic() && c != ',').and_then(|()| bounded(max)),
            Format::Kana(max) => {
                all(|c| (c.is_ascii_graphic() && c != ',') || c == ' ' || half_kana(c))?;
                if text.chars().count() > max { Err(ItemError::TooLong) } else { Ok(()) }
            }
            Format::Wide(max) => wide(text, max, jis_only),
            Format::Text(max) => {
                all(|c| !c.is_control())?;
                if text.chars().map(halves).sum::<usize>() > max * 2 { Err(ItemError::TooLong) } else { Ok(()) }
            }
            Format::Uuid => {
                let hyphens = [8, 13, 18, 23];
                let fits = text.len() == 36
                    && text
                        .bytes()
                        .enumerate()
                        .all(|(at, byte)| if hyphens.contains(&at) { byte == b'-' } else { byte.is_ascii_hexdigit() });
                if fits { Ok(()) } else { Err(ItemError::Characters) }
            }
            Format::Base64(max) => {
                all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '='))?;
                bounded(max)
            }
        }
    }
}

/// A day written `yyyyMMdd`.
pub fn day(text: &str) -> Option<karute_japan::Date> {
    if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |range: std::ops::Range<usize>| text.get(range);
    karute_japan::Date::new(part(0..4)?.parse().ok()?, part(4..6)?.parse().ok()?, part(6..8)?.parse().ok()?).ok()
}

fn decimal(text: &str, whole: usize, fraction: usize) -> Result<(), ItemError> {
    let (before, after) = match text.split_once('.') {
        Some((before, after)) if !after.is_empty() => (before, after),
        Some(_) => return Err(ItemError::Characters),
        None => (text, ""),
    };
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if before.is_empty() || !digits(before) || !digits(after) || text.parse::<Decimal>().is_err() {
        return Err(ItemError::Characters);
    }
    if before.len() > whole || after.len() > fraction { Err(ItemError::TooLong) } else { Ok(()) }
}

fn half_kana(c: char) -> bool {
    ('\u{FF61}'..='\u{FF9F}').contains(&c)
}

/// Width of a character in half-width characters.
fn halves(c: char) -> usize {
    if c.is_ascii() || half_kana(c) { 1 } else { 2 }
}

/// Text of full-width characters: half-width ones count half, both together are refused.
fn wide(text: &str, max: usize, jis_only: bool) -> Result<(), ItemError> {
    let mut halves = 0;
    let (mut narrow, mut full) = (false, false);
    for c in text.chars() {
        if c == ',' || c.is_control() {
            return Err(ItemError::Characters);
        }
        if c.is_ascii() || half_kana(c) {
            narrow = true;
            halves += 1;
        } else {
            full = true;
            halves += 2;
            if jis_only && !jis_x_0208(c) {
                return Err(ItemError::PlatformDependent);
            }
        }
    }
    if halves > max * 2 {
        return Err(ItemError::TooLong);
    }
    if narrow && full { Err(ItemError::Mixed) } else { Ok(()) }
}

/// Whether a character stands in JIS X 0208: rows 1 to 8 and 16 to 84. Row 13 and the rows from 89 are vendors'.
pub fn jis_x_0208(c: char) -> bool {
    // The mark for a character that could not be written.
    if matches!(c, '■' | '〓') {
        return false;
    }
    let mut buffer = [0u8; 4];
    let (bytes, _, unmappable) = encoding_rs::EUC_JP.encode(c.encode_utf8(&mut buffer));
    match (unmappable, &*bytes) {
        (false, [first, _]) => matches!(first.wrapping_sub(0xA0), 1..=8 | 16..=84),
        _ => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn item(text: &str) -> Item {
        let codes = Arc::new(BTreeMap::from([("T".to_owned(), vec!["1".to_owned(), "2".to_owned()])]));
        Item::parse(text, &codes).unwrap().0
    }

    #[test]
    fn items_are_checked_by_type_length_and_table() {
        for (description, text, expected) in [
            ("a 数 9(3) M", "123", Ok(())),
            ("a 数 9(3) M", "", Err(ItemError::Missing)),
            ("a 数 9(3) O", "", Ok(())),
            ("a 数 9(3) M", "1234", Err(ItemError::TooLong)),
            ("a 数 9(3) M", "１", Err(ItemError::Characters)),
            ("a 数 9(3) M", "+1", Err(ItemError::Characters)),
            ("a 量 9(6).9(5) M", "0.5", Ok(())),
            ("a 量 9(6).9(5) M", "1234567", Err(ItemError::TooLong)),
            ("a 量 9(6).9(5) M", "0.123456", Err(ItemError::TooLong)),
            ("a 量 9(6).9(5) M", ".5", Err(ItemError::Characters)),
            ("a 量 9(6).9(5) M", "5.", Err(ItemError::Characters)),
            ("a 量 9(6).9(5) M", "-1", Err(ItemError::Characters)),
            ("a 日 D M", "20260229", Err(ItemError::Day)),
            ("a 日 D M", "20240229", Ok(())),
            ("a 日 D M", "2026022", Err(ItemError::Day)),
            ("a 符号 X(3) M", "a-1", Ok(())),
            ("a 符号 X(3) M", "a,1", Err(ItemError::Characters)),
            ("a カナ K(5) M", "ｼｹﾝ ﾊ", Ok(())),
            ("a カナ K(5) M", "シケン", Err(ItemError::Characters)),
            ("a 名 N(2) M", "試験", Ok(())),
            ("a 名 N(2) M", "9001", Ok(())),
            ("a 名 N(2) M", "90012", Err(ItemError::TooLong)),
            ("a 名 N(9) M", "試験9", Err(ItemError::Mixed)),
            ("a 名 N(9) M", "髙橋", Err(ItemError::PlatformDependent)),
            ("a 名 N(9) M", "①", Err(ItemError::PlatformDependent)),
            ("a 名 N(9) M", "■山", Err(ItemError::PlatformDependent)),
            ("a 名 N(9) M", "𠮷野", Err(ItemError::PlatformDependent)),
            ("a 名 N(9) M", "試,験", Err(ItemError::Characters)),
            ("a 名 N(9) M", "試\n験", Err(ItemError::Characters)),
            ("a 文 T(3) M", "1,あ2", Ok(())),
            ("a 文 T(1) M", "1,あ", Err(ItemError::TooLong)),
            ("a 文 T(9) M", "一\n二", Err(ItemError::Characters)),
            ("a 種 9(1) M @T", "2", Ok(())),
            ("a 種 9(1) M @T", "3", Err(ItemError::Code)),
            ("a 号 U M", "0f3c1b52-6a0e-4c55-9a77-2d1f5b7e9c01", Ok(())),
            ("a 号 U M", "0f3c1b52x6a0e-4c55-9a77-2d1f5b7e9c01", Err(ItemError::Characters)),
            ("a 文 B(8) M", "SGk=", Ok(())),
            ("a 文 B(8) M", "SG k=", Err(ItemError::Characters)),
        ] {
            assert_eq!(item(description).check(text, true), expected, "{description} {text}");
        }
        assert_eq!(item("a 名 N(9) M").check("髙橋", false), Ok(()));
    }

    #[test]
    fn descriptions_that_say_too_little_or_too_much_are_refused() {
        let codes = Arc::new(BTreeMap::new());
        for bad in [
            "",
            "a",
            "a 名",
            "a 名 N(1)",
            "a 名 N(0) M",
            "a 名 Q(1) M",
            "a 名 N(1) X",
            "a 名 N(1) M @none",
            "a 名 N(1) M x",
        ] {
            assert!(Item::parse(bad, &codes).is_err(), "{bad}");
        }
    }
}
