//! How long judging a document of about 50 kB by R4, profiles and numbered rules takes: CPU time of one core, the mean
//! and the best of many runs. `cargo run --release -p karute-fhir --example profile_speed [FILE]`
#![allow(clippy::print_stdout)]

use karute_fhir::profile::{ProfileSet, validate};
use karute_json::{Limits, Object, Value, parse};
use std::hint::black_box;
use std::time::Instant;

const LAB: &str = include_str!("../tests/it/fixtures/profiles/five_info_observation.json");
const LETTER: &str = include_str!("../tests/it/fixtures/profiles/referral.json");
const SIZE: usize = 50_000;
const RUNS: u32 = 300;

/// A 5情報 Bundle with its results repeated until it is of about [`SIZE`] bytes.
fn lab() -> String {
    let Ok(mut bundle) = parse(LAB.as_bytes(), &Limits::FHIR) else { return String::new() };
    let entries = bundle.get("entry").map(Value::items).unwrap_or_default().to_vec();
    let results: Vec<Value<'_>> = entries.iter().skip(1).cloned().collect();
    let mut all = entries;
    let mut size = bundle.to_json().len();
    for (number, result) in results.iter().cycle().enumerate() {
        if size >= SIZE {
            break;
        }
        let mut entry = result.clone();
        if let Some(object) = entry.as_object_mut() {
            object.insert("fullUrl", Value::string(format!("urn:uuid:{number:08x}-2222-4222-8222-222222222222")));
        }
        size += entry.to_json().len();
        all.push(entry);
    }
    if let Some(object) = bundle.as_object_mut() {
        object.insert("entry", Value::from(all));
    }
    bundle.to_json()
}

/// A 診療情報提供書 with its diseases and drugs repeated likewise.
fn letter() -> String {
    let Ok(mut bundle) = parse(LETTER.as_bytes(), &Limits::FHIR) else { return String::new() };
    let mut all = bundle.get("entry").map(Value::items).unwrap_or_default().to_vec();
    let repeated: Vec<Value<'_>> = all.iter().skip(8).take(3).cloned().collect();
    let mut size = bundle.to_json().len();
    for (number, one) in repeated.iter().cycle().enumerate() {
        if size >= SIZE {
            break;
        }
        size += one.to_json().len();
        let url = format!("urn:uuid:{number:08x}-2222-4222-8222-222222222222");
        let resource = one.get("resource").cloned().unwrap_or(Value::Null);
        all.push(Value::from(Object::new().with("fullUrl", url).with("resource", resource)));
    }
    if let Some(object) = bundle.as_object_mut() {
        object.insert("entry", Value::from(all));
    }
    bundle.to_json()
}

fn measure(name: &str, text: &str) {
    let Ok(value) = parse(text.as_bytes(), &Limits::FHIR) else { return println!("{name}: no JSON") };
    let set = ProfileSet::own();
    let findings = validate(&value, set).len();
    let (mut best, begin) = (f64::INFINITY, Instant::now());
    for _ in 0..RUNS {
        let start = Instant::now();
        drop(black_box(validate(black_box(&value), set)));
        best = best.min(start.elapsed().as_secs_f64() * 1e3);
    }
    let mean = begin.elapsed().as_secs_f64() * 1e3 / f64::from(RUNS);
    println!("{name}: {} bytes, best {best:.2} ms, mean {mean:.2} ms, {findings} findings", text.len());
}

fn main() -> std::io::Result<()> {
    let begin = Instant::now();
    ProfileSet::own();
    println!("own rules compiled in {:.1} ms", begin.elapsed().as_secs_f64() * 1e3);
    if let Some(path) = std::env::args().nth(1) {
        measure(&path, &std::fs::read_to_string(&path)?);
        return Ok(());
    }
    measure("5情報 検査", &lab());
    measure("診療情報提供書", &letter());
    Ok(())
}
