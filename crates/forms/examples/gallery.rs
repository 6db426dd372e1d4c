//! Writes every form of the fixture into a folder, to be looked at: `cargo run -p karute-forms --example gallery -- DIR`.
//! `--example gallery -- --speed` measures instead.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

#[path = "../tests/fixture/mod.rs"]
mod fixture;

use karute_forms::{Forms, Mark, Paper, Prescription};
use karute_japan::Date;
use std::time::Instant;

fn all() -> Vec<(&'static str, Prescription, Paper)> {
    let sample = Prescription { mark: Mark::Sample, ..fixture::usual() };
    let reprint = Prescription { mark: Mark::Reprint, exchange_number: Some("482913".into()), ..fixture::usual() };
    let before = Prescription { issued: Date::constant(2024, 11, 20), ..fixture::usual() };
    let oldest = Prescription { issued: Date::constant(2023, 11, 20), ..fixture::usual() };
    let large = Prescription { symbols: vec![fixture::payload(1_400), fixture::payload(900)], ..fixture::usual() };
    vec![
        ("usual", fixture::usual(), Paper::A5),
        ("rich", fixture::rich(), Paper::A5),
        ("rich-a4", fixture::rich(), Paper::A4),
        ("long", fixture::long(), Paper::A5),
        ("divided", fixture::divided(), Paper::A5),
        ("sample", sample, Paper::A5),
        ("reprint", reprint, Paper::A5),
        ("form-2024-10", before, Paper::A5),
        ("form-2022-04", oldest, Paper::A5),
        ("symbols-a4", large.clone(), Paper::A4),
        ("symbols-a5", large, Paper::A5),
    ]
}

fn main() {
    let forms = Forms::new(std::env::var_os("KARUTE_FONTS").map(Into::into));
    let first = std::env::args().nth(1).expect("a folder, or --speed");
    if first == "--speed" {
        return speed(&forms);
    }
    let folder = std::path::PathBuf::from(first);
    std::fs::create_dir_all(&folder).unwrap();
    for (name, form, paper) in all() {
        let made = forms.prescription(&form, paper, fixture::made()).unwrap();
        println!(
            "{name}: {} pages, {} bytes, missing {:?}, plain {:?}",
            made.pages,
            made.pdf.len(),
            made.missing,
            made.plain
        );
        std::fs::write(folder.join(format!("{name}.pdf")), &made.pdf).unwrap();
    }
    for (name, form) in [
        ("slip", fixture::rich()),
        ("slip-long", Prescription { exchange_number: Some("4829134829134829".into()), ..fixture::long() }),
    ] {
        let made = forms.slip(&form, Paper::A5, fixture::made()).unwrap();
        std::fs::write(folder.join(format!("{name}.pdf")), &made.pdf).unwrap();
    }
    let long = karute_forms::Letter {
        course: "経過は良好で、症状の再燃はありません。\n".repeat(60),
        ..fixture::letter()
    };
    for (name, form) in [("letter", fixture::letter()), ("letter-long", long)] {
        let made = forms.letter(&form, fixture::made()).unwrap();
        std::fs::write(folder.join(format!("{name}.pdf")), &made.pdf).unwrap();
    }
    let made = forms.slip(&fixture::rich(), Paper::A4, fixture::made()).unwrap();
    std::fs::write(folder.join("slip-a4.pdf"), &made.pdf).unwrap();
}

/// Milliseconds a page, the first document apart.
fn speed(forms: &Forms) {
    let begun = Instant::now();
    forms.ready().unwrap();
    println!("fonts read in {:.1} ms", begun.elapsed().as_secs_f64() * 1e3);
    for (name, form, paper) in all() {
        let mut times = Vec::new();
        let mut pages = 0;
        for _ in 0..50 {
            let begun = Instant::now();
            pages = forms.prescription(&form, paper, fixture::made()).unwrap().pages;
            times.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        let (median, most) = (times[times.len() / 2], times[times.len() * 95 / 100]);
        println!(
            "{name}: {pages} pages, median {:.2} ms a page, 95% {:.2} ms a page",
            median / pages as f64,
            most / pages as f64
        );
    }
}
