//! Progress of long work: a bar when a person watches, one line every few seconds otherwise.
use crate::out;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

/// Between lines when nobody watches.
const EVERY: Duration = Duration::from_secs(5);

/// One piece of work.
pub(crate) struct Progress {
    what: String,
    bar: Option<ProgressBar>,
    told: Instant,
}

impl Progress {
    /// Begins; `total` when it is known.
    pub(crate) fn new(what: &str, total: Option<u64>) -> Progress {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
            let template = if total.is_some() { "{msg} {bar:30} {pos}/{len} 件" } else { "{spinner} {msg} {pos} 件" };
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            bar.set_message(what.to_owned());
            bar
        });
        Progress { what: what.to_owned(), bar, told: Instant::now() }
    }

    /// How far it is.
    pub(crate) fn at(&mut self, done: u64) {
        match &self.bar {
            Some(bar) => bar.set_position(done),
            None if self.told.elapsed() >= EVERY => {
                self.told = Instant::now();
                out::say(&format!("{}: {done} 件", self.what));
            }
            None => {}
        }
    }

    /// It is done.
    pub(crate) fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
