//! Reading the line. Whatever could mean two things is refused with what to write instead: a weight must never become
//! a temperature.
use super::{Reading, Sign, Vitals};

/// What cannot be read, in words for the person who typed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable(pub String);

/// Words in front of a number, longest first where one begins another.
const LABELS: [(&str, Sign); 22] = [
    ("spo2", Sign::Saturation),
    ("sat", Sign::Saturation),
    ("酸素飽和度", Sign::Saturation),
    ("血圧", Sign::Systolic),
    ("bp", Sign::Systolic),
    ("体重", Sign::Weight),
    ("bw", Sign::Weight),
    ("wt", Sign::Weight),
    ("体温", Sign::Temperature),
    ("bt", Sign::Temperature),
    ("kt", Sign::Temperature),
    ("身長", Sign::Height),
    ("ht", Sign::Height),
    ("bh", Sign::Height),
    ("呼吸数", Sign::Respiration),
    ("呼吸", Sign::Respiration),
    ("rr", Sign::Respiration),
    ("脈拍", Sign::Pulse),
    ("脈", Sign::Pulse),
    ("hr", Sign::Pulse),
    ("pr", Sign::Pulse),
    ("p", Sign::Pulse),
];
const UNITS: [&str; 9] = ["mmhg", "kg", "cm", "℃", "度", "%", "/分", "bpm", "回"];
/// The order in which numbers without a word follow the blood pressure.
const ORDER: [Sign; 4] = [Sign::Pulse, Sign::Weight, Sign::Temperature, Sign::Saturation];
/// Longest line read, in characters.
const LONGEST: usize = 200;

/// A piece of the line after its word was taken off.
enum Piece {
    Label(Sign),
    Pair(Option<Sign>, String, String),
    Number(Option<Sign>, String),
    Rhythm(bool),
}

/// Reads a line such as `138/82 72 71.2 36.5` or `BP138/82 P72 BW71.2 BT36.5 SpO2 98`; an empty line has no readings.
pub fn parse(line: &str) -> Result<Vitals, Unreadable> {
    if line.chars().count() > LONGEST {
        return Err(Unreadable("バイタルは1行で書いてください（例 138/82 72 71.2 36.5）".to_owned()));
    }
    let mut vitals = Vitals::default();
    let mut bare: Vec<String> = Vec::new();
    let mut waiting: Option<Sign> = None;
    let mut after_pressure = false;
    for word in words(line) {
        let piece = piece(&word)?;
        let label = waiting.take();
        let was_after = std::mem::take(&mut after_pressure);
        let two_words = |own: Option<Sign>| own.zip(label).is_some_and(|(a, b)| a != b);
        match piece {
            Piece::Pair(own, ..) | Piece::Number(own, _) if two_words(own) => return Err(unknown(&word)),
            Piece::Label(sign) if label.is_none() => waiting = Some(sign),
            Piece::Pair(own, high, low) if own.or(label).is_none_or(|s| s == Sign::Systolic) => {
                put(&mut vitals, Sign::Systolic, &high)?;
                put(&mut vitals, Sign::Diastolic, &low)?;
                ordered(&vitals)?;
                after_pressure = true;
            }
            Piece::Number(own, number) => match own.or(label) {
                Some(Sign::Systolic) => return Err(Unreadable(format!("血圧は「{number}/下」の形で書いてください"))),
                Some(sign) => put(&mut vitals, sign, &number)?,
                // The pulse is what follows the pressure.
                None if was_after && fits(Sign::Pulse, &number) => put(&mut vitals, Sign::Pulse, &number)?,
                None => bare.push(number),
            },
            Piece::Rhythm(regular) if label.is_none_or(|s| s == Sign::Pulse) => vitals.regular = Some(regular),
            _ => return Err(unknown(&word)),
        }
    }
    if let Some(sign) = waiting {
        return Err(Unreadable(format!("{}の値がありません", sign.word())));
    }
    place(&mut vitals, &bare)?;
    vitals.readings.sort_by_key(|r| Sign::ALL.iter().position(|s| *s == r.sign));
    Ok(vitals)
}

/// Words of a line, in half width and lower case.
fn words(line: &str) -> Vec<String> {
    let narrow: String = line.chars().map(narrow).collect();
    narrow.split([' ', '\t', ',', '\n']).filter(|w| !w.is_empty()).map(str::to_lowercase).collect()
}

fn narrow(c: char) -> char {
    match c {
        '\u{3000}' | '、' | '，' | ';' | '；' => ' ',
        '／' => '/',
        '−' | '－' | '―' | 'ー' => '-',
        '₂' => '2',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        other => other,
    }
}

