//! Builds full-size masters and measures incremental search, or answers one question:
//! `cargo run --release -p karute-terminology --example search_masters -- [drug あむろ …]`.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::cast_precision_loss, clippy::cast_possible_truncation)]

#[path = "../tests/it_search/support.rs"]
mod support;
#[path = "search_masters/synthetic.rs"]
mod synthetic;

use karute_terminology::{Catalogue, Domain, Habits, Kind, LabSet, LabSets, Masters, Question, SetPart, Table};
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let real = karute_testkit::shared().map(|shared| support::real(&shared)).unwrap_or_default();
    if let [domain, texts @ ..] = args.as_slice()
        && let Some(domain) = Domain::parse(domain)
    {
        let catalogue = Catalogue::build(real);
        for text in texts {
            show(&catalogue, domain, text);
        }
    } else {
        measure(real);
    }
}

fn show(catalogue: &Catalogue, domain: Domain, text: &str) {
    let day = support::day("2025-11-20");
    let habits = Habits::default();
    let answer = catalogue.search(&Question { domain, text, day, limit: 9, habits, include_ended: false });
    println!("{text}: {}", answer.total);
    for item in answer.items {
        let enter = if item.selectable_by_enter { "⏎" } else { " " };
        let risk = if item.high_risk { "!" } else { "" };
        println!(
            "  {enter} {:10} {}  {} [{}{risk}] {}",
            item.group.name(),
            item.display,
            item.detail,
            item.class_tag,
            item.code
        );
    }
}

/// Resident memory of this process in MB, now and at most so far; zero where the system does not tell.
fn memory() -> (f64, f64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok()).unwrap_or(0.0) / 1_000.0
    };
    (field("VmRSS:"), field("VmHWM:"))
}

/// Processor time of this process in seconds, of hundredths.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

fn measure(real: Vec<Arc<Table>>) {
    let tables = synthetic::fill(real);
    for table in &tables {
        println!("{:14} {:6} records", table.kind().name(), table.len());
    }
    let held: usize = tables.iter().map(|table| table.bytes()).sum();
    let stored: Vec<(Kind, Vec<u8>)> = tables.iter().map(|table| (table.kind(), table.encode().unwrap())).collect();
    drop(tables);
    let (before, _) = memory();
    // A process that starts: from the bytes of the database to the first answer.
    let (cpu, start) = (cpu_seconds(), Instant::now());
    let tables: Vec<Arc<Table>> =
        stored.iter().map(|(kind, bytes)| Arc::new(Table::decode(*kind, bytes).unwrap())).collect();
    println!("decode {:?} ({:.2} s of CPU)", start.elapsed(), cpu_seconds() - cpu);
    let (cpu, start) = (cpu_seconds(), Instant::now());
    let masters = Masters::new(tables);
    let (built, spent) = (start.elapsed(), cpu_seconds() - cpu);
    let catalogue = masters.catalogue();
    let (after, peak) = memory();
    println!(
        "build {built:?} ({spent:.2} s of CPU)  tables {:.1} MB  index {:.1} MB",
        held as f64 / 1e6,
        catalogue.index_bytes() as f64 / 1e6
    );
    println!("resident {before:.1} MB before building, {after:.1} MB after, {peak:.1} MB at most");
    let (cpu, start) = (cpu_seconds(), Instant::now());
    let directions = masters.coverage(support::day("2025-11-20")).len();
    println!("coverage of {directions} directions {:?} ({:.2} s of CPU)", start.elapsed(), cpu_seconds() - cpu);

    let (cpu, start) = (cpu_seconds(), Instant::now());
    let both: Vec<Typed> = std::thread::scope(|scope| {
        let typists: Vec<_> = [0..100, 100..200].map(|of| scope.spawn(|| type_words(catalogue, of))).into();
        typists.into_iter().flat_map(|typist| typist.join().unwrap()).collect()
    });
    let (spent, count) = (cpu_seconds() - cpu, both.len());
    println!(
        "two threads, 100 institutions each: {count} keystrokes three times over in {:?}, {:.0} µs of CPU each",
        start.elapsed(),
        spent / (count * 3) as f64 * 1e6
    );
    report("first", both.iter().map(|typed| typed.first).collect());
    println!("the rest: each keystroke the best of three, without what other work on the machine adds");
    report("all", both.iter().map(|typed| typed.best).collect());
    for domain in Domain::ALL {
        report(domain.name(), both.iter().filter(|typed| typed.domain == domain).map(|typed| typed.best).collect());
    }
    slowest(catalogue, both);
}

