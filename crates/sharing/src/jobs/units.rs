//! A patient's information units: made anew, compared with what the service took last, sent where they differ.
use super::kept::Unit;
use super::record::{Kept, find, id};
use super::{Attempt, Failure, Jobs, fault, findings, short, units_settle_job};
use crate::client::ClientError;
use crate::flow::unit::{Act, Event, Life, State, step};
use crate::flow::{Ended, Reason};
use crate::profile::Profile;
use crate::wire::content::{Content, Shape};
use crate::wire::envelope::{Envelope, Kind};
use crate::wire::message::{Finding, Group};
use crate::wire::target::has_branch;
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_ledger::{Access, Action, Commit};

/// Which unit of a patient.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnitKey {
    /// Kind: conditions, allergies or results.
    pub kind: Kind,
    /// The result report (order) of a results unit; none for the others, which are one for each patient.
    pub report: Option<Id>,
}

/// What is asked of whoever makes units.
#[derive(Clone, Debug)]
pub struct UnitAsk {
    /// The patient.
    pub patient: Id,
    /// Which unit.
    pub key: UnitKey,
    /// Bundle-ID to write (`Bundle.identifier.value`): stable for the unit's whole life.
    pub identifier: String,
    /// 医療機関コード of the institution.
    pub institution: String,
    /// Now.
    pub now: Timestamp,
}

/// What was made.
#[derive(Clone, PartialEq, Eq)]
pub enum Built {
    /// The whole set as a FHIR Bundle (JSON); one with the patient alone says that there is nothing.
    Bundle(Vec<u8>),
    /// The patient is not in the service: no insured number (自費), or no consent to a chart at all.
    Outside,
}

/// Content may be a patient's.
impl std::fmt::Debug for Built {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Built::Bundle(bytes) => write!(f, "Bundle({} bytes)", bytes.len()),
            Built::Outside => f.write_str("Outside"),
        }
    }
}

/// Why a unit was not made.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The record cannot be read.
    #[error(transparent)]
    Ledger(#[from] karute_ledger::LedgerError),
    /// What the record has cannot be sent; by item.
    #[error("カルテの内容から送信できる形を作れません。")]
    Content(Vec<Finding>),
}

/// Makes units of the record. A unit is always the whole set: never a part of it (digest 10.3).
pub trait Units: Send + Sync + 'static {
    /// The units that a patient has, of every kind.
    fn keys<'u>(&'u self, access: &'u Access, patient: &'u Id) -> BoxFuture<'u, Result<Vec<UnitKey>, BuildError>>;

    /// Bundle-ID of a unit that was made elsewhere and has one of its own; none where it gets one of ours.
    fn identifier<'u>(
        &'u self,
        _: &'u Access,
        _: &'u Id,
        _: &'u UnitKey,
    ) -> BoxFuture<'u, Result<Option<String>, BuildError>> {
        Box::pin(async { Ok(None) })
    }

    /// One of them.
    fn build<'u>(&'u self, access: &'u Access, ask: &'u UnitAsk) -> BoxFuture<'u, Result<Built, BuildError>>;
}

/// Two letters of a kind in local ids (digest 5.3).
fn letters(kind: Kind) -> &'static str {
    match kind {
        Kind::Conditions => "CD",
        Kind::Allergies => "AL",
        Kind::Results => "LB",
        Kind::Referral => "RF",
        Kind::Checkup => "HC",
        Kind::Summary => "PS",
    }
}

/// Bundle-ID of something: the same for the same, in the year of its first creation.
pub(crate) fn bundle_id(institution: &str, now: Timestamp, kind: Kind, about: &str) -> String {
    let local = short(&format!("{institution}\n{}\n{about}", letters(kind))).to_ascii_uppercase();
    format!("{institution}^{:04}^{}-{local}", now.day_in_japan().year(), letters(kind))
}

/// Id of a unit's task.
pub(crate) fn unit_task(patient: &Id, key: &UnitKey) -> Result<Id, karute_ledger::LedgerError> {
    let about = key.report.as_ref().map_or_else(|| patient.to_string(), |report| format!("{patient}/{report}"));
    id(&format!("unit-{}-{}", letters(key.kind).to_ascii_lowercase(), short(&about)))
}

/// A unit in the hands of a job.
struct Course<'a> {
    access: &'a Access,
    kept: Kept<Unit>,
    later: bool,
    settle: bool,
}

/// What a call is made with.
struct Made {
    content: Content,
    document: Vec<u8>,
    shape: String,
}

