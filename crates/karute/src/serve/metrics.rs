//! Counters of this process in the Prometheus text format. Labels are route templates, never paths.
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// Upper bounds of the latency histogram in microseconds.
const BOUNDS: [u64; 12] =
    [500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 5_000_000];
/// Distinct (method, route, status) series; beyond it requests are counted together.
const MAX_SERIES: usize = 4_096;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    route: String,
    method: &'static str,
    status: u16,
}

#[derive(Default)]
struct Series {
    count: AtomicU64,
    micros: AtomicU64,
    /// Not cumulative; one more than the bounds for what is slower.
    buckets: [AtomicU64; BOUNDS.len() + 1],
}

/// All counters.
#[derive(Default)]
pub(crate) struct Metrics {
    series: RwLock<BTreeMap<Key, Arc<Series>>>,
    /// Open connections.
    pub connections: AtomicI64,
    /// Connections turned away because there were too many.
    pub turned_away: AtomicU64,
    /// TLS handshakes that failed.
    pub handshakes_failed: AtomicU64,
    /// Requests whose handler panicked.
    pub panics: AtomicU64,
}

/// A value counted elsewhere.
pub(crate) struct Sample {
    name: &'static str,
    help: &'static str,
    kind: &'static str,
    labels: String,
    value: f64,
}

impl Sample {
    /// A value that goes up and down.
    pub(crate) fn gauge(name: &'static str, help: &'static str, value: f64) -> Sample {
        Sample { name, help, kind: "gauge", labels: String::new(), value }
    }
    /// A value that only goes up.
    pub(crate) fn counter(name: &'static str, help: &'static str, value: f64) -> Sample {
        Sample { name, help, kind: "counter", labels: String::new(), value }
    }
    /// With labels, as they stand between the braces. Samples of one name must follow each other.
    pub(crate) fn labelled(self, labels: String) -> Sample {
        Sample { labels, ..self }
    }
}

