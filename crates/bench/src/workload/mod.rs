//! The workloads.
mod names;
mod read;
mod screens;
mod write;

use crate::client::Server;
use crate::measure::Times;
use crate::process::Processes;
use crate::{Line, Options};
use anyhow::Result;
use std::str::FromStr;

/// One thing to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workload {
    /// Loads the data set by transaction Bundles of 50 resources.
    Load,
    /// Loads patients alone, 50 a transaction (for the name search over many).
    LoadPatients,
    /// Reads by id.
    Read,
    /// Observations of a patient by code and date, sorted.
    Search,
    /// Single creates, each durable before its answer.
    Create,
    /// Single creates on 64 connections, beside the disk's fsync rate.
    Create64,
    /// `Patient/$everything` of 50 resources.
    Everything,
    /// Patients by name or kana, a page of 20.
    Name,
    /// The same with the number of all matches.
    NameTotal,
    /// Reads spread over all tokens (tenants).
    Tenants,
    /// The screens of clinics at work, at the rate of their busiest hour.
    Screens,
}

impl Workload {
    /// All names, as the command line takes them.
    pub const NAMES: &[(&str, Workload)] = &[
        ("load", Workload::Load),
        ("load-patients", Workload::LoadPatients),
        ("read", Workload::Read),
        ("search", Workload::Search),
        ("create", Workload::Create),
        ("create-64", Workload::Create64),
        ("everything", Workload::Everything),
        ("name", Workload::Name),
        ("name-total", Workload::NameTotal),
        ("tenants", Workload::Tenants),
        ("screens", Workload::Screens),
    ];
}

impl FromStr for Workload {
    type Err = String;
    fn from_str(name: &str) -> Result<Workload, String> {
        Workload::NAMES.iter().find(|(known, _)| *known == name).map(|(_, workload)| *workload).ok_or_else(|| {
            let names: Vec<&str> = Workload::NAMES.iter().map(|(known, _)| *known).collect();
            format!("測定の種類は {} のどれかです", names.join(", "))
        })
    }
}

pub(crate) async fn run(workload: Workload, options: &Options) -> Result<Vec<Line>> {
    let server = Server::new(&options.url);
    let line = match workload {
        Workload::Load => write::load(&server, options).await,
        Workload::LoadPatients => write::load_patients(&server, options).await,
        Workload::Create => write::create(&server, options, options.connections).await,
        Workload::Create64 => write::create(&server, options, 64).await,
        Workload::Read => read::by_id(&server, options).await,
        Workload::Search => read::observations(&server, options).await,
        Workload::Everything => read::everything(&server, options).await,
        Workload::Name => names::page(&server, options).await,
        Workload::NameTotal => names::total(&server, options).await,
        Workload::Tenants => read::tenants(&server, options).await,
        Workload::Screens => return screens::run(options).await,
    };
    Ok(vec![line?])
}

/// CPU accounting around a run.
struct Meter {
    processes: Processes,
    before: Option<u64>,
}

impl Meter {
    fn start(options: &Options) -> Meter {
        let processes = Processes::new(&options.pids, &options.process_names);
        Meter { before: processes.cpu_ms(), processes }
    }

    /// A line for `times`, where each request did `per_request` operations.
    #[allow(clippy::cast_precision_loss)]
    fn line(&self, what: &str, connections: usize, times: &Times, per_request: u64, remark: Option<String>) -> Line {
        let operations = times.each.len() as u64 * per_request;
        let cpu = self.before.zip(self.processes.cpu_ms()).map(|(before, after)| after.saturating_sub(before));
        let ms = |share: f64| times.quantile(share).as_secs_f64() * 1000.0;
        Line {
            what: what.to_owned(),
            connections,
            operations,
            per_second: operations as f64 / times.wall.as_secs_f64(),
            cpu_ms_each: cpu.map(|ms| ms as f64 / operations.max(1) as f64),
            p50_ms: ms(0.5),
            p99_ms: ms(0.99),
            remark,
        }
    }
}