impl Jobs {
    /// Every unit of a patient; `settled`: what was never accounted for is sent once more.
    pub(super) async fn units(
        &self,
        access: &Access,
        patient: &Id,
        settled: bool,
        attempt: Attempt,
    ) -> Result<Commit, Failure> {
        let Some(units) = &self.units else {
            return Err(Failure::never("この版では臨床情報を作れません。"));
        };
        let keys = units.keys(access, patient).await.map_err(Failure::later)?;
        let (mut later, mut settle) = (false, false);
        for key in keys.into_iter().filter(|key| self.sends.contains(&key.kind)) {
            let kept = self.unit(access, units.as_ref(), patient, &key).await?;
            let mut course = Course { access, kept, later: false, settle: false };
            self.look(&mut course, units.as_ref(), (patient, &key), settled).await?;
            if course.later && attempt.last() {
                self.happens_to(&mut course, Event::GaveUp).await?;
                course.later = false;
            }
            later |= course.later;
            settle |= course.settle || course.kept.stored.life.unsure;
        }
        if later {
            return Err(Failure::later("サービスの応答を待っています。"));
        }
        let mut commit = Commit::new(Action::Update);
        if settle && !settled {
            let at = self.now().plus_ms(self.profile().timing_ms("settle_ms"));
            commit.jobs.push(units_settle_job(patient, at));
        }
        Ok(commit)
    }

    async fn unit(
        &self,
        access: &Access,
        units: &dyn Units,
        patient: &Id,
        key: &UnitKey,
    ) -> Result<Kept<Unit>, Failure> {
        let task = unit_task(patient, key)?;
        if let Some(kept) = find::<Unit>(access, &task).await? {
            return Ok(kept);
        }
        let about = key.report.as_ref().unwrap_or(patient);
        let own = units.identifier(access, patient, key).await.map_err(Failure::later)?;
        let ours = || bundle_id(self.client.institution(), self.now(), key.kind, about.as_str());
        let stored = Unit {
            life: Life::default(),
            kind: key.kind,
            report: key.report.as_ref().map(ToString::to_string),
            identifier: own.unwrap_or_else(ours),
            target: None,
            former: Vec::new(),
            shape: String::new(),
            tried: String::new(),
            sends: 0,
            at: String::new(),
            faults: Vec::new(),
        };
        Ok(Kept::new(task, Some(patient.clone()), stored))
    }

    /// What happened, made durable where it changed something.
    async fn happens_to(&self, course: &mut Course<'_>, event: Event) -> Result<Vec<Act>, Failure> {
        let made = step(&course.kept.stored.life, event);
        let changed = made.life != course.kept.stored.life;
        course.kept.stored.life = made.life;
        if changed {
            course.kept.keep(course.access, self.now()).await?;
        }
        course.later |= made.acts.contains(&Act::RetryLater);
        course.settle |= made.acts.contains(&Act::Settle);
        Ok(made.acts)
    }

    async fn look(
        &self,
        course: &mut Course<'_>,
        units: &dyn Units,
        (patient, key): (&Id, &UnitKey),
        settled: bool,
    ) -> Result<(), Failure> {
        let ask = UnitAsk {
            patient: patient.clone(),
            key: key.clone(),
            identifier: course.kept.stored.identifier.clone(),
            institution: self.client.institution().to_owned(),
            now: self.now(),
        };
        let built = match units.build(course.access, &ask).await {
            Ok(Built::Bundle(bytes)) => bytes,
            Ok(Built::Outside) => return Ok(()),
            Err(BuildError::Content(faults)) => return self.invalid(course, faults, false).await,
            Err(error) => return Err(Failure::later(error)),
        };
        let tried = Shape::of(&built).map(|shape| shape.0.to_hex()).unwrap_or_default();
        let anew = course.kept.stored.tried != tried;
        course.kept.stored.tried = tried;
        let made = match self.judged(&ask, built) {
            Ok(made) => made,
            Err(faults) => return self.invalid(course, faults, anew).await,
        };
        let stored = &mut course.kept.stored;
        // Another insurance: what stands under the old key stays there, the new one begins anew (digest 5.3).
        if let Some(old) = stored.target.take_if(|old| old.insured != made.content.target.insured) {
            stored.former.push(old);
            stored.life = Life { there: false, ..stored.life.clone() };
            stored.shape.clear();
        }
        let same = stored.shape == made.shape && stored.life.state == State::Registered;
        let nothing = made.content.others == 0 && stored.shape.is_empty() && !stored.life.there && !stored.life.unsure;
        let event = match (nothing, same, settled && stored.life.unsure) {
            (_, _, true) => Event::Settled,
            (true, ..) => Event::Nothing,
            (_, true, _) => Event::Same,
            _ => Event::Changed,
        };
        let mut acts = self.happens_to(course, event).await?;
        // A declined register becomes a change, a declined change a register; never more than once each.
        for _ in 0..3 {
            if !acts.contains(&Act::Put) {
                return Ok(());
            }
            acts = self.put(course, &made).await?;
        }
        course.later = true;
        Ok(())
    }

