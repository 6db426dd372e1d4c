//! The table of mutations in docs/validation.md is the one that is tested.
use super::mutations::Mutation;
use super::table::MUTATIONS;
use std::fmt::Write as _;
use std::path::Path;

const BEGIN: &str = "<!-- mutations: begin -->\n";
const END: &str = "<!-- mutations: end -->";

fn table() -> String {
    let mut out = String::from(
        "| # | もとの文書 | 変えたところ (JSON Pointer) | 見つけた規則 | 場所 (FHIRPath) |\n|---|---|---|---|---|\n",
    );
    for (number, Mutation { base, change, rule, at }) in MUTATIONS.iter().enumerate() {
        let _ = writeln!(out, "| {} | {base} | {} | `{rule}` | `{at}` |", number + 1, change.words());
    }
    out
}

/// `KARUTE_WRITE_DOCS=1` writes the table instead of comparing it.
#[test]
fn the_table_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/validation.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (stands, after) = rest.split_once(END).unwrap();
    if std::env::var_os("KARUTE_WRITE_DOCS").is_some() {
        return std::fs::write(&path, format!("{before}{BEGIN}{}{END}{after}", table())).unwrap();
    }
    assert!(stands == table(), "docs/validation.md: run this test with KARUTE_WRITE_DOCS=1");
}
