//! Sending, and searching before it is sent again.
use super::record::{self, Document, Kept};
use super::{Attempt, Course, Failure, Jobs, words};
use crate::client::{ClientError, TransportError};
use crate::flow::{Act, Ended, Event, Known, Reason, Search, State};
use crate::wire::message::{DateRange, Found, Ids, Insured, ServiceStatus, StatusReport};
use crate::wire::prescription::Prescription;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_ledger::{Access, Commit};

/// Calls of one attempt; what is not done then is done in the next.
const MAX_CALLS: u32 = 16;

impl Jobs {
    pub(super) fn settle_ms(&self) -> i64 {
        i64::try_from(self.client.profile().timing("settle_ms")).unwrap_or(i64::MAX)
    }

    /// Goes on from where the prescription stands until nothing is left, or a call must be tried later.
    pub(super) async fn send(&self, access: &Access, task: &Id, attempt: Attempt) -> Result<Commit, Failure> {
        let mut course = Course::new(access, record::load(access, task).await?);
        course.todo.extend(course.kept.stored.life.job());
        let outcome = self.go(&mut course).await;
        match outcome {
            // Nothing more is tried: what is not registered is so visibly.
            Err(failure) if attempt.last() && !failure.permanent => {
                course.todo.clear();
                course.happens(&Event::GaveUp, self.now(), self.settle_ms());
                if course.todo.iter().any(|act| matches!(act, Act::AskStatus(_))) {
                    course.jobs.push(super::status_job(&course.kept));
                }
                Ok(course.commit(self.now())?)
            }
            Err(failure) => {
                course.keep(self.now()).await?;
                Err(failure)
            }
            Ok(()) => Ok(course.commit(self.now())?),
        }
    }

    async fn go(&self, course: &mut Course<'_>) -> Result<(), Failure> {
        let settle_ms = self.settle_ms();
        let mut document: Option<Document> = None;
        for _ in 0..MAX_CALLS {
            let Some(act) = course.todo.pop_front() else {
                return if course.later {
                    Err(Failure::later("サービスの応答を待っています。"))
                } else {
                    Ok(())
                };
            };
            match &act {
                Act::Register | Act::Change(_) | Act::Cancel(_) | Act::UndoCancel(_) | Act::UndoChange(_) => {
                    if course.kept.stored.life.job().as_ref() != Some(&act) {
                        continue;
                    }
                    if document.is_none() {
                        document = Some(self.document(course).await?);
                    }
                    let Some(given) = &document else { continue };
                    course.happens(&Event::Sending, self.now(), settle_ms);
                    if course.kept.stored.life.job() != Some(act.clone()) {
                        continue;
                    }
                    course.kept.stored.sends = course.kept.stored.sends.saturating_add(1);
                    let now = self.now();
                    course.kept.stored.first_sent.get_or_insert_with(|| now.to_fhir());
                    course.changed = true;
                    // The mark, before the first byte leaves.
                    course.keep(now).await?;
                    let ended = self.call(course, &act, given).await;
                    course.happens(&Event::Ended(ended), self.now(), settle_ms);
                }
                Act::Search => {
                    if document.is_none() {
                        document = Some(self.document(course).await?);
                    }
                    let Some(given) = &document else { continue };
                    match self.search(course, &given.what, false).await? {
                        Some((search, _)) => course.happens(&Event::Searched(search), self.now(), settle_ms),
                        None => course.happens(&Event::SearchFailed, self.now(), settle_ms),
                    }
                }
                Act::CancelSurplus(id) => {
                    // Doomed durably first: nobody may take it for a prescription from here on.
                    course.keep(self.now()).await?;
                    self.cancel_surplus(course, id).await?;
                }
                Act::AskStatus(id) => {
                    let asked = self.status_at(course, id).await?;
                    match asked {
                        Ok(report) => {
                            let event = Event::Seen { id: id.clone(), status: report.status };
                            course.happens(&event, self.now(), settle_ms);
                        }
                        Err(error) => {
                            course.later = true;
                            course.jobs.push(super::status_job(&course.kept));
                            tracing::info!(task = %course.kept.id, %error, "state not told");
                        }
                    }
                }
                _ => {}
            }
        }
        Err(Failure::later("1回の処理の上限に達しました。続けて処理します。"))
    }

