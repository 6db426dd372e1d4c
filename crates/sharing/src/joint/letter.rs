//! A letter of the chart on its way.
use super::way::{told, toward};
use super::{carried, carrier, content, failed, follow_job};
use crate::desk::{Desk, DeskError, NewDocument, NewLetter, letter_identifier};
use crate::document::{self, BundleId, Stamp};
use crate::flow::letter::State as At;
use crate::jobs::kept::Letter as Sent;
use crate::jobs::record::{self, Kept, load};
use crate::jobs::{Failure, Jobs};
use karute_chart::ChartError;
use karute_chart::letter::{self, Choice, Of, OnRecord, State, Step, delivery_of, stepped, task_of};
use karute_fhir::Id;
use karute_ledger::{Access, Action, Change, Commit, LedgerError, Version};

/// Findings told of a letter that its profiles refuse; the composer shows all of them.
const MOST_WORDS: usize = 3;

/// Why a letter cannot be handed over, for the person who must mend it.
enum Hindered {
    Words(String),
    Failure(Failure),
}

impl From<Failure> for Hindered {
    fn from(failure: Failure) -> Hindered {
        Hindered::Failure(failure)
    }
}

impl From<LedgerError> for Hindered {
    fn from(error: LedgerError) -> Hindered {
        Hindered::Failure(error.into())
    }
}

impl From<ChartError> for Hindered {
    fn from(error: ChartError) -> Hindered {
        Hindered::Failure(failed(error))
    }
}

impl From<DeskError> for Hindered {
    fn from(error: DeskError) -> Hindered {
        match error {
            DeskError::Ledger(error) => Hindered::Failure(error.into()),
            other => Hindered::Words(other.to_string()),
        }
    }
}

impl Jobs {
    /// Hands a signed letter over, or asks to cancel one. What cannot be sent is said at the letter.
    pub(crate) async fn hand_over(&self, access: &Access, id: &Id) -> Result<Commit, Failure> {
        let task = task_of(access, id).await.map_err(failed)?;
        let Some((patient, delivery)) = delivery_of(&task).map_err(failed)? else {
            return Err(Failure { message: "the letter has no delivery".to_owned(), permanent: true });
        };
        let of = Of { patient: &patient, letter: id };
        let outcome = match delivery.state {
            State::Ready => self.send_letter(access, of, &task).await,
            State::Cancelling => self.take_letter_back(access, of).await,
            // Taken back within the ten seconds, or done before.
            _ => return Ok(Commit::new(Action::Update)),
        };
        let step = match outcome {
            Ok(None) => return Ok(Commit::new(Action::Update)),
            Ok(Some(step)) => step,
            Err(Hindered::Failure(failure)) => return Err(failure),
            Err(Hindered::Words(words)) => Step { to: State::Failed, words: Some(words), outputs: Vec::new() },
        };
        let mut commit = noted("紹介状の引き渡し");
        commit.changes.push(self.next_step(&task, &step)?);
        Ok(commit)
    }

    fn next_step(&self, task: &Version, step: &Step) -> Result<Change, Failure> {
        stepped(task, step, self.now()).map_err(failed)
    }

    fn desk_of<'d>(&'d self, access: &'d Access) -> Desk<'d> {
        // The ten seconds are over: the chart has waited them.
        Desk { access, profile: self.profile(), institution: self.client.institution(), now: self.now(), undo: false }
    }

    async fn send_letter(&self, access: &Access, of: Of<'_>, task: &Version) -> Result<Option<Step>, Hindered> {
        let found = letter::one(access, of).await?;
        let id = carrier(of.letter)?;
        let before = sent(access, &id).await?;
        // Handed over before, and the job did not live to say so.
        if before.as_ref().is_some_and(|kept| kept.stored.sheets >= found.letter.issue) {
            return Ok(Some(Step::to(State::Sending)));
        }
        let number = before.as_ref().map_or(0, |kept| kept.stored.sheets).saturating_add(1);
        let identifier = letter_identifier(self.client.institution(), self.now(), &id, number);
        let document = self.make_letter(access, of, &found, &identifier).await?;
        let desk = self.desk_of(access);
        match before {
            None => {
                let new = NewLetter {
                    patient: of.patient.clone(),
                    addressee: found.letter.to.code.clone(),
                    addressee_name: found.letter.to.name.clone(),
                    consent: found.consent.as_ref().is_some_and(|consent| consent.choice == Choice::Oral),
                    reply_to: None,
                    document,
                    with: vec![self.next_step(task, &Step::to(State::Sending))?],
                };
                desk.send(id, new).await?;
                return Ok(None);
            }
            Some(kept) if kept.stored.life.state == At::Registered => drop(desk.replace(kept, document).await?),
            Some(kept) => drop(desk.correct(kept, document).await?),
        }
        Ok(Some(Step::to(State::Sending)))
    }

