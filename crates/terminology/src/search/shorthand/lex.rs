//! From a line to its pieces.
use super::Amount;
use super::words::{UNITS, WORDS, Word};

/// A piece of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Word(Word),
    /// 3錠.
    Amount(Amount, &'static str),
    /// 1回 before an amount.
    OneDose,
    /// 1日 before an amount or a number of times.
    OneDay,
    /// 3回, 1日3回.
    Times(u8),
    /// 3回まで.
    AtMost(u8),
    /// 3x, 分3: the amount is that of the day.
    Parts(u8),
    /// 7日分.
    Days(u16),
    /// 5回分.
    Count(u16),
    /// 8時間毎.
    EveryHours(u8),
    /// A number alone.
    Bare(u16),
}

/// Most characters that are a usage.
const MAX_CHARS: usize = 60;

/// All pieces; `None` when something is not understood.
pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    if text.chars().nth(MAX_CHARS).is_some() {
        return None;
    }
    let line: String = text.chars().map(half_width).flat_map(char::to_lowercase).collect();
    let mut rest = line.as_str();
    let mut tokens = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| {
            c.is_whitespace() || matches!(c, ',' | '、' | '。' | '・' | '/' | '-' | '(' | ')')
        });
        if rest.is_empty() {
            return (!tokens.is_empty()).then_some(tokens);
        }
        rest = if let Some((number, after)) = number(rest) {
            after_number(number, after, &mut tokens)?
        } else if let Some(after) = rest.strip_prefix("分").or_else(|| rest.strip_prefix("ぶん")) {
            let (parts, after) = number(after.trim_start())?;
            tokens.push(Token::Parts(small(parts)?));
            after
        } else if let Some((parts, after)) = rest.strip_prefix('x').and_then(|after| number(after.trim_start())) {
            tokens.push(Token::Parts(small(parts)?));
            after
        } else if let Some(after) = rest.strip_prefix("半錠") {
            tokens.push(Token::Amount(Amount(500), "錠"));
            after
        } else {
            let (word, after) = longest(rest, WORDS)?;
            tokens.push(Token::Word(word));
            after
        };
    }
}

/// Reads on after a number.
fn after_number<'t>(number: Amount, after: &'t str, tokens: &mut Vec<Token>) -> Option<&'t str> {
    let whole = || (number.0.is_multiple_of(1_000)).then_some(number.0 / 1_000);
    let begins = |words: &[&str]| words.iter().find_map(|word| after.strip_prefix(word));
    if let Some(rest) = begins(&["日分", "日間"]) {
        tokens.push(Token::Days(u16::try_from(whole()?).ok()?));
        return Some(rest);
    }
    if let Some(rest) = begins(&["回分"]) {
        tokens.push(Token::Count(u16::try_from(whole()?).ok()?));
        return Some(rest);
    }
    if let Some(rest) = begins(&["時間毎", "時間ごと", "時間おき", "h毎", "hごと", "hおき"]) {
        tokens.push(Token::EveryHours(small(number)?));
        return Some(rest);
    }
    if let Some(rest) = begins(&["週間分", "週間", "週分", "週", "wk", "w"]) {
        tokens.push(Token::Days(u16::try_from(whole()?.checked_mul(7)?).ok()?));
        return Some(rest);
    }
    if let Some(rest) = begins(&["回まで"]) {
        tokens.push(Token::AtMost(small(number)?));
        return Some(rest);
    }
    if let Some(rest) = begins(&["回"]) {
        let is_dose =
            number.0 == 1_000 && self::number(rest.trim_start()).is_some_and(|(_, after)| unit(after).is_some());
        let is_half = number.0 == 1_000 && rest.trim_start().starts_with("半錠");
        tokens.push(if is_dose || is_half { Token::OneDose } else { Token::Times(small(number)?) });
        return Some(rest);
    }
    if let Some(rest) = begins(&["日"]) {
        let next = self::number(rest.trim_start());
        let is_day = number.0 == 1_000
            && next.is_some_and(|(_, after)| {
                after.starts_with('回') || unit(after).is_some() && !after.starts_with("回分")
            });
        tokens.push(if is_day { Token::OneDay } else { Token::Days(u16::try_from(whole()?).ok()?) });
        return Some(rest);
    }
    if let Some(rest) = after.strip_prefix('x') {
        tokens.push(Token::Parts(small(number)?));
        return after_times(rest, tokens);
    }
    if let Some((shown, rest)) = unit(after) {
        tokens.push(Token::Amount(number, shown));
        return Some(rest);
    }
    tokens.push(Token::Bare(u16::try_from(whole()?).ok()?));
    Some(after)
}

