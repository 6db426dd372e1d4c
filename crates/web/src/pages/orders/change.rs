//! Acts on the prescription: a form becomes one act of the chart, the answer is the column as it is then.
use super::edit::{Fields, Open};
use super::{FULL, OVER, OVERTAKEN, OrderPane, Told, drawn};
use crate::{error::WebError, format::half_width, here::Here, input::Filled};
use axum::{http::StatusCode, response::Response};
use karute_chart::ChartError;
use karute_chart::author::Standing;
use karute_chart::prescription::{self, Act, Amount, Desk, Done, Fault, Field, Reason, Seen, Sheet, Step};
use karute_chart::sets;
use karute_fhir::Id;
use karute_ledger::Action;
use serde::Deserialize;

impl Here {
    /// Acts as this person, and answers.
    async fn act(&self, act: Act, words: impl Into<String>) -> Result<Response, WebError> {
        let author = self.signed.author()?;
        let access = self.state.access(&self.signed.caller);
        let desk = Desk { access: &access, author: &author, now: self.state.now() };
        let done = prescription::carry_out(desk, &self.at.patient, &self.at.visit, act).await;
        self.tell(done, words).await
    }

    async fn tell(&self, done: Result<Done, ChartError>, words: impl Into<String>) -> Result<Response, WebError> {
        let (status, told) = match done {
            Ok(done) if done.steps.is_empty() && done.left_out.is_empty() => (StatusCode::OK, Told::Nothing),
            Ok(done) => (StatusCode::OK, Told::Done(words.into(), done.steps, done.left_out)),
            Err(error) => refused(error)?,
        };
        self.draw(status, |pane| pane.told = told).await
    }

    async fn draw(&self, status: StatusCode, with: impl FnOnce(&mut OrderPane)) -> Result<Response, WebError> {
        drawn(&self.state, &self.signed, &self.at, self.fragment, status, with).await
    }

    async fn opened(&self, status: StatusCode, open: Open) -> Result<Response, WebError> {
        self.draw(status, |pane| pane.open = Some(open)).await
    }

    async fn sheet(&self) -> Result<Sheet, WebError> {
        let reader = self.state.access(&self.signed.caller).reader(Action::Read);
        reader.describe("処方");
        let sheet = Sheet::read(&reader, &self.at.patient, &self.at.visit).await?;
        Ok(reader.release(sheet).await?)
    }

    fn line(&self, seen: u32) -> Result<Seen, WebError> {
        Ok(Seen { id: self.at.thing.clone().ok_or(WebError::NotFound)?, version: seen })
    }
}

fn refused(error: ChartError) -> Result<(StatusCode, Told), WebError> {
    match error {
        ChartError::Conflict => Ok((StatusCode::CONFLICT, OVERTAKEN)),
        ChartError::Step => Ok((StatusCode::CONFLICT, OVER)),
        ChartError::TooMany => Ok((StatusCode::UNPROCESSABLE_ENTITY, FULL)),
        other => Err(other.into()),
    }
}

/// Something done that is not taken back here.
fn plain(words: &str) -> Told {
    Told::Done(words.to_owned(), Vec::new(), Vec::new())
}

const BAD_NUMBER: Told =
    Told::Wrong("数を読み取れません", "1回量は 1 や 0.5、日数は 28 のように書いてください。何も変えていません。");

fn id(text: &str) -> Result<Id, WebError> {
    Id::new(text).map_err(|_| WebError::BadRequest)
}

/// A drug that was chosen, with what was typed or filled in.
#[derive(Deserialize)]
pub(crate) struct Added {
    intent: String,
    code: String,
    #[serde(default)]
    nhi: String,
    #[serde(default)]
    q: String,
    /// The form was filled in; otherwise the line alone decides whether one is needed.
    filled: Option<String>,
    #[serde(flatten)]
    fields: Fields,
}

