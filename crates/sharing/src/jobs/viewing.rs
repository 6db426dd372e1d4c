//! 6情報の閲覧: what others registered of a patient who consented, asked for and kept apart from our own record.
//!
//! The answer is kept to the byte (`Binary`); what it says, institution by institution, as `chart::outside` keeps it. A
//! service that does not answer leaves what was seen last, with its time.
use super::record::{Kept, Stored, binary, find, id};
use super::{Attempt, Failure, Jobs, VIEW, short};
use crate::client::ClientError;
use crate::wire::message::{Told, ViewQuery};
use jiff::ToSpan as _;
use karute_chart::outside::{self, Item, Viewed};
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::{Limits, Value, parse};
use karute_ledger::{Access, Action, Commit, LedgerError, NewJob, Reader};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Attempts of a question: a person waits for it and can ask again.
const ATTEMPTS: u32 = 4;
/// Bytes of one Bundle of an answer at most.
const MAX_BUNDLE: usize = 10 << 20;

/// Where the viewing of a patient's information stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum ViewState {
    /// The service is to be asked, or is being asked.
    Asked,
    /// The service answered; what it said lies in the chart.
    Shown,
    /// The service said no, or the question cannot be put as the patient's card stands.
    Refused {
        /// For the person.
        why: String,
    },
    /// The service cannot be reached. It is tried again a few times by itself.
    Away {
        /// For the person.
        why: String,
    },
    /// The patient took the consent back: nothing more is asked for.
    Withdrawn,
}

/// The patient's consent, as it was given at the card reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ViewConsent {
    /// When it was given, FHIR instant.
    pub at: String,
    /// Until when it counts, FHIR instant.
    pub until: String,
    /// `Practitioner` id of who noted it and asks.
    pub by: String,
    /// Name as written.
    pub name: String,
}

/// The viewing of a patient's information.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Viewing {
    /// Where it stands.
    pub state: ViewState,
    /// The consent that counts, or counted last.
    pub consent: ViewConsent,
    /// When it was taken back and by whom it was noted: FHIR instant and name.
    pub withdrawn: Option<(String, String)>,
    /// Questions so far.
    pub presses: u32,
    /// When the last one was put, FHIR instant.
    pub asked: String,
    /// When the service answered last, FHIR instant; empty before.
    pub shown: String,
    /// `Binary` of that answer, to the byte.
    pub binary: String,
    /// Institutions in it beside ours.
    pub institutions: u32,
    /// Things they say.
    pub items: u32,
    /// Parts of it that could not be read; they are in the answer as it came.
    pub unreadable: u32,
}

impl Viewing {
    /// Of a consent, before the first question.
    pub(crate) fn of(consent: ViewConsent) -> Viewing {
        Viewing {
            state: ViewState::Asked,
            consent,
            withdrawn: None,
            presses: 0,
            asked: String::new(),
            shown: String::new(),
            binary: String::new(),
            institutions: 0,
            items: 0,
            unreadable: 0,
        }
    }

    /// Whether the consent counts at a moment.
    pub fn may_ask(&self, now: Timestamp) -> bool {
        let until = Timestamp::parse(&self.consent.until);
        self.withdrawn.is_none() && until.is_some_and(|until| now < until)
    }
}

impl Stored for Viewing {
    const CODE: &'static str = "sharing-viewing";
    const WORDS: &'static str = "他院の情報の閲覧";

    fn state(&self) -> &'static str {
        match self.state {
            ViewState::Asked => "asked",
            ViewState::Shown => "shown",
            ViewState::Refused { .. } => "refused",
            ViewState::Away { .. } => "away",
            ViewState::Withdrawn => "withdrawn",
        }
    }

    fn words(&self) -> &'static str {
        match self.state {
            ViewState::Asked => "照会中",
            ViewState::Shown => "照会済",
            ViewState::Refused { .. } => "照会できず",
            ViewState::Away { .. } => "サービス応答なし",
            ViewState::Withdrawn => "同意取消",
        }
    }

    fn status(&self) -> &'static str {
        match self.state {
            ViewState::Asked => "in-progress",
            ViewState::Shown => "completed",
            ViewState::Refused { .. } | ViewState::Away { .. } => "failed",
            ViewState::Withdrawn => "cancelled",
        }
    }

    fn numbers(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn focus(&self) -> Option<&str> {
        Some(self.binary.as_str()).filter(|binary| !binary.is_empty())
    }
}

/// Id of the task of a patient's viewing.
pub(crate) fn viewing_task(patient: &Id) -> Result<Id, LedgerError> {
    id(&format!("view-{}", short(patient.as_str())))
}

/// The job that asks; `press` tells two questions apart.
pub(crate) fn view_job(patient: &Id, press: u32) -> NewJob {
    let payload = super::Payload { patient: patient.to_string(), press, ..super::Payload::default() };
    let lane = Some(format!("sharing/view/{patient}"));
    NewJob { max_attempts: ATTEMPTS, ..super::job(VIEW, format!("{patient}/{press}"), lane, &payload, None) }
}

/// What an answer says, institution by institution.
struct Said {
    name: String,
    items: Vec<Item>,
}

