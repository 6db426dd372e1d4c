//! Sections of a note, and the rule for text that is pasted into them.

/// A part of the record of a visit that is written on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// S 主訴・経過
    Subjective,
    /// O 所見
    Objective,
    /// A 評価
    Assessment,
    /// P 方針
    Plan,
    /// 看護記録
    Nursing,
    /// The line of vital signs; becomes Observations, not a section of the note.
    Vitals,
}

/// Longest text of a section, in characters.
pub const LONGEST: usize = 4_000;

impl Section {
    /// All of them, as they stand on the page.
    pub const ALL: [Section; 6] = [
        Section::Subjective,
        Section::Vitals,
        Section::Objective,
        Section::Assessment,
        Section::Plan,
        Section::Nursing,
    ];
    /// Those of the note, in the order of the record.
    pub const NOTE: [Section; 5] =
        [Section::Subjective, Section::Objective, Section::Assessment, Section::Plan, Section::Nursing];

    /// Code in forms and documents.
    pub fn code(self) -> &'static str {
        match self {
            Section::Subjective => "S",
            Section::Objective => "O",
            Section::Assessment => "A",
            Section::Plan => "P",
            Section::Nursing => "N",
            Section::Vitals => "V",
        }
    }
    /// Title in the record.
    pub fn title(self) -> &'static str {
        match self {
            Section::Nursing => "看護記録",
            Section::Vitals => "バイタル",
            other => other.code(),
        }
    }
    /// What belongs into it.
    pub fn about(self) -> &'static str {
        match self {
            Section::Subjective => "主訴・経過",
            Section::Objective => "所見",
            Section::Assessment => "評価",
            Section::Plan => "方針",
            Section::Nursing => "看護記録",
            Section::Vitals => "バイタル",
        }
    }
    /// LOINC code and its display; none for vital signs, which are Observations.
    pub fn loinc(self) -> Option<(&'static str, &'static str)> {
        Some(match self {
            Section::Subjective => ("61150-9", "Subjective Narrative"),
            Section::Objective => ("61149-1", "Objective Narrative"),
            Section::Assessment => ("51848-0", "Evaluation note"),
            Section::Plan => ("18776-5", "Plan of care note"),
            Section::Nursing => ("34746-8", "Nurse Note"),
            Section::Vitals => return None,
        })
    }
    /// By its code.
    pub fn parse(code: &str) -> Option<Section> {
        Section::ALL.into_iter().find(|s| s.code() == code)
    }
    /// By its title in the record.
    pub fn of_title(title: &str) -> Option<Section> {
        Section::NOTE.into_iter().find(|s| s.title() == title)
    }
}

/// Text as it is kept: line breaks are `\n`; other control characters, marks that turn the direction of writing and
/// byte order marks are taken out, because they break the lines of screens and paper and nobody can see them; all else
/// (emoji, 外字, variants) stays. Spaces at the ends of lines and empty lines at the end go.
pub fn clean(text: &str) -> String {
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String = unified.chars().filter(|c| *c == '\n' || *c == '\t' || !is_invisible(*c)).collect();
    let lines: Vec<&str> = kept.lines().map(|line| line.trim_end_matches([' ', '\t', '\u{3000}'])).collect();
    lines.join("\n").trim_end_matches('\n').to_owned()
}

fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2028}' | '\u{2029}')
        || matches!(c, '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pasted_text_is_cleaned_by_one_rule() {
        let cases = [
            ("変わりない", "変わりない"),
            ("一行目\r\n二行目\r三行目", "一行目\n二行目\n三行目"),
            ("痛み\u{0}なし\u{7}", "痛みなし"),
            ("\u{202E}逆\u{202C}", "逆"),
            ("\u{FEFF}先頭", "先頭"),
            ("😀 𠮷野家 渡邊󠄀", "😀 𠮷野家 渡邊󠄀"),
            ("a\tb  \n\n\n", "a\tb"),
            ("  字下げ", "  字下げ"),
            ("\n\n", ""),
        ];
        for (given, kept) in cases {
            assert_eq!(clean(given), kept, "{given:?}");
        }
    }

    #[test]
    fn codes_and_titles_read_back() {
        for section in Section::ALL {
            assert_eq!(Section::parse(section.code()), Some(section));
        }
        for section in Section::NOTE {
            assert_eq!(Section::of_title(section.title()), Some(section));
        }
        assert_eq!(Section::parse("X"), None);
    }
}
