//! 緊急閲覧 (break-glass): who may not read the notes of a chart opens them at once when a patient's life may hang on
//! it. No reason is asked before; afterwards it is asked until it is given (ux §2.3), and both are links of the chain.
use crate::{Caller, Capability, Identity, IdentityError};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_ledger::{Action, Commit, Doc};
use serde::{Deserialize, Serialize};

/// Person id and patient id, with a dot between → [`OpenedDoc`]. Removed when the reason is given.
const SPACE: &str = "identity.emergency";
/// How long the notes stay open, in milliseconds.
const OPEN_MS: i64 = 15 * 60_000;
/// Reasons a person may owe at most; whoever owes more opens no further chart this way.
const MOST: u32 = 20;
/// Longest reason, in characters.
const REASON: usize = 500;

#[derive(Clone, Copy, Serialize, Deserialize)]
struct OpenedDoc {
    /// Microseconds since the epoch.
    at: i64,
}

/// A chart that was opened in an emergency and whose reason is not yet given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    /// Whose.
    pub patient: Id,
    /// When it was opened.
    pub at: Timestamp,
    /// Whether it is still open.
    pub open: bool,
}

impl Identity {
    /// Opens the notes of a patient for fifteen minutes. `Forbidden` for who may not, who may read notes
    /// anyway, or who owes too many reasons.
    pub fn open_in_emergency<'a>(
        &'a self,
        caller: &'a Caller,
        patient: &'a Id,
    ) -> BoxFuture<'a, Result<(), IdentityError>> {
        Box::pin(async move {
            let person = person(caller)?;
            if !caller.may(Capability::OpenInEmergency) || caller.may(Capability::ReadNotes) {
                return Err(IdentityError::Forbidden);
            }
            if self.owed_reasons(caller).await?.len() >= usize::try_from(MOST).unwrap_or(usize::MAX) {
                return Err(IdentityError::Forbidden);
            }
            let opened = OpenedDoc { at: self.now().as_micros() };
            let mut commit = Commit::new(Action::View);
            commit.detail = Some(format!("緊急閲覧を始めました: Patient/{patient}"));
            commit.docs.push(Doc::Put {
                space: SPACE,
                key: format!("{person}.{patient}"),
                value: serde_json::to_string(&opened).map_err(|_| IdentityError::Internal("emergency document"))?,
                expires: None,
            });
            caller.access(&self.inner.ledger).commit(commit).await?;
            Ok(())
        })
    }

    /// Charts whose reason this person still owes.
    pub fn owed_reasons<'a>(&'a self, caller: &'a Caller) -> BoxFuture<'a, Result<Vec<Owed>, IdentityError>> {
        Box::pin(async move {
            let prefix = format!("{}.", person(caller)?);
            let now = self.now();
            let docs = caller.access(&self.inner.ledger).docs(SPACE, &prefix, MOST + 1).await?;
            docs.into_iter()
                .map(|(key, text)| {
                    let damaged = || IdentityError::Internal("emergency document");
                    let id = key.strip_prefix(&prefix).and_then(|id| Id::new(id).ok()).ok_or_else(damaged)?;
                    let opened: OpenedDoc = serde_json::from_str(&text).map_err(|_| damaged())?;
                    let at = Timestamp::from_micros(opened.at);
                    Ok(Owed { patient: id, at, open: now < at.plus_ms(OPEN_MS) })
                })
                .collect()
        })
    }

    /// Writes the reason down and closes the chart. `Invalid` for an empty reason, `NotFound` when none is owed.
    pub fn explain_emergency<'a>(
        &'a self,
        caller: &'a Caller,
        patient: &'a Id,
        reason: &'a str,
    ) -> BoxFuture<'a, Result<(), IdentityError>> {
        Box::pin(async move {
            let reason: String = reason.trim().chars().filter(|c| !c.is_control()).take(REASON).collect();
            if reason.is_empty() {
                return Err(IdentityError::Invalid("緊急閲覧の理由を書いてください。".to_owned()));
            }
            let person = person(caller)?;
            if !self.owed_reasons(caller).await?.iter().any(|owed| &owed.patient == patient) {
                return Err(IdentityError::NotFound("緊急閲覧"));
            }
            let mut commit = Commit::new(Action::View);
            commit.detail = Some(format!("緊急閲覧の理由: Patient/{patient}: {reason}"));
            commit.docs.push(Doc::Delete { space: SPACE, key: format!("{person}.{patient}") });
            caller.access(&self.inner.ledger).commit(commit).await?;
            Ok(())
        })
    }
}

/// Ids of people hold no dot, so that the prefix of one is never that of another.
fn person(caller: &Caller) -> Result<&str, IdentityError> {
    let session = caller.session().ok_or(IdentityError::Forbidden)?;
    if session.person.contains('.') {
        return Err(IdentityError::Internal("person id with a dot"));
    }
    Ok(&session.person)
}
