//! CPU time of other processes, from `/proc`.
use std::collections::BTreeSet;

/// The processes whose CPU time counts.
#[derive(Clone, Debug)]
pub(crate) struct Processes {
    pids: Vec<u32>,
    names: Vec<String>,
}

/// Kernel clock ticks per second; 100 on every Linux that Rust supports (`getconf CLK_TCK`).
const TICKS_PER_SECOND: u64 = 100;

impl Processes {
    pub(crate) fn new(pids: &[u32], names: &[String]) -> Processes {
        Processes { pids: pids.to_vec(), names: names.to_vec() }
    }

    /// CPU milliseconds used so far, or `None` when no process is named or none was found.
    pub(crate) fn cpu_ms(&self) -> Option<u64> {
        let mut all: BTreeSet<u32> = self.pids.iter().copied().collect();
        if !self.names.is_empty() {
            let entries = std::fs::read_dir("/proc").ok()?;
            for pid in entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()) {
                let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
                if self.names.iter().any(|wanted| wanted == name.trim_end()) {
                    all.insert(pid);
                }
            }
        }
        let ticks: Vec<u64> = all.into_iter().filter_map(ticks).collect();
        (!ticks.is_empty()).then(|| ticks.iter().sum::<u64>() * 1000 / TICKS_PER_SECOND)
    }
}

/// User and system time of one process, its reaped children included, in clock ticks.
fn ticks(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name stands in parentheses and may contain spaces; fields are counted after it (proc(5)).
    let (_, rest) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split(' ').collect();
    (11..=14).map(|index| fields.get(index)?.parse::<u64>().ok()).sum()
}
