//! Structured logs: one JSON object a line on standard error, without patient data. What is logged of a request is
//! decided in `serve::requests`; nothing else may log what a request carried. Libraries are heard from `warn` on only,
//! because what they say in detail may hold anything.
use crate::problem::Problem;
use std::io::IsTerminal as _;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;

/// A level alone means the product's own crates; anything longer is taken as it is written.
fn spelled_out(filter: &str) -> String {
    match filter.parse::<LevelFilter>() {
        Ok(level) if level > LevelFilter::WARN => format!("warn,karute={filter}"),
        _ => filter.to_owned(),
    }
}

/// Whether a filter can be used.
pub(crate) fn check(filter: &str) -> Result<(), Problem> {
    EnvFilter::try_new(spelled_out(filter)).map(|_| ()).map_err(|e| {
        Problem::new(format!("log「{filter}」は使えません（{e}）。info や karute=debug のように書いてください。"))
    })
}

/// Starts logging: JSON, or plain text when a person looks at it.
pub(crate) fn start(filter: &str) -> Result<(), Problem> {
    check(filter)?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(spelled_out(filter)))
        .with_writer(std::io::stderr)
        .with_target(true);
    let started = if std::io::stderr().is_terminal() {
        builder.try_init()
    } else {
        builder.json().flatten_event(true).try_init()
    };
    started.map_err(|e| Problem::new(format!("ログを始められません（{e}）。")))?;
    // What a panic says may quote a record; where it happened does not.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(|| "?".to_owned(), ToString::to_string);
        tracing::error!(place, "panic");
    }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_alone_is_for_our_own_crates() {
        assert_eq!(spelled_out("debug"), "warn,karute=debug");
        assert_eq!(spelled_out("info"), "warn,karute=info");
        for same in ["warn", "error", "off", "karute=debug", "info,h2=trace"] {
            assert_eq!(spelled_out(same), same);
        }
    }
}
