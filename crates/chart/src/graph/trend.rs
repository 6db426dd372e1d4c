//! Which measures the strip shows: a doctor's own list, kept with the clinic's settings and not in any record.
use crate::ChartError;
use futures_util::future::BoxFuture;
use karute_ledger::{Access, Action, Commit, Doc};

const SPACE: &str = "chart.trend";
/// Measures of the strip at most.
const MOST: usize = 5;

/// A measure that can stand in the strip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Beginning of the code: analyte of JLAC10 or LOINC.
    pub code: &'static str,
    /// What people call it.
    pub word: &'static str,
}

const CHOICES: [Choice; 15] = [
    Choice { code: "3D046", word: "HbA1c" },
    Choice { code: "3D010", word: "グルコース" },
    Choice { code: "8A065", word: "eGFR" },
    Choice { code: "3C015", word: "クレアチニン" },
    Choice { code: "3A015", word: "尿アルブミン" },
    Choice { code: "3H015", word: "カリウム" },
    Choice { code: "3F077", word: "LDL-C" },
    Choice { code: "3F015", word: "中性脂肪" },
    Choice { code: "3C020", word: "尿酸" },
    Choice { code: "3B045", word: "ALT" },
    Choice { code: "5C070", word: "CRP" },
    Choice { code: "4A055", word: "TSH" },
    Choice { code: "4Z272", word: "NT-proBNP" },
    Choice { code: "8480-6", word: "血圧" },
    Choice { code: "29463-7", word: "体重" },
];

/// Everything that can be chosen.
pub fn choices() -> &'static [Choice] {
    &CHOICES
}

/// What a doctor chose, in their order; nothing when the active disease names choose.
pub fn chosen_keys<'a>(access: &'a Access, person: &'a str) -> BoxFuture<'a, Result<Vec<&'static str>, ChartError>> {
    Box::pin(async move {
        let Some(kept) = access.doc(SPACE, person).await? else { return Ok(Vec::new()) };
        let codes: Vec<String> = serde_json::from_str(&kept).unwrap_or_default();
        let known = |code: &String| CHOICES.iter().find(|c| c.code == code).map(|c| c.code);
        Ok(codes.iter().filter_map(known).take(MOST).collect())
    })
}

/// Keeps a doctor's list; an empty one lets the active disease names choose again. Unknown codes are refused.
pub fn keep_choice<'a>(
    access: &'a Access,
    person: &'a str,
    codes: &'a [String],
) -> BoxFuture<'a, Result<(), ChartError>> {
    Box::pin(async move {
        if codes.len() > MOST {
            return Err(ChartError::TooMany);
        }
        if codes.iter().any(|code| !CHOICES.iter().any(|c| c.code == code)) {
            return Err(ChartError::Invalid);
        }
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some("推移に出す項目を選ぶ".to_owned());
        commit.docs.push(if codes.is_empty() {
            Doc::Delete { space: SPACE, key: person.to_owned() }
        } else {
            let value = serde_json::to_string(codes).map_err(|_| ChartError::Invalid)?;
            Doc::Put { space: SPACE, key: person.to_owned(), value, expires: None }
        });
        access.commit(commit).await?;
        Ok(())
    })
}
