//! The executable: command line, configuration, wiring. No logic of the product lives here.

mod certificate;
mod cli;
mod commands;
mod config;
mod demo;
mod logging;
mod out;
mod problem;
mod progress;
mod serve;
mod storage;

use clap::Parser as _;
use std::process::ExitCode;

/// Small allocations from many threads are most of what a request costs in memory; mimalloc gives them back sooner.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            out::say(&format!("エラー: 処理を始められません（{error}）。"));
            return ExitCode::from(1);
        }
    };
    let result = runtime.block_on(commands::run(cli.command));
    // Blocking work that nobody waits for any more may not hold the process.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            if !problem.message.is_empty() {
                out::say(&format!("エラー: {}", problem.message));
            }
            ExitCode::from(problem.code)
        }
    }
}
