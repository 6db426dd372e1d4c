//! What a person does: with a letter ([`Desk::send`], [`Desk::undo`], [`Desk::replace`], [`Desk::correct`],
//! [`Desk::cancel`], [`Desk::retry`], [`Desk::withdraw`]), with documents addressed to us ([`inbox`]), with units
//! ([`units`]), with what others registered of a patient ([`viewing`]). Each is one commit with what follows from it.
pub mod inbox;
pub mod letters;
pub mod units;
pub mod viewing;

use crate::flow::letter::{Event, Life, NotNow, step};
use crate::jobs::kept::{FileKept, Letter, Sheet};
use crate::jobs::record::{Kept, binary, id, load};
use crate::profile::Profile;
use crate::wire::content::{Content, ContentError};
use crate::wire::envelope::{Consent, Kind};
use crate::wire::message::write_moment;
use crate::wire::target::{TargetError, has_branch};
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_ledger::{Access, Action, Change, Commit, LedgerError};

/// Files that may go beside a letter (digest section 7).
pub const FILE_TYPES: [&str; 3] = ["application/pdf", "image/jpeg", "image/png"];

/// Why it was not done; nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The record; [`LedgerError::Conflict`] when somebody was quicker.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Not where it stands.
    #[error(transparent)]
    NotNow(#[from] NotNow),
    /// The document cannot be sent.
    #[error("{0}")]
    Content(#[from] ContentError),
    /// The card's data have no branch number.
    #[error("{}", TargetError::Branch)]
    Branch,
    /// It is no letter, or its key is another institution's.
    #[error("自施設の診療情報提供書ではありません。")]
    Foreign,
    /// The addressee's code.
    #[error("宛先の医療機関コード（10桁）が正しくありません。")]
    Addressee,
    /// Nothing is to be done with it any longer, or not yet.
    #[error("今の状態からはできない操作です。今の状態を確かめてください。")]
    Settled,
    /// A reason is needed.
    #[error("理由を書いてください。")]
    Reason,
    /// More than 10 MB.
    #[error("紹介状と添付の合計が大きすぎます（1回10MBまで）。添付を減らしてください。")]
    TooLarge,
    /// A file that may not go beside it.
    #[error("添付できるのはPDF・JPEG・PNGだけで、{0}個までです。")]
    File(u32),
}

/// Where and when it is done.
#[derive(Clone, Copy)]
pub struct Desk<'d> {
    /// The record, as this person.
    pub access: &'d Access,
    /// Wire profile.
    pub profile: &'d Profile,
    /// 医療機関コード of the institution.
    pub institution: &'d str,
    /// Now.
    pub now: Timestamp,
    /// Whether a press can be taken back for ten seconds; not where somebody has waited them already.
    pub undo: bool,
}

/// A file to go beside a letter.
pub struct NewFile {
    /// One of [`FILE_TYPES`].
    pub content_type: String,
    /// Name.
    pub name: String,
    /// Content.
    pub data: Vec<u8>,
}

/// A document to be sent.
pub struct NewDocument {
    /// The FHIR document (JSON): a referral Bundle. Its `Bundle.identifier` is its key; see [`letter_identifier`].
    pub bundle: Vec<u8>,
    /// Files beside it.
    pub files: Vec<NewFile>,
}

/// A letter to be sent.
pub struct NewLetter {
    /// The patient.
    pub patient: Id,
    /// The addressee, 10 digits.
    pub addressee: String,
    /// Its name.
    pub addressee_name: String,
    /// The patient's oral consent was given here and now; else the receiver asks (同意保留). Unselected by default.
    pub consent: bool,
    /// The document addressed to us that it answers (id of its task).
    pub reply_to: Option<Id>,
    /// What is sent.
    pub document: NewDocument,
    /// What is written with it, for example the letter's draft that becomes final.
    pub with: Vec<Change>,
}

/// Bundle-ID for a letter's document: `task` is the letter's id, `number` 1 for its first document and one more for
/// each replacement or correction ([`Letter::sheets`] + 1).
pub fn letter_identifier(institution: &str, now: Timestamp, task: &Id, number: u32) -> String {
    crate::jobs::bundle_id(institution, now, Kind::Referral, &format!("{task}/{number}"))
}

