//! Who may be registered already: the same reading and birth date, before a second record is made.
use crate::ChartError;
use crate::patients::replaced_by;
use crate::query::{parse, query};
use crate::view::Person;
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::{Date, search_key};
use karute_ledger::{Access, Action};

/// A patient who may be the same person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alike {
    /// Who.
    pub person: Person,
    /// Whether the whole reading is the same; otherwise the family name's reading or the given name's.
    pub same_reading: bool,
}

/// Patients born on the same day whose reading agrees in the whole or in the family or the given name (people marry,
/// and read names are misheard). `but` is left out. One audit event.
pub fn alike<'a>(
    access: &'a Access,
    birth: Date,
    kana: (&'a str, Option<&'a str>),
    but: Option<&'a Id>,
) -> BoxFuture<'a, Result<Vec<Alike>, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::Search);
        reader.describe("登録前の重複確認");
        let query = query("Patient", &[("birthdate", &birth.to_string()), ("_count", "100")])?;
        let mut found = Vec::new();
        for version in reader.search(&query, None).await?.matches {
            let body = parse(&version)?;
            if replaced_by(&body).is_some() || but == Some(&version.id) {
                continue;
            }
            let person = Person::read(version.id.clone(), &body);
            if let Some(same_reading) = agree(person.kana.as_deref().unwrap_or(&person.name), kana) {
                found.push(Alike { person, same_reading });
            }
        }
        found.sort_by_key(|a| !a.same_reading);
        Ok(reader.release(found).await?)
    })
}

/// Whether readings agree in the whole (`true`) or in a part.
fn agree(kept: &str, (family, given): (&str, Option<&str>)) -> Option<bool> {
    let (kept_family, kept_given) = kept.split_once([' ', '　']).unwrap_or((kept, ""));
    let same = |a: &str, b: &str| !a.is_empty() && search_key(a) == search_key(b);
    let (families, givens) = (same(kept_family, family), same(kept_given, given.unwrap_or_default()));
    let whole = families && (givens || (kept_given.is_empty() && given.is_none()));
    (whole || families || givens).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_agree_in_the_whole_or_in_a_part() {
        for (kept, family, given, expected) in [
            ("ワタナベ マユミ", "ワタナベ", Some("マユミ"), Some(true)),
            ("ワタナベ マユミ", "タナカ", Some("マユミ"), Some(false)),
            ("ワタナベ マユミ", "ワタナベ", Some("サトシ"), Some(false)),
            ("ワタナベ マユミ", "タカハシ", Some("カズオ"), None),
            ("グエン", "グエン", None, Some(true)),
            ("", "グエン", None, None),
        ] {
            assert_eq!(agree(kept, (family, given)), expected, "{kept} {family}");
        }
    }
}
