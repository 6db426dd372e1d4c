//! Documents addressed to us, as the service lists them.
use super::kept::{Inbox, InboxState};
use super::record::{Kept, find, id};
use super::{Failure, Jobs, fetch_job, short};
use crate::wire::message::{ListQuery, Row};
use karute_japan::Date;
use karute_ledger::{Access, Action, Commit, LedgerError};
use std::collections::BTreeSet;

/// New documents that one job takes down; more come with the next round.
const MAX_NEW: usize = 300;

/// Id of the task of a document addressed to us: the same for the same key.
pub(crate) fn inbox_task(key: &str) -> Result<karute_fhir::Id, LedgerError> {
    id(&format!("in-{}", short(key)))
}

impl Jobs {
    /// Takes down what is new, and what the patient has consented to since.
    pub(super) async fn list(&self, access: &Access, days: Option<(String, String)>) -> Result<Commit, Failure> {
        let day = |text: String| text.parse::<Date>().map_err(|_| Failure::never("the job names no days"));
        let (from, to) = days.ok_or_else(|| Failure::never("the job names no days"))?;
        let (from, to) = (day(from)?, day(to)?);
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some("電子カルテ情報共有: 自施設宛の文書".to_owned());
        let mut seen = BTreeSet::new();
        let mut page = 1;
        loop {
            let asked = self.client.list(ListQuery { from, to, page }, &self.asking("list")).await;
            let (rows, pages) = asked.map_err(Failure::later)?;
            for row in rows {
                if commit.changes.len() >= MAX_NEW {
                    return Ok(commit);
                }
                // A doubled row is one document.
                if seen.insert(row.key.clone()) {
                    self.row(access, row, &mut commit).await?;
                }
            }
            if page >= pages.min(self.profile().limits().max_pages) {
                return Ok(commit);
            }
            page += 1;
        }
    }

    async fn row(&self, access: &Access, row: Row, commit: &mut Commit) -> Result<(), Failure> {
        let task = inbox_task(&row.key)?;
        let kept = match find::<Inbox>(access, &task).await? {
            // The patient consented since; also after the service forgot and found it again.
            Some(mut kept)
                if row.consent && matches!(kept.stored.state, InboxState::AwaitingConsent | InboxState::Gone) =>
            {
                kept.stored.state = InboxState::Listed;
                kept
            }
            Some(_) => return Ok(()),
            None => Kept::new(task, None, inbox(row)),
        };
        commit.changes.push(kept.change(self.now())?);
        if kept.stored.state == InboxState::Listed {
            commit.jobs.push(fetch_job(&kept.id));
        }
        Ok(())
    }
}

fn inbox(row: Row) -> Inbox {
    Inbox {
        state: if row.consent { InboxState::Listed } else { InboxState::AwaitingConsent },
        key: row.key,
        sender: row.sender,
        sender_name: row.sender_name,
        kana: row.kana,
        birth: row.birth.map(|day| day.to_string()).unwrap_or_default(),
        sex: row.sex,
        insured: row.insured,
        kind: row.kind,
        registered: row.at.map(karute_japan::Timestamp::to_fhir).unwrap_or_default(),
        attachments: row.attachments,
        binary: String::new(),
        sha256: String::new(),
        document_sha256: String::new(),
        target: None,
        files: Vec::new(),
        signed: false,
        supersedes: None,
        remarks: Vec::new(),
        fetches: 0,
    }
}
