//! Verifying the chains of one or all institutions, and the master tables all share.
use karute_ledger::{Ledger, LedgerError, Tenant, VerifyReport};
use serde::Serialize;

/// What came out for one institution, as programs read it.
#[derive(Clone, Debug, Serialize)]
pub struct Verified {
    /// Number of the institution.
    pub tenant: u32,
    /// Its short name.
    pub name: String,
    /// Whether everything is as it was written.
    pub ok: bool,
    /// Entries checked.
    pub entries: u64,
    /// Checkpoints checked, in the database and outside.
    pub checkpoints: u64,
    /// Attachments re-hashed.
    pub attachments: u64,
    /// The first thing that is wrong.
    pub bad: Option<Bad>,
}

/// The first thing that is wrong.
#[derive(Clone, Debug, Serialize)]
pub struct Bad {
    /// Position in the chain.
    pub seq: u64,
    /// Which entry.
    pub entry: String,
    /// What is wrong, in Japanese.
    pub problem: String,
}

impl Verified {
    fn new(tenant: &Tenant, report: VerifyReport) -> Verified {
        Verified {
            tenant: tenant.id.0,
            name: tenant.name.clone(),
            ok: report.bad.is_none(),
            entries: report.entries,
            checkpoints: report.checkpoints,
            attachments: report.attachments,
            bad: report.bad.map(|b| Bad { seq: b.seq, entry: b.entry, problem: b.problem }),
        }
    }

    /// One line for people.
    pub fn line(&self) -> String {
        match &self.bad {
            None => format!(
                "{}（{}）: 正常。記録 {} 件、チェックポイント {} 件、添付 {} 件を確認しました。",
                self.name, self.tenant, self.entries, self.checkpoints, self.attachments
            ),
            Some(bad) => {
                format!(
                    "{}（{}）: 異常。{} 番目の記録（{}）: {}",
                    self.name, self.tenant, bad.seq, bad.entry, bad.problem
                )
            }
        }
    }
}

/// Verifies the given institutions one after the other; `progress` is told before each.
pub async fn verify(
    ledger: &Ledger,
    tenants: &[Tenant],
    mut progress: impl FnMut(&Tenant),
) -> Result<Vec<Verified>, LedgerError> {
    let mut all = Vec::with_capacity(tenants.len());
    for tenant in tenants {
        progress(tenant);
        all.push(Verified::new(tenant, ledger.verify(tenant.id).await?));
    }
    Ok(all)
}

/// What came out for the master tables.
#[derive(Clone, Debug, Serialize)]
pub struct VerifiedMasters {
    /// Whether every edition is as it was taken in.
    pub ok: bool,
    /// Editions checked.
    pub editions: u64,
    /// The first bad edition and what is wrong with it, in Japanese.
    pub bad: Option<(String, String)>,
}

impl VerifiedMasters {
    /// One line for people.
    pub fn line(&self) -> String {
        match &self.bad {
            None => format!("共通マスター: 正常。{} 版を確認しました。", self.editions),
            Some((edition, problem)) => format!("共通マスター: 異常。{edition}: {problem}。"),
        }
    }
}

/// Verifies the master tables.
pub async fn masters(ledger: &Ledger) -> Result<VerifiedMasters, LedgerError> {
    let report = ledger.verify_masters().await?;
    Ok(VerifiedMasters { ok: report.bad.is_none(), editions: report.editions, bad: report.bad })
}
