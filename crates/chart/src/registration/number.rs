//! 患者番号: the next free one, of as many digits as the clinic writes.
use crate::ChartError;
use crate::query::{parse, query};
use crate::view::Person;
use futures_util::future::BoxFuture;
use karute_ledger::{Access, Action, Commit, Doc, Guard};

const SPACE: &str = "chart.registration";
const KEY: &str = "number";
/// Digits a clinic may choose from.
pub const DIGITS: std::ops::RangeInclusive<u8> = 4..=10;
/// Digits of a clinic that chose none.
const USUAL: u8 = 6;

/// How a clinic numbers its patients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbering {
    /// Digits, with zeros in front.
    pub digits: u8,
    /// The last number given, when one was.
    pub last: Option<u64>,
}

/// The setting of the clinic.
pub fn numbering(access: &Access) -> BoxFuture<'_, Result<Numbering, ChartError>> {
    Box::pin(async move {
        let found = access.doc(SPACE, KEY).await?;
        Ok(read(found.as_deref()))
    })
}

fn read(text: Option<&str>) -> Numbering {
    let parsed: Option<serde_json::Value> = text.and_then(|t| serde_json::from_str(t).ok());
    let of = |name: &str| parsed.as_ref()?.get(name)?.as_u64();
    let digits = of("digits").and_then(|d| u8::try_from(d).ok()).filter(|d| DIGITS.contains(d));
    Numbering { digits: digits.unwrap_or(USUAL), last: of("last") }
}

fn doc(numbering: Numbering) -> Doc {
    let value = serde_json::json!({ "digits": numbering.digits, "last": numbering.last });
    Doc::Put { space: SPACE, key: KEY.to_owned(), value: value.to_string(), expires: None }
}

/// Sets the number of digits. [`ChartError::Invalid`] outside [`DIGITS`].
pub fn set_digits(access: &Access, digits: u8) -> BoxFuture<'_, Result<Numbering, ChartError>> {
    Box::pin(async move {
        if !DIGITS.contains(&digits) {
            return Err(ChartError::Invalid);
        }
        let now = Numbering { digits, ..numbering(access).await? };
        let mut commit = Commit::new(Action::Administer);
        commit.detail = Some(format!("患者番号の桁数：{digits}"));
        commit.docs.push(doc(now));
        access.commit(commit).await?;
        Ok(now)
    })
}

/// A number to be given, with what makes sure that nobody else gets it.
pub(super) struct Free {
    pub(super) number: String,
    pub(super) guard: Guard,
    pub(super) doc: Doc,
}

/// The number after the last one given; `tried` numbers that others took meanwhile are left out. The first time, after
/// the largest one that the record holds.
pub(super) async fn next(access: &Access, system: &str, tried: u64) -> Result<Free, ChartError> {
    let now = numbering(access).await?;
    let last = match now.last {
        Some(last) => last,
        None => largest(access, system).await?,
    };
    let value = last.saturating_add(1).saturating_add(tried);
    let number = format!("{value:0>width$}", width = usize::from(now.digits));
    let guard = Guard::NoMatch(query("Patient", &[("identifier", &format!("{system}|{number}"))])?);
    Ok(Free { number, guard, doc: doc(Numbering { last: Some(value), ..now }) })
}

/// The largest number in use. Numbers of one width sort as text as they count.
async fn largest(access: &Access, system: &str) -> Result<u64, ChartError> {
    let reader = access.reader(Action::Read);
    reader.describe("患者番号");
    let wanted = format!("{system}|");
    let query = query("Patient", &[("identifier", &wanted), ("_sort", "-identifier"), ("_count", "20")])?;
    let mut largest = 0;
    for version in reader.search(&query, None).await?.matches {
        let number = Person::read(version.id.clone(), &parse(&version)?).number;
        largest = largest.max(number.and_then(|n| n.parse().ok()).unwrap_or(0));
    }
    Ok(reader.release(largest).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clinic_that_chose_nothing_has_six_digits() {
        for (text, digits, last) in [
            (None, 6, None),
            (Some("{}"), 6, None),
            (Some(r#"{"digits":5,"last":12}"#), 5, Some(12)),
            (Some(r#"{"digits":99}"#), 6, None),
            (Some("broken"), 6, None),
        ] {
            assert_eq!(read(text), Numbering { digits, last });
        }
    }
}