fn piece(word: &str) -> Result<Piece, Unreadable> {
    match word {
        "整" => return Ok(Piece::Rhythm(true)),
        "不整" => return Ok(Piece::Rhythm(false)),
        _ => {}
    }
    let found = LABELS.iter().find_map(|(label, sign)| word.strip_prefix(label).map(|rest| (*sign, rest)));
    let (sign, rest) = match found {
        Some((sign, rest)) => (Some(sign), rest.trim_start_matches([':', '=', '.'])),
        None => (None, word),
    };
    if rest.is_empty() {
        return sign.map(Piece::Label).ok_or_else(|| unknown(word));
    }
    let mut value = rest;
    let mut unit = None;
    for known in UNITS {
        if let Some(front) = value.strip_suffix(known) {
            (value, unit) = (front, Some(known));
            break;
        }
    }
    let sign = sign.or(match unit {
        Some("kg") => Some(Sign::Weight),
        Some("cm") => Some(Sign::Height),
        Some("℃" | "度") => Some(Sign::Temperature),
        Some("%") => Some(Sign::Saturation),
        Some("bpm") => Some(Sign::Pulse),
        _ => None,
    });
    if let Some((high, low)) = value.split_once('/') {
        return match (number(high), number(low)) {
            (Some(high), Some(low)) => Ok(Piece::Pair(sign, high, low)),
            _ => Err(unknown(word)),
        };
    }
    number(value).map(|n| Piece::Number(sign, n)).ok_or_else(|| unknown(word))
}

/// A plain decimal number: digits, at most one point between digits.
fn number(text: &str) -> Option<String> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |s: &str| !s.is_empty() && s.len() <= 4 && s.bytes().all(|b| b.is_ascii_digit());
    (digits(whole) && digits(part) && (whole == "0" || !whole.starts_with('0'))).then(|| text.to_owned())
}

fn unknown(word: &str) -> Unreadable {
    let shown: String = word.chars().take(20).collect();
    Unreadable(format!("「{shown}」を読み取れません（例 138/82 72 71.2 36.5、または BW71.2）"))
}

fn put(vitals: &mut Vitals, sign: Sign, text: &str) -> Result<(), Unreadable> {
    if vitals.get(sign).is_some() {
        return Err(Unreadable(format!("{}が2つあります", sign.word())));
    }
    let value: f64 = text.parse().map_err(|_| unknown(text))?;
    let (least, most) = sign.bounds();
    if !(least..=most).contains(&value) {
        return Err(Unreadable(format!(
            "{} {text} は範囲（{least}〜{most}）の外です。値を確かめてください",
            sign.word()
        )));
    }
    vitals.readings.push(Reading { sign, text: text.to_owned(), value });
    Ok(())
}

fn ordered(vitals: &Vitals) -> Result<(), Unreadable> {
    match (vitals.get(Sign::Systolic), vitals.get(Sign::Diastolic)) {
        (Some(high), Some(low)) if high.value <= low.value => {
            Err(Unreadable(format!("血圧 {}/{} は上下が逆です", high.text, low.text)))
        }
        _ => Ok(()),
    }
}

/// Whether a number without a word can be this: temperatures are written with their point, pulse and saturation
/// without.
fn fits(sign: Sign, text: &str) -> bool {
    let Ok(value) = text.parse::<f64>() else { return false };
    let point = text.contains('.');
    match sign {
        Sign::Pulse => !point && (30.0..=220.0).contains(&value),
        Sign::Weight => (1.0..=300.0).contains(&value),
        Sign::Temperature => point && (34.0..43.0).contains(&value),
        Sign::Saturation => !point && (80.0..=100.0).contains(&value),
        _ => false,
    }
}

/// Gives the numbers without a word their meaning, when there is exactly one way to do it in the usual order.
fn place(vitals: &mut Vitals, bare: &[String]) -> Result<(), Unreadable> {
    let Some(first) = bare.first() else { return Ok(()) };
    let free: Vec<Sign> = ORDER.into_iter().filter(|s| vitals.get(*s).is_none()).collect();
    let ways = ways(&free, bare);
    let [only] = ways.as_slice() else {
        let could: Vec<Sign> = free.iter().copied().filter(|s| fits(*s, first)).collect();
        let names: Vec<&str> = could.iter().map(|s| s.word()).collect();
        let Some(example) = could.last() else { return Err(unknown(first)) };
        if ways.is_empty() {
            return Err(Unreadable(
                "数の並びを読み取れません。BW71.2 のように、それぞれの前に種類を書いてください".to_owned(),
            ));
        }
        return Err(Unreadable(format!(
            "{first} は{}のどれか決められません。「{}{first}」のように書いてください",
            names.join("・"),
            example.label()
        )));
    };
    for (sign, text) in only.iter().zip(bare) {
        put(vitals, *sign, text)?;
    }
    Ok(())
}

