//! Tables to search in: from rows written here, and from the published lists beside the checkout.
use karute_japan::Date;
use karute_json::{Limits, Value, parse};
use karute_terminology::{Edition, Kind, MergeOptions, Row, Table};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

/// A row by its key and values; what is missing at the end is empty.
pub(crate) fn row(kind: Kind, line: usize, key: &str, values: &[&str]) -> Row {
    let mut values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
    values.resize(kind.columns().len(), String::new());
    Row { line: u32::try_from(line).unwrap(), key: key.to_owned(), values, ..Row::default() }
}

/// A table of rows.
pub(crate) fn table(kind: Kind, rows: Vec<Row>) -> Arc<Table> {
    let edition =
        Edition { date: day("2025-07-16"), file: "test".into(), digest: "0".into(), rows: 0, part: String::new() };
    Arc::new(Table::empty(kind).merge(rows, &edition, MergeOptions::default()).unwrap().table)
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// All real lists there are, or `None` without them.
pub(crate) fn real(shared: &Path) -> Vec<Arc<Table>> {
    let core = shared.join("fhir/jp-core");
    let readings = readings();
    let kana = |name: &str| readings.get(name).cloned().unwrap_or_default();
    let diseases = concepts(&core.join("CodeSystem-jp-condition-disease-code-receipt-cs.json"));
    let modifiers = concepts(&core.join("CodeSystem-jp-condition-disease-modifier-receipt-cs.json"));
    let needs: &[&str] = &["骨折", "捻挫", "打撲傷"];
    let diseases = diseases.iter().enumerate().map(|(line, (code, name))| {
        let needs = if needs.contains(&name.as_str()) { "01" } else { "00" };
        row(Kind::SskDisease, line, code, &[name, &short(name), &kana(name), "", "", "", "", needs])
    });
    let modifiers = modifiers
        .iter()
        .enumerate()
        .map(|(line, (code, name))| row(Kind::SskModifier, line, code, &[name, &kana(name)]));
    vec![
        prices(&shared.join("data/masters/nhi-drug-price-list-20250716.csv")),
        table(Kind::SskDisease, diseases.collect()),
        table(Kind::SskModifier, modifiers.collect()),
        table(Kind::Usage, usages(&shared.join("data/usages.csv"))),
        table(Kind::ClinsLab, clins(&shared.join("specs/clins-lab-items.csv"))),
        table(Kind::Jlac10, labs(&shared.join("data/lab-tests.csv"))),
        table(Kind::SskAct, acts(&shared.join("data/procedures.csv"))),
        table(Kind::Allergen, allergens(&shared.join("fhir/jfagy/CodeSystem-jp-jfagy-food-allergen-cs.json"))),
    ]
}

/// 傷病名省略名称: at most 20 characters.
fn short(name: &str) -> String {
    name.chars().take(20).collect()
}

fn lines(path: &Path) -> Vec<csv::StringRecord> {
    csv::Reader::from_path(path).unwrap().records().map(Result::unwrap).collect()
}

fn prices(path: &Path) -> Arc<Table> {
    let lines = lines(path);
    let mut codes: HashMap<String, u32> = HashMap::new();
    for line in &lines {
        *codes.entry(line[1].to_owned()).or_default() += 1;
    }
    let rows = lines.iter().enumerate().map(|(number, line)| {
        let key = if codes[&line[1]] > 1 { format!("{}|{}", &line[1], &line[7]) } else { line[1].to_owned() };
        let order = [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13];
        row(Kind::NhiPrice, number, &key, &order.map(|at| &line[at]))
    });
    let mut rows: Vec<Row> = rows.collect();
    rows.sort_by(|a, b| a.key.cmp(&b.key));
    rows.dedup_by(|a, b| a.key == b.key);
    table(Kind::NhiPrice, rows)
}

fn usages(path: &Path) -> Vec<Row> {
    let lines = lines(path);
    let usages = lines.iter().filter(|line| line[0].len() == 16).enumerate();
    usages.map(|(at, line)| row(Kind::Usage, at, &line[0], &[&line[1], &line[2], "", "", "", "JAMI"])).collect()
}

fn clins(path: &Path) -> Vec<Row> {
    let lines = lines(path);
    let mut rows: Vec<Row> = lines
        .iter()
        .enumerate()
        .map(|(at, line)| {
            let values = [&line[0], &line[3], &line[2], &line[5], &line[8], &line[9], &line[13]];
            row(Kind::ClinsLab, at, &line[2], &values)
        })
        .collect();
    rows.sort_by(|a, b| a.key.cmp(&b.key));
    rows.dedup_by(|a, b| a.key == b.key);
    rows
}

fn labs(path: &Path) -> Vec<Row> {
    let lines = lines(path).into_iter().enumerate();
    let mut rows: Vec<Row> = lines
        .map(|(at, line)| row(Kind::Jlac10, at, &line[0], &[&line[2], &line[1], &line[4], "", &line[3]]))
        .collect();
    rows.sort_by(|a, b| a.key.cmp(&b.key));
    rows.dedup_by(|a, b| a.key == b.key);
    rows
}

fn acts(path: &Path) -> Vec<Row> {
    let lines = lines(path).into_iter().enumerate();
    lines.map(|(at, line)| row(Kind::SskAct, at, &line[0], &[&line[1], "", "", "", "3", &line[3]])).collect()
}

fn allergens(path: &Path) -> Vec<Row> {
    let concepts = concepts(path).into_iter().filter(|(code, _)| code.len() == 12);
    concepts.enumerate().map(|(at, (code, name))| row(Kind::Allergen, at, &code, &[&name, "", "food"])).collect()
}

/// Codes and displays of a CodeSystem, nested ones too.
fn concepts(path: &Path) -> Vec<(String, String)> {
    let text = std::fs::read(path).unwrap();
    let value = parse(&text, &Limits::FHIR).unwrap();
    let mut found = Vec::new();
    collect(&value, &mut found);
    found.sort();
    found.dedup_by(|a, b| a.0 == b.0);
    found
}

fn collect(value: &Value<'_>, found: &mut Vec<(String, String)>) {
    for concept in value.get("concept").and_then(Value::as_array).into_iter().flatten() {
        let text = |name| concept.get(name).and_then(Value::as_str).map(|text| text.to_string()).unwrap_or_default();
        found.push((text("code"), text("display")));
        collect(concept, found);
    }
}

/// Readings written for these tests.
fn readings() -> HashMap<&'static str, String> {
    let lines = include_str!("../data/search/readings.tsv").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('\t')).map(|(name, kana)| (name, kana.to_owned())).collect()
}
