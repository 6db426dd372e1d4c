//! Reading and searching; every answer is compared with what the data set must give.
use super::Meter;
use crate::client::Server;
use crate::measure::drive;
use crate::{Line, Options, data};
use anyhow::{Result, ensure};
use serde_json::Value;

fn spread(number: u32, patients: u32) -> u32 {
    u32::try_from(u64::from(number) * 2_654_435_761 % u64::from(patients)).unwrap_or(0)
}

pub(super) async fn by_id(server: &Server, options: &Options) -> Result<Line> {
    let token = &options.tokens[0];
    let meter = Meter::start(options);
    let times = drive(options.connections, options.requests, async |number| {
        let id = format!("bench-{}-{}", spread(number, options.patients), number % data::OBSERVATIONS);
        let body = server.get(token, &format!("Observation/{id}")).await?;
        let wanted = format!(r#""id":"{id}""#);
        ensure!(body.windows(wanted.len()).any(|part| part == wanted.as_bytes()), "another resource was answered");
        Ok(())
    })
    .await?;
    Ok(meter.line("read by id (audited, durable)", options.connections, &times, 1, None))
}

pub(super) async fn observations(server: &Server, options: &Options) -> Result<Line> {
    let token = &options.tokens[0];
    let meter = Meter::start(options);
    let times = drive(options.connections, options.requests, async |number| {
        let (path, wanted) = data::observation_search(number, options.patients);
        let found = ids(&server.get(token, &path).await?)?;
        ensure!(
            found == wanted,
            "search answered {} resources, {} are right, or their order differs",
            found.len(),
            wanted.len()
        );
        Ok(())
    })
    .await?;
    Ok(meter.line("Observation by patient + code + date, sorted", options.connections, &times, 1, None))
}

pub(super) async fn everything(server: &Server, options: &Options) -> Result<Line> {
    let token = &options.tokens[0];
    let meter = Meter::start(options);
    let times = drive(options.connections, options.requests, async |number| {
        let patient = spread(number, options.patients);
        let found = ids(&server.get(token, &format!("Patient/bench-{patient}/$everything?_count=500")).await?)?;
        ensure!(found.len() == 50, "$everything answered {} resources", found.len());
        Ok(())
    })
    .await?;
    Ok(meter.line("Patient/$everything of 50", options.connections, &times, 1, None))
}

pub(super) async fn tenants(server: &Server, options: &Options) -> Result<Line> {
    let meter = Meter::start(options);
    let times = drive(options.connections, options.requests, async |number| {
        let token = &options.tokens[number as usize % options.tokens.len()];
        let patient = spread(number, options.patients);
        server.get(token, &format!("Patient/bench-{patient}")).await?;
        Ok(())
    })
    .await?;
    Ok(meter.line(&format!("read by id over {} tenants", options.tokens.len()), options.connections, &times, 1, None))
}

/// Ids of a searchset's matches, in order.
pub(super) fn ids(body: &[u8]) -> Result<Vec<String>> {
    let bundle: Value = serde_json::from_slice(body)?;
    let entries = bundle["entry"].as_array().map_or(&[][..], Vec::as_slice);
    Ok(entries.iter().filter_map(|entry| entry["resource"]["id"].as_str().map(str::to_owned)).collect())
}
