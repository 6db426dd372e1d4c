//! 定型文: words the clinic or a person writes often, with places that are filled from the patient's record.
use crate::ChartError;
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_ledger::{Access, Action, Commit, Doc};
use serde::{Deserialize, Serialize};

const SPACE: &str = "chart.phrase";
/// Phrases of a clinic, and of one person, at most.
const MOST: u32 = 200;
/// Longest name and text, in characters.
const TITLE: usize = 40;
const TEXT: usize = 1_000;

/// Whose a phrase is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Everybody of the clinic uses it.
    Clinic,
    /// One person's own.
    Person(Id),
}

impl Owner {
    fn prefix(&self) -> String {
        match self {
            Owner::Clinic => "clinic/".to_owned(),
            Owner::Person(id) => format!("own/{id}/"),
        }
    }
}

/// A phrase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phrase {
    /// Id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Its text, with places such as `{今日}` and `{前回HbA1c}`.
    pub text: String,
    /// Whether it is the person's own.
    #[serde(skip)]
    pub own: bool,
}

/// The phrases a person can use: their own first, then the clinic's, by name.
pub fn phrases<'a>(access: &'a Access, person: &'a Id) -> BoxFuture<'a, Result<Vec<Phrase>, ChartError>> {
    Box::pin(async move {
        let mut all = Vec::new();
        for (owner, own) in [(Owner::Person(person.clone()), true), (Owner::Clinic, false)] {
            for (_, value) in access.docs(SPACE, &owner.prefix(), MOST).await? {
                if let Ok(phrase) = serde_json::from_str::<Phrase>(&value) {
                    all.push(Phrase { own, ..phrase });
                }
            }
        }
        all.sort_by(|a, b| (!a.own, &a.title, &a.id).cmp(&(!b.own, &b.title, &b.id)));
        Ok(all)
    })
}

/// Keeps a phrase. [`ChartError::Invalid`] without name or text.
pub fn add_phrase<'a>(
    access: &'a Access,
    owner: &'a Owner,
    id: Id,
    title: &'a str,
    text: &'a str,
) -> BoxFuture<'a, Result<(), ChartError>> {
    Box::pin(async move {
        let title: String = super::clean(title).replace(['\n', '\t'], " ").trim().chars().take(TITLE).collect();
        let text: String = super::clean(text).chars().take(TEXT).collect();
        if title.is_empty() || text.trim().is_empty() {
            return Err(ChartError::Invalid);
        }
        if access.docs(SPACE, &owner.prefix(), MOST).await?.len() >= MOST as usize {
            return Err(ChartError::TooMany);
        }
        let key = format!("{}{id}", owner.prefix());
        let phrase = Phrase { id: id.to_string(), title, text, own: false };
        let mut commit = Commit::new(Action::Administer);
        commit.detail = Some("定型文を加える".to_owned());
        commit.docs.push(Doc::Insert { space: SPACE, key, value: super::draft::stored(&phrase)?, expires: None });
        access.commit(commit).await?;
        Ok(())
    })
}

/// Gives a phrase up.
pub fn drop_phrase<'a>(access: &'a Access, owner: &'a Owner, id: &'a Id) -> BoxFuture<'a, Result<(), ChartError>> {
    Box::pin(async move {
        let mut commit = Commit::new(Action::Administer);
        commit.detail = Some("定型文を消す".to_owned());
        commit.docs.push(Doc::Delete { space: SPACE, key: format!("{}{id}", owner.prefix()) });
        access.commit(commit).await?;
        Ok(())
    })
}

/// What the places of a phrase are filled from.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// `今日`: the day in words.
    pub today: String,
    /// `年齢`
    pub age: String,
    /// Newest values by the name of the test or sign: (`HbA1c`, `7.4`).
    pub values: Vec<(String, String)>,
}

/// Fills the places of a text. A place nothing is known for stays as it is, so that it is seen and filled by hand.
pub fn fill(text: &str, facts: &Facts) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((front, after)) = rest.split_once('{') {
        out.push_str(front);
        let Some((name, behind)) = after.split_once('}') else {
            out.push('{');
            out.push_str(after);
            return out;
        };
        if let Some(value) = value(name.trim(), facts) {
            out.push_str(&value);
        } else {
            out.push('{');
            out.push_str(name);
            out.push('}');
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// The first place of a phrase that is still not filled in a text.
pub fn unfilled(text: &str) -> Option<&str> {
    let mut names = text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name);
    names.find(|name| name.starts_with("前回") || matches!(*name, "今日" | "年齢"))
}

fn value(name: &str, facts: &Facts) -> Option<String> {
    let known = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    match name {
        "今日" => known(&facts.today),
        "年齢" => known(&facts.age),
        other => {
            let wanted = other.strip_prefix("前回").unwrap_or(other).to_lowercase();
            let found = facts.values.iter().find(|(n, _)| {
                let n = n.to_lowercase();
                n == wanted || n.split(['（', '(']).next() == Some(wanted.as_str())
            });
            found.map(|(_, value)| value.clone())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_and_unknown_ones_stay_visible() {
        let facts = Facts {
            today: "11/20".to_owned(),
            age: "68歳".to_owned(),
            values: vec![("HbA1c（NGSP）".to_owned(), "7.4%".to_owned()), ("血圧".to_owned(), "142/84".to_owned())],
        };
        let cases = [
            ("HbA1c {前回HbA1c} でした。", "HbA1c 7.4% でした。"),
            ("{今日} {年齢} {前回血圧}", "11/20 68歳 142/84"),
            ("{ 今日 }", "11/20"),
            ("{前回eGFR}", "{前回eGFR}"),
            ("{", "{"),
            ("{今日", "{今日"),
            ("}{今日}", "}11/20"),
            ("なし", "なし"),
        ];
        for (text, expected) in cases {
            assert_eq!(fill(text, &facts), expected, "{text}");
        }
        let open = [
            ("eGFR {前回eGFR}、{今日}", Some("前回eGFR")),
            ("{年齢}", Some("年齢")),
            ("集合 {1, 2}", None),
            ("{前回", None),
            ("", None),
        ];
        for (text, expected) in open {
            assert_eq!(unfilled(text), expected, "{text}");
        }
    }
}
