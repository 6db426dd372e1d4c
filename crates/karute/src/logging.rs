//! Structured logs: one JSON object a line on standard error, without patient data. What is logged of a request is
//! decided in `serve::requests`; nothing else may log what a request carried.
use crate::problem::Problem;
use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;

/// Whether a filter can be used.
pub(crate) fn check(filter: &str) -> Result<(), Problem> {
    EnvFilter::try_new(filter).map(|_| ()).map_err(|e| {
        Problem::new(format!("log「{filter}」は使えません（{e}）。info や karute=debug のように書いてください。"))
    })
}

/// Starts logging: JSON, or plain text when a person looks at it.
pub(crate) fn start(filter: &str) -> Result<(), Problem> {
    check(filter)?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(std::io::stderr)
        .with_target(true);
    let started = if std::io::stderr().is_terminal() {
        builder.try_init()
    } else {
        builder.json().flatten_event(true).try_init()
    };
    started.map_err(|e| Problem::new(format!("ログを始められません（{e}）。")))
}
