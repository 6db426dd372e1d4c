//! Parses a file again and again and prints the rate: `cargo run --release --example parse_speed -- FILE [COUNT]`.
#![allow(clippy::print_stdout)]
use karute_json::{Limits, parse};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("which file?")?;
    let count: u32 = arguments.next().map_or(Ok(2_000), |text| text.parse())?;
    let text = std::fs::read(path)?;
    let start = std::time::Instant::now();
    let mut written = 0;
    for _ in 0..count {
        written += parse(&text, &Limits::FHIR)?.get("resourceType").map_or(0, |value| value.to_json().len());
    }
    let seconds = start.elapsed().as_secs_f64();
    let megabytes = text.len() as f64 * f64::from(count) / 1e6;
    println!("{:.1} µs each, {:.0} MB/s ({written})", seconds * 1e6 / f64::from(count), megabytes / seconds);
    Ok(())
}
