//! Prints one patient of a clinic, resource by resource: `cargo run --example show_patient -- SEED INDEX`.
#![allow(clippy::print_stdout)]
use karute_synthetic::{Clinic, Params};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let seed: u64 = arguments.next().map_or(Ok(1), |text| text.parse())?;
    let wanted: usize = arguments.next().map_or(Ok(0), |text| text.parse())?;
    let now = karute_japan::Timestamp::parse("2026-11-20T10:42:00+09:00").ok_or("not an instant")?;
    let clinic = Clinic::new(Params::new(seed, 1_000, 3, now, "1419990015", "みどり野内科クリニック"));
    let mut seen = 0;
    for resource in clinic.resources() {
        if resource.get("resourceType").and_then(karute_json::Value::as_str).as_deref() == Some("Patient") {
            seen += 1;
        }
        if seen == wanted + 1 {
            println!("{}", resource.to_json());
        }
        if seen > wanted + 1 {
            break;
        }
    }
    Ok(())
}
