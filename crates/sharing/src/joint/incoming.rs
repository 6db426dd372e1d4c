//! What came, laid into the chart's inbox: the document to the byte, its files beside it.
use super::failed;
use crate::desk::inbox::came;
use crate::document::received;
use crate::jobs::kept::{Inbox, InboxState};
use crate::jobs::record::{self, Kept, id, load};
use crate::jobs::{Failure, Jobs};
use karute_chart::inbox::{Enclosed, Receipt, receive};
use karute_fhir::Id;
use karute_ledger::{Access, Action, Commit, LedgerError};

/// Media type of a document.
const MEDIA: &str = "application/fhir+json";

impl Jobs {
    /// Lays one document into the inbox. Done twice it is there once: the chart knows it by its bytes.
    pub(crate) async fn take_in_document(&self, access: &Access, task: &Id) -> Result<Commit, Failure> {
        self.chart()?;
        let mut kept: Kept<Inbox> = load(access, task).await?;
        let mut commit = Commit::new(Action::Update);
        if kept.stored.state != InboxState::Arrived {
            return Ok(commit);
        }
        commit.detail = Some("電子カルテ情報共有: 受信箱へ".to_owned());
        let reader = access.reader(Action::Read);
        let document = came(&reader, &kept, self.profile()).await?.and_then(|came| came.document);
        let mut files = Vec::new();
        for file in &kept.stored.files {
            if let Some((_, content)) = record::bytes(&reader, &id(&file.binary)?).await? {
                files.push(Enclosed { title: file.name.clone(), media: file.content_type.clone(), content });
            }
        }
        let (document, files) = reader.release((document, files)).await?;
        let document = document.ok_or(LedgerError::NotFound)?;
        kept.stored.state = match received::read(&document) {
            Err(unreadable) => InboxState::Quarantined { why: unreadable.words().to_owned() },
            Ok(mut received) => {
                received.files.extend(files);
                let mut writer = access.blob_writer().await?;
                writer.write(document.into()).await?;
                let original = writer.finish().await?;
                let receipt = Receipt { original, media: MEDIA, received: &received, jobs: Vec::new() };
                let taken = receive(access, receipt, self.now()).await.map_err(failed)?;
                kept.patient = taken.patient;
                InboxState::TakenIn { document: taken.id.to_string() }
            }
        };
        commit.changes.push(kept.change(self.now())?);
        Ok(commit)
    }
}
