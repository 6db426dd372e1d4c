//! Loading and creating.
use super::Meter;
use crate::client::Server;
use crate::measure::{drive, fsyncs_per_second};
use crate::{Line, Options, data};
use anyhow::{Result, ensure};
use http::Method;

pub(super) async fn load(server: &Server, options: &Options) -> Result<Line> {
    let token = &options.tokens[0];
    let meter = Meter::start(options);
    let times = drive(options.connections, options.patients, async |patient| {
        let answer = server.write(token, Method::POST, "", data::transaction(patient)).await?;
        accepted(&answer, 50)
    })
    .await?;
    Ok(meter.line("load by transactions of 50", options.connections, &times, 50, None))
}

pub(super) async fn load_patients(server: &Server, options: &Options) -> Result<Line> {
    let token = &options.tokens[0];
    let meter = Meter::start(options);
    let bundles = options.patients.div_ceil(50);
    let times = drive(options.connections, bundles, async |bundle| {
        let entries: Vec<String> = (bundle * 50..((bundle + 1) * 50).min(options.patients))
            .map(|number| {
                let patient = data::patient(number);
                format!(r#"{{"resource":{patient},"request":{{"method":"PUT","url":"Patient/bench-{number}"}}}}"#)
            })
            .collect();
        let body = format!(r#"{{"resourceType":"Bundle","type":"transaction","entry":[{}]}}"#, entries.join(","));
        accepted(&server.write(token, Method::POST, "", body).await?, entries.len())
    })
    .await?;
    Ok(meter.line("load patients by transactions of 50", options.connections, &times, 50, None))
}

/// Every entry of a transaction's answer must say 200 or 201.
fn accepted(answer: &[u8], entries: usize) -> Result<()> {
    let answer: serde_json::Value = serde_json::from_slice(answer)?;
    let statuses = answer["entry"].as_array().map_or(&[][..], Vec::as_slice);
    let good =
        statuses.iter().filter(|e| e["response"]["status"].as_str().is_some_and(|s| s.starts_with("20"))).count();
    ensure!(
        good == entries && statuses.len() == entries,
        "a transaction of {entries} entries answered {good} successes"
    );
    Ok(())
}

pub(super) async fn create(server: &Server, options: &Options, connections: usize) -> Result<Line> {
    let token = &options.tokens[0];
    let disk = fsyncs_per_second(&options.disk)?;
    let meter = Meter::start(options);
    let times = drive(connections, options.requests, async |number| {
        server.write(token, Method::POST, "Observation", data::new_observation(options.patients, number)).await?;
        Ok(())
    })
    .await?;
    let mut line = meter.line("single durable create", connections, &times, 1, None);
    line.remark = Some(format!("disk {disk:.0} fsync/s, {:.1} creates per fsync", line.per_second / disk));
    Ok(line)
}