/// Adds a drug: at once when the typed line says everything, else by the form with what is usual filled in.
pub(crate) async fn add(here: Here, Filled(added): Filled<Added>) -> Result<Response, WebError> {
    let (today, masters, access) = (here.state.today(), here.state.masters(), here.state.access(&here.signed.caller));
    let naming = prescription::naming(&access).await?;
    let code = if added.nhi.is_empty() { added.code } else { added.nhi };
    let Some(choice) = prescription::choice(&masters, &code, today, naming) else {
        let told =
            Told::Wrong("今は処方できない薬です", "マスターで終了したか、見つかりません。別の薬を選んでください。");
        return here.draw(StatusCode::UNPROCESSABLE_ENTITY, |pane| pane.told = told).await;
    };
    let written = prescription::entry(&added.q).written;
    let sheet = here.sheet().await?;
    let last = sheet.last(&choice.drug);
    let asks = choice.asks_purpose(last.is_some());
    let is_form = added.filled.is_some();
    let (filled, complete) = if is_form {
        (added.fields.filled(), true)
    } else {
        let usual = match last {
            Some(_) => None,
            None => prescription::usual(&access, &choice.drug).await?,
        };
        let filled = prescription::Filled::begin(&masters, &choice, &written, last.or(usual.as_ref()), today);
        let complete = prescription::is_complete(&written, &filled, &choice) && !asks;
        (filled, complete)
    };
    let mut faults = Vec::new();
    if complete {
        match filled.read(&masters, choice.drug.clone(), today) {
            Ok(what) if asks && what.purpose.is_none() => {
                faults.push(Fault {
                    field: Field::Purpose, words: "何のための薬か、病名か目的を書いてください。"
                });
            }
            Ok(what) => {
                let words = format!("{} を加えました", half_width(&what.drug.name));
                return here.act(Act::Add { id: id(&added.intent)?, what: Box::new(what) }, words).await;
            }
            Err(found) if is_form => faults = found,
            // The line did not say all that is needed after all: the form asks.
            Err(_) => {}
        }
    }
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let other_unit =
        (!written.fits(&choice.unit)).then_some("書いた単位が、この薬の単位と違います。薬と量を確かめてください。");
    let doubt = written.doubt().or(other_unit);
    here.opened(status, Open::New { code, choice: Box::new(choice), filled: Box::new(filled), faults, asks, doubt })
        .await
}

/// The form of a line.
pub(crate) async fn edit_line(here: Here) -> Result<Response, WebError> {
    let line = here.at.thing.clone().ok_or(WebError::NotFound)?;
    here.opened(StatusCode::OK, Open::Line { id: line, filled: None, faults: Vec::new() }).await
}

/// A line as it was filled in.
#[derive(Deserialize)]
pub(crate) struct Changed {
    seen: String,
    #[serde(flatten)]
    fields: Fields,
}

/// Changes a line.
pub(crate) async fn change_line(here: Here, Filled(changed): Filled<Changed>) -> Result<Response, WebError> {
    let seen = here.line(changed.seen.parse().map_err(|_| WebError::BadRequest)?)?;
    let sheet = here.sheet().await?;
    let line = sheet.lines.iter().find(|line| line.id == seen.id).ok_or(WebError::NotFound)?;
    let filled = changed.fields.filled();
    match filled.read(&here.state.masters(), line.what.drug.clone(), here.state.today()) {
        Ok(what) => {
            let words = format!("{} を変えました", half_width(&what.drug.name));
            let what =
                Box::new(prescription::Prescribed { purpose: what.purpose.or(line.what.purpose.clone()), ..what });
            here.act(Act::Change { line: seen, what }, words).await
        }
        Err(faults) => {
            let open = Open::Line { id: seen.id, filled: Some(Box::new(filled)), faults };
            here.opened(StatusCode::UNPROCESSABLE_ENTITY, open).await
        }
    }
}

/// Another dose.
#[derive(Deserialize)]
pub(crate) struct Dose {
    seen: u32,
    dose: String,
}

/// Changes one dose.
pub(crate) async fn change_dose(here: Here, Filled(form): Filled<Dose>) -> Result<Response, WebError> {
    let Some(dose) = Amount::parse(&form.dose).filter(|dose| !dose.is_zero()) else {
        return here.draw(StatusCode::UNPROCESSABLE_ENTITY, |pane| pane.told = BAD_NUMBER).await;
    };
    here.act(Act::Dose { line: here.line(form.seen)?, dose }, "1回量を変えました").await
}

/// Other days, and the lines as they were seen: `id:version,…`.
#[derive(Deserialize)]
pub(crate) struct Days {
    lines: String,
    days: String,
}

