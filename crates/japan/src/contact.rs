//! Postal codes and telephone numbers.
use unicode_normalization::UnicodeNormalization;

/// The digits of a text with full-width digits made half-width; `None` when there is anything but digits and the
/// separators people use.
fn digits(text: &str) -> Option<String> {
    if text.len() > 64 {
        return None;
    }
    let mut out = String::new();
    for c in text.nfkc() {
        match c {
            '0'..='9' => out.push(c),
            '-' | '(' | ')' | ' ' | '.' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30FC}' => {}
            _ => return None,
        }
    }
    Some(out)
}

/// A postal code as it is stored and shown: `〒１２３４５６７` and the like become `123-4567`.
pub fn postal_code(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches('〒');
    let digits = digits(text).filter(|digits| digits.len() == 7)?;
    let (area, local) = digits.split_at_checked(3)?;
    Some(format!("{area}-{local}"))
}

/// A Japanese telephone number as digits only, for comparing: `+81 3-1234-5678` and `０３（１２３４）５６７８` both
/// become `0312345678`. `None` unless it begins with 0 and has 10 or 11 digits.
pub fn phone_digits(text: &str) -> Option<String> {
    let plain: String = text.trim().chars().take(65).nfkc().collect();
    let national = match plain.strip_prefix("+81") {
        Some(rest) => {
            let rest = digits(rest)?;
            format!("0{}", rest.strip_prefix('0').unwrap_or(&rest))
        }
        None => digits(&plain)?,
    };
    (national.starts_with('0') && matches!(national.len(), 10 | 11)).then_some(national)
}

/// A telephone number as it is shown. Numbers of 11 digits and those of Tokyo and Osaka are grouped; for the others the
/// length of the area code cannot be told from the number, so the separators of `text` stay where it had two, and
/// otherwise the last four digits are set apart.
pub fn phone(text: &str) -> Option<String> {
    let digits = phone_digits(text)?;
    let grouped = |first: usize| {
        let (area, rest) = digits.split_at_checked(first)?;
        let (middle, last) = rest.split_at_checked(rest.len().checked_sub(4)?)?;
        Some(format!("{area}-{middle}-{last}"))
    };
    let free = ["0120", "0570", "0800", "0990"].iter().any(|prefix| digits.starts_with(prefix));
    if free && digits.len() == 10 {
        let (area, rest) = digits.split_at_checked(4)?;
        let (middle, last) = rest.split_at_checked(3)?;
        return Some(format!("{area}-{middle}-{last}"));
    }
    if free {
        return grouped(4);
    }
    if digits.len() == 11 {
        return grouped(3);
    }
    if digits.starts_with("03") || digits.starts_with("06") {
        return grouped(2);
    }
    let plain: String = text.nfkc().collect();
    let groups: Vec<&str> = plain.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    match groups.as_slice() {
        [area, middle, last] if area.starts_with('0') => Some(format!("{area}-{middle}-{last}")),
        _ => {
            let (front, last) = digits.split_at_checked(digits.len().checked_sub(4)?)?;
            Some(format!("{front}-{last}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postal_codes_take_one_form() {
        for text in ["1234567", "123-4567", "〒123-4567", "１２３－４５６７", " 〒 123 4567 ", "123ー4567"] {
            assert_eq!(postal_code(text).as_deref(), Some("123-4567"), "{text}");
        }
        for text in ["", "123456", "12345678", "123-456a", "〒", &"1".repeat(80)] {
            assert_eq!(postal_code(text), None, "{text}");
        }
    }

    #[test]
    fn telephone_numbers_take_one_form() {
        for (text, shown) in [
            ("0312345678", "03-1234-5678"),
            ("０３（１２３４）５６７８", "03-1234-5678"),
            ("+81 3-1234-5678", "03-1234-5678"),
            ("+81(0)3 1234 5678", "03-1234-5678"),
            ("09012345678", "090-1234-5678"),
            ("090-1234-5678", "090-1234-5678"),
            ("045-123-4567", "045-123-4567"),
            ("0451234567", "045123-4567"),
            ("0997-12-3456", "0997-12-3456"),
            ("0120123456", "0120-123-456"),
            ("08001234567", "0800-123-4567"),
        ] {
            assert_eq!(phone(text).as_deref(), Some(shown), "{text}");
        }
        for text in ["", "123", "12345678901", "0312345678901", "03-1234-567x", "+1 212 555 0100", "内線1"] {
            assert_eq!(phone(text), None, "{text}");
        }
    }

    #[test]
    fn the_same_number_has_the_same_digits_however_it_is_written() {
        for text in ["03-1234-5678", "03(1234)5678", "+81312345678", "０３１２３４５６７８"] {
            assert_eq!(phone_digits(text).as_deref(), Some("0312345678"), "{text}");
        }
    }
}
