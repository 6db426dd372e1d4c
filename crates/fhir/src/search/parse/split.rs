//! Separators and escapes (R4 search §3.1.1.4.8): `,` between alternatives, `$` between components, `|` within
//! tokens and quantities; a backslash makes each of them an ordinary character.
use super::{MAX_ALTERNATIVES, Problem};

/// Splits at an unescaped separator; the parts keep their escapes.
pub(super) fn split(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == separator {
            parts.extend(text.get(start..at));
            start = at + c.len_utf8();
        }
    }
    parts.extend(text.get(start..));
    parts
}

/// The alternatives of a value, none of them empty.
pub(super) fn alternatives(value: &str) -> Result<Vec<&str>, Problem> {
    let parts = split(value, ',');
    if parts.len() > MAX_ALTERNATIVES {
        let message = format!("カンマ区切りの値が多すぎます。{MAX_ALTERNATIVES}個以内にしてください。");
        return Err(Problem::invalid(message));
    }
    if parts.iter().any(|part| part.is_empty()) {
        return Err(Problem::invalid("値が空です。値を入れるか、この条件を取り除いてください。"));
    }
    Ok(parts)
}

/// Removes the escapes.
pub(super) fn unescaped(part: &str) -> Result<String, Problem> {
    let mut out = String::with_capacity(part.len());
    let mut chars = part.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some(c @ (',' | '$' | '|' | '\\')) => out.push(c),
            _ => {
                return Err(Problem::invalid(
                    "「\\」の後には「,」「$」「|」「\\」だけを書けます。「\\」そのものは「\\\\」と書いてください。",
                ));
            }
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn escaped_separators_do_not_separate() {
        assert_eq!(split("a,b", ','), ["a", "b"]);
        assert_eq!(split(r"a\,b,c\\,d", ','), [r"a\,b", r"c\\", "d"]);
        assert_eq!(split("", ','), [""]);
        assert_eq!(split("a,", ','), ["a", ""]);
        assert_eq!(split(r"a\", ','), [r"a\"]);
        assert_eq!(unescaped(r"a\,b\$c\|d\\e").ok().unwrap(), r"a,b$c|d\e");
        assert!(unescaped(r"a\").is_err());
        assert!(unescaped(r"\n").is_err());
        assert!(alternatives("a,,b").is_err());
        assert!(alternatives("").is_err());
        assert_eq!(alternatives(&"a,".repeat(200)).err().unwrap().code, "invalid");
    }
}