    async fn document(&self, course: &Course<'_>) -> Result<Document, Failure> {
        Ok(record::document(course.access, &course.kept, self.client.profile()).await?)
    }

    /// One sending and how it ended.
    async fn call(&self, course: &mut Course<'_>, act: &Act, given: &Document) -> Ended {
        let file_id = format!("{}-{}", course.kept.id, course.kept.stored.sends);
        let envelope = given.envelope.clone();
        let result = match act {
            Act::Register => self.client.register(envelope, &file_id).await.map(Some),
            Act::Change(id) => self.client.change(id, envelope, &file_id).await.map(Some),
            Act::Cancel(id) => self.cancel_at(course.kept.is_in_house(), id, &file_id).await.map(|()| None),
            Act::UndoCancel(id) => self.client.undo_cancel(id, &file_id).await.map(Some),
            Act::UndoChange(id) => self.client.undo_change(id, &file_id).await.map(Some),
            _ => return Ended::NotSent,
        };
        if let Err(error) = &result {
            // The text of an error holds codes and kinds, never what was sent.
            tracing::info!(task = %course.kept.id, %error, "e-prescription call");
        }
        match result {
            Ok(ids) => {
                course.kept.stored.faults.clear();
                Ended::Done(ids.map(|Ids { id, access_code }| Known { id, access_code }))
            }
            Err(ClientError::Declined(outcome)) => {
                let mut findings = outcome.xml.clone();
                findings.extend(outcome.csv.iter().cloned());
                findings.extend(outcome.signatures.iter().map(|verification| crate::wire::message::Finding {
                    code: verification.status.clone(),
                    message: verification.message.clone(),
                }));
                if findings.is_empty() {
                    findings.push(crate::wire::message::Finding {
                        code: outcome.code.clone(),
                        message: outcome.message.clone(),
                    });
                }
                course.kept.faults(&findings);
                course.changed = true;
                Ended::Declined(self.reason(&outcome.code))
            }
            Err(ClientError::Transport(TransportError::NotSent(_) | TransportError::Maintenance { .. })) => {
                Ended::NotSent
            }
            Err(ClientError::Transport(TransportError::Refused(_)) | ClientError::Request(_)) => Ended::Refused,
            Err(ClientError::Transport(TransportError::Unknown(_)) | ClientError::Answer(_)) => Ended::Unknown,
        }
    }

    fn reason(&self, code: &str) -> Reason {
        let profile = self.client.profile();
        if code == profile.result_code("nothing_to_cancel") {
            Reason::NothingToCancel
        } else if code == profile.result_code("already_received") {
            Reason::AlreadyReceived
        } else {
            Reason::Other
        }
    }

    async fn cancel_at(&self, in_house: bool, id: &str, file_id: &str) -> Result<(), ClientError> {
        if in_house { self.client.cancel_in_house(id, file_id).await } else { self.client.cancel(id, file_id).await }
    }

    /// The state of a registration. That of 院内処方 is not told: what a search finds stands, what it does not find is
    /// cancelled.
    pub(super) async fn status_at(
        &self,
        course: &Course<'_>,
        id: &str,
    ) -> Result<Result<StatusReport, ClientError>, Failure> {
        let asking = self.asking(&course.kept.id);
        if !course.kept.is_in_house() {
            return Ok(self.client.status(id, &asking).await);
        }
        let given = self.document(course).await?;
        let found = self.found_in_house(&given.what, &asking).await?;
        Ok(found.map(|found| StatusReport {
            status: if found.iter().any(|found| found.ids.id == id) {
                ServiceStatus::Issued
            } else {
                ServiceStatus::Cancelled
            },
            pharmacy_code: String::new(),
            pharmacy_name: String::new(),
            message: false,
            dispensing: None,
        }))
    }

    async fn found_in_house(
        &self,
        what: &Prescription,
        asking: &str,
    ) -> Result<Result<Vec<Found>, ClientError>, Failure> {
        let range = DateRange { from: what.issued, to: what.issued };
        Ok(self.client.search_in_house(whose(what)?, Some(range), asking).await)
    }

