//! The screens of clinics at work. Requests come at the times of a plan, not when the one before is answered: a server
//! that falls behind shows it. The rate is that of the busiest hour: three desks a clinic, together one request every
//! two seconds.
use super::Meter;
use crate::measure::Times;
use crate::{Line, Options};
use anyhow::{Context as _, Result, bail, ensure};
use bytes::Bytes;
use futures_util::future::try_join_all;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Time between two requests of one clinic.
const EACH_CLINIC: Duration = Duration::from_secs(2);

/// What people do, as often as it stands here.
const ACTS: [Act; 10] = [
    Act::Chart,
    Act::Rows,
    Act::Find,
    Act::Drug,
    Act::Chart,
    Act::Reception,
    Act::Drug,
    Act::Rows,
    Act::Disease,
    Act::Results,
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Act {
    Reception,
    Rows,
    Chart,
    Results,
    Find,
    Drug,
    Disease,
}

impl Act {
    fn label(self) -> &'static str {
        match self {
            Act::Reception => "screen: reception list",
            Act::Rows => "screen: reception rows (fragment)",
            Act::Chart => "screen: chart opened",
            Act::Results => "screen: results and graphs",
            Act::Find => "screen: patient found by kana (fragment)",
            Act::Drug => "screen: drug searched (fragment)",
            Act::Disease => "screen: disease searched (fragment)",
        }
    }
}

/// A desk of one clinic.
struct Desk<'a> {
    client: &'a Client<HttpConnector, Full<Bytes>>,
    base: &'a str,
    cookie: &'a str,
    /// Charts that can be opened.
    charts: Vec<String>,
}

pub(super) async fn run(options: &Options) -> Result<Vec<Line>> {
    if options.sessions.is_empty() {
        bail!("サインイン済みのクッキーがありません。--session 名前=値 で、医療機関ごとに渡してください。");
    }
    let base = options.url.trim_end_matches('/').trim_end_matches("/fhir");
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client = Client::builder(TokioExecutor::new()).build(connector);
    let mut desks = Vec::new();
    for cookie in &options.sessions {
        let mut desk = Desk { client: &client, base, cookie, charts: Vec::new() };
        desk.charts = charts(&desk.get("/reception", false).await?);
        ensure!(!desk.charts.is_empty(), "a clinic has nobody on its list today");
        desks.push(desk);
    }
    let meter = Meter::start(options);
    let pause = EACH_CLINIC / u32::try_from(desks.len()).unwrap_or(u32::MAX);
    let started = Instant::now();
    let plan = (0..options.requests).map(|number| {
        let desk = &desks[number as usize % desks.len()];
        let act = ACTS[(number as usize / desks.len()) % ACTS.len()];
        async move {
            let due = pause * number;
            tokio::time::sleep(due.saturating_sub(started.elapsed())).await;
            desk.act(act, number as usize).await.with_context(|| act.label())?;
            anyhow::Ok((act, started.elapsed().saturating_sub(due)))
        }
    });
    let mut by_act: BTreeMap<Act, Vec<Duration>> = BTreeMap::new();
    for (act, took) in try_join_all(plan).await? {
        by_act.entry(act).or_default().push(took);
    }
    let wall = started.elapsed();
    let remark = format!("{} clinics, CPU is that of all screens together", desks.len());
    let all = Times { each: sorted(by_act.values().flatten().copied().collect()), wall };
    let mut lines = vec![meter.line("screens, all", desks.len(), &all, 1, Some(remark))];
    for (act, each) in by_act {
        let mut line = meter.line(act.label(), desks.len(), &Times { each: sorted(each), wall }, 1, None);
        line.cpu_ms_each = None;
        lines.push(line);
    }
    Ok(lines)
}

fn sorted(mut times: Vec<Duration>) -> Vec<Duration> {
    times.sort_unstable();
    times
}

impl Desk<'_> {
    async fn act(&self, act: Act, number: usize) -> Result<()> {
        let chart = &self.charts[number % self.charts.len()];
        match act {
            Act::Reception => holds(&self.get("/reception", false).await?, "data-visit"),
            Act::Rows => holds(&self.get("/reception/rows", true).await?, "data-visit"),
            Act::Chart => holds(&self.get(chart, false).await?, "pt-facts"),
            Act::Results => holds(&self.get(&format!("{chart}/results"), false).await?, "pt-facts"),
            Act::Find => holds(&self.post("/patients/search", "q=%E3%82%8F%E3%81%9F").await?, "pop"),
            Act::Drug => holds(
                &self.post("/terminology/search", "kind=drug&q=%E3%81%82%E3%82%80%E3%82%8D").await?,
                "アムロジピン",
            ),
            Act::Disease => holds(
                &self.post("/terminology/search", "kind=disease&q=%E3%81%93%E3%81%86%E3%81%91%E3%81%A4").await?,
                "高血圧",
            ),
        }
    }

    async fn get(&self, path: &str, fragment: bool) -> Result<String> {
        let mut request = Request::get(format!("{}{path}", self.base)).header(header::COOKIE, self.cookie);
        if fragment {
            request = request.header("x-fragment", "1");
        }
        self.answer(request.body(Full::default())?).await
    }

    async fn post(&self, path: &str, form: &str) -> Result<String> {
        let request = Request::post(format!("{}{path}", self.base))
            .header(header::COOKIE, self.cookie)
            .header("sec-fetch-site", "same-origin")
            .header("x-fragment", "1")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::new(Bytes::from(form.to_owned())))?;
        self.answer(request).await
    }

    async fn answer(&self, request: Request<Full<Bytes>>) -> Result<String> {
        let answer = self.client.request(request).await.context("the server does not answer")?;
        let status = answer.status();
        let body = answer.into_body().collect().await?.to_bytes();
        ensure!(status == StatusCode::OK, "a screen answered {status}");
        Ok(String::from_utf8(body.to_vec())?)
    }
}

/// A wrong page does not count as a fast one.
fn holds(page: &str, wanted: &str) -> Result<()> {
    ensure!(page.contains(wanted), "a screen lacks {wanted:?}");
    Ok(())
}

/// Addresses of the charts that a page leads to.
fn charts(page: &str) -> Vec<String> {
    let mut found: Vec<String> = page
        .split("href=\"/p/")
        .skip(1)
        .filter_map(|rest| rest.split(['"', '/', '?', '#']).next())
        .map(|id| format!("/p/{id}"))
        .collect();
    found.sort();
    found.dedup();
    found
}