/// German letters after `3x`: v before, n after, z between meals; M, T, A, S morning, noon, evening, bedtime.
fn after_times<'t>(rest: &'t str, tokens: &mut Vec<Token>) -> Option<&'t str> {
    use super::Meal;
    use super::words::Moment;
    let end = rest.find(|c: char| !(c.is_ascii_lowercase() || c == '.')).unwrap_or(rest.len());
    let (letters, after) = rest.split_at(end);
    let plain: String = letters.chars().filter(|c| *c != '.').collect();
    match plain.as_str() {
        "" => {}
        "v" | "vd" | "vde" => tokens.push(Token::Word(Word::Meal(Meal::Before))),
        "n" | "nd" | "nde" => tokens.push(Token::Word(Word::Meal(Meal::After))),
        "z" | "zd" | "zde" => tokens.push(Token::Word(Word::Meal(Meal::Between))),
        "vds" | "hs" => tokens.push(Token::Word(Word::At(Moment::Bedtime))),
        moments if moments.len() <= 4 => {
            for letter in moments.chars() {
                let moment = match letter {
                    'm' => Moment::Breakfast,
                    't' => Moment::Lunch,
                    'a' => Moment::Supper,
                    's' => Moment::Bedtime,
                    _ => return None,
                };
                tokens.push(Token::Word(Word::At(moment)));
            }
        }
        _ => return None,
    }
    Some(after)
}

fn unit(text: &str) -> Option<(&'static str, &str)> {
    let text = text.trim_start_matches(' ');
    let (shown, after) = longest(text, UNITS)?;
    // 1t朝, 1c; not the t of tid or the p of prn.
    let is_latin = text.starts_with(|c: char| c.is_ascii_lowercase());
    (!(is_latin && after.starts_with(|c: char| c.is_ascii_lowercase() && c != 'x'))).then_some((shown, after))
}

/// The longest entry with which a text begins.
fn longest<'t, T: Copy>(text: &'t str, table: &[(&str, T)]) -> Option<(T, &'t str)> {
    let found = table.iter().filter(|(word, _)| text.starts_with(word)).max_by_key(|(word, _)| word.len())?;
    Some((found.1, text.get(found.0.len()..)?))
}

/// A number at the beginning: digits, decimals, `1/2`, or one 漢数字 before its counter.
fn number(text: &str) -> Option<(Amount, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    if end == 0 {
        let first = text.chars().next()?;
        let value = "一二三四五六七八九".chars().zip(1_u32..).find(|(c, _)| *c == first)?.1;
        let after = text.get(first.len_utf8()..)?;
        let counted = after.starts_with(|c: char| "日回錠包週滴枚本個".contains(c));
        return counted.then_some((Amount(value * 1_000), after));
    }
    let whole: u32 = text.get(..end)?.parse().ok().filter(|value| *value < 1_000_000)?;
    let rest = text.get(end..)?;
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    if let Some(decimals) = rest.strip_prefix('.') {
        let end = digits(decimals);
        if (1..=3).contains(&end) {
            let value: u32 = format!("{:0<3}", decimals.get(..end)?).parse().ok()?;
            return Some((Amount(whole * 1_000 + value), decimals.get(end..)?));
        }
        return None;
    }
    if let Some(below) = rest.strip_prefix('/') {
        let end = digits(below);
        let after = below.get(end..)?;
        if let Ok(divisor @ 2..=4) = below.get(..end)?.parse::<u32>()
            && unit(after).is_some()
            && (whole * 1_000).is_multiple_of(divisor)
        {
            return Some((Amount(whole * 1_000 / divisor), after));
        }
    }
    Some((Amount(whole * 1_000), rest))
}

/// A whole number from 1 to 24.
fn small(number: Amount) -> Option<u8> {
    let whole = number.0.is_multiple_of(1_000).then_some(number.0 / 1_000)?;
    u8::try_from(whole).ok().filter(|value| (1..=24).contains(value))
}

fn half_width(c: char) -> char {
    match c {
        '　' => ' ',
        '×' | '✕' | '╳' => 'x',
        '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}
