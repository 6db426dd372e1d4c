//! What a person does with a prescription: issue, change or correct, cancel, take back, send again, give out on paper.
//! Each is one commit with what follows from it.
use crate::flow::{Event, Form, NotNow, State, step};
use crate::jobs;
use crate::jobs::record::{Kept, binary, load};
use crate::profile::Profile;
use crate::signature::{SignError, Signer, sign};
use crate::wire::csv::CsvFaults;
use crate::wire::envelope::UnsignedEnvelope;
use crate::wire::prescription::Prescription;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_ledger::{Access, Action, Commit, Expect, LedgerError};
use karute_signing::SigningRecord;

/// Why it was not done; nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The record; [`LedgerError::Conflict`] when somebody was quicker.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Not where it stands.
    #[error(transparent)]
    NotNow(#[from] NotNow),
    /// No signature.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// It cannot be written in the service's words.
    #[error("処方箋の内容に、電子処方箋に書けないものがあります。")]
    Content(CsvFaults),
}

impl From<CsvFaults> for DeskError {
    fn from(faults: CsvFaults) -> DeskError {
        DeskError::Content(faults)
    }
}

/// Where and when it is done.
#[derive(Clone, Copy)]
pub struct Desk<'d> {
    /// The record, as this person.
    pub access: &'d Access,
    /// Wire profile.
    pub profile: &'d Profile,
    /// Now.
    pub now: Timestamp,
}

/// What is issued.
pub struct Ordered<'o> {
    /// Electronic or paper with a number.
    pub form: Form,
    /// The prescription.
    pub what: &'o Prescription,
    /// Versions of the lines it was made of, `id:version`.
    pub lines: Vec<String>,
    /// What is written with it, for example drafts that become orders.
    pub with: Vec<karute_ledger::Change>,
}

impl Desk<'_> {
    /// Signs (electronic) and makes it ready to be sent, under the id of the intent: pressed twice it happens once.
    ///
    /// # Errors
    /// See [`DeskError`].
    pub async fn issue(
        self,
        id: Id,
        whose: (&Id, &Id),
        ordered: Ordered<'_>,
        signer: Option<&dyn Signer>,
    ) -> Result<Kept, DeskError> {
        let (document, record) = self.document(&ordered, signer).await?;
        let (patient, visit) = whose;
        let mut kept = Kept::ready(id, patient.clone(), visit.clone(), ordered.form, ordered.what);
        let mut commit = Commit::new(Action::Create);
        commit.detail = Some(words("発行", record.as_ref()));
        (kept.stored.signed, kept.stored.lines) = (record, ordered.lines);
        commit.changes = ordered.with;
        jobs::issue(&mut commit, &kept, &document, self.now)?;
        match self.access.commit(commit).await {
            Ok(_) => Ok(load(self.access, &kept.id).await?),
            Err(LedgerError::Exists) => {
                let first = load(self.access, &kept.id).await?;
                // An id that is another visit's is no second press.
                if first.visit == *visit && first.patient == *patient {
                    Ok(first)
                } else {
                    Err(LedgerError::Exists.into())
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Another document for a prescription: a change of a registered one, a correction of one that is not.
    ///
    /// # Errors
    /// See [`DeskError`].
    pub async fn replace(
        self,
        mut kept: Kept,
        ordered: Ordered<'_>,
        signer: Option<&dyn Signer>,
    ) -> Result<Kept, DeskError> {
        let mut acts = Vec::new();
        let mut happens = |kept: &mut Kept, event: &Event| -> Result<(), DeskError> {
            let made = step(&kept.stored.life, event)?;
            kept.stored.life = made.life;
            acts.extend(made.acts);
            Ok(())
        };
        if kept.stored.life.state == State::Registered {
            happens(&mut kept, &Event::ChangeAsked(ordered.form))?;
        } else {
            happens(&mut kept, &Event::Issue(ordered.form))?;
            if kept.stored.life.state == State::Checked {
                happens(&mut kept, &Event::Signed)?;
            }
        }
        let (document, record) = self.document(&ordered, signer).await?;
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some(words("変更", record.as_ref()));
        kept.stored.last_day = ordered.what.last_day().to_string();
        (kept.stored.signed, kept.stored.lines) = (record, ordered.lines);
        kept.stored.faults.clear();
        kept.stored.notices.clear();
        commit.changes = ordered.with;
        commit.changes.push(binary(&kept.id, &kept.patient, "application/xml", &document, Expect::Present)?);
        commit.changes.push(kept.change(self.now)?);
        jobs::follow(&mut commit, &kept, &acts, self.now, self.profile);
        self.access.commit(commit).await?;
        Ok(load(self.access, &kept.id).await?)
    }

    /// Cancel, undo, send again, give out on paper, withdraw.
    ///
    /// # Errors
    /// See [`DeskError`].
    pub async fn act(self, mut kept: Kept, event: &Event, detail: &str) -> Result<Kept, DeskError> {
        let made = step(&kept.stored.life, event)?;
        kept.stored.life = made.life;
        kept.stored.notices.clear();
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some(format!("電子処方箋: {detail}"));
        commit.changes.push(kept.change(self.now)?);
        jobs::follow(&mut commit, &kept, &made.acts, self.now, self.profile);
        self.access.commit(commit).await?;
        Ok(load(self.access, &kept.id).await?)
    }

    /// The document that is sent, and what the audit trail keeps of its signature.
    async fn document(
        self,
        ordered: &Ordered<'_>,
        signer: Option<&dyn Signer>,
    ) -> Result<(Vec<u8>, Option<SigningRecord>), DeskError> {
        let unsigned = UnsignedEnvelope::new(&ordered.what.to_csv(self.profile)?, self.profile);
        if ordered.form == Form::Paper {
            return Ok((unsigned.bytes().to_vec(), None));
        }
        let signed = sign(signer.ok_or(SignError::NotReady)?, &unsigned, self.now).await?;
        Ok((signed.document.bytes().to_vec(), Some(signed.record)))
    }
}

/// Words for the audit event: of a signature who, with what, and of which document; nothing of the content.
fn words(act: &str, record: Option<&SigningRecord>) -> String {
    match record {
        Some(record) => format!(
            "電子処方箋: 署名して{act}（{} {} 証明書 {} 文書 {}）",
            record.kind.name(),
            record.holder,
            record.serial,
            record.document_sha256
        ),
        None => format!("電子処方箋: 紙の処方箋を引換番号つきで{act}"),
    }
}
