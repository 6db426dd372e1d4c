//! SQLite's write-ahead log is carried over into the file beside the commits instead of inside one of them, which would
//! then take two flushes to disk more. What is in the log is durable; nothing depends on when it is carried over.
//!
//! A pass copies what stands in the log while commits go on. The log starts anew only when a pass has reached its end
//! and nothing was added meanwhile; under steady writing that never happens by itself, so a long log is finished with
//! the writer held back, when the pass before has left little to do.
use super::lite::{LiteConn, Mode};
use crate::LedgerError;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Pages added to the log that are worth a pass: 4 MiB.
const PASS: u32 = 1_000;
/// Pages of a log that must start anew: 16 MiB.
const LONG: u32 = 4_000;

/// What is known of one file's log.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// Its pages after the last commit.
    pages: AtomicU32,
    /// Its pages at the last pass.
    carried: AtomicU32,
    /// A pass is under way.
    busy: AtomicBool,
}

impl Log {
    /// A commit was appended.
    pub(super) fn grown(&self, pages: u32) {
        self.pages.store(pages, Ordering::Relaxed);
    }

    /// Whether the caller must make a pass now, and end it with [`Log::passed`].
    pub(super) fn due(&self) -> bool {
        let (pages, carried) = (self.pages.load(Ordering::Relaxed), self.carried.load(Ordering::Relaxed));
        // Fewer than at the last pass: it has started anew.
        let new = if pages < carried { pages } else { pages - carried };
        new >= PASS && !self.busy.swap(true, Ordering::AcqRel)
    }

    /// The pass is over.
    pub(super) fn passed(&self) {
        self.carried.store(self.pages.load(Ordering::Relaxed), Ordering::Relaxed);
        self.busy.store(false, Ordering::Release);
    }

    /// Whether it must start anew.
    pub(super) fn is_long(&self) -> bool {
        self.pages.load(Ordering::Relaxed) >= LONG
    }
}

/// Copies what is in the log of the file at `path` and not in use by a reader.
pub(super) fn carry_over(path: &Path) -> Result<(), LedgerError> {
    LiteConn::open(path, Mode::Write)?.rows("PRAGMA wal_checkpoint(PASSIVE)", &[]).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_falls_due_by_what_was_added_since_the_last() {
        let log = Log::default();
        log.grown(PASS - 1);
        assert!(!log.due());
        log.grown(PASS);
        assert!(log.due() && !log.due(), "one at a time");
        log.passed();
        log.grown(2 * PASS - 1);
        assert!(!log.due());
        log.grown(LONG);
        assert!(log.due() && log.is_long());
        log.passed();
        log.grown(10);
        assert!(!log.due() && !log.is_long(), "it has started anew");
        log.grown(PASS);
        assert!(log.due());
    }
}