    async fn make_letter(
        &self,
        access: &Access,
        of: Of<'_>,
        found: &OnRecord,
        identifier: &str,
    ) -> Result<NewDocument, Hindered> {
        let chart = self.chart()?;
        let reader = access.reader(Action::Read);
        reader.describe("紹介状の文書を作る");
        let source = chart.source(access, &reader, of.patient).await?.ok_or(LedgerError::NotFound)?;
        let mut source = source;
        for file in &found.letter.files {
            if let Some(bytes) = content(access, &reader, &file.binary).await? {
                source = source.with_file(&file.binary, bytes);
            }
        }
        let source = reader.release(source).await?;
        let id =
            BundleId::parse(identifier).ok_or_else(|| Hindered::Words(document::Lacking::InstitutionCode.words()))?;
        let stamp = Stamp { id: &id, at: self.now(), entropy: chart.entropy.as_ref() };
        let made = document::referral(&source, &chart.masters.current(), &found.letter, stamp);
        let made = made.map_err(|lacking| {
            Hindered::Words(lacking.iter().map(document::Lacking::words).collect::<Vec<_>>().join(" "))
        })?;
        // The masters and the profiles may be others than those that the composer asked.
        let mut refused: Vec<String> = document::judge(&made.bundle, &chart.profiles.current())
            .iter()
            .filter(|found| found.stops)
            .map(document::Judged::words)
            .collect();
        refused.dedup();
        if !refused.is_empty() {
            refused.truncate(MOST_WORDS);
            return Err(Hindered::Words(refused.join(" ")));
        }
        Ok(NewDocument { bundle: made.text.into_bytes(), files: Vec::new() })
    }

    async fn take_letter_back(&self, access: &Access, of: Of<'_>) -> Result<Option<Step>, Hindered> {
        let kept = sent(access, &carrier(of.letter)?).await?.ok_or(LedgerError::NotFound)?;
        match self.desk_of(access).cancel(kept).await {
            Ok(_) => Ok(None),
            // It moved on meanwhile: the letter says what the service said.
            Err(DeskError::NotNow(_)) => Ok(sent(access, &carrier(of.letter)?)
                .await?
                .and_then(|kept| told(kept.stored.life.state))
                .filter(|state| State::Cancelling.leads_to(*state))
                .map(Step::to)),
            Err(other) => Err(other.into()),
        }
    }

    /// Tells the letter of the chart what became of it, one step at a time.
    pub(crate) async fn follow_letter(&self, access: &Access, id: &Id) -> Result<Commit, Failure> {
        let Some(letter) = carried(id) else { return Ok(Commit::new(Action::Update)) };
        let kept: Kept<Sent> = load(access, id).await?;
        let task = match task_of(access, &letter).await {
            Ok(task) => task,
            Err(ChartError::NotFound) => return Ok(Commit::new(Action::Update)),
            Err(other) => return Err(failed(other)),
        };
        let delivery = delivery_of(&task).map_err(failed)?;
        let (Some((_, delivery)), Some(to)) = (delivery, told(kept.stored.life.state)) else {
            return Ok(Commit::new(Action::Update));
        };
        let Some(next) = toward(delivery.state, to) else { return Ok(Commit::new(Action::Update)) };
        let faults = kept.stored.faults.iter().map(|fault| format!("{}（{}）", fault.message, fault.code));
        let words = faults.collect::<Vec<_>>().join(" ");
        let mut outputs = vec![("bundle-id".to_owned(), kept.stored.sheet.target.value.clone())];
        if !kept.stored.receipt.is_empty() {
            outputs.push(("reception-number".to_owned(), kept.stored.receipt.clone()));
        }
        let words = Some(words).filter(|words| next == State::Failed && !words.is_empty());
        let mut commit = noted("紹介状の状態");
        commit.changes.push(self.next_step(&task, &Step { to: next, words, outputs })?);
        if next != to {
            commit.jobs.push(follow_job(id, self.now()));
        }
        Ok(commit)
    }
}

async fn sent(access: &Access, id: &Id) -> Result<Option<Kept<Sent>>, LedgerError> {
    let reader = access.reader(Action::Read);
    let found = record::read(&reader, id).await?;
    reader.release(found).await
}

fn noted(what: &str) -> Commit {
    let mut commit = Commit::new(Action::Update);
    commit.detail = Some(format!("電子カルテ情報共有: {what}"));
    commit
}
