//! How a document is made wrong.
use karute_json::{Limits, Value, apply_patch, parse};

/// One thing that is changed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Change {
    /// Takes what is at a JSON pointer away.
    Del(&'static str),
    /// Puts JSON in place of what is there.
    Set(&'static str, &'static str),
    /// Adds JSON: a new member, or an item at the end (`/-`).
    Add(&'static str, &'static str),
}

impl Change {
    fn patch(self) -> String {
        match self {
            Change::Del(path) => format!(r#"[{{"op":"remove","path":"{path}"}}]"#),
            Change::Set(path, value) => format!(r#"[{{"op":"replace","path":"{path}","value":{value}}}]"#),
            Change::Add(path, value) => format!(r#"[{{"op":"add","path":"{path}","value":{value}}}]"#),
        }
    }

    /// The changed document.
    pub(super) fn apply(self, text: &str) -> String {
        let mut value = parse(text.as_bytes(), &Limits::FHIR).unwrap();
        let patch = self.patch();
        let patch: Value<'_> = parse(patch.as_bytes(), &Limits::FHIR).unwrap_or_else(|e| panic!("{patch}: {e}"));
        apply_patch(&mut value, &patch).unwrap_or_else(|e| panic!("{self:?}: {e:?}"));
        value.to_json()
    }

    /// In words, for the table.
    pub(super) fn words(self) -> String {
        let short = |value: &str| value.chars().take(120).collect::<String>().replace('|', "\\|");
        match self {
            Change::Del(path) => format!("`{path}` を削除"),
            Change::Set(path, value) => format!("`{path}` を `{}` に変更", short(value)),
            Change::Add(path, value) => format!("`{path}` に `{}` を追加", short(value)),
        }
    }
}