    async fn invalid(&self, course: &mut Course<'_>, mut faults: Vec<Finding>, anew: bool) -> Result<(), Failure> {
        faults.truncate(self.profile().limits().max_findings);
        let changed = anew || course.kept.stored.faults != faults || course.kept.stored.life.state != State::Invalid;
        course.kept.stored.faults = faults;
        course.kept.stored.life = step(&course.kept.stored.life, Event::Invalid).life;
        if changed {
            course.kept.keep(course.access, self.now()).await?;
        }
        Ok(())
    }

    /// What the connector itself can say of a unit before it is sent.
    fn judged(&self, ask: &UnitAsk, document: Vec<u8>) -> Result<Made, Vec<Finding>> {
        let content = Content::read(&document).map_err(|error| vec![fault("KARUTE-CONTENT", error)])?;
        let mut faults = Vec::new();
        if content.kind != ask.key.kind || content.target.value != ask.identifier {
            faults.push(fault("KARUTE-KEY", "作られた登録単位の種類またはBundle-IDが異なります。"));
        }
        if !content.is_of(self.client.institution()) {
            faults.push(fault("KARUTE-INSTITUTION", "Bundle-IDの医療機関コードが自施設のものではありません。"));
        }
        if !has_branch(&content.target.insured) {
            faults.push(fault("KARUTE-BRANCH", crate::wire::target::TargetError::Branch));
        }
        if Profile::weight(document.len()) > self.profile().limits().max_message_bytes {
            faults.push(fault("KARUTE-SIZE", "登録する内容が大きすぎます（1回10MBまで）。"));
        }
        let shape = Shape::of(&document).map_err(|error| vec![fault("KARUTE-CONTENT", error)])?;
        if faults.is_empty() { Ok(Made { content, document, shape: shape.0.to_hex() }) } else { Err(faults) }
    }

    async fn put(&self, course: &mut Course<'_>, made: &Made) -> Result<Vec<Act>, Failure> {
        let stored = &mut course.kept.stored;
        stored.sends = stored.sends.saturating_add(1);
        stored.life = step(&stored.life, Event::Sending).life;
        stored.faults.clear();
        // From here on something may stand under this key.
        stored.target = Some(made.content.target.clone());
        // The mark, before the first byte leaves.
        course.kept.keep(course.access, self.now()).await?;
        let stored = &course.kept.stored;
        let envelope = Envelope {
            kind: stored.kind,
            target: made.content.target.clone(),
            destination: None,
            consent: None,
            supersedes: stored.life.there.then(|| made.content.target.clone()),
            document: made.document.clone(),
            signed: false,
        };
        let file_id = Jobs::sending(course.kept.id.as_str(), stored.sends);
        // A set with nothing in it breaks the service's own rule R02143: it is deleted instead.
        let emptied = made.content.others == 0;
        let result = if emptied {
            self.client.cancel(Group::Unit, &made.content.target, &file_id).await
        } else if stored.life.there {
            self.client.change(envelope, &file_id).await.map(drop)
        } else {
            self.client.register(envelope, &file_id).await.map(drop)
        };
        let now = self.now();
        let ended = self.ended(&result);
        match &result {
            _ if ended == Ended::Done || emptied && ended == Ended::Declined(Reason::NotFound) => {
                course.kept.stored.shape.clone_from(&made.shape);
                course.kept.stored.at = now.to_fhir();
            }
            Err(ClientError::Declined(outcome)) => {
                course.kept.stored.faults = findings(outcome, &made.document);
            }
            Err(error) => tracing::info!(task = %course.kept.id, %error, "unit not sent"),
            Ok(()) => {}
        }
        self.happens_to(course, if emptied { Event::Removed(ended) } else { Event::Ended(ended) }).await
    }
}
