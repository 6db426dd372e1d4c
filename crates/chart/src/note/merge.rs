//! Two people wrote in one section: edits of different lines go together, edits of the same lines are a conflict.

/// What became of two edits of one text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Merged {
    /// Both edits, together.
    Text(String),
    /// They changed the same lines: a person must choose.
    Conflict,
}

/// Merges two edits of `base`. An edit that starts from an empty text has no common ground with another and conflicts
/// unless one contains the other.
pub fn merge(base: &str, theirs: &str, mine: &str) -> Merged {
    if theirs == mine || mine == base {
        return Merged::Text(theirs.to_owned());
    }
    if theirs == base {
        return Merged::Text(mine.to_owned());
    }
    match diffy::merge(&lines(base), &lines(theirs), &lines(mine)) {
        Ok(text) => Merged::Text(text.trim_end_matches('\n').to_owned()),
        Err(_) => Merged::Conflict,
    }
}

/// Both texts, one below the other; what one says already is not said twice.
pub fn both(theirs: &str, mine: &str) -> String {
    if theirs.contains(mine) {
        return theirs.to_owned();
    }
    if mine.contains(theirs) {
        return mine.to_owned();
    }
    let known: Vec<&str> = theirs.lines().collect();
    let new: Vec<&str> = mine.lines().filter(|line| line.trim().is_empty() || !known.contains(line)).collect();
    format!("{theirs}\n{}", new.join("\n")).trim_end_matches('\n').to_owned()
}

fn lines(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{text}\n") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_of_different_lines_go_together_and_edits_of_the_same_line_do_not() {
        let conflict = None;
        let cases = [
            ("a", "a", "a b", Some("a b")),
            ("a", "a b", "a", Some("a b")),
            ("a", "b", "b", Some("b")),
            ("一\n二\n三\n四\n五", "一!\n二\n三\n四\n五", "一\n二\n三\n四\n五!", Some("一!\n二\n三\n四\n五!")),
            ("一\n二\n三", "一\n二x\n三", "一\n二y\n三", conflict),
            ("", "看護師が書いた", "医師が書いた", conflict),
            ("一\n二\n三", "二\n三", "一\n二\n三\n四", Some("二\n三\n四")),
            ("一\n二\n三", "", "一\n二!\n三", conflict),
        ];
        for (base, theirs, mine, expected) in cases {
            let found = merge(base, theirs, mine);
            let wanted = expected.map_or(Merged::Conflict, |t| Merged::Text(t.to_owned()));
            assert_eq!(found, wanted, "{base:?} {theirs:?} {mine:?}");
        }
    }

    #[test]
    fn putting_both_together_loses_no_line() {
        let cases = [
            ("a\nb", "c", "a\nb\nc"),
            ("a\nb", "b\nc", "a\nb\nc"),
            ("a\nb", "a", "a\nb"),
            ("a", "a\nb", "a\nb"),
            ("", "x", "x"),
        ];
        for (theirs, mine, expected) in cases {
            let found = both(theirs, mine);
            assert_eq!(found, expected);
            for line in theirs.lines().chain(mine.lines()) {
                assert!(found.lines().any(|l| l == line), "{line}");
            }
        }
    }
}
