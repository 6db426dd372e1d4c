//! Any query is parsed or refused. First line: resource type; every other line: `name=value`.
use karute_fhir::{
    ResourceType,
    search::{ParseContext, parse},
};
use karute_japan::Timestamp;

pub(crate) fn holds(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut lines = text.lines();
    let name = lines.next().unwrap_or_default();
    let Some(resource_type) = ResourceType::parse(name).or_else(|| ResourceType::parse("Patient")) else { return };
    let pairs: Vec<(String, String)> = lines
        .take(64)
        .map(|line| line.split_once('=').unwrap_or((line, "")))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let context =
        ParseContext { base: "https://karute.example/fhir", now: Timestamp::from_micros(1_795_343_128_123_000) };
    let _ = parse(resource_type, &pairs, &context);
}
