//! Fetching a document addressed to us: kept as it came, to the byte, before anybody judges it.
use super::kept::{FileKept, Inbox, InboxState};
use super::record::{self, Kept, Which, binary, id, load};
use super::{Attempt, Failure, Jobs};
use crate::client::{ClientError, TransportError};
use crate::profile::Profile;
use crate::wire::content::Content;
use crate::wire::envelope::Envelope;
use crate::wire::message::{File, Group};
use crate::wire::target::BUNDLE_ID;
use karute_crypto::sha256;
use karute_fhir::Id;
use karute_ledger::{Access, Action, Commit, LedgerError};

/// What files may be (digest section 7); anything else is kept as it came and never shown as a picture or page.
const SHOWN: [(&str, &[u8]); 3] = [
    ("application/pdf", b"%PDF-"),
    ("image/jpeg", &[0xFF, 0xD8, 0xFF]),
    ("image/png", &[0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A]),
];

impl Jobs {
    /// Fetches one with its files. Fetching sets it to 受領 at the service; whatever came is kept in the same commit
    /// that says so here, and until then it is fetched again.
    pub(super) async fn fetch(&self, access: &Access, task: &Id, attempt: Attempt) -> Result<Commit, Failure> {
        let mut kept: Kept<Inbox> = load(access, task).await?;
        let mut commit = Commit::new(Action::Update);
        if kept.stored.state != InboxState::Listed {
            return Ok(commit);
        }
        commit.detail = Some("電子カルテ情報共有: 文書の受領".to_owned());
        let code = |name: &str| self.profile().text(&format!("result_codes.{name}")).to_owned();
        let envelope = match self.client.get(&kept.stored.key, &self.asking(task.as_str())).await {
            Ok(envelope) => envelope,
            Err(ClientError::Declined(outcome)) if outcome.code == code("not_found") => {
                kept.stored.state = InboxState::Gone;
                commit.changes.push(kept.change(self.now())?);
                return Ok(commit);
            }
            // Taken back since the list was made.
            Err(ClientError::Declined(outcome)) if outcome.code == code("consent") => {
                kept.stored.state = InboxState::AwaitingConsent;
                commit.changes.push(kept.change(self.now())?);
                return Ok(commit);
            }
            Err(error) => return self.not_fetched(kept, commit, &error, attempt),
        };
        let mut files = Vec::new();
        for number in 1..=kept.stored.attachments.min(self.profile().limits().max_attachments) {
            match self.client.attachment(&kept.stored.key, number, &self.asking(task.as_str())).await {
                Ok(file) => files.push(file),
                Err(ClientError::Declined(outcome)) if outcome.code == code("not_found") => {
                    kept.stored.remarks.push(format!("添付{number}はサービスにありません。"));
                }
                Err(error) => return self.not_fetched(kept, commit, &error, attempt),
            }
        }
        if kept.stored.attachments > self.profile().limits().max_attachments {
            kept.stored.remarks.push("添付の数が上限を超えています。".to_owned());
        }
        self.take_in(&mut kept, &mut commit, &envelope, files)?;
        self.compare(access, &mut kept).await?;
        if kept.stored.state == InboxState::Arrived && self.chart.is_some() {
            commit.jobs.push(crate::joint::take_in_job(&kept.id, self.now()));
        }
        commit.changes.push(kept.change(self.now())?);
        Ok(commit)
    }

    /// Tried again; in the end a person must look.
    fn not_fetched(
        &self,
        mut kept: Kept<Inbox>,
        mut commit: Commit,
        error: &ClientError,
        attempt: Attempt,
    ) -> Result<Commit, Failure> {
        let hopeless = matches!(error, ClientError::Declined(_) | ClientError::Transport(TransportError::Refused(_)));
        if !attempt.last() && !hopeless {
            return Err(Failure::later(error));
        }
        kept.stored.state =
            InboxState::Quarantined { why: format!("文書を取得できませんでした。{error}") };
        commit.changes.push(kept.change(self.now())?);
        Ok(commit)
    }

