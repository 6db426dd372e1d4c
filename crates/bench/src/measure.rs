//! Running many requests and keeping their times.
use anyhow::Result;
use futures_util::future::try_join_all;
use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Times of a run.
#[derive(Clone, Debug)]
pub(crate) struct Times {
    /// Each request, ascending.
    pub(crate) each: Vec<Duration>,
    /// The whole run.
    pub(crate) wall: Duration,
}

impl Times {
    /// The `share` quantile (0.99 = p99).
    pub(crate) fn quantile(&self, share: f64) -> Duration {
        let last = self.each.len().saturating_sub(1);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let index = (last as f64 * share).round() as usize;
        self.each.get(index.min(last)).copied().unwrap_or_default()
    }
}

/// Calls `work` with 0, 1, … `requests`-1 from `connections` tasks; the first error ends the run.
pub(crate) async fn drive<F, Fut>(connections: usize, requests: u32, work: F) -> Result<Times>
where
    F: Fn(u32) -> Fut,
    Fut: Future<Output = Result<()>>,
{
    let next = AtomicU32::new(0);
    let started = Instant::now();
    let tasks = (0..connections).map(|_| async {
        let mut times = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= requests {
                return anyhow::Ok(times);
            }
            let begun = Instant::now();
            work(index).await?;
            times.push(begun.elapsed());
        }
    });
    let mut each: Vec<Duration> = try_join_all(tasks).await?.into_iter().flatten().collect();
    each.sort_unstable();
    Ok(Times { each, wall: started.elapsed() })
}

/// How often per second the disk under `folder` makes 4 KiB durable.
pub(crate) fn fsyncs_per_second(folder: &std::path::Path) -> Result<f64> {
    use std::io::{Seek as _, Write as _};
    const ROUNDS: u32 = 200;
    let mut file = tempfile::tempfile_in(folder)?;
    let block = [7_u8; 4096];
    let started = Instant::now();
    for _ in 0..ROUNDS {
        file.rewind()?;
        file.write_all(&block)?;
        file.sync_data()?;
    }
    Ok(f64::from(ROUNDS) / started.elapsed().as_secs_f64())
}
