//! 一般名処方: how the clinic names drugs on its prescriptions.
use super::Naming;
use crate::ChartError;
use futures_util::future::BoxFuture;
use karute_ledger::{Access, Action, Commit, Doc};

const SPACE: &str = "chart.clinic";
const KEY: &str = "drug-naming";

impl Naming {
    /// Both, with their codes.
    pub const ALL: [(Naming, &'static str); 2] = [(Naming::General, "general"), (Naming::Product, "product")];

    /// As stored and in forms.
    pub fn code(self) -> &'static str {
        Naming::ALL.iter().find(|(naming, _)| *naming == self).map_or("general", |(_, code)| code)
    }

    /// By its code.
    pub fn parse(code: &str) -> Option<Naming> {
        Naming::ALL.iter().find(|(_, each)| *each == code).map(|(naming, _)| *naming)
    }
}

/// How the clinic names drugs; by general name where nobody decided.
pub fn naming(access: &Access) -> BoxFuture<'_, Result<Naming, ChartError>> {
    Box::pin(async move {
        let stored = access.doc(SPACE, KEY).await?;
        Ok(stored.and_then(|text| Naming::parse(text.trim_matches('"'))).unwrap_or_default())
    })
}

/// Decides it.
pub fn set_naming(access: &Access, naming: Naming) -> BoxFuture<'_, Result<(), ChartError>> {
    Box::pin(async move {
        let mut commit = Commit::new(Action::Administer);
        commit.detail = Some(format!("drug naming: {}", naming.code()));
        let value = format!("\"{}\"", naming.code());
        commit.docs.push(Doc::Put { space: SPACE, key: KEY.to_owned(), value, expires: None });
        access.commit(commit).await?;
        Ok(())
    })
}