impl Jobs {
    /// Asks the service once and keeps what it says.
    pub(super) async fn view(
        &self,
        access: &Access,
        patient: &Id,
        press: u32,
        attempt: Attempt,
    ) -> Result<Commit, Failure> {
        let task = viewing_task(patient)?;
        let mut commit = Commit::new(Action::Update);
        let Some(mut kept) = find::<Viewing>(access, &task).await? else { return Ok(commit) };
        let open = matches!(kept.stored.state, ViewState::Asked | ViewState::Away { .. });
        // Answered, withdrawn or asked anew since.
        if !open || kept.stored.presses != press {
            return Ok(commit);
        }
        commit.detail = Some("電子カルテ情報共有: 他院の情報の照会".to_owned());
        if !kept.stored.may_ask(self.now()) {
            return self.refused(
                kept,
                commit,
                "同意の期限（24時間）を過ぎました。患者さんにカードリーダーで同意をもらい直してください。".to_owned(),
            );
        }
        let insured = match self.insured(access, patient).await? {
            Ok(insured) => insured,
            Err(why) => return self.refused(kept, commit, why),
        };
        let to = self.now().day_in_japan();
        let months = self.profile().timing_ms("view_months").clamp(1, 120);
        let query = ViewQuery { insured, from: to.saturating_sub(months.months()), to };
        let (told, raw) = match self.client.view(query, &self.asking(task.as_str())).await {
            Ok(answer) => answer,
            Err(ClientError::Declined(outcome)) => {
                let consent = outcome.code == self.profile().text("result_codes.view_consent");
                let why = if consent {
                    "サービスに有効な同意がありません。患者さんにカードリーダーで「診療情報の提供」に同意してもらい、もう一度照会してください。".to_owned()
                } else {
                    format!("サービスが照会を受け付けませんでした（{} {}）。", outcome.code, outcome.message)
                };
                return self.refused(kept, commit, why);
            }
            Err(error) => {
                tracing::info!(%task, %error, "information of others not viewed");
                kept.stored.state = ViewState::Away { why: error.to_string() };
                if attempt.last() {
                    commit.changes.push(kept.change(self.now())?);
                    return Ok(commit);
                }
                kept.keep(access, self.now()).await?;
                return Err(Failure::later(error));
            }
        };
        self.take_down(access, patient, kept, (told, &raw), commit).await
    }

    fn refused(&self, mut kept: Kept<Viewing>, mut commit: Commit, why: String) -> Result<Commit, Failure> {
        kept.stored.state = ViewState::Refused { why };
        commit.changes.push(kept.change(self.now())?);
        Ok(commit)
    }

    async fn take_down(
        &self,
        access: &Access,
        patient: &Id,
        mut kept: Kept<Viewing>,
        (told, raw): (Vec<Told>, &[u8]),
        mut commit: Commit,
    ) -> Result<Commit, Failure> {
        let now = self.now();
        let answer = id(&format!("{}-{}", kept.id, kept.stored.presses))?;
        let (said, unreadable) = self.said(told);
        let reader = access.reader(Action::Read);
        reader.describe("他院の情報の照会");
        let before = outside::viewed(&reader, patient).await.map_err(|error| Failure::later(error.to_string()))?;
        let before = reader.release(before).await?;
        // Who said something the last time and nothing now: taken back, or its time at the service is over.
        let silent = before.iter().filter(|batch| !batch.items.is_empty() && !said.contains_key(&batch.code));
        let silent: Vec<Viewed<'_>> = silent
            .map(|batch| Viewed {
                patient,
                institution: &batch.institution,
                code: &batch.code,
                items: &[],
                answer: Some(&answer),
            })
            .collect();
        let speaking = said.iter().map(|(code, said)| Viewed {
            patient,
            institution: &said.name,
            code,
            items: &said.items,
            answer: Some(&answer),
        });
        for viewed in speaking.chain(silent) {
            let change = outside::viewed_change(access, viewed, now).await;
            commit.changes.extend(change.map_err(|error| Failure::later(error.to_string()))?);
        }
        commit.changes.push(binary(answer.clone(), Some(patient), "application/xml", raw)?);
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        kept.stored.state = ViewState::Shown;
        kept.stored.shown = now.to_fhir();
        kept.stored.binary = answer.to_string();
        kept.stored.institutions = count(said.len());
        kept.stored.items = count(said.values().map(|said| said.items.len()).sum());
        kept.stored.unreadable = count(unreadable);
        commit.detail = Some(format!("電子カルテ情報共有: 他院の情報を照会（{}施設）", said.len()));
        commit.changes.push(kept.change(now)?);
        Ok(commit)
    }

    /// By 医療機関コード; our own is in our record already. What cannot be read is counted and stays in the answer.
    fn said(&self, told: Vec<Told>) -> (BTreeMap<String, Said>, usize) {
        let (mut said, mut unreadable) = (BTreeMap::<String, Said>::new(), 0);
        for one in told.into_iter().filter(|one| one.code != self.client.institution()) {
            let limits = Limits { max_bytes: MAX_BUNDLE, ..Limits::FHIR };
            let Ok(bundle) = parse(&one.bundle, &limits) else {
                unreadable += 1;
                continue;
            };
            let name = if one.name.is_empty() { one.code.clone() } else { one.name };
            let of = said.entry(one.code).or_insert_with(|| Said { name, items: Vec::new() });
            for entry in bundle.get("entry").map_or(&[][..], Value::items) {
                of.items.extend(entry.get("resource").map(Item::read).unwrap_or_default());
            }
        }
        (said, unreadable)
    }
}

/// The answer as it came, to the byte; `None` before the first.
///
/// # Errors
/// When it is damaged.
pub async fn answer(reader: &Reader, kept: &Kept<Viewing>) -> Result<Option<Vec<u8>>, LedgerError> {
    if kept.stored.binary.is_empty() {
        return Ok(None);
    }
    let found = super::record::bytes(reader, &id(&kept.stored.binary)?).await?;
    Ok(found.map(|(_, bytes)| bytes))
}
