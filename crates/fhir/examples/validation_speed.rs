//! How long parsing and validating a Bundle of about 50 kB takes: the best of many runs on one core.
//! `cargo run --release -p karute-fhir --example validation_speed [FILE]`
#![allow(clippy::print_stdout)]

use karute_fhir::validate::validate;
use karute_json::{Limits, Value, parse};
use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

const RESOURCES: [&str; 4] = [
    include_str!("../tests/it/fixtures/patient.json"),
    include_str!("../tests/it/fixtures/observation.json"),
    include_str!("../tests/it/fixtures/medication_request.json"),
    include_str!("../tests/it/fixtures/condition.json"),
];
const SIZE: usize = 50_000;
const RUNS: usize = 300;

/// A collection of the test resources, compact, of about [`SIZE`] bytes.
fn bundle() -> String {
    let compact = |text: &str| parse(text.as_bytes(), &Limits::FHIR).map(|value| value.to_json());
    let resources: Vec<String> = RESOURCES.iter().filter_map(|text| compact(text).ok()).collect();
    let mut text = String::from(r#"{"resourceType":"Bundle","type":"collection","entry":["#);
    for (index, resource) in resources.iter().cycle().enumerate() {
        let separator = if index == 0 { "" } else { "," };
        let _ = write!(text, r#"{separator}{{"fullUrl":"urn:x:{index}","resource":{resource}}}"#);
        if text.len() >= SIZE {
            break;
        }
    }
    text + "]}"
}

/// Microseconds of the fastest run.
fn best(mut run: impl FnMut()) -> f64 {
    let time = |(): ()| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64() * 1e6
    };
    std::iter::repeat_n((), RUNS).map(time).fold(f64::INFINITY, f64::min)
}

fn main() -> std::io::Result<()> {
    let text = match std::env::args().nth(1) {
        Some(path) => std::fs::read_to_string(path)?,
        None => bundle(),
    };
    let read = || parse(text.as_bytes(), &Limits::FHIR).unwrap_or(Value::Null);
    let value = read();
    let parsing = best(|| drop(black_box(read())));
    let validating = best(|| drop(black_box(validate(black_box(&value)))));
    let findings = validate(&value).len();
    println!("{} bytes: parse {parsing:.0} µs, validate {validating:.0} µs, {findings} findings", text.len());
    Ok(())
}