/// The ten slowest texts, each asked so often that processor time can be read.
fn slowest(catalogue: &Catalogue, mut typed: Vec<Typed>) {
    typed.sort_by_key(|typed| std::cmp::Reverse(typed.best));
    let mut seen = HashSet::new();
    typed.retain(|typed| seen.insert((typed.domain, typed.text.clone())));
    for Typed { domain, best, text, .. } in typed.into_iter().take(10) {
        let (day, habits) = (support::day("2025-11-20"), Habits::default());
        let cpu = cpu_seconds();
        for _ in 0..100 {
            let question = Question { domain, text: &text, day, limit: 9, habits, include_ended: false };
            std::hint::black_box(catalogue.search(&question).total);
        }
        println!("slow {:8} {best:>9.1?}, {:.1} ms of CPU  {text}", domain.name(), (cpu_seconds() - cpu) * 10.0);
    }
}

fn report(name: &str, mut times: Vec<Duration>) {
    if times.is_empty() {
        return;
    }
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    let (p50, p99, p999, max) = (at(0.5), at(0.99), at(0.999), at(1.0));
    println!("{name:8} n {:6}  p50 {p50:>9.1?}  p99 {p99:>9.1?}  p99.9 {p999:>9.1?}  max {max:>9.1?}", times.len());
}

/// Adopted drugs; how often each was used for the patient at hand, and by the doctor.
type Clinic = (HashSet<String>, HashMap<String, u32>, HashMap<String, u32>);

/// A keystroke: how long the first try took, and the best of three.
struct Typed {
    domain: Domain,
    text: String,
    first: Duration,
    best: Duration,
}

/// Sets as a clinic has them, of its own names.
fn sets_of(user: usize) -> LabSets {
    LabSets::new((0..20).map(|n| {
        LabSet {
            id: format!("{user}-{n}"),
            title: format!("第{user}医院の検査{n}"),
            reading: format!("けんさ{n}"),
            parts: ["WBC", "CRP", "HbA1c-NGSP", "AST", "ALT"]
                .map(|name| SetPart { system: String::new(), code: name.to_owned(), display: name.to_owned() })
                .into(),
        }
    }))
}

/// Users, each typing words key by key, interleaved; each with habits and sets of their own.
fn type_words(catalogue: &Catalogue, users: Range<usize>) -> Vec<Typed> {
    let words = include_str!("search_masters/words.tsv");
    let words: Vec<(Domain, &str)> = words
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t').and_then(|(domain, word)| Some((Domain::parse(domain)?, word))))
        .collect();
    let codes: Vec<String> =
        catalogue.table(Kind::NhiPrice).records().step_by(37).map(|(_, r)| r.key().to_owned()).collect();
    let day = support::day("2025-11-20");
    let clinics: Vec<(Clinic, LabSets)> = users
        .clone()
        .map(|user| {
            let some = |count: usize, salt: usize| {
                codes.iter().cycle().skip((user * 31 + salt) % codes.len().max(1)).take(count.min(codes.len()))
            };
            let counted = |count, salt| {
                some(count, salt).enumerate().map(|(n, code)| (code.clone(), n as u32 % 20 + 1)).collect()
            };
            ((some(300, 0).cloned().collect(), counted(10, 7), counted(150, 90)), sets_of(user))
        })
        .collect();
    let mut typing: Vec<(usize, usize)> = users.map(|user| (user * 7, 1)).collect();
    let mut keystrokes = Vec::new();
    for _ in 0..60 {
        for (state, ((adopted, patient, doctor), sets)) in typing.iter_mut().zip(&clinics) {
            let (domain, word) = words[state.0 % words.len()];
            let text: String = word.chars().take(state.1).collect();
            let habits = Habits {
                adopted: Some(adopted),
                used_by_patient: Some(patient),
                used_by_doctor: Some(doctor),
                lab_sets: Some(sets),
            };
            let question = Question { domain, text: &text, day, limit: 9, habits, include_ended: false };
            let once = || {
                let start = Instant::now();
                std::hint::black_box(catalogue.search(&question).total);
                start.elapsed()
            };
            let first = once();
            let best = first.min(once()).min(once());
            keystrokes.push(Typed { domain, text, first, best });
            *state = if state.1 >= word.chars().count() { (state.0 + 200, 1) } else { (state.0, state.1 + 1) };
        }
    }
    keystrokes
}
