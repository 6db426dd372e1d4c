//! Adopting a drug and giving it up.
use super::{Adopted, AdoptedDrug, ID, MOST, is_code, resource, stored};
use crate::ChartError;
use crate::query::resource_type;
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_ledger::{Access, Action, Change, Commit, Expect, LedgerError};

/// How often somebody else may change the list first before we give up. Adding and removing one drug is right
/// whatever else changed meanwhile, so the person is not asked.
const TRIES: usize = 8;
/// Longest name kept, in characters.
const NAME: usize = 200;

/// Adopts a drug; a drug that is adopted already gets the name given. The list as it is then.
pub fn adopt<'a>(access: &'a Access, code: &'a str, display: &'a str) -> BoxFuture<'a, Result<Adopted, ChartError>> {
    Box::pin(async move {
        let display: String = display.trim().chars().filter(|c| !c.is_control()).take(NAME).collect();
        if !is_code(code) || display.is_empty() {
            return Err(ChartError::Invalid);
        }
        let drug = AdoptedDrug { code: code.to_owned(), display };
        change(access, "採用薬に追加", move |drugs| {
            if drugs.contains(&drug) {
                return Ok(false);
            }
            drugs.retain(|d| d.code != drug.code);
            if drugs.len() >= MOST {
                return Err(ChartError::TooMany);
            }
            drugs.push(drug.clone());
            Ok(true)
        })
        .await
    })
}

/// Gives a drug up; one that is not adopted is no error. The list as it is then.
pub fn drop_drug<'a>(access: &'a Access, code: &'a str) -> BoxFuture<'a, Result<Adopted, ChartError>> {
    Box::pin(async move {
        let code = code.to_owned();
        change(access, "採用薬から外す", move |drugs| {
            let before = drugs.len();
            drugs.retain(|d| d.code != code);
            Ok(drugs.len() != before)
        })
        .await
    })
}

async fn change(
    access: &Access,
    words: &str,
    apply: impl Fn(&mut Vec<AdoptedDrug>) -> Result<bool, ChartError>,
) -> Result<Adopted, ChartError> {
    let id = Id::new(ID).map_err(|_| ChartError::NotFound)?;
    for _ in 0..TRIES {
        let reader = access.reader(Action::Read);
        reader.describe("採用薬");
        let (mut list, body) = stored(&reader).await?;
        reader.release(()).await?;
        if !apply(&mut list.drugs)? {
            return Ok(list);
        }
        list.drugs.sort_by(|a, b| (&a.display, &a.code).cmp(&(&b.display, &b.code)));
        let mut commit = Commit::new(if list.version.is_some() { Action::Update } else { Action::Create });
        commit.detail = Some(words.to_owned());
        commit.changes.push(Change::Put {
            resource_type: resource_type("ValueSet")?,
            id: id.clone(),
            body: resource::with(body, &list.drugs),
            expect: list.version.map_or(Expect::Absent, Expect::Version),
        });
        match access.commit(commit).await {
            Ok(made) => {
                list.version = made.versions.first().map(|v| v.version);
                return Ok(list);
            }
            Err(LedgerError::Conflict { .. } | LedgerError::Exists) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(ChartError::Conflict)
}
