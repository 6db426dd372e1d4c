//! The screens of clinics at work. Requests come at the times of a plan, not when the one before is answered: a server
//! that falls behind shows it. The rate is that of the busiest hour: three desks a clinic, together one request every
//! two seconds. Afterwards each screen is asked for alone, one request after the other, because CPU time cannot be told
//! apart while everything runs at once.
mod desk;

use super::Meter;
use crate::measure::{Times, drive};
use crate::{Line, Options};
use anyhow::{Context as _, Result, bail, ensure};
use desk::Desk;
use futures_util::future::try_join_all;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Time between two requests of one clinic.
const EACH_CLINIC: Duration = Duration::from_secs(2);
/// Requests for each screen alone: a share of those of the plan, within these bounds.
const ALONE: (u32, u32) = (30, 400);

/// What people do, as often as it stands here: a record is saved while it is written, lists are looked at, charts are
/// opened, drugs and names are searched for key by key.
const ACTS: [Act; 16] = [
    Act::Chart,
    Act::Save,
    Act::Rows,
    Act::Find,
    Act::Drug,
    Act::Save,
    Act::Orders,
    Act::Chart,
    Act::Reception,
    Act::Save,
    Act::Drug,
    Act::Rows,
    Act::Disease,
    Act::Save,
    Act::Results,
    Act::Rows,
];

/// One thing that a desk asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Act {
    Reception,
    Chart,
    Results,
    Rows,
    Orders,
    Find,
    Drug,
    Disease,
    Save,
}

impl Act {
    const ALL: [Act; 9] = [
        Act::Reception,
        Act::Chart,
        Act::Results,
        Act::Rows,
        Act::Orders,
        Act::Find,
        Act::Drug,
        Act::Disease,
        Act::Save,
    ];

    fn label(self) -> &'static str {
        match self {
            Act::Reception => "reception list",
            Act::Chart => "chart opened",
            Act::Results => "results and graphs",
            Act::Rows => "fragment: reception rows",
            Act::Orders => "fragment: prescription",
            Act::Find => "fragment: patient found by kana",
            Act::Drug => "fragment: drug searched",
            Act::Disease => "fragment: disease searched",
            Act::Save => "autosave",
        }
    }
}

pub(super) async fn run(options: &Options) -> Result<Vec<Line>> {
    if options.sessions.is_empty() {
        bail!(
            "サインイン済みのクッキーがありません。--session 名前=値 か --session-file で、医療機関ごとに渡してください。"
        );
    }
    let base = options.url.trim_end_matches('/').trim_end_matches("/fhir");
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client = Client::builder(TokioExecutor::new()).build(connector);
    let desks = try_join_all(options.sessions.iter().map(|cookie| Desk::sit_down(&client, base, cookie))).await?;
    let mut lines = busy_hour(options, &desks).await?;
    lines.extend(alone(options, &desks).await?);
    Ok(lines)
}

/// Everything at once, by the plan.
async fn busy_hour(options: &Options, desks: &[Desk<'_>]) -> Result<Vec<Line>> {
    let count = u32::try_from(desks.len())?;
    let meter = Meter::start(options);
    let pause = EACH_CLINIC / count;
    let started = Instant::now();
    let plan = (0..options.requests).map(|number| async move {
        let (turn, place) = (number / count, number % count);
        let desk = desks.get(place as usize).context("a desk")?;
        // Clinics do not do the same at the same time.
        let act = *ACTS.get((turn + place) as usize % ACTS.len()).context("an act")?;
        let due = pause * number;
        tokio::time::sleep(due.saturating_sub(started.elapsed())).await;
        desk.act(act, turn).await.with_context(|| act.label())?;
        anyhow::Ok((act, started.elapsed().saturating_sub(due)))
    });
    let mut by_act: BTreeMap<Act, Vec<Duration>> = BTreeMap::new();
    for (act, took) in try_join_all(plan).await? {
        by_act.entry(act).or_default().push(took);
    }
    let wall = started.elapsed();
    let visits = desks.iter().map(|desk| desk.visits).min().unwrap_or_default();
    let remark = format!("{count} clinics at their busiest hour, charts with {visits} entries or more");
    let all = Times { each: sorted(by_act.values().flatten().copied().collect()), wall };
    let mut lines = vec![meter.line("screens, all together", desks.len(), &all, 1, Some(remark))];
    for (act, each) in by_act {
        let mut line = meter.line(act.label(), desks.len(), &Times { each: sorted(each), wall }, 1, None);
        line.cpu_ms_each = None;
        lines.push(line);
    }
    Ok(lines)
}

/// Each screen by itself, one request after the other over all clinics: its CPU time.
async fn alone(options: &Options, desks: &[Desk<'_>]) -> Result<Vec<Line>> {
    let count = u32::try_from(desks.len())?;
    let requests = (options.requests / 10).clamp(ALONE.0, ALONE.1);
    let mut lines = Vec::new();
    for act in Act::ALL {
        let meter = Meter::start(options);
        let times = drive(1, requests, async |number| {
            let desk = desks.get((number % count) as usize).context("a desk")?;
            desk.act(act, number / count).await.with_context(|| act.label())
        })
        .await?;
        lines.push(meter.line(&format!("alone: {}", act.label()), 1, &times, 1, None));
    }
    Ok(lines)
}

fn sorted(mut times: Vec<Duration>) -> Vec<Duration> {
    times.sort_unstable();
    times
}

/// A wrong page does not count as a fast one.
fn holds(page: &str, wanted: &str) -> Result<()> {
    ensure!(page.contains(wanted), "a screen lacks {wanted:?}");
    Ok(())
}
