//! Searches as a whole: what is written, what is indexed, what is found.
#![allow(clippy::unwrap_used, missing_docs)]

mod extraction;
mod found;
mod hostile;
mod keys;
mod parsing;
mod walks;

use super::{IndexEntry, ParseContext, Query, SearchError, extract, parse};
use crate::ResourceType;
use karute_japan::Timestamp;
use karute_json::{Limits, Value};

const BASE: &str = "https://karute.example/fhir";

fn of(name: &str) -> ResourceType {
    ResourceType::parse(name).unwrap()
}

fn json(text: &str) -> Value<'static> {
    karute_json::parse(text.as_bytes(), &Limits::FHIR).unwrap().into_owned()
}

fn entries(text: &str) -> Vec<IndexEntry> {
    extract(&json(text))
}

fn context() -> ParseContext<'static> {
    ParseContext { base: BASE, now: Timestamp::parse("2026-11-22T10:00:00+09:00").unwrap() }
}

/// Parses `a=b&c=d`; `%26` and `%3D` stand for `&` and `=` in values.
fn parsed(name: &str, query: &str) -> Result<Query, SearchError> {
    let pairs: Vec<(String, String)> = query
        .split('&')
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap();
            (name.to_owned(), value.replace("%26", "&").replace("%3D", "="))
        })
        .collect();
    parse(of(name), &pairs, &context())
}