/// Changes the days of a group, or of all.
pub(crate) async fn change_days(here: Here, Filled(form): Filled<Days>) -> Result<Response, WebError> {
    let Some(days) = prescription::days(&form.days) else {
        return here.draw(StatusCode::UNPROCESSABLE_ENTITY, |pane| pane.told = BAD_NUMBER).await;
    };
    let seen = |part: &str| {
        let (line, version) = part.split_once(':').ok_or(WebError::BadRequest)?;
        Ok(Seen { id: id(line)?, version: version.parse().map_err(|_| WebError::BadRequest)? })
    };
    let lines = form.lines.split(',').take(prescription::MOST_LINES).map(seen).collect::<Result<Vec<_>, WebError>>()?;
    here.act(Act::Days { lines, days }, format!("{days}日分にしました")).await
}

/// The version seen, and for a move its direction.
#[derive(Deserialize)]
pub(crate) struct Seeing {
    seen: u32,
    earlier: Option<String>,
}

/// Takes a line out.
pub(crate) async fn remove(here: Here, Filled(form): Filled<Seeing>) -> Result<Response, WebError> {
    here.act(Act::Remove { line: here.line(form.seen)? }, "外しました").await
}

/// Moves a line.
pub(crate) async fn move_line(here: Here, Filled(form): Filled<Seeing>) -> Result<Response, WebError> {
    let act = Act::Move { line: here.line(form.seen)?, earlier: form.earlier.is_some() };
    here.act(act, "並べ替えました").await
}

/// Do: the visit in the address is copied into this one.
#[derive(Deserialize)]
pub(crate) struct Repeated {
    into: String,
    intent: Option<String>,
}

/// Copies an earlier prescription.
pub(crate) async fn repeat(mut here: Here, Filled(form): Filled<Repeated>) -> Result<Response, WebError> {
    // The address names the visit that is copied, the form the one that is open.
    let from = std::mem::replace(&mut here.at.visit, id(&form.into)?);
    let intent = match &form.intent {
        Some(text) => id(text)?,
        None => here.state.new_id()?,
    };
    let (author, access) = (here.signed.author()?, here.state.access(&here.signed.caller));
    let desk = Desk { access: &access, author: &author, now: here.state.now() };
    let (masters, at) = (here.state.masters(), &here.at);
    let done = prescription::repeat(desk, &masters, &at.patient, &at.visit, &from, intent).await;
    let words = done.as_ref().map_or(0, |done| done.steps.len());
    here.tell(done, format!("{words}剤を写しました")).await
}

/// A set.
#[derive(Deserialize)]
pub(crate) struct Chosen {
    set: String,
    intent: String,
}

/// Prescribes the drugs of a set.
pub(crate) async fn apply_set(here: Here, Filled(form): Filled<Chosen>) -> Result<Response, WebError> {
    let (author, access) = (here.signed.author()?, here.state.access(&here.signed.caller));
    let set = sets::set(&access, &id(&form.set)?).await?;
    if !set.is_for(&author.person) {
        return Err(WebError::NotFound);
    }
    let naming = prescription::naming(&access).await?;
    let desk = Desk { access: &access, author: &author, now: here.state.now() };
    let (masters, intent) = (here.state.masters(), id(&form.intent)?);
    let done =
        prescription::apply_set(desk, &masters, naming, &here.at.patient, &here.at.visit, &set.items, intent).await;
    here.tell(done, format!("セット「{}」を入れました", set.title)).await
}

/// Acts to take back: `id:version:before,…`.
#[derive(Deserialize)]
pub(crate) struct Undone {
    steps: String,
}

/// Takes an act back.
pub(crate) async fn undo(here: Here, Filled(form): Filled<Undone>) -> Result<Response, WebError> {
    let steps = form.steps.split(',').take(prescription::MOST_LINES).map(step).collect::<Result<Vec<_>, WebError>>()?;
    let (author, access) = (here.signed.author()?, here.state.access(&here.signed.caller));
    let desk = Desk { access: &access, author: &author, now: here.state.now() };
    match prescription::undo(desk, &here.at.patient, &here.at.visit, &steps).await {
        Ok(_) => here.draw(StatusCode::OK, |pane| pane.told = plain("元に戻しました")).await,
        Err(error) => here.tell(Err(error), "").await,
    }
}

