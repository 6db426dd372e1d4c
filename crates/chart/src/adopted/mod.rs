//! 採用薬: the drugs a clinic has chosen to use, which searches offer first. Kept in the institution's record as one
//! FHIR `ValueSet` ([`URL`], id [`ID`]).
use futures_util::future::BoxFuture;

mod change;
mod lookup;
mod resource;

pub use change::{adopt, drop_drug};
pub use lookup::{DrugFact, facts};

use crate::ChartError;
use crate::query::{parse, resource_type};
use karute_fhir::Id;
use karute_ledger::{Access, Action, Lookup, Reader};
use std::collections::HashSet;

/// Canonical address of the value set of adopted drugs, in every institution.
pub const URL: &str = "urn:karute:adopted-drugs";
/// Its id, in every institution.
pub const ID: &str = "adopted-drugs";
/// System of 薬価基準収載医薬品コード, 12 characters (JP Core names no address, its OID stands in the guide's table of systems).
pub const SYSTEM: &str = "urn:oid:1.2.392.100495.20.2.72";
/// Drugs a clinic may adopt at most: hospitals stay below 2,000.
pub const MOST: usize = 5_000;

/// A drug the clinic uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdoptedDrug {
    /// 薬価基準収載医薬品コード, 12 characters.
    pub code: String,
    /// Name and strength as they stood when it was adopted.
    pub display: String,
}

/// The list of a clinic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Adopted {
    /// Version of the value set; `None` when there never was one.
    pub version: Option<u32>,
    /// In the order of their names.
    pub drugs: Vec<AdoptedDrug>,
}

impl Adopted {
    /// The codes alone, for searches.
    pub fn codes(&self) -> HashSet<String> {
        self.drugs.iter().map(|drug| drug.code.clone()).collect()
    }
}

/// Whether a text has the form of a 薬価基準収載医薬品コード: seven digits, a letter, four digits; products of later listings
/// have letters in other places too, so only length and alphabet are asked for.
pub fn is_code(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}

/// The adopted drugs. One audit event.
pub fn adopted(access: &Access) -> BoxFuture<'_, Result<Adopted, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::View);
        reader.describe("採用薬");
        let (found, _) = stored(&reader).await?;
        Ok(reader.release(found).await?)
    })
}

/// The list as it is stored, and the resource to change.
async fn stored(reader: &Reader) -> Result<(Adopted, Option<karute_json::Value<'static>>), ChartError> {
    let id = Id::new(ID).map_err(|_| ChartError::NotFound)?;
    match reader.read(resource_type("ValueSet")?, &id).await? {
        Lookup::Found(version) => {
            let body = parse(&version)?.into_owned();
            Ok((Adopted { version: Some(version.version), drugs: resource::drugs(&body) }, Some(body)))
        }
        Lookup::Gone(version) => Ok((Adopted { version: Some(version.version), drugs: Vec::new() }, None)),
        Lookup::Missing => Ok((Adopted::default(), None)),
    }
}

#[cfg(test)]
mod tests {
    use super::is_code;

    #[test]
    fn codes_are_told_by_their_form() {
        for (text, expected) in [
            ("2171022F1274", true),
            ("2171022F1ZZZ", true),
            ("622242501", false),
            ("2171022f1274", false),
            ("2171022F127", false),
            ("２１７１０２２Ｆ", false),
            ("2171022F12,4", false),
        ] {
            assert_eq!(is_code(text), expected, "{text}");
        }
    }
}
