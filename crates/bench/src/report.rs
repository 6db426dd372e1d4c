//! What was measured.
use serde::Serialize;
use std::fmt;

/// All measurements.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// In the order they ran.
    pub lines: Vec<Line>,
}

/// One measurement.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// What was done.
    pub what: String,
    /// Connections.
    pub connections: usize,
    /// Operations (requests, or resources when loading).
    pub operations: u64,
    /// Operations a second.
    pub per_second: f64,
    /// CPU milliseconds of server and database per operation, when processes were named.
    pub cpu_ms_each: Option<f64>,
    /// Median time of a request in milliseconds.
    pub p50_ms: f64,
    /// 99th percentile in milliseconds.
    pub p99_ms: f64,
    /// Remarks, for example the fsync rate beside it.
    pub remark: Option<String>,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cpu = self.cpu_ms_each.map_or_else(|| "–".to_owned(), |ms| format!("{ms:.3}"));
        write!(
            f,
            "{:<48} {:>3} conn {:>9} ops {:>10.1}/s  CPU {cpu:>7} ms  p50 {:>8.2} ms  p99 {:>8.2} ms",
            self.what, self.connections, self.operations, self.per_second, self.p50_ms, self.p99_ms
        )?;
        match &self.remark {
            Some(remark) => write!(f, "  {remark}"),
            None => Ok(()),
        }
    }
}