    /// Cancels a registration that is not to be; one that is gone already is as good.
    pub(super) async fn cancel_surplus(&self, course: &mut Course<'_>, id: &str) -> Result<(), Failure> {
        match self.cancel_at(course.kept.is_in_house(), id, &self.asking(&course.kept.id)).await {
            Ok(()) => Ok(()),
            Err(ClientError::Declined(outcome)) if self.reason(&outcome.code) == Reason::NothingToCancel => Ok(()),
            Err(ClientError::Declined(outcome)) if self.reason(&outcome.code) == Reason::AlreadyReceived => {
                // Nobody was given its number; should a pharmacy have it all the same, a person must know.
                course.kept.told(crate::flow::Notice::AlreadyReceived);
                course.changed = true;
                Ok(())
            }
            Err(error) => Err(Failure::later(words(&error))),
        }
    }

    /// Searches the service (digest 4.9) and tells what none of the institution's prescriptions accounts for. The
    /// second value: whether this prescription may doom what was found. It may not while a sending for the patient is
    /// under way, nor while another prescription of the patient has sendings of unknown fate that goes before it:
    /// what was found may be theirs.
    ///
    /// The search comes first, the look at our own prescriptions after it: whatever the search saw was sent before, and
    /// its mark was durable before that.
    pub(super) async fn search(
        &self,
        course: &Course<'_>,
        what: &Prescription,
        settled: bool,
    ) -> Result<Option<(Search, bool)>, Failure> {
        let asking = self.asking(&course.kept.id);
        let in_house = course.kept.is_in_house();
        let asked = if in_house {
            self.found_in_house(what, &asking).await?
        } else {
            let range = DateRange { from: what.issued, to: what.issued };
            self.client.search(whose(what)?, Some(range), &asking).await
        };
        let found = match asked {
            Ok(found) => found,
            Err(error) => {
                tracing::info!(task = %course.kept.id, %error, "e-prescription search");
                return Ok(None);
            }
        };
        let mut family = record::of_patient(course.access, &course.kept.patient).await?;
        // The two searches know nothing of each other's registrations.
        family.retain(|kept| kept.is_in_house() == in_house);
        let others = || family.iter().filter(|kept| kept.id != course.kept.id);
        let accounted = |id: &str| {
            let own = [&course.kept].into_iter().chain(others());
            // What another prescription has doomed is being cancelled there.
            let elsewhere = others().any(|kept| kept.stored.life.doomed.iter().any(|known| known == id));
            elsewhere || own.flat_map(numbers).any(|known| known == id)
        };
        let since = course.kept.stored.first_sent.as_deref().and_then(Timestamp::parse);
        let skew_ms = i64::try_from(self.client.profile().timing("clock_skew_s") * 1000).unwrap_or(i64::MAX);
        let since = since.map(|at| at.plus_ms(skew_ms.saturating_neg()));
        let mut candidates: Vec<_> = found
            .into_iter()
            .filter(|found| !accounted(&found.ids.id))
            .filter(|found| found.created.zip(since).is_none_or(|(created, since)| created >= since))
            .collect();
        candidates.sort_by_key(|found| std::cmp::Reverse(found.created));
        let candidates = candidates
            .into_iter()
            .map(|found| Known { id: found.ids.id, access_code: found.ids.access_code })
            .collect();
        let under_way = family.iter().any(|kept| {
            matches!(
                kept.stored.life.state,
                State::Registering
                    | State::Unsure
                    | State::Changing
                    | State::ChangeUnsure
                    | State::UndoingCancel
                    | State::UndoingChange
            )
        });
        let others_unsure = others().any(|kept| kept.stored.life.unsure > 0);
        let first = family.iter().filter(|kept| kept.stored.life.unsure > 0).map(|kept| &kept.id).min();
        let may_doom = !under_way && first.is_none_or(|first| *first == course.kept.id);
        Ok(Some((Search { candidates, others_unsure, settled }, may_doom)))
    }
}

/// The insured person of a prescription.
fn whose(what: &Prescription) -> Result<Insured, Failure> {
    let lacks = || Failure { message: "被保険者番号がありません。".to_owned(), permanent: true };
    Insured::of(what.insurance.as_ref(), &what.payers).ok_or_else(lacks)
}

/// Every 処方箋ID a prescription accounts for.
fn numbers(kept: &Kept) -> impl Iterator<Item = &str> {
    let life = &kept.stored.life;
    life.id.as_deref().into_iter().chain(life.before.as_ref().map(|(id, _)| id.as_str()))
}