/// All ways to give the numbers to signs, keeping the order.
fn ways(free: &[Sign], bare: &[String]) -> Vec<Vec<Sign>> {
    let Some((number, rest)) = bare.split_first() else { return vec![Vec::new()] };
    let mut found = Vec::new();
    for (at, sign) in free.iter().enumerate() {
        if fits(*sign, number) {
            for way in ways(free.get(at + 1..).unwrap_or_default(), rest) {
                found.push(std::iter::once(*sign).chain(way).collect());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(line: &str) -> String {
        match parse(line) {
            Ok(vitals) => {
                let mut out: Vec<String> = vitals.readings.iter().map(|r| format!("{:?}={}", r.sign, r.text)).collect();
                out.extend(vitals.regular.map(|r| format!("regular={r}")));
                out.join(" ")
            }
            Err(Unreadable(words)) => format!("! {words}"),
        }
    }

    #[test]
    fn one_line_becomes_readings() {
        let cases = [
            ("", ""),
            ("138/82", "Systolic=138 Diastolic=82"),
            ("138/82 72", "Systolic=138 Diastolic=82 Pulse=72"),
            ("138/82 72 71.2 36.5", "Systolic=138 Diastolic=82 Pulse=72 Weight=71.2 Temperature=36.5"),
            ("138/82 72 71.2 36.5 98", "Systolic=138 Diastolic=82 Pulse=72 Weight=71.2 Temperature=36.5 Saturation=98"),
            (
                "１３８／８２　７２　７１．２　３６．５",
                "Systolic=138 Diastolic=82 Pulse=72 Weight=71.2 Temperature=36.5",
            ),
            ("138/82、72、71.2", "Systolic=138 Diastolic=82 Pulse=72 Weight=71.2"),
            (
                "BP138/82 P72 BW71.2 BT36.5 SpO2 98",
                "Systolic=138 Diastolic=82 Pulse=72 Weight=71.2 Temperature=36.5 Saturation=98",
            ),
            ("ＢＰ138/82 ＳｐＯ２98", "Systolic=138 Diastolic=82 Saturation=98"),
            ("SpO₂ 98%", "Saturation=98"),
            ("SpO298", "Saturation=98"),
            ("血圧 138/82mmHg 脈 72 整 体重 71.2kg", "Systolic=138 Diastolic=82 Pulse=72 Weight=71.2 regular=true"),
            ("脈拍:96 不整", "Pulse=96 regular=false"),
            ("BT:36.5", "Temperature=36.5"),
            ("36.5℃", "Temperature=36.5"),
            ("98%", "Saturation=98"),
            ("71.2kg 168cm", "Weight=71.2 Height=168"),
            ("HT168.5 BW71", "Weight=71 Height=168.5"),
            ("RR16", "Respiration=16"),
            ("71.2", "Weight=71.2"),
            ("100/60 90 18.2 36.8", "Systolic=100 Diastolic=60 Pulse=90 Weight=18.2 Temperature=36.8"),
            ("110/60 72 36.5 36.4", "Systolic=110 Diastolic=60 Pulse=72 Weight=36.5 Temperature=36.4"),
            ("BW36.5 36.4", "Weight=36.5 Temperature=36.4"),
            ("71.2 138/82 72", "Systolic=138 Diastolic=82 Pulse=72 Weight=71.2"),
        ];
        for (line, expected) in cases {
            assert_eq!(said(line), expected, "{line}");
        }
    }

    #[test]
    fn what_could_mean_two_things_or_nothing_is_asked_back() {
        let cases = [
            ("36.5", "体重・体温のどれか決められません。「BT36.5」"),
            ("138/82 72 36.5", "体重・体温のどれか"),
            ("72", "脈拍・体重のどれか"),
            ("138/82 72 98", "体重・SpO2のどれか"),
            ("100/60 90 36.8 18.2", "数の並びを読み取れません"),
            ("82/138", "上下が逆"),
            ("138/138", "上下が逆"),
            ("1382", "「1382」を読み取れません"),
            ("BP138", "「138/下」の形"),
            ("BT", "体温の値がありません"),
            ("BT BW71", "「bw71」を読み取れません"),
            ("BT98.6", "範囲（30〜45）の外"),
            ("BW712", "範囲（0.3〜350）の外"),
            ("P72 P80", "脈拍が2つ"),
            ("138/82 140/80", "収縮期血圧が2つ"),
            ("元気", "「元気」を読み取れません"),
            ("71.2.3", "読み取れません"),
            ("-71", "読み取れません"),
            ("071", "読み取れません"),
            ("BW1e2", "読み取れません"),
            ("BW NaN", "読み取れません"),
            ("138/", "読み取れません"),
        ];
        for (line, expected) in cases {
            let found = said(line);
            assert!(found.starts_with('!') && found.contains(expected), "{line}: {found}");
        }
        assert!(said(&"1".repeat(500)).starts_with("! バイタルは1行"));
    }
}
