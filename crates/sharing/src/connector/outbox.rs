//! What was sent to the institution, laid out for its own system: the document to the byte, files, the receipt last.
use super::place::Part;
use super::result::{Receipt, at};
use super::{Connector, ConnectorError, Round};
use crate::desk::DeskError;
use crate::desk::inbox::{came, reviewed};
use crate::jobs::kept::{Inbox, InboxState};
use crate::jobs::record::{self, Kept, Which, bytes, id};
use crate::jobs::short;
use crate::profile::Profile;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_ledger::{Access, Action, LedgerError};

/// Who is done with a document that was laid out, and why.
const WHO: (&str, &str) = ("connector", "連携フォルダー");
const WHY: &str = "連携フォルダーに渡しました。";

impl Connector {
    /// Everything that is here and was not laid out. Interrupted before the record says so, it is laid out again under
    /// the same names. What is in quarantine stays in the record; of it only a receipt is laid out, with the reason.
    pub(super) async fn lay_out(
        &self,
        access: &Access,
        profile: &Profile,
        now: Timestamp,
        round: &mut Round,
    ) -> Result<(), ConnectorError> {
        let reader = access.reader(Action::Search);
        reader.describe("連携フォルダーへ渡す受信文書");
        let which = Which { states: &["arrived", "quarantined"], ..Which::default() };
        let found = record::all::<Inbox>(&reader, &which).await?;
        for kept in reader.release(found).await? {
            let name = short(&format!("{}\n{}", kept.stored.key, kept.stored.sha256));
            if matches!(kept.stored.state, InboxState::Quarantined { .. }) {
                let told = receipt(&kept, Vec::new(), now);
                self.place.written_once(Part::Out, &format!("{name}.receipt.json"), &told)?;
                continue;
            }
            let files = contents(access, &kept, profile, &name).await?;
            for (file, content) in &files {
                self.place.written(Part::Out, file, content)?;
            }
            let names = files.into_iter().map(|(file, _)| file).collect();
            self.place.written(Part::Out, &format!("{name}.receipt.json"), &receipt(&kept, names, now))?;
            let who = Id::new(WHO.0).map_err(|_| LedgerError::Limit("id"))?;
            match reviewed(access, kept, (&who, WHO.1), WHY, now).await {
                // Another worker was quicker: laid out all the same, under the same names.
                Ok(_) | Err(DeskError::Ledger(LedgerError::Conflict { .. })) => {}
                Err(other) => return Err(other.into()),
            }
            round.laid_out += 1;
        }
        Ok(())
    }
}

/// What belongs to a document, by the names under which it is laid out.
async fn contents(
    access: &Access,
    kept: &Kept<Inbox>,
    profile: &Profile,
    name: &str,
) -> Result<Vec<(String, Vec<u8>)>, ConnectorError> {
    let reader = access.reader(Action::Export);
    reader.describe("連携フォルダーへ受信文書を渡す");
    let mut files = Vec::new();
    if let Some(it) = came(&reader, kept, profile).await? {
        files.push((format!("{name}.envelope.xml"), it.envelope));
        files.extend(it.document.map(|document| (format!("{name}.json"), document)));
    }
    for (at, file) in kept.stored.files.iter().enumerate() {
        if let Some((_, content)) = bytes(&reader, &id(&file.binary)?).await? {
            files.push((format!("{name}.attachment-{}.{}", at + 1, extension(&file.content_type)), content));
        }
    }
    Ok(reader.release(files).await?)
}

fn receipt(kept: &Kept<Inbox>, files: Vec<String>, now: Timestamp) -> Vec<u8> {
    let stored = &kept.stored;
    let receipt = Receipt {
        document_key: &stored.key,
        sender: &stored.sender,
        sender_name: &stored.sender_name,
        kind: stored.kind,
        registered: &stored.registered,
        received: at(now),
        envelope_sha256: &stored.sha256,
        document_sha256: &stored.document_sha256,
        files,
        quarantined: match &stored.state {
            InboxState::Quarantined { why } => Some(why),
            _ => None,
        },
        remarks: &stored.remarks,
    };
    serde_json::to_vec_pretty(&receipt).unwrap_or_default()
}

fn extension(content_type: &str) -> &'static str {
    match content_type {
        "application/pdf" => "pdf",
        "image/jpeg" => "jpg",
        "image/png" => "png",
        _ => "bin",
    }
}
