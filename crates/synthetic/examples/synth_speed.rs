//! Makes a clinic and prints how fast and what came out: `cargo run --release --example synth_speed -- PATIENTS YEARS`.
#![allow(clippy::print_stdout)]
use karute_synthetic::{Clinic, Params};
use std::collections::BTreeMap;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let patients: u32 = arguments.next().map_or(Ok(1_000), |text| text.parse())?;
    let years: u32 = arguments.next().map_or(Ok(3), |text| text.parse())?;
    let now = karute_japan::Timestamp::parse("2026-11-20T10:42:00+09:00").ok_or("not an instant")?;
    let clinic = Clinic::new(Params::new(1, patients, years, now, "1419990015", "みどり野内科クリニック"));
    let start = std::time::Instant::now();
    let (mut count, mut bytes) = (0u64, 0usize);
    let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
    for resource in clinic.resources() {
        count += 1;
        bytes += resource.to_json().len();
        if let Some(kind) = resource.get("resourceType").and_then(karute_json::Value::as_str) {
            *kinds.entry(kind.into_owned()).or_default() += 1;
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    println!("{count} resources, {:.1} MB in {seconds:.2} s: {:.0}/s", bytes as f64 / 1e6, count as f64 / seconds);
    for (kind, number) in kinds {
        println!("{number:>9} {kind}");
    }
    Ok(())
}