/// The methods that are counted by name.
fn method_label(method: &http::Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

impl Metrics {
    /// Counts one request.
    pub(crate) fn request(&self, method: &http::Method, route: &str, status: u16, took: Duration) {
        let key = Key { route: route.to_owned(), method: method_label(method), status };
        let known = self.series.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        let series = known.unwrap_or_else(|| {
            let mut all = self.series.write().unwrap_or_else(PoisonError::into_inner);
            let key =
                if all.len() < MAX_SERIES { key } else { Key { route: "(other)".into(), method: "other", status: 0 } };
            Arc::clone(all.entry(key).or_default())
        });
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = BOUNDS.partition_point(|bound| *bound < micros);
        series.count.fetch_add(1, Ordering::Relaxed);
        series.micros.fetch_add(micros, Ordering::Relaxed);
        if let Some(bucket) = series.buckets.get(bucket) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Everything as text, with what was counted elsewhere at the end.
    pub(crate) fn render(&self, samples: &[Sample]) -> String {
        let mut out = String::new();
        let series: Vec<(Key, Arc<Series>)> = {
            let all = self.series.read().unwrap_or_else(PoisonError::into_inner);
            all.iter().map(|(k, s)| (k.clone(), Arc::clone(s))).collect()
        };
        heading(&mut out, "karute_http_requests_total", "Requests answered, by route template.", "counter");
        for (key, s) in &series {
            let _ = writeln!(
                out,
                "karute_http_requests_total{{method=\"{}\",route=\"{}\",status=\"{}\"}} {}",
                key.method,
                escape(&key.route),
                key.status,
                s.count.load(Ordering::Relaxed)
            );
        }
        heading(
            &mut out,
            "karute_http_request_duration_seconds",
            "Time until the answer began, by route.",
            "histogram",
        );
        for ((method, route), parts) in by_route(&series) {
            let labels = format!("method=\"{method}\",route=\"{}\"", escape(&route));
            let mut cumulative = 0;
            for (i, bound) in BOUNDS.iter().enumerate() {
                cumulative += parts.buckets.get(i).copied().unwrap_or_default();
                let seconds = *bound as f64 / 1e6;
                let _ = writeln!(
                    out,
                    "karute_http_request_duration_seconds_bucket{{{labels},le=\"{seconds}\"}} {cumulative}"
                );
            }
            let _ =
                writeln!(out, "karute_http_request_duration_seconds_bucket{{{labels},le=\"+Inf\"}} {}", parts.count);
            let _ = writeln!(out, "karute_http_request_duration_seconds_sum{{{labels}}} {}", parts.micros as f64 / 1e6);
            let _ = writeln!(out, "karute_http_request_duration_seconds_count{{{labels}}} {}", parts.count);
        }
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed) as f64;
        let own = [
            Sample::gauge(
                "karute_http_connections",
                "Open connections.",
                self.connections.load(Ordering::Relaxed) as f64,
            ),
            Sample::counter(
                "karute_http_connections_turned_away_total",
                "Connections over the limit.",
                count(&self.turned_away),
            ),
            Sample::counter(
                "karute_tls_handshakes_failed_total",
                "TLS handshakes that failed.",
                count(&self.handshakes_failed),
            ),
            Sample::counter("karute_http_panics_total", "Requests whose handler panicked.", count(&self.panics)),
        ];
        let mut last = "";
        for sample in own.iter().chain(samples) {
            if sample.name != last {
                heading(&mut out, sample.name, sample.help, sample.kind);
                last = sample.name;
            }
            let labels = if sample.labels.is_empty() { String::new() } else { format!("{{{}}}", sample.labels) };
            let _ = writeln!(out, "{}{labels} {}", sample.name, sample.value);
        }
        out
    }
}

#[derive(Default)]
struct Parts {
    count: u64,
    micros: u64,
    buckets: [u64; BOUNDS.len() + 1],
}

/// Statuses of one route taken together.
fn by_route(series: &[(Key, Arc<Series>)]) -> BTreeMap<(&'static str, String), Parts> {
    let mut routes: BTreeMap<(&'static str, String), Parts> = BTreeMap::new();
    for (key, s) in series {
        let parts = routes.entry((key.method, key.route.clone())).or_default();
        for (sum, bucket) in parts.buckets.iter_mut().zip(&s.buckets) {
            let n = bucket.load(Ordering::Relaxed);
            *sum += n;
            parts.count += n;
        }
        parts.micros += s.micros.load(Ordering::Relaxed);
    }
    routes
}

fn heading(out: &mut String, name: &str, help: &str, kind: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn escape(label: &str) -> String {
    label.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// Resident memory of this process in bytes, where the kernel tells it.
pub(crate) fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmRSS:"))?;
    let kib: u64 = line.split_ascii_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_template_and_buckets_are_cumulative() {
        let metrics = Metrics::default();
        let get = http::Method::GET;
        metrics.request(&get, "/fhir/{type}/{id}", 200, Duration::from_micros(400));
        metrics.request(&get, "/fhir/{type}/{id}", 200, Duration::from_micros(500));
        metrics.request(&get, "/fhir/{type}/{id}", 404, Duration::from_millis(7));
        metrics.request(&get, "/fhir/{type}/{id}", 200, Duration::from_secs(9));
        let text = metrics.render(&[
            Sample::counter("karute_jobs_total", "Jobs.", 2.0).labelled("outcome=\"done\"".into()),
            Sample::counter("karute_jobs_total", "Jobs.", 1.0).labelled("outcome=\"dead\"".into()),
        ]);
        for line in [
            "karute_http_requests_total{method=\"GET\",route=\"/fhir/{type}/{id}\",status=\"200\"} 3",
            "karute_http_requests_total{method=\"GET\",route=\"/fhir/{type}/{id}\",status=\"404\"} 1",
            "karute_http_request_duration_seconds_bucket{method=\"GET\",route=\"/fhir/{type}/{id}\",le=\"0.0005\"} 2",
            "karute_http_request_duration_seconds_bucket{method=\"GET\",route=\"/fhir/{type}/{id}\",le=\"0.01\"} 3",
            "karute_http_request_duration_seconds_bucket{method=\"GET\",route=\"/fhir/{type}/{id}\",le=\"5\"} 3",
            "karute_http_request_duration_seconds_bucket{method=\"GET\",route=\"/fhir/{type}/{id}\",le=\"+Inf\"} 4",
            "karute_http_request_duration_seconds_count{method=\"GET\",route=\"/fhir/{type}/{id}\"} 4",
            "karute_jobs_total{outcome=\"done\"} 2",
            "karute_jobs_total{outcome=\"dead\"} 1",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}\n{text}");
        }
        assert_eq!(text.matches("# TYPE karute_jobs_total counter").count(), 1);
    }

    #[test]
    fn the_number_of_series_is_bounded() {
        let metrics = Metrics::default();
        for i in 0..MAX_SERIES + 10 {
            metrics.request(&http::Method::GET, &format!("/{i}"), 200, Duration::ZERO);
        }
        assert!(metrics.series.read().is_ok_and(|s| s.len() == MAX_SERIES + 1));
    }
}
