//! One clinic's desks: what they know of their patients, and how they ask.
use super::{Act, holds};
use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use tokio::sync::Mutex;

/// The desks of one clinic, signed in.
pub(super) struct Desk<'a> {
    client: &'a Client<HttpConnector, Full<Bytes>>,
    base: &'a str,
    cookie: &'a str,
    /// Charts with a long history, the longest first.
    charts: Vec<String>,
    /// Entries in the shortest of those histories.
    pub(super) visits: usize,
    /// Address of a visit whose record is being written.
    writing: String,
    /// What the server has of its first section.
    text: Mutex<String>,
}

impl<'a> Desk<'a> {
    /// Looks at the list and opens each chart once: the half with the longest histories is worked with.
    pub(super) async fn sit_down(
        client: &'a Client<HttpConnector, Full<Bytes>>,
        base: &'a str,
        cookie: &'a str,
    ) -> Result<Desk<'a>> {
        let mut desk = Desk {
            client,
            base,
            cookie,
            charts: Vec::new(),
            visits: 0,
            writing: String::new(),
            text: Mutex::new(String::new()),
        };
        let mut opened = Vec::new();
        // Without a selection the list links to nobody's chart but the next one's; each row selects its own.
        let list = desk.get("/reception", false).await?;
        for visit in between(&list, "data-visit=\"", '"') {
            let card = desk.get(&format!("/reception?v={visit}"), false).await?;
            let card = card.split_once("id=\"reception-card\"").map_or("", |(_, card)| card);
            let Some(id) = between(card, "href=\"/p/", '"').find(|id| !id.contains('/')) else { continue };
            let chart = format!("/p/{id}");
            let page = desk.get(&chart, false).await?;
            if let (Some(note), Some(text)) =
                (between(&page, "data-note=\"", '"').next(), between(&page, "name=\"S_base\" value=\"", '"').next())
            {
                ensure!(!text.contains('&'), "the first section of a record holds what was not written here");
                note.clone_into(&mut desk.writing);
                desk.text = Mutex::new(text.to_owned());
            }
            opened.push((page.matches("class=\"tl-e").count(), chart));
        }
        ensure!(!desk.writing.is_empty(), "nobody of a clinic is with the doctor, so nothing can be saved");
        opened.sort();
        opened.dedup();
        let long = opened.split_off(opened.len() / 2);
        desk.visits = long.first().map_or(0, |(visits, _)| *visits);
        desk.charts = long.into_iter().rev().map(|(_, chart)| chart).collect();
        Ok(desk)
    }

    /// Asks, and looks at the answer.
    pub(super) async fn act(&self, act: Act, turn: u32) -> Result<()> {
        let chart = self.charts.get(turn as usize % self.charts.len().max(1)).context("a chart")?;
        match act {
            Act::Reception => holds(&self.get("/reception", false).await?, "data-visit"),
            Act::Rows => holds(&self.get("/reception/rows", true).await?, "data-visit"),
            Act::Chart => holds(&self.get(chart, false).await?, "tl-e"),
            Act::Results => holds(&self.get(&format!("{chart}/results"), false).await?, "pt-facts"),
            Act::Orders => holds(&self.get(&format!("{}/orders", self.writing), true).await?, "id=\"orders\""),
            Act::Find => holds(&self.post("/patients/search", "q=%E3%82%8F%E3%81%9F").await?, "find-pop"),
            Act::Drug => holds(
                &self.post("/terminology/search", "kind=drug&q=%E3%81%82%E3%82%80%E3%82%8D").await?,
                "アムロジピン",
            ),
            Act::Disease => holds(
                &self.post("/terminology/search", "kind=disease&q=%E3%81%93%E3%81%86%E3%81%91%E3%81%A4").await?,
                "高血圧",
            ),
            Act::Save => self.save().await,
        }
    }

    /// What the script of a chart sends while somebody writes: the section, and the text it began with.
    async fn save(&self) -> Result<()> {
        let mut text = self.text.lock().await;
        let words = (text.len() + 1) / 4 % 200 + 1;
        let next = "bpm+".repeat(words);
        let next = next.trim_end_matches('+').to_owned();
        let form = format!("S={next}&S_base={}", text.replace(' ', "+"));
        let next = next.replace('+', " ");
        let answer = self.post(&format!("{}/note", self.writing), &form).await?;
        let stands = between(&answer, "data-stands=\"S\"", '<').next().context("the section is not in the answer")?;
        ensure!(stands.ends_with(&next), "the section stands otherwise than it was saved");
        *text = next;
        Ok(())
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

/// Every text of a page between `before` and the next `end`.
fn between<'p>(page: &'p str, before: &'p str, end: char) -> impl Iterator<Item = &'p str> {
    page.split(before).skip(1).filter_map(move |rest| rest.split(end).next())
}
