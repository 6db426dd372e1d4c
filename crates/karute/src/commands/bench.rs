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
    let mut sessions = args.sessions.clone();
    if let Some(path) = &args.session_file {
        let text = std::fs::read_to_string(path)
            .map_err(|e| Problem::new(format!("--session-file {} を読めません（{e}）。", path.display())))?;
        sessions.extend(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned));
    }
    let options = Options {
        url: args.url.trim_end_matches('/').to_owned(),
        tokens: args.tokens.clone(),
        sessions,
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
