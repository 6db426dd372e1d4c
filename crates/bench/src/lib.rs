//! `karute bench`: the table of `docs/performance.md` against any FHIR R4 address. It speaks plain HTTP, knows
//! nothing of the server's inside, and checks every answer it gets: a fast wrong answer counts as a failure.
//!
//! CPU time is read from the kernel's accounting of the server's and the database's processes, because rates alone
//! do not survive a noisy machine.

mod client;
mod data;
mod measure;
mod process;
mod report;
mod workload;

pub use report::{Line, Report};
pub use workload::Workload;

use anyhow::{Result, bail};

/// What to measure, where.
#[derive(Clone, Debug)]
pub struct Options {
    /// FHIR base, `http://host:port/fhir`.
    pub url: String,
    /// Bearer tokens; the first is used except by [`Workload::Tenants`], which spreads over all.
    pub tokens: Vec<String>,
    /// Values of session cookies, `name=value`, one a clinic, for [`Workload::Screens`].
    pub sessions: Vec<String>,
    /// Parallel connections.
    pub connections: usize,
    /// Patients of the data set; each has 49 observations.
    pub patients: u32,
    /// Requests of each read workload.
    pub requests: u32,
    /// Processes whose CPU time counts.
    pub pids: Vec<u32>,
    /// Names of processes whose CPU time counts, for example `postgres`.
    pub process_names: Vec<String>,
    /// Where the disk's fsync rate is measured (the database's disk).
    pub disk: std::path::PathBuf,
    /// What to run, in this order.
    pub workloads: Vec<Workload>,
}

/// Runs the workloads one after the other.
pub async fn run(options: &Options, mut progress: impl FnMut(&Line)) -> Result<Report> {
    if options.tokens.is_empty() && options.workloads.iter().any(|w| *w != Workload::Screens) {
        bail!("トークンがありません。`karute token create` で作ったものを --token で渡してください。");
    }
    if options.connections == 0 || options.patients == 0 || options.requests == 0 {
        bail!("接続数・患者数・回数は 1 以上にしてください。");
    }
    let mut report = Report::default();
    for workload in &options.workloads {
        for line in workload::run(*workload, options).await? {
            progress(&line);
            report.lines.push(line);
        }
    }
    Ok(report)
}
