//! What a person does with a prescription: issue, change or correct, cancel, take back, send again, give out on paper.
//! Each is one commit with what follows from it.
use crate::flow::{Event, Form, NotNow, State, step};
use crate::jobs;
use crate::jobs::record::{Kept, Part, binary, load};
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
    /// The prescription; of 分割 its first part.
    pub what: &'o Prescription,
    /// Further parts of 分割, in order. Each is a prescription of its own at the service.
    pub further: &'o [Prescription],
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
        let (patient, visit) = whose;
        let mut commit = Commit::new(Action::Create);
        commit.changes = ordered.with;
        let mut said = Vec::new();
        for (n, what) in std::iter::once(ordered.what).chain(ordered.further).enumerate() {
            let own = if n == 0 { id.clone() } else { part_id(&id, n + 1)? };
            let (document, record) = self.document(what, ordered.form, signer).await?;
            let mut kept = Kept::ready(own, patient.clone(), visit.clone(), ordered.form, what);
            kept.stored.part =
                what.split.map(|split| Part { of: id.to_string(), total: split.total, this: split.this });
            said.push(words("発行", record.as_ref()));
            (kept.stored.signed, kept.stored.lines) = (record, ordered.lines.clone());
            jobs::issue(&mut commit, &kept, &document, self.now)?;
        }
        commit.detail = Some(said.join("、"));
        match self.access.commit(commit).await {
            Ok(_) => Ok(load(self.access, &id).await?),
            Err(LedgerError::Exists) => {
                let first = load(self.access, &id).await?;
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
        let (document, record) = self.document(ordered.what, ordered.form, signer).await?;
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

    /// The same on all parts of a divided prescription where it is possible, in one commit.
    ///
    /// # Errors
    /// See [`DeskError`]; [`NotNow`] when it is possible on none of them.
    pub async fn act_on_parts(self, parts: Vec<Kept>, event: &Event, detail: &str) -> Result<(), DeskError> {
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some(format!("電子処方箋: {detail}"));
        let mut refused = None;
        for mut kept in parts {
            match step(&kept.stored.life, event) {
                Ok(made) => {
                    kept.stored.life = made.life;
                    kept.stored.notices.clear();
                    commit.changes.push(kept.change(self.now)?);
                    jobs::follow(&mut commit, &kept, &made.acts, self.now, self.profile);
                }
                Err(not_now) => refused = Some(not_now),
            }
        }
        match refused {
            Some(not_now) if commit.changes.is_empty() => Err(not_now.into()),
            _ => Ok(self.access.commit(commit).await.map(drop)?),
        }
    }

    /// The document that is sent, and what the audit trail keeps of its signature.
    async fn document(
        self,
        what: &Prescription,
        form: Form,
        signer: Option<&dyn Signer>,
    ) -> Result<(Vec<u8>, Option<SigningRecord>), DeskError> {
        let unsigned = UnsignedEnvelope::new(&what.to_csv(self.profile)?, self.profile);
        if form == Form::Paper {
            return Ok((unsigned.bytes().to_vec(), None));
        }
        let signed = sign(signer.ok_or(SignError::NotReady)?, &unsigned, self.now).await?;
        Ok((signed.document.bytes().to_vec(), Some(signed.record)))
    }
}

/// Id of a part after the first.
fn part_id(first: &Id, n: usize) -> Result<Id, LedgerError> {
    Id::new(&format!("{first}-{n}")).map_err(|_| LedgerError::Limit("id"))
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
