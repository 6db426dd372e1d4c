//! The small readings that several fields share.
use super::Fault;
use crate::clean::line;
use karute_japan::{Date, era, full_width_kana};

/// Longest name, in characters.
pub(super) const NAME: usize = 40;

/// A reading as it is kept: full-width katakana. Hiragana and half-width kana are folded; `None` when there is anything
/// but kana, ・, ー and blanks.
pub fn fold_kana(text: &str) -> Option<String> {
    let line = line(text);
    let wide: String = full_width_kana(&line)
        .chars()
        .map(|c| match c {
            'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => char::from_u32(u32::from(c) + 0x60).unwrap_or(c),
            '‐' | '－' | '―' | '−' | '-' | '～' => 'ー',
            '･' => '・',
            other => other,
        })
        .collect();
    let is_kana = |c: char| matches!(c, 'ァ'..='ヺ' | 'ー' | '・' | 'ヽ' | 'ヾ' | ' ');
    (!wide.is_empty() && wide.chars().all(is_kana)).then_some(wide)
}

/// A line of at most so many characters; `None` when it is empty.
pub(super) fn optional(
    faults: &mut Vec<Fault>,
    field: &'static str,
    label: &str,
    text: &str,
    most: usize,
) -> Option<String> {
    let line = line(text);
    if line.chars().count() > most {
        faults.push(Fault::new(field, format!("{label}は{most}文字までです。短くしてください。")));
        return None;
    }
    (!line.is_empty()).then_some(line)
}

/// A date in any form that people write (ux §11); `None` when it is empty.
pub(super) fn date(faults: &mut Vec<Fault>, field: &'static str, text: &str) -> Option<Date> {
    let line = line(text);
    if line.is_empty() {
        return None;
    }
    match era::parse(&line) {
        Ok(date) => Some(date),
        Err(error) => {
            faults.push(Fault::new(field, error.to_string()));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_become_full_width_katakana() {
        for (typed, kept) in [
            ("わたなべ", Some("ワタナベ")),
            ("ﾜﾀﾅﾍﾞ", Some("ワタナベ")),
            ("ワタナベ", Some("ワタナベ")),
            ("グエン ティ・ラン", Some("グエン ティ・ラン")),
            ("ゆう-こ", Some("ユウーコ")),
            ("渡邊", None),
            ("Watanabe", None),
            ("", None),
            ("　", None),
        ] {
            assert_eq!(fold_kana(typed).as_deref(), kept, "{typed}");
        }
    }
}
