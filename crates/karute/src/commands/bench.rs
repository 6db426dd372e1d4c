//! `karute bench`
use crate::cli::BenchArgs;
use crate::out;
use crate::problem::Problem;
use karute_bench::{Options, Workload};

pub(super) async fn run(args: &BenchArgs) -> Result<(), Problem> {
    let workloads = if args.workloads.is_empty() {
        Workload::NAMES
            .iter()
            .map(|(_, w)| *w)
            .filter(|w| !matches!(w, Workload::LoadPatients | Workload::Screens))
            .collect()
    } else {
        args.workloads.clone()
    };
    let options = Options {
        url: args.url.trim_end_matches('/').to_owned(),
        tokens: args.tokens.clone(),
        sessions: args.sessions.clone(),
        connections: args.connections,
        patients: args.patients,
        requests: args.requests,
        pids: args.pids.clone(),
        process_names: args.processes.clone(),
        disk: args.disk.clone(),
        workloads,
    };
    let json = args.json;
    let report = karute_bench::run(&options, |line| {
        if !json {
            out::line(&line.to_string());
        }
    })
    .await
    .map_err(|e| Problem::new(format!("測定を続けられません（{e:#}）。")))?;
    if json {
        out::json(&serde_json::json!(report));
    }
    Ok(())
}
