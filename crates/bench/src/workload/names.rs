//! Patients by name or kana. Every page is checked against the patients the name must find, and of some searches all
//! pages together must be exactly these.
use super::Meter;
use super::read::ids;
use crate::client::Server;
use crate::measure::drive;
use crate::{Line, Options, data};
use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use std::collections::BTreeSet;

/// Matches of a page.
const PAGE: usize = 20;
/// Different searches.
const SEARCHES: u32 = 500;
/// Searches of which all pages are read, before the clock starts.
const READ_THROUGH: usize = 10;

struct Search {
    path: String,
    /// Ids of all matches.
    wanted: BTreeSet<String>,
}

fn searches(options: &Options) -> Vec<Search> {
    let one = |number| {
        let (name, wanted) = data::name_search(number, options.patients);
        let path = format!("Patient?name={}&_count={PAGE}", percent_encoded(&name));
        Search { path, wanted: wanted.into_iter().map(|patient| format!("bench-{patient}")).collect() }
    };
    (0..options.requests.min(SEARCHES)).map(one).collect()
}

pub(super) async fn page(server: &Server, options: &Options) -> Result<Line> {
    let token = &options.tokens[0];
    let searches = searches(options);
    for search in searches.iter().take(READ_THROUGH) {
        read_through(server, token, search).await?;
    }
    let meter = Meter::start(options);
    let times = drive(options.connections, options.requests, async |number| {
        let search = &searches[number as usize % searches.len()];
        first_page(&server.get(token, &search.path).await?, &search.wanted)
    })
    .await?;
    Ok(meter.line("Patient by name or kana, a page of 20", options.connections, &times, 1, None))
}

pub(super) async fn total(server: &Server, options: &Options) -> Result<Line> {
    let token = &options.tokens[0];
    let searches = searches(options);
    let meter = Meter::start(options);
    let times = drive(options.connections, options.requests, async |number| {
        let search = &searches[number as usize % searches.len()];
        let body = server.get(token, &format!("{}&_total=accurate", search.path)).await?;
        ensure!(
            total_of(&serde_json::from_slice(&body)?).is_some(),
            "a name search answered without the total asked for"
        );
        first_page(&body, &search.wanted)
    })
    .await?;
    Ok(meter.line("Patient by name or kana, with total", options.connections, &times, 1, None))
}

fn total_of(bundle: &Value) -> Option<usize> {
    bundle["total"].as_u64().and_then(|total| usize::try_from(total).ok())
}

fn next_of(bundle: &Value) -> Option<&str> {
    let links = bundle["link"].as_array()?;
    links.iter().find(|link| link["relation"] == "next")?["url"].as_str()
}

/// The first page holds as many right patients as fit, says whether there are more, and a total only when it is right.
fn first_page(body: &[u8], wanted: &BTreeSet<String>) -> Result<()> {
    let found = ids(body)?;
    let bundle: Value = serde_json::from_slice(body)?;
    let distinct: BTreeSet<&String> = found.iter().collect();
    ensure!(
        found.len() == wanted.len().min(PAGE) && distinct.len() == found.len(),
        "a name search answered {} patients, {} are right",
        found.len(),
        wanted.len()
    );
    ensure!(found.iter().all(|id| wanted.contains(id)), "a name search answered a patient of another name");
    ensure!(next_of(&bundle).is_some() == (wanted.len() > PAGE), "a name search is wrong about whether there is more");
    let total = total_of(&bundle);
    ensure!(
        total.is_none_or(|total| total == wanted.len()),
        "a name search answered {total:?}, right is {}",
        wanted.len()
    );
    Ok(())
}

async fn read_through(server: &Server, token: &str, search: &Search) -> Result<()> {
    let mut found = Vec::new();
    let mut body = server.get(token, &search.path).await?;
    loop {
        found.extend(ids(&body)?);
        let bundle: Value = serde_json::from_slice(&body)?;
        let Some(next) = next_of(&bundle) else { break };
        body = server.follow(token, next).await.context("the link to the next page")?;
    }
    let distinct: BTreeSet<String> = found.iter().cloned().collect();
    ensure!(
        distinct == search.wanted && distinct.len() == found.len(),
        "all pages of a name search hold {} patients, {} are right",
        found.len(),
        search.wanted.len()
    );
    Ok(())
}

fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len() * 3), |mut out, byte| {
        out.push('%');
        out.extend([byte >> 4, byte & 15].map(|half| char::from_digit(u32::from(half), 16).unwrap_or('0')));
        out
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn bundle(ids: &[&str], rest: &str) -> Vec<u8> {
        let entries: Vec<String> = ids.iter().map(|id| format!(r#"{{"resource":{{"id":"{id}"}}}}"#)).collect();
        format!(r#"{{"entry":[{}]{rest}}}"#, entries.join(",")).into_bytes()
    }

    #[test]
    fn a_wrong_page_is_not_taken_for_a_right_one() {
        let wanted: BTreeSet<String> = ["a", "b"].map(str::to_owned).into();
        let cases = [
            (vec!["a", "b"], "", true),
            (vec!["b", "a"], r#","total":2"#, true),
            (vec!["a", "b"], r#","total":3"#, false),
            (vec!["a"], "", false),
            (vec!["a", "a"], "", false),
            (vec!["a", "c"], "", false),
            (vec!["a", "b"], r#","link":[{"relation":"next","url":"x"}]"#, false),
        ];
        for (ids, rest, right) in cases {
            assert_eq!(first_page(&bundle(&ids, rest), &wanted).is_ok(), right, "{ids:?} {rest}");
        }
    }
}