impl Desk<'_> {
    /// The press: makes it ready to be sent in ten seconds, under the id of the intent: pressed twice it happens once.
    ///
    /// # Errors
    /// See [`DeskError`].
    pub async fn send(self, task: Id, new: NewLetter) -> Result<Kept<Letter>, DeskError> {
        let NewLetter { patient, addressee, addressee_name, consent, reply_to, document, with } = new;
        if addressee.len() != 10 || !addressee.bytes().all(|b| b.is_ascii_digit()) || addressee == self.institution {
            return Err(DeskError::Addressee);
        }
        let mut commit = Commit::new(Action::Create);
        commit.detail = Some("電子カルテ情報共有: 紹介状を送信".to_owned());
        commit.changes = with;
        let sheet = self.sheet(&mut commit, &task, &patient, document, 1)?;
        let life = Life::new(u32::try_from(sheet.files.len()).unwrap_or(u32::MAX));
        let stored = Letter {
            life,
            sheet,
            before: None,
            doomed: Vec::new(),
            sheets: 1,
            sends: 0,
            addressee,
            addressee_name,
            consent: self.consent(consent),
            reply_to: reply_to.map(|task| task.to_string()),
            pressed: String::new(),
            receipt: String::new(),
            faults: Vec::new(),
            notices: Vec::new(),
        };
        let (whose, to) = (patient.clone(), stored.addressee.clone());
        let kept = Kept::new(task, Some(patient), stored);
        let task = kept.id.clone();
        match self.press(kept, Event::SendAsked, commit).await {
            Err(DeskError::Ledger(LedgerError::Exists)) => {
                let first: Kept<Letter> = load(self.access, &task).await?;
                // An id that is another patient's or addressee's is no second press.
                let same = first.patient.as_ref() == Some(&whose) && first.stored.addressee == to;
                if same { Ok(first) } else { Err(LedgerError::Exists.into()) }
            }
            other => other,
        }
    }

    /// Takes it back within the ten seconds (it is a draft again, or what stood before stays); after an error of a
    /// replacement: what stood before stays.
    ///
    /// # Errors
    /// See [`DeskError`]; [`LedgerError::Conflict`] when its first byte was quicker.
    pub async fn undo(self, kept: Kept<Letter>) -> Result<Kept<Letter>, DeskError> {
        self.press(kept, Event::UndoAsked, noted("紹介状の送信を元に戻す")).await
    }

    /// Another document for one that stands and was not received (with the ten seconds).
    ///
    /// # Errors
    /// See [`DeskError`].
    pub async fn replace(self, mut kept: Kept<Letter>, document: NewDocument) -> Result<Kept<Letter>, DeskError> {
        let mut commit = noted("紹介状を差し替え");
        step(&kept.stored.life, Event::ReplaceAsked)?;
        let before = kept.stored.sheet.clone();
        self.another(&mut kept, &mut commit, document)?;
        kept.stored.before = Some(before);
        self.press(kept, Event::ReplaceAsked, commit).await
    }

    /// Another document for one that was taken back or could not be sent (with the ten seconds).
    ///
    /// # Errors
    /// See [`DeskError`].
    pub async fn correct(self, mut kept: Kept<Letter>, document: NewDocument) -> Result<Kept<Letter>, DeskError> {
        let mut commit = noted("紹介状を直して送信");
        step(&kept.stored.life, Event::CorrectAsked)?;
        if kept.stored.life.unsure {
            // A sending of the old document may still take effect: the late question takes it away.
            let old = kept.stored.sheet.target.clone();
            kept.stored.doomed.push(old);
            let at = self.now.plus_ms(self.profile.timing_ms("settle_ms"));
            commit.jobs.push(crate::jobs::settle_job(&kept.id, at));
        }
        self.another(&mut kept, &mut commit, document)?;
        self.press(kept, Event::CorrectAsked, commit).await
    }

    /// Cancels one that stands and was not received.
    ///
    /// # Errors
    /// See [`DeskError`].
    pub async fn cancel(self, kept: Kept<Letter>) -> Result<Kept<Letter>, DeskError> {
        self.press(kept, Event::CancelAsked, noted("紹介状を取り消し")).await
    }

    /// Sends the same document again after an error.
    ///
    /// # Errors
    /// See [`DeskError`].
    pub async fn retry(self, kept: Kept<Letter>) -> Result<Kept<Letter>, DeskError> {
        self.press(kept, Event::RetryAsked, noted("紹介状を再送")).await
    }

    /// Gives it up; it goes on paper. Should a sending take effect later all the same, it is cancelled.
    ///
    /// # Errors
    /// See [`DeskError`].
    pub async fn withdraw(self, kept: Kept<Letter>) -> Result<Kept<Letter>, DeskError> {
        self.press(kept, Event::WithdrawAsked, noted("紹介状を紙に切替")).await
    }

    async fn press(self, mut kept: Kept<Letter>, event: Event, mut commit: Commit) -> Result<Kept<Letter>, DeskError> {
        let made = step(&kept.stored.life, event)?;
        kept.stored.life = made.life;
        kept.stored.pressed = self.now.to_fhir();
        kept.stored.notices.clear();
        if !matches!(event, Event::UndoAsked | Event::WithdrawAsked) {
            kept.stored.faults.clear();
        }
        let undo_ms = if self.undo { self.profile.timing_ms("undo_ms") } else { 0 };
        let times = (undo_ms, self.profile.timing_ms("settle_ms"));
        crate::jobs::pressed(&mut commit, &mut kept, &made.acts, self.now, times);
        commit.changes.push(kept.change(self.now)?);
        self.access.commit(commit).await?;
        Ok(load(self.access, &kept.id).await?)
    }

    fn another(self, kept: &mut Kept<Letter>, commit: &mut Commit, document: NewDocument) -> Result<(), DeskError> {
        let patient = kept.patient.clone().ok_or(LedgerError::NotFound)?;
        let number = kept.stored.sheets.saturating_add(1);
        let sheet = self.sheet(commit, &kept.id, &patient, document, number)?;
        kept.stored.life.attachments = u32::try_from(sheet.files.len()).unwrap_or(u32::MAX);
        kept.stored.sheets = number;
        kept.stored.sheet = sheet;
        Ok(())
    }

    /// Keeps a document with its files, after looking at what the connector can tell of it.
    fn sheet(
        self,
        commit: &mut Commit,
        task: &Id,
        patient: &Id,
        document: NewDocument,
        number: u32,
    ) -> Result<Sheet, DeskError> {
        let NewDocument { bundle, files } = document;
        let content = Content::read(&bundle)?;
        if content.kind != Kind::Referral || !content.is_of(self.institution) {
            return Err(DeskError::Foreign);
        }
        if !has_branch(&content.target.insured) {
            return Err(DeskError::Branch);
        }
        let limits = self.profile.limits();
        let count = u32::try_from(files.len()).unwrap_or(u32::MAX);
        let fits = |file: &NewFile| FILE_TYPES.contains(&file.content_type.as_str()) && !file.name.is_empty();
        if count > limits.max_attachments || !files.iter().all(fits) {
            return Err(DeskError::File(limits.max_attachments));
        }
        let heaviest = files.iter().map(|file| file.data.len()).max().unwrap_or_default().max(bundle.len());
        if Profile::weight(heaviest) > limits.max_message_bytes {
            return Err(DeskError::TooLarge);
        }
        let binary_id = id(&format!("{task}-d{number}"))?;
        commit.changes.push(binary(binary_id.clone(), Some(patient), "application/fhir+json", &bundle)?);
        let mut kept = Vec::with_capacity(files.len());
        for (at, file) in files.into_iter().enumerate() {
            let place = id(&format!("{task}-d{number}a{}", at + 1))?;
            commit.changes.push(binary(place.clone(), Some(patient), &file.content_type, &file.data)?);
            kept.push(FileKept { binary: place.to_string(), content_type: file.content_type, name: file.name });
        }
        Ok(Sheet { binary: binary_id.to_string(), target: content.target, files: kept })
    }

    fn consent(self, given: bool) -> Consent {
        Consent { given, at: if given { write_moment(self.now) } else { String::new() } }
    }
}

fn noted(what: &str) -> Commit {
    let mut commit = Commit::new(Action::Update);
    commit.detail = Some(format!("電子カルテ情報共有: {what}"));
    commit
}
