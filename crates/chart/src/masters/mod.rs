//! The masters of the installation, as administrators look at them: what is loaded, and what is missing for which
//! function. They belong to no institution, so nothing here is audited.
use crate::ChartError;
use futures_util::future::BoxFuture;
use karute_japan::Date;
use karute_ledger::{Ledger, MasterEdition};
use karute_terminology::mapping::Coverage;
use karute_terminology::{Function, Kind, Masters};
use serde::Serialize;

/// How one kind stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KindStatus {
    /// The word of the command line.
    pub kind: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// Number of the newest edition; `None` when only the starter set (or nothing) is there.
    pub number: Option<u32>,
    /// From when its contents hold, `YYYY-MM-DD`.
    pub edition: Option<String>,
    /// Name of the file it was taken from.
    pub file: Option<String>,
    /// Revisions in the table now.
    pub rows: usize,
    /// When it was taken in.
    pub imported_at: Option<String>,
    /// Who took it in.
    pub imported_by: Option<String>,
    /// The report of the newest import: `file`, `edition`, counts by name, `rejected` rows.
    pub report: Option<serde_json::Value>,
}

/// A function and the official files it still needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lack {
    /// The word programs read.
    pub function: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// Kinds it needs and does not have; empty when it is complete.
    pub missing: Vec<&'static str>,
}

/// How the masters stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MastersStatus {
    /// No official file was ever taken in.
    pub starter_only: bool,
    /// Every kind.
    pub kinds: Vec<KindStatus>,
    /// Every function.
    pub functions: Vec<Lack>,
}

/// How many codes of one system can be translated into another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MappingCount {
    /// Address of the source.
    pub from: &'static str,
    /// What people call it.
    pub from_label: &'static str,
    /// Address of the target.
    pub to: &'static str,
    /// What people call it.
    pub to_label: &'static str,
    /// Codes usable on the day that have a code of the target.
    pub mapped: usize,
    /// Codes usable on the day that have none, which is an answer and no error.
    pub unmapped: usize,
}

/// Every direction between systems of which codes are loaded. Seconds for full masters the first time on a day: not for
/// threads that answer others.
pub fn mappings(masters: &Masters, day: Date) -> Vec<MappingCount> {
    let count = |direction: &Coverage| MappingCount {
        from: direction.from.url(),
        from_label: direction.from.label(),
        to: direction.to.url(),
        to_label: direction.to.label(),
        mapped: direction.mapped,
        unmapped: direction.unmapped,
    };
    masters.coverage(day).iter().map(count).collect()
}

/// How the masters stand: editions and their reports from the database, numbers of rows from the tables in memory
/// (which follow the database within seconds).
pub fn status<'a>(ledger: &'a Ledger, masters: &'a Masters) -> BoxFuture<'a, Result<MastersStatus, ChartError>> {
    Box::pin(async move { Ok(of(&ledger.master_editions().await?, masters)) })
}

fn of(editions: &[MasterEdition], masters: &Masters) -> MastersStatus {
    let newest = |kind: Kind| editions.iter().rfind(|e| e.kind == kind.name());
    let kinds = Kind::ALL.into_iter().map(|kind| of_kind(kind, newest(kind), masters)).collect();
    let functions = Function::ALL.into_iter().map(|function| Lack {
        function: function.name(),
        label: function.label(),
        missing: function.missing(|kind| newest(kind).is_some()).into_iter().map(Kind::name).collect(),
    });
    let starter_only = !editions.iter().any(|e| Kind::parse(&e.kind).is_some());
    MastersStatus { starter_only, kinds, functions: functions.collect() }
}

fn of_kind(kind: Kind, newest: Option<&MasterEdition>, masters: &Masters) -> KindStatus {
    let report: Option<serde_json::Value> = newest.and_then(|e| serde_json::from_str(&e.report).ok());
    let told = |name: &str| report.as_ref()?.get(name)?.as_str().map(str::to_owned);
    KindStatus {
        kind: kind.name(),
        label: kind.label(),
        number: newest.map(|e| e.number),
        edition: told("edition"),
        file: told("file"),
        rows: masters.table(kind).map_or(0, |table| table.len()),
        imported_at: newest.map(|e| e.imported_at.to_fhir()),
        imported_by: newest.map(|e| e.imported_by.clone()),
        report,
    }
}
