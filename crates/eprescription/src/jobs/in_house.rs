//! 院内処方: the service is told what the chart says, whenever a visit is confirmed. One look decides: what is new is
//! registered, what differs is changed, what is gone is cancelled. Looked at again with nothing new, nothing happens.
use super::record::{self, Kept, binary};
use super::{Failure, Jobs, follow, issue};
use crate::flow::{Act, Event, Form, Life, Notice, State, Why, step};
use crate::mapping::{self, Lacking, Missing};
use crate::wire::in_house::{InHouse, InHouseEnvelope};
use karute_chart::prescription::{OnPaper, read_in_house};
use karute_chart::view::Encounter;
use karute_chart::{ChartError, clinic};
use karute_fhir::Id;
use karute_json::{Limits, parse};
use karute_ledger::{Access, Action, Commit, Expect, LedgerError, Lookup};

/// Unregistered because the chart lacks something; words follow it.
const LACKS: &str = "";

impl Jobs {
    /// Compares the chart of a visit with what the service has, and begins what follows.
    pub(super) async fn in_house(&self, access: &Access, visit: &Id) -> Result<Commit, Failure> {
        let nothing = || Ok(Commit::new(Action::Update));
        let reader = access.reader(Action::Read);
        reader.describe("院内処方の登録");
        let Some(patient) = patient_of(&reader, visit).await? else {
            reader.release(()).await?;
            return nothing();
        };
        let found = match read_in_house(&reader, &patient, visit).await {
            Ok(found) => Some(found),
            Err(ChartError::NotFound) => None,
            Err(ChartError::Ledger(error)) => return Err(error.into()),
            Err(error) => return Err(Failure::later(error)),
        };
        let mut all = record::read_of_patient(&reader, &patient).await?;
        all.retain(|kept| kept.visit == *visit && kept.is_in_house());
        let (found, all) = reader.release((found, all)).await?;
        let standing = all.iter().rev().find(|kept| !is_over(kept)).cloned();
        let lines: Vec<String> = found.iter().flat_map(|found| &found.lines).map(seen).collect();
        match (found, standing) {
            (None, None) => nothing(),
            (None, Some(kept)) => self.taken_back(kept),
            (Some(_), Some(kept)) if kept.stored.lines == lines && !is_unregistered(&kept) => nothing(),
            (Some(_), Some(kept)) if !may_be_written(&kept) => {
                Err(Failure::later(format!("{}: 前の送信の結果を待っています。", kept.id)))
            }
            (Some(found), standing) => self.told(access, visit, &patient, &found, (standing, all.len()), lines).await,
        }
    }

    /// The drugs are gone from the chart.
    fn taken_back(&self, mut kept: Kept) -> Result<Commit, Failure> {
        let event = match kept.stored.life.state {
            State::Registered => Event::CancelAsked,
            State::Signed | State::Unregistered { .. } => Event::Edited,
            _ => return Err(Failure::later(format!("{}: 前の送信の結果を待っています。", kept.id))),
        };
        let made = step(&kept.stored.life, &event).map_err(Failure::later)?;
        kept.stored.life = made.life;
        kept.stored.lines.clear();
        self.kept(&kept, &made.acts, None, "院内処方の取消")
    }