    /// Keeps what came, then judges it.
    fn take_in(
        &self,
        kept: &mut Kept<Inbox>,
        commit: &mut Commit,
        bytes: &[u8],
        files: Vec<File>,
    ) -> Result<(), LedgerError> {
        kept.stored.fetches = kept.stored.fetches.saturating_add(1);
        // Nothing is written over: what comes another time lies beside.
        let time = if kept.stored.fetches > 1 { format!("-{}", kept.stored.fetches) } else { String::new() };
        let document = id(&format!("{}-doc{time}", kept.id))?;
        kept.stored.files.clear();
        kept.stored.sha256 = sha256(bytes).to_hex();
        kept.stored.binary = document.to_string();
        commit.changes.push(binary(document, None, "application/xml", bytes)?);
        for (at, file) in files.into_iter().enumerate() {
            let place = id(&format!("{}-a{}{time}", kept.id, at + 1))?;
            let content_type = content_type(&file, &mut kept.stored.remarks);
            commit.changes.push(binary(place.clone(), None, content_type, &file.data)?);
            kept.stored.files.push(FileKept {
                binary: place.to_string(),
                content_type: content_type.to_owned(),
                name: file.name,
            });
        }
        kept.stored.state = match judged(&mut kept.stored, bytes, self.profile(), self.client.institution()) {
            Ok(()) => InboxState::Arrived,
            Err(why) => InboxState::Quarantined { why },
        };
        Ok(())
    }

    /// What came before under the same key.
    async fn compare(&self, access: &Access, kept: &mut Kept<Inbox>) -> Result<(), Failure> {
        let Some(target) = kept.stored.target.clone() else { return Ok(()) };
        let reader = access.reader(Action::Search);
        let number = Some((BUNDLE_ID, target.value.as_str()));
        let found: Vec<Kept<Inbox>> = record::all(&reader, &Which { number, ..Which::default() }).await?;
        let found = reader.release(found).await?;
        for other in found.into_iter().filter(|other| other.id != kept.id && other.stored.target == kept.stored.target)
        {
            if other.stored.document_sha256 == kept.stored.document_sha256 {
                if kept.stored.state == InboxState::Arrived {
                    kept.stored.state = InboxState::Duplicate { of: other.id.to_string() };
                }
            } else {
                kept.stored.remarks.push("同じBundle-IDで内容の異なる文書が前に届いています。".to_owned());
            }
        }
        Ok(())
    }
}

/// Whether what came can be taken in; why not otherwise. What it says of itself is noted.
pub(crate) fn judged(stored: &mut Inbox, bytes: &[u8], profile: &Profile, institution: &str) -> Result<(), String> {
    let envelope = Envelope::read(bytes, profile).map_err(|error| error.to_string())?;
    stored.signed = envelope.signed;
    stored.document_sha256 = sha256(&envelope.document).to_hex();
    stored.target = Some(envelope.target.clone());
    stored.supersedes.clone_from(&envelope.supersedes);
    // A document for somebody else is not ours to read.
    if envelope.destination.as_deref().is_some_and(|code| code != institution) {
        return Err("宛先が自施設ではない文書です。開かずにサービスの窓口へ連絡してください。".to_owned());
    }
    if envelope.kind != stored.kind {
        return Err("一覧に書かれた文書の種類と中身が異なります。".to_owned());
    }
    if Group::of(envelope.kind) == Group::Unit {
        return Err("文書ではないものが届きました。".to_owned());
    }
    let content = Content::read(&envelope.document).map_err(|error| error.to_string())?;
    if content.target != envelope.target || content.kind != envelope.kind {
        return Err("封筒と文書の、患者・Bundle-ID・種類のいずれかが異なります。".to_owned());
    }
    if content.target.institution() != stored.sender {
        return Err("送信元の医療機関コードと文書のBundle-IDが異なります。".to_owned());
    }
    if !stored.insured.is_empty() && stored.insured != content.target.insured {
        return Err("一覧に書かれた患者と文書の患者が異なります。".to_owned());
    }
    Ok(())
}

/// The type a file is shown as: what it says, where its first bytes agree.
fn content_type(file: &File, remarks: &mut Vec<String>) -> &'static str {
    let told = SHOWN.iter().find(|(known, _)| *known == file.content_type);
    match told {
        Some((known, begins)) if file.data.starts_with(begins) => known,
        _ => {
            remarks.push("表示できない種類の添付があります。安全のため開きません。".to_owned());
            "application/octet-stream"
        }
    }
}