/// Steps as one hidden value.
pub(super) fn coded(steps: &[Step]) -> String {
    let one = |step: &Step| {
        let before = step.before.map(|n| n.to_string()).unwrap_or_default();
        format!("{}:{}:{before}", step.after.id, step.after.version)
    };
    steps.iter().map(one).collect::<Vec<_>>().join(",")
}

fn step(text: &str) -> Result<Step, WebError> {
    let number = |text: &str| text.parse::<u32>().map_err(|_| WebError::BadRequest);
    let mut parts = text.split(':');
    let mut next = || parts.next().ok_or(WebError::BadRequest);
    let after = Seen { id: id(next()?)?, version: number(next()?)? };
    let before = Some(next()?).filter(|part| !part.is_empty()).map(number).transpose()?;
    Ok(Step { after, before })
}

/// Stops a drug of an earlier prescription.
pub(crate) async fn stop(here: Here, Filled(form): Filled<Seeing>) -> Result<Response, WebError> {
    let (author, access) = (here.signed.author()?, here.state.access(&here.signed.caller));
    let desk = Desk { access: &access, author: &author, now: here.state.now() };
    let done = prescription::stop(desk, &here.at.patient, &here.line(form.seen)?, "").await;
    here.tell(done, "中止を記録しました").await
}

/// A reason for prescribing in spite of a finding.
#[derive(Deserialize)]
pub(crate) struct Answered {
    pub(crate) intent: String,
    pub(crate) key: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    words: String,
    pub(crate) confirmed: Option<String>,
}

impl Answered {
    /// The reason chosen, with what was written beside it.
    pub(crate) fn words(&self) -> String {
        match (self.reason.trim(), self.words.trim()) {
            ("", written) => written.to_owned(),
            (chosen, "") => chosen.to_owned(),
            (chosen, written) => format!("{chosen}（{written}）"),
        }
    }
}

/// Keeps the reason.
pub(crate) async fn answer(here: Here, Filled(form): Filled<Answered>) -> Result<Response, WebError> {
    let access = here.state.access(&here.signed.caller);
    let reader = access.reader(Action::Read);
    reader.describe("処方の確認事項");
    let sheet = Sheet::read(&reader, &here.at.patient, &here.at.visit).await?;
    let found = prescription::review(&reader, &sheet, here.state.today()).await?;
    let (sheet, found) = reader.release((sheet, found)).await?;
    let Some(finding) = found.iter().find(|finding| finding.key == form.key) else {
        let told = Told::Wrong("確かめることはもうありません", "処方が変わり、この確認事項はなくなりました。");
        return here.draw(StatusCode::OK, |pane| pane.told = told).await;
    };
    let words = form.words();
    let reason = Reason { words: &words, confirmed: form.confirmed.is_some() };
    let author = here.signed.author()?;
    let desk = Desk { access: &access, author: &author, now: here.state.now() };
    let answer = match prescription::answer(desk, &sheet, finding, reason, id(&form.intent)?).await {
        Ok(()) => return here.draw(StatusCode::OK, |pane| pane.told = plain("理由を残しました")).await,
        Err(ChartError::Invalid) if words.is_empty() => {
            Told::Wrong("理由を選ぶか書いてください", "理由は処方と一緒に残ります。まだ何も変えていません。")
        }
        Err(ChartError::Invalid) => Told::Wrong(
            "患者と処方をもう一度確かめてください",
            "禁止の薬です。氏名と生年月日を確かめて印をつけてから、理由を選びます。まだ何も変えていません。",
        ),
        Err(ChartError::Step) if author.standing == Standing::Proxy => Told::Wrong(
            "禁止の薬は、医師本人だけが処方できます",
            "代行では理由を残せません。医師に伝えてください。まだ何も変えていません。",
        ),
        Err(error) => {
            let (status, told) = refused(error)?;
            return here.draw(status, |pane| pane.told = told).await;
        }
    };
    // What was typed stays, with the exit open.
    let answering = Some((form.key.clone(), form.words.clone()));
    here.draw(StatusCode::UNPROCESSABLE_ENTITY, |pane| (pane.told, pane.answering) = (answer, answering)).await
}