    /// A registration or a change. What the service needs and the chart does not say is told in the list of what is not
    /// registered.
    async fn told(
        &self,
        access: &Access,
        visit: &Id,
        patient: &Id,
        found: &OnPaper,
        (standing, count): (Option<Kept>, usize),
        lines: Vec<String>,
    ) -> Result<Commit, Failure> {
        let contact = clinic::contact(access).await.map_err(Failure::later)?;
        let of = mapping::Clinic { name: &self.clinic.name, code: &self.clinic.code, contact: contact.as_ref() };
        let made = mapping::in_house(found, &of);
        // 労災, 自賠責, 自費: none of the service's.
        if standing.is_none() && made.as_ref().is_err_and(|missing| is_foreign(missing)) {
            return Ok(Commit::new(Action::Update));
        }
        let document = match &made {
            Ok(made) => self.document_of(made).map_err(|words| vec![words]),
            Err(missing) => Err(words(missing, found)),
        };
        let fresh = standing.is_none();
        let mut kept = match (standing, &made) {
            (Some(kept), _) => kept,
            (None, Ok(made)) => {
                Kept::ready(id(visit, count)?, patient.clone(), visit.clone(), Form::InHouse, &made.what)
            }
            (None, Err(_)) => self.unready(id(visit, count)?, patient, visit),
        };
        kept.stored.notices.clear();
        let document = match document {
            Ok(document) => document,
            Err(faults) => {
                kept.stored.faults = faults.into_iter().map(|words| (LACKS.to_owned(), words)).collect();
                // What stands at the service stays, and a person is told that it is not what the chart says.
                match kept.stored.life.state {
                    State::Registered => kept.told(Notice::ChangeDeclined),
                    _ => kept.stored.life.state = State::Unregistered { why: Why::Declined },
                }
                return self.kept(&kept, &[], None, "院内処方の登録に足りない項目");
            }
        };
        kept.stored.lines = lines;
        kept.stored.faults.clear();
        if fresh {
            let mut commit = Commit::new(Action::Create);
            commit.detail = Some("電子処方箋: 院内処方の登録".to_owned());
            issue(&mut commit, &kept, document.bytes(), self.now())?;
            return Ok(commit);
        }
        let event = match kept.stored.life.state {
            State::Registered => Event::ChangeAsked(Form::InHouse),
            _ => Event::Issue(Form::InHouse),
        };
        let made = step(&kept.stored.life, &event).map_err(Failure::later)?;
        kept.stored.life = made.life;
        self.kept(&kept, &made.acts, Some(&document), "院内処方の変更")
    }

    fn document_of(&self, made: &InHouse) -> Result<InHouseEnvelope, String> {
        let profile = self.client.profile();
        let csv = made.to_csv(profile).map_err(|faults| faults.to_string())?;
        Ok(InHouseEnvelope::new(&csv, profile))
    }

    /// What cannot be written yet, to stand in the list.
    fn unready(&self, id: Id, patient: &Id, visit: &Id) -> Kept {
        let life = Life { state: State::Unregistered { why: Why::Declined }, ..Life::new(Form::InHouse) };
        Kept::of(id, patient.clone(), visit.clone(), life, self.now().day_in_japan())
    }

    fn kept(
        &self,
        kept: &Kept,
        acts: &[Act],
        document: Option<&InHouseEnvelope>,
        detail: &str,
    ) -> Result<Commit, Failure> {
        let now = self.now();
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some(format!("電子処方箋: {detail}"));
        if let Some(document) = document {
            commit.changes.push(binary(&kept.id, &kept.patient, "application/xml", document.bytes(), Expect::Any)?);
        }
        commit.changes.push(kept.change(now)?);
        follow(&mut commit, kept, acts, now, self.client.profile());
        Ok(commit)
    }
}

fn seen(line: &karute_chart::prescription::Line) -> String {
    format!("{}:{}", line.id, line.version)
}

/// Id of the task of a visit: the first, or the next where earlier ones are over.
fn id(visit: &Id, count: usize) -> Result<Id, LedgerError> {
    let number = if count == 0 { String::new() } else { (count + 1).to_string() };
    Id::new(&format!("{visit}-ih{number}")).map_err(|_| LedgerError::Limit("id"))
}

fn is_over(kept: &Kept) -> bool {
    matches!(kept.stored.life.state, State::Draft | State::Cancelled)
}

fn is_unregistered(kept: &Kept) -> bool {
    matches!(kept.stored.life.state, State::Unregistered { .. })
}

/// Whether another content can take its place now.
fn may_be_written(kept: &Kept) -> bool {
    kept.stored.life.state == State::Registered || is_unregistered(kept)
}

fn is_foreign(missing: &[Missing]) -> bool {
    missing.iter().any(|(_, lacking)| *lacking == Lacking::NotInsured)
}

/// What is missing, by drug.
fn words(missing: &[Missing], found: &OnPaper) -> Vec<String> {
    let name = |id: &Id| found.lines.iter().find(|line| line.id == *id).map(|line| line.what.drug.name.as_str());
    let one = |(line, lacking): &Missing| match line.as_ref().and_then(name) {
        Some(name) => format!("{name}：{}", lacking.words()),
        None => lacking.words().to_owned(),
    };
    missing.iter().map(one).collect()
}

async fn patient_of(reader: &karute_ledger::Reader, visit: &Id) -> Result<Option<Id>, LedgerError> {
    let Lookup::Found(version) = reader.read(record::kind("Encounter")?, visit).await? else { return Ok(None) };
    let body = parse(version.body.as_bytes(), &Limits::FHIR)
        .map_err(|_| LedgerError::Integrity("a visit cannot be read".to_owned()))?;
    Ok(Encounter::read(visit.clone(), version.version, &body).patient)
}
